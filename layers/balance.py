"""Quality balance: a disc at each school, by how many indicators it fails or by one of them."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pydeck
from sqlalchemy import Connection

from catchments.profile import Indicator, Profile
from gis.database import read_features
from gis.errors import UsageError
from layers.drawing import OVER_ALL, build_features, style_names
from layers.features import collect_features
from layers.language import Language, msgid
from layers.palette import get_palette, to_css
from layers.scene import Features, LegendEntry, MapLayer, Request, Scene, Sheet

_RING_PX = 5.5  # disc of a school that fails none
_STEP_PX = 2.5  # and what each failed indicator adds
_CHOSEN_STEPS = 1  # of a school that is short of the one indicator that is drawn


def find_balance_stage(profile: Profile, stage: str) -> str | None:
    """Return the stage itself if standards are set for it, else the first that has some."""
    ruled = [
        known.code
        for known in profile.stages
        if any(known.code in indicator.standard for indicator in profile.balance.indicators)
    ]
    return stage if stage in ruled else next(iter(ruled), None)


def find_indicator(profile: Profile, code: str | None) -> Indicator | None:
    """Return the indicator of that code; nothing when none is asked for.

    Raises
    ------
    UsageError
        When the profile has no such indicator.
    """
    if not code:
        return None
    for indicator in profile.balance.indicators:
        if indicator.code == code:
            return indicator
    known = ", ".join(indicator.code for indicator in profile.balance.indicators)
    raise UsageError(f"There is no indicator '{code[:60]}'.", mend=f"Use one of {known or 'none'}.")


def build_balance(scene: Scene) -> list[pydeck.Layer]:
    """Describe discs with the number of failed indicators, or with the value of the chosen one.

    Hollow where nothing is short; a value that is nearly met is pale.
    """
    palette = get_palette(scene.theme)
    address = scene.get_address("balance", "stage", "language", indicator=scene.indicator or "")
    full, pale = [*palette.balance, 235], [*palette.balance, 120]
    short = "properties.failed > 0"
    return [
        build_features(
            "balance/disc",
            address,
            point_type="'circle'",
            point_billboard=True,
            get_fill_color=f"{short} ? (properties.pale ? {pale} : {full}) : [0, 0, 0, 1]",
            get_point_radius=f"{_RING_PX} + {_STEP_PX} * properties.failed",
            point_radius_units="'pixels'",
            get_line_color=f"{short} ? {[*palette.halo, 255]} : {[*palette.balance, 220]}",
            get_line_width=1.5,
            line_width_units="'pixels'",
            pickable=True,
            parameters=OVER_ALL,
        ),
        build_features(
            "balance/number",
            address,
            **style_names(palette, size_px=12, color=palette.halo) | {"text_outline_width": 0},
        ),
    ]


def build_legend(scene: Scene) -> list[LegendEntry]:
    """Say what the discs count or tell, and for which stage."""
    palette, _ = get_palette(scene.theme), scene.language
    code = find_balance_stage(scene.profile, scene.stage)
    stage = _.name(scene.profile.get_stage(code)) if code else ""
    color = to_css(palette.balance)
    indicator = find_indicator(scene.profile, scene.indicator)
    if indicator is None:
        return [
            LegendEntry(_("{stage}: indicators not met", stage=stage), color, "dot", "3"),
            LegendEntry(_("{stage}: none failed", stage=stage), color, "ring"),
        ]
    near = _.percent(scene.profile.balance.near_pct, 0)
    about = {"stage": stage, "indicator": _.name(indicator)}
    return [
        LegendEntry(_("{stage}, {indicator}: below {near}", near=near, **about), color, "dot"),
        LegendEntry(
            _("{near} of the standard or more", near=near),
            to_css((*palette.balance, 120)),
            "dot",
        ),
        LegendEntry(_("Met"), color, "ring"),
    ]


def read_balance(connection: Connection, scene: Scene, request: Request) -> Features:
    """Read one point a school with what it fails or just misses, of all indicators or of one."""
    indicator = find_indicator(scene.profile, request.get("indicator"))
    rows = read_features(
        connection,
        "layer_balance",
        district_id=scene.district_id,
        stage=find_balance_stage(scene.profile, scene.stage),
    )
    if indicator is not None:
        return collect_features(_draw_indicator(rows, indicator, scene))
    schools = rows.drop_duplicates("id").reset_index(drop=True)
    failed = (rows["state"] == "failed").groupby(rows["id"]).sum()[schools["id"]].to_numpy()
    missed = _list_missed(rows, scene)
    discs = schools[["id", "geom"]].assign(
        kind="school",
        failed=failed,
        pale=False,
        name=[str(number) if number else "" for number in failed],
        card=[
            _build_card(row, missed.get(row.id, []), scene.language) for row in schools.itertuples()
        ],
    )
    # Large discs first, so that small ones lie on top of them.
    return collect_features(discs.sort_values("failed", ascending=False, kind="stable"))


def _draw_indicator(rows: gpd.GeoDataFrame, indicator: Indicator, scene: Scene) -> gpd.GeoDataFrame:
    """Draw the schools by how far one indicator is met, the least last, so that it lies on top."""
    _ = scene.language
    mine = rows[rows["indicator"] == indicator.code]
    is_short = mine["state"].isin(["failed", "near"])
    discs = mine[["id", "geom"]].assign(
        kind="school",
        failed=np.where(is_short, _CHOSEN_STEPS, 0),
        pale=(mine["state"] == "near").to_numpy(),
        name="",
        card=[
            [
                ["", _.pick(row.name_zh, row.name_en)],
                [_("School year"), str(row.year)],
                [_.name(indicator), _say_state(row, _)],
            ]
            for row in mine.itertuples()
        ],
    )
    return discs.iloc[np.argsort(is_short.to_numpy(), kind="stable")]


def _say_state(row: Any, language: Language) -> str:
    _ = language
    digits = 0 if row.standard >= 100 else 1
    return _(
        "{state}: {value} of {standard}",
        state=_.term(row.state),
        value=_.number(row.value, digits),
        standard=_.number(row.standard, digits),
    )


def _list_missed(rows: gpd.GeoDataFrame, scene: Scene) -> dict[int, list[list[str]]]:
    """List for each school the indicators it does not meet, the worst state first."""
    _ = scene.language
    names = {indicator.code: _.name(indicator) for indicator in scene.profile.balance.indicators}
    missed: dict[int, list[list[str]]] = {}
    for state in ("failed", "near", "missing"):
        for row in rows[rows["state"] == state].itertuples():
            told = [names.get(row.indicator, row.indicator), _say_state(row, _)]
            missed.setdefault(row.id, []).append(told)
    return missed


def _build_card(row: Any, missed: list[list[str]], language: Language) -> list[list[str]]:
    _ = language
    head = [["", _.pick(row.name_zh, row.name_en)], [_("School year"), str(row.year)]]
    return head + (missed or [[_("Indicators"), _("All met")]])


LAYER = MapLayer(
    code="balance",
    title=msgid("Quality balance of schools"),
    group=msgid("Answers"),
    shown=False,
    build=build_balance,
    build_legend=build_legend,
    sheets={"balance": Sheet(read_balance, ("stage", "language"), ("indicator",))},
)
