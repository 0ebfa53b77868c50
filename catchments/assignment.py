"""Seats for pupils at the least total distance, proven, when units may be split among schools.

This is the transportation problem. Units go to their cheapest school first; then pupils of
schools that are too full are passed on, along the cheapest chain of schools, to one with free
seats. Every school keeps a price; prices prove the result: no plan, of whole units or not, that
keeps the seats (or has no more overflow, where seats do not suffice) can cost less.

There are few schools and many units, so chains are sought among schools alone, which replaces
the network of all pairs; no pair is left out on the way.
SOURCE: successive shortest paths with node potentials, Ahuja, Magnanti and Orlin (1993),
Network Flows, section 9.7, on the graph of schools after Tokuyama and Nakano (1995).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gis.compiled import compiled
from gis.errors import RejectedDataError, UsageError

Numbers = NDArray[np.float64]
Positions = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Assignment:
    """An optimal division of n units among m schools, and the prices that prove it."""

    unit: Positions  # k flows: positions of unit and school, and pupils above 0
    school: Positions
    pupils: Numbers
    overflow: Numbers  # m: pupils above the capacity of each school
    cost: float  # Σ pupils × cost of their pair
    bound: float  # what the prices prove that any such division costs at least
    school_price: Numbers  # m: from 0; what one seat more would save
    unit_price: Numbers  # n: what one pupil more would cost, seats aside


def assign_seats(costs: ArrayLike, pupils: ArrayLike, capacity: ArrayLike) -> Assignment:
    """Divide pupils among schools: least overflow first, then least total cost.

    Parameters
    ----------
    costs
        Shape (n, m): cost of one pupil of a unit at a school, such as metres; from 0, and
        infinite for pairs that are not allowed.
    pupils
        n numbers of pupils, from 0.
    capacity
        m numbers of seats, from 0.

    Returns
    -------
    Assignment
        Cost and bound differ by rounding alone; with whole numbers they are equal.

    Raises
    ------
    UsageError
        Shapes differ, or there is no school.
    RejectedDataError
        A cost, number of pupils or capacity is negative or not a number, or a unit with pupils
        may go to no school.

    Examples
    --------
    Two units of 10 pupils share 12 seats nearby; passing on the second unit costs 2 a pupil.

    >>> plan = assign_seats([[1, 5], [1, 3]], [10, 10], [12, 20])
    >>> plan.unit.tolist(), plan.school.tolist(), plan.pupils.tolist()
    ([0, 1, 1], [0, 0, 1], [10.0, 2.0, 8.0])
    >>> plan.cost, plan.bound, plan.school_price.tolist()
    (36.0, 36.0, [2.0, 0.0])
    """
    table, amounts, seats = _read_problem(costs, pupils, capacity)
    flows = np.zeros(table.shape)
    prices = np.zeros(seats.size)
    _pass_on(table, amounts, seats, flows, prices)
    unit, school = np.nonzero(flows)
    overflow = np.maximum(flows.sum(axis=0) - seats, 0.0)
    return Assignment(
        unit=unit,
        school=school,
        pupils=flows[unit, school],
        overflow=overflow,
        cost=float((flows[unit, school] * table[unit, school]).sum()),
        bound=measure_bound(table, amounts, seats, prices, overflow=float(overflow.sum())),
        school_price=prices,
        unit_price=(table + prices).min(axis=1),
    )


def measure_bound(
    costs: Numbers, pupils: Numbers, capacity: Numbers, prices: Numbers, *, overflow: float = 0.0
) -> float:
    """Measure what any division with at most so much overflow costs at least.

    Valid for any prices from 0, by weak duality: every pupil pays at least for the cheapest
    school with its price, and a school takes in prices for its seats, and at most the highest
    price for each pupil above them. All pairs count, used or not.

    Examples
    --------
    >>> measure_bound(np.array([[1.0, 3.0]]), np.array([10.0]), np.array([4.0, 9.0]), np.zeros(2))
    10.0
    """
    is_there = pupils > 0.0  # a unit without pupils may be out of reach
    paid = pupils[is_there] @ (costs[is_there] + prices).min(axis=1)
    return float(paid - prices @ capacity - prices.max() * overflow)


def _read_problem(
    costs: ArrayLike, pupils: ArrayLike, capacity: ArrayLike
) -> tuple[Numbers, Numbers, Numbers]:
    table = np.ascontiguousarray(costs, dtype=np.float64)
    amounts, seats = np.asarray(pupils, dtype=np.float64), np.asarray(capacity, dtype=np.float64)
    if amounts.ndim != 1 or seats.ndim != 1 or not seats.size:
        raise UsageError(
            f"Pupils came with shape {amounts.shape} and seats with {seats.shape}.",
            mend="Give flat arrays, and at least one school.",
        )
    if table.size == 0:
        table = table.reshape(amounts.size, seats.size) if not amounts.size else table
    if table.shape != (amounts.size, seats.size):
        raise UsageError(
            f"Costs of shape {table.shape} came with {amounts.size} units, {seats.size} schools.",
            mend="Give one row for each unit and one column for each school.",
        )
    for name, values in (("pupils", amounts), ("seats", seats)):
        wrong = np.flatnonzero(~(values >= 0.0) | np.isinf(values))
        if wrong.size:
            raise RejectedDataError(
                f"{wrong.size} numbers of {name} are negative or missing, first in row "
                f"{wrong[0]}: {values[wrong[0]]}.",
                mend="Give numbers from 0.",
            )
    wrong, at = np.nonzero(~(table >= 0.0))
    if wrong.size:
        raise RejectedDataError(
            f"{wrong.size} costs are negative or missing, first of unit {wrong[0]} and school "
            f"{at[0]}: {table[wrong[0], at[0]]}.",
            mend="Give costs from 0, infinite where a pair is not allowed.",
        )
    lost = np.flatnonzero(np.isinf(table).all(axis=1) & (amounts > 0.0))
    if lost.size:
        raise RejectedDataError(
            f"{lost.size} units with {amounts[lost].sum():g} pupils may go to no school: "
            f"rows {lost[:20].tolist()}.",
            mend="Allow each unit a school, or reach it by a road.",
        )
    return table, amounts, seats


@compiled
def _pass_on(
    costs: Numbers, pupils: Numbers, capacity: Numbers, flows: Numbers, prices: Numbers
) -> None:
    """Write optimal flows and prices.

    Prices keep the cost of passing a pupil on from s to t, step + price of t - price of s, from
    falling below 0, and stay 0 at schools with free seats. Those that are too full always have
    the highest price.
    """
    units, schools = costs.shape
    members = np.empty((schools, units), np.int32)
    counts, loads = np.zeros(schools, np.int64), np.zeros(schools)
    for unit in range(units):
        if pupils[unit] > 0.0:
            school = int(np.argmin(costs[unit]))
            flows[unit, school] = pupils[unit]
            loads[school] += pupils[unit]
            members[school, counts[school]] = unit
            counts[school] += 1
    # The cheapest step from school to school, and the unit that takes it.
    steps, movers = np.full((schools, schools), np.inf), np.full((schools, schools), -1, np.int32)
    for school in range(schools):
        _find_steps(costs, members[school, : counts[school]], school, steps[school], movers[school])
    reach, before = np.empty(schools), np.empty(schools, np.int64)
    while True:
        target = _find_chain(steps, prices, loads, capacity, reach, before)
        if target < 0:
            return
        for school in range(schools):
            if reach[school] < reach[target]:
                prices[school] += reach[target] - reach[school]
        amount, source = capacity[target] - loads[target], target
        while before[source] >= 0:
            amount = min(amount, flows[movers[before[source], source], before[source]])
            source = before[source]
        amount = min(amount, loads[source] - capacity[source])
        loads[source] -= amount
        loads[target] += amount
        school = target
        while before[school] >= 0:
            giver = before[school]
            _move(costs, flows, members, counts, steps, movers, giver, school, amount)
            school = giver


@compiled
def _find_chain(
    steps: Numbers,
    prices: Numbers,
    loads: Numbers,
    capacity: Numbers,
    reach: Numbers,
    before: Positions,
) -> int:
    """Return the school with free seats that is cheapest to reach from a too full one, or -1."""
    schools = loads.size
    before[:] = -1
    waiting = np.where(loads > capacity, 0.0, np.inf)  # infinite again once a school is done
    reach[:] = waiting
    while True:
        nearest, least = -1, np.inf
        for school in range(schools):
            if waiting[school] < least:
                nearest, least = school, waiting[school]
        if nearest < 0 or loads[nearest] < capacity[nearest]:
            return nearest
        waiting[nearest] = np.inf
        base = least - prices[nearest]
        for school in range(schools):
            # Rounding may leave a step a trifle below 0; a school that is done stays as it is.
            through = max(base + (steps[nearest, school] + prices[school]), least)
            if through < reach[school]:
                reach[school] = through
                waiting[school] = through
                before[school] = nearest


@compiled
def _move(
    costs: Numbers,
    flows: Numbers,
    members: NDArray[np.int32],
    counts: Positions,
    steps: Numbers,
    movers: NDArray[np.int32],
    giver: int,
    taker: int,
    amount: float,
) -> None:
    """Move pupils of the unit whose step is the cheapest, and renew the steps it changes."""
    unit = movers[giver, taker]
    if flows[unit, taker] == 0.0:
        members[taker, counts[taker]] = unit
        counts[taker] += 1
        own = members[taker, counts[taker] - 1 : counts[taker]]
        _find_steps(costs, own, taker, steps[taker], movers[taker])
    flows[unit, taker] += amount
    flows[unit, giver] -= amount
    if flows[unit, giver] > 0.0:
        return
    at = 0
    while members[giver, at] != unit:
        at += 1
    counts[giver] -= 1
    members[giver, at] = members[giver, counts[giver]]
    for school in range(counts.size):
        if movers[giver, school] == unit:
            steps[giver, school], movers[giver, school] = np.inf, -1
            for place in range(counts[giver]):
                other = members[giver, place]
                step = costs[other, school] - costs[other, giver]
                if step < steps[giver, school]:
                    steps[giver, school], movers[giver, school] = step, other


@compiled
def _find_steps(
    costs: Numbers,
    units: NDArray[np.int32],
    school: int,
    steps: Numbers,
    movers: NDArray[np.int32],
) -> None:
    """Take these units of a school into account for its cheapest steps to the others."""
    for unit in units:
        for other in range(steps.size):
            step = costs[unit, other] - costs[unit, school]
            if other != school and step < steps[other]:
                steps[other], movers[other] = step, unit
