"""The page of one subdistrict: its schools and seats, its children, its building sites."""

from __future__ import annotations

import numpy as np
import pandas as pd

from layers.language import MISSING, is_missing
from layers.palette import MARKS
from layers.print_map.composition import compose_map
from layers.print_map.ground import find_bounds
from layers.print_map.locator import draw_locator
from layers.print_map.warnings import WarningMap
from scenarios.briefings.facts import join_facts
from scenarios.briefings.legends import build_warning_legend
from scenarios.briefings.material import Material, end_sentence, list_names, name_schools
from scenarios.briefings.projects import set_project_table
from scenarios.briefings.sheet import PaperColumn, Sheet, SheetTable, set_table
from scenarios.elements import Figure
from scenarios.enrolment_warning.answer import read_counts
from scenarios.naming import list_rows
from scenarios.project_monitoring.monitor import Monitor, read_monitor
from scenarios.school_network.subdistrict_panel import (
    list_figures,
    read_subdistrict,
    say_finding,
    say_place,
    spread_children,
)
from scenarios.view import View


def build_subdistrict(material: Material, subdistrict_id: int) -> list[Sheet]:
    """Build the sheet of a subdistrict.

    Raises
    ------
    UsageError
        When the district has no such subdistrict.
    """
    view, ground = material.view, material.ground
    _ = view.language
    row, schools, cohorts = read_subdistrict(view, subdistrict_id)
    name = _.pick(row["name_zh"], row["name_en"])
    monitor = read_monitor(view.connection, view.district, view.plan)
    mine = monitor.select(monitor.projects["subdistrict_id"] == subdistrict_id)
    places = ground.subdistricts
    flat = places.loc[places["id"] == subdistrict_id, "flat"].to_numpy()
    frame = material.fit_about(find_bounds(flat), margin=0.06)
    counts = read_counts(
        view.connection, view.district, view.plan, stage=view.stage, year=view.year
    )
    name_pt = material.paper.name_pt + 0.4
    answer = WarningMap(ground, counts, _, name_pt=name_pt, focus=flat, has_others=True)
    findings = (_say_seats(schools, view), _say_schools(schools, view), _say_projects(mine, view))
    sheet = Sheet(
        title=say_finding(name, schools, view),
        subtitle=f"{_.name(view.profile)} · {say_place(row, _)} · {_.name(view.plan)}",
        bookmark=name,
        map=compose_map(ground, frame, answer, _, name_pt=name_pt),
        findings=tuple(end_sentence(words, _) for words in findings if words),
        figures=tuple(Figure(*one) for one in list_figures(schools, cohorts, view)),
        legend_title=f"{_('Legend')} · {view.stage_name} {view.year}",
        legend=build_warning_legend(material, counts),
        inset_title=_("In the district"),
        inset=draw_locator(ground, material.paper.inset_mm, frame, np.asarray(flat), _),
        tables=(
            _set_schools(schools, view),
            *_set_children(cohorts, view),
            *([set_project_table(mine, mine.projects, view)] if len(mine.projects) else []),
        ),
        notes=(_("Shortfall of the catchments whose schools stand in the subdistrict."),),
    )
    return [sheet]


def _say_seats(schools: pd.DataFrame, view: View) -> str:
    """Say which catchments of the subdistrict lack seats and which have some left."""
    _ = view.language
    counted = schools.dropna(subset=["warning"])
    if counted.empty:
        return _("No school here admits by catchment in this stage")
    short = counted[counted["shortfall_seats"] > 0].sort_values(
        "shortfall_seats", ascending=False, kind="stable"
    )
    if short.empty:
        return _(
            "All {n} catchments of stage {stage} have seats enough in {year}",
            n=_.number(len(counted)),
            stage=view.stage_name,
            year=view.year,
        )
    parts = [
        _("{name} {n} short", name=name, n=_.number(seats))
        for name, seats in zip(name_schools(short, view), short["shortfall_seats"], strict=True)
    ]
    return _(
        "{n} of {all} catchments lack seats: {names}",
        n=_.number(len(short)),
        all=_.number(len(counted)),
        names=list_names(parts, _),
    )


def _say_schools(schools: pd.DataFrame, view: View) -> str:
    """Say how many schools of which kind stand there, with how many seats and pupils."""
    _ = view.language
    kinds = schools["kind"].value_counts(sort=False)
    order = list(dict.fromkeys(kind for stage in view.profile.stages for kind in stage.kinds))
    parts = [f"{_.term(kind)} {_.number(kinds[kind])}" for kind in order if kind in kinds]
    return join_facts(
        [
            list_names(parts, _, most=8),
            _(
                "{seats} seats in all for {pupils} pupils",
                seats=_.number(schools["seats"].sum()),
                pupils=_.number(schools["pupils"].sum()),
            ),
        ],
        _,
    )


def _say_projects(monitor: Monitor, view: View) -> str:
    """Say which projects stand there and when they open."""
    _ = view.language
    projects = monitor.projects
    if projects.empty:
        return _("No project stands here")
    parts = [
        _(
            "{name} opens {seats} seats in {year}",
            name=_.pick(row["project_name_zh"], row["project_name_en"]),
            seats=_.number(row["seats"]),
            year=MISSING if is_missing(row["opens_year"]) else int(row["opens_year"]),
        )
        for row in list_rows(projects)
    ]
    return list_names(parts, _)


def _set_schools(schools: pd.DataFrame, view: View) -> SheetTable:
    _ = view.language
    order = list(dict.fromkeys(kind for stage in view.profile.stages for kind in stage.kinds))
    rows = schools.assign(
        name=name_schools(schools, view),
        kind_text=[_.term(kind) for kind in schools["kind"]],
        state=[
            MISSING if is_missing(code) else f"{MARKS[code]}\u00a0{_.percent(ratio, 0)}".strip()
            for code, ratio in zip(schools["warning"], schools["ratio_pct"], strict=True)
        ],
        order=schools["kind"].map({kind: at for at, kind in enumerate(order)}),
        outside=schools["warning"].isna(),
    ).sort_values(["outside", "order"], kind="stable")
    columns = [
        PaperColumn("name", _("School"), is_numeric=False),
        PaperColumn("kind_text", _("Type"), is_numeric=False),
        PaperColumn("seats", _("Seats")),
        PaperColumn("pupils", _("Pupils")),
        PaperColumn("state", _("Ratio")),
        PaperColumn("shortfall_seats", _("Shortfall")),
    ]
    title = f"{_('Schools')} · {view.stage_name} {view.year}"
    return set_table(title, rows, columns, _, empty=_("No school stands here."))


def _set_children(cohorts: pd.DataFrame, view: View) -> list[SheetTable]:
    """Set the children who enter each stage by year; small cells are hidden as on the screen."""
    if cohorts.empty:
        return []
    _ = view.language
    rows = spread_children(cohorts, view)
    columns = [
        PaperColumn("stage", _("Stage of education"), is_numeric=False),
        *(PaperColumn(year, year) for year in rows.columns[1:]),
    ]
    return [set_table(_("Children who enter a stage, by year"), rows, columns, _)]
