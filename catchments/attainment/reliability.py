"""How far the marks of a paper can be relied on."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Reliability:
    """Reliability of a paper; NaN where it cannot be told.

    Parameters
    ----------
    alpha
        Cronbach's alpha; it may be negative where items contradict each other.
    low, high
        Its interval.
    error_points
        Standard error of measurement of the marks of one pupil.
    pupils
        Pupils of whom every mark is known.
    """

    alpha: float
    low: float
    high: float
    error_points: float
    pupils: int


def measure_alpha(marks: Floats) -> float:
    """Measure Cronbach's alpha: k / (k − 1) · (1 − Σ variances of items / variance of totals).

    Where every mark is 0 or 1 it is the Kuder–Richardson formula 20. SOURCE: Cronbach (1951),
    Psychometrika 16, 297–334.

    Parameters
    ----------
    marks
        Marks by pupil and item, shape (n, k), none missing.

    Returns
    -------
    float
        NaN with fewer than two items or pupils, or where all totals are equal.

    Examples
    --------
    Variances 1, 1 and of the totals 4: 2 · (1 − 2 / 4) = 1.

    >>> measure_alpha(np.array([[1.0, 1], [2, 2], [3, 3]]))
    1.0
    """
    if len(marks) < 2 or marks.shape[1] < 2:
        return math.nan
    totals = marks.sum(axis=1)
    if np.ptp(totals) < 1e-9:
        return math.nan
    k = marks.shape[1]
    within = marks.var(axis=0, ddof=1).sum()
    return float(k / (k - 1) * (1 - within / totals.var(ddof=1)))


def measure_reliability(marks: Floats, *, interval_pct: float) -> Reliability:
    """Measure alpha with its interval, and the standard error of measurement.

    The error is the standard deviation of the totals times √(1 − alpha), alpha not below 0.
    SOURCE of the interval: Feldt (1965), Psychometrika 30, 357–370: (1 − alpha) / (1 − estimate)
    follows F with n − 1 and (n − 1)(k − 1) degrees of freedom.

    Parameters
    ----------
    marks
        Marks by pupil and item, shape (n, k); pupils with an unknown mark (NaN) are left out.
    """
    whole = marks[~np.isnan(marks).any(axis=1)]
    alpha = measure_alpha(whole)
    if math.isnan(alpha):
        return Reliability(math.nan, math.nan, math.nan, math.nan, len(whole))
    n, k = whole.shape
    tail = (1 - interval_pct / 100) / 2
    low, high = (
        1 - (1 - alpha) * stats.f.ppf(share, n - 1, (n - 1) * (k - 1)) for share in (1 - tail, tail)
    )
    spread = whole.sum(axis=1).std(ddof=1)
    return Reliability(alpha, float(low), float(high), spread * math.sqrt(1 - max(alpha, 0.0)), n)
