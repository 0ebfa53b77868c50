"""The page of values on which offices differ: both values, who is right, by which rule."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from gis.access import Role
from layers.language import Language
from scenarios.access import log_reading
from scenarios.data_sources import find_first_sources, list_conflicts
from scenarios.elements import (
    Column,
    build_heading,
    build_page,
    build_section,
    build_source,
    build_table,
)
from scenarios.naming import list_rows
from scenarios.stewardship.page import DataPage
from scenarios.stewardship.pager import PAGE_ROWS, build_pager
from scenarios.stewardship.words import RULE_WORDS, name_column, name_dataset, name_office
from scenarios.view import View


def build_conflicts_panel(view: View, page: DataPage) -> Component:
    """Build the list of conflicts, a page at a time; each reading is logged."""
    _ = view.language
    table = list_conflicts(view.connection, view.district, rows=PAGE_ROWS, start=page.at)
    total = int(table["total"].iloc[0]) if len(table) else 0
    if total:
        log_reading(
            view.connection,
            view.district,
            "conflicts of sources",
            rows=len(table),
            role=Role.STEWARD,
        )
    return build_page(
        build_heading(
            _.count("Offices differ on {n} value", "Offices differ on {n} values", total),
            _("One number, one source"),
        ),
        build_section(
            _("Conflicts between sources"),
            _build_conflicts(view, table),
            build_pager(page.at, total, _),
        ),
        build_source(view, plan=False),
    )


def _build_conflicts(view: View, table: pd.DataFrame) -> Component:
    _ = view.language
    first = find_first_sources(view.connection, view.district)
    rules, rows = view.profile.stewardship, list_rows(table)
    told = table.assign(
        name=[name_dataset(one, _) for one in table["dataset"]],
        column=[name_column(row["dataset"], row["column_name"], _) for row in rows],
        kept=[_build_value(row, "kept", first, _) for row in rows],
        left=[_build_value(row, "left", first, _) for row in rows],
        authority=[
            str(rules.find_authority(row["dataset"], row["column_name"]) or "") for row in rows
        ],
        outcome=[_(RULE_WORDS[one]) for one in table["rule"]],
    )
    columns = [
        Column("name", _("Dataset")),
        Column("row_key", _("Row")),
        Column("column", _("Column")),
        Column("kept", _("Kept"), format=lambda value: value),
        Column("left", _("Not kept"), format=lambda value: value),
        Column("authority", _("Authority")),
        Column("outcome", _("Which is kept")),
    ]
    return build_table(told, columns, language=_, empty=_("No two offices differ."))


def _build_value(row: dict[str, Any], side: str, first: Collection[str], _: Language) -> Component:
    """Set the value of a side, ``kept`` or ``left``, with its office and day."""
    value, office, as_of = (row[f"{side}_{part}"] for part in ("value", "office", "as_of"))
    told = value if isinstance(value, str) and value else _("empty")
    named = f"{name_office(office, first, _)}, {_.date(as_of)}"
    return html.Span([told, html.Span(named, className="column-unit")])
