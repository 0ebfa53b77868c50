"""Panel of scenario 6: who teaches, which subjects are short where, who retires, who could move."""

from __future__ import annotations

import pandas as pd
from dash.development.base_component import Component

from layers.language import msgid
from scenarios.elements import (
    Bar,
    Column,
    Line,
    build_bars,
    build_choice,
    build_figures,
    build_heading,
    build_lines,
    build_mark,
    build_note,
    build_page,
    build_section,
    build_source,
    build_table,
)
from scenarios.naming import choose_stage, name_rows, name_stages
from scenarios.teacher_analysis.analysis import (
    MEASURES,
    list_warnings,
    measure_balance,
    measure_retiring,
    sum_heads,
    sum_outlook,
)
from scenarios.teacher_analysis.facts_panel import build_facts_panel
from scenarios.teacher_analysis.heads_section import build_heads, build_intakes
from scenarios.teacher_analysis.stored import Stored, read_stored
from scenarios.teacher_analysis.words import (
    choose_subject,
    join_names,
    name_subjects,
    say_exchange,
    say_finding,
    say_retiring,
    sum_subjects,
)
from scenarios.view import View

_MEASURE_WORDS = {
    "teachers": msgid("All teachers"),
    "qualified_teachers": msgid("Above the required degree"),
    "senior_teachers": msgid("Senior titles"),
    "backbone_teachers": msgid("Backbone"),
}


def build_panel(view: View) -> Component:
    """Build the panel of teachers; without a register, what resources tell of them."""
    rules = view.profile.teachers
    planned = pd.Series(rules.list_stages(), dtype=object)
    stage = choose_stage(view.profile, view.stage, planned)
    stored = None if stage is None else read_stored(view.connection, view.district, stage=stage)
    if stored is None or stored.posts.empty:
        return build_facts_panel(view)
    _ = view.language
    subject = choose_subject(view, stored)
    name = name_stages(view.profile, _)[str(stage)]
    subjects = sum_subjects(stored, rules)
    return build_page(
        build_heading(*say_finding(stored, subjects, subject, name, view)),
        _build_figures(stored, subject, view),
        build_section(
            _("Subjects against the lesson plan"),
            _build_choice(subjects, subject, view),
            _build_subjects(subjects, view),
            build_note(_("Posts filled per 100 needed, and the teachers who are missing.")),
            note=name,
        ),
        build_section(
            _("Schools that are short of teachers"),
            _build_schools(stored.posts, subject, view),
            note=name_subjects(view)[subject] if subject else _("all subjects"),
        ),
        _build_exchange(stored, subject, view),
        *_build_ahead(stored, subject, view),
        build_section(_("By subdistrict"), _build_places(stored, subject, view)),
        build_section(
            _("Balance"),
            _build_balance(stored, view),
            note=_("teachers per 100 pupils"),
        ),
        build_heads(stored, view),
        build_intakes(stored, view),
        build_section(_("Warnings"), _build_warnings(stored, view)),
        *_build_notes(view),
        build_source(view, run_id=stored.run_id, plan=False),
    )


def _build_figures(stored: Stored, subject: str | None, view: View) -> Component:
    _ = view.language
    heads = sum_heads(stored.heads, by=["stage"])
    posts = stored.posts if subject is None else _pick(stored.posts, subject)
    rotations = stored.rotations if subject is None else _pick(stored.rotations, subject)
    missing = int(posts["missing_posts"].sum())
    figures: list[tuple] = []
    if len(heads):
        figures += [
            (_("Teachers"), _.number(heads["teachers"].iloc[0])),
            (_("Pupils per teacher"), _.number(heads["pupils_per_teacher"].iloc[0], 1)),
        ]
    figures += [
        (_("Missing"), _.number(missing), None, "red" if missing else "good"),
        (_("Cleared by exchange"), _.number(rotations["cleared_posts"].sum())),
    ]
    return build_figures(figures)


def _pick(frame: pd.DataFrame, subject: str) -> pd.DataFrame:
    return frame[frame["subject"] == subject]


def _build_choice(subjects: pd.DataFrame, subject: str | None, view: View) -> Component:
    _ = view.language
    names = name_subjects(view)
    options = [(_("All"), subject is None, {"subject": None})]
    options += [
        (names[code], code == subject, {"subject": code}) for code in subjects["subject"].tolist()
    ]
    return build_choice(_("Subject"), options, is_wrapped=True)


