"""Children of a stage and year by cell: where they live, without telling of a few."""

from __future__ import annotations

from layers.densities import describe_density
from layers.language import msgid
from layers.surfaces import draw_children

LAYER = describe_density(
    "children_density",
    msgid("Density of children"),
    group=msgid("Answers"),
    parts=("stage", "year"),
    draw=lambda connection, land, scene: draw_children(
        connection, land, stage=scene.stage, year=scene.year
    ),
    get_limits=lambda profile: profile.surfaces.children_classes,
)
