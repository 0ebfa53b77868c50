"""The boundary study of Southwest Baltimore County, 2015: its published numbers come out again."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import Connection

from gis.access import Role
from gis.database import Database
from gis.settings import PROJECT_ROOT, Settings
from scenarios.district import District, find_district, find_plan, list_plans
from scenarios.enrolment_warning.answer import compare_plans, read_counts, sum_counts
from scenarios.loading import LoadSummary, load_files

pytestmark = pytest.mark.published

PROFILE = PROJECT_ROOT / "data" / "districts" / "baltimore_southwest" / "profile.toml"
FILES = ("planning_blocks.geojson", "schools.csv")
PUPILS, PLANNED_YEAR = 5443, 2016
FINAL_OPTIONS = {"NovOpt1": 590, "NovOpt2": 582, "NovOpt3": 673, "NovOpt4": 688}


@pytest.fixture(scope="module")
def folder() -> Path:
    """Find the published files; their absence fails the tests, it never skips them."""
    place = Path(os.environ.get("REAL") or PROJECT_ROOT.parent / "shared" / "real")
    found = place.resolve() / "baltimore_southwest_2015"
    missing = [name for name in FILES if not (found / name).is_file()]
    if missing:
        pytest.fail(
            f"{found} lacks {', '.join(missing)}. Download the planning blocks and schools of the"
            " Baltimore County Public Schools, Southwest Area boundary study 2015, put them there,"
            " or name another folder with REAL=DIR."
        )
    return found


@pytest.fixture(scope="module")
def summary(database: Database, folder: Path) -> LoadSummary:
    return load_files(database, PROFILE, folder, settings=Settings(), replace=True)


@pytest.fixture(scope="module")
def county(database: Database, summary: LoadSummary) -> District:
    with database.begin(Role.PLANNER) as connection:
        return find_district(connection, summary.district)


@pytest.fixture
def planner(database: Database) -> Iterator[Connection]:
    with database.begin(Role.PLANNER) as connection:
        yield connection


def read_totals(connection: Connection, county: District, plan: str, year: int) -> dict[str, int]:
    chosen = find_plan(connection, county, plan)
    return sum_counts(read_counts(connection, county, chosen, year=year))


def test_block_451_has_no_geometry_and_is_reported(summary):
    refused = summary.rejected
    blocks = refused[refused["dataset"] == "planning_unit"]
    assert blocks[["row_ref", "column_name", "rule"]].to_numpy().tolist() == [
        ["451", "geom", "the geometry is empty"]
    ]
    # everything else that was refused hangs on that block
    assert set(refused["found"]) == {"empty", "451"}
    assert summary.rows["planning_unit"] == 181
    assert summary.rows["school"] == 11


def test_every_option_of_the_committee_is_a_plan(planner, county):
    # 19 options, three of them a second time for the school year 2016/17
    options = {plan.code for plan in list_plans(planner, county)} - {"current_school", "nearest"}
    assert set(FINAL_OPTIONS) <= options
    assert len(options) == 19 + 3


def test_todays_map_seats_319_pupils_too_few(planner, county):
    totals = read_totals(planner, county, "current_school", PLANNED_YEAR)
    assert totals["children"] == totals["counted_children"] == PUPILS
    assert totals["outside_children"] == 0
    assert totals["shortfall_seats"] == 319
    assert totals["catchments"] == 11


@pytest.mark.parametrize(("option", "moved"), FINAL_OPTIONS.items())
def test_final_options_seat_all_but_115_and_move_as_many_as_published(
    planner, county, option, moved
):
    plans = [find_plan(planner, county, option)]
    today = find_plan(planner, county, "current_school")
    row = compare_plans(planner, county, plans, today, stage="elementary", year=PLANNED_YEAR)[0]
    assert row["shortfall_seats"] == 115
    assert row["moved_children"] == moved
    assert row["children"] == PUPILS


def test_every_option_counts_every_pupil_once(planner, county):
    for plan in list_plans(planner, county):
        for year in (2015, PLANNED_YEAR):
            totals = read_totals(planner, county, plan.code, year)
            assert totals["children"] == PUPILS, plan.code
            short, free = totals["shortfall_seats"], totals["surplus_seats"]
            assert short - free == PUPILS - totals["seats"], plan.code


def test_moves_are_the_same_there_and_back(planner, county):
    plans = list_plans(planner, county)
    today = find_plan(planner, county, "current_school")
    choice = {"stage": "elementary", "year": PLANNED_YEAR}
    there = pd.DataFrame(compare_plans(planner, county, plans, today, **choice))
    moved = there.set_index("plan")["moved_children"]
    assert moved["current_school"] == 0
    for plan in plans:
        (back,) = compare_plans(planner, county, [today], plan, **choice)
        assert back["moved_children"] == moved[plan.code], plan.code


def test_counts_are_those_of_the_file_itself(planner, county, folder):
    blocks = pd.json_normalize(
        pd.read_json(folder / "planning_blocks.geojson", typ="series")["features"]
    ).rename(columns=lambda name: name.removeprefix("properties."))
    wanted = blocks.groupby("current_school")["pupils_k5"].sum()
    counts = read_counts(
        planner, county, find_plan(planner, county, "current_school"), year=PLANNED_YEAR
    )
    assert counts.set_index("school_code")["children"].to_dict() == wanted.to_dict()
