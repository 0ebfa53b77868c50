"""Time the exact inverse of GCJ-02 on a million points against loops over single points.

Run ``python benchmarks/bench_crs.py [points]``. The peer loops run on the first 20,000 of the
same points and their time is scaled up; every peer must give the same answer within 1e-6
degrees. The loop in this file always runs; ``coord_convert`` (PyPI ``coord-convert``) and
``prcoords`` (PyPI ``prcoords``, by its own iteration) join in where they can be imported.
"""

from __future__ import annotations

import importlib
import math
import sys
import time
from collections.abc import Callable

import numpy as np

from gis.crs import convert_gcj02_to_wgs84, convert_wgs84_to_gcj02

LIMIT_S = 2.0  # for a million points
PEER_POINTS = 20_000
PointRule = Callable[[float, float], tuple[float, float]]


def shift_one_point(lon: float, lat: float) -> tuple[float, float]:
    """Shift one WGS 84 point to GCJ-02 with scalar arithmetic, as converters usually do."""
    x, y, sin, pi = lon - 105.0, lat - 35.0, math.sin, math.pi
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    north += (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    east += (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    a, e2, angle = 6378245.0, 0.00669342162296594323, math.radians(lat)
    magic = 1.0 - e2 * sin(angle) ** 2
    return (
        lon + math.degrees(east / (a / math.sqrt(magic) * math.cos(angle))),
        lat + math.degrees(north / (a * (1.0 - e2) / magic**1.5)),
    )


def unshift_one_point(lon: float, lat: float) -> tuple[float, float]:
    """Undo the shift of one point by fixed-point steps until they fall below 1e-9 degrees."""
    found_lon, found_lat = lon, lat
    while True:
        gcj_lon, gcj_lat = shift_one_point(found_lon, found_lat)
        found_lon, found_lat = found_lon - (gcj_lon - lon), found_lat - (gcj_lat - lat)
        if abs(gcj_lon - lon) < 1e-9 and abs(gcj_lat - lat) < 1e-9:
            return found_lon, found_lat


def load_peers() -> dict[str, PointRule]:
    """Return the peers that this machine has."""
    peers: dict[str, PointRule] = {"scalar loop of this file": unshift_one_point}
    try:
        peers["coord_convert"] = importlib.import_module("coord_convert.transform").gcj2wgs
    except ImportError:
        print("coord_convert is not installed.")
    try:
        undo = importlib.import_module("prcoords").gcj_wgs_bored
    except ImportError:
        print("prcoords is not installed.")
    else:
        peers["prcoords"] = lambda lon, lat: undo((lat, lon))[::-1]
    return peers


def main(count: int) -> int:
    """Print times, ratios and differences; fail when a limit or a peer's answer is missed."""
    rng = np.random.default_rng(20261121)
    wgs_lon, wgs_lat = rng.uniform(120.3, 120.8, count), rng.uniform(27.8, 28.15, count)
    lon, lat = convert_wgs84_to_gcj02(wgs_lon, wgs_lat)
    start = time.perf_counter()
    found_lon, found_lat = convert_gcj02_to_wgs84(lon, lat)
    ours_s = time.perf_counter() - start
    error = max(np.abs(found_lon - wgs_lon).max(), np.abs(found_lat - wgs_lat).max())
    failed = ours_s > LIMIT_S * max(count / 1e6, 1.0) or error > 1e-6
    print(f"gis.crs: {count:,} points in {ours_s:.2f} s, largest error {error:.1e} degrees")

    subset = min(PEER_POINTS, count)
    for name, rule in load_peers().items():
        points = list(zip(lon[:subset].tolist(), lat[:subset].tolist(), strict=True))
        start = time.perf_counter()
        answers = np.array([rule(*point) for point in points])
        peer_s = (time.perf_counter() - start) * count / subset
        ours = np.column_stack([found_lon[:subset], found_lat[:subset]])
        difference = np.abs(answers - ours).max()
        failed |= difference > 1e-6
        print(
            f"{name}: {peer_s:.1f} s (scaled from {subset:,} points), "
            f"{peer_s / ours_s:.0f} times as long, largest difference {difference:.1e} degrees"
        )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
