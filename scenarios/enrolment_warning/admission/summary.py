"""Sums of an assignment: children by batch and outcome, exceptions by reason, seats left."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import Connection

from catchments.admission.admitting import Admission
from gis.database import read_table

_OUTCOMES = ("seated", "placed", "exception")


def summarise(admission: Admission) -> dict[str, Any]:
    """Sum a fresh assignment up, in the words of :func:`read_summary`."""
    results = admission.results
    counts = results.groupby(["batch", "outcome"], dropna=False, sort=False).size()
    exceptions = results.groupby("reason", sort=False).size()
    return _arrange(
        counts.rename("children").reset_index(),
        exceptions.rename("children").reset_index(),
        admission.cuts,
        walked=results["walk_distance_m"].sum(),
    )


def read_summary(connection: Connection, run_id: int) -> dict[str, Any]:
    """Sum a stored assignment up.

    Returns
    -------
    dict
        children, seated, placed, exception; seats, seats_left; placed_pupil_km (ways of the
        placed children); batches: one row a batch with these counts, in order; exceptions:
        reason, children, the most frequent first.
    """
    counts = read_table(connection, "admission_outcomes", run_id=run_id)
    outcomes = counts.groupby(["batch", "outcome"], dropna=False)["children"].sum().reset_index()
    reasons = counts.dropna(subset=["reason"]).groupby("reason")["children"].sum().reset_index()
    cuts = read_table(connection, "admission_cuts", run_id=run_id)
    return _arrange(outcomes, reasons, cuts, walked=counts["walk_distance_m"].sum())


def _arrange(
    counts: pd.DataFrame, reasons: pd.DataFrame, cuts: pd.DataFrame, *, walked: float
) -> dict[str, Any]:
    order = cuts.drop_duplicates("batch").sort_values("place")["batch"].tolist()
    wide = {
        outcome: counts[counts["outcome"] == outcome].set_index("batch")["children"]
        for outcome in _OUTCOMES
    }
    batches = pd.DataFrame({"batch": order})
    for outcome, children in wide.items():
        found = children.reindex(order).fillna(0).astype(int)
        batches[outcome] = found.to_numpy()
    bare = counts[counts["batch"].isna()]
    if len(bare):
        row = {"batch": None, "seated": 0, "placed": 0, "exception": int(bare["children"].sum())}
        batches = pd.concat([batches, pd.DataFrame([row])], ignore_index=True)
    totals = {outcome: int(children.sum()) for outcome, children in wide.items()}
    totals["exception"] = int(batches["exception"].sum())
    seats = int(cuts.drop_duplicates("school_id")["seats"].sum())
    ranked = reasons.sort_values(["children", "reason"], ascending=[False, True])
    return {
        "children": sum(totals.values()),
        **totals,
        "seats": seats,
        "seats_left": seats - totals["seated"] - totals["placed"],
        "placed_pupil_km": round(float(walked) / 1000, 3),
        "batches": batches,
        "exceptions": ranked.reset_index(drop=True),
    }
