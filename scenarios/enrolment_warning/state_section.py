"""States beside the warning, in the panels of a catchment and of the scenario."""

from __future__ import annotations

from typing import Any

from dash.development.base_component import Component

from catchments.crowding import EXTREME, LARGE, OVERSIZED, USUAL
from layers.language import is_missing, msgid
from scenarios.elements import Column, build_note, build_section, build_table
from scenarios.enrolment_warning.states import read_states, sum_states
from scenarios.naming import list_rows
from scenarios.view import View

CLASS_WORDS = {
    USUAL: msgid("usual"),
    LARGE: msgid("large"),
    OVERSIZED: msgid("oversized"),
    EXTREME: msgid("extremely oversized"),
}


def build_states(view: View, school_id: int) -> Component | None:
    """Build what else is to know of a catchment's school; nothing where it has no count."""
    _ = view.language
    states = read_states(view.connection, view.district, view.plan, view.stage, view.year)
    mine = states.schools[states.schools["school_id"] == school_id]
    if mine.empty:
        return None
    row = list_rows(mine)[0]
    grades = states.grades[states.grades["school_id"] == school_id]
    rated = grades[grades["class_state"].isin(CLASS_WORDS)]
    table = None
    if not rated.empty:
        words = [_(CLASS_WORDS[state]) for state in rated["class_state"]]
        table = build_table(
            rated.assign(grade=rated["grade"].astype(str), state=words),
            [
                Column("grade", _("Grade"), align="left"),
                Column("pupils", _("Pupils")),
                Column("classes", _("Classes")),
                Column("class_pupils", _("Largest class, at least"), format=_.number),
                Column("state", _("Class size")),
            ],
            language=_,
        )
    return build_section(
        _("Classes, size and ways"),
        *[build_note(text) for text in _list_notes(row, view)],
        table,
        note=None if states.pupil_year is None else str(states.pupil_year),
    )


def _list_notes(row: dict[str, Any], view: View) -> list[str]:
    """Say what is to spare, how large the school is, and how far its children have."""
    _ = view.language
    notes = []
    if not is_missing(row["empty_classes"]) and row["empty_classes"] > 0:
        notes.append(
            _.count(
                "Seats to spare: {seats}, {n} class",
                "Seats to spare: {seats}, {n} classes",
                row["empty_classes"],
                seats=_.number(row["surplus_seats"]),
            )
        )
    if not is_missing(row["size_limit"]):
        size = {"pupils": _.number(row["school_pupils"]), "limit": _.number(row["size_limit"])}
        notes.append(
            _("Over its maximum size: {pupils} pupils, {limit} at most", **size)
            if row["beyond_limit_pupils"] > 0
            else _("Size: {pupils} pupils, {limit} at most", **size)
        )
    if not is_missing(row["beyond_radius_pct"]):
        notes.append(
            _(
                "{share} of the children live beyond {radius} m; mean way {mean} m",
                share=_.percent(row["beyond_radius_pct"], 0),
                radius=_.number(row["radius_m"]),
                mean=_.number(row["mean_distance_m"]),
            )
        )
    return notes


def build_state_sums(view: View) -> Component:
    """Count the schools of the stage in each state beside the warning."""
    _ = view.language
    states = read_states(view.connection, view.district, view.plan, view.stage, view.year)
    sums = sum_states(states.schools)
    lines = [
        _.count(
            "Seats to spare at {schools} schools: {n} class",
            "Seats to spare at {schools} schools: {n} classes",
            sums["empty_classes"],
            schools=_.number(sums["surplus_schools"]),
        ),
        _(
            "Schools with large classes {large}, oversized {oversized}, extremely so {extreme}",
            large=_.number(sums["large_schools"]),
            oversized=_.number(sums["oversized_schools"]),
            extreme=_.number(sums["extreme_schools"]),
        ),
        _("Schools over their maximum size: {n}", n=_.number(sums["beyond_limit_schools"])),
        _(
            "Catchments with {share} or more of the children beyond the radius: {n}",
            share=_.percent(view.profile.warning.beyond_radius_from_pct, 0),
            n=_.number(sums["far_schools"]),
        ),
    ]
    return build_section(_("Beside the warnings"), *[build_note(line) for line in lines])
