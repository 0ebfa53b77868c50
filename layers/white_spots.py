"""White spots of the school network (校网空白区): children beyond the service radius, by cell."""

from __future__ import annotations

from layers.densities import describe_density
from layers.language import msgid
from layers.surfaces import draw_white_spots

LAYER = describe_density(
    "white_spots",
    msgid("White spots: children beyond the service radius"),
    group=msgid("Answers"),
    parts=("stage", "year"),
    draw=lambda connection, land, scene: draw_white_spots(
        connection, land, stage=scene.stage, year=scene.year
    ),
    get_limits=lambda profile: profile.network.white_spot_classes,
)
