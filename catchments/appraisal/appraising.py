"""The whole appraisal: from what was found to scores, ranks and peers. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from catchments.appraisal.peers import find_peers
from catchments.appraisal.ranking import rank_schools
from catchments.appraisal.scheme import WHOLE, Scheme
from catchments.appraisal.scoring import score_schools, tabulate_points

_NOTED = ["raw_value", "evidence", "scorer"]


@dataclass(frozen=True, eq=False)
class Appraisal:
    """What an appraisal says.

    Parameters
    ----------
    points
        school_id, year, indicator, raw_value, points, evidence, scorer.
    parts
        school_id, year, part, score, known_pct.
    ranks
        As :func:`catchments.appraisal.ranking.rank_schools` returns them.
    peers
        school_id, peer_id, place, distance; likeness of the newest year.
    unused_rows
        Rows that the scheme does not ask for: of unknown indicators, or told by the registers.
    """

    points: pd.DataFrame
    parts: pd.DataFrame
    ranks: pd.DataFrame
    peers: pd.DataFrame
    unused_rows: int = 0


def appraise_schools(
    scheme: Scheme, found: pd.DataFrame, facts: pd.DataFrame, schools: pd.DataFrame
) -> Appraisal:
    """Appraise the schools of the scheme's groups in every year that somebody scored.

    Where nobody scored anything, the years of the facts are appraised.

    Parameters
    ----------
    found
        school_id, year, indicator, raw_value, evidence, scorer: as in table appraisal_score.
    facts
        school_id, year, fact, value: what the registers tell.
    schools
        school_id, kind, pupils, urban, migrant_pct; other schools are not appraised.
    """
    chosen = schools[schools["kind"].map(scheme.find_group).notna()]
    scored = {one.code for one in scheme.indicators if one.fact is None}
    is_asked = found["indicator"].isin(scored)
    values = _join_values(scheme, found[is_asked], facts, chosen["school_id"])
    wide = values.pivot_table(
        index=["school_id", "year"], columns="indicator", values="raw_value", dropna=False
    )
    wide = wide[wide.notna().any(axis=1)]
    points = tabulate_points(wide, scheme)
    parts = score_schools(points, scheme)
    kinds = chosen.set_index("school_id")["kind"]
    ranks = rank_schools(points, parts[parts["part"] == WHOLE], kinds, scheme)
    ranked = chosen.assign(school_group=chosen["kind"].map(scheme.find_group))
    ranked = ranked[ranked["school_id"].isin(wide.index.get_level_values("school_id"))]
    told = points.reset_index().melt(
        ["school_id", "year"], var_name="indicator", value_name="points"
    )
    rows = told.merge(values, on=["school_id", "year", "indicator"], how="left")
    columns = ["school_id", "year", "indicator", "raw_value", "points", "evidence", "scorer"]
    return Appraisal(
        rows[columns], parts, ranks, find_peers(ranked, scheme.peers), int((~is_asked).sum())
    )


def _join_values(
    scheme: Scheme, found: pd.DataFrame, facts: pd.DataFrame, schools: pd.Series
) -> pd.DataFrame:
    """Set what somebody scored and what registers tell below each other, by indicator."""
    years = found["year"].unique() if len(found) else facts["year"].unique()
    asked = {one.fact: one.code for one in scheme.indicators if one.fact is not None}
    told = facts[facts["fact"].isin(list(asked)) & facts["year"].isin(years)]
    told = pd.DataFrame(
        {
            "school_id": told["school_id"],
            "year": told["year"],
            "indicator": told["fact"].map(asked),
            "raw_value": told["value"].astype(np.float64),
            "evidence": None,
            "scorer": None,
        }
    )
    columns = ["school_id", "year", "indicator", *_NOTED]
    filled = [frame[columns] for frame in (found, told) if len(frame)]
    if not filled:
        return told[columns]
    values = pd.concat(filled, ignore_index=True)
    return values[values["school_id"].isin(schools)]
