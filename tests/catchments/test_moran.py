"""Whether like schools lie by like: Moran's I, its permutations, and false discoveries."""

from __future__ import annotations

import numpy as np
import pytest

from catchments.moran import (
    Neighbours,
    control_discoveries,
    count_beyond,
    draw_others,
    draw_permutation,
    find_nearest,
    measure_moran,
    measure_spots,
)
from gis.errors import UsageError

# Three rows of four schools, little in the west and much in the east, of which esda 2.9.0 was
# asked with the three nearest neighbours (benchmarks/bench_moran.py asks it again).
X_M = [0.0, 1.1, 2.2, 3.05, 0.03, 1.17, 2.26, 3.31, 0.02, 1.13, 2.29, 3.37]
Y_M = [0.0] * 4 + [1.0] * 4 + [2.0] * 4
VALUES = [2.1, 2.4, 5.0, 6.2, 1.9, 2.2, 5.5, 6.9, 2.0, 3.1, 4.4, 7.3]
ESDA_MORAN = 0.7156217610335767
ESDA_LOCAL = [
    0.9071215079422462, 0.39499722804733983, 0.13489165280690346, 0.8670848699592647,
    1.033329717742907, 0.18725745414226122, 0.456377901511317, 1.5123110854002462,
    0.8368585339986016, 0.28549304601441383, 0.09193843854701492, 1.1641779352568278,
]  # fmt: skip


@pytest.fixture(scope="module")
def nearest() -> Neighbours:
    return find_nearest(X_M, Y_M, nearest=3)


def weigh(neighbours: Neighbours) -> np.ndarray:
    """Write the weights as a whole table."""
    table = np.zeros((neighbours.count, neighbours.count))
    row = np.repeat(np.arange(neighbours.count), np.diff(neighbours.starts))
    table[row, neighbours.school] = neighbours.weight
    return table


def test_the_nearest_are_found_and_ties_go_to_the_first():
    near = find_nearest([0, 2, 4, 9], [0, 0, 0, 0], nearest=2)
    assert near.school.reshape(-1, 2).tolist() == [[1, 2], [0, 2], [1, 0], [2, 1]]
    assert find_nearest([0, 1], [0, 0], nearest=5).school.tolist() == [1, 0]
    assert find_nearest([7], [7], nearest=5).school.size == 0


def test_four_schools_in_a_row_by_hand():
    # z = −1.5, −0.5, 0.5, 1.5; Σ z² = 5. Each has the mean of the one or two beside it:
    # −0.5, −0.5, 0.5, 0.5. Σ z·lag = 0.75 + 0.25 + 0.25 + 0.75 = 2; I = 4/4 · 2/5.
    # By school (n − 1)/5 · z·lag = 0.6 · (0.75, 0.25, 0.25, 0.75)
    row = Neighbours(
        np.array([0, 1, 3, 5, 6]),
        np.array([1, 0, 2, 1, 3, 2]),
        np.array([1, 0.5, 0.5, 0.5, 0.5, 1]),
    )
    found = measure_moran([1, 2, 3, 4], row, permutations=99, seed=1)
    assert found.statistic == pytest.approx(0.4)
    assert found.expected == pytest.approx(-1 / 3)
    local, *_ = count_beyond([1, 2, 3, 4], row, draw_others(3, 2, 99, 1))
    assert local == pytest.approx([0.45, 0.15, 0.15, 0.45])


def test_the_reference_library_gives_the_same(nearest):
    assert measure_moran(VALUES, nearest, permutations=99, seed=1).statistic == pytest.approx(
        ESDA_MORAN, abs=1e-12
    )
    local, *_ = count_beyond(VALUES, nearest, draw_others(11, 3, 99, 1))
    assert local == pytest.approx(ESDA_LOCAL, abs=1e-12)


def test_p_of_the_map_is_that_of_all_its_permutations_counted_one_by_one(nearest):
    table, permutations = weigh(nearest), 499
    z = np.array(VALUES) - np.mean(VALUES)
    found = z @ table @ z / (z @ z)
    dealt = [z[draw_permutation(12, number, seed=7)] for number in range(permutations)]
    beyond = sum(one @ table @ one / (z @ z) >= found - 1e-12 for one in dealt)
    p = measure_moran(VALUES, nearest, permutations=permutations, seed=7).p
    assert p == pytest.approx(min(2 * (min(beyond, permutations - beyond) + 1) / 500, 1))
    assert p < 0.01  # west and east are no chance


