"""The page of one dataset: its quality part by part, its findings, where its values come from."""

from __future__ import annotations

import pandas as pd
from dash import html
from dash.development.base_component import Component

from catchments.quality import MEASURES, TIMELINESS
from gis.access import Role
from gis.tables import PERSONAL, metadata
from layers.language import Language
from scenarios.access import log_reading
from scenarios.data_sources import find_first_sources, list_findings, list_provenance
from scenarios.elements import (
    Column,
    Line,
    build_heading,
    build_input,
    build_lines,
    build_note,
    build_page,
    build_section,
    build_source,
    build_table,
    order,
)
from scenarios.naming import list_rows
from scenarios.stewardship.page import DataPage
from scenarios.stewardship.pager import PAGE_ROWS, build_pager
from scenarios.stewardship.quality import read_quality, read_trend
from scenarios.stewardship.words import (
    MEASURE_NOTES,
    MEASURE_WORDS,
    OUTCOME_WORDS,
    name_column,
    name_dataset,
    name_office,
    name_part,
    tell_check,
)
from scenarios.view import View


def build_dataset_panel(view: View, page: DataPage) -> Component:
    """Build the page of a dataset; readings of personal rows are logged."""
    _ = view.language
    parts = read_quality(view.connection, view.district, page.kind)
    return build_page(
        build_heading(
            _("{dataset}: quality and sources", dataset=name_dataset(page.kind, _)), page.kind
        ),
        build_section(_("Trend"), _build_trend(view, page.kind)),
        *(_build_measure(parts, measure, page.kind, view) for measure in MEASURES),
        build_section(_("Findings of the last load of each office"), *_build_findings(view, page)),
        build_section(_("Where a value comes from"), *_build_provenance(view, page)),
        build_source(view, plan=False),
    )


def _build_trend(view: View, dataset: str) -> Component:
    _ = view.language
    trend = read_trend(view.connection, view.district, dataset)
    times = sorted(trend["measured_at"].unique())
    if len(times) < 2:
        return build_note(_("Counted once so far; the next load shows how it moves."))
    table = trend.pivot_table(index="measured_at", columns="measure", values="share_pct")
    lines = [
        Line(_(MEASURE_WORDS[one]), table[one].tolist(), dashed=at > 2)
        for at, one in enumerate(MEASURES)
        if one in table
    ]
    labels = [
        _.date(pd.Timestamp(one)) if one in (times[0], times[-1]) else "" for one in table.index
    ]
    return build_lines(lines, labels, language=_, unit="%", digits=1)


def _build_measure(parts: pd.DataFrame, measure: str, dataset: str, view: View) -> Component:
    _ = view.language
    mine = parts[parts["measure"] == measure].sort_values("share_pct", kind="stable")
    if measure == TIMELINESS:
        first = find_first_sources(view.connection, view.district)
        names = [name_office(one, first, _) for one in mine["part"]]
    else:
        names = [name_part(dataset, one, _) for one in mine["part"]]
    table = mine.assign(name=names)
    unit = _("days") if measure == TIMELINESS else None
    columns = [
        Column("name", _("Source") if measure == TIMELINESS else _("What was checked")),
        Column("checked", _("Checked"), unit),
        Column("broken", _("Not as it should be"), unit),
        Column("share_pct", _("Share"), "%", format=lambda share: _write_share(share, _)),
    ]
    shown = build_table(table, columns, language=_, limit=6) if len(table) else None
    return build_section(_(MEASURE_WORDS[measure]), shown, note=_(MEASURE_NOTES[measure]))


def _write_share(share_pct: float, _: Language) -> str:
    return _.number(min(share_pct, 99.9) if share_pct < 100 else share_pct, 1)


def _build_findings(view: View, page: DataPage) -> list[Component | None]:
    _ = view.language
    table = list_findings(view.connection, view.district, page.kind, rows=PAGE_ROWS, start=page.at)
    if table.empty:
        return [build_note(_("No row was refused, read otherwise or doubtful."))]
    _log(view, page.kind, f"findings of {page.kind}", len(table))
    total = int(table["total"].iloc[0])
    return [build_findings(table, page.kind, _), build_pager(page.at, total, _)]


def build_findings(table: pd.DataFrame, dataset: str, _: Language) -> Component:
    """Set findings as a table: where, which value, by which rule, how to mend it."""
    rows = list_rows(table)
    told = table.assign(
        what=[_(OUTCOME_WORDS[one]) for one in table["outcome"]],
        place=[
            " · ".join(
                part for part in (row["file"], row["sheet"]) if isinstance(part, str) and part
            )
            for row in rows
        ],
        column=[
            str(row["header"])
            if isinstance(row["header"], str)
            else name_column(dataset, row["column_name"], _)
            for row in rows
        ],
        found=[_("empty") if row["found"] == "empty" else row["found"] for row in rows],
        rule_told=[tell_check(one, _) for one in table["rule"]],
        mend_told=[tell_check(one, _) for one in table["mend"]],
    )
    columns = [
        Column("what", _("Outcome")),
        Column("place", _("File, sheet")),
        Column("line", _("Line"), align="right", format=str),
        Column("column", _("Column")),
        Column("found", _("Found")),
        Column("stored", _("Stored")),
        Column("rule_told", _("Rule")),
        Column("mend_told", _("How to mend it")),
    ]
    return html.Div(build_table(told, columns, language=_), className="findings")


def _build_provenance(view: View, page: DataPage) -> list[Component | None]:
    _ = view.language
    form = html.Form(
        [
            build_input(
                name="key",
                label=_("Key of the row, as files write it"),
                value=page.row or "",
            ),
            html.Button(_("Find"), type="submit", className="button"),
        ],
        className="admission-row",
        **order("data-find"),
    )
    if page.row is None:
        return [form, build_note(_("Parts of a key are joined by ‘ / ’."))]
    found = list_provenance(view.connection, view.district, page.kind, page.row)
    _log(view, page.kind, f"provenance in {page.kind}", 1)
    if found.empty:
        return [form, build_note(_("No row of this key is stored."))]
    first = find_first_sources(view.connection, view.district)
    table = found.assign(
        office=[name_office(one, first, _) for one in found["office"]],
        column=[
            _("every other column") if one == "*" else name_column(page.kind, one, _)
            for one in found["column_name"]
        ],
        drawn_on=[_.date(one) for one in found["as_of"]],
        loaded_on=[_.date(one) for one in found["loaded_at"]],
    )
    columns = [
        Column("column", _("Column")),
        Column("office", _("Source")),
        Column("drawn_on", _("As of")),
        Column("files", _("File")),
        Column("loaded_on", _("Loaded on")),
        Column("loaded_by", _("By")),
    ]
    return [form, build_table(table, columns, language=_)]


def _log(view: View, dataset: str, purpose: str, rows: int) -> None:
    if metadata.tables.get(f"{PERSONAL}.{dataset}") is not None:
        log_reading(view.connection, view.district, purpose, rows=rows, role=Role.STEWARD)
