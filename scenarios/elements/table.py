"""Dense tables with right-aligned numbers, whose rows may open what they are about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import pandas as pd
from dash import html
from dash.development.base_component import Component

from layers.language import MISSING, Language, is_missing
from scenarios.elements.page import build_opener, select_thing

Cell: TypeAlias = Component | str


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name
        Column of the frame.
    label, unit
        Heading; the unit stands small below it.
    align
        By default numbers to the right and words to the left.
    format
        How a value is written; missing values are a dash and never reach it. By default numbers
        with thousands separators (one decimal for fractions), words as they are.
    """

    name: str
    label: str
    unit: str | None = None
    align: Literal["left", "right", "center"] | None = None
    format: Callable[[Any], Cell] | None = None


def build_table(
    frame: pd.DataFrame,
    columns: list[Column],
    *,
    language: Language,
    row_id: str | None = None,
    link_kind: str | None = None,
    opens: Callable[[dict[Any, Any]], dict[str, Any] | None] | None = None,
    limit: int | None = None,
    empty: str | None = None,
) -> Component:
    """Set a frame as a table, in the order of its rows.

    Parameters
    ----------
    row_id, link_kind
        Column with the id of what a row is about, and its kind: school, catchment, project or
        subdistrict. The first column then opens it.
    opens
        Returns what a click on a row changes in the state of the page instead.
    limit
        Rows shown at first; the rest unfolds.
    empty
        Sentence instead of a table without rows.
    """
    if frame.empty and empty is not None:
        return html.P(empty, className="panel-note")
    aligns = [_align(frame, column) for column in columns]
    rows = [
        _build_row(row, columns, aligns, language, _find_target(row, row_id, link_kind, opens))
        for row in frame.to_dict("records")
    ]
    head = html.Thead(html.Tr([_build_head(c, a) for c, a in zip(columns, aligns, strict=True)]))
    shown = rows if limit is None else rows[:limit]
    table = html.Table([head, html.Tbody(shown)], className="panel-table")
    if limit is None or len(rows) <= limit:
        return table
    # The same table continues in the fold, so that its columns keep their heads.
    whole = html.Table([head, html.Tbody(rows)], className="panel-table")
    words = language("All {n} rows", n=language.number(len(rows)))
    fold = html.Details([html.Summary(words), whole], className="table-fold")
    return html.Div([table, fold], className="table-folded")


def _align(frame: pd.DataFrame, column: Column) -> str:
    numeric = pd.api.types.is_numeric_dtype(frame[column.name])
    boolean = pd.api.types.is_bool_dtype(frame[column.name])
    return column.align or ("right" if numeric and not boolean else "left")


def _build_head(column: Column, align: str) -> Component:
    parts: list[Cell] = [column.label]
    if column.unit:
        parts.append(html.Span(column.unit, className="column-unit"))
    return html.Th(parts, scope="col", className=f"cell-{align}")


def _build_row(
    row: dict[Any, Any],
    columns: list[Column],
    aligns: list[str],
    language: Language,
    target: dict[str, Any] | None,
) -> Component:
    cells = [_write(row[column.name], column, language) for column in columns]
    if target is not None:
        cells[0] = build_opener(cells[0], **target)
    data = [
        html.Td(cell, className=f"cell-{align}") for cell, align in zip(cells, aligns, strict=True)
    ]
    return html.Tr(data, className="row-linked" if target else None)


def _find_target(
    row: dict[Any, Any],
    row_id: str | None,
    link_kind: str | None,
    opens: Callable[[dict[Any, Any]], dict[str, Any] | None] | None,
) -> dict[str, Any] | None:
    """Return what a click on a row changes in the state, if it opens anything."""
    if opens is not None:
        return opens(row)
    if row_id is None or link_kind is None or is_missing(row[row_id]):
        return None
    return select_thing(link_kind, row[row_id])


def _write(value: Any, column: Column, language: Language) -> Cell:
    if is_missing(value):
        return MISSING
    if column.format is not None:
        return column.format(value)
    if isinstance(value, bool | str):
        return str(value)
    return language.number(value, 0 if float(value).is_integer() else 1)
