"""The lie of the land: how slopes slow a walk, and how they look in the light.

SOURCE: Tobler (1993), NCGIA report 93-1: on a slope s one walks 6·exp(−3.5·|s + 0.05|) km/h. Only
the shape is taken, the speed on the flat is a setting.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gis.network import Network
from gis.rasters import Numbers, Surface, sample_surface
from gis.shortest_paths import FAR

_STEEPNESS, _LEAN = 3.5, 0.05


def measure_pace(slope: ArrayLike) -> Numbers:
    """Measure how many times longer a metre takes than on the flat, there and back.

    A way to school is a way home too: what is slow up is quicker down, and the mean of both is
    the same in either direction.

    Parameters
    ----------
    slope
        Rise by run; its sign does not matter.

    Examples
    --------
    Up one in five takes exp(3.5·0.2) = 2.01 times as long, down exp(3.5·0.1) = 1.42 times.

    >>> measure_pace([0.0, 0.2, -0.2]).round(3).tolist()
    [1.0, 1.716, 1.716]
    """
    rise = np.asarray(slope, dtype=np.float64)
    up, down = (np.exp(_STEEPNESS * (np.abs(way + _LEAN) - _LEAN)) for way in (rise, -rise))
    return (up + down) / 2


def slow_slopes(network: Network, elevation: Surface) -> Network:
    """Lengthen every edge to what one walks on the flat in the same time.

    The ground is read at each end and about once a cell between them. Where the elevation is
    not known the edge stays as long as it is.

    Parameters
    ----------
    network
        In the CRS of `elevation`.
    elevation
        Metres above the sea, metric CRS.

    Examples
    --------
    >>> import shapely
    >>> from gis.network import build_network
    >>> from gis.rasters import CellGrid
    >>> street = build_network([shapely.LineString([(5, 5), (15, 5)])])
    >>> hill = Surface(CellGrid(4549, 0.0, 10.0, 10.0, 10.0, 2, 1), np.array([[0.0, 2.0]]))
    >>> slow_slopes(street, hill).length_cm.tolist()
    [1716]
    """
    ends, cell_m = network.ends, min(elevation.grid.width, elevation.grid.height)
    pieces = np.maximum(np.ceil(network.length_cm / 100.0 / cell_m), 1).astype(np.int64)
    edge = np.repeat(np.arange(pieces.size), pieces)
    first = np.cumsum(pieces) - pieces
    at = np.arange(edge.size) - first[edge]
    run_m = network.length_cm[edge] / 100.0 / pieces[edge]
    heights = [_read_height(elevation, ends[edge], (at + step) / pieces[edge]) for step in (0, 1)]
    pace = np.nan_to_num(measure_pace((heights[1] - heights[0]) / run_m), nan=1.0)
    mean = np.bincount(edge, weights=pace, minlength=pieces.size) / pieces
    longer = np.minimum(np.rint(network.length_cm * mean), FAR)
    return replace(network, length_cm=np.maximum(longer, 1).astype(np.int32))


def _read_height(elevation: Surface, ends: Numbers, share: Numbers) -> Numbers:
    x = ends[:, 0] + share * (ends[:, 2] - ends[:, 0])
    y = ends[:, 1] + share * (ends[:, 3] - ends[:, 1])
    return sample_surface(elevation, x, y)


def shade_hills(elevation: Surface, *, sun_deg: float = 315.0, height_deg: float = 45.0) -> Numbers:
    """Shade the ground as a low sun would: 1 faces it, 0 turns away; flat ground is in between.

    SOURCE: Horn (1981), Proceedings of the IEEE 69: slopes over the eight neighbours.

    Parameters
    ----------
    elevation
        In a metric CRS.
    sun_deg, height_deg
        Where the sun stands, clockwise from north, and how high.

    Returns
    -------
    Numbers
        Shape (rows, columns), NaN beside cells without a value.

    Examples
    --------
    >>> from gis.rasters import CellGrid
    >>> flat = Surface(CellGrid(4549, 0.0, 30.0, 10.0, 10.0, 3, 3), np.zeros((3, 3)))
    >>> shade_hills(flat)[1, 1].round(3)  # the sine of 45°
    np.float64(0.707)
    """
    z = np.pad(elevation.values, 1, mode="edge")
    west, east = _weigh(z[:, :-2], axis=0), _weigh(z[:, 2:], axis=0)
    north, south = _weigh(z[:-2, :], axis=1), _weigh(z[2:, :], axis=1)
    rise_east = (east - west) / (8 * elevation.grid.width)
    rise_north = (north - south) / (8 * elevation.grid.height)
    sun, height = np.radians(sun_deg), np.radians(height_deg)
    facing = np.sin(height) - np.cos(height) * (rise_east * np.sin(sun) + rise_north * np.cos(sun))
    lit: NDArray[np.float64] = np.clip(facing / np.hypot(np.hypot(rise_east, rise_north), 1), 0, 1)
    return lit


def _weigh(z: Numbers, *, axis: int) -> Numbers:
    """Sum three neighbours along an axis, the middle one twice."""
    if axis == 0:
        return z[:-2] + 2 * z[1:-1] + z[2:]
    return z[:, :-2] + 2 * z[:, 1:-1] + z[:, 2:]
