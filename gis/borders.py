"""Which polygons of a coverage border each other, and along what length."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.coverage import Geometries, read_polygons


def measure_borders(areas: Geometries) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Measure the border that each two polygons of a coverage share.

    Polygons that touch in a point alone share none.

    Parameters
    ----------
    areas
        n polygons that share their borders vertex by vertex; empty ones border nobody.

    Returns
    -------
    pairs, length
        Positions of k pairs, shape (k, 2), each pair once, the lower position first, in order;
        lengths in units of the coordinates.

    Examples
    --------
    >>> west, east = shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)
    >>> pairs, length = measure_borders([west, east, shapely.box(1, 1, 2, 2)])
    >>> pairs.tolist(), length.tolist()
    ([[0, 1], [1, 2]], [1.0, 1.0])
    """
    polygons = read_polygons(areas)
    parts, owner = shapely.get_parts(polygons, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    places = xy[:, 0] + 1j * xy[:, 1]
    rows = np.flatnonzero(ring[1:] == ring[:-1])
    one, two = places[rows], places[rows + 1]
    holder = owner[part[ring[rows]]]
    # Numpy orders complex numbers by their real part first: each side runs from its lower end.
    low, high = np.minimum(one, two), np.maximum(one, two)
    order = np.lexsort([holder, high.imag, high.real, low.imag, low.real])
    low, high, holder = low[order], high[order], holder[order]
    is_shared = (low[1:] == low[:-1]) & (high[1:] == high[:-1]) & (holder[1:] != holder[:-1])
    at = np.flatnonzero(is_shared)
    keys, pair = np.unique(holder[at] * polygons.size + holder[at + 1], return_inverse=True)
    length = np.zeros(keys.size)
    np.add.at(length, pair, np.abs(high[at] - low[at]))
    return np.column_stack(np.divmod(keys, max(polygons.size, 1))).astype(np.int64), length
