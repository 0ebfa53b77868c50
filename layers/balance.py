"""Quality balance: a disc at each school, the larger the more indicators it fails."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pydeck
from sqlalchemy import Connection

from catchments.profile import Profile
from gis.database import read_features
from layers.drawing import OVER_ALL, build_features, style_names
from layers.features import collect_features
from layers.language import Language, msgid
from layers.palette import get_palette, to_css
from layers.scene import Features, LegendEntry, MapLayer, Request, Scene, Sheet

_RING_PX = 5.5  # disc of a school that fails none
_STEP_PX = 2.5  # and what each failed indicator adds


def find_balance_stage(profile: Profile, stage: str) -> str | None:
    """Return the stage itself if standards are set for it, else the first that has some."""
    ruled = [
        known.code
        for known in profile.stages
        if any(known.code in indicator.standard for indicator in profile.balance.indicators)
    ]
    return stage if stage in ruled else next(iter(ruled), None)


def build_balance(scene: Scene) -> list[pydeck.Layer]:
    """Describe discs with the number of failed indicators; hollow where none fails."""
    palette = get_palette(scene.theme)
    address = scene.get_address("balance", "stage", "language")
    return [
        build_features(
            "balance/disc",
            address,
            point_type="'circle'",
            point_billboard=True,
            get_fill_color=f"properties.failed > 0 ? {[*palette.balance, 235]} : [0, 0, 0, 1]",
            get_point_radius=f"{_RING_PX} + {_STEP_PX} * properties.failed",
            point_radius_units="'pixels'",
            get_line_color=f"properties.failed > 0 ? {[*palette.halo, 255]} : "
            f"{[*palette.balance, 220]}",
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
    """Say what the discs count, and for which stage."""
    palette, _ = get_palette(scene.theme), scene.language
    code = find_balance_stage(scene.profile, scene.stage)
    stage = _.name(scene.profile.get_stage(code)) if code else ""
    color = to_css(palette.balance)
    return [
        LegendEntry(_("{stage}: indicators not met", stage=stage), color, "dot", "3"),
        LegendEntry(_("{stage}: none failed", stage=stage), color, "ring"),
    ]


def read_balance(connection: Connection, scene: Scene, _request: Request) -> Features:
    """Read one point a school with the indicators it fails or just misses."""
    rows = read_features(
        connection,
        "layer_balance",
        district_id=scene.district_id,
        stage=find_balance_stage(scene.profile, scene.stage),
    )
    schools = rows.drop_duplicates("id").reset_index(drop=True)
    failed = (rows["state"] == "failed").groupby(rows["id"]).sum()[schools["id"]].to_numpy()
    missed = _list_missed(rows, scene)
    discs = schools[["id", "geom"]].assign(
        kind="school",
        failed=failed,
        name=[str(number) if number else "" for number in failed],
        card=[
            _build_card(row, missed.get(row.id, []), scene.language) for row in schools.itertuples()
        ],
    )
    # Large discs first, so that small ones lie on top of them.
    return collect_features(discs.sort_values("failed", ascending=False, kind="stable"))


def _list_missed(rows: gpd.GeoDataFrame, scene: Scene) -> dict[int, list[list[str]]]:
    """List for each school the indicators it does not meet, the worst state first."""
    _ = scene.language
    names = {indicator.code: _.name(indicator) for indicator in scene.profile.balance.indicators}
    missed: dict[int, list[list[str]]] = {}
    for state in ("failed", "near", "missing"):
        for row in rows[rows["state"] == state].itertuples():
            value = _(
                "{state}: {value} of {standard}",
                state=_.term(state),
                value=_.number(row.value, 1),
                standard=_.number(row.standard, 1),
            )
            missed.setdefault(row.id, []).append([names.get(row.indicator, row.indicator), value])
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
    sheets={"balance": Sheet(read_balance, ("stage", "language"))},
)
