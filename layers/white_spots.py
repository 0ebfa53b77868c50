"""White spots of the school network (校网空白区): children beyond the service radius, by cell."""

from __future__ import annotations

import pydeck
from sqlalchemy import Connection

from layers.language import msgid
from layers.palette import get_palette
from layers.pictures import build_class_legend, build_picture, draw_classes
from layers.scene import LegendEntry, MapLayer, Part, Picture, Scene
from layers.surfaces import draw_white_spots, read_land

_UNIT = msgid("{n} per km²")
_CLEAR = 50  # so many times fewer than the first limit are not drawn: the rim of a bell


def build_spots(scene: Scene) -> list[pydeck.Layer]:
    """Describe the picture."""
    return build_picture("white_spots", scene, "white_spots", *_PARTS)


def build_legend(scene: Scene) -> list[LegendEntry]:
    """Name the classes; ground within the radius is clear."""
    limits = scene.profile.network.white_spot_classes
    return build_class_legend(scene, get_palette(scene.theme), limits, _UNIT)


def draw_spots(connection: Connection, scene: Scene) -> bytes:
    """Draw the counted children per km² beyond the radius, small counts pooled.

    Raises
    ------
    RejectedDataError
        When walks are not measured, nobody is counted, or so few that the picture would tell who.
    """
    land = read_land(connection, scene.district_id, scene.profile)
    surface = draw_white_spots(connection, land, stage=scene.stage, year=scene.year)
    assert scene.bounds is not None  # there are units
    palette, limits = get_palette(scene.theme), scene.profile.network.white_spot_classes
    return draw_classes(surface, scene.bounds, palette, limits, least=limits[0] / _CLEAR)


_PARTS: tuple[Part, ...] = ("stage", "year")
LAYER = MapLayer(
    code="white_spots",
    title=msgid("White spots: children beyond the service radius"),
    group=msgid("Answers"),
    shown=False,
    build=build_spots,
    build_legend=build_legend,
    pictures={"white_spots": Picture(draw_spots, (*_PARTS, "theme"))},
)
