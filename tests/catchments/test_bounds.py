"""Lower bounds of a division: never above the best plan, found by trying all in small towns."""

from __future__ import annotations

import itertools
import os
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from catchments.boundaries.search.task import build_task
from catchments.bounds import MARGIN, Bound, bound_by_seats, raise_bound
from catchments.bounds.drafting import draft_programme, find_roots
from catchments.bounds.highs import Call, solve
from catchments.bounds.programme import prove_bound, solve_shares
from catchments.bounds.separators import Ground, build_touching, find_narrow, find_torn
from catchments.bounds.transport import find_reachable
from catchments.bounds.watch import Watch
from catchments.units import Instance, Terms
from tests.catchments.row_town import build_row
from tests.catchments.tried_towns import (
    build_grid,  # noqa: F401 - other tests take it from here
    draw_towns,
    list_divisions,
    measure_objective,
    measure_overflow,
)


def find_optimum(town: Instance, terms: Terms, overflow: float = 0.0) -> float:
    """Return the least objective of the plans with so many pupils above the seats at most."""
    divisions = list_divisions(town, terms)
    if build_task(town, terms).counts_overflow:
        divisions = divisions[measure_overflow(town, divisions) <= overflow + 1e-9]
    assume(len(divisions) > 0)
    return float(measure_objective(town, terms, divisions).min())


def prove(
    town: Instance, terms: Terms, *, best: float = float("inf"), overflow: float = 0.0
) -> tuple[Bound, list[float]]:
    """Return the last bound with time without end, and the values of all that were told."""
    told: list[Bound] = []
    bound = raise_bound(
        build_task(town, terms),
        best=lambda: best,
        overflow=overflow,
        stop=lambda: False,
        left_s=lambda: 60.0,
        tell=told.append,
    )
    return bound, [each.value for each in told]


@settings(max_examples=40, deadline=None)
@given(draw_towns(), st.sampled_from([0.0, 0.02, 0.3, float("inf")]))
def test_the_bound_by_distance_ends_at_the_best_plan(
    drawn: tuple[Instance, Terms], slack: float
) -> None:
    town, terms = drawn
    optimum = find_optimum(town, terms)
    known = (1.0 + slack) * optimum + slack if np.isfinite(slack) else slack
    bound, told = prove(town, terms, best=known)
    room = MARGIN * max(1.0, optimum)
    assert told == sorted(told)
    assert max(told) == bound.value
    assert bound.value <= optimum + 1e-12 * optimum
    assert bound.value >= optimum - 3.0 * room
    assert bound.value >= bound_by_seats(build_task(town, terms), overflow=0.0).value - 1e-12


@settings(max_examples=25, deadline=None)
@given(draw_towns(), st.sampled_from([0.5, 0.8, 0.95]))
def test_with_too_few_seats_the_bound_holds_for_plans_with_as_many_above(
    drawn: tuple[Instance, Terms], share: float
) -> None:
    town, terms = drawn
    town = replace(town, capacity=np.floor(town.capacity * share))
    soft = replace(terms, capacity="soft")
    divisions = list_divisions(town, soft)
    assume(len(divisions) > 0)
    fewest = float(measure_overflow(town, divisions).min())
    optimum = find_optimum(town, soft, fewest)
    bound, _ = prove(town, soft, overflow=fewest)
    assert optimum - 3.0 * MARGIN * max(1.0, optimum) <= bound.value <= optimum
    assert bound_by_seats(build_task(town, soft), overflow=fewest).value <= optimum


@settings(max_examples=25, deadline=None)
@given(
    draw_towns(),
    st.sampled_from([0.0, 0.3]),
    st.sampled_from(["hard", "soft"]),
    st.sampled_from([0.01, float("inf")]),
)
def test_the_bound_by_balance_is_never_above_the_best_plan(
    drawn: tuple[Instance, Terms], w_compactness: float, capacity: Any, slack: float
) -> None:
    town, terms = drawn
    told = replace(
        terms,
        objective="balance",
        capacity=capacity,
        w_compactness=w_compactness,
        w_change=terms.w_change / 100.0,
    )
    optimum = find_optimum(town, told)
    bound, _ = prove(town, told, best=optimum + slack)
    assert bound.value <= optimum + 1e-12
    assert ("compactness" in bound.note) == (w_compactness > 0.0)
    if w_compactness == 0.0:
        assert bound.value >= optimum - 1e-5


