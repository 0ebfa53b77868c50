"""Read a panel as a person does: its words, row by row."""

from __future__ import annotations

from collections.abc import Iterator

from dash import html
from dash.development.base_component import Component


def read_words(page: object) -> str:
    """Return all words of a page that are shown."""
    return " ".join(_walk(page))


def read_title(page: Component) -> str:
    """Return the finding at the head of a panel."""
    return read_words(next(part for part in list_parts(page) if isinstance(part, html.H1)))


def read_rows(page: Component) -> list[list[str]]:
    """Return the cells of every table row of a page."""
    rows = [part for part in list_parts(page) if isinstance(part, html.Tr)]
    return [[read_words(cell) for cell in row.children] for row in rows]


def list_parts(page: object) -> Iterator[Component]:
    """List every component of a page, in reading order."""
    if isinstance(page, list | tuple):
        for part in page:
            yield from list_parts(part)
    elif isinstance(page, Component):
        yield page
        yield from list_parts(getattr(page, "children", None))


def _walk(page: object) -> Iterator[str]:
    if isinstance(page, list | tuple):
        for part in page:
            yield from _walk(part)
    elif isinstance(page, Component):
        if not getattr(page, "hidden", False):
            yield from _walk(getattr(page, "children", None))
    elif page is not None:
        yield str(page).strip()
