"""Warnings of the little town: graduates, ways, forecasts, and the life of a warning."""

from __future__ import annotations

import tomllib
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import ProgrammingError

from catchments.profile import parse_profile
from gis import tables
from gis.access import Role
from gis.database import read_table
from gis.errors import UsageError
from layers.language import load_language
from scenarios.district import District, find_plan
from scenarios.enrolment_warning.ahead import read_ahead
from scenarios.enrolment_warning.clear import read_outlook
from scenarios.enrolment_warning.count import count_plan
from scenarios.enrolment_warning.life import Entry, enter_event, read_log, read_warnings
from scenarios.enrolment_warning.panel import build_panel
from scenarios.enrolment_warning.reach import update_reaches
from scenarios.enrolment_warning.states import read_states
from scenarios.view import View
from tests.conftest import act_as
from tests.scenarios.pages import read_rows, read_words
from tests.stored import count_town, insert_run
from tests.town import (
    PROFILE,
    build_frames,
    build_profile,
    store_frames,
)


def build_fed_profile(**changes: Any):
    """Return the town's profile whose junior children are the graduates of primary."""
    stages = tomllib.loads(PROFILE)["stages"]
    fed = [{**one, "graduates_of": "primary"} if one["code"] == "junior" else one for one in stages]
    return build_profile(stages=fed, **changes)


def store_town(connection, frames, profile=None, **options) -> District:
    """Load frames as a district of its own, count it, and return it."""
    report = store_frames(connection, frames, **options)
    district = District(report.district_id, profile or build_profile(code="copy"))
    return count_town(connection, district)


# -- junior counts graduates --------------------------------------------------------------------

# c13 is born in time for junior 2026, c14 as well but entered primary a year late, c15 is a
# migrant. c13 entered again at another school: it graduates once, by its first entry.
SEAT_USES = pd.DataFrame(
    {
        "child_code": ["c13", "c13", "c14", "c15"],
        "household_code": ["h12", "h12", "h13", "h14"],
        "school_code": ["A", "P", "B", "B"],
        "stage": "primary",
        "entered_year": [2020, 2021, 2021, 2020],
        "property_unit_code": None,
    }
)


def count_junior(connection, district: District) -> dict[int, tuple[int, int]]:
    demand = read_table(connection, "unit_demand", district_id=district.id)
    mine = demand[demand["stage"] == "junior"]
    sums = mine.groupby("year")[["children", "registered_children"]].sum()
    return {int(year): (int(row.iloc[0]), int(row.iloc[1])) for year, row in sums.iterrows()}


def test_junior_counts_those_who_entered_primary_six_years_before(steward):
    frames = {**build_frames(), "seat_use": SEAT_USES}
    district = store_town(steward, frames, build_fed_profile(code="copy"))
    # 2026: c13 and the migrant c15; 2027: c14, who entered late. By age it was c13, c14; c15.
    assert count_junior(steward, district) == {2026: (2, 1), 2027: (1, 1)}


def test_years_that_no_entry_is_known_for_keep_the_age_window(steward):
    frames = {**build_frames(), "seat_use": SEAT_USES[SEAT_USES["entered_year"] == 2020]}
    district = store_town(steward, frames, build_fed_profile(code="copy"))
    assert count_junior(steward, district) == {2026: (2, 1), 2027: (1, 0)}  # c15 by age


def test_a_district_without_a_register_of_seats_counts_junior_by_age(steward):
    district = store_town(steward, build_frames(), build_fed_profile(code="copy"))
    assert count_junior(steward, district) == {2026: (2, 2), 2027: (1, 0)}


def test_a_stage_cannot_take_its_own_graduates():
    stages = tomllib.loads(PROFILE)["stages"]
    stages[1]["graduates_of"] = "junior"
    with pytest.raises(UsageError, match="cannot take the graduates"):
        parse_profile({**tomllib.loads(PROFILE), "stages": stages}, origin="a test")


# -- years ahead --------------------------------------------------------------------------------


