"""The database: tables as declared, each with its meaning, COPY that keeps every value."""

from __future__ import annotations

import datetime as dt
import re
import threading

import numpy as np
import pandas as pd
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from geoalchemy2 import alembic_helpers
from sqlalchemy import (
    CheckConstraint,
    Connection,
    NullPool,
    create_engine,
    text,
)

from gis import tables
from gis.access import Role
from gis.database import (
    QUERIES,
    allocate_ids,
    open_database,
    read_query,
    write_rows,
)
from gis.errors import DatabaseError
from gis.settings import Settings

OURS = ("onemap", "registry")


def ask(connection: Connection, question: str, **parameters: object) -> list:
    """Return the rows of a catalogue question."""
    return connection.execute(text(question), parameters).all()


# -- tables -----------------------------------------------------------------------------


def test_migrated_tables_are_the_declared_ones(database):
    # Away from schema onemap, which the search path of a user called onemap would hide.
    engine = create_engine(
        database.engine.url, connect_args={"options": "-c search_path=public"}, poolclass=NullPool
    )
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_schemas": True,
                "include_name": lambda name, kind, _: kind != "schema" or name in OURS,
                "include_object": lambda thing, name, *rest: (
                    name != "alembic_version" and alembic_helpers.include_object(thing, name, *rest)
                ),
                "compare_type": True,
                "compare_server_default": True,
            },
        )
        assert compare_metadata(context, tables.metadata) == []


def test_every_table_and_column_says_what_it_means(connection):
    silent = ask(
        connection,
        """
        select relname, null from pg_class
        where relnamespace = any(array['onemap', 'registry']::regnamespace[])
            and relkind = 'r' and obj_description(oid, 'pg_class') is null
        union all
        select attrelid::regclass::text, attname from pg_attribute
        join pg_class on pg_class.oid = attrelid
        where relnamespace = any(array['onemap', 'registry']::regnamespace[])
            and relkind = 'r' and attnum > 0 and not attisdropped
            and col_description(attrelid, attnum) is null
        """,
    )
    assert [row for row in silent if "alembic_version" not in row[0]] == []


def test_database_keeps_every_rule_that_is_declared(connection):
    kept = {
        row[0] for row in ask(connection, "select conname from pg_constraint where contype = 'c'")
    }
    declared = {
        str(check.name)
        for table in tables.metadata.tables.values()
        for check in table.constraints
        if isinstance(check, CheckConstraint)
    }
    assert declared and declared <= kept


def test_every_reference_can_be_followed_backwards_by_an_index(connection):
    bare = ask(
        connection,
        """
        select conrelid::regclass::text, conname from pg_constraint
        where contype = 'f'
            and connamespace = any(array['onemap', 'registry']::regnamespace[])
            and not exists (
                select from pg_index
                where indrelid = conrelid
                    and (indkey::int2[])[0:cardinality(conkey) - 1] @> conkey
            )
        """,
    )
    assert bare == []


def test_every_geometry_has_its_index_and_its_datum(connection):
    columns = ask(
        connection,
        """
        select f_table_name, srid, exists (
            select from pg_indexes
            where schemaname = f_table_schema and tablename = f_table_name
                and indexdef like '%gist (geom)'
        )
        from geometry_columns where f_table_schema = 'onemap'
        """,
    )
    assert len(columns) >= 12
    assert [row for row in columns if row[1:] != (4490, True)] == []


PLANNED = sorted(path.stem for path in QUERIES.glob("*.sql"))


@pytest.mark.parametrize("name", PLANNED)
def test_every_question_says_what_it_asks_and_is_understood_by_the_database(connection, name):
    question = read_query(name)
    assert question.startswith("-- ")
    parameters = dict.fromkeys(text(question).compile().params)
    if name == "set_district_boundary":
        parameters["district_id"] = -1
    if name != "admission_choose_entrants":  # others ask about the entrants that it chooses
        connection.execute(text("create temporary table entrant on commit drop as select 0 as id"))
        connection.execute(text("alter table entrant add deferral_certificate boolean"))
    connection.execute(text("set local plan_cache_mode = force_generic_plan"))
    connection.execute(text(f"explain {question}"), parameters)


