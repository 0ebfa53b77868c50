"""Surfaces as the map draws them and as they are exported: people by cell, seats within reach."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection

from catchments.profile import Profile
from catchments.surfaces import (
    draw_unit_values,
    find_units,
    pool_people,
    share_among_doors,
    spread_people,
)
from gis.crs import to_metric, transform_frame
from gis.database import read_features, read_table
from gis.errors import RejectedDataError
from gis.rasters import CellGrid, Surface, decode_surface, lay_cells, warp_surface


@dataclass(frozen=True, eq=False)
class Land:
    """The planning units of a district and a grid over them.

    Parameters
    ----------
    units
        id, geom in EPSG:4490.
    at_unit
        Position of the unit in which the middle of each cell lies; -1 beyond all.
    """

    district_id: int
    profile: Profile
    units: gpd.GeoDataFrame
    grid: CellGrid
    at_unit: NDArray[np.int64]


def read_land(
    connection: Connection,
    district_id: int,
    profile: Profile,
    *,
    cell_m: float | None = None,
    srid: int | None = None,
) -> Land:
    """Read the units and lay a grid over them, by default the one of the profile, in metres.

    Raises
    ------
    UsageError
        There are no units, or the cells are too many.
    CrsError
        The CRS is unknown, or neither geographic nor in metres.
    """
    units = read_features(connection, "units", district_id=district_id)
    metric = profile.metric_srid
    grid = lay_cells(units, cell_m=cell_m or profile.surfaces.cell_m, srid=srid or metric)
    at_unit = find_units(grid, gpd.GeoSeries(to_metric(units["geom"], metric)), metric)
    return Land(district_id, profile, units, grid, at_unit)


def draw_children(connection: Connection, land: Land, *, stage: str, year: int) -> Surface:
    """Draw the counted children of a stage and year per km²; small counts are pooled.

    Counted as the warning counts them, and pooled within the catchments of the plan in force.

    Raises
    ------
    RejectedDataError
        Nobody is counted, or so few that a surface would tell who.
    """
    profile = land.profile
    rows = read_table(
        connection,
        "surface_children",
        district_id=land.district_id,
        plan_code=profile.default_plan,
        stage=stage,
        year=year,
    ).set_index("planning_unit_id")
    counted = rows[profile.warning.counted]
    if not counted.sum():
        raise RejectedDataError(
            f"Nobody is counted in stage {stage}, year {year}.",
            mend="Choose a stage that has children, or count them first.",
        )
    return _draw_people(connection, land, counted, rows["school_id"])


def draw_residents(connection: Connection, land: Land) -> Surface:
    """Draw the residents per km²; units with few of them are pooled by subdistrict.

    Raises
    ------
    RejectedDataError
        No residents are counted.
    """
    rows = read_table(connection, "surface_residents", district_id=land.district_id)
    if rows.empty:
        raise RejectedDataError(
            "No residents are counted in the district.",
            mend="Load households, or a grid with `onemap load raster FILE --as population`.",
        )
    ids = land.units["id"].to_numpy()
    residents = rows.set_index("planning_unit_id")["residents"].reindex(ids).fillna(0.0)
    areas = read_table(connection, "unit_areas", district_id=land.district_id)
    groups = areas.set_index("planning_unit_id")["subdistrict_id"]
    return _draw_people(connection, land, residents, groups)


def draw_access(connection: Connection, land: Land, *, stage: str, year: int) -> Surface:
    """Draw the stored seats within reach of a child, unit by unit.

    Raises
    ------
    RejectedDataError
        They are not measured for the stage and year.
    """
    rows = read_table(
        connection, "export_accessibility", district_id=land.district_id, stage=stage, year=year
    )
    if rows.empty:
        raise RejectedDataError(
            f"Access is not measured in stage {stage}, year {year}.",
            mend="Give the stage a reach in `accessibility.reach_m` of the profile and load again.",
        )
    values = (
        rows.set_index("planning_unit_code")["seats_per_child"]
        .reindex(land.units["code"])
        .to_numpy(np.float64)
    )
    return draw_unit_values(land.grid, land.at_unit, values)


def read_walking_times(connection: Connection, district_id: int, stage: str) -> Surface | None:
    """Return the stored minutes on foot to school, if they were computed."""
    return _read_walks(connection, district_id, stage, "accessibility")


def draw_white_spots(connection: Connection, land: Land, *, stage: str, year: int) -> Surface:
    """Draw the counted children per km² who live beyond the service radius of their stage.

    The density of :func:`draw_children`, small counts pooled, where the walk to the nearest
    school is longer than the radius or no way leads; elsewhere there is no value.

    Raises
    ------
    RejectedDataError
        Walks are not measured for the stage, nobody is counted, or so few that a surface would
        tell who.
    """
    chosen = land.profile.get_stage(stage)
    walks = _read_walks(connection, land.district_id, stage, "network")
    if walks is None or chosen.radius_m is None:
        raise RejectedDataError(
            f"Walks to the schools of stage {stage} are not measured.",
            mend="Load roads and schools, and set `radius_m` of the stage in the profile.",
        )
    children = draw_children(connection, land, stage=stage, year=year)
    walk_m = (walks if walks.grid == land.grid else warp_surface(walks, land.grid)).values
    is_beyond = (land.at_unit >= 0) & ~(walk_m <= chosen.radius_m)
    return Surface(land.grid, np.where(is_beyond, children.values, np.nan))


def _read_walks(connection: Connection, district_id: int, stage: str, kind: str) -> Surface | None:
    asked = {"district_id": district_id, "stage": stage, "kind": kind}
    rows = read_table(connection, "surface_walks", **asked)
    return decode_surface(bytes(rows["content"].iloc[0])) if len(rows) else None


def _draw_people(
    connection: Connection, land: Land, people: pd.Series, groups: pd.Series
) -> Surface:
    profile, srid = land.profile, land.grid.srid
    homes = read_features(connection, "dwelling_doors", district_id=land.district_id)
    places = transform_frame(homes, srid).geometry
    doors = pd.DataFrame(
        {
            "planning_unit_id": homes["planning_unit_id"].to_numpy(),
            "x": places.x.to_numpy(),
            "y": places.y.to_numpy(),
            "dwellings": homes["dwellings"].to_numpy(),
        }
    )
    inside = land.units.set_geometry(shapely.point_on_surface(land.units["geom"].to_numpy()))
    points = transform_frame(inside.set_crs(land.units.crs), srid).geometry
    own = pd.DataFrame(
        {"x": points.x.to_numpy(), "y": points.y.to_numpy()}, index=land.units["id"].to_numpy()
    )
    pooled = pool_people(people, groups, doors, minimum=profile.minimum_cell)
    return spread_people(
        land.grid,
        share_among_doors(pooled, doors, own),
        land.at_unit >= 0,
        spread_m=profile.surfaces.spread_m,
    )
