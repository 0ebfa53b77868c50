"""Set two plans beside each other. Pure: tables in, tables out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from catchments.shortfall import NONE, RED, YELLOW
from layers.language import is_missing, msgid

SCHOOL = ["school_id", "school_name_zh", "school_name_en"]
_SIDE = ["seats", "counted_children", "warning"]

# name, msgid of its label, decimals, unit
FIGURES = (
    ("red_schools", msgid("Schools with red warning"), 0, None),
    ("yellow_schools", msgid("Schools with yellow warning"), 0, None),
    ("quiet_schools", msgid("Schools without warning"), 0, None),
    ("shortfall_seats", msgid("Children above the seats"), 0, None),
    ("pupil_km", msgid("All ways together"), 0, "km"),
    ("mean_distance_m", msgid("Mean way to school"), 0, "m"),
    ("p95_distance_m", msgid("95 % of the children go at most"), 0, "m"),
    ("beyond_radius_pct", msgid("Children beyond the service radius"), 1, "%"),
    ("compactness", msgid("Compactness of the catchments"), 2, None),
)


def sum_side(counts: pd.DataFrame, measures: Mapping[str, Any] | None) -> dict[str, Any]:
    """Sum one plan for one stage and year; what was not measured is None.

    Parameters
    ----------
    counts
        Rows of ``queries/catchment_counts.sql`` for one stage and year.
    measures
        The row of ``queries/plan_measures.sql`` for the stage, if there is one.

    Examples
    --------
    >>> counts = pd.DataFrame({"school_id": [7, 8], "warning": ["red", "none"],
    ...                        "shortfall_seats": [3, 0]})
    >>> side = sum_side(counts, {"mean_distance_m": 412.0})
    >>> side["red_schools"], side["shortfall_seats"], side["mean_distance_m"], side["compactness"]
    (1, 3, 412.0, None)
    """
    inside = counts.dropna(subset=["school_id"])
    side: dict[str, Any] = {
        name: int((inside["warning"] == warning).sum())
        for name, warning in (
            ("red_schools", RED),
            ("yellow_schools", YELLOW),
            ("quiet_schools", NONE),
        )
    }
    side["shortfall_seats"] = int(inside["shortfall_seats"].fillna(0).sum())
    return side | {name: (measures or {}).get(name) for name, *_rest in FIGURES if name not in side}


def compare_sides(before: Mapping[str, Any], after: Mapping[str, Any]) -> pd.DataFrame:
    """Set the key figures of two plans side by side: name, before, after, change.

    They are rounded as they are shown, so that the change is what a reader subtracts; it is
    missing where one of the two is.

    Examples
    --------
    >>> none = dict.fromkeys([name for name, *_ in FIGURES])
    >>> table = compare_sides(none | {"red_schools": 4}, none | {"red_schools": 1})
    >>> table.loc[0, ["before", "after", "change"]].tolist()
    [4.0, 1.0, -3.0]
    """
    sides = {
        title: pd.Series([_round(side[name], digits) for name, _, digits, _ in FIGURES])
        for title, side in (("before", before), ("after", after))
    }
    table = pd.DataFrame({"name": [name for name, *_ in FIGURES], **sides})
    return table.assign(change=table["after"] - table["before"])


def _round(value: Any, digits: int) -> float:
    return float("nan") if is_missing(value) else round(float(value), digits)


def compare_schools(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Set two counts of one stage and year side by side, school by school.

    A school with a catchment in one plan only has no children in the other. Children outside
    every catchment are no school's and are left out.

    Parameters
    ----------
    before, after
        Rows of ``queries/catchment_counts.sql``.

    Returns
    -------
    DataFrame
        school_id, names, seats, before, after, change (children), warning_before, warning_after;
        the largest change first, then by name.
    """
    sides = [
        counts.dropna(subset=["school_id"]).set_index(SCHOOL)[_SIDE] for counts in (before, after)
    ]
    both = pd.concat(
        [
            side.add_suffix(f"_{title}")
            for title, side in zip(("before", "after"), sides, strict=True)
        ],
        axis=1,
    ).reset_index()
    children = both[["counted_children_before", "counted_children_after"]].fillna(0).astype(int)
    table = both.assign(
        seats=both["seats_after"].fillna(both["seats_before"]),
        before=children["counted_children_before"],
        after=children["counted_children_after"],
    ).assign(change=lambda rows: rows["after"] - rows["before"])
    ranked = table.assign(size=table["change"].abs()).sort_values(
        ["size", "school_name_zh"], ascending=[False, True]
    )
    shown = [*SCHOOL, "seats", "before", "after", "change", "warning_before", "warning_after"]
    return ranked[shown].reset_index(drop=True)
