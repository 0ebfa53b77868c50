"""What opening and closing schools in a region can save, by linear programming."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array, vstack

from catchments.boundaries.search.board import Flags, Numbers

_ROUNDING = 1e-9


class Choice(NamedTuple):
    """n units and m schools of a region, some of which may be closed."""

    cost: Numbers  # n, m: of the whole unit
    pupils: Numbers  # n
    seats: Numbers  # m
    allowed: Flags  # n, m
    may_close: Flags  # m
    open_cost: Numbers  # m
    roots: list[list[int]]  # m: own units, which go where their school is open


def weigh_choice(choice: Choice, now: NDArray[np.int64]) -> tuple[float, Flags, Flags]:
    """Return how much could be saved, the pairs a better division may hold, and what may close.

    Each unit may be split here, and a school open in part, but no share of a unit is larger than
    the open share of its school. What the prices of that optimum prove to cost more than could be
    saved is left out.

    Parameters
    ----------
    now
        n: present school of each unit; its pairs are always kept.
    """
    allowed, may_close = choice.allowed.copy(), choice.may_close.copy()
    rows = np.arange(now.size)
    unit, at = np.nonzero(allowed)
    may = np.flatnonzero(may_close)
    is_used = np.bincount(now, minlength=may_close.size) > 0
    present = choice.cost[rows, now].sum() + choice.open_cost[may[is_used[may]]].sum()
    costs = np.concatenate([choice.cost[unit, at], choice.open_cost[may]])
    limits, most = _limit(choice, unit, at, may)
    sums = csr_array(
        (np.ones(unit.size), (unit, np.arange(unit.size))), shape=(now.size, costs.size)
    )
    upper = np.concatenate([np.full(unit.size, np.inf), np.ones(may.size)])
    result = linprog(  # type: ignore[call-overload]  # its types know no sparse rows
        costs,
        A_ub=limits,
        b_ub=most,
        A_eq=sums,
        b_eq=np.ones(now.size),
        bounds=np.column_stack([np.zeros(costs.size), upper]),
        method="highs",
    )
    if result.status != 0:
        return float(present), allowed, may_close
    gap = max(0.0, float(present - result.fun))
    dear = result.lower.marginals > gap + _ROUNDING
    allowed[unit[dear[: unit.size]], at[dear[: unit.size]]] = False
    is_lost = np.array([not allowed[choice.roots[school], school].all() for school in may], bool)
    closed = may[(dear[unit.size :] | is_lost) & ~is_used[may]]
    allowed[:, closed] = False
    may_close[closed] = False
    opened = may[(result.upper.marginals[unit.size :] < -gap - _ROUNDING) & is_used[may]]
    may_close[opened] = False
    for school in opened:
        allowed[choice.roots[school]] = False
    allowed[rows, now] = True
    return gap, allowed, may_close


def _limit(
    choice: Choice, unit: NDArray[np.int64], at: NDArray[np.int64], may: NDArray[np.int64]
) -> tuple[csr_array, Numbers]:
    """Return rows · (pairs, open shares) ≤ most: seats, shares of open schools, own units."""
    pairs, schools = unit.size, choice.seats.size
    column = np.full(schools, -1)
    column[may] = pairs + np.arange(may.size)
    size = pairs + may.size
    filled = csr_array(
        (
            np.concatenate([choice.pupils[unit], -choice.seats[may]]),
            (np.concatenate([at, may]), np.concatenate([np.arange(pairs), column[may]])),
        ),
        shape=(schools, size),
    )
    tied = np.flatnonzero(column[at] >= 0)
    count = np.arange(tied.size)
    shares = csr_array(
        (
            np.concatenate([np.ones(tied.size), -np.ones(tied.size)]),
            (np.concatenate([count, count]), np.concatenate([tied, column[at[tied]]])),
        ),
        shape=(tied.size, size),
    )
    is_root = np.zeros(choice.cost.shape, dtype=bool)
    for school in may:
        is_root[choice.roots[school], school] = True
    own = tied[is_root[unit[tied], at[tied]]]
    count = np.arange(own.size)
    held = csr_array(
        (
            np.concatenate([-np.ones(own.size), np.ones(own.size)]),
            (np.concatenate([count, count]), np.concatenate([own, column[at[own]]])),
        ),
        shape=(own.size, size),
    )
    most = np.concatenate(
        [np.where(choice.may_close, 0.0, choice.seats), np.zeros(tied.size + own.size)]
    )
    return csr_array(vstack([filled, shares, held], format="csr")), most
