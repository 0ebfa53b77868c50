"""Conditions over facts: three-valued, the same for one child as for a million."""

from __future__ import annotations

import datetime as dt
import operator
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catchments.admission.comparisons import (
    Choice,
    DateComparison,
    Flag,
    Known,
    NumberComparison,
)
from catchments.admission.conditions import AllOf, AnyOf, Condition, Everyone, Not, build_column
from catchments.admission.facts import FACTS
from catchments.admission.rule_files import load_rules
from gis.errors import RejectedDataError

OUHAI = Path(__file__).parents[2] / "data" / "districts" / "ouhai"
OPENING = dt.date(2026, 5, 20)
SMALL = NumberComparison("owned_area_m2", "below", 20.0)


def build_facts(**columns: list) -> pd.DataFrame:
    return pd.DataFrame({name: build_column(FACTS[name], v) for name, v in columns.items()})


def test_an_unknown_area_is_neither_small_nor_not_small():
    facts = build_facts(owned_area_m2=[18, 20, None])
    assert SMALL.holds(facts).tolist() == [True, False, False]
    assert Not(SMALL).holds(facts).tolist() == [False, True, False]
    assert Not(Not(SMALL)).holds(facts).tolist() == [True, False, False]


def test_asking_whether_a_fact_is_known_is_never_unknown():
    facts = build_facts(points=[None, 0, 60])
    assert Known("points").holds(facts).tolist() == [False, True, True]
    assert Not(Known("points")).holds(facts).tolist() == [True, False, False]


def test_one_true_part_decides_any_and_one_false_part_decides_all():
    facts = build_facts(local=[True, False], owned_area_m2=[None, None])
    assert AnyOf((Flag("local"), SMALL)).holds(facts).tolist() == [True, False]
    # Not local is enough to say that not both hold, though the area is unknown.
    assert Not(AllOf((Flag("local"), SMALL))).holds(facts).tolist() == [False, True]


def test_everyone_is_everyone_and_no_children_is_no_problem():
    assert Everyone().holds(build_facts(local=[True, False])).tolist() == [True, True]
    assert Everyone().holds(build_facts(local=[])).shape == (0,)
    assert Flag("local").holds(build_facts(local=[])).shape == (0,)


@pytest.mark.parametrize(
    ("word", "held"),
    [
        ("from", [False, True, True, False]),
        ("until", [True, True, False, False]),
        ("before", [True, False, False, False]),
        ("after", [False, False, True, False]),
    ],
)
def test_a_certificate_on_the_opening_day_is_until_and_from_but_not_before(word, held):
    days = [dt.date(2026, 5, 19), OPENING, dt.date(2026, 5, 21), None]
    facts = build_facts(certificate_on=days)
    assert DateComparison("certificate_on", word, OPENING).holds(facts).tolist() == held


def test_hours_of_a_day_do_not_matter():
    facts = pd.DataFrame({"certificate_on": pd.to_datetime(["2026-05-20 17:30", None])})
    assert DateComparison("certificate_on", "until", OPENING).holds(facts).tolist() == [True, False]


@pytest.mark.parametrize("dtype", [object, "category", "string"])
def test_choices_may_come_as_any_kind_of_text(dtype):
    facts = pd.DataFrame({"owned_use": pd.Series(["shop", "garage", None], dtype=dtype)})
    shop = Choice("owned_use", ("shop", "storage"))
    assert shop.holds(facts).tolist() == [True, False, False]
    assert Not(shop).holds(facts).tolist() == [False, True, False]


def test_judging_leaves_the_facts_as_they_were():
    facts = build_facts(local=[True, False], registered_inside=[False, True])
    before = facts.copy()
    AllOf((Flag("local"), AnyOf((Flag("registered_inside"), Not(Flag("local")))))).holds(facts)
    pd.testing.assert_frame_equal(facts, before)


def test_a_fact_that_was_not_gathered_is_named():
    with pytest.raises(RejectedDataError, match="points"):
        Known("points").holds(build_facts(local=[True]))
    with pytest.raises(RejectedDataError, match="points"):
        Known("points").explain({"local": True})


def test_conditions_that_say_the_same_are_equal():
    assert AllOf((Flag("local"), SMALL)) == AllOf((Flag("local"), SMALL))
    assert len({Not(SMALL), Not(SMALL), SMALL}) == 2


def test_a_child_learns_which_comparisons_kept_it_from_a_batch():
    batch = AllOf((Flag("local"), Not(Flag("dwelling_locked")), SMALL, Known("points")))
    child = {"local": True, "dwelling_locked": True, "owned_area_m2": np.nan, "points": 3.0}
    answers = batch.explain(child)
    assert [one.fact for one in answers] == ["local", "dwelling_locked", "owned_area_m2", "points"]
    assert [one.held for one in answers] == [True, True, None, True]
    assert [one.serves for one in answers] == [True, False, None, True]
    assert [one.value for one in answers] == [True, True, None, 3.0]
    assert answers[2].text_zh == "房产面积小于20平方米"
    assert answers[2].text_en == "floor area of the dwelling below 20 m²"


