"""Cut every vector tile of a loaded district, with no cache in front, and print times and sizes.

Usage: ``python -m benchmarks.bench_tiles [district [tileset …]]``, by default all tile sets of
ouhai; the database is that of the settings.
Blocks of buildings are counted once for a whole zoom: that time stands in the column "first".
"""

from __future__ import annotations

import sys
import time

import numpy as np
from sqlalchemy import Connection

from gis.access import Role
from gis.database import open_database
from gis.services.packing import PackedCache
from gis.services.tile_matrices import Bounds, list_limits
from gis.services.tiles import TileCutter
from gis.settings import load_settings
from scenarios.district import District, find_district
from scenarios.services.tiling import TiledSet, cut_tile, find_tiled, list_tiled, measure_bounds


def list_places(bounds: Bounds, zoom: int) -> list[tuple[int, int, int]]:
    """List the tiles of a zoom that touch a box of lon/lat."""
    limits = list_limits(bounds, range(zoom, zoom + 1))[0]
    columns = range(limits["minTileCol"], limits["maxTileCol"] + 1)
    rows = range(limits["minTileRow"], limits["maxTileRow"] + 1)
    return [(zoom, column, row) for column in columns for row in rows]


def measure_zoom(
    connection: Connection,
    district: District,
    tiled: TiledSet,
    places: list[tuple[int, int, int]],
) -> str:
    """Cut the tiles twice and tell the second pass, when the database is warm."""
    cutter = TileCutter(PackedCache(limit_bytes=0))
    passes, sizes = [], []
    for _ in range(2):
        times = []
        for place in places:
            start = time.perf_counter()
            tile = cut_tile(connection, cutter, district, tiled, place)
            times.append(1000 * (time.perf_counter() - start))
            sizes.append((len(tile.unpack()) / 1000, len(tile.body) / 1000))
        passes.append(times)
    filled = [row for row, size in enumerate(sizes[: len(places)]) if size[0] > 0] or [0]
    warm = np.array(passes[1])[filled]
    raw, packed = np.max(sizes, axis=0)
    return (
        f"{tiled.name:17} {places[0][0]:4} {len(filled):6} {passes[0][0]:9.1f}"
        f" {np.percentile(warm, 50):8.1f} {np.percentile(warm, 95):8.1f} {warm.max():8.1f}"
        f" {raw:8.0f} {packed:8.0f}"
    )


def main() -> None:
    """Measure the tile sets of a district."""
    code = sys.argv[1] if len(sys.argv) > 1 else "ouhai"
    print(
        f"{'tileset':17} {'zoom':>4} {'tiles':>6} {'first ms':>9} {'p50 ms':>8} {'p95 ms':>8}"
        f" {'max ms':>8} {'max kB':>8} {'gzip kB':>8}"
    )
    with open_database(load_settings()) as database, database.begin(Role.GIS) as connection:
        district = find_district(connection, code)
        bounds = measure_bounds(connection, district, find_tiled("ground"))
        if bounds is None:
            sys.exit(f"District {code} has no boundary.")
        for tiled in [find_tiled(name) for name in sys.argv[2:]] or list_tiled():
            for zoom in tiled.zooms:
                places = list_places(bounds, zoom)
                print(measure_zoom(connection, district, tiled, places), flush=True)


if __name__ == "__main__":
    main()
