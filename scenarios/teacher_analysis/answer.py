"""What programs are told of teachers: tables of commands and of the read API."""

from __future__ import annotations

from typing import Any, Literal

import pandas as pd
from sqlalchemy import Connection

from catchments.disclosure import suppress_cells
from catchments.teachers.posts import sum_posts
from gis.database import read_table
from gis.errors import RejectedDataError, UsageError
from scenarios.district import District
from scenarios.teacher_analysis.analysis import (
    hide_heads,
    list_warnings,
    measure_balance,
    measure_retiring,
    sum_heads,
    sum_outlook,
)
from scenarios.teacher_analysis.stored import Stored, read_stored

By = Literal["subject", "school", "subdistrict"]
GROUPS: dict[str, list[str]] = {
    "subject": ["stage", "subject"],
    "school": ["stage", "school_code", "school_name_zh"],
    "subdistrict": ["stage", "subdistrict_code", "subdistrict_name_zh"],
}


def require_stored(
    connection: Connection,
    district: District,
    *,
    stage: str | None,
    year: int | None = None,
) -> Stored:
    """Read the newest run of the teachers.

    Raises
    ------
    RejectedDataError
        When none was computed; says what to load.
    UsageError
        When it tells nothing of the year.
    """
    stored = read_stored(connection, district, stage=stage, year=year)
    if stored is not None and stored.posts.empty and len(stored.outlook):
        known = sorted(stored.outlook["year"].unique())
        raise UsageError(
            f"Nothing is told of the teachers of {year}.",
            mend=f"Use a year from {known[0]} to {known[-1]}.",
        )
    if stored is None or stored.posts.empty:
        raise RejectedDataError(
            f"No teachers of {stage or 'any stage'} are known in district {district.profile.code}.",
            mend="Load dataset teacher and enrolment, and set `teachers.subjects` in the profile.",
        )
    return stored


def describe_answer(
    district: District, stored: Stored, stage: str | None, *, year: int | None = None
) -> dict[str, Any]:
    """Return what stands before every answer about teachers."""
    profile = district.profile
    return {
        "district": profile.code,
        "stage": stage,
        "year": year or stored.year,
        "run": stored.run_id,
        "data_date": profile.data_date,
        "synthetic": profile.synthetic,
    }


def answer_teachers(
    connection: Connection,
    district: District,
    *,
    stage: str | None,
    by: By,
    year: int | None = None,
) -> dict[str, Any]:
    """Answer who teaches and how far the lesson plan is covered, by subject, school or area.

    Returns
    -------
    dict
        The head; groups (teachers and posts of each), heads (by sort and code, small cells
        hidden), years (intakes, small cells hidden), balance by stage, and warnings.
    """
    stored = require_stored(connection, district, stage=stage, year=year)
    rules, least = district.profile.teachers, district.profile.minimum_cell
    keys = GROUPS[by]
    groups = sum_posts(stored.posts, rules, by=keys)
    if by != "subject":
        told = hide_senior(sum_heads(stored.heads, by=keys), minimum=least)
        groups = told.merge(groups, on=keys, how="left")
    counts = stored.sorts
    if by != "subject":
        asked = {"run_id": stored.run_id, "stage": stage}
        counts = read_table(connection, "teacher_counts", **asked)
    heads = hide_heads(counts, by=["stage"] if by == "subject" else keys, minimum=least)
    schools = sum_heads(stored.heads, by=["school_id", "school_code", "stage"])
    codes = schools.drop_duplicates("school_id").set_index("school_id")["school_code"]
    warnings = list_warnings(stored.posts, stored.outlook, schools, rules)
    return {
        **describe_answer(district, stored, stage, year=year),
        "by": by,
        "groups": groups,
        "heads": heads,
        "years": hide_years(stored.years, minimum=least),
        "balance": _list_balance(stored),
        "warnings": warnings.assign(school_code=warnings["school_id"].map(codes)).drop(
            columns="school_id"
        ),
    }


def hide_senior(groups: pd.DataFrame, *, minimum: int) -> pd.DataFrame:
    """Hide shares of senior titles that tell of fewer than `minimum` teachers, or all but them.

    Shares above the required degree and of backbone teachers stay: schools report them.
    """
    senior = (groups["senior_pct"] * groups["teachers"] / 100).round()
    few = (senior > 0) & (senior < minimum)
    others = groups["teachers"] - senior
    few |= (others > 0) & (others < minimum)
    return groups.assign(senior_pct=groups["senior_pct"].mask(few))


def _list_balance(stored: Stored) -> pd.DataFrame:
    parts = [
        measure_balance(part).reset_index(names="measure").assign(stage=stage)
        for stage, part in stored.heads.groupby("stage")
    ]
    return pd.concat(parts, ignore_index=True)


def hide_years(years: pd.DataFrame, *, minimum: int) -> pd.DataFrame:
    """Hide what is told of fewer than `minimum` teachers of a sort, by year; subjects stay.

    Where the sum of a sort would tell what is hidden, a further code is hidden with it.

    Parameters
    ----------
    years
        As ``queries/teacher_years.sql`` returns them.
    """
    names = ("teachers", "entered_teachers", "left_teachers")
    group = years[["stage", "year", "sort"]].astype(str).agg("/".join, axis=1)
    is_open = years["sort"].isin(["all", "subject"])
    told = years.copy()
    for name in names:
        hidden = suppress_cells(years[name], group, minimum=minimum)
        told[name] = hidden.where(~is_open, years[name]).astype("Int64")
    return told


def answer_shortage(
    connection: Connection,
    district: District,
    *,
    stage: str | None,
    subject: str | None,
    year: int | None = None,
) -> dict[str, Any]:
    """Answer where teachers are missing: by subject, and school by school.

    Returns
    -------
    dict
        The head; subjects and schools (those that miss somebody) as tables.
    """
    stored = require_stored(connection, district, stage=stage, year=year)
    posts = stored.posts if subject is None else stored.posts[stored.posts["subject"] == subject]
    columns = [
        "stage",
        "subject",
        "school_code",
        "school_name_zh",
        "subdistrict_name_zh",
        "demand_posts",
        "supply_posts",
        "missing_posts",
        "cover_pct",
        "level",
    ]
    short = posts[posts["missing_posts"] > 0].sort_values(
        ["missing_posts", "cover_pct"], ascending=[False, True], kind="stable"
    )
    return {
        **describe_answer(district, stored, stage, year=year),
        "subject": subject,
        "missing_posts": int(short["missing_posts"].sum()),
        "subjects": sum_posts(posts, district.profile.teachers, by=["stage", "subject"]),
        "schools": short[columns].reset_index(drop=True),
    }


def answer_outlook(
    connection: Connection, district: District, *, stage: str | None, subject: str | None
) -> dict[str, Any]:
    """Answer what the years ahead need, who is left, and how many are to be hired.

    Returns
    -------
    dict
        The head; years (by stage), subjects (by stage, subject and year) and retiring.
    """
    stored = require_stored(connection, district, stage=stage)
    told = stored.outlook
    told = told if subject is None else told[told["subject"] == subject]
    rules = district.profile.teachers
    return {
        **describe_answer(district, stored, stage),
        "subject": subject,
        "leaves_pct": rules.leaves_pct,
        "years": sum_outlook(told, by=["stage", "year"]),
        "subjects": sum_outlook(told, by=["stage", "subject", "year"]),
        "retiring_years": rules.warning.retiring_years,
        "retiring": measure_retiring(told, rules),
    }
