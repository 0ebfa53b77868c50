"""Every pupil gets a seat at the least total distance, and prices prove that it is the least."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from catchments.assignment import Assignment, assign_seats, measure_bound
from gis.errors import RejectedDataError, UsageError

whole = st.integers(0, 9)


@st.composite
def problems(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Costs with a few forbidden pairs, pupils, seats: enough or not."""
    units, schools = draw(st.integers(1, 6)), draw(st.integers(1, 4))
    costs = np.array(draw(st.lists(whole, min_size=units * schools, max_size=units * schools)))
    costs = costs.reshape(units, schools).astype(float)
    for unit, school in draw(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), max_size=6)):
        if unit < units and school < schools and np.isfinite(costs[unit]).sum() > 1:
            costs[unit, school] = np.inf
    pupils = np.array(draw(st.lists(whole, min_size=units, max_size=units)))
    seats = np.array(draw(st.lists(st.integers(0, 20), min_size=schools, max_size=schools)))
    return costs, pupils, seats


def solve_by_linear_program(costs, pupils, seats) -> tuple[float, float]:
    """Return least overflow, and least cost at that overflow, by HiGHS."""
    units, schools = costs.shape
    pairs = units * schools
    allowed = np.isfinite(costs).ravel()
    loads = np.hstack([np.tile(np.eye(schools), units), -np.eye(schools)])
    rows = np.hstack([np.repeat(np.eye(units), schools, axis=1), np.zeros((units, schools))])
    limits = [(0, None if ok else 0) for ok in allowed] + [(0, None)] * schools
    over = np.r_[np.zeros(pairs), np.ones(schools)]
    least = linprog(over, loads, seats, rows, pupils, limits).fun
    price = np.r_[np.where(allowed, costs.ravel(), 0), np.zeros(schools)]
    found = linprog(
        price, np.vstack([loads, over]), np.r_[seats, least + 1e-9], rows, pupils, limits
    )
    return least, found.fun


def count_loads(plan: Assignment, schools: int) -> np.ndarray:
    return np.bincount(plan.school, weights=plan.pupils, minlength=schools)


def test_the_nearer_unit_keeps_the_seats_that_the_farther_one_can_spare() -> None:
    # School A has 10 seats and is nearest for both. Unit 0 would walk 4 further to B, unit 1
    # only 1 further: 10 pupils of unit 0 stay (10 × 1), all of unit 1 go to B (10 × 3) = 40.
    plan = assign_seats([[1, 5], [2, 3]], [10, 10], [10, 30])
    assert plan.unit.tolist() == [0, 1]
    assert plan.school.tolist() == [0, 1]
    assert plan.cost == plan.bound == 40
    # One seat more at A would bring one pupil of unit 1 back, 3 - 2 = 1 metre saved.
    assert plan.school_price.tolist() == [1, 0]


def test_pupils_pass_on_along_a_chain_of_schools() -> None:
    # Units live at A, B, C in a row; A has no seat, C has two units' worth. Sending A's pupils
    # to B (1) and B's to C (1) costs 2 each; A's straight to C would cost 5.
    costs = [[0, 1, 5], [1, 0, 1], [5, 1, 0]]
    plan = assign_seats(costs, [4, 4, 4], [0, 4, 8])
    assert dict(zip(plan.unit.tolist(), plan.school.tolist(), strict=True)) == {0: 1, 1: 2, 2: 2}
    assert plan.cost == plan.bound == 8
    assert plan.school_price.tolist() == [2, 1, 0]


def test_seats_that_do_not_suffice_leave_the_least_overflow_at_the_least_distance() -> None:
    # 10 pupils, 6 seats: 4 remain without a seat wherever they are, so nobody walks for nothing.
    plan = assign_seats([[1, 9], [1, 9]], [5, 5], [4, 2])
    assert plan.overflow.sum() == 4
    assert count_loads(plan, 2).tolist() == [8, 2]
    assert plan.cost == plan.bound == 8 * 1 + 2 * 9


def test_forbidden_pairs_stay_empty_even_when_seats_run_out() -> None:
    plan = assign_seats([[1, np.inf], [1, 7]], [6, 3], [4, 9])
    # Unit 0 has only A: 2 above its 4 seats. Unit 1 moves to B, 3 × 7.
    assert plan.overflow.tolist() == [2, 0]
    assert plan.cost == plan.bound == 6 * 1 + 3 * 7


