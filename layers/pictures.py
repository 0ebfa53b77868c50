"""Pictures of grids: values put into classes, coloured, and laid where the browser draws them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

import numpy as np
import pydeck
from numpy.typing import NDArray

from gis.rasters import CellGrid, Surface, warp_surface
from layers.drawing import GROUND
from layers.palette import Palette, Rgb, to_css
from layers.scene import Bounds, LegendEntry, Part, Scene

MERCATOR_SRID = 3857
_EARTH_M = 6378137.0  # radius of Web Mercator
_PIXELS = 1200  # longer side of a picture
_OPACITY = 195

Colors = NDArray[np.uint8]


def build_picture(id: str, scene: Scene, name: str, *parts: Part) -> list[pydeck.Layer]:
    """Describe a picture over the bounds of the district; nothing for a district without land."""
    if scene.bounds is None:
        return []
    address = scene.get_address(name, *parts, "theme", ending="png")
    return [
        pydeck.Layer(
            "BitmapLayer",
            None,
            id=id,
            image=f"'{address}'",
            bounds=list(scene.bounds),
            parameters=GROUND,
            pickable=False,
        )
    ]


def choose_colors(palette: Palette, limits: Sequence[float]) -> list[Rgb]:
    """Choose a colour for each class: the ends of the ramp and even steps between.

    Examples
    --------
    >>> from layers.palette import get_palette
    >>> ramp = get_palette("light").sequential
    >>> choose_colors(get_palette("light"), [5, 10]) == [ramp[0], ramp[2], ramp[5]]
    True
    """
    last = len(palette.sequential) - 1
    return [palette.sequential[round(at * last / len(limits))] for at in range(len(limits) + 1)]


def build_class_legend(
    scene: Scene, palette: Palette, limits: Sequence[float], unit: str
) -> list[LegendEntry]:
    """Name the classes, the highest first.

    Parameters
    ----------
    unit
        Msgid of a number with its unit, such as ``{n} min``.
    """
    _ = scene.language
    decimals = 0 if all(limit == int(limit) for limit in limits) else 1
    plain = [_.number(limit, decimals) for limit in limits]
    named = [_(unit, n=number) for number in plain]
    words = [_("Under {high}", high=named[0])]
    words += [
        _("{low} to under {high}", low=low, high=high)
        for low, high in zip(plain[:-1], named[1:], strict=True)
    ]
    words.append(_("{low} or more", low=named[-1]))
    colors = choose_colors(palette, limits)
    return [
        LegendEntry(word, to_css((*color, _OPACITY)), "area")
        for word, color in zip(words[::-1], colors[::-1], strict=True)
    ]


def draw_classes(
    surface: Surface,
    bounds: Bounds,
    palette: Palette,
    limits: Sequence[float],
    *,
    least: float = 0.0,
) -> bytes:
    """Draw a surface in the colours of its classes, as PNG; a value at a limit lies above it.

    Parameters
    ----------
    least
        Cells below it stay clear, like those without a value.
    """
    values = warp_surface(surface, lay_pixels(bounds)).values
    is_seen = np.isfinite(values) & (values >= least)
    classes = np.where(is_seen, 1 + np.searchsorted(limits, values, side="right"), 0)
    colors = [(0, 0, 0, 0), *((*color, _OPACITY) for color in choose_colors(palette, limits))]
    return encode_png(classes.astype(np.uint8), np.array(colors, dtype=np.uint8))


def lay_pixels(bounds: Bounds) -> CellGrid:
    """Lay the pixels of a picture over bounds in degrees: even steps of Web Mercator.

    Examples
    --------
    >>> grid = lay_pixels((120.0, 27.0, 121.0, 28.0))
    >>> grid.columns, grid.rows
    (1064, 1200)
    """
    degrees = np.radians(np.array(bounds).reshape(2, 2))
    x = _EARTH_M * degrees[:, 0]
    y = _EARTH_M * np.log(np.tan(np.pi / 4 + degrees[:, 1] / 2))
    side = max(np.ptp(x), np.ptp(y)) / _PIXELS
    columns, rows = max(round(np.ptp(x) / side), 1), max(round(np.ptp(y) / side), 1)
    width, height = float(np.ptp(x) / columns), float(np.ptp(y) / rows)
    return CellGrid(MERCATOR_SRID, float(x[0]), float(y[1]), width, height, columns, rows)


def encode_png(classes: NDArray[np.uint8], colors: Colors) -> bytes:
    r"""Write a picture of at most 256 colours as PNG; the same picture gives the same bytes.

    SOURCE: Portable Network Graphics, ISO/IEC 15948: colour type 3, PLTE and tRNS.

    Parameters
    ----------
    classes
        Row of `colors` for each pixel, shape (rows, columns).
    colors
        Red, green, blue and opacity, shape (n, 4).

    Examples
    --------
    >>> encode_png(np.zeros((1, 1), np.uint8), np.zeros((1, 4), np.uint8))[:8]
    b'\x89PNG\r\n\x1a\n'
    """
    rows, columns = classes.shape
    lines = np.pad(classes, ((0, 0), (1, 0)))  # each line begins with its filter: none
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", columns, rows, 8, 3, 0, 0, 0)),
        (b"PLTE", np.ascontiguousarray(colors[:, :3]).tobytes()),
        (b"tRNS", np.ascontiguousarray(colors[:, 3]).tobytes()),
        (b"IDAT", zlib.compress(lines.tobytes(), 6)),
        (b"IEND", b""),
    )
    written = b"".join(
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", _check(name, content))
        for name, content in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + written


def _check(name: bytes, content: bytes) -> int:
    return zlib.crc32(name + content)
