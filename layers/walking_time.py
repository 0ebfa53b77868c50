"""Minutes on foot from everywhere to the nearest school of a stage, along the streets."""

from __future__ import annotations

import pydeck
from sqlalchemy import Connection

from gis.errors import RejectedDataError
from layers.language import msgid
from layers.palette import get_palette, to_css
from layers.pictures import build_class_legend, build_picture, draw_classes
from layers.scene import LegendEntry, MapLayer, Picture, Scene
from layers.surfaces import read_walking_times


def build_times(scene: Scene) -> list[pydeck.Layer]:
    """Describe the picture."""
    return build_picture("walking_time", scene, "walking_time", "stage")


def build_legend(scene: Scene) -> list[LegendEntry]:
    """Name the classes."""
    _, palette, rules = scene.language, get_palette(scene.theme), scene.profile.surfaces
    beyond = _("More than {n} min, or no way", n=_.number(rules.most_walk_min))
    return [
        LegendEntry(beyond, to_css(palette.district), "area"),
        *build_class_legend(scene, palette, rules.walk_classes_min, msgid("{n} min")),
    ]


def draw_times(connection: Connection, scene: Scene) -> bytes:
    """Draw the stored minutes.

    Raises
    ------
    RejectedDataError
        When they were not computed for the stage.
    """
    surface = read_walking_times(connection, scene.district_id, scene.stage)
    if surface is None or scene.bounds is None:
        raise RejectedDataError(
            f"Walking times of stage {scene.stage} are not computed.",
            mend="Load roads, and set `accessibility.reach_m` of the stage in the profile.",
        )
    limits = scene.profile.surfaces.walk_classes_min
    return draw_classes(surface, scene.bounds, get_palette(scene.theme), limits)


LAYER = MapLayer(
    code="walking_time",
    title=msgid("Walking time to the nearest school"),
    group=msgid("Answers"),
    shown=False,
    build=build_times,
    build_legend=build_legend,
    pictures={"walking_time": Picture(draw_times, ("stage", "theme"))},
)
