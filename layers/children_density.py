"""Children of a stage and year by cell: where they live, without telling of a few."""

from __future__ import annotations

import pydeck
from sqlalchemy import Connection

from layers.language import msgid
from layers.palette import get_palette
from layers.pictures import build_class_legend, build_picture, draw_classes
from layers.scene import LegendEntry, MapLayer, Part, Picture, Scene
from layers.surfaces import draw_children, read_land

_UNIT = msgid("{n} per km²")
_CLEAR = 50  # so many times fewer than the first limit are not drawn: the rim of a bell


def build_density(scene: Scene) -> list[pydeck.Layer]:
    """Describe the picture."""
    return build_picture("children_density", scene, "children_density", *_PARTS)


def build_legend(scene: Scene) -> list[LegendEntry]:
    """Name the classes."""
    limits = scene.profile.surfaces.children_classes
    return build_class_legend(scene, get_palette(scene.theme), limits, _UNIT)


def draw_density(connection: Connection, scene: Scene) -> bytes:
    """Draw the counted children per km², small counts pooled.

    Raises
    ------
    RejectedDataError
        When nobody is counted, or so few that the picture would tell who.
    """
    land = read_land(connection, scene.district_id, scene.profile)
    surface = draw_children(connection, land, stage=scene.stage, year=scene.year)
    assert scene.bounds is not None  # there are units
    palette, limits = get_palette(scene.theme), scene.profile.surfaces.children_classes
    return draw_classes(surface, scene.bounds, palette, limits, least=limits[0] / _CLEAR)


_PARTS: tuple[Part, ...] = ("stage", "year")
LAYER = MapLayer(
    code="children_density",
    title=msgid("Density of children"),
    group=msgid("Answers"),
    shown=False,
    build=build_density,
    build_legend=build_legend,
    pictures={"children_density": Picture(draw_density, (*_PARTS, "theme"))},
)
