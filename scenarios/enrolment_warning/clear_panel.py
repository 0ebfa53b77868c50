"""What clears a catchment, in its panel: projects that come in time, and measures by cost."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from catchments.clearing import BOUNDARY, BUS, CLASS, NEW_SCHOOL, Measure
from layers.language import Language, msgid
from scenarios.elements import (
    Column,
    build_failed_job,
    build_job_card,
    build_job_close,
    build_note,
    build_running_job,
    build_section,
    build_table,
    order,
)
from scenarios.enrolment_warning.clear import Outlook, read_outlook
from scenarios.enrolment_warning.clear_order import ClearOrder
from scenarios.jobs import Status
from scenarios.naming import name_rows
from scenarios.view import View

MEASURE_WORDS = {
    CLASS: msgid("More classes at the school"),
    BOUNDARY: msgid("Move the boundary"),
    BUS: msgid("Bus to schools with seats"),
    NEW_SCHOOL: msgid("A new school"),
}
OBSTACLE_WORDS = {
    "size_limit": msgid("The school would be over its maximum size."),
    "no_free_seats": msgid("No school around takes them without being red itself."),
    "no_way": msgid("No way along the streets leads to enough seats."),
    "no_division": msgid("No boundary found takes enough children."),
}


def build_clearing(view: View, school_id: int) -> Component | None:
    """Build the section of a catchment that is red in the year of the view; nothing otherwise."""
    _ = view.language
    outlook = read_outlook(
        view.connection, view.district, view.plan, view.stage, view.year, school_id
    )
    if not outlook.is_red:
        return None
    return build_section(
        _("What clears the red"),
        build_note(_say_projects(outlook, _)),
        _build_projects(outlook, view.year, _),
        _build_measures(view, school_id),
        note=_.count("{n} seat is needed", "{n} seats are needed", outlook.needed_seats),
    )


def _say_projects(outlook: Outlook, _: Language) -> str:
    first = outlook.first_red_year
    if outlook.projects.empty:
        return _("No project opens seats here: it is red without an end in sight.")
    if outlook.cleared_year is None:
        return _(
            "Red from {year} on; the seats of its projects are not enough or come too late.",
            year=first,
        )
    return _(
        "Red from {year} on without projects; their seats clear it in {cleared}.",
        year=first,
        cleared=outlook.cleared_year,
    )


def _build_projects(outlook: Outlook, year: int, _: Language) -> Component | None:
    projects = outlook.projects
    if projects.empty:
        return None
    rows = projects.assign(
        name=name_rows(projects, "project", _),
        opens=projects["opens_year"].astype(str),
        late=[_.percent(100 * (1 - chance), 0) for chance in projects["in_time_chance"]],
    )
    columns = [
        Column("name", _("Project")),
        Column("opened_seats", _("Seats")),
        Column("opens", _("Opens"), align="right"),
        Column("late", _("Chance not to be open in {year}", year=year), align="right"),
    ]
    return build_table(rows, columns, language=_, row_id="project_id", link_kind="project")


def _build_measures(view: View, school_id: int) -> Component:
    _ = view.language
    told = view.clearing
    if told is None or told.clearing is None:
        return html.Button(
            _("Compare measures by cost"),
            id="compare-measures",
            type="button",
            className="button",
            disabled=told is not None,
            **order("clear", school=school_id),
        )
    rows = pd.DataFrame(
        [
            {
                "name": _(MEASURE_WORDS[one.kind]),
                "cost": _say_cost(one, _),
                "what": _say_measure(one, _),
            }
            for one in told.clearing.measures
        ]
    )
    table = build_table(
        rows,
        [
            Column("name", _("Measure")),
            Column("cost", _("Cost"), _("10,000 yuan"), align="right"),
            Column("what", _("What it does")),
        ],
        language=_,
    )
    return html.Div(
        [table, build_note(_("Costs are orders of magnitude of the profile, to compare by."))]
    )


def _say_cost(one: Measure, _: Language) -> str:
    return "–" if one.cost_yuan is None else _.number(one.cost_yuan / 10_000, 1)


def _say_measure(one: Measure, _: Language) -> str:
    if one.obstacle is not None:
        return _(OBSTACLE_WORDS[one.obstacle])
    if one.children:
        return _.count("{n} child", "{n} children", one.children)
    return _.count("{n} entry seat", "{n} entry seats", one.seats)


def open_cleared(status: Status) -> dict[str, Any]:
    """Return what shows the result of a job that is done: the page of its catchment."""
    asked: ClearOrder = status.order
    return {"clearing": asked.code}


def build_job(status: Status, stages: dict[str, str], language: Language) -> Component:
    """Show how the comparison stands: progress and stop, or the failure.

    Parameters
    ----------
    stages
        Names of the stages of the district by code.
    """
    _ = language
    asked: ClearOrder = status.order
    about = f"{stages[asked.stage]} {asked.year}"
    if status.state == "running":
        step = _("Stopping") if status.is_stopping else _("Searching for a boundary")
        words = (_("Comparing measures"), about, step)
        return build_running_job(status, words, _, stop_note=_("Nothing is stored then"))
    if status.state == "failed":
        return build_failed_job(status, (_("Nothing was compared"), about), _)
    title = _("Stopped") if status.state == "stopped" else _("The measures are compared")
    return build_job_card((title, about), [build_job_close(_)])
