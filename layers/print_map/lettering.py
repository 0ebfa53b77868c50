"""Where names stand on a printed map: the more important ones first, none over another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.exports.glyphs import measure_width_em
from layers.print_map.ink import MM_PER_PT, Drawing, Lettering

Box = tuple[float, float, float, float]  # left, top, right, bottom in mm

_LEADING = 1.12  # UNITS: em
_ASCENT, _DESCENT = 0.88, 0.12  # of a Chinese letter, in em
_GAP_MM = 0.5  # between two names
# Where a name stands about its point, in order of preference: right, left, above, below, corners.
_SIDES = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 1), (-1, -1), (-1, 1))
_LEADERS_MM = (5.0, 8.0, 12.0, 17.0, 23.0)  # length of a leader, where a name must stand


@dataclass(frozen=True)
class Name:
    """A name that wants to stand on the map.

    Parameters
    ----------
    lines
        One or more lines of text.
    x_mm, y_mm
        The point that it names, or the middle of the area.
    clear_mm
        Radius of the sign at that point; nothing for an area, on whose middle the name stands.
    is_required
        Whether it is moved away and joined by a leader rather than left out.
    may_cover
        Whether a required name that finds no free place at all stands over others.
    first_is_bold
        Whether the first line alone is bold; by default all follow `is_bold`.
    """

    lines: tuple[str, ...]
    x_mm: float
    y_mm: float
    size_pt: float
    color: str
    is_bold: bool = False
    first_is_bold: bool = False
    clear_mm: float = 0.0
    is_required: bool = False
    may_cover: bool = True

    def is_bold_at(self, number: int) -> bool:
        """Whether a line is set in bold."""
        return self.is_bold or (self.first_is_bold and number == 0)

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height of all lines."""
        em = self.size_pt * MM_PER_PT
        widths = [
            measure_width_em(line, is_bold=self.is_bold_at(number))
            for number, line in enumerate(self.lines)
        ]
        return max(widths) * em, (1 + (len(self.lines) - 1) * _LEADING) * em

    def set_at(self, box: Box) -> list[Lettering]:
        """Set the lines centred in a box of :attr:`size_mm`."""
        em = self.size_pt * MM_PER_PT
        middle = (box[0] + box[2]) / 2
        told = []
        for number, line in enumerate(self.lines):
            is_bold = self.is_bold_at(number)
            width = measure_width_em(line, is_bold=is_bold) * em
            base = box[1] + (_ASCENT + number * _LEADING) * em
            told.append(
                Lettering(line, middle - width / 2, base, self.size_pt, self.color, is_bold)
            )
        return told


@dataclass(frozen=True)
class Placed:
    """A name at its place; the leader joins its point with the edge of its box."""

    name: Name
    box: Box
    leader: tuple[float, float, float, float] | None = None


def place_names(names: Sequence[Name], area: Box, obstacles: NDArray[np.float64]) -> list[Placed]:
    """Place names inside an area of paper, the most important first.

    A name that finds no room is left out, unless it is required: that one takes a leader to
    the nearest free place, and where there is none it stands where it covers least, if it may.

    Parameters
    ----------
    names
        The most important first.
    obstacles
        Boxes that must stay free, shape (n, 4).

    Examples
    --------
    Two schools at one place: the second stands on the other side.

    >>> names = [Name((text,), 50, 50, 7, "#000", clear_mm=1) for text in ("甲小学", "乙小学")]
    >>> placed = place_names(names, (0, 0, 100, 100), np.empty((0, 4)))
    >>> [one.box[0] > 50 for one in placed]
    [True, False]
    """
    taken = np.array(obstacles, dtype=float).reshape(-1, 4)
    placed: list[Placed] = []
    for name in names:
        found = _find_place(name, area, taken)
        if found is None:
            continue
        placed.append(found)
        taken = np.vstack([taken, found.box])
    return placed


