"""The briefing of teachers: which subjects are short where, what is to come, who could move."""

from __future__ import annotations

from typing import Any

import pandas as pd

from gis.errors import UsageError
from layers.print_map import style
from layers.print_map.points import Sign, SignMap
from layers.print_map.swatches import draw_number_swatch
from layers.print_map.warnings import name_school
from layers.teacher_shortage import find_lesson_stage
from scenarios.briefings.legends import build_boundary_legend
from scenarios.briefings.material import Material, end_sentence, list_names, name_schools
from scenarios.briefings.sheet import LegendItem, PaperColumn, Sheet, SheetTable, set_table
from scenarios.elements import Figure
from scenarios.naming import name_stages
from scenarios.teacher_analysis.analysis import measure_retiring, sum_heads, sum_outlook
from scenarios.teacher_analysis.stored import Stored, read_stored
from scenarios.teacher_analysis.words import (
    name_subjects,
    say_exchange,
    say_finding,
    say_retiring,
    sum_subjects,
)
from scenarios.view import View


def build_teachers(material: Material) -> list[Sheet]:
    """Build the sheet of the newest count of teachers, for one stage and all its subjects.

    Raises
    ------
    UsageError
        When the district has none.
    """
    view = material.view
    _ = view.language
    stage = find_lesson_stage(view.profile, view.stage)
    stored = None if stage is None else read_stored(view.connection, view.district, stage=stage)
    if stored is None or stored.posts.empty:
        raise UsageError(
            f"No teachers of district {view.profile.code} are known.",
            mend="Load teachers and pupils by grade, and set a lesson plan in the profile.",
        )
    stage_name = name_stages(view.profile, _)[str(stage)]
    subjects = sum_subjects(stored, view.profile.teachers)
    schools = _sum_schools(stored)
    title, subtitle = say_finding(stored, subjects, None, stage_name, view)
    findings = (
        _say_subjects(subjects, view),
        _say_schools(schools, view),
        _say_ahead(stored, view),
        say_exchange(stored.rotations, _),
    )
    sheet = Sheet(
        title=title,
        subtitle=f"{_('Teacher analysis')} · {_.name(view.profile)} · {subtitle}",
        bookmark=f"{_('Teacher analysis')} {stored.year}",
        map=_draw_map(material, schools),
        findings=tuple(end_sentence(words, _) for words in findings if words),
        figures=_list_figures(stored, view),
        legend_title=f"{_('Legend')} · {stage_name}",
        legend=(*_build_legend(view), *build_boundary_legend(material)),
        tables=(_set_subjects(subjects, stage_name, view), _set_schools(schools, view)),
        notes=(
            _(
                "Need: classes × lessons a week ÷ lessons of a post, and {share} of a post for"
                " each class teacher. A gap of up to {gap} of a post is borne.",
                share=_.number(view.profile.teachers.class_teacher_post, 1),
                gap=_.number(view.profile.teachers.missing_from, 1),
            ),
        ),
    )
    return [sheet]


def _sum_schools(stored: Stored) -> pd.DataFrame:
    """Sum the missing teachers of each school, most first, with its short subjects."""
    keys = ["school_id", "school_name_zh", "school_name_en"]
    posts = stored.posts.assign(is_red=stored.posts["level"] == "red")
    summed = posts.groupby(keys, as_index=False, dropna=False).agg(
        missing_posts=("missing_posts", "sum"),
        is_red=("is_red", "any"),
        demand_posts=("demand_posts", "sum"),
        supply_posts=("supply_posts", "sum"),
    )
    short = posts[posts["missing_posts"] > 0].sort_values("missing_posts", ascending=False)
    named: dict[int, list[tuple[str, int]]] = {}
    listed = zip(short["school_id"], short["subject"], short["missing_posts"], strict=True)
    for school, subject, missing in listed:
        named.setdefault(school, []).append((subject, missing))
    lists = pd.Series([named.get(school, []) for school in summed["school_id"]], dtype=object)
    return (
        summed.assign(short=lists)
        .sort_values("missing_posts", ascending=False, kind="stable")
        .reset_index(drop=True)
    )


def _draw_map(material: Material, schools: pd.DataFrame) -> Any:
    view = material.view
    places = schools.merge(material.ground.schools[["school_id", "flat"]], on="school_id")
    rows: Any = list(places.itertuples())
    signs = [
        Sign(
            rank=-float(row.missing_posts),
            lines=name_school(row, view.language, view.profile),
            fill=get_fill(row.missing_posts, is_red=row.is_red),
            radius_mm=get_radius_mm(row.missing_posts),
            number=str(row.missing_posts) if row.missing_posts else "",
            is_required=row.missing_posts >= 3,
        )
        for row in rows
    ]
    return material.compose(SignMap(material.ground, places, signs, name_pt=material.paper.name_pt))


def get_radius_mm(missing: int) -> float:
    """Return the radius of the disc of a school that misses so many teachers."""
    return 0.9 if not missing else round(1.2 + 0.5 * float(missing) ** 0.5, 2)


