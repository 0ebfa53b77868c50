"""Reports stored in a real PostGIS: all or none, history kept, progress computed anew."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DBAPIError

from gis import tables
from gis.access import Role
from gis.database import Database, read_table
from gis.errors import UsageError
from gis.ingest.district import remove_district
from layers.catalogue import read_versions
from scenarios.district import District, find_district, find_plan
from scenarios.enrolment_warning.count import count_children, count_plan
from scenarios.project_monitoring.monitor import read_monitor
from scenarios.project_monitoring.record import record_reports
from scenarios.project_monitoring.reports import COLUMNS, RejectedReportsError
from scenarios.project_monitoring.track import track_projects
from scenarios.school_network.draw import draw_catchments
from tests.conftest import Ask, act_as
from tests.stored import list_runs
from tests.town import PROFILE, build_features, build_frames, find_centre, store_frames

# The town's first house: superstructure done by 2025-12-31 at the latest, half topped out.
TOPPED_OUT = ("n1", "topped_out", "2026-02-01", "2026-03-20", "100", "2026-03-31")
FIT_OUT = ("n1", "fit_out", "2026-03-25", "", "30", "2026-03-31")
TODAY = dt.date(2026, 4, 1)


def report(*rows: tuple[str, ...]) -> pd.DataFrame:
    """Return reports as a CSV delivers them."""
    return pd.DataFrame(rows, columns=COLUMNS, index=range(2, 2 + len(rows)))


@pytest.fixture
def officer(connection: Connection, town: District) -> Connection:
    """Open an officer's transaction that is undone after the test."""
    act_as(connection, Role.OFFICER)
    return connection


def read_progress(connection: Connection, town: District) -> pd.Series:
    rows = read_table(connection, "project_openings", district_id=town.id)
    return rows.iloc[0]


def test_reports_change_records_and_compute_progress_in_the_same_transaction(
    officer: Connection, town: District
) -> None:
    before = read_progress(officer, town)
    recorded = record_reports(
        officer, town, report(TOPPED_OUT, FIT_OUT), who="王工", source="cockpit", today=TODAY
    )
    after = read_progress(officer, town)
    assert len(recorded.changes) == 2
    assert after["run_id"] == recorded.run_id > before["run_id"]
    # n1 weighs 3000 of 4000 m²: from 57.5 to 60 + 30 · 30 % = 69 %
    assert after["progress_pct"] - before["progress_pct"] == pytest.approx(0.75 * (69 - 57.5))
    assert after["delay_days"] <= before["delay_days"]
    project = recorded.projects.iloc[0]
    assert project["old_progress_pct"] == before["progress_pct"]
    assert project["new_progress_pct"] == after["progress_pct"]


def test_every_change_is_kept_with_who_and_why(officer: Connection, town: District) -> None:
    record_reports(officer, town, report(TOPPED_OUT), who="王工", source="a.csv", today=TODAY)
    back = report(("n1", "topped_out", "2026-02-01", "", "80", "2026-03-31"))
    back = back.assign(reason="验收未通过")
    record_reports(officer, town, back, who="李工", source="cockpit", today=TODAY)
    history = read_table(officer, "project_history", district_id=town.id, project_code="N")
    assert history["who"].tolist() == ["李工", "王工"]
    assert history["source"].tolist() == ["cockpit", "a.csv"]
    assert history["reason"].fillna("").tolist() == ["验收未通过", ""]
    assert history["old_progress_pct"].tolist() == [100, 50]
    assert history["new_progress_pct"].tolist() == [80, 100]
    assert history["new_actual_end_on"].tolist() == [None, dt.date(2026, 3, 20)]


@pytest.mark.parametrize("role", Role)
def test_nobody_changes_or_removes_what_was_kept(
    connection: Connection, town: District, role: Role
) -> None:
    for statement in (
        "update onemap.stage_change set who = 'x'",
        "delete from onemap.stage_change",
    ):
        act_as(connection, role)
        with pytest.raises(DBAPIError, match="permission denied"), connection.begin_nested():
            connection.execute(text(statement))