def _build_subjects(subjects: pd.DataFrame, view: View) -> Component:
    _ = view.language
    names = name_subjects(view)
    bars = [
        Bar(
            names[row["subject"]],
            row["cover_pct"],
            _.percent(row["cover_pct"], 0)
            + (f" · −{_.number(row['missing_posts'])}" if row["missing_posts"] else ""),
            target=100,
            tone=row["level"] if row["level"] != "none" else None,
        )
        for row in subjects.to_dict("records")
    ]
    return build_bars(bars, target_label=_("Need"))


def _build_schools(posts: pd.DataFrame, subject: str | None, view: View) -> Component:
    """List the schools where teachers are missing: in one subject, or in all with their names."""
    _ = view.language
    short = posts[posts["missing_posts"] > 0]
    columns = [Column("name", _("School"))]
    if subject is not None:
        short = _pick(short, subject).sort_values(
            ["missing_posts", "cover_pct"], ascending=[False, True]
        )
        columns += [
            Column("demand_posts", _("Needed"), format=lambda n: _.number(n, 1)),
            Column("supply_posts", _("Filled"), format=lambda n: _.number(n, 1)),
            Column("missing_posts", _("Missing")),
            Column("level", _("State"), format=lambda level: build_mark(level, _, words=False)),
        ]
    else:
        short = _sum_schools(short, view)
        columns += [Column("subjects", _("Subjects")), Column("missing_posts", _("Missing"))]
    rows = short.assign(name=name_rows(short, "school", _))
    return build_table(
        rows,
        columns,
        language=_,
        row_id="school_id",
        link_kind="school",
        limit=10,
        empty=_("No school is short of teachers."),
    )


def _sum_schools(short: pd.DataFrame, view: View) -> pd.DataFrame:
    names = name_subjects(view)
    keys = ["school_id", "school_name_zh", "school_name_en"]
    told = short.assign(
        subjects=[
            f"{names[subject]} {number}"
            for subject, number in zip(short["subject"], short["missing_posts"], strict=True)
        ]
    )
    summed = told.groupby(keys, as_index=False, dropna=False).agg(
        subjects=("subjects", lambda part: join_names(part.tolist(), view.language)),
        missing_posts=("missing_posts", "sum"),
    )
    return summed.sort_values("missing_posts", ascending=False, kind="stable")


def _build_exchange(stored: Stored, subject: str | None, view: View) -> Component:
    """Show who could go where, and what is proven of it."""
    _ = view.language
    moves = stored.moves if subject is None else _pick(stored.moves, subject)
    told = stored.rotations if subject is None else _pick(stored.rotations, subject)
    rule = view.profile.teachers.rotation
    names = name_subjects(view)
    rows = moves.assign(
        subject=moves["subject"].map(names),
        from_=name_rows(moves, "from_school", _),
        to=name_rows(moves, "to_school", _),
    )
    columns = [
        Column("from_", _("From")),
        Column("to", _("To")),
        *([] if subject else [Column("subject", _("Subject"))]),
        Column("teachers", _("Teachers")),
        Column("distance_m", _("Way"), "km", format=lambda way: _.number(way / 1000, 1)),
    ]
    return build_section(
        _("Exchange between schools"),
        build_table(rows, columns, language=_, limit=8, empty=_("No exchange clears anything.")),
        build_note(
            _(
                "Fewest moves, then shortest ways, up to {limit} km, from schools that stay at"
                " their need; at least {years} years at the school and {left} before retirement.",
                limit=_.number(rule.limit_m / 1000, 1),
                years=_.number(rule.least_years_at_school),
                left=_.number(rule.least_years_to_retirement),
            )
        ),
        build_note(say_exchange(told, _)) if len(told) else None,
    )


def _build_ahead(stored: Stored, subject: str | None, view: View) -> list[Component]:
    _ = view.language
    outlook = stored.outlook if subject is None else _pick(stored.outlook, subject)
    years = sum_outlook(outlook, by=["year"])
    if len(years) < 2:
        return []
    lines = [
        Line(_("Needed"), years["demand_posts"].tolist()),
        Line(_("Still filled"), years["supply_posts"].tolist(), tone="red"),
    ]
    last = years.iloc[-1]
    words = _(
        "By {year} {retired} posts fall vacant by retirement; {hired} teachers are to be hired,"
        " all subjects taken by themselves.",
        year=int(last["year"]),
        retired=_.number(last["retired_posts"]),
        hired=_.number(last["to_hire_posts"]),
    )
    retiring = measure_retiring(outlook, view.profile.teachers)
    return [
        build_section(
            _("Years ahead, if nobody is hired"),
            build_lines(lines, ticks=_list_ticks(years["year"].tolist()), language=_,
                        from_zero=False),
            build_note(words),
            build_note(say_retiring(retiring, view)) if len(retiring) else None,
            note=_("posts"),
        )
    ]  # fmt: skip


