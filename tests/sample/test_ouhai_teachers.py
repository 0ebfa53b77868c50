"""Teachers of the sample: one number, one source, and the planted shortage is found again."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from catchments.profile import load_profile
from catchments.teachers.posts import compare_posts, count_demand, count_supply, sum_posts
from catchments.teachers.staff import describe_teachers
from data.districts.ouhai.sample.teachers import PE_ARTS, PLANTED, find_planted_area
from gis.settings import PROJECT_ROOT
from tests.sample.register import Tables

OUHAI = load_profile(PROJECT_ROOT / "data" / "districts" / "ouhai" / "profile.toml")
YEAR = 2025


@pytest.fixture(scope="module")
def serving(small: Tables) -> pd.DataFrame:
    """Return the teachers in service, described."""
    teachers = small["teacher"]
    serving = teachers[teachers["left_on"].isna()].rename(columns={"school_code": "school_id"})
    return describe_teachers(serving, OUHAI.teachers, day=OUHAI.data_date)


def test_teachers_are_as_many_as_the_resources_of_their_school_tell(
    small: Tables, serving: pd.DataFrame
) -> None:
    facts = small["resource_fact"]
    facts = facts[facts["year"] == YEAR].set_index("school_code")
    counted = {
        "qualified_teachers": serving[serving["is_qualified"]],
        "backbone_teachers": serving[serving["is_backbone"]],
        "pe_arts_teachers": serving[serving["subject"].isin(PE_ARTS)],
    }
    assert set(serving["school_id"]) == set(facts.index)
    for name, teachers in counted.items():
        told = teachers["school_id"].value_counts().reindex(facts.index, fill_value=0)
        reported = facts[name].dropna()
        pd.testing.assert_series_equal(
            told[reported.index].astype(float), reported, check_names=False
        )


def test_the_planted_subject_is_short_in_the_planted_area_as_nowhere_else(
    small: Tables, serving: pd.DataFrame
) -> None:
    enrolment = small["enrolment"]
    classes = enrolment[enrolment["year"] == YEAR].rename(columns={"school_code": "school_id"})
    rules = OUHAI.teachers
    posts = compare_posts(count_demand(classes, rules), count_supply(serving), rules)
    area = small["school"].set_index("code")["subdistrict_code"]
    posts["area"] = posts["school_id"].map(area)
    told = sum_posts(posts, rules, by=["area", "subject"])
    # Where few posts are needed at all, one teacher more or less is chance.
    told = told[told["demand_posts"] >= 3]
    worst = told.loc[told["cover_pct"].idxmin()]
    assert (worst["area"], worst["subject"]) == (
        find_planted_area(small["school"]),
        PLANTED.subject,
    )
    assert worst["level"] == "red"


def test_lives_of_teachers_are_in_order(small: Tables) -> None:
    teachers = small["teacher"]
    assert teachers["code"].is_unique
    age = (teachers["entered_on"] - teachers["born_on"]).dt.days / 365.25
    assert age.between(20, 46).all()
    assert (teachers["at_school_since"] >= teachers["entered_on"]).all()
    left = teachers["left_on"].dropna()
    assert sorted(left.dt.year.unique()) == [2021, 2022, 2023, 2024, 2025]
    second = teachers["second_subject"].notna()
    assert (second == teachers["second_pct"].notna()).all()
    assert (teachers["second_subject"] != teachers["subject"]).all()


def test_pupils_stand_before_about_as_many_teachers_as_in_life(
    small: Tables, serving: pd.DataFrame
) -> None:
    enrolment = small["enrolment"]
    pupils = enrolment[enrolment["year"] == YEAR].groupby("stage")["pupils"].sum()
    ratio = pupils[["primary", "junior"]] / serving["stage"].value_counts()
    assert 14 < ratio["primary"] < 21 and 10 < ratio["junior"] < 16
    assert np.isclose(serving["sex"].eq("female").mean(), 0.72, atol=0.1)
