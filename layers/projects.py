"""Construction projects: each building as high as it stands, in the colour of its stage."""

from __future__ import annotations

from typing import Any

import pydeck
from sqlalchemy import Connection

from catchments.profile import Construction
from gis.database import read_features
from layers.drawing import OVER_ALL, build_features, build_zoomed_features, style_names
from layers.expressions import match_property
from layers.features import collect_features
from layers.language import Language, msgid
from layers.palette import LATE_MARK, Palette, get_palette, list_stage_colors, to_css
from layers.scene import Features, LegendEntry, MapLayer, Request, Scene, Sheet

_NAME_ZOOM = 12.0
_NOT_BEGUN = "not_begun"


def build_projects(scene: Scene) -> list[pydeck.Layer]:
    """Describe what stands, the ghost of what is planned, the site and its progress."""
    palette = get_palette(scene.theme)
    sites = scene.get_address("projects", "language")
    buildings = scene.get_address("project_buildings", "language")
    colors = _list_colors(palette, scene.profile.construction)
    fill = match_property("stage", colors, palette.not_begun)
    by_place = [list(color) for color in (palette.not_begun, *colors.values())]
    return [
        build_features(
            "projects/ghost",
            buildings,
            extruded=True,
            wireframe=True,
            get_elevation="properties.height_m",
            get_fill_color=[*palette.not_begun, 60],
            get_line_color=[*palette.faint_ink, 140],
            pickable=True,
        ),
        build_features(
            "projects/built",
            buildings,
            extruded=True,
            get_elevation="properties.built_height_m",
            get_fill_color=fill,
            pickable=True,
            stage_colors=by_place,  # by the place of the stage, for the slider of days
        ),
        build_features(
            "projects/site",
            sites,
            point_type="'circle'",
            point_billboard=True,
            get_fill_color=fill,
            get_point_radius=7,
            point_radius_units="'pixels'",
            get_line_color=[*palette.halo, 255],
            get_line_width=2,
            line_width_units="'pixels'",
            pickable=True,
            parameters=OVER_ALL,
            stage_colors=by_place,
        ),
        build_features(
            "projects/late",
            sites,
            **style_names(
                palette,
                size_px=13,
                color=palette.marks["red"],
                get_text="properties.late",
                get_text_pixel_offset=[0, -16],
            ),
        ),
        build_zoomed_features(
            "projects/name",
            sites,
            from_zoom=_NAME_ZOOM,
            **style_names(palette, size_px=12, color=palette.ink, get_text_pixel_offset=[0, 18]),
        ),
    ]


def build_legend(scene: Scene) -> list[LegendEntry]:
    """Name the construction stages from first to last, the ghost and the mark of delay."""
    palette, _ = get_palette(scene.theme), scene.language
    construction = scene.profile.construction
    colors = _list_colors(palette, construction)
    return [
        LegendEntry(_("Not started"), to_css(palette.not_begun), "body"),
        *(
            LegendEntry(_.name(stage), to_css(colors[stage.code]), "body")
            for stage in construction.stages
        ),
        LegendEntry(_("Final height"), to_css((*palette.not_begun, 90)), "ghost"),
        LegendEntry(
            _("More than {n} days late", n=_.number(construction.late_after_days)),
            to_css(palette.warnings["red"]),
            "mark",
            LATE_MARK,
        ),
    ]


def read_projects(connection: Connection, scene: Scene, _request: Request) -> Features:
    """Read the sites with name, progress, course, card, and a mark if late."""
    frame = read_features(connection, "layer_projects", district_id=scene.district_id)
    language, construction = scene.language, scene.profile.construction
    rows = list(frame.itertuples())
    late = [
        f"{LATE_MARK} {language('{n} days late', n=language.number(row.delay_days))}"
        if row.state == "late"
        else ""
        for row in rows
    ]
    names = [
        f"{language.pick(row.name_zh, row.name_en)} {language.percent(row.progress_pct, 0)}"
        for row in rows
    ]
    return collect_features(
        frame[["id", "geom"]].assign(
            kind="project",
            name=names,
            plain_name=[language.pick(row.name_zh, row.name_en) for row in rows],
            course=frame["course"],
            late=late,
            stage=frame["construction_stage"].fillna(_NOT_BEGUN),
            card=[_build_site_card(row, construction, language) for row in rows],
        )
    )


def read_project_buildings(connection: Connection, scene: Scene, _request: Request) -> Features:
    """Read the footprints with the height that stands, the final one and the course between."""
    frame = read_features(connection, "layer_project_buildings", district_id=scene.district_id)
    cards = [
        _build_building_card(row, scene.profile.construction, scene.language)
        for row in frame.itertuples()
    ]
    return collect_features(
        frame[["id", "geom", "height_m"]].assign(
            kind="project",
            built_height_m=frame["built_height_m"].round(1),
            course=frame["course"],
            stage=frame["construction_stage"].fillna(_NOT_BEGUN),
            card=cards,
        )
    )


def _list_colors(palette: Palette, construction: Construction) -> dict[str, Any]:
    codes = [stage.code for stage in construction.stages]
    return dict(zip(codes, list_stage_colors(palette, len(codes)), strict=True))


def _name_stage(code: str | None, construction: Construction, language: Language) -> str:
    for stage in construction.stages:
        if stage.code == code:
            return language.name(stage)
    return language("Not started")


def _build_site_card(row: Any, construction: Construction, language: Language) -> list[list[str]]:
    _ = language
    return [
        ["", _.pick(row.name_zh, row.name_en)],
        [_("Kind"), _.term(row.kind)],
        [_("Construction stage"), _name_stage(row.construction_stage, construction, _)],
        [_("Progress"), _.percent(row.progress_pct)],
        [_("Planned progress"), _.percent(row.planned_pct)],
        [_("State"), _.term(row.state)],
        [_("Expected completion"), _.month(row.expected_end_on)],
        [_("Seats open from"), _("September {year}", year=row.opens_year)],
    ]


def _build_building_card(
    row: Any, construction: Construction, language: Language
) -> list[list[str]]:
    _ = language
    return [
        ["", _.pick(row.name_zh, row.name_en)],
        [_("Project"), _.pick(row.project_name_zh, row.project_name_en)],
        [_("Construction stage"), _name_stage(row.construction_stage, construction, _)],
        [_("Progress"), _.percent(row.progress_pct)],
        [
            _("Height, of {m} m", m=_.number(row.height_m, 1)),
            _("{m} m", m=_.number(row.built_height_m, 1)),
        ],
        [_("Storeys"), _.number(row.floors)],
        [_("Days behind plan"), _.number(row.delay_days)],
    ]


LAYER = MapLayer(
    code="projects",
    title=msgid("Construction projects by stage"),
    group=msgid("Answers"),
    shown=False,
    build=build_projects,
    build_legend=build_legend,
    sheets={
        "projects": Sheet(read_projects, ("language",)),
        "project_buildings": Sheet(read_project_buildings, ("language",)),
    },
)
