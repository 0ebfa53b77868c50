"""Calls of HiGHS, here or in a process of their own.

As a program this file answers calls on its standard streams until they are closed. It is run by
its path and imports nothing of the project, so that it starts quickly.
"""

from __future__ import annotations

import os
import pickle
import sys
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array, vstack

_Numbers = NDArray[np.float64]

_YIELDING = 5

SOLVED, OUT_OF_TIME, UNSOLVABLE = 0, 1, 2  # of scipy; others are failures


class Call(NamedTuple):
    """Minimise cost·x over rows·x ≤ most, sums·x = 1 and 0 ≤ x ≤ upper, for some seconds."""

    cost: _Numbers
    rows: csr_array
    most: _Numbers
    sums: csr_array
    upper: _Numbers
    is_whole: NDArray[np.bool_] | None  # which x are whole numbers, if any
    limit_s: float
    most_nodes: int = 2**31 - 1  # of the branching


class Answer(NamedTuple):
    """What came out; prices only without whole numbers, a bound only with them."""

    status: int
    values: _Numbers | None
    bound: float
    price: _Numbers  # of rows, from 0
    part_price: _Numbers  # of sums


def solve(call: Call) -> Answer:
    """Solve a linear or integer programme."""
    return _solve_shares(call) if call.is_whole is None else _solve_whole(call, call.is_whole)


def _solve_shares(call: Call) -> Answer:
    result = linprog(  # type: ignore[call-overload]  # its types know no sparse rows
        call.cost,
        A_ub=call.rows,
        b_ub=call.most,
        A_eq=call.sums,
        b_eq=np.ones(call.sums.shape[0]),
        bounds=np.column_stack([np.zeros(call.cost.size), call.upper]),
        method="highs",
        options={"time_limit": call.limit_s},
    )
    if result.status != SOLVED:
        return Answer(int(result.status), None, -np.inf, np.empty(0), np.empty(0))
    price = np.maximum(-result.ineqlin.marginals, 0.0)
    return Answer(SOLVED, result.x, -np.inf, price, result.eqlin.marginals)


def _solve_whole(call: Call, is_whole: NDArray[np.bool_]) -> Answer:
    ones = np.ones(call.sums.shape[0])
    least = np.concatenate([np.full(call.most.size, -np.inf), ones])
    rows = vstack([call.rows, call.sums], format="csr")
    result = milp(
        call.cost,
        constraints=LinearConstraint(rows, least, np.concatenate([call.most, ones])),
        integrality=is_whole.astype(np.uint8),
        bounds=Bounds(0.0, call.upper),
        options={
            "time_limit": call.limit_s,
            "mip_rel_gap": 0.0,
            "node_limit": call.most_nodes,
        },
    )
    bound = -np.inf if result.mip_dual_bound is None else float(result.mip_dual_bound)
    return Answer(int(result.status), result.x, bound, np.empty(0), np.empty(0))


def _serve() -> None:
    """Answer calls, plain tuples on both sides, as the asking side knows another module."""
    if hasattr(os, "nice"):
        os.nice(_YIELDING)  # the search must keep up with its clock
    with os.fdopen(os.dup(1), "wb") as told:
        os.dup2(2, 1)  # what a solver prints must not get among the answers
        while True:
            try:
                call = Call(*pickle.load(sys.stdin.buffer))
            except EOFError:
                return
            pickle.dump(tuple(solve(call)), told)
            told.flush()


if __name__ == "__main__":
    _serve()
