"""PostGIS, embedded or external: transactions under a role, questions from files, bulk COPY."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import psycopg2
import pyarrow as pa
import pyarrow.csv
import shapely
from sqlalchemy import Connection, Engine, Executable, Table, create_engine, func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from gis.access import Role, grant_access
from gis.crs import STORE_SRID
from gis.embedded import EmbeddedCluster
from gis.errors import DatabaseError
from gis.migrations import migrate_tables
from gis.settings import Settings
from gis.tables import OPEN

QUERIES = Path(__file__).parent / "queries"
OLDEST_POSTGIS = (3, 3)


class Database:
    """An open PostGIS with the tables of this version; made by :func:`open_database`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @contextmanager
    def begin(self, role: Role) -> Iterator[Connection]:
        """Open one transaction under `role`; the database enforces what the role may read.

        Raises
        ------
        DatabaseError
            When the database is absent, full, read-only or refuses the role.
        """
        with explain_trouble(), self.engine.begin() as connection:
            connection.execute(text(f"set local role {role.database_name}"))
            yield connection

    def analyze(self, table: Table | None = None) -> None:
        """Refresh the planner's statistics after a bulk load, of all tables or of one."""
        asked = text("analyze" if table is None else f"analyze {table.fullname}")
        with explain_trouble(), self.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(asked)

    def read_revision(self) -> str:
        """Return the revision of the tables."""
        with explain_trouble(), self.engine.begin() as connection:
            revision = text(f"select version_num from {OPEN}.alembic_version")
            return str(connection.execute(revision).scalar_one())


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """Open the database of the settings, start the embedded one if need be, migrate it.

    Raises
    ------
    DatabaseError
        When PostGIS is missing, too old, absent, or holds tables of a newer program.
    """
    with ExitStack() as stack:
        if settings.database_url is not None:
            url = settings.database_url.get_secret_value()
        else:
            url = stack.enter_context(EmbeddedCluster(settings.home_dir))
        database = _connect(url)
        stack.callback(database.engine.dispose)
        yield database


def _connect(url: str) -> Database:
    try:
        parsed = make_url(url)
    except Exception as error:
        raise DatabaseError(
            "ONEMAP_DATABASE_URL is no database address.",
            mend="Write postgresql://user:password@host:5432/name.",
        ) from error
    engine = create_engine(parsed.set(drivername="postgresql+psycopg2"), pool_size=10)
    with explain_trouble():
        with engine.begin() as connection:
            _require_postgis(connection)
        migrate_tables(engine)
        with engine.begin() as connection:
            grant_access(connection)
    return Database(engine)


def _require_postgis(connection: Connection) -> None:
    found = connection.execute(
        text("select default_version from pg_available_extensions where name = 'postgis'")
    ).scalar()
    if found is None:
        raise DatabaseError(
            "This PostgreSQL has no PostGIS.",
            mend="Install PostGIS 3.3 or newer on the database server.",
        )
    connection.execute(text("create extension if not exists postgis"))
    version = str(connection.execute(text("select postgis_lib_version()")).scalar_one())
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_POSTGIS:
        raise DatabaseError(
            f"PostGIS {version} is too old.", mend="Upgrade PostGIS to 3.3 or newer."
        )


# SQLSTATE class or code → what to say and how to mend it
_TROUBLE = {
    "53100": ("The database has no disk space left.", "Free space where the database lies."),
    "42501": ("The database refuses this role the right to do so.", "Use a role that may."),
    "25006": ("The database is read-only.", "Connect to the primary server."),
    "57P01": ("The database was stopped during the work.", "Start it and run the command again."),
}


@contextmanager
def explain_trouble() -> Iterator[None]:
    """Turn errors of the driver into :class:`DatabaseError` that say what to do."""
    try:
        yield
    except (DBAPIError, psycopg2.Error) as error:  # COPY speaks to the driver itself
        cause = error.orig if isinstance(error, DBAPIError) else error
        code = getattr(cause, "pgcode", None) or ""
        first_line = next(iter(str(cause).strip().splitlines()), "")
        if code in _TROUBLE:
            found, mend = _TROUBLE[code]
            raise DatabaseError(f"{found} ({first_line})", mend=mend) from error
        if not code or getattr(error, "connection_invalidated", False):
            raise DatabaseError(
                f"The database does not answer: {first_line}",
                mend="See `onemap db status`; start it with `onemap db start`.",
            ) from error
        raise DatabaseError(f"The database refused the work: {first_line} ({code}).") from error


@cache
def read_query(name: str) -> str:
    """Return the text of ``queries/<name>.sql``: one question a file."""
    return (QUERIES / f"{name}.sql").read_text(encoding="utf-8")


def read_table(connection: Connection, query: str, **parameters: Any) -> pd.DataFrame:
    """Ask the question ``queries/<query>.sql`` and return its rows."""
    result = connection.execute(text(read_query(query)), parameters)
    # Plain tuples: pandas inspects every Row object, at a third of the time of a small question.
    return pd.DataFrame([tuple(row) for row in result], columns=list(result.keys()))


