"""The forecast of pupils by school, grade and year, with intervals, from past enrolment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from catchments.forecast.combining import (
    Shares,
    combine_forecasts,
    estimate_shares,
    follow_known,
    forecast_by_cohorts,
    replay_history,
)
from catchments.forecast.naive import Flags, Numbers, repeat_last_year
from catchments.forecast.spread import Bounds, estimate_spread, simulate_bounds
from gis.errors import UsageError

DRAWS = 1000
MOST_YEARS = 30


@dataclass(frozen=True)
class PupilForecast:
    """Pupils expected in the years ahead, and how far off they may be.

    Attributes
    ----------
    has_data
        Schools with pupils in the last year, shape (schools,); nothing is told of the others.
    expected
        Pupils, shape (schools, horizon, grades), NaN for schools without data.
    bounds
        Quantiles of the same shapes and of the sums; NaN for schools without data.
    shares
        What persistence and the cohorts' growth counted.
    """

    has_data: Flags
    expected: Numbers
    bounds: Bounds
    shares: Shares

    @property
    def schools_expected(self) -> Numbers:
        """Pupils of schools, shape (schools, horizon), NaN for those without data."""
        return self.expected.sum(axis=2)

    @property
    def grades_expected(self) -> Numbers:
        """Pupils of the district by grade, shape (horizon, grades)."""
        return np.nansum(self.expected, axis=0)

    @property
    def district_expected(self) -> Numbers:
        """Pupils of the district, shape (horizon,)."""
        return self.grades_expected.sum(axis=1)


def forecast_pupils(
    history: Numbers,
    *,
    horizon: int,
    entrants: Numbers | None = None,
    seed: int,
    draws: int = DRAWS,
) -> PupilForecast:
    """Forecast pupils by school and grade, with intervals that nest and sums that agree.

    Cohorts move up by ratios shrunk towards the district's, newcomers follow the smoothed share of
    their school; both are combined with persistence by shares that the history itself tells. The
    intervals are those of simulated futures whose error sizes the history tells as well. The
    order of schools does not matter to what is expected; which random numbers a school
    draws depends on its place.

    Parameters
    ----------
    history
        Pupils, shape (schools, years, grades), years one after another, the last one the origin,
        grades from the entry grade up. NaN is missing: a grade that the school does not teach,
        or, in all grades, a year without data.
    horizon
        Years ahead, 1 to 30.
    entrants
        Newcomers of the entry grade known from outside, such as from a register, shape (schools,
        horizon), NaN where unknown. They and the cohorts that come from them are not
        combined with persistence.
    seed, draws
        Of the simulated futures.

    Raises
    ------
    UsageError
        When shapes do not fit, numbers are negative or infinite, or the horizon is absurd.

    Notes
    -----
    The method with its sources: docs/methods/forecast.md.

    Examples
    --------
    >>> steady = np.full((2, 4, 3), 60.0)
    >>> told = forecast_pupils(steady, horizon=2, seed=1)
    >>> told.district_expected.tolist()
    [360.0, 360.0]
    >>> low, high = told.bounds.district[1:3, 0]
    >>> bool(low < 360 < high)
    True
    """
    _check(history, horizon, entrants, draws)
    has_data = np.nan_to_num(history[:, -1]).sum(axis=1) > 0
    pupils = np.nan_to_num(history)
    past = replay_history(pupils)
    shares = estimate_shares(past)
    known = None if entrants is None else follow_known(entrants, pupils.shape[2])
    expected = combine_forecasts(
        forecast_by_cohorts(pupils, horizon, entrants),
        repeat_last_year(pupils, horizon),
        shares,
        known=known,
    )
    expected = np.where(has_data[:, None, None], expected, 0.0)
    spread = estimate_spread(past, shares, horizon)
    bounds = simulate_bounds(expected, spread, seed=seed, draws=draws)
    return PupilForecast(
        has_data=has_data,
        expected=np.where(has_data[:, None, None], expected, np.nan),
        bounds=Bounds(
            np.where(has_data[:, None, None], bounds.cells, np.nan),
            np.where(has_data[:, None], bounds.schools, np.nan),
            bounds.grades,
            bounds.district,
        ),
        shares=shares,
    )


def _check(history: Numbers, horizon: int, entrants: Numbers | None, draws: int) -> None:
    if history.ndim != 3 or 0 in history.shape:
        raise UsageError(
            f"The history has the shape {history.shape}.",
            mend="Give schools, years and grades, at least one of each.",
        )
    if not 1 <= horizon <= MOST_YEARS:
        raise UsageError(
            f"{horizon} years ahead cannot be told.", mend=f"Ask for 1 to {MOST_YEARS} years."
        )
    if draws < 1:
        raise UsageError(f"{draws} futures tell nothing.", mend="Draw at least one, better 1000.")
    if entrants is not None and entrants.shape != (len(history), horizon):
        raise UsageError(
            f"Entrants have the shape {entrants.shape}, not {(len(history), horizon)}.",
            mend="Give one number a school and year ahead.",
        )
    for name, numbers in (("history", history), ("entrants", entrants)):
        if numbers is not None and ((numbers < 0) | np.isinf(numbers)).any():
            raise UsageError(
                f"The {name} holds a number below zero or without end.", mend="Correct it."
            )
