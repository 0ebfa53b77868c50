"""Time Moran's I of a map and of its schools against ``esda``, with the same answers.

Run ``python -m benchmarks.bench_moran``; where ``esda`` is not installed (``pip install esda
inequality``; nothing of ours needs them) only our own times are told. Both get the same values and
neighbours. The answers must agree: statistics to 1e-9, and of the same permutations the counts
behind the p-values exactly. Gini and Theil must agree with ``inequality`` to 1e-9 as well; these
take microseconds and are not raced. Times are the best of several runs, taken in turn; esda is
given no simulations to keep, which is the faster for it.
"""

from __future__ import annotations

import importlib
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any
from unittest import mock

import numpy as np

from catchments.inequality import measure_gini, split_theil
from catchments.moran import (
    Neighbours,
    count_beyond,
    draw_others,
    draw_permutation,
    find_nearest,
    measure_moran,
    measure_spots,
)

CASES = ((300, 9_999), (3_000, 999))  # schools, permutations
NEAREST, RUNS, SEED, LEAST = 5, 3, 20261127, 2.0

Numbers = np.ndarray


def make_map(schools: int) -> tuple[Numbers, Neighbours]:
    """Make schools with values that rise to the east, and their neighbours."""
    rng = np.random.default_rng(SEED)
    x, y = rng.uniform(0, 20_000, (2, schools))
    return x / 4_000 + rng.lognormal(1, 0.4, schools), find_nearest(x, y, nearest=NEAREST)


def find_peers() -> dict[str, Any] | None:
    """Return the modules of pysal, if they are installed."""
    names = {"esda": "esda", "crand": "esda.crand", "weights": "libpysal.weights"}
    names |= {"gini": "inequality.gini", "theil": "inequality.theil"}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return {key: importlib.import_module(name) for key, name in names.items()}
    except ImportError:
        return None


def build_weights(peers: dict[str, Any], neighbours: Neighbours) -> Any:
    """Hand the same neighbours to pysal."""
    rows = neighbours.school.reshape(neighbours.count, -1)
    weights = peers["weights"].W({i: row.tolist() for i, row in enumerate(rows)})
    weights.transform = "r"
    return weights


def check_answers(peers: dict[str, Any], values: Numbers, neighbours: Neighbours) -> None:
    """End the program unless both give the same answers."""
    weights, permutations = build_weights(peers, neighbours), 199
    numbers = iter(range(permutations))

    def deal(deviation: Numbers) -> Numbers:
        return deviation[draw_permutation(len(deviation), next(numbers), SEED)]

    with mock.patch("numpy.random.permutation", deal):
        told = peers["esda"].Moran(values, weights, permutations=permutations)
    ours = measure_moran(values, neighbours, permutations=permutations, seed=SEED)
    drawn = draw_others(neighbours.count - 1, NEAREST, permutations, SEED)
    with mock.patch.object(peers["crand"], "vec_permutations", lambda *_: drawn):
        local = peers["esda"].Moran_Local(
            values, weights, permutations=permutations, keep_simulations=False, n_jobs=1
        )
    statistic, larger, _, _, _ = count_beyond(values, neighbours, drawn)
    nearer = (np.minimum(larger, permutations - larger) + 1) / (permutations + 1)
    same = {
        "Moran's I": np.isclose(ours.statistic, told.I, rtol=0, atol=1e-9),
        "its p": np.isclose(ours.p, min(2 * told.p_sim, 1)),
        "local I": np.allclose(statistic, local.Is, rtol=0, atol=1e-9),
        "local p": np.allclose(nearer, local.p_sim),
    }
    quarter = np.arange(len(values)) % 4
    parts = split_theil(values, np.ones(len(values)), quarter)
    theil = peers["theil"].TheilD(values, quarter)
    same["Gini"] = np.isclose(
        measure_gini(values, np.ones(len(values))), peers["gini"].Gini(values).g, atol=1e-9
    )
    same["Theil"] = np.allclose(
        [parts.total, parts.between, parts.within],
        [np.ravel(told)[0] for told in (theil.T, theil.bg, theil.wg)],
        atol=1e-9,
    )
    wrong = [name for name, agrees in same.items() if not agrees]
    if wrong:
        sys.exit(f"Other answers: {', '.join(wrong)}.")
    print(f"the same answers: {', '.join(same)}")


def time_jobs(jobs: dict[str, Callable[[], Any]]) -> dict[str, float]:
    """Time jobs in turn."""
    best = dict.fromkeys(jobs, np.inf)
    for _ in range(RUNS):
        for name, job in jobs.items():
            start = time.perf_counter()
            job()
            best[name] = min(best[name], time.perf_counter() - start)
    return best


def main() -> None:
    """Time both, tell the ratios and check the answers."""
    peers, failed = find_peers(), False
    for schools, permutations in CASES:
        values, neighbours = make_map(schools)
        chance = {"permutations": permutations, "seed": SEED}
        jobs: dict[str, Callable[[], Any]] = {
            "map, ours": lambda v=values, n=neighbours, c=chance: measure_moran(v, n, **c),
            "schools, ours": lambda v=values, n=neighbours, c=chance: measure_spots(
                v, n, false_discovery_pct=5, **c
            ),
        }
        if peers is not None:
            weights = build_weights(peers, neighbours)
            esda = peers["esda"]
            jobs["map, esda"] = lambda v=values, w=weights, p=permutations, e=esda: e.Moran(
                v, w, permutations=p
            )
            jobs["schools, esda"] = lambda v=values, w=weights, p=permutations, e=esda: (
                e.Moran_Local(v, w, permutations=p, keep_simulations=False, n_jobs=1, seed=SEED)
            )
        for job in jobs.values():
            job()  # compiles
        best = time_jobs(jobs)
        print(f"{schools:,} schools, {permutations:,} permutations")
        for what in ("map", "schools"):
            print(f"  {what:8} ours {best[f'{what}, ours'] * 1e3:.1f} ms", end="")
            if peers is None:
                print("; esda is not installed")
                continue
            ratio = best[f"{what}, esda"] / best[f"{what}, ours"]
            print(f"; esda {best[f'{what}, esda'] * 1e3:.1f} ms, {ratio:.1f}×")
            failed |= ratio < LEAST
    if peers is not None:  # afterwards: numba would compile the permutations put in its place
        check_answers(peers, *make_map(300))
    if failed:
        sys.exit("slower than promised")


if __name__ == "__main__":
    main()
