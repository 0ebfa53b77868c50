"""Seats of the years that nobody planned yet."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd


def carry_seats(seats: pd.DataFrame, column: str, years: Sequence[int]) -> pd.DataFrame:
    """Return the seats of each school and year; a year that is not stated is as the one before.

    ASSUMPTION: a school keeps its seats until a plan says otherwise.

    Parameters
    ----------
    seats
        school_id, year and `column`: a row a school and year.

    Returns
    -------
    DataFrame
        Index school_id, columns `years`; missing before the first year that is stated.

    Examples
    --------
    >>> seats = pd.DataFrame({"school_id": 7, "year": [2026, 2028], "seats": [90, 45]})
    >>> carry_seats(seats, "seats", [2025, 2026, 2027, 2028, 2029]).loc[7].tolist()
    [nan, 90.0, 90.0, 45.0, 45.0]
    """
    stated = seats.pivot_table(index="school_id", columns="year", values=column, dropna=False)
    every = sorted({*stated.columns, *years})
    return stated.reindex(columns=every).astype(float).ffill(axis=1)[list(years)]