def test_the_forecast_adds_chances_and_the_years_after(connection, town):
    act_as(connection, Role.PLANNER)
    plan = find_plan(connection, town, "statutory")
    run_id = insert_run(connection, town, "forecast_middle", plan)
    school = tables.school
    a_id = connection.execute(
        select(school.c.id).where(school.c.district_id == town.id, school.c.code == "A")
    ).scalar_one()
    interval = {"low_80": 1.0, "high_80": 9.0, "low_95": 0.0, "high_95": 12.0}
    rows = [
        {"run_id": run_id, "school_id": a_id, "stage": "primary", "year": year, "children": 5.0,
         "counted_children": 5.0, **interval, "seats": 4, "project_seats": 2,
         "shortfall_seats": 0.4, "warning": "none", "yellow_chance": 0.5, "red_chance": 0.25,
         "basis": "partly_born"}
        for year in (2026, 2030)
    ]  # fmt: skip
    connection.execute(insert(tables.forecast_catchment), rows)
    ahead = read_ahead(connection, town, plan, stage="primary", horizon=10)
    mine = ahead[ahead["school_code"] == "A"].set_index("year")
    assert mine["warning"].to_dict() == {2026: "red", 2027: "red", 2030: "none"}
    assert mine["red_chance"].dropna().to_dict() == {2026: 0.25, 2030: 0.25}
    assert mine["ratio_pct"].loc[2030] == pytest.approx(500 / 6)
    assert mine["is_published"].to_dict() == {2026: True, 2027: True, 2030: False}
    panel = build_panel(View(connection, town, plan, "primary", 2026, load_language("en")))
    assert ["2030", "0", "0.3", "0"] in read_rows(panel)
    assert "Beyond the registers, by the forecast" in read_words(panel)


def test_a_project_clears_a_red_from_the_year_in_which_it_opens(planner, town):
    # N on unit 21 (no catchment of primary) opens 90 entry seats: B's own catchment is not there,
    # so A, which is red, has no project of its own.
    plan = find_plan(planner, town, "statutory")
    school = read_table(planner, "admission_school_names", district_id=town.id)
    a_id = int(school.loc[school["code"] == "A", "school_id"].iloc[0])
    outlook = read_outlook(planner, town, plan, "primary", 2026, a_id)
    assert outlook.is_red and outlook.projects.empty
    assert (outlook.first_red_year, outlook.cleared_year, outlook.needed_seats) == (2026, None, 1)


# -- states -------------------------------------------------------------------------------------


def test_the_children_beyond_the_radius_are_those_whose_way_is_longer(steward):
    # Cells are 983 m wide and 1108 m high and the town has no streets: ways are straight lines.
    # Children of A: h01 in 00 (0 m), h02 in 01 (983 m), h03 in 11 (about 1480 m).
    stages = tomllib.loads(PROFILE)["stages"]
    stages[0]["radius_m"] = 1000
    district = store_town(steward, build_frames(), build_profile(code="copy", stages=stages))
    plan = find_plan(steward, district, "statutory")
    update_reaches(steward, district, [plan])
    update_reaches(steward, district, [plan])  # is measured once
    states = read_states(steward, district, plan, "primary", 2026).schools.set_index("school_code")
    assert states.loc["A", "beyond_radius_pct"] == pytest.approx(100 / 3)
    assert states.loc["A", "mean_distance_m"] == pytest.approx((0 + 983 + 1481) / 3, abs=3)
    # B has 4 seats for 2 children: two to spare, no whole class of 45.
    assert (states.loc["B", "surplus_seats"], states.loc["B", "empty_classes"]) == (2, 0)


# -- the life of a warning ----------------------------------------------------------------------

RAISED = [("junior", "B", 2026), ("primary", "A", 2026), ("primary", "A", 2027)]


def list_open(connection, district: District) -> list[tuple[str, str, int]]:
    plan = find_plan(connection, district, "statutory")
    known = read_warnings(connection, district, plan)
    still = known[known["level"] != "none"]
    return list(still[["stage", "school_code", "year"]].itertuples(index=False, name=None))