def test_a_unit_without_pupils_takes_no_part_even_when_it_reaches_no_school() -> None:
    plan = assign_seats([[np.inf, np.inf], [2, 1]], [0, 3], [9, 9])
    assert plan.unit.tolist() == [1]
    assert plan.cost == plan.bound == 3
    assert assign_seats(np.empty((0, 2)), [], [1, 1]).cost == 0


@settings(deadline=None)
@given(problems())
def test_cost_and_overflow_are_those_of_the_linear_program_and_prices_prove_it(problem) -> None:
    costs, pupils, seats = problem
    plan = assign_seats(costs, pupils, seats)
    least, cost = solve_by_linear_program(costs, pupils, seats)
    assert plan.overflow.sum() == pytest.approx(least, abs=1e-6)
    assert plan.cost == pytest.approx(cost, abs=1e-5)
    assert plan.bound == plan.cost  # whole numbers: no rounding at all
    assert np.bincount(plan.unit, plan.pupils, pupils.size).tolist() == pupils.tolist()
    assert (count_loads(plan, seats.size) - plan.overflow <= seats).all()
    assert np.isfinite(costs[plan.unit, plan.school]).all()
    # Nobody would gain by another school at these prices, and free seats cost nothing.
    paid = costs[plan.unit, plan.school] + plan.school_price[plan.school]
    assert paid.tolist() == plan.unit_price[plan.unit].tolist()
    assert (plan.school_price[count_loads(plan, seats.size) < seats] == 0).all()


@settings(deadline=None)
@given(problems(), st.lists(st.floats(0, 20), min_size=4, max_size=4))
def test_no_prices_prove_more_than_the_optimum(problem, prices) -> None:
    costs, pupils, seats = problem
    plan = assign_seats(costs, pupils, seats)
    tried = np.array(prices[: seats.size])
    bound = measure_bound(costs, pupils, seats, tried, overflow=plan.overflow.sum())
    assert bound <= plan.cost + 1e-9


@settings(deadline=None)
@given(problems(), st.integers(0, 3))
def test_one_seat_more_never_raises_overflow_nor_then_the_cost(problem, at) -> None:
    costs, pupils, seats = problem
    before = assign_seats(costs, pupils, seats)
    seats = seats + (np.arange(seats.size) == at % seats.size)
    after = assign_seats(costs, pupils, seats)
    assert after.overflow.sum() <= before.overflow.sum()
    if after.overflow.sum() == before.overflow.sum():
        assert after.cost <= before.cost


def test_a_thousand_units_at_odd_distances_are_proven_within_rounding() -> None:
    rng = np.random.default_rng(8)
    costs, pupils = rng.uniform(0, 5, (1000, 30)), rng.uniform(0, 40, 1000)
    seats = np.full(30, pupils.sum() / 30)
    plan = assign_seats(costs, pupils, seats)
    assert plan.overflow.sum() == pytest.approx(0, abs=1e-6)
    assert plan.cost == pytest.approx(plan.bound, rel=1e-10)
    # A basic solution splits fewer units than there are schools.
    assert (np.bincount(plan.unit) > 1).sum() < 30
    again = assign_seats(costs, pupils, seats)
    assert again.school.tolist() == plan.school.tolist()


def test_nonsense_is_refused_with_its_row() -> None:
    with pytest.raises(RejectedDataError, match=r"pupils .* row 1: -2"):
        assign_seats([[1], [1]], [3, -2], [9])
    with pytest.raises(RejectedDataError, match=r"seats .* row 0: nan"):
        assign_seats([[1]], [3], [np.nan])
    with pytest.raises(RejectedDataError, match="first of unit 1 and school 0"):
        assign_seats([[1], [-1]], [3, 2], [9])
    with pytest.raises(
        RejectedDataError, match=r"1 units with 2 pupils may go to no school.*\[1\]"
    ):
        assign_seats([[1], [np.inf]], [3, 2], [9])
    with pytest.raises(UsageError, match="2 units, 1 schools"):
        assign_seats([[1, 2]], [3, 2], [9])
    with pytest.raises(UsageError, match="at least one school"):
        assign_seats([[]], [3], [])
