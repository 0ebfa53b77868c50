"""Which warnings a slip turns red. Pure: tables in, tables out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from catchments.shortfall import measure_ratio

EXPECTED, POSSIBLE = "expected", "possible"
_COLUMNS = [
    "project_id",
    "stage",
    "school_id",
    "year",
    "counted_children",
    "seats",
    "opened_seats",
    "certainty",
]


def list_turned_red(
    serving: pd.DataFrame, counts: pd.DataFrame, *, red_from_pct: float
) -> pd.DataFrame:
    """List the catchments and years that are red because a project opens later than planned.

    A year from the planned opening up to, not including, the expected one counts if the
    catchment is red on the seats that it has, with those of other projects as they are expected,
    and not red with those of the project as well. Years from the expected opening up to the late
    end of the interval are possible. The later a project opens, the more years it may list.

    Parameters
    ----------
    serving
        project_id, stage, school_id (of the catchment that it serves), opened_seats,
        planned_year, opens_year, late_year (of the late end of the interval).
    counts
        school_id, stage, year, counted_children, seats; any years, counted or forecast. Rows
        without school or seats are passed over.

    Returns
    -------
    DataFrame
        project_id, stage, school_id, year, counted_children, seats (others' projects included),
        opened_seats, certainty (expected or possible); by project, stage and year.

    Examples
    --------
    Planned for 2026, expected for 2027: 95 children on 90 seats in 2026 would have had 135.

    >>> serving = pd.DataFrame({"project_id": [1], "stage": ["primary"], "school_id": [7],
    ...     "opened_seats": [45], "planned_year": [2026], "opens_year": [2027],
    ...     "late_year": [2027]})
    >>> counts = pd.DataFrame({"school_id": 7, "stage": "primary", "year": [2026, 2027],
    ...     "counted_children": [95, 95], "seats": [90, 90]})
    >>> list_turned_red(serving, counts, red_from_pct=100)["year"].tolist()
    [2026]
    """
    known = counts.dropna(subset=["school_id", "seats"])
    rows = serving.merge(
        known[["school_id", "stage", "year", "counted_children", "seats"]],
        on=["school_id", "stage"],
    )
    until = rows[["opens_year", "late_year"]].max(axis=1)
    rows = rows[(rows["year"] >= rows["planned_year"]) & (rows["year"] < until)]
    rows = rows.assign(seats=rows["seats"].astype(int) + _sum_others(rows, serving))
    without = _is_red(rows["counted_children"], rows["seats"], red_from_pct)
    whole = rows["seats"] + rows["opened_seats"]
    turned = rows[without & ~_is_red(rows["counted_children"], whole, red_from_pct)]
    late = turned["year"] < turned["opens_year"]
    turned = turned.assign(certainty=np.where(late, EXPECTED, POSSIBLE))
    return turned[_COLUMNS].sort_values(["project_id", "stage", "year"], ignore_index=True)


def _sum_others(rows: pd.DataFrame, serving: pd.DataFrame) -> np.ndarray:
    """Sum the seats that other projects have opened in the catchment by the year of each row."""
    others = rows.reset_index(drop=True).reset_index(names="row")[
        ["row", "project_id", "stage", "school_id", "year"]
    ]
    pairs = others.merge(serving, on=["stage", "school_id"], suffixes=("", "_other"))
    counts = (pairs["project_id"] != pairs["project_id_other"]) & (
        pairs["opens_year"] <= pairs["year"]
    )
    summed = pairs[counts].groupby("row")["opened_seats"].sum()
    return summed.reindex(range(len(rows)), fill_value=0).to_numpy(dtype=int)


def _is_red(children: pd.Series, seats: pd.Series, red_from_pct: float) -> np.ndarray:
    ratio = measure_ratio(children.to_numpy(dtype=float), seats.to_numpy(dtype=float))
    return np.asarray(ratio >= red_from_pct)
