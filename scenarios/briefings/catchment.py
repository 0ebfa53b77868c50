"""The page of one catchment: its children and seats, what it covers, who is next to it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from gis.errors import UsageError
from layers.language import MISSING, is_missing
from layers.palette import MARKS
from layers.print_map.composition import compose_map
from layers.print_map.ground import find_bounds
from layers.print_map.ink import Drawing
from layers.print_map.locator import draw_locator
from scenarios.briefings.facts import Facts, draw_around, join_facts, read_facts
from scenarios.briefings.legends import build_warning_legend
from scenarios.briefings.material import (
    Material,
    end_sentence,
    list_names,
    name_schools,
)
from scenarios.briefings.sheet import PaperColumn, Sheet, SheetTable, set_table
from scenarios.elements import Figure
from scenarios.enrolment_warning.catchment_panel import list_figures, say_finding
from scenarios.enrolment_warning.clear import Outlook, tell_outlook
from scenarios.enrolment_warning.outlook import rank_catchments
from scenarios.enrolment_warning.panel import name_counted
from scenarios.naming import list_rows, name_rows
from scenarios.view import View

_MOST_NEIGHBOURS = 8


def build_catchment(material: Material, school_id: int) -> list[Sheet]:
    """Build the sheet of the catchment of a school in the stage of the view."""
    return [build_catchment_sheet(material, read_facts(material.view), school_id)]


def build_catchment_sheet(
    material: Material, facts: Facts, school_id: int, *, is_single: bool = False
) -> Sheet:
    """Build the sheet of one catchment.

    Parameters
    ----------
    is_single
        Whether it must be one page, as in an atlas.

    Raises
    ------
    UsageError
        When the school has no catchment in the stage of the view.
    """
    view = material.view
    _ = view.language
    mine, years = _find_catchment(material, facts, school_id)
    name = name_schools(years, view)[0]
    title, subtitle = say_finding(name, years, view)
    drawing, inset = _draw_maps(material, facts, school_id, mine)
    outlook = _tell_outlook(facts, view, school_id)
    findings = (
        _say_years(years, view),
        _say_clearing(outlook, view),
        _say_cover(facts, mine, school_id, view),
    )
    counts = facts.counts
    chosen = counts[(counts["stage"] == view.stage) & (counts["year"] == view.year)]
    return Sheet(
        title=title,
        subtitle=f"{_.name(view.profile)} · {subtitle}",
        bookmark=name,
        map=drawing,
        findings=tuple(end_sentence(words, _) for words in findings if words),
        figures=tuple(
            Figure(*figure) for figure in list_figures(years[years["year"] == view.year], view)
        ),
        legend_title=_("Legend"),
        legend=build_warning_legend(material, chosen),
        inset_title=_("In the district"),
        inset=inset,
        tables=(
            set_year_table(years, view, _("Children against seats")),
            _set_neighbours(facts, school_id, view),
            *_set_projects(outlook, view),
        ),
        is_single=is_single,
    )


def _find_catchment(
    material: Material, facts: Facts, school_id: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the area of the catchment of a school, and its count year by year."""
    view, catchments = material.view, material.ground.catchments
    mine = catchments[catchments["school_id"] == school_id]
    years = facts.select_years(school_id, view.stage)
    if mine.empty or years.empty:
        raise UsageError(
            f"The school has no counted catchment of stage '{view.stage}' "
            f"under plan '{view.plan.code}'.",
            mend="Choose another stage or plan, or a school that admits by catchment.",
        )
    return mine, years


def _draw_maps(
    material: Material, facts: Facts, school_id: int, mine: pd.DataFrame
) -> tuple[Drawing, Drawing | None]:
    """Draw the map of the catchment, and the small one of where it lies in the district."""
    view, ground, paper = material.view, material.ground, material.paper
    flat = mine["flat"].to_numpy()
    frame = material.fit_about(find_bounds(flat), margin=0.12)
    answer = draw_around(material, facts.counts, view.stage, flat, school_id)
    drawing = compose_map(ground, frame, answer, view.language, name_pt=paper.name_pt + 0.4)
    return drawing, draw_locator(ground, paper.inset_mm, frame, flat, view.language)


def set_year_table(years: pd.DataFrame, view: View, title: str) -> SheetTable:
    """Set the children, seats and warning of one catchment year by year."""
    _ = view.language
    rows = years.assign(
        label=[
            f"{year}{'' if complete else ' *'}"
            for year, complete in zip(years["year"], years["complete"], strict=True)
        ],
        state=write_states(years, view),
    )
    columns = [
        PaperColumn("label", _("Year"), is_numeric=False),
        PaperColumn("counted_children", name_counted(view)),
        PaperColumn("seats", _("Seats")),
        PaperColumn("state", _("Ratio")),
        PaperColumn("shortfall_seats", _("Shortfall")),
        PaperColumn("surplus_seats", _("Surplus")),
    ]
    return set_table(title, rows, columns, _)


def write_states(counts: pd.DataFrame, view: View) -> list[str]:
    """Write the ratio of each row behind the mark of its warning."""
    _ = view.language
    return [
        f"{MARKS.get(code, '')}\u00a0{_.percent(ratio, 0)}".strip()
        for code, ratio in zip(counts["warning"], counts["ratio_pct"], strict=True)
    ]


def _tell_outlook(facts: Facts, view: View, school_id: int) -> Outlook | None:
    ahead = facts.sources.ahead
    known = ahead[(ahead["school_id"] == school_id) & (ahead["year"] == view.year)]
    return None if known.empty else tell_outlook(facts.sources, view.district, view.year, school_id)