def list_events(connection, district: District, key: tuple[str, str, int]) -> list[str]:
    plan = find_plan(connection, district, "statutory")
    stage, school, year = key
    known = read_warnings(connection, district, plan, stage=stage, school_code=school, year=year)
    return read_log(connection, [int(known["id"].iloc[0])])["kind"].tolist()


def give_more_seats(frames):
    seats = frames["seat"].copy()
    mine = (seats["school_code"] == "A") & (seats["year"] == 2026)
    seats.loc[mine & (seats["stage"] == "primary"), "entry_seats"] = 10
    return {**frames, "seat": seats}


def test_counting_raises_warnings_and_counting_again_adds_nothing(steward):
    # A has 3 registered children on 3 seats in 2026 and one on none in 2027, junior B two on one.
    district = store_town(steward, build_frames())
    assert list_open(steward, district) == RAISED
    plan = find_plan(steward, district, "statutory")
    count_plan(steward, district, plan)
    # Another run of the same outcome, as a new version of the program makes it:
    steward.execute(text("update onemap.run set inputs_digest = 'older' where kind = 'count'"))
    count_plan(steward, district, plan)
    assert [list_events(steward, district, key) for key in RAISED] == [["raised"]] * 3


def test_a_warning_outlives_a_reload_is_cleared_and_raised_again(steward):
    frames = build_frames()
    store_town(steward, frames)
    act_as(steward, Role.STEWARD)
    district = store_town(steward, give_more_seats(frames), replace=True)
    assert list_open(steward, district) == [RAISED[0], RAISED[2]]
    assert list_events(steward, district, RAISED[1]) == ["raised", "cleared"]
    act_as(steward, Role.STEWARD)
    district = store_town(steward, frames, replace=True)
    assert list_open(steward, district) == RAISED
    assert list_events(steward, district, RAISED[1]) == ["raised", "cleared", "reopened"]


def test_people_acknowledge_act_and_expect(steward):
    district = store_town(steward, build_frames())
    plan = find_plan(steward, district, "statutory")
    key = RAISED[1]
    enter_event(steward, district, plan, key, Entry("acknowledged", "王老师"))
    enter_event(steward, district, plan, key, Entry("measure", "王老师", " 增设 一班 ", 2027))
    known = read_warnings(steward, district, plan, stage="primary", year=2026).iloc[0]
    assert known["state"] == "measure"
    assert (known["acknowledged_by"], known["measure"]) == ("王老师", "增设 一班")
    assert known["expected_year"] == 2027
    assert list_events(steward, district, key) == ["raised", "acknowledged", "measure"]


@pytest.mark.parametrize(
    ("key", "entry", "what"),
    [
        (("primary", "B", 2026), Entry("acknowledged", "me"), "has no warning"),
        (RAISED[1], Entry("acknowledged", " "), "needs a name"),
        (RAISED[1], Entry("measure", "me"), "needs a text"),
        (RAISED[1], Entry("expected_to_clear", "me"), "No year"),
        (RAISED[1], Entry("expected_to_clear", "me", "", 2020), "cannot be expected"),
        (RAISED[1], Entry("shrugged", "me"), "no entry 'shrugged'"),
    ],
)
def test_an_entry_that_says_nothing_is_refused(steward, key, entry, what):
    district = store_town(steward, build_frames())
    plan = find_plan(steward, district, "statutory")
    with pytest.raises(UsageError, match=what):
        enter_event(steward, district, plan, key, entry)


def test_a_plan_that_is_tried_out_raises_nothing(planner, town):
    nearest = find_plan(planner, town, "nearest")
    assert read_warnings(planner, town, nearest).empty


@pytest.mark.parametrize("role", [Role.PLANNER, Role.OFFICER, Role.STEWARD])
def test_the_log_of_a_warning_is_only_ever_added_to(steward, role):
    store_town(steward, build_frames())
    act_as(steward, role)
    with pytest.raises(ProgrammingError, match="permission denied"):
        steward.execute(text("delete from onemap.warning_event"))
