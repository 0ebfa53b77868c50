"""Teachers per 100 pupils as resources tell them: the panel of districts without a register."""

from __future__ import annotations

import pandas as pd
from dash.development.base_component import Component

from catchments.profile import Indicator
from gis.database import read_table
from layers.language import Language, msgid
from scenarios.elements import (
    Bar,
    Column,
    Line,
    build_bars,
    build_figures,
    build_heading,
    build_lines,
    build_note,
    build_page,
    build_section,
    build_source,
    build_table,
)
from scenarios.naming import choose_stage, name_rows, name_stages
from scenarios.resource_distribution.panel import build_without_facts, read_results
from scenarios.teacher_analysis.facts import (
    average_indicators,
    list_teacher_indicators,
    measure_yearly,
)
from scenarios.view import View

# Short names of the facts that count teachers, for headings of columns.
_SHORT = {
    "qualified_teachers": msgid("Qualified"),
    "backbone_teachers": msgid("Backbone"),
    "pe_arts_teachers": msgid("PE and arts"),
}


def build_facts_panel(view: View) -> Component:
    """Build the panel of teachers per 100 pupils."""
    _ = view.language
    results = read_results(view)
    results = results[results["value"].notna()]
    reported = set(results["indicator"])
    sorts = [sort for sort in list_teacher_indicators(view.profile) if sort.code in reported]
    if not sorts:
        return build_without_facts(view, _("Teacher analysis"))
    results = results[results["indicator"].isin([sort.code for sort in sorts])]
    stage = str(choose_stage(view.profile, view.stage, results["stage"]))
    chosen = results[results["stage"] == stage]
    name = name_stages(view.profile, _)[stage]
    stages = average_indicators(results, by="stage")
    places = average_indicators(chosen, by="urban")
    unit = _("per 100 pupils")
    return build_page(
        build_heading(
            _say_finding(stages[sorts[0].code].get(stage), places, sorts[0], name, _),
            _("Teachers per 100 pupils, {year}", year=int(results["year"].iloc[0])),
        ),
        build_figures(
            [(_name_short(sort, _), _.number(stages[sort.code].get(stage), 2)) for sort in sorts]
        ),
        build_section(
            _("Urban and rural: {stage}", stage=name),
            *_build_places(places, chosen, sorts, _),
            note=unit,
        ),
        build_section(_("By year"), _build_years(results, sorts, view), note=unit),
        build_section(
            _("By subdistrict: {stage}", stage=name),
            _build_subdistricts(chosen, sorts, _),
            note=unit,
        ),
        build_section(_("By stage"), _build_stages(stages, sorts, view), note=unit),
        build_note(
            _("Groups weigh by pupils. Subjects, titles and intakes of teachers are not loaded.")
        ),
        build_source(view, run_id=int(results["run_id"].iloc[0]), plan=False),
    )


def _say_finding(
    mean: object, places: pd.DataFrame, sort: Indicator, stage: str, _: Language
) -> str:
    """Say how rural schools stand against urban ones in one sort of teachers."""
    about = {"stage": stage, "sort": _.name(sort)}
    if len(places) < 2:
        return _("{stage}: {value} {sort}", value=_.number(mean, 1), **about)
    urban, rural = (_.number(places[sort.code][place], 1) for place in (True, False))
    if urban == rural:
        return _("{stage}: town and country have the same: {urban} {sort}", urban=urban, **about)
    return _(
        "{stage}: {urban} {sort} in town, {rural} in the country",
        urban=urban,
        rural=rural,
        **about,
    )


def _build_places(
    places: pd.DataFrame, chosen: pd.DataFrame, sorts: list[Indicator], _: Language
) -> list[Component]:
    """Set urban and rural schools side by side, each sort on its scale; ticks are standards."""
    standards = dict(zip(chosen["indicator"], chosen["standard"], strict=True))
    parts: list[Component] = []
    for sort in sorts if len(places) else []:
        bars = [
            Bar(
                _.term("urban" if urban else "rural"),
                value,
                _.number(value, 2),
                target=standards[sort.code],
            )
            for urban, value in places[sort.code].sort_index(ascending=False).items()
        ]
        standard = _("Standard {value}", value=_.number(standards[sort.code], 1))
        parts += [build_note(_.name(sort)), build_bars(bars, target_label=standard)]
    return parts


def _build_years(results: pd.DataFrame, sorts: list[Indicator], view: View) -> Component | None:
    _ = view.language
    teachers = read_table(
        view.connection,
        "teachers_by_year",
        district_id=view.district.id,
        stages=sorted(set(results["stage"])),
    )
    years = measure_yearly(teachers, [sort.fact for sort in sorts])
    if len(years) < 2:
        return None
    lines = [Line(_name_short(sort, _), years[sort.fact].tolist()) for sort in sorts]
    return build_lines(lines, ticks=[str(y) for y in years["year"]], language=_, digits=2)


def _build_subdistricts(
    chosen: pd.DataFrame, sorts: list[Indicator], _: Language
) -> Component | None:
    places = average_indicators(chosen, by="subdistrict_id").sort_values(sorts[0].code)
    if places.empty:
        return None
    names = dict(zip(chosen["subdistrict_id"], name_rows(chosen, "subdistrict", _), strict=True))
    named = places.reset_index().assign(name=[names[one] for one in places.index])
    return build_table(
        named,
        [Column("name", _("Subdistrict")), *_list_columns(sorts, _)],
        language=_,
        row_id="subdistrict_id",
        link_kind="subdistrict",
    )


def _build_stages(stages: pd.DataFrame, sorts: list[Indicator], view: View) -> Component:
    _ = view.language
    names = name_stages(view.profile, _)
    known = stages.loc[[code for code in names if code in stages.index]].reset_index()
    stage = Column("stage", _("Stage of education"), format=lambda code: names[code])
    return build_table(known, [stage, *_list_columns(sorts, _)], language=_)


def _list_columns(sorts: list[Indicator], _: Language) -> list[Column]:
    return [
        Column(sort.code, _name_short(sort, _), format=lambda value: _.number(value, 2))
        for sort in sorts
    ]


def _name_short(sort: Indicator, _: Language) -> str:
    return _(_SHORT[sort.fact]) if sort.fact in _SHORT else _.name(sort)
