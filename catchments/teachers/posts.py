"""Posts that the lesson plan needs in each subject, set against those that are filled."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from catchments.teacher_rules import Subject, TeacherRules

# A gap that is a limit itself must not pass it by its last binary digit.
_TINY = 1e-9
KEYS = ["school_id", "stage", "subject"]


def list_class_posts(rules: TeacherRules) -> pd.DataFrame:
    """List the posts that one class needs, by stage, grade and subject.

    Lessons a week by the lessons of a whole post; and the work of the class teacher, shared out
    among subjects by how many class teachers come from each.

    Returns
    -------
    DataFrame
        stage, grade (from 1), subject, posts.

    Examples
    --------
    5 lessons at 12 a post, and half a post for the two classes in five that it leads:

    >>> from catchments.teacher_rules import Subject, TeacherRules
    >>> maths = Subject(code="maths", name_zh="数学", name_en="Mathematics",
    ...     lessons={"junior": [5]}, load={"junior": 12}, class_teachers_pct={"junior": 40})
    >>> round(list_class_posts(TeacherRules(subjects=[maths]))["posts"].item(), 4)  # 5/12 + 0.2
    0.6167
    """
    rows = [
        {
            "stage": stage,
            "grade": grade,
            "subject": subject.code,
            "posts": number / subject.load[stage] + _count_leading(subject, stage, rules),
        }
        for subject in rules.subjects
        for stage, lessons in subject.lessons.items()
        for grade, number in enumerate(lessons, start=1)
    ]
    return pd.DataFrame(rows, columns=["stage", "grade", "subject", "posts"])


def _count_leading(subject: Subject, stage: str, rules: TeacherRules) -> float:
    return rules.class_teacher_post * subject.class_teachers_pct.get(stage, 0.0) / 100


def count_demand(
    classes: pd.DataFrame, rules: TeacherRules, *, by: Sequence[str] = ("school_id",)
) -> pd.DataFrame:
    """Count the posts that classes need in each subject: Σ classes × lessons ÷ load.

    Posts are not rounded here: three subjects of a small school may share two teachers.

    Parameters
    ----------
    classes
        The columns `by`, stage, grade, classes; stages without a lesson plan are left out.
    by
        What is counted for, such as school_id and year.

    Returns
    -------
    DataFrame
        The columns `by`, stage, subject, demand_posts; no row where nothing is needed.

    Examples
    --------
    >>> from catchments.teacher_rules import Subject, TeacherRules
    >>> arts = Subject(code="arts", name_zh="艺术", name_en="Arts",
    ...     lessons={"primary": [4, 2]}, load={"primary": 16})
    >>> classes = pd.DataFrame({"school_id": 1, "stage": "primary", "grade": [1, 2],
    ...     "classes": [6, 8]})
    >>> count_demand(classes, TeacherRules(subjects=[arts]))["demand_posts"].tolist()
    [2.5]
    """
    keys = [*by, "stage", "subject"]
    needed = classes.merge(list_class_posts(rules), on=["stage", "grade"])
    needed = needed.assign(demand_posts=needed["classes"].astype(float) * needed["posts"])
    summed = needed.groupby(keys, as_index=False)[["demand_posts"]].sum()
    return summed[summed["demand_posts"] > 0].reset_index(drop=True)


def share_posts(teachers: pd.DataFrame) -> pd.DataFrame:
    """Share the post of each teacher out among the one or two subjects that they teach.

    Parameters
    ----------
    teachers
        school_id, stage, subject, second_subject (may be missing), second_pct (per cent of the
        teacher's own work), post_pct (per cent of a whole post); the index is kept.

    Returns
    -------
    DataFrame
        school_id, stage, subject, posts; the index of the teacher, twice for two subjects. The
        posts sum to those of the teachers.

    Examples
    --------
    >>> share_posts(pd.DataFrame({"school_id": [1], "stage": "primary", "subject": "science",
    ...     "second_subject": "practice", "second_pct": 50, "post_pct": 80}))["posts"].tolist()
    [0.4, 0.4]
    """
    whole = teachers["post_pct"].astype(float) / 100
    has_second = teachers["second_subject"].notna()
    second = (teachers["second_pct"].fillna(0).astype(float) / 100).where(has_second, 0.0)
    first = teachers[KEYS].assign(posts=whole * (1 - second))
    other = teachers.loc[has_second, ["school_id", "stage", "second_subject"]].rename(
        columns={"second_subject": "subject"}
    )
    other = other.assign(posts=(whole * second)[has_second])
    return pd.concat([first, other[other["posts"] > 0]])


def count_supply(teachers: pd.DataFrame) -> pd.DataFrame:
    """Count the filled posts of each school, stage and subject.

    Parameters
    ----------
    teachers
        Those in service, as :func:`share_posts` takes them.

    Returns
    -------
    DataFrame
        school_id, stage, subject, supply_posts.
    """
    posts = share_posts(teachers).rename(columns={"posts": "supply_posts"})
    return posts.groupby(KEYS, as_index=False)[["supply_posts"]].sum()


def compare_posts(
    demand: pd.DataFrame,
    supply: pd.DataFrame,
    rules: TeacherRules,
    *,
    by: Sequence[str] = ("school_id",),
) -> pd.DataFrame:
    """Set filled posts against needed ones: who is missing, who could be spared, how it is rated.

    A school misses as many teachers as leave a gap of at most `rules.missing_from` posts; it can
    spare as many whole posts as lie above its need. A subject that is not short is never red.

    Parameters
    ----------
    demand, supply
        The columns `by`, stage, subject and demand_posts or supply_posts; what one lacks is 0.

    Returns
    -------
    DataFrame
        The columns `by`, stage, subject, demand_posts, supply_posts, missing_posts,
        spare_posts (whole numbers), cover_pct (missing without a need), level (none, yellow or
        red).

    Examples
    --------
    Half a post is borne, more than half is not:

    >>> place = {"stage": "primary", "subject": "arts"}
    >>> demand = pd.DataFrame({"school_id": [1, 2, 3], "demand_posts": [4.0, 4.5, 4.6], **place})
    >>> supply = pd.DataFrame({"school_id": [1, 2, 3], "supply_posts": [6.0, 4.0, 4.0], **place})
    >>> from catchments.teacher_rules import TeacherRules
    >>> compare_posts(demand, supply, TeacherRules())[
    ...     ["missing_posts", "spare_posts", "level"]].values.tolist()
    [[0, 2, 'none'], [0, 0, 'none'], [1, 0, 'yellow']]
    """
    keys = [*by, "stage", "subject"]
    posts = demand.merge(supply, on=keys, how="outer").sort_values(keys, ignore_index=True)
    posts = posts.fillna({"demand_posts": 0.0, "supply_posts": 0.0})
    needed, filled = (posts[name].to_numpy(float) for name in ("demand_posts", "supply_posts"))
    gap = needed - filled
    missing = np.ceil(np.maximum(gap - rules.missing_from - _TINY, 0)).astype(int)
    cover = np.divide(100 * filled, needed, out=np.full(len(posts), np.nan), where=needed > 0)
    return posts.assign(
        missing_posts=missing,
        spare_posts=np.floor(np.maximum(-gap, 0) + _TINY).astype(int),
        cover_pct=cover,
        level=rate_cover(cover, missing, rules),
    )


def rate_cover(cover_pct: np.ndarray, missing: np.ndarray, rules: TeacherRules) -> np.ndarray:
    """Rate how far the need of a subject is covered: none, yellow or red, shape (n,).

    Parameters
    ----------
    cover_pct
        Filled posts per 100 needed; NaN where none are needed.
    missing
        Whole teachers who are missing; where none is, nothing is warned of.
    """
    rule, is_short = rules.warning, missing > 0
    return np.select(
        [
            is_short & (cover_pct < rule.red_below_pct - _TINY),
            is_short & (cover_pct < rule.yellow_below_pct - _TINY),
        ],
        ["red", "yellow"],
        "none",
    )


def sum_posts(posts: pd.DataFrame, rules: TeacherRules, *, by: Sequence[str]) -> pd.DataFrame:
    """Sum the posts of schools over places, subjects or years, and rate the sums.

    What is missing and what could be spared is summed as the schools have it: a teacher too many
    at one school does not teach at another. `net_posts` is what would be missing if they did.

    Parameters
    ----------
    posts
        As :func:`compare_posts` returns them, with the columns `by`.

    Returns
    -------
    DataFrame
        The columns `by`, demand_posts, supply_posts, missing_posts, spare_posts, short_schools,
        cover_pct, net_posts (above 0: short), level.
    """
    told = posts.assign(short_schools=(posts["missing_posts"] > 0).astype(int))
    names = ["demand_posts", "supply_posts", "missing_posts", "spare_posts", "short_schools"]
    summed = told.groupby(list(by), as_index=False)[names].sum()
    needed, filled = (summed[name].to_numpy(float) for name in names[:2])
    cover = np.divide(100 * filled, needed, out=np.full(len(summed), np.nan), where=needed > 0)
    return summed.assign(
        cover_pct=cover,
        net_posts=needed - filled,
        level=rate_cover(cover, summed["missing_posts"].to_numpy(), rules),
    )
