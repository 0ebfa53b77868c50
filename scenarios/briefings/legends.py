"""Legends of the printed maps: the words of the screen beside the ink of the paper."""

from __future__ import annotations

import pandas as pd

from layers import catchments
from layers.palette import WARNINGS
from layers.print_map import style
from layers.print_map.swatches import (
    draw_dot_swatch,
    draw_line_swatch,
    draw_state_swatch,
)
from scenarios.briefings.material import Material
from scenarios.briefings.sheet import LegendItem


def build_warning_legend(material: Material, counts: pd.DataFrame) -> tuple[LegendItem, ...]:
    """Build the legend of the warnings with how many catchments are in each state."""
    _ = material.view.language
    found = counts.loc[counts["school_id"].notna(), "warning"].value_counts()
    entries = catchments.build_legend(material.describe_scene())
    items = []
    for state, entry in zip(WARNINGS, entries, strict=True):
        mark = f"{entry.mark} " if entry.mark else ""
        n = int(found.get(state, 0))
        if n or state in ("red", "yellow"):
            items.append(
                LegendItem(draw_state_swatch(state), f"{mark}{entry.label}  ({_.number(n)})")
            )
    return (*items, *build_ground_legend(material))


def build_ground_legend(material: Material) -> tuple[LegendItem, ...]:
    """Build the legend of the schools of catchments and of :func:`build_boundary_legend`."""
    _ = material.view.language
    school = LegendItem(draw_dot_swatch(style.INK, 1.1), _("School of the catchment"))
    return (school, *build_boundary_legend(material))


def build_boundary_legend(material: Material) -> tuple[LegendItem, ...]:
    """Build the legend of boundaries, streets and water, as far as the district has them."""
    _, ground = material.view.language, material.ground
    items = []
    if len(ground.land):
        items.append(
            LegendItem(draw_line_swatch(style.BOUNDARY, 0.65), _("Boundary of the district"))
        )
    if len(ground.subdistricts):
        swatch = draw_line_swatch(style.SUBDISTRICT, 0.4, dash=style.SUBDISTRICT_DASH)
        items.append(LegendItem(swatch, _("Boundary of a subdistrict")))
    if len(ground.catchments):
        swatch = draw_line_swatch(style.CATCHMENT, 0.2)
        items.append(LegendItem(swatch, _("Boundary of a catchment")))
    if len(ground.roads):
        items.append(LegendItem(draw_line_swatch(style.ROADS["main"][0], 0.6), _("Main street")))
    if len(ground.water):
        items.append(LegendItem(draw_line_swatch(style.WATER, 1.6), _("Water")))
    return tuple(items)
