"""Seats within reach of a child, planning unit by planning unit."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pydeck
from sqlalchemy import Connection

from gis.database import read_features
from layers.drawing import GROUND, build_features
from layers.expressions import step_property
from layers.features import collect_features, simplify_areas
from layers.language import is_missing, msgid
from layers.palette import get_palette
from layers.pictures import build_class_legend, choose_colors
from layers.scene import Features, LegendEntry, MapLayer, Part, Request, Scene, Sheet

_OPACITY = 195


def build_access(scene: Scene) -> list[pydeck.Layer]:
    """Describe the units, the darker the more seats are within reach."""
    palette, limits = get_palette(scene.theme), scene.profile.surfaces.access_classes
    colors = tuple([*color, _OPACITY] for color in choose_colors(palette, limits))
    return [
        build_features(
            "accessibility",
            scene.get_address("accessibility", *_PARTS),
            get_fill_color=step_property("level", tuple(range(len(colors))), colors),
            get_line_color=[*palette.district, 70],
            get_line_width=0.6,
            line_width_units="'pixels'",
            pickable=True,
            parameters=GROUND,
            line_billboard=True,
        )
    ]


def build_legend(scene: Scene) -> list[LegendEntry]:
    """Name the classes."""
    limits = scene.profile.surfaces.access_classes
    return build_class_legend(scene, get_palette(scene.theme), limits, msgid("{n} per child"))


def read_access(connection: Connection, scene: Scene, _request: Request) -> Features:
    """Read the units of a stage and year, each with its card."""
    frame = read_features(
        connection,
        "export_accessibility",
        district_id=scene.district_id,
        stage=scene.stage,
        year=scene.year,
    )
    limits = scene.profile.surfaces.access_classes
    shown = frame[["code"]].assign(
        level=np.searchsorted(limits, frame["seats_per_child"].to_numpy(float), side="right"),
        card=[_build_card(row, scene) for row in frame.itertuples()],
    )
    areas = simplify_areas(frame["geom"].to_numpy(), scene.profile.metric_srid)
    return collect_features(gpd.GeoDataFrame(shown, geometry=areas, crs=frame.crs))


def _build_card(row: Any, scene: Scene) -> list[list[str]]:
    _ = scene.language
    card = [
        ["", row.name_zh or row.planning_unit_code],
        [_("Seats within reach of a child"), _.number(row.seats_per_child, 2)],
    ]
    if is_missing(row.nearest_walk_m):
        return [*card, [_("Nearest school"), _("None on foot")]]
    school = _.pick(row.nearest_school_zh, row.nearest_school_en)
    walk = _("{n} m on foot", n=_.number(row.nearest_walk_m))
    return [*card, [_("Nearest school"), school], [_("Way to it"), walk]]


_PARTS: tuple[Part, ...] = ("stage", "year", "language")
LAYER = MapLayer(
    code="accessibility",
    title=msgid("Seats within reach"),
    group=msgid("Answers"),
    shown=False,
    build=build_access,
    build_legend=build_legend,
    sheets={"accessibility": Sheet(read_access, _PARTS)},
)
