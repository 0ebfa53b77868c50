"""How far off a forecast may be: error sizes told by the history, and simulated futures.

An error has four parts: of the whole district, of a grade throughout the district, of a school
(in proportion to its pupils) and of chance in each grade of a school (as the root of its pupils).
Each simulated future draws all four, so that grades sum to schools and schools to the district in
every one of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from catchments.forecast.combining import Past, Shares, combine_forecasts
from catchments.forecast.naive import Numbers

# Bounds of the 95 % and the 80 % interval.
QUANTILES = (0.025, 0.1, 0.9, 0.975)
# ASSUMPTION: error sizes one year ahead until the history tells its own, and what they are worth.
_CHANCE_VARIANCE = 1.0  # of each pupil: as if each came or stayed away alone
_SCHOOL_ERROR = 0.05
_GRADE_ERROR = 0.01
_DISTRICT_ERROR = 0.01
_WORTH_SCHOOLS = 20.0
_WORTH_YEARS = 2.0
# ASSUMPTION: variances grow as this power of the years until the history tells it. Chance comes
# anew each year (1, a random walk), what a school has of its own lasts (2, a trend), a district
# and its grades have both.
_USUAL = (_CHANCE_VARIANCE, _SCHOOL_ERROR**2, _GRADE_ERROR**2, _DISTRICT_ERROR**2)
_POWERS = (1.0, 2.0, 1.5, 1.5)
_POWER_LIMITS = (0.0, 2.0)
_NORMAL = norm.ppf((np.arange(40) + 0.5) / 40)


@dataclass(frozen=True)
class Spread:
    """The sizes of errors by year ahead.

    Attributes
    ----------
    chance_variance
        Of a pupil, shape (horizon,): a grade of n pupils varies by n times this.
    school_variance, grade_variance, district_variance
        Relative, shape (horizon,).
    shocks
        Standardised errors of schools, both signs alike, sorted: their shape.
    """

    chance_variance: Numbers
    school_variance: Numbers
    grade_variance: Numbers
    district_variance: Numbers
    shocks: Numbers


@dataclass(frozen=True)
class Bounds:
    """Quantiles of simulated futures at `QUANTILES`; the first axis holds the quantiles.

    Attributes
    ----------
    cells
        Shape (4, schools, horizon, grades).
    schools
        Shape (4, schools, horizon).
    grades
        Of the district, shape (4, horizon, grades).
    district
        Shape (4, horizon).
    """

    cells: Numbers
    schools: Numbers
    grades: Numbers
    district: Numbers


def estimate_spread(past: list[Past], shares: Shares, horizon: int) -> Spread:
    """Estimate error sizes from forecasts of earlier years, by years ahead.

    With e the errors of what was told, freed of the district's common error, and n pupils told,
    Σ e²÷n is A·cells + B·Σn over grades of schools, and A·schools + B·Σn over schools: two
    equations for the variance A of a pupil and the relative variance B of a school. The sums are
    taken robustly; what is out of the ordinary comes back as the shape of the errors. Years ahead
    that the history does not reach continue as a power of the years.
    """
    told = [combine_forecasts(one.cohorts, one.persistence, shares) for one in past]
    reached = min(max((one.came.shape[1] for one in past), default=0), horizon)
    sizes = np.array([_estimate_year(past, told, ahead) for ahead in range(reached)])
    if not reached:
        sizes = np.array([_USUAL])
    chance, school, grade, district = (
        _extend(size, power, horizon) for size, power in zip(sizes.T, _POWERS, strict=True)
    )
    return Spread(chance, school, grade, district, _shape_shocks(past, told, chance, school))


def _estimate_year(past: list[Past], told: list[Numbers], ahead: int) -> Numbers:
    """Return the four variances at one year ahead."""
    usual = np.array(_USUAL) * (ahead + 1.0) ** np.array(_POWERS)
    common = [_WORTH_YEARS * usual[3]]
    of_grades: list[tuple[float, float]] = []
    of_cells, of_schools, pupils = [np.zeros(0)], [np.zeros(0)], 0.0
    for n, came, off in _list_pairs(past, told, ahead):
        common.append(off**2)
        of_grades.append(_measure_grades(n, came))
        taught = n > 0
        of_cells.append((came - n)[taught] / np.sqrt(n[taught]))
        of_schools.append((came - n).sum(axis=1) / np.sqrt(n.sum(axis=1)))
        pupils += n.sum()
    (cells, cell_sum), (schools, school_sum) = map(_sum_squares, (of_cells, of_schools))
    chance = max(cell_sum - school_sum, 0.0) / max(cells - schools, 1)
    school = max(school_sum - chance * schools, 0.0) / max(pupils, 1.0)
    # What chance alone puts into a grade of the district is no error of the grade.
    lasting = sum(max(squared - chance * share, 0.0) for squared, share in of_grades)
    # A handful of schools tells little: the usual sizes count with them.
    trust = schools / (schools + _WORTH_SCHOOLS)
    return np.array(
        [
            trust * chance + (1 - trust) * usual[0],
            trust * school + (1 - trust) * usual[1],
            (_WORTH_YEARS * usual[2] + lasting) / (_WORTH_YEARS + len(of_grades)),
            sum(common) / (_WORTH_YEARS + len(common) - 1),
        ]
    )


def _measure_grades(told: Numbers, came: Numbers) -> tuple[float, float]:
    """Return the mean squared relative error of the district's grades, and mean 1 ÷ pupils."""
    told, came = told.sum(axis=0), came.sum(axis=0)
    came, told = came[told > 0], told[told > 0]
    return float(((came / told - 1) ** 2).mean()), float((1 / told).mean())


