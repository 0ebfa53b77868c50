"""The ground of the map: the land of the district, its boundary, its subdistricts."""

from __future__ import annotations

import geopandas as gpd
import pydeck
from sqlalchemy import Connection

from gis.database import read_features
from layers.drawing import GROUND, build_features, build_zoomed_features, style_names
from layers.features import collect_features, find_label_points, simplify_areas
from layers.language import msgid
from layers.palette import get_palette, to_css
from layers.scene import Features, LegendEntry, MapLayer, Request, Scene, Sheet

_NAMES_TO_ZOOM = 14.0  # closer, one subdistrict fills the screen


def build_land(scene: Scene) -> list[pydeck.Layer]:
    """Describe the land of the district, a little brighter than the land around it."""
    palette = get_palette(scene.theme)
    return [
        build_features(
            "land",
            scene.get_address("district"),
            get_fill_color=list(palette.district),
            get_line_color=[*palette.line, 190],
            get_line_width=1,
            line_width_units="'pixels'",
            parameters=GROUND,
            line_billboard=True,
        )
    ]


def build_subdistricts(scene: Scene) -> list[pydeck.Layer]:
    """Describe boundaries and names of the subdistricts; their land answers clicks."""
    palette = get_palette(scene.theme)
    return [
        build_features(
            "subdistricts/area",
            scene.get_address("subdistricts", "language"),
            get_fill_color=[0, 0, 0, 1],  # not seen, but found by the pointer
            get_line_color=[*palette.line, 80],
            get_line_width=2,
            line_width_units="'pixels'",
            pickable=True,
            parameters=GROUND,
            line_billboard=True,
        ),
        build_zoomed_features(
            "subdistricts/name",
            scene.get_address("subdistrict_names", "language"),
            from_zoom=0,
            to_zoom=_NAMES_TO_ZOOM,
            **style_names(
                palette, size_px=14, color=palette.faint_ink, get_text_pixel_offset=[0, 12]
            ),
        ),
    ]


def build_legend(scene: Scene) -> list[LegendEntry]:
    """Name the boundary."""
    color = to_css(get_palette(scene.theme).line)
    return [LegendEntry(scene.language("Boundary of a subdistrict"), color, "line")]


def read_district(connection: Connection, scene: Scene, _request: Request) -> Features:
    """Read the area of the district, simplified for the screen."""
    frame = read_features(connection, "layer_district", district_id=scene.district_id)
    return _collect_areas(frame[["geom"]], scene)


def read_subdistricts(connection: Connection, scene: Scene, _request: Request) -> Features:
    """Read the areas of the subdistricts, each with its card."""
    frame, _ = _read(connection, scene), scene.language
    cards = [
        [
            ["", _.pick(row.name_zh, row.name_en)],
            [_("Kind"), _.term("urban" if row.urban else "rural")],
            [_("Schools"), _.number(row.schools)],
        ]
        for row in frame.itertuples()
    ]
    return _collect_areas(frame[["id", "geom"]].assign(kind="subdistrict", card=cards), scene)


def read_names(connection: Connection, scene: Scene, _request: Request) -> Features:
    """Read the names of the subdistricts, each in the middle of its area."""
    frame = _read(connection, scene)
    points = find_label_points(frame["geom"].to_numpy(), scene.profile.metric_srid)
    names = [scene.language.pick(row.name_zh, row.name_en) for row in frame.itertuples()]
    return collect_features(gpd.GeoDataFrame({"name": names}, geometry=points, crs=frame.crs))


def _collect_areas(frame: gpd.GeoDataFrame, scene: Scene) -> Features:
    areas = simplify_areas(frame["geom"].to_numpy(), scene.profile.metric_srid)
    return collect_features(frame.set_geometry(areas, crs=frame.crs))


def _read(connection: Connection, scene: Scene) -> gpd.GeoDataFrame:
    return read_features(
        connection,
        "layer_subdistricts",
        district_id=scene.district_id,
        day=scene.profile.data_date,
    )


LAND = MapLayer(
    code="land",
    title=msgid("District"),
    group=msgid("Ground"),
    shown=True,
    build=build_land,
    build_legend=lambda _scene: [],
    sheets={"district": Sheet(read_district)},
)
LAYER = MapLayer(
    code="subdistricts",
    title=msgid("Subdistricts"),
    group=msgid("Ground"),
    shown=True,
    build=build_subdistricts,
    build_legend=build_legend,
    sheets={
        "subdistricts": Sheet(read_subdistricts, ("language",)),
        "subdistrict_names": Sheet(read_names, ("language",)),
    },
)
