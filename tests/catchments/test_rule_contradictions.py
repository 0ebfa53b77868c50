"""Rules that contradict themselves are refused with the line; rules that do not are taken."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catchments.admission.conditions import build_column
from catchments.admission.facts import FACTS
from catchments.admission.rule_checks import is_order_proven, list_stage_kinds
from catchments.admission.rule_files import load_rules, parse_rules
from catchments.admission.rules import Lock
from gis.errors import RejectedDataError
from tests.catchments.rule_texts import find_fault, read_primary, write_batches, write_rules

DEFAULT = Path(__file__).parents[2] / "data" / "districts" / "ouhai" / "admission_2026.yaml"
NUMBERS = [name for name, fact in FACTS.items() if fact.kind == "number"]
DATES = [name for name, fact in FACTS.items() if fact.kind == "date"]


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        ("[local, not: local]", "locally registered"),
        ("{points: {at_least: 60, below: 20}}", "at least 60 points; points of migrants below 20"),
        ("[points: {is: 3}, points: {is: 4}]", "exactly 3"),
        ("[points: {above: 60}, points: unknown]", "above 60"),
        ("[owner_relation: {is: child}, owner_relation: {is: parent}]", "is child"),
        ("{born_on: {after: 2020-01-01, before: 2020-01-02}}", "after 1 January 2020"),
        ("{certificate_on: {after: opening_day, until: 2026-05-20}}", "the opening day"),
        ("{owned_share_pct: {above: 100}}", "above 100"),
        ("{owned_area_m2: {below: 0}}", "below 0"),
        ("{any: [local, {points: {below: 1, above: 1}}]}", "below 1"),
    ],
)
def test_a_condition_that_nobody_can_meet_is_told_with_its_line(condition, why):
    found = find_fault(batches=write_batches(condition, "everyone"), scores=None)
    assert "Nobody can meet this condition" in found.fault.found
    assert why in found.fault.mend
    assert found.line.lstrip().startswith("- {code: a,")


@pytest.mark.parametrize(
    "condition",
    [
        "{points: {at_least: 60, at_most: 60}}",
        "{born_on: {from: 2020-01-01, until: 2020-01-01}}",
        "{born_on: {after: 2020-01-01, before: 2020-01-03}}",
        "[registered_at_owned, not: owns_inside]",  # registers contradict themselves
        "{owned_share_pct: {at_least: 100}}",
    ],
)
def test_what_can_just_be_met_is_no_contradiction(condition):
    assert read_primary(batches=write_batches(condition, "everyone"), scores=None).batches


@pytest.mark.parametrize(
    ("conditions", "code", "earlier"),
    [
        (["everyone", "local"], "b", "(a)"),
        (["local", "[local, owns_inside]", "everyone"], "b", "(a)"),
        (["{points: {at_least: 20}}", "{points: {above: 60}}", "everyone"], "b", "(a)"),
        (["local", "{not: local}", "everyone"], "c", "(a, b)"),
        (
            [
                *("{points: {below: 5}}", "{points: {at_least: 5}}", "{points: unknown}"),
                "everyone",
            ],
            "d",
            "(a, b, c)",
        ),
    ],
)
def test_a_batch_that_earlier_ones_empty_is_told_with_its_line(conditions, code, earlier):
    found = find_fault(batches=write_batches(*conditions), scores=None)
    assert f"No child reaches batch '{code}'" in found.fault.found
    assert earlier in found.fault.found
    assert found.line.lstrip().startswith(f"- {{code: {code},")


@pytest.mark.parametrize(
    ("conditions", "who"),
    [
        (["local"], "not locally registered"),
        (["{points: {below: 5}}", "{points: {at_least: 5}}"], "points of migrants unknown"),
        (["{owned_use: {one_of: [shop]}}", "{not: {owned_use: {is: shop}}}"], "unknown"),
        (["local", "owns_inside"], "not locally registered, not owns a dwelling inside"),
    ],
)
def test_children_who_fall_into_no_batch_are_described(conditions, who):
    found = find_fault(batches=write_batches(*conditions), scores=None)
    assert "Some children fall into no batch" in found.fault.found
    assert who in found.fault.found
    assert found.line.lstrip().startswith(f"- {{code: {'abc'[len(conditions) - 1]},")


def test_batches_that_together_take_everyone_need_no_last_resort():
    conditions = ["{points: {below: 5}}", "{points: {at_least: 5}}", "{points: unknown}"]
    assert len(read_primary(batches=write_batches(*conditions), scores=None).batches) == 3


def test_an_owner_who_does_not_count_makes_a_batch_unreachable():
    batches = write_batches("{owner_relation: {is: grandparent}}", "everyone")
    found = find_fault(batches=batches, scores=None, owners="[child, parent]")
    assert "under its lock and owners" in found.fault.found
    assert read_primary(batches=batches, scores=None, owners="[grandparent]").batches


def test_a_locked_dwelling_needs_a_lock():
    batches = """
        - {code: a, name_zh: 批, name_en: batch, when: dwelling_locked, uses_dwelling: yes}
        - {code: b, name_zh: 批, name_en: batch, when: everyone}
    """
    assert read_primary(batches=batches, scores=None, lock="{years: 6}").lock == Lock(6, {})
    found = find_fault(batches=batches, scores=None, lock="none")
    assert "under its lock and owners" in found.fault.found


def test_stages_without_a_lock_may_share_batches_that_mind_it():
    batches = """
        - {code: a, name_zh: 批, name_en: batch, when: {not: dwelling_locked}, uses_dwelling: yes}
        - {code: b, name_zh: 批, name_en: batch, when: everyone}
    """
    stages = "{primary: {}, junior: {batches: [" + (
        "{code: a, name_zh: 批, name_en: b, when: everyone}], lock: none}}"
    )
    assert parse_rules(
        write_rules(batches=batches, scores=None, lock="{years: 6}", stages=stages)
    ).stages


def test_a_later_batch_for_locked_children_must_exist():
    batches = """
        - {code: a, name_zh: 批, name_en: batch, when: everyone, uses_dwelling: yes}
    """
    found = find_fault(batches=batches, scores=None, lock="{years: 6, effect: later_batch}")
    assert "it is the last" in found.fault.found


def test_too_many_kinds_of_children_need_a_last_batch_for_everyone():
    facts = ["{any: [local, registered_inside, owns_inside, lives_inside, owns_elsewhere]}"]
    facts += [f"{{{name}: {{at_least: 1, at_most: 60}}}}" for name in NUMBERS]
    facts += [f"{{{name}: {{after: 2020-01-01, until: 2025-01-01}}}}" for name in DATES]
    batch = f"{{any: [{', '.join(facts)}]}}"
    stage = read_primary(batches=write_batches(batch, "everyone"), scores=None)
    assert not is_order_proven(stage)
    found = find_fault(batches=write_batches(batch, "local"), scores=None)
    assert "too many kinds" in found.fault.found


FLAGS = ("local", "registered_inside", "owns_inside")
PARTS = st.one_of(
    st.sampled_from(FLAGS),
    st.sampled_from(FLAGS).map("{{not: {}}}".format),
    st.integers(1, 3).map("{{points: {{at_least: {}}}}}".format),
    st.integers(1, 3).map("{{points: {{below: {}}}}}".format),
    st.just("{points: unknown}"),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(PARTS, min_size=1, max_size=3), min_size=1, max_size=3))
def test_accepted_rules_reach_every_batch_and_leave_nobody_out(conditions):
    texts = [f"[{', '.join(parts)}]" for parts in conditions]
    children = [
        dict(zip((*FLAGS, "points"), (a, b, c, points), strict=True))
        for a in (False, True)
        for b in (False, True)
        for c in (False, True)
        for points in (None, 0, 1, 2, 3, 4)
    ]
    columns = {name: [child[name] for child in children] for name in children[0]}
    facts = pd.DataFrame({name: build_column(FACTS[name], v) for name, v in columns.items()})
    try:
        stage = read_primary(batches=write_batches(*texts), scores=None)
    except RejectedDataError:
        return
    met = pd.DataFrame({one.code: one.condition.holds(facts) for one in stage.batches})
    assert met.any(axis=1).all()
    assert set(met.idxmax(axis=1)) == set(met.columns)


def test_values_that_no_comparison_tells_apart_count_once():
    stage = load_rules(DEFAULT).stages["primary"]
    kinds = list_stage_kinds(stage)
    # Three flags; area unknown, below 20 or not; permit and points known or not: 8 × 3 × 2 × 2.
    assert len(kinds) == 96
