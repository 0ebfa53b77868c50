"""Weak items of classes, and a paper as a whole: agreement with SciPy, edges, small places."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from catchments.attainment.analysis import Sitting, analyse_paper
from catchments.attainment.weaknesses import find_weaknesses
from catchments.attainment_rules import AttainmentRules

RULES = {"interval_pct": 95, "false_discovery_pct": 5, "least_pupils": 10}


def draw_classes(seed: int, *, weak: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Draw 12 classes of 30 pupils and 6 items of 4 marks; class 3 is weak in item 2."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(12), 30)
    ability = rng.normal(size=(360, 1))
    chance = 1 / (1 + np.exp(-(ability + np.linspace(-1, 1, 6))))
    chance[group == 3, 1] -= weak
    return rng.binomial(4, np.clip(chance, 0, 1)).astype(float), group


def test_each_class_is_compared_as_welch_compares_two_samples():
    marks, group = draw_classes(1)
    found = find_weaknesses(marks, np.full(6, 4.0), group, **RULES)
    chances = []
    for row in found.itertuples():
        own = marks[group == row.group, row.number - 1] / 4
        rest = marks[group != row.group, row.number - 1] / 4
        test = stats.ttest_ind(own, rest, equal_var=False)
        bounds = test.confidence_interval(0.95)
        assert row.difference_low_pct == pytest.approx(100 * bounds.low, abs=1e-9)
        assert row.difference_high_pct == pytest.approx(100 * bounds.high, abs=1e-9)
        chances.append(test.pvalue)
    adjusted = stats.false_discovery_control(chances)
    assert found["chance"].to_numpy() == pytest.approx(adjusted, abs=1e-9)


def test_the_planted_weakness_is_found_and_hardly_anything_else():
    marks, group = draw_classes(2, weak=0.35)
    found = find_weaknesses(marks, np.full(6, 4.0), group, **RULES)
    weak = found[found["is_weak"]].sort_values("beside_own_pct")
    assert weak[["group", "number"]].iloc[0].tolist() == [3, 2]
    assert len(weak) <= 3


def test_without_a_cause_hardly_anything_is_told():
    # 5 % are promised; marks of 30 pupils are no normal sample: 300 districts gave 6.7 %
    told = [
        find_weaknesses(*_with_full(draw_classes(seed)), **RULES)["is_weak"].any()
        for seed in range(1000, 1080)
    ]
    assert np.mean(told) < 0.12


def _with_full(drawn: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return drawn[0], np.full(6, 4.0), drawn[1]


def test_a_class_that_is_behind_in_everything_is_weak_in_nothing_of_its_own():
    # class 0 has half of every item, class 1 all: −50 points everywhere, 0 of its own
    marks = np.vstack([np.full((10, 3), 2.0), np.full((10, 3), 4.0)])
    found = find_weaknesses(marks, np.full(3, 4.0), np.repeat([0, 1], 10), **RULES)
    mine = found[found["group"] == 0]
    assert mine["difference_pct"].tolist() == [-50, -50, -50]
    assert mine["beside_own_pct"].tolist() == [0, 0, 0]
    assert mine["is_weak"].all()


def test_one_class_or_too_few_pupils_tell_nothing():
    marks, group = draw_classes(3)
    full = np.full(6, 4.0)
    assert find_weaknesses(marks, full, np.zeros(360, dtype=int), **RULES).empty
    assert find_weaknesses(marks[:0], full, group[:0], **RULES).empty
    few = find_weaknesses(marks[:35], full, group[:35], **RULES)
    assert set(few["group"]) == {0}  # class 1 has five pupils: they count in the rest


def test_equal_marks_differ_by_nothing():
    found = find_weaknesses(np.ones((30, 2)), np.ones(2), np.repeat([0, 1, 2], 10), **RULES)
    assert (found["difference_pct"] == 0).all()
    assert not found["is_weak"].any()
    assert (found["chance"] == 1).all()


def build_sitting(pupils: list[tuple[int, int, bool, float]], items: int = 2) -> Sitting:
    """Build a paper of two items of five marks: school, class, absent, marks of the first item."""
    rows = pd.DataFrame(pupils, columns=["school_id", "class_number", "absent", "first"])
    marks = np.column_stack([rows.pop("first").astype(float), np.full(len(rows), 3.0)])[:, :items]
    marks[rows["absent"].to_numpy(bool)] = np.nan
    rows = rows.assign(points=marks.sum(axis=1) if items else 4.0, prior_points=np.nan)
    return Sitting(rows, marks, np.full(items, 5.0), 10.0)


def test_the_absent_count_as_absent_and_nowhere_else():
    sitting = build_sitting([(1, 1, False, 0.0)] * 10 + [(1, 1, True, 0.0)] * 6)
    found = analyse_paper(sitting, AttainmentRules(), minimum=5)
    assert found.measure["pupils"] == 16
    assert found.measure["absent"] == 6
    # ten zeros in item 1 are zeros: (0 + 3) marks each
    assert found.measure["mean_points"] == 3.0
    assert found.items["difficulty"].tolist() == [0.0, 0.6]


def test_few_absent_pupils_are_hidden_and_no_sum_gives_them_away():
    pupils = [(1, 1, False, 2.0)] * 20 + [(1, 1, True, 0.0)] * 2
    pupils += [(2, 1, False, 3.0)] * 20 + [(2, 1, True, 0.0)] * 7 + [(3, 1, False, 1.0)] * 12
    found = analyse_paper(build_sitting(pupils), AttainmentRules(), minimum=5)
    schools = found.schools.set_index("school_id")
    assert schools["absent"].isna().tolist() == [True, True, False]
    assert schools.loc[3, "absent"] == 0


def test_a_school_of_few_pupils_has_no_marks():
    pupils = [(1, 1, False, 2.0)] * 30 + [(2, 1, False, 5.0)] * 4
    found = analyse_paper(build_sitting(pupils), AttainmentRules(), minimum=5)
    small = found.schools.set_index("school_id").loc[2]
    assert small["state"] == "few"
    assert small[["mean_points", "p50_points", "value_added_points", "pupils"]].isna().all()


def test_a_paper_without_items_or_pupils_is_analysed_as_far_as_it_goes():
    bare = analyse_paper(build_sitting([(1, 1, False, 0.0)] * 12, 0), AttainmentRules(), minimum=5)
    assert bare.measure["mean_points"] == 4.0
    assert np.isnan(bare.measure["alpha"])
    assert bare.items.empty
    assert bare.classes.empty
    nobody = analyse_paper(build_sitting([], 2), AttainmentRules(), minimum=5)
    assert nobody.measure["pupils"] == 0
    assert nobody.schools.empty
