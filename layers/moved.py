"""Planning units that two plans give to different schools; drawn while plans are compared."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pydeck
from sqlalchemy import Connection

from gis.database import read_features
from layers.drawing import GROUND, build_features
from layers.features import collect_features, simplify_areas
from layers.language import msgid
from layers.palette import get_palette, to_css
from layers.scene import Features, LegendEntry, MapLayer, Part, Request, Scene, Sheet


def build_moved(scene: Scene) -> list[pydeck.Layer]:
    """Describe the moved units, the fuller the more children they have."""
    if scene.against is None:
        return []
    palette = get_palette(scene.theme)
    return [
        build_features(
            "moved/unit",
            scene.get_address("moved", *_PARTS),
            get_fill_color=f"properties.lived_in ? {[*palette.moved, 120]} : "
            f"{[*palette.moved, 45]}",
            get_line_color=[*palette.moved, 210],
            get_line_width=1.2,
            line_width_units="'pixels'",
            pickable=True,
            parameters=GROUND,
            line_billboard=True,
        )
    ]


def build_legend(scene: Scene) -> list[LegendEntry]:
    """Say what the tints mean."""
    color, _ = get_palette(scene.theme).moved, scene.language
    return [
        LegendEntry(_("Unit that changes its school"), to_css((*color, 150)), "area"),
        LegendEntry(_("The same, without children"), to_css((*color, 50)), "area"),
    ]


def read_moved(connection: Connection, scene: Scene, _request: Request) -> Features:
    """Read the moved units, each with its schools and children; small counts are hidden."""
    frame = read_features(
        connection,
        "compare_units",
        district_id=scene.district_id,
        plan_id=scene.plan_id,
        against_id=scene.against_id,
        stage=scene.stage,
        year=scene.year,
    )
    areas = simplify_areas(frame["geom"].to_numpy(), scene.profile.metric_srid)
    cards = [_build_card(row, scene) for row in frame.itertuples()]
    shown = frame[["id"]].assign(card=cards, lived_in=frame["children"] > 0)
    return collect_features(gpd.GeoDataFrame(shown, geometry=areas, crs=frame.crs))


def _build_card(row: Any, scene: Scene) -> list[list[str]]:
    _ = scene.language
    return [
        ["", row.name_zh or row.code],
        [_("School now"), _.pick(row.before_name_zh, row.before_name_en)],
        [_("School then"), _.pick(row.after_name_zh, row.after_name_en)],
        [
            _("Children of {year}", year=scene.year),
            _.cell(row.children, scene.profile.minimum_cell),
        ],
    ]


_PARTS: tuple[Part, ...] = ("plan", "stage", "year", "language", "against")
LAYER = MapLayer(
    code="moved",
    title=msgid("Moved units"),
    group=msgid("Answers"),
    shown=True,
    build=build_moved,
    build_legend=build_legend,
    sheets={"moved": Sheet(read_moved, _PARTS)},
)
