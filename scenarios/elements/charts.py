"""Small charts made of plain page elements: they follow the theme, the type and the width.

Bars are boxes with a width in per cent. Lines are masks: the browser fills the shape with a
colour of the theme, so that a chart needs no script and no second drawing for the dark theme.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from dash import html
from dash.development.base_component import Component

from layers.language import Language, is_missing
from scenarios.elements.page import Tone, build_link


@dataclass(frozen=True)
class Bar:
    """One horizontal bar.

    Parameters
    ----------
    value, text
        Length, and how it is written at the end of the bar.
    target
        Where a tick stands across the bar, in the same unit: seats against children.
    link
        Kind and id of what the bar is about.
    """

    label: str
    value: float | None
    text: str
    target: float | None = None
    tone: Tone | None = None
    link: tuple[str, int] | None = None


@dataclass(frozen=True)
class Stack:
    """One horizontal bar of several parts.

    Parameters
    ----------
    values
        Lengths of the parts, in the order of the key.
    text
        How their sum is written at the end of the bar.
    """

    label: str
    values: Sequence[float]
    text: str


@dataclass(frozen=True)
class Line:
    """One line of a chart; missing values interrupt it. The first line wears the accent."""

    label: str
    values: Sequence[float | None]
    tone: Tone | None = None
    dashed: bool = False


@dataclass(frozen=True)
class Band:
    """The ground between two lines, such as the bounds of a forecast."""

    label: str
    low: Sequence[float]
    high: Sequence[float]


@dataclass(frozen=True)
class Step:
    """One step of a strip: its weight in the whole and how much of it is done."""

    label: str
    weight: float
    done_pct: float


def build_bars(
    bars: Sequence[Bar], *, greatest: float | None = None, target_label: str | None = None
) -> Component:
    """Set bars below each other on one scale that begins at zero.

    Parameters
    ----------
    greatest
        Value of the full width; by default the greatest value or target.
    target_label
        What the ticks mean.
    """
    values = [v for bar in bars for v in (bar.value, bar.target) if not is_missing(v)]
    scale = greatest or max([float(v) for v in values if v is not None], default=0) or 1.0
    rows = [_build_bar(bar, scale) for bar in bars]
    key = (
        html.P([html.Span(className="bar-key"), target_label], className="chart-key")
        if target_label
        else None
    )
    return html.Figure([html.Ul(rows, className="bars"), key], className="chart")


def _build_bar(bar: Bar, scale: float) -> Component:
    length = 0.0 if is_missing(bar.value) else 100 * float(bar.value or 0) / scale
    track = [html.Span(className=f"bar bar-{bar.tone or 'plain'}", style={"width": _pct(length)})]
    if bar.target is not None and not is_missing(bar.target):
        left = _pct(100 * float(bar.target) / scale)
        track.append(html.Span(className="bar-target", style={"left": left}))
    label: Component | str = build_link(*bar.link, bar.label) if bar.link else bar.label
    return html.Li(
        [
            html.Span(label, className="bar-label", title=bar.label),
            html.Span(track, className="bar-track"),
            html.Span(bar.text, className="bar-text"),
        ]
    )


def build_stacks(stacks: Sequence[Stack], keys: Sequence[str]) -> Component:
    """Set bars of several parts below each other on one scale, with the key of their parts.

    Parameters
    ----------
    keys
        What each part means; at most three are told apart.
    """
    scale = max((sum(stack.values) for stack in stacks), default=0) or 1.0
    rows = [
        html.Li(
            [
                html.Span(stack.label, className="bar-label", title=stack.label),
                html.Span(
                    [
                        html.Span(
                            className=f"stack-{number}", style={"width": _pct(100 * value / scale)}
                        )
                        for number, value in enumerate(stack.values, start=1)
                        if value
                    ],
                    className="bar-track stack",
                ),
                html.Span(stack.text, className="bar-text"),
            ]
        )
        for stack in stacks
    ]
    marks = [
        html.Span([html.Span(className=f"stack-key stack-{number}"), key])
        for number, key in enumerate(keys, start=1)
    ]
    return html.Figure(
        [html.Ul(rows, className="bars"), html.P(marks, className="chart-key stack-keys")],
        className="chart",
    )


def build_strip(steps: Sequence[Step], *, planned_pct: float | None = None) -> Component:
    """Set steps of a piece of work in one strip, as wide as their weight, filled as far as done.

    Parameters
    ----------
    planned_pct
        Share of the whole that should be done by now: a tick across the strip.
    """
    total = sum(step.weight for step in steps) or 1.0
    parts = [
        html.Span(
            html.Span(className="strip-done", style={"width": _pct(step.done_pct)}),
            className="strip-step",
            style={"flexGrow": round(step.weight / total, 4)},
            title=f"{step.label} {step.done_pct:.0f}%",
        )
        for step in steps
    ]
    if planned_pct is not None and not is_missing(planned_pct):
        parts.append(html.Span(className="bar-target", style={"left": _pct(planned_pct)}))
    words = ", ".join(f"{step.label} {step.done_pct:.0f}%" for step in steps)
    return html.Span(parts, className="strip", role="img", **{"aria-label": words})


def build_lines(
    lines: Sequence[Line],
    ticks: Sequence[str],
    *,
    language: Language,
    from_zero: bool = True,
    digits: int = 0,
    unit: str | None = None,
    marked: int | None = None,
    band: Band | None = None,
) -> Component:
    """Draw lines over equally spaced ticks, such as years, labelled at their ends.

    Parameters
    ----------
    ticks
        Label of each position on the horizontal axis, as many as values.
    from_zero
        Whether the vertical axis begins at zero.
    digits
        Decimals of the labels.
    marked
        Position that is marked by a rule across the chart, such as the chosen year; the values
        there stand beside the names of the lines.
    band
        Drawn behind the lines; as many values as ticks.
    """
    told = [v for line in lines for v in line.values]
    told += [] if band is None else [*band.low, *band.high]
    known = [float(v) for v in told if v is not None and not is_missing(v)]
    if not known or len(ticks) < 2:
        return html.Figure(className="chart", hidden=True)
    # A margin of some per cent keeps the thickness of the lines inside their masks.
    at = [2 + 96 * i / (len(ticks) - 1) for i in range(len(ticks))]
    scale = _choose_scale(min(known), max(known), from_zero=from_zero)
    plot = _build_grid(scale, language, digits)
    if marked is not None:
        plot.append(html.Span(className="line-marked", style={"left": _pct(at[marked])}))
    if band is not None:
        plot.append(html.Span(className="line line-band", style=_mask(_fill(at, band, scale))))
    plot += [_build_line(line, number, at, scale) for number, line in enumerate(lines, start=1)]
    axis = [
        html.Span(tick, style={"left": _pct(x)}, className="tick-last" if x == at[-1] else None)
        for tick, x in zip(ticks, at, strict=True)
    ]
    keys = _build_keys(lines, language, digits, unit, marked)
    if band is not None:
        keys.insert(1, html.Span([html.Span(className="band-key"), band.label]))
    return html.Figure(
        [
            html.P(keys, className="chart-key"),
            html.Div(plot, className="line-plot"),
            html.Div(axis, className="line-axis"),
        ],
        className="chart",
    )


def build_spark(values: Sequence[float | None]) -> Component | None:
    """Draw a line without axes, as high as a row of a table; a single value is a dot.

    The scale reaches from the least to the greatest value; None without any value.
    """
    known = [float(v) for v in values if v is not None and not is_missing(v)]
    if not known:
        return None
    low, span = min(known), (max(known) - min(known)) or 1.0
    step = 88 / max(len(values) - 1, 1)
    at = [6 + step * i if len(values) > 1 else 50.0 for i in range(len(values))]
    heights = [
        None if v is None or is_missing(v) else 15 + 70 * (float(v) - low) / span for v in values
    ]
    if max(known) == low:
        heights = [None if height is None else 50.0 for height in heights]
    return html.Span(className="spark line-1", style=_mask(_trace(at, heights, dashed=False)))


def _build_grid(scale: list[float], language: Language, digits: int) -> list[Component]:
    return [
        html.Span(
            language.number(value, digits),
            className="line-grid",
            style={"bottom": _pct(_rise(value, scale))},
        )
        for value in scale
    ]


def _build_line(line: Line, number: int, at: list[float], scale: list[float]) -> Component:
    heights = [None if v is None or is_missing(v) else _rise(v, scale) for v in line.values]
    mask = _mask(_trace(at, heights, dashed=line.dashed))
    return html.Span(className=f"line line-{line.tone or number}", style=mask)


def _rise(value: float, scale: list[float]) -> float:
    return 3 + 94 * (float(value) - scale[0]) / (scale[-1] - scale[0])


def _build_keys(
    lines: Sequence[Line], language: Language, digits: int, unit: str | None, marked: int | None
) -> list[Component]:
    """Name each line with its value at the marked position, or the last one there is."""
    keys = []
    for number, line in enumerate(lines, start=1):
        known = [value for value in line.values if not is_missing(value)]
        told = line.values[marked] if marked is not None else (known or [None])[-1]
        value = f" {language.number(told, digits)}{' ' + unit if unit else ''}"
        dash = " line-key-dashed" if line.dashed else ""
        keys.append(
            html.Span(
                [
                    html.Span(className=f"line-key line-{line.tone or number}{dash}"),
                    line.label,
                    html.Span(value, className="line-value"),
                ]
            )
        )
    return keys


def _choose_scale(low: float, high: float, *, from_zero: bool) -> list[float]:
    """Choose the grid: round values in steps of 1, 2 or 5 times a power of ten around the data."""
    bottom = min(0.0, low) if from_zero else low
    span = (high - bottom) or abs(high) or 1.0
    power = 10 ** math.floor(math.log10(span / 3))
    step = next(m * power for m in (1, 2, 5, 10) if span / (m * power) <= 4)
    first, last = math.floor(bottom / step), math.ceil(high / step)
    return [i * step for i in range(first, max(last, first + 1) + 1)]


def _trace(at: list[float], heights: list[float | None], *, dashed: bool) -> str:
    """Draw a line with a dot at each value, in a square of 100 that the browser stretches."""
    path, pen = [], "M"
    for x, y in zip(at, heights, strict=True):
        if y is None:
            pen = "M"
            continue
        path.append(f"{pen}{x:.2f} {100 - y:.2f}")
        pen = "L"
    dots = "".join(
        f"M{x:.2f} {100 - y:.2f}h0" for x, y in zip(at, heights, strict=True) if y is not None
    )
    stroke = "fill='none' stroke='#000' vector-effect='non-scaling-stroke' stroke-linecap='round'"
    dash = " stroke-dasharray='2 5'" if dashed else ""
    return (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 100 100'"
        " preserveAspectRatio='none'>"
        f"<path d='{''.join(path)}' stroke-width='2'{dash} {stroke}/>"
        f"<path d='{dots}' stroke-width='6' {stroke}/></svg>"
    )


def _fill(at: list[float], band: Band, scale: list[float]) -> str:
    """Fill the ground between the lines of a band."""
    there = [f"{x:.2f} {100 - _rise(y, scale):.2f}" for x, y in zip(at, band.high, strict=True)]
    back = [f"{x:.2f} {100 - _rise(y, scale):.2f}" for x, y in zip(at, band.low, strict=True)]
    return (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 100 100'"
        f" preserveAspectRatio='none'><path d='M{'L'.join(there + back[::-1])}Z'/></svg>"
    )


def _mask(svg: str) -> dict[str, str]:
    address = f'url("data:image/svg+xml,{quote(svg)}")'
    return {"maskImage": address, "WebkitMaskImage": address}


def _pct(value: float) -> str:
    return f"{max(0.0, min(100.0, value)):.2f}%"
