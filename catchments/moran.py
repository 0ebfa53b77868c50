"""Whether like lies beside like: Moran's I, of a whole map and of each school.

A school's neighbours are the nearest others. Chance is measured by permutation: of the whole map
by dealing all values out anew, of one school by dealing its neighbours anew while it keeps its
own value. Where many schools are tested, Benjamini and Hochberg keep false discoveries few.

SOURCE: Moran (1950), Biometrika 37; local and conditional permutation Anselin (1995),
Geographical Analysis 27; Benjamini and Hochberg (1995), J. R. Statist. Soc. B 57. Same statistics
and, of the same permutations, the same counts as ``esda`` (benchmarks/bench_moran.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from catchments.moran_dealing import (
    Numbers,
    Positions,
    deal_maps,
    deal_neighbours,
    draw_rows,
    shuffle,
)
from gis.compiled import share_rows
from gis.errors import UsageError

HOT, COLD, HIGH_AMID_LOW, LOW_AMID_HIGH, NO_CLUSTER = (
    "high_high",
    "low_low",
    "high_low",
    "low_high",
    "none",
)
_BLOCK_DRAWS, _BLOCK_SCHOOLS = 64, 16


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The neighbours of each of n schools, row by row, and what they weigh.

    Parameters
    ----------
    starts
        n + 1; the neighbours of school i stand from `starts[i]` to `starts[i + 1]`.
    school
        Position of each neighbour.
    weight
        Of each neighbour; those of one school sum to 1.
    """

    starts: Positions
    school: Positions
    weight: Numbers

    @property
    def count(self) -> int:
        """Number of schools."""
        return self.starts.size - 1


@dataclass(frozen=True)
class Moran:
    """Moran's I of a map, what chance alone gives on average, and how likely chance is.

    Parameters
    ----------
    p
        Two-sided: twice the share of permutations at least as far out, on the nearer side.
    """

    statistic: float
    expected: float
    p: float


@dataclass(frozen=True, eq=False)
class Spots:
    """Moran's I of each school.

    Parameters
    ----------
    p
        Two-sided, from conditional permutations.
    cluster
        high_high, low_low, high_low or low_high where the discovery stands, else none.
    """

    statistic: Numbers
    p: Numbers
    cluster: NDArray[np.str_]


def find_nearest(x_m: ArrayLike, y_m: ArrayLike, *, nearest: int) -> Neighbours:
    """Find the nearest others of each school, in a straight line, each of equal weight.

    Of equally near ones that which stands first; all others where there are fewer.

    Examples
    --------
    >>> find_nearest([0, 1, 3, 7], [0, 0, 0, 0], nearest=1).school.tolist()
    [1, 0, 1, 2]
    """
    place = np.column_stack([np.asarray(x_m, np.float64), np.asarray(y_m, np.float64)])
    count = len(place)
    taken = min(nearest, max(count - 1, 0))
    chosen = np.empty((count, taken), dtype=np.int64)
    for first in range(0, count, 512):
        apart = place[first : first + 512, None] - place[None]
        square = np.einsum("ijk,ijk->ij", apart, apart)
        rows = np.arange(len(square))
        square[rows, rows + first] = np.inf
        chosen[first : first + 512] = np.argsort(square, axis=1, kind="stable")[:, :taken]
    starts = np.arange(count + 1, dtype=np.int64) * taken
    return Neighbours(starts, chosen.ravel(), np.full(count * taken, 1 / max(taken, 1)))


