"""Panel of a school: pupils and seats, trend, its catchments, its resources, its projects."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from catchments.profile import Indicator
from gis.database import read_table
from gis.errors import UsageError
from layers.language import Language, is_missing
from scenarios.elements import (
    Column,
    Line,
    build_figures,
    build_heading,
    build_lines,
    build_link,
    build_mark,
    build_note,
    build_page,
    build_section,
    build_source,
    build_table,
)
from scenarios.enrolment_warning.catchment_panel import build_demand_lines, build_year_table
from scenarios.enrolment_warning.forecast.sections import build_school_outlook
from scenarios.naming import list_rows, name_stages
from scenarios.project_monitoring.monitor import read_monitor
from scenarios.project_monitoring.panel import build_project_list
from scenarios.resource_distribution.analysis import MET
from scenarios.resource_distribution.panel import read_results
from scenarios.view import View


def build_school_panel(view: View, school_id: int) -> Component:
    """Build the panel of one school.

    Raises
    ------
    UsageError
        When the district has no such school.
    """
    _ = view.language
    asked = {"district_id": view.district.id, "school_id": school_id}
    facts = read_table(view.connection, "school_facts", **asked)
    if facts.empty:
        raise UsageError(
            f"District {view.profile.code} has no school {school_id}.",
            mend="Choose a school on the map.",
        )
    school = list_rows(facts)[0]
    grades = read_table(view.connection, "school_grades", **asked)
    seats = read_table(view.connection, "school_seats", school_id=school_id)
    results = read_results(view, school_id)
    newest = grades[grades["year"] == grades["year"].max()]
    return build_page(
        build_heading(*say_finding(school, newest, seats, view)),
        build_figures(list_figures(newest, seats, results, view)),
        build_section(
            _("Pupils by grade"), _build_grades(newest, view), note=_name_year(newest["year"])
        ),
        build_section(_("Pupils and seats by year"), _build_trend(grades, seats, view)),
        *build_school_outlook(view, school_id),
        *_build_catchments(view, school_id),
        *_build_indicators(results, view),
        build_section(_("Projects that extend it"), _build_projects(view, school_id)),
        build_section(_("About the school"), *_list_facts(school, _)),
        build_source(view),
    )


def say_finding(
    school: dict[str, Any], newest: pd.DataFrame, seats: pd.DataFrame, view: View
) -> tuple[str, str]:
    """Say how many pupils and seats a school has, of what kind it is and where it stands."""
    _ = view.language
    name = _.pick(school["name_zh"], school["name_en"])
    parts = [_.term(school["kind"]), _.term("public" if school["public"] else "private")]
    if not is_missing(school["subdistrict_name_zh"]):
        parts.append(_.pick(school["subdistrict_name_zh"], school["subdistrict_name_en"]))
    offered = seats.loc[seats["year"] == view.year, "seats"].sum()
    if newest.empty:
        title = _("{school}: {seats} seats", school=name, seats=_.number(offered))
    else:
        title = _(
            "{school}: {pupils} pupils, {seats} seats",
            school=name,
            pupils=_.number(newest["pupils"].sum()),
            seats=_.number(offered),
        )
    return title, " · ".join(parts)


def list_figures(
    newest: pd.DataFrame, seats: pd.DataFrame, results: pd.DataFrame, view: View
) -> list[tuple[str, str]]:
    """List the key figures of a school: seats, entry seats, size of a class, indicators met."""
    _ = view.language
    offered = seats.loc[seats["year"] == view.year]
    figures = [(_("Seats {year}", year=view.year), _.number(offered["seats"].sum()))]
    entry = offered["entry_seats"].sum()
    if entry:
        figures.append((_("Entry seats"), _.number(entry)))
    pupils, classes = newest["pupils"].sum(), newest["classes"].sum()
    if classes:
        figures.append((_("Pupils in a class"), _.number(pupils / classes, 1)))
    if not results.empty:
        met = int((results["state"] == MET).sum())
        figures.append((_("Indicators met"), f"{met} / {len(results)}"))
    return figures


def _name_year(years: pd.Series) -> str | None:
    return None if years.empty else str(years.iloc[0])


def list_grades(newest: pd.DataFrame, view: View) -> pd.DataFrame:
    """Put name and pupils in a class beside each grade, from the youngest to the oldest."""
    _ = view.language
    names = name_stages(view.profile, _)
    words = [
        _("{stage}, grade {grade}", stage=names.get(stage, stage), grade=grade)
        for stage, grade in zip(newest["stage"], newest["grade"], strict=True)
    ]
    order = newest["stage"].map({code: at for at, code in enumerate(names)})
    classes = newest["classes"].astype(float)
    return newest.assign(
        words=words, order=order, size=newest["pupils"] / classes.where(classes > 0)
    ).sort_values(["order", "grade"])


def _build_grades(newest: pd.DataFrame, view: View) -> Component:
    _ = view.language
    columns = [
        Column("words", _("Grade")),
        Column("pupils", _("Pupils")),
        Column("classes", _("Classes")),
        Column("size", _("In a class"), format=lambda size: _.number(size, 1)),
    ]
    return build_table(
        list_grades(newest, view), columns, language=_, empty=_("No pupils by grade are loaded.")
    )


def _build_trend(grades: pd.DataFrame, seats: pd.DataFrame, view: View) -> Component | None:
    """Draw the pupils of the years behind against the seats of the same years."""
    _ = view.language
    pupils = grades.groupby("year")["pupils"].sum()
    if len(pupils) < 2:
        return None
    offered = seats.groupby("year")["seats"].sum().reindex(pupils.index)
    return build_lines(
        [
            Line(_("Pupils"), pupils.tolist()),
            Line(_("Seats"), offered.tolist(), dashed=True),
        ],
        ticks=[str(year) for year in pupils.index],
        language=_,
    )


def _build_catchments(view: View, school_id: int) -> list[Component]:
    """Set the demand of each stage for which the school has a catchment against its seats."""
    _ = view.language
    counts = read_table(
        view.connection,
        "school_counts",
        district_id=view.district.id,
        plan_id=view.plan.id,
        school_id=school_id,
    )
    sections = []
    for code, name in name_stages(view.profile, _).items():
        years = counts[counts["stage"] == code]
        if years.empty:
            continue
        link = (
            build_link("catchment", school_id, _("Open the catchment"))
            if code == view.stage
            else None
        )
        sections.append(
            build_section(
                _("Its catchment: {stage}", stage=name),
                build_demand_lines(years, view),
                build_year_table(years, view),
                link,
            )
        )
    return sections


def _build_indicators(results: pd.DataFrame, view: View) -> list[Component]:
    _ = view.language
    indicators = {one.code: one for one in view.profile.balance.indicators}
    sections = []
    for code, name in name_stages(view.profile, _).items():
        part = results[(results["stage"] == code) & results["indicator"].isin(list(indicators))]
        if part.empty:
            continue
        order = {indicator: at for at, indicator in enumerate(indicators)}
        rows = part.sort_values("indicator", key=lambda codes: codes.map(order))
        table = build_table(
            rows.assign(name=_name_indicators(rows["indicator"], indicators, _)),
            [
                Column("name", _("Indicator"), format=lambda name: name),
                Column("value", _("Value"), format=lambda value: write_value(value, _)),
                Column("standard", _("Standard"), format=lambda value: _.number(value, 1)),
                Column("state", _("State"), format=lambda state: build_mark(state, _)),
            ],
            language=_,
        )
        title = _("Resources per pupil: {stage}", stage=name)
        sections.append(build_section(title, table, note=str(int(part["year"].iloc[0]))))
    return sections


def _name_indicators(
    codes: pd.Series, indicators: dict[str, Indicator], _: Language
) -> list[Component]:
    """Set the unit of each indicator small below its name."""
    return [
        html.Span(
            [
                _.name(indicators[code]),
                html.Span(
                    _.pick(indicators[code].unit_zh, indicators[code].unit_en),
                    className="column-unit",
                ),
            ]
        )
        for code in codes
    ]


def write_value(value: float, _: Language) -> str:
    """Write the value of an indicator with as many decimals as it can bear."""
    # Yuan need no cents, teachers per 100 pupils need two decimals.
    return _.number(value, 2 if value < 100 else 0)


def _build_projects(view: View, school_id: int) -> Component | None:
    monitor = read_monitor(view.connection, view.district, view.plan)
    mine = monitor.select(monitor.projects["school_id"] == school_id)
    return None if mine.projects.empty else build_project_list(mine, view)


def _list_facts(school: dict[str, Any], _: Language) -> list[Component]:
    parts = [_("Code {code}", code=school["code"])]
    if not is_missing(school["address"]):
        parts.append(school["address"])
    if not is_missing(school["urban"]):
        parts.append(_.term("urban" if school["urban"] else "rural"))
    if not is_missing(school["opened_on"]):
        parts.append(_("Opened {date}", date=_.month(school["opened_on"])))
    if not is_missing(school["closed_on"]):
        parts.append(_("Closed {date}", date=_.month(school["closed_on"])))
    if not is_missing(school["site_area_m2"]):
        parts.append(_("Site: {area} m²", area=_.number(school["site_area_m2"])))
    facts: list[Component] = [build_note(" · ".join(parts))]
    if not is_missing(school["subdistrict_id"]):
        name = _.pick(school["subdistrict_name_zh"], school["subdistrict_name_en"])
        facts.append(build_link("subdistrict", int(school["subdistrict_id"]), name))
    return facts
