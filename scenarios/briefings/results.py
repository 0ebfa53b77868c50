"""The briefing of a paper: schools whose value added lies beside expectation, and weak classes."""

from __future__ import annotations

import pandas as pd

from catchments.attainment.value_added import ABOVE, BELOW, WITHIN
from gis.errors import UsageError
from layers.language import is_missing
from scenarios.academic_results.panel import (
    choose_paper,
    list_figures,
    say_finding,
    write_value_added,
)
from scenarios.academic_results.results import (
    read_papers,
    read_schools,
    read_weaknesses,
    sum_weaknesses,
)
from scenarios.briefings.legends import build_boundary_legend
from scenarios.briefings.material import Material, end_sentence, list_names, name_schools
from scenarios.briefings.school_signs import build_sign_legend, draw_school_signs
from scenarios.briefings.sheet import PaperColumn, Sheet, SheetTable, set_table
from scenarios.naming import choose_stage, list_rows
from scenarios.view import View

MARKS = {ABOVE: "+", BELOW: "−"}


def build_results(material: Material) -> list[Sheet]:
    """Build the sheet of the newest paper of the stage.

    Raises
    ------
    UsageError
        When the district has no results.
    """
    view = material.view
    _ = view.language
    papers = read_papers(view.connection, view.district)
    if papers is None:
        raise UsageError(
            f"District {view.profile.code} has no results of papers.",
            mend="Load pupils, papers, items and results first.",
        )
    stage = str(choose_stage(view.profile, view.stage, papers.list_main()["stage"]))
    paper = choose_paper(papers, stage, view)
    schools = read_schools(view.connection, papers, paper)
    weak = sum_weaknesses(read_weaknesses(view.connection, papers, paper))
    title, subtitle = say_finding(paper, schools, weak, view)
    findings = (*_say_schools(schools, view), _say_points(weak, view))
    sheet = Sheet(
        title=title,
        subtitle=f"{_('Academic results')} · {_.name(view.profile)} · {subtitle}",
        bookmark=_.pick(paper["name_zh"], paper["name_en"]),
        map=draw_school_signs(material, schools[schools["state"].isin([*MARKS, WITHIN])], MARKS),
        findings=tuple(end_sentence(words, _) for words in findings if words),
        figures=tuple(list_figures(paper, view)),
        legend_title=f"{_('Legend')} · {_('Value added')}",
        legend=(
            *build_sign_legend(
                material,
                MARKS,
                {
                    ABOVE: _("Above expectation, beyond chance"),
                    BELOW: _("Below expectation, beyond chance"),
                },
            ),
            *build_boundary_legend(material),
        ),
        tables=(_set_schools(schools, view), _set_weaknesses(weak, view)),
        notes=(
            _(
                "In brackets {interval} intervals: a school whose interval holds 0 differs by no"
                " more than chance. Schools are not ranked.",
                interval=_.percent(view.profile.attainment.interval_pct, 0),
            ),
        ),
    )
    return [sheet]


def _say_schools(schools: pd.DataFrame, view: View) -> list[str]:
    """Name the schools beside expectation, by name, each with its interval."""
    _ = view.language
    told = []
    if above := _name_state(schools, ABOVE, view):
        told.append(_("More than expected: {names}", names=above))
    if below := _name_state(schools, BELOW, view):
        told.append(_("Less than expected: {names}", names=below))
    return told


def _name_state(schools: pd.DataFrame, state: str, view: View) -> str:
    mine = schools[schools["state"] == state]
    parts = [
        f"{name} {write_value_added(row, view.language)}"
        for name, row in zip(name_schools(mine, view), list_rows(mine), strict=True)
    ]
    return list_names(parts, view.language, most=4) if parts else ""


def _say_points(weak: pd.DataFrame, view: View) -> str:
    """Say in which knowledge points most classes are weak."""
    _ = view.language
    classes = weak.drop_duplicates(["school_id", "class_number", "knowledge_point"])
    counts = classes["knowledge_point"].value_counts(sort=False).sort_index()
    counts = counts.sort_values(ascending=False, kind="stable")
    if counts.empty:
        return _("No class is below the district by more than chance.").rstrip(".。")
    parts = [
        _.count("{name} in {n} class", "{name} in {n} classes", n, name=name)
        for name, n in counts.head(3).items()
    ]
    return _("Classes are weak most often in: {parts}", parts=list_names(parts, _))


def _set_schools(schools: pd.DataFrame, view: View) -> SheetTable:
    _ = view.language
    rows = schools.assign(
        name=name_schools(schools, view),
        told=[write_value_added(row, _) for row in list_rows(schools)],
        mean=[_.number(value, 1) for value in schools["mean_points"]],
        bounds=[
            "" if is_missing(low) else f"{_.number(low, 1)}–{_.number(high, 1)}"
            for low, high in zip(schools["mean_low"], schools["mean_high"], strict=True)
        ],
        spread=[_.number(value, 1) for value in schools["spread_points"]],
    ).sort_values("name", kind="stable")
    columns = [
        PaperColumn("name", _("School"), is_numeric=False),
        PaperColumn("pupils", _("Pupils"), is_extra=True),
        PaperColumn("mean", _("Mean")),
        PaperColumn("bounds", _("Interval")),
        PaperColumn("spread", _("Spread"), is_extra=True),
        PaperColumn("told", _("Value added, interval")),
    ]
    return set_table(f"{_('Value added by school')} · {_('by name')}", rows, columns, _)


def _set_weaknesses(weak: pd.DataFrame, view: View) -> SheetTable:
    _ = view.language
    rows = weak.assign(
        name=[
            _("{school}, class {number}", school=name, number=int(number))
            for name, number in zip(name_schools(weak, view), weak["class_number"], strict=True)
        ],
        difference=[f"{_.signed(value, 0)}%" for value in weak["difference_pct"]],
        own=[f"{_.signed(value, 0)}%" for value in weak["beside_own_pct"]],
    )
    columns = [
        PaperColumn("name", _("Class"), is_numeric=False),
        PaperColumn("knowledge_point", _("Knowledge point"), is_numeric=False, is_long=True),
        PaperColumn("items", _("Items"), is_numeric=False, is_extra=True),
        PaperColumn("difference", _("To district")),
        PaperColumn("own", _("Of its own")),
    ]
    empty = _("No class is below the district by more than chance.")
    return set_table(_("Classes: weak knowledge points"), rows, columns, _, empty=empty)