def test_one_faulty_row_stores_none(officer: Connection, town: District) -> None:
    before = read_progress(officer, town)["run_id"]
    faulty = report(TOPPED_OUT, ("n1", "fit_out", "2026-03-25", "", "130", "2026-03-31"))
    with pytest.raises(RejectedReportsError):
        record_reports(officer, town, faulty, who="王工", source="a.csv", today=TODAY)
    assert read_progress(officer, town)["run_id"] == before
    assert read_table(officer, "project_history", district_id=town.id, project_code="N").empty


def test_dry_run_tells_what_would_change_and_leaves_everything(
    officer: Connection, town: District
) -> None:
    runs, versions = list_runs(officer, town), read_versions(officer, town.id)
    recorded = record_reports(
        officer, town, report(TOPPED_OUT), who="王工", source="a.csv", today=TODAY, dry_run=True
    )
    assert recorded.run_id is None and len(recorded.changes) == 1
    assert (
        recorded.projects["new_progress_pct"].iloc[0]
        > recorded.projects["old_progress_pct"].iloc[0]
    )
    assert list_runs(officer, town) == runs
    assert read_versions(officer, town.id) == versions


def test_digest_of_the_records_goes_on_so_that_what_rests_on_them_is_made_anew(
    officer: Connection, town: District
) -> None:
    dataset = tables.dataset
    digests = select(dataset.c.name, dataset.c.digest).where(dataset.c.district_id == town.id)
    before, versions = dict(officer.execute(digests).all()), read_versions(officer, town.id)
    record_reports(officer, town, report(TOPPED_OUT), who="王工", source="a.csv", today=TODAY)
    after = dict(officer.execute(digests).all())
    assert {name for name in after if after[name] != before[name]} == {"stage_record"}
    assert all(
        new != old for new, old in zip(read_versions(officer, town.id), versions, strict=True)
    )
    again = record_reports(officer, town, report(TOPPED_OUT), who="王工", source="b", today=TODAY)
    assert again.changes.empty
    assert dict(officer.execute(digests).all()) == after
    assert track_projects(officer, town) == again.run_id


def test_report_without_a_name_is_refused(officer: Connection, town: District) -> None:
    with pytest.raises(UsageError, match="name of the officer"):
        record_reports(officer, town, report(TOPPED_OUT), who="  ", source="cockpit", today=TODAY)


def test_monitor_sets_slips_chances_and_warnings_beside_each_other(
    planner: Connection, town: District
) -> None:
    monitor = read_monitor(planner, town, find_plan(planner, town, None))
    project = monitor.projects.iloc[0]
    assert project["expected_low_on"] <= project["expected_end_on"] <= project["expected_high_on"]
    assert monitor.chances["chance"].is_monotonic_increasing
    n1 = monitor.slips[monitor.slips["project_building_code"] == "n1"]
    # superstructure ended as planned or later; the rest moves by the 74 days of the building
    assert n1["slip_days"].iloc[-1] == 74
    # site 21 lies in no primary catchment: nothing is turned red
    assert monitor.turned_red.empty


def test_extension_turns_the_catchment_of_its_school_red(steward: Connection) -> None:
    # Planned for 2026, ready for 2027; two children are registered in B's catchment in 2026.
    frames = build_frames()
    frames["project"] = frames["project"].assign(kind="extension", school_code="B")
    seat = frames["seat"]
    frames["seat"] = seat.assign(
        entry_seats=seat["entry_seats"].mask(seat["school_code"] == "B", 1)
    )
    store_frames(steward, frames)
    district = find_district(steward, "copy")
    act_as(steward, Role.OFFICER)
    count_children(steward, district)
    plan = find_plan(steward, district, None)
    draw_catchments(steward, district, plan)
    count_plan(steward, district, plan)
    track_projects(steward, district)
    turned = read_monitor(steward, district, plan).turned_red
    assert turned["school_name_en"].tolist() == ["School B"]
    row = turned.iloc[0]
    assert (row["stage"], row["year"], row["certainty"]) == ("primary", 2026, "expected")
    assert (row["counted_children"], row["seats"], row["opened_seats"]) == (2, 1, 90)