def get_fill(missing: int, *, is_red: bool) -> str:
    """Return the fill of that disc: empty where nobody is missing."""
    if not missing:
        return style.RIM
    return style.MARKS["red"] if is_red else style.MARKS["yellow"]


def _build_legend(view: View) -> tuple[LegendItem, ...]:
    _ = view.language
    red = _.percent(view.profile.teachers.warning.red_below_pct, 0)
    return (
        LegendItem(
            draw_number_swatch(get_fill(4, is_red=True), get_radius_mm(4), "4"),
            _("Teachers missing; a subject under {pct} covered", pct=red),
        ),
        LegendItem(
            draw_number_swatch(get_fill(1, is_red=False), get_radius_mm(1), "1"),
            _("Teachers missing"),
        ),
        LegendItem(draw_number_swatch(style.RIM, get_radius_mm(0), ""), _("Nobody is missing")),
    )


def _say_subjects(subjects: pd.DataFrame, view: View) -> str:
    """Say which subjects miss most teachers."""
    _ = view.language
    names = name_subjects(view)
    short = subjects[subjects["missing_posts"] > 0].sort_values(
        "missing_posts", ascending=False, kind="stable"
    )
    if short.empty:
        return _("No subject is short")
    most: Any = short.head(4).itertuples()
    parts = [
        _.count(
            "{subject} {n} teacher", "{subject} {n} teachers", row.missing_posts,
            subject=names[row.subject],
        )
        for row in most
    ]  # fmt: skip
    return _("Missing by subject: {parts}", parts=list_names(parts, _, most=4))


def _say_schools(schools: pd.DataFrame, view: View) -> str:
    """Say at how many schools somebody is missing, and where most."""
    _ = view.language
    short = schools[schools["missing_posts"] > 0]
    if short.empty:
        return ""
    return _(
        "{n} of {all} schools are short, most {names}",
        n=_.number(len(short)),
        all=_.number(len(schools)),
        names=list_names(name_schools(short, view), _, most=3),
    )


def _say_ahead(stored: Stored, view: View) -> str:
    _ = view.language
    years = sum_outlook(stored.outlook, by=["year"])
    retiring = measure_retiring(stored.outlook, view.profile.teachers)
    if len(years) < 2:
        return ""
    last = years.iloc[-1]
    words = _(
        "By {year} {needed} posts are needed; {filled} are still filled if nobody is hired",
        year=int(last["year"]),
        needed=_.number(last["demand_posts"]),
        filled=_.number(last["supply_posts"]),
    )
    stop = "；" if _.code == "zh" else "; "
    return words if retiring.empty else f"{words}{stop}{say_retiring(retiring, view)}"


def _list_figures(stored: Stored, view: View) -> tuple[Figure, ...]:
    _ = view.language
    figures = []
    heads = sum_heads(stored.heads, by=["stage"])
    if len(heads):
        figures += [
            Figure(_("Teachers"), _.number(heads["teachers"].iloc[0])),
            Figure(_("Pupils per teacher"), _.number(heads["pupils_per_teacher"].iloc[0], 1)),
        ]
    return (
        *figures,
        Figure(_("Missing"), _.number(stored.posts["missing_posts"].sum())),
        Figure(_("Cleared by exchange"), _.number(stored.rotations["cleared_posts"].sum())),
    )


def _set_subjects(subjects: pd.DataFrame, stage_name: str, view: View) -> SheetTable:
    _ = view.language
    names = name_subjects(view)
    marks = {"red": "▲", "yellow": "◆", "none": ""}
    rows = pd.DataFrame(
        {
            "name": subjects["subject"].map(names),
            "needed": [_.number(n, 1) for n in subjects["demand_posts"]],
            "filled": [_.number(n, 1) for n in subjects["supply_posts"]],
            "missing": subjects["missing_posts"],
            "cover": [
                f"{marks[level]} {_.percent(pct, 0)}".strip()
                for level, pct in zip(subjects["level"], subjects["cover_pct"], strict=True)
            ],
        }
    )
    columns = [
        PaperColumn("name", _("Subject"), is_numeric=False),
        PaperColumn("needed", _("Needed")),
        PaperColumn("filled", _("Filled")),
        PaperColumn("missing", _("Missing")),
        PaperColumn("cover", _("Covered")),
    ]
    return set_table(f"{_('Subjects against the lesson plan')} · {stage_name}", rows, columns, _)


def _set_schools(schools: pd.DataFrame, view: View) -> SheetTable:
    _ = view.language
    names = name_subjects(view)
    comma = "、" if _.code == "zh" else ", "
    short = schools[schools["missing_posts"] > 0]
    rows = short.assign(
        name=name_schools(short, view),
        subjects=[
            comma.join(f"{names[subject]} {number}" for subject, number in one)
            for one in short["short"]
        ],
    )
    columns = [
        PaperColumn("name", _("School"), is_numeric=False),
        PaperColumn("missing_posts", _("Missing")),
        PaperColumn("subjects", _("Subjects"), is_numeric=False, is_long=True),
    ]
    return set_table(
        _("Schools that are short of teachers"), rows, columns, _,
        empty=_("No school is short of teachers."),
    )  # fmt: skip