def measure_moran(
    values: ArrayLike, neighbours: Neighbours, *, permutations: int, seed: int
) -> Moran:
    """Measure Moran's I of a map and how likely chance gives one as far out.

    ``I = n / S₀ · Σᵢ Σⱼ wᵢⱼ zᵢ zⱼ / Σ zᵢ²`` with deviations z from the plain mean and S₀ the sum
    of all weights.

    Parameters
    ----------
    values
        Shape (n,), none missing.
    permutations, seed
        How often all values are dealt out anew, and the seed: the same answer on any machine.

    Returns
    -------
    Moran
        All NaN with fewer than three schools, or where all values are equal.

    Examples
    --------
    Four schools in a row, each beside the next: z is −1.5, −0.5, 0.5, 1.5, and the rows of
    neighbours give 4/4 · (0.75 + 0.25 + 0.25 + 0.75) / 5.

    >>> row = Neighbours(np.array([0, 1, 3, 5, 6]), np.array([1, 0, 2, 1, 3, 2]),
    ...                  np.array([1, 0.5, 0.5, 0.5, 0.5, 1]))
    >>> round(measure_moran([1, 2, 3, 4], row, permutations=99, seed=1).statistic, 6)
    0.4
    """
    deviation = _deviate(values, neighbours)
    count, square = neighbours.count, float(deviation @ deviation)
    weight = float(neighbours.weight.sum())
    if count < 3 or not square > 0 or not weight > 0:
        return Moran(*(3 * [float("nan")]))
    scale = count / weight / square
    found = scale * float(deviation @ _lag(deviation, neighbours))
    one, other, together = _pair(neighbours)
    side = np.zeros(permutations, dtype=np.int8)

    def deal(first: int, last: int) -> None:
        dealt, state = np.empty(count), np.empty(1, dtype=np.uint64)
        deal_maps(
            one, other, together, deviation, scale, found, np.uint64(seed), first, last, dealt,
            state, side,
        )  # fmt: skip

    share_rows(deal, permutations, block=_BLOCK_DRAWS)
    larger, smaller = (side >= 0).sum(), (side <= 0).sum()
    p = _double(np.array([larger]), np.array([smaller]), permutations)[0]
    return Moran(found, -1 / (count - 1), float(p))


def measure_spots(
    values: ArrayLike,
    neighbours: Neighbours,
    *,
    permutations: int,
    seed: int,
    false_discovery_pct: float,
) -> Spots:
    """Measure Moran's I of each school and tell which lie among others like or unlike them.

    ``Iᵢ = (n − 1) · zᵢ · Σⱼ wᵢⱼ zⱼ / Σ z²``. A school keeps its value while its neighbours are
    dealt anew from all others.

    Parameters
    ----------
    false_discovery_pct
        Share of false ones among those that are told as clusters, by Benjamini and Hochberg.

    Returns
    -------
    Spots
        Where nothing can be measured (fewer than three schools, all equal) statistics are NaN
        and p is 1.

    Examples
    --------
    Six poor schools at the end of a line of thirty:

    >>> line = find_nearest(np.arange(30), np.zeros(30), nearest=4)
    >>> values = [1, 2, 1.5, 1.2, 1.8, 1.4] + [10, 14, 11, 15, 12, 16] * 4
    >>> spots = measure_spots(values, line, permutations=9999, seed=1, false_discovery_pct=5)
    >>> spots.cluster[:4].tolist(), spots.cluster[12:].tolist() == ["none"] * 18
    (['low_low', 'low_low', 'low_low', 'low_low'], True)
    """
    most = int(np.diff(neighbours.starts).max(initial=0))
    drawn = draw_others(neighbours.count - 1, most, permutations, seed)
    statistic, larger, smaller, deviation, lag = count_beyond(values, neighbours, drawn)
    p = _double(larger, smaller, permutations)
    p[np.isnan(statistic)] = 1.0
    is_found = control_discoveries(p, share_pct=false_discovery_pct)
    high, among_high = deviation > 0, lag > 0
    cluster = np.select(
        [
            ~is_found,
            high & among_high,
            ~high & ~among_high,
            high & ~among_high,
        ],
        [NO_CLUSTER, HOT, COLD, HIGH_AMID_LOW],
        LOW_AMID_HIGH,
    )
    return Spots(statistic, p, cluster)


def count_beyond(
    values: ArrayLike, neighbours: Neighbours, drawn: NDArray[np.int32]
) -> tuple[Numbers, Positions, Positions, Numbers, Numbers]:
    """Count for each school the permutations whose statistic is at least, and at most, its own.

    Parameters
    ----------
    drawn
        Shape (permutations, most neighbours): which of the others stand for the first, second …
        neighbour; others are counted from 0 without the school itself.

    Returns
    -------
    tuple
        Statistic, both counts, deviation from the mean and mean deviation of the neighbours, each
        of shape (n,).
    """
    deviation = _deviate(values, neighbours)
    count, square = neighbours.count, float(deviation @ deviation)
    lag = _lag(deviation, neighbours)
    larger, smaller = np.zeros((2, count), dtype=np.int64)
    if count < 3 or not square > 0:
        return np.full(count, np.nan), larger, smaller, deviation, lag
    scale = (count - 1) / square
    statistic = scale * deviation * lag

    def deal(first: int, last: int) -> None:
        deal_neighbours(
            neighbours.starts, neighbours.weight, deviation, scale, statistic, drawn, first, last,
            larger, smaller,
        )  # fmt: skip

    share_rows(deal, count, block=_BLOCK_SCHOOLS)
    return statistic, larger, smaller, deviation, lag