def test_p_of_a_school_is_that_of_its_deals_counted_one_by_one(nearest):
    drawn = draw_others(11, 3, 199, seed=3)
    local, larger, smaller, _, _ = count_beyond(VALUES, nearest, drawn)
    z = np.array(VALUES) - np.mean(VALUES)
    for one in range(12):
        others = np.delete(z, one)
        dealt = 11 / (z @ z) * z[one] * others[drawn].mean(axis=1)
        assert larger[one] == (dealt >= local[one] - 1e-12).sum()
        assert smaller[one] == (dealt <= local[one] + 1e-12).sum()


def test_permutations_are_permutations_and_all_come_as_often():
    dealt = np.array([draw_permutation(3, number, seed=1) for number in range(6000)])
    assert (np.sort(dealt, axis=1) == np.arange(3)).all()
    _, counts = np.unique(dealt, axis=0, return_counts=True)
    assert len(counts) == 6
    # 1000 each expected, standard deviation √(6000 · 1/6 · 5/6) = 29
    assert np.abs(counts - 1000).max() < 5 * 29


def test_drawn_neighbours_come_as_often_and_never_twice():
    drawn = draw_others(6, 2, 6000, seed=1)
    assert (drawn[:, 0] != drawn[:, 1]).all()
    assert np.abs(np.bincount(drawn.ravel(), minlength=6) - 2000).max() < 5 * 41


def test_the_same_seed_gives_the_same_and_another_nearly_the_same(nearest):
    first = measure_moran(VALUES[::-1], nearest, permutations=999, seed=1)
    assert measure_moran(VALUES[::-1], nearest, permutations=999, seed=1) == first
    other = measure_moran(VALUES[::-1], nearest, permutations=999, seed=2)
    # Monte Carlo: p of 0.01 from 999 deals has a standard error of 0.003
    assert other.p == pytest.approx(first.p, abs=0.02)


def test_no_chance_is_told_where_every_other_school_is_a_neighbour():
    # Then I is −1/(n − 1) however the values are dealt: every permutation ties.
    everyone = find_nearest(X_M, Y_M, nearest=11)
    found = measure_moran(VALUES, everyone, permutations=99, seed=1)
    assert found.statistic == pytest.approx(-1 / 11)
    assert found.p == 1
    spots = measure_spots(VALUES, everyone, permutations=99, seed=1, false_discovery_pct=5)
    assert set(spots.cluster) == {"none"}
    assert (spots.p == 1).all()


@pytest.mark.parametrize(
    "values", [[0.3] * 12, [0.1 + 0.2] * 12], ids=["equal", "equal in the last digit"]
)
def test_equal_values_have_no_moran(values, nearest):
    assert np.isnan(measure_moran(values, nearest, permutations=99, seed=1).statistic)
    spots = measure_spots(values, nearest, permutations=99, seed=1, false_discovery_pct=5)
    assert np.isnan(spots.statistic).all()
    assert (spots.p == 1).all()
    assert set(spots.cluster) == {"none"}


@pytest.mark.parametrize("count", [0, 1, 2])
def test_two_schools_are_too_few(count):
    near = find_nearest(X_M[:count], Y_M[:count], nearest=3)
    assert np.isnan(measure_moran(VALUES[:count], near, permutations=99, seed=1).p)
    spots = measure_spots(VALUES[:count], near, permutations=99, seed=1, false_discovery_pct=5)
    assert set(spots.cluster) <= {"none"}


def test_missing_values_are_refused(nearest):
    with pytest.raises(UsageError, match="some are missing"):
        measure_moran([np.nan, *VALUES[1:]], nearest, permutations=99, seed=1)


def test_poor_schools_amid_rich_ones_are_told_apart():
    rng = np.random.default_rng(5)
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(10.0), np.arange(10.0)))
    values = rng.normal(10, 1, 100)
    is_west = (x < 4) & (y < 4)
    values[is_west] = rng.normal(4, 0.5, 16)
    values[(x == 0) & (y == 0)] = 16  # one rich school in the poor corner
    spots = measure_spots(
        values, find_nearest(x, y, nearest=5), permutations=9999, seed=1, false_discovery_pct=5
    )
    assert spots.cluster[(x == 0) & (y == 0)].tolist() == ["high_low"]
    assert (spots.cluster[is_west] == "low_low").sum() >= 4
    assert not (spots.cluster[x > 4] == "low_low").any()


def test_false_discoveries_are_kept_few_by_hand():
    # Benjamini and Hochberg (1995), their example: 15 tests, 4 stand with 5 %
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240,
         0.4262, 0.5719, 0.6528, 0.7590, 1.0000]  # fmt: skip
    assert control_discoveries(p, share_pct=5).sum() == 4
    assert control_discoveries(p[::-1], share_pct=5)[-4:].all()
    assert control_discoveries([], share_pct=5).size == 0
    assert not control_discoveries([0.9, 0.2], share_pct=5).any()
