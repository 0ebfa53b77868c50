"""Appraisal of schools: points, scores, ranks and peers by hand, and what must always hold."""

from __future__ import annotations

import doctest
from dataclasses import replace
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catchments.appraisal import findings, peers, ranking, scheme_files, scoring
from catchments.appraisal.appraising import appraise_schools
from catchments.appraisal.findings import compare_peers, find_strengths, measure_changes
from catchments.appraisal.peers import find_peers
from catchments.appraisal.ranking import draw_weights, rank_group, rank_scores
from catchments.appraisal.scheme import PeerRule, Stability
from catchments.appraisal.scheme_files import parse_scheme
from catchments.appraisal.scoring import measure_points, score_schools, weigh_points
from tests.town import SCHEME

TOWN = parse_scheme(SCHEME, ["qualified_teachers_pct"])
LESSONS, ACCIDENTS, _ = TOWN.indicators
TRIED = Stability(vary_pct=10, draws=400, seed=7, interval_pct=90)

POINTS = st.lists(
    st.lists(st.integers(0, 100).map(float), min_size=3, max_size=3), min_size=1, max_size=8
).map(np.array)


@pytest.mark.parametrize("module", [findings, peers, ranking, scheme_files, scoring])
def test_examples_in_the_documentation_hold(module: ModuleType):
    tried = doctest.testmod(module)
    assert tried.attempted and not tried.failed


def test_points_lie_on_a_straight_line_and_end_at_the_bounds():
    # Of 50 to 100: 90 is 40 of 50, 80 points; of accidents 0 is best, 10 worst.
    found = np.array([40.0, 50.0, 90.0, 120.0, np.nan])
    assert np.allclose(measure_points(found, LESSONS), [0, 0, 80, 100, np.nan], equal_nan=True)
    assert measure_points(np.array([2.0, 12.0]), ACCIDENTS).tolist() == [80.0, 0.0]


def test_a_span_is_best_in_its_middle():
    rotation = replace(LESSONS, direction="within", bounds=(0.0, 10.0, 20.0, 40.0))
    found = np.array([0.0, 5.0, 10.0, 20.0, 30.0, 50.0])
    assert measure_points(found, rotation).tolist() == [0, 50, 100, 100, 50, 0]


def test_a_missing_proof_gives_no_points_where_the_scheme_says_so():
    honours = replace(LESSONS, if_missing="zero")
    assert measure_points(np.array([np.nan]), honours).tolist() == [0.0]


def test_unknown_indicators_leave_their_weight_to_the_known_ones():
    # A: (50·80 + 30·80 + 20·50) / 100 = 74. B without accidents: (50·40 + 20·72) / 70 = 49.14.
    points = np.array([[80.0, 80.0, 50.0], [40.0, np.nan, 72.0]])
    scores, known = weigh_points(points, TOWN.weights)
    assert scores.tolist() == pytest.approx([74.0, 3440 / 70])
    assert known.tolist() == [100.0, 70.0]


def test_a_school_of_which_too_little_is_known_gets_no_score():
    index = pd.MultiIndex.from_tuples([(1, 2025)], names=["school_id", "year"])
    codes = [one.code for one in TOWN.indicators]
    points = pd.DataFrame([[60.0, np.nan, np.nan]], index=index, columns=codes)
    scores = score_schools(points, TOWN).set_index("part")
    assert np.isnan(scores["score"]["whole"]) and scores["known_pct"]["whole"] == 50
    # Of teaching 50 of 70 are known, 71 %.
    assert scores["score"]["teaching"] == 60 and np.isnan(scores["score"]["care"])


def test_equal_scores_share_the_better_rank():
    assert rank_scores(np.array([[5.0, 9.0, 9.0], [1.0, 2.0, 3.0]])).tolist() == [
        [3, 1, 1],
        [3, 2, 1],
    ]


def test_drawn_weights_stay_within_their_span_and_sum_to_the_whole():
    drawn = draw_weights(TOWN.weights, TRIED)
    assert np.allclose(drawn.sum(axis=1), 100)
    shares = drawn / TOWN.weights
    # Each lies within ±10 % before all are brought to the same sum: 1.1 / 0.9 at most apart.
    assert (shares.max(axis=1) / shares.min(axis=1)).max() <= 1.1 / 0.9
    assert (drawn == draw_weights(TOWN.weights, TRIED)).all()


def test_without_variation_every_rank_stays():
    points = np.array([[50.0, 51.0, 50.0], [51.0, 50.0, 50.0], [0.0, 0.0, 0.0]])
    ranks = rank_group(points, TOWN.weights, replace(TRIED, vary_pct=0))
    assert (ranks["stays_pct"] == 100).all()
    assert (ranks["rank_low"] == ranks["rank"]).all() and (
        ranks["rank_high"] == ranks["rank"]
    ).all()


