"""Rasters that are loaded for a district: kept, read back, brought to metres."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from sqlalchemy import Connection, delete, insert

from gis import tables
from gis.crs import STORE_SRID, to_metric, to_store
from gis.database import read_features, read_table
from gis.rasters import (
    CellGrid,
    Surface,
    decode_surface,
    encode_surface,
    warp_surface,
)
from gis.runs import get_account
from scenarios.district import District

POPULATION, ELEVATION = "population", "elevation"


def read_coverage(connection: Connection, district: District, kind: str) -> Surface | None:
    """Return the raster of a kind as it was loaded, in its own CRS; nothing where there is none."""
    found = read_table(connection, "raster_coverage", district_id=district.id, kind=kind)
    return decode_surface(bytes(found["content"].iloc[0])) if len(found) else None


def read_heights(connection: Connection, district: District) -> Surface | None:
    """Return the elevation in the metric CRS of the district, read between its cells."""
    loaded = read_coverage(connection, district, ELEVATION)
    srid = district.profile.metric_srid
    if loaded is None or loaded.grid.srid == srid:
        return loaded
    return warp_surface(loaded, _lay_over(loaded.grid, srid), smooth=True)


def _lay_over(grid: CellGrid, srid: int) -> CellGrid:
    """Lay square cells of about the same size over a grid of another CRS."""
    west, south, east, north = shapely.bounds(draw_cells(grid, srid, whole=True)[0])
    side_m = float(np.round(grid.measure_sides_m().min(), 3))
    columns, rows = int(np.ceil((east - west) / side_m)), int(np.ceil((north - south) / side_m))
    return CellGrid(srid, float(west), float(north), side_m, side_m, columns, rows)


def draw_cells(grid: CellGrid, metric_srid: int, *, whole: bool = False) -> np.ndarray:
    """Draw the rectangles of all cells in metres, row by row; or one around all of them."""
    if whole:
        x, y = np.array([grid.west + grid.width * grid.columns / 2]), np.array(
            [grid.north - grid.height * grid.rows / 2]
        )
        half_x, half_y = grid.width * grid.columns / 2, grid.height * grid.rows / 2
    else:
        x, y = grid.list_centres()
        half_x, half_y = grid.width / 2, grid.height / 2
    boxes = shapely.box(x - half_x, y - half_y, x + half_x, y + half_y)
    return boxes if grid.srid == metric_srid else to_metric(to_store(boxes, grid.srid), metric_srid)


def write_coverage(
    connection: Connection,
    district: District,
    surface: Surface,
    *,
    kind: str,
    digest: str,
    source: str,
) -> None:
    """Keep a raster in place of the one of its kind; what rests on it is computed anew later."""
    grid, values = surface.grid, surface.values[np.isfinite(surface.values)]
    _forget(connection, district, kind)
    connection.execute(
        insert(tables.raster_coverage).values(
            district_id=district.id,
            kind=kind,
            content=encode_surface(surface),
            digest=digest,
            source=source,
            srid=grid.srid,
            cell_x=grid.width,
            cell_y=grid.height,
            columns=grid.columns,
            rows=grid.rows,
            least=float(values.min()),
            most=float(values.max()),
            mean=float(values.mean()),
        )
    )
    connection.execute(
        insert(tables.dataset).values(
            district_id=district.id,
            name=kind,
            rows=values.size,
            rejected_rows=0,
            digest=digest,
            source=source,
            data_date=district.profile.data_date,
            loaded_by=get_account(),
        )
    )


def _forget(connection: Connection, district: District, kind: str) -> None:
    coverage, dataset = tables.raster_coverage, tables.dataset
    connection.execute(
        delete(coverage).where(coverage.c.district_id == district.id, coverage.c.kind == kind)
    )
    connection.execute(
        delete(dataset).where(dataset.c.district_id == district.id, dataset.c.name == kind)
    )


def read_unit_areas(connection: Connection, district: District) -> pd.Series:
    """Return the planning units in metres by id."""
    units = read_features(connection, "units", district_id=district.id)
    areas = to_metric(units["geom"].set_crs(STORE_SRID), district.profile.metric_srid)
    return pd.Series(areas, index=units["id"].to_numpy())
