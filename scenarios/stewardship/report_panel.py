"""The report of checked or loaded files: what would become of them, row by row, and the way on."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from gis.access import Role
from gis.tables import PERSONAL, metadata
from layers.language import Language, is_missing
from scenarios.access import log_reading
from scenarios.data_sources import find_first_sources
from scenarios.elements import (
    Column,
    Figure,
    build_figures,
    build_heading,
    build_note,
    build_opener,
    build_page,
    build_section,
    build_table,
    order,
)
from scenarios.loading_report import FileReport
from scenarios.stewardship.dataset_panel import build_findings
from scenarios.stewardship.form_panel import build_drop, build_fault
from scenarios.stewardship.overview_panel import build_outdated
from scenarios.stewardship.page import CLOSED, OVERVIEW, DataPage
from scenarios.stewardship.pager import PAGE_ROWS, build_pager
from scenarios.stewardship.uploads import Upload
from scenarios.stewardship.words import (
    COUNT_WORDS,
    OUTCOME_WORDS,
    RULE_WORDS,
    name_column,
    name_dataset,
    name_office,
    tell_check,
)
from scenarios.view import View

_SHOWN_VANISHED = 20
_SHOWN_CONFLICTS = 50


def build_report_panel(view: View, upload: Upload, page: DataPage) -> Component:
    """Build the report of files that are checked or loaded; needs the steward's rights."""
    _, report = view.language, upload.report
    assert report is not None
    fault = report.refusal or upload.fault
    if metadata.tables.get(f"{PERSONAL}.{report.dataset}") is not None and len(report.findings):
        purpose = f"report of {report.dataset}"
        rows = min(len(report.findings), PAGE_ROWS)
        log_reading(view.connection, view.district, purpose, rows=rows, role=Role.STEWARD)
    return build_page(
        build_heading(_find_title(report, _), _describe(report, _)),
        build_figures(_build_figures(report, _)),
        None if fault is None else build_fault(fault, _),
        _build_way_on(view, upload, report),
        build_section(_("Findings by rule"), _build_rules(report, _)),
        build_section(_("Every finding"), *_build_findings(report, page, view)),
        build_section(_("Conflicts between sources"), _build_conflicts(report, view)),
        build_section(_("Rows that the files lack"), _build_vanished(report, _)),
        build_section(_("Remarks"), _build_notes(report, _)),
        None if upload.is_loaded else build_drop(upload, _),
    )


def _find_title(report: FileReport, _: Language) -> str:
    counts = report.counts
    if report.outcome == "already_loaded":
        return _("These files are loaded already; nothing changed")
    if report.refusal is not None:
        return _("The files are refused as they are")
    changes = counts["new"] + counts["changed"] + counts.get("removed", 0)
    if report.load_id is not None:
        return _("Loaded: {n} rows are new or changed", n=_.number(changes))
    return _("Checked: {n} rows would be new or changed", n=_.number(changes))


def _describe(report: FileReport, _: Language) -> str:
    files = "、".join(dict.fromkeys(str(one["file"]) for one in report.files))
    parts = [name_dataset(report.dataset, _), report.office, _.date(report.as_of), files]
    return " · ".join(part for part in parts if part)


def _build_figures(report: FileReport, _: Language) -> list[Figure]:
    figures = []
    for name, words in COUNT_WORDS.items():
        count = report.counts.get(name, 0)
        is_bad = name == "refused" and count > 0
        figures.append(Figure(_(words), _.number(count), None, "red" if is_bad else None))
    return figures


def _build_way_on(view: View, upload: Upload, report: FileReport) -> Component | None:
    """Offer what can be done with the report: load, change the columns, take the copy, compute."""
    _ = view.language
    if report.load_id is not None:
        back = build_opener(_("To the data page"), **{**CLOSED, "data": OVERVIEW})
        stale = build_outdated(report.outdated, _) if len(report.outdated) else None
        return html.Div([one for one in (stale, html.P(back)) if one is not None])
    load = html.Button(
        _("Load these rows"),
        id="delivery-load",
        type="button",
        className="button button-main",
        disabled=report.refusal is not None,
        **order("data-load", upload=upload.token),
    )
    edit = html.Button(
        _("Change the columns"),
        id="delivery-edit",
        type="button",
        className="button",
        **order("data-edit", upload=upload.token),
    )
    address = f"data/{upload.district}/uploads/{upload.token}/report.xlsx"
    copy = html.A(
        _("Copy with marked cells (XLSX)"),
        href=address,
        download="",
        className="button",
    )
    buttons = [load, edit, *([copy] if len(report.findings) else [])]
    return html.Div(buttons, className="buttons")


def _build_rules(report: FileReport, _: Language) -> Component | None:
    table = report.group_findings()
    if table.empty:
        return build_note(_("No row was refused, read otherwise or doubtful."))
    told = table.assign(
        what=[_(OUTCOME_WORDS[one]) for one in table["outcome"]],
        name=[name_column(report.dataset, one, _) for one in table["column"]],
        rule_told=[tell_check(one, _) for one in table["rule"]],
        mend_told=[tell_check(one, _) for one in table["mend"]],
    )
    columns = [
        Column("what", _("Outcome")),
        Column("name", _("Column")),
        Column("rule_told", _("Rule")),
        Column("rows", _("Rows")),
        Column("lines", _("Lines")),
        Column("mend_told", _("How to mend it")),
    ]
    return build_table(told, columns, language=_)


def _build_findings(report: FileReport, page: DataPage, view: View) -> list[Component | None]:
    _ = view.language
    if report.findings.empty:
        return [None]
    table = report.findings.iloc[page.at : page.at + PAGE_ROWS]
    pager = build_pager(page.at, len(report.findings), _)
    return [build_findings(table, report.dataset, _), pager]


def _build_conflicts(report: FileReport, view: View) -> Component | None:
    _, table = view.language, report.conflicts
    if table.empty:
        return None
    first = find_first_sources(view.connection, view.district)
    told = table.assign(
        name=[name_column(report.dataset, one, _) for one in table["column_name"]],
        **{
            side: [
                f"{_tell(value, _)} ({name_office(office, first, _)})"
                for value, office in zip(
                    table[f"{side}_value"], table[f"{side}_office"], strict=True
                )
            ]
            for side in ("kept", "left")
        },
        outcome=[_(RULE_WORDS[one]) for one in table["rule"]],
    )
    columns = [
        Column("row_key", _("Row")),
        Column("name", _("Column")),
        Column("kept", _("Kept")),
        Column("left", _("Not kept")),
        Column("outcome", _("Which is kept")),
    ]
    return build_table(
        told.head(_SHOWN_CONFLICTS * 10), columns, language=_, limit=_SHOWN_CONFLICTS
    )


def _tell(value: Any, _: Language) -> str:
    return _("empty") if is_missing(value) or value == "" else str(value)


def _build_vanished(report: FileReport, _: Language) -> Component | None:
    if not report.counts.get("vanished"):
        return None
    named = "、".join(report.vanished[:_SHOWN_VANISHED])
    if report.mode == "replace":
        return build_note(_("They are removed: {rows}", rows=named))
    return build_note(_("They stay: {rows}", rows=named))


def _build_notes(report: FileReport, _: Language) -> Component | None:
    if not report.notes:
        return None
    items = [html.Li(tell_check(note, _)) for note in report.notes]
    return html.Ul(items, className="delivery-doubts")
