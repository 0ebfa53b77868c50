"""Balanced catchments: the best of all divisions of small towns, and honest words where none is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catchments.boundaries.balanced import Division, divide_balanced
from catchments.boundaries.measures import find_breaches, measure_division
from catchments.boundaries.search.warming import warm_up
from catchments.joint import merge_joint, merge_terms
from catchments.units import Instance, Terms
from gis.errors import RejectedDataError
from tests.catchments.row_town import build_row
from tests.catchments.test_bounds import (
    build_grid,
    draw_towns,
    list_divisions,
    measure_objective,
    measure_overflow,
)

LIMIT_S = 0.3
BALANCE = Terms(objective="balance", capacity="soft")
SOFT = Terms(capacity="soft")


@pytest.fixture(scope="module", autouse=True)
def _compiled() -> None:
    warm_up()


def divide(town: Instance, terms: Terms | None = None, **more: Any) -> Division:
    """Divide a town; what comes back is checked against the measures of the plan."""
    terms = terms or Terms()
    division = divide_balanced(town, terms, **{"time_limit_s": LIMIT_S, "seed": 1, **more})
    measured = measure_division(town, terms, division.school_of_unit)
    assert find_breaches(town, terms, division.school_of_unit) == []
    assert measured["objective"] == pytest.approx(division.objective, rel=1e-9, abs=1e-9)
    assert division.lower_bound <= division.objective
    assert division.gap_pct >= 0.0
    return division


def list_plans(town: Instance, terms: Terms) -> tuple[Instance, Terms, np.ndarray]:
    """Return the town and terms told of catchments, and all plans that keep them, seats aside."""
    merged, own_units, catchment_of_school = merge_joint(town, terms.joint)
    told = merge_terms(terms, catchment_of_school)
    plans = list_divisions(merged, told)
    ways_m = merged.distance_m[np.arange(len(merged.unit_ids)), plans]
    near = (ways_m <= terms.max_distance_m) & np.isfinite(ways_m)
    keeps = (near | (merged.pupils == 0)).all(axis=1)
    for catchment, own in enumerate(own_units):
        is_open = (plans == catchment).any(axis=1) | ~merged.is_candidate[catchment]
        keeps &= ~is_open | (plans[:, list(own)] == catchment).all(axis=1)
    # a unit without pupils needs no way
    walked = np.where(np.isfinite(merged.distance_m), merged.distance_m, 0.0)
    return replace(merged, distance_m=walked), told, plans[keeps]


def find_best(town: Instance, terms: Terms) -> tuple[float, float] | None:
    """Return the fewest pupils above the seats and then the least objective; None without plan."""
    merged, told, plans = list_plans(town, terms)
    over = measure_overflow(merged, plans)
    if terms.objective == "balance" and terms.capacity == "soft":
        over = np.zeros(len(plans))
    if terms.capacity == "hard":
        plans, over = plans[over <= 1e-9], over[over <= 1e-9]
    if not len(plans):
        return None
    plans = plans[over <= over.min() + 1e-9]
    return float(over.min()), float(measure_objective(merged, told, plans).min())


def check_best(town: Instance, terms: Terms, **more: Any) -> Division | None:
    """Divide a town and compare with the best of all its divisions."""
    best = find_best(town, terms)
    if best is None:
        with pytest.raises(RejectedDataError, match="No plan"):
            divide(town, terms, **more)
        return None
    division = divide(town, terms, **more)
    over = measure_division(town, terms, division.school_of_unit)["over_capacity_pupils"]
    if terms.objective == "distance":
        assert over == pytest.approx(best[0], abs=1e-9)
    assert division.objective == pytest.approx(best[1], abs=1e-9)
    return division


@st.composite
def draw_questions(draw: st.DrawFn, **more: Any) -> tuple[Instance, Terms]:
    """Draw small towns; those without a present plan are asked nothing about change."""
    town, terms = draw(draw_towns(**more))
    if town.current is None:
        return town, replace(terms, w_change=0.0, max_moved_pupils=float("inf"))
    return town, terms


# -- the best of all divisions -----------------------------------------------------------


@settings(max_examples=20, deadline=None)
@given(draw_questions())
def test_the_least_walking_within_the_seats_is_found(drawn: tuple[Instance, Terms]) -> None:
    check_best(*drawn)


@settings(max_examples=12, deadline=None)
@given(draw_questions(most_candidates=0), st.sampled_from([0.5, 0.8, 0.95]))
def test_with_too_few_seats_the_fewest_pupils_are_above_them(
    drawn: tuple[Instance, Terms], share: float
) -> None:
    town, terms = drawn
    town = replace(town, capacity=np.floor(town.capacity * share))
    check_best(town, replace(terms, capacity="soft"))


@settings(max_examples=12, deadline=None)
@given(
    draw_questions(), st.sampled_from([0.0, 0.3]), st.sampled_from(["hard", "soft"])
)
def test_the_best_balance_is_found(
    drawn: tuple[Instance, Terms], w_compactness: float, capacity: Any
) -> None:
    town, terms = drawn
    told = replace(
        terms,
        objective="balance",
        capacity=capacity,
        w_compactness=w_compactness,
        w_change=terms.w_change / 100.0,
    )
    check_best(town, told)


@settings(max_examples=12, deadline=None)
@given(draw_questions(), st.sampled_from([1000.0, 2000.0, 3000.0]), st.data())
def test_terms_of_distance_and_joint_schools_are_kept_at_the_least_cost(
    drawn: tuple[Instance, Terms], most_m: float, data: st.DataObject
) -> None:
    town, terms = drawn
    town = replace(town, capacity=town.capacity * 2.0)
    groups = [(), ((0, 1),)] if len(town.school_ids) > 2 else [()]
    check_best(
        town,
        replace(terms, max_distance_m=most_m, joint=data.draw(st.sampled_from(groups))),
    )


@settings(max_examples=12, deadline=None)
@given(draw_questions(most_candidates=0), st.integers(0, 10))
def test_more_seats_never_raise_the_optimum(drawn: tuple[Instance, Terms], added: int) -> None:
    town, terms = drawn
    before = check_best(town, terms)
    after = check_best(replace(town, capacity=town.capacity + added), terms)
    if before is not None:
        assert after is not None
        assert after.objective <= before.objective + 1e-9
