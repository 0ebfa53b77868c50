"""Posts of the lesson plan against those filled, heads and years; numbers worked by hand."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from catchments.profile import load_profile
from catchments.teacher_rules import Level, Subject, TeacherRules
from catchments.teachers.outlook import count_remaining, expect_classes, expect_posts
from catchments.teachers.posts import (
    compare_posts,
    count_demand,
    count_supply,
    share_posts,
    sum_posts,
)
from catchments.teachers.retirement import find_retirement_months
from catchments.teachers.staff import count_heads, count_years, describe_teachers
from gis.errors import UsageError
from gis.settings import PROJECT_ROOT
from tests.town import build_profile

OUHAI = load_profile(PROJECT_ROOT / "data" / "districts" / "ouhai" / "profile.toml")
RULES = OUHAI.teachers
DAY = dt.date(2026, 3, 31)


def build_teachers(**columns: object) -> pd.DataFrame:
    """Build teachers of one primary school, whole posts of Chinese unless told otherwise."""
    usual: dict[str, object] = {
        "school_id": 1,
        "stage": "primary",
        "subject": "chinese",
        "second_subject": None,
        "second_pct": None,
        "post_pct": 100,
        "sex": "female",
        "born_on": pd.Timestamp(1985, 1, 1),
        "degree": "bachelor",
        "title": "first",
        "backbone": "none",
        "entered_on": pd.Timestamp(2010, 9, 1),
        "at_school_since": pd.Timestamp(2015, 9, 1),
        "left_on": pd.NaT,
    }
    rows = max((len(one) for one in columns.values() if isinstance(one, list)), default=1)
    return pd.DataFrame({**usual, **columns}, index=range(rows))


def build_classes(**grades: int) -> pd.DataFrame:
    """Build the classes of one primary school: g1=2, g3=4."""
    return pd.DataFrame(
        {
            "school_id": 1,
            "stage": "primary",
            "grade": [int(name[1:]) for name in grades],
            "classes": list(grades.values()),
        }
    )


def test_the_lesson_plan_fills_the_week_of_the_curriculum() -> None:
    # SOURCE: 浙江省义务教育课程设置及比例 (2023): 26, 26, 30, 30, 30, 30 and 34 lessons a week.
    for stage, week in (("primary", [26, 26, 30, 30, 30, 30]), ("junior", [34, 34, 34])):
        lessons = [one.lessons[stage] for one in RULES.subjects if stage in one.lessons]
        assert np.sum(lessons, axis=0).tolist() == week


def test_shares_of_the_lesson_plan_are_those_of_the_national_curriculum() -> None:
    # SOURCE: 义务教育课程方案 (2022): 20–22 % Chinese, 13–15 % mathematics, 10–11 % PE.
    total = {
        one.code: sum(sum(lessons) for lessons in one.lessons.values()) for one in RULES.subjects
    }
    whole = sum(total.values())
    assert 20 <= 100 * total["chinese"] / whole <= 22
    assert 13 <= 100 * total["maths"] / whole <= 15
    assert 10 <= 100 * total["pe"] / whole <= 11


def test_demand_is_classes_by_lessons_by_load_and_class_teachers() -> None:
    demand = count_demand(build_classes(g1=2, g3=4), RULES).set_index("subject")["demand_posts"]
    # Chinese: (2 · 8 + 4 · 7) lessons at 14, and half a post for six of ten of the six classes.
    assert demand["chinese"] == pytest.approx(44 / 14 + 0.5 * 0.6 * 6)
    # PE: (2 · 4 + 4 · 3) at 18; a foreign language from grade 3: 4 · 3 at 18, a tenth of classes.
    assert demand["pe"] == pytest.approx(20 / 18)
    assert demand["foreign"] == pytest.approx(12 / 18 + 0.5 * 0.1 * 6)
    assert "society" not in demand.index


def test_a_stage_without_a_lesson_plan_needs_nobody() -> None:
    classes = build_classes(g1=2).assign(stage="senior")
    assert count_demand(classes, RULES).empty
    assert count_demand(build_classes(g1=0), RULES).empty


def test_a_teacher_of_two_subjects_fills_a_part_of_a_post_in_each() -> None:
    teachers = build_teachers(
        second_subject=["practice", None], second_pct=[25, None], post_pct=[100, 50]
    )
    supply = count_supply(teachers).set_index("subject")["supply_posts"]
    assert supply.to_dict() == pytest.approx({"chinese": 0.75 + 0.5, "practice": 0.25})


def test_whoever_is_not_needed_is_spare_and_has_no_cover() -> None:
    empty = pd.DataFrame(columns=["school_id", "stage", "subject", "demand_posts"])
    [row] = compare_posts(empty, count_supply(build_teachers()), RULES).to_dict("records")
    assert (row["missing_posts"], row["spare_posts"], row["level"]) == (0, 1, "none")
    assert np.isnan(row["cover_pct"])


@pytest.mark.parametrize(
    ("needed", "filled", "missing", "spare", "level"),
    [
        (10.0, 10.0, 0, 0, "none"),
        (10.5, 10.0, 0, 0, "none"),  # half a post is borne
        (10.51, 10.0, 1, 0, "none"),  # 95.1 % covered
        (10.6, 10.0, 1, 0, "yellow"),  # 94.3 %
        (11.6, 10.0, 2, 0, "yellow"),  # 86.2 %
        (12.0, 10.0, 2, 0, "red"),  # 83.3 %
        (9.0, 10.0, 0, 1, "none"),
        (9.01, 10.0, 0, 0, "none"),  # giving one would leave 9 of 9.01
    ],
)
def test_missing_and_spare_teachers_are_whole(
    needed: float, filled: float, missing: int, spare: int, level: str
) -> None:
    place = {"school_id": [1], "stage": "primary", "subject": "arts"}
    demand = pd.DataFrame({**place, "demand_posts": needed})
    supply = pd.DataFrame({**place, "supply_posts": filled})
    [row] = compare_posts(demand, supply, RULES).to_dict("records")
    assert (row["missing_posts"], row["spare_posts"], row["level"]) == (missing, spare, level)


posts = st.floats(0, 40).map(lambda n: round(n, 3))


@settings(max_examples=25)
@given(st.lists(st.tuples(posts, posts), min_size=1, max_size=8), st.randoms())
def test_what_is_over_and_under_is_the_difference_of_need_and_supply(
    pairs: list[tuple[float, float]], chance: object
) -> None:
    place = {"school_id": range(len(pairs)), "stage": "primary", "subject": "arts"}
    demand = pd.DataFrame({**place, "demand_posts": [one for one, _ in pairs]})
    supply = pd.DataFrame({**place, "supply_posts": [two for _, two in pairs]})
    told = compare_posts(demand, supply, RULES)
    assert ((told["missing_posts"] == 0) | (told["spare_posts"] == 0)).all()
    # A school that gives what it can spare keeps its need; one that gets what it misses bears it.
    after = told["supply_posts"] - told["spare_posts"] + told["missing_posts"]
    assert (after >= told["demand_posts"] - RULES.missing_from - 1e-6).all()
    given_away = told["spare_posts"] > 0
    assert (after[given_away] >= told["demand_posts"][given_away] - 1e-6).all()
    mixed = supply.sample(frac=1, random_state=chance.randint(0, 9))  # type: ignore[attr-defined]
    pd.testing.assert_frame_equal(compare_posts(demand, mixed, RULES), told)


def test_a_surplus_elsewhere_does_not_teach_here() -> None:
    posts_ = pd.DataFrame(
        {
            "stage": "primary",
            "subject": "arts",
            "school_id": [1, 2],
            "demand_posts": [4.0, 4.0],
            "supply_posts": [6.0, 2.0],
            "missing_posts": [0, 2],
            "spare_posts": [2, 0],
        }
    )
    [row] = sum_posts(posts_, RULES, by=["stage", "subject"]).to_dict("records")
    assert (row["missing_posts"], row["spare_posts"], row["short_schools"]) == (2, 2, 1)
    assert row["net_posts"] == 0 and row["cover_pct"] == 100 and row["level"] == "none"


def test_heads_are_counted_once_in_every_sort() -> None:
    teachers = build_teachers(
        sex=["female", "male", "male"],
        born_on=list(pd.to_datetime(["1996-04-01", "1996-03-31", "1970-01-01"])),
        degree=["college", "secondary", "strange"],
        title=["first", "senior", "full_senior"],
        at_school_since=list(pd.to_datetime(["2023-04-01", "2023-03-31", "1999-09-01"])),
    )
    heads = count_heads(describe_teachers(teachers, RULES, day=DAY), by=["stage"])
    counts = heads.set_index(["sort", "code"])["teachers"]
    sums = heads[~heads["sort"].str.startswith("is_")].groupby("sort")["teachers"].sum()
    assert set(sums) == {3}
    # 29 full years on the day before a birthday, 30 on it; three years at the school likewise
    assert counts["age"].to_dict() == {"0": 1, "30": 1, "50": 1}
    assert counts["tenure"].to_dict() == {"0": 1, "3": 1, "20": 1}
    assert counts["degree", "other"] == 1
    assert counts["is_qualified", "yes"] == 1  # college at a primary school; secondary is not
    assert counts["is_senior", "yes"] == 2


def test_intakes_and_departures_fall_into_their_school_year() -> None:
    teachers = build_teachers(
        entered_on=list(pd.to_datetime(["2023-08-31", "2023-09-01", "2010-09-01"])),
        left_on=[pd.NaT, pd.NaT, pd.Timestamp(2023, 12, 31)],
    )
    years = count_years(describe_teachers(teachers, RULES, day=DAY), range(2022, 2025), "08-31")
    told = years[years["sort"] == "all"].set_index("year")
    names = ["teachers", "entered_teachers", "left_teachers"]
    assert told.loc[2022, names].tolist() == [2, 1, 0]
    assert told.loc[2023, names].tolist() == [3, 1, 1]
    assert told.loc[2024, names].tolist() == [2, 0, 0]


def test_classes_ahead_need_those_who_have_not_retired() -> None:
    teachers = build_teachers(  # 55 in June 2026, put off by five months: November 2026
        born_on=list(pd.to_datetime(["1971-06-10", "1985-01-01"]))
    )
    retires = find_retirement_months(teachers, RULES)
    rules = RULES.model_copy(update={"leaves_pct": 10})
    left = count_remaining(
        teachers, retires, [2025, 2026, 2027], rules, base_year=2025, cutoff="08-31"
    )
    told = left.set_index("year")
    assert told["supply_posts"].tolist() == pytest.approx([2, 2 * 0.9, 1 * 0.81])
    assert told["retired_posts"].tolist() == [0, 0, 1]
    pupils = pd.DataFrame(
        {"school_id": 1, "stage": "primary", "grade": 1, "year": [2026, 2027], "pupils": [91, 90]}
    )
    classes = expect_classes(pupils, {"primary": 45})
    assert classes["classes"].tolist() == [3, 2]
    ahead = expect_posts(classes, left[left["year"] > 2025], rules)
    chinese = ahead[ahead["subject"] == "chinese"].set_index("year")
    assert chinese["demand_posts"].tolist() == pytest.approx([3 * 8 / 14 + 0.9, 2 * 8 / 14 + 0.6])
    # 2.614 of which 1.8 are filled; 1.743 of which 0.81 are
    assert chinese["missing_posts"].tolist() == [1, 1]


def test_schools_without_a_forecast_have_no_years_ahead() -> None:
    classes = pd.DataFrame(columns=["school_id", "stage", "grade", "year", "classes"])
    left = count_supply(build_teachers()).assign(year=2030, retired_posts=0.0)
    assert expect_posts(classes, left, RULES).empty


@settings(max_examples=20)
@given(st.lists(st.tuples(st.integers(1, 100), st.integers(0, 100)), min_size=1, max_size=6))
def test_posts_are_shared_out_without_loss(parts: list[tuple[int, int]]) -> None:
    teachers = build_teachers(
        post_pct=[post for post, _ in parts],
        second_subject=["arts" if share else None for _, share in parts],
        second_pct=[share or None for _, share in parts],
    )
    assert share_posts(teachers)["posts"].sum() == pytest.approx(sum(p for p, _ in parts) / 100)


def test_rules_that_name_what_is_not_there_are_refused() -> None:
    with pytest.raises(ValidationError, match="senior_from names chief"):
        TeacherRules(senior_from="chief")
    with pytest.raises(ValidationError, match="must rise"):
        TeacherRules(age_bands=[40, 30])
    named = {"code": "x", "name_zh": "某", "name_en": "X"}
    with pytest.raises(ValidationError, match="lessons without a load"):
        TeacherRules(subjects=[Subject(**named, lessons={"primary": [1]}, load={})])
    with pytest.raises(UsageError, match="lessons of 1 grades of stage primary, which has 6"):
        build_profile(
            teachers={"subjects": [{**named, "lessons": {"primary": [1]}, "load": {"primary": 9}}]}
        )
    assert TeacherRules(degrees=[Level(**named)], qualified_from={"primary": "x"}).degrees
