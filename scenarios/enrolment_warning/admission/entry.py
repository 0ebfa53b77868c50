"""The button that opens the officer's pages from the warnings."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from scenarios.elements import patch
from scenarios.enrolment_warning.admission.page import CLOSED, NEWEST
from scenarios.view import View


def build_admission_entry(view: View) -> Component:
    """Build the button that opens the pages of the assignment."""
    _ = view.language
    return html.Button(
        [
            _("Assign children to schools"),
            html.Span(_("Batches, scores, cut lines"), className="button-note"),
        ],
        id="open-admission",
        type="button",
        className="button button-wide",
        **patch(**{**CLOSED, "admission": NEWEST, "selection": None, "layers": None}),
    )