def _list_ticks(years: list[int]) -> list[str]:
    """Name the years below a chart, every other one where all of them would touch."""
    step = 2 if len(years) > 8 else 1
    return [str(year) if at % step == 0 else "" for at, year in enumerate(years)]


def _build_places(stored: Stored, subject: str | None, view: View) -> Component | None:
    _ = view.language
    keys = ["subdistrict_id", "subdistrict_name_zh", "subdistrict_name_en"]
    heads = sum_heads(stored.heads, by=keys)
    if heads.empty:
        return None
    posts = stored.posts if subject is None else _pick(stored.posts, subject)
    summed = posts.groupby("subdistrict_id")[
        ["demand_posts", "supply_posts", "missing_posts"]
    ].sum()
    rows = heads.join(summed, on="subdistrict_id")
    rows = rows.assign(
        name=name_rows(rows, "subdistrict", _),
        cover_pct=100 * rows["supply_posts"] / rows["demand_posts"].where(rows["demand_posts"] > 0),
        missing_posts=rows["missing_posts"].fillna(0).astype(int),
    ).sort_values("cover_pct")
    columns = [
        Column("name", _("Subdistrict")),
        Column("teachers", _("Teachers")),
        Column("pupils_per_teacher", _("Pupils per teacher"), format=lambda n: _.number(n, 1)),
        Column("cover_pct", _("Covered"), "%", format=lambda n: _.number(n, 0)),
        Column("missing_posts", _("Missing")),
    ]
    return build_table(rows, columns, language=_, row_id="subdistrict_id", link_kind="subdistrict")


def _build_balance(stored: Stored, view: View) -> Component:
    _ = view.language
    balance = measure_balance(stored.heads).reset_index(names="measure")
    rows = balance.assign(measure=[_(_MEASURE_WORDS[one]) for one in MEASURES])

    def write(digits: int) -> object:
        return lambda value: _.number(value, digits)

    columns = [
        Column("measure", _("What is measured")),
        Column("mean", _("Mean"), format=write(2)),  # type: ignore[arg-type]
        Column("urban", _.term("urban"), format=write(2)),  # type: ignore[arg-type]
        Column("rural", _.term("rural"), format=write(2)),  # type: ignore[arg-type]
        Column("schools_variation", _("Between schools"), "CV", format=write(3)),  # type: ignore[arg-type]
        Column("subdistricts_variation", _("Between areas"), "CV", format=write(3)),  # type: ignore[arg-type]
    ]
    return build_table(rows, columns, language=_)


def _build_warnings(stored: Stored, view: View) -> Component:
    """List the warnings about subjects of the district and about schools, the red ones first."""
    _ = view.language
    rules = view.profile.teachers
    heads = sum_heads(stored.heads, by=["school_id", "stage"])
    told = list_warnings(stored.posts, stored.outlook, heads, rules)
    schools = stored.heads.drop_duplicates("school_id").set_index("school_id")
    names = dict(zip(schools.index, name_rows(schools, "school", _), strict=True))
    subjects = name_subjects(view)
    rows = told.assign(
        about=[
            join_names([names.get(school), subjects.get(str(subject))], _)
            for school, subject in zip(told["school_id"], told["subject"], strict=True)
        ],
        words=[_(_WARNING_WORDS[kind]) for kind in told["kind"]],
        value=[
            _.number(value, 1) if kind == "pupils" else _.percent(value, 0)
            for kind, value in zip(told["kind"], told["value"], strict=True)
        ],
    )
    columns = [
        Column("level", "", align="center", format=lambda one: build_mark(one, _, words=False)),
        Column("about", _("School and subject")),
        Column("words", _("Warning")),
        Column("value", _("Value"), align="right"),
    ]
    return build_table(rows, columns, language=_, limit=10, empty=_("Nothing is warned of."))


_WARNING_WORDS = {
    "short": msgid("posts are short"),
    "retiring": msgid("many retire soon"),
    "pupils": msgid("many pupils per teacher"),
}


def _build_notes(view: View) -> list[Component]:
    _ = view.language
    rules = view.profile.teachers
    return [
        build_note(
            _(
                "Need: classes × lessons a week ÷ lessons of a post, and {share} of a post for"
                " each class teacher. A gap of up to {gap} of a post is borne.",
                share=_.number(rules.class_teacher_post, 1),
                gap=_.number(rules.missing_from, 1),
            )
        ),
        build_note(
            _(
                "* Fewer than {n} teachers of one sex, age, degree, title or intake are not shown;"
                " posts by school and subject are.",
                n=_.number(view.profile.minimum_cell),
            )
        ),
    ]
