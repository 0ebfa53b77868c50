"""Statutory retirement: lines of the published table, worked by month."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catchments.profile import load_profile
from catchments.teachers.retirement import (
    NEVER,
    find_retirement_months,
    is_in_service,
    write_month,
)
from gis.settings import PROJECT_ROOT

RULES = load_profile(PROJECT_ROOT / "data" / "districts" / "ouhai" / "profile.toml").teachers


def find_month(sex: str, born: str, title: str = "first") -> str:
    """Return the month in which one teacher retires."""
    teacher = pd.DataFrame({"sex": [sex], "born_on": pd.to_datetime([born]), "title": [title]})
    return write_month(int(find_retirement_months(teacher, RULES)[0]))


# SOURCE: 男职工延迟法定退休年龄对照表, annex of the rules of 13 September 2024.
@pytest.mark.parametrize(
    ("born", "retires"),
    [
        ("1964-12-31", "2024-12"),  # 60 before the rules began
        ("1965-01-01", "2025-02"),  # 60 years 1 month
        ("1965-04-30", "2025-05"),
        ("1965-05-01", "2025-07"),  # 60 years 2 months
        ("1968-12-15", "2029-12"),  # 61 years
        ("1972-12-15", "2034-12"),  # 62 years
        ("1976-08-31", "2039-07"),  # 62 years 11 months
        ("1976-09-01", "2039-09"),  # 63 years
        ("1990-01-01", "2053-01"),
    ],
)
def test_men_retire_by_the_published_table(born: str, retires: str) -> None:
    assert find_month("male", born) == retires


# SOURCE: 原法定退休年龄五十五周岁的女职工延迟法定退休年龄对照表, the same annex.
@pytest.mark.parametrize(
    ("born", "retires"),
    [
        ("1969-12-31", "2024-12"),
        ("1970-01-01", "2025-02"),  # 55 years 1 month
        ("1973-12-01", "2029-12"),  # 56 years
        ("1981-08-31", "2039-07"),  # 57 years 11 months
        ("1981-09-01", "2039-09"),  # 58 years
    ],
)
def test_women_retire_by_the_published_table(born: str, retires: str) -> None:
    assert find_month("female", born) == retires


def test_women_with_a_senior_title_retire_as_men_do() -> None:
    assert find_month("female", "1970-01-01", "senior") == find_month("male", "1970-01-01")
    assert find_month("female", "1970-01-01", "full_senior") == find_month("male", "1970-01-01")
    assert find_month("female", "1970-01-01", "unheard of") == "2025-02"


def test_nobody_retires_whom_no_group_holds() -> None:
    teacher = pd.DataFrame({"sex": ["female"], "born_on": pd.to_datetime(["1950-01-01"]),
                            "title": ["first"]})  # fmt: skip
    bare = RULES.model_copy(
        update={"retirement": RULES.retirement.model_copy(update={"groups": []})}
    )
    assert find_retirement_months(teacher, bare).tolist() == [NEVER]
    assert is_in_service(find_retirement_months(teacher, bare), 2100, "08-31").all()


def test_who_retires_by_august_is_not_there_in_the_new_school_year() -> None:
    months = np.array([12 * 2026 + 7, 12 * 2026 + 8])  # August, September 2026
    assert is_in_service(months, 2026, "08-31").tolist() == [False, True]


@settings(max_examples=25)
@given(st.dates(pd.Timestamp(1955, 1, 1).date(), pd.Timestamp(2003, 1, 1).date()))
def test_the_delay_grows_with_the_month_of_birth_and_ends_at_three_years(born: object) -> None:
    day = pd.Timestamp(born)  # type: ignore[arg-type]
    for sex, age in (("male", 60), ("female", 55)):
        teachers = pd.DataFrame(
            {"sex": sex, "born_on": [day, day + pd.DateOffset(months=1)], "title": "first"}
        )
        one, next_ = find_retirement_months(teachers, RULES)
        delay = one - (12 * day.year + day.month - 1 + 12 * age)
        assert 0 <= delay <= 36
        assert next_ - one in (1, 2)
