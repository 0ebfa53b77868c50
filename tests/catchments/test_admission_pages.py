"""The page of a child, made by hand: scores on paper, what stands in the way, locks, lots."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace

import pandas as pd
import pytest

from catchments.admission import admitting, placing
from catchments.admission.child_page import Background, Decision, Origin, School, SeatUse
from catchments.admission.facts import FACTS
from catchments.admission.pages import explain_child
from catchments.admission.ranking import draw_lot
from catchments.admission.rule_files import load_rules
from catchments.admission.workings import work_out_score
from layers.language import load_language
from scenarios.enrolment_warning.admission.page_words import word_page
from scenarios.enrolment_warning.admission.reason_words import REASONS
from scenarios.enrolment_warning.admission.score_words import word_working
from tests.admission_town import OTHER_RULES, RULES

CHINESE, ENGLISH = load_language("zh"), load_language("en")
OUHAI, OTHER = load_rules(RULES), load_rules(OTHER_RULES)
SCHOOLS = {
    1: School("A", "甲校", "School A"),
    2: School("B", "乙校", None),
    3: School("C", "丙校", "School C"),
}
ORIGIN = Origin(
    run_id=12,
    started_at=dt.datetime(2026, 6, 1, 8, 30, tzinfo=dt.UTC),
    district="court",
    district_name_zh="小镇",
    district_name_en="Town",
    stage="primary",
    stage_name_zh="小学",
    stage_name_en="Primary",
    year=2026,
    plan="statutory",
    plan_name_zh="现行施教区",
    plan_name_en=None,
    rules="ouhai_2026",
    rules_name_zh="规则",
    rules_name_en="Rules",
    rule_version=OUHAI.version,
    seed=7,
    code_version="0.1.0+abc",
    inputs_digest="0" * 64,
    data_date=dt.date(2026, 3, 31),
    synthetic=True,
)
# Seats 2 at each; A is full and turned two away, B has one seat left and C two.
CUTS = pd.DataFrame(
    [
        (1, "both_inside", 1, 2, 3, 2, 1, 0, 0, 218.13, 120.5),
        (1, "one_inside", 2, 2, 1, 0, 1, 0, 0, None, 80.0),
        (2, "both_inside", 1, 2, 1, 1, 0, 0, 1, 90.0, None),
        (3, "both_inside", 1, 2, 0, 0, 0, 0, 1, None, None),
    ],
    columns=[
        *("school_id", "batch", "place", "seats", "children", "seated", "placed_elsewhere"),
        *("exceptions", "placed_here", "last_score", "first_unseated_score"),
    ],
)
FLAGS = {name: False for name, fact in FACTS.items() if fact.kind == "flag"}


def make_row(**changes):
    """Return a result: registered and owning inside A, seated there first."""
    row = {
        **dict.fromkeys(FACTS),
        **FLAGS,
        "child_id": 1,
        "child_code": "c01",
        "household_code": "h01",
        "born_on": dt.date(2019, 11, 30),
        "outcome": "seated",
        "school_id": 1,
        "reason": None,
        "detail": None,
        "zone_school_id": 1,
        "zone_basis": "registered",
        "batch": "both_inside",
        "score": 218.13,
        "position": 1,
        "tie_broken_by": None,
        "lot": None,
        "walk_distance_m": None,
        "local": True,
        "registered_inside": True,
        "owns_inside": True,
        "owned_area_m2": 89.5,
        "property_since": dt.date(2015, 6, 1),
        "certificate_on": dt.date(2015, 6, 1),
        "registered_since": dt.date(2019, 3, 5),
        "registered_unit_id": 11,
        "owned_unit_id": 11,
        "residence_unit_id": 11,
        "building_id": 5,
        "locked_until": None,
    }
    return {**row, **changes}


def explain(row=None, rules=OUHAI, **options):
    return explain_child(
        row or make_row(), rules.stages["primary"], CUTS, SCHOOLS, ORIGIN, **options
    )


def say(page, title, language=CHINESE):
    """Return one section of a worded page as text."""
    [section] = [one for one in word_page(page, language).sections if one.title.startswith(title)]
    rows = [*section.rows, section.head, *section.table, section.notes]
    return "\n".join(" | ".join(row) for row in rows)


# -- scores ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "working"),
    [
        # 5 March 2019 to 5 May 2026: 7 years and 2 months; 15 days remain.
        ("2019-03-05", "2019-03-05 → 2026-05-20: 86 months 15 days = 86 + 15/30 = 86.50"),
        ("2026-05-20", "2026-05-20 → 2026-05-20: 0 months 0 days = 0 + 0/30 = 0.00"),
        ("2026-05-19", "2026-05-19 → 2026-05-20: 0 months 1 days = 0 + 1/30 ≈ 0.03"),
        # 31 January: April has no 31st, its month is full on the 30th; 20 days remain.
        ("2026-01-31", "2026-01-31 → 2026-05-20: 3 months 20 days = 3 + 20/30 ≈ 3.67"),
        # 29 February 2020 to 29 April 2026: 74 months; 21 days remain.
        ("2020-02-29", "2020-02-29 → 2026-05-20: 74 months 21 days = 74 + 21/30 = 74.70"),
    ],
)
def test_a_date_is_worked_out_as_on_paper(since, working):
    row = make_row(registered_since=dt.date.fromisoformat(since))
    score = explain(row).score
    assert word_working(score.terms[1], score, ENGLISH) == working


def test_the_sum_of_the_terms_is_the_score():
    told = say(explain(), "得分")
    assert "131 个月 19 天 = 131 + 19/30 ≈ 131.63" in told
    assert "合计 |  | 218.13" in told
    assert "报名首日2026年5月20日" in told


def test_a_part_is_rounded_before_it_is_weighted_else_the_sum_is():
    # Own rules: property counts twice, days ÷ 31, one decimal, the sum cut off.
    # 2015-06-01 → 2026-06-01: 132 months. 2019-03-05 → 2026-06-01: 86 months 27 days.
    # 2 × 132 + 86 + 27/31 = 350.870… → 350.8.
    score = explain(
        make_row(batch="home_owners", score=350.8, owned_use="residential"), OTHER
    ).score
    workings = [word_working(term, score, ENGLISH) for term in score.terms]
    assert workings[0].endswith("132 months 0 days = 2 × (132 + 0/31) = 264.0000")
    assert workings[1].endswith("86 months 27 days = 86 + 27/31 ≈ 86.8710")
    assert (str(score.total), score.agrees) == ("350.8", True)
    rounded = replace(OTHER.stages["primary"].scores["owning"], round_each=True)
    worked = work_out_score(
        make_row(property_since=dt.date(2015, 6, 15)),
        rounded,
        OTHER.stages["primary"].opens_on,
        None,
    )
    # 131 months 17 days: 131.54… is cut to 131.5 and doubled.
    assert word_working(worked.terms[0], worked, ENGLISH).endswith(
        "131 months 17 days = 131 + 17/31 ≈ 131.5, × 2 = 263.0"
    )


def test_a_term_that_does_not_count_says_why():
    row = make_row(batch="one_inside", registered_inside=False, score=131.63)
    told = say(explain(row), "得分")
    assert "不计：不符合“户籍在施教区内”" in told
    assert "合计 |  | 131.63" in told


def test_a_missing_date_leaves_the_score_to_a_person():
    row = make_row(
        outcome="exception",
        school_id=None,
        reason="missing_fact",
        detail="property_since",
        property_since=None,
        score=None,
        position=None,
    )
    page = explain(row)
    assert (page.score.total, page.score.agrees) == (None, True)
    assert "不详：由人决定" in say(page, "得分")
    assert "房产起算日" in word_page(page, CHINESE).because


def test_a_score_that_another_program_stored_is_told():
    told = say(explain(make_row(score=200.0)), "得分")
    assert "运行保存的得分为 200.00" in told


# -- batches -----------------------------------------------------------------------------


def test_only_what_stands_in_the_way_is_blamed():
    page = explain(make_row(batch="one_inside", owned_area_m2=18.0))
    first, second, *later = page.batches
    # Registered and owning hold; of the two alternatives about the area neither does.
    assert [one.fact for one in first.answers] == ["owned_area_m2", "owned_area_m2"]
    assert second.verdict == "met" and all(one.serves for one in second.answers)
    assert [one.verdict for one in later] == ["not_asked", "not_asked"]
    assert "房产面积不少于20平方米：18 m²" in say(page, "批次")


def test_a_child_ranked_later_for_its_locked_dwelling_says_so():
    row = make_row(batch="all_others", score=86.0, owned_use="residential", dwelling_locked=True)
    verdicts = [one.verdict for one in explain(row, OTHER).batches]
    assert verdicts == ["locked", "met"]


def test_a_child_in_no_batch_meets_none():
    page = explain(
        make_row(
            zone_school_id=None,
            batch=None,
            score=None,
            zone_basis=None,
            outcome="exception",
            school_id=None,
            reason="no_catchment",
        )
    )
    assert page.batches == () and page.batch is None and page.score is None
    assert page.standing is None and page.lock is None and page.placement is None


# -- order, lots, locks ------------------------------------------------------------------


def test_a_lot_can_be_drawn_again_from_what_the_page_says():
    lot = draw_lot(7, "h01", "2019-11-30")
    page = explain(make_row(tie_broken_by="lot", lot=lot))
    assert page.lot.text == "7:h01:2019-11-30"
    assert hashlib.sha256(page.lot.text.encode()).hexdigest().startswith(page.lot.lot)
    assert [tie.fact for tie in page.ties if tie.decided] == [None]
    assert "printf %s '7:h01:2019-11-30' | sha256sum" in say(page, "同分")


def test_a_page_without_a_tie_has_no_section_of_ties():
    assert "同分排序" not in [one.title for one in word_page(explain(), CHINESE).sections]


def test_the_cut_line_stands_beside_the_place_of_the_child():
    row = make_row(
        batch="one_inside",
        owns_inside=False,
        score=86.5,
        position=4,
        outcome="placed",
        school_id=3,
        walk_distance_m=900.0,
    )
    page = explain(row)
    assert (page.standing.earlier_seated, page.standing.seated, page.standing.children) == (2, 0, 1)
    told = say(page, "录取线")
    assert "位次 4 超出学位数 2" in told and "首位未录取得分 | 80.00" in told


def test_the_year_of_the_other_family_follows_from_the_stored_result_alone():
    row = make_row(
        dwelling_locked=True,
        locked_until=2029,
        position=None,
        outcome="placed",
        school_id=3,
        walk_distance_m=900.0,
    )
    page = explain(row)
    assert (page.lock.used_year, page.lock.years, page.lock.uses) == (2023, 6, ())
    told = say(page, "One dwelling", ENGLISH)
    assert "Taken by another family until 2028" in told
    uses = (SeatUse(SCHOOLS[1], 2023, same_family=False),)
    told = say(explain(row, background=Background({11: "330304"}, uses)), "One dwelling", ENGLISH)
    assert "2023, School A, another family" in told and "330304" in told


# -- placement ---------------------------------------------------------------------------


def place(**options):
    row = make_row(
        batch="one_inside",
        score=80.0,
        position=4,
        outcome="placed",
        school_id=3,
        walk_distance_m=900.0,
    )
    walk_m = {1: 10.0, 2: 400.0, 3: 900.0}
    return explain(row, background=Background(walk_m=walk_m, **options)).placement


def test_schools_without_seats_left_are_no_candidates():
    found = place()
    assert [(one.school.code, one.seats_left) for one in found.candidates] == [("B", 1), ("C", 2)]
    assert (found.seats_left, found.why) == (3, "least_total")


def test_a_child_that_follows_its_sibling_says_so():
    assert place(sibling_school_ids=frozenset({3})).why == "sibling"


def test_the_school_chosen_is_shown_however_far(monkeypatch):
    monkeypatch.setattr("catchments.admission.pages.NEAREST", 1)
    assert [one.is_chosen for one in place().candidates] == [False, True]


# -- what a person decides ---------------------------------------------------------------


def test_every_reason_of_an_exception_has_words_in_both_languages():
    reasons = {
        value
        for module in (admitting, placing)
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str) and value.islower()
    } - {admitting.SEATED, admitting.PLACED, admitting.EXCEPTION, "lot"}
    assert reasons == set(REASONS)
    for reason in reasons:
        detail = {"twins_parted": "3"}.get(reason)
        row = make_row(outcome="exception", school_id=None, reason=reason, detail=detail)
        assert word_page(explain(row), ENGLISH).because.startswith(REASONS[reason][1])
        assert word_page(explain(row), CHINESE).because != REASONS[reason][1]


def test_parted_twins_name_the_school_of_the_other():
    row = make_row(outcome="exception", school_id=None, reason="twins_parted", detail="3")
    assert word_page(explain(row), ENGLISH).because.endswith("(School C)")


def test_the_last_decision_stands_at_the_top_with_its_reason():
    at = dt.datetime(2026, 8, 1, 9, 0, tzinfo=dt.UTC)
    made = Decision(SCHOOLS[2], "papers seen", "Wang", at)
    page = explain(decisions=(made,))
    worded = word_page(page, ENGLISH)
    assert (worded.result, worded.because) == ("乙校", "Decided by an officer: papers seen")
    assert "1 August 2026 09:00 UTC | 乙校 | papers seen | Wang" in say(page, "Decisions", ENGLISH)
    withdrawn = explain(decisions=(made, Decision(None, "an error", "Wang", at)))
    assert word_page(withdrawn, ENGLISH).result == "School A"


# -- facts and origin --------------------------------------------------------------------


def test_every_fact_names_its_register_and_row():
    found = {one.fact: one for one in explain(background=Background({11: "330304"})).facts}
    assert set(found) == set(FACTS)
    assert (found["property_since"].register, found["property_since"].register_row) == (
        "property_certificate",
        "330304",
    )
    assert found["points"].register_row == "h01" and found["born_on"].register_row == "c01"
    gone = {one.fact: one for one in explain().facts}
    assert gone["property_since"].register_row == "id 11"


def test_the_page_says_from_which_run_rules_and_data_it_comes():
    told = say(explain(), "Where this comes from", ENGLISH)
    for wanted in ("12 · 1 June 2026 08:30 UTC", OUHAI.version, "31 March 2026", "0.1.0+abc"):
        assert wanted in told
    assert word_page(explain(), CHINESE).mark == "模拟数据"
    assert word_page(explain(), CHINESE).foot.startswith("儿童 c01 · 运行 12")
