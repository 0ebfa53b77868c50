"""Panel of scenario 8: how a paper worked, schools with intervals, classes and weak items."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from catchments.attainment.value_added import ABOVE, BELOW
from catchments.attainment_rules import AttainmentRules
from gis.database import read_table
from layers.language import MISSING, Language, is_missing
from scenarios.academic_results.progression_panel import build_progression_panel
from scenarios.academic_results.results import (
    Papers,
    read_items,
    read_papers,
    read_schools,
    read_weaknesses,
    sum_weaknesses,
)
from scenarios.elements import (
    Bar,
    Column,
    Figure,
    Interval,
    build_back,
    build_bars,
    build_choice,
    build_figures,
    build_heading,
    build_intervals,
    build_note,
    build_page,
    build_section,
    build_source,
    build_table,
    write_interval,
)
from scenarios.elements.page import Tone
from scenarios.naming import choose_stage, list_rows, name_rows, name_stages
from scenarios.view import View

_SHOWN = 12


def build_panel(view: View) -> Component:
    """Build the panel of results, or that of progression where no paper is analysed."""
    papers = read_papers(view.connection, view.district)
    if papers is None:
        return build_progression_panel(view)
    stage = str(choose_stage(view.profile, view.stage, papers.list_main()["stage"]))
    paper = choose_paper(papers, stage, view)
    within = view.chosen.get("within")
    if within is not None and within.isdecimal():
        return _build_school(papers, paper, int(within), view)
    _ = view.language
    items = read_items(view.connection, papers, paper)
    schools = read_schools(view.connection, papers, paper)
    weak = sum_weaknesses(read_weaknesses(view.connection, papers, paper))
    return build_page(
        build_heading(*say_finding(paper, schools, weak, view)),
        _build_papers(papers, stage, paper, view),
        build_figures(list_figures(paper, view)),
        build_section(
            _("Value added by school"),
            build_intervals(
                list_value_added(schools, _), middle=0, middle_label=_("Expected"), limit=_SHOWN
            ),
            note=_("by name; points beside pupils of equal prior attainment"),
        ),
        build_section(_("Pupils by marks"), _build_bands(paper, _), note=_("pupils")),
        build_section(_("Items"), _build_items(items, view), note=_("hardest first")),
        build_section(
            _("Classes: weak knowledge points"),
            _build_weaknesses(weak, view),
            note=_("what is most their own first"),
        ),
        build_section(_("Schools: marks"), _build_marks(schools, _), note=_("by name")),
        *list_notes(paper, view),
        build_source(view, run_id=papers.run_id, plan=False),
    )


def choose_paper(papers: Papers, stage: str, view: View) -> dict[str, Any]:
    """Return the paper that was chosen inside the panel, or the newest of the stage."""
    told = papers.list_main(stage)
    asked = str(view.chosen.get("exam"))
    return papers.find(asked if asked in set(told["code"]) else str(told["code"].iloc[0]))


def _build_papers(papers: Papers, stage: str, paper: dict[str, Any], view: View) -> Component:
    _ = view.language
    options = [
        (
            _.pick(row["name_zh"], row["name_en"]),
            row["code"] == paper["code"],
            {"exam": row["code"]},
        )
        for row in list_rows(papers.list_main(stage))
    ]
    return build_choice(_("Paper"), options, is_wrapped=True)


def say_finding(
    paper: dict[str, Any], schools: pd.DataFrame, weak: pd.DataFrame, view: View
) -> tuple[str, str]:
    """Say how many schools lie beside expectation, and how many classes are weak in a point."""
    _ = view.language
    told = schools["state"].isin([ABOVE, BELOW, "within"])
    above, below = (int((schools["state"] == state).sum()) for state in (ABOVE, BELOW))
    name = _.pick(paper["name_zh"], paper["name_en"])
    if not told.any():
        title = _("{paper}: mean {mean} of {full}", paper=name, **_write_mean(paper, _))
    else:
        title = _(
            "{paper}: {above} of {n} schools add more than expected, {below} less",
            paper=name,
            above=_.number(above),
            below=_.number(below),
            n=_.number(int(told.sum())),
        )
    classes = len(weak[["school_id", "class_number"]].drop_duplicates())
    subtitle = _.count(
        "{stage}, {day}; {n} class weak in a knowledge point",
        "{stage}, {day}; {n} classes weak in a knowledge point",
        classes,
        stage=name_stages(view.profile, _)[str(paper["stage"])],
        day=_.date(paper["held_on"]),
    )
    return title, subtitle


def _write_mean(paper: dict[str, Any], _: Language) -> dict[str, str]:
    return {"mean": _.number(paper["mean_points"], 1), "full": _.number(paper["full_marks"])}


def list_figures(paper: dict[str, Any], view: View) -> list[Figure]:
    """List the key figures of a paper: pupils, mean, reliability, error of measurement."""
    _ = view.language
    rules = view.profile.attainment
    low, high = _.number(paper["alpha_low"], 2), _.number(paper["alpha_high"], 2)
    figures = [
        Figure(_("Pupils"), _.number(paper["pupils"])),
        Figure(_("Mean"), _.number(paper["mean_points"], 1), f"/ {_.number(paper['full_marks'])}"),
    ]
    if not is_missing(paper["alpha"]):
        tone: Tone | None = "yellow" if paper["alpha"] < rules.reliable_from else None
        figures += [
            Figure(_("Reliability"), _.number(paper["alpha"], 2), f"{low}–{high}", tone),
            Figure(_("Error of one mark"), f"± {_.number(paper['error_points'], 1)}", _("points")),
        ]
    return figures


def list_value_added(schools: pd.DataFrame, language: Language) -> list[Interval]:
    """List the schools by name with value added and interval; without an interval none is told."""
    _ = language
    named = schools.assign(name=name_rows(schools, "school", _)).sort_values("name", kind="stable")
    return [
        Interval(
            row["name"],
            row["value_added_points"],
            row["value_added_low"],
            row["value_added_high"],
            write_value_added(row, _),
            row["state"] in (ABOVE, BELOW),
            {"within": str(int(row["school_id"]))},
        )
        for row in list_rows(named)
    ]


def write_value_added(row: dict[str, Any], language: Language) -> str:
    """Write value added with its interval, or why there is none."""
    _ = language
    if is_missing(row["value_added_points"]):
        return _("few pupils") if row["state"] == "few" else _("not measured")
    ends = row["value_added_low"], row["value_added_high"]
    return write_interval(row["value_added_points"], *ends, _, digits=1)


def _build_bands(paper: dict[str, Any], _: Language) -> Component:
    bars = [
        Bar(
            f"{_.number(band['from'])}–{_.number(band['to'])}",
            band["pupils"],
            "*" if band["pupils"] is None else _.number(band["pupils"]),
        )
        for band in paper["bands"]
    ]
    return build_bars(bars)


def _build_items(items: pd.DataFrame, view: View) -> Component | None:
    _ = view.language
    if items.empty:
        return None
    rules = view.profile.attainment
    rows = items.sort_values("difficulty", kind="stable")
    rows = rows.assign(
        name=[_name_item(row, say_item(row, rules, _), _) for row in list_rows(rows)]
    )
    columns = [
        Column("name", _("Item"), format=lambda name: name),
        Column("full_marks", _("Marks")),
        *[
            Column(name, label, format=lambda value: _.number(value, 2))
            for name, label in (
                ("difficulty", _("Difficulty")),
                ("discrimination", _("Discrimination")),
                ("item_rest_correlation", _("Item–rest")),
            )
        ],
    ]
    return build_table(rows, columns, language=_, limit=_SHOWN)


def _name_item(row: dict[str, Any], words: str, _: Language) -> Component:
    name = f"{int(row['number'])}. {row['knowledge_point']}"
    return (
        html.Span([name, html.Span(words, className="column-unit")]) if words else html.Span(name)
    )


def say_item(row: dict[str, Any], rules: AttainmentRules, language: Language) -> str:
    """Say what is wrong with an item: it tells nobody apart, is too difficult or too easy."""
    _ = language
    difficulty, discrimination = row["difficulty"], row["discrimination"]
    if is_missing(difficulty) or is_missing(discrimination):
        return ""
    words = []
    if discrimination < rules.discriminating_from:
        words.append(_("tells few apart"))
    if difficulty < rules.difficulty_low:
        words.append(_("too difficult"))
    if difficulty > rules.difficulty_high:
        words.append(_("too easy"))
    return ("、" if _.code == "zh" else ", ").join(words)


def _build_weaknesses(weak: pd.DataFrame, view: View) -> Component:
    _ = view.language
    rows = weak.assign(
        name=[
            _("{school}, class {number}", school=name, number=int(number))
            for name, number in zip(name_rows(weak, "school", _), weak["class_number"], strict=True)
        ]
    )
    columns = [
        Column("name", _("Class")),
        Column("knowledge_point", _("Knowledge point")),
        Column("items", _("Items"), align="left"),
        Column("difference_pct", _("To district"), "%", format=lambda v: _.signed(v, 0)),
        Column("beside_own_pct", _("Of its own"), "%", format=lambda v: _.signed(v, 0)),
    ]
    return build_table(
        rows,
        columns,
        language=_,
        opens=lambda row: {"within": str(int(row["school_id"]))},
        limit=_SHOWN,
        empty=_("No class is below the district by more than chance."),
    )


def _build_marks(schools: pd.DataFrame, _: Language) -> Component:
    rows = schools.assign(name=name_rows(schools, "school", _)).sort_values("name", kind="stable")
    rows = rows.assign(mean=[_write_mean_interval(row, _) for row in list_rows(rows)])
    columns = [
        Column("name", _("School")),
        Column("pupils", _("Pupils")),
        Column("mean", _("Mean, interval"), align="right"),
        *[
            Column(name, label, format=lambda value: _.number(value, 0))
            for name, label in (
                ("spread_points", _("Spread")),
                ("p10_points", "10%"),
                ("p50_points", "50%"),
                ("p90_points", "90%"),
            )
        ],
    ]
    return build_table(
        rows, columns, language=_, row_id="school_id", link_kind="school", limit=_SHOWN
    )


def _write_mean_interval(row: dict[str, Any], _: Language) -> str:
    if is_missing(row["mean_points"]):
        return MISSING
    ends = row["mean_low"], row["mean_high"]
    return write_interval(row["mean_points"], *ends, _, is_difference=False)


def _build_school(papers: Papers, paper: dict[str, Any], school_id: int, view: View) -> Component:
    """Build the page of the classes of one school in one paper."""
    _ = view.language
    schools = read_schools(view.connection, papers, paper)
    mine = schools[schools["school_id"] == school_id]
    back = build_back(_("All schools"), within=None)
    name = _.pick(paper["name_zh"], paper["name_en"])
    if mine.empty:
        return build_page(back, build_heading(_("This school did not sit the paper"), name))
    row = list_rows(mine)[0]
    weak = read_weaknesses(view.connection, papers, paper, school_id=school_id)
    facts = read_table(
        view.connection, "school_facts", district_id=view.district.id, school_id=school_id
    ).iloc[0]
    title = _.pick(facts["name_zh"], facts["name_en"])
    return build_page(
        back,
        build_heading(title, f"{name} · {_.date(paper['held_on'])}"),
        build_figures(
            [
                Figure(_("Pupils"), _.number(row["pupils"])),
                Figure(_("Mean, interval"), _write_mean_interval(row, _)),
                Figure(_("Value added"), write_value_added(row, _), _("points")),
            ]
        ),
        build_section(_("Items in which a class is weak"), _build_class_items(weak, view)),
        *list_notes(paper, view),
        build_source(view, run_id=papers.run_id, plan=False),
    )


def _build_class_items(weak: pd.DataFrame, view: View) -> Component:
    _ = view.language
    rows = weak.assign(
        name=[_("Class {number}", number=int(number)) for number in weak["class_number"]],
        item=[
            f"{int(number)}. {point}"
            for number, point in zip(weak["number"], weak["knowledge_point"], strict=True)
        ],
        told=[
            write_interval(
                row["difference_pct"], row["difference_low_pct"], row["difference_high_pct"], _
            )
            for row in list_rows(weak)
        ],
    ).sort_values(["class_number", "beside_own_pct"], kind="stable")
    columns = [
        Column("name", _("Class")),
        Column("item", _("Item")),
        Column("told", _("To district"), "%", align="right"),
        Column("beside_own_pct", _("Of its own"), "%", format=lambda v: _.signed(v, 0)),
    ]
    empty = _("No class is below the district by more than chance.")
    return build_table(rows, columns, language=_, limit=_SHOWN, empty=empty)


def list_notes(paper: dict[str, Any], view: View) -> list[Component]:
    """List what a reader must know: the model, intervals, what is not told."""
    _ = view.language
    rules = view.profile.attainment
    notes = [
        _(
            "In brackets {interval} intervals: a school whose interval holds 0 differs by no more"
            " than chance. Schools are not ranked.",
            interval=_.percent(rules.interval_pct, 0),
        ),
        _(
            "Schools and classes below {least} pupils are not told. Weak: below the rest of the"
            " district, {discovery} false discoveries; of its own: beyond the class's own level.",
            least=rules.least_pupils,
            discovery=_.percent(rules.false_discovery_pct, 0),
        ),
    ]
    model = paper["model"]
    if model.get("is_fitted"):
        share = _.percent(100 * model["between_share"], 1)
        notes.insert(
            0,
            _(
                "Value added: pupils in schools, prior attainment held equal;"
                " {share} of what is left lies between schools.",
                share=share,
            ),
        )
    return [build_note(words) for words in notes]
