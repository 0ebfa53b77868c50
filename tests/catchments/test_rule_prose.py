"""Rules in prose: complete, the same each time, with the days and numbers themselves."""

from __future__ import annotations

import datetime as dt
import doctest
import importlib
import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catchments.admission.comparisons import Flag
from catchments.admission.facts import FACTS
from catchments.admission.prose import explain_stage, write_prose
from catchments.admission.prose_words import round_score, work_example
from catchments.admission.rule_files import load_rules, parse_rules
from catchments.admission.rules import Score, Term
from tests.catchments.rule_texts import write_batches, write_rules

OUHAI = Path(__file__).parents[2] / "data" / "districts" / "ouhai"
MODULES = ["comparisons", "conditions", "prose", "prose_words", "rule_conditions", "rule_files"]
FILES = ["admission_2026.yaml", "admission_two_batches.yaml"]


def read_lines(name: str, stage: str, language: str) -> dict[str, str]:
    sections = explain_stage(load_rules(OUHAI / name), stage, language)
    return {section.title: "\n".join(section.lines) for section in sections}


def test_birthdays_and_opening_day_are_told_as_days():
    said = read_lines(FILES[0], "primary", "zh")
    assert "2019年9月1日至2020年8月31日出生" in said["谁入学"]
    assert "截至2026年8月31日满6周岁" in said["谁入学"]
    assert "2026年5月20日开始报名" in said["报名首日"]
    said = read_lines(FILES[0], "kindergarten", "en")
    assert "born from 1 September 2022 to 31 August 2023" in said["Who enters"]


def test_graduates_are_told_by_the_year_in_which_they_entered():
    assert "2020年秋季入学、学制6年" in read_lines(FILES[0], "junior", "zh")["谁入学"]
    assert "autumn 2020" in read_lines(FILES[0], "junior", "en")["Who enters"]


def test_batches_are_told_in_order_with_their_conditions():
    said = read_lines(FILES[0], "primary", "zh")["批次"]
    order = [said.index(name) for name in ("人户一致", "仅有户籍", "新居民积分", "其余所有儿童")]
    assert order == sorted(order)
    assert "户籍在施教区内，且施教区内有房产，且（房产面积不少于20平方米，或房产面积不详）" in said
    said = read_lines(FILES[0], "primary", "en")["Batches"]
    assert "4. Batch 4: others: all others." in said


def test_the_example_of_a_score_works_out():
    # From 7 March 2021: 62 full months to 7 May 2026, 13 days more: 62 + 13 ÷ 30 = 62.43;
    # from 12 September 2023: 32 full months to 12 May 2026, 8 days more: 32 + 8 ÷ 30 = 32.27.
    said = read_lines(FILES[0], "primary", "zh")["分数"]
    assert "62 个月 + 13 天 ÷ 30 = 62.43" in said
    assert "32 个月 + 8 天 ÷ 30 = 32.27" in said
    assert "合计 94.70 分" in said
    # 2 × (62 + 25 ÷ 31) + 32 + 20 ÷ 31 = 158.258…, cut off after one decimal.
    said = read_lines(FILES[1], "primary", "en")["Scores"]
    assert "in all 158.2." in said
    assert "The sum is kept to 1 decimal, the rest cut off." in said


def test_a_part_is_rounded_before_it_is_weighed():
    score = Score("s", "分", "s", (Term("property_since", weight=3, when=Flag("owns_inside")),))
    [term], total = work_example(score, dt.date(2026, 5, 20), "en")
    assert term.working == "62 months + 13 days ÷ 30 = 62.43, × 3"
    assert total == term.points == Decimal("187.29")


@pytest.mark.parametrize(
    ("value", "half_up", "half_even", "truncate"),
    [
        (Fraction(125, 1000), "0.13", "0.12", "0.12"),
        (Fraction(135, 1000), "0.14", "0.14", "0.13"),
        (Fraction(1, 3), "0.33", "0.33", "0.33"),
        (Fraction(-125, 1000), "-0.13", "-0.12", "-0.12"),
        (Fraction(7), "7.00", "7.00", "7.00"),
    ],
)
def test_halves_are_rounded_as_the_rules_say(value, half_up, half_even, truncate):
    rules = ("half_up", "half_even", "truncate")
    assert [str(round_score(value, 2, rule)) for rule in rules] == [half_up, half_even, truncate]


