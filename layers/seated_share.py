"""Catchments tinted by how many of their children were seated at the school of their zone."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import pydeck
from sqlalchemy import Connection

from catchments.admission.kinds import name_kind
from gis.database import read_features
from gis.errors import UsageError
from layers.drawing import build_features, style_areas
from layers.expressions import step_property
from layers.features import collect_features, simplify_areas
from layers.language import is_missing, msgid
from layers.palette import get_palette, to_css
from layers.scene import Features, LegendEntry, MapLayer, Part, Request, Scene, Sheet

# UNITS: per cent of the children of the zone; lower ends of the classes.
BOUNDS_PCT = (0.0, 70.0, 85.0, 100.0)
_OPACITY = (125, 76, 34, 5)


def build_seated_share(scene: Scene) -> list[pydeck.Layer]:
    """Describe the areas, the fuller the more children found no seat."""
    palette = get_palette(scene.theme)
    levels = tuple(float(level) for level in range(len(BOUNDS_PCT)))
    colors = tuple([*palette.moved, alpha] for alpha in _OPACITY)
    return [
        build_features(
            "seated_share",
            _get_address(scene),
            get_fill_color=step_property("level", levels, colors),
            **style_areas(palette),
        )
    ]


def build_legend(scene: Scene) -> list[LegendEntry]:
    """Say what share each tint means."""
    _, color = scene.language, get_palette(scene.theme).moved
    words = [
        _("Under {high} seated", high=_.percent(BOUNDS_PCT[1], 0)),
        *(
            _("{low} to under {high}", low=_.percent(low, 0), high=_.percent(high, 0))
            for low, high in pairwise(BOUNDS_PCT[1:])
        ),
        _("All seated"),
    ]
    return [
        LegendEntry(word, to_css((*color, alpha)), "area")
        for word, alpha in zip(words, _OPACITY, strict=True)
    ]


def read_seated_share(connection: Connection, scene: Scene, _request: Request) -> Features:
    """Read the areas of the newest run; where a part is a small cell the parts are not told."""
    return _collect(_read(connection, scene, None), scene, scene.profile.minimum_cell)


def read_officer_share(connection: Connection, scene: Scene, request: Request) -> Features:
    """Read the areas of a run with all its numbers, for the officer who has it open.

    Raises
    ------
    UsageError
        When the address names no run.
    """
    return _collect(_read(connection, scene, parse_run(request)), scene, 0)


def parse_run(request: Request) -> int:
    """Return the run that an address names.

    Raises
    ------
    UsageError
        When it names none.
    """
    run = request.get("run", "")
    if not run.isdecimal():
        raise UsageError(f"'{run}' is no run.", mend="Write the number of a run.")
    return int(run)


def _read(connection: Connection, scene: Scene, run_id: int | None) -> gpd.GeoDataFrame:
    return read_features(
        connection,
        "layer_seated_share",
        district_id=scene.district_id,
        plan_id=scene.plan_id,
        stage=scene.stage,
        kind=name_kind(scene.stage, scene.year),
        run_id=run_id,
    )


def _collect(frame: gpd.GeoDataFrame, scene: Scene, least: int) -> Features:
    children = frame["children"].astype(float)
    share = 100 * frame["seated"].astype(float) / children.where(children > 0)
    # A zone without children is as quiet as one whose children are all seated. The class alone
    # travels: the very share would give small numbers away.
    level = np.searchsorted(BOUNDS_PCT, share.fillna(BOUNDS_PCT[-1]), side="right") - 1
    cards = [_build_card(row, scene, least) for row in frame.itertuples()]
    shown = frame[["id"]].assign(kind="catchment", level=level, card=cards)
    areas = simplify_areas(frame["geom"].to_numpy(), scene.profile.metric_srid)
    return collect_features(gpd.GeoDataFrame(shown, geometry=areas, crs=frame.crs))


def _build_card(row: Any, scene: Scene, least: int) -> list[list[str]]:
    _ = scene.language
    name = ["", _.pick(row.name_zh, row.name_en)]
    if is_missing(row.children):
        return [name]
    card = [name, [_("Seats"), _.number(row.seats)]]
    card.append([_("Children of the zone"), _.cell(row.children, least)])
    if any(0 < part < least for part in (row.seated, row.placed_elsewhere)):
        return card
    return [
        *card,
        [_("Seated"), _.number(row.seated)],
        [_("Placed elsewhere"), _.number(row.placed_elsewhere)],
    ]


def _get_address(scene: Scene) -> str:
    if scene.run_id is None:
        return scene.get_address("seated_share", *_PARTS)
    return scene.get_address("officer_seated_share", *_PARTS, run=scene.run_id)


_PARTS: tuple[Part, ...] = ("plan", "stage", "year", "language")
LAYER = MapLayer(
    code="seated_share",
    title=msgid("Catchments by share seated"),
    group=msgid("Answers"),
    shown=False,
    build=build_seated_share,
    build_legend=build_legend,
    sheets={
        "seated_share": Sheet(read_seated_share, _PARTS),
        "officer_seated_share": Sheet(read_officer_share, _PARTS, ("run",)),
    },
)
