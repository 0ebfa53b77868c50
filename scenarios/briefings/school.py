"""The page of one school: pupils, seats, resources, and the catchment that it must admit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import shapely

from layers.print_map.composition import compose_map
from layers.print_map.frame import Bounds
from layers.print_map.ground import find_bounds
from layers.print_map.locator import draw_locator
from scenarios.briefings.catchment import set_year_table, write_states
from scenarios.briefings.facts import Facts, draw_around, find_school, join_facts, read_facts
from scenarios.briefings.legends import build_warning_legend
from scenarios.briefings.material import Material, end_sentence, list_names, name_schools
from scenarios.briefings.sheet import PaperColumn, Sheet, SheetTable, set_table
from scenarios.elements import Figure
from scenarios.naming import list_rows, name_stages
from scenarios.resource_distribution.analysis import MET
from scenarios.school_network.school_panel import (
    list_figures,
    list_grades,
    say_finding,
    write_value,
)
from scenarios.view import View

_AROUND_M = 900.0  # about a school that has no catchment


def build_school(material: Material, school_id: int) -> list[Sheet]:
    """Build the sheet of a school."""
    return [build_school_sheet(material, read_facts(material.view), school_id)]


def build_school_sheet(
    material: Material, facts: Facts, school_id: int, *, is_single: bool = False
) -> Sheet:
    """Build the sheet of one school.

    The map shows its catchment in the stage of the view, or in the first stage in which it has
    one; a school without any stands in the middle of its surroundings.

    Raises
    ------
    UsageError
        When the school is not open in the year.
    """
    view = material.view
    _ = view.language
    school = find_school(material, school_id)
    stage = _choose_stage(facts, school_id, view)
    told = replace(view, stage=stage)
    newest = facts.select_grades(school_id)
    seats = facts.seats[facts.seats["school_id"] == school_id]
    results = facts.results[facts.results["school_id"] == school_id]
    title, subtitle = say_finding(school, newest, seats, told)
    drawing, inset, chosen = _draw_map(replace(material, view=told), facts, school_id)
    findings = (
        _say_catchments(facts, school_id, told),
        _say_resources(results, told),
        _say_neighbours(facts, school_id, told),
    )
    return Sheet(
        title=title,
        subtitle=f"{_.name(view.profile)} · {subtitle} · {_.name(view.plan)}",
        bookmark=name_schools(pd.DataFrame([school]), view)[0],
        map=drawing,
        findings=tuple(end_sentence(words, _) for words in findings if words),
        figures=tuple(Figure(*one) for one in list_figures(newest, seats, results, told)),
        legend_title=f"{_('Legend')} · {told.stage_name} {view.year}",
        legend=build_warning_legend(replace(material, view=told), chosen),
        inset_title=_("In the district"),
        inset=inset,
        tables=(
            *_set_catchments(facts, school_id, told),
            *_set_grades(newest, told),
            *_set_indicators(results, told),
        ),
        is_single=is_single,
    )


def _choose_stage(facts: Facts, school_id: int, view: View) -> str:
    """Choose the stage of the view if the school has a catchment in it, else the first it has."""
    counts = facts.counts
    known = set(counts.loc[counts["school_id"] == school_id, "stage"])
    if view.stage in known or not known:
        return view.stage
    return next(stage.code for stage in view.profile.stages if stage.code in known)


def _draw_map(material: Material, facts: Facts, school_id: int) -> tuple[Any, Any, pd.DataFrame]:
    """Draw the map, the small map beside it, and return the counts that the map shows."""
    view = material.view
    ground = material.select_stage(view.stage)
    mine = ground.catchments[ground.catchments["school_id"] == school_id]
    gate = ground.schools.loc[ground.schools["school_id"] == school_id, "flat"].iloc[0]
    flat = mine["flat"].to_numpy()
    bounds: Bounds = find_bounds(flat) if len(flat) else find_bounds([gate.buffer(_AROUND_M)])
    frame = material.fit_about(bounds, margin=0.12)
    around = replace(material, ground=ground)
    focus = flat if len(flat) else np.array([gate.buffer(frame.metres_per_mm * 3)], dtype=object)
    answer = draw_around(around, facts.counts, view.stage, focus, school_id)
    drawing = compose_map(
        ground, frame, answer, view.language, name_pt=material.paper.name_pt + 0.4
    )
    shown = flat if len(flat) else shapely.points([gate.x], [gate.y])
    inset = draw_locator(ground, material.paper.inset_mm, frame, shown, view.language)
    counts = facts.counts
    chosen = counts[(counts["stage"] == view.stage) & (counts["year"] == view.year)]
    return drawing, inset, chosen


def _say_catchments(facts: Facts, school_id: int, view: View) -> str:
    """Say of each stage how many children of its catchment meet how many seats."""
    _ = view.language
    parts = []
    for code, name in name_stages(view.profile, _).items():
        years = facts.select_years(school_id, code)
        chosen = years[years["year"] == view.year]
        if chosen.empty:
            continue
        row = list_rows(chosen)[0]
        told = _(
            "{stage} {year}: {children} children of the catchment for {seats} seats, {state}",
            stage=name,
            year=view.year,
            children=_.number(row["counted_children"]),
            seats=_.number(row["seats"]),
            state=f"{write_states(chosen, view)[0]} {_.term(row['warning'])}",
        )
        parts.append(told)
    return join_facts(parts, _) or _("The school admits by no catchment")


def _say_resources(results: pd.DataFrame, view: View) -> str:
    """Say how many indicators the school meets, and which it does not."""
    _ = view.language
    if results.empty:
        return ""
    names = {one.code: _.name(one) for one in view.profile.balance.indicators}
    missed = results[results["state"] != MET]
    words = _(
        "{met} of {all} indicators of resources are met",
        met=_.number(len(results) - len(missed)),
        all=_.number(len(results)),
    )
    parts = [
        f"{names.get(row['indicator'], row['indicator'])} "
        f"{write_value(row['value'], _)} / {_.number(row['standard'], 1)}"
        for row in list_rows(missed)
    ]
    return join_facts([words, list_names(parts, _)] if parts else [words], _)


def _say_neighbours(facts: Facts, school_id: int, view: View) -> str:
    """Say which bordering catchments have seats left."""
    _ = view.language
    near = facts.select_neighbours(school_id, view.stage, view.year)
    free = near[near["surplus_seats"].fillna(0) > 0]
    if near.empty:
        return ""
    if free.empty:
        return _("No bordering catchment has seats left")
    parts = [
        f"{name} {_.number(seats)}"
        for name, seats in zip(name_schools(free, view), free["surplus_seats"], strict=True)
    ]
    return _("Seats free in bordering catchments: {names}", names=list_names(parts, _))


def _set_catchments(facts: Facts, school_id: int, view: View) -> list[SheetTable]:
    _ = view.language
    tables = []
    for code, name in name_stages(view.profile, _).items():
        years = facts.select_years(school_id, code)
        if not years.empty:
            title = _("Its catchment: {stage}", stage=name)
            tables.append(set_year_table(years, view, title))
    return tables


def _set_grades(newest: pd.DataFrame, view: View) -> list[SheetTable]:
    _ = view.language
    if newest.empty:
        return []
    rows = list_grades(newest, view)
    rows = rows.assign(size_text=[_.number(size, 1) for size in rows["size"]])
    columns = [
        PaperColumn("words", _("Grade"), is_numeric=False),
        PaperColumn("pupils", _("Pupils")),
        PaperColumn("classes", _("Classes")),
        PaperColumn("size_text", _("In a class")),
    ]
    title = f"{_('Pupils by grade')} {int(newest['year'].iloc[0])}"
    return [set_table(title, rows, columns, _)]


def _set_indicators(results: pd.DataFrame, view: View) -> list[SheetTable]:
    _ = view.language
    names = {one.code: one for one in view.profile.balance.indicators}
    tables = []
    for code, name in name_stages(view.profile, _).items():
        part = results[(results["stage"] == code) & results["indicator"].isin(list(names))]
        if part.empty:
            continue
        part = part.set_index("indicator").loc[
            [indicator for indicator in names if indicator in set(part["indicator"])]
        ]
        part = part.reset_index()
        rows = pd.DataFrame(
            {
                "name": [_.name(names[code]) for code in part["indicator"]],
                "unit": [
                    _.pick(names[code].unit_zh, names[code].unit_en) for code in part["indicator"]
                ],
                "value": [write_value(value, _) for value in part["value"]],
                "standard": [_.number(value, 1) for value in part["standard"]],
                "state": [_.term(state) for state in part["state"]],
            }
        )
        columns = [
            PaperColumn("name", _("Indicator"), is_numeric=False, is_long=True),
            PaperColumn("unit", _("Unit"), is_numeric=False),
            PaperColumn("value", _("Value")),
            PaperColumn("standard", _("Standard")),
            PaperColumn("state", _("State"), is_numeric=False),
        ]
        title = _("Resources per pupil: {stage}", stage=name)
        tables.append(set_table(f"{title} {int(part['year'].iloc[0])}", rows, columns, _))
    return tables