def draw_others(others: int, taken: int, permutations: int, seed: int) -> NDArray[np.int32]:
    """Draw `taken` different ones of `others`, so many times; the same for the same seed.

    Examples
    --------
    >>> drawn = draw_others(5, 3, 1000, seed=1)
    >>> drawn.shape, sorted({len(set(row)) for row in drawn.tolist()})
    ((1000, 3), [3])
    """
    drawn = np.empty((permutations, max(taken, 0)), dtype=np.int32)
    if taken > 0:
        draw_rows(others, np.uint64(seed), np.empty(others, np.int32), np.empty(1, np.uint64),
                   drawn)  # fmt: skip
    return drawn


def draw_permutation(count: int, number: int, seed: int) -> Positions:
    """Return permutation `number` of a seed: what :func:`measure_moran` deals out.

    Examples
    --------
    >>> sorted(draw_permutation(4, 0, seed=1).tolist())
    [0, 1, 2, 3]
    """
    dealt = np.arange(count, dtype=np.float64)
    state = np.empty(1, dtype=np.uint64)
    shuffle(dealt, np.uint64(seed), number, state)
    return dealt.astype(np.int64)


def control_discoveries(p: ArrayLike, *, share_pct: float) -> NDArray[np.bool_]:
    """Tell which of many tests stand when at most this share of those told may be false.

    Benjamini and Hochberg: of the m tests in order of p, the largest k with
    ``p₍ₖ₎ ≤ k/m · share`` and all before it.

    Examples
    --------
    With 5 % the limits are 0.0125, 0.025, 0.0375, 0.05: the third stands, and so the second.

    >>> control_discoveries([0.30, 0.01, 0.03, 0.035], share_pct=5).tolist()
    [False, True, True, True]
    """
    chance = np.asarray(p, np.float64)
    order = np.argsort(chance, kind="stable")
    limit = np.arange(1, chance.size + 1) / max(chance.size, 1) * share_pct / 100
    kept = np.flatnonzero(chance[order] <= limit)
    stands = np.zeros(chance.size, dtype=bool)
    if kept.size:
        stands[order[: kept[-1] + 1]] = True
    return stands


def _deviate(values: ArrayLike, neighbours: Neighbours) -> Numbers:
    value = np.asarray(values, np.float64)
    if value.shape != (neighbours.count,) or not np.isfinite(value).all():
        raise UsageError(
            f"{value.size} values came for {neighbours.count} schools, or some are missing.",
            mend="Give one number for each school; leave out those without.",
        )
    if value.size == 0 or (value == value[0]).all():
        return np.zeros(value.size)  # the mean of equal values need not be the value
    return np.asarray(value - value.mean())


def _lag(deviation: Numbers, neighbours: Neighbours) -> Numbers:
    row = np.repeat(np.arange(neighbours.count), np.diff(neighbours.starts))
    parts = neighbours.weight * deviation[neighbours.school]
    return np.bincount(row, weights=parts, minlength=neighbours.count).astype(np.float64)


def _pair(neighbours: Neighbours) -> tuple[Positions, Positions, Numbers]:
    """Return each pair of neighbours once, and what both weigh to each other together."""
    row = np.repeat(np.arange(neighbours.count), np.diff(neighbours.starts))
    low, high = np.minimum(row, neighbours.school), np.maximum(row, neighbours.school)
    pairs, at = np.unique(low * neighbours.count + high, return_inverse=True)
    one, other = np.divmod(pairs, neighbours.count)
    together = np.bincount(at, weights=neighbours.weight, minlength=pairs.size)
    return one.astype(np.int64), other.astype(np.int64), together.astype(np.float64)


def _double(larger: Positions, smaller: Positions, permutations: int) -> Numbers:
    nearer = np.minimum(larger, smaller)
    return np.minimum(2 * (nearer + 1) / (permutations + 1), 1.0)
