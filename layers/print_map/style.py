"""How things look on paper: colours, weights, patterns. The palette of the screen, in ink."""

from __future__ import annotations

from typing import Any

import numpy as np

from layers.palette import get_palette, to_css
from layers.print_map.fills import dot_areas, hatch_areas
from layers.print_map.ink import Drawing

_PALETTE = get_palette("light")

INK = to_css(_PALETTE.ink)
FAINT_INK = to_css(_PALETTE.faint_ink)
RIM = "#ffffff"
OUTSIDE = "#eeece6"  # land of others
LAND = "#fdfcfa"
WATER = to_css(_PALETTE.water)
WATER_INK = "#5d86a0"
BOUNDARY = "#3c4146"  # of the district
SUBDISTRICT = "#7d7a74"
SUBDISTRICT_DASH = "3 0.9 0.4 0.9"
CATCHMENT = "#5a6167"
ACCENT = to_css(_PALETTE.accent)
MARKS = {name: to_css(color) for name, color in _PALETTE.marks.items()}
# Widths in mm by road class, from the least important; the colour is that of the screen.
ROADS: dict[str, tuple[str, float, float]] = {  # colour, width, largest scale that shows it
    "lane": ("#d9d6ce", 0.15, 15_000),
    "local": ("#d3d0c7", 0.22, 30_000),
    "secondary": ("#cdc9be", 0.28, 110_000),
    "main": ("#c2bcae", 0.45, 400_000),
}
# The tints of warnings: apart in lightness, and each with a pattern of its own.
TINTS = {"red": "#f3b9a6", "yellow": "#fbe6b4", "none": "#fdfcfa", "unknown": "#e2e2e0"}
# Quiet tints that tell neighbours apart, alternately light and dark also on a grey print.
DIVISIONS = ("#f7efdc", "#cfdfe6", "#e6d9e4", "#d5e3cf", "#f2ddcf", "#c9cede")
SCHOOLS = {kind: to_css(color) for kind, color in _PALETTE.schools.items()}
BALANCE = to_css(_PALETTE.balance)
# Schools that rose or lie above expectation, and the others: no warnings, told by their sign.
RISEN, FALLEN = to_css(_PALETTE.sequential[-1]), BALANCE
NOT_BEGUN = "#ffffff"


def paint_states(drawing: Drawing, areas: Any, states: Any) -> None:
    """Tint areas by their warning and hatch them: lines for red, dots for yellow.

    Parameters
    ----------
    areas
        n polygons on paper.
    states
        red, yellow, none or unknown of each, shape (n,).
    """
    shapes, states = np.asarray(areas, dtype=object), np.asarray(states, dtype=object)
    for state, tint in TINTS.items():
        drawing.fill(shapes[states == state], tint)
    red = hatch_areas(shapes[states == "red"], apart_mm=1.5)
    drawing.stroke(red, MARKS["red"], 0.2, cap="butt")
    drawing.dot(dot_areas(shapes[states == "yellow"], apart_mm=2.2), "#9a6a00", 0.42)
    unknown = hatch_areas(shapes[states == "unknown"], apart_mm=1.5, angle_degrees=0)
    drawing.stroke(unknown, "#8a8a88", 0.12, dash="1.2 0.8", cap="butt")
