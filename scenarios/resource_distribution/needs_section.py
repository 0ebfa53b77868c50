"""What it would take, on the panel: least additions by resource and by school."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from layers.language import Language, msgid
from scenarios.elements import Column, build_note, build_section, build_table
from scenarios.naming import name_rows
from scenarios.resource_distribution.answer import sum_needs
from scenarios.resource_distribution.stored import StoredNeeds
from scenarios.view import View

# What is added, by fact.
UNITS = {
    "qualified_teachers": msgid("teachers"),
    "backbone_teachers": msgid("teachers"),
    "pe_arts_teachers": msgid("teachers"),
    "teaching_area_m2": msgid("m²"),
    "sports_area_m2": msgid("m²"),
    "equipment_yuan": msgid("yuan"),
    "multimedia_classrooms": msgid("classrooms"),
}


def build_needs(needs: StoredNeeds | None, view: View, indicator: str | None) -> Component | None:
    """Build the least additions of all resources, or of one; nothing where none were computed."""
    if needs is None:
        return None
    _ = view.language
    additions = needs.additions
    if indicator is not None:
        additions = additions[additions["indicator"] == indicator]
    note = _(
        "{cost} by the weights of the profile", cost=write_yuan(additions["cost_yuan"].sum(), _)
    )
    return build_section(
        _("What it would take"),
        _build_resources(additions, view) if indicator is None else None,
        _build_schools(additions, view),
        *[build_note(words) for words in list_notes(needs, _)[-1 if indicator else 0 :]],
        note=note,
    )


def write_yuan(amount: float, language: Language) -> str:
    """Write an amount of money in units that are read at a glance.

    Examples
    --------
    >>> from layers.language import load_language
    >>> write_yuan(34_006_140, load_language("zh")), write_yuan(34_006_140, load_language("en"))
    ('3,401 万元', '34.0 million yuan')
    """
    _ = language
    if _.code == "zh":
        return f"{_.number(amount / 1e4)} {_('10,000 yuan')}"
    return _("{n} million yuan", n=_.number(amount / 1e6, 1))


def write_amounts(rows: pd.DataFrame, view: View) -> list[str]:
    """Write what is added in each row with its unit."""
    _ = view.language
    units = {one.code: _(UNITS[one.fact]) for one in view.profile.balance.indicators}
    return [
        f"{_.number(amount)} {units.get(code, '')}"
        for code, amount in zip(rows["indicator"], rows["amount"], strict=True)
    ]


def list_notes(needs: StoredNeeds, language: Language) -> list[str]:
    """Say how sure the answer is, and how its costs are to be read."""
    _ = language
    told: dict[str, Any] = needs.solution
    alone = float(told["schools_only_yuan"])
    notes = [
        _(
            "With these every school passes and differs within the limits; at most {gap} could be"
            " saved. That every school passes takes {alone} of it.",
            gap=_.percent(needs.gap_pct, 2),
            alone=write_yuan(alone, _),
        )
    ]
    if not told["is_even"]:
        notes = [_("The search was stopped before schools differ within the limits.")]
    if told["unknown"]:
        notes.append(
            _.count(
                "{n} school has not reported enough to say that it would pass.",
                "{n} schools have not reported enough to say that they would pass.",
                int(told["unknown"]),
            )
        )
    notes.append(
        _(
            "Costs are weights to compare by, not offers. Each resource is added on its own: one"
            " new teacher may count for several."
        )
    )
    return notes


def _build_resources(additions: pd.DataFrame, view: View) -> Component:
    _ = view.language
    rows = pd.DataFrame(sum_needs(additions, view.profile.balance))
    rows = rows[rows["amount"] > 0]
    names = {one.code: _.name(one) for one in view.profile.balance.indicators}
    shown = rows.assign(
        name=[names[code] for code in rows["indicator"]],
        added=write_amounts(rows, view),
        cost=[write_yuan(cost, _) for cost in rows["cost_yuan"]],
    )
    columns = [
        Column("name", _("Resource")),
        Column("added", _("Added"), align="right"),
        Column("schools", _("Schools")),
        Column("cost", _("Weighs"), align="right"),
    ]
    return build_table(shown, columns, language=_, empty=_("Nothing need be added."))


def _build_schools(additions: pd.DataFrame, view: View) -> Component | None:
    """Build the schools that need most, each with what it needs."""
    _ = view.language
    if additions.empty:
        return None
    by_school = list_by_school(additions, view)
    rows = by_school.assign(
        name=[
            html.Span([name, html.Span(words, className="column-unit")])
            for name, words in zip(
                name_rows(by_school, "school", _), by_school["told"], strict=True
            )
        ],
        cost=[write_yuan(cost, _) for cost in by_school["cost_yuan"]],
    )
    columns = [
        Column("name", _("School and what it needs"), format=lambda name: name),
        Column("cost", _("Weighs"), align="right"),
    ]
    return build_table(rows, columns, language=_, row_id="school_id", link_kind="school", limit=6)


def list_by_school(additions: pd.DataFrame, view: View) -> pd.DataFrame:
    """List the schools that need anything, those that weigh most first.

    Returns
    -------
    DataFrame
        school_id, school_name_zh, school_name_en, told (what it needs in words), cost_yuan.
    """
    _ = view.language
    names = {one.code: _.name(one) for one in view.profile.balance.indicators}
    words = [
        f"{names.get(code, code)} +{amount}"
        for code, amount in zip(additions["indicator"], write_amounts(additions, view), strict=True)
    ]
    comma = "、" if _.code == "zh" else ", "
    schools: dict[int, dict[str, Any]] = {}
    rows: list[dict[str, Any]] = additions.to_dict("records")  # type: ignore[assignment]
    for row, told in zip(rows, words, strict=True):
        school = schools.setdefault(row["school_id"], {**row, "told": [], "cost_yuan": 0.0})
        school["told"].append(told)
        school["cost_yuan"] += row["cost_yuan"]
    columns = ["school_id", "school_code", "school_name_zh", "school_name_en", "told", "cost_yuan"]
    summed = pd.DataFrame(list(schools.values()), columns=columns)
    summed["told"] = [comma.join(told) for told in summed["told"]]
    return summed.sort_values(["cost_yuan", "school_code"], ascending=[False, True])
