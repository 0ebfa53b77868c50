"""Panel of scenario 4: how far the projects are, and which seats they open when."""

from __future__ import annotations

import pandas as pd
from dash import html
from dash.development.base_component import Component

from gis.database import read_table
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
from scenarios.naming import name_rows, name_stages
from scenarios.project_monitoring.analysis import COMPLETED, LATE, NOT_STARTED, ON_TIME
from scenarios.project_monitoring.openings import list_projects
from scenarios.view import View


def build_panel(view: View) -> Component:
    """Build the panel of all projects: states, seats by opening year, delays."""
    _ = view.language
    openings = read_table(view.connection, "project_openings", district_id=view.district.id)
    if openings.empty:
        return build_page(
            build_heading(_("No building project is recorded"), _("Project monitoring")),
            build_note(_("Load projects, their buildings and stage records to follow them here.")),
            build_source(view, plan=False),
        )
    projects = list_projects(openings)
    run = openings["run_id"].dropna()
    return build_page(
        build_heading(*_say_finding(projects, view)),
        _build_states(projects, _),
        build_section(
            _("Seats by opening year"), _build_years(projects, _), note=_("all stages and grades")
        ),
        build_section(_("Projects, the latest first"), build_project_list(projects, view)),
        html.Div(
            [
                build_note(
                    _("Days late: since the day for which the reached progress was planned.")
                ),
                build_note(_("Opens: the first September for which the project is ready in time.")),
            ]
        ),
        build_source(view, run_id=None if run.empty else int(run.iloc[0]), plan=False),
    )


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


def build_project_list(projects: pd.DataFrame, view: View) -> Component:
    """Set projects with stage, progress, delay and opening, the latest first; each row opens one.

    Parameters
    ----------
    projects
        As :func:`scenarios.project_monitoring.openings.list_projects` returns it.
    """
    _ = view.language
    rows = projects.assign(
        name=_name_projects(projects, view),
        progress=[
            f"{_.number(done)} / {_.number(planned)}"
            for done, planned in zip(projects["progress_pct"], projects["planned_pct"], strict=True)
        ],
        delay=pd.Series(_mark_delays(projects, _), index=projects.index, dtype=object),
    ).sort_values("delay_days", ascending=False, na_position="last")
    columns = [
        Column("name", _("Project"), format=lambda name: name),
        Column("progress", _("Done / planned"), "%", align="right"),
        Column("delay", _("Days late"), align="right", format=lambda delay: delay),
        Column("expected_end_on", _("Ready"), align="right", format=write_month),
        Column("opens_year", _("Opens"), align="right", format=str),
    ]
    return build_table(rows, columns, language=_, row_id="project_id", link_kind="project")


def write_month(day: object) -> str:
    """Write the month of a day in seven letters: 2026-08."""
    return f"{day:%Y-%m}"


def _say_finding(projects: pd.DataFrame, view: View) -> tuple[str, str]:
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


def _name_projects(projects: pd.DataFrame, view: View) -> list[Component]:
    """Set below the name of each project what it will teach and the stage it is in."""
    _ = view.language
    taught = name_stages(view.profile, _)
    construction = {stage.code: _.name(stage) for stage in view.profile.construction.stages}
    return [
        html.Span([name, html.Span(" · ".join(words), className="column-unit")])
        for name, words in zip(
            name_rows(projects, "project", _),
            (
                [
                    *(taught.get(code, code) for code in codes),
                    *([construction[stage]] if stage in construction else []),
                ]
                for codes, stage in zip(
                    projects["stages"], projects["construction_stage"], strict=True
                )
            ),
            strict=True,
        )
    ]


def _mark_delays(projects: pd.DataFrame, _: Language) -> list[Component | None]:
    return [
        None
        if is_missing(state)
        else html.Span([build_mark(state, _, words=False), _.signed(days)])
        for state, days in zip(projects["state"], projects["delay_days"], strict=True)
    ]
