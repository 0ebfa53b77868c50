"""Slip of each stage, and the course of a site from ground-breaking to opening."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.project_monitoring.analysis import count_days, measure_buildings, measure_projects
from scenarios.project_monitoring.courses import trace_buildings, trace_progress, trace_sites
from scenarios.project_monitoring.slips import measure_slips, sum_slips
from tests.scenarios.test_progress import TWO_STAGES, build_building


def slip(records: pd.DataFrame, day: str) -> pd.DataFrame:
    """Measure the slips of records on a day."""
    when = dt.date.fromisoformat(day)
    buildings = measure_buildings(records, TWO_STAGES, day=when)
    return measure_slips(records, buildings, TWO_STAGES, day=when)


def read_at(course: dict, name: str, day: str) -> float:
    """Read a course at the end of a day."""
    return float(
        np.interp(count_days(pd.Series(pd.Timestamp(day)))[0] + 1, course["days"], course[name])
    )


def test_finished_stage_slipped_by_its_last_day_and_the_others_by_the_delay():
    # ended 10 days late; on 15 April a quarter of April is done: 7 days behind (8 April)
    records = build_building(
        {"ground": 100, "frame": 25}, begun=("ground", "frame"), ended={"ground": "2026-02-10"}
    )
    slips = slip(records, "2026-04-15")
    assert slips["slip_days"].tolist() == [10, 7]
    assert slips["added_days"].tolist() == [10, -3]
    assert slips["stage_state"].tolist() == ["done", "running"]
    assert slips["ends_on"].iloc[1] == pd.Timestamp("2026-05-07")


def test_stage_ahead_is_expected_at_its_plan_moved_by_the_delay():
    # 20 of 31 days of January done on the 31st: 11 days behind
    records = build_building({"ground": 100 * 20 / 31, "frame": 0}, begun=("ground",))
    frame = slip(records, "2026-01-31").iloc[1]
    assert frame["stage_state"] == "ahead"
    assert frame["starts_on"] == pd.Timestamp("2026-04-12")
    assert frame["ends_on"] == pd.Timestamp("2026-05-11")
    assert frame["slip_days"] == 11 and frame["added_days"] == 0


def test_nothing_unfinished_is_expected_before_the_day_of_its_record():
    records = build_building({"ground": 100, "frame": 99}, begun=("ground", "frame"))
    assert slip(records, "2026-07-01")["ends_on"].min() >= pd.Timestamp("2026-07-01")


def test_building_with_a_younger_record_is_measured_on_its_day():
    records = build_building({"ground": 100, "frame": 25}, begun=("ground", "frame"))
    records = records.assign(recorded_on=pd.Timestamp("2026-04-15"))
    buildings = measure_buildings(records, TWO_STAGES, day=dt.date(2026, 3, 31))
    assert buildings["delay_days"].tolist() == [7]
    assert buildings["measured_on"].tolist() == [pd.Timestamp("2026-04-15")]


def test_project_stage_ends_with_its_last_building():
    records = pd.concat(
        [
            build_building({"ground": 100, "frame": 25}, ended={"ground": "2026-02-10"}),
            build_building({"ground": 50, "frame": 0}, begun=("ground",), building=2),
        ]
    )
    summed = sum_slips(slip(records, "2026-04-15")).set_index("construction_stage")
    # the second stands where 15.5 days of January were planned (16 January), 89 days behind
    assert summed.loc["ground", "slip_days"] == 89
    assert summed.loc["ground", "stage_state"] == "running"
    assert summed.loc["ground", "progress_pct"] == pytest.approx(75)


def test_curve_is_planned_done_and_expected_by_floor_area():
    records = build_building(
        {"ground": 100, "frame": 50}, begun=("ground", "frame"), ended={"ground": "2026-01-31"}
    )
    days = pd.to_datetime(["2025-12-31", "2026-01-31", "2026-04-15", "2026-04-30"])
    curve = trace_progress(slip(records, "2026-04-15"), pd.DatetimeIndex(days))
    # 40 after January, 40 + 60 · 15/30 on 15 April, all at the end
    assert curve["planned_pct"].tolist() == pytest.approx([0, 40, 70, 100])
    assert curve["done_pct"].tolist()[:3] == pytest.approx([0, 40, 70])
    assert np.isnan(curve["done_pct"].iloc[3])
    assert curve["expected_pct"].tolist()[2:] == pytest.approx([70, 100])


def test_building_grows_evenly_inside_the_stage_that_raises_it():
    records = build_building(
        {"ground": 100, "frame": 50}, begun=("ground", "frame"), ended={"ground": "2026-01-31"}
    )
    course = trace_buildings(slip(records, "2026-04-15"), TWO_STAGES)[1]
    # 20 m high: nothing in January, half on 15 April, all on 30 April
    told = [read_at(course, "heights", day) for day in ("2026-01-15", "2026-03-31", "2026-04-15")]
    assert told == pytest.approx([0, 0, 10])
    assert read_at(course, "heights", "2026-04-30") == pytest.approx(20)
    assert course["stages"][0] == 0 and course["stages"][-1] == 1


def test_site_is_as_far_as_its_slowest_building_says():
    records = pd.concat(
        [
            build_building({"ground": 100, "frame": 50}, begun=("ground", "frame")),
            build_building({"ground": 50, "frame": 0}, begun=("ground",), building=2),
        ]
    )
    slips = slip(records, "2026-04-15")
    site = trace_sites(slips, trace_buildings(slips, TWO_STAGES))[1]
    today = site["days"].index(count_days(pd.Series(pd.Timestamp("2026-04-16")))[0])
    assert site["stages"][today] == 0
    assert site["done"][today] == pytest.approx((70 + 20) / 2)
    assert site["done"][-1] == 100


shares = st.integers(0, 100)


@settings(deadline=None, max_examples=60)
@given(ground=shares, frame=shares, day=st.dates(dt.date(2025, 10, 1), dt.date(2027, 1, 31)))
def test_on_the_day_of_the_record_the_course_is_what_was_measured_and_it_never_sinks(
    ground, frame, day
):
    begun = tuple(name for name, done in (("ground", ground), ("frame", frame)) if done)
    records = build_building({"ground": ground, "frame": frame}, begun=begun)
    # nobody begins in the future
    records["actual_start_on"] = records["actual_start_on"].clip(upper=pd.Timestamp(day))
    buildings = measure_buildings(records, TWO_STAGES, day=day)
    slips = measure_slips(records, buildings, TWO_STAGES, day=day)
    course = trace_buildings(slips, TWO_STAGES)[1]
    measured = buildings.iloc[0]
    assert read_at(course, "heights", str(day)) == pytest.approx(
        measured["built_height_m"], abs=0.06
    )
    assert read_at(course, "done", str(day)) == pytest.approx(measured["progress_pct"], abs=0.06)
    for name in ("days", "heights", "done", "stages"):
        assert course[name] == sorted(course[name])
    assert course["heights"][-1] == 20 and course["done"][-1] == 100
    projects = measure_projects(buildings, pd.Series({1: 2026}), TWO_STAGES)
    ends = slips["ends_on"].max()
    assert ends >= pd.Timestamp(day)
    assert projects["expected_end_on"].iloc[0] == max(ends, projects["expected_end_on"].iloc[0])
