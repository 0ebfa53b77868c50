"""Panel of scenario 2: which catchments lack seats, now and in the years ahead."""

from __future__ import annotations

import pandas as pd
from dash import html
from dash.development.base_component import Component

from catchments.shortfall import NONE, RED, UNKNOWN, YELLOW
from gis.database import read_table
from layers.language import Language
from scenarios.elements import (
    Bar,
    Column,
    build_bars,
    build_figures,
    build_heading,
    build_mark,
    build_note,
    build_page,
    build_section,
    build_source,
    build_table,
)
from scenarios.enrolment_warning.admission.entry import build_admission_entry
from scenarios.enrolment_warning.ahead import read_ahead
from scenarios.enrolment_warning.answer import read_counts, sum_counts
from scenarios.enrolment_warning.area import HORIZON
from scenarios.enrolment_warning.forecast.entry import build_forecast_entry
from scenarios.enrolment_warning.life_section import build_open_warnings
from scenarios.enrolment_warning.outlook import rank_catchments, sum_years
from scenarios.enrolment_warning.register_section import build_registers
from scenarios.enrolment_warning.state_section import build_state_sums
from scenarios.naming import list_rows, name_rows
from scenarios.project_monitoring.openings import select_opening, sum_opened
from scenarios.view import View


def build_panel(view: View) -> Component:
    """Build the panel of warnings for the stage, year and plan of the view."""
    _ = view.language
    counts = read_counts(view.connection, view.district, view.plan, stage=view.stage)
    if counts.empty:
        return build_page(
            build_heading(_("{stage} schools have no catchments", stage=view.stage_name)),
            build_note(_("Choose a stage whose schools admit by catchment.")),
            build_source(view),
        )
    chosen = counts[counts["year"] == view.year]
    years = _read_years(view, counts)
    return build_page(
        build_heading(*say_finding(chosen, view)),
        _build_warnings(chosen, _),
        build_admission_entry(view),
        build_forecast_entry(view),
        build_section(
            _("Shortfall in the years ahead"),
            _build_shortfalls(years, _),
            build_outlook_table(years, _),
            note=_("seats"),
        ),
        _build_ahead(view),
        build_section(_("Children of {year}", year=view.year), _build_children(chosen, _)),
        build_section(
            _("Open warnings"), build_open_warnings(view), note=f"{view.stage_name} {view.year}"
        ),
        build_state_sums(view),
        build_section(_("Registers"), *build_registers(view), note=_("children who enter")),
        build_section(
            _("Catchments, the fullest first"), build_catchment_table(rank_catchments(chosen), view)
        ),
        html.Div(_list_notes(years, view)),
        build_source(view, run_id=int(counts["run_id"].iloc[0])),
    )


def mark_ratios(counts: pd.DataFrame, language: Language) -> list[Component]:
    """Return the ratio of children to seats of each row behind the mark of its warning."""
    return [
        html.Span([build_mark(state, language, words=False), language.percent(ratio, 0)])
        for state, ratio in zip(counts["warning"], counts["ratio_pct"], strict=True)
    ]


def build_catchment_table(counts: pd.DataFrame, view: View, *, limit: int = 15) -> Component:
    """Set catchments with their children, seats, ratio and shortfall; each row opens one."""
    _ = view.language
    rows = counts.assign(name=name_rows(counts, "school", _), ratio=mark_ratios(counts, _))
    columns = [
        Column("name", _("Catchment")),
        Column("counted_children", name_counted(view)),
        Column("seats", _("Seats")),
        Column("ratio", _("Ratio"), align="right", format=lambda ratio: ratio),
        Column("shortfall_seats", _("Shortfall")),
    ]
    return build_table(
        rows, columns, language=_, row_id="school_id", link_kind="catchment", limit=limit
    )


def name_counted(view: View) -> str:
    """Return how the children are called that the warning rule counts."""
    _ = view.language
    if view.profile.warning.counted == "registered_children":
        return _("Registered children")
    return _("Children")


def build_outlook_table(years: pd.DataFrame, language: Language) -> Component:
    """Set the warnings of each year and the seats that projects have opened by then."""
    _ = language
    columns = [
        Column("label", _("Year"), align="left"),
        Column(RED, _("Red")),
        Column(YELLOW, _("Yellow")),
        Column(NONE, _("Enough seats")),
        Column("opened_seats", _("Seats from projects")),
    ]
    if years[UNKNOWN].any():
        columns.insert(4, Column(UNKNOWN, _("Unknown")))
    return build_table(_label_years(years), columns, language=_)


