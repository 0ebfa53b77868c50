"""Time walking distances over 100,000 road nodes against the usual tools.

Run ``python benchmarks/bench_network.py``. Every peer gets the same graph, made for this run: a
jittered street grid of which a fifth is missing, and the same 200 schools; every distance must be
the same to the centimetre. scipy and networkx always run. pgRouting joins in on an embedded
PostGIS of its own where its extension is installed (Debian: ``postgresql-15-pgrouting``).

Two questions: the nearest school of every node, by one sweep; and the distance from every school
to every node, on two cores. The graph is made ready once for all sweeps; that time is told apart
and counts in the second question. Times are the best of several runs, taken in turn.
"""

from __future__ import annotations

import io
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import networkx as nx
import numpy as np
import psycopg2
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from sqlalchemy import make_url

from gis.contraction import contract
from gis.embedded import EmbeddedCluster
from gis.network import (
    UNREACHED,
    Network,
    build_network,
    find_nearest_source,
    keep_largest_part,
    measure_table,
)

SIDE, SCHOOLS, CORES = 325, 200, 2
# Least ratios of the peer's time to ours.
NEAREST_LIMITS = {"scipy": 3.0, "networkx": 90.0, "pgRouting": 100.0}
TABLE_LIMIT = 5.0

Distances = np.ndarray
Job = Callable[[], Distances]


def make_town() -> tuple[Network, np.ndarray]:
    """Make the street network and the nodes of its schools."""
    rng = np.random.default_rng(20261121)
    node = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    spots = np.stack(np.meshgrid(np.arange(SIDE), np.arange(SIDE)), axis=2) * 80.0
    spots = (spots + rng.uniform(-30, 30, spots.shape)).reshape(-1, 2)
    east = np.column_stack([node[:, :-1].ravel(), node[:, 1:].ravel()])
    north = np.column_stack([node[:-1].ravel(), node[1:].ravel()])
    ends = np.vstack([east, north])
    lines = shapely.linestrings(spots[ends[rng.random(len(ends)) < 0.8]])
    town = keep_largest_part(build_network(lines))
    return town, np.sort(rng.choice(town.x_m.size, SCHOOLS, replace=False))


def time_in_turn(jobs: dict[str, Job], runs: dict[str, int]) -> dict[str, tuple[float, Distances]]:
    """Return the best time of each job, and its answer; jobs take turns."""
    best: dict[str, tuple[float, Distances]] = {}
    for turn in range(max(runs.values())):
        for name, job in jobs.items():
            if turn < runs[name]:
                start = time.perf_counter()
                answer = job()
                seconds = time.perf_counter() - start
                if name not in best or seconds < best[name][0]:
                    best[name] = seconds, answer
    return best


def to_scipy(town: Network) -> csr_array:
    """Return the same graph for scipy, in the same order of nodes."""
    starts, edges = town.links
    size = town.x_m.size
    return csr_array((edges[:, 1].astype(float), edges[:, 0], starts), shape=(size, size))


def make_networkx_job(town: Network, schools: np.ndarray) -> Job:
    """Return the same question for networkx."""
    graph = nx.Graph()
    graph.add_nodes_from(range(town.x_m.size))
    rows = zip(town.tail.tolist(), town.head.tolist(), town.length_cm.tolist(), strict=True)
    graph.add_weighted_edges_from(rows)
    sources = set(schools.tolist())

    def measure() -> Distances:
        found = nx.multi_source_dijkstra_path_length(graph, sources)
        return np.array([found[node] for node in range(town.x_m.size)], dtype=float)

    return measure


