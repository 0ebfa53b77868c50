"""The page where a person confirms what files are: dataset, office, day, column by column."""

from __future__ import annotations

import datetime as dt
import re

import pandas as pd
from dash import html
from dash.development.base_component import Component

from gis.errors import OneMapError
from gis.identity import mask_identity
from gis.ingest.cells import is_identity
from gis.ingest.dictionary import find_dataset, list_columns, list_datasets
from gis.ingest.mapping import ColumnMapping, Suggestion, Taken
from layers.language import Language
from scenarios.elements import (
    build_heading,
    build_input,
    build_note,
    build_page,
    build_section,
    order,
)
from scenarios.stewardship.deliveries import MODES, choose_mapping
from scenarios.stewardship.orders import list_headers
from scenarios.stewardship.uploads import Choice, Upload
from scenarios.stewardship.words import MODE_WORDS, name_column, name_dataset, tell_check
from scenarios.view import View

_IDENTITY = re.compile(r"\d{15}(\d{2}[\dXx])?")
_SHOWN_GUESSES = 3


def build_form_panel(view: View, upload: Upload) -> Component:
    """Build the form of a delivery before it is checked."""
    _ = view.language
    names = "、".join(path.name for path in upload.list_files())
    choice = upload.choice
    if not upload.sources or choice is None:
        return build_page(
            build_heading(_("What the files hold"), names),
            build_fault(upload.fault, _) if upload.fault else build_note(_("Being read.")),
            _build_reading(upload, _) if upload.fault else None,
            build_drop(upload, _),
        )
    return build_page(
        build_heading(_("What the files hold"), names),
        build_fault(upload.fault, _) if upload.fault else None,
        build_section(_("Dataset"), *_build_datasets(upload, _)),
        *(_build_mapping(view, upload, choice) if choice.dataset else []),
        build_section(_("Read otherwise"), _build_reading(upload, _)),
        build_drop(upload, _),
    )


def build_fault(error: OneMapError, _: Language) -> Component:
    """Say why files could not be read, checked or loaded."""
    told = [tell_check(part, _) for part in (error.found, error.mend) if part]
    return html.Div(
        [html.Strong(_(error.answer.notice)), html.P(" ".join(told))],
        className="delivery-fault",
        role="alert",
    )


def _build_datasets(upload: Upload, _: Language) -> list[Component]:
    """Offer the likeliest datasets with the evidence, and all others in a list."""
    assert upload.choice is not None
    cards = []
    for guess in upload.guesses[:_SHOWN_GUESSES]:
        chosen = guess.dataset == upload.choice.dataset
        evidence = _(
            "{known} of {headers} headers known",
            known=_.number(guess.known),
            headers=_.number(guess.headers),
        )
        if guess.missing:
            lacking = ", ".join(name_column(guess.dataset, one, _) for one in guess.missing[:4])
            evidence += " · " + _("not found: {columns}", columns=lacking)
        cards.append(
            html.Button(
                [
                    html.Span(name_dataset(guess.dataset, _), className="method-name"),
                    html.Span(evidence, className="method-text"),
                ],
                type="button",
                className="method",
                **{"aria-pressed": "true" if chosen else "false"},
                **order("data-choose", upload=upload.token, dataset=guess.dataset),
            )
        )
    known = {guess.dataset for guess in upload.guesses[:_SHOWN_GUESSES]}
    others = [table.name for table in list_datasets() if table.name not in known]
    options = [html.Option(name_dataset(one, _), value=one) for one in others]
    picked = upload.choice.dataset if upload.choice.dataset in others else others[0]
    select = _build_select("dataset", _("Another dataset"), options, picked)
    button = html.Button(_("Choose"), type="submit", className="button")
    form = html.Form(
        [select, button],
        className="delivery-row",
        key=f"{upload.token} {picked}",
        **order("data-choose", upload=upload.token),
    )
    offered = html.Div(cards, className="methods methods-beside", role="group")
    return [offered, form] if cards else [build_note(_("No dataset has these headers.")), form]


def _build_select(name: str, label: str, options: list[Component], value: str | None) -> Component:
    for option in options:
        option.selected = option.value == value
    return html.Label(
        [
            html.Span(label, className="field-label"),
            html.Select(options, className="field-select", name=name),
        ],
        className="field",
    )


def _build_mapping(view: View, upload: Upload, choice: Choice) -> list[Component]:
    _ = view.language
    mapping, found, is_known = choose_mapping(view.connection, view.district, upload, choice)
    doubts = [html.Li(tell_check(one, _)) for one in found.doubts]
    rows = _build_rows(upload, choice.dataset, mapping, _)
    lacking = _find_missing(found, mapping)
    missing = [name_column(choice.dataset, one, _) for one in lacking]
    told = _("remembered of this office") if is_known else _("suggested from the headers")
    table = html.Table(
        [
            html.Thead(
                html.Tr(
                    [
                        html.Th(_("Header in the file"), scope="col"),
                        html.Th(_("First values"), scope="col"),
                        html.Th(_("Column of ours"), scope="col"),
                    ]
                )
            ),
            html.Tbody(rows),
        ],
        className="panel-table mapping-table",
    )
    button = html.Button(
        _("Check; nothing is stored"),
        id="delivery-check",
        type="submit",
        className="button button-main",
    )
    form = html.Form(
        [
            _build_terms(view, choice),
            build_section(_("Columns"), table, note=told),
            html.Ul(doubts, className="delivery-doubts") if doubts else None,
            build_note(
                _("Not found, and needed in new rows: {columns}.", columns=", ".join(missing))
            )
            if missing
            else None,
            html.Div(button, className="buttons"),
        ],
        id="delivery-form",
        className="delivery-form",
        key=f"{upload.token} {choice.dataset}",
        **order("data-check", upload=upload.token),
    )
    return [form]