def test_two_programs_may_open_the_database_at_once(settings):
    troubles = []

    def open_and_close() -> None:
        try:
            with open_database(settings) as opened, opened.begin(Role.LEADER) as session:
                session.execute(text("select 1"))
        except Exception as error:  # told to the test below, not to a dying thread
            troubles.append(error)

    threads = [threading.Thread(target=open_and_close) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []


# -- addresses and trouble ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("nonsense", "is no database address"),
        ("", "is no database address"),
        ("postgresql://nobody@127.0.0.1:1/none", "does not answer.*onemap db"),
        ("postgresql:///none?host=/nowhere", "does not answer.*onemap db"),
    ],
)
def test_address_that_leads_nowhere_is_told(url, complaint):
    with (
        pytest.raises(DatabaseError, match=complaint),
        open_database(Settings(database_url=url)),
    ):
        pass


def test_password_of_the_address_is_never_told():
    secret = "postgresql://me:hidden-word@127.0.0.1:1/none"
    with pytest.raises(DatabaseError) as caught, open_database(Settings(database_url=secret)):
        pass
    assert "hidden-word" not in str(caught.value)
    assert "hidden-word" not in repr(Settings(database_url=secret))


def test_external_address_opens_the_same_database(settings, database):
    url = database.engine.url.render_as_string(hide_password=False)
    with (
        open_database(Settings(database_url=url)) as opened,
        opened.begin(Role.LEADER) as session,
    ):
        assert session.execute(text("select count(*) from onemap.district")).scalar_one() >= 0
        assert opened.read_revision() == database.read_revision()


def test_tables_of_a_newer_program_are_left_alone(database, settings):
    change = text("update onemap.alembic_version set version_num = :revision")
    revision = database.read_revision()
    with database.engine.begin() as connection:
        connection.execute(change, {"revision": "9999"})
    try:
        with (
            pytest.raises(DatabaseError, match=r"revision 9999.*Update the program"),
            open_database(settings),
        ):
            pass
    finally:
        with database.engine.begin() as connection:
            connection.execute(change, {"revision": revision})


@pytest.mark.parametrize(
    ("statement", "complaint"),
    [
        ("select 1/0", r"refused the work: division by zero \(22012\)"),
        ("set transaction read only; create table onemap.x ()", "is read-only"),
        ("select * from registry.child", "refuses this role"),
    ],
)
def test_trouble_of_the_database_is_told_in_words(database, statement, complaint):
    with pytest.raises(DatabaseError, match=complaint), database.begin(Role.LEADER) as session:
        session.execute(text(statement))


def test_session_that_is_ended_from_outside_is_told(database):
    with (
        pytest.raises(DatabaseError, match=r"stopped during the work|does not answer"),
        database.begin(Role.LEADER) as session,
        database.engine.connect() as other,
    ):
        process = session.execute(text("select pg_backend_pid()")).scalar_one()
        other.execute(text("select pg_terminate_backend(:process)"), {"process": process})
        session.execute(text("select 1"))


def test_trouble_during_copy_is_told_in_words(database):
    with (
        pytest.raises(DatabaseError, match=r"duplicate key.*\(23505\)"),
        database.begin(Role.STEWARD) as session,
    ):
        twice = pd.DataFrame({"id": [-1, -1], **_DISTRICT})
        write_rows(session, tables.district, twice)


_DISTRICT = {
    "code": ["x", "y"],
    "name_zh": "甲",
    "name_en": "X",
    "metric_srid": 4549,
    "data_date": dt.date(2026, 3, 31),
    "synthetic": True,
    "source": "s",
    "licence": "l",
    "profile": "{}",
}


# -- keys --------------------------------------------------------------------------------


def test_keys_handed_to_bulk_loads_never_meet_those_of_other_sessions(database):
    with database.begin(Role.STEWARD) as one, database.begin(Role.STEWARD) as other:
        first = allocate_ids(one, tables.plan, 1000)
        between = other.execute(text("select nextval('onemap.plan_id_seq')")).scalar_one()
        second = allocate_ids(other, tables.plan, 1000)
        third = allocate_ids(one, tables.plan, 10)
    keys = np.concatenate([first, [between], second, third])
    assert len(set(keys.tolist())) == 2011
    assert allocate_no_keys(database).tolist() == []


def allocate_no_keys(database) -> np.ndarray:
    with database.begin(Role.STEWARD) as session:
        return allocate_ids(session, tables.plan, 0)


def test_schema_names_in_the_catalogue_are_those_of_the_code():
    assert {table.schema for table in tables.metadata.tables.values()} == set(OURS)
    assert all(re.fullmatch(r"[a-z_]+", name) for name in tables.__all__ if name.islower())