def test_a_row_of_the_facts_can_be_explained_as_it_is():
    facts = build_facts(certificate_on=[dt.date(2026, 5, 1)], local=[False])
    [answer] = DateComparison("certificate_on", "until", OPENING, 0).explain(facts.iloc[0])
    assert answer.held is True
    assert answer.text_zh == "产权证填发日期在报名首日（2026年5月20日）当日或之前"


# -- against an evaluation that is slow and plain -----------------------------------------------

COMPARE = {
    **{"at_least": operator.ge, "at_most": operator.le, "above": operator.gt},
    **{"below": operator.lt, "is": operator.eq, "from": operator.ge, "until": operator.le},
    **{"before": operator.lt, "after": operator.gt},
}
DAYS = st.dates(dt.date(2026, 5, 18), dt.date(2026, 5, 22))
NUMBERS = st.sampled_from([0.0, 19.9, 20.0, 60.0])
USES = st.sampled_from(FACTS["owned_use"].choices)
LEAVES = st.one_of(
    st.just(Everyone()),
    st.sampled_from(["local", "owns_inside"]).map(Flag),
    st.sampled_from(["owned_area_m2", "certificate_on", "owned_use"]).map(Known),
    st.builds(
        NumberComparison,
        st.just("owned_area_m2"),
        st.sampled_from(["at_least", "at_most", "above", "below", "is"]),
        NUMBERS,
    ),
    st.builds(
        DateComparison,
        st.just("certificate_on"),
        st.sampled_from(["from", "until", "before", "after"]),
        DAYS,
    ),
    st.builds(Choice, st.just("owned_use"), st.lists(USES, min_size=1, unique=True).map(tuple)),
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AllOf(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=8,
)
CHILDREN = st.fixed_dictionaries(
    {
        "local": st.booleans(),
        "owns_inside": st.booleans(),
        "owned_area_m2": st.none() | NUMBERS,
        "certificate_on": st.none() | DAYS,
        "owned_use": st.none() | USES,
    }
)


def judge_slowly(condition: Condition, child: dict) -> bool | None:
    """Judge one child by SQL's logic: true, false or unknown."""
    if isinstance(condition, Everyone):
        return True
    if isinstance(condition, (AllOf, AnyOf)):
        decides = isinstance(condition, AnyOf)
        found = {judge_slowly(part, child) for part in condition.parts}
        return decides if decides in found else None if None in found else not decides
    if isinstance(condition, Not):
        inner = judge_slowly(condition.part, child)
        return None if inner is None else not inner
    value = child[condition.fact]
    if isinstance(condition, Known):
        return value is not None
    if value is None:
        return None
    if isinstance(condition, Flag):
        return value
    if isinstance(condition, Choice):
        return value in condition.values
    against = condition.day if isinstance(condition, DateComparison) else condition.value
    return COMPARE[condition.operator](value, against)


@given(CONDITIONS, st.lists(CHILDREN, min_size=1, max_size=12))
def test_all_children_at_once_are_judged_like_each_alone(condition, children):
    facts = build_facts(**{name: [child[name] for child in children] for name in children[0]})
    true, false = condition.judge(facts)
    slow = [judge_slowly(condition, child) for child in children]
    assert true.tolist() == [one is True for one in slow]
    assert false.tolist() == [one is False for one in slow]
    assert condition.holds(facts).tolist() == true.tolist()


@given(CONDITIONS, CHILDREN)
def test_explanations_tell_each_comparison_as_it_is(condition, child):
    for answer, leaf in zip(condition.explain(child), condition.iterate_leaves(), strict=True):
        assert answer.fact == leaf.fact
        assert answer.held is judge_slowly(leaf, child)


@given(CONDITIONS, st.lists(CHILDREN, min_size=2, max_size=8), st.randoms())
def test_the_order_of_children_never_matters(condition, children, random):
    order = list(range(len(children)))
    random.shuffle(order)
    names = [*children[0]]
    facts = build_facts(**{name: [child[name] for child in children] for name in names})
    shuffled = facts.iloc[order]
    assert condition.holds(shuffled).tolist() == condition.holds(facts)[order].tolist()


def test_a_million_children_are_sorted_in_well_under_a_second():
    count = 1_000_000
    draw = np.random.default_rng(1)
    flags = ("local", "registered_inside", "owns_inside")
    facts = pd.DataFrame({name: draw.random(count) < 0.6 for name in flags})
    facts["owned_area_m2"] = np.where(draw.random(count) < 0.3, np.nan, draw.random(count) * 100)
    facts["points"] = np.where(draw.random(count) < 0.5, np.nan, 60.0)
    facts["permit_since"] = np.where(
        draw.random(count) < 0.5, np.datetime64("NaT", "s"), np.datetime64("2024-01-01", "s")
    )
    batches = load_rules(OUHAI / "admission_2026.yaml").stages["primary"].batches
    began = time.perf_counter()
    met = [batch.condition.holds(facts) for batch in batches]
    assert time.perf_counter() - began < 0.5
    assert met[-1].all()
    assert 0 < met[0].sum() < met[1].sum()