def _find_missing(found: Suggestion, mapping: ColumnMapping) -> list[str]:
    return [one for one in found.missing if one not in mapping.columns]


def _build_terms(view: View, choice: Choice) -> Component:
    """Build the fields of the delivery: who, as of when, how rows are taken, which datum."""
    _ = view.language
    rules = view.profile.stewardship
    chief = rules.find_authority(choice.dataset, "*")
    day = choice.as_of or dt.date.today()
    has_shapes = "geom" in list_columns(find_dataset(choice.dataset))
    options = [html.Option(_(MODE_WORDS[one]), value=one) for one in MODES]
    fields = [
        build_input(
            name="office",
            label=_("Office that delivers"),
            value=choice.office or chief or "",
            required=True,
        ),
        build_input(
            name="as_of",
            label=_("Drawn on"),
            value=day.isoformat(),
            placeholder="2026-03-31",
        ),
        build_input(
            name="crs",
            label=_("Coordinate system, if the file states none"),
            value=choice.crs or "",
            placeholder="EPSG:4490, gcj02, bd09",
        )
        if has_shapes
        else None,
        _build_select("mode", _("How rows are taken"), options, choice.mode),
    ]
    return html.Div([one for one in fields if one is not None], className="delivery-fields")


def _build_rows(
    upload: Upload, dataset: str, mapping: ColumnMapping, _: Language
) -> list[Component]:
    """Build one row a header: its first values, and which column of ours it is."""
    ours_by_header = {theirs: ours for ours, theirs in mapping.list_headers().items()}
    columns = [name for name in list_columns(find_dataset(dataset)) if name != "geom"]
    rows = []
    for at, header in enumerate(list_headers(upload)):
        ours = ours_by_header.get(header)
        options = [html.Option(_("– left out –"), value="")]
        options += [html.Option(_name_option(dataset, one, _), value=one) for one in columns]
        for option in options:
            option.selected = option.value == (ours or "")
        select = html.Select(
            options,
            className="field-select",
            title=header,
            name=f"column-{at}",
            **{"aria-label": header},
        )
        parts: list[Component | str | None] = [select, _build_factor(mapping, ours, _)]
        if mapping.point and header in mapping.point:
            parts = [build_note(_("Coordinate"))]
        values = _list_values(upload, header, hidden=ours is not None and is_identity(ours))
        rows.append(
            html.Tr(
                [
                    html.Td(header),
                    html.Td(values, className="mapping-values"),
                    html.Td([part for part in parts if part is not None]),
                ],
                className=None if ours else "mapping-unused",
            )
        )
    return rows


def _name_option(dataset: str, column: str, _: Language) -> str:
    name = name_column(dataset, column, _)
    return name if name == column else f"{name} · {column}"


def _build_factor(mapping: ColumnMapping, ours: str | None, _: Language) -> Component | None:
    taken = mapping.columns.get(ours) if ours else None
    if not isinstance(taken, Taken) or taken.times == 1:
        return None
    return build_note(_("Values are multiplied by {times}.", times=f"{taken.times:g}"))


def _list_values(upload: Upload, header: str, *, hidden: bool) -> str:
    """Return the first values of a header; identity numbers by their last signs alone."""
    found = [
        str(value)
        for one in upload.sources
        if header in one.frame
        for value in one.frame[header]
        if not pd.isna(value)
    ][:3]
    masked = [
        mask_identity(one) if hidden or _IDENTITY.fullmatch(one.strip()) else one[:40]
        for one in found
    ]
    return " · ".join(masked) or "–"


def _build_reading(upload: Upload, _: Language) -> Component:
    """Build the form that reads the files once more, by another encoding or sheet."""
    choice = upload.choice
    sheets = [one.sheet for one in upload.sources if one.sheet]
    fields = [
        build_input(
            name="encoding",
            label=_("Encoding of text"),
            placeholder="gb18030, utf-8",
            value=(choice.encoding if choice else None) or "",
        ),
        build_input(
            name="sheet",
            label=_("The only sheet to read"),
            placeholder=", ".join(sheets),
            value=(choice.sheet if choice else None) or "",
        ),
    ]
    button = html.Button(_("Read again"), type="submit", className="button")
    return html.Form(
        [*fields, button], className="delivery-row", **order("data-open", upload=upload.token)
    )


def build_drop(upload: Upload, _: Language) -> Component:
    """Build the button that removes the files."""
    button = html.Button(
        _("Remove the files"),
        type="button",
        className="button",
        **order("data-drop", upload=upload.token),
    )
    note = build_note(_("They lie in a private folder of the server and go after a day at most."))
    return html.Div([button, note], className="delivery-drop")
