"""Children and seats of a selected area that may cut planning units. Pure: tables in, tables out.

A unit that the edge cuts is shared by where its dwellings stand: if a third of them stand inside,
a third of its children count inside. What two areas without overlap hold sums to what both hold
together, and inside and outside sum to the whole.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from catchments.disclosure import suppress_cells
from catchments.seats import carry_seats

LEAVING, ENTERING = "leaving", "entering"


def share_units(units: pd.DataFrame) -> pd.Series:
    """Return which share of each unit's children counts inside an area.

    ASSUMPTION: the children of a unit live in its dwellings in equal parts; where a unit has no
    dwelling they are spread over its ground.

    Parameters
    ----------
    units
        planning_unit_id; is_whole: whether the area covers the unit; dwellings,
        inside_dwellings; area_share: share of its ground inside, read where it has no dwelling.

    Returns
    -------
    Series
        Shares above 0 up to 1, index planning_unit_id; units outside are left out.

    Examples
    --------
    >>> units = pd.DataFrame({"planning_unit_id": [1, 2, 3, 4],
    ...     "is_whole": [True, False, False, False], "dwellings": [9, 12, 0, 5],
    ...     "inside_dwellings": [0, 4, 0, 0], "area_share": [None, None, 0.25, None]})
    >>> share_units(units).round(2).to_dict()
    {1: 1.0, 2: 0.33, 3: 0.25}
    """
    dwellings = units["dwellings"].to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        by_home = units["inside_dwellings"].to_numpy(float) / dwellings
    by_ground = units["area_share"].fillna(0.0).to_numpy(float)
    share = np.where(dwellings > 0, by_home, by_ground)
    share = np.where(units["is_whole"].to_numpy(bool), 1.0, share)
    shares = pd.Series(share, index=units["planning_unit_id"].to_numpy())
    return shares[shares > 0]


def sum_inside(
    counts: pd.DataFrame, shares: pd.Series, by: Sequence[str], columns: Sequence[str]
) -> pd.DataFrame:
    """Sum counts of units inside the area, whole units whole, cut ones by their share.

    Parameters
    ----------
    counts
        planning_unit_id (missing when unlocated: in no area), the columns of `by`, and `columns`.

    Returns
    -------
    DataFrame
        `by` and `columns`, one row a group that has any unit inside.

    Examples
    --------
    >>> ages = pd.DataFrame({"planning_unit_id": [1, 2, 2], "age": [6, 6, 7],
    ...                      "children": [10, 3, 6]})
    >>> sum_inside(ages, pd.Series({1: 1.0, 2: 0.5}), ["age"], ["children"]).values.tolist()
    [[6.0, 11.5], [7.0, 3.0]]
    """
    share = counts["planning_unit_id"].map(shares).astype(float)
    inside = counts[share.notna().to_numpy()]
    weighed = inside[list(columns)].astype(float).mul(share.dropna(), axis=0)
    return (
        inside[list(by)]
        .join(weighed)
        .groupby(list(by), as_index=False, sort=True)[list(columns)]
        .sum()
    )


def balance_years(children: pd.Series, seats: pd.DataFrame, opened: pd.Series) -> pd.DataFrame:
    """Set the children inside an area against the seats inside it, year by year.

    Seats of a year that nobody planned yet are those of the last year before it.

    Parameters
    ----------
    children
        Counted children by year; missing where nothing tells them.
    seats
        school_id, year, seats of the schools inside.
    opened
        Seats that projects inside have opened by each of the same years.

    Returns
    -------
    DataFrame
        year, children, seats, project_seats, spare_seats (seats in all − children, negative where
        seats are missing), missing_seats; one row a year.

    Examples
    --------
    >>> seats = pd.DataFrame({"school_id": 7, "year": [2026], "seats": [90]})
    >>> years = [2026, 2027, 2028]
    >>> balance_years(pd.Series([80.0, 100.5, np.nan], years), seats,
    ...               pd.Series([0, 0, 45], years))["missing_seats"].tolist()
    [0.0, 10.5, nan]
    """
    years = children.index
    carried = carry_seats(seats, "seats", list(years)).sum(axis=0)
    spare = carried + opened.reindex(years).to_numpy() - children
    return pd.DataFrame(
        {
            "year": years,
            "children": children.to_numpy(),
            "seats": carried.to_numpy(int),
            "project_seats": opened.reindex(years).to_numpy(int),
            "spare_seats": spare.to_numpy(),
            "missing_seats": (-spare).clip(lower=0).to_numpy(),
        }
    )


def cross_edge(
    children: pd.Series, shares: pd.Series, school_of_unit: pd.Series, inside: Collection[int]
) -> pd.DataFrame:
    """Count who crosses the edge of an area on the way to school, by the school they go to.

    Leaving are children who live inside and whose catchment school stands outside; entering live
    outside and belong to a school inside. Children without a catchment school cross nothing.

    Parameters
    ----------
    children
        Counted children by planning_unit_id.
    school_of_unit
        school_id by planning_unit_id.
    inside
        Schools that stand inside.

    Returns
    -------
    DataFrame
        direction (leaving, entering), school_id, children; most children first.

    Examples
    --------
    School 7 stands inside, 8 outside; unit 2 is cut in half.

    >>> cross_edge(pd.Series({1: 10, 2: 6, 3: 4}), pd.Series({1: 1.0, 2: 0.5}),
    ...            pd.Series({1: 8, 2: 7, 3: 7}), [7]).values.tolist()
    [['leaving', 8, 10.0], ['entering', 7, 7.0]]
    """
    share = shares.reindex(children.index).fillna(0.0)
    school = school_of_unit.reindex(children.index)
    stands_inside = school.isin(inside)
    table = pd.DataFrame(
        {
            "direction": np.where(stands_inside, ENTERING, LEAVING),
            "school_id": school,
            "children": children * np.where(stands_inside, 1 - share, share),
        }
    )
    crossing = table[(table["children"] > 0) & school.notna().to_numpy()]
    sums: pd.DataFrame = (
        crossing.astype({"school_id": int})
        .groupby(["direction", "school_id"])[["children"]]
        .sum()
        .reset_index()
    )
    return sums.sort_values(
        ["direction", "children", "school_id"], ascending=[False, False, True], ignore_index=True
    )


def hide_children(children: pd.Series, minimum: int) -> pd.Series:
    """Hide counts of children above zero and below `minimum`, and what would give them away.

    Examples
    --------
    >>> hide_children(pd.Series([0.0, 3.5, 4.5, 40.0]), 5).tolist()
    [0.0, nan, nan, 40.0]
    """
    whole = pd.Series(np.ceil(children.fillna(0).to_numpy(float)).astype(int), children.index)
    if not ((whole > 0) & (whole < minimum)).any():
        return children
    group = pd.Series("", index=children.index)
    hidden = suppress_cells(whole, group, minimum=minimum).isna().to_numpy(bool)
    return children.mask(hidden)
