"""Growth of pupils: levels by rules worked by hand, faults by line, change beside chance."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from catchments.growth.changes import measure_changes, pair_years
from catchments.growth.counts import count_levels, count_transitions
from catchments.growth.levels import name_levels, rate_pupils, select_records
from catchments.growth.rule_files import load_growth_rules, parse_growth_rules
from catchments.rule_nodes import RejectedRulesError
from gis.errors import UsageError
from gis.settings import PROJECT_ROOT

OUHAI = PROJECT_ROOT / "data" / "districts" / "ouhai" / "growth.yaml"
TEXT = """code: demo
name_zh: 示例
name_en: Demo
source: a test
year_begins: 09-01
levels:
  - {code: low, name_zh: 低, name_en: Low}
  - {code: middle, name_zh: 中, name_en: Middle}
  - {code: high, name_zh: 高, name_en: High}
domains:
  - {code: moral, name_zh: 德, name_en: Moral, from_points: [3, 6], least_events: 1}
  - {code: labour, name_zh: 劳, name_en: Labour, from_points: [2, 4], least_events: 2}
events:
  - {code: service, domain: moral, name_zh: 服务, name_en: Service, points: [1, 4], most_a_year: 5}
  - {code: conduct, domain: moral, name_zh: 行为, name_en: Conduct, points: [1, 5]}
  - {code: workshop, domain: labour, name_zh: 实践, name_en: Workshop, points: [1, 4]}
grades:
  - {code: a, name_zh: 甲, name_en: A, at_least: {high: 1, middle: 2}}
  - {code: b, name_zh: 乙, name_en: B, at_least: {middle: 1}}
  - {code: c, name_zh: 丙, name_en: C, at_least: {}}
