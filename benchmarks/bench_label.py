"""Time labelling a million points by 200 polygons against the usual tools.

Run ``python benchmarks/bench_label.py [points]``. The polygons are a coverage made for this run:
200 cells with rough borders of about 430 vertices each. ``geopandas.sjoin`` always runs;
``sedonadb`` (PyPI ``sedonadb`` and ``geoarrow-pyarrow``) joins in where it can be imported, with
points and polygons in its memory before the clock starts. Every point must get the same label,
the lowest of all that a peer gives to a point on a border.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import geopandas as gpd
import numpy as np
import shapely

from gis.labelling import build_label_index
from gis.partition import label_points

SIZE_M, AREAS, VERTICES = 30_000.0, 200, 430
# Least ratios of the peer's time to ours: with the index ready, and with its build.
READY_LIMITS = {"sedonadb": 4.0, "geopandas.sjoin": 15.0}
WHOLE_LIMITS = {"sedonadb": 1.0, "geopandas.sjoin": 1.0}

Join = Callable[[], tuple[np.ndarray, np.ndarray]]  # rows of points and of polygons


def make_areas() -> np.ndarray:
    """Make a coverage of cells with rough borders."""
    rng = np.random.default_rng(20261121)
    frame = shapely.box(0, 0, SIZE_M, SIZE_M)
    sites = shapely.multipoints(rng.uniform(0, SIZE_M, (AREAS, 2)))
    cells = shapely.voronoi_polygons(sites, extend_to=frame, only_edges=True)
    lines = shapely.union_all([shapely.intersection(cells, frame), frame.boundary])
    step = shapely.length(lines) * 2.0 / (AREAS * VERTICES)
    rough = [_roughen(line, step, rng) for line in shapely.get_parts(shapely.node(lines))]
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.union_all(rough))))
    return faces[np.argsort(-shapely.area(faces), kind="stable")[:AREAS]]


def _roughen(line: shapely.LineString, step: float, rng: np.random.Generator) -> shapely.Geometry:
    pieces = max(int(line.length / step), 1)
    share = np.linspace(0.0, 1.0, pieces + 1)
    xy = shapely.get_coordinates(shapely.line_interpolate_point(line, share, normalized=True))
    xy[1:-1] += rng.normal(0.0, step * 0.2, (pieces - 1, 2))
    return shapely.LineString(xy)


def time_best(work: Callable[[], object], runs: int) -> float:
    """Return the shortest of several runs in seconds."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def make_peers(points: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> dict[str, Join]:
    """Return the peers that this machine has."""

    def join_by_geopandas() -> tuple[np.ndarray, np.ndarray]:
        found = gpd.sjoin(points, areas, predicate="intersects")
        return found["point"].to_numpy(), found["area"].to_numpy()

    peers: dict[str, Join] = {}
    try:
        import sedonadb  # noqa: PLC0415 # optional
    except ImportError:
        print("sedonadb is not installed: it does not take part.")
    else:
        session = sedonadb.connect()
        session.create_data_frame(points).to_memtable().to_view("points")
        session.create_data_frame(areas).to_memtable().to_view("areas")

        def join_by_sedonadb() -> tuple[np.ndarray, np.ndarray]:
            found = session.sql(
                "select points.point, areas.area from points, areas"
                " where st_intersects(areas.geometry, points.geometry)"
            ).to_pandas()
            return found["point"].to_numpy(), found["area"].to_numpy()

        peers["sedonadb"] = join_by_sedonadb
    peers["geopandas.sjoin"] = join_by_geopandas
    return peers


def keep_lowest(rows: np.ndarray, areas: np.ndarray, count: int) -> np.ndarray:
    """Return the lowest label that a join gives to each point."""
    lowest = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(lowest, rows, areas)
    return np.where(lowest == np.iinfo(np.int64).max, -1, lowest)


def main(count: int) -> int:
    """Print times and ratios; fail when a label differs or a target is missed."""
    shapes = make_areas()
    x, y = np.random.default_rng(1).uniform(-50.0, SIZE_M + 50.0, (2, count))
    corners = shapely.get_coordinates(shapes[: AREAS // 10])[: count // 100]
    x[: len(corners)], y[: len(corners)] = corners.T  # some points lie on borders
    vertices = shapely.get_num_coordinates(shapes).mean()
    print(f"{count:,} points, {shapes.size} polygons of {vertices:.0f} vertices")
    index = build_label_index(shapes)
    ours = index.label(x, y)
    ready_s = time_best(lambda: index.label(x, y), 9)
    whole_s = time_best(lambda: label_points(x, y, shapes), 5)
    print(
        f"ours: {ready_s * 1e3:.0f} ms with the index ready, {whole_s * 1e3:.0f} ms with its build"
    )

    points = gpd.GeoDataFrame({"point": np.arange(count)}, geometry=gpd.points_from_xy(x, y))
    areas = gpd.GeoDataFrame({"area": np.arange(shapes.size)}, geometry=shapes)
    failed = False
    for name, join in make_peers(points, areas).items():
        is_same = bool((keep_lowest(*join(), count) == ours).all())
        peer_s = time_best(join, 3 if name == "sedonadb" else 1)
        ready, whole = peer_s / ready_s, peer_s / whole_s
        print(
            f"{name}: {peer_s:.2f} s, {ready:.1f} times ours (at least {READY_LIMITS[name]:g}), "
            f"{whole:.1f} times with the build, {'same labels' if is_same else 'OTHER LABELS'}"
        )
        failed |= not is_same or ready < READY_LIMITS[name] or whole < WHOLE_LIMITS[name]
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