@settings(max_examples=25, deadline=None)
@given(draw_towns(), st.integers(0, 2**32 - 1))
def test_any_prices_prove_a_bound_that_every_plan_keeps(
    drawn: tuple[Instance, Terms], seed: int
) -> None:
    town, terms = drawn
    task = build_task(town, terms)
    divisions = list_divisions(town, terms)
    divisions = divisions[measure_overflow(town, divisions) == 0.0]
    assume(len(divisions) > 0)
    programme = draft_programme(task, find_reachable(task), 0.0)
    price = np.random.default_rng(seed).exponential(5.0, programme.most.size)
    proof = prove_bound(programme, price)
    at = programme.number_pairs()
    first = np.unique(task.part_of_unit, return_index=True)[1]
    for division in divisions[:50]:
        columns = at[np.arange(first.size), division[first]]
        assert (columns >= 0).all()
        objective = measure_objective(town, terms, division[None, :])[0]
        assert objective >= proof.bound + proof.reduced[columns].sum() - 1e-9


@settings(max_examples=25, deadline=None)
@given(draw_towns(most_candidates=0), st.integers(0, 2**32 - 1))
def test_connected_plans_keep_every_cut(drawn: tuple[Instance, Terms], seed: int) -> None:
    town, _ = drawn
    task = build_task(town, Terms())
    divisions = list_divisions(town, Terms())
    touching = build_touching(task.pupils.size, task.borders)
    ground = Ground(touching, find_roots(task), task.permitted)
    shares = np.random.default_rng(seed).dirichlet(
        np.full(len(town.school_ids), 0.3), task.pupils.size
    )
    shares = np.where(task.permitted, shares, 0.0)
    shares[town.own_unit, np.arange(town.own_unit.size)] = 1.0
    cuts = find_torn(ground, shares) + find_narrow(ground, shares, 50)
    for cut in cuts:
        held = divisions == cut.catchment
        assert (held[:, cut.parts] <= held[:, cut.separator].any(axis=1)[:, None]).all()
        # ... while the shares that led to it break it
        assert (shares[cut.parts, cut.catchment] > shares[cut.separator, cut.catchment].sum()).all()


def build_crossed_row() -> Instance:
    """Build a row whose middle units are nearer to the school at the far end."""
    ways_km = [[0.0, 9.0], [3.0, 1.0], [1.0, 3.0], [9.0, 0.0]]
    return build_row(
        [10, 10, 10, 10], {"A": (1, 20), "B": (4, 20)}, distance_m=1000.0 * np.array(ways_km)
    )


def test_a_catchment_that_must_hang_together_costs_more_than_seats_alone_tell() -> None:
    # Torn: unit 2 to B and 3 to A, 10 × 1 km each: 20. Connected, 20 seats: 10 × 3 km each: 60.
    town = build_crossed_row()
    assert bound_by_seats(build_task(town, Terms()), overflow=0.0).value == pytest.approx(20.0)
    assert prove(town, Terms())[0].value == pytest.approx(60.0, rel=3e-6)


def test_cuts_alone_tell_it_when_parts_may_be_split() -> None:
    town = build_crossed_row()
    task = build_task(town, Terms())
    watch = Watch(lambda: False, lambda: 60.0)
    told = prove(town, Terms())[1]
    programme = draft_programme(task, find_reachable(task), 0.0)
    relaxed = solve_shares(programme, np.ones(programme.cost.size, dtype=bool), watch)
    assert relaxed is not None
    assert prove_bound(programme, relaxed.price).bound == pytest.approx(20.0)
    assert told[-1] > told[0]


