"""Time walking catchments and isochrones of a whole real city.

Run ``python -m benchmarks.bench_walking [FILE.osm.pbf [SRID]]`` with an OpenStreetMap extract and
a metric CRS, by default those of Las Palmas de Gran Canaria in the folder REAL. From the parsed
road graph, catchments of all its schools must cover the land without gap or overlap within ten
seconds; the distances are checked against, and timed with, ``scipy.sparse.csgraph.dijkstra``.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from catchments.boundaries.walking import draw_isochrones, draw_walking_areas
from gis.network import (
    Network,
    build_network,
    find_nearest_source,
    keep_largest_part,
    measure_table,
)
from gis.openstreetmap import read_amenities, read_land, read_streets
from gis.partition import Area, check_coverage

LIMIT_S = 10.0


def read_city(path: Path, srid: int) -> tuple[Network, pd.DataFrame, Area]:
    """Read streets, schools and land, and tell how long it takes."""
    start = time.perf_counter()
    streets = read_streets(path, srid)
    built = time.perf_counter()
    network = keep_largest_part(
        build_network(streets.lines, is_main=streets.is_main, crossings=streets.crossings)
    )
    built_s = time.perf_counter() - built
    schools = read_amenities(path, srid, "school")
    nodes = shapely.multipoints(np.column_stack([network.x_m, network.y_m]))
    land = read_land(path, srid, shapely.convex_hull(nodes).buffer(100))
    print(
        f"{network.x_m.size:,} nodes, {network.length_cm.sum() / 1e5:,.0f} km of streets, "
        f"{len(schools)} schools, {land.area / 1e6:.0f} km² of land: read in "
        f"{time.perf_counter() - start:.1f} s, of which the graph {built_s:.2f} s"
    )
    gates = pd.DataFrame({"x_m": schools.geometry.x, "y_m": schools.geometry.y})
    return network, gates, land


def compare_sweeps(network: Network) -> bool:
    """Compare sweeps from 150 nodes with scipy; returns whether a distance differs."""
    nodes = np.random.default_rng(1).choice(network.x_m.size, 150, replace=False)
    starts, edges = network.links
    graph = csr_array((edges[:, 1].astype(float), edges[:, 0], starts))
    find_nearest_source(network, nodes)
    start = time.perf_counter()
    ours = find_nearest_source(network, nodes).distance_cm
    ours_s = time.perf_counter() - start
    start = time.perf_counter()
    exact = dijkstra(graph, indices=nodes, min_only=True)
    scipy_s = time.perf_counter() - start
    start = time.perf_counter()
    table = measure_table(network, nodes)
    table_s = time.perf_counter() - start
    start = time.perf_counter()
    is_same = bool((ours == exact).all() and (table == dijkstra(graph, indices=nodes)).all())
    scipy_table_s = time.perf_counter() - start
    print(
        f"nearest of 150: {ours_s * 1e3:.1f} ms, scipy {scipy_s / ours_s:.1f} times as long; "
        f"table: {table_s:.2f} s, scipy {scipy_table_s / table_s:.1f} times as long; "
        f"{'same distances' if is_same else 'OTHER DISTANCES'}"
    )
    return not is_same


def main(path: Path, srid: int) -> int:
    """Print times; fail when the land is not covered exactly or it takes too long."""
    network, schools, land = read_city(path, srid)
    draw_walking_areas(schools.head(1), network, land)  # compiles once
    failed = compare_sweeps(network)
    for name, draw in (("catchments", draw_walking_areas), ("isochrones", draw_isochrones)):
        start = time.perf_counter()
        areas = draw(schools, network, land)
        seconds = time.perf_counter() - start
        full = areas[~areas.is_empty].to_numpy()
        report = check_coverage(full, frame=land, tolerance=0.01)
        is_cover = report.is_sound and bool(np.isclose(areas.area.sum(), land.area, rtol=1e-12))
        told = "cover the land exactly" if is_cover else "DO NOT COVER THE LAND"
        print(f"{name}: {seconds:.1f} s (at most {LIMIT_S:g}), {len(full)} areas {told}")
        failed |= not is_cover or seconds > LIMIT_S
    return int(failed)


if __name__ == "__main__":
    given = sys.argv[1:]
    default = (
        Path(os.environ.get("REAL", "../shared/real")) / "las_palmas_osm/las_palmas_2023.osm.pbf"
    )
    sys.exit(main(Path(given[0]) if given else default, int(given[1]) if given[1:] else 32628))
