"""A district is replaced whole or not at all; loads at the same time take turns."""

from __future__ import annotations

import threading
import time

import pytest
from sqlalchemy import func, select

from gis import tables
from gis.access import Role
from gis.database import Database, explain_trouble
from gis.errors import DatabaseError, RejectedDataError, UsageError
from gis.ingest.district import LOAD_ORDER, remove_district
from tests.conftest import act_as
from tests.stored import count_rows
from tests.town import build_frames
from tests.town import store_frames as load


def list_codes(database: Database) -> list[str]:
    with database.begin(Role.LEADER) as connection:
        return list(connection.execute(select(tables.district.c.code)).scalars())


def remove(database: Database, *codes: str) -> None:
    with database.begin(Role.STEWARD) as connection:
        for code in codes:
            remove_district(connection, code)


def test_loading_again_is_refused_unless_it_replaces(steward):
    load(steward, build_frames())
    with pytest.raises(UsageError, match=r"copy is loaded already.*--replace"):
        load(steward, build_frames())
    assert load(steward, build_frames(), replace=True).rows["child"] == 16
    assert (
        steward.execute(
            select(func.count())
            .select_from(tables.district)
            .where(tables.district.c.code == "copy")
        ).scalar_one()
        == 1
    )


def test_replacing_leaves_nothing_of_the_old_and_other_districts_alone(steward):
    other = load(steward, build_frames(), code="other")
    old = load(steward, build_frames())
    new = load(steward, build_frames(), replace=True)
    for table in LOAD_ORDER:
        if table.name in build_frames():
            rows = [count_rows(steward, table, r.district_id) for r in (other, old, new)]
            assert rows == [len(build_frames()[table.name]), 0, rows[0]], table.name


def test_load_that_fails_halfway_leaves_no_district(database):
    frames = build_frames()
    frames["stage_record"] = frames["stage_record"].drop(columns="progress_pct")
    with (
        pytest.raises(RejectedDataError, match="stage_record"),
        database.begin(Role.STEWARD) as connection,
    ):
        load(connection, frames, code="half")
    assert "half" not in list_codes(database)


def test_replacement_that_fails_halfway_leaves_the_old_district(database):
    with database.begin(Role.STEWARD) as connection:
        old = load(connection, build_frames(), code="old")
    try:
        frames = build_frames()
        frames["seat"] = frames["seat"].assign(seats="many")
        with pytest.raises(RejectedDataError), database.begin(Role.STEWARD) as connection:
            load(connection, frames, code="old", replace=True)
        with database.begin(Role.STEWARD) as connection:
            assert count_rows(connection, tables.child, old.district_id) == 16
    finally:
        remove(database, "old")


def test_two_districts_are_loaded_at_once(database):
    troubles = load_together(database, ["left", "right"])
    try:
        assert troubles == {}
        assert {"left", "right"} <= set(list_codes(database))
    finally:
        remove(database, "left", "right")


def test_second_of_two_loads_of_one_district_is_told_that_it_is_loaded(database):
    troubles = load_together(database, ["same", "same"])
    try:
        assert [type(error) for error in troubles.values()] == [UsageError]
        assert list_codes(database).count("same") == 1
    finally:
        remove(database, "same")


def test_two_replacements_of_one_district_take_turns(database):
    troubles = load_together(database, ["same", "same"], replace=True)
    try:
        assert troubles == {}
        assert list_codes(database).count("same") == 1
    finally:
        remove(database, "same")


def load_together(
    database: Database, codes: list[str], *, replace: bool = False
) -> dict[int, Exception]:
    """Load districts in threads that begin together and commit late; return what they raised."""
    barrier, troubles = threading.Barrier(len(codes)), {}

    def run(number: int, code: str) -> None:
        try:
            with database.begin(Role.STEWARD) as connection:
                barrier.wait()
                load(connection, build_frames(), code=code, replace=replace)
                time.sleep(0.3)
        except Exception as error:  # told to the test, not to a dying thread
            troubles[number] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(codes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return troubles


def test_leader_cannot_load(connection):
    act_as(connection, Role.LEADER)
    with pytest.raises(DatabaseError, match="refuses this role"), explain_trouble():
        load(connection, build_frames())
