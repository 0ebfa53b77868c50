"""Expected completion: an interval and chances from the pace of finished stages."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catchments.profile import Construction
from scenarios.project_monitoring.analysis import (
    measure_buildings,
    measure_projects,
    order_records,
)
from scenarios.project_monitoring.pace import forecast_completion, measure_pace
from tests.scenarios.test_progress import TWO_STAGES, build_building

DAY = dt.date(2026, 4, 15)


def change_pace(**rules: object) -> Construction:
    """Return the two stages with other rules of pace."""
    return TWO_STAGES.model_copy(update={"pace": TWO_STAGES.pace.model_copy(update=rules)})


def name_project(records: pd.DataFrame, project: int = 1, kind: str = "new") -> pd.DataFrame:
    """Make records those of a project, with what the pace needs to know."""
    return records.assign(project_id=project, project_code=f"P{project}", kind=kind)


def forecast(
    records: pd.DataFrame, *, day: dt.date = DAY, rules: Construction = TWO_STAGES
) -> tuple[pd.Series, pd.DataFrame]:
    """Forecast the first project of `records`: its row with the interval, and its chances."""
    buildings = measure_buildings(records, rules, day=day)
    projects = measure_projects(buildings, pd.Series({1: 2026}), rules)
    intervals, chances = forecast_completion(records, buildings, projects, rules, day=day)
    project = projects.join(intervals, on="project_id").iloc[0]
    return project, chances[chances["project_id"] == project["project_id"]]


def test_pace_of_a_stage_is_the_shrunk_mean_of_actual_by_planned_days():
    # Ground took 62 days for 31: ln 2. With a prior of one stage: overall ln 2 / (1 + 1);
    # ground of the kind (ln 2 + ½ ln 2) / 2 = ¾ ln 2; own deviation ¼ ln 2 / (1 + 1).
    rules = change_pace(prior_stages=1, prior_spread=0.1)
    records = build_building({"ground": 100, "frame": 0}, begun=("ground",))
    records.loc[0, "actual_end_on"] = pd.Timestamp("2026-03-03")
    ordered = order_records(name_project(records), rules, day=DAY)
    paces = measure_pace(ordered, rules).loc[1]
    assert paces.loc["ground", "mean"] == pytest.approx(0.875 * np.log(2))
    assert paces.loc["frame", "mean"] == pytest.approx((0.5 + 0.125) * np.log(2))
    # spread² of ground: (1 · 0.01 + (¼ ln 2)²) / (1 + 1); of frame, which nobody finished: 0.01
    assert paces.loc["ground", "spread"] ** 2 == pytest.approx((0.01 + (0.25 * np.log(2)) ** 2) / 2)
    assert paces.loc["frame", "spread"] == pytest.approx(0.1)


def test_without_any_spread_the_remaining_days_take_what_the_pace_says():
    # 25 % of April done on the 15th: planned for the 8th, 22 days are left; at exp(m) a day each
    rules = change_pace(prior_stages=1e9, prior_spread=1e-9)
    records = name_project(build_building({"ground": 100, "frame": 25}, begun=("ground", "frame")))
    project, _ = forecast(records, rules=rules)
    assert project["expected_end_on"] == pd.Timestamp("2026-05-07")
    assert project["expected_low_on"] == project["expected_high_on"] == pd.Timestamp("2026-05-07")


def test_slow_stages_widen_the_interval_to_the_late_side():
    records = build_building({"ground": 100, "frame": 25}, begun=("ground", "frame"))
    prompt, slow = records.copy(), records.copy()
    prompt.loc[0, "actual_end_on"] = pd.Timestamp("2026-01-31")
    slow.loc[0, "actual_end_on"] = pd.Timestamp("2026-03-31")
    ends = [forecast(name_project(one))[0]["expected_high_on"] for one in (prompt, slow)]
    assert ends[0] < ends[1]


def test_other_projects_of_the_kind_teach_the_pace():
    mine = name_project(build_building({"ground": 0, "frame": 0}))
    other = name_project(
        build_building({"ground": 100, "frame": 0}, begun=("ground",), building=2), project=2
    )
    other.loc[0, "actual_end_on"] = pd.Timestamp("2026-03-31")
    alone, _ = forecast(mine, day=dt.date(2025, 12, 1))
    taught, _ = forecast(pd.concat([mine, other]), day=dt.date(2025, 12, 1))
    assert alone["expected_end_on"] == taught["expected_end_on"]
    assert alone["expected_high_on"] < taught["expected_high_on"]


def test_completed_project_has_no_interval_and_is_ready_for_certain():
    done = build_building(
        {"ground": 100, "frame": 100},
        begun=("ground", "frame"),
        ended={"ground": "2026-01-31", "frame": "2026-04-30"},
    )
    project, chances = forecast(name_project(done), day=dt.date(2026, 5, 1))
    assert pd.isna(project["expected_low_on"]) and pd.isna(project["expected_high_on"])
    assert chances["chance"].tolist() == [1.0] * 11
    assert chances["year"].tolist() == list(range(2026, 2037))


def test_project_completed_after_the_ready_day_is_ready_for_the_next_year():
    done = build_building(
        {"ground": 100, "frame": 100},
        begun=("ground", "frame"),
        ended={"ground": "2026-01-31", "frame": "2026-08-20"},
    )
    _, chances = forecast(name_project(done), day=dt.date(2026, 9, 1))
    assert chances["chance"].tolist() == [0.0] + [1.0] * 10


def test_equal_seeds_give_equal_intervals_and_other_projects_change_nothing_of_the_draws():
    records = name_project(build_building({"ground": 60, "frame": 0}, begun=("ground",)))
    stranger = name_project(build_building({"ground": 0, "frame": 0}, building=2), project=2)
    once, chances = forecast(records)
    again, same = forecast(pd.concat([stranger, records]))
    assert once["expected_high_on"] == again["expected_high_on"]
    assert chances["chance"].tolist() == same["chance"].tolist()


shares = st.integers(0, 100)
days = st.dates(dt.date(2025, 10, 1), dt.date(2027, 6, 30))


@settings(deadline=None, max_examples=25)
@given(ground=shares, frame=shares, other=shares, day=days, seed=st.integers(0, 5))
def test_interval_holds_the_point_and_chances_rise_with_the_year(ground, frame, other, day, seed):
    records = pd.concat(
        [
            build_building({"ground": ground, "frame": frame}, begun=("ground",)),
            build_building({"ground": other, "frame": 0}, building=2, area_m2=300),
        ]
    )
    project, chances = forecast(
        name_project(records), day=day, rules=change_pace(seed=seed, draws=200)
    )
    assert project["expected_low_on"] <= project["expected_end_on"] <= project["expected_high_on"]
    assert chances["chance"].is_monotonic_increasing
    assert chances["chance"].between(0, 1).all()
    assert chances["year"].tolist() == list(range(day.year, day.year + 11))


@settings(deadline=None, max_examples=25)
@given(
    one=st.tuples(shares, shares), more=st.tuples(shares, shares), day=days, seed=st.integers(0, 5)
)
def test_further_progress_on_the_same_dates_never_expects_later_or_lowers_a_chance(
    one, more, day, seed
):
    rules = change_pace(seed=seed, draws=200)
    told = []
    for ground, frame in (one, (max(one[0], more[0]), max(one[1], more[1]))):
        records = build_building({"ground": ground, "frame": frame}, begun=("ground",))
        told.append(forecast(name_project(records), day=day, rules=rules))
    (less, chances), (further, better) = told
    for name in ("expected_low_on", "expected_end_on", "expected_high_on"):
        assert further[name] <= less[name]
    assert (better["chance"].to_numpy() >= chances["chance"].to_numpy()).all()
