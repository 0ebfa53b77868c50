"""The bound that is there at once: seats alone, parts may be split."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from catchments.assignment import assign_seats, measure_bound
from catchments.bounds.bound import Bound, lower_by_margin
from catchments.bounds.drafting import find_roots
from catchments.bounds.outline import measure_excess
from catchments.bounds.separators import Ground, build_touching, reach_connected
from catchments.units import Numbers

if TYPE_CHECKING:  # the search imports the bounds
    from catchments.boundaries.search.task import Task

Flags = NDArray[np.bool_]


def bound_by_seats(task: Task, *, overflow: float) -> Bound:
    """Return the bound that seats alone give, in well under a second.

    For the objective balance nothing but the cost of changes is seen.

    Parameters
    ----------
    task
        What is divided; each part has a catchment that it may belong to.
    overflow
        Pupils above the seats that a plan may have, where the task counts them.
    """
    shift, note = measure_excess(task)
    pairs = find_reachable(task)
    if not pairs.any(axis=1).all():
        return Bound(-np.inf, "seats", note)
    return Bound(lower_by_margin(price_seats(task, pairs, overflow)[0] + shift), "seats", note)


def find_reachable(task: Task) -> Flags:
    """Return the permitted pairs that permitted parts join to the catchment's root, (n, m)."""
    touching = build_touching(task.pupils.size, task.borders)
    ground = Ground(touching, find_roots(task), task.permitted)
    return np.isfinite(reach_connected(ground))


def price_seats(task: Task, pairs: Flags, overflow: float) -> tuple[float, Numbers]:
    """Return what pupils pay at least when seats alone count, and the price of a seat, m.

    A candidate's opening cost is spread over its seats, as none takes more pupils than that.

    Parameters
    ----------
    pairs
        Shape (n, m); each part has one.
    overflow
        Pupils above the seats that a plan may have, where the task counts them.
    """
    price = np.zeros(task.capacity.size)
    if task.terms.objective == "balance":
        return float(np.where(pairs, task.cost, np.inf).min(axis=1).sum()), price
    walking = task.pupils > 0
    pupils = task.pupils[walking]
    share = np.zeros(task.capacity.size)
    if overflow == 0:
        np.divide(task.open_cost, task.capacity, out=share, where=task.capacity > 0)
    each = task.cost[walking] / pupils[:, None] + share
    costs = np.where(pairs[walking], each, np.inf)
    price = assign_seats(costs, pupils, task.capacity).school_price
    return measure_bound(costs, pupils, task.capacity, price, overflow=overflow), price
