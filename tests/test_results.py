"""Projects and balance of the town, and questions that have no answer."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import func, select, text

from gis import tables
from gis.access import Role
from gis.errors import RejectedDataError, UsageError
from scenarios.district import District, check_choice, find_district, find_plan
from scenarios.enrolment_warning.count import count_children, count_plan
from scenarios.project_monitoring.track import track_projects
from scenarios.resource_distribution.assess import assess_balance
from scenarios.school_network.draw import draw_catchments, draw_plan
from tests.conftest import act_as
from tests.stored import list_runs
from tests.town import (
    build_frames,
    build_profile,
    store_frames,
)


def test_projects_stand_where_they_were_worked_out_by_hand(planner, town):
    project = planner.execute(
        text(
            "select project_progress.* from onemap.project_progress"
            " join onemap.project on project.id = project_progress.project_id"
            " where project.district_id = :id"
        ),
        {"id": town.id},
    ).one()
    # (57.5 % · 3000 + 0 % · 1000) / 4000, planned (71.8 % · 3000) / 4000
    assert project.progress_pct == pytest.approx(43.125)
    assert project.planned_pct == pytest.approx(53.85)
    # 31 July and 74 days make 13 October: too late for September 2026
    assert (project.delay_days, project.state) == (74, "late")
    assert project.planned_end_on == dt.date(2026, 7, 31)
    assert project.expected_end_on == dt.date(2026, 10, 13)
    assert project.expected_low_on <= project.expected_end_on <= project.expected_high_on
    assert project.opens_year == 2027
    assert project.construction_stage is None  # its second house has not begun
    houses = planner.execute(
        text(
            "select project_building.code, built_height_m, construction_stage"
            " from onemap.building_progress"
            " join onemap.project_building on project_building.id = project_building_id"
            " join onemap.project on project.id = project_id where district_id = :id order by 1"
        ),
        {"id": town.id},
    ).all()
    assert houses == [("n1", 20.0, "topped_out"), ("n2", 0.0, None)]


def test_balance_is_the_one_worked_out_by_hand(planner, town):
    rows = planner.execute(
        text(
            "select school.code, stage, indicator, value, state from onemap.indicator_result"
            " join onemap.school on school.id = school_id where district_id = :id"
        ),
        {"id": town.id},
    ).all()
    results = {row[:3]: (row.value and round(row.value, 3), row.state) for row in rows}
    assert results == {
        ("A", "primary", "qualified_teachers"): (4.2, "met"),
        ("A", "primary", "teaching_area"): (3.6, "failed"),  # 360 / 100 is 80 % of 4.5
        # B has 110 + 1.1 · 100 = 220 weighted pupils: six teachers for each stage
        ("B", "primary", "qualified_teachers"): (5.455, "met"),
        ("B", "junior", "qualified_teachers"): (6.0, "met"),
        ("B", "primary", "teaching_area"): (None, "missing"),
        ("B", "junior", "teaching_area"): (None, "missing"),
    }


def test_variation_between_schools_is_stored_with_its_limit(planner, town):
    run = select(func.max(tables.run.c.id)).where(
        tables.run.c.district_id == town.id, tables.run.c.kind == "balance"
    )
    rows = planner.execute(
        select(tables.indicator_variation).where(
            tables.indicator_variation.c.run_id == run.scalar_subquery()
        )
    ).all()
    told = {(row.stage, row.indicator): (row.schools, row.variation, row.met) for row in rows}
    # 100 pupils at 4.2 and 110 at 5.4545: mean 4.857, deviation 0.626
    assert told["primary", "qualified_teachers"] == (2, pytest.approx(0.1290, abs=1e-4), True)
    assert told["junior", "qualified_teachers"] == (1, 0, True)
    assert told["junior", "teaching_area"] == (0, None, None)


def test_school_with_pupils_that_reports_nothing_is_missing_and_not_forgotten(connection, town):
    act_as(connection, Role.STEWARD)
    silent = text(
        "delete from onemap.resource_fact using onemap.school"
        " where school.id = school_id and district_id = :id and code = 'A'"
    )
    connection.execute(silent, {"id": town.id})
    changed = District(town.id, build_profile(minimum_cell=9))
    run_id = assess_balance(connection, changed)
    states = connection.execute(
        text(
            "select distinct state from onemap.indicator_result"
            " join onemap.school on school.id = school_id where run_id = :run and code = 'A'"
        ),
        {"run": run_id},
    )
    assert states.scalars().all() == ["missing"]


def test_progress_and_balance_are_runs_too(connection, town):
    act_as(connection, Role.PLANNER)
    before = list_runs(connection, town)
    assert track_projects(connection, town) in before
    assert assess_balance(connection, town) in before
    changed = District(town.id, build_profile(minimum_cell=9))
    assert track_projects(connection, changed) not in before
    assert assess_balance(connection, changed) not in before


def test_district_without_projects_and_resources_has_neither_progress_nor_balance(connection):
    frames = build_frames()
    for name in ("project", "project_seat", "project_building", "stage_record", "resource_fact"):
        frames.pop(name)
    report = store_frames(connection, frames)
    district = District(report.district_id, build_profile(code="copy"))
    act_as(connection, Role.PLANNER)
    assert track_projects(connection, district) is None
    assert assess_balance(connection, district) is None


# -- questions that have no answer -------------------------------------------------------


def test_seats_cannot_be_set_against_children_that_nobody_counted(connection):
    report = store_frames(connection, build_frames())
    district = District(report.district_id, build_profile(code="copy"))
    act_as(connection, Role.PLANNER)
    with pytest.raises(RejectedDataError, match="no counted children"):
        count_plan(connection, district, find_plan(connection, district, None))


def test_stage_counted_by_unit_needs_no_register(connection, town):
    stages = [{**stage.model_dump(), "demand": "unit"} for stage in town.profile.stages]
    act_as(connection, Role.LEADER)
    assert count_children(connection, District(town.id, build_profile(stages=stages))) is None


def test_unknown_names_are_told_with_those_there_are(planner, database, town):
    with pytest.raises(UsageError, match=r"'atlantis' is not loaded.*town"):
        find_district(planner, "atlantis")
    with pytest.raises(UsageError, match=r"no plan 'x'.*statutory, nearest"):
        find_plan(planner, town, "x")
    with pytest.raises(UsageError, match=r"no method 'magic'.*nearest"):
        draw_plan(database, town, method="magic")
    with pytest.raises(UsageError, match=r"no stage 'college'"):
        check_choice(town, stage="college", year=None)
    with pytest.raises(UsageError, match=r"Year 2031.*2026 to 2027"):
        check_choice(town, stage=None, year=2031)
    assert check_choice(town, stage="primary", year=None) == 2026


def test_drawing_needs_a_public_open_school_in_some_stage(connection, undone):
    frames = build_frames()
    frames["school"]["public"] = False
    report = store_frames(connection, frames)
    district = District(report.district_id, build_profile(code="copy"))
    with pytest.raises(RejectedDataError, match="no school that can have a catchment"):
        draw_plan(undone, district, method="nearest")


def test_plan_is_drawn_once_for_the_same_units(connection, town):
    act_as(connection, Role.PLANNER)
    plan = find_plan(connection, town, "statutory")
    assert draw_catchments(connection, town, plan) == draw_catchments(connection, town, plan)
