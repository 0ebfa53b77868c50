"""What an assignment came to at one school: each batch, its cut line, who came and who left."""

from __future__ import annotations

import pandas as pd
from dash.development.base_component import Component

from catchments.admission.rules import StageRules
from gis.errors import UsageError
from scenarios.elements import (
    Column,
    build_figures,
    build_heading,
    build_note,
    build_page,
    build_section,
    build_source,
    build_table,
)
from scenarios.enrolment_warning.admission.results_panel import build_flow_table
from scenarios.enrolment_warning.admission.runs import Results
from scenarios.enrolment_warning.admission.words import name_batches, write_score
from scenarios.naming import name_rows
from scenarios.view import View


def build_school_results(
    view: View,
    results: Results,
    school_id: int,
    *,
    flows: pd.DataFrame | None = None,
) -> Component:
    """Build the page of one school in an assignment.

    Parameters
    ----------
    flows
        Of a stored run, rows of ``queries/admission_flows.sql``; nothing for a dry run.

    Raises
    ------
    UsageError
        When the assignment knows no such school.
    """
    _ = view.language
    cuts = results.cuts[results.cuts["school_id"] == school_id].sort_values("place")
    if cuts.empty:
        raise UsageError(
            f"The assignment knows no school {school_id} with stated seats.",
            mend="Choose a school of this stage, or load its seats.",
        )
    name = name_rows(cuts, "school", _)[0]
    return build_page(
        build_heading(_say_finding(name, cuts, view), _name_assignment(view, results.run_id)),
        _build_sums(cuts, view),
        build_section(_("Batches and cut lines"), _build_batches(cuts, results.rules, view)),
        build_section(
            _("One more class"),
            build_note(_say_more(cuts, results.rules, view)),
            note=_("{n} seats more", n=results.class_size),
        ),
        build_section(
            _("Placement flows"),
            None if flows is None else _build_flows(flows, school_id, view),
            note=_("from here and to here"),
        ),
        build_source(view, run_id=results.run_id),
    )


def _name_assignment(view: View, run_id: int | None) -> str:
    _ = view.language
    named = _("Dry run") if run_id is None else _("Run {run}", run=run_id)
    return f"{view.stage_name} {view.year} · {named}"


def _say_finding(name: str, cuts: pd.DataFrame, view: View) -> str:
    _ = view.language
    turned = int(cuts["placed_elsewhere"].sum())
    left = int(cuts["seats"].iloc[0] - cuts["seated"].sum() - cuts["placed_here"].sum())
    if turned:
        return _.count(
            "{school}: {n} child of the zone found no seat",
            "{school}: {n} children of the zone found no seat",
            turned,
            school=name,
        )
    if left > 0:
        return _.count(
            "{school}: {n} seat left over", "{school}: {n} seats left over", left, school=name
        )
    return _("{school}: every child of the zone has a seat", school=name)


def _build_sums(cuts: pd.DataFrame, view: View) -> Component:
    _ = view.language
    return build_figures(
        [
            (_("Seats"), _.number(cuts["seats"].iloc[0])),
            (_("Children of the zone"), _.number(cuts["children"].sum())),
            (_("Seated"), _.number(cuts["seated"].sum())),
            (_("Placed here"), _.number(cuts["placed_here"].sum())),
        ]
    )


def _build_batches(cuts: pd.DataFrame, rules: StageRules, view: View) -> Component:
    _ = view.language
    names = name_batches(rules, _)
    rows = cuts.assign(
        label=[names.get(batch, batch) for batch in cuts["batch"]],
        last=[write_score(score, _) for score in cuts["last_score"]],
        first=[write_score(score, _) for score in cuts["first_unseated_score"]],
    )
    columns = [
        Column("label", _("Batch")),
        Column("children", _("Children")),
        Column("seated", _("Seated")),
        Column("last", _("Last seated"), _("score"), "right"),
        Column("first", _("First without a seat"), _("score"), "right"),
    ]
    return build_table(rows, columns, language=_)


def _build_flows(flows: pd.DataFrame, school_id: int, view: View) -> Component | None:
    near = flows[(flows["zone_school_id"] == school_id) | (flows["school_id"] == school_id)]
    return build_flow_table(near, view.language, limit=20)


def _say_more(cuts: pd.DataFrame, rules: StageRules, view: View) -> str:
    _ = view.language
    more = cuts[cuts["seated_with_more"] > 0]
    if more.empty:
        return _("One more class would seat nobody else of the zone.")
    names = name_batches(rules, _)
    parts = [
        f"{names.get(batch, batch)} {_.number(children)}"
        for batch, children in zip(more["batch"], more["seated_with_more"], strict=True)
    ]
    return _.count(
        "One more class would seat {n} more child of the zone: {batches}.",
        "One more class would seat {n} more children of the zone: {batches}.",
        int(more["seated_with_more"].sum()),
        batches=" · ".join(parts),
    )
