"""The programme of all projects: one line a project with its stages, on one axis of time."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from layers.language import Language, is_missing
from scenarios.elements import build_link, build_mark
from scenarios.naming import list_rows
from scenarios.project_monitoring.schedule import Axis
from scenarios.project_monitoring.slips import AHEAD, DONE


def build_programme(
    projects: pd.DataFrame, stages: pd.DataFrame, language: Language, *, day: dt.date
) -> Component:
    """Draw each project as a line: its plan in pale, its stages in their colours as they came.

    What is not done yet is drawn through, up to where it is expected; a whisker spans the
    interval of the completion. An upright rule stands at `day`.

    Parameters
    ----------
    projects
        project_id, name, state, delay_days, expected_low_on and expected_high_on (may be
        missing), in the order of drawing.
    stages
        As :func:`scenarios.project_monitoring.slips.sum_slips` returns them, with stage_name and
        share (place of the stage among all, 0 to 1).
    """
    columns = ["planned_start_on", "planned_end_on", "starts_on", "ends_on"]
    days = [*stages[columns].to_numpy().ravel(), pd.Timestamp(day)]
    days += [pd.Timestamp(end) for end in projects["expected_high_on"].dropna()]
    axis = Axis(pd.Timestamp(min(days)).date(), pd.Timestamp(max(days)).date())
    lines: dict[int, list[dict[str, Any]]] = {}
    for stage in list_rows(stages):
        lines.setdefault(stage["project_id"], []).append(stage)
    rows = [
        _build_line(project, lines[project["project_id"]], axis, language, day)
        for project in list_rows(projects)
        if project["project_id"] in lines
    ]
    ends = [html.Span(f"{end:%Y-%m}") for end in (axis.first, axis.last)]
    keys = stages.drop_duplicates("order").sort_values("order")
    key = [
        html.Span([html.Span(className="stage-key", style={"--share": share}), name])
        for name, share in zip(keys["stage_name"], keys["share"], strict=True)
    ]
    return html.Figure(
        [
            html.P(key, className="chart-key"),
            html.Ul(rows, className="schedule programme"),
            html.Div(ends, className="schedule-axis"),
        ],
        className="chart",
    )


def _build_line(
    project: dict[str, Any],
    stages: list[dict[str, Any]],
    axis: Axis,
    _: Language,
    day: dt.date,
) -> Component:
    planned = axis.span(
        min(stage["planned_start_on"] for stage in stages).date(),
        max(stage["planned_end_on"] for stage in stages).date(),
    )
    bars = [html.Span(className="schedule-planned", style=planned)]
    for stage in stages:
        bars += _build_bars(stage, axis, day)
    if not is_missing(project["expected_low_on"]):
        whisker = axis.span(project["expected_low_on"], project["expected_high_on"])
        bars.append(html.Span(className="programme-whisker", style=whisker))
    bars.append(html.Span(className="schedule-day", style={"left": f"{axis.place(day):.2f}%"}))
    words = _.term(project["state"]) if not is_missing(project["state"]) else ""
    return html.Li(
        [
            html.Span(
                build_link("project", int(project["project_id"]), project["name"]),
                className="schedule-label programme-name",
            ),
            html.Span(bars, className="schedule-track", **{"aria-hidden": "true"}),
            html.Span(
                [
                    build_mark(project["state"], _, words=False),
                    _.signed(project["delay_days"]),
                ],
                className="schedule-text",
                title=words,
            ),
        ]
    )


def _build_bars(stage: dict[str, Any], axis: Axis, day: dt.date) -> list[Component]:
    """Draw what is done of a stage full, and what is expected drawn through."""
    start, end = stage["starts_on"].date(), stage["ends_on"].date()
    share = {"--share": stage["share"]}
    full, drawn_through = "programme-stage", "programme-stage programme-ahead"
    if stage["stage_state"] == DONE:
        return [html.Span(className=full, style=axis.span(start, end) | share)]
    if stage["stage_state"] == AHEAD or start >= day:
        return [html.Span(className=drawn_through, style=axis.span(start, end) | share)]
    return [
        html.Span(className=full, style=axis.span(start, day) | share),
        html.Span(className=drawn_through, style=axis.span(day, max(day, end)) | share),
    ]
