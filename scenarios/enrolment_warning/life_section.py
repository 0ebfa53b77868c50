"""The life of a warning in the panel of its catchment: what happened, and the form of officers."""

from __future__ import annotations

import dash_mantine_components as dmc
import pandas as pd
from dash import html
from dash.development.base_component import Component

from catchments.shortfall import NONE
from layers.language import Language, is_missing, msgid
from scenarios.elements import (
    Column,
    build_input,
    build_mark,
    build_note,
    build_section,
    build_table,
    order,
)
from scenarios.enrolment_warning.life import (
    ACKNOWLEDGED,
    CLEARED,
    EXPECTED,
    MEASURE,
    RAISED,
    REOPENED,
    read_log,
    read_warnings,
)
from scenarios.naming import list_rows, name_rows
from scenarios.view import View

EVENT_WORDS = {
    RAISED: msgid("Raised"),
    ACKNOWLEDGED: msgid("Acknowledged"),
    MEASURE: msgid("Measure"),
    EXPECTED: msgid("Expected to clear"),
    CLEARED: msgid("Cleared"),
    REOPENED: msgid("Raised again"),
}


def name_event(kind: str, language: Language) -> str:
    """Return how people say the kind of an event."""
    words = EVENT_WORDS[kind]
    return language(words)


def build_life(view: View, school_code: str, school_id: int) -> Component | None:
    """Build what happened to the warning of a catchment and year; nothing without one."""
    _ = view.language
    known = read_warnings(
        view.connection,
        view.district,
        view.plan,
        stage=view.stage,
        year=view.year,
        school_code=school_code,
    )
    if known.empty:
        return None
    events = read_log(view.connection, [int(known["id"].iloc[0])])
    is_open = known["level"].iloc[0] != NONE
    return build_section(
        _("The warning and what is done"),
        _build_events(events, _),
        _build_form(view, school_code, school_id) if is_open else None,
        note=str(view.year),
    )


def _build_events(events: pd.DataFrame, _: Language) -> Component:
    items = []
    for row in list_rows(events):
        parts: list[Component | str] = [
            html.Strong(name_event(row["kind"], _)),
            f" · {_.date(row['at'])} · {row['who']}",
        ]
        if row["level"] in ("red", "yellow"):
            parts += [" ", build_mark(row["level"], _)]
        if not is_missing(row["expected_year"]):
            expected = _("expected to clear in {year}", year=int(row["expected_year"]))
            parts.append(f" · {expected}")
        if not is_missing(row["text"]):
            parts.append(html.Div(row["text"]))
        items.append(html.Li(parts))
    return html.Ol(items, className="event-list")


def _build_form(view: View, school_code: str, school_id: int) -> Component:
    _ = view.language
    text, who = (
        build_input(
            id=f"warning-{name}",
            name=name,
            label=label,
            required=name == "who",
        )
        for name, label in (
            ("text", _("What is done, or a note")),
            ("who", _("Officer")),
        )
    )
    year = dmc.NumberInput(
        id="warning-expected",
        name="expected_year",
        label=_("Expected to clear in"),
        min=view.year,
        max=view.year + 30,
        allowDecimal=False,
        thousandSeparator="",
        size="xs",
    )
    buttons = [
        html.Button(
            words,
            type="submit",
            name="mode",
            value=kind,
            className="button button-main" if kind == MEASURE else "button",
        )
        for kind, words in (
            (ACKNOWLEDGED, _("Acknowledge")),
            (MEASURE, _("Enter the measure")),
            (EXPECTED, _("Enter the year")),
        )
    ]
    thing = {"kind": "catchment", "id": school_id}
    return html.Form(
        [
            html.Div([text, year, who], className="keep-fields"),
            html.Div(buttons, className="buttons"),
        ],
        id="warning-form",
        className="draft-form",
        **order("warning", school=school_code, selection=thing),
    )


def build_open_warnings(view: View) -> Component:
    """Set the open warnings of the stage and year with what is done about them."""
    _ = view.language
    if view.plan.code != view.profile.default_plan:
        return build_note(_("Only the plan in force raises warnings; this one is tried out."))
    known = read_warnings(
        view.connection, view.district, view.plan, stage=view.stage, year=view.year
    )
    still = known[(known["level"] != NONE) & known["school_id"].notna()]
    rows = still.assign(
        name=name_rows(still, "school", _),
        mark=[build_mark(level, _, words=False) for level in still["level"]],
        done=[_say_state(row, _) for row in list_rows(still)],
    ).sort_values(["level", "school_code"])
    columns = [
        Column("name", _("Catchment")),
        Column("mark", _("Level"), align="center", format=lambda mark: mark),
        Column("done", _("What is done")),
    ]
    return build_table(
        rows,
        columns,
        language=_,
        row_id="school_id",
        link_kind="catchment",
        limit=12,
        empty=_("No warning is open."),
    )


def _say_state(row: dict, _: Language) -> str:
    parts = [name_event(row["state"], _)] if row["state"] in EVENT_WORDS else []
    if not is_missing(row["measure"]):
        parts.append(str(row["measure"]))
    if not is_missing(row["expected_year"]):
        parts.append(_("expected to clear in {year}", year=int(row["expected_year"])))
    return " · ".join(parts)
