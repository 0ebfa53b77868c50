"""Heads: teachers by degree, title, sex, age, tenure, by school and over the years."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pandas as pd

from catchments.teacher_rules import Level, TeacherRules

OTHER = "other"  # what the profile does not name
ALL = "all"
SORTS = ("sex", "age", "degree", "title", "backbone", "tenure", "subject")
# What does not change with the day: the years behind us are told by these alone.
YEARLY_SORTS = ("sex", "degree", "title", "backbone", "subject")


def describe_teachers(teachers: pd.DataFrame, rules: TeacherRules, *, day: dt.date) -> pd.DataFrame:
    """Describe each teacher by the codes that heads are counted by.

    Degrees, titles and levels that the profile does not name are ``other``. Bands are named by
    their lower end: ages of 30 to 39 are ``30``, those below the first limit ``0``.

    Parameters
    ----------
    teachers
        sex, born_on, degree, title, backbone, subject, at_school_since.
    day
        Day on which ages and years at the school are told, in full years.

    Returns
    -------
    DataFrame
        The same with sex, age, degree, title, backbone, tenure, subject as codes, and
        is_qualified, is_senior, is_backbone.
    """
    degree = _name_known(teachers["degree"], rules.degrees)
    title = _name_known(teachers["title"], rules.titles)
    backbone = _name_known(teachers["backbone"], rules.backbones)
    needed = teachers["stage"].map(rules.qualified_from)
    return teachers.assign(
        degree=degree,
        title=title,
        backbone=backbone,
        subject=teachers["subject"].where(
            teachers["subject"].isin([one.code for one in rules.subjects]), OTHER
        ),
        age=_band(count_full_years(teachers["born_on"], day), rules.age_bands),
        tenure=_band(count_full_years(teachers["at_school_since"], day), rules.tenure_bands),
        is_qualified=_reach(degree, needed, rules.degrees),
        is_senior=_reach(title, rules.senior_from, rules.titles),
        is_backbone=_reach(backbone, rules.backbone_from, rules.backbones),
    )


def _name_known(codes: pd.Series, levels: Sequence[Level]) -> pd.Series:
    return codes.where(codes.isin([one.code for one in levels]), OTHER)


def _reach(codes: pd.Series, least: pd.Series | str | None, levels: Sequence[Level]) -> pd.Series:
    """Say whose level reaches the least one; nobody's where none is set."""
    ranks = {one.code: rank for rank, one in enumerate(levels)}
    wanted = least if isinstance(least, pd.Series) else pd.Series(least, index=codes.index)
    reached = codes.map(ranks) >= wanted.map(ranks).astype(float)
    return reached.fillna(value=False).astype(bool)


def count_full_years(since: pd.Series, day: dt.date) -> pd.Series:
    """Count the full years from each day to `day`, by the calendar.

    Examples
    --------
    >>> born = pd.Series(pd.to_datetime(["1986-03-31", "1986-04-01"]))
    >>> count_full_years(born, dt.date(2026, 3, 31)).tolist()
    [40, 39]
    """
    told = pd.to_datetime(since)
    is_before = (told.dt.month > day.month) | (
        (told.dt.month == day.month) & (told.dt.day > day.day)
    )
    return day.year - told.dt.year - is_before.astype(int)


def _band(years: pd.Series, lower_ends: Sequence[int]) -> pd.Series:
    ends = np.array([0, *lower_ends])
    at = np.clip(np.searchsorted(ends, years.to_numpy(), side="right") - 1, 0, None)
    return pd.Series(ends[at].astype(str), index=years.index)


def count_heads(described: pd.DataFrame, *, by: Sequence[str]) -> pd.DataFrame:
    """Count heads by each sort of :data:`SORTS`, and all of them, over the groups `by`.

    Three further sorts count those at or above a level: ``qualified``, ``senior`` and
    ``backbone_from`` with the code ``yes``.

    Parameters
    ----------
    described
        As :func:`describe_teachers` returns it, with the columns `by`.

    Returns
    -------
    DataFrame
        The columns `by`, sort, code, teachers (above 0). The codes of a sort sum to all.
    """
    keys, parts = list(by), []
    for sort in SORTS:
        counted = described.groupby([*keys, sort]).size().rename("teachers").reset_index()
        parts.append(counted.rename(columns={sort: "code"}).assign(sort=sort))
    for sort in ("qualified", "senior", "backbone"):
        reached = described[described[f"is_{sort}"]]
        counted = reached.groupby(keys).size().rename("teachers").reset_index()
        parts.append(counted.assign(sort=f"is_{sort}", code="yes"))
    every = described.groupby(keys).size().rename("teachers").reset_index()
    parts.append(every.assign(sort=ALL, code=ALL))
    return pd.concat(parts, ignore_index=True)[[*keys, "sort", "code", "teachers"]]


def count_years(described: pd.DataFrame, years: Sequence[int], cutoff: str) -> pd.DataFrame:
    """Count who was in service, entered and left in each school year, by what is known today.

    A school year runs from the day after `cutoff` to the next `cutoff`; in service is who had
    entered and not left at its first day, or entered in it. Degrees and titles are those of
    today: nobody wrote down when they were earned.

    Parameters
    ----------
    described
        As :func:`describe_teachers` returns it, those who left included: stage, entered_on,
        left_on (may be missing).
    years
        Years in which school years begin.
    cutoff
        Month and day, such as ``08-31``.

    Returns
    -------
    DataFrame
        stage, year, sort, code, teachers, entered_teachers, left_teachers; rows with any.
    """
    sorts = (ALL, *YEARLY_SORTS)
    told = described.assign(all=ALL)[["stage", *sorts, "entered_on", "left_on"]]
    told = told.merge(pd.DataFrame({"year": list(years)}), how="cross")
    entered, left = (pd.to_datetime(told[name]) for name in ("entered_on", "left_on"))
    first = pd.to_datetime(told["year"].astype(str) + f"-{cutoff}") + pd.Timedelta(days=1)
    end = pd.to_datetime((told["year"] + 1).astype(str) + f"-{cutoff}")
    told = told.assign(
        teachers=((entered <= end) & ~(left < first)).astype(int),
        entered_teachers=((entered >= first) & (entered <= end)).astype(int),
        left_teachers=((left >= first) & (left <= end)).astype(int),
    )
    parts = [
        told.groupby(["stage", "year", sort], as_index=False)[_COUNTS]
        .sum()
        .rename(columns={sort: "code"})
        .assign(sort=sort)
        for sort in sorts
    ]
    counted = pd.concat(parts, ignore_index=True)
    return counted[counted[_COUNTS].sum(axis=1) > 0][
        ["stage", "year", "sort", "code", *_COUNTS]
    ].reset_index(drop=True)


_COUNTS = ["teachers", "entered_teachers", "left_teachers"]
