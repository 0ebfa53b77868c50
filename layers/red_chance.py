"""Catchments tinted by their chance of turning red in a year ahead."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pydeck
from sqlalchemy import Connection

from gis.database import read_features
from gis.errors import UsageError
from layers.drawing import build_features, style_areas
from layers.expressions import step_property
from layers.features import collect_features, simplify_areas
from layers.language import is_missing, msgid
from layers.palette import get_palette, to_css
from layers.scene import Features, LegendEntry, MapLayer, Part, Request, Scene, Sheet

# UNITS: per cent; lower ends of the classes above "none": hardly, possibly, likely, nearly sure.
BOUNDS_PCT = (1.0, 10.0, 50.0, 90.0)
_OPACITY = (6, 26, 62, 112, 172)
_UNKNOWN = -1


def build_red_chance(scene: Scene) -> list[pydeck.Layer]:
    """Describe the areas, the fuller the likelier they turn red."""
    palette = get_palette(scene.theme)
    levels = (float(_UNKNOWN), *(float(level) for level in range(len(_OPACITY))))
    tints = tuple([*palette.warnings["red"], alpha] for alpha in _OPACITY)
    address = scene.get_address(
        "red_chance", *_PARTS, forecast=scene.forecast_id, ahead=scene.ahead
    )
    return [
        build_features(
            "red_chance",
            address,
            get_fill_color=step_property("level", levels, (list(palette.tints["unknown"]), *tints)),
            **style_areas(palette),
        )
    ]


def build_legend(scene: Scene) -> list[LegendEntry]:
    """Say what chance each tint means."""
    _, palette = scene.language, get_palette(scene.theme)
    color = palette.warnings["red"]
    low, possible, likely, sure = (_.percent(bound, 0) for bound in BOUNDS_PCT)
    words = [
        _("Hardly any, under {high}", high=low),
        _("{low} to under {high}", low=low, high=possible),
        _("Possible, {low} to under {high}", low=possible, high=likely),
        _("Likely, {low} to under {high}", low=likely, high=sure),
        _("Nearly sure, {low} or more", low=sure),
    ]
    return [
        *(
            LegendEntry(word, to_css((*color, alpha)), "area")
            for word, alpha in zip(words[::-1], _OPACITY[::-1], strict=True)
        ),
        LegendEntry(_("Seats not stated"), to_css(palette.tints["unknown"]), "area"),
    ]


def read_red_chance(connection: Connection, scene: Scene, request: Request) -> Features:
    """Read the areas of a forecast run and year, each with its card.

    Raises
    ------
    UsageError
        When the address names no run or year.
    """
    run_id, year = (_parse(request, name) for name in ("forecast", "ahead"))
    frame = read_features(
        connection,
        "layer_red_chance",
        district_id=scene.district_id,
        plan_id=scene.plan_id,
        stage=scene.stage,
        run_id=run_id,
        year=year,
    )
    chance = frame["red_chance"].astype(float)
    level = np.searchsorted(BOUNDS_PCT, 100 * chance.fillna(0), side="right")
    shown = frame[["id"]].assign(
        kind="catchment",
        level=np.where(chance.isna(), _UNKNOWN, level),
        card=[_build_card(row, scene, year) for row in frame.itertuples()],
    )
    areas = simplify_areas(frame["geom"].to_numpy(), scene.profile.metric_srid)
    return collect_features(gpd.GeoDataFrame(shown, geometry=areas, crs=frame.crs))


def _parse(request: Request, name: str) -> int:
    word = request.get(name, "")
    if not word.isdecimal():
        raise UsageError(f"'{word}' is no {name}.", mend="Write a whole number.")
    return int(word)


def _build_card(row: Any, scene: Scene, year: int) -> list[list[str]]:
    _ = scene.language
    name = ["", _.pick(row.name_zh, row.name_en)]
    if is_missing(row.counted_children):
        return [name]
    card = [
        name,
        [_("Year"), str(year)],
        [
            _("Children"),
            f"{_.number(row.counted_children, 0)}"
            f" ({_.number(row.low_80, 0)}–{_.number(row.high_80, 0)})",
        ],
    ]
    if not is_missing(row.red_chance):
        card += [
            [_("Seats"), _.number(row.seats + row.project_seats)],
            [_("Chance of red"), _.percent(100 * row.red_chance, 0)],
        ]
    return card


_PARTS: tuple[Part, ...] = ("plan", "stage", "year", "language")
LAYER = MapLayer(
    code="red_chance",
    title=msgid("Catchments by chance of red"),
    group=msgid("Answers"),
    shown=False,
    build=build_red_chance,
    build_legend=build_legend,
    sheets={"red_chance": Sheet(read_red_chance, _PARTS, ("forecast", "ahead"))},
)
