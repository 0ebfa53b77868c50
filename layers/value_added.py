"""Value added of schools: a disc with its sign where a school lies beside expectation.

Size and colour do not grow with the estimate: only what is beyond chance is told apart.
"""

from __future__ import annotations

from typing import Any

import pydeck
from sqlalchemy import Connection

from gis.database import read_features
from layers.drawing import OVER_ALL, build_features, style_names
from layers.features import collect_features
from layers.language import Language, msgid
from layers.palette import get_palette, to_css
from layers.scene import Features, LegendEntry, MapLayer, Request, Scene, Sheet

_SIGNS = {"above": "+", "below": "−"}
_RADIUS_PX, _WITHIN_PX = 9, 5


def build_value_added(scene: Scene) -> list[pydeck.Layer]:
    """Describe discs: filled with a sign beside expectation, hollow within it."""
    palette = get_palette(scene.theme)
    address = scene.get_address("value_added", "stage", "language", exam=scene.exam)
    above, below = [*palette.sequential[-1], 235], [*palette.balance, 235]
    return [
        build_features(
            "value_added/disc",
            address,
            point_type="'circle'",
            point_billboard=True,
            get_fill_color=f"properties.sign > 0 ? {above} : properties.sign < 0 ? {below}"
            " : [0, 0, 0, 1]",
            get_point_radius=f"properties.sign == 0 ? {_WITHIN_PX} : {_RADIUS_PX}",
            point_radius_units="'pixels'",
            get_line_color=f"properties.sign == 0 ? {[*palette.demand, 220]} : "
            f"{[*palette.halo, 255]}",
            get_line_width=1.5,
            line_width_units="'pixels'",
            pickable=True,
            parameters=OVER_ALL,
        ),
        build_features(
            "value_added/sign",
            address,
            **style_names(palette, size_px=14, color=palette.halo) | {"text_outline_width": 0},
        ),
    ]


def build_legend(scene: Scene) -> list[LegendEntry]:
    """Say what the discs mean."""
    palette, _ = get_palette(scene.theme), scene.language
    return [
        LegendEntry(
            _("Above expectation, beyond chance"), to_css(palette.sequential[-1]), "dot", "+"
        ),
        LegendEntry(_("Below expectation, beyond chance"), to_css(palette.balance), "dot", "−"),
        LegendEntry(_("Within what chance brings"), to_css(palette.demand), "ring"),
    ]


def read_value_added(connection: Connection, scene: Scene, request: Request) -> Features:
    """Read one point a school that is told in a paper of the stage, with estimate and interval."""
    rows = read_features(
        connection,
        "layer_value_added",
        district_id=scene.district_id,
        stage=scene.stage,
        exam=request.get("exam", ""),
    )
    discs = rows[["id", "geom"]].assign(
        kind="school",
        sign=rows["state"].map({"above": 1, "below": -1}).fillna(0).astype(int),
        name=rows["state"].map(_SIGNS).fillna(""),
        card=[_build_card(row, scene.language) for row in rows.itertuples()],
    )
    # Hollow discs first, so that those that are told apart lie on top.
    order = discs["sign"].abs().sort_values(kind="stable").index
    return collect_features(discs.loc[order])


def _build_card(row: Any, language: Language) -> list[list[str]]:
    _ = language
    low, high = (_.signed(end, 1) for end in (row.value_added_low, row.value_added_high))
    told = _(
        "{value} ({low} to {high})", value=_.signed(row.value_added_points, 1), low=low, high=high
    )
    return [
        ["", _.pick(row.name_zh, row.name_en)],
        [_("Paper"), _.pick(row.paper_name_zh, row.paper_name_en)],
        [_("Value added"), told],
    ]


LAYER = MapLayer(
    code="value_added",
    title=msgid("Value added of schools"),
    group=msgid("Answers"),
    shown=False,
    build=build_value_added,
    build_legend=build_legend,
    sheets={"value_added": Sheet(read_value_added, ("stage", "language"), ("exam",))},
)
