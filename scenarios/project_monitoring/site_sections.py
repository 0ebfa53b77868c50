"""Sections of a project about its site: money, inspections and the history of its records."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from gis.database import read_table
from layers.language import MISSING, Language, is_missing
from scenarios.elements import (
    Column,
    Figure,
    build_figures,
    build_mark,
    build_note,
    build_section,
    build_table,
)
from scenarios.project_monitoring.curves import build_money_curve
from scenarios.project_monitoring.money import sum_months
from scenarios.project_monitoring.monitor import Monitor
from scenarios.view import View

WAN = 1e4  # UNITS: 万元, in which the bureau writes money
_MARKS = {"minor": "unknown", "serious": "yellow", "grave": "red"}
_SHOWN = 5


def build_money(project: dict[str, Any], monitor: Monitor, view: View) -> Component | None:
    """Set money planned and paid beside the work done; say when it runs ahead of the work."""
    _ = view.language
    payments = monitor.payments[monitor.payments["project_id"] == project["project_id"]]
    slips = monitor.slips[monitor.slips["project_id"] == project["project_id"]]
    if payments.empty:
        return None
    ahead = bool(project["is_ahead"])
    figures = [
        Figure(_("Paid"), _.percent(project["paid_pct"], 0), tone="red" if ahead else None),
        Figure(_("Due by plan"), _write_money(project["due_yuan"], _), _("10,000 yuan")),
        Figure(_("Contract"), _write_money(project["whole_yuan"], _), _("10,000 yuan")),
    ]
    words = _(
        "Money is {points} points ahead of the work; more than {limit} is flagged.",
        points=_.number(project["ahead_pct"]),
        limit=_.number(view.profile.construction.paid_ahead_pct),
    )
    curve = None
    if not slips.empty and project["whole_yuan"] > 0:
        curve = build_money_curve(slips, payments, project["whole_yuan"], _)
    return build_section(
        _("Money"),
        build_figures(figures),
        build_note([build_mark("red", _, words=False), " ", words]) if ahead else None,
        curve,
        html.Details(
            [html.Summary(_("By month")), _build_months(payments, _)], className="table-fold"
        ),
    )


def _build_months(payments: pd.DataFrame, _: Language) -> Component:
    months = sum_months(payments)
    moved = months[(months["planned_yuan"] > 0) | (months["paid_yuan"] > 0)]
    rows = (moved / WAN).round().assign(month=[f"{day:%Y-%m}" for day in moved.index])
    unit = _("10,000 yuan")
    columns = [
        Column("month", _("Month")),
        Column("planned_yuan", _("Planned"), unit),
        Column("paid_yuan", _("Paid"), unit),
        Column("planned_sum_yuan", _("Planned in sum"), unit),
        Column("paid_sum_yuan", _("Paid in sum"), unit),
    ]
    return build_table(rows, columns, language=_)


def _write_money(amount_yuan: Any, _: Language) -> str:
    return MISSING if is_missing(amount_yuan) else _.number(amount_yuan / WAN)


def build_inspections(project: dict[str, Any], monitor: Monitor, view: View) -> Component | None:
    """Set what inspections found: what is still open first, the newest first."""
    _ = view.language
    mine = monitor.inspections[monitor.inspections["project_id"] == project["project_id"]]
    if mine.empty:
        return None
    found = mine[mine["severity"] != "none"]
    still = found["closed_on"].isna()
    rows = found.assign(
        is_open=still,
        finding=[_build_finding(row, _) for row in found.to_dict("records")],
        day=[
            _build_days(day, closed, _)
            for day, closed in zip(found["inspected_on"], found["closed_on"], strict=True)
        ],
    ).sort_values(["is_open", "inspected_on"], ascending=False, kind="stable")
    columns = [
        Column("finding", _("Finding"), format=lambda finding: finding),
        Column("day", _("Inspected"), align="right", format=lambda day: day),
    ]
    return build_section(
        _("Inspections"),
        build_table(rows, columns, language=_, limit=_SHOWN, empty=_("Nothing was found so far.")),
        note=_.count(
            "{n} inspection, {open} findings open",
            "{n} inspections, {open} findings open",
            len(mine),
            open=_.number(int(still.sum())),
        ),
    )


def _build_days(day: Any, closed: Any, _: Language) -> Component:
    """Set below the day of the inspection when its finding was mended."""
    words = _("open") if is_missing(closed) else _("closed {day}", day=f"{closed:%Y-%m-%d}")
    return html.Span([f"{day:%Y-%m-%d}", html.Span(words, className="column-unit")])


def _build_finding(row: dict[Any, Any], _: Language) -> Component:
    place = _("whole site")
    if not is_missing(row["building_name_zh"]):
        place = _.pick(row["building_name_zh"], row["building_name_en"])
    mark = html.Span(className=f"mark mark-{_MARKS[row['severity']]}")
    about = [_.term(row["severity"]), place, row["inspector"]]
    if not is_missing(row["photo_file"]):
        about.append(row["photo_file"])
    return html.Span(
        [mark, " ", row["finding"] or "", html.Span(" · ".join(about), className="column-unit")]
    )


def build_history(project: dict[str, Any], view: View) -> Component:
    """Set every change of the project's stage records, the newest first."""
    _ = view.language
    history = read_table(
        view.connection,
        "project_history",
        district_id=view.district.id,
        project_code=project["project_code"],
    )
    names = {stage.code: _.name(stage) for stage in view.profile.construction.stages}
    rows = pd.DataFrame(
        {
            "change": [
                html.Span(
                    [
                        f"{_.pick(row['building_name_zh'], row['building_name_en'])} · "
                        f"{names.get(row['construction_stage'], row['construction_stage'])}",
                        html.Span(
                            " · ".join(
                                part for part in (row["who"], row["reason"], row["source"]) if part
                            ),
                            className="column-unit",
                        ),
                    ]
                )
                for row in history.to_dict("records")
            ],
            "progress": [
                f"{_.percent(old, 0)} → {_.percent(new, 0)}"
                for old, new in zip(
                    history["old_progress_pct"], history["new_progress_pct"], strict=True
                )
            ],
            "moment": [f"{moment:%Y-%m-%d}" for moment in history["changed_at"]],
        }
    )
    columns = [
        Column("change", _("Change"), format=lambda change: change),
        Column("progress", _("Progress"), align="right"),
        Column("moment", _("Entered"), align="right"),
    ]
    return build_section(
        _("History of the records"),
        build_table(
            rows, columns, language=_, limit=_SHOWN, empty=_("No record was changed since loading.")
        ),
    )
