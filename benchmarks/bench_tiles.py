"""Cut every vector tile of a loaded district, with no cache in front, and print times and sizes.

Usage: ``python benchmarks/bench_tiles.py [district]``; the database is that of the settings.
Blocks of buildings are counted once for a whole zoom: that time stands in the column "first".
"""

from __future__ import annotations

import math
import sys
import time

import numpy as np
from sqlalchemy import Connection, text

from gis.access import Role
from gis.database import open_database
from gis.services.packing import PackedCache
from gis.services.tiles import TILESETS, TileCutter
from gis.settings import load_settings

BOUNDS = """
    select
        st_xmin(box), st_ymin(box), st_xmax(box), st_ymax(box), id
    from (select id, box2d(geom) as box from onemap.district where code = :code) as district
"""


def list_places(bounds: tuple[float, ...], zoom: int) -> list[tuple[int, int, int]]:
    """List the tiles of a zoom that touch a box of lon/lat."""
    west, south, east, north = bounds
    tiles = 2**zoom

    def find_row(latitude: float) -> int:
        return int((0.5 - math.asinh(math.tan(math.radians(latitude))) / (2 * math.pi)) * tiles)

    columns = range(int((west / 360 + 0.5) * tiles), int((east / 360 + 0.5) * tiles) + 1)
    rows = range(find_row(north), find_row(south) + 1)
    return [(zoom, column, row) for column in columns for row in rows]


def measure_zoom(
    connection: Connection, district_id: int, tileset: str, places: list[tuple[int, int, int]]
) -> str:
    """Cut the tiles twice and tell the second pass, when the database is warm."""
    cutter = TileCutter(PackedCache(limit_bytes=0))
    passes, sizes = [], []
    for _ in range(2):
        times = []
        for place in places:
            start = time.perf_counter()
            tile = cutter.cut_tile(connection, district_id, tileset, place, version="bench")
            times.append(1000 * (time.perf_counter() - start))
            sizes.append((len(tile.unpack()) / 1000, len(tile.body) / 1000))
        passes.append(times)
    filled = [row for row, size in enumerate(sizes[: len(places)]) if size[0] > 0] or [0]
    warm = np.array(passes[1])[filled]
    raw, packed = np.max(sizes, axis=0)
    return (
        f"{tileset:10} {places[0][0]:4} {len(filled):6} {passes[0][0]:9.1f}"
        f" {np.percentile(warm, 50):8.1f} {np.percentile(warm, 95):8.1f} {warm.max():8.1f}"
        f" {raw:8.0f} {packed:8.0f}"
    )


def main() -> None:
    """Measure all tile sets of a district."""
    code = sys.argv[1] if len(sys.argv) > 1 else "ouhai"
    print(
        f"{'tileset':10} {'zoom':>4} {'tiles':>6} {'first ms':>9} {'p50 ms':>8} {'p95 ms':>8}"
        f" {'max ms':>8} {'max kB':>8} {'gzip kB':>8}"
    )
    with open_database(load_settings()) as database, database.begin(Role.PLANNER) as connection:
        *bounds, district_id = connection.execute(text(BOUNDS), {"code": code}).one()
        for tileset, kind in TILESETS.items():
            for zoom in kind.zooms:
                places = list_places(tuple(bounds), zoom)
                print(measure_zoom(connection, district_id, tileset, places), flush=True)


if __name__ == "__main__":
    main()
