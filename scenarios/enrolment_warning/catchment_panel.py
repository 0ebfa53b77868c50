"""Panel of a catchment: its children and seats over the years, its places and its neighbours."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash.development.base_component import Component

from gis.database import read_table
from gis.errors import UsageError
from scenarios.elements import (
    Column,
    Line,
    build_figures,
    build_heading,
    build_lines,
    build_link,
    build_note,
    build_page,
    build_section,
    build_source,
    build_table,
)
from scenarios.enrolment_warning.answer import read_counts
from scenarios.enrolment_warning.clear_panel import build_clearing
from scenarios.enrolment_warning.forecast.sections import build_catchment_outlook
from scenarios.enrolment_warning.life_section import build_life
from scenarios.enrolment_warning.outlook import rank_catchments
from scenarios.enrolment_warning.panel import build_catchment_table, mark_ratios, name_counted
from scenarios.enrolment_warning.state_section import build_states
from scenarios.naming import list_rows
from scenarios.project_monitoring.openings import select_opening
from scenarios.project_monitoring.panel import build_opening_table
from scenarios.view import View


def build_catchment_panel(view: View, school_id: int) -> Component:
    """Build the panel of a school's catchment in the stage, year and plan of the view.

    Raises
    ------
    UsageError
        When the district has no such school.
    """
    _ = view.language
    asked = {"plan_id": view.plan.id, "stage": view.stage, "school_id": school_id}
    facts = read_table(view.connection, "catchment_facts", **asked)
    if facts.empty:
        return _build_without(view, school_id)
    row = list_rows(facts)[0]
    name = _.pick(row["name_zh"], row["name_en"])
    counts = read_counts(view.connection, view.district, view.plan, stage=view.stage)
    years = counts[counts["school_id"] == school_id]
    return build_page(
        build_heading(*say_finding(name, years, view)),
        _build_figures(years[years["year"] == view.year], view),
        build_section(
            _("Children against seats"),
            build_demand_lines(years, view),
            build_year_table(years, view),
        ),
        build_catchment_outlook(view, school_id),
        *_build_warning(years, view, school_id),
        build_states(view, school_id),
        build_section(_("What it covers"), *_list_places(view, row, asked)),
        build_section(_("Neighbours with free seats"), _build_neighbours(view, counts, asked)),
        build_section(_("Projects inside"), _build_projects(view, asked)),
        build_section(_("School"), build_link("school", school_id, name)),
        build_source(view, run_id=None if years.empty else int(years["run_id"].iloc[0])),
    )


def _build_warning(years: pd.DataFrame, view: View, school_id: int) -> list[Component | None]:
    """Build what clears the warning of the year and what is done about it."""
    chosen = years[years["year"] == view.year]
    if chosen.empty:
        return []
    code = str(chosen["school_code"].iloc[0])
    return [build_clearing(view, school_id), build_life(view, code, school_id)]


def _build_without(view: View, school_id: int) -> Component:
    """Say that the school admits by no catchment in this stage."""
    _ = view.language
    school = read_table(
        view.connection, "school_facts", district_id=view.district.id, school_id=school_id
    )
    if school.empty:
        raise UsageError(
            f"District {view.profile.code} has no school {school_id}.",
            mend="Choose a catchment on the map.",
        )
    name = _.pick(school["name_zh"].iloc[0], school["name_en"].iloc[0])
    return build_page(
        build_heading(
            _("{school} has no catchment in this stage", school=name),
            f"{view.stage_name} · {_.name(view.plan)}",
        ),
        build_link("school", school_id, name),
        build_source(view),
    )


def say_finding(name: str, years: pd.DataFrame, view: View) -> tuple[str, str]:
    """Say how many seats a catchment lacks or has left in the year of the view."""
    _ = view.language
    chosen = list_rows(years[years["year"] == view.year])
    about = {"school": name, "year": view.year}
    subtitle = f"{_('Catchment')} · {view.stage_name} · {_.name(view.plan)}"
    if not chosen or chosen[0]["warning"] in (None, "unknown"):
        return _("{school} {year}: seats not stated", **about), subtitle
    short, free = int(chosen[0]["shortfall_seats"]), int(chosen[0]["surplus_seats"])
    if not short and not free:
        return _("{school} is exactly full in {year}", **about), subtitle
    if short:
        return _.count(
            "{school} lacks {n} seat in {year}",
            "{school} lacks {n} seats in {year}",
            short,
            **about,
        ), subtitle
    return _.count(
        "{school} has {n} seat left in {year}",
        "{school} has {n} seats left in {year}",
        free,
        **about,
    ), subtitle


def _build_figures(chosen: pd.DataFrame, view: View) -> Component | None:
    figures = list_figures(chosen, view)
    return build_figures(figures) if figures else None


def list_figures(chosen: pd.DataFrame, view: View) -> list[tuple]:
    """List the key figures of a catchment in one year: ratio, children, seats, migrants."""
    _ = view.language
    if chosen.empty:
        return []
    row = list_rows(chosen)[0]
    tone = row["warning"] if row["warning"] in ("red", "yellow") else None
    figures: list[tuple] = [
        (_("Ratio"), _.percent(row["ratio_pct"], 0), None, tone),
        (name_counted(view), _.number(row["counted_children"])),
        (_("Seats"), _.number(row["seats"])),
    ]
    if row["children"] > row["registered_children"]:
        figures.append((_("Migrant"), _.number(row["children"] - row["registered_children"])))
    return figures


def build_demand_lines(years: pd.DataFrame, view: View) -> Component | None:
    """Draw the counted children of a catchment against its seats, year by year."""
    if len(years) < 2:
        return None
    _ = view.language
    shown = years["year"].tolist()
    return build_lines(
        [
            Line(name_counted(view), years["counted_children"].tolist()),
            Line(_("Seats"), years["seats"].tolist(), dashed=True),
        ],
        ticks=[str(year) for year in shown],
        language=_,
        marked=shown.index(view.year) if view.year in shown else None,
    )


def build_year_table(years: pd.DataFrame, view: View) -> Component:
    """Set the children, seats and warning of one catchment year by year."""
    _ = view.language
    marks = years["complete"].map({True: "", False: " *"})
    rows = years.assign(label=years["year"].astype(str) + marks, ratio=mark_ratios(years, _))
    table = build_table(
        rows,
        [
            Column("label", _("Year"), align="left"),
            Column("counted_children", name_counted(view)),
            Column("seats", _("Seats")),
            Column("ratio", _("Ratio"), align="right", format=lambda ratio: ratio),
            Column("shortfall_seats", _("Shortfall")),
        ],
        language=_,
    )
    if years["complete"].all():
        return table
    note = _("* Not all children of this year were born on the day of the data.")
    return build_page(table, build_note(note))


def _list_places(view: View, row: dict[str, Any], asked: dict[str, Any]) -> list[Component]:
    _ = view.language
    places = read_table(view.connection, "catchment_places", **asked)
    parts = [
        _("{area} km²", area=_.number(row["area_m2"] / 1e6, 2)),
        _.count("{n} planning unit", "{n} planning units", row["units"]),
    ]
    notes = [build_note(" · ".join(parts))]
    for (zh, en), part in places.dropna(subset=["subdistrict_name_zh"]).groupby(
        ["subdistrict_name_zh", "subdistrict_name_en"], sort=False, dropna=False
    ):
        communities = part["community_name_zh"].dropna().tolist()
        notes.append(build_note(" · ".join([_.pick(zh, en), *communities])))
    return notes


def _build_neighbours(view: View, counts: pd.DataFrame, asked: dict[str, Any]) -> Component:
    _ = view.language
    around = read_table(view.connection, "catchment_neighbours", **asked)["neighbour_id"]
    near = counts[
        counts["school_id"].isin(around)
        & (counts["year"] == view.year)
        & (counts["surplus_seats"] > 0)
    ]
    if near.empty:
        return build_note(_("No bordering catchment has seats left."))
    ranked = rank_catchments(near).iloc[::-1]
    return build_catchment_table(ranked, view)


def _build_projects(view: View, asked: dict[str, Any]) -> Component:
    _ = view.language
    openings = select_opening(
        read_table(view.connection, "project_openings", district_id=view.district.id),
        view.get_stage(),
    )
    inside = read_table(view.connection, "catchment_projects", **asked)["project_id"]
    return build_opening_table(
        openings[openings["project_id"].isin(inside)],
        _,
        empty=_("No project opens seats of this stage here."),
    )
