"""Layers of people per square kilometre: one way to describe, name and draw them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pydeck
from sqlalchemy import Connection

from catchments.profile import Profile
from gis.rasters import Surface
from layers.language import msgid
from layers.palette import get_palette
from layers.pictures import build_class_legend, build_picture, draw_classes
from layers.scene import LegendEntry, MapLayer, Part, Picture, Scene
from layers.surfaces import Land, read_land

_UNIT = msgid("{n} per km²")
_CLEAR = 50  # so many times fewer than the first limit are not drawn: the rim of a bell


def describe_density(
    code: str,
    title: str,
    *,
    group: str,
    parts: tuple[Part, ...],
    draw: Callable[[Connection, Land, Scene], Surface],
    get_limits: Callable[[Profile], Sequence[float]],
) -> MapLayer:
    """Describe a layer that shows people per km² in classes.

    Parameters
    ----------
    parts
        What of the scene the picture depends on, the theme aside.
    draw
        Draws the surface; refuses (RejectedDataError) where there is nothing to draw.
    get_limits
        Limits of the classes; the ground far below the first stays clear.
    """

    def build(scene: Scene) -> list[pydeck.Layer]:
        return build_picture(code, scene, code, *parts)

    def build_legend(scene: Scene) -> list[LegendEntry]:
        return build_class_legend(scene, get_palette(scene.theme), get_limits(scene.profile), _UNIT)

    def paint(connection: Connection, scene: Scene) -> bytes:
        surface = draw(connection, read_land(connection, scene.district_id, scene.profile), scene)
        assert scene.bounds is not None  # there are units
        limits = get_limits(scene.profile)
        palette = get_palette(scene.theme)
        return draw_classes(surface, scene.bounds, palette, limits, least=limits[0] / _CLEAR)

    return MapLayer(
        code=code,
        title=title,
        group=group,
        shown=False,
        build=build,
        build_legend=build_legend,
        pictures={code: Picture(paint, (*parts, "theme"))},
    )
