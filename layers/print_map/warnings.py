"""Catchments by enrolment warning on paper: tints, hatching, the seats that are short."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from catchments.profile import Profile
from layers.counts import build_count_mark
from layers.language import Language
from layers.palette import MARKS
from layers.print_map import style
from layers.print_map.background import (
    break_name,
    drawing_area,
    find_middle,
    select_seen,
    shorten_name,
)
from layers.print_map.composition import Signs
from layers.print_map.frame import Frame
from layers.print_map.ground import Ground
from layers.print_map.ink import Drawing
from layers.print_map.lettering import Name, box_lines, box_places

_RING_MM = 3.5  # the ring about a school without a catchment, with its rim
_RANK = {"red": 0, "yellow": 1, "unknown": 2, "none": 3}


class WarningMap:
    """The catchments of one stage by their warning.

    Parameters
    ----------
    counts
        school_id, school_name_zh, school_name_en, warning, shortfall_seats, surplus_seats,
        ratio_pct of one stage and year; catchments without a row count as not stated.
    focus
        Areas in metres that the map is about: outlined in the accent colour, while a veil lies
        on what is around them.
    has_others
        Whether schools without a catchment of the stage are drawn and named too.
    subject_id
        The school that the map is about: its name is never left out.
    """

    def __init__(
        self,
        ground: Ground,
        counts: pd.DataFrame,
        language: Language,
        *,
        name_pt: float,
        focus: Any = (),
        has_others: bool = False,
        subject_id: int | None = None,
    ) -> None:
        self.ground = ground
        self.areas = join_counts(ground.catchments, counts)
        self.language = language
        self.name_pt = name_pt
        self.subject_id = subject_id
        self.focus = np.asarray(focus, dtype=object)
        mine = ground.schools["school_id"].isin(self.areas["school_id"])
        self.others = ground.schools[~mine] if has_others else ground.schools[:0]

    def paint(self, drawing: Drawing, frame: Frame) -> None:
        """Tint and hatch the catchments."""
        areas = select_seen(self.areas, frame)
        style.paint_states(drawing, frame.place(areas["flat"]), areas["warning"])

    def outline(self, drawing: Drawing, frame: Frame) -> None:
        """Draw the outlines, strong ones about what carries a warning."""
        areas = select_seen(self.areas, frame)
        placed, states = frame.place(areas["flat"]), areas["warning"].to_numpy()
        drawing.stroke(placed, style.CATCHMENT, 0.2)
        for state in ("yellow", "red"):
            drawing.stroke(placed[states == state], style.MARKS[state], 0.5 * frame.line_weight)
        if len(self.focus):
            focus = frame.place(self.focus)
            drawing.veil(shapely.difference(drawing_area(frame), shapely.union_all(focus)))

    def sign(self, drawing: Drawing, frame: Frame) -> Signs:
        """Draw a dot for each catchment and list the names: red ones before all others."""
        areas = select_seen(self.areas, frame)
        points = find_points(frame, self.ground, areas)
        inside = find_inside(frame, points)
        if len(self.focus):
            focus = frame.place(self.focus)
            drawing.stroke(focus, style.RIM, 1.8)
            drawing.stroke(focus, style.ACCENT, 0.9)
        draw_dots(drawing, points[inside])
        names = self._list_names(areas, points, inside)
        further = self._draw_others(drawing, frame)
        boxes = [box_places(points[inside], 0.8)]
        boxes += [box_places(np.array([[name.x_mm, name.y_mm]]), name.clear_mm) for name in further]
        if len(self.focus):
            boxes.append(box_lines(frame.place(self.focus)))
        named = [*names, *further]
        signed = [name for name in named if name.is_required]
        return Signs(np.vstack(boxes), signed, [name for name in named if not name.is_required])

    def _draw_others(self, drawing: Drawing, frame: Frame) -> list[Name]:
        """Draw the schools of other stages and return their names."""
        schools = select_seen(self.others, frame)
        if schools.empty:
            return []
        placed = frame.place_exactly(schools["flat"])
        points = np.array([(point.x, point.y) for point in placed])
        inside = find_inside(frame, points)
        names = []
        rows: Any = schools[inside].itertuples()
        for (x, y), row in zip(points[inside], rows, strict=True):
            at = np.array([[x, y]])
            drawing.dot(at, style.RIM, 1.6)
            drawing.dot(at, style.SCHOOLS.get(row.kind, style.FAINT_INK), 1.1)
            lines = name_school(row, self.language, self.ground.profile)
            if row.school_id == self.subject_id:
                name = Name(lines, x, y, self.name_pt, style.INK, clear_mm=_RING_MM)
                names.append(replace(name, is_bold=True, is_required=True))
            else:
                names.append(Name(lines, x, y, self.name_pt - 1.0, style.FAINT_INK, clear_mm=0.7))
        return names

    def weigh(self, frame: Frame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Let red count more than yellow, and yellow more than the rest."""
        weights = self.areas["warning"].map({"red": 6.0, "yellow": 3.0}).fillna(1.0)
        return find_points(frame, self.ground, self.areas), np.asarray(weights, dtype=float)

    def _list_names(
        self, areas: pd.DataFrame, points: NDArray[np.float64], inside: NDArray[np.bool_]
    ) -> list[Name]:
        """List the names, red ones first, those that lack most before others."""
        language, profile = self.language, self.ground.profile
        ranked = areas.assign(rank=areas["warning"].map(_RANK), at=range(len(areas)))[inside]
        ranked = ranked.sort_values(
            ["rank", "shortfall_seats", "ratio_pct", "school_id"],
            ascending=[True, False, False, True],
        )
        names = []
        rows: Any = ranked.itertuples()
        for row in rows:
            lines = name_school(row, language, profile)
            is_signed = row.warning in ("red", "yellow")
            is_subject = row.school_id == self.subject_id
            if is_signed:
                lines = (*lines, build_count_mark(row, language))
            elif row.warning == "unknown":
                lines = (f"{MARKS['unknown']} {lines[0]}", *lines[1:])
            x, y = points[row.at]
            names.append(
                Name(
                    lines,
                    x,
                    y,
                    self.name_pt if is_signed or is_subject else self.name_pt - 0.7,
                    style.MARKS[row.warning] if is_signed else style.INK,
                    is_bold=row.warning == "red" or is_subject,
                    clear_mm=0.8,
                    is_required=is_signed or is_subject,
                )
            )
        return names


