"""Data management: which of its pages is open, and the way back."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from scenarios.elements import build_back
from scenarios.stewardship.conflicts_panel import build_conflicts_panel
from scenarios.stewardship.dataset_panel import build_dataset_panel
from scenarios.stewardship.form_panel import build_form_panel
from scenarios.stewardship.overview_panel import build_overview_panel
from scenarios.stewardship.page import CLOSED, CONFLICTS, FILES, OVERVIEW, DataPage
from scenarios.stewardship.report_panel import build_report_panel
from scenarios.stewardship.uploads import UploadShelf
from scenarios.view import View


def build_data_panel(view: View, page: DataPage, shelf: UploadShelf, below: str) -> list[Component]:
    """Build the page that is asked for, below the way back; needs the steward's rights.

    Parameters
    ----------
    below
        Name of the page below those of data management.
    """
    _ = view.language
    back = build_back(below, **CLOSED)
    if page.kind != OVERVIEW:
        back = build_back(_("Data management"), **{**CLOSED, "data": OVERVIEW})
    return [html.Div([back, _build_page(view, page, shelf)], className="data-page")]


def _build_page(view: View, page: DataPage, shelf: UploadShelf) -> Component:
    if page.kind == OVERVIEW:
        return build_overview_panel(view)
    if page.kind == CONFLICTS:
        return build_conflicts_panel(view, page)
    if page.kind != FILES:
        return build_dataset_panel(view, page)
    upload = shelf.find(view.profile.code, page.upload)
    if upload.report is not None:
        return build_report_panel(view, upload, page)
    return build_form_panel(view, upload)