@settings(deadline=None, max_examples=60)
@given(POINTS)
def test_whoever_is_better_in_everything_never_ranks_below(points):
    ranks = rank_group(points, TOWN.weights, TRIED)
    for one in range(len(points)):
        for other in range(len(points)):
            if (points[one] > points[other]).all():
                assert ranks["rank"][one] < ranks["rank"][other]
                assert ranks["rank_high"][one] <= ranks["rank_high"][other]


@settings(deadline=None, max_examples=60)
@given(POINTS)
def test_ranks_lie_in_their_interval_or_rarely_hold_and_order_of_rows_never_matters(points):
    ranks = rank_group(points, TOWN.weights, TRIED)
    assert ranks["rank"].between(1, len(points)).all()
    assert (ranks["rank_low"] <= ranks["rank_high"]).all()
    outside = (ranks["rank"] < ranks["rank_low"]) | (ranks["rank"] > ranks["rank_high"])
    assert (ranks["stays_pct"][outside] <= 10).all()
    turned = rank_group(points[::-1], TOWN.weights, TRIED)[::-1].reset_index(drop=True)
    pd.testing.assert_frame_equal(turned, ranks)


def test_peers_are_alike_in_size_place_and_intake():
    schools = pd.DataFrame(
        {
            "school_id": [1, 2, 3, 4],
            "school_group": ["a", "a", "a", "b"],
            "pupils": [400, 800, 420, 400],
            "urban": [True, True, False, True],
            "migrant_pct": [10.0, 10.0, np.nan, 10.0],
        }
    )
    # Intake is the same where known. ln 400, 800, 420 spread by 0.3161. From 1 to 2: size
    # (0.6931 / 0.3161)² = 4.81 of weights 3: 1.27. From 1 to 3: size 0.02, place 1, of weights 2
    # (intake unknown): 0.71.
    found = find_peers(schools, PeerRule(1, 1, 1, 1)).set_index("school_id")
    assert found["peer_id"][1] == 3
    assert found["distance"][1] == pytest.approx(0.715, abs=0.005)
    assert 4 not in found.index, "the only one of its group has no peer"


def test_strengths_are_told_from_the_threshold_on_and_those_that_weigh_most_first():
    codes = ["lessons", "accidents", "qualified"]
    scores = pd.DataFrame(
        {
            "school_id": [1, 1, 1, 2, 2, 2],
            "year": 2025,
            "part": codes * 2,
            "score": [70.0, 80.0, 19.0, 50.0, 50.0, 38.9],
        }
    )
    alike = pd.DataFrame({"school_id": [1], "peer_id": [2]})
    found = find_strengths(compare_peers(scores, alike), TOWN)
    # 20 · 50 = 1000 against 30 · 30 = 900; 19.9 below is not yet a weakness.
    assert found["part"].tolist() == ["lessons", "accidents"]
    assert set(found["finding"]) == {"strength"}


def test_a_change_is_told_from_the_threshold_on():
    scores = pd.DataFrame(
        {
            "school_id": 1,
            "year": [2022, 2023, 2024, 2026],
            "part": "whole",
            "score": [50.0, 55.0, 50.1, 90.0],
        }
    )
    changes = measure_changes(scores, TOWN.thresholds)
    assert changes["course"].tolist() == ["", "rose", "steady", ""]


def test_rows_that_the_scheme_does_not_ask_for_are_counted_not_used():
    found = pd.DataFrame(
        {
            "school_id": [1, 1, 1],
            "year": 2025,
            "indicator": ["lessons", "weather", "qualified"],
            "raw_value": [75.0, 1.0, 150.0],
            "evidence": "",
            "scorer": "",
        }
    )
    facts = pd.DataFrame(
        {"school_id": [1], "year": [2025], "fact": ["qualified_teachers_pct"], "value": [100.0]}
    )
    schools = pd.DataFrame(
        {
            "school_id": [1],
            "kind": ["primary"],
            "pupils": [9],
            "urban": [True],
            "migrant_pct": [0.0],
        }
    )
    appraisal = appraise_schools(TOWN, found, facts, schools)
    assert appraisal.unused_rows == 2
    points = appraisal.points.set_index("indicator")["points"]
    assert points["lessons"] == 50 and points["qualified"] == 50 and np.isnan(points["accidents"])
    nobody = appraise_schools(TOWN, found, facts, schools.assign(kind="senior"))
    assert nobody.parts.empty and nobody.ranks.empty and nobody.peers.empty