def join_counts(areas: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    """Put warning, shortfall, ratio and names beside each catchment."""
    columns = ["school_id", "school_name_zh", "school_name_en"]
    columns += ["warning", "shortfall_seats", "surplus_seats", "ratio_pct"]
    known = counts.dropna(subset=["school_id"])[columns].astype({"school_id": int})
    joined = areas.merge(known, on="school_id", how="left")
    return joined.assign(warning=joined["warning"].fillna("unknown"))


def name_school(row: Any, language: Language, profile: Profile) -> tuple[str, ...]:
    """Return the name of a row's school in lines, without the name of the district before it."""
    text = language.pick(row.school_name_zh, row.school_name_en)
    return break_name(shorten_name(text, (profile.name_zh, profile.name_en)))


def draw_dots(drawing: Drawing, points: NDArray[np.float64]) -> None:
    """Draw the small dots at which names stand."""
    drawing.dot(points, style.RIM, 1.7)
    drawing.dot(points, style.INK, 1.1)


def find_points(frame: Frame, ground: Ground, areas: pd.DataFrame) -> NDArray[np.float64]:
    """Find where each catchment is named: at its school, or inside where that stands outside.

    Returns
    -------
    NDArray
        Millimetres, shape (n, 2).
    """
    gates = ground.schools.set_index("school_id")["flat"]
    flat = areas["flat"].to_numpy()
    points = np.empty((len(areas), 2))
    for row, school in enumerate(areas["school_id"]):
        gate = gates.get(school)
        if gate is not None and shapely.contains(flat[row], gate):
            [at] = frame.place_exactly([gate])
            points[row] = at.x, at.y
        else:
            [placed] = frame.place_exactly([flat[row]])
            points[row] = find_middle(placed)
    return points


def find_inside(frame: Frame, points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether points lie on the paper and not at its very edge; shape (n,)."""
    x, y = points.reshape(-1, 2).T
    return (x > 1) & (y > 1) & (x < frame.width_mm - 1) & (y < frame.height_mm - 1)
