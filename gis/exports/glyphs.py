"""Outlines of Chinese and Latin letters, for what paper needs besides set text: rims of names."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gis.exports.typesetting import find_fonts

_FILES = {False: "NotoSansCJK-Regular.ttc", True: "NotoSansCJK-Bold.ttc"}
_SIMPLIFIED = 2  # face of simplified Chinese in the collections of Noto
_PIXELS = 1000  # UNITS: of an em, the raster in which outlines are read
_MOVE, _CURVE3, _CURVE4, _CLOSE = 1, 3, 4, 79


class Glyph(NamedTuple):
    """A letter: its outline as points and codes of a path, y upwards, and its width; in em."""

    points: NDArray[np.float64]
    codes: NDArray[np.uint8]
    width_em: float


@cache
def _open_font(is_bold: bool) -> Any:
    # matplotlib takes half a second to come, and only paper needs it.
    font = import_module("matplotlib.ft2font").FT2Font
    opened = font(str(find_fonts() / _FILES[is_bold]), face_index=_SIMPLIFIED)
    opened.set_size(_PIXELS, 72)
    return opened


@cache
def _read_glyph(letter: str, is_bold: bool) -> Glyph:
    font = _open_font(is_bold)
    flags = import_module("matplotlib.ft2font").LoadFlags
    glyph = font.load_char(ord(letter), flags=flags.NO_HINTING)
    points, codes = font.get_path()
    return Glyph(points / _PIXELS, codes, glyph.linearHoriAdvance / 65536 / _PIXELS)


def measure_width_em(text: str, *, is_bold: bool = False) -> float:
    """Return how wide a line of text is set, in em.

    Raises
    ------
    OutputError
        When the font of Chinese text is not installed.

    Examples
    --------
    A Chinese letter is as wide as it is high:

    >>> measure_width_em("梧田")
    2.0
    """
    return float(sum(_read_glyph(letter, is_bold).width_em for letter in text))


@lru_cache(maxsize=8192)
def trace_text(text: str, *, is_bold: bool = False) -> str:
    """Return the outline of a line of text as an SVG path: 1000 units an em, y downwards.

    The left end of the base line lies at the origin. Names come back on every page of an atlas,
    so what was traced lately is kept.

    Examples
    --------
    >>> trace_text("一").startswith("M")
    True
    """
    parts, x = [], 0.0
    for letter in text:
        glyph = _read_glyph(letter, is_bold)
        points = np.rint(glyph.points * (_PIXELS, -_PIXELS) + (x, 0)).astype(int)
        parts.append(_write_path(points, glyph.codes))
        x += glyph.width_em * _PIXELS
    return "".join(parts)


def _write_path(points: NDArray[np.int_], codes: NDArray[np.uint8]) -> str:
    words: list[str] = []
    at = 0
    while at < len(codes):
        code = int(codes[at])
        taken = {_CURVE3: 2, _CURVE4: 3}.get(code, 1)
        if code == _CLOSE:
            words.append("Z")
        else:
            letter = {_MOVE: "M", _CURVE3: "Q", _CURVE4: "C"}.get(code, "L")
            numbers = " ".join(map(str, points[at : at + taken].ravel().tolist()))
            words.append(f"{letter}{numbers}")
        at += taken
    return "".join(words)
