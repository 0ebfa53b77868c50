"""The cut line of each school: how far each batch got, and what more seats would change."""

from __future__ import annotations

import numpy as np
import pandas as pd

from catchments.admission.rules import StageRules


def build_cuts(results: pd.DataFrame, rules: StageRules, seats: pd.Series) -> pd.DataFrame:
    """Count the children of each school and batch, and find the scores at the line.

    Parameters
    ----------
    results
        One row a child: zone_school_id, batch_place, outcome, school_id, position, score_units.
    seats
        By school_id, missing where nobody stated them.

    Returns
    -------
    DataFrame
        One row a school with stated seats and batch, children or not: the columns of table
        admission_cut but run_id. Seated are those of the own zone; ``placed_here`` come from
        other zones or, where their dwelling was locked, from the own.
    """
    stated = seats[seats.notna()].astype(np.int64)
    places = np.arange(len(rules.batches))
    every = pd.MultiIndex.from_product([stated.index, places], names=["school_id", "batch_place"])
    columns = ["zone_school_id", "batch_place", "outcome", "position", "score_units"]
    known = results.loc[results["zone_school_id"].notna(), columns]
    zone = known["zone_school_id"].astype(np.int64)
    counts = {
        outcome: part.groupby([zone[part.index], "batch_place"]).size().reindex(every, fill_value=0)
        for outcome in ("seated", "placed", "exception")
        for part in [known[known["outcome"] == outcome]]
    }
    came = results[results["outcome"] == "placed"]
    here = came.groupby([came["school_id"].astype(np.int64), "batch_place"]).size()
    table = pd.DataFrame(
        {
            "seats": stated.reindex(every.get_level_values(0)).to_numpy(),
            "children": counts["seated"] + counts["placed"],
            "seated": counts["seated"],
            "placed_elsewhere": counts["placed"],
            "exceptions": counts["exception"],
            "placed_here": here.reindex(every, fill_value=0),
        },
        index=every,
    )
    ranked = known[known["position"].notna()]
    is_in = (ranked["outcome"] == "seated").to_numpy()
    table["last_score"] = _find_scores(ranked[is_in], rules, "last").reindex(every)
    table["first_unseated_score"] = _find_scores(ranked[~is_in], rules, "first").reindex(every)
    table = table.reset_index()
    place = table.pop("batch_place").to_numpy()
    codes = np.array([batch.code for batch in rules.batches], dtype=object)
    table.insert(1, "batch", codes[place])
    table.insert(2, "place", place + 1)
    return table


def _find_scores(ranked: pd.DataFrame, rules: StageRules, end: str) -> pd.Series:
    """Return the score of the first or last child in the order of each school and batch."""
    sorted_ = ranked.sort_values("position")
    groups = sorted_.groupby(
        [sorted_["zone_school_id"].astype(np.int64), "batch_place"], observed=True
    )["score_units"]
    units = groups.first() if end == "first" else groups.last()
    scales = pd.Series(
        [
            np.nan if batch.score is None else 10.0 ** rules.scores[batch.score].decimals
            for batch in rules.batches
        ]
    )
    return units / scales.reindex(units.index.get_level_values(1)).to_numpy()


def count_with_more_seats(results: pd.DataFrame, more: int) -> pd.DataFrame:
    """Count who would be seated at each school if it had `more` seats.

    Parameters
    ----------
    results
        zone_school_id, batch, position, outcome, seats (of the zone's school).

    Returns
    -------
    DataFrame
        zone_school_id, batch, children: those now unseated whose position more seats reach.
    """
    ranked = results[results["position"].notna() & results["zone_school_id"].notna()]
    beyond = ranked["position"] > ranked["seats"]
    reached = ranked[beyond & (ranked["position"] <= ranked["seats"] + more)]
    return (
        reached.groupby(["zone_school_id", "batch"], sort=True)
        .size()
        .rename("children")
        .reset_index()
    )
