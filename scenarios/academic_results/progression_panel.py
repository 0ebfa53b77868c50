"""Pupils, classes and progression: what there is of scenario 8 without marks."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash.development.base_component import Component

from gis.database import read_table
from layers.language import Language, is_missing
from scenarios.academic_results.analysis import (
    count_class_sizes,
    measure_progression,
    sum_stages,
)
from scenarios.elements import (
    Bar,
    Column,
    build_bars,
    build_figures,
    build_heading,
    build_note,
    build_page,
    build_section,
    build_source,
    build_table,
)
from scenarios.naming import choose_stage, list_rows, name_rows, name_stages
from scenarios.resource_distribution.panel import build_without_facts
from scenarios.school_network.panel import read_pupil_year
from scenarios.view import View


def build_progression_panel(view: View) -> Component:
    """Build the panel of enrolment, class sizes and progression from grade to grade."""
    _ = view.language
    year = read_pupil_year(view)
    schools = measure_progression(
        read_table(view.connection, "grade_progression", district_id=view.district.id, year=year)
    )
    if schools.empty or year is None:
        return build_without_facts(view, _("Academic results"))
    stages = sum_stages(schools)
    stage = str(choose_stage(view.profile, view.stage, schools["stage"]))
    name = name_stages(view.profile, _)[stage]
    chosen = list_rows(stages[stages["stage"] == stage])[0]
    return build_page(
        build_heading(*_say_finding(chosen, name, year, _)),
        _build_figures(chosen, _),
        build_note(_("Results of pupils are not loaded yet; this is the base they will stand on.")),
        build_section(
            _("Schools by average class: {stage}", stage=name),
            _build_class_sizes(schools[schools["stage"] == stage], _),
            note=_("pupils in a class"),
        ),
        build_section(_("By stage"), _build_stages(stages, view), note=f"{year - 1}–{year}"),
        build_section(
            _("Schools: {stage}, the lowest progression first", stage=name),
            _build_schools(schools[schools["stage"] == stage], _),
        ),
        build_note(
            _("Pupils of a grade against those of the grade below a year before, moves included.")
        ),
        build_source(view, plan=False),
    )


def _say_finding(row: dict[str, Any], stage: str, year: int, _: Language) -> tuple[str, str]:
    title = _(
        "{stage}: {share} of the pupils of {before} went on to the next grade",
        stage=stage,
        share=_.percent(row["progression_pct"], 1),
        before=year - 1,
    )
    if is_missing(row["progression_pct"]):
        title = _.count(
            "{stage}: {n} pupil in {year}",
            "{stage}: {n} pupils in {year}",
            row["pupils"],
            stage=stage,
            year=year,
        )
    return title, _("Pupils, classes and progression, {year}", year=year)


def _build_figures(row: dict[str, Any], _: Language) -> Component:
    figures = [
        (_("Schools"), _.number(row["schools"])),
        (_("Pupils"), _.number(row["pupils"])),
        (_("Classes"), _.number(row["classes"])),
        (_("Pupils in a class"), _.number(row["class_size"], 1)),
    ]
    return build_figures(figures)


def _build_class_sizes(schools: pd.DataFrame, _: Language) -> Component | None:
    counted = count_class_sizes(schools)
    bars = [Bar(str(band), n, _.number(n)) for band, n in counted.items()]
    return build_bars(bars) if bars else None


def _build_stages(stages: pd.DataFrame, view: View) -> Component:
    _ = view.language
    names = name_stages(view.profile, _)
    order = {code: at for at, code in enumerate(names)}
    rows = stages.sort_values("stage", key=lambda codes: codes.map(order))
    columns = [
        Column("stage", _("Stage of education"), format=lambda code: names.get(code, code)),
        *_list_columns(_),
    ]
    return build_table(rows, columns, language=_)


def _build_schools(schools: pd.DataFrame, _: Language) -> Component:
    ordered = schools.sort_values("progression_pct", na_position="last")
    rows = ordered.assign(name=name_rows(ordered, "school", _))
    columns = [Column("name", _("School")), *_list_columns(_)]
    return build_table(rows, columns, language=_, row_id="school_id", link_kind="school", limit=15)


def _list_columns(_: Language) -> list[Column]:
    return [
        Column("pupils", _("Pupils")),
        Column("classes", _("Classes")),
        Column("class_size", _("In a class"), format=lambda size: _.number(size, 1)),
        Column("progression_pct", _("Went on"), "%", format=lambda share: _.number(share, 1)),
    ]
