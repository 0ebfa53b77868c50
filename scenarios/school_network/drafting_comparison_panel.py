"""Panel of two plans beside each other: figures, what is proven, schools, keep or drop."""

from __future__ import annotations

from functools import partial
from typing import Any

import geopandas as gpd
import pandas as pd
from dash import html
from dash.development.base_component import Component

from gis.database import read_features, read_table
from layers.language import MISSING, Language, is_missing, load_language
from scenarios.district import Plan, list_plans
from scenarios.elements import (
    Column,
    build_figures,
    build_heading,
    build_input,
    build_mark,
    build_note,
    build_page,
    build_section,
    build_source,
    build_table,
    order,
)
from scenarios.enrolment_warning.answer import read_counts
from scenarios.enrolment_warning.count import count_plan
from scenarios.naming import list_rows, name_rows
from scenarios.school_network.drafting_comparison import (
    FIGURES,
    compare_schools,
    compare_sides,
    sum_side,
)
from scenarios.school_network.drafting_fields import list_terms
from scenarios.school_network.drafting_panel import LEAST_GAP_PCT, say_gap, say_untold
from scenarios.school_network.drafting_words import METHOD_WORDS
from scenarios.school_network.draw import draw_catchments
from scenarios.view import View


def build_comparison_panel(view: View, other: Plan) -> Component:
    """Build the panel that sets plan `other` beside the plan of the view.

    Totals of catchments are public, in either plan, and with them their change; counts of units
    are not (docs/decisions/0006).
    """
    _ = view.language
    counts = [_read_counts(view, plan) for plan in (view.plan, other)]
    if not counts[1]["school_id"].notna().any():
        return build_page(build_heading(_.name(other), _name_both(view, other)), say_untold(_))
    measures = [_read_measures(view, plan) for plan in (view.plan, other)]
    sides = [sum_side(*side) for side in zip(counts, measures, strict=True)]
    moved = read_moved(view, other)["children"]
    children = write_moved_children(moved, view.profile.minimum_cell, _)
    return build_page(
        build_heading(_say_finding(sides, children, other, _), _name_both(view, other)),
        _build_stopped(measures[1], _),
        build_section(
            _("Key figures"),
            _build_figure_table(sides, children, len(moved), _),
            *_list_notes(measures, view),
        ),
        *_build_proof(measures[1], _build_terms(measures[1], children, view), _),
        build_section(
            _("Schools, the largest change first"),
            _build_schools(counts[0], counts[1], _),
            note=str(view.year),
        ),
        *(_build_keeping(view, other) if other.is_draft else []),
        build_source(view, run_id=int(counts[1]["run_id"].iloc[0])),
    )


def _read_counts(view: View, plan: Plan) -> pd.DataFrame:
    """Read the count of a plan; one that was never counted is counted now."""
    read = partial(read_counts, view.connection, view.district, plan)
    counts = read(stage=view.stage, year=view.year)
    if not counts.empty:
        return counts
    draw_catchments(view.connection, view.district, plan)
    count_plan(view.connection, view.district, plan)
    return read(stage=view.stage, year=view.year)


def _name_both(view: View, other: Plan) -> str:
    _ = view.language
    now = _("Now: {plan}", plan=_.name(view.plan))
    kind = _("Draft: {plan}") if other.is_draft else _("Compared: {plan}")
    return f"{view.stage_name} {view.year} · {now} · {kind.format(plan=_.name(other))}"


def _read_measures(view: View, plan: Plan) -> dict[str, Any] | None:
    rows = list_rows(read_table(view.connection, "plan_measures", plan_id=plan.id))
    return next((row for row in rows if row["stage"] == view.stage), None)


def read_moved(view: View, other: Plan) -> gpd.GeoDataFrame:
    """Read the units to which `other` gives another school than the plan of the view."""
    return read_features(
        view.connection,
        "compare_units",
        district_id=view.district.id,
        plan_id=other.id,
        against_id=view.plan.id,
        stage=view.stage,
        year=view.year,
    )


