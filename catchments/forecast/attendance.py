"""Who lives here and goes to school there: residence against attendance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from catchments.forecast.cohorts import Cohorts, Units, find_rows
from catchments.forecast.naive import Numbers

# ASSUMPTION: a school's entries follow the model, worth so many pupils, as far as they are few.
_LEVEL_WORTH = 30.0


@dataclass(frozen=True, eq=False)
class Attendance:
    """Of the children of a catchment, the share that enters each school.

    Attributes
    ----------
    share
        Shape (catchments + 1, schools); the last row is for children outside every catchment.
        A row sums to the share that enters any school of the district (rows may exceed 1 where
        children come from outside the register).
    level
        Shape (schools,): pupils of the entry grade by those that the shares tell.
    """

    share: Numbers
    level: Numbers

    def expect_entries(self, children: Numbers) -> Numbers:
        """Return the entries of schools from children by catchment.

        Parameters
        ----------
        children
            Shape (catchments + 1, years).

        Returns
        -------
        array
            Shape (schools, years).
        """
        return np.asarray(self.share.T @ children * self.level[:, None])


def measure_attendance(
    entries: pd.DataFrame,
    held: Cohorts,
    catchment_of_unit: NDArray[np.int64],
    school_ids: Units,
    enrolled: pd.Series,
    *,
    entry_age: int,
    years: list[int],
    catchments: int,
) -> Attendance:
    """Measure the attendance of one stage in the years given.

    Parameters
    ----------
    entries
        planning_unit_id (missing when unlocated), school_id, entered_year, entrants.
    catchment_of_unit
        Row of the catchment that holds each unit of `held`, −1 outside.
    school_ids
        Schools of the result, in order.
    enrolled
        Pupils of the entry grade, summed over `years`, index school_id.
    catchments
        Number of catchments.

    Examples
    --------
    >>> import datetime as dt
    >>> from catchments.forecast.calendar import Calendar
    >>> from catchments.forecast.cohorts import build_cohorts
    >>> rows = pd.DataFrame({"planning_unit_id": [5], "cohort": [2019], "female": [True],
    ...                      "registered": [True], "children": [100]})
    >>> held = build_cohorts(rows, np.array([5]), Calendar(dt.date(2026, 3, 31)))
    >>> entries = pd.DataFrame({"planning_unit_id": [5, 5], "school_id": [1, 2],
    ...                         "entered_year": 2025, "entrants": [60, 30]})
    >>> found = measure_attendance(entries, held, np.array([0, -1]), np.array([1, 2]),
    ...     pd.Series({1: 60, 2: 60}), entry_age=6, years=[2025], catchments=1)
    >>> found.share[0].tolist(), found.level.tolist()
    ([0.6, 0.3], [1.0, 1.5])
    >>> found.expect_entries(np.array([[50.0], [0.0]])).ravel().tolist()
    [30.0, 22.5]
    """
    rows = np.where(catchment_of_unit < 0, catchments, catchment_of_unit)
    children = np.sum([held.take(year - entry_age)[0] for year in years], axis=0)
    lived = np.bincount(rows, children, minlength=catchments + 1)
    chosen = entries[entries["entered_year"].isin(years) & entries["school_id"].isin(school_ids)]
    unit = find_rows(held.unit_ids, chosen["planning_unit_id"])
    school = pd.Index(school_ids).get_indexer(pd.Index(chosen["school_id"]))
    entered = np.zeros((catchments + 1, len(school_ids)))
    np.add.at(entered, (rows[unit], school), chosen["entrants"].to_numpy(dtype=float))
    share = np.divide(entered, lived[:, None], out=np.zeros_like(entered), where=lived[:, None] > 0)
    told = entered.sum(axis=0)
    seen = pd.Series(school_ids).map(enrolled).to_numpy(dtype=float)
    level = (seen + _LEVEL_WORTH) / (told + _LEVEL_WORTH)
    return Attendance(share, np.where(np.isnan(seen) | (told == 0), 1.0, level))
