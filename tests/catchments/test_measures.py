"""Divisions are measured by the definitions: numbers worked by hand, and what is conserved."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catchments.boundaries.measures import find_breaches, measure_division
from catchments.joint import merge_joint, merge_terms
from catchments.units import NOWHERE, Instance, Terms
from gis.errors import RejectedDataError
from tests.catchments.row_town import build_row

SQUARE = math.pi / 4  # 4π·1/4² for a square


def divide(*schools: int) -> np.ndarray:
    return np.array(schools, dtype=np.int64)


def build_town(**more: object) -> Instance:
    """Build a row of four units: school a in unit 1, b in unit 4."""
    return build_row([10, 20, 30, 40], {"a": (1, 50), "b": (4, 60)}, **more)


def test_a_division_by_distance_is_measured() -> None:
    told = measure_division(build_town(), Terms(), divide(0, 0, 1, 1))
    # 20 pupils walk 1 km to a, 30 pupils 1 km to b, the others live next door
    assert told["objective"] == told["pupil_km"] == 50.0
    assert told["parts"] == {"pupil_km": 50.0, "opening_cost": 0.0, "change": 0.0}
    assert (told["mean_distance_m"], told["p95_distance_m"]) == (500.0, 1000.0)
    assert told["over_capacity_pupils"] == 10.0  # b: 30 + 40 − 60
    assert (told["connected"], told["whole_units"]) == (True, True)
    assert (told["units"], told["schools"], told["open_schools"]) == (4, 2, ["a", "b"])
    rows = told["schools_table"]
    assert [row["pupils"] for row in rows] == [30.0, 70.0]
    assert [row["over_capacity_pupils"] for row in rows] == [0.0, 10.0]
    assert rows[0]["mean_distance_m"] == pytest.approx(2000 / 3)


def test_outlines_count_beside_distance_when_asked() -> None:
    told = measure_division(build_town(), Terms(w_outline=8.0), divide(0, 0, 1, 1))
    # two rectangles of 2 × 1 km: 4π·2/6² = 2π/9 each
    assert told["parts"]["compactness"] == pytest.approx(8.0 * 2 * (1 - 2 * math.pi / 9))
    assert told["objective"] == pytest.approx(50.0 + told["parts"]["compactness"])


def test_95_of_100_pupils_count_for_the_95th_percentile() -> None:
    town = build_row([95, 5], {"a": (1, 100)})
    assert measure_division(town, Terms(), divide(0, 0))["p95_distance_m"] == 0.0
    town = build_row([94, 6], {"a": (1, 100)})
    assert measure_division(town, Terms(), divide(0, 0))["p95_distance_m"] == 1000.0


def test_a_candidate_costs_only_when_it_is_used() -> None:
    town = build_town(is_candidate=np.array([False, True]), open_cost=np.array([0.0, 25.0]))
    used = measure_division(town, Terms(), divide(0, 0, 1, 1))
    assert (used["objective"], used["parts"]["opening_cost"]) == (75.0, 25.0)
    shut = measure_division(town, Terms(), divide(0, 0, 0, 0))
    # 20 × 1 + 30 × 2 + 40 × 3 pupil-km
    assert (shut["objective"], shut["open_schools"], shut["connected"]) == (200.0, ["a"], True)


def test_balance_and_compactness_are_measured() -> None:
    terms = Terms(objective="balance", capacity="soft", w_balance=0.7, w_compactness=0.3)
    told = measure_division(build_town(), terms, divide(0, 0, 1, 1))
    # |1 − 30/50| + |1 − 70/60|; each catchment is 2 km × 1 km: 4π·2/6²
    shape = 4 * math.pi * 2 / 36
    assert told["parts"]["balance"] == pytest.approx(0.7 * (0.4 + 1 / 6))
    assert told["parts"]["compactness"] == pytest.approx(0.3 * 2 * (1 - shape))
    assert told["compactness"] == pytest.approx(shape)
    uneven = measure_division(build_town(), terms, divide(0, 1, 1, 1))
    assert uneven["schools_table"][0]["compactness"] == pytest.approx(SQUARE)
    assert uneven["objective"] == pytest.approx(sum(uneven["parts"].values()))


def test_change_counts_pupils_that_leave_their_school() -> None:
    town = build_town(current=divide(0, 0, 0, NOWHERE))
    told = measure_division(town, Terms(w_change=0.5), divide(0, 1, 1, 1))
    # units 2 and 3 leave a; unit 4 belonged to none
    assert (told["moved_pupils"], told["moved_units"]) == (50.0, 2)
    assert told["parts"]["change"] == 25.0
    shared = Terms(w_change=0.5, joint=((0, 1),))
    assert measure_division(town, shared, divide(0, 1, 1, 1))["moved_pupils"] == 0.0


def test_a_catchment_in_two_pieces_or_without_its_own_unit_is_not_connected() -> None:
    assert not measure_division(build_town(), Terms(), divide(0, 1, 0, 1))["connected"]
    assert not measure_division(build_town(), Terms(), divide(0, 0, 0, 0))["connected"]
    assert not measure_division(build_town(), Terms(), divide(1, 1, 0, 0))["connected"]
    lost = measure_division(build_town(), Terms(), divide(0, 0, NOWHERE, 1))
    assert not lost["whole_units"]
    assert math.isinf(lost["objective"])


def test_joint_schools_share_seats_and_are_drawn_by_lot() -> None:
    town = build_town(capacity=np.array([30.0, 90.0]))
    told = measure_division(town, Terms(joint=((1, 0),)), divide(0, 1, 0, 1))
    # way of unit k: (30·(k−1) + 90·(4−k)) / 120 km = 2.25, 1.75, 1.25, 0.75
    assert told["pupil_km"] == pytest.approx(22.5 + 35 + 37.5 + 30)
    assert (told["connected"], told["over_capacity_pupils"]) == (True, 0.0)
    assert [row["school_id"] for row in told["schools_table"]] == ["a+b"]
    # in pieces: the own units of a and b are not joined
    three = build_row([1, 1, 1], {"a": (1, 9), "c": (2, 9), "b": (3, 9)})
    assert not measure_division(three, Terms(joint=((0, 2),)), divide(0, 1, 2))["connected"]


def test_a_lot_cannot_fall_on_a_school_without_seats() -> None:
    ways = np.array([[0.0, np.inf], [1000.0, np.inf]])
    town = build_row([10, 20], {"a": (1, 50), "b": (2, 0)}, distance_m=ways)
    merged, own_units, catchment_of_school = merge_joint(town, ((0, 1),))
    assert merged.distance_m.ravel().tolist() == [0.0, 1000.0]
    assert (own_units, catchment_of_school.tolist()) == (((0, 1),), [0, 0])


def test_joint_schools_have_clear_names_and_groups() -> None:
    town = build_row([1, 1], {"a": (1, 1), "b": (2, 1), "a+b": (2, 1)})
    with pytest.raises(RejectedDataError, match="joint catchment a\\+b has the name of another"):
        merge_joint(town, ((0, 1),))
    with pytest.raises(RejectedDataError, match="School a is in two groups"):
        merge_joint(town, ((0, 1), (0, 2)))


def test_an_existing_school_keeps_a_joint_catchment_open_at_no_cost() -> None:
    town = build_town(is_candidate=np.array([False, True]), open_cost=np.array([0.0, 25.0]))
    merged, _, _ = merge_joint(town, ((0, 1),))
    assert (merged.is_candidate.tolist(), merged.open_cost.tolist()) == ([False], [0.0])
    both = build_town(is_candidate=np.array([True, True]), open_cost=np.array([5.0, 25.0]))
    merged, _, _ = merge_joint(both, ((0, 1),))
    assert (merged.is_candidate.tolist(), merged.open_cost.tolist()) == ([True], [30.0])


def test_broken_terms_are_found() -> None:
    town = build_town(current=divide(0, 0, 0, 0))
    terms = Terms(
        locked=((1, 0),),
        forbidden=((2, 1),),
        together=((1, 2),),
        max_distance_m=500.0,
        max_moved_pupils=10,
    )
    assert find_breaches(town, terms, divide(0, 1, 1, 1)) == [
        "30 pupils are above the seats.",
        "Locked pairs are not kept: 2–a.",
        "Forbidden pairs are used: 3–b.",
        "2 units are too far from their school.",
        "90 pupils are moved.",
    ]
    assert find_breaches(town, Terms(together=((1, 2),)), divide(0, 0, 1, 1))[-1] == (
        "1 groups of units are torn apart."
    )
    assert find_breaches(town, Terms(capacity="soft"), divide(0, 0, 1, 1)) == []


numbers = st.integers(0, 60).map(float)


@st.composite
def draw_towns(draw: st.DrawFn) -> tuple[Instance, tuple[tuple[int, ...], ...], np.ndarray]:
    """Draw a town, schools that share catchments, and any division."""
    pupils = draw(st.lists(numbers, min_size=1, max_size=8))
    count = draw(st.integers(1, 6))
    units = st.integers(1, len(pupils))
    schools = {f"s{i}": (draw(units), draw(numbers)) for i in range(count)}
    order = draw(st.permutations(range(count)))
    cuts = sorted(draw(st.sets(st.integers(0, count), max_size=3)))
    joint = tuple(
        tuple(order[i:j]) for i, j in zip([0, *cuts], [*cuts, count], strict=True) if j > i
    )
    places = st.lists(st.integers(0, count - 1), min_size=len(pupils), max_size=len(pupils))
    return build_row(pupils, schools), joint, np.array(draw(places), dtype=np.int64)


@given(draw_towns())
def test_merging_conserves_seats_and_own_units(drawn) -> None:
    town, joint, _ = drawn
    merged, own_units, catchment_of_school = merge_joint(town, joint)
    assert merged.capacity.sum() == town.capacity.sum()
    for school, catchment in enumerate(catchment_of_school.tolist()):
        assert town.own_unit[school] in own_units[catchment]
        assert town.school_ids[school] in merged.school_ids[catchment].split("+")
    assert (merged.own_unit == [own[0] for own in own_units]).all()
    assert (merged.distance_m >= town.distance_m.min(axis=1, keepdims=True) - 1e-9).all()
    assert (merged.distance_m <= town.distance_m.max(axis=1, keepdims=True) + 1e-9).all()


@given(draw_towns())
def test_every_pupil_and_unit_is_counted_once(drawn) -> None:
    town, joint, division = drawn
    terms = Terms(joint=joint)
    told = measure_division(town, terms, division)
    rows = told["schools_table"]
    assert sum(row["pupils"] for row in rows) == town.pupils.sum()
    assert sum(row["units"] for row in rows) == len(town.unit_ids)
    assert sum(row["over_capacity_pupils"] for row in rows) == told["over_capacity_pupils"]
    assert told["over_capacity_pupils"] >= town.pupils.sum() - town.capacity.sum()


@given(draw_towns())
def test_any_school_of_a_joint_catchment_stands_for_it(drawn) -> None:
    town, joint, division = drawn
    merged, _, catchment_of_school = merge_joint(town, joint)
    terms = Terms(joint=joint, locked=((0, 0),))
    first = np.array([np.flatnonzero(catchment_of_school == i)[0] for i in catchment_of_school])
    told = measure_division(town, terms, division)
    assert told == measure_division(town, terms, first[division])
    alone = measure_division(
        merged, merge_terms(terms, catchment_of_school), catchment_of_school[division]
    )
    assert alone["objective"] == told["objective"]