def _sum_squares(errors: list[Numbers]) -> tuple[int, float]:
    """Return how many errors there are and the sum of their squares, were they normal.

    A grade or a school that closed has an error like no other; the bound that holds 80 % of the
    errors tells the size of the ordinary ones.
    """
    found = np.abs(np.concatenate(errors))
    if not found.size:
        return 0, 0.0
    return found.size, float(found.size * (np.quantile(found, 0.8) / norm.ppf(0.9)) ** 2)


def _list_pairs(
    past: list[Past], told: list[Numbers], ahead: int
) -> list[tuple[Numbers, Numbers, float]]:
    """Return told and came, shape (schools, grades), at the same total, and how far it was off.

    What was told from a single year, without any ratio, counts only where nothing else reaches.
    """
    reach = [
        (one, expected)
        for one, expected in zip(past, told, strict=True)
        if one.came.shape[1] > ahead
    ]
    better = [(one, expected) for one, expected in reach if one.years_known > 1]
    pairs = []
    for one, expected in better or reach:
        stands = one.stands[:, ahead] & (expected[:, ahead].sum(axis=1) > 0)
        n, came = expected[stands, ahead], one.came[stands, ahead]
        if n.sum():
            off = came.sum() / n.sum()
            pairs.append((n * off, came, off - 1.0))
    return pairs


def _extend(sizes: Numbers, power: float, horizon: int) -> Numbers:
    """Let variances never fall, and grow beyond the years that the history reaches."""
    sizes = np.maximum.accumulate(sizes)
    reached = len(sizes)
    if reached > 1 and sizes[0] > 0:
        power = float(np.clip(np.log(sizes[-1] / sizes[0]) / np.log(reached), *_POWER_LIMITS))
    beyond = np.arange(reached + 1, horizon + 1) / reached
    return np.concatenate([sizes, sizes[-1] * beyond**power])[:horizon]


def _shape_shocks(
    past: list[Past], told: list[Numbers], chance: Numbers, school: Numbers
) -> Numbers:
    """Return the errors of schools by their expected size, with those of a normal beside them."""
    found = [_NORMAL]
    for ahead in range(len(chance)):
        for n, came, _ in _list_pairs(past, told, ahead):
            sums = n.sum(axis=1)
            size = np.sqrt(chance[ahead] * sums + school[ahead] * sums**2)
            error = np.divide((came - n).sum(axis=1), size, out=np.zeros_like(size), where=size > 0)
            found += [error, -error]
    return np.sort(np.concatenate(found))


def simulate_bounds(expected: Numbers, spread: Spread, *, seed: int, draws: int) -> Bounds:
    """Simulate futures around what is expected and return their quantiles.

    One draw is one future: a school that runs above in its first year runs above in the later
    ones. No grade falls below zero.

    Parameters
    ----------
    expected
        Pupils, shape (schools, horizon, grades).
    seed, draws
        Same seed, same futures; their number.
    """
    schools, horizon, grades = expected.shape
    drawn = np.random.default_rng(seed)
    common = drawn.standard_normal(draws, dtype=np.float32)
    of_school = np.interp(
        drawn.random((schools, 1, draws)), np.linspace(0, 1, len(spread.shocks)), spread.shocks
    ).astype(np.float32)
    of_grade = drawn.standard_normal((grades, draws), dtype=np.float32)
    chance = drawn.standard_normal((schools, grades, draws), dtype=np.float32)
    years = [
        _bound_year(
            expected[:, ahead, :, None].astype(np.float32),
            1
            + np.float32(spread.district_variance[ahead] ** 0.5) * common
            + np.float32(spread.grade_variance[ahead] ** 0.5)
            * _balance_grades(of_grade, expected[:, ahead].sum(axis=0))
            + np.float32(spread.school_variance[ahead] ** 0.5) * of_school,
            np.float32(spread.chance_variance[ahead] ** 0.5) * chance,
        )
        for ahead in range(horizon)
    ]
    cells, of_schools, of_grades, district = zip(*years, strict=True)
    return Bounds(
        np.stack(cells, axis=2),
        np.stack(of_schools, axis=2),
        np.stack(of_grades, axis=1),
        np.stack(district, axis=1),
    )


def _balance_grades(shocks: np.ndarray, pupils: Numbers) -> np.ndarray:
    """Let what one grade gains be lost by the others: the district has an error of its own."""
    if not pupils.sum():
        return shocks
    return shocks - (pupils / pupils.sum()).astype(np.float32) @ shocks


def _bound_year(
    expected: np.ndarray, factor: np.ndarray, chance: np.ndarray
) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Return the quantiles of one year: cells, schools, grades of the district, district."""
    futures = np.maximum(expected * factor + np.sqrt(expected) * chance, 0)
    of_grades = futures.sum(axis=0, dtype=np.float64)
    return (
        find_quantiles(futures),
        find_quantiles(futures.sum(axis=1)),
        find_quantiles(of_grades),
        find_quantiles(of_grades.sum(axis=0)),
    )


def find_quantiles(futures: np.ndarray) -> Numbers:
    """Return the quantiles along the last axis, on the first one."""
    futures = np.sort(futures, axis=-1)
    at = np.array(QUANTILES) * (futures.shape[-1] - 1)
    low = np.floor(at).astype(np.int64)
    high = np.minimum(low + 1, futures.shape[-1] - 1)
    found = futures[..., low] * (1 - (at - low)) + futures[..., high] * (at - low)
    return np.moveaxis(found.astype(np.float64), -1, 0)
