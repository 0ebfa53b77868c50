"""How each item of a paper works: how difficult it is, and whether it tells pupils apart."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def measure_items(marks: Floats, full_marks: Floats, *, tail_pct: float) -> pd.DataFrame:
    """Measure difficulty and discrimination of every item of a paper.

    Difficulty (难度) is the mean share of the full marks; 1 means that everybody has all.
    Discrimination (区分度) is that share among the best `tail_pct` of the pupils less that among
    the weakest; pupils who tie at the edge of a tail count in part, so that the order of rows
    never matters. The correlation is that with the sum of all *other* items.

    SOURCE: Kelley (1939), J. Educ. Psychol. 30, 17–24: tails of 27 %. The corrected item–total
    correlation: Henrysson (1963), Psychometrika 28, 211–218.

    Parameters
    ----------
    marks
        Marks by pupil and item, shape (n, k); NaN where a mark is not known. Difficulty takes all
        that are known, the other two only pupils of whom every mark is.
    full_marks
        Full marks by item, shape (k,), above zero.
    tail_pct
        Share of the pupils in each tail, per cent.

    Returns
    -------
    DataFrame
        number (from 1), difficulty, discrimination, item_rest_correlation, unknown_pct; NaN
        where there is nothing to measure: no pupil, or marks that are all equal.

    Examples
    --------
    Four pupils, tails of one each: the best has 2 of 2, the weakest 0.

    >>> marks = np.array([[2.0, 1], [2, 0], [1, 1], [0, 0]])
    >>> measure_items(marks, np.array([2.0, 1]), tail_pct=27)[
    ...     ["difficulty", "discrimination"]].values.tolist()
    [[0.625, 1.0], [0.5, 1.0]]
    """
    is_known = ~np.isnan(marks)
    whole = marks[is_known.all(axis=1)]
    counts = is_known.sum(axis=0)
    sums = np.where(is_known, marks, 0.0).sum(axis=0)
    mean = np.divide(sums, counts, out=np.full(len(full_marks), np.nan), where=counts > 0)
    upper, lower = _weigh_tails(whole.sum(axis=1), tail_pct)
    known = counts / len(marks) if len(marks) else np.full(len(full_marks), np.nan)
    return pd.DataFrame(
        {
            "number": np.arange(1, len(full_marks) + 1),
            "difficulty": mean / full_marks,
            "discrimination": (upper - lower) @ whole / full_marks
            if len(whole)
            else np.full(len(full_marks), np.nan),
            "item_rest_correlation": _correlate_rest(whole),
            "unknown_pct": 100 * (1 - known),
        }
    )


def _weigh_tails(totals: Floats, tail_pct: float) -> tuple[Floats, Floats]:
    """Return how much each pupil counts in the mean of the upper and of the lower tail."""
    size = max(1, round(len(totals) * tail_pct / 100)) if len(totals) else 0
    return _weigh_top(totals, size), _weigh_top(-totals, size)


def _weigh_top(totals: Floats, size: int) -> Floats:
    """Weigh the `size` greatest by 1 / size each; those who tie at the edge share what is left."""
    if not size:
        return np.empty(0)
    edge = np.partition(totals, len(totals) - size)[len(totals) - size]
    above, at = totals > edge, totals == edge
    return np.asarray((above + at * (size - above.sum()) / at.sum()) / size, dtype=np.float64)


def _correlate_rest(whole: Floats) -> Floats:
    """Correlate each item with the sum of the others; NaN where one of both never changes."""
    if len(whole) < 2:
        return np.full(whole.shape[1], np.nan)
    rest = whole.sum(axis=1, keepdims=True) - whole
    item = whole - whole.mean(axis=0)
    rest = rest - rest.mean(axis=0)
    spread = np.sqrt((item**2).sum(axis=0) * (rest**2).sum(axis=0))
    # 1e-9 of a mark squared: what is left of equal decimals is no spread
    has_spread = (np.ptp(whole, axis=0) > 1e-9) & (np.ptp(rest, axis=0) > 1e-9)
    product = (item * rest).sum(axis=0)
    return np.divide(product, spread, out=np.full(whole.shape[1], np.nan), where=has_spread)