def read_features(connection: Connection, query: str, **parameters: Any) -> gpd.GeoDataFrame:
    """Ask a question whose column ``geom`` is a geometry; CRS EPSG:4490, lon/lat."""
    frame = read_table(connection, query, **parameters)
    geoms = shapely.from_wkb(frame.pop("geom").to_numpy(dtype=object))
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(geoms, crs=STORE_SRID)).rename_geometry(
        "geom"
    )


# Types of PostgreSQL, by object id, that bulk reads know; others come as text.
_ARROW: dict[Any, pa.DataType] = {
    16: pa.bool_(),
    20: pa.int64(),
    21: pa.int16(),
    23: pa.int32(),
    701: pa.float64(),
    1082: pa.date32(),
}


def read_bulk(connection: Connection, query: str, **parameters: Any) -> pd.DataFrame:
    """Ask the question ``queries/<query>.sql`` for very many rows: by COPY, in arrays.

    Returns
    -------
    DataFrame
        Whole numbers as Int64 where some are missing, dates as datetime64, text as objects that
        are None where missing.
    """
    return read_chosen(connection, text(read_query(query)).bindparams(**parameters))


def read_chosen(connection: Connection, chosen: Executable) -> pd.DataFrame:
    """Return the rows of a statement by COPY, as :func:`read_bulk` does of a question."""
    asked = chosen.compile(  # type: ignore[attr-defined]
        connection.engine, compile_kwargs={"render_postcompile": True}
    )
    cursor = connection.connection.cursor()
    question = cursor.mogrify(str(asked), asked.params).decode().rstrip().rstrip(";")
    cursor.execute(f"select * from ({question}) as question limit 0")
    types = {name: _ARROW.get(code, pa.string()) for name, code, *_ in cursor.description or ()}
    sink = io.BytesIO()
    cursor.copy_expert(f"copy ({question}) to stdout with (format csv)", sink)
    cursor.close()
    rows = (
        pyarrow.csv.read_csv(
            pa.BufferReader(sink.getbuffer()),
            pyarrow.csv.ReadOptions(column_names=list(types)),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=types,
                null_values=[""],
                true_values=["t"],
                false_values=["f"],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )
        if sink.tell()
        else pa.table({name: pa.array([], kind) for name, kind in types.items()})
    )
    return pd.DataFrame({name: _to_column(rows[name]) for name in types})


def _to_column(values: pa.ChunkedArray) -> pd.Series:
    if pa.types.is_integer(values.type) and values.null_count:
        return values.cast(pa.int64()).to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)
    if pa.types.is_string(values.type):
        return values.to_pandas(types_mapper={pa.string(): np.dtype(object)}.get).astype(object)
    return values.to_pandas(date_as_object=False)


def run_query(connection: Connection, query: str, **parameters: Any) -> int:
    """Run the statement of ``queries/<query>.sql`` and return how many rows it wrote."""
    return connection.execute(text(read_query(query)), parameters).rowcount


def allocate_ids(connection: Connection, table: Table, rows: int) -> np.ndarray:
    """Reserve `rows` different surrogate keys of `table`; other sessions may do so meanwhile."""
    sequence = func.pg_get_serial_sequence(table.fullname, "id")
    numbers = func.generate_series(1, rows).table_valued("number")
    keys = select(func.array_agg(func.nextval(sequence))).select_from(numbers)
    return np.array(connection.execute(keys).scalar_one() or [], dtype=np.int64)


def write_rows(connection: Connection, table: Table, frame: pd.DataFrame) -> str:
    """Store `frame` into `table` by COPY and return the SHA-256 of what was sent.

    Parameters
    ----------
    frame
        Columns of the table, any order, geometry as shapely objects in EPSG:4490.
    """
    columns = {str(name): _to_array(table, str(name), frame[name]) for name in frame.columns}
    sink = io.BytesIO()
    # Columns in several chunks, as joined tables have them, are written wrongly if one is empty.
    rows = pa.table(columns).combine_chunks()
    pyarrow.csv.write_csv(rows, sink, pyarrow.csv.WriteOptions(include_header=False))
    names = ", ".join(f'"{name}"' for name in columns)
    sink.seek(0)
    cursor = connection.connection.cursor()
    cursor.copy_expert(f"copy {table.fullname} ({names}) from stdin with (format csv)", sink)
    cursor.close()
    return hashlib.sha256(sink.getbuffer()).hexdigest()


def _to_array(table: Table, name: str, column: pd.Series) -> pa.Array:
    if name == "geom":
        shapes = shapely.set_srid(np.asarray(column, dtype=object), STORE_SRID)
        return pa.array(shapely.to_wkb(shapes, hex=True, include_srid=True), type=pa.string())
    python_type = table.columns[name].type.python_type
    if python_type is int:
        return pa.array(column.astype("Int64"), type=pa.int64())
    if python_type is dt.date and pd.api.types.is_datetime64_any_dtype(column):
        return pa.array(column.astype("datetime64[s]"), from_pandas=True).cast(pa.date32())
    return pa.Array.from_pandas(column)
