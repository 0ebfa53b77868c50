"""Hot and cold spots: rings about schools that lie among others like or unlike them."""

from __future__ import annotations

from typing import Any

import pydeck
from sqlalchemy import Connection

from catchments.profile import Indicator, Profile
from gis.database import read_features
from layers.balance import find_balance_stage, find_indicator
from layers.drawing import OVER_ALL, build_features
from layers.expressions import match_property
from layers.features import collect_features
from layers.language import Language, msgid
from layers.palette import Palette, Rgb, get_palette, to_css
from layers.scene import Features, LegendEntry, MapLayer, Request, Scene, Sheet

_RADIUS_PX, _WIDTH_PX = 13.0, 4.0
CLUSTERS = {
    "high_high": msgid("Hot spot: much among much"),
    "low_low": msgid("Cold spot: little among little"),
    "high_low": msgid("Much among little"),
    "low_high": msgid("Little among much"),
}


def choose_indicator(profile: Profile, code: str | None) -> Indicator | None:
    """Return the chosen indicator, else the first; nothing where the profile has none."""
    return find_indicator(profile, code) or next(iter(profile.balance.indicators), None)


def list_colors(palette: Palette) -> dict[str, Rgb]:
    """Return the colour of each cluster: two hues, and for the unlike ones their paler sisters."""
    return {
        "high_high": palette.construction[1],
        "low_low": palette.schools["vocational"],
        "high_low": palette.construction[0],
        "low_high": palette.schools["kindergarten"],
    }


def build_spots(scene: Scene) -> list[pydeck.Layer]:
    """Describe the rings."""
    palette = get_palette(scene.theme)
    colors = {code: [*color, 235] for code, color in list_colors(palette).items()}
    return [
        build_features(
            "balance_spots/ring",
            scene.get_address(
                "balance_spots", "stage", "language", indicator=scene.indicator or ""
            ),
            point_type="'circle'",
            point_billboard=True,
            filled=False,
            get_point_radius=_RADIUS_PX,
            point_radius_units="'pixels'",
            get_line_color=match_property("cluster", colors, [0, 0, 0, 0]),
            get_line_width=_WIDTH_PX,
            line_width_units="'pixels'",
            pickable=True,
            parameters=OVER_ALL,
        )
    ]


def build_legend(scene: Scene) -> list[LegendEntry]:
    """Name the rings, and the indicator they are about."""
    _, colors = scene.language, list_colors(get_palette(scene.theme))
    indicator = choose_indicator(scene.profile, scene.indicator)
    about = _.name(indicator) if indicator else ""
    return [
        LegendEntry(
            _("{indicator}: {cluster}", indicator=about, cluster=_(words))
            if place == 0
            else _(words),
            to_css(colors[code]),
            "ring",
        )
        for place, (code, words) in enumerate(CLUSTERS.items())
    ]


def read_spots(connection: Connection, scene: Scene, request: Request) -> Features:
    """Read the schools in clusters of a stage and indicator, each with its card."""
    indicator = choose_indicator(scene.profile, request.get("indicator"))
    rows = read_features(
        connection,
        "layer_balance_spots",
        district_id=scene.district_id,
        stage=find_balance_stage(scene.profile, scene.stage),
        indicator=indicator.code if indicator else None,
    )
    rings = rows[["id", "geom", "cluster"]].assign(
        kind="school",
        card=[_build_card(row, indicator, scene.language) for row in rows.itertuples()],
    )
    return collect_features(rings)


def _build_card(row: Any, indicator: Indicator | None, language: Language) -> list[list[str]]:
    _ = language
    return [
        ["", _.pick(row.name_zh, row.name_en)],
        [_.name(indicator) if indicator else "", _(CLUSTERS[row.cluster])],
        [_("Local I"), _.number(row.moran, 2)],
        ["p", _.number(row.p, 4)],
    ]


LAYER = MapLayer(
    code="balance_spots",
    title=msgid("Hot and cold spots"),
    group=msgid("Answers"),
    shown=False,
    build=build_spots,
    build_legend=build_legend,
    sheets={"balance_spots": Sheet(read_spots, ("stage", "language"), ("indicator",))},
)
