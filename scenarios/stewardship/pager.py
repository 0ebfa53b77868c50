"""Long tables a page at a time."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from layers.language import Language
from scenarios.elements import build_opener

PAGE_ROWS = 50


def build_pager(at: int, total: int, language: Language) -> Component | None:
    """Say which rows of a table are shown, with the way to those before and after."""
    if total <= PAGE_ROWS and at == 0:
        return None
    _ = language
    last = min(at + PAGE_ROWS, total)
    told = _(
        "Rows {first} to {last} of {total}",
        first=_.number(min(at + 1, total)),
        last=_.number(last),
        total=_.number(total),
    )
    parts: list[Component | str] = [html.Span(told)]
    if at > 0:
        before = max(0, at - PAGE_ROWS)
        parts.append(build_opener(_("Previous page"), at=str(before) if before else None))
    if last < total:
        parts.append(build_opener(_("Next page"), at=str(last)))
    return html.Div(parts, className="pager")
