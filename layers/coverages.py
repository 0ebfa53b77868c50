"""Rasters that are loaded for a district, read back and brought to metres."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection

from gis.crs import to_metric, to_store
from gis.database import read_table
from gis.rasters import CellGrid, Surface, decode_surface, warp_surface

POPULATION, ELEVATION = "population", "elevation"
KINDS = (POPULATION, ELEVATION)


def read_coverage(connection: Connection, district_id: int, kind: str) -> Surface | None:
    """Return the raster of a kind as it was loaded, in its own CRS; nothing where there is none."""
    found = read_table(connection, "raster_coverage", district_id=district_id, kind=kind)
    return decode_surface(bytes(found["content"].iloc[0])) if len(found) else None


def read_heights(connection: Connection, district_id: int, metric_srid: int) -> Surface | None:
    """Return the loaded elevation in a metric CRS, read between its cells."""
    loaded = read_coverage(connection, district_id, ELEVATION)
    if loaded is None or loaded.grid.srid == metric_srid:
        return loaded
    return warp_surface(loaded, _lay_over(loaded.grid, metric_srid), smooth=True)


def draw_cells(grid: CellGrid, metric_srid: int) -> NDArray[np.object_]:
    """Draw the rectangles of all cells in metres, row by row."""
    x, y = grid.list_centres()
    return _draw_boxes(x, y, grid.width / 2, grid.height / 2, grid.srid, metric_srid)


def _lay_over(grid: CellGrid, srid: int) -> CellGrid:
    """Lay square cells of about the same size over a grid of another CRS."""
    half_x, half_y = grid.width * grid.columns / 2, grid.height * grid.rows / 2
    x, y = np.array([grid.west + half_x]), np.array([grid.north - half_y])
    west, south, east, north = shapely.bounds(_draw_boxes(x, y, half_x, half_y, grid.srid, srid)[0])
    side_m = float(np.round(grid.measure_sides_m().min(), 3))
    columns, rows = int(np.ceil((east - west) / side_m)), int(np.ceil((north - south) / side_m))
    return CellGrid(srid, float(west), float(north), side_m, side_m, columns, rows)


def _draw_boxes(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    half_x: float,
    half_y: float,
    srid: int,
    metric_srid: int,
) -> NDArray[np.object_]:
    boxes = np.asarray(shapely.box(x - half_x, y - half_y, x + half_x, y + half_y), dtype=object)
    return boxes if srid == metric_srid else to_metric(to_store(boxes, srid), metric_srid)