# -- loading ----------------------------------------------------------------------------


def build_site_frames(**inspection: object) -> dict[str, pd.DataFrame]:
    """Return the town with one inspection and two payments."""
    row = {
        "project_code": "N",
        "project_building_code": "n1",
        "code": "J1",
        "inspected_on": pd.Timestamp("2026-03-01"),
        "inspector": "陈工",
        "severity": "minor",
        "finding": "临边防护缺失",
        "closed_on": pd.NaT,
        "photo_file": "J1.jpg",
    } | inspection
    payment = {
        "project_code": "N",
        "code": ["1", "1"],
        "kind": ["planned", "paid"],
        "paid_on": pd.to_datetime(["2026-01-01", "2026-01-15"]),
        "amount_yuan": [1e6, 9e5],
    }
    return build_frames() | {
        "inspection": build_features(
            {name: [one] for name, one in row.items()}, [find_centre("21")]
        ),
        "payment": pd.DataFrame(payment),
    }


def test_inspections_and_payments_are_loaded_with_their_project(steward: Connection) -> None:
    report_ = store_frames(steward, build_site_frames())
    assert report_.rejected.empty
    stored = read_table(steward, "project_inspections", district_id=report_.district_id).iloc[0]
    assert (stored["building_name_zh"], stored["closed_on"]) == ("1号楼", None)
    assert stored["longitude"] == pytest.approx(find_centre("21").x)
    money = read_table(steward, "project_payments", district_id=report_.district_id)
    assert money["amount_yuan"].tolist() == [1e6, 9e5]


def test_inspection_of_the_whole_site_needs_no_building_and_no_place(steward: Connection) -> None:
    frames = build_site_frames()
    frames["inspection"] = pd.DataFrame(
        frames["inspection"].drop(columns=["geom", "project_building_code"])
    )
    assert store_frames(steward, frames).rejected.empty


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"closed_on": pd.Timestamp("2026-02-01")}, "closed_on >= inspected_on"),
        ({"inspected_on": pd.Timestamp("2026-04-01")}, "after the data date"),
        ({"severity": "bad"}, "severity in"),
        ({"project_building_code": "n9"}, "no project_building has this code"),
    ],
)
def test_inspection_that_cannot_be_is_refused_with_its_row(
    steward: Connection, wrong: dict[str, object], rule: str
) -> None:
    frames = build_site_frames()
    good = frames["inspection"]
    bad = good.assign(code="J2", **wrong)
    frames["inspection"] = pd.concat([good, bad], ignore_index=True).set_crs(4490)
    rejected = store_frames(steward, frames).rejected
    assert len(rejected) == 1 and rule in rejected["rule"].iloc[0]


def test_building_of_another_project_is_refused(steward: Connection) -> None:
    frames = build_site_frames()
    frames["project"] = pd.concat(
        [frames["project"], frames["project"].assign(code="M")], ignore_index=True
    ).set_crs(4490)
    bad = frames["inspection"].assign(code="J2", project_code="M")
    frames["inspection"] = pd.concat([frames["inspection"], bad], ignore_index=True).set_crs(4490)
    rejected = store_frames(steward, frames).rejected
    assert rejected["rule"].tolist() == ["it belongs to another project"]
    assert "J2" in rejected["row_ref"].iloc[0]


# -- commands ---------------------------------------------------------------------------


def write_csv(path: Path, *rows: tuple[str, ...]) -> Path:
    path.write_text("\n".join([",".join(COLUMNS), *(",".join(row) for row in rows)]) + "\n")
    return path


def test_command_lists_projects_with_interval_and_chances(onemap: Ask, town: District) -> None:
    told = onemap("projects", "list", "--json").told
    (project,) = told["projects"]
    assert project["project_code"] == "N" and project["delay_days"] == 74
    assert project["expected_low_on"] <= "2026-10-13" <= project["expected_high_on"]
    chances = list(project["chances"].values())
    assert chances == sorted(chances) and len(chances) == 11
    assert onemap("projects", "list").code == 0


