"""Keep rasters that are loaded for a district."""

from __future__ import annotations

import numpy as np
from sqlalchemy import Connection, delete, insert

from gis import tables
from gis.rasters import Surface, encode_surface
from gis.runs import get_account
from scenarios.district import District


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
