"""The order in which a printed map is put together, the same for every answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.language import Language
from layers.print_map import style
from layers.print_map.background import (
    draw_boundaries,
    draw_land,
    draw_water_and_roads,
    name_subdistricts,
)
from layers.print_map.enlargement import choose_enlargement, embed_enlargement, find_free_corner
from layers.print_map.frame import Frame
from layers.print_map.furniture import box_array, draw_extent, draw_neat_line, draw_scale_panel
from layers.print_map.ground import Ground
from layers.print_map.ink import Drawing
from layers.print_map.lettering import Box, Name, set_names


@dataclass(frozen=True, eq=False)
class Signs:
    """What was drawn and wants its name.

    Parameters
    ----------
    boxes
        Paper that names must not cover, shape (n, 4).
    first
        Names that stand before those of the subdistricts, the most important first.
    after
        Names that stand where room is left.
    """

    boxes: NDArray[np.float64]
    first: list[Name]
    after: list[Name]


class Answer(Protocol):
    """What a map says on its ground."""

    def paint(self, drawing: Drawing, frame: Frame) -> None:
        """Paint what lies below water and streets."""

    def outline(self, drawing: Drawing, frame: Frame) -> None:
        """Draw lines that lie on water and streets, below the boundaries of subdistricts."""

    def sign(self, drawing: Drawing, frame: Frame) -> Signs:
        """Draw the signs and list the names."""

    def weigh(self, frame: Frame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return places in millimetres, shape (n, 2), and how much each matters, shape (n,)."""


def compose_map(
    ground: Ground,
    frame: Frame,
    answer: Answer,
    language: Language,
    *,
    name_pt: float,
    is_enlarged: bool = False,
) -> Drawing:
    """Put a map together: ground, answer, boundaries, names, scale, north, neat line.

    Parameters
    ----------
    name_pt
        Size of names; those of subdistricts are larger.
    is_enlarged
        Whether the crowded part is shown once more where a corner is free.
    """
    drawing = _draw_below_names(ground, frame, answer)
    inner = _enlarge(ground, frame, answer) if is_enlarged else None
    taken: list[Box] = []
    if inner is not None:
        draw_extent(drawing, frame, inner[0], style.ACCENT)
        taken.append(inner[1])
    signs = answer.sign(drawing, frame)
    focus = frame.place(ground.land if len(ground.land) else ground.catchments["flat"])
    taken.append(draw_scale_panel(drawing, frame, language, focus, taken))
    if inner is not None:
        signs = _leave_to(inner[0], frame, signs)
    places = name_subdistricts(frame, ground, language, size_pt=name_pt + 2)
    obstacles = np.vstack([signs.boxes, box_array(taken)])
    set_names(drawing, [*signs.first, *places, *signs.after], obstacles, rim=style.RIM)
    if inner is not None:
        closer = _draw_inner(ground, inner[0], answer, language, name_pt)
        title = f"{language('Enlarged')} 1 : {inner[0].scale:,.0f}"
        embed_enlargement(drawing, closer, inner[1], title)
    draw_neat_line(drawing, frame)
    return drawing


def _draw_below_names(ground: Ground, frame: Frame, answer: Answer) -> Drawing:
    drawing = Drawing(frame.width_mm, frame.height_mm)
    draw_land(drawing, frame, ground)
    answer.paint(drawing, frame)
    draw_water_and_roads(drawing, frame, ground)
    answer.outline(drawing, frame)
    draw_boundaries(drawing, frame, ground)
    return drawing


def _enlarge(ground: Ground, frame: Frame, answer: Answer) -> tuple[Frame, Box] | None:
    land = frame.place(ground.land)
    box = find_free_corner(frame, land) if len(land) else None
    if box is None:
        return None
    points, weights = answer.weigh(frame)
    chosen = choose_enlargement(frame, points, weights, box)
    return None if chosen is None else (chosen, box)


def _leave_to(inner: Frame, frame: Frame, signs: Signs) -> Signs:
    """Leave to the enlargement the names of what it shows, but for important ones that fit."""
    extent = frame.draw_extent(inner)

    def is_shown(name: Name) -> bool:
        return bool(shapely.contains_xy(extent, name.x_mm, name.y_mm))

    return Signs(
        signs.boxes,
        [replace(name, is_required=False) if is_shown(name) else name for name in signs.first],
        [name for name in signs.after if not is_shown(name)],
    )


def _draw_inner(
    ground: Ground, frame: Frame, answer: Answer, language: Language, name_pt: float
) -> Drawing:
    """Draw an enlargement: the same without scale bar and neat line of its own."""
    drawing = _draw_below_names(ground, frame, answer)
    signs = answer.sign(drawing, frame)
    places = name_subdistricts(frame, ground, language, size_pt=name_pt + 1.5)
    set_names(drawing, [*signs.first, *places, *signs.after], signs.boxes, rim=style.RIM)
    return drawing