def write_moved_children(children: pd.Series, minimum: int, language: Language) -> str:
    """Write how many children move, without giving away a unit whose count is hidden.

    The units that move show their counts on the map, those from 1 to `minimum` − 1 hidden. Where
    the hidden ones add up to less than `minimum`, the sum would tell them by subtraction: it is
    then written as less than what anybody could reckon from the map.

    Parameters
    ----------
    children
        Children of each unit that moves, shape (n,).
    minimum
        Counts from 1 to below it are hidden.

    Examples
    --------
    >>> english = load_language("en")
    >>> [write_moved_children(pd.Series(units), 5, english) for units in ([9, 0], [3], [9, 3])]
    ['9', '<5', '<14']
    >>> write_moved_children(pd.Series([4, 4]), 5, english)
    '8'
    """
    small = children[(children > 0) & (children < minimum)]
    if not 0 < small.sum() < minimum:
        return language.number(children.sum())
    most = children.sum() - small.sum() + len(small) * (minimum - 1)
    return f"<{language.number(most + 1)}"


def _say_finding(sides: list[dict[str, Any]], moved: str, other: Plan, _: Language) -> str:
    before, after = (side["shortfall_seats"] for side in sides)
    told = {"n": moved, "before": _.number(before), "after": _.number(after)}
    if other.is_draft:
        return _(
            "The draft moves {n} children and leaves {after} above the seats instead of {before}",
            **told,
        )
    return _(
        "The plan moves {n} children and leaves {after} above the seats instead of {before}",
        **told,
    )


def _build_stopped(measures: dict[str, Any] | None, _: Language) -> Component | None:
    if measures is None or not measures["stopped"]:
        return None
    return build_note(_("Ended before the search was complete: this is the best that was found."))


def _build_figure_table(
    sides: list[dict[str, Any]], moved_children: str, moved_units: int, _: Language
) -> Component:
    rows = []
    for (_name, label, digits, unit), row in zip(
        FIGURES, list_rows(compare_sides(*sides)), strict=True
    ):
        told = {side: _write(row[side], digits, unit, _) for side in ("before", "after")}
        change = _.signed(row["change"], digits)
        rows.append({"label": _(label), **told, "change": change})
    for label, told_number in (
        (_("Children who change their school"), moved_children),
        (_("Units that change their school"), _.number(moved_units)),
    ):
        rows.append({"label": label, "before": MISSING, "after": told_number, "change": ""})
    columns = [
        Column("label", _("Figure")),
        Column("before", _("Now"), align="right"),
        Column("after", _("Then"), align="right"),
        Column("change", _("Change"), align="right"),
    ]
    return build_table(pd.DataFrame(rows), columns, language=_)


def _write(value: Any, digits: int, unit: str | None, _: Language) -> str:
    if is_missing(value):
        return MISSING
    text = _.number(value, digits)
    return f"{text}%" if unit == "%" else f"{text} {unit}" if unit else text


def _list_notes(measures: list[dict[str, Any] | None], view: View) -> list[Component]:
    """Say of which year and along what the ways are, and how large the radius is."""
    _ = view.language
    known = measures[1]
    if known is None:
        return []
    parts = [
        _("Ways along the streets, {year}.", year=known["year"])
        if known["on_foot"]
        else _("Ways in a straight line, {year}.", year=known["year"])
    ]
    if not is_missing(known["radius_m"]):
        parts.append(_("Service radius {radius} m.", radius=_.number(known["radius_m"])))
    parts.append(_("Compactness: 1 is a circle."))
    return [build_note(" ".join(parts))]


def _build_terms(
    measures: dict[str, Any] | None, moved_children: str, view: View
) -> Component | None:
    """Say what the plan had to keep, and how many moved of those whose moves were limited."""
    if measures is None or is_missing(measures["terms"]):
        return None
    _, terms = view.language, measures["terms"]
    plans = {plan.code: _.name(plan) for plan in list_plans(view.connection, view.district)}
    kept = list_terms(terms, _, plans=plans)
    if not kept:
        return None
    comma = "；" if _.code == "zh" else "; "
    text = _("Terms: {terms}.", terms=comma.join(kept))
    # Where the sum of all children is hidden, that of some of them is as well.
    if "max_moved_pupils" in terms and not moved_children.startswith("<"):
        moved = _.number(measures["moved_pupils"])
        text += " " + _("Moved of the children that the warning counts: {n}.", n=moved)
    return build_note(text)


