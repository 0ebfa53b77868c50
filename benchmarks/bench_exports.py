"""Write 300,000 building-like polygons with metadata, beside geopandas' own writers; same rows.

Usage: ``python -m benchmarks.bench_exports [features]``. Each writer works in a process of its
own, so that its peak memory is its own; the features alone take what the first line says.
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
import resource
import sys
import tempfile
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.exports.vector import write_features

FEATURES = 300_000
BUDGET_S, BUDGET_GB = 15, 2
METADATA = {"district": "bench", "run_id": 1, "data_date": "2026-03-31", "licence": "none"}


def build_buildings(count: int) -> gpd.GeoDataFrame:
    """Lay rectangles in rows, turned a little, with the columns of layer buildings."""
    rng = np.random.default_rng(1)
    side = int(np.ceil(np.sqrt(count)))
    at = np.arange(count)
    middle = np.column_stack([120.5 + at % side * 3e-4, 27.8 + at // side * 3e-4])
    angle = rng.uniform(0, np.pi / 2, count)
    half = rng.uniform(4e-5, 1e-4, (count, 2))
    east = np.column_stack([np.cos(angle), np.sin(angle)]) * half[:, :1]
    north = np.column_stack([-np.sin(angle), np.cos(angle)]) * half[:, 1:]
    rings = [middle - east - north, middle + east - north, middle + east + north]
    rings.append(middle - east + north)
    number = pd.Series(at + 1).astype(str)
    columns = {
        "code": number.str.zfill(8),
        "name_zh": "锦江家园" + number + "幢",
        "address": "锦江路" + number + "号",
        "building_use": rng.choice(["residential", "commercial", "public"], count),
        "floors": rng.integers(1, 33, count),
        "height_m": rng.uniform(3, 99, count).round(1),
        "built_year": pd.array(rng.integers(1980, 2026, count), dtype="Int64"),
        "dwellings": rng.integers(0, 130, count),
        "planning_unit_code": (pd.Series(at) // 150).astype(str),
        "changed_on": dt.date(2026, 3, 31),
    }
    shapes = shapely.polygons(np.stack(rings, axis=1))
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(shapes, crs=4490)).rename_geometry(
        "geom"
    )


def write_ours(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write as the program does."""
    write_features(
        frame, path, kind=path.suffix[1:], layer="buildings", metadata=METADATA, style="<qgis/>"
    )


def write_peer(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write as geopandas does by itself, GeoParquet with the boxes that ours has, too."""
    if path.suffix == ".parquet":
        frame.to_parquet(path, write_covering_bbox=True, compression="zstd", schema_version="1.1.0")
    else:
        frame.to_file(path, layer="buildings", driver="GPKG" if path.suffix == ".gpkg" else None)


def measure(writer: object, count: int, path: Path, told: multiprocessing.Queue) -> None:
    """Write in this process and tell seconds, and peak memory in GB before and after."""
    frame = build_buildings(count)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    times = []
    for _ in range(3):  # the best of them: the machine does other work beside
        path.unlink(missing_ok=True)
        start = time.perf_counter()
        writer(frame, path)  # type: ignore[operator]
        times.append(time.perf_counter() - start)
    told.put((min(times), before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6))


def read_back(path: Path) -> gpd.GeoDataFrame:
    """Read a written file, whoever wrote it, in one shape and order."""
    is_parquet = path.suffix == ".parquet"
    frame = gpd.read_parquet(path) if is_parquet else gpd.read_file(path, layer="buildings")
    frame = frame.set_geometry(frame.geometry.rename("geometry"))
    frame["changed_on"] = pd.to_datetime(frame["changed_on"])
    return frame.sort_values("code", ignore_index=True)


def is_same(ours: Path, peer: Path) -> bool:
    """Tell whether two files hold the same rows, values and shapes."""
    one, two = read_back(ours), read_back(peer)
    names = [name for name in build_buildings(4).columns if name != "geom"]
    shapes = shapely.equals_exact(one.geometry.to_numpy(), two.geometry.to_numpy(), tolerance=0)
    return bool(shapes.all()) and all(
        (one[name].astype(str) == two[name].astype(str)).all() for name in names
    )


def main() -> None:
    """Measure all formats."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else FEATURES
    context = multiprocessing.get_context("spawn")
    print(f"{count} polygons, budget {BUDGET_S} s and {BUDGET_GB} GB")
    print(f"{'format':9} {'ours s':>7} {'peer s':>7} {'ratio':>6} {'ours GB':>8} {'MB':>6}  same")
    with tempfile.TemporaryDirectory(prefix="onemap-bench-") as folder:
        for kind in ("gpkg", "parquet", "fgb"):
            results = {}
            for writer in (write_ours, write_peer):
                path = Path(folder) / f"{writer.__name__}.{kind}"
                told: multiprocessing.Queue = context.Queue()
                child = context.Process(target=measure, args=(writer, count, path, told))
                child.start()
                results[writer.__name__] = (path, *told.get(timeout=600))
                child.join()
            (ours, seconds, _, peak_gb), (peer, peer_s, *_) = results.values()
            print(
                f"{kind:9} {seconds:7.1f} {peer_s:7.1f} {seconds / peer_s:6.2f} {peak_gb:8.2f}"
                f" {ours.stat().st_size / 1e6:6.0f}  {is_same(ours, peer)}",
                flush=True,
            )


if __name__ == "__main__":
    main()
