"""Seats within reach: worked by hand, conserved, and the same as the plain definition."""

from __future__ import annotations

import doctest

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import catchments.accessibility
from catchments.accessibility import (
    Decay,
    build_decay,
    list_reach,
    measure_access,
    measure_unit_access,
    read_decay,
)
from catchments.boundaries import Request, measure_straight_ways
from gis.errors import UsageError
from tests.town import build_profile

THIRDS = [(100 / 3, 1.0), (200 / 3, 0.68), (100, 0.22)]
DECAYS = [
    build_decay("none", 900),
    build_decay("steps", 900, THIRDS),
    build_decay("gaussian", 900),
]


def weigh(distance_m: np.ndarray, decay: Decay) -> np.ndarray:
    """Weigh distances by the formulas of the papers, one by one."""
    edge = np.exp(-0.5)
    bell = (np.exp(-0.5 * (distance_m / decay.reach_m) ** 2) - edge) / (1 - edge)
    rings = decay.edges_m.size
    ring = np.searchsorted(decay.edges_m, distance_m).clip(0, max(rings - 1, 0))
    weight = decay.weights[ring] if rings else bell
    return np.where(distance_m <= decay.reach_m, weight, 0.0)


def work_out(distance_m, children, seats, decay) -> np.ndarray:
    """Work access out from its definition, on whole tables."""
    weight = weigh(np.nan_to_num(distance_m.astype(float), nan=np.inf), decay)
    reached = weight.T @ children
    share = np.divide(seats, reached, out=np.zeros_like(reached), where=reached > 0)
    return weight @ share


@st.composite
def towns(draw):
    places, schools = draw(st.integers(1, 12)), draw(st.integers(1, 6))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    distance_m = rng.uniform(0, 2000, (places, schools)).astype(np.float32)
    distance_m[rng.random(distance_m.shape) < 0.2] = np.nan
    children = rng.integers(0, 40, places).astype(float)
    return distance_m, children, rng.integers(0, 90, schools).astype(float)


def test_the_examples_of_the_documentation_run():
    assert doctest.testmod(catchments.accessibility).failed == 0


def test_two_schools_share_their_seats_as_worked_by_hand_with_rings():
    # Within 300, 600 and 900 m a child weighs 1, 0.68 and 0.22.
    # A: 20·1 + 10·0.68 = 26.8 children for 30 seats; B: 10·1 + 20·0.22 = 14.4 for 20.
    # Place 1: 1·30/26.8 + 0.22·20/14.4 = 1.4250; place 2: 0.68·30/26.8 + 1·20/14.4 = 2.1501.
    reach = list_reach([[200.0, 700.0], [500.0, 100.0]], reach_m=900)
    access = measure_access(reach, [20, 10], [30, 20], build_decay("steps", 900, THIRDS))
    assert access == pytest.approx([1.42496, 2.15008], abs=1e-5)
    assert access @ [20, 10] == pytest.approx(50)


def test_the_bell_is_one_at_the_door_and_nothing_at_the_edge():
    # Halfway, exp(-1/8) = 0.8825 and the edge exp(-1/2) = 0.6065: (0.8825 - 0.6065) / 0.3935.
    bell = build_decay("gaussian", 1000)
    reach = list_reach([[0.0], [500.0], [1000.0]], reach_m=1000)
    access = measure_access(reach, [1, 0, 0], [10], bell)
    assert access == pytest.approx([10.0, 7.0138, 0.0], abs=1e-3)


@settings(deadline=None, max_examples=60)
@given(towns(), st.sampled_from(DECAYS))
def test_access_is_what_the_definition_says(town, decay):
    distance_m, children, seats = town
    found = measure_access(list_reach(distance_m, reach_m=900), children, seats, decay)
    assert found == pytest.approx(work_out(distance_m, children, seats, decay), rel=1e-9)


