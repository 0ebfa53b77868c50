"""The verdict of the national assessment: passes, does not, or cannot be said, and why."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from layers.language import load_language
from scenarios.resource_distribution.analysis import (
    assess_schools,
    assess_variation,
    judge_schools,
    select_stage,
)
from scenarios.resource_distribution.panel import say_finding
from scenarios.resource_distribution.verdict import (
    Verdict,
    judge_stages,
    list_reasons,
    say_verdict,
    sum_verdicts,
)
from tests.scenarios.balance_facts import OUHAI, PROFILE, build_primary


def judge(rows: list[dict[str, Any]]) -> list[Verdict]:
    results = assess_schools(build_primary(rows), OUHAI)
    variations = assess_variation(results, OUHAI)
    return judge_stages(results, judge_schools(results, OUHAI), variations, OUHAI)


def test_schools_at_the_standard_pass():
    (verdict,) = judge([{}, {"pupils": 300}])
    assert verdict == Verdict("primary", 2, 2, 0, 0, (), ())
    assert verdict.code == "passed"


def test_one_school_that_fails_fails_the_district():
    (verdict,) = judge([{}, {"equipment_yuan": 0.0}])
    assert (verdict.passing, verdict.failing, verdict.code) == (1, 1, "not_passed")


def test_schools_that_all_pass_may_still_differ_too_much():
    # 4.5 m² a pupil at one school and 20 at the other, alike in size: mean 12.25,
    # CV = 7.75 / 12.25 = 0.633 > 0.50
    (verdict,) = judge([{}, {"teaching_area_m2": 20_000.0}])
    assert (verdict.passing, verdict.uneven, verdict.code) == (2, ("teaching_area",), "not_passed")


@pytest.mark.parametrize(
    ("school", "told"),
    [
        ({"equipment_yuan": None}, "unknown"),  # six are met, the seventh decides
        ({"equipment_yuan": None, "sports_area_m2": 7_000.0}, "unknown"),  # 93 %: may be the one
        (
            {"equipment_yuan": None, "sports_area_m2": 0.0},
            "not_passed",
        ),  # fails whatever is missing
        (
            {"equipment_yuan": None, "sports_area_m2": 7_000.0, "teaching_area_m2": 4_000.0},
            "not_passed",  # two at 85 % already
        ),
    ],
)
def test_what_is_not_reported_is_not_met_and_decides_only_where_the_rest_leaves_it_open(
    school, told
):
    facts = build_primary([{}, school])
    judged = judge_schools(assess_schools(facts, OUHAI), OUHAI).set_index("school_id")
    assert judged.loc[1, "verdict"] == told
    assert not judged.loc[1, "passed"]
    (verdict,) = judge([{}, school])
    assert verdict.code == told


def test_a_district_without_schools_of_a_stage_cannot_be_judged():
    assert sum_verdicts(judge([{"pupils": 0}])) == "unknown"


def test_one_school_does_not_differ_from_itself():
    (verdict,) = judge([{}])
    assert verdict.code == "passed"


def test_rules_of_one_stage_leave_out_the_others():
    facts = pd.concat(
        [
            build_primary([{"kind": "nine_year"}]),
            build_primary([{"kind": "nine_year"}]).assign(stage="junior"),
        ]
    )
    only = select_stage(OUHAI, "junior")
    results = assess_schools(facts, only)
    assert set(results["stage"]) == {"junior"}
    both = assess_schools(facts, OUHAI)
    pd.testing.assert_frame_equal(
        results.reset_index(drop=True), both[both["stage"] == "junior"].reset_index(drop=True)
    )


@pytest.mark.parametrize("code", ["zh", "en"])
def test_the_verdict_is_said_with_its_reasons(code):
    language = load_language(code)
    verdicts = [
        Verdict("junior", 4, 3, 0, 1, (), ()),
        Verdict("primary", 8, 5, 3, 0, ("equipment",), ()),
    ]
    reasons = list_reasons(verdicts, PROFILE, language)
    if code == "zh":
        assert say_verdict(verdicts, language) == "资源配置未达到国家优质均衡评估要求"
        assert reasons == [
            "小学：8所学校中3所未达标；教学仪器设备值校际差异过大",
            "初中：1所学校上报不足",
        ]
    else:
        assert reasons[0] == (
            "Primary: 3 of 8 schools do not pass; schools differ too much in"
            " Teaching equipment value"
        )
    assert "national" in say_verdict([], load_language("en")) or sum_verdicts([]) == "unknown"


def test_a_school_that_reports_too_little_is_not_said_to_miss_the_standard() -> None:
    judged = pd.DataFrame({"verdict": ["passed", "not_passed", "unknown"]})
    variations = pd.DataFrame({"met": [True]})
    title, _ = say_finding(judged, variations, 2025, load_language("en"))
    assert title == "1 of 3 schools misses the resource standard"
