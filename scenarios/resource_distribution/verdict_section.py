"""The verdict of the national assessment on the panel, with its reasons."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from scenarios.elements import build_section
from scenarios.resource_distribution.analysis import NOT_PASSED, PASSED, UNKNOWN
from scenarios.resource_distribution.verdict import (
    Verdict,
    list_reasons,
    say_verdict,
    sum_verdicts,
)
from scenarios.view import View

_MARKS = {PASSED: "met", NOT_PASSED: "failed", UNKNOWN: "missing"}


def build_verdict(verdicts: list[Verdict], view: View) -> Component:
    """Build the verdict in words, and under it the reasons stage by stage."""
    _ = view.language
    said = html.P(
        [
            html.Span(className=f"mark mark-{_MARKS[sum_verdicts(verdicts)]}"),
            say_verdict(verdicts, _),
        ],
        className="marked",
    )
    reasons = [html.Li(words) for words in list_reasons(verdicts, view.profile, _)]
    return build_section(
        _("National assessment"), said, html.Ul(reasons, className="panel-note"),
        note="教督〔2017〕6号",
    )  # fmt: skip