@settings(deadline=None, max_examples=60)
@given(towns(), st.sampled_from(DECAYS))
def test_children_times_access_are_the_seats_that_somebody_reaches(town, decay):
    distance_m, children, seats = town
    access = measure_access(list_reach(distance_m, reach_m=900), children, seats, decay)
    reached = weigh(np.nan_to_num(distance_m, nan=np.inf), decay).T @ children > 0
    assert access @ children == pytest.approx(seats[reached].sum())


@settings(deadline=None, max_examples=30)
@given(towns(), st.floats(0.5, 20))
def test_twice_the_seats_and_children_change_nothing_and_twice_the_seats_double_it(town, times):
    distance_m, children, seats = town
    reach, decay = list_reach(distance_m, reach_m=900), DECAYS[2]
    access = measure_access(reach, children, seats, decay)
    assert measure_access(reach, children * times, seats * times, decay) == pytest.approx(access)
    assert measure_access(reach, children, seats * times, decay) == pytest.approx(access * times)


def test_the_number_of_cores_and_the_order_of_places_never_matter():
    rng = np.random.default_rng(5)
    distance_m = rng.uniform(0, 3000, (9000, 20)).astype(np.float32)
    children, seats = rng.integers(0, 30, 9000), rng.integers(0, 500, 20)
    one, two = (
        measure_access(list_reach(distance_m, reach_m=900), children, seats, DECAYS[2], cores=cores)
        for cores in (1, 2)
    )
    assert (one == two).all()
    turned = measure_access(list_reach(distance_m[::-1], reach_m=900), children[::-1], seats,
                            DECAYS[2])  # fmt: skip
    assert np.allclose(turned[::-1], one)


def test_a_school_without_stated_seats_hands_out_none():
    reach = list_reach([[100.0, 100.0]], reach_m=500)
    assert measure_access(reach, [10], [20, np.nan], build_decay("none", 500)).tolist() == [2.0]


@pytest.mark.parametrize(("children", "seats"), [([1], [1]), ([1, -1], [1]), ([1, np.nan], [1])])
def test_wrong_numbers_are_refused(children, seats):
    reach = list_reach([[100.0], [200.0]], reach_m=500)
    with pytest.raises(UsageError, match="place"):
        measure_access(reach, children, seats, build_decay("none", 500))


def test_the_access_of_a_unit_is_that_of_its_doors_and_nobody_is_lost():
    units = pd.DataFrame({"x_m": [0.0, 500.0], "y_m": 0.0, "pupils": 1.0}, index=[4, 2])
    schools = pd.DataFrame({"x_m": [100.0, 900.0], "y_m": 0.0}, index=[8, 7])
    request = Request(units, schools, measure_straight_ways(units, schools))
    children, seats = pd.Series({4: 10, 2: 30}), pd.Series({8: 20.0, 7: 60.0})
    table = measure_unit_access(request, children, seats, build_decay("none", 400))
    # School 8 (100 m and 400 m away) has 40 children within reach, school 7 the 30 of unit 2.
    assert table.set_index("planning_unit_id")["seats_per_child"].to_dict() == {4: 0.5, 2: 2.5}
    # Unit 2 is as far from both: the lowest id.
    assert table["nearest_school_id"].tolist() == [8, 7]
    assert table["nearest_walk_m"].tolist() == [100.0, 400.0]


def test_a_profile_sets_reach_and_decay_by_stage_and_nothing_for_others():
    steps = [{"up_to_pct": 50, "weight": 1}, {"up_to_pct": 100, "weight": 0.5}]
    rules = {"reach_m": {"primary": 800}, "decay": "steps", "steps": steps}
    profile = build_profile(accessibility=rules)
    decay = read_decay(profile, "primary")
    assert decay is not None and decay.edges_m.tolist() == [400.0, 800.0]
    assert read_decay(profile, "junior") is None
    with pytest.raises(UsageError, match="stages that do not exist"):
        build_profile(accessibility={"reach_m": {"college": 800}})
    with pytest.raises(UsageError, match="must rise"):
        build_profile(accessibility={"steps": steps[::-1]})
