"""Form in which an officer reports how a stage of a building stands."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
import pandas as pd
from dash import html
from dash.development.base_component import Component

from layers.language import Language, is_missing
from scenarios.elements import build_choice, build_input, build_note, build_section, order
from scenarios.naming import list_rows
from scenarios.project_monitoring.record import find_today
from scenarios.project_monitoring.slips import DONE
from scenarios.view import View


def build_report_form(stages: pd.DataFrame, view: View) -> Component | None:
    """Build the form for one stage of one building, filled with what is known of it.

    Building and stage are chosen above it and stand in the address; at first the stage of the
    first building that is not done.

    Parameters
    ----------
    stages
        Slips of the project's buildings with building and stage_name, in order.
    """
    _ = view.language
    if stages.empty:
        return None
    asked = view.chosen.get("report")
    keys = [_write_key(row) for row in list_rows(stages)]
    is_open = asked in keys
    unfinished = [at for at, state in enumerate(stages["stage_state"]) if state != DONE]
    at = keys.index(str(asked)) if is_open else (unfinished or [len(keys) - 1])[0]
    row = list_rows(stages)[at]
    content = [
        html.Summary(_("Report a stage")),
        _build_choices(stages, row, _),
        _build_form(row, view),
    ]
    # A name of its own for each record: fields keep what was typed only while it is the same.
    fold = html.Details(content, open=is_open, className="report-fold", key=keys[at])
    return build_section(_("Report of an officer"), fold)


def _write_key(row: dict[str, Any]) -> str:
    return f"{row['project_building_code']}:{row['construction_stage']}"


def _build_choices(stages: pd.DataFrame, row: dict[str, Any], _: Language) -> Component:
    stage, building = row["construction_stage"], row["project_building_code"]
    same_stage = stages[stages["construction_stage"] == stage]
    same_building = stages[stages["project_building_code"] == building]
    buildings = [
        (one["building"], one["project_building_code"] == building, {"report": _write_key(one)})
        for one in list_rows(same_stage)
    ]
    choices = [
        (one["stage_name"], one["construction_stage"] == stage, {"report": _write_key(one)})
        for one in list_rows(same_building)
    ]
    return html.Div(
        [
            build_choice(_("Building"), buildings, is_wrapped=True),
            build_choice(_("Construction stage"), choices, is_wrapped=True),
        ]
    )


def _build_form(row: dict[str, Any], view: View) -> Component:
    _ = view.language
    today = find_today(view.district)
    # Invented data lives on its data date; real data on the day on which it is entered.
    recorded_on = view.profile.data_date if view.profile.synthetic else today
    if not is_missing(row["recorded_on"]):
        recorded_on = max(recorded_on, pd.Timestamp(row["recorded_on"]).date())
    fields = [
        _build_day("actual_start_on", _("First day"), row["actual_start_on"]),
        _build_day("actual_end_on", _("Last day"), row["actual_end_on"]),
        dmc.NumberInput(
            id="report-progress",
            name="progress_pct",
            label=_("Done, %"),
            value=float(row["progress_pct"]),
            min=0,
            max=100,
            size="xs",
        ),
        _build_day("recorded_on", _("As of"), recorded_on),
        build_input(
            id="report-reason",
            name="reason",
            label=_("Reason, where work goes back"),
            className="report-wide",
        ),
        build_input(
            id="report-who",
            name="who",
            label=_("Name of the officer"),
            required=True,
            className="report-wide",
        ),
    ]
    button = html.Button(_("Store the report"), type="submit", className="button button-main")
    return html.Form(
        [
            html.Div(fields, className="report-fields"),
            html.Div(button, className="buttons"),
            build_note(
                _("Days as 2026-03-31; an empty day has not come yet. Every change is kept.")
            ),
        ],
        id="report-form",
        className="draft-form",
        **order(
            "report",
            project_building_code=row["project_building_code"],
            construction_stage=row["construction_stage"],
        ),
    )


def _build_day(name: str, label: str, day: Any) -> Component:
    return build_input(
        id=f"report-{name.replace('_', '-')}",
        name=name,
        label=label,
        value="" if is_missing(day) else f"{day:%Y-%m-%d}",
        placeholder="2026-03-31",
    )
