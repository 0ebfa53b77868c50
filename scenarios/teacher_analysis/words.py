"""Names of subjects and levels, and sentences about teachers, for screen and paper."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from catchments.teacher_rules import TeacherRules
from catchments.teachers.posts import sum_posts
from layers.language import Language, is_missing
from scenarios.teacher_analysis.analysis import sum_heads
from scenarios.teacher_analysis.stored import Stored
from scenarios.view import View


def name_subjects(view: View) -> dict[str, str]:
    """Return the names of the subjects by code, in the order of the profile."""
    return {one.code: view.language.name(one) for one in view.profile.teachers.subjects}


def join_names(names: Sequence[str | None], language: Language) -> str:
    """Join the names that there are."""
    comma = "、" if language.code == "zh" else ", "
    return comma.join(name for name in names if name)


def choose_subject(view: View, stored: Stored) -> str | None:
    """Return the subject that was chosen in the panel, if the stage has it."""
    asked = view.chosen.get("subject")
    return asked if asked in set(stored.posts["subject"]) else None


def sum_subjects(stored: Stored, rules: TeacherRules) -> pd.DataFrame:
    """Sum the posts of the district by subject, in the order of the lesson plan."""
    order = {one.code: rank for rank, one in enumerate(rules.subjects)}
    summed = sum_posts(stored.posts, rules, by=["subject"])
    ranked = summed.assign(order=summed["subject"].map(order)).sort_values("order")
    return ranked[ranked["demand_posts"] > 0].drop(columns="order").reset_index(drop=True)


def say_finding(
    stored: Stored, subjects: pd.DataFrame, subject: str | None, stage: str, view: View
) -> tuple[str, str]:
    """Say how many teachers are missing, and of which subject most."""
    _ = view.language
    names = name_subjects(view)
    shown = subjects if subject is None else subjects[subjects["subject"] == subject]
    posts = stored.posts
    posts = posts if subject is None else posts[posts["subject"] == subject]
    missing = int(posts["missing_posts"].sum())
    heads = sum_heads(stored.heads, by=["stage"])
    teachers = int(heads["teachers"].sum())
    subtitle = _("{stage} {year}: {n} teachers", stage=stage, year=stored.year,
                 n=_.number(teachers))  # fmt: skip
    if not missing:
        about = names[subject] if subject else _("every subject")
        return _("{stage}: no school is short in {subject}", stage=stage, subject=about), subtitle
    most = shown.sort_values("missing_posts", ascending=False, kind="stable").iloc[0]
    title = _.count(
        "{stage}: schools lack {n} teacher, of {subject}; {cover} of the posts are filled",
        "{stage}: schools lack {n} teachers, most of {subject}; {cover} of the posts are filled",
        missing,
        stage=stage,
        subject=names[most["subject"]],
        cover=_.percent(most["cover_pct"], 0),
    )
    return title, subtitle


def say_retiring(retiring: pd.DataFrame, view: View) -> str:
    """Say which subjects lose the greatest part of their teachers to retirement soon."""
    _ = view.language
    names = name_subjects(view)
    most = retiring.sort_values("retiring_pct", ascending=False).head(3)
    parts = [
        f"{names[subject]} {_.percent(share, 0)}"
        for subject, share in zip(most["subject"], most["retiring_pct"], strict=True)
        if not is_missing(share)
    ]
    return _(
        "Retiring within {years} years, of a subject's posts: {parts}",
        years=_.number(view.profile.teachers.warning.retiring_years),
        parts=join_names(parts, _),
    )


def say_exchange(rotations: pd.DataFrame, language: Language) -> str:
    """Say how many missing teachers an exchange clears, and what is proven; empty if none miss."""
    _ = language
    if rotations.empty:
        return ""
    words = _(
        "An exchange between schools clears {cleared} of {missing} missing teachers",
        cleared=_.number(rotations["cleared_posts"].sum()),
        missing=_.number(rotations["missing_posts"].sum()),
    )
    if not bool(rotations["is_optimal"].all()):
        return _("{words}; not proven to be the best", words=words)
    return _("{words}; proven: none clears more, with fewer moves or shorter ways", words=words)
