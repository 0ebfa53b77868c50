"""Cohorts and persistence combined: the one follows children, the other is hard to beat.

The shares are told by forecasts from earlier years of the same history; a short history leaves
them near one half, the equal weights that are themselves hard to beat.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from catchments.forecast.entry import forecast_entry
from catchments.forecast.naive import Flags, Numbers, repeat_last_year
from catchments.forecast.progression import carry_cohorts

# ASSUMPTION: equal shares, worth this many forecasts from earlier years.
_EQUAL_SHARE = 0.5
_EQUAL_WORTH = 2.0
# ASSUMPTION: usual error of a district's total one year ahead, until earlier years tell it.
_DISTRICT_ERROR = 0.01
# Fewer pupils than this give no school more weight.
_LEAST_PUPILS = 20.0


@dataclass(frozen=True)
class Past:
    """One forecast from an earlier year of the history, and what came.

    Attributes
    ----------
    years_known
        Years of history it was told from.
    cohorts, persistence, came
        Pupils, shape (schools, years ahead, grades).
    """

    years_known: int
    cohorts: Numbers
    persistence: Numbers
    came: Numbers

    @property
    def stands(self) -> Flags:
        """Schools with pupils in both years, shape (schools, years ahead)."""
        return (self.persistence.sum(axis=2) > 0) & (self.came.sum(axis=2) > 0)


@dataclass(frozen=True)
class Shares:
    """What persistence and cohorts count.

    Attributes
    ----------
    persistence
        Share of persistence in the pupils of a school and grade.
    growth
        Share of the cohorts' growth that the district's total follows in the first year; the
        growth of year h is followed with this share to the power of h.
    """

    persistence: float = _EQUAL_SHARE
    growth: float = _EQUAL_SHARE


def replay_history(pupils: Numbers) -> list[Past]:
    """Forecast from each earlier year with what was known then.

    Parameters
    ----------
    pupils
        Shape (schools, years, grades); grades not taught are zero.
    """
    return [_replay_year(pupils, origin) for origin in range(pupils.shape[1] - 1)]


def _replay_year(pupils: Numbers, origin: int) -> Past:
    known, came = pupils[:, : origin + 1], pupils[:, origin + 1 :]
    ahead = came.shape[1]
    return Past(origin + 1, forecast_by_cohorts(known, ahead), repeat_last_year(known, ahead), came)


def forecast_by_cohorts(pupils: Numbers, horizon: int, entrants: Numbers | None = None) -> Numbers:
    """Forecast by cohorts alone, newcomers from the schools' past or as `entrants` tells.

    Parameters
    ----------
    pupils
        Shape (schools, years, grades); grades not taught are zero.
    entrants
        Newcomers known from outside, shape (schools, horizon), NaN where unknown.
    """
    own = np.repeat(forecast_entry(pupils)[:, None], horizon, axis=1)
    return carry_cohorts(
        pupils, own if entrants is None else np.where(np.isnan(entrants), own, entrants)
    )


def estimate_shares(past: list[Past]) -> Shares:
    """Estimate the shares from forecasts of earlier years.

    The share of persistence is the one with the least squared error, each error weighed by
    1 ÷ pupils and freed of the district's common error: the mean of the best for the totals of
    schools and the best for their grades. The share of growth compares the district's total one
    year ahead, inversely to the squared errors.

    Notes
    -----
    SOURCE: Bates and Granger (1969).
    """
    past = [one for one in past if one.years_known > 1]  # one year tells no ratio
    pairs = [_compare_schools(one, ahead) for one in past for ahead in range(one.came.shape[1])]
    squared = np.full(2, _EQUAL_WORTH * _DISTRICT_ERROR**2)
    squared += sum((_compare_district(one) for one in past), start=np.zeros(2))
    if not pairs:
        return Shares()
    products, squares = np.mean(pairs, axis=0)
    # Equal shares count like so many earlier forecasts of the same weight.
    worth = _EQUAL_WORTH / (len(pairs) + _EQUAL_WORTH)
    best = np.divide(products, squares, out=np.full(2, _EQUAL_SHARE), where=squares > 0)
    share = worth * _EQUAL_SHARE + (1 - worth) * best.clip(0.0, 1.0).mean()
    return Shares(float(share), float(squared[1] / squared.sum()))


def _compare_schools(past: Past, ahead: int) -> Numbers:
    """Return Σ d·e and Σ d² for schools and for their grades, shape (2, 2).

    d leads from cohorts to persistence, e from cohorts to what came.
    """
    stands = past.stands[:, ahead]
    cohorts, persistence, came = (
        pupils[stands, ahead] for pupils in (past.cohorts, past.persistence, past.came)
    )
    if not cohorts.sum():
        return np.zeros((2, 2))
    off = cohorts * (came.sum() / cohorts.sum())
    apart = persistence * (came.sum() / persistence.sum()) - off
    error = came - off
    levels = [
        (persistence.sum(axis=1), apart.sum(axis=1), error.sum(axis=1)),
        (persistence, apart, error),
    ]
    sums = [
        [(d * e / np.maximum(n, _LEAST_PUPILS)).sum(), (d * d / np.maximum(n, _LEAST_PUPILS)).sum()]
        for n, d, e in levels
    ]
    return np.array(sums).T


def _compare_district(past: Past) -> Numbers:
    """Return the squared relative errors of the total one year ahead: cohorts, persistence."""
    came = past.came[:, 0].sum()
    told = np.array([past.cohorts[:, 0].sum(), past.persistence[:, 0].sum()])
    # A year without any data tells nothing.
    return (told / came - 1.0) ** 2 if came > 0 and told.all() else np.zeros(2)


def combine_forecasts(
    cohorts: Numbers, persistence: Numbers, shares: Shares, *, known: Flags | None = None
) -> Numbers:
    """Combine the forecasts school by school and grade by grade, then bring them to the total.

    A grade that only one of the two knows, because it opens or closes, follows the cohorts; so do
    cohorts known from outside. All others are scaled by one factor a year, so that the district
    follows the growth of the cohorts with a share that falls from year to year.

    Parameters
    ----------
    cohorts, persistence
        Pupils, shape (schools, horizon, grades).
    known
        Cohorts whose newcomers are known from outside, same shape.

    Notes
    -----
    SOURCE: damped growth, Gardner and McKenzie (1985).

    Examples
    --------
    >>> combine_forecasts(np.full((1, 2, 1), 80.0), np.full((1, 2, 1), 100.0), Shares())
    array([[[90. ],
            [92.5]]])
    """
    followed = (cohorts == 0) | (persistence == 0)
    fixed = np.zeros_like(followed) if known is None else known
    told = np.where(
        followed | fixed,
        cohorts,
        (1 - shares.persistence) * cohorts + shares.persistence * persistence,
    )
    years = np.arange(1, cohorts.shape[1] + 1)
    share = np.cumsum(shares.growth**years) / years
    by_cohorts, by_persistence, sums = (
        np.where(fixed, 0.0, pupils).sum(axis=(0, 2)) for pupils in (cohorts, persistence, told)
    )
    total = share * by_cohorts + (1 - share) * by_persistence
    factor = np.divide(total, sums, out=np.ones_like(sums), where=sums > 0)
    return np.where(fixed, told, told * factor[:, None])


def follow_known(entrants: Numbers, grade_count: int) -> Flags:
    """Tell the cohorts that come from newcomers known from outside.

    Examples
    --------
    >>> follow_known(np.array([[30.0, np.nan]]), 2).tolist()
    [[[True, False], [False, True]]]
    """
    known = np.zeros((*entrants.shape, grade_count), dtype=bool)
    for ahead in range(entrants.shape[1]):
        known[:, ahead, 0] = ~np.isnan(entrants[:, ahead])
        if ahead > 0:
            known[:, ahead, 1:] = known[:, ahead - 1, :-1]
    return known
