"""Signs at places on paper: building sites by stage, schools by what they lack."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layers.print_map import style
from layers.print_map.background import break_name
from layers.print_map.composition import Signs
from layers.print_map.frame import Frame
from layers.print_map.ground import Ground
from layers.print_map.ink import MM_PER_PT, Drawing, Lettering
from layers.print_map.lettering import Name, box_places
from layers.print_map.warnings import find_inside

_OUTLINE_MM = 0.25


@dataclass(frozen=True)
class Sign:
    """A sign at a place.

    Parameters
    ----------
    rank
        The lower, the more important; also the order in which signs lie on each other.
    lines
        Its name, which may be empty.
    radius_mm
        Half of its width; squares for sites, discs for schools.
    number
        What stands inside.
    """

    rank: float
    lines: tuple[str, ...]
    fill: str
    radius_mm: float
    shape: str = "disc"
    number: str = ""
    color: str = style.INK
    is_required: bool = False
    is_strong: bool = False


class SignMap:
    """Signs at places over the quiet ground.

    Parameters
    ----------
    places
        Column flat, points in metres; shape (n,).
    signs
        What stands at each, in the same order.
    """

    def __init__(
        self, ground: Ground, places: pd.DataFrame, signs: list[Sign], *, name_pt: float
    ) -> None:
        self.ground = ground
        self.places = places
        self.signs = signs
        self.name_pt = name_pt

    def paint(self, drawing: Drawing, frame: Frame) -> None:
        """Paint nothing: the ground is enough."""

    def outline(self, drawing: Drawing, frame: Frame) -> None:
        """Draw the boundaries of the catchments, if there are any, faintly."""
        drawing.stroke(frame.place(self.ground.catchments["flat"]), "#b9bcbd", 0.15)

    def sign(self, drawing: Drawing, frame: Frame) -> Signs:
        """Draw the signs, the most important on top, and list their names."""
        points = self._find_points(frame)
        inside = find_inside(frame, points)
        order = sorted(np.flatnonzero(inside).tolist(), key=lambda at: (-self.signs[at].rank, at))
        for at in order:
            draw_sign(drawing, self.signs[at], *points[at])
        names = [self._name(at, points[at]) for at in reversed(order) if any(self.signs[at].lines)]
        boxes = [box_places(points[at], self.signs[at].radius_mm) for at in order]
        return Signs(
            np.vstack(boxes) if boxes else np.empty((0, 4)),
            [name for name in names if name.is_required],
            [name for name in names if not name.is_required],
        )

    def weigh(self, frame: Frame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Let signs that must be named count more."""
        weights = np.array([3.0 if sign.is_required else 1.0 for sign in self.signs])
        return self._find_points(frame), weights

    def _find_points(self, frame: Frame) -> NDArray[np.float64]:
        placed = frame.place_exactly(self.places["flat"])
        return np.array([(point.x, point.y) for point in placed]).reshape(-1, 2)

    def _name(self, at: int, point: NDArray[np.float64]) -> Name:
        sign = self.signs[at]
        return Name(
            sign.lines,
            float(point[0]),
            float(point[1]),
            self.name_pt if sign.is_required else self.name_pt - 0.7,
            sign.color,
            is_bold=sign.is_strong,
            clear_mm=sign.radius_mm,
            is_required=sign.is_required,
        )


def draw_sign(drawing: Drawing, sign: Sign, x: float, y: float) -> None:
    """Draw one sign and the number in it."""
    r = sign.radius_mm
    if sign.shape == "square":
        path = f"M{x - r:.2f} {y - r:.2f}h{2 * r}v{2 * r}h{-2 * r}Z"
    else:
        path = f"M{x - r:.2f} {y:.2f}a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0 {-2 * r} 0Z"
    drawing.draw_path(path, style.RIM, stroke=style.RIM, width_mm=_OUTLINE_MM + 0.5)
    drawing.draw_path(path, sign.fill, stroke=style.INK, width_mm=_OUTLINE_MM)
    if sign.number:
        size = min(2 * r * 0.72 / MM_PER_PT, 8.0)
        told = Lettering(sign.number, 0, 0, size, style.RIM, is_bold=True)
        base = y + size * MM_PER_PT * 0.36
        drawing.letterings.append(
            Lettering(sign.number, x - told.width_mm / 2, base, size, style.RIM, is_bold=True)
        )


def break_lines(name: str, *more: str) -> tuple[str, ...]:
    """Return a name and further lines below it; empty ones are left out.

    Examples
    --------
    >>> break_lines("潘桥小学新建工程", "50%", "")
    ('潘桥小学新建工程', '50%')
    """
    return (*break_name(name), *(line for line in more if line))
