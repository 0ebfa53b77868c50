"""The quiet part of a printed map: land, water, streets, boundaries and names of subdistricts."""

from __future__ import annotations

import textwrap
from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd
import shapely

from layers.language import Language
from layers.print_map import style
from layers.print_map.frame import Frame
from layers.print_map.ground import Ground
from layers.print_map.ink import Drawing
from layers.print_map.lettering import Name

_LONGEST_LINE = 18  # letters of a Latin name in one line


def draw_land(drawing: Drawing, frame: Frame, ground: Ground) -> None:
    """Draw the land of the district on that of its neighbours."""
    drawing.fill([drawing_area(frame)], style.OUTSIDE)
    drawing.fill(frame.place(ground.land), style.LAND)


def drawing_area(frame: Frame) -> Any:
    """Return the paper of a frame and a little more."""
    return frame.draw_area().buffer(1.0, join_style="mitre")


def draw_water_and_roads(drawing: Drawing, frame: Frame, ground: Ground) -> None:
    """Draw water, and the streets for which the scale has room."""
    drawing.fill(frame.place(ground.water["flat"]), style.WATER)
    seen = select_seen(ground.roads, frame)
    for road_class, (color, width, largest) in style.ROADS.items():
        if frame.scale <= largest:
            wide = round(width * frame.line_weight * (1.0 if frame.scale > 40_000 else 1.8), 3)
            lines = seen.loc[seen["road_class"] == road_class, "flat"].to_numpy()
            if len(lines):
                merged = shapely.line_merge(shapely.multilinestrings(lines))
                drawing.stroke(frame.place([merged]), color, wide)


def select_seen(table: pd.DataFrame, frame: Frame) -> pd.DataFrame:
    """Return the rows whose geometry may lie in the frame."""
    if table.empty:
        return table
    west, south, east, north = frame.bounds_m
    boxes = shapely.bounds(table["flat"].to_numpy())
    seen = (
        (boxes[:, 0] <= east)
        & (boxes[:, 2] >= west)
        & (boxes[:, 1] <= north)
        & (boxes[:, 3] >= south)
    )
    return table[seen]


def draw_boundaries(drawing: Drawing, frame: Frame, ground: Ground) -> None:
    """Draw the boundaries of the subdistricts, broken, and that of the district, strong."""
    weight = frame.line_weight
    drawing.stroke(
        frame.place(ground.subdistricts["flat"]),
        style.SUBDISTRICT,
        0.4 * weight,
        dash=style.SUBDISTRICT_DASH,
    )
    land = frame.place(ground.land)
    drawing.stroke(land, style.RIM, 1.6 * weight)
    drawing.stroke(land, style.BOUNDARY, 0.65 * weight)


def name_subdistricts(
    frame: Frame, ground: Ground, language: Language, *, size_pt: float = 9.0
) -> list[Name]:
    """Return the names of the subdistricts, in the middle of the part of each that is seen."""
    seen = select_seen(ground.subdistricts, frame)
    if seen.empty:
        return []
    paper = frame.draw_area()
    parts = shapely.intersection(shapely.make_valid(frame.place(seen["flat"])), paper)
    order = np.argsort(-shapely.area(parts), kind="stable")
    names = []
    for at in order:
        if shapely.area(parts[at]) < 60:  # UNITS: mm²; no name fits in less
            continue
        row = seen.iloc[at]
        x, y = find_middle(parts[at])
        text = language.pick(row["name_zh"], row["name_en"])
        lines = break_name(text)
        names.append(Name(lines, x, y, size_pt, style.FAINT_INK))
    return names


def find_middle(area: Any) -> tuple[float, float]:
    """Return the point of an area on paper that is farthest from its border."""
    parts = shapely.get_parts(area)
    polygons = [part for part in parts if part.geom_type == "Polygon"]
    if not polygons:
        return float(area.centroid.x), float(area.centroid.y)
    largest = max(polygons, key=lambda part: part.area)
    tolerance = max(float(np.sqrt(largest.area)) / 20, 0.05)
    circle = shapely.maximum_inscribed_circle(largest, tolerance=tolerance)
    point = shapely.get_point(circle, 0)
    return float(point.x), float(point.y)


def break_name(text: str) -> tuple[str, ...]:
    """Break a long Latin name into lines; a Chinese one stays whole.

    Examples
    --------
    >>> break_name("Wutian No. 1 Primary School"), break_name("梧田第一小学")
    (('Wutian No. 1', 'Primary School'), ('梧田第一小学',))
    """
    return tuple(textwrap.wrap(text, _LONGEST_LINE, break_long_words=False)) or ("",)


def shorten_name(text: str, district_names: Collection[str | None]) -> str:
    """Leave out the name of the district: all names on its map would begin with it.

    Examples
    --------
    >>> shorten_name("瓯海区实验小学", ["瓯海区", "Ouhai"])
    '实验小学'
    """
    for name in district_names:
        if name and text.startswith(name) and len(text) > len(name) + 1:
            return text.removeprefix(name).strip()
    return text
