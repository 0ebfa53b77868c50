"""One child of a run: why it was seated, placed or left to a person; and what a person decides."""

from __future__ import annotations

import dash_mantine_components as dmc
import pandas as pd
from dash import html
from dash.development.base_component import Component

from gis.database import read_table
from layers.language import Language
from scenarios.elements import (
    Column,
    build_heading,
    build_input,
    build_note,
    build_page,
    build_section,
    build_source,
    build_table,
    order,
)
from scenarios.enrolment_warning.admission.explain import read_page
from scenarios.enrolment_warning.admission.page_words import word_page
from scenarios.enrolment_warning.admission.records import StoredRun
from scenarios.enrolment_warning.admission.worded_page import Section
from scenarios.naming import list_rows
from scenarios.view import View


def build_child_panel(view: View, stored: StoredRun, code: str) -> Component:
    """Build the page that explains what was decided for a child; the reading is logged.

    Raises
    ------
    UsageError
        When the run holds no such child.
    """
    _ = view.language
    page = read_page(view.connection, view.district, stored, code)
    worded = word_page(page, _)
    stands = bool(page.decisions) and page.decisions[-1].school is not None
    return build_page(
        build_heading(f"{code} · {worded.result}", worded.because),
        html.Details(
            [html.Summary(_("Decide")), _build_form(view, stored, code, stands=stands)],
            className="decide-fold",
            open=page.final_school is None,
        ),
        *(_build_section(section, _) for section in worded.sections),
        build_source(view, run_id=stored.id),
    )


def _build_section(section: Section, _: Language) -> Component:
    """Set a section of the page as labelled facts, a small table and notes."""
    facts = [html.Div([html.Dt(label), html.Dd(value)]) for label, value in section.rows]
    return build_section(
        section.title,
        html.Dl(facts, className="facts") if facts else None,
        html.Div(_build_rows(section, _), className="child-section") if section.table else None,
        *(build_note(note) for note in section.notes),
    )


def _build_rows(section: Section, _: Language) -> Component:
    names = [str(number) for number in range(len(section.head))]
    frame = pd.DataFrame(list(section.table), columns=names)
    columns = [
        Column(name, label, align="right" if numeric else "left")
        for name, label, numeric in zip(names, section.head, section.numeric, strict=True)
    ]
    return build_table(frame, columns, language=_)


def _build_form(view: View, stored: StoredRun, code: str, *, stands: bool) -> Component:
    """Build the form of a decision: school, reason, officer; and the way to take one back."""
    _ = view.language
    decide = html.Button(_("Enter the decision"), type="submit", className="button button-main")
    withdraw = html.Button(
        _("Withdraw"), type="submit", name="mode", value="withdraw", className="button"
    )
    fields = [
        dmc.Select(
            id="decide-school",
            name="school",
            label=_("School that admits"),
            data=_list_schools(view),
            searchable=True,
            size="xs",
            comboboxProps={"position": "bottom-start"},
        ),
        build_input(
            id="decide-reason",
            name="reason",
            label=_("Reason of the decision"),
            required=True,
        ),
        build_input(
            id="decide-who",
            name="who",
            label=_("Officer"),
            required=True,
        ),
    ]
    return html.Form(
        [
            html.Div(fields, className="keep-fields"),
            html.Div([decide, withdraw] if stands else [decide], className="buttons"),
        ],
        id="decide-form",
        className="draft-form",
        **order("decide", child=code, run=stored.id),
    )


def _list_schools(view: View) -> list[dict[str, str]]:
    """List the public schools that teach the stage, by code and name."""
    schools = read_table(
        view.connection,
        "admission_schools",
        district_id=view.district.id,
        stage=view.stage,
        year=view.year,
        day=view.profile.data_date,
    )
    return [
        {"value": row["code"], "label": view.language.pick(row["name_zh"], row["name_en"])}
        for row in list_rows(schools)
    ]


def build_child_form(language: Language) -> Component:
    """Build the form that opens a child by its code."""
    _ = language
    return html.Form(
        [
            build_input(
                id="child-code",
                name="child",
                required=True,
                **{"aria-label": _("Code of the child")},
                placeholder=_("Code of the child"),
            ),
            html.Button(_("Open"), type="submit", className="button"),
        ],
        id="child-form",
        className="admission-row",
        **order("open_child"),
    )
