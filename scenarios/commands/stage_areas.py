"""Areas of one stage written to a file without making a plan: walking bands, walking catchments."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd

from catchments.profile import Stage
from gis.access import Role
from gis.database import Database
from gis.errors import UsageError
from gis.exports.vector import write_features
from scenarios.district import District
from scenarios.exporting import describe_delivery
from scenarios.school_network.instance import Ground, read_ground
from scenarios.school_network.isochrones import draw_stage_isochrones
from scenarios.school_network.walking_areas import draw_stage_areas

BANDS, AREAS = "isochrones", "walking-areas"


@dataclass(frozen=True)
class AreasAsked:
    """Which areas of a stage are to be drawn into which file."""

    layer: str
    stage: str
    out: Path

    def __post_init__(self) -> None:
        check_format(self.out)


def check_format(path: Path) -> str:
    """Return the format that the name of a file of areas stands for.

    Raises
    ------
    UsageError
        When it names none.
    """
    kind = path.suffix.lower().lstrip(".")
    if kind not in {"geojson", "gpkg"}:
        raise UsageError(f"{path} names no format of areas.", mend="Use .geojson or .gpkg.")
    return kind


def write_stage_areas(database: Database, district: District, asked: AreasAsked) -> dict[str, Any]:
    """Draw the areas and write them; return what is told of them."""
    stage = district.profile.get_stage(asked.stage)
    with database.begin(Role.PLANNER) as connection:
        ground = read_ground(connection, district, [stage])
    features, known = (_draw_bands if asked.layer == BANDS else _draw_areas)(ground, stage)
    facts = {**describe_delivery(district, layer=asked.layer, stage=stage.code), **known}
    write_features(
        features,
        asked.out,
        kind=check_format(asked.out),
        layer=asked.layer,
        metadata=facts,
        coverage_by="stage",
    )
    return {"file": str(asked.out), "features": len(features), **facts}


def _draw_bands(ground: Ground, stage: Stage) -> tuple[gpd.GeoDataFrame, dict[str, Any]]:
    bands = draw_stage_isochrones(ground, stage)
    known = {"radius_m": stage.radius_m, "beyond_radius_pct": bands.beyond_radius_pct}
    return bands.features, known


def _draw_areas(ground: Ground, stage: Stage) -> tuple[gpd.GeoDataFrame, dict[str, Any]]:
    areas = draw_stage_areas(ground, stage)
    return areas.features, {"cut_units": areas.cut_units, "left_out": list(areas.left_out)}
