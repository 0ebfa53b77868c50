"""The database: tables as declared, each with its meaning, COPY that keeps every value."""

from __future__ import annotations

import datetime as dt
import re
import threading

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from geoalchemy2 import alembic_helpers
from hypothesis import HealthCheck, given
from hypothesis import settings as settle
from hypothesis import strategies as st
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Date,
    Double,
    MetaData,
    NullPool,
    SmallInteger,
    String,
    Table,
    create_engine,
    text,
)

from gis import tables
from gis.access import Role
from gis.database import (
    QUERIES,
    allocate_ids,
    open_database,
    read_features,
    read_query,
    read_table,
    write_rows,
)
from gis.errors import DatabaseError
from gis.settings import Settings
from gis.tables.columns import shape
from tests.conftest import act_as

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


# -- COPY in, questions out --------------------------------------------------------------

SCRATCH = Table(
    "scratch",
    MetaData(),
    Column("id", BigInteger, primary_key=True),
    Column("word", String),
    Column("small", SmallInteger),
    Column("number", BigInteger),
    Column("share", Double),
    Column("day", Date),
    Column("flag", Boolean),
    shape("GEOMETRY", "Any", nullable=True, index=False),
    schema="onemap",
)


@pytest.fixture
def scratch(connection: Connection) -> Connection:
    """Make a table with every type that the tables use; it goes with the transaction."""
    SCRATCH.create(connection)
    return connection


def store_and_read(connection: Connection, frame: pd.DataFrame) -> pd.DataFrame:
    """Send a frame by COPY and read it back, geometry as shapes."""
    write_rows(connection, SCRATCH, frame.assign(id=np.arange(len(frame))))
    names = [name for name in frame.columns if name != "geom"]
    rows = ask(connection, f"select {', '.join([*names, 'geom'])} from onemap.scratch order by id")
    read = pd.DataFrame(rows, columns=[*names, "geom"], dtype=object)
    return read.assign(geom=shapely.from_wkb(read["geom"].to_numpy(dtype=object)))


ODD_WORDS = [
    "瓯海区",
    "",
    'a "quoted" word',
    "one, two; three",
    "first line\nsecond line\r\nthird",
    "\\N",
    "\\.",
    "\t tab",
    "NULL",
    "'; drop table child; --",
    "😀",
    None,
]


@pytest.mark.parametrize("dtype", [object, "str", "string", "category"])
def test_words_come_back_as_they_were(scratch, dtype):
    read = store_and_read(scratch, pd.DataFrame({"word": pd.Series(ODD_WORDS, dtype=dtype)}))
    assert read["word"].tolist() == ODD_WORDS


WORDS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"))


@settle(
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    rows=st.lists(
        st.tuples(
            WORDS | st.none(),
            st.integers(-(2**15), 2**15 - 1) | st.none(),
            st.integers(-(2**53), 2**53) | st.none(),
            st.floats(allow_nan=False) | st.none(),
            st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)) | st.none(),
            st.booleans() | st.none(),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_every_value_comes_back_as_it_was(scratch, rows):
    names = ["word", "small", "number", "share", "day", "flag"]
    frame = pd.DataFrame(rows, columns=names, dtype=object)
    scratch.execute(text("delete from onemap.scratch"))
    read = store_and_read(scratch, frame)
    assert [tuple(row) for row in read[names].to_numpy(dtype=object)] == rows


def test_missing_numbers_and_days_of_any_dtype_become_null(scratch):
    frame = pd.DataFrame(
        {
            "small": pd.Series([7.0, np.nan]),
            "number": pd.Series([2**53, None], dtype="Int64"),
            "share": pd.Series([0.1, np.nan]),
            "day": pd.to_datetime(pd.Series(["2024-02-29", None])),
            "flag": pd.Series([True, None], dtype="boolean"),
            "word": pd.Series([None, None], dtype=object),
        }
    )
    first, second = store_and_read(scratch, frame).drop(columns="geom").to_numpy(dtype=object)
    assert first.tolist() == [7, 2**53, 0.1, dt.date(2024, 2, 29), True, None]
    assert second.tolist() == [None] * 6


def test_no_rows_are_stored_as_none(scratch):
    frame = pd.DataFrame({"word": [], "small": [], "day": [], "geom": []})
    assert store_and_read(scratch, frame).empty


def test_geometry_comes_back_to_the_last_bit_with_the_stores_datum(scratch):
    shapes = [
        shapely.Point(120.1 + 1e-12, 28.0),
        shapely.box(120.6, 28.0, 120.7, 28.1),
        shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(2, 2, 3, 3)]),
        shapely.LineString([(0, 0), (1 / 3, 2 / 3)]),
        None,
    ]
    read = store_and_read(scratch, pd.DataFrame({"geom": np.array(shapes, dtype=object)}))
    assert shapely.equals_exact(read["geom"].to_numpy()[:4], shapes[:4], tolerance=0).all()
    assert read["geom"].to_numpy()[4] is None
    srids = ask(scratch, "select distinct st_srid(geom) from onemap.scratch where geom is not null")
    assert srids == [(4490,)]


def test_digest_of_what_was_stored_tells_one_content_from_another(scratch):
    digests = [
        write_rows(scratch, SCRATCH, pd.DataFrame({"id": [number], "word": [word]}))
        for number, word in ((1, "a"), (2, "a"), (3, "b"))
    ]
    assert len(set(digests)) == 3
    scratch.execute(text("delete from onemap.scratch"))
    assert write_rows(scratch, SCRATCH, pd.DataFrame({"id": [1], "word": ["a"]})) == digests[0]


def test_features_come_with_their_datum_even_when_there_are_none(connection):
    act_as(connection, Role.LEADER)
    features = read_features(connection, "units", district_id=-1)
    assert isinstance(features, gpd.GeoDataFrame)
    assert (len(features), features.crs.to_epsg()) == (0, 4490)
    assert features.geometry.name == "geom"


def test_table_without_rows_still_has_its_columns(connection):
    assert list(read_table(connection, "plan_membership", plan_id=-1)) == [
        "stage",
        "planning_unit_id",
        "school_id",
    ]


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
