"""Difficulty, discrimination, reliability: worked by hand, and against the definitions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from catchments.attainment.distribution import count_bands, measure_schools
from catchments.attainment.items import measure_items
from catchments.attainment.reliability import measure_alpha, measure_reliability

Floats = NDArray[np.float64]

# Five pupils, four items of one mark; totals 4, 3, 2, 1, 0: a perfect scale of Guttman.
GUTTMAN = np.array([[1, 1, 1, 1], [1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]], float)
ONES = np.ones(4)
MARKS = st.lists(st.lists(st.integers(0, 5), min_size=3, max_size=3), min_size=2, max_size=25).map(
    lambda rows: np.array(rows, dtype=float)
)
BINARY = st.lists(st.lists(st.integers(0, 1), min_size=4, max_size=4), min_size=3, max_size=25).map(
    lambda rows: np.array(rows, dtype=float)
)


def test_difficulty_is_the_mean_share_of_the_full_marks():
    measured = measure_items(GUTTMAN, ONES, tail_pct=27)
    assert measured["difficulty"].tolist() == [0.8, 0.6, 0.4, 0.2]
    # marks 2, 4, 6 of 8: mean 4 of 8
    assert measure_items(np.array([[2.0], [4], [6]]), np.array([8.0]), tail_pct=27)[
        "difficulty"
    ].tolist() == [0.5]


def test_discrimination_compares_the_best_and_the_weakest_27_per_cent():
    # Kelley (1939). 27 % of 5 pupils is 1.35, so one pupil a tail: 4 of 4 against 0 of 4.
    assert measure_items(GUTTMAN, ONES, tail_pct=27)["discrimination"].tolist() == [1, 1, 1, 1]
    # tails of two: items 1 to 4 have (2,2,2,1)/2 above and (1,0,0,0)/2 below
    wide = measure_items(GUTTMAN, ONES, tail_pct=40)["discrimination"]
    assert wide.tolist() == [0.5, 1.0, 1.0, 0.5]


def test_pupils_who_tie_at_the_edge_of_a_tail_count_in_part():
    # totals 2, 1, 1, 0; a tail of two takes half of each 1: item 1 (1, 1, 0, 0)
    marks = np.array([[1.0, 1], [1, 0], [0, 1], [0, 0]])
    measured = measure_items(marks, np.ones(2), tail_pct=50)
    # above (1 + (1 + 0) / 2) / 2 = 0.75, below ((1 + 0) / 2 + 0) / 2 = 0.25
    assert measured["discrimination"].tolist() == [0.5, 0.5]


def test_an_item_is_correlated_with_all_the_others_not_with_itself():
    # item 1 of the scale: 1,1,1,1,0 against rests 3,2,1,0,0; r = 0.6 / sqrt(0.16 · 1.36 · …)
    measured = measure_items(GUTTMAN, ONES, tail_pct=27)["item_rest_correlation"]
    expected = [
        np.corrcoef(GUTTMAN[:, at], GUTTMAN.sum(axis=1) - GUTTMAN[:, at])[0, 1] for at in range(4)
    ]
    assert measured.to_numpy() == pytest.approx(expected, abs=1e-12)
    # by hand: covariance Σ(x−0.8)(y−1.2) / 5 = 0.24, variances 0.16 and 1.36
    assert measured.iloc[0] == pytest.approx(0.24 / np.sqrt(0.16 * 1.36), abs=1e-12)


def test_a_mark_that_is_not_known_is_no_zero():
    marks = np.array([[1.0, 1], [np.nan, 0], [1, 0]])
    measured = measure_items(marks, np.ones(2), tail_pct=27)
    assert measured["difficulty"].tolist() == [1.0, pytest.approx(1 / 3)]
    assert measured["unknown_pct"].round(6).tolist() == [33.333333, 0.0]


def test_items_without_pupils_or_without_spread_are_not_measured():
    nobody = measure_items(np.empty((0, 2)), np.ones(2), tail_pct=27)
    assert nobody.drop(columns="number").isna().all(axis=None)
    equal = measure_items(np.full((6, 2), 0.1), np.ones(2), tail_pct=27)
    assert equal["item_rest_correlation"].isna().all()
    assert equal["discrimination"].tolist() == pytest.approx([0, 0])


@settings(max_examples=40, deadline=None)
@given(MARKS, st.randoms(use_true_random=False))
def test_the_order_of_pupils_never_matters(marks: Floats, chance):
    order = list(range(len(marks)))
    chance.shuffle(order)
    full = np.full(3, 5.0)
    one, other = (measure_items(rows, full, tail_pct=27) for rows in (marks, marks[order]))
    assert np.allclose(one, other, equal_nan=True)


def test_alpha_of_a_worked_example():
    # Items 2 4 6 8, 1 3 5 9, 3 3 7 7: variances 20/3, 35/3, 16/3; totals 6, 10, 18, 24 of
    # variance 195/3: 3/2 · (1 − 71/195) = 0.95385. SOURCE of the formula: Cronbach (1951).
    marks = np.array([[2, 1, 3], [4, 3, 3], [6, 5, 7], [8, 9, 7]], dtype=float)
    assert measure_alpha(marks) == pytest.approx(1.5 * (1 - 71 / 195), abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(BINARY)
def test_alpha_of_right_and_wrong_is_kuder_richardson_20(marks: Floats):
    totals, p = marks.sum(axis=1), marks.mean(axis=0)
    if np.ptp(totals) == 0:
        assert np.isnan(measure_alpha(marks))
        return
    # KR-20 = k/(k−1) · (1 − Σ p q / population variance of the totals). Kuder, Richardson (1937)
    kr20 = 4 / 3 * (1 - (p * (1 - p)).sum() / totals.var())
    assert measure_alpha(marks) == pytest.approx(kr20, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(MARKS)
def test_alpha_agrees_with_the_covariances_of_the_items(marks: Floats):
    # the definition that statistics packages use: k/(k−1) · (1 − trace / sum of the covariances)
    if np.ptp(marks.sum(axis=1)) == 0:
        return
    covariances = np.cov(marks.T)
    expected = 1.5 * (1 - np.trace(covariances) / covariances.sum())
    assert measure_alpha(marks) == pytest.approx(expected, abs=1e-9)


def test_reliability_has_an_interval_and_tells_the_error_of_one_pupil():
    rng = np.random.default_rng(5)
    ability = rng.normal(size=(400, 1))
    marks = np.clip(np.round(5 + 2 * ability + rng.normal(0, 2, (400, 8))), 0, 10)
    told = measure_reliability(marks, interval_pct=95)
    assert told.low < told.alpha < told.high
    assert told.error_points == pytest.approx(
        marks.sum(axis=1).std(ddof=1) * np.sqrt(1 - told.alpha)
    )
    # Feldt (1965): one item or one pupil tells nothing
    assert np.isnan(measure_reliability(marks[:, :1], interval_pct=95).alpha)
    assert np.isnan(measure_reliability(marks[:1], interval_pct=95).alpha)


def test_feldts_interval_keeps_its_promise():
    # Two parallel halves, error variance 1 and true variance 1: alpha is 2/3.
    rng = np.random.default_rng(11)
    inside = 0
    for _ in range(400):
        true = rng.normal(size=(60, 1))
        told = measure_reliability(true + rng.normal(size=(60, 2)), interval_pct=90)
        inside += told.low <= 2 / 3 <= told.high
    assert 0.86 < inside / 400 < 0.94


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 100), max_size=40), st.integers(1, 20))
def test_every_pupil_stands_in_one_band(points: list[float], bands: int):
    counted = count_bands(np.array(points), 100, bands=bands)
    assert counted["pupils"].sum() == len(points)
    assert len(counted) == bands


def test_schools_are_measured_each_for_itself():

    marks = pd.DataFrame({"school_id": [1, 1, 1, 2], "points": [50.0, 60, 70, 80]})
    told = measure_schools(marks, interval_pct=95)
    # t(0.975, 2) = 4.3027; 10 / √3 = 5.7735
    assert told.loc[1, "mean_low"] == pytest.approx(60 - 4.302653 * 5.773503, abs=1e-4)
    assert told.loc[2, "sat"] == 1
    assert np.isnan(told.loc[2, "spread_points"])
