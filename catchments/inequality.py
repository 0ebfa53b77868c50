"""How unequally something is shared out: Gini and Theil, and what lies within and between groups.

Schools weigh by their pupils: each pupil has the value of his school. A school without pupils or
without a value carries no weight.

SOURCE: Gini by weights as Lerman and Yitzhaki (1989), Journal of Econometrics 42; Theil (1967),
Economics and Information Theory; its parts Shorrocks (1980), Econometrica 48.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from gis.errors import UsageError

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TheilParts:
    """Theil index and its two parts, which sum to it.

    Parameters
    ----------
    groups
        Index group: schools (with weight), weight, mean, between (its term of the part between),
        within (its term of the part within); the terms sum to the parts. Groups that have less
        than the mean have a negative term between.
    """

    total: float
    between: float
    within: float
    groups: pd.DataFrame


def measure_gini(values: ArrayLike, weights: ArrayLike) -> float:
    """Measure the Gini coefficient: 0 where all have the same, towards 1 where one has all.

    ``G = Σᵢ Σⱼ pᵢ pⱼ |xᵢ − xⱼ| / (2 X̄)`` with shares p of the weights; not corrected for few
    schools.

    Parameters
    ----------
    values
        Value per pupil, not negative, shape (n,); NaN where unknown.
    weights
        Pupils, shape (n,).

    Returns
    -------
    float
        NaN when nobody has a weight and a value, or the mean is zero.

    Raises
    ------
    UsageError
        Lengths differ, or a value or weight is negative.

    Examples
    --------
    Two pupils, one has all: of the four pairs two differ by 1, so 2 · ¼ · 1 / (2 · ½) = ½.

    >>> measure_gini([0, 1], [1, 1])
    0.5
    """
    value, share = _weigh(values, weights)
    mean = float(share @ value)
    if not mean > 0:
        return float("nan")
    order = np.argsort(value, kind="stable")
    value, share = value[order], share[order]
    below = np.cumsum(share) - share
    gini = float((share * value) @ (2 * below + share - 1)) / mean
    return max(gini, 0.0)  # equal values leave a last binary digit


def measure_theil(values: ArrayLike, weights: ArrayLike) -> float:
    """Measure the Theil index: 0 where all have the same, ln of all pupils where one has all.

    ``T = Σ pᵢ (xᵢ/X̄) ln(xᵢ/X̄)``; who has nothing adds nothing.

    Parameters, returns and errors as :func:`measure_gini`.

    Examples
    --------
    Two pupils, one has all: ½ · 2 · ln 2.

    >>> round(measure_theil([0, 1], [1, 1]), 6)
    0.693147
    """
    value, share = _weigh(values, weights)
    mean = float(share @ value)
    return max(_sum_theil(value / mean, share), 0.0) if mean > 0 else float("nan")


def split_theil(values: ArrayLike, weights: ArrayLike, groups: ArrayLike) -> TheilParts:
    """Split the Theil index into what lies between groups and what lies within them.

    ``T = Σ_g P_g (X̄_g/X̄) ln(X̄_g/X̄) + Σ_g P_g (X̄_g/X̄) T_g``.

    Parameters
    ----------
    values, weights
        As :func:`measure_gini`.
    groups
        Group of each school, shape (n,); schools without one are left out of all parts.

    Returns
    -------
    TheilParts
        All NaN, and no group, when nobody has a weight, a value and a group, or the mean is zero.

    Examples
    --------
    All inequality lies between the two groups:

    >>> parts = split_theil([1, 1, 3, 3], [1, 1, 1, 1], ["a", "a", "b", "b"])
    >>> round(parts.total, 6) == round(parts.between, 6), parts.within
    (True, 0.0)
    """
    group = pd.Series(np.asarray(groups, dtype=object))
    value, weight = np.asarray(values, np.float64), np.asarray(weights, np.float64)
    counts = group.notna().to_numpy() & (weight > 0) & ~np.isnan(value)
    group, weight = group[counts].reset_index(drop=True), weight[counts]
    value, share = _weigh(value[counts], weight)
    mean = float(share @ value)
    if not mean > 0:
        columns = ["schools", "weight", "mean", "between", "within"]
        nothing = float("nan")
        return TheilParts(nothing, nothing, nothing, pd.DataFrame(columns=columns))
    rows = [
        _split_group(name, value[at], share[at], weight[at], mean)
        for name, at in group.groupby(group).indices.items()
    ]
    table = pd.DataFrame(rows).set_index("group")
    if len(table) == 1:
        table["between"] = 0.0  # its mean is the mean, but for the last binary digit
    between, within = float(table["between"].sum()), float(table["within"].sum())
    return TheilParts(max(between + within, 0.0), max(between, 0.0), max(within, 0.0), table)


def _split_group(
    name: Any, value: Numbers, share: Numbers, weight: Numbers, mean: float
) -> dict[str, Any]:
    part = float(share.sum())
    own_mean = float(share @ value) / part
    ratio = own_mean / mean
    inside = _sum_theil(value / own_mean, share / part) if own_mean > 0 else 0.0
    return {
        "group": name,
        "schools": len(value),
        "weight": float(weight.sum()),
        "mean": own_mean,
        "between": part * ratio * np.log(ratio) if ratio > 0 else 0.0,
        "within": part * ratio * max(inside, 0.0),
    }


def _sum_theil(ratio: Numbers, share: Numbers) -> float:
    has_any = ratio > 0
    return float((share[has_any] * ratio[has_any]) @ np.log(ratio[has_any]))


def _weigh(values: ArrayLike, weights: ArrayLike) -> tuple[Numbers, Numbers]:
    """Return the values that count and their shares of all weight."""
    value, weight = np.asarray(values, np.float64), np.asarray(weights, np.float64)
    if value.shape != weight.shape:
        raise UsageError(
            f"{value.size} values came with {weight.size} weights.", mend="Give one for each."
        )
    wrong = np.flatnonzero((value < 0) | (weight < 0))
    if wrong.size:
        raise UsageError(
            f"School {wrong[0]} has value {value[wrong[0]]:g} and weight {weight[wrong[0]]:g}.",
            mend="Give numbers from 0.",
        )
    known = (weight > 0) & ~np.isnan(value)
    return value[known], weight[known] / weight[known].sum() if known.any() else weight[known]
