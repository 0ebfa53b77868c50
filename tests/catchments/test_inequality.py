"""Gini and Theil by pupils, and the parts of Theil within and between groups."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catchments.inequality import measure_gini, measure_theil, split_theil
from gis.errors import UsageError

# Twelve schools, of which pysal's `inequality` 1.1.2 was asked (benchmarks/bench_moran.py asks it
# again): once a school one, once each pupil one.
VALUES = [2.1, 2.4, 5.0, 6.2, 1.9, 2.2, 5.5, 6.9, 2.0, 3.1, 4.4, 7.3]
PUPILS = [1, 2, 3, 1, 2, 1, 1, 2, 1, 1, 2, 1]
COLUMN = [0, 1, 2, 3] * 3


def test_gini_of_three_schools_by_hand():
    # Values 1, 2, 3 with 2, 1, 1 pupils: shares ½, ¼, ¼, mean 1.75. Twice each unlike pair:
    # 2 (½·¼·1 + ½·¼·2 + ¼·¼·1) = 0.875; over twice the mean 0.875 / 3.5 = 0.25
    assert measure_gini([1, 2, 3], [2, 1, 1]) == pytest.approx(0.25)


def test_theil_of_two_schools_by_hand():
    # Values 1 and 3, alike in size: mean 2, ratios ½ and 3/2:
    # ½·½·ln ½ + ½·3/2·ln 3/2 = −0.173287 + 0.304099
    assert measure_theil([1, 3], [10, 10]) == pytest.approx(0.130812, abs=1e-6)


def test_theil_between_and_within_by_hand():
    # Groups (1, 3) and (2, 6), each of two alike: means 2 and 4, of all 3.
    # Between ½·⅔·ln ⅔ + ½·4/3·ln 4/3 = −0.135155 + 0.191788 = 0.056633
    # Within: both groups have 0.130812 (1 : 3 as 2 : 6), weighed by ½·⅔ and ½·4/3: the same again
    parts = split_theil([1, 3, 2, 6], [1, 1, 1, 1], ["a", "a", "b", "b"])
    assert parts.between == pytest.approx(0.056633, abs=1e-6)
    assert parts.within == pytest.approx(0.130812, abs=1e-6)
    assert parts.total == pytest.approx(measure_theil([1, 3, 2, 6], [1, 1, 1, 1]))
    assert parts.groups.loc["a", "between"] < 0 < parts.groups.loc["b", "between"]
    assert parts.groups["weight"].tolist() == [2, 2]


def test_the_reference_library_gives_the_same():
    ones = np.ones(12)
    assert measure_gini(VALUES, ones) == pytest.approx(0.26836734693877545, abs=1e-12)
    assert measure_theil(VALUES, ones) == pytest.approx(0.11554580103872203, abs=1e-12)
    parts = split_theil(VALUES, ones, COLUMN)
    assert (parts.between, parts.within) == pytest.approx((0.11151789, 0.00402791), abs=1e-8)
    # a school of two pupils is two of one pupil
    assert measure_gini(VALUES, PUPILS) == pytest.approx(0.25484063151623454, abs=1e-12)
    assert measure_theil(VALUES, PUPILS) == pytest.approx(0.1045328219539122, abs=1e-12)


@pytest.mark.parametrize("measure", [measure_gini, measure_theil])
def test_all_equal_values_and_one_school_are_not_unequal(measure):
    assert measure([0.1 + 0.2, 0.3, 0.3], [3, 7, 11]) == pytest.approx(0, abs=1e-15)
    assert measure([6.2], [45]) == 0


@pytest.mark.parametrize("measure", [measure_gini, measure_theil])
@pytest.mark.parametrize(
    ("values", "pupils"),
    [([], []), ([6.2], [0]), ([np.nan], [45]), ([0.0, 0.0], [45, 37])],
    ids=["no school", "no pupils", "nothing reported", "nothing there"],
)
def test_inequality_of_nothing_is_not_a_number(measure, values, pupils):
    assert np.isnan(measure(values, pupils))
    assert np.isnan(split_theil(values, pupils, ["a"] * len(values)).total)


def test_schools_without_pupils_value_or_group_take_no_part():
    values, pupils = [1, 3, 9e9, np.nan, 5], [1, 1, 0, 7, 3]
    parts = split_theil(values, pupils, ["a", "b", "a", "b", None])
    assert parts.total == pytest.approx(measure_theil([1, 3], [1, 1]))
    assert parts.groups["schools"].tolist() == [1, 1]


def test_one_group_has_nothing_between():
    parts = split_theil([0.3, 0.1, 0.2], [1, 2, 3], ["a"] * 3)
    assert parts.between == 0
    assert parts.within == pytest.approx(measure_theil([0.3, 0.1, 0.2], [1, 2, 3]))


def test_negative_values_are_refused_with_the_school():
    with pytest.raises(UsageError, match="School 1 has value -3"):
        measure_gini([1, -3], [1, 1])
    with pytest.raises(UsageError, match="2 values came with 1 weights"):
        measure_theil([1, 3], [1])


schools = st.lists(
    st.tuples(st.floats(0, 1e4), st.integers(1, 3000), st.sampled_from("abc")),
    min_size=1,
    max_size=12,
).filter(lambda rows: max(row[0] for row in rows) > 1e-3)


@settings(deadline=None, max_examples=50)
@given(rows=schools, factor=st.floats(0.01, 100), seed=st.integers(0, 99))
def test_inequality_has_no_unit_and_no_order_and_its_parts_sum(rows, factor, seed):
    values, pupils, groups = (np.array(column) for column in zip(*rows, strict=True))
    order = np.random.default_rng(seed).permutation(len(rows))
    gini, theil = measure_gini(values, pupils), measure_theil(values, pupils)
    assert 0 <= gini < 1
    assert 0 <= theil <= np.log(pupils.sum()) + 1e-9
    assert measure_gini(factor * values[order], pupils[order]) == pytest.approx(gini, abs=1e-9)
    assert measure_theil(factor * values[order], pupils[order]) == pytest.approx(theil, abs=1e-9)
    parts = split_theil(values, pupils, groups)
    assert parts.between + parts.within == pytest.approx(theil, abs=1e-9)
    assert parts.between >= -1e-12
    assert parts.within >= -1e-12
    assert pd.Series(groups).nunique() == len(parts.groups)


@settings(deadline=None, max_examples=30)
@given(rows=schools)
def test_a_gift_from_rich_to_poor_lowers_inequality(rows):
    values, pupils, _ = (np.array(column) for column in zip(*rows, strict=True))
    mean = np.average(values, weights=pupils)
    nearer = values + 0.5 * (mean - values)
    assert measure_gini(nearer, pupils) <= measure_gini(values, pupils) + 1e-9
    assert measure_theil(nearer, pupils) <= measure_theil(values, pupils) + 1e-9
