"""Cohorts of children and sizes of grades: what there is of scenario 7 without growth records."""

from __future__ import annotations

import pandas as pd
from dash.development.base_component import Component

from gis.database import read_table
from layers.language import Language
from scenarios.elements import (
    Column,
    Line,
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
from scenarios.student_growth.analysis import COUNTS, pivot_grades
from scenarios.student_growth.cohorts import hide_cohorts, read_children
from scenarios.view import View


def build_cohort_panel(view: View) -> Component:
    """Build the panel of cohorts: children by year, by subdistrict, and pupils by grade."""
    _ = view.language
    children = read_children(view)
    stage = choose_stage(view.profile, view.stage, children["stage"])
    if stage is None:
        return build_page(
            build_heading(_("No children are counted yet"), _("Student growth")),
            build_source(view, plan=False),
        )
    name = name_stages(view.profile, _)[stage]
    part = children[children["stage"] == stage]
    return build_page(
        build_heading(*_say_finding(part, name, view)),
        _build_figures(part[part["year"] == view.year], _),
        build_section(_("Children by year of entry"), _build_years(part, view)),
        build_section(
            _("By subdistrict, {year}", year=view.year), *_build_subdistricts(part, view)
        ),
        build_section(_("Pupils by grade: {stage}", stage=name), _build_grades(stage, view)),
        build_note(_("Growth records of pupils are not loaded: these are the cohorts they join.")),
        build_source(view, plan=False),
    )


def _say_finding(part: pd.DataFrame, stage: str, view: View) -> tuple[str, str]:
    _ = view.language
    sums = part.groupby("year")["children"].sum()
    about = {"stage": stage, "year": view.year}
    chosen = int(sums.get(view.year, 0))
    last = view.profile.years.last
    subtitle = _("Children who enter by age, from the newest count")
    if last == view.year or last not in sums or not chosen:
        return _.count(
            "{n} child enters {stage} in {year}",
            "{n} children enter {stage} in {year}",
            chosen,
            **about,
        ), subtitle
    change = 100 * (int(sums[last]) / chosen - 1)
    return _.count(
        "{n} child enters {stage} in {year}; {change}% by {last}",
        "{n} children enter {stage} in {year}; {change}% by {last}",
        chosen,
        last=last,
        change=_.signed(change, 0),
        **about,
    ), subtitle


def _build_figures(chosen: pd.DataFrame, _: Language) -> Component:
    children = int(chosen["children"].sum())
    migrant = int(chosen["migrant_children"].sum())
    figures = [(_("Children"), _.number(children))]
    if migrant:
        figures += [
            (_("Registered"), _.number(children - migrant)),
            (_("Migrant"), _.number(migrant)),
            (_("Share of migrants"), _.percent(100 * migrant / children, 1)),
        ]
    return build_figures(figures)


def _build_years(part: pd.DataFrame, view: View) -> Component | None:
    _ = view.language
    years = part.groupby("year")[["registered_children", "migrant_children"]].sum()
    if len(years) < 2:
        return None
    shown = [int(year) for year in years.index]
    migrant = years["migrant_children"]
    label = _("Registered") if migrant.any() else _("Children")
    lines = [Line(label, years["registered_children"].tolist())]
    if migrant.any():
        lines.append(Line(_("Migrant"), migrant.tolist()))
    return build_lines(
        lines,
        ticks=[str(year) for year in shown],
        language=_,
        marked=shown.index(view.year) if view.year in shown else None,
    )


def _build_subdistricts(part: pd.DataFrame, view: View) -> list[Component | None]:
    _ = view.language
    cohorts = hide_cohorts(part, view)
    rows = cohorts[cohorts["year"] == view.year]
    located = rows["subdistrict_id"].notna()
    if not located.any():
        return []
    names = pd.Series(name_rows(rows, "subdistrict", _), index=rows.index)
    columns = [
        Column("name", _("Subdistrict")),
        Column("children_text", _("Children"), align="right"),
        Column("registered_children_text", _("Registered"), align="right"),
        Column("migrant_children_text", _("Migrant"), align="right"),
    ]
    table = build_table(
        rows.assign(name=names.where(located, _("Not located"))),
        columns,
        language=_,
        row_id="subdistrict_id",
        link_kind="subdistrict",
    )
    if rows[COUNTS].notna().all(axis=None):
        return [table]
    note = _(
        "<{least}: too few to be shown; *: would give such a number away.",
        least=view.profile.minimum_cell,
    )
    return [table, build_note(note)]


def _build_grades(stage: str, view: View) -> Component | None:
    _ = view.language
    grades = read_table(view.connection, "pupils_by_grade", district_id=view.district.id)
    part = grades[grades["stage"] == stage]
    if part.empty:
        return None
    wide = pivot_grades(part)
    years = [Column(str(year), str(year)) for year in wide.columns if year != "grade"]
    return build_table(wide, [Column("grade", _("Grade"), align="left"), *years], language=_)
