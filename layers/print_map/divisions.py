"""The catchments themselves on paper: neighbours in different tints, with their names."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.language import Language
from layers.print_map import style
from layers.print_map.background import select_seen
from layers.print_map.composition import Signs
from layers.print_map.frame import Frame
from layers.print_map.ground import Ground
from layers.print_map.ink import Drawing
from layers.print_map.lettering import Name, box_places
from layers.print_map.warnings import draw_dots, find_inside, find_points, name_school

_TOUCH_M = 1.0  # nearer than that areas are neighbours


class DivisionMap:
    """The division of the district into the catchments of one stage."""

    def __init__(self, ground: Ground, language: Language, *, name_pt: float) -> None:
        self.ground = ground
        names = ["school_id", "school_name_zh", "school_name_en"]
        areas = ground.catchments.merge(ground.schools[names], on="school_id", how="left")
        self.areas = areas.assign(tint=choose_tints(areas["flat"].to_numpy()))
        self.language = language
        self.name_pt = name_pt

    def paint(self, drawing: Drawing, frame: Frame) -> None:
        """Tint the catchments."""
        areas = select_seen(self.areas, frame)
        placed, tints = frame.place(areas["flat"]), areas["tint"].to_numpy()
        for tint, color in enumerate(style.DIVISIONS):
            drawing.fill(placed[tints == tint], color)

    def outline(self, drawing: Drawing, frame: Frame) -> None:
        """Draw the boundaries."""
        areas = select_seen(self.areas, frame)
        drawing.stroke(frame.place(areas["flat"]), style.CATCHMENT, 0.45 * frame.line_weight)

    def sign(self, drawing: Drawing, frame: Frame) -> Signs:
        """Draw a dot for each school and list the names, those of large catchments first."""
        areas = select_seen(self.areas, frame)
        points = find_points(frame, self.ground, areas)
        inside = find_inside(frame, points)
        draw_dots(drawing, points[inside])
        order = np.argsort(-areas["area_m2"].to_numpy(), kind="stable")
        names = [
            Name(
                name_school(row, self.language, self.ground.profile),
                float(points[at][0]),
                float(points[at][1]),
                self.name_pt,
                style.INK,
                clear_mm=0.8,
                is_required=True,
                may_cover=False,
            )
            for at, row in ((at, areas.iloc[at]) for at in order)
            if inside[at]
        ]
        return Signs(box_places(points[inside], 0.8), [], names)

    def weigh(self, frame: Frame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Let every catchment count alike."""
        return find_points(frame, self.ground, self.areas), np.ones(len(self.areas))


def choose_tints(areas: NDArray[np.object_]) -> list[int]:
    """Choose a tint for each area so that neighbours differ; the same for the same areas.

    Parameters
    ----------
    areas
        n polygons in metres.

    Examples
    --------
    >>> row = np.array([shapely.box(x, 0, x + 10, 10) for x in (0, 10, 20)])
    >>> choose_tints(row)
    [0, 1, 2]
    """
    if not len(areas):
        return []
    tree = shapely.STRtree(areas)
    first, second = tree.query(areas, predicate="dwithin", distance=_TOUCH_M)
    neighbours: list[set[int]] = [set() for _ in areas]
    for one, other in zip(first.tolist(), second.tolist(), strict=True):
        if one != other:
            neighbours[one].add(other)
    tints = [-1] * len(areas)
    used = [0] * len(style.DIVISIONS)
    for at in sorted(range(len(areas)), key=lambda at: (-len(neighbours[at]), at)):
        near = {tints[other] for other in neighbours[at]}
        free = [tint for tint in range(len(style.DIVISIONS)) if tint not in near]
        tint = min(free or range(len(style.DIVISIONS)), key=lambda tint: (used[tint], tint))
        tints[at] = tint
        used[tint] += 1
    return _rename(tints)


def _rename(tints: list[int]) -> list[int]:
    """Give the tints numbers in the order in which they come."""
    order = list(dict.fromkeys(tints))
    return [order.index(tint) for tint in tints]
