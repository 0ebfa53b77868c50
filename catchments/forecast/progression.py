"""Grade progression: how many pupils of a grade sit in the next grade a year later.

Every school has ratios of its own, drawn towards those of the district: a small school's ratio
says little, so it counts as its pupils against a number of pseudo-pupils that the history itself
tells (empirical Bayes). Grades that open and close with a growing or a leaving school are
followed too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from catchments.forecast.naive import Flags, Numbers

# ASSUMPTION: what happened two years earlier says half as much about the ratios of today.
HALF_LIFE_YEARS = 2.0
# ASSUMPTION: weight of the district's ratio, in pupils, until three years tell it.
PSEUDO_PUPILS = 100.0
_PSEUDO_LIMITS = (10.0, 10_000.0)
# ASSUMPTION: a ratio of more than twice the district's, or less than half of it, is no chance: such
# a grade takes in pupils of other schools, or gave them away.
_ORDINARY = 2.0
# ASSUMPTION: half of the cohorts go on in a school that has just grown by a grade, until known.
_GROWING_ON = 0.5


@dataclass(frozen=True)
class Progression:
    """What carries pupils from a grade to the next; g steps lead from grade g to grade g + 1.

    Attributes
    ----------
    ratio
        Pupils above by pupils below, shape (schools, steps).
    starts_here
        Grades whose pupils come from elsewhere, year after year, such as the lowest grade of a
        school that begins above the entry grade; shape (schools, steps).
    """

    ratio: Numbers
    starts_here: Flags


def measure_progression(pupils: Numbers) -> Progression:
    """Measure the ratios of each school and step, shrunk towards the district's.

    r = (Σ w·above + κ·R) ÷ (Σ w·below + κ), over the pairs of years in which both grades were
    taught; w halves in `HALF_LIFE_YEARS`, R is the same sum over all schools, κ comes from
    :func:`measure_pseudo_pupils`. A step into a grade that the school does not teach carries what
    such steps carried in the district: much where the school has just grown by a grade, little
    where it has ended there before. A grade whose source closed last year closes after it.

    Parameters
    ----------
    pupils
        Shape (schools, years, grades); grades not taught are zero.

    Examples
    --------
    >>> one = measure_progression(np.array([[[100.0, 0.0], [100.0, 90.0]]])).ratio
    >>> one.tolist()  # alone, the school is the district
    [[0.9]]
    """
    taught = pupils > 0
    below, above = pupils[:, :-1, :-1], pupils[:, 1:, 1:]
    pairs = taught[:, :-1, :-1] & taught[:, 1:, 1:]
    below, above = np.where(pairs, below, 0.0), np.where(pairs, above, 0.0)
    weights = 0.5 ** (np.arange(below.shape[1])[::-1] / HALF_LIFE_YEARS)
    summed_below = np.einsum("syg,y->sg", below, weights)
    summed_above = np.einsum("syg,y->sg", above, weights)
    # A district that never saw a step keeps its pupils.
    district = _divide(summed_above.sum(axis=0), summed_below.sum(axis=0), otherwise=1.0)
    pseudo = measure_pseudo_pupils(below, above, district)
    ratio = (summed_above + pseudo * district) / (summed_below + pseudo)
    no_source = ~taught[:, -1, :-1] & ~_closed_below(taught)
    from_elsewhere = summed_above > _ORDINARY * district * summed_below
    return Progression(
        ratio=_follow_openings(pupils, ratio),
        starts_here=taught[:, -1, 1:] & (no_source | from_elsewhere),
    )


def measure_pseudo_pupils(below: Numbers, above: Numbers, district: Numbers) -> float:
    """Return κ, the weight of the district's ratio in pupils, by the method of moments.

    What a school loses against the district's ratio, e = above − R·below, has the variance
    φ·below + τ²·below². The products of e in two different years hold τ² alone, since chance does
    not repeat; κ = φ ÷ τ². One number serves all steps. Ratios out of the ordinary tell of changes
    in a school, not of chance, and are left out. With fewer than two pairs of years, or
    without lasting differences, there is nothing to tell it by.

    Parameters
    ----------
    below, above
        Pupils of the pairs, shape (schools, pairs of years, steps), zero where there is no pair.
    district
        Ratios of the district, shape (steps,).

    Notes
    -----
    SOURCE: shrinkage of James and Stein (1961); moments as in Efron and Morris (1975).
    """
    low, high = _PSEUDO_LIMITS
    if below.shape[1] < 2 or not below.any():
        return PSEUDO_PUPILS
    brought = district * below
    ordinary = (above <= _ORDINARY * brought) & (above * _ORDINARY >= brought)
    below, left = np.where(ordinary, below, 0.0), np.where(ordinary, above - brought, 0.0)
    # Schools count alike whatever their size.
    size = np.maximum(below.sum(axis=1), 1.0)
    lasting = ((left.sum(axis=1) ** 2 - (left**2).sum(axis=1)) / size).sum()
    paired = ((below.sum(axis=1) ** 2 - (below**2).sum(axis=1)) / size).sum()
    if lasting <= 0 or paired <= 0:
        return high
    lasting_variance = lasting / paired
    squares = ((left**2).sum(axis=1) / size).sum()
    of_school = lasting_variance * ((below**2).sum(axis=1) / size).sum()
    chance = (squares - of_school) / (below.sum(axis=1) / size).sum()
    return float(np.clip(chance / lasting_variance, low, high))


def _follow_openings(pupils: Numbers, ratio: Numbers) -> Numbers:
    """Set the steps into grades that a school does not teach."""
    taught = pupils > 0
    ends = taught[:, :, :-1] & ~taught[:, :, 1:]
    if pupils.shape[1] < 2:
        return np.where(ends[:, -1], 0.0, ratio)
    fresh = ends[:, 1:] & ~taught[:, :-1, :-1]  # ends at a grade that it did not teach before
    settled = ends[:, 1:] & taught[:, :-1, :-1]
    came, went_on = pupils[:, 1:-1, :-1], pupils[:, 2:, 1:]
    on_fresh = (went_on[fresh[:, :-1]].sum() + _GROWING_ON * PSEUDO_PUPILS) / (
        came[fresh[:, :-1]].sum() + PSEUDO_PUPILS
    )
    on_settled = went_on[settled[:, :-1]].sum() / (came[settled[:, :-1]].sum() + PSEUDO_PUPILS)
    return np.where(fresh[:, -1], on_fresh, np.where(settled[:, -1], on_settled, ratio))


def _closed_below(taught: Flags) -> Flags:
    """Tell the grades whose source was taught the year before the last, and no more."""
    if taught.shape[1] < 2:
        return np.zeros_like(taught[:, -1, 1:])
    return taught[:, -2, :-1] & ~taught[:, -1, :-1]


def _divide(above: Numbers, below: Numbers, *, otherwise: float) -> Numbers:
    return np.divide(above, below, out=np.full(below.shape, otherwise), where=below > 0)


def carry_cohorts(pupils: Numbers, entrants: Numbers) -> Numbers:
    """Carry the pupils of the last year up through the grades, newcomers behind them.

    Parameters
    ----------
    pupils
        Shape (schools, years, grades); the last year is the origin, grades not taught are zero.
    entrants
        Pupils of the entry grade in the years ahead, shape (schools, horizon).

    Returns
    -------
    array
        Pupils, shape (schools, horizon, grades).

    Examples
    --------
    >>> steady = np.full((1, 4, 3), 50.0)
    >>> carry_cohorts(steady, np.array([[50.0, 60.0]])).tolist()
    [[[50.0, 50.0, 50.0], [60.0, 50.0, 50.0]]]
    """
    steps = measure_progression(pupils)
    grades = pupils[:, -1]
    grown = []
    for ahead in range(entrants.shape[1]):
        moved_up = np.where(steps.starts_here, pupils[:, -1, 1:], grades[:, :-1] * steps.ratio)
        grades = np.concatenate([entrants[:, ahead : ahead + 1], moved_up], axis=1)
        grown.append(grades)
    return np.stack(grown, axis=1)
