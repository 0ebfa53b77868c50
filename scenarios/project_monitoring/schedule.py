"""The schedule of buildings: planned and actual days of every stage on one axis of time."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from layers.language import Language, is_missing
from scenarios.naming import list_rows

_DATES = ["planned_start_on", "planned_end_on", "actual_start_on", "actual_end_on"]


def build_schedule(stages: pd.DataFrame, language: Language, *, day: dt.date) -> Component:
    """Draw each stage as a pale bar for its plan and a full one for what was done.

    All buildings share one axis from the first to the last day, planned or actual. An upright
    rule stands at `day`.

    Parameters
    ----------
    stages
        building and building_words, stage_name, planned_start_on, planned_end_on,
        actual_start_on, actual_end_on (missing when not there yet), progress_pct; in the order
        of drawing.
    """
    days = [at for at in [*stages[_DATES].to_numpy().ravel(), day] if not is_missing(at)]
    axis = Axis(min(days), max(days))
    rows: list[Component] = []
    for (building, words), part in stages.groupby(["building", "building_words"], sort=False):
        head = [html.Span(building), html.Span(words, className="schedule-words")]
        rows.append(html.Li(head, className="schedule-building"))
        rows += [_build_stage(row, axis, language, day) for row in list_rows(part)]
    ends = [html.Span(f"{end:%Y-%m}") for end in (axis.first, axis.last)]
    return html.Figure(
        [html.Ul(rows, className="schedule"), html.Div(ends, className="schedule-axis")],
        className="chart",
    )


class Axis:
    """Axis of time; days become per cent of its length.

    Examples
    --------
    >>> Axis(dt.date(2026, 1, 1), dt.date(2026, 1, 11)).place(dt.date(2026, 1, 6))
    50.0
    """

    def __init__(self, first: dt.date, last: dt.date) -> None:
        self.first, self.last = first, last

    def place(self, day: dt.date) -> float:
        """Return where a day stands."""
        return 100 * (day - self.first).days / max(1, (self.last - self.first).days)

    def span(self, start: dt.date, end: dt.date) -> dict[str, str]:
        """Return the style of a bar from one day to another."""
        left = self.place(start)
        # Thinner than that, a day could not be seen.
        return {"left": f"{left:.2f}%", "width": f"{max(0.6, self.place(end) - left):.2f}%"}


def _build_stage(row: dict[str, Any], axis: Axis, _: Language, day: dt.date) -> Component:
    planned = axis.span(row["planned_start_on"], row["planned_end_on"])
    bars = [html.Span(className="schedule-planned", style=planned)]
    if not is_missing(row["actual_start_on"]):
        until = day if is_missing(row["actual_end_on"]) else row["actual_end_on"]
        done = axis.span(row["actual_start_on"], until)
        bars.append(html.Span(className="schedule-actual", style=done))
    bars.append(html.Span(className="schedule-day", style={"left": f"{axis.place(day):.2f}%"}))
    return html.Li(
        [
            html.Span(row["stage_name"], className="schedule-label"),
            html.Span(bars, className="schedule-track", **{"aria-hidden": "true"}),
            html.Span(_.percent(row["progress_pct"], 0), className="schedule-text"),
        ]
    )
