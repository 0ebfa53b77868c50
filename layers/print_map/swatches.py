"""The small pieces of a legend, drawn as the map draws the things themselves."""

from __future__ import annotations

import numpy as np
import shapely

from layers.print_map import style
from layers.print_map.ink import Drawing
from layers.print_map.points import Sign, draw_sign

_WIDTH_MM, _HEIGHT_MM = 9.0, 5.0


def _start() -> Drawing:
    return Drawing(_WIDTH_MM, _HEIGHT_MM)


def draw_state_swatch(state: str) -> Drawing:
    """Draw the tint and pattern of a warning."""
    drawing = _start()
    area = shapely.box(0.3, 0.3, _WIDTH_MM - 0.3, _HEIGHT_MM - 0.3)
    style.paint_states(drawing, [area], [state])
    strong = state in ("red", "yellow")
    drawing.stroke(
        [area], style.MARKS[state] if strong else style.CATCHMENT, 0.4 if strong else 0.2
    )
    return drawing


def draw_line_swatch(color: str, width_mm: float, *, dash: str = "") -> Drawing:
    """Draw a line."""
    drawing = _start()
    line = shapely.linestrings([(0.5, _HEIGHT_MM / 2), (_WIDTH_MM - 0.5, _HEIGHT_MM / 2)])
    drawing.stroke([line], color, width_mm, dash=dash)
    return drawing


def draw_dot_swatch(color: str, width_mm: float, *, rim: str = style.RIM) -> Drawing:
    """Draw a dot with its rim."""
    drawing = _start()
    middle = np.array([[_WIDTH_MM / 2, _HEIGHT_MM / 2]])
    drawing.dot(middle, rim, width_mm + 0.6)
    drawing.dot(middle, color, width_mm)
    return drawing


def draw_square_swatch(fill: str) -> Drawing:
    """Draw the sign of a building site."""
    drawing = _start()
    sign = Sign(0, (), fill, 1.6, "square")
    draw_sign(drawing, sign, _WIDTH_MM / 2, _HEIGHT_MM / 2)
    return drawing


def draw_number_swatch(fill: str, radius_mm: float, number: str) -> Drawing:
    """Draw a disc with the number in it."""
    drawing = _start()
    draw_sign(drawing, Sign(0, (), fill, radius_mm, number=number), _WIDTH_MM / 2, _HEIGHT_MM / 2)
    return drawing
