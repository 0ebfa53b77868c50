"""The selected area, outlined; and while it is being picked, the pieces that a click adds."""

from __future__ import annotations

import geopandas as gpd
import pydeck
from sqlalchemy import Connection

from gis.crs import STORE_SRID
from gis.errors import UsageError
from gis.selected_areas import PICKS, Ground, build_area, parse_area, read_shapes
from layers.drawing import GROUND, OVER_ALL, build_features
from layers.features import collect_features, simplify_areas
from layers.language import msgid
from layers.palette import get_palette
from layers.scene import Features, MapLayer, Request, Scene, Sheet


def build_area_layers(scene: Scene) -> list[pydeck.Layer]:
    """Describe the area that is selected, and the pieces that can be picked."""
    accent = get_palette(scene.theme).accent
    parts = []
    if scene.area:
        parts.append(
            build_features(
                "area/chosen",
                scene.get_address("area", "plan", "stage", area=scene.area),
                get_fill_color=[*accent, 40],
                get_line_color=[*accent, 255],
                get_line_width=3,
                line_width_units="'pixels'",
                line_joint_rounded=True,
                line_billboard=True,
                parameters=GROUND,
            )
        )
    if scene.picking in PICKS:
        parts.append(
            build_features(
                "area/piece",
                scene.get_address("area_pieces", "plan", "stage", "language", pick=scene.picking),
                get_fill_color=[0, 0, 0, 1],  # not seen, but found by the pointer
                get_line_color=[*accent, 120],
                get_line_width=1,
                line_width_units="'pixels'",
                line_billboard=True,
                pickable=True,
                parameters=OVER_ALL,
            )
        )
    return parts


def read_chosen(connection: Connection, scene: Scene, request: Request) -> Features:
    """Read the area of an address as one feature.

    Raises
    ------
    UsageError, RejectedDataError
        When the address names no area.
    """
    area = build_area(connection, _find_ground(scene), parse_area(request.get("area", "")))
    frame = gpd.GeoDataFrame({"kind": ["area"]}, geometry=[area], crs=STORE_SRID)
    return collect_features(frame)


def read_pieces(connection: Connection, scene: Scene, request: Request) -> Features:
    """Read what can be picked of one kind, each with its name as its card.

    Raises
    ------
    UsageError
        When the kind cannot be picked.
    """
    pick = request.get("pick", "")
    if pick not in PICKS:
        raise UsageError(f"'{pick}' cannot be picked.", mend=f"Use one of {', '.join(PICKS)}.")
    frame = read_shapes(connection, _find_ground(scene), pick)
    areas = simplify_areas(frame["geom"].to_numpy(), scene.profile.metric_srid)
    names = [scene.language.pick(row.name_zh, row.name_en) for row in frame.itertuples()]
    shown = frame[["id"]].assign(kind=pick, card=[[["", name]] for name in names])
    return collect_features(gpd.GeoDataFrame(shown, geometry=areas, crs=frame.crs))


def _find_ground(scene: Scene) -> Ground:
    profile = scene.profile
    return Ground(scene.district_id, profile.code, profile.metric_srid, scene.plan_id, scene.stage)


LAYER = MapLayer(
    code="area",
    title=msgid("Selected area"),
    group=msgid("Answers"),
    shown=True,
    build=build_area_layers,
    build_legend=lambda _scene: [],
    sheets={
        "area": Sheet(read_chosen, ("plan", "stage"), ("area",)),
        "area_pieces": Sheet(read_pieces, ("plan", "stage", "language"), ("pick",)),
    },
)
