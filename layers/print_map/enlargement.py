"""Where a map of the whole district needs a second look: the crowded part at a larger scale."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.print_map.frame import Frame, choose_scale
from layers.print_map.ink import Drawing, Lettering
from layers.print_map.lettering import Box
from layers.print_map.style import ACCENT, INK, RIM

_TIMES = (4.0, 3.5, 3.0, 2.6, 2.2, 2.0, 1.8)  # how much larger, in order of preference
_LEAST_SHARES = (
    0.5,
    0.3,
)  # of the weight, that an enlargement must show; the second rather than none
_SHAPES = ((0.56, 0.46), (0.52, 0.42), (0.48, 0.38), (0.44, 0.34), (0.40, 0.30), (0.34, 0.28))
_FEWEST = 8  # places; a map of fewer has room for all of them
_AWAY_MM = 3.0
_TITLE_MM = 4.6


def find_free_corner(frame: Frame, land: NDArray[np.object_]) -> Box | None:
    """Find the largest corner of a map in which no land of the district lies, if there is one."""
    shapes = shapely.make_valid(land)
    for wide, high in _SHAPES:
        width, height = frame.width_mm * wide, frame.height_mm * high
        right = frame.width_mm - _AWAY_MM - width
        low = frame.height_mm - _AWAY_MM - height
        for x, y in ((right, _AWAY_MM), (_AWAY_MM, low), (_AWAY_MM, _AWAY_MM), (right, low)):
            box = (x, y, x + width, y + height)
            if not shapely.intersects(shapes, shapely.box(*box).buffer(1.5)).any():
                return box
    return None


def choose_enlargement(
    frame: Frame, points: NDArray[np.float64], weights: NDArray[np.float64], box: Box
) -> Frame | None:
    """Choose the ground for an enlargement that fills a box of the map.

    It lies where most of the weight is, at the largest scale that still shows more than half;
    where none does, at the smallest that shows enough to be worth it.

    Parameters
    ----------
    points
        Places in millimetres of `frame`, shape (n, 2).
    weights
        How much each matters, shape (n,).

    Returns
    -------
    Frame
        Nothing when there is too little to enlarge.
    """
    if len(points) < _FEWEST or not weights.sum():
        return None
    width, height = box[2] - box[0], box[3] - box[1] - _TITLE_MM
    tries = [(times, _LEAST_SHARES[0]) for times in _TIMES]
    for times, share in (*tries, (_TIMES[-2], _LEAST_SHARES[1])):
        scale = choose_scale(frame.scale / times)
        half = np.array([width, height]) * scale / frame.scale / 2
        room = half * 0.9  # names at the edge want some room
        apart = np.abs(points[:, None] - points[None])
        inside: NDArray[np.bool_] = np.all(apart <= room, axis=2)
        sums = inside @ weights
        best = int(np.argmax(sums))
        if sums[best] < share * weights.sum():
            continue
        # Moved so that what it shows lies in the middle.
        chosen = points[inside[best]]
        x, y = (chosen.min(axis=0) + chosen.max(axis=0)) / 2
        metres = frame.metres_per_mm
        return Frame(
            frame.west_m + (x - half[0]) * metres,
            frame.north_m - (y - half[1]) * metres,
            scale,
            width,
            height,
            frame.metric_srid,
        )
    return None


def embed_enlargement(drawing: Drawing, inner: Drawing, box: Box, title: str) -> None:
    """Set an enlargement into its box of the map, below a line with its title."""
    left, top, right, bottom = box
    outline = f"M{left:.2f} {top:.2f}H{right:.2f}V{bottom:.2f}H{left:.2f}Z"
    drawing.draw_path(outline, RIM, stroke=ACCENT, width_mm=0.45)
    drawing.letterings.append(Lettering(title, left + 1.8, top + 3.3, 7.0, INK, is_bold=True))
    drawing.embed(inner, left, top + _TITLE_MM)
    drawing.draw_path(outline, "none", stroke=ACCENT, width_mm=0.45)