def _build_ahead(view: View) -> Component | None:
    """Build the years that only the forecast tells; nothing without one."""
    _ = view.language
    ahead = read_ahead(view.connection, view.district, view.plan, stage=view.stage, horizon=HORIZON)
    later = ahead[~ahead["is_counted"].astype(bool)]
    if later.empty:
        return None
    years = (
        later.assign(red=(later["warning"] == RED).astype(int))
        .groupby("year", as_index=False)
        .agg(red=("red", "sum"), chance=("red_chance", "sum"), short=("shortfall_seats", "sum"))
    )
    columns = [
        Column("label", _("Year"), align="left"),
        Column("red", _("Red")),
        Column("chance", _("Red, expected"), format=lambda value: _.number(value, 1)),
        Column("short", _("Shortfall"), format=_.number),
    ]
    table = build_table(years.assign(label=years["year"].astype(str)), columns, language=_)
    return build_section(
        _("Beyond the registers, by the forecast"), table, note=_("for planners, not published")
    )


def _read_years(view: View, counts: pd.DataFrame) -> pd.DataFrame:
    openings = read_table(view.connection, "project_openings", district_id=view.district.id)
    opening = select_opening(openings, view.get_stage())
    return sum_years(counts, sum_opened(opening, sorted(set(counts["year"]))))


def _label_years(years: pd.DataFrame) -> pd.DataFrame:
    marks = years["complete"].map({True: "", False: " *"})
    return years.assign(label=years["year"].astype(str) + marks)


def say_finding(chosen: pd.DataFrame, view: View) -> tuple[str, str]:
    """Say what the count of one year finds, and of how many children and seats it tells."""
    _ = view.language
    totals = sum_counts(chosen)
    short = int((chosen["shortfall_seats"] > 0).sum())
    about = {"year": view.year, "stage": view.stage_name}
    children, seats = _.number(totals["counted_children"]), _.number(totals["seats"])
    if view.get_stage().against == "entry_seats":
        subtitle = _("{children} children for {seats} entry seats", children=children, seats=seats)
    else:
        subtitle = _("{children} children for {seats} seats", children=children, seats=seats)
    if short:
        title = _.count(
            "{stage} {year}: {n} catchment lacks seats, {seats} in all",
            "{stage} {year}: {n} catchments lack seats, {seats} in all",
            short,
            seats=_.number(totals["shortfall_seats"]),
            **about,
        )
    elif totals["red_catchments"] + totals["yellow_catchments"]:
        title = _.count(
            "{stage} {year}: no catchment lacks seats, {n} is full or nearly so",
            "{stage} {year}: no catchment lacks seats, {n} are full or nearly so",
            totals["red_catchments"] + totals["yellow_catchments"],
            **about,
        )
    else:
        title = _("{stage} {year}: every catchment has seats enough", **about)
    return title, subtitle


def _build_warnings(chosen: pd.DataFrame, _: Language) -> Component:
    totals = sum_counts(chosen)
    return build_figures(
        [
            (_.term(RED), _.number(totals["red_catchments"]), None, "red"),
            (_.term(YELLOW), _.number(totals["yellow_catchments"]), None, "yellow"),
            (_("Shortfall"), _.number(totals["shortfall_seats"]), _("seats")),
            (_("Surplus elsewhere"), _.number(totals["surplus_seats"]), _("seats")),
        ]
    )


def _build_shortfalls(years: pd.DataFrame, _: Language) -> Component:
    bars = [
        Bar(row["label"], row["shortfall_seats"], _.number(row["shortfall_seats"]))
        for row in list_rows(_label_years(years))
    ]
    return build_bars(bars)


def _build_children(chosen: pd.DataFrame, _: Language) -> Component:
    totals = sum_counts(chosen)
    children, registered = totals["children"], totals["registered_children"]
    figures = [(_("Children"), _.number(children))]
    if children > registered:
        figures += [
            (_("Registered"), _.number(registered)),
            (_("Migrant"), _.number(children - registered)),
        ]
    figures.append((_("Outside catchments"), _.number(totals["outside_children"])))
    outside = chosen.dropna(subset=["outside_reason"])
    reasons = [
        f"{_.term(reason)} {_.number(children)}"
        for reason, children in zip(outside["outside_reason"], outside["children"], strict=True)
    ]
    return html.Div([build_figures(figures), build_note(" · ".join(reasons)) if reasons else None])


def _list_notes(years: pd.DataFrame, view: View) -> list[Component]:
    """Say which children the rule counts, who is outside, which years are not complete."""
    _ = view.language
    chosen = [say_rule(view)]
    if not years["complete"].all():
        chosen.append(_("* Not all children of this year were born on the day of the data."))
    if years["opened_seats"].any():
        chosen.append(
            _("Seats from projects: opened by that year, not yet counted in the warnings.")
        )
    return [build_note(text) for text in chosen]


def say_rule(view: View) -> str:
    """Say whom the warning counts and from where on it is yellow and red."""
    _ = view.language
    warning = view.profile.warning
    limits = {
        "yellow": _.percent(warning.yellow_from_pct, 0),
        "red": _.percent(warning.red_from_pct, 0),
    }
    if warning.counted == "registered_children":
        return _(
            "Registered children against seats: yellow from {yellow}, red from {red}.", **limits
        )
    return _("All children against seats: yellow from {yellow}, red from {red}.", **limits)
