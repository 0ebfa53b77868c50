"""What registers tell already of schools, teachers and progression; numbers worked by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from catchments.profile import load_profile
from gis.settings import PROJECT_ROOT
from scenarios.academic_results.analysis import measure_progression, sum_stages
from scenarios.resource_distribution.analysis import judge_schools
from scenarios.school_development.analysis import measure_class_sizes, measure_development
from scenarios.student_growth.analysis import pivot_grades
from scenarios.teacher_analysis.facts import (
    average_indicators,
    list_teacher_indicators,
    measure_yearly,
)

OUHAI = load_profile(PROJECT_ROOT / "data" / "districts" / "ouhai" / "profile.toml")

SIZES = pd.DataFrame(
    [
        (1, "nine_year", "primary", 2021, 1500, 34),
        (1, "nine_year", "primary", 2025, 1800, 40),
        (1, "nine_year", "junior", 2025, 800, 16),
        (2, "primary", "primary", 2021, 500, 10),
        (2, "primary", "primary", 2025, 400, 10),
        (3, "kindergarten", "kindergarten", 2025, 90, 3),
    ],
    columns=["school_id", "kind", "stage", "year", "pupils", "classes"],
).assign(school_name_zh="学校", school_name_en="School")


def measure() -> pd.DataFrame:
    """Measure the schools above; school 2 meets its only indicator."""
    results = pd.DataFrame({"school_id": [2], "stage": ["primary"], "state": ["met"]})
    judged = judge_schools(results, OUHAI.balance.model_copy(update={"must_meet": 1}))
    return measure_development(SIZES, judged, OUHAI).set_index(["school_id", "stage"])


def test_growth_sets_the_newest_year_against_the_first() -> None:
    growth = measure()["growth_pct"]
    assert growth[(1, "primary")] == pytest.approx(20)  # 1500 → 1800
    assert growth[(2, "primary")] == pytest.approx(-20)  # 500 → 400
    assert growth.isna()[(1, "junior")]  # a stage that is new has not grown


def test_the_fastest_growing_school_stands_first() -> None:
    assert measure().index.tolist()[:2] == [(1, "primary"), (2, "primary")]


def test_the_size_of_a_school_counts_all_its_stages_with_standards() -> None:
    schools = measure()
    assert schools.loc[(1, "primary"), "school_pupils"] == 2600  # 1800 + 800
    assert schools.loc[(1, "primary"), "size_limit"] == 2500
    assert schools.loc[(3, "kindergarten"), "school_pupils"] == 0
    assert schools["size_limit"].isna()[(3, "kindergarten")]


def test_classes_are_averaged_over_the_pupils_of_a_stage() -> None:
    classes = measure_class_sizes(SIZES).set_index(["stage", "year"])["class_size"]
    assert classes[("primary", 2025)] == pytest.approx(2200 / 50)


def test_schools_without_results_are_not_judged() -> None:
    schools = measure()
    assert schools.loc[(2, "primary"), "met"] == 1
    assert schools["met"].isna()[(1, "primary")]


def test_teachers_are_those_indicators_that_count_teachers() -> None:
    codes = [one.code for one in list_teacher_indicators(OUHAI)]
    assert codes == ["qualified_teachers", "backbone_teachers", "pe_arts_teachers"]


def test_a_school_that_did_not_report_counts_neither_with_teachers_nor_pupils() -> None:
    results = pd.DataFrame(
        {
            "urban": [True, True, False],
            "indicator": "backbone_teachers",
            "pupils": [100, 900, 200],
            "value": [2.0, None, 1.0],
        }
    )
    means = average_indicators(results, by="urban")["backbone_teachers"]
    assert means[True] == pytest.approx(2.0)
    assert means[False] == pytest.approx(1.0)


def test_teachers_by_year_join_town_and_country() -> None:
    teachers = pd.DataFrame({"year": 2025, "pupils": [300, 100], "qualified_teachers": [15.0, 3.0]})
    # 18 teachers for 400 pupils
    years = measure_yearly(teachers, ["qualified_teachers"])
    assert years.to_numpy().tolist() == [[2025, 4.5]]


def test_progression_sums_schools_before_it_divides() -> None:
    schools = pd.DataFrame(
        {
            "school_id": [1, 2],
            "stage": "primary",
            "pupils": [200, 100],
            "classes": [5, 4],
            "began": [100, None],
            "continued": [98, None],
        }
    )
    assert measure_progression(schools)["progression_pct"].isna().tolist() == [False, True]
    stage = sum_stages(schools).iloc[0]
    assert stage["progression_pct"] == pytest.approx(98)
    assert stage["class_size"] == pytest.approx(300 / 9)


def test_grades_stand_below_each_other_and_years_side_by_side() -> None:
    grades = pd.DataFrame({"grade": [1, 1, 2], "year": [2024, 2025, 2025], "pupils": [5, 6, 7]})
    wide = pivot_grades(grades)
    assert wide.columns.tolist() == ["grade", "2024", "2025"]
    assert wide["2025"].tolist() == [6, 7]
    assert wide["2024"].isna().tolist() == [False, True]
