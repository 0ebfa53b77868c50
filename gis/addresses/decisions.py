"""Decisions of people on addresses: they come before everything that a rule finds."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gis.addresses.candidates import BIT
from gis.addresses.matching import FOUND, Matches

DECIDED = "decided"


def apply_decisions(matches: Matches, decisions: pd.DataFrame) -> Matches:
    """Put the decisions on addresses over what was found for them.

    Parameters
    ----------
    decisions
        key (the address written anew), building, unit (codes or None), lon, lat; one row a key.

    Returns
    -------
    Matches
        Decided addresses have level ``decided`` and score 1, whatever was found or queued.
    """
    if decisions.empty:
        return matches
    place = pd.Series(np.arange(len(decisions)), index=decisions["key"])
    at = place.reindex(matches.answers["key"]).to_numpy()
    rows = np.flatnonzero(~np.isnan(at))
    if not rows.size:
        return matches
    chosen = decisions.iloc[at[rows].astype(np.int64)]
    answers = matches.answers.copy()
    answers.loc[rows, ["level", "state", "why", "mended"]] = [DECIDED, FOUND, "", ""]
    answers.loc[rows, ["score", "evidence"]] = [1.0, BIT["decided"]]
    answers.loc[rows, "dwelling"] = None
    for name in ("unit", "building"):
        answers.loc[rows, name] = chosen[name].to_numpy(dtype=object)
    for name in ("lon", "lat"):
        answers.loc[rows, name] = chosen[name].to_numpy(dtype=float)
    decided = np.zeros(len(answers), dtype=bool)
    decided[rows] = True
    offered = matches.candidates
    return Matches(answers, offered[~decided[offered["row"].to_numpy(dtype=np.int64)]])