def test_a_site_is_opened_whole() -> None:
    town = build_row(
        [10, 10, 10, 10],
        {"A": (1, 30), "N": (4, 40)},
        is_candidate=np.array([False, True]),
        open_cost=np.array([0.0, 8.0]),
    )
    # A {1, 2}, N {3, 4}: 10 × 1 + 10 × 1 + 8 = 28. A {1, 2, 3}, N {4}: 10 + 20 + 8 = 38.
    bound, told = prove(town, Terms())
    assert bound.value == pytest.approx(28.0, rel=3e-6)
    # Half open for 20 of 40 pupils: 10 × 1 + 10 × 1 + 8 / 2 = 24.
    assert told[0] == pytest.approx(24.0)


def test_schools_that_share_a_catchment_open_together() -> None:
    town = build_row(
        [10, 10, 10, 10, 10],
        {"M": (1, 20), "N": (3, 20), "B": (5, 100)},
        is_candidate=np.array([True, True, False]),
        open_cost=np.array([5.0, 5.0, 0.0]),
    )
    # M+N is 1 km from units 1, 2 and 3 by lot, 2 km from 4. Open: 5 + 5 + 30 + 10 × 1 km = 50.
    # Closed, all go to B: 10 × (4 + 3 + 2 + 1) = 100.
    assert prove(town, Terms(joint=((0, 1),)))[0].value == pytest.approx(50.0, rel=3e-6)
    # 30 pupils would have to move, 10 of unit 5 are at B already.
    at_b = replace(town, current=np.full(5, 2))
    told = Terms(joint=((0, 1),), max_moved_pupils=20.0)
    assert prove(at_b, told)[0].value == pytest.approx(100.0, rel=3e-6)


@settings(max_examples=25, deadline=None)
@given(draw_towns())
def test_plans_met_on_the_way_keep_all_terms(drawn: tuple[Instance, Terms]) -> None:
    town, terms = drawn
    optimum = find_optimum(town, terms)
    task = build_task(town, terms)
    offered: list[np.ndarray] = []
    raise_bound(
        task,
        best=lambda: float("inf"),
        overflow=0.0,
        stop=lambda: False,
        left_s=lambda: 60.0,
        tell=lambda _: None,
        offer=lambda catchments: offered.append(task.get_schools(catchments)),
    )
    plans = np.array(offered)
    assert (list_divisions(town, terms)[:, None] == plans).all(axis=2).any(axis=0).all()
    assert (measure_overflow(town, plans) == 0.0).all()
    assert measure_objective(town, terms, plans).min() == pytest.approx(optimum, abs=1e-5)


def test_a_finished_proof_hands_over_the_best_plan() -> None:
    offered: list[list[int]] = []
    raise_bound(
        build_task(build_crossed_row(), Terms()),
        best=lambda: float("inf"),
        overflow=0.0,
        stop=lambda: False,
        left_s=lambda: 60.0,
        tell=lambda _: None,
        offer=lambda catchments: offered.append(catchments.tolist()),
    )
    assert offered == [[0, 0, 1, 1]]


def test_a_known_best_plan_is_recognized_as_such() -> None:
    bound, _ = prove(build_crossed_row(), Terms(), best=60.0)
    assert bound.kind == "best plan"
    assert bound.value == pytest.approx(60.0, rel=3e-6)
    assert bound.value <= 60.0


def test_a_plan_said_to_be_better_than_possible_is_never_exceeded() -> None:
    assert prove(build_crossed_row(), Terms(), best=55.0)[0].value <= 55.0


def test_the_work_ends_when_told_to() -> None:
    task = build_task(build_crossed_row(), Terms())
    told: list[Bound] = []
    bound = raise_bound(
        task,
        best=lambda: float("inf"),
        overflow=0.0,
        stop=lambda: True,
        left_s=lambda: 60.0,
        tell=told.append,
    )
    assert [each.kind for each in told] == ["seats"]
    assert bound.value == pytest.approx(20.0)