def _build_proof(
    measures: dict[str, Any] | None, terms: Component | None, _: Language
) -> list[Component]:
    """State objective, bound and gap, and in a sentence what they prove."""
    if measures is None or (is_missing(measures["lower_bound"]) and not measures["bound_note"]):
        return []
    unseen = measures["bound_note"]
    # What is minimised is a length as far as its parts are lengths.
    unit = _("pupil-km") if "pupil_km" in measures["objective_parts"] else None
    figures = [
        (_("Objective"), _.number(measures["objective"], 1), unit),
        (_("Lower bound"), _.number(measures["lower_bound"], 1)),
        (_("Gap"), say_gap(measures["gap_pct"], _)),
    ]
    text = [] if is_missing(measures["lower_bound"]) else [_say_bound(measures["gap_pct"], _)]
    if unseen:
        text.append(_(unseen))
    drawn = [_("Drawn in {seconds} s", seconds=_.number(measures["seconds"], 1))]
    if measures["method"] == "balanced" and not is_missing(measures["seed"]):
        drawn.append(_("seed {seed}", seed=int(measures["seed"])))
    return [
        build_section(
            _("What is proven"),
            build_figures(figures),
            build_note(" ".join(text)),
            terms,
            note=" · ".join(drawn),
        )
    ]


def _say_bound(gap_pct: float, _: Language) -> str:
    if gap_pct < LEAST_GAP_PCT:
        return _(
            "No division of these units under the same rules can get below the lower bound, and"
            " this one reaches it to within 0.01%: there is none better to look for."
        )
    return _(
        "No division of these units under the same rules can get below the lower bound: this one"
        " is at most {gap} above the best possible.",
        gap=_.percent(gap_pct, 2),
    )


def _build_schools(before: pd.DataFrame, after: pd.DataFrame, _: Language) -> Component:
    schools = compare_schools(before, after)
    rows = schools.assign(
        name=name_rows(schools, "school", _),
        warnings=[
            html.Span(
                [_mark(was, _), html.Span("→", className="arrow"), _mark(becomes, _)],
                className="marked",
            )
            for was, becomes in zip(
                schools["warning_before"], schools["warning_after"], strict=True
            )
        ],
    )
    columns = [
        Column("name", _("School")),
        Column("seats", _("Seats")),
        Column("before", _("Now")),
        Column("after", _("Then")),
        Column("change", _("Change"), align="right", format=_.signed),
        Column("warnings", _("Warning"), align="center", format=lambda marks: marks),
    ]
    return build_table(rows, columns, language=_, row_id="school_id", link_kind="school", limit=12)


def _mark(warning: Any, _: Language) -> Component:
    return build_mark(None if is_missing(warning) else warning, _, words=False)


def _build_keeping(view: View, draft: Plan) -> list[Component]:
    """Build the form that makes the draft a plan, and the way to drop it."""
    _ = view.language
    names = {code: _suggest_name(view, draft, load_language(code)) for code in ("zh", "en")}
    fields = [
        build_input(
            name="name_zh",
            value=names["zh"],
            label=_("Name in Chinese"),
            required=True,
        ),
        build_input(
            name="name_en",
            value=names["en"],
            label=_("Name in English, optional"),
        ),
        build_input(
            name="code",
            value=f"{view.stage}-{draft.method}-{view.year}",
            label=_("Code: letters, digits and hyphens"),
            required=True,
        ),
    ]
    keep = html.Button(_("Keep as a plan"), type="submit", className="button button-main")
    drop = html.Button(
        _("Drop the draft"), type="button", className="button", **order("drop", plan=draft.code)
    )
    form = html.Form(
        [html.Div(fields, className="keep-fields"), html.Div([keep, drop], className="buttons")],
        className="draft-form",
        id="keep-form",
        **order("keep", plan=draft.code),
    )
    return [build_section(_("Keep it?"), form)]


def _suggest_name(view: View, draft: Plan, language: Language) -> str:
    """Suggest a name that tells the draft from the other plans."""
    words = METHOD_WORDS.get(draft.method)
    method = language(words.name) if words else draft.method
    return f"{language.name(view.get_stage())} {view.year} {method}"
