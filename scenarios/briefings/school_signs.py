"""Schools on a printed map by what is told of them beyond chance: risen, fallen, or neither."""

from __future__ import annotations

from typing import Any

import pandas as pd

from layers.print_map import style
from layers.print_map.points import Sign, SignMap
from layers.print_map.swatches import draw_number_swatch
from layers.print_map.warnings import name_school
from scenarios.briefings.material import Material
from scenarios.briefings.sheet import LegendItem

_TOLD_MM, _WITHIN_MM = 1.9, 1.0


def draw_school_signs(material: Material, schools: pd.DataFrame, marks: dict[str, str]) -> Any:
    """Draw a disc at each school: filled and with its mark where it is told, else hollow.

    Parameters
    ----------
    schools
        school_id and state.
    marks
        State and mark of what is told: that of risen schools first, then of fallen ones.
    """
    view = material.view
    places = schools[["school_id", "state"]].merge(material.ground.schools, on="school_id")
    fills = _list_fills(marks)
    rows: Any = list(places.itertuples())
    signs = [
        Sign(
            rank=-float(row.state in marks),
            lines=name_school(row, view.language, view.profile),
            fill=fills.get(row.state, style.RIM),
            radius_mm=_TOLD_MM if row.state in marks else _WITHIN_MM,
            number=marks.get(row.state, ""),
            is_required=row.state in marks,
        )
        for row in rows
    ]
    answer = SignMap(material.ground, places, signs, name_pt=material.paper.name_pt)
    return material.compose(answer)


def build_sign_legend(
    material: Material, marks: dict[str, str], words: dict[str, str]
) -> tuple[LegendItem, ...]:
    """Build the legend of these discs, `words` by state; hollow ones last."""
    _ = material.view.language
    fills = _list_fills(marks)
    told = [
        LegendItem(draw_number_swatch(fills[state], _TOLD_MM, mark), words[state])
        for state, mark in marks.items()
    ]
    within = draw_number_swatch(style.RIM, _WITHIN_MM, "")
    return (*told, LegendItem(within, _("Within what chance brings")))


def _list_fills(marks: dict[str, str]) -> dict[str, str]:
    return dict(zip(marks, (style.RISEN, style.FALLEN), strict=True))
