"""School years of birth on the calendar: when they begin, how far they are, how old they are."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from catchments.eligibility import compute_age_window

DAYS_A_YEAR = 365.25


@dataclass(frozen=True)
class Calendar:
    """The day of the registers, and the day that parts the school years of birth.

    A cohort is named after the year in which its school year of birth ends: with the cut-off on
    31 August, those born from 2019-09-01 to 2020-08-31 are cohort 2020, and enter a stage of
    entry age 6 in 2026.

    Parameters
    ----------
    data_date
        Day on which the registers were drawn.
    cutoff
        Month and day, ``MM-DD``, as :func:`catchments.eligibility.compute_age_window` takes it.
    """

    data_date: dt.date
    cutoff: str = "08-31"

    @property
    def newest_cohort(self) -> int:
        """The cohort that is being born on the day of the registers."""
        year = self.data_date.year
        return year if self.data_date <= self._find_window(year)[1] else year + 1

    def measure_born(self, cohort: int) -> float:
        """Return the share of a cohort's school year of birth that has passed, 0 to 1.

        Examples
        --------
        >>> calendar = Calendar(dt.date(2026, 3, 1))
        >>> [round(calendar.measure_born(cohort), 2) for cohort in (2025, 2026, 2027)]
        [1.0, 0.5, 0.0]
        """
        first, last = self._find_window(cohort)
        passed = (self.data_date - first).days + 1
        return min(max(passed / ((last - first).days + 1), 0.0), 1.0)

    def measure_age(self, cohort: int, year: int | None = None) -> float:
        """Return the mean age of a cohort on the cut-off day of `year`, else on the data date.

        Negative before the middle of its school year of birth.

        Examples
        --------
        >>> round(Calendar(dt.date(2026, 3, 1)).measure_age(2020, 2026), 2)
        6.5
        """
        first, last = self._find_window(cohort)
        middle = first + (last - first) / 2
        day = self.data_date if year is None else self._find_window(year)[1]
        return (day - middle).days / DAYS_A_YEAR

    def _find_window(self, cohort: int) -> tuple[dt.date, dt.date]:
        window = compute_age_window(entry_age=0, year=cohort, cutoff=self.cutoff)
        return window.born_from, window.born_to
