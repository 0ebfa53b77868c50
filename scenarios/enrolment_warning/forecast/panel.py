"""Panel of the years ahead: expected children, their bounds, and which catchments may turn red."""

from __future__ import annotations

import pandas as pd
from dash import html
from dash.development.base_component import Component

from catchments.forecast.entrants import (
    BIRTHS,
    BORN,
    ELSEWHERE,
    HOMES,
    MIGRATION,
    OFFICIAL,
    REGISTER,
    SOURCES,
    list_years,
)
from catchments.shortfall import RED, UNKNOWN, YELLOW
from layers.language import Language
from scenarios.elements import (
    Band,
    Column,
    Line,
    build_choice,
    build_figures,
    build_heading,
    build_lines,
    build_mark,
    build_note,
    build_page,
    build_section,
    build_source,
    build_table,
)
from scenarios.enrolment_warning.forecast.answer import StoredForecast, read_forecast
from scenarios.enrolment_warning.forecast.page import VARIANTS, Ahead
from scenarios.enrolment_warning.forecast.record_panel import build_record
from scenarios.enrolment_warning.forecast.runs import find_forecast
from scenarios.naming import name_rows
from scenarios.view import View

LIKELY = 0.5  # a chance from which a catchment is said to turn red


def build_forecast_panel(view: View, ahead: Ahead) -> Component:
    """Build the panel of the years ahead for the stage and plan of the view.

    Raises
    ------
    UsageError
        When the district does not forecast the year.
    """
    _ = view.language
    year = ahead.choose_year(view.profile)
    runs = find_forecast(view.connection, view.district, view.plan, ahead.variant)
    if runs is None:
        return build_page(
            build_heading(_("No forecast of this plan and scenario"), _name_page(view, ahead)),
            _build_variants(view, ahead),
            build_note(
                _(
                    "Compute it with the command {command}.",
                    command=f"onemap forecast --plan {view.plan.code} --scenario {ahead.variant}",
                )
            ),
            build_source(view),
        )
    told = read_forecast(view.connection, runs, stage=view.stage)
    if told.catchments.empty:
        return build_page(
            build_heading(_("{stage} schools have no catchments", stage=view.stage_name)),
            build_note(_("Choose a stage whose schools admit by catchment.")),
            build_source(view, run_id=runs.plan_id),
        )
    chosen = told.catchments[told.catchments["year"] == year]
    return build_page(
        build_heading(*_say_finding(told.catchments, view, ahead)),
        _build_variants(view, ahead),
        _build_district(told, view),
        _build_years(view, ahead, year),
        _build_chosen(chosen, _),
        build_section(
            _("Catchments by chance of red in {year}", year=year),
            build_chance_table(chosen, view),
            note=_("bounds that hold 8 of 10 futures"),
        ),
        build_section(_("What the children are made of"), _build_sources(told.sources, _)),
        build_section(_("How far off such forecasts were"), *build_record(view, runs)),
        html.Div([build_note(text) for text in _list_notes(told, view)]),
        build_source(view, run_id=runs.plan_id),
    )


def build_outlook_lines(rows: pd.DataFrame, language: Language, *, marked: int | None) -> Component:
    """Draw expected counted children between their 80 % bounds, and the seats.

    Parameters
    ----------
    rows
        year, counted_children, low_80, high_80, seats (projects included), in order of years.
    """
    _ = language
    years = rows["year"].tolist()
    lines = [
        Line(_("Expected"), rows["counted_children"].tolist()),
        Line(_("Seats with projects"), rows["seats"].tolist(), dashed=True),
    ]
    return build_lines(
        lines,
        [f"{year % 100:02d}" for year in years],
        language=_,
        marked=years.index(marked) if marked in years else None,
        band=Band(_("8 of 10 futures"), rows["low_80"].tolist(), rows["high_80"].tolist()),
    )


def build_chance_table(catchments: pd.DataFrame, view: View, *, limit: int = 15) -> Component:
    """Set catchments with children, bounds, seats and chance of red, the likeliest first."""
    _ = view.language
    rows = catchments.sort_values(
        ["red_chance", "shortfall_seats", "school_code"],
        ascending=[False, False, True],
        na_position="last",
    )
    columns = [
        Column("name", _("Catchment")),
        Column("counted_children", _("Children")),
        Column("bounds", _("Bounds"), align="right"),
        Column("all_seats", _("Seats")),
        Column("chance", _("Chance of red"), align="right", format=lambda part: part),
    ]
    return build_table(
        rows.assign(
            name=name_rows(rows, "school", _),
            counted_children=rows["counted_children"].round().astype(int),
            bounds=write_bounds(rows, _),
            all_seats=sum_seats(rows),
            chance=write_chances(rows, _),
        ),
        columns,
        language=_,
        row_id="school_id",
        link_kind="catchment",
        limit=limit,
    )


def sum_seats(catchments: pd.DataFrame) -> pd.Series:
    """Return the seats of catchments with those of projects; missing where nobody stated any."""
    return (catchments["seats"].astype(float) + catchments["project_seats"]).astype("Int64")