@given(st.dates(dt.date(2001, 1, 1), dt.date(2099, 12, 31)))
def test_months_and_days_of_the_example_lead_back_to_the_opening_day(opens_on):
    score = Score("s", "分", "s", (Term("property_since"), Term("registered_since")))
    terms, _ = work_example(score, opens_on, "zh")
    for term in terms:
        year, month, day = map(int, re.findall(r"\d+", term.shown))
        months, days, _ = (int(n) for n in re.findall(r"\d+", term.working)[:3])
        ahead = month - 1 + months
        back = dt.date(year + ahead // 12, ahead % 12 + 1, day) + dt.timedelta(days=days)
        assert back == opens_on
        assert 0 <= days < 31


def test_ties_lock_placement_and_twins_are_told():
    said = read_lines(FILES[0], "primary", "zh")
    assert "房产起算日早者在先；落户日期早者在先；按公布的种子抽签" in said["同分"]
    assert "2026年取得的，锁定至2031年" in said["一房一学位"]
    assert "同户兄弟姐妹不受限制" in said["一房一学位"]
    assert "随兄姐同校" in said["统筹安排"]
    assert "由人决定" in said["双胞胎"]
    said = read_lines(FILES[1], "junior", "en")
    assert said["One dwelling, one seat"] == "There is no lock."
    assert "“an elder sibling attends the school” holds first" in said["Equal scores"]
    assert said["Twins"] == "Each is admitted alone."


def test_schools_with_other_years_are_named():
    batches = """
        - {code: a, name_zh: 批, name_en: batch, when: owns_inside, uses_dwelling: yes}
        - {code: b, name_zh: 批, name_en: batch, when: everyone}
    """
    lock = "{years: 6, schools: {P02: 3, P01: 3, P03: 1}, effect: exception}"
    rules = parse_rules(write_rules(batches=batches, scores=None, lock=lock))
    said = write_prose(rules, "en", "primary")
    assert "3 years at: P01, P02." in said
    assert "1 years at: P03." in said
    assert "a person to decide" in said
    assert "There are no scores." in said


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_prose_is_whole_and_the_same_each_time(name, language):
    rules = load_rules(OUHAI / name)
    said = write_prose(rules, language)
    assert said == write_prose(load_rules(OUHAI / name), language)
    assert rules.version[:16] in said
    for stage in rules.stages.values():
        for batch in stage.batches:
            assert (batch.name_zh if language == "zh" else batch.name_en) in said
    if language == "zh":
        assert not {fact for fact in FACTS if re.search(rf"\b{fact}\b", said)} - {"local", "points"}


def test_the_written_guide_tells_every_fact_and_its_example_is_sound():
    guide = (OUHAI.parents[2] / "docs" / "methods" / "admission-rules.md").read_text()
    [example] = re.findall(r"```yaml\n(.*?)```", guide, flags=re.S)
    rules = parse_rules(example)
    assert rules.stages["kindergarten"].lock is None
    assert rules.stages["junior"].lock.schools == {"P07": 3}
    for fact in FACTS.values():
        row = re.findall(rf"^\| `{fact.name}` \|.*$", guide, flags=re.M)[-1]
        told = (fact.kind, fact.name_zh, fact.name_en, fact.source, fact.unit, *fact.choices)
        assert all(part in row for part in told)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("fact", FACTS.values(), ids=lambda fact: fact.name)
def test_every_fact_has_words_in_both_languages(fact, language):
    compared = {
        "flag": fact.name,
        "number": f"{{{fact.name}: {{at_least: 3}}}}",
        "date": f"{{{fact.name}: {{until: 6 months before opening_day}}}}",
        "choice": f"{{{fact.name}: {{is: {next(iter(fact.choices), '')}}}}}",
    }[fact.kind]
    text = write_rules(
        batches=write_batches(compared, "everyone"),
        scores=None,
        owners="[child, parent, grandparent]",
        lock="none",
    )
    if fact.name == "dwelling_locked":
        text = text.replace("when: dwelling_locked", "uses_dwelling: yes, when: dwelling_locked")
        text = text.replace("lock: none", "lock: {years: 6}")
    said = write_prose(parse_rules(text), language)
    assert (fact.name_zh if language == "zh" else fact.name_en) in said
    if fact.kind == "date":
        assert ("2025年11月20日" if language == "zh" else "20 November 2025") in said


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_the_code_run(name, monkeypatch):
    monkeypatch.chdir(OUHAI.parents[2])
    tried = doctest.testmod(importlib.import_module(f"catchments.admission.{name}"))
    assert tried.attempted > 0
    assert tried.failed == 0
