"""Hatching and dots: what tells areas apart on a grey print and without colour vision."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray


def hatch_areas(areas: Any, *, apart_mm: float, angle_degrees: float = 45.0) -> Any:
    """Draw parallel lines inside areas; one pattern runs through all of them.

    Parameters
    ----------
    areas
        n polygons on paper, in millimetres.
    apart_mm
        From line to line, measured across them.

    Returns
    -------
    Array of lines.

    Examples
    --------
    Level lines 1 mm apart in a square of 4 mm: three of them, and the two edges.

    >>> lines = hatch_areas([shapely.box(0, 0, 4, 4)], apart_mm=1, angle_degrees=0)
    >>> sorted(set(shapely.get_coordinates(lines)[:, 1].tolist()))
    [0.0, 1.0, 2.0, 3.0, 4.0]
    """
    shapes = _clean(areas)
    if not len(shapes):
        return shapes
    west, south, east, north = shapely.total_bounds(shapes)
    angle = math.radians(angle_degrees)
    along = np.array([math.cos(angle), -math.sin(angle)])
    across = np.array([math.sin(angle), math.cos(angle)])
    corners = np.array([[west, south], [west, north], [east, south], [east, north]])
    first, last = np.array([corners @ across]).min(), (corners @ across).max()
    # Counted from the corner of the paper, so that neighbours share the pattern.
    steps = np.arange(math.ceil(first / apart_mm), math.floor(last / apart_mm) + 1) * apart_mm
    reach = np.array([(corners @ along).min() - 1, (corners @ along).max() + 1])
    ends = steps[:, None, None] * across + reach[:, None] * along
    lines = shapely.multilinestrings(shapely.linestrings(ends))
    return shapely.intersection(shapes, lines)


def dot_areas(areas: Any, *, apart_mm: float) -> NDArray[np.float64]:
    """Set dots inside areas in a pattern like that of a five on a die; shape (n, 2).

    Examples
    --------
    >>> len(dot_areas([shapely.box(0.5, 0.5, 4.5, 4.5)], apart_mm=2))
    8
    """
    shapes = _clean(areas)
    if not len(shapes):
        return np.empty((0, 2))
    west, south, east, north = shapely.total_bounds(shapes)
    half = apart_mm / 2
    columns = np.arange(math.floor(west / half), math.ceil(east / half) + 1)
    rows = np.arange(math.floor(south / half), math.ceil(north / half) + 1)
    x, y = (grid.ravel() for grid in np.meshgrid(columns, rows))
    places = np.column_stack([x, y])[(x + y) % 2 == 0] * half
    union = shapely.union_all(shapes)
    shapely.prepare(union)
    return places[shapely.contains_xy(union, places[:, 0], places[:, 1])]


def _clean(areas: Any) -> NDArray[np.object_]:
    """Mend what cutting off at the frame has left crossing itself."""
    shapes = np.asarray(areas, dtype=object)
    shapes = shapes[~shapely.is_empty(shapes)] if len(shapes) else shapes
    return np.asarray(shapely.make_valid(shapes), dtype=object)
