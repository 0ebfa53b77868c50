"""Drawing by distance: every unit goes whole to the nearest school."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from catchments.boundaries import (
    METHODS,
    Request,
    draw_nearest,
    measure_straight_ways,
    measure_unit_walks,
)
from catchments.boundaries.solving import draw_by_solver
from catchments.units import NOWHERE, Terms
from gis.errors import OneMapError, RejectedDataError
from gis.network import build_network

PLACES = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=12)


def place(points: list[tuple[float, float]], *, first: int = 1) -> pd.DataFrame:
    """Return points in metres, with ids counted from `first`."""
    ids = np.arange(first, first + len(points))
    return pd.DataFrame(points, columns=["x_m", "y_m"], index=ids, dtype=float)


def test_unit_goes_to_the_nearest_school():
    drawn = draw_nearest(Request(place([(0, 0), (60, 0)]), place([(10, 0), (90, 0)], first=7)))
    assert drawn.school_id.to_dict() == {1: 7, 2: 8}


def test_equal_distances_go_to_the_lowest_school_id_whatever_the_order():
    units, schools = place([(5, 0)]), place([(0, 0), (10, 0)], first=7)
    assert draw_nearest(Request(units, schools)).school_id.tolist() == [7]
    assert draw_nearest(Request(units, schools[::-1])).school_id.tolist() == [7]


def test_stage_without_a_school_is_refused():
    with pytest.raises(RejectedDataError, match="No school can have a catchment"):
        Request(place([(0, 0)]), place([]))


def test_unit_or_school_without_a_place_is_named():
    nowhere = (np.nan, 0.0)
    with pytest.raises(RejectedDataError, match="planning units have no place: 2"):
        Request(place([(0, 0), nowhere]), place([(0, 0)], first=7))
    with pytest.raises(RejectedDataError, match="schools have no place: 7"):
        Request(place([(0, 0)]), place([nowhere], first=7))


# Two streets that meet in the south west.
STREETS = build_network([shapely.LineString([(20, 0), (0, 0), (0, 20)])])


@pytest.mark.parametrize("method", ["nearest", "walking"])
@settings(deadline=None, max_examples=60)
@given(units=PLACES, schools=PLACES, seed=st.integers(0, 2**32 - 1))
def test_every_unit_gets_one_school_and_the_order_of_rows_never_matters(
    method, units, schools, seed
):
    def ask(units, schools):
        return Request(units, schools, measure_unit_walks(STREETS, units, schools))

    rng = np.random.default_rng(seed)
    request = ask(place(units), place(schools, first=100))
    drawn = METHODS[method](request).school_id
    assert drawn.index.equals(request.units.index)
    assert set(drawn) <= set(request.schools.index)
    shuffled = ask(
        request.units.iloc[rng.permutation(len(units))],
        request.schools.iloc[rng.permutation(len(schools))],
    )
    assert METHODS[method](shuffled).school_id.to_dict() == drawn.to_dict()


@settings(deadline=None, max_examples=60)
@given(units=PLACES, schools=PLACES)
def test_no_other_school_is_nearer(units, schools):
    request = Request(place(units), place(schools, first=100))
    drawn = draw_nearest(request).school_id
    gaps = request.units.to_numpy()[:, None, :] - request.schools.to_numpy()[None, :, :]
    distances = np.hypot(gaps[..., 0], gaps[..., 1])
    chosen = distances[np.arange(len(units)), drawn.to_numpy() - 100]
    assert (chosen <= distances.min(axis=1)).all()


# -- solvers of arrays -------------------------------------------------------------------


def build_street(seats: list[float | None]) -> Request:
    """Ask for three units of 4, 0 and 2 pupils in a row, 100 m apart, a school at either end."""
    units = place([(0, 0), (100, 0), (200, 0)]).assign(
        pupils=[4.0, 0.0, 2.0], area_m2=1e4, perimeter_m=400.0, code=["u", "v", "w"]
    )
    schools = place([(0, 0), (200, 0)], first=7).assign(
        planning_unit_id=[1, 3], seats=pd.array(seats, "Float64"), code=["west", "east"]
    )
    return Request(
        units,
        schools,
        measure_straight_ways(units, schools),
        borders=pd.DataFrame({"unit_a": [1, 3], "unit_b": [2, 2], "border_m": [100.0, 90.0]}),
        current=pd.Series([8, 99], index=[2, 3]),
    )


def test_a_solver_is_given_the_request_as_arrays():
    instance = build_street([3, None]).build_instance()
    assert (instance.unit_ids, instance.school_ids) == (("u", "v", "w"), ("west", "east"))
    assert instance.pupils.tolist() == [4, 0, 2]
    assert instance.borders.tolist() == [[0, 1], [2, 1]]
    assert instance.border_m.tolist() == [100, 90]
    assert instance.own_unit.tolist() == [0, 2]
    # Seats that nobody stated are seats for all six pupils.
    assert instance.capacity.tolist() == [3, 6]
    assert instance.distance_m.tolist() == [[0, 200], [100, 100], [200, 0]]
    # The first unit is nobody's; the last belongs to a school that has no catchment any more.
    assert instance.current is not None and instance.current.tolist() == [NOWHERE, 1, NOWHERE]


def test_the_answer_of_a_solver_is_told_by_school_with_its_proof():
    asked = []

    def solve(instance, terms, **limits):
        asked.append((terms.capacity, limits["time_limit_s"], limits["seed"]))
        return SimpleNamespace(
            school_of_unit=np.array([0, 1, 1]),
            objective=0.0,  # everybody lives at the gate
            lower_bound=0.0,
            gap_pct=50.0,
            bound_note="blind",
            stopped="interrupted",
        )

    drawn = draw_by_solver(solve, replace(build_street([3, 3]), time_limit_s=2.0, seed=5))
    assert asked == [("soft", 2.0, 5)]
    assert drawn.school_id.to_dict() == {1: 7, 2: 8, 3: 8}
    assert (drawn.objective, drawn.lower_bound, drawn.gap_pct) == (0, 0, 50)
    assert (drawn.bound_note, drawn.stopped) == ("blind", True)


@pytest.mark.parametrize(
    ("school", "objective", "bound", "told"),
    [
        ([0, 1, 1], 3.0, 0.0, "states the objective 3.0, the plan has 0.0"),
        ([0, 1, 1], 0.0, 1.0, "lower bound 1.0 is above 0.0"),
        ([0, 0, 1], 0.0, 0.0, "Locked pairs are not kept: v–east"),
    ],
)
def test_an_answer_that_is_not_what_it_says_is_refused(school, objective, bound, told):
    def solve(*_, **__):
        return SimpleNamespace(
            school_of_unit=np.array(school), objective=objective, lower_bound=bound
        )

    asked = replace(build_street([3, 3]), terms=Terms(capacity="soft", locked=((1, 1),)))
    with pytest.raises(OneMapError, match=told):
        draw_by_solver(solve, asked)


def test_a_solver_of_seats_needs_the_seats_of_every_school():
    with pytest.raises(RejectedDataError, match="seats of 1 schools: east"):
        draw_by_solver(lambda *_, **__: pytest.fail("asked"), build_street([3, None]))


def test_schools_without_a_unit_and_ways_that_are_not_measured_are_told():
    request = build_street([3, 3])
    with pytest.raises(RejectedDataError, match="ways to the schools are not measured"):
        replace(request, ways=None).build_instance()
    lost = request.schools.assign(planning_unit_id=[1, 44])
    with pytest.raises(RejectedDataError, match="stand in no planning unit: east"):
        replace(request, schools=lost).build_instance()
