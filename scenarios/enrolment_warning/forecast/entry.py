"""The button that opens the years ahead from the warnings."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from catchments.forecast.entrants import list_years
from scenarios.elements import patch
from scenarios.enrolment_warning.forecast.page import CLOSED
from scenarios.view import View


def build_forecast_entry(view: View) -> Component:
    """Build the button that opens the years ahead."""
    _ = view.language
    years = list_years(view.profile)
    return html.Button(
        [
            _("Look {n} years ahead", n=len(years)),
            html.Span(_("Children, seats, chance of red"), className="button-note"),
        ],
        id="open-forecast",
        type="button",
        className="button button-wide",
        **patch(**{**CLOSED, "ahead": "first", "selection": None, "layers": None}),
    )
