"""Which names fit on the map at which zoom: the more important ones first, none over another."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_TILE_PX = 512
_PITCH = 0.7  # ASSUMPTION: a tilted camera squeezes the map to about this share of its height


def measure_pixel_m(latitude: float, zoom: float) -> float:
    """Return the metres on the ground under one pixel of the map.

    Examples
    --------
    >>> round(measure_pixel_m(28.0, 12), 1)
    16.9
    """
    return float(40_075_016.7 * np.cos(np.radians(latitude)) / (_TILE_PX * 2**zoom))


def measure_width_px(name: str, size_px: float) -> float:
    """Return about how wide a name is: a Chinese character is square, a Latin one half of it.

    Examples
    --------
    >>> measure_width_px("梧田", 12), round(measure_width_px("Wutian", 12), 1)
    (24.0, 41.8)
    """
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in name)
    return size_px * (wide + 0.58 * (len(name) - wide))


def find_first_zooms(
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    names: Sequence[str],
    *,
    zooms: Sequence[int],
    size_px: float,
) -> NDArray[np.int_]:
    """Return for each name the first of the `zooms` at which it finds room; the last has all.

    Parameters
    ----------
    lon, lat
        Degrees, shape (n,), the most important name first.
    zooms
        Rising; a name shown at one is shown at all higher ones.

    Examples
    --------
    Two schools 100 m apart, and one far away:

    >>> lon, lat = np.array([120.600, 120.601, 120.7]), np.array([28.0, 28.0, 28.0])
    >>> find_first_zooms(lon, lat, ["甲小学", "乙小学", "丙小学"], zooms=[12, 14, 16], size_px=12)
    array([12, 16, 12])
    """
    angle = np.radians(lat)
    x = _TILE_PX * (lon / 360 + 0.5)
    y = _TILE_PX * (0.5 - np.arcsinh(np.tan(angle)) / (2 * np.pi)) * _PITCH
    width = np.array([measure_width_px(name, size_px) for name in names])
    first = np.full(len(names), zooms[-1])
    shown = np.zeros(len(names), dtype=bool)
    for zoom in zooms[:-1]:
        for row in np.flatnonzero(~shown):
            apart_x = np.abs(x[shown] - x[row]) * 2**zoom
            apart_y = np.abs(y[shown] - y[row]) * 2**zoom
            meets = (apart_x < (width[shown] + width[row]) / 2 + 6) & (apart_y < 2.2 * size_px)
            if not meets.any():
                shown[row] = True
                first[row] = zoom
    return first
