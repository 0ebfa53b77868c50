"""Residents by cell."""

from __future__ import annotations

from layers.densities import describe_density
from layers.language import msgid
from layers.surfaces import draw_residents

LAYER = describe_density(
    "population_density",
    msgid("Density of residents"),
    group=msgid("Ground"),
    parts=(),
    draw=lambda connection, land, _scene: draw_residents(connection, land),
    get_limits=lambda profile: profile.surfaces.population_classes,
)
