"""Estimates with their intervals below each other: no estimate is shown without one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component

from layers.language import Language, is_missing
from scenarios.elements.page import build_opener


@dataclass(frozen=True)
class Interval:
    """One estimate.

    Parameters
    ----------
    value, low, high
        Estimate and ends of its interval; without a value nothing is drawn.
    text
        How it is written at the end of the row.
    is_marked
        Whether it lies beside the middle by more than chance.
    opens
        What a click on the label changes in the state.
    """

    label: str
    value: float | None
    low: float | None
    high: float | None
    text: str
    is_marked: bool = False
    opens: dict[str, Any] | None = None


def build_intervals(
    intervals: Sequence[Interval], *, middle: float, middle_label: str, limit: int | None = None
) -> Component:
    """Set estimates with their intervals below each other on one scale around `middle`.

    Parameters
    ----------
    middle
        Where a rule stands across the rows: no difference, or the mean of the district.
    middle_label
        What the rule means.
    limit
        Rows shown at first; the rest unfolds.
    """
    ends = [
        float(value)
        for one in intervals
        for value in (one.low, one.high)
        if value is not None and not is_missing(value)
    ]
    reach = max((abs(end - middle) for end in ends), default=0) or 1.0
    rows = [_build_row(one, middle, reach) for one in intervals]
    key = html.P([html.Span(className="bar-key"), middle_label], className="chart-key")
    shown = rows if limit is None else rows[:limit]
    parts: list[Component] = [html.Ul(shown, className="bars"), key]
    if limit is not None and len(rows) > limit:
        rest = html.Ul(rows[limit:], className="bars")
        parts.insert(1, html.Details([html.Summary(f"+ {len(rows) - limit}"), rest]))
    return html.Figure(parts, className="chart")


def write_interval(
    value: float | None,
    low: float | None,
    high: float | None,
    language: Language,
    *,
    digits: int = 0,
    is_difference: bool = True,
) -> str:
    """Write an estimate with its interval, with signs where it is a difference.

    Examples
    --------
    >>> from layers.language import load_language
    >>> write_interval(3.4, -1.0, 7.8, load_language("en"), digits=1)
    '+3.4 (−1.0 to +7.8)'
    >>> write_interval(66.2, 59.6, 72.9, load_language("zh"), is_difference=False)
    '66（60～73）'
    """
    _ = language
    write = _.signed if is_difference else _.number
    middle, first, last = (write(one, digits) for one in (value, low, high))
    return _("{value} ({low} to {high})", value=middle, low=first, high=last)


def _build_row(one: Interval, middle: float, reach: float) -> Component:
    track = [html.Span(className="bar-target", style={"left": "50%"})]
    if one.value is not None and not is_missing(one.value):
        low, dot, high = (
            _place(float(end), middle, reach) for end in (one.low or 0, one.value, one.high or 0)
        )
        mark = " interval-marked" if one.is_marked else ""
        style = {"left": f"{low:.2f}%", "width": f"{high - low:.2f}%"}
        track += [
            html.Span(className=f"interval{mark}", style=style),
            html.Span(className=f"interval-dot{mark}", style={"left": f"{dot:.2f}%"}),
        ]
    label: Component | str = build_opener(one.label, **one.opens) if one.opens else one.label
    return html.Li(
        [
            html.Span(label, className="bar-label", title=one.label),
            html.Span(track, className="bar-track interval-track"),
            html.Span(one.text, className="bar-text"),
        ]
    )


def _place(value: float, middle: float, reach: float) -> float:
    """Return where a value stands on the track, per cent from its left end."""
    return 50 + 48 * (value - middle) / reach
