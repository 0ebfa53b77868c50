"""Bulk COPY keeps every value; questions bring rows and features back."""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given
from hypothesis import settings as settle
from hypothesis import strategies as st
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    Double,
    MetaData,
    SmallInteger,
    String,
    Table,
    text,
)

from gis.access import Role
from gis.database import (
    read_features,
    read_table,
    write_rows,
)
from gis.tables.columns import shape
from tests.conftest import act_as


def ask(connection: Connection, question: str, **parameters: object) -> list:
    """Return the rows of a catalogue question."""
    return connection.execute(text(question), parameters).all()


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
