"""Residents by cell."""

from __future__ import annotations

import pydeck
from sqlalchemy import Connection

from layers.language import msgid
from layers.palette import get_palette
from layers.pictures import build_class_legend, build_picture, draw_classes
from layers.scene import LegendEntry, MapLayer, Picture, Scene
from layers.surfaces import draw_residents, read_land

_UNIT = msgid("{n} per km²")
_CLEAR = 50  # so many times fewer than the first limit are not drawn: the rim of a bell


def build_density(scene: Scene) -> list[pydeck.Layer]:
    """Describe the picture."""
    return build_picture("population_density", scene, "population_density")


def build_legend(scene: Scene) -> list[LegendEntry]:
    """Name the classes."""
    limits = scene.profile.surfaces.population_classes
    return build_class_legend(scene, get_palette(scene.theme), limits, _UNIT)


def draw_density(connection: Connection, scene: Scene) -> bytes:
    """Draw the residents per km².

    Raises
    ------
    RejectedDataError
        When no residents are counted.
    """
    surface = draw_residents(connection, read_land(connection, scene.district_id, scene.profile))
    assert scene.bounds is not None  # there are units
    palette, limits = get_palette(scene.theme), scene.profile.surfaces.population_classes
    return draw_classes(surface, scene.bounds, palette, limits, least=limits[0] / _CLEAR)


LAYER = MapLayer(
    code="population_density",
    title=msgid("Density of residents"),
    group=msgid("Ground"),
    shown=False,
    build=build_density,
    build_legend=build_legend,
    pictures={"population_density": Picture(draw_density, ("theme",))},
)
