"""Features of a question: its fields, its conditions, its pages; all of it asked of PostGIS.

A question of ``gis/queries`` becomes a subquery; boxes, days, properties, order and page are put
around it, so that the database filters and never more than a page travels.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Double,
    FromClause,
    String,
    cast,
    column,
    func,
    literal,
    or_,
    select,
    text,
)
from sqlalchemy.types import TypeEngine

from gis.crs import STORE_SRID
from gis.database import read_query
from gis.errors import UsageError
from gis.services.systems import System, express_geometry

GEOMETRY = "geom"
# Types of PostgreSQL, by object id, and what a field of such a type is called.
_KINDS = {16: "boolean", 20: "integer", 21: "integer", 23: "integer", 700: "number"}
_KINDS |= {701: "number", 1700: "number", 1082: "date", 1114: "timestamp", 1184: "timestamp"}
_TYPES: dict[str, type[TypeEngine[Any]]] = {
    "boolean": Boolean,
    "integer": BigInteger,
    "number": Double,
    "date": Date,
    "timestamp": DateTime,
    "string": String,
}


@dataclass(frozen=True)
class Source:
    """A question whose rows are features.

    Parameters
    ----------
    query
        Name of the question in ``gis/queries``; its rows have a stable, unique ``code`` and,
        where they have a place, ``geom``.
    parameters
        What the question asks with; others are left out.
    start, end
        Columns of the days from and to which a feature holds, both included; without them it
        always holds.
    """

    query: str
    parameters: Mapping[str, Any]
    start: str | None = None
    end: str | None = None


@dataclass(frozen=True)
class Question:
    """A source as the database understands it: its rows, and the kind of each field."""

    source: Source
    rows: FromClause
    fields: dict[str, str]

    @property
    def shape(self) -> ColumnElement[Any]:
        """The geometry of the rows."""
        return self.rows.c[GEOMETRY]

    def find_field(self, name: str) -> ColumnElement[Any]:
        """Return the column of a field.

        Raises
        ------
        UsageError
            When there is no such field; names those there are.
        """
        if name not in self.fields:
            raise UsageError(
                f"There is no property '{name[:60]}'.",
                mend=f"Use one of {', '.join(self.fields)}.",
            )
        return self.rows.c[name]


def open_question(connection: Connection, source: Source) -> Question:
    """Look at the columns of a source without reading a row."""
    asked = text(read_query(source.query))
    needed = asked.compile().params
    asked = asked.bindparams(**{name: source.parameters[name] for name in needed})
    unread = asked.columns(column("code", String)).subquery("feature")
    looked = connection.execute(select(text("*")).select_from(unread).limit(0))
    described: Any = looked.cursor.description if looked.cursor is not None else ()
    kinds = {name: _KINDS.get(code, "string") for name, code, *_ in described}
    kinds.pop(GEOMETRY, None)
    columns = [column(name, _TYPES[kind]) for name, kind in kinds.items()]
    rows = asked.columns(*columns, column(GEOMETRY)).subquery("feature")
    return Question(source, rows, kinds)


def match_box(question: Question, box: Any) -> ColumnElement[bool]:
    """Return the condition that a feature touches a box of EPSG:4490, lon/lat."""
    area = func.st_geomfromtext(box.wkt, STORE_SRID)
    return func.st_intersects(question.shape, area)


def match_days(question: Question, asked: str) -> ColumnElement[bool] | None:
    """Return the condition that a feature holds on some day of an instant or interval.

    Features of a source without days always hold. Times of day are left out.

    Parameters
    ----------
    asked
        RFC 3339: ``2026-09-01``, ``2026-09-01T00:00:00Z``, ``2026-01-01/..``, ``/2026-09-01``.

    Raises
    ------
    UsageError
        When it is none of these, or ends before it begins.
    """
    first, last = read_days(asked)
    source, conditions = question.source, []
    if source.start is not None and last is not None:
        begins = cast(question.rows.c[source.start], Date)
        conditions.append(or_(begins.is_(None), begins <= last))
    if source.end is not None and first is not None:
        ends = cast(question.rows.c[source.end], Date)
        conditions.append(or_(ends.is_(None), ends >= first))
    return conditions[0] & conditions[-1] if conditions else None


def read_days(asked: str) -> tuple[dt.date | None, dt.date | None]:
    """Read an instant or interval into its first and last day; nothing where it is open.

    Examples
    --------
    >>> read_days("2026-09-01T12:00:00Z/..")
    (datetime.date(2026, 9, 1), None)
    """
    parts = asked.split("/")
    days = [None if part in ("", "..") else read_day(part, "datetime") for part in parts]
    if len(days) > 2 or not any(days):
        raise UsageError(
            f"datetime={asked[:60]!r} is no instant or interval.",
            mend="Write 2026-09-01, 2026-01-01/2026-09-01, ../2026-09-01 or 2026-09-01/..",
        )
    first, last = days[0], days[-1]
    if first is not None and last is not None and first > last:
        raise UsageError(
            f"datetime={asked[:60]!r} ends before it begins.", mend="Put the earlier day first."
        )
    return first, last


def read_day(word: str, what: str) -> dt.date:
    """Read a day, or the day of a time, written as RFC 3339 says.

    Raises
    ------
    UsageError
        When it is none; `what` says of what.
    """
    try:
        return dt.datetime.fromisoformat(word.strip()).date()
    except ValueError:
        raise UsageError(
            f"{what}: {word[:40]!r} is no day.", mend="Write a day such as 2026-09-01."
        ) from None


def match_property(question: Question, name: str, word: str) -> ColumnElement[bool]:
    """Return the condition that a field has the value that a word of an address stands for.

    Raises
    ------
    UsageError
        When there is no such field, or the word is no value of its kind.
    """
    field = question.find_field(name)
    return field == read_literal(name, question.fields[name], word)


def read_literal(name: str, kind: str, word: Any) -> ColumnElement[Any]:
    """Return the SQL of a value that a field of some kind is compared with.

    Raises
    ------
    UsageError
        When the value is not of that kind.
    """
    try:
        value = _read_value(kind, word)
    except (ValueError, TypeError):
        raise UsageError(
            f"{name}: {str(word)[:60]!r} is no {kind}.", mend=f"Write the {kind} plainly."
        ) from None
    return literal(value, _TYPES[kind])


def _read_value(kind: str, word: Any) -> Any:
    if kind in ("date", "timestamp") and isinstance(word, str):
        moment = dt.datetime.fromisoformat(word.strip())
        return moment.date() if kind == "date" else moment
    if kind == "boolean":
        if str(word).lower() not in ("true", "false"):
            raise ValueError
        return str(word).lower() == "true"
    if kind in ("integer", "number"):
        if isinstance(word, bool):
            raise TypeError
        number = float(word)
        if not abs(number) < 2**63:
            raise ValueError
        # Fractions are compared as they are: no child count equals 2.5.
        return int(number) if kind == "integer" and number.is_integer() else number
    if not isinstance(word, str) or "\0" in word:
        raise TypeError
    return word


@dataclass(frozen=True)
class PageAsked:
    """Which features of a question, from which on, and what of each."""

    system: System
    conditions: Sequence[ColumnElement[bool]] = ()
    limit: int = 100
    offset: int = 0
    properties: Sequence[str] | None = None  # by default all
    with_geometry: bool = True
    order: Sequence[tuple[str, bool]] = ()  # field, and whether from the top down


def count_features(question: Question, connection: Connection, asked: PageAsked) -> int:
    """Count the features that match, on all pages."""
    counted = select(func.count()).select_from(question.rows).where(*asked.conditions)
    return int(connection.execute(counted).scalar_one())


def read_page(question: Question, connection: Connection, asked: PageAsked) -> list[dict[str, Any]]:
    """Read one page in a stable order: as asked, then by code.

    Returns
    -------
    list
        A dict a feature: its fields, ``id``, and ``geometry`` as text of GeoJSON or nothing.
    """
    names = question.fields if asked.properties is None else asked.properties
    columns = [question.find_field(name) for name in names]
    shape: Any = literal(None)
    if asked.with_geometry:
        shape = express_geometry(question.shape, asked.system)
    orders = [
        question.find_field(name).desc().nulls_last() if is_falling else question.find_field(name)
        for name, is_falling in asked.order
    ]
    code = question.rows.c["code"]
    page = (
        select(*columns, code.label("id"), shape.label("geometry"))
        .where(*asked.conditions)
        .order_by(*orders, code)
        .limit(asked.limit)
        .offset(asked.offset)
    )
    return [dict(row) for row in connection.execute(page).mappings()]


@dataclass(frozen=True)
class Extent:
    """Where and when the features of a source are."""

    bounds: tuple[float, float, float, float] | None  # lon/lat: west, south, east, north
    first: dt.date | None
    last: dt.date | None  # nothing while some feature has no end


def measure_extent(connection: Connection, question: Question) -> Extent:
    """Measure the box and the days of all features of a source."""
    box, source = func.st_extent(question.shape), question.source
    rows = question.rows
    never = literal(None, Date)
    first = func.min(cast(rows.c[source.start], Date)) if source.start else never
    last: ColumnElement[Any] = never
    if source.end is not None:
        ends = cast(rows.c[source.end], Date)
        last = func.nullif(func.max(func.coalesce(ends, dt.date.max)), dt.date.max)
    corners = (func.st_xmin(box), func.st_ymin(box), func.st_xmax(box), func.st_ymax(box))
    measured = select(*corners, first, last).select_from(rows)
    west, south, east, north, begins, ends_on = connection.execute(measured).one()
    return Extent(None if west is None else (west, south, east, north), begins, ends_on)
