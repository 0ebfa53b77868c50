"""Page of what an assignment came to: finding, batches, cut lines, flows, queue of a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from layers.language import MISSING, Language, is_missing
from scenarios.elements import (
    Column,
    Stack,
    build_figures,
    build_heading,
    build_page,
    build_section,
    build_source,
    build_stacks,
    build_table,
    patch,
)
from scenarios.enrolment_warning.admission.reason_words import name_reason
from scenarios.enrolment_warning.admission.runs import Results
from scenarios.enrolment_warning.admission.school_lines import list_lines
from scenarios.enrolment_warning.admission.words import (
    OUTCOME_WORDS,
    name_batches,
    write_score,
)
from scenarios.naming import list_rows, name_rows
from scenarios.view import View

_OUTCOMES = tuple(OUTCOME_WORDS)


def build_results(
    view: View,
    results: Results,
    *,
    about: str,
    head: Sequence[Component] = (),
    tail: Sequence[Component] = (),
) -> Component:
    """Build the page of an assignment.

    Parameters
    ----------
    about
        What stands below the finding: run, plan, rules, seed.
    head, tail
        Parts above the batches and below the queue.
    """
    _ = view.language
    names = name_batches(results.rules, _)
    more = _("{n} seats more", n=results.class_size)
    return build_page(
        build_heading(_say_finding(results.summary, view), about),
        *head,
        *_build_sums(results.summary, _),
        build_section(_("Children by batch and outcome"), *_build_batches(results, names, _)),
        build_section(
            _("For a person to decide"),
            _build_queue(results.summary, _, is_stored=results.run_id is not None),
        ),
        build_section(
            _("Cut lines"),
            build_line_table(list_lines(results.cuts), more, _),
            note=_("seated by batch below the name"),
        ),
        *tail,
        build_source(view, run_id=results.run_id),
    )


def _say_finding(summary: dict[str, Any], view: View) -> str:
    _ = view.language
    about = {"stage": view.stage_name, "year": view.year}
    settled = _.number(summary["seated"] + summary["placed"])
    if not summary["exception"]:
        return _("{stage} {year}: all {n} children have a school", n=settled, **about)
    return _.count(
        "{stage} {year}: {settled} children have a school, {n} waits for a person",
        "{stage} {year}: {settled} children have a school, {n} wait for a person",
        summary["exception"],
        settled=settled,
        **about,
    )


def _build_sums(summary: dict[str, Any], _: Language) -> list[Component]:
    placed = summary["placed"]
    mean_km = summary["placed_pupil_km"] / placed if placed else None
    children = [
        (_("Children"), _.number(summary["children"])),
        (_("Seated"), _.number(summary["seated"])),
        (_("Placed"), _.number(placed)),
        (_("To decide"), _.number(summary["exception"])),
    ]
    rest = [
        (_("Seats left"), _.number(summary["seats_left"])),
        (_("Mean way of the placed"), _.number(mean_km, 2), "km" if placed else None),
    ]
    return [build_figures(children), build_figures(rest)]


def _build_batches(results: Results, names: dict[str, str], _: Language) -> list[Component]:
    batches = results.summary["batches"]
    labels = [
        _("In no batch") if is_missing(batch) else names.get(batch, batch)
        for batch in batches["batch"]
    ]
    rows = batches.assign(label=labels, children=batches[list(_OUTCOMES)].sum(axis=1))
    stacks = [
        Stack(row["label"], [row[name] for name in _OUTCOMES], _.number(row["children"]))
        for row in list_rows(rows)
    ]
    keys = [_(OUTCOME_WORDS[name]) for name in _OUTCOMES]
    columns = [
        Column("label", _("Batch")),
        Column("children", _("Children")),
        Column("seated", _("Seated")),
        Column("placed", _("Placed")),
        Column("exception", _("To decide")),
    ]
    return [build_stacks(stacks, keys), build_table(rows, columns, language=_)]


def build_line_table(lines: pd.DataFrame, more: str, _: Language) -> Component:
    """Set the cut line of each school; a row selects the school.

    Parameters
    ----------
    lines
        As :func:`scenarios.enrolment_warning.admission.school_lines.list_lines`.
    more
        How one more class is called.
    """
    rows = lines.assign(
        name=[
            html.Span([name, html.Span(_write_batches(by_batch), className="column-unit")])
            for name, by_batch in zip(name_rows(lines, "school", _), lines["by_batch"], strict=True)
        ],
        last=_write_line(lines, "last", _),
        first=_write_line(lines, "first", _),
    )
    columns = [
        Column("name", _("School"), format=lambda cell: cell),
        Column("seats", _("Seats")),
        Column("last", _("Last seated"), _("score, batch"), "right", lambda cell: cell),
        Column("first", _("First without a seat"), None, "right", lambda cell: cell),
        Column("seated_with_more", _("One more class"), more),
    ]
    return build_table(
        rows,
        columns,
        language=_,
        opens=lambda row: select_zone(row["school_id"], row["children"]),
        limit=12,
    )


def select_zone(school_id: int, children: int) -> dict[str, Any]:
    """Return what selects a school and flies to its catchment, or to itself if nobody lives there.

    From the whole catchment the flows are seen, too.
    """
    id = int(school_id)
    place = "catchment" if children else "school"
    return {"selection": {"kind": "school", "id": id}, "place": {"kind": place, "id": id}}


def _write_batches(by_batch: list[int]) -> str:
    return " + ".join(str(children) for children in by_batch)


def _write_line(lines: pd.DataFrame, end: str, _: Language) -> list[Component | str]:
    """Write score and batch of one end of each line; a batch without scores has its number."""
    cells: list[Component | str] = []
    for place, score in zip(lines[f"{end}_place"], lines[f"{end}_score"], strict=True):
        if is_missing(place):
            cells.append(MISSING)
            continue
        batch = _("batch {n}", n=int(place))
        if is_missing(score):
            cells.append(batch)
            continue
        cells.append(html.Span([write_score(score, _), html.Span(batch, className="column-unit")]))
    return cells


def _build_queue(summary: dict[str, Any], _: Language, *, is_stored: bool) -> Component:
    reasons = summary["exceptions"]
    rows = reasons.assign(label=[name_reason(code, _) for code in reasons["reason"]])
    return build_table(
        rows,
        [Column("label", _("Reason")), Column("children", _("Children"))],
        language=_,
        opens=(lambda row: {"queue": row["reason"]}) if is_stored else None,
        empty=_("Nobody waits for a decision."),
    )


def build_flow_table(flows: pd.DataFrame, _: Language, *, limit: int = 8) -> Component | None:
    """Set the flows of placed children, the largest first; a row selects the school they leave.

    Parameters
    ----------
    flows
        Rows of ``queries/admission_flows.sql``.
    """
    if flows.empty:
        return None
    rows = flows.assign(start=name_rows(flows, "zone", _), end=name_rows(flows, "school", _))
    columns = [
        Column("start", _("From the zone of")),
        Column("end", _("To")),
        Column("children", _("Children")),
        Column("walk_distance_m", _("Mean way"), "m", format=_.number),
    ]
    return build_table(
        rows,
        columns,
        language=_,
        opens=lambda row: select_zone(row["zone_school_id"], row["children"]),
        limit=limit,
    )


def build_placed_link(summary: dict[str, Any], _: Language) -> Component | None:
    """Build the button that lists all placed children."""
    if not summary["placed"]:
        return None
    words = _.count("List the {n} placed child", "List the {n} placed children", summary["placed"])
    return html.Button(words, type="button", className="button", **patch(queue="placed"))