def write_chances(rows: pd.DataFrame, language: Language) -> pd.Series:
    """Return the chance of red of each row behind the mark of its expected warning."""
    parts = [
        html.Span([build_mark(state, language, words=False), language.percent(100 * chance, 0)])
        for state, chance in zip(rows["warning"], rows["red_chance"], strict=True)
    ]
    return pd.Series(parts, index=rows.index, dtype=object)


def write_bounds(rows: pd.DataFrame, language: Language) -> list[str]:
    """Write the 80 % bounds of each row."""
    return [
        f"{language.number(low, 0)}–{language.number(high, 0)}"
        for low, high in zip(rows["low_80"], rows["high_80"], strict=True)
    ]


def _name_page(view: View, ahead: Ahead) -> str:
    _ = view.language
    variant = _(VARIANTS[ahead.variant])
    return f"{view.stage_name} · {_('Births and moves: {variant}', variant=variant)}"


def _build_variants(view: View, ahead: Ahead) -> Component:
    _ = view.language
    options = [
        (_(words), code == ahead.variant, {"variant": code, "ahead": _write_year(ahead)})
        for code, words in VARIANTS.items()
        if code in view.profile.forecast.scenarios
    ]
    return build_choice(_("Births and moves"), options)


def _write_year(ahead: Ahead) -> str:
    return "first" if ahead.year is None else str(ahead.year)


def _say_finding(catchments: pd.DataFrame, view: View, ahead: Ahead) -> tuple[str, str]:
    _ = view.language
    likely = catchments[catchments["red_chance"] >= LIKELY]
    about = {"stage": view.stage_name}
    if likely.empty:
        years = list_years(view.profile)
        title = _(
            "{stage}: no catchment is likely to turn red until {year}", year=years[-1], **about
        )
        return title, _name_page(view, ahead)
    worst = likely["year"].value_counts().sort_index()
    title = _.count(
        "{stage}: {n} catchment is likely red in {year}, the worst year ahead",
        "{stage}: {n} catchments are likely red in {year}, the worst year ahead",
        int(worst.max()),
        year=int(worst.index[int(worst.argmax())]),
        **about,
    )
    return title, _name_page(view, ahead)


def _build_district(told: StoredForecast, view: View) -> Component:
    _ = view.language
    sums = told.totals[(told.totals["measure"] == "children") & (told.totals["grade"] == 0)]
    seats = told.catchments.assign(seats=sum_seats(told.catchments).astype(float))
    rows = sums.rename(columns={"expected": "counted_children"}).merge(
        seats.groupby("year", as_index=False)["seats"].sum(), on="year"
    )
    return build_section(
        _("Children who enter, all catchments"), build_outlook_lines(rows, _, marked=None)
    )


def _build_years(view: View, ahead: Ahead, year: int) -> Component:
    """Set the choice of the year that the map and the table tell."""
    _ = view.language
    options = [
        (str(one), one == year, {"ahead": str(one), "variant": ahead.variant})
        for one in list_years(view.profile)
    ]
    return build_section(_("Year on the map"), build_choice(_("Year"), options, is_wrapped=True))


def _build_chosen(chosen: pd.DataFrame, _: Language) -> Component:
    short = chosen["shortfall_seats"].sum()
    return build_figures(
        [
            (_("Likely red"), _.number(int((chosen["red_chance"] >= LIKELY).sum())), None, RED),
            (
                _("Possibly red"),
                _.number(int(chosen["red_chance"].between(0.1, LIKELY, inclusive="left").sum())),
                None,
                YELLOW,
            ),
            (_("Expected shortfall"), _.number(short, 0), _("seats")),
            (_("Seats from projects"), _.number(int(chosen["project_seats"].sum()))),
        ]
    )


def _build_sources(sources: pd.DataFrame, _: Language) -> Component:
    words = {
        REGISTER: _("On the register"),
        BIRTHS: _("Births to come"),
        MIGRATION: _("Moves"),
        HOMES: _("New homes"),
        ELSEWHERE: _("At schools elsewhere"),
        OFFICIAL: _("Official total"),
    }
    table = sources.pivot_table(index="year", columns="source", values="children").round()
    shown = [code for code in SOURCES if code in table and (table[code] != 0).any()]
    rows = table[shown].astype(int).reset_index()
    rows["total"] = rows[shown].sum(axis=1)
    columns = [Column("year", _("Year"), align="left", format=str)]
    columns += [Column(code, words[code]) for code in shown]
    columns.append(Column("total", _("All children")))
    return build_table(rows, columns, language=_)


def _list_notes(told: StoredForecast, view: View) -> list[str]:
    _ = view.language
    basis = told.catchments.drop_duplicates("year").set_index("year")["basis"]
    born = basis.index[basis == BORN]
    notes = []
    if len(born):
        notes.append(_("Everyone who enters until {year} is on the register.", year=born.max()))
    if (basis != BORN).any():
        notes.append(
            _("Later children are not born yet: women by age, with fertility measured here.")
        )
    notes.append(
        _("Chance of red: share of {n} simulated futures.", n=_.number(view.profile.forecast.draws))
    )
    if (told.catchments["warning"] == UNKNOWN).any():
        notes.append(_("Where nobody stated seats, no chance is told."))
    return notes
