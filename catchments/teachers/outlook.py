"""Years ahead: classes from expected pupils, teachers who are left, posts that will be missing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from catchments.teacher_rules import TeacherRules
from catchments.teachers.posts import KEYS, compare_posts, count_demand, share_posts
from catchments.teachers.retirement import Months, is_in_service

_TINY = 1e-6


def expect_classes(pupils: pd.DataFrame, design_class: dict[str, int]) -> pd.DataFrame:
    """Expect as many classes as the pupils of each grade need at the design size.

    Parameters
    ----------
    pupils
        school_id, stage, grade, year, pupils (expected, parts of one allowed).
    design_class
        Pupils of a class by stage.

    Returns
    -------
    DataFrame
        school_id, stage, grade, year, classes; a grade without pupils has none.

    Examples
    --------
    >>> pupils = pd.DataFrame({"school_id": 1, "stage": "primary", "grade": 1,
    ...     "year": [2026, 2027, 2028], "pupils": [45.0, 45.4, 0.0]})
    >>> expect_classes(pupils, {"primary": 45})["classes"].tolist()
    [1, 2, 0]
    """
    size = pupils["stage"].map(design_class).to_numpy(float)
    classes = np.ceil(pupils["pupils"].to_numpy(float) / size - _TINY)
    return pupils[["school_id", "stage", "grade", "year"]].assign(
        classes=np.maximum(classes, 0).astype(int)
    )


def count_remaining(
    teachers: pd.DataFrame, retires: Months, years: Sequence[int], rules: TeacherRules, *,
    base_year: int, cutoff: str,
) -> pd.DataFrame:  # fmt: skip
    """Count the posts of today's teachers who are still there in years ahead.

    Nobody is hired: what is missing later is what has to be hired by then. Who retires is known
    by name of month; of the others `rules.leaves_pct` leave a year, as an expected share.

    Parameters
    ----------
    teachers
        Those in service today, as :func:`share_posts` takes them.
    retires
        Month of retirement of each, shape (n,).
    base_year
        School year of today.
    cutoff
        Last day before a school year.

    Returns
    -------
    DataFrame
        school_id, stage, subject, year, supply_posts, retired_posts (since the base year).
    """
    shared = share_posts(teachers)
    at = teachers.index.get_indexer(shared.index)
    parts = []
    for year in years:
        stays = is_in_service(retires, year, cutoff)[at]
        kept = (1 - rules.leaves_pct / 100) ** max(year - base_year, 0)
        told = shared.assign(
            supply_posts=shared["posts"] * stays * kept, retired_posts=shared["posts"] * ~stays
        )
        summed = told.groupby(KEYS, as_index=False)[["supply_posts", "retired_posts"]].sum()
        parts.append(summed.assign(year=year))
    columns = [*KEYS, "year", "supply_posts", "retired_posts"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def expect_posts(
    classes: pd.DataFrame, remaining: pd.DataFrame, rules: TeacherRules
) -> pd.DataFrame:
    """Set the posts of years ahead against those that the expected classes need.

    Parameters
    ----------
    classes
        As :func:`expect_classes` returns them.
    remaining
        As :func:`count_remaining` returns them.

    Returns
    -------
    DataFrame
        As :func:`catchments.teachers.posts.compare_posts`, by school_id and year, with
        retired_posts. Schools whose pupils were not forecast are left out, teachers and all:
        their need is unknown, not zero.
    """
    by = ("school_id", "year")
    demand = count_demand(classes, rules, by=by)
    told = classes[["school_id", "stage"]].drop_duplicates()
    known = remaining.merge(told, on=["school_id", "stage"])
    posts = compare_posts(demand, known, rules, by=by)
    return posts.fillna({"retired_posts": 0.0})
