"""The small map that says where in the district a sheet is."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from layers.language import Language
from layers.print_map import style
from layers.print_map.background import drawing_area, name_subdistricts
from layers.print_map.frame import Frame, fit_frame
from layers.print_map.ground import Ground
from layers.print_map.ink import Drawing
from layers.print_map.lettering import set_names

_SEEN_MM2 = 4.0  # a smaller area is found only by a ring


def draw_locator(
    ground: Ground, size_mm: tuple[float, float], shown: Frame, focus: Any, language: Language
) -> Drawing | None:
    """Draw the district with the extent of a map and the area it is about.

    Parameters
    ----------
    shown
        Frame of the sheet's map.
    focus
        Areas or places in metres; may be empty.

    Returns
    -------
    Drawing
        Nothing where the district has no bounds.
    """
    bounds = ground.get_bounds()
    if bounds is None:
        return None
    frame = fit_frame(bounds, *size_mm, ground.profile.metric_srid, margin=0.03)
    key = (size_mm, language.code)
    if key not in ground.drawn:
        ground.drawn[key] = _draw_district(ground, frame, language)
    drawing = Drawing(*size_mm)
    drawing.embed(ground.drawn[key], 0, 0)
    placed = frame.place_exactly(np.asarray(focus, dtype=object))
    drawing.fill(placed, style.ACCENT)
    if shapely.area(placed).sum() < _SEEN_MM2 and len(placed):
        ring = shapely.union_all(placed).centroid.buffer(2.2)
        drawing.stroke([ring], style.ACCENT, 0.5)
    drawing.stroke([frame.draw_extent(shown)], style.INK, 0.25)
    edge = f"M0 0H{size_mm[0]}V{size_mm[1]}H0Z"
    drawing.draw_path(edge, "none", stroke=style.INK, width_mm=0.4)
    return drawing


def _draw_district(ground: Ground, frame: Frame, language: Language) -> Drawing:
    """Draw the district with its subdistricts and their names."""
    drawing = Drawing(frame.width_mm, frame.height_mm)
    drawing.fill([drawing_area(frame)], style.OUTSIDE)
    land = frame.place(ground.land if len(ground.land) else ground.catchments["flat"])
    drawing.fill(land, style.LAND)
    drawing.stroke(frame.place(ground.subdistricts["flat"]), style.SUBDISTRICT, 0.12)
    drawing.stroke(frame.place(ground.land), style.BOUNDARY, 0.3)
    names = name_subdistricts(frame, ground, language, size_pt=4.6)
    set_names(drawing, names, np.empty((0, 4)), rim=style.RIM)
    return drawing
