"""The years ahead of one catchment and of one school, as sections of their panels."""

from __future__ import annotations

import pandas as pd
from dash.development.base_component import Component

from gis.database import read_table
from scenarios.elements import (
    Band,
    Column,
    Line,
    build_lines,
    build_note,
    build_section,
    build_table,
)
from scenarios.enrolment_warning.forecast.answer import read_pupils
from scenarios.enrolment_warning.forecast.panel import (
    build_outlook_lines,
    sum_seats,
    write_bounds,
    write_chances,
)
from scenarios.enrolment_warning.forecast.runs import find_forecast
from scenarios.naming import name_stages
from scenarios.view import View


def build_catchment_outlook(view: View, school_id: int) -> Component | None:
    """Build the years ahead of a catchment; nothing while no forecast was computed."""
    _ = view.language
    runs = find_forecast(view.connection, view.district, view.plan)
    if runs is None:
        return None
    rows = read_table(
        view.connection,
        "forecast_catchments",
        run_id=runs.plan_id,
        stage=view.stage,
        school_id=school_id,
    )
    if rows.empty:
        return None
    seats = sum_seats(rows)
    columns = [
        Column("year", _("Year"), align="left", format=str),
        Column("expected", _("Children")),
        Column("bounds", _("Bounds"), align="right"),
        Column("seats", _("Seats")),
        Column("chance", _("Chance of red"), align="right", format=lambda part: part),
    ]
    shown = rows.assign(
        seats=seats,
        expected=rows["counted_children"].round().astype(int),
        bounds=write_bounds(rows, _),
        chance=write_chances(rows, _),
    )
    return build_section(
        _("Years ahead"),
        build_outlook_lines(rows.assign(seats=seats.astype(float)), _, marked=view.year),
        build_table(shown, columns, language=_),
        note=_("bounds that hold 8 of 10 futures"),
    )


def build_school_outlook(view: View, school_id: int) -> list[Component]:
    """Build the expected pupils of a school, a section a stage; a school without any is told."""
    _ = view.language
    runs = find_forecast(view.connection, view.district, view.plan)
    if runs is None:
        return []
    pupils = read_pupils(view.connection, runs, school_id=school_id, grade=0)
    if pupils.empty:
        note = _("No pupils in the last year of enrolment: nothing can be told.")
        return [build_section(_("Pupils expected"), build_note(note))]
    parts = {str(stage): part for stage, part in pupils.groupby("stage")}
    return [
        build_section(_("Pupils expected"), _build_pupils(parts[code], view), note=name)
        for code, name in name_stages(view.profile, _).items()
        if code in parts
    ]


def _build_pupils(part: pd.DataFrame, view: View) -> Component:
    _ = view.language
    years = part["year"].tolist()
    return build_lines(
        [Line(_("Expected"), part["pupils"].tolist())],
        [f"{year % 100:02d}" for year in years],
        language=_,
        marked=years.index(view.year) if view.year in years else None,
        band=Band(_("8 of 10 futures"), part["low_80"].tolist(), part["high_80"].tolist()),
    )
