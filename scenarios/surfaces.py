"""Surfaces that leave the system as GeoTIFF: what they are called, hold and say of themselves."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pyproj import CRS
from sqlalchemy import Connection

from gis.crs import resolve_crs
from gis.database import read_table
from gis.errors import CrsError, RejectedDataError, UsageError
from gis.rasters import Surface, write_surface
from gis.runs import find_newest_run
from layers.coverages import ELEVATION
from layers.surfaces import (
    Land,
    draw_access,
    draw_children,
    draw_residents,
    draw_white_spots,
    read_land,
)
from scenarios.district import District
from scenarios.exporting import describe_delivery
from scenarios.resource_distribution.accessibility import (
    KIND,
    draw_times,
    read_even_ground,
    read_sloped_network,
)
from scenarios.school_network.walking_bands import KIND as NETWORK

_PEOPLE = ("residents", "demand", NETWORK)  # kinds of runs whose surfaces tell people per km²


@dataclass(frozen=True)
class Kind:
    """A surface by its name: what a cell holds, and in which unit."""

    title: str
    unit: str
    run_kind: str
    by_stage: bool = True
    by_year: bool = True
    averaged: bool = True


SURFACES = {
    "population-density": Kind(
        "人口密度 Residents per km²", "1/km²", "residents", by_stage=False, by_year=False
    ),
    "children-density": Kind("适龄儿童密度 Counted children per km²", "1/km²", "demand"),
    "white-spots": Kind(
        "校网空白区 Counted children beyond the service radius per km²", "1/km²", NETWORK
    ),
    "walking-time": Kind(
        "步行时间 Minutes on foot to the nearest school", "min", KIND, by_year=False
    ),
    "accessibility": Kind(
        "学位可达性 Seats within reach of a child", "seats per child", KIND, averaged=False
    ),
}


@dataclass(frozen=True, eq=False)
class SurfaceDelivery:
    """A surface ready to be written, and what is to know about it."""

    kind: Kind
    surface: Surface
    metadata: dict[str, Any]


def build_surface(
    connection: Connection,
    district: District,
    *,
    layer: str,
    stage: str | None,
    year: int,
    cell_m: float | None = None,
    crs: str | None = None,
) -> SurfaceDelivery:
    """Build a surface over the district; small counts of people are pooled before.

    Parameters
    ----------
    stage
        Needed by all but population-density.
    cell_m, crs
        By default those of the profile: its cell, its metric CRS.

    Raises
    ------
    UsageError
        When the surface is unknown, the stage is missing, or the cells are too many.
    CrsError
        When the CRS is unknown, or neither geographic nor in metres.
    RejectedDataError
        When what it rests on is not loaded or computed.
    """
    if layer not in SURFACES:
        raise UsageError(
            f"There is no surface '{layer}'.", mend=f"Use one of {', '.join(SURFACES)}."
        )
    kind = SURFACES[layer]
    if kind.by_stage and stage is None:
        raise UsageError(f"Surface {layer} is of one stage.", mend="Name it with --stage.")
    land = read_land(connection, district.id, district.profile, cell_m=cell_m, srid=read_srid(crs))
    surface = _draw(connection, district, land, layer, stage or "", year)
    metadata = describe_delivery(
        district,
        layer=layer,
        plan=district.profile.default_plan,
        stage=stage if kind.by_stage else None,
        year=year if kind.by_year else None,
        run_id=find_newest_run(connection, district_id=district.id, kind=kind.run_kind),
    )
    sloped = read_table(connection, "raster_coverage", district_id=district.id, kind=ELEVATION)
    told = _describe_grid(district, surface, kind, has_slopes=len(sloped) > 0)
    return SurfaceDelivery(kind, surface, metadata | told)


def read_srid(crs: str | None) -> int | None:
    """Return the EPSG code of a CRS that a command names, 4549 or EPSG:4549.

    Raises
    ------
    CrsError
        When it is unknown, shifted, or has no code.

    Examples
    --------
    >>> read_srid("EPSG:4490"), read_srid(None)
    (4490, None)
    """
    if crs is None:
        return None
    datum = resolve_crs(crs)
    code = datum.crs.to_epsg()
    if datum.shift is not None or code is None:
        raise CrsError(
            f"A raster cannot be written in {crs}.", mend="Name an EPSG code such as 4490 or 4549."
        )
    return int(code)


def write_delivery(delivery: SurfaceDelivery, path: Path) -> None:
    """Write a surface as a cloud-optimised GeoTIFF; the same surface gives the same bytes.

    Raises
    ------
    OutputError
        When the folder cannot be written or is full.
    """
    told = {name: str(fact) for name, fact in delivery.metadata.items() if fact not in (None, "")}
    kind = delivery.kind
    write_surface(
        delivery.surface, path, title=kind.title, unit=kind.unit, tags=told, averaged=kind.averaged
    )


def _draw(
    connection: Connection, district: District, land: Land, layer: str, stage: str, year: int
) -> Surface:
    if layer == "population-density":
        return draw_residents(connection, land)
    chosen = district.profile.get_stage(stage)
    if layer == "children-density":
        return draw_children(connection, land, stage=stage, year=year)
    if layer == "white-spots":
        return draw_white_spots(connection, land, stage=stage, year=year)
    if layer == "accessibility":
        return draw_access(connection, land, stage=stage, year=year)
    ground = read_even_ground(connection, district, [chosen])
    if not len(ground.schools[stage]):
        raise RejectedDataError(
            f"District {district.profile.code} has no school with a catchment in stage {stage}.",
            mend="Load public schools that teach the stage.",
        )
    network = read_sloped_network(connection, district, ground)
    return draw_times(ground, network, land.grid, ground.place_schools(chosen))


def _describe_grid(
    district: District, surface: Surface, kind: Kind, *, has_slopes: bool
) -> dict[str, Any]:
    profile = district.profile
    values = surface.values[np.isfinite(surface.values)]
    told: dict[str, Any] = {
        "title": kind.title,
        "unit": kind.unit,
        "crs": CRS.from_epsg(surface.grid.srid).name,
        "cells_with_value": int(values.size),
    }
    if kind.run_kind in _PEOPLE:
        told["disclosure"] = (
            f"counts under {profile.minimum_cell} are pooled and shared by dwellings"
        )
        told["people"] = round(
            float(np.nansum(surface.values * surface.grid.measure_cells_m2())) / 1e6
        )
    elif kind.unit == "min":
        told["speed_kmh"] = profile.walking.speed_kmh
        told["slopes"] = "yes" if has_slopes else "no"
    else:
        told["reach_m"] = str(profile.accessibility.reach_m)
        told["decay"] = profile.accessibility.decay
    return told
