"""The card of a job above the panel: how far it is, what came out, why it failed."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from gis.errors import OneMapError, get_answer
from layers.language import Language
from scenarios.elements.page import order
from scenarios.jobs import Status


def build_job_card(
    words: tuple[str, str], buttons: Sequence[Component], *more: Component
) -> Component:
    """Set a job in a card: what is going on, what it is about, and what can be done."""
    title, about = words
    head = html.Div(
        [
            html.Div([html.Strong(title), html.Span(about)], className="job-words"),
            html.Div(list(buttons), className="job-buttons"),
        ],
        className="job-head",
    )
    return html.Section([head, *more], className="job-card")


def build_running_job(
    status: Status,
    words: tuple[str, str, str],
    language: Language,
    *,
    stop_note: str,
    more: Sequence[Component] = (),
) -> Component:
    """Show a running job with its progress and a button that stops it.

    Parameters
    ----------
    words
        What is going on, what it is about, and the present step.
    stop_note
        What stopping leaves behind.
    more
        What the job tells further.
    """
    _ = language
    title, about, step = words
    done_pct = round(100 * status.share)
    bar = html.Div(
        html.Div(className="job-done", style={"width": f"{done_pct}%"}),
        className="job-bar",
        role="progressbar",
        **{
            "aria-label": about,
            "aria-valuenow": str(done_pct),
            "aria-valuemin": "0",
            "aria-valuemax": "100",
        },
    )
    stop = html.Button(
        _("Stop"),
        id="job-stop",
        type="button",
        className="button",
        disabled=status.is_stopping,
        title=stop_note,
        **order("stop"),
    )
    line = html.P(f"{step} · {_.percent(done_pct, 0)}", className="job-step")
    return build_job_card((title, about), [stop], bar, line, *more)


def build_failed_job(status: Status, words: tuple[str, str], language: Language) -> Component:
    """Show why a job failed; an unknown error is in the log alone."""
    _ = language
    error = status.error or RuntimeError()
    known = isinstance(error, OneMapError)
    text = str(error) if known else _("The log of the server says more.")
    told = html.P(
        f"{_(get_answer(error).notice)}: {text}", className="job-step job-failure", role="alert"
    )
    return build_job_card(words, [build_job_close(_)], told)


def build_job_close(language: Language) -> Component:
    """Build the button that takes a finished job away."""
    words = language("Close")
    return html.Button(
        "×",
        type="button",
        className="job-close",
        title=words,
        **{"aria-label": words},
        **order("forget"),
    )
