"""Keep rasters that are loaded for a district."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
from sqlalchemy import Connection, delete, insert

from gis import tables
from gis.access import Role
from gis.crs import transform_frame
from gis.database import Database, read_features
from gis.errors import UsageError
from gis.ingest.rasters import read_raster
from gis.partition import label_points
from gis.rasters import Surface, encode_surface
from gis.runs import get_account
from scenarios.compute import compute_district
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


@dataclass(frozen=True)
class CoverageSummary:
    """What was loaded.

    Parameters
    ----------
    covered_pct
        Share of the district's ground, by the middles of cells, that has a value.
    """

    district: str
    kind: str
    srid: int
    columns: int
    rows: int
    least: float
    most: float
    covered_pct: float


def load_raster(
    database: Database,
    district: District,
    path: Path,
    *,
    kind: str,
    progress: Callable[[str, float], None] | None = None,
) -> CoverageSummary:
    """Load a raster in place of the one of its kind, then compute what rests on it.

    Raises
    ------
    UsageError
        When there is no such file or kind, or the district has no planning units.
    RejectedDataError
        When the file is not what it should be; nothing is stored then.
    """
    profile = district.profile
    with database.begin(Role.STEWARD) as connection:
        units = read_features(connection, "units", district_id=district.id)
        if units.empty:
            raise UsageError(
                f"District {profile.code} has no planning units.", mend="Load the district first."
            )
        found = read_raster(path, units.geometry, kind=kind, margin_m=profile.surfaces.margin_m)
        write_coverage(
            connection, district, found.surface, kind=kind, digest=found.digest, source=str(path)
        )
    compute_district(database, district, progress=progress)
    return _summarise(profile.code, kind, found.surface, units)


def _summarise(code: str, kind: str, surface: Surface, units: gpd.GeoDataFrame) -> CoverageSummary:
    grid, values = surface.grid, surface.values
    x, y = grid.list_centres()
    areas = transform_frame(units, grid.srid).geometry.to_numpy()
    is_inside = label_points(x, y, areas) >= 0
    covered = np.isfinite(values).ravel()[is_inside]
    return CoverageSummary(
        code,
        kind,
        grid.srid,
        grid.columns,
        grid.rows,
        float(np.nanmin(values)),
        float(np.nanmax(values)),
        round(100.0 * float(covered.mean()) if covered.size else 0.0, 1),
    )
