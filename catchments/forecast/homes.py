"""Children of homes that are being built or planned: so many a dwelling, by tenure and age."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from catchments.forecast.calendar import DAYS_A_YEAR, Calendar
from catchments.forecast.cohorts import OLDEST, Units, find_rows
from catchments.forecast.naive import Numbers
from catchments.profile import Forecast

# ASSUMPTION: a tenure with few new dwellings has the children of all, worth so many dwellings.
_WORTH = 200.0


@dataclass(frozen=True)
class Yields:
    """Children by dwelling (student yield).

    Attributes
    ----------
    tenures
        Names of the rows; the last row, without a name, is for tenures that nobody measured.
    children, registered
        Children by dwelling, shape (tenures + 1, OLDEST + 1), by age on the next cut-off day.
    """

    tenures: list[str]
    children: Numbers
    registered: Numbers

    def find_rows(self, tenures: pd.Series) -> Units:
        """Return the row of each tenure."""
        return np.asarray(pd.Index(self.tenures).get_indexer(pd.Index(tenures)), dtype=np.int64)


def measure_yields(rows: pd.DataFrame, calendar: Calendar) -> Yields:
    """Measure the children by dwelling in the district's newer dwellings.

    Parameters
    ----------
    rows
        tenure, cohort (missing in rows that tell dwellings), dwellings, children,
        registered_children.

    Examples
    --------
    >>> import datetime as dt
    >>> rows = pd.DataFrame({"tenure": "commodity", "cohort": [None, 2020], "dwellings": [1000, 0],
    ...     "children": [0, 60], "registered_children": [0, 45]})
    >>> found = measure_yields(rows, Calendar(dt.date(2026, 3, 31)))
    >>> round(float(found.children[0, 6]), 3), round(float(found.registered[-1, 6]), 3)
    (0.06, 0.045)
    """
    tenures = sorted(rows["tenure"].unique())
    row = rows["tenure"].map({tenure: at for at, tenure in enumerate(tenures)}).to_numpy(dtype=int)
    dwellings = np.bincount(row, rows["dwellings"], minlength=len(tenures))
    age = calendar.newest_cohort - rows["cohort"]
    told = (age.between(0, OLDEST)).to_numpy(dtype=bool)
    at = (row[told], age[told].to_numpy(dtype=int))

    def divide(column: str) -> Numbers:
        counted = np.zeros((len(tenures), OLDEST + 1))
        np.add.at(counted, at, rows.loc[told, column].to_numpy(dtype=float))
        everywhere = counted.sum(axis=0) / max(dwellings.sum(), 1.0)
        shrunk = (counted + _WORTH * everywhere) / (dwellings[:, None] + _WORTH)
        return np.vstack([shrunk, everywhere])

    return Yields(tenures, divide("children"), divide("registered_children"))


def measure_filled(
    completed_on: pd.Series, calendar: Calendar, settings: Forecast, year: int
) -> Numbers:
    """Return the share of each project's homes that fills between the data date and `year`.

    Homes fill evenly within each year from completion, in the shares of the profile; who moved in
    before the data date stands in the registers already.
    """
    until = calendar.measure_age(calendar.newest_cohort, year) - calendar.measure_age(
        calendar.newest_cohort
    )
    since = (pd.Timestamp(calendar.data_date) - pd.to_datetime(completed_on)).dt.days / DAYS_A_YEAR
    steps = np.arange(len(settings.occupancy) + 1)
    filled = np.concatenate([[0.0], np.cumsum(settings.occupancy)])
    now = np.interp(since, steps, filled)
    then = np.interp(since + until, steps, filled)
    return np.asarray(then - now)


def expect_homes(
    projects: pd.DataFrame,
    yields: Yields,
    unit_ids: Units,
    calendar: Calendar,
    settings: Forecast,
    *,
    ages: list[int],
    years: list[int],
) -> tuple[Numbers, Numbers]:
    """Expect the children who live in new homes, by the unit that the homes stand in.

    Parameters
    ----------
    projects
        planning_unit_id (missing: counted as unlocated), tenure, dwellings, completed_on.
    unit_ids
        As :class:`catchments.forecast.cohorts.Cohorts` has them, UNLOCATED last.
    ages
        Entry ages.

    Returns
    -------
    tuple
        Children, and registered ones, shape (ages, years, units).
    """
    shape = (len(ages), len(years), len(unit_ids))
    children, registered = np.zeros(shape), np.zeros(shape)
    if projects.empty:
        return children, registered
    unit = find_rows(unit_ids, projects["planning_unit_id"])
    row = yields.find_rows(projects["tenure"])
    homes = projects["dwellings"].to_numpy(dtype=float)
    for at, year in enumerate(years):
        filled = homes * measure_filled(projects["completed_on"], calendar, settings, year)
        for stage, age in enumerate(ages):
            np.add.at(children[stage, at], unit, filled * yields.children[row, age])
            np.add.at(registered[stage, at], unit, filled * yields.registered[row, age])
    return children, registered
