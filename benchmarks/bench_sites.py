"""Time the choice of sites against plain integer programmes on the same towns.

Run ``python benchmarks/bench_sites.py``. Towns are drawn by lot, whole metres apart. The plain
programme of this file, solved by HiGHS, always runs; ``spopt`` (PyPI, with ``pulp`` and CBC)
joins in where it can be imported. All must find the same objective, and ours must be proven.
Where REAL names a folder with the p-median instances 1 to 20 of the OR-Library in ``pmed/``,
their times together are printed and must keep to half a minute.
"""

from __future__ import annotations

import importlib
import itertools
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, eye_array, hstack, kron, vstack

from catchments.sites import (
    SiteRequest,
    choose_by_coverage,
    choose_by_distance,
    choose_fewest,
)
from catchments.sites.reading import read_streets
from catchments.sites.warming import warm_up

TOGETHER_S = 30.0
RADIUS_M = 500.0
Task = tuple[str, SiteRequest, int]
Peer = Callable[[str, SiteRequest, int], float]


def draw_town(units: int, sites: int, *, seed: int) -> SiteRequest:
    """Scatter units and sites over five kilometres square, 1 to 49 pupils a unit."""
    generator = np.random.default_rng(seed)
    homes, gates = generator.uniform(0, 5000, (units, 2)), generator.uniform(0, 5000, (sites, 2))
    distance_m = np.rint(np.hypot(*(homes[:, None] - gates).transpose(2, 0, 1)))
    return SiteRequest(distance_m, generator.integers(1, 50, units).astype(float))


def solve_here(kind: str, request: SiteRequest, count: int) -> float:
    """Solve by the product; the proof must be complete."""
    if kind == "p-median":
        choice = choose_by_distance(request, site_count=count)
    elif kind == "coverage":
        choice = choose_by_coverage(request, site_count=count, radius_m=RADIUS_M)
    else:
        choice = choose_fewest(request, radius_m=RADIUS_M)
    if choice.stopped != "proven":
        sys.exit(f"{kind}: not proven within the time limit.")
    return choice.objective


def solve_plainly(kind: str, request: SiteRequest, count: int) -> float:
    """Solve the textbook programme by HiGHS as it stands."""
    units, sites = request.distance_m.shape
    if kind == "p-median":
        cost = np.r_[np.zeros(sites), (request.distance_m * request.pupils[:, None]).ravel()]
        number = np.r_[np.ones(sites), np.zeros(units * sites)][None, :]
        once = hstack([coo_array((units, sites)), kron(eye_array(units), np.ones((1, sites)))])
        opened = kron(np.ones((units, 1)), eye_array(sites))
        rows = vstack([number, once, hstack([opened, -eye_array(units * sites)])])
        low = np.r_[count, np.ones(units), np.zeros(units * sites)]
        high = np.r_[count, np.ones(units), np.ones(units * sites)]
        whole = np.r_[np.ones(sites), np.zeros(units * sites)]
        return solve_rows(cost, rows, low, high, whole)
    near = coo_array((request.distance_m <= RADIUS_M).astype(float))
    if kind == "fewest":
        ones = np.ones(sites)
        return solve_rows(ones, near, np.ones(units), np.full(units, np.inf), ones)
    number = np.r_[np.ones(sites), np.zeros(units)][None, :]
    rows = vstack([number, hstack([near, -eye_array(units)])])
    low, high = np.r_[count, np.zeros(units)], np.r_[count, np.full(units, np.inf)]
    cost, whole = np.r_[np.zeros(sites), -request.pupils], np.ones(sites + units)
    return -solve_rows(cost, rows, low, high, whole)


def solve_rows(
    cost: NDArray, rows: coo_array, low: NDArray, high: NDArray, whole: NDArray
) -> float:
    """Hand a programme to HiGHS and return the optimum."""
    result = milp(
        cost,
        constraints=LinearConstraint(rows.tocsr(), low, high),
        integrality=whole.astype(np.uint8),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 0.0},
    )
    return float(result.fun)


