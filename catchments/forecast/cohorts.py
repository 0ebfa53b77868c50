"""Cohorts of children by planning unit, and how they change while they age in place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from catchments.forecast.calendar import Calendar
from catchments.forecast.naive import Numbers
from catchments.profile import Profile

Units = NDArray[np.int64]
UNLOCATED = -1
OLDEST = 18


@dataclass(frozen=True, eq=False)
class Cohorts:
    """Children on the register by planning unit and school year of birth.

    Attributes
    ----------
    unit_ids
        Shape (units,); the last is UNLOCATED, for children whose dwelling nobody knows.
    years
        Cohorts, shape (cohorts,), one after another; see :class:`Calendar` for their names.
    children, registered, girls
        Shape (units, cohorts): all of them, those locally registered, and the girls.
    """

    unit_ids: Units
    years: Units
    children: Numbers
    registered: Numbers
    girls: Numbers

    def take(self, cohort: int) -> tuple[Numbers, Numbers]:
        """Return children and registered children of a cohort, zeros where it is not held."""
        at = cohort - int(self.years[0])
        if not 0 <= at < len(self.years):
            nobody = np.zeros(len(self.unit_ids))
            return nobody, nobody
        return self.children[:, at], self.registered[:, at]


def build_cohorts(rows: pd.DataFrame, unit_ids: Units, calendar: Calendar) -> Cohorts:
    """Arrange counted children by unit and cohort.

    Parameters
    ----------
    rows
        planning_unit_id (missing when unlocated), cohort, female, registered, children.
    unit_ids
        All planning units, without UNLOCATED.

    Examples
    --------
    >>> import datetime as dt
    >>> rows = pd.DataFrame({"planning_unit_id": [5, None], "cohort": [2020, 2026],
    ...     "female": [True, False], "registered": [True, False], "children": [3, 2]})
    >>> held = build_cohorts(rows, np.array([5, 7]), Calendar(dt.date(2026, 3, 31)))
    >>> held.take(2020)[0].tolist(), held.take(2026)[0].tolist()
    ([3.0, 0.0, 0.0], [0.0, 0.0, 2.0])
    """
    newest = calendar.newest_cohort
    years = np.arange(newest - OLDEST, newest + 1)
    ids = np.append(np.asarray(unit_ids, dtype=np.int64), UNLOCATED)
    held = rows[rows["cohort"].between(years[0], years[-1])]
    unit = find_rows(ids, held["planning_unit_id"])
    at = (unit, held["cohort"].to_numpy(dtype=np.int64) - years[0])
    counted = held["children"].to_numpy(dtype=float)

    def sum_where(chosen: NDArray[np.bool_]) -> Numbers:
        table = np.zeros((len(ids), len(years)))
        np.add.at(table, (at[0][chosen], at[1][chosen]), counted[chosen])
        return table

    everyone = np.ones(len(held), dtype=bool)
    return Cohorts(
        ids,
        years,
        sum_where(everyone),
        sum_where(held["registered"].to_numpy(dtype=bool)),
        sum_where(held["female"].to_numpy(dtype=bool)),
    )


def find_rows(unit_ids: Units, units: pd.Series) -> Units:
    """Return the row of each unit; missing and unknown ones stand in the last, UNLOCATED."""
    rows = pd.Index(unit_ids).get_indexer(pd.Index(units.fillna(UNLOCATED).astype(np.int64)))
    return np.where(rows < 0, len(unit_ids) - 1, rows).astype(np.int64)


def measure_ratios(grades: pd.DataFrame, profile: Profile) -> Numbers:
    """Measure by what factor a cohort changes from each age to the next, migration and all.

    Grades of compulsory stages tell it: the pupils of a grade by those of the grade below a year
    before, summed over the district and the last years. Other ages have factor 1.

    Parameters
    ----------
    grades
        stage, grade, year, pupils: sums of the district.

    Returns
    -------
    array
        Factor from age a to a + 1, shape (OLDEST,).

    Examples
    --------
    >>> from tests.town import build_profile
    >>> grades = pd.DataFrame({"stage": "primary", "grade": [1, 2, 1, 2],
    ...     "year": [2024, 2024, 2025, 2025], "pupils": [100, 90, 110, 98]})
    >>> measure_ratios(grades, build_profile())[5:8].tolist()  # 98 of the 100 go on
    [1.0, 0.98, 1.0]
    """
    ratios = np.ones(OLDEST)
    settings = profile.forecast
    for stage in profile.stages:
        if stage.code not in settings.compulsory or stage.entry_age is None:
            continue
        table = grades[grades["stage"] == stage.code].pivot_table(
            index="year", columns="grade", values="pupils", aggfunc="sum"
        )
        for grade in range(1, stage.grades):
            age = stage.entry_age + grade - 1
            ratio = _pool_ratio(table, grade, settings.recent_years)
            if ratio is not None and age < OLDEST:
                ratios[age] = ratio
    return ratios


def _pool_ratio(table: pd.DataFrame, grade: int, years: int) -> float | None:
    if grade not in table or grade + 1 not in table:
        return None
    below = table[grade].rename(lambda year: year + 1)
    pairs = pd.concat([below, table[grade + 1]], axis=1, keys=["below", "above"]).dropna()
    recent = pairs.sort_index().tail(years).sum()
    return float(recent["above"] / recent["below"]) if recent.get("below", 0) > 0 else None


def measure_growth(ratios: Numbers, from_age: float, to_age: float) -> float:
    """Return the factor by which a cohort changes between two mean ages, parts of years included.

    Examples
    --------
    >>> measure_growth(np.array([0.5, 1.0, 2.0]), 0.0, 1.0)
    0.5
    >>> round(measure_growth(np.array([0.25, 1.0, 2.0]), 0.5, 2.0), 3)
    0.5
    """
    ages = np.arange(len(ratios) + 1)
    grown = np.concatenate([[0.0], np.cumsum(np.log(np.maximum(ratios, 1e-9)))])
    ends = np.interp([max(from_age, 0.0), max(to_age, 0.0)], ages, grown)
    return float(np.exp(ends[1] - ends[0]))
