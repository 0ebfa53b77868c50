"""Time dividing 5,000 units among 100 schools against OR-Tools' min-cost flow.

Run ``python benchmarks/bench_assignment.py``. OR-Tools gets the whole network of 500,000 pairs as
arrays, in whole metres; both must find the same least cost, and ours must prove it by prices over
all pairs. Three instances: seats plentiful, scarce and very uneven. Times are the best of several
runs, taken in turn.
"""

from __future__ import annotations

import sys
import time

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from catchments.assignment import assign_seats

UNITS, SCHOOLS, RUNS = 5_000, 100, 5
LIMIT = 3.0
# Seats over pupils, and how much schools differ in size.
INSTANCES = {"plentiful": (1.3, 0.3), "scarce": (1.02, 0.5), "uneven": (1.05, 0.9)}

Problem = tuple[np.ndarray, np.ndarray, np.ndarray]


def make_problem(slack: float, spread: float, seed: int) -> Problem:
    """Make units and schools at random in a square of 30 km: metres, pupils, seats."""
    rng = np.random.default_rng(seed)
    units, schools = rng.uniform(0, 30_000, (UNITS, 2)), rng.uniform(0, 30_000, (SCHOOLS, 2))
    away = np.hypot(*(units[:, None] - schools[None]).transpose(2, 0, 1))
    pupils = rng.integers(1, 40, UNITS)
    share = rng.uniform(1.0 - spread, 1.0 + spread, SCHOOLS)
    seats = np.ceil(share / share.sum() * pupils.sum() * slack).astype(np.int64)
    return np.rint(away).astype(np.int64), pupils, seats


def solve_by_ortools(problem: Problem) -> int:
    """Return the least cost by the solver's own algorithm on the whole network."""
    costs, pupils, seats = problem
    flow = SimpleMinCostFlow()
    unit = np.repeat(np.arange(UNITS), SCHOOLS)
    school = UNITS + np.tile(np.arange(SCHOOLS), UNITS)
    flow.add_arcs_with_capacity_and_unit_cost(
        unit, school, np.repeat(pupils, SCHOOLS), costs.ravel()
    )
    sink = UNITS + SCHOOLS
    flow.add_arcs_with_capacity_and_unit_cost(
        UNITS + np.arange(SCHOOLS), np.full(SCHOOLS, sink), seats, np.zeros(SCHOOLS, np.int64)
    )
    supply = np.concatenate([pupils, np.zeros(SCHOOLS, np.int64), [-pupils.sum()]])
    flow.set_nodes_supplies(np.arange(sink + 1), supply)
    if flow.solve() != flow.OPTIMAL:
        raise RuntimeError("min-cost flow found no optimum")
    return int(flow.optimal_cost())


def main() -> int:
    """Print times and ratios; fail when a cost differs, is unproven, or the target is missed."""
    assign_seats([[1.0]], [1], [1])  # compiles once
    failed = False
    for name, (slack, spread) in INSTANCES.items():
        problem = make_problem(slack, spread, seed=7)
        ours_s, peer_s = np.inf, np.inf
        for _ in range(RUNS):
            start = time.perf_counter()
            plan = assign_seats(*problem)
            ours_s = min(ours_s, time.perf_counter() - start)
            start = time.perf_counter()
            cost = solve_by_ortools(problem)
            peer_s = min(peer_s, time.perf_counter() - start)
        is_proven = plan.cost == plan.bound == cost and not plan.overflow.any()
        print(
            f"{name}: ours {ours_s * 1e3:.0f} ms, OR-Tools {peer_s * 1e3:.0f} ms, "
            f"{peer_s / ours_s:.1f} times ours (at least {LIMIT:g}), "
            f"{'same cost, proven' if is_proven else 'OTHER COST'} ({cost / 1e3:,.0f} pupil-km)"
        )
        failed |= not is_proven or peer_s / ours_s < LIMIT
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