def test_command_tries_reports_without_storing_them(
    onemap: Ask, town: District, tmp_path: Path
) -> None:
    file = write_csv(tmp_path / "reports.csv", TOPPED_OUT, FIT_OUT)
    told = onemap("projects", "update", file, "--dry-run", "--json").told
    assert told["dry_run"] and told["changed"] == 2 and told["run"] is None
    assert told["projects"][0]["new_progress_pct"] > told["projects"][0]["old_progress_pct"]
    assert onemap("projects", "history", "N", "--json").told["changes"] == []


def test_command_refuses_a_file_with_every_faulty_line(
    onemap: Ask, town: District, tmp_path: Path
) -> None:
    file = write_csv(
        tmp_path / "reports.csv",
        TOPPED_OUT,
        ("n1", "completed", "2026-03-25", "", "30", "2026-03-31"),
        ("x", "fit_out", "", "", "", "2999-01-01"),
    )
    answer = onemap("projects", "update", file, "--json")
    assert answer.code == 3
    faults = [(fault["line"], fault["column"]) for fault in answer.told["faults"]]
    assert faults == [
        (3, "construction_stage"),
        (4, "progress_pct"),
        (4, "project_building_code"),
    ]
    assert all(fault["mend"] for fault in answer.told["faults"])
    assert "line 3" in answer.err


def test_command_refuses_a_file_without_a_column(
    onemap: Ask, town: District, tmp_path: Path
) -> None:
    file = tmp_path / "reports.csv"
    file.write_text("project_building_code,construction_stage\nn1,fit_out\n")
    answer = onemap("projects", "update", file, "--json")
    assert answer.code == 3 and "progress_pct" in answer.told["found"]


def test_a_reload_never_deletes_reports_unasked(
    onemap: Ask, database: Database, tmp_path: Path
) -> None:
    sources = '[[sources]]\ndataset = "planning_unit"\nfile = "units.geojson"\n'
    profile = tmp_path / "profile.toml"
    profile.write_text(PROFILE.replace('code = "town"', 'code = "reported"') + sources)
    with database.begin(Role.STEWARD) as connection:
        store_frames(connection, build_frames(), code="reported")
    try:
        with database.begin(Role.OFFICER) as connection:
            district = find_district(connection, "reported")
            record_reports(
                connection, district, report(TOPPED_OUT), who="王工", source="a.csv", today=TODAY
            )
        answer = onemap(
            "load", "district", "--profile", profile, "--from", tmp_path, "--replace", "--json"
        )
        assert answer.code == 2
        assert "1 reports of officers" in answer.err and "--drop-reports" in answer.err
    finally:
        with database.begin(Role.STEWARD) as connection:
            remove_district(connection, "reported")


def test_command_stores_reports_and_tells_their_history(
    onemap: Ask, database: Database, tmp_path: Path
) -> None:
    with database.begin(Role.STEWARD) as connection:
        store_frames(connection, build_frames(), code="told")
    try:
        file = write_csv(tmp_path / "reports.csv", TOPPED_OUT)
        asked = ("--district", "told", "--json")
        told = onemap("projects", "update", file, "--by", "王工", *asked).told
        assert told["changed"] == 1 and told["run"] is not None
        (change,) = onemap("projects", "history", "N", *asked).told["changes"]
        assert (change["who"], change["source"]) == ("王工", "reports.csv")
        assert (change["old_progress_pct"], change["new_progress_pct"]) == (50, 100)
        assert change["new_actual_end_on"] == "2026-03-20"
        assert "50.0 → 100.0" in onemap("projects", "history", "N", *asked[:2]).out
        assert onemap("projects", "update", file, *asked).told["unchanged"] == 1
    finally:
        with database.begin(Role.STEWARD) as connection:
            remove_district(connection, "told")


def test_history_of_an_unknown_project_is_wrong_usage(onemap: Ask, town: District) -> None:
    assert onemap("projects", "history", "Z9", "--json").code == 2
