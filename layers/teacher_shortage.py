"""Missing teachers: a disc at each school, the larger the more it misses of the chosen subject."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
import pydeck
from sqlalchemy import Connection

from catchments.profile import Profile
from gis.database import read_features
from gis.errors import UsageError
from layers.drawing import OVER_ALL, build_features, style_names
from layers.features import collect_features
from layers.language import Language, msgid
from layers.palette import get_palette, to_css
from layers.scene import Features, LegendEntry, MapLayer, Part, Request, Scene, Sheet

_RING_PX = 4.5  # disc of a school that misses nobody
_STEP_PX = 3.2  # and what the root of each missing teacher adds
LEVELS = ("red", "yellow", "none")  # from the worst


def find_lesson_stage(profile: Profile, stage: str) -> str | None:
    """Return the stage itself if it has a lesson plan, else the first that has one."""
    planned = profile.teachers.list_stages()
    return stage if stage in planned else next(iter(planned), None)


def build_shortage(scene: Scene) -> list[pydeck.Layer]:
    """Describe discs with the number of missing teachers; hollow where nobody is missing."""
    palette = get_palette(scene.theme)
    address = scene.get_address("teacher_shortage", *_PARTS, subject=scene.subject or "")
    ink = get_palette("light").ink  # amber is light on either ground
    colors = {level: [*palette.warnings[level], 235] for level in LEVELS}
    fill = (
        f"properties.missing == 0 ? [0, 0, 0, 1] : properties.level == 'red' ? {colors['red']}"
        f" : properties.level == 'yellow' ? {colors['yellow']} : {colors['none']}"
    )
    return [
        build_features(
            "teacher_shortage/disc",
            address,
            point_type="'circle'",
            point_billboard=True,
            get_fill_color=fill,
            get_point_radius="properties.radius",
            point_radius_units="'pixels'",
            get_line_color=f"properties.missing > 0 ? {[*palette.halo, 255]} : {colors['none']}",
            get_line_width=1.5,
            line_width_units="'pixels'",
            pickable=True,
            parameters=OVER_ALL,
        ),
        build_features(
            "teacher_shortage/number",
            address,
            **style_names(palette, size_px=12, color=palette.halo)
            | {
                "text_outline_width": 0,
                "get_text_color": f"properties.level == 'yellow' ? {list(ink)}"
                f" : {list(palette.halo)}",
            },
        ),
    ]


def build_legend(scene: Scene) -> list[LegendEntry]:
    """Say what the discs count, of which subject, and where the colours change."""
    palette, _ = get_palette(scene.theme), scene.language
    rule = scene.profile.teachers.warning
    names = {one.code: _.name(one) for one in scene.profile.teachers.subjects}
    about = names.get(scene.subject or "", _("all subjects"))
    red, yellow = _.percent(rule.red_below_pct, 0), _.percent(rule.yellow_below_pct, 0)
    return [
        LegendEntry(
            _("{subject}: missing, under {pct} covered", subject=about, pct=red),
            to_css(palette.warnings["red"]),
            "dot",
            "3",
        ),
        LegendEntry(
            _("Missing, {low} to under {high} covered", low=red, high=yellow),
            to_css(palette.warnings["yellow"]),
            "dot",
            "2",
        ),
        LegendEntry(
            _("Missing, {pct} or more covered", pct=yellow), to_css(palette.warnings["none"]), "dot"
        ),
        LegendEntry(_("Nobody is missing"), to_css(palette.warnings["none"]), "ring"),
    ]


def read_shortage(connection: Connection, scene: Scene, request: Request) -> Features:
    """Read one point a school with its missing teachers, of one subject or of all.

    Raises
    ------
    UsageError
        When the address names a subject that the lesson plan does not have.
    """
    subject = request.get("subject") or None
    known = [one.code for one in scene.profile.teachers.subjects]
    if subject is not None and subject not in known:
        raise UsageError(f"There is no subject '{subject}'.", mend=f"Use {', '.join(known)}.")
    rows = read_features(
        connection,
        "layer_teacher_shortage",
        district_id=scene.district_id,
        stage=find_lesson_stage(scene.profile, scene.stage),
        subject=subject,
    )
    schools = sum_schools(rows)
    discs = schools[["id", "geom"]].assign(
        kind="school",
        missing=schools["missing_posts"],
        level=schools["level"],
        radius=(_RING_PX + _STEP_PX * schools["missing_posts"] ** 0.5).round(1),
        name=[str(number) if number else "" for number in schools["missing_posts"]],
        card=_build_cards(rows, schools, scene),
    )
    # Large discs first, so that small ones lie on top of them.
    return collect_features(discs.sort_values("missing", ascending=False, kind="stable"))


def sum_schools(rows: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Sum the subjects of each school: what is missing, and its worst level.

    Parameters
    ----------
    rows
        As ``queries/layer_teacher_shortage.sql`` returns them.

    Returns
    -------
    GeoDataFrame
        id, name_zh, name_en, geom, year, demand_posts, supply_posts, missing_posts, level.
    """
    first = rows.drop_duplicates("id").set_index("id")
    names = ["demand_posts", "supply_posts", "missing_posts"]
    sums = rows.groupby("id")[names].sum().loc[first.index]
    rank = rows["level"].map({level: rank for rank, level in enumerate(LEVELS)})
    worst = rank.groupby(rows["id"]).min().loc[first.index]
    told = first[["name_zh", "name_en", "year", "geom"]].assign(
        **{name: sums[name] for name in names}, level=[LEVELS[int(one)] for one in worst]
    )
    return told.reset_index()


def _build_cards(
    rows: pd.DataFrame, schools: gpd.GeoDataFrame, scene: Scene
) -> list[list[list[str]]]:
    """Name for each school the subjects that are short, with filled and needed posts."""
    _ = scene.language
    names = {one.code: _.name(one) for one in scene.profile.teachers.subjects}
    short: dict[int, list[list[str]]] = {}
    told = rows[rows["missing_posts"] > 0].sort_values("missing_posts", ascending=False)
    listed: Any = told.itertuples()
    for row in listed:
        short.setdefault(row.id, []).append([names[row.subject], _say_posts(row, _)])
    return [
        [["", _.pick(row.name_zh, row.name_en)], [_("School year"), str(row.year)]]
        + (short.get(row.id) or [[_("Teachers"), _("Nobody is missing")]])
        for row in schools.itertuples()
    ]


def _say_posts(row: Any, _: Language) -> str:
    return _(
        "{missing} missing: {filled} of {needed} posts",
        missing=_.number(row.missing_posts),
        filled=_.number(row.supply_posts, 1),
        needed=_.number(row.demand_posts, 1),
    )


_PARTS: tuple[Part, ...] = ("stage", "language")
LAYER = MapLayer(
    code="teacher_shortage",
    title=msgid("Missing teachers"),
    group=msgid("Answers"),
    shown=False,
    build=build_shortage,
    build_legend=build_legend,
    sheets={"teacher_shortage": Sheet(read_shortage, _PARTS, ("subject",))},
)