def _say_years(years: pd.DataFrame, view: View) -> str:
    """Say how many children meet how many seats, and how that changes over the years."""
    _ = view.language
    rows = {int(row["year"]): row for row in list_rows(years)}
    if view.year not in rows:
        return ""
    now = rows[view.year]
    words = _(
        "{year}: {children} children for {seats} seats ({ratio})",
        year=view.year,
        children=_.number(now["counted_children"]),
        seats=_.number(now["seats"]),
        ratio=_.percent(now["ratio_pct"], 0),
    )
    others = [year for year in rows if year != view.year]
    parts = [
        _(
            "{year} {children} for {seats}",
            year=year,
            children=_.number(rows[year]["counted_children"]),
            seats=_.number(rows[year]["seats"]),
        )
        for year in others
    ]
    return join_facts([words, list_names(parts, _, most=6)], _)


def _say_clearing(outlook: Outlook | None, view: View) -> str:
    """Say whether projects change the warning, and how many seats it needs without them."""
    _ = view.language
    if outlook is None:
        return ""
    names = name_rows(outlook.projects, "project", _)
    opened = [
        _("{name} opens {seats} seats in {year}", name=name, seats=_.number(seats), year=int(year))
        for name, seats, year in zip(
            names, outlook.projects["opened_seats"], outlook.projects["opens_year"], strict=True
        )
        if not is_missing(year)
    ]
    parts = [list_names(opened, _)] if opened else [_("No project opens seats here")]
    if outlook.is_red and outlook.cleared_year is not None:
        parts.append(_("the warning is cleared in {year}", year=outlook.cleared_year))
    elif outlook.is_red:
        parts.append(
            _.count(
                "it takes {n} further seat to clear the warning",
                "it takes {n} further seats to clear the warning",
                outlook.needed_seats,
            )
        )
    return join_facts(parts, _)


def _say_cover(facts: Facts, mine: pd.DataFrame, school_id: int, view: View) -> str:
    """Say how large it is, which communities it covers and how far the children have."""
    _ = view.language
    row = list_rows(mine.drop(columns="flat"))[0]
    parts = [
        _("{area} km²", area=_.number(row["area_m2"] / 1e6, 2)),
        _.count("{n} planning unit", "{n} planning units", row["units"]),
    ]
    places = facts.places[facts.places["school_id"] == school_id]
    known = places.dropna(subset=["subdistrict_name_zh"])
    for name, part in zip(
        dict.fromkeys(name_rows(known, "subdistrict", _)),
        [group for _code, group in known.groupby("subdistrict_code", sort=False)],
        strict=True,
    ):
        communities = part["community_name_zh"].dropna().tolist()
        listed = list_names(communities, _, most=4)
        parts.append(_("{place} ({names})", place=name, names=listed) if listed else name)
    ways = facts.ways[facts.ways["school_id"] == school_id]
    if not ways.empty and not is_missing(ways["mean_distance_m"].iloc[0]):
        way = list_rows(ways)[0]
        parts.append(
            _(
                "mean way {mean} m, {share} beyond {radius} m",
                mean=_.number(way["mean_distance_m"]),
                share=_.percent(way["beyond_radius_pct"], 0),
                radius=_.number(way["radius_m"]),
            )
        )
    return join_facts(parts, _)


def _set_neighbours(facts: Facts, school_id: int, view: View) -> SheetTable:
    """Set the bordering catchments that have seats left, as the panel does."""
    _ = view.language
    near = facts.select_neighbours(school_id, view.stage, view.year)
    free = rank_catchments(near[near["surplus_seats"].fillna(0) > 0]).iloc[::-1]
    free = free.head(_MOST_NEIGHBOURS)
    rows = free.assign(name=name_schools(free, view), state=write_states(free, view))
    columns = [
        PaperColumn("name", _("Neighbour"), is_numeric=False),
        PaperColumn("counted_children", name_counted(view)),
        PaperColumn("seats", _("Seats")),
        PaperColumn("state", _("Ratio")),
        PaperColumn("surplus_seats", _("Seats free")),
    ]
    return set_table(
        _("Neighbours with free seats"),
        rows,
        columns,
        _,
        empty=_("No bordering catchment has seats left."),
    )


def _set_projects(outlook: Outlook | None, view: View) -> tuple[SheetTable, ...]:
    _ = view.language
    if outlook is None or outlook.projects.empty:
        return ()
    projects = outlook.projects
    rows: list[dict[str, Any]] = [
        {
            "name": name,
            "seats": row["opened_seats"],
            "opens": MISSING if is_missing(row["opens_year"]) else str(row["opens_year"]),
            "state": MISSING if is_missing(row["state"]) else _.term(row["state"]),
            "chance": MISSING
            if is_missing(row["in_time_chance"])
            else _.percent(100 * row["in_time_chance"], 0),
        }
        for name, row in zip(name_rows(projects, "project", _), list_rows(projects), strict=True)
    ]
    columns = [
        PaperColumn("name", _("Project"), is_numeric=False, is_long=True),
        PaperColumn("seats", _("Seats")),
        PaperColumn("opens", _("Opens")),
        PaperColumn("state", _("State"), is_numeric=False),
        PaperColumn("chance", _("Open by {year}", year=view.year)),
    ]
    return (set_table(_("Projects inside"), pd.DataFrame(rows), columns, _),)