def solve_by_spopt(kind: str, request: SiteRequest, count: int) -> float:
    """Solve by the models of spopt with the CBC that pulp brings."""
    locate, pulp = importlib.import_module("spopt.locate"), importlib.import_module("pulp")
    ways, pupils = request.distance_m, request.pupils
    if kind == "p-median":
        model = locate.PMedian.from_cost_matrix(ways, pupils, p_facilities=count)
    elif kind == "coverage":
        model = locate.MCLP.from_cost_matrix(ways, pupils, RADIUS_M, p_facilities=count)
    else:
        model = locate.LSCP.from_cost_matrix(ways, RADIUS_M)
    model = model.solve(pulp.PULP_CBC_CMD(msg=False, threads=1, gapRel=0.0))
    return float(pulp.value(model.problem.objective))


def load_peers() -> dict[str, Peer]:
    """Return the peers that this machine has."""
    peers: dict[str, Peer] = {"plain programme, HiGHS": solve_plainly}
    try:
        importlib.import_module("spopt.locate")
        importlib.import_module("pulp")
        peers["spopt, CBC"] = solve_by_spopt
    except ImportError:
        print("spopt is not installed: compared with the plain programme alone.")
    return peers


def time_once(solve: Peer, task: Task) -> tuple[float, float]:
    """Return the objective and the processor time of this process and its children."""
    children, start = os.times()[2:4], time.process_time()
    objective = solve(*task)
    own_s = time.process_time() - start
    return objective, own_s + sum(os.times()[2:4]) - sum(children)


def compare(tasks: list[Task]) -> bool:
    """Print a line for each task and peer; returns whether all objectives agree."""
    agreed, peers = True, load_peers()
    for task in tasks:
        kind, request, count = task
        runs = [time_once(solve_here, task) for _ in range(3)]
        ours, ours_s = runs[0][0], min(seconds for _, seconds in runs)
        units, sites = request.distance_m.shape
        print(f"{kind}, {units} units, {sites} sites, p {count}: {ours:,.0f} in {ours_s:.2f} s")
        for name, solve in peers.items():
            theirs, theirs_s = time_once(solve, task)
            agreed &= abs(theirs - ours) < 0.5
            print(
                f"  {name}: {theirs:,.0f} in {theirs_s:.2f} s, {theirs_s / ours_s:.1f} times ours"
            )
    return agreed


def time_pmed(folder: Path) -> bool:
    """Solve pmed1–20 from their files; returns whether all are optimal, proven and in time."""
    words = (folder / "optima.txt").read_text().split()
    optima = dict(itertools.pairwise(words))
    total_s, right = 0.0, True
    with TemporaryDirectory() as place:
        for number in range(1, 21):
            text = (folder / f"pmed{number}.txt").read_text().split()
            rows = [",".join(text[i : i + 3]) for i in range(3, len(text) - 2, 3)]
            edges = Path(place) / "edges.csv"
            edges.write_text("\n".join(["a,b,length", *rows]))
            start = time.perf_counter()
            choice = choose_by_distance(read_streets(edges), site_count=int(text[2]))
            total_s += time.perf_counter() - start
            best = float(optima[f"pmed{number}"])
            right &= choice.objective == choice.lower_bound == best
    print(f"pmed1–20: {'all' if right else 'NOT all'} optimal and proven, {total_s:.1f} s together")
    return right and total_s < TOGETHER_S


def main() -> int:
    """Run all comparisons; fails when an answer differs or a limit is missed."""
    warm_up()
    good = compare(
        [
            ("p-median", draw_town(100, 100, seed=1), 10),
            ("p-median", draw_town(200, 100, seed=2), 5),
            ("coverage", draw_town(1000, 200, seed=3), 15),
            ("fewest", draw_town(1000, 400, seed=4), 0),
        ]
    )
    folder = Path(os.environ.get("REAL", "../shared/real")) / "pmed"
    if (folder / "optima.txt").is_file():
        good &= time_pmed(folder)
    else:
        print(f"{folder} is missing: the OR-Library's instances were left out.")
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