def time_pgrouting(town: Network, schools: np.ndarray) -> tuple[float, Distances] | None:
    """Time pgr_drivingDistance inside the server; None where it is not installed."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        with EmbeddedCluster(Path(folder) / "cluster") as url:
            parts = make_url(url)
            connection = psycopg2.connect(
                dbname=parts.database,
                user=parts.username,
                host=parts.query.get("host", parts.host),
                port=parts.query.get("port", parts.port),
            )
            try:
                with connection.cursor() as cursor:
                    return _ask_pgrouting(cursor, town, schools)
            except (psycopg2.errors.UndefinedFile, psycopg2.errors.FeatureNotSupported):
                return None
            finally:
                connection.close()


def _ask_pgrouting(
    cursor: psycopg2.extensions.cursor, town: Network, schools: np.ndarray
) -> tuple[float, Distances]:
    cursor.execute("create extension pgrouting cascade")
    cursor.execute(
        "create table road (id bigint primary key, source bigint, target bigint,"
        " cost float8, reverse_cost float8)"
    )
    # One way, at no cost, from a place of its own to every school: version 3.4 gives other than
    # shortest distances when it is asked for many starts at once.
    start_node = town.x_m.size
    ways = np.column_stack([town.tail, town.head, town.length_cm, town.length_cm])
    gates = np.column_stack(
        [np.full(schools.size, start_node), schools, 0 * schools, 0 * schools - 1]
    )
    rows = np.vstack([ways, gates])
    rows = np.column_stack([np.arange(len(rows)), rows])
    text = io.StringIO()
    np.savetxt(text, rows, fmt="%d", delimiter="\t")
    text.seek(0)
    cursor.copy_from(text, "road", columns=("id", "source", "target", "cost", "reverse_cost"))
    cursor.execute("analyze road")
    start = time.perf_counter()
    cursor.execute(
        "create table reached as select node, agg_cost from pgr_drivingDistance("
        "'select id, source, target, cost, reverse_cost from road', %s, 1e12)",
        (start_node,),
    )
    seconds = time.perf_counter() - start
    cursor.execute("select node, agg_cost from reached where node <> %s", (start_node,))
    found = np.full(town.x_m.size, np.inf)
    for node, cost in cursor:
        found[node] = cost
    return seconds, found


def tell(name: str, seconds: float, ours_s: float, limit: float, is_same: bool) -> bool:
    """Print one line and return whether the peer's answer or the ratio is wrong."""
    ratio = seconds / ours_s
    same = "same distances" if is_same else "OTHER DISTANCES"
    print(f"  {name}: {seconds * 1e3:,.1f} ms, {ratio:.1f} times ours (at least {limit:g}), {same}")
    return not is_same or ratio < limit


def compare_nearest(town: Network, schools: np.ndarray) -> bool:
    """Compare the nearest school of every node; returns whether a target is missed."""
    graph = to_scipy(town)
    jobs: dict[str, Job] = {
        "ours": lambda: find_nearest_source(town, schools).distance_cm.astype(float),
        "scipy": lambda: dijkstra(graph, indices=schools, min_only=True),
        "networkx": make_networkx_job(town, schools),
    }
    jobs["ours"]()  # compiles once
    times = time_in_turn(jobs, {"ours": 60, "scipy": 30, "networkx": 3})
    routed = time_pgrouting(town, schools)
    if routed is None:
        print("  pgRouting is not installed: it does not take part.")
    else:
        times["pgRouting"] = routed
    ours_s, ours = times.pop("ours")
    print(f"Nearest of {schools.size} schools, {town.x_m.size:,} nodes: {ours_s * 1e3:.1f} ms")
    missed = [
        tell(name, seconds, ours_s, NEAREST_LIMITS[name], bool((answer == ours).all()))
        for name, (seconds, answer) in times.items()
    ]
    return any(missed)


def compare_table(town: Network, schools: np.ndarray) -> bool:
    """Compare the full table; returns whether the target is missed."""
    graph = to_scipy(town)
    jobs: dict[str, Job] = {
        "ours": lambda: measure_table(replace(town), schools, cores=CORES),  # ready for nothing
        "scipy": lambda: dijkstra(graph, indices=schools),
    }
    times = time_in_turn(jobs, {"ours": 6, "scipy": 2})
    (ours_s, ours), (scipy_s, exact) = times["ours"], times["scipy"]
    is_same = bool((np.where(ours == UNREACHED, np.inf, ours) == exact).all())
    print(f"Table of {ours.shape[0]} × {ours.shape[1]:,} on {CORES} cores: {ours_s:.2f} s")
    return tell("scipy", scipy_s, ours_s, TABLE_LIMIT, is_same)


def main() -> int:
    """Print times and ratios; fail when an answer differs or a target is missed."""
    town, schools = make_town()
    contract(*town.links)  # compiles once
    start = time.perf_counter()
    contract(*town.links)
    print(f"Graph of {town.x_m.size:,} nodes made ready in {time.perf_counter() - start:.2f} s")
    failed = [compare_nearest(town, schools), compare_table(town, schools)]
    return int(any(failed))


if __name__ == "__main__":
    sys.exit(main())