CALL = Call(
    cost=np.array([1.0, 3.0]),
    rows=csr_array(np.array([[1.0, 0.0]])),
    most=np.array([0.25]),
    sums=csr_array(np.array([[1.0, 1.0]])),
    upper=np.ones(2),
    is_whole=None,
    limit_s=60.0,
)


def test_a_solver_of_its_own_process_answers_as_one_here_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # a quarter at 1, the rest at 3: 2.5; whole: all at 3
    monkeypatch.setattr("catchments.bounds.watch._SMALL", 0)
    whole = CALL._replace(is_whole=np.ones(2, dtype=bool))
    with Watch(lambda: False, lambda: 60.0) as watch:
        answers = [watch.solve(CALL), watch.solve(whole)]
    for answer, here in zip(answers, [solve(CALL), solve(whole)], strict=True):
        assert answer is not None
        assert answer.values == pytest.approx(here.values)
        assert answer.price.tolist() == here.price.tolist()
    assert solve(CALL).values == pytest.approx([0.25, 0.75])
    assert solve(CALL).price.tolist() == [2.0]
    assert solve(whole).bound == 3.0


def test_a_solver_is_ended_in_the_middle_of_its_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catchments.bounds.watch._SMALL", 0)
    asked = itertools.count()
    with Watch(lambda: next(asked) > 0, lambda: 60.0) as watch:
        assert watch.solve(CALL) is None
        assert watch.is_up


def test_a_solver_that_was_lost_ends_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catchments.bounds.watch._SMALL", 0)
    monkeypatch.setattr("catchments.bounds.highs.__file__", os.devnull)
    with Watch(lambda: False, lambda: 60.0) as watch:
        assert watch.solve(CALL) is None
        assert watch.is_up


def test_no_solver_is_asked_when_the_time_is_up() -> None:
    with Watch(lambda: False, lambda: 0.0) as watch:
        assert watch.solve(CALL) is None


def test_nothing_is_told_where_no_plan_exists() -> None:
    # 40 pupils, 20 seats
    town = build_row([10, 10, 10, 10], {"A": (1, 10), "B": (4, 10)})
    bound, _ = prove(town, Terms(max_distance_m=1000.0, forbidden=((1, 0), (1, 1))))
    assert bound.value == -np.inf


BALANCE = Terms(objective="balance", capacity="soft")


def test_balance_counts_what_no_division_evens_out() -> None:
    # 40 pupils and 20 + 80 seats: half of A and a quarter of B, or A full and B at a quarter,
    # |1 - 20/20| + |1 - 20/80| = 0.75; with all at B: 1 + 0.5, but A holds its own 10 pupils.
    # A {1}: 0.5 + |1 - 30/80| = 1.125; A {1, 2}: 0 + 0.75. Weight 0.7: 0.525.
    town = build_row([10, 10, 10, 10], {"A": (1, 20), "B": (4, 80)})
    bound, _ = prove(town, replace(BALANCE, w_compactness=0.0))
    assert bound.value == pytest.approx(0.525, rel=1e-5)
    assert bound.note == ""


def test_units_too_large_for_their_perimeter_lower_the_bound() -> None:
    town = build_row([10, 10, 10, 10], {"A": (1, 20), "B": (4, 20)})
    # 4π × 2 km² / (4 km)² = π/2, that is 0.5708 above a circle; weight 0.3: 0.171.
    large = replace(town, area_m2=np.array([2e6, 1e6, 1e6, 1e6]))
    usual, lowered = prove(town, BALANCE)[0], prove(large, BALANCE)[0]
    assert usual.value - lowered.value == pytest.approx(0.3 * (np.pi / 2 - 1), abs=1e-5)
    assert lowered.note.endswith("1 units are too large for their perimeter and lower it by 0.171.")


def test_borders_longer_than_the_perimeter_prove_nothing() -> None:
    town = build_row([10, 10], {"A": (1, 20), "B": (2, 20)}, border_m=np.array([5000.0]))
    bound, told = prove(town, BALANCE)
    assert bound.value == -np.inf
    assert told == []
    assert "borders longer than their perimeter" in bound.note
