"""The database itself enforces who may read and write what; reads of personal rows are logged."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import DBAPIError

from catchments.profile import Profile
from gis import tables
from gis.access import SMALL_CELLS, Role, grant_access
from gis.database import Database
from gis.errors import DatabaseError
from gis.runs import get_account
from gis.tables import OPEN, PERSONAL
from scenarios.district import District
from scenarios.enrolment_warning.count import count_children
from tests.conftest import act_as
from tests.town import build_profile

OPEN_TABLES = sorted(t.fullname for t in tables.metadata.tables.values() if t.schema == OPEN)
PERSONAL_TABLES = sorted(
    t.fullname for t in tables.metadata.tables.values() if t.schema == PERSONAL
)
WITH_PERSONS = [Role.STEWARD, Role.OFFICER]
WITHOUT_PERSONS = [Role.PLANNER, Role.LEADER, Role.GIS]


def may(connection: Connection, role: Role, right: str, table: str) -> bool:
    """Try what the database itself thinks `role` may do."""
    question = text("select has_table_privilege(:role, :table, :right)")
    answer = {"role": role.database_name, "table": table, "right": right}
    return bool(connection.execute(question, answer).scalar_one())


def can_enter(connection: Connection, role: Role, schema: str) -> bool:
    """Say whether `role` may use a schema at all."""
    question = text("select has_schema_privilege(:role, :schema, 'usage')")
    return bool(
        connection.execute(question, {"role": role.database_name, "schema": schema}).scalar_one()
    )


@pytest.mark.parametrize("role", WITHOUT_PERSONS)
@pytest.mark.parametrize("table", PERSONAL_TABLES)
def test_planners_leaders_and_city_gis_cannot_read_persons(database, role, table):
    with pytest.raises(DatabaseError, match="refuses this role"), database.begin(role) as session:
        session.execute(text(f"select 1 from {table} limit 1"))


@pytest.mark.parametrize("role", WITHOUT_PERSONS)
def test_no_right_on_any_personal_table_was_left_to_them(connection, role):
    assert not can_enter(connection, role, PERSONAL)
    rights = ("select", "insert", "update", "delete", "truncate", "references", "trigger")
    left = [(t, r) for t in PERSONAL_TABLES for r in rights if may(connection, role, r, t)]
    assert left == []


@pytest.mark.parametrize("role", [Role.LEADER, Role.GIS])
@pytest.mark.parametrize("table", SMALL_CELLS)
def test_leaders_and_city_gis_cannot_read_small_cells(database, role, table):
    with pytest.raises(DatabaseError, match="refuses this role"), database.begin(role) as session:
        session.execute(text(f"select 1 from {table} limit 1"))


@pytest.mark.parametrize("role", WITH_PERSONS)
@pytest.mark.parametrize("table", PERSONAL_TABLES)
def test_stewards_and_officers_read_persons(database, role, table):
    with database.begin(role) as session:
        session.execute(text(f"select 1 from {table} limit 1"))


@pytest.mark.parametrize("role", Role)
def test_everybody_reads_what_is_open(database, role):
    with database.begin(role) as session:
        for table in OPEN_TABLES:
            if table not in SMALL_CELLS:
                session.execute(text(f"select 1 from {table} limit 1"))


@pytest.mark.parametrize("role", [Role.LEADER, Role.GIS])
def test_readers_write_nothing(connection, role):
    rights = ("insert", "update", "delete", "truncate")
    tables_ = OPEN_TABLES + PERSONAL_TABLES
    assert [(t, r) for t in tables_ for r in rights if may(connection, role, r, t)] == []


def test_only_stewards_change_registers_and_nobody_else_deletes_the_log(connection):
    for table in PERSONAL_TABLES:
        for right in ("update", "delete"):
            holders = [role for role in Role if may(connection, role, right, table)]
            assert holders in ([Role.STEWARD], []), (table, right)


def test_log_of_accesses_can_be_added_to_but_not_changed(connection):
    log = "registry.access_log"
    for role in WITH_PERSONS:
        assert may(connection, role, "insert", log)
        assert not may(connection, role, "update", log)
        assert not may(connection, role, "delete", log)
        assert not may(connection, role, "truncate", log)


@pytest.mark.parametrize("role", Role)
def test_no_role_can_log_in_or_rise_above_itself(connection, role):
    row = connection.execute(
        text(
            "select rolcanlogin, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls"
            " from pg_roles where rolname = :name"
        ),
        {"name": role.database_name},
    ).one()
    assert not any(row)


def test_role_ends_with_its_transaction(database):
    with database.begin(Role.LEADER) as session:
        assert session.execute(text("select current_user")).scalar_one() == "onemap_leader"
    with database.engine.connect() as plain:
        assert plain.execute(text("select current_user")).scalar_one() != "onemap_leader"


def test_setting_rights_again_changes_nothing(connection):
    question = text(
        "select relnamespace::regnamespace::text, relname, relacl::text[] from pg_class"
        " where relnamespace = any(array['onemap', 'registry']::regnamespace[]) order by 1, 2"
    )

    def list_rights() -> list:
        rows = connection.execute(question).all()
        return [(schema, name, sorted(rights or [])) for schema, name, rights in rows]

    before = list_rights()
    grant_access(connection)
    assert list_rights() == before


def test_counting_the_children_is_entered_in_the_access_log(connection, town):
    act_as(connection, Role.OFFICER)
    changed: Profile = build_profile(minimum_cell=7)
    run_id = count_children(connection, District(town.id, changed))
    logged = connection.execute(
        select(tables.access_log).where(
            tables.access_log.c.purpose.like(f"run {run_id}:%"),
            tables.access_log.c.district_id == town.id,
        )
    ).one()
    assert (logged.who, logged.role, logged.rows) == (get_account(), "officer", 16)


def test_planner_cannot_count_the_children(connection, town):
    act_as(connection, Role.PLANNER)
    with pytest.raises(DBAPIError, match="permission denied for schema registry"):
        count_children(connection, District(town.id, build_profile(minimum_cell=7)))


def test_log_outlives_the_district(connection: Connection, database: Database):
    connection.execute(
        insert(tables.access_log).values(
            district_id=-1, who="x", role="officer", purpose="gone", rows=1
        )
    )
    kept = select(tables.access_log.c.district_id).where(tables.access_log.c.purpose == "gone")
    assert connection.execute(kept).scalar_one() == -1
