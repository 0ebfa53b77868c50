"""Items in which a class gained less than the rest of the district, by more than chance."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]

_COLUMNS = [
    "group",
    "number",
    "pupils",
    "difference_pct",
    "difference_low_pct",
    "difference_high_pct",
    "beside_own_pct",
    "chance",
    "is_weak",
]


def find_weaknesses(
    marks: Floats,
    full_marks: Floats,
    groups: NDArray[np.intp],
    *,
    interval_pct: float,
    false_discovery_pct: float,
    least_pupils: int,
) -> pd.DataFrame:
    """Set each item in each class against all other pupils of the district.

    The difference of the mean shares gained has the interval of Welch (variances of both sides,
    his degrees of freedom); the chance of each is adjusted over all classes and items of the
    paper, so that no more than `false_discovery_pct` per cent of the weaknesses told are expected
    to be chance. `beside_own_pct` is what the item lies above the class's own difference over the
    whole paper: a class that is behind in everything is weak in all items, and in none of them by
    itself.

    SOURCE: Welch (1947), Biometrika 34, 28–35; Benjamini and Hochberg (1995), JRSS B 57, 289–300.

    Parameters
    ----------
    marks
        Marks by pupil and item, shape (n, k); pupils with an unknown mark (NaN) are left out.
    full_marks
        Full marks by item, shape (k,).
    groups
        Position of the class of each pupil, shape (n,).
    least_pupils
        Classes with fewer are left out, also of the adjustment; they count in the rest.

    Returns
    -------
    DataFrame
        group, number (from 1), pupils, difference_pct, difference_low_pct, difference_high_pct,
        beside_own_pct, chance, is_weak; no rows for a district of one class.

    Examples
    --------
    Ten pupils have all of item 1, ten others nothing but for one of them.

    >>> marks = np.array([[1.0, 1]] * 10 + [[0, 1]] * 9 + [[1, 1]])
    >>> found = find_weaknesses(marks, np.ones(2), np.repeat([0, 1], 10), interval_pct=95,
    ...     false_discovery_pct=5, least_pupils=5)
    >>> found[["group", "number", "difference_pct", "is_weak"]].values.tolist()[2:3]
    [[1, 1, -90.0, True]]
    """
    is_whole = ~np.isnan(marks).any(axis=1)
    shares, group = marks[is_whole] / full_marks, groups[is_whole]
    counts = np.bincount(group)
    chosen = np.flatnonzero((counts >= max(least_pupils, 2)) & (len(group) - counts >= 2))
    if not len(chosen):
        return pd.DataFrame({name: [] for name in _COLUMNS}).astype({"is_weak": bool})
    own, rest = _split_moments(shares, group, counts, chosen)
    difference = own.mean - rest.mean
    error2 = own.error2 + rest.error2
    with np.errstate(divide="ignore", invalid="ignore"):
        freedom = error2**2 / (own.error2**2 / (own.n - 1) + rest.error2**2 / (rest.n - 1))
        score = np.abs(difference) / np.sqrt(error2)
    is_flat = error2 < 1e-15  # nobody differs from anybody on either side
    freedom = np.where(is_flat, 1.0, freedom)
    chance = np.where(is_flat, (np.abs(difference) < 1e-9).astype(float), 0.0)
    chance = np.where(is_flat, chance, 2 * stats.t.sf(np.nan_to_num(score), freedom))
    half = stats.t.ppf(0.5 + interval_pct / 200, freedom) * np.sqrt(np.where(is_flat, 0, error2))
    adjusted = np.asarray(stats.false_discovery_control(chance.ravel())).reshape(chance.shape)
    overall = (difference @ full_marks / full_marks.sum())[:, None]
    at, item = np.indices(difference.shape)
    table = {
        "group": chosen[at],
        "number": item + 1,
        "pupils": counts[chosen][at],
        "difference_pct": 100 * difference,
        "difference_low_pct": 100 * (difference - half),
        "difference_high_pct": 100 * (difference + half),
        "beside_own_pct": 100 * (difference - overall),
        "chance": adjusted,
        "is_weak": (adjusted <= false_discovery_pct / 100) & (difference < 0),
    }
    return pd.DataFrame({name: values.ravel() for name, values in table.items()})


class _Moments:
    """Pupils, mean and squared error of the mean by class and item."""

    def __init__(self, n: Floats, total: Floats, squares: Floats) -> None:
        self.n = n[:, None]
        self.mean = total / self.n
        left = np.maximum(squares - self.n * self.mean**2, 0.0)
        self.error2 = left / (self.n - 1) / self.n


def _split_moments(
    shares: Floats, group: NDArray[np.intp], counts: NDArray[np.intp], chosen: NDArray[np.intp]
) -> tuple[_Moments, _Moments]:
    """Return the moments of each chosen class, and of all pupils outside it."""
    items = range(shares.shape[1])
    totals, squares = (
        np.asarray(np.column_stack([np.bincount(group, part[:, at]) for at in items]), np.float64)[
            chosen
        ]
        for part in (shares, shares**2)
    )
    n = counts[chosen].astype(np.float64)
    own = _Moments(n, totals, squares)
    rest = _Moments(len(shares) - n, shares.sum(axis=0) - totals, (shares**2).sum(axis=0) - squares)
    return own, rest
