"""Time seats within reach (two-step floating catchment area) against the usual tools.

Run ``python -m benchmarks.bench_accessibility``. Every peer gets the same 50,000 places, 2,000
schools and distances within reach, made for this run, and must give the same answer: pysal's
``access`` where it is installed (``pip install access``; nothing of ours needs it), and scipy's
sparse products, which always run. Both weigh by rings and by the bell. Peers are handed their
tables ready-made; ours has its list of schools within reach ready-made too. Times are the best of
several runs, taken in turn.
"""

from __future__ import annotations

import importlib
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from catchments.accessibility import Decay, Reach, build_decay, measure_access

PLACES, SCHOOLS, SIDE_M, REACH_M = 50_000, 2_000, 40_000.0, 3_000.0
RUNS = 5
# Least ratios of the peer's time to ours.
LIMITS = {"access": 20.0, "scipy": 1.0}
STEPS = [(100 / 3, 1.0), (200 / 3, 0.68), (100.0, 0.22)]

Numbers = np.ndarray
Job = Callable[[], Numbers]


def make_town() -> tuple[Reach, Numbers, Numbers]:
    """Make places, schools, and the list of who is within reach of whom."""
    rng = np.random.default_rng(20261127)
    places, schools = rng.uniform(0, SIDE_M, (PLACES, 2)), rng.uniform(0, SIDE_M, (SCHOOLS, 2))
    starts, near, far = [0], [], []
    for first in range(0, PLACES, 2_000):
        apart = places[first : first + 2_000, None] - schools[None]
        table = np.hypot(apart[..., 0], apart[..., 1])
        for row in table:
            within = np.flatnonzero(row <= REACH_M)
            near.append(within)
            far.append(row[within])
            starts.append(starts[-1] + within.size)
    reach = Reach(
        np.array(starts, np.int64),
        np.concatenate(near).astype(np.int32),
        np.concatenate(far).astype(np.float32),
        SCHOOLS,
    )
    children = rng.integers(1, 60, PLACES).astype(float)
    return reach, children, rng.integers(100, 900, SCHOOLS).astype(float)


def weigh_all(distance_m: Numbers, decay: Decay) -> Numbers:
    """Weigh all distances at once."""
    if decay.edges_m.size:
        return decay.weights[np.searchsorted(decay.edges_m, distance_m).clip(0, 2)]
    edge = np.exp(-0.5)
    return np.asarray((np.exp(-0.5 * (distance_m / decay.reach_m) ** 2) - edge) / (1 - edge))


def use_scipy(reach: Reach, children: Numbers, seats: Numbers, decay: Decay) -> Job:
    """Return the two products of a sparse matrix of weights."""

    def run() -> Numbers:
        weights = weigh_all(reach.distance_m.astype(np.float64), decay)
        matrix = csr_array((weights, reach.school, reach.starts), shape=(PLACES, SCHOOLS))
        return np.asarray(matrix @ (seats / (matrix.T @ children)))

    return run


def use_access(reach: Reach, children: Numbers, seats: Numbers, decay: Decay) -> Job | None:
    """Return the same question put to pysal's `access`, if it is installed."""
    try:
        fca: Any = importlib.import_module("access.fca")
    except ImportError:
        return None
    place = np.repeat(np.arange(PLACES), np.diff(reach.starts))
    cost = pd.DataFrame({"origin": place, "dest": reach.school, "cost": reach.distance_m})
    demand = pd.DataFrame({"demand": children}, index=pd.RangeIndex(PLACES, name="geoid"))
    supply = pd.DataFrame({"supply": seats}, index=pd.RangeIndex(SCHOOLS, name="geoid"))

    def weigh(distance_m: float) -> float:
        if not decay.edges_m.size:
            edge = np.exp(-0.5)
            return float((np.exp(-0.5 * (distance_m / decay.reach_m) ** 2) - edge) / (1 - edge))
        for upper, weight in zip(decay.edges_m, decay.weights, strict=True):
            if distance_m <= upper:
                return float(weight)
        return 0.0

    def run() -> Numbers:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = fca.two_stage_fca(
                demand, supply, cost.copy(), max_cost=REACH_M, demand_index=True,
                demand_name="demand", supply_name="supply", weight_fn=weigh,
            )  # fmt: skip
        return np.asarray(found.reindex(range(PLACES)).fillna(0.0))

    return run


def time_jobs(jobs: dict[str, Job], expected: Numbers) -> dict[str, float]:
    """Time jobs in turn; every answer must be the expected one."""
    best = dict.fromkeys(jobs, np.inf)
    for turn in range(RUNS):
        for name, job in jobs.items():
            if name == "access" and turn > 0:
                continue  # seconds each
            start = time.perf_counter()
            answer = job()
            best[name] = min(best[name], time.perf_counter() - start)
            if not np.allclose(answer, expected, rtol=1e-6):
                sys.exit(f"{name} gives another answer.")
    return best


def main() -> None:
    """Time all peers and tell the ratios."""
    reach, children, seats = make_town()
    print(f"{PLACES:,} places, {SCHOOLS:,} schools, {reach.school.size:,} pairs within reach")
    failed = False
    for decay in (build_decay("steps", REACH_M, STEPS), build_decay("gaussian", REACH_M)):
        kind = "steps" if decay.edges_m.size else "gaussian"
        ours = measure_access(reach, children, seats, decay)  # compiles
        jobs: dict[str, Job | None] = {
            "ours": lambda decay=decay: measure_access(reach, children, seats, decay),
            "scipy": use_scipy(reach, children, seats, decay),
            "access": use_access(reach, children, seats, decay),
        }
        known = {name: job for name, job in jobs.items() if job is not None}
        best = time_jobs(known, ours)
        print(f"{kind:9} ours {best['ours'] * 1e3:.1f} ms", end="")
        for name, least in LIMITS.items():
            if name not in best:
                print(f"; {name} is not installed", end="")
                continue
            ratio = best[name] / best["ours"]
            print(f"; {name} {best[name]:.3f} s, {ratio:.1f}×", end="")
            failed |= ratio < least
        print()
    if failed:
        sys.exit("slower than promised")


if __name__ == "__main__":
    main()
