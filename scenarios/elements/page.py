"""The page of a panel: heading, figures, marks, notes, and where its numbers come from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

from dash import html
from dash.development.base_component import Component

from layers.language import Language
from scenarios.view import View

Tone = Literal["red", "yellow", "good"]
Content: TypeAlias = Component | str | None


class Figure(NamedTuple):
    """One key figure: ``Figure("Shortfall", "312", "seats", "red")``."""

    label: str
    value: str
    unit: str | None = None
    tone: Tone | None = None


def build_page(*parts: Content) -> Component:
    """Set the parts of a panel below each other; None is left out."""
    return html.Article([part for part in parts if part is not None], className="panel-page")


def build_heading(title: str, subtitle: str | None = None) -> Component:
    """Head a panel: the finding in one sentence, and what it is about in small below it."""
    parts: list[Component] = [html.H1(title, className="panel-title")]
    if subtitle:
        parts.append(html.P(subtitle, className="panel-subtitle"))
    return html.Header(parts, className="panel-heading")


def build_section(title: str, *parts: Content, note: str | None = None) -> Component:
    """Set a chart or a table under its own small title; `note` says unit or reading in a few words.

    Nothing of the section is shown when all its parts are None.
    """
    shown = [part for part in parts if part is not None]
    heading: list[Component | str] = [title]
    if note:
        heading.append(html.Span(note, className="section-note"))
    return html.Section(
        [html.H2(heading, className="section-title"), *shown],
        className="panel-section",
        hidden=not shown,
    )


def build_figures(figures: Sequence[Figure | tuple]) -> Component:
    """Set two to four key figures side by side, each with its label and unit."""
    return html.Dl(
        [_build_figure(Figure(*figure)) for figure in figures], className="panel-figures"
    )


def _build_figure(figure: Figure) -> Component:
    parts: list[Component | str] = [figure.value]
    if figure.tone:
        parts.insert(0, html.Span(className=f"mark mark-{figure.tone}"))
    if figure.unit:
        parts.append(html.Span(figure.unit, className="figure-unit"))
    return html.Div(
        [html.Dt(figure.label), html.Dd(parts, className=f"figure-{figure.tone or 'plain'}")]
    )


def build_mark(warning: str | None, language: Language, *, words: bool = True) -> Component:
    """Show a coded state by colour, shape and words.

    Parameters
    ----------
    warning
        none, yellow, red, unknown; also met, near, failed, missing and the states of projects.
    words
        Whether the words are shown; a screen reader says them in any case.
    """
    code = warning or "unknown"
    term = language.term(code)
    if not words:
        return html.Span(className=f"mark mark-{code}", role="img", title=term, **_say(term))
    return html.Span([html.Span(className=f"mark mark-{code}"), term], className="marked")


def build_link(kind: str, id: int, text: Content) -> Component:
    """Make `text` open the panel of a school, catchment, project or subdistrict and fly there."""
    return build_opener(text, **select_thing(kind, id))


def build_opener(text: Content, **changes: Any) -> Component:
    """Make `text` change the state of the page as a link does."""
    return html.Button(text, type="button", className="panel-link", **patch(**changes))


def build_back(name: str, **changes: Any) -> Component:
    """Build the way back to the page below, of that name."""
    return html.Button(
        [html.Span(className="icon icon-back"), name],
        id="close-panel",
        type="button",
        className="panel-back",
        **patch(**changes),
    )


def select_thing(kind: str, id: int) -> dict[str, Any]:
    """Return what selects a school, catchment, project or subdistrict and flies there."""
    thing = {"kind": kind, "id": int(id)}
    return {"selection": thing, "place": thing}


def patch(**changes: Any) -> dict[str, str]:
    """Return the attribute that makes a click change the state of the page.

    Examples
    --------
    >>> patch(year=2027)
    {'data-patch': '{"year": 2027}'}
    """
    return {"data-patch": json.dumps(changes, ensure_ascii=False)}


def order(do: str, **more: Any) -> dict[str, str]:
    """Return the attribute that makes a click, or a form, order something of the server.

    Examples
    --------
    >>> order("drop", plan="draft")
    {'data-order': '{"do": "drop", "plan": "draft"}'}
    """
    return {"data-order": json.dumps({"do": do, **more}, ensure_ascii=False)}


def build_note(text: Content | list[Content]) -> Component:
    """Say in small what a reader must know to read the numbers right."""
    return html.P(text, className="panel-note")


def build_source(view: View, *, run_id: int | None = None, plan: bool = True) -> Component:
    """Close a panel with where its numbers come from.

    Parameters
    ----------
    run_id
        Run that computed them; None for what stands in the registers.
    plan
        Whether the numbers depend on the plan.
    """
    _ = view.language
    parts = [_("Data of {date}", date=_.date(view.profile.data_date))]
    if plan:
        parts.append(_("Plan: {plan}", plan=_.name(view.plan)))
    if run_id is not None:
        parts.append(_("Run {run}", run=int(run_id)))
    if view.profile.synthetic:
        parts.append(_("Synthetic data"))
    return html.Footer(" · ".join(parts), className="panel-source")


def _say(words: str) -> dict[str, str]:
    return {"aria-label": words}