def _find_place(name: Name, area: Box, taken: NDArray[np.float64]) -> Placed | None:
    boxes = _list_near(name)
    covers = [_measure_cover(box, area, taken) for box in boxes]
    for box, cover in zip(boxes, covers, strict=True):
        if cover == 0:
            return Placed(name, box)
    if not name.is_required:
        return None
    far = _list_far(name)
    covers_far = [_measure_cover(box, area, taken) for box in far]
    for box, cover in zip(far, covers_far, strict=True):
        if cover == 0:
            return Placed(name, box, _draw_leader(name, box))
    least = int(np.argmin(covers))
    if not name.may_cover or not np.isfinite(covers[least]):
        return None
    return Placed(name, boxes[least])


def _list_near(name: Name) -> list[Box]:
    width, height = name.size_mm
    if name.clear_mm:
        return [_stand(name, side, name.clear_mm + 0.4, width, height) for side in _SIDES]
    steps = (0.0, 0.6, 1.2)
    shifts = [(0.0, 0.0)]
    shifts += [(x * step * width / 2, y * step * 3 * height / 2)
               for step in steps[1:] for x, y in _SIDES]  # fmt: skip
    return [_center(name.x_mm + x, name.y_mm + y, width, height) for x, y in shifts]


def _list_far(name: Name) -> list[Box]:
    width, height = name.size_mm
    return [_stand(name, side, length, width, height) for length in _LEADERS_MM for side in _SIDES]


def _stand(name: Name, side: tuple[int, int], away: float, width: float, height: float) -> Box:
    x, y = side
    if x and y:
        away *= 0.75
    middle_x = name.x_mm + x * (away + width / 2)
    middle_y = name.y_mm + y * (away + height / 2)
    return _center(middle_x, middle_y, width, height)


def _center(x: float, y: float, width: float, height: float) -> Box:
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def _measure_cover(box: Box, area: Box, taken: NDArray[np.float64]) -> float:
    """Measure how much of what stands already a box would cover; infinite outside the area."""
    left, top, right, bottom = box
    if left < area[0] or top < area[1] or right > area[2] or bottom > area[3]:
        return float("inf")
    if not len(taken):
        return 0.0
    wide = np.minimum(taken[:, 2], right + _GAP_MM) - np.maximum(taken[:, 0], left - _GAP_MM)
    high = np.minimum(taken[:, 3], bottom + _GAP_MM / 2) - np.maximum(
        taken[:, 1], top - _GAP_MM / 2
    )
    return float((np.clip(wide, 0, None) * np.clip(high, 0, None)).sum())


def _draw_leader(name: Name, box: Box) -> tuple[float, float, float, float]:
    x = min(max(name.x_mm, box[0]), box[2])
    y = min(max(name.y_mm, box[1]), box[3])
    return name.x_mm, name.y_mm, x, y


def set_names(
    drawing: Drawing, names: Sequence[Name], obstacles: NDArray[np.float64], *, rim: str
) -> list[Placed]:
    """Place names on a drawing and set them with a rim; return those that found room."""
    area = (1.2, 1.2, drawing.width_mm - 1.2, drawing.height_mm - 1.2)
    placed = place_names(names, area, obstacles)
    leaders = [one for one in placed if one.leader is not None]
    for one in leaders:
        x1, y1, x2, y2 = one.leader or (0, 0, 0, 0)
        drawing.draw_line(x1, y1, x2, y2, rim, 0.6)
        drawing.draw_line(x1, y1, x2, y2, one.name.color, 0.15)
    lines = [line for one in placed for line in one.name.set_at(one.box)]
    drawing.letter(lines, rim=rim)
    return placed


def box_places(places: NDArray[np.float64], radius_mm: float) -> NDArray[np.float64]:
    """Return the boxes about signs; places of shape (n, 2)."""
    places = np.asarray(places, dtype=float).reshape(-1, 2)
    return np.hstack([places - radius_mm, places + radius_mm])


def box_lines(areas: NDArray[np.object_], *, apart_mm: float = 1.5) -> NDArray[np.float64]:
    """Return boxes along the outlines of areas, so that no name breaks the line; shape (n, 4).

    Examples
    --------
    A square of 3 mm has an outline of 12 mm, on which 8 boxes stand.

    >>> box_lines(np.array([shapely.box(0, 0, 3, 3)])).shape
    (8, 4)
    """
    lines = shapely.segmentize(shapely.boundary(areas), apart_mm)
    return box_places(np.unique(shapely.get_coordinates(lines), axis=0), apart_mm / 2)
