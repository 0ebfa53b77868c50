"""Construction progress: stages of known weight, against the days that were planned."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catchments.profile import Construction
from scenarios.project_monitoring.analysis import measure_buildings, measure_projects
from tests.town import STAGES, build_profile, read_rows

FIVE_STAGES = build_profile().construction
# Two stages make sums that fit into the head: 40 % in January, a pause, 60 % in April.
TWO_STAGES = Construction.model_validate(
    {
        "stages": [
            {"code": "ground", "name_zh": "土建", "name_en": "Ground", "weight": 0.4},
            {
                "code": "frame",
                "name_zh": "主体",
                "name_en": "Frame",
                "weight": 0.6,
                "raises_building": True,
            },
        ],
        "late_after_days": 30,
        "ready_before": "08-15",
    }
)
PLANNED = {"ground": ("2026-01-01", "2026-01-31"), "frame": ("2026-04-01", "2026-04-30")}


def build_building(
    progress_pct: dict[str, float],
    *,
    begun: tuple[str, ...] = (),
    ended: dict[str, str] | None = None,
    building: int = 1,
    area_m2: float = 1000.0,
) -> pd.DataFrame:
    """Return the stage records of one building of project 1, planned as above."""
    return pd.DataFrame(
        [
            {
                "project_id": 1,
                "project_building_id": building,
                "floor_area_m2": area_m2,
                "height_m": 20.0,
                "construction_stage": stage,
                "planned_start_on": pd.Timestamp(PLANNED[stage][0]),
                "planned_end_on": pd.Timestamp(PLANNED[stage][1]),
                "actual_start_on": pd.Timestamp(PLANNED[stage][0]) if stage in begun else pd.NaT,
                "actual_end_on": pd.Timestamp((ended or {}).get(stage)),
                "progress_pct": done,
            }
            for stage, done in progress_pct.items()
        ]
    )


def measure(records: pd.DataFrame, day: str) -> pd.Series:
    """Measure the one building of `records` on a day."""
    measured = measure_buildings(records, TWO_STAGES, day=dt.date.fromisoformat(day))
    assert len(measured) == 1
    return measured.iloc[0]


def measure_project(records: pd.DataFrame, day: str, *, planned_year: int = 2026) -> pd.Series:
    """Measure the one project of `records` on a day."""
    when = dt.date.fromisoformat(day)
    buildings = measure_buildings(records, TWO_STAGES, day=when)
    projects = measure_projects(buildings, pd.Series({1: planned_year}), TWO_STAGES)
    assert len(projects) == 1
    return projects.iloc[0]


def test_progress_is_the_sum_of_weights_times_the_share_of_each_stage():
    # 0.4 · 100 % + 0.6 · 50 % = 70 %; half of the frame stands 10 m high
    building = measure(build_building({"ground": 100, "frame": 50}, begun=("frame",)), "2026-04-15")
    assert building["progress_pct"] == pytest.approx(70)
    assert building["construction_stage"] == "frame"
    assert building["built_height_m"] == pytest.approx(10)


def test_plan_grows_evenly_between_first_and_last_day():
    # 40 % of January and 15 of 30 days of April: 40 + 60 · 15/30 = 70 %
    building = measure(build_building({"ground": 100, "frame": 50}), "2026-04-15")
    assert building["planned_pct"] == pytest.approx(70)
    assert building["delay_days"] == 0


def test_building_behind_is_late_by_the_days_since_its_progress_was_planned():
    # 55 % = 40 + 60 · 7.5/30 was planned in the course of 8 April, 7 days before the 15th
    building = measure(build_building({"ground": 100, "frame": 25}), "2026-04-15")
    assert building["delay_days"] == 7


def test_building_ahead_has_a_negative_delay():
    # 85 % = 40 + 60 · 22.5/30 is planned for 23 April, 8 days after the 15th
    building = measure(build_building({"ground": 100, "frame": 75}), "2026-04-15")
    assert building["delay_days"] == -8


@pytest.mark.parametrize("day", ["2026-01-31", "2026-02-15", "2026-03-31"])
def test_building_that_reached_the_plan_is_on_time_throughout_a_planned_pause(day):
    building = measure(build_building({"ground": 100, "frame": 0}), day)
    assert building["planned_pct"] == pytest.approx(40)
    assert building["delay_days"] == 0


def test_pause_is_no_excuse_for_what_was_planned_before_it():
    # 38.7 % = 40 · 30/31 was planned for 30 January: 15 days of February and one of January
    building = measure(build_building({"ground": 100 * 30 / 31, "frame": 0}), "2026-02-15")
    assert building["delay_days"] == 16


@pytest.mark.parametrize(
    ("day", "delay"), [("2025-12-01", 0), ("2026-01-01", 0), ("2026-01-11", 10)]
)
@pytest.mark.parametrize("begun", [(), ("ground",)])
def test_building_without_progress_is_late_from_its_planned_first_day_on(day, delay, begun):
    building = measure(build_building({"ground": 0, "frame": 0}, begun=begun), day)
    assert building["delay_days"] == delay
    assert building["progress_pct"] == building["built_height_m"] == 0
    assert building["construction_stage"] == ("ground" if begun else None)


@pytest.mark.parametrize(("ended", "delay"), [("2026-05-10", 10), ("2026-04-20", -10)])
def test_completed_building_is_late_by_its_last_day_whatever_today_is(ended, delay):
    records = build_building(
        {"ground": 100, "frame": 100}, ended={"ground": "2026-01-31", "frame": ended}
    )
    assert measure(records, "2027-01-01")["delay_days"] == delay
    assert measure(records, "2027-01-01")["actual_end_on"] == pd.Timestamp(ended)


def test_unfinished_building_grows_later_every_day_after_its_planned_end():
    records = build_building({"ground": 100, "frame": 50})
    late = [measure(records, day)["delay_days"] for day in ("2026-05-30", "2026-05-31")]
    assert late == [45, 46]  # half of April was planned for the 15th


def test_stage_that_the_profile_does_not_know_counts_for_nothing():
    records = build_building({"ground": 100, "frame": 50})
    stranger = records.iloc[[1]].assign(construction_stage="garden", progress_pct=0.0)
    measured = measure(pd.concat([records, stranger]), "2026-04-15")
    assert measured["progress_pct"] == pytest.approx(70)


def test_building_without_a_known_record_is_left_out():
    records = build_building({"ground": 100}).assign(construction_stage="garden")
    assert measure_buildings(records, TWO_STAGES, day=dt.date(2026, 1, 1)).empty


def test_project_weighs_its_buildings_by_floor_area_and_is_as_late_as_the_latest():
    # (70 · 3000 + 40 · 1000) / 4000 = 62.5 %; the second should stand at 70 % as well
    records = pd.concat(
        [
            build_building({"ground": 100, "frame": 50}, begun=("frame",), area_m2=3000),
            build_building({"ground": 100, "frame": 0}, begun=("ground",), building=2),
        ]
    )
    project = measure_project(records, "2026-04-15")
    assert project["progress_pct"] == pytest.approx(62.5)
    assert project["planned_pct"] == pytest.approx(70)
    # 40 % fit every day until 31 March
    assert project["delay_days"] == 15
    assert project["construction_stage"] == "ground"
    assert project["planned_end_on"] == pd.Timestamp("2026-04-30")
    assert project["expected_end_on"] == pd.Timestamp("2026-05-15")


def test_project_stands_before_its_first_stage_until_every_building_has_begun():
    records = pd.concat(
        [
            build_building({"ground": 100, "frame": 50}),
            build_building({"ground": 0, "frame": 0}, building=2),
        ]
    )
    assert measure_project(records, "2026-01-05")["construction_stage"] is None


@pytest.mark.parametrize(
    ("day", "state"),
    [("2025-12-01", "not_started"), ("2026-01-31", "not_started"), ("2026-02-01", "late")],
)
def test_project_counts_as_late_beyond_thirty_days(day, state):
    project = measure_project(build_building({"ground": 0, "frame": 0}), day)
    assert project["state"] == state


def test_project_is_on_time_while_building_and_completed_when_all_is_done():
    building = build_building({"ground": 100, "frame": 50}, begun=("ground", "frame"))
    assert measure_project(building, "2026-04-15")["state"] == "on_time"
    done = build_building(
        {"ground": 100, "frame": 100}, ended={"ground": "2026-01-31", "frame": "2026-08-20"}
    )
    project = measure_project(done, "2026-09-01")
    assert (project["state"], project["delay_days"]) == ("completed", 112)  # 30 April → 20 August
    assert project["expected_end_on"] == pd.Timestamp("2026-08-20")


@settings(deadline=None, max_examples=40)
@given(
    ground=st.floats(0, 100),
    frame=st.floats(0, 99),
    day=st.dates(dt.date(2025, 12, 1), dt.date(2026, 12, 31)),
)
def test_unfinished_project_is_never_expected_in_the_past(ground, frame, day):
    project = measure_project(build_building({"ground": ground, "frame": frame}), day.isoformat())
    assert project["expected_end_on"] >= pd.Timestamp(day)


@pytest.mark.parametrize(
    ("ended", "planned_year", "opens_year"),
    [
        ("2026-08-15", 2026, 2026),  # the last day to be ready for September
        ("2026-08-16", 2026, 2027),
        ("2026-12-31", 2026, 2027),
        ("2026-08-16", 2028, 2028),  # never before it was planned
        ("2025-03-01", 2026, 2026),
    ],
)
def test_seats_open_in_the_first_september_after_the_ready_day(ended, planned_year, opens_year):
    records = build_building(
        {"ground": 100, "frame": 100}, ended={"ground": "2025-01-31", "frame": ended}
    )
    project = measure_project(records, "2027-01-01", planned_year=planned_year)
    assert project["opens_year"] == opens_year


def test_project_without_planned_seats_opens_when_it_is_ready():
    buildings = measure_buildings(
        build_building({"ground": 0, "frame": 0}), TWO_STAGES, day=dt.date(2026, 1, 1)
    )
    projects = measure_projects(buildings, pd.Series(dtype=int), TWO_STAGES)
    assert projects["opens_year"].tolist() == [2026]  # planned end 30 April 2026


def test_no_buildings_make_no_projects():
    nothing = measure_buildings(
        build_building({"ground": 0})[:0], TWO_STAGES, day=dt.date(2026, 1, 1)
    )
    projects = measure_projects(nothing, pd.Series(dtype=int), TWO_STAGES)
    assert projects.empty and "opens_year" in projects


@settings(deadline=None, max_examples=50)
@given(
    ground=st.floats(0, 100),
    frame=st.floats(0, 100),
    more=st.floats(0, 100),
    day=st.dates(dt.date(2025, 12, 1), dt.date(2026, 6, 30)),
)
def test_more_progress_never_makes_a_building_later(ground, frame, more, day):
    less, further = (
        measure(build_building({"ground": ground, "frame": done}), day.isoformat())
        for done in (frame, max(frame, more))
    )
    assert 0 <= less["progress_pct"] <= further["progress_pct"] <= 100 + 1e-9
    assert further["delay_days"] <= less["delay_days"]


@settings(deadline=None, max_examples=30)
@given(
    progress=st.lists(st.sampled_from([0.0, 40.0, 100.0]), min_size=6, max_size=6),
    seed=st.integers(0, 2**32 - 1),
)
def test_order_of_records_never_matters(progress, seed):
    records = pd.concat(
        [
            build_building(
                {"ground": ground, "frame": frame}, building=number, area_m2=100 * number
            )
            for number, (ground, frame) in enumerate(
                zip(progress[::2], progress[1::2], strict=True), 1
            )
        ],
        ignore_index=True,
    )
    shuffled = records.iloc[np.random.default_rng(seed).permutation(len(records))]
    pd.testing.assert_series_equal(
        measure_project(shuffled, "2026-04-15"), measure_project(records, "2026-04-15")
    )


def test_towns_first_house_worked_out_by_hand():
    stages = read_rows(STAGES, progress="float")
    records = stages.rename(columns={"stage": "construction_stage", "progress": "progress_pct"})
    for name in ("planned_start", "planned_end", "actual_start", "actual_end"):
        records[f"{name}_on"] = pd.to_datetime(records[name])
    records["project_id"] = 1
    records["project_building_id"] = records["building"].map({"n1": 1, "n2": 2})
    records["floor_area_m2"] = records["building"].map({"n1": 3000.0, "n2": 1000.0})
    records["height_m"] = 20.0
    first = measure_buildings(records, FIVE_STAGES, day=dt.date(2026, 3, 31)).iloc[0]
    # done: 20 + 35 + 5 · 50 %
    assert first["progress_pct"] == pytest.approx(57.5)
    # planned: 20 + 35 + 5 + 30 · 59/150, the 59 days of February and March out of 150
    assert first["planned_pct"] == pytest.approx(71.8)
    # 57.5 % was planned for 16 January (55 + 5 · 16/31 = 57.6), 15 + 28 + 31 days ago
    assert first["delay_days"] == 74
    assert first["built_height_m"] == 20
    assert first["construction_stage"] == "topped_out"
