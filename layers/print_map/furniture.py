"""What every map needs to be read: neat line, graticule, scale bar, north, extent of an inset."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.language import Language
from layers.print_map.frame import Frame, choose_bar_m, find_ticks, write_degrees
from layers.print_map.ink import MM_PER_PT, Drawing, Lettering
from layers.print_map.lettering import Box
from layers.print_map.style import FAINT_INK, INK, RIM

_SMALL_PT = 6.0
_BAR_HIGH_MM = 1.3
_PANEL = (58.0, 16.0)  # UNITS: mm; ground of scale bar and north arrow
RIM_MM = 4.0  # outside the neat line, for degrees


def draw_neat_line(drawing: Drawing, frame: Frame) -> None:
    """Draw the frame with ticks at round meridians and parallels, and their degrees outside."""
    for tick in find_ticks(frame):
        at, length = tick.at_mm, 1.6
        text = write_degrees(tick.degrees, is_latitude=tick.edge in ("left", "right"))
        lettering = Lettering(text, 0, 0, _SMALL_PT, FAINT_INK)
        half = lettering.width_mm / 2
        width, height = frame.width_mm, frame.height_mm
        line, x, y, turned = {
            "top": ((at, 0, at, length), at - half, -1.1, False),
            "bottom": ((at, height - length, at, height), at - half, height + 2.7, False),
            "left": ((0, at, length, at), -1.1, at + half, True),
            "right": ((width - length, at, width, at), width + 2.7, at + half, True),
        }[tick.edge]
        drawing.draw_line(*line, INK, 0.2)
        drawing.letterings.append(Lettering(text, x, y, _SMALL_PT, FAINT_INK, turned=turned))
    edge = f"M0 0H{frame.width_mm:.2f}V{frame.height_mm:.2f}H0Z"
    drawing.draw_path(edge, "none", stroke=INK, width_mm=0.7)  # half of it lies outside


def draw_scale_panel(
    drawing: Drawing, frame: Frame, language: Language, focus: Any, taken: list[Box]
) -> Box:
    """Draw scale bar and north arrow in the corner where least of the focus lies; return its box.

    Parameters
    ----------
    focus
        Areas on paper that should stay free.
    taken
        Boxes of corners that hold something already.
    """
    width, height = _PANEL
    box = choose_corner(frame, width, height, focus, taken)
    left, top = box[0], box[1]
    path = f"M{left:.2f} {top:.2f}h{width}v{height}h{-width}Z"
    drawing.draw_path(path, RIM, stroke=FAINT_INK, width_mm=0.12)
    _draw_bar(drawing, frame, left + 14, top + 7.4)
    _draw_north(drawing, frame, language, left + 6.5, top + 1.6)
    return box


def choose_corner(frame: Frame, width: float, height: float, focus: Any, taken: list[Box]) -> Box:
    """Return the corner of that size in which least of the focus lies."""
    away = 2.5
    right, low = frame.width_mm - away - width, frame.height_mm - away - height
    corners = [(away, low), (right, low), (away, away), (right, away)]
    shapes = shapely.make_valid(np.asarray(focus, dtype=object))
    boxes = [(x, y, x + width, y + height) for x, y in corners]

    def measure(box: Box) -> float:
        rectangle = shapely.box(*box)
        if any(shapely.box(*other).intersects(rectangle) for other in taken):
            return math.inf
        return float(shapely.area(shapely.intersection(shapes, rectangle)).sum())

    return min(boxes, key=measure)


def _draw_bar(drawing: Drawing, frame: Frame, left: float, top: float) -> None:
    length_m, parts = choose_bar_m(frame, longest_mm=38)
    part = length_m / parts / frame.metres_per_mm
    for number in range(parts):
        x = left + number * part
        path = f"M{x:.3f} {top:.2f}h{part:.3f}v{_BAR_HIGH_MM}h{-part:.3f}Z"
        drawing.draw_path(path, RIM if number % 2 else INK, stroke=INK, width_mm=0.12)
    unit, divisor = ("km", 1000) if length_m >= 1000 else ("m", 1)
    told = [(0, "0"), (parts // 2, ""), (parts, "")]
    for number, text in told:
        metres = length_m * number / parts / divisor
        words = text or f"{metres:g}" + (f" {unit}" if number == parts else "")
        if parts % 2 and number == parts // 2:
            continue
        digits = words.removesuffix(f" {unit}")
        half = Lettering(digits, 0, 0, _SMALL_PT).width_mm / 2
        place = (left + number * part - half, top + _BAR_HIGH_MM + 2.4)
        drawing.letterings.append(Lettering(words, *place, _SMALL_PT, INK))
    scale = f"1 : {frame.scale:,.0f}"
    drawing.letterings.append(Lettering(scale, left, top - 1.5, 8.0, INK, is_bold=True))


def _draw_north(
    drawing: Drawing, frame: Frame, language: Language, middle: float, top: float
) -> None:
    """Draw an arrow to the grid's north, and say how far true north is from it."""
    high, half = 6.2, 1.9
    tip = top + 2.9
    left = f"M{middle} {tip}L{middle - half} {tip + high}L{middle} {tip + high - 1.6}Z"
    right = f"M{middle} {tip}L{middle + half} {tip + high}L{middle} {tip + high - 1.6}Z"
    drawing.draw_path(left, INK, stroke=INK, width_mm=0.12)
    drawing.draw_path(right, RIM, stroke=INK, width_mm=0.12)
    letter = language("N")
    width = Lettering(letter, 0, 0, 7.5, is_bold=True).width_mm
    drawing.letterings.append(
        Lettering(letter, middle - width / 2, top + 2.2, 7.5, INK, is_bold=True)
    )
    degrees = frame.measure_convergence_degrees()
    minutes = round(abs(degrees) * 60)
    told = f"{minutes // 60}°{minutes % 60:02}′"
    if degrees < 0:
        words = language("grid north; true north {angle} west of it", angle=told)
    else:
        words = language("grid north; true north {angle} east of it", angle=told)
    drawing.letterings.append(Lettering(words, middle + 7.5, top + 13.0, 5.2, FAINT_INK))


def draw_extent(drawing: Drawing, frame: Frame, other: Frame, color: str) -> None:
    """Draw what another frame shows as a rectangle; a small one gets a ring to be found."""
    extent = frame.draw_extent(other)
    drawing.stroke([extent], RIM, 0.9)
    drawing.stroke([extent], color, 0.45)
    left, top, right, bottom = extent.bounds
    if max(right - left, bottom - top) < 3:
        drawing.stroke([extent.centroid.buffer(3.2)], color, 0.3)


def line_height_mm(size_pt: float) -> float:
    """Return the height of a line of text.

    Examples
    --------
    >>> round(line_height_mm(10), 2)
    3.53
    """
    return size_pt * MM_PER_PT


def box_array(boxes: list[Box]) -> NDArray[np.float64]:
    """Return boxes as an array of shape (n, 4)."""
    return np.array(boxes, dtype=float).reshape(-1, 4)
