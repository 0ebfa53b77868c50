"""A drawing on paper: areas, lines, dots and lettering as SVG and set text, in millimetres."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.exports.glyphs import measure_width_em, trace_text

MM_PER_PT = 25.4 / 72
_DIGITS = 2  # UNITS: of a millimetre


@dataclass(frozen=True)
class Lettering:
    """One line of text at its place; the page sets it, so that it can be searched and copied.

    Parameters
    ----------
    x_mm, y_mm
        Left end of the base line, from the upper left corner of the drawing.
    turned
        Whether it runs upwards.
    """

    text: str
    x_mm: float
    y_mm: float
    size_pt: float
    color: str = "#262a2e"
    is_bold: bool = False
    turned: bool = False

    @property
    def width_mm(self) -> float:
        """Width of the line."""
        return measure_width_em(self.text, is_bold=self.is_bold) * self.size_pt * MM_PER_PT


@dataclass
class Drawing:
    """What is drawn on a rectangle of paper, from the ground up."""

    width_mm: float
    height_mm: float
    letterings: list[Lettering] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)

    def fill(self, areas: Any, color: str) -> None:
        """Fill areas with one colour."""
        if d := write_path(areas):
            self._parts.append(f'<path d="{d}" fill="{color}" fill-rule="evenodd"/>')

    def veil(self, areas: Any) -> None:
        """Make what lies below areas paler."""
        if d := write_path(areas):
            self._parts.append(
                f'<path d="{d}" fill="#ffffff" fill-opacity="0.5" fill-rule="evenodd"/>'
            )

    def stroke(
        self, lines: Any, color: str, width_mm: float, *, dash: str = "", cap: str = "round"
    ) -> None:
        """Draw lines, or the outlines of areas."""
        if d := write_path(lines):
            dashed = f' stroke-dasharray="{dash}"' if dash else ""
            self._parts.append(
                f'<path d="{d}" fill="none" stroke="{color}" stroke-width="{width_mm}"'
                f' stroke-linejoin="round" stroke-linecap="{cap}"{dashed}/>'
            )

    def draw_line(
        self, x1: float, y1: float, x2: float, y2: float, color: str, width_mm: float
    ) -> None:
        """Draw one straight line."""
        self._parts.append(
            f'<path d="M{x1:.2f} {y1:.2f}L{x2:.2f} {y2:.2f}" fill="none" stroke="{color}"'
            f' stroke-width="{width_mm}" stroke-linecap="butt"/>'
        )

    def draw_path(self, d: str, fill: str, *, stroke: str = "none", width_mm: float = 0) -> None:
        """Draw a path that is written already: signs, arrows, bars."""
        self._parts.append(
            f'<path d="{d}" fill="{fill}" stroke="{stroke}" stroke-width="{width_mm}"'
            f' stroke-linejoin="round"/>'
        )

    def dot(self, places: NDArray[np.float64], color: str, width_mm: float) -> None:
        """Draw round dots; places of shape (n, 2)."""
        if len(places):
            # A line of no length with round ends is the shortest way to say a dot.
            d = "".join(f"M{x:.2f} {y:.2f}h.001" for x, y in places)
            self._parts.append(
                f'<path d="{d}" fill="none" stroke="{color}" stroke-width="{width_mm}"'
                f' stroke-linecap="round"/>'
            )

    def rim(self, letterings: list[Lettering], color: str, width_mm: float) -> None:
        """Draw the rim of text, so that it can be read on any ground."""
        for one in letterings:
            scale = one.size_pt * MM_PER_PT / 1000
            self._parts.append(
                f'<path d="{trace_text(one.text, is_bold=one.is_bold)}" fill="{color}"'
                f' stroke="{color}" stroke-width="{width_mm / scale:.0f}" stroke-linejoin="round"'
                f' transform="translate({one.x_mm:.2f} {one.y_mm:.2f}) scale({scale:.6f})"/>'
            )

    def letter(self, letterings: list[Lettering], *, rim: str | None = None) -> None:
        """Set lines of text, each with a rim of that colour."""
        if rim is not None:
            self.rim(letterings, rim, 0.7)
        self.letterings.extend(letterings)

    def embed(self, inner: Drawing, x_mm: float, y_mm: float) -> None:
        """Set another drawing on this one, cut off at its edges; what is below stays unseen."""
        name = f"inner{len(self._parts)}"
        edge = f'<rect width="{inner.width_mm:.2f}" height="{inner.height_mm:.2f}"/>'
        self._parts.append(
            f'<clipPath id="{name}">{edge}</clipPath>'
            f'<g transform="translate({x_mm:.2f} {y_mm:.2f})"><g clip-path="url(#{name})">'
            f"{''.join(inner._parts)}</g></g>"
        )
        right, low = x_mm + inner.width_mm, y_mm + inner.height_mm
        self.letterings = [
            one for one in self.letterings
            if not (x_mm <= one.x_mm <= right and y_mm <= one.y_mm <= low)
        ]  # fmt: skip
        self.letterings += [
            replace(one, x_mm=one.x_mm + x_mm, y_mm=one.y_mm + y_mm) for one in inner.letterings
        ]

    def write_svg(self) -> str:
        """Return the drawing as SVG, cut off at its edges; the text is no part of it."""
        size = f'width="{self.width_mm:.2f}mm" height="{self.height_mm:.2f}mm"'
        box = f"0 0 {self.width_mm:.2f} {self.height_mm:.2f}"
        edge = f'<rect width="{self.width_mm:.2f}" height="{self.height_mm:.2f}"/>'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="{box}">'
            f'<clipPath id="edge">{edge}</clipPath><g clip-path="url(#edge)">'
            f"{''.join(self._parts)}</g></svg>"
        )


def write_path(geometries: Any) -> str:
    """Write lines and areas as the commands of an SVG path; points are left out.

    Examples
    --------
    >>> write_path([shapely.box(0, 0, 2, 1)])
    'M2 0L2 1L0 1L0 0Z'
    >>> write_path([shapely.LineString([(0, 0), (1, 2.346), (3, 3)])])
    'M0 0L1 2.35L3 3'
    """
    rings, lines = [], []
    for part in shapely.get_parts(np.atleast_1d(np.asarray(geometries, dtype=object)).ravel()):
        if part is None or part.is_empty:
            continue
        for piece in shapely.get_parts(part):
            if piece.geom_type == "Polygon":
                rings.append(piece)
            elif piece.geom_type in ("LineString", "LinearRing"):
                lines.append(piece)
    told = [_write(text, "Z") for text in shapely.to_wkt(rings, rounding_precision=_DIGITS)]
    told += [_write(text, "") for text in shapely.to_wkt(lines, rounding_precision=_DIGITS)]
    return "".join(told)


def _write(wkt: str, end: str) -> str:
    """Turn ``POLYGON ((2 0, 2 1, 2 0), (…))`` into ``M2 0L2 1Z M…``; a ring closes itself."""
    parts = re.findall(r"\(([^()]+)\)", wkt)
    told = []
    for part in parts:
        corners = part.split(", ")
        told.append("M" + "L".join(corners[:-1] if end else corners) + end)
    return "".join(told)
