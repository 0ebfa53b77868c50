"""Panel of a subdistrict: its schools and seats, its children by stage and year, its projects."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from gis.database import read_table
from gis.errors import UsageError
from layers.language import MISSING, Language, is_missing
from scenarios.elements import (
    Column,
    build_figures,
    build_heading,
    build_mark,
    build_note,
    build_page,
    build_section,
    build_source,
    build_table,
)
from scenarios.naming import list_rows, name_rows, name_stages
from scenarios.project_monitoring.monitor import read_monitor
from scenarios.project_monitoring.panel import build_project_list
from scenarios.school_network.comparison_section import build_comparison
from scenarios.school_network.panel import get_first_day, list_kinds, read_pupil_year
from scenarios.student_growth.cohorts import hide_cohorts, read_children
from scenarios.view import View


def build_subdistrict_panel(view: View, subdistrict_id: int) -> Component:
    """Build the panel of one subdistrict.

    Raises
    ------
    UsageError
        When the district has no such subdistrict.
    """
    _ = view.language
    row, schools, cohorts = read_subdistrict(view, subdistrict_id)
    name = _.pick(row["name_zh"], row["name_en"])
    return build_page(
        build_heading(say_finding(name, schools, view), say_place(row, _)),
        build_figures(list_figures(schools, cohorts, view)),
        build_section(_("Children who enter a stage, by year"), _build_children(cohorts, view)),
        build_section(
            _("Schools"),
            _build_schools(schools, view),
            note=f"{view.stage_name} {view.year}",
        ),
        build_section(_("Projects"), _build_projects(view, subdistrict_id)),
        build_comparison(view, row["code"], _read_places(view)),
        build_note(_("Shortfall of the catchments whose schools stand in the subdistrict.")),
        build_source(view),
    )


def read_subdistrict(
    view: View, subdistrict_id: int
) -> tuple[dict[str, Any], pd.DataFrame, pd.DataFrame]:
    """Read what is told of a subdistrict: itself, its schools, its cohorts; small ones hidden.

    Raises
    ------
    UsageError
        When the district has no such subdistrict.
    """
    asked = {"district_id": view.district.id, "subdistrict_id": subdistrict_id}
    facts = read_table(view.connection, "subdistrict_facts", **asked)
    if facts.empty:
        raise UsageError(
            f"District {view.profile.code} has no subdistrict {subdistrict_id}.",
            mend="Choose one that it has.",
        )
    cohorts = hide_cohorts(read_children(view), view)
    mine = cohorts[cohorts["subdistrict_id"] == subdistrict_id]
    return list_rows(facts)[0], _read_schools(view, asked), mine


def _read_places(view: View) -> pd.DataFrame:
    """Read the subdistricts of the district."""
    return read_table(view.connection, "network_places", district_id=view.district.id)


def _read_schools(view: View, asked: dict[str, int]) -> pd.DataFrame:
    return read_table(
        view.connection,
        "subdistrict_schools",
        **asked,
        plan_id=view.plan.id,
        stage=view.stage,
        year=view.year,
        pupil_year=read_pupil_year(view),
        day=get_first_day(view.year),
    )


def say_finding(name: str, schools: pd.DataFrame, view: View) -> str:
    """Say how many seats are short in a subdistrict, or how many schools it has."""
    _ = view.language
    about = {"place": name, "stage": view.stage_name, "year": view.year}
    short = int(schools["shortfall_seats"].sum())
    if schools["warning"].isna().all():
        return _.count("{place}: {n} school", "{place}: {n} schools", len(schools), **about)
    if short:
        return _.count(
            "{place}: {n} {stage} seat is missing in {year}",
            "{place}: {n} {stage} seats are missing in {year}",
            short,
            **about,
        )
    return _("{place}: {stage} seats suffice in {year}", **about)


def say_place(row: dict[str, Any], _: Language) -> str:
    """Say what a subdistrict is: urban or rural, of how many communities."""
    place = _.term("urban" if row["urban"] else "rural")
    communities = _.count("{n} community", "{n} communities", row["communities"])
    return f"{_('Subdistrict')} · {place} · {communities}"


def list_figures(schools: pd.DataFrame, cohorts: pd.DataFrame, view: View) -> list[tuple[str, str]]:
    """List the key figures of a subdistrict: schools, seats, children entering, shortfall."""
    _ = view.language
    chosen = cohorts[(cohorts["stage"] == view.stage) & (cohorts["year"] == view.year)]
    figures = [
        (_("Schools"), _.number(len(schools))),
        (_("Seats {year}", year=view.year), _.number(schools["seats"].sum())),
    ]
    if not chosen.empty:
        figures.append((_("Children entering"), chosen["children_text"].iloc[0]))
    figures.append((_("Shortfall"), _.number(schools["shortfall_seats"].sum())))
    return figures


def _build_children(cohorts: pd.DataFrame, view: View) -> Component | None:
    if cohorts.empty:
        return None
    _ = view.language
    rows = spread_children(cohorts, view)
    columns = [
        Column("stage", _("Stage of education")),
        *(Column(year, year, align="right") for year in rows.columns[1:]),
    ]
    return build_table(rows, columns, language=_)


def spread_children(cohorts: pd.DataFrame, view: View) -> pd.DataFrame:
    """Return a row a stage, named, with the children who enter it in a column a year."""
    names = name_stages(view.profile, view.language)
    wide = cohorts.pivot_table(
        index="stage", columns="year", values="children_text", aggfunc="first"
    )
    known = [code for code in names if code in wide.index]
    rows = wide.loc[known].reset_index().rename(columns=str)
    return rows.assign(stage=rows["stage"].map(names))


def _build_schools(schools: pd.DataFrame, view: View) -> Component:
    _ = view.language
    order = {kind: at for at, kind in enumerate(list_kinds(view.profile))}
    rows = schools.assign(
        name=[
            html.Span([name, html.Span(_.term(kind), className="column-unit")])
            for name, kind in zip(name_rows(schools, "school", _), schools["kind"], strict=True)
        ],
        mark=[
            MISSING if is_missing(warning) else build_mark(warning, _, words=False)
            for warning in schools["warning"]
        ],
        order=schools["kind"].map(order),
        outside=schools["warning"].isna(),
    ).sort_values(["outside", "order"], kind="stable")
    columns = [
        Column("name", _("School"), format=lambda name: name),
        Column("seats", _("Seats"), str(view.year)),
        Column("pupils", _("Pupils")),
        Column("mark", _("Warning"), align="center", format=lambda mark: mark),
        Column("shortfall_seats", _("Shortfall")),
    ]
    return build_table(
        rows,
        columns,
        language=_,
        row_id="school_id",
        link_kind="school",
        limit=15,
        empty=_("No school stands here."),
    )


def _build_projects(view: View, subdistrict_id: int) -> Component | None:
    monitor = read_monitor(view.connection, view.district, view.plan)
    mine = monitor.select(monitor.projects["subdistrict_id"] == subdistrict_id)
    return None if mine.projects.empty else build_project_list(mine, view)