"""
RULES = parse_growth_rules(TEXT)


def list_records(*rows: tuple[int, str, str, float, str]) -> pd.DataFrame:
    columns = ["pupil_id", "event", "domain", "points", "recorded_on"]
    records = pd.DataFrame(rows, columns=columns)
    return records.assign(recorded_on=pd.to_datetime(records["recorded_on"]))


def rate(*rows: tuple[int, str, str, float, str], pupils: tuple[int, ...] = (1,)) -> pd.DataFrame:
    counted = select_records(list_records(*rows), RULES)
    rated = rate_pupils(counted, RULES, pd.Index(pupils), [2024])
    return rated.set_index(["pupil_id", "domain"])


def test_points_of_a_year_make_the_level():
    rated = rate(
        (1, "service", "moral", 4, "2024-09-01"),
        (1, "service", "moral", 4, "2025-08-31"),  # capped: 8 counts as 5
        (1, "conduct", "moral", 1, "2025-01-10"),  # 5 + 1 = 6: high
        (1, "workshop", "labour", 2, "2024-10-01"),
        (1, "workshop", "labour", 1, "2024-11-01"),  # 3: middle, with two records
    )
    assert rated.loc[(1, "moral"), ["points", "level"]].tolist() == [6, 2]
    assert rated.loc[(1, "labour"), ["points", "level"]].tolist() == [3, 1]
    # one high, two middle or more: the highest grade
    assert rated.loc[(1, "overall"), "level"] == 2


def test_a_day_of_the_next_school_year_does_not_count():
    rated = rate((1, "conduct", "moral", 5, "2025-09-01"))
    assert rated.loc[(1, "moral"), "level"] == -1


def test_nothing_recorded_is_not_the_lowest_level():
    rated = rate((1, "workshop", "labour", 4, "2024-10-01"), pupils=(1, 2))
    # labour asks for two records; of pupil 2 nothing is known
    assert rated["level"].tolist() == [-1] * 6
    named = name_levels(pd.Series([-1, 0, 2]), "moral", RULES)
    assert named.tolist() == ["unrated", "low", "high"]


@pytest.mark.parametrize(
    ("event", "domain", "points"),
    [("painting", "moral", 2), ("service", "labour", 2), ("service", "moral", 4.5),
     ("service", "moral", 0.5)],
)  # fmt: skip
def test_what_is_not_by_the_rules_moves_no_level(event: str, domain: str, points: float):
    records = list_records((1, event, domain, points, "2024-10-01"))
    assert select_records(records, RULES).empty


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 5), st.integers(0, 300)), max_size=30))
def test_one_more_record_never_lowers_a_level(rows: list[tuple[int, int, int]]):
    days = pd.Timestamp("2024-09-01") + pd.to_timedelta([row[2] for row in rows], "D")
    records = pd.DataFrame(
        {"pupil_id": [row[0] for row in rows], "event": "conduct", "domain": "moral",
         "points": [float(row[1]) for row in rows], "recorded_on": days}
    )  # fmt: skip
    if records.empty:
        return
    counted = select_records(records, RULES)
    pupils = pd.Index(range(4))
    every = rate_pupils(counted, RULES, pupils, [2024])
    fewer = rate_pupils(counted.iloc[:-1], RULES, pupils, [2024])
    assert (every["level"] >= fewer["level"]).all()


def test_the_rules_of_ouhai_are_read():
    rules = load_growth_rules(OUHAI)
    assert [domain.name_zh for domain in rules.domains] == list("德智体美劳")
    with pytest.raises(UsageError, match="cannot be read"):
        load_growth_rules(OUHAI.with_name("nothing.yaml"))


@pytest.mark.parametrize(
    ("was", "becomes", "line", "words"),
    [
        ("from_points: [3, 6]", "from_points: [6, 3]", 11, "do not rise"),
        ("from_points: [3, 6]", "from_points: [3]", 11, "1 limits for 3 levels"),
        ("code: moral, name_zh", "code: morals, name_zh", 11, "no domain of growth"),
        ("domain: labour", "domain: labor", 16, "Did you mean 'labour'?"),
        ("points: [1, 5]", "points: [5, 1]", 15, "no two points that rise"),
        ("most_a_year: 5", "most_a_year: 0.5", 14, "Not even one record"),
        ("code: conduct", "code: service", 15, "stands here twice"),
        ("{middle: 1}", "{medium: 1}", 19, "There is no key 'medium'"),
        ("at_least: {}", "at_least: {middle: 2}", 18, "Some pupils would have no grade"),
        ("{middle: 1}", "{}", 19, "those below are never given"),
        ("{high: 1, middle: 2}", "{high: 3}", 18, "3 domains are to reach 'high', there are 2"),
        ("year_begins: 09-01", "year_begins: 31-12", 5, "instead of a day"),
        ("code: low", "code: unrated", 7, "has a meaning already"),
        ("  - {code: workshop", "  # {code: workshop", 14, "No event counts for domain 'labour'"),
    ],
)
def test_every_fault_of_a_rule_file_has_its_line(was: str, becomes: str, line: int, words: str):
    assert was in TEXT
    with pytest.raises(RejectedRulesError) as caught:
        parse_growth_rules(TEXT.replace(was, becomes, 1))
    told = [(fault.line, str(fault)) for fault in caught.value.faults]
    assert any(at == line and words in text for at, text in told), told


def test_change_is_told_with_its_chance():
    # 40 pupils, 14 rose, 4 fell: McNemar's exact chance is 2 · P(X ≤ 4 | 18, ½) = 0.03088;
    # Agresti and Min (2005): (14 − 4) / 42 ± 1.96 · √(19 − 100/42) / 42
    pairs = pd.DataFrame(
        {"level_before": [1] * 40, "level": [2] * 14 + [0] * 4 + [1] * 22, "stage": "primary"}
    )
    told = measure_changes(
        pairs, ["stage"], interval_pct=95, false_discovery_pct=5, least_pupils=10
    ).iloc[0]
    assert told["chance"] == pytest.approx(stats.binomtest(4, 18).pvalue, abs=1e-12)
    half = 1.959964 * np.sqrt(19 - 100 / 42) / 42
    assert told["net_low_pct"] == pytest.approx(100 * (10 / 42 - half), abs=1e-4)
    assert told["net_high_pct"] == pytest.approx(100 * (10 / 42 + half), abs=1e-4)
    assert told["state"] == "up"


def test_small_groups_and_unrated_pupils_are_left_out_of_change():
    rated = pd.DataFrame(
        {"pupil_id": [1, 1, 2, 2], "year": [2023, 2024] * 2, "domain": "moral",
         "level": [0, 1, -1, 2], "stage": "primary"}
    )  # fmt: skip
    pairs = pair_years(rated, 2023, 2024)
    assert pairs[["pupil_id", "level_before", "level"]].values.tolist() == [[1, 0, 1]]
    asked = {"interval_pct": 95, "false_discovery_pct": 5}
    assert measure_changes(pairs, ["stage"], **asked, least_pupils=10).empty
    assert measure_changes(pairs[:0], ["stage"], **asked, least_pupils=10).empty


def draw_pupils(seed: int, schools: int) -> pd.DataFrame:
    """Draw levels of pupils in schools of two classes."""
    rng = np.random.default_rng(seed)
    school = np.repeat(np.arange(schools), rng.integers(1, 60, schools))
    return pd.DataFrame(
        {"stage": "primary", "school_id": school, "grade": 6,
         "class_number": rng.integers(1, 3, len(school)), "year": 2024, "domain": "moral",
         "level": rng.choice([-1, 0, 1, 2], len(school), p=[0.05, 0.15, 0.5, 0.3])}
    )  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 8))
def test_every_pupil_counts_once_and_no_small_cell_is_shown(seed: int, schools: int):
    pupils = draw_pupils(seed, schools)
    counts = count_levels(pupils, RULES, minimum=5, classes_of=2024)
    whole = counts[counts["school_id"].isna()]
    assert whole["of_pupils"].fillna(0).isin([0, len(pupils)]).all()
    shown = counts["pupils"].dropna()
    assert not ((shown > 0) & (shown < 5)).any()
    # in no row whose sum is public stands one hidden cell alone
    for place in (["school_id"], ["school_id", "class_number"]):
        rows = counts[counts["school_id"].notna() & counts["of_pupils"].notna()]
        rows = rows[rows["class_number"].notna() == (len(place) == 2)]
        alone = rows["pupils"].isna().groupby([rows[name] for name in place]).sum()
        assert not (alone == 1).any()


def test_transitions_count_from_level_to_level():
    pairs = pd.DataFrame(
        {"stage": "primary", "domain": "moral", "level_before": [0] * 6 + [2] * 7,
         "level": [1] * 6 + [2] * 7}
    )  # fmt: skip
    told = count_transitions(pairs, RULES, minimum=5).set_index(["level_before", "level"])
    assert told.loc[("low", "middle"), "pupils"] == 6
    assert told.loc[("high", "high"), "pupils"] == 7
    assert told["pupils"].sum() == 13
