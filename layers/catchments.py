"""Catchments tinted by their enrolment warning, with a mark that says it without colour."""

from __future__ import annotations

import geopandas as gpd
import pydeck
import shapely
from sqlalchemy import Connection

from gis.database import read_features
from layers.counts import build_count_card, build_count_mark
from layers.drawing import GROUND, build_features, style_names
from layers.expressions import match_property
from layers.features import collect_features, find_label_points, simplify_areas
from layers.language import msgid
from layers.palette import MARKS, WARNINGS, get_palette, to_css
from layers.scene import Features, LegendEntry, MapLayer, Part, Request, Scene, Sheet


def build_catchments(scene: Scene) -> list[pydeck.Layer]:
    """Describe tinted areas, their outlines, and a mark in those that carry a warning."""
    palette = get_palette(scene.theme)
    areas = scene.get_address("catchments", "plan", "stage", "year", "language")
    marks = scene.get_address("catchment_marks", "plan", "stage", "year", "language")
    return [
        build_features(
            "catchments/fill",
            areas,
            get_fill_color=match_property("warning", palette.tints, palette.tints["none"]),
            get_line_color=[*palette.faint_ink, 230]
            if scene.is_compared
            else [*palette.catchment_line, 150],
            get_line_width=1.8 if scene.is_compared else 1,
            line_width_units="'pixels'",
            pickable=True,
            parameters=GROUND,
            line_billboard=True,
        ),
        build_features(
            "catchments/mark",
            marks,
            **style_names(
                palette,
                size_px=13,
                color=palette.ink,
                get_text_anchor="'start'",
                get_text_pixel_offset=[12, -10],
            )
            | {"get_text_color": match_property("warning", palette.marks, palette.ink)},
        ),
    ]


def build_legend(scene: Scene) -> list[LegendEntry]:
    """Say what each tint means, with the bounds of the district's rule."""
    palette, _ = get_palette(scene.theme), scene.language
    rule = scene.profile.warning
    yellow, red = _.number(rule.yellow_from_pct), _.number(rule.red_from_pct)
    words = {
        "red": _("Red: {red} children or more per 100 seats", red=red),
        "yellow": _("Yellow: from {yellow} to below {red}", yellow=yellow, red=red),
        "none": _("No warning"),
        "unknown": _("Seats not stated"),
    }
    return [
        LegendEntry(words[name], to_css(palette.tints[name]), "area", MARKS[name])
        for name in WARNINGS
    ]


def read_catchments(connection: Connection, scene: Scene, _request: Request) -> Features:
    """Read the areas, simplified for the screen, each with its card."""
    frame = _read(connection, scene)
    areas = simplify_areas(frame["geom"].to_numpy(), scene.profile.metric_srid)
    cards = [
        build_count_card(row, scene.language, scene.language.pick(row.name_zh, row.name_en))
        for row in frame.itertuples()
    ]
    shown = frame[["id", "warning"]].assign(kind="catchment", card=cards)
    return collect_features(gpd.GeoDataFrame(shown, geometry=areas, crs=frame.crs))


def read_marks(connection: Connection, scene: Scene, _request: Request) -> Features:
    """Read one point for each catchment that carries a mark: at its school, beside the columns.

    Where the school lies outside its own catchment the mark stands inside, far from the border.
    """
    frame = _read(connection, scene)
    names = [build_count_mark(row, scene.language) for row in frame.itertuples()]
    marked = frame.assign(name=names)
    marked = marked[marked["name"] != ""]
    areas = marked["geom"].to_numpy()
    points = shapely.points(marked["gate_longitude"], marked["gate_latitude"])
    outside = ~shapely.contains(areas, points)
    points[outside] = find_label_points(areas[outside], scene.profile.metric_srid)
    return collect_features(
        gpd.GeoDataFrame(marked[["warning", "name"]], geometry=points, crs=frame.crs)
    )


def _read(connection: Connection, scene: Scene) -> gpd.GeoDataFrame:
    return read_features(
        connection,
        "layer_catchments",
        district_id=scene.district_id,
        plan_id=scene.plan_id,
        stage=scene.stage,
        year=scene.year,
    )


_PARTS: tuple[Part, ...] = ("plan", "stage", "year", "language")
LAYER = MapLayer(
    code="catchments",
    title=msgid("Catchments by enrolment warning"),
    group=msgid("Answers"),
    shown=True,
    build=build_catchments,
    build_legend=build_legend,
    sheets={
        "catchments": Sheet(read_catchments, _PARTS),
        "catchment_marks": Sheet(read_marks, _PARTS),
    },
)
