"""Panel of scenario 4: how far the projects are, and which seats they open when."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from layers.language import Language, is_missing
from scenarios.elements import (
    Bar,
    Column,
    build_bars,
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
from scenarios.project_monitoring.analysis import COMPLETED, LATE, NOT_STARTED, ON_TIME
from scenarios.project_monitoring.curves import build_curve
from scenarios.project_monitoring.group_section import build_group_section
from scenarios.project_monitoring.monitor import Monitor, read_monitor
from scenarios.project_monitoring.outlook import say_turned_red
from scenarios.project_monitoring.programme import build_programme
from scenarios.project_monitoring.slips import sum_slips
from scenarios.view import View


def build_panel(view: View) -> Component:
    """Build the panel of all projects: states, progress, openings, groups, programme, delays."""
    _ = view.language
    monitor = read_monitor(view.connection, view.district, view.plan)
    projects = monitor.projects
    if projects.empty:
        return build_page(
            build_heading(_("No building project is recorded"), _("Project monitoring")),
            build_note(_("Load projects, their buildings and stage records to follow them here.")),
            build_source(view, plan=False),
        )
    day = view.profile.data_date
    return build_page(
        build_heading(*say_finding(projects, view)),
        _build_states(projects, _),
        build_section(
            _("Progress of all projects"),
            None if monitor.slips.empty else build_curve(monitor.slips, _),
            note=_("by floor area, values of {day}", day=day),
        ),
        build_section(
            _("Seats by opening year"), _build_years(projects, _), note=_("all stages and grades")
        ),
        build_group_section(projects, view),
        build_section(
            _("Programme"),
            None if monitor.slips.empty else _build_programme(monitor, view),
            note=_("thin: plan, hatched: expected, bracket: interval"),
        ),
        build_section(_("Projects, the latest first"), build_project_list(monitor, view)),
        html.Div(
            [
                build_note(
                    _("Days late: since the day for which the reached progress was planned.")
                ),
                build_note(_("Opens: the first September for which the project is ready in time.")),
            ]
        ),
        build_source(view, run_id=monitor.run_id),
    )


def _build_programme(monitor: Monitor, view: View) -> Component:
    _ = view.language
    known = view.profile.construction.stages
    names = {stage.code: _.name(stage) for stage in known}
    stages = sum_slips(monitor.slips)
    stages = stages.assign(
        stage_name=stages["construction_stage"].map(names),
        share=stages["order"] / max(1, len(known) - 1),
    )
    projects = monitor.projects.assign(name=name_rows(monitor.projects, "project", _))
    ordered = projects.sort_values(["planned_year", "planned_end_on"], kind="stable")
    return build_programme(ordered, stages, _, day=view.profile.data_date)


def build_opening_table(openings: pd.DataFrame, language: Language, *, empty: str) -> Component:
    """Set the projects that open seats of one stage; each row opens one.

    Parameters
    ----------
    openings
        As :func:`scenarios.project_monitoring.openings.select_opening` returns it.
    empty
        Sentence for no project.
    """
    _ = language
    rows = openings.assign(name=name_rows(openings, "project", _))
    columns = [
        Column("name", _("Project")),
        Column("opened_seats", _("Seats")),
        Column("opens_year", _("Opens"), format=str),
        Column("state", _("State"), format=lambda state: build_mark(state, _)),
    ]
    return build_table(
        rows, columns, language=_, row_id="project_id", link_kind="project", empty=empty
    )


def build_project_list(monitor: Monitor, view: View) -> Component:
    """Set projects with stage, progress, delay and opening, the latest first; each row opens one.

    Below the name stand what it will teach, its stage, and what is wrong: warnings that its slip
    turns red, money ahead of the work, grave findings.
    """
    _ = view.language
    projects = monitor.projects
    rows = projects.assign(
        name=_name_projects(monitor, view),
        progress=[
            f"{_.number(done)} / {_.number(planned)}"
            for done, planned in zip(projects["progress_pct"], projects["planned_pct"], strict=True)
        ],
        delay=pd.Series(_mark_delays(projects, _), index=projects.index, dtype=object),
        ready=_set_intervals(projects),
    ).sort_values("delay_days", ascending=False, na_position="last")
    columns = [
        Column("name", _("Project"), format=lambda name: name),
        Column("progress", _("Done / planned"), "%", align="right"),
        Column("delay", _("Days late"), align="right", format=lambda delay: delay),
        Column("ready", _("Ready"), align="right", format=lambda ready: ready),
        Column("opens_year", _("Opens"), align="right", format=str),
    ]
    return build_table(rows, columns, language=_, row_id="project_id", link_kind="project")


def _set_intervals(projects: pd.DataFrame) -> pd.Series:
    """Set the expected month above the months of its interval."""
    cells: list[Component | None] = []
    for row in list_rows(projects):
        if is_missing(row["expected_end_on"]):
            cells.append(None)
            continue
        parts: list[Component | str] = [write_month(row["expected_end_on"])]
        if not is_missing(row["expected_low_on"]):
            months = [write_month(row[f"expected_{side}_on"])[2:] for side in ("low", "high")]
            parts.append(html.Span("–".join(months), className="column-unit"))
        cells.append(html.Span(parts))
    return pd.Series(cells, index=projects.index, dtype=object)


def write_month(day: object) -> str:
    """Write the month of a day in seven letters: 2026-08."""
    return f"{day:%Y-%m}"


def say_finding(projects: pd.DataFrame, view: View) -> tuple[str, str]:
    """Say how many projects are late, and how many seats all of them open."""
    _ = view.language
    late = projects[projects["state"] == LATE]
    subtitle = _.count(
        "{n} project, {seats} seats to open",
        "{n} projects, {seats} seats to open",
        len(projects),
        seats=_.number(projects.loc[projects["state"] != COMPLETED, "seats"].sum()),
    )
    if late.empty:
        return _("No project is late"), subtitle
    title = _.count(
        "{n} of {all} projects is late, by up to {days} days",
        "{n} of {all} projects are late, by up to {days} days",
        len(late),
        all=_.number(len(projects)),
        days=_.number(late["delay_days"].max()),
    )
    return title, subtitle


def _build_states(projects: pd.DataFrame, _: Language) -> Component:
    states = projects["state"].value_counts()
    return build_figures(
        [
            (_.term(state), _.number(states.get(state, 0)))
            for state in (LATE, ON_TIME, NOT_STARTED, COMPLETED)
        ]
    )


def _build_years(projects: pd.DataFrame, _: Language) -> Component | None:
    known = projects.dropna(subset=["opens_year"])
    seats = known.groupby("opens_year")["seats"].agg(["sum", "count"])
    bars = [
        Bar(
            str(year),
            total,
            _.count("{seats} ({n} project)", "{seats} ({n} projects)", n, seats=_.number(total)),
        )
        for year, total, n in seats.itertuples()
    ]
    return build_bars(bars) if bars else None


def _name_projects(monitor: Monitor, view: View) -> list[Component]:
    """Set below the name of each project what it will teach, its stage and what is wrong."""
    _ = view.language
    taught = name_stages(view.profile, _)
    construction = {stage.code: _.name(stage) for stage in view.profile.construction.stages}
    names = []
    rows = monitor.projects.assign(name=name_rows(monitor.projects, "project", _))
    for row in list_rows(rows):
        words = [taught.get(code, code) for code in row["stages"]]
        if row["construction_stage"] in construction:
            words.append(construction[row["construction_stage"]])
        lines = [html.Span(" · ".join(words), className="column-unit")]
        turned = monitor.turned_red[monitor.turned_red["project_id"] == row["project_id"]]
        lines += [
            html.Span([build_mark("red", _, words=False), " ", wrong], className="column-unit")
            for wrong in list_wrongs(row, turned, _)
        ]
        names.append(html.Span([row["name"], *lines]))
    return names


def list_wrongs(row: dict[str, Any], turned: pd.DataFrame, _: Language) -> list[str]:
    """List what is wrong with a project: reds by its slip, money ahead, grave findings."""
    wrongs = [say_turned_red(turned, _)]
    if row["is_ahead"]:
        wrongs.append(
            _("money {points} points ahead of the work", points=_.number(row["ahead_pct"]))
        )
    if row["grave_findings"]:
        wrongs.append(
            _.count("{n} grave finding open", "{n} grave findings open", row["grave_findings"])
        )
    return [wrong for wrong in wrongs if wrong]


def _mark_delays(projects: pd.DataFrame, _: Language) -> list[Component | None]:
    return [
        None
        if is_missing(state)
        else html.Span([build_mark(state, _, words=False), _.signed(days)])
        for state, days in zip(projects["state"], projects["delay_days"], strict=True)
    ]
