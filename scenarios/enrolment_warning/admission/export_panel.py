"""The links that download the list of a run."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from scenarios.elements import build_note
from scenarios.enrolment_warning.admission.records import StoredRun
from scenarios.view import View


def build_export(view: View, stored: StoredRun) -> Component:
    """Build the links to the list of a run: a workbook, and text that spreadsheets open."""
    _ = view.language
    links = [
        html.A(
            label,
            href=get_address(view, stored, ending),
            className="button",
            download="",
            **{"data-export": ending},
        )
        for ending, label in (("xlsx", "Excel (XLSX)"), ("csv", "CSV (UTF-8)"))
    ]
    note = build_note(
        _("Every child with its facts, result and decision. Each download is logged.")
    )
    return html.Div([html.Div(links, className="buttons"), note], className="admission-export")


def get_address(view: View, stored: StoredRun, ending: str) -> str:
    """Return the address of the list, relative to the page."""
    code = view.profile.code
    return f"admission/{code}/runs/{stored.id}.{ending}?language={view.language.code}"
