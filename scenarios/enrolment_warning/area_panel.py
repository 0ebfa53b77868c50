"""Panel of a selected area: missing seats, schools, children by age and batch, who crosses."""

from __future__ import annotations

import dash_mantine_components as dmc
import pandas as pd
from dash import html
from dash.development.base_component import Component

from catchments.areas import ENTERING, LEAVING
from gis.selected_areas import LETTERS, PICKS, SEPARATOR, PickKind, parse_area, read_shapes
from layers.language import Language, is_missing
from scenarios.elements import (
    Bar,
    Column,
    build_bars,
    build_choice,
    build_figures,
    build_heading,
    build_note,
    build_page,
    build_section,
    build_source,
    build_table,
    order,
)
from scenarios.enrolment_warning.area import (
    FORECAST,
    UNKNOWN,
    AreaAnswer,
    AreaAsked,
    locate_parts,
    read_area,
    sum_kinds,
)
from scenarios.enrolment_warning.area_tools import HINTS
from scenarios.naming import list_rows, name_rows
from scenarios.school_network.panel import list_kinds
from scenarios.view import View


def build_area_panel(view: View, area: str | None, picking: str | None) -> Component:
    """Build the panel of the selected area; while nothing is selected yet, how to do so.

    Raises
    ------
    UsageError, RejectedDataError
        When the area cannot be built.
    """
    _ = view.language
    pieces = _build_pieces(view, area, picking)
    if area is None:
        hint = _(HINTS[picking]) if picking else None
        return build_page(
            build_heading(_("Select an area"), hint),
            pieces,
            _build_circle_form(_) if picking == "circle" else None,
            build_source(view),
        )
    asked = AreaAsked(parse_area(area), view.stage, view.year)
    answer = read_area(view.connection, view.district, view.plan, asked)
    return build_page(
        build_heading(*_say_finding(answer, view)),
        _build_figures(answer, _),
        pieces,
        _build_circle_form(_) if picking == "circle" else None,
        build_section(
            _("Missing seats by year"), *_build_years(answer, view), note=_("entry seats")
        ),
        build_section(_("Schools inside"), _build_kinds(answer, view)),
        build_section(
            _("Children by age"),
            _build_ages(answer, view),
            note=_("full years on {date}", date=_.date(view.profile.data_date)),
        ),
        build_section(
            _("Children by admission batch"), _build_batches(answer, view), note=str(view.year)
        ),
        *_build_crossing(answer, view),
        html.Div(_list_notes(answer, view)),
        build_source(view),
    )


def _say_finding(answer: AreaAnswer, view: View) -> tuple[str, str]:
    _ = view.language
    about = {"stage": view.stage_name, "year": view.year}
    row = list_rows(answer.years)[0]
    subtitle = " · ".join(
        [
            _.count("{n} planning unit", "{n} planning units", answer.units),
            _("{n} of them cut by the edge", n=_.number(answer.cut_units)),
        ]
        if answer.cut_units
        else [_.count("{n} planning unit", "{n} planning units", answer.units)]
    )
    missing, short = row["missing_seats"], row["catchment_shortfall_seats"]
    if is_missing(missing):
        title = _("Selected area: seats of {stage} {year} are not told", **about)
    elif missing <= 0 and not is_missing(short) and short > 0:
        title = _.count(
            "Selected area: {stage} seats suffice in {year}, {n} is missing in catchments",
            "Selected area: {stage} seats suffice in {year}, {n} are missing in catchments",
            short,
            **about,
        )
    elif missing > 0:
        title = _.count(
            "Selected area: {n} {stage} seat is missing in {year}",
            "Selected area: {n} {stage} seats are missing in {year}",
            missing,
            **about,
        )
    else:
        title = _("Selected area: {stage} seats suffice in {year}", **about)
    return title, subtitle


def _build_figures(answer: AreaAnswer, _: Language) -> Component:
    row = list_rows(answer.years)[0]
    seats = row["seats"] + row["project_seats"]
    missing = row["missing_seats"]
    short = row["catchment_shortfall_seats"]
    tone = None if is_missing(missing) or missing <= 0 else "red"
    return build_figures(
        [
            (_("Children inside"), _.number(row["children"])),
            (_("Seats inside"), _.number(seats)),
            (_("Missing seats"), _.number(missing), None, tone),
            (
                _("Missing in catchments"),
                _.number(short),
                None,
                None if is_missing(short) or not short else "red",
            ),
        ]
    )


def _build_pieces(view: View, area: str | None, picking: str | None) -> Component | None:
    """List what can be clicked, as buttons: the way of the keyboard."""
    if picking not in PICKS:
        return None
    kind: PickKind = picking
    _ = view.language
    letter = next(letter for letter, name in LETTERS.items() if name == kind)
    parts = [part for part in (area or "").split(SEPARATOR) if part]
    known = read_shapes(view.connection, locate_parts(view.district, view.plan, view.stage), kind)
    options = []
    for row in known.itertuples():
        piece = f"{letter}{row.id}"
        rest = [part for part in parts if part != piece]
        after = SEPARATOR.join(rest if len(rest) < len(parts) else [*parts, piece])
        options.append((_.pick(row.name_zh, row.name_en), piece in parts, {"area": after or None}))
    chosen = [option for option in options if option[1]]
    # Hundreds of communities are better clicked; those that are chosen can be taken out here.
    shown = options if kind == "subdistrict" else chosen
    if not shown:
        return None
    return build_section(
        _("Pieces of the area"), build_choice(_("Pieces of the area"), shown, is_wrapped=True)
    )


