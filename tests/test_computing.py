"""Results are computed once for the same inputs and anew when anything changed."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Connection, delete, func, select, text

from gis import tables
from gis.access import Role
from gis.database import Database
from scenarios.compute import compute_district
from scenarios.district import District, Plan, find_district, find_plan, list_plans
from scenarios.enrolment_warning.answer import read_counts
from scenarios.enrolment_warning.count import count_children, count_plan
from scenarios.school_network.draw import draw_catchments, draw_plan
from tests.conftest import act_as
from tests.stored import list_runs, read_membership
from tests.town import build_frames, build_profile, find_centre, store_frames


def count_results(connection: Connection) -> list[int]:
    results = [
        tables.unit_demand,
        tables.catchment,
        tables.catchment_count,
        tables.building_progress,
        tables.project_progress,
        tables.indicator_result,
        tables.indicator_variation,
    ]
    question = [select(func.count()).select_from(table) for table in results]
    return [connection.execute(one).scalar_one() for one in question]


def test_computing_everything_again_changes_nothing(database, town):
    compute_district(database, town)  # other tests may have left data newer than its results
    with database.begin(Role.PLANNER) as connection:
        before = list_runs(connection, town), list_plans(connection, town)
        rows = count_results(connection)
    told: list[tuple[str, float]] = []
    compute_district(database, town, progress=lambda step, share: told.append((step, share)))
    with database.begin(Role.PLANNER) as connection:
        assert (list_runs(connection, town), list_plans(connection, town)) == before
        assert count_results(connection) == rows
    shares = [share for _, share in told]
    assert shares == sorted(shares) and told[-1] == ("done", 1.0)


def test_drawing_again_changes_nothing(connection, undone, town):
    act_as(connection, Role.PLANNER)
    before = find_plan(connection, town, "nearest")
    runs = list_runs(connection, town)
    assert draw_plan(undone, town, method="nearest") == before
    assert list_runs(connection, town) == runs


def test_drawing_after_a_school_has_moved_replaces_the_plan(connection, undone, town):
    act_as(connection, Role.PLANNER)
    before = find_plan(connection, town, "nearest")
    moved = text("update onemap.school set geom = st_geomfromtext(:wkt, 4490) where code = 'A'")
    connection.execute(moved, {"wkt": find_centre("22").wkt})
    after = draw_plan(undone, town, method="nearest")
    assert after.digest != before.digest
    assert read_membership(connection, town, "nearest")["primary"]["22"] == "A"
    assert [plan.code for plan in list_plans(connection, town)] == ["statutory", "nearest"]


def test_other_rules_make_another_run_and_the_old_rules_make_it_anew(connection, town):
    plan = find_plan(connection, town, "statutory")
    everyone = District(town.id, build_profile(warning={"counted": "children"}))
    runs = []
    for district in (town, everyone, town):
        act_as(connection, Role.OFFICER)
        count_children(connection, district)
        act_as(connection, Role.PLANNER)
        runs.append(count_plan(connection, district, plan))
        counts = read_counts(connection, district, plan, stage="primary", year=2026)
        assert counts["run_id"].unique().tolist() == runs[-1:]
        shortfall = counts.set_index("school_code")["shortfall_seats"]["A"]
        assert shortfall == (1 if district is everyone else 0)  # 4 or 3 children on 3 seats
    assert runs[0] < runs[1] < runs[2]


def test_children_that_were_counted_anew_are_set_against_the_seats_anew(connection, town):
    # After an update a planner may come before an officer has counted with the new program.
    plan = find_plan(connection, town, "statutory")
    mine = tables.run.c.district_id == town.id, tables.run.c.kind == "demand"
    connection.execute(tables.run.update().where(*mine).values(inputs_digest="the old program"))
    act_as(connection, Role.PLANNER)
    stale = count_plan(connection, town, plan)
    act_as(connection, Role.OFFICER)
    count_children(connection, town)
    act_as(connection, Role.PLANNER)
    assert count_plan(connection, town, plan) > stale


def draw_drawn_plan(database: Database, district: District) -> Plan:
    with database.begin(Role.PLANNER) as connection:
        plan = find_plan(connection, district, "statutory")
        draw_catchments(connection, district, plan)
    return plan


def draw_new_plan(database: Database, district: District) -> Plan:
    return draw_plan(database, district, method="nearest")


@pytest.mark.parametrize("draw", [draw_drawn_plan, draw_new_plan])
def test_programs_that_draw_and_count_at_once_do_it_once(database, draw):
    with database.begin(Role.STEWARD) as connection:
        report = store_frames(connection, build_frames(), code="busy")
    with database.begin(Role.OFFICER) as connection:
        district = find_district(connection, "busy")
        count_children(connection, district)
    barrier, runs, troubles = threading.Barrier(3), [], []

    def work() -> None:
        try:
            barrier.wait()
            plan = draw(database, district)
            with database.begin(Role.PLANNER) as connection:
                runs.append((plan.id, count_plan(connection, district, plan)))
        except Exception as error:  # told to the test, not to a dying thread
            troubles.append(error)

    threads = [threading.Thread(target=work) for _ in range(3)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert troubles == []
        assert len(set(runs)) == 1
    finally:
        with database.begin(Role.STEWARD) as connection:
            mine = tables.district.c.id == report.district_id
            connection.execute(delete(tables.district).where(mine))


def test_access_log_has_one_entry_for_each_count_of_the_children(planner, database, town):
    with database.begin(Role.OFFICER) as officer:
        before = officer.execute(select(func.count()).select_from(tables.access_log)).scalar_one()
        count_children(officer, town)
        after = officer.execute(select(func.count()).select_from(tables.access_log)).scalar_one()
    assert after == before > 0


@pytest.mark.parametrize(
    ("missing", "plans"),
    [
        (("child",), ["statutory", "nearest"]),
        (("seat", "plan", "plan_membership"), []),  # without seats no school has a catchment
        (("stage_record", "resource_fact"), ["statutory", "nearest"]),
    ],
)
def test_step_whose_data_is_not_loaded_yet_is_left_out(database, missing, plans):
    frames = {name: frame for name, frame in build_frames().items() if name not in missing}
    with database.begin(Role.STEWARD) as connection:
        store_frames(connection, frames, code="partial")
    try:
        with database.begin(Role.PLANNER) as connection:
            district = find_district(connection, "partial")
        compute_district(database, district)
        with database.begin(Role.PLANNER) as connection:
            assert [plan.code for plan in list_plans(connection, district)] == plans
    finally:
        with database.begin(Role.STEWARD) as connection:
            mine = tables.district.c.code == "partial"
            connection.execute(delete(tables.district).where(mine))


def test_stage_without_a_school_is_left_out_of_a_drawn_plan(connection, undone):
    frames = build_frames()
    frames["school"]["kind"] = "primary"
    report = store_frames(connection, frames)
    district = District(report.district_id, build_profile(code="copy"))
    act_as(connection, Role.OFFICER)
    count_children(connection, district)
    act_as(connection, Role.PLANNER)
    plan = draw_plan(undone, district, method="nearest")
    assert set(read_membership(connection, district, "nearest")) == {"primary"}
    count_plan(connection, district, plan)
    junior = read_counts(connection, district, plan, stage="junior", year=2026)
    assert junior[["outside_reason", "children"]].to_numpy().tolist() == [["no_catchment", 2]]


def test_plan_without_members_has_no_catchments(connection):
    frames = build_frames()
    frames["plan_membership"] = frames["plan_membership"].iloc[:0]
    report = store_frames(connection, frames)
    district = District(report.district_id, build_profile(code="copy"))
    act_as(connection, Role.OFFICER)
    count_children(connection, district)
    act_as(connection, Role.PLANNER)
    plan = find_plan(connection, district, "statutory")
    draw_catchments(connection, district, plan)
    count_plan(connection, district, plan)
    counts = read_counts(connection, district, plan, stage="primary", year=2026)
    assert counts[["outside_reason", "children"]].to_numpy().tolist() == [
        ["no_catchment", 8],
        ["unlocated", 1],
    ]


def test_catchments_drawn_under_other_rules_replace_the_former_ones(connection, town):
    act_as(connection, Role.PLANNER)
    plan = find_plan(connection, town, "statutory")
    rows = select(func.count()).select_from(tables.catchment)
    mine = rows.where(tables.catchment.c.plan_id == plan.id)
    before = connection.execute(mine).scalar_one()
    former = draw_catchments(connection, town, plan)
    again = draw_catchments(connection, District(town.id, build_profile(minimum_cell=9)), plan)
    assert again > former
    assert connection.execute(mine).scalar_one() == before == 3
