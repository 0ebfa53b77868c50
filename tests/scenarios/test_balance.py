"""Quality balance (教督〔2017〕6号): per-pupil standards, 6 of 7, and variation between schools."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catchments.profile import load_profile
from gis.settings import PROJECT_ROOT
from scenarios.resource_distribution.analysis import (
    assess_schools,
    assess_variation,
    judge_schools,
    measure_variation,
)

OUHAI = load_profile(PROJECT_ROOT / "data" / "districts" / "ouhai" / "profile.toml").balance
FACTS = {one.code: one.fact for one in OUHAI.indicators}

# The worked example of the standard: five schools and their books.
PUPILS = np.array([45, 37, 89, 76, 55])
BOOKS = np.array([279, 137, 935, 160, 402])


def build_school(
    kind: str, pupils: dict[str, int], *, school_id: int = 1, **amounts: float | None
) -> pd.DataFrame:
    """Return the facts of one school, just at the primary standard of 100 pupils if not given."""
    whole = {
        "qualified_teachers": 4.2,
        "backbone_teachers": 1.0,
        "pe_arts_teachers": 0.9,
        "teaching_area_m2": 450.0,
        "sports_area_m2": 750.0,
        "equipment_yuan": 200_000.0,
        "multimedia_classrooms": 2.3,
        **amounts,
    }
    rows = [{"stage": stage, "pupils": count, **whole} for stage, count in pupils.items()]
    return (
        pd.DataFrame(rows)
        .assign(school_id=school_id, kind=kind)
        .astype(dict.fromkeys(whole, float))
    )


def get_values(facts: pd.DataFrame, indicator: str) -> dict[str, float]:
    """Return the value of one indicator by stage."""
    results = assess_schools(facts, OUHAI)
    chosen = results[results["indicator"] == indicator]
    return dict(zip(chosen["stage"], chosen["value"], strict=True))


def judge(facts: pd.DataFrame) -> pd.Series:
    """Judge the one school and stage of `facts`."""
    judged = judge_schools(assess_schools(facts, OUHAI), OUHAI)
    assert len(judged) == 1
    return judged.iloc[0]


# -- variation --------------------------------------------------------------------------


def test_worked_example_of_the_standard():
    assert measure_variation(BOOKS / PUPILS, PUPILS) == pytest.approx(0.5153, abs=5e-5)


def test_unweighted_variants_give_the_wrong_numbers_they_are_known_for():
    values = BOOKS / PUPILS
    assert np.std(values) / values.mean() == pytest.approx(0.489, abs=5e-4)
    assert np.std(values, ddof=1) / values.mean() == pytest.approx(0.546, abs=5e-4)
    assert measure_variation(values, np.ones(5)) == pytest.approx(0.489, abs=5e-4)


def test_equal_schools_do_not_vary():
    assert measure_variation(np.full(5, 6.2), PUPILS) == pytest.approx(0)


def test_one_school_does_not_vary():
    assert measure_variation(np.array([6.2]), np.array([45])) == 0


def test_school_without_pupils_carries_no_weight():
    with_empty = measure_variation(np.append(BOOKS / PUPILS, 1e6), np.append(PUPILS, 0))
    assert with_empty == pytest.approx(0.5153, abs=5e-5)


def test_school_that_reports_nothing_is_left_out():
    with_silent = measure_variation(np.append(BOOKS / PUPILS, np.nan), np.append(PUPILS, 500))
    assert with_silent == pytest.approx(0.5153, abs=5e-5)


@pytest.mark.parametrize(
    ("values", "pupils"),
    [([], []), ([6.2], [0]), ([np.nan], [45]), ([0.0, 0.0], [45, 37])],
    ids=["no school", "no pupils", "nothing reported", "nothing there"],
)
def test_variation_of_nothing_is_not_a_number(values, pupils):
    assert np.isnan(measure_variation(np.array(values, float), np.array(pupils, float)))


@settings(deadline=None, max_examples=60)
@given(
    schools=st.lists(st.tuples(st.floats(0.1, 100), st.integers(1, 3000)), min_size=2, max_size=8),
    factor=st.floats(0.1, 1000),
    seed=st.integers(0, 2**32 - 1),
)
def test_variation_knows_neither_unit_nor_order_and_a_school_may_be_split(schools, factor, seed):
    values, pupils = map(np.array, zip(*schools, strict=True))
    variation = measure_variation(values, pupils)
    order = np.random.default_rng(seed).permutation(len(values))
    assert measure_variation(factor * values[order], pupils[order]) == pytest.approx(
        variation, rel=1e-6, abs=1e-9
    )
    # two halves of a school, alike per pupil, are the same pupils as the whole
    halves = measure_variation(np.append(values, values[0]), np.append(pupils, pupils[0]))
    doubled = pupils.copy()
    doubled[0] *= 2
    assert halves == pytest.approx(measure_variation(values, doubled), rel=1e-6, abs=1e-9)


# -- schools ----------------------------------------------------------------------------


def test_school_at_every_standard_meets_all_seven():
    judged = judge(build_school("primary", {"primary": 100}))
    assert (judged["met"], judged["passed"]) == (7, True)


def test_value_is_stated_per_pupil_or_per_hundred_pupils():
    facts = build_school("primary", {"primary": 500}, qualified_teachers=21, teaching_area_m2=2500)
    assert get_values(facts, "qualified_teachers") == {"primary": pytest.approx(4.2)}
    assert get_values(facts, "teaching_area") == {"primary": pytest.approx(5.0)}


@pytest.mark.parametrize(
    ("area_m2", "state", "passed"),
    [
        (450.0, "met", True),  # 4.5 m² a pupil
        (449.9, "near", True),
        (382.5, "near", True),  # 85 % of 4.5 is 3.825
        (382.4, "failed", False),
        (0.0, "failed", False),
        (None, "missing", False),
    ],
)
def test_one_indicator_may_fall_short_down_to_85_per_cent(area_m2, state, passed):
    facts = build_school("primary", {"primary": 100}, teaching_area_m2=area_m2)
    results = assess_schools(facts, OUHAI).set_index("indicator")
    assert results.loc["teaching_area", "state"] == state
    assert judge(facts)["passed"] == passed


def test_two_indicators_at_85_per_cent_are_one_too_many():
    judged = judge(
        build_school("primary", {"primary": 100}, teaching_area_m2=400.0, sports_area_m2=700.0)
    )
    assert (judged["met"], judged["near"], judged["passed"]) == (5, 2, False)


def test_school_without_pupils_is_not_assessed():
    facts = pd.concat(
        [
            build_school("primary", {"primary": 0}),
            build_school("nine_year", {"primary": 100, "junior": 0}, school_id=2),
        ]
    )
    results = assess_schools(facts, OUHAI)
    assert set(zip(results["school_id"], results["stage"], strict=True)) == {(2, "primary")}
    # the stage that has pupils has all that the school has
    assert set(results["state"]) == {"met"}


def test_nine_year_school_shares_its_resources_one_to_one_point_one():
    # 110 primary and 100 junior pupils weigh 110 · 1 and 100 · 1.1: half of 1210 m² each,
    # 605 / 110 = 5.5 and 605 / 100 = 6.05 m² a pupil
    facts = build_school("nine_year", {"primary": 110, "junior": 100}, teaching_area_m2=1210)
    assert get_values(facts, "teaching_area") == {
        "primary": pytest.approx(5.5),
        "junior": pytest.approx(6.05),
    }


def test_junior_pupil_of_a_nine_year_school_gets_a_tenth_more():
    facts = build_school("nine_year", {"primary": 731, "junior": 244}, teaching_area_m2=5000)
    values = get_values(facts, "teaching_area")
    assert values["junior"] / values["primary"] == pytest.approx(1.1)
    assert 731 * values["primary"] + 244 * values["junior"] == pytest.approx(5000)


def test_full_secondary_and_twelve_year_schools_share_with_their_senior_pupils():
    # 600 + 500 · 1.2 = 1200: half of 12000 m² for 600 junior pupils; seniors have no standard
    secondary = build_school(
        "full_secondary", {"junior": 600, "senior": 500}, teaching_area_m2=12e3
    )
    assert get_values(secondary, "teaching_area") == {"junior": pytest.approx(10.0)}
    # 100 + 110 + 132 = 342
    twelve = build_school(
        "twelve_year", {"primary": 100, "junior": 100, "senior": 100}, teaching_area_m2=342
    )
    assert get_values(twelve, "teaching_area") == {
        "primary": pytest.approx(1.0),
        "junior": pytest.approx(1.1),
    }


def test_stages_have_their_own_standards():
    junior = assess_schools(build_school("junior", {"junior": 100}), OUHAI)
    assert dict(zip(junior["indicator"], junior["standard"], strict=True)) == {
        "qualified_teachers": 5.3,
        "backbone_teachers": 1,
        "pe_arts_teachers": 0.9,
        "teaching_area": 5.8,
        "sports_area": 10.2,
        "equipment": 2500,
        "multimedia_classrooms": 2.4,
    }


def test_schools_of_other_stages_are_not_assessed():
    assert assess_schools(build_school("kindergarten", {"kindergarten": 90}), OUHAI).empty


def test_variation_is_set_against_the_limit_of_its_stage():
    # books per pupil become square metres: CV 0.5153 lies above 0.50
    facts = pd.concat(
        [
            build_school(
                "primary", {"primary": int(count)}, school_id=number, teaching_area_m2=area
            )
            for number, (count, area) in enumerate(zip(PUPILS, BOOKS.astype(float), strict=True))
        ],
        ignore_index=True,
    )
    variations = assess_variation(assess_schools(facts, OUHAI), OUHAI).set_index("indicator")
    area = variations.loc["teaching_area"]
    assert area["variation"] == pytest.approx(0.5153, abs=5e-5)
    assert (area["limit"], area["met"], area["schools"]) == (0.50, False, 5)


def test_indicator_that_nobody_reports_has_no_variation():
    facts = build_school("primary", {"primary": 100}, teaching_area_m2=None)
    variations = assess_variation(assess_schools(facts, OUHAI), OUHAI).set_index("indicator")
    silent = variations.loc["teaching_area"]
    assert silent["schools"] == 0
    assert pd.isna(silent["variation"]) and pd.isna(silent["met"])