def _build_circle_form(_: Language) -> Component:
    fields = [
        dmc.NumberInput(id=f"circle-{name}", name=name, label=words, size="xs", required=True,
                        withAsterisk=False, decimalScale=6, hideControls=True)
        for name, words in (
            ("longitude", _("Longitude")),
            ("latitude", _("Latitude")),
            ("radius_m", _("Radius in metres")),
        )
    ]  # fmt: skip
    button = html.Button(_("Add the circle"), type="submit", className="button")
    return html.Form(
        [html.Div(fields, className="keep-fields"), button],
        id="circle-form",
        className="draft-form",
        **order("circle"),
    )


def _build_years(answer: AreaAnswer, view: View) -> list[Component]:
    _ = view.language
    marks = {FORECAST: "\u00a0*", UNKNOWN: ""}  # never on a line of its own
    told = answer.years[answer.years["basis"] != UNKNOWN]
    labels = [
        f"{year}{marks.get(basis, '')}"
        for year, basis in zip(told["year"], told["basis"], strict=True)
    ]
    rows = told.assign(label=labels, open_seats=told["seats"] + told["project_seats"])
    whole = _.number
    bars = [
        Bar(row["label"], row["missing_seats"], whole(row["missing_seats"]))
        for row in list_rows(rows)
    ]
    table = build_table(
        rows,
        [
            Column("label", _("Year"), align="left"),
            Column("children", _("Children"), format=whole),
            Column("open_seats", _("Seats"), format=whole),
            Column("project_seats", _("Seats from projects"), format=whole),
            Column("missing_seats", _("Missing"), format=whole),
            Column("catchment_shortfall_seats", _("In catchments"), format=whole),
        ],
        language=_,
    )
    is_short = bool((told["missing_seats"] > 0).any())
    return [build_bars(bars), table] if is_short else [table]


def _build_kinds(answer: AreaAnswer, view: View) -> Component:
    _ = view.language
    kinds = sum_kinds(answer.schools, list_kinds(view.profile))
    names = [
        f"{_.term(kind)} · {_.term('public' if public else 'private')}"
        for kind, public in zip(kinds["kind"], kinds["public"], strict=True)
    ]
    columns = [
        Column("name", _("Type")),
        Column("schools", _("Schools")),
        Column("seats", _("Seats")),
        Column("pupils", _("Pupils")),
    ]
    return build_table(
        kinds.assign(name=names), columns, language=_, empty=_("No school stands inside.")
    )


def _build_ages(answer: AreaAnswer, view: View) -> Component:
    _ = view.language
    if answer.ages.empty:
        return build_note(_("The children are not counted by age."))
    least = f"<{view.profile.minimum_cell}"
    bars = [
        Bar(
            str(int(row["age"])),
            row["children"],
            least if is_missing(row["children"]) else _.number(row["children"]),
        )
        for row in list_rows(answer.ages)
    ]
    return build_bars(bars)


def _build_batches(answer: AreaAnswer, view: View) -> Component:
    _ = view.language
    if answer.batch_run_id is None:
        return build_note(
            _("No assignment of this stage and year is stored: nothing tells the batches.")
        )
    least = f"<{view.profile.minimum_cell}"
    bars = [
        Bar(
            _.pick(row["name_zh"], row["name_en"]),
            row["children"],
            least if is_missing(row["children"]) else _.number(row["children"]),
        )
        for row in list_rows(answer.batches)
    ]
    return build_bars(bars)


def _build_crossing(answer: AreaAnswer, view: View) -> list[Component]:
    _ = view.language
    words = {
        LEAVING: _("Live inside, school outside"),
        ENTERING: _("Live outside, school inside"),
    }
    sections = []
    for direction, title in words.items():
        part = answer.crossing[answer.crossing["direction"] == direction]
        sections.append(
            build_section(title, _build_crossing_table(part, view), note=str(view.year))
        )
    return sections


def _build_crossing_table(part: pd.DataFrame, view: View) -> Component:
    _ = view.language
    hidden = f"<{view.profile.minimum_cell}"
    told = [hidden if is_missing(n) else _.number(n) for n in part["children"]]
    return build_table(
        part.assign(name=name_rows(part, "school", _), told=told),
        [Column("name", _("Catchment")), Column("told", _("Children"), align="right")],
        language=_,
        row_id="school_id",
        link_kind="catchment",
        limit=12,
        empty=_("Nobody."),
    )


def _list_notes(answer: AreaAnswer, view: View) -> list[Component]:
    _ = view.language
    notes = []
    if answer.cut_units:
        notes.append(_("Units that the edge cuts are shared by the dwellings that stand inside."))
    if (answer.years["basis"] == FORECAST).any():
        notes.append(_("* Expected by the forecast."))
    if (answer.years["basis"] == UNKNOWN).any():
        last = answer.years.loc[answer.years["basis"] != UNKNOWN, "year"].max()
        notes.append(_("After {year} nothing is forecast yet.", year=last))
    notes.append(
        _("In catchments: a seat free in one seats no child of another; schools inside the area.")
    )
    notes.append(_("Seats: public schools of the stage inside; the last planned year goes on."))
    return [build_note(text) for text in notes]
