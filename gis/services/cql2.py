"""CQL2 filters as conditions of SQL: every value travels as a parameter, never as text.

SOURCE: OGC 21-065r2. Texts are read by :mod:`gis.services.cql2_text` first.
"""

from __future__ import annotations

import json
from typing import Any

import shapely
from sqlalchemy import ColumnElement, Date, and_, cast, func, literal, not_, or_
from sqlalchemy import false as sql_false
from sqlalchemy import true as sql_true

from gis.crs import STORE_SRID, from_metric
from gis.errors import CrsError, UsageError
from gis.services.cql2_text import DEEPEST, LONGEST, SPATIAL, TEMPORAL, parse_text
from gis.services.features import GEOMETRY, Question, read_day, read_literal
from gis.services.systems import System, read_box

LANGUAGES = ("cql2-text", "cql2-json")
GEOMETRY_NAMES = (GEOMETRY, "geometry")
_COMPARISONS = {
    "=": lambda left, right: left == right,
    "<>": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    ">": lambda left, right: left > right,
    "<=": lambda left, right: left <= right,
    ">=": lambda left, right: left >= right,
}


def read_filter(
    question: Question, asked: str, *, language: str, system: System
) -> ColumnElement[bool]:
    """Return the condition that a filter stands for.

    Parameters
    ----------
    language
        ``cql2-text`` or ``cql2-json``.
    system
        Coordinate system of the geometry in the filter.

    Raises
    ------
    UsageError
        When the language is unknown, or the filter cannot be read or names what is not there.
    """
    if language not in LANGUAGES:
        raise UsageError(
            f"filter-lang={language[:40]!r} is no language of filters.",
            mend=f"Use one of {', '.join(LANGUAGES)}.",
        )
    if language == "cql2-text":
        return _Conditions(question, system).build(parse_text(asked))
    try:
        node = json.loads(asked) if len(asked) <= LONGEST else None
    except (ValueError, RecursionError):
        node = None
    return _Conditions(question, system).build(node)


class _Conditions:
    """Builds conditions from the nodes of CQL2 JSON."""

    def __init__(self, question: Question, system: System) -> None:
        self._question = question
        self._system = system

    def build(self, node: Any, depth: int = 0) -> ColumnElement[bool]:
        if isinstance(node, bool):
            return sql_true() if node else sql_false()
        op, args = _read_node(node)
        if depth > DEEPEST:
            raise UsageError("The filter is nested too deeply.", mend="Write it flatter.")
        if op in ("and", "or"):
            parts = [self.build(part, depth + 1) for part in args]
            return and_(*parts) if op == "and" else or_(*parts)
        if op == "not":
            return not_(self.build(args[0], depth + 1))
        if op == "isNull":
            return self._find_column(args[0]).is_(None)
        if op in SPATIAL:
            return self._relate(op, args)
        if op in TEMPORAL:
            return self._compare_days(op, args)
        return self._compare(op, args)

    def _find_column(self, node: Any) -> ColumnElement[Any]:
        name = _read_name(node)
        if name in GEOMETRY_NAMES:
            return self._question.shape
        return self._question.find_field(name)

    def _compare(self, op: str, args: list[Any]) -> ColumnElement[bool]:
        if op == "in" and len(args) == 2 and isinstance(args[1], list):
            return or_(*(self._compare("=", [args[0], value]) for value in args[1]))
        if op == "between" and len(args) == 3:
            low = self._compare(">=", [args[0], args[1]])
            return and_(low, self._compare("<=", [args[0], args[2]]))
        if len(args) == 2:
            left, right = self._pair(args[0], args[1])
            if op in _COMPARISONS:
                return _COMPARISONS[op](left, right)
            if op == "like" and self._find_kind(_find_name(args[0])) == "string":
                return left.like(right, escape="\\")
        raise UsageError(
            f"The filter has an operation {op[:40]!r} of {len(args)} parts.",
            mend="Use =, <>, <, >, <=, >=, like, between, in, isNull, and, or, not, s_… or t_….",
        )

    def _pair(self, left: Any, right: Any) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
        """Return both sides of a comparison; a value is of the kind of the property beside it."""
        name = _find_name(left) or _find_name(right)
        if name is None:
            raise UsageError(
                "The filter compares two values.", mend="Compare a property with a value."
            )
        kind = self._find_kind(name)
        other = _find_name(right) or name
        if {kind, self._find_kind(other)} not in ({kind}, {"integer", "number"}):
            raise UsageError(
                f"'{name}' and '{other}' are of different kinds.", mend="Compare like with like."
            )
        return self._read_side(left, name, kind), self._read_side(right, name, kind)

    def _find_kind(self, name: str | None) -> str:
        if name is None:
            return ""
        self._question.find_field(name)
        return self._question.fields[name]

    def _read_side(self, node: Any, name: str, kind: str) -> ColumnElement[Any]:
        if isinstance(node, dict) and node.get("op") == "casei":
            if kind != "string":
                raise UsageError(f"'{name}' is no text.", mend="Use CASEI() on text alone.")
            return func.lower(self._read_side(_read_node(node)[1][0], name, kind))
        if isinstance(node, dict) and "property" in node:
            return self._question.find_field(_read_name(node))
        if isinstance(node, dict):
            node = node.get("date") or node.get("timestamp") or str(node)
        return read_literal(name, kind, node)

    def _relate(self, op: str, args: list[Any]) -> ColumnElement[bool]:
        shapes = [self._read_shape(node) for node in args]
        if len(shapes) != 2:
            raise UsageError(f"{op} relates two geometries.", mend="Give a property and a shape.")
        relation: ColumnElement[bool] = getattr(func, op.replace("s_", "st_"))(*shapes)
        return relation

    def _read_shape(self, node: Any) -> ColumnElement[Any]:
        if isinstance(node, dict) and "property" in node:
            if _read_name(node) not in GEOMETRY_NAMES:
                raise UsageError(f"'{_read_name(node)}' is no geometry.", mend="Use geom.")
            return self._question.shape
        if isinstance(node, dict) and "bbox" in node:
            corners = ",".join(str(number) for number in node["bbox"])
            shape = read_box(corners, self._system)
        else:
            shape = self._move_to_store(node)
        return func.st_geomfromtext(shape.wkt, STORE_SRID)

    def _move_to_store(self, node: Any) -> Any:
        try:
            shape = shapely.from_geojson(json.dumps(node))
            if self._system.is_northing_first:
                shape = shapely.transform(shape, lambda corners: corners[:, ::-1])
            if self._system.is_metric:
                shape = from_metric([shape], self._system.srid)[0]
            if not shapely.is_valid(shape):
                raise TypeError
        except (shapely.errors.GEOSException, TypeError, CrsError):
            raise UsageError(
                "The filter has a geometry that cannot be read.",
                mend="Write well-known text or GeoJSON, coordinates in the system of filter-crs.",
            ) from None
        return shape

    def _compare_days(self, op: str, args: list[Any]) -> ColumnElement[bool]:
        if len(args) != 2:
            raise UsageError(f"{op} compares two times.", mend="Give a property and a day.")
        (first, last), (start, end) = (self._read_span(node) for node in args)
        if op == "t_before":
            return last < start
        if op == "t_after":
            return first > end
        if op == "t_equals":
            return and_(first == start, last == end)
        if op == "t_during":
            return and_(first > start, last < end)
        meets = and_(first <= end, last >= start)
        return not_(meets) if op == "t_disjoint" else meets

    def _read_span(self, node: Any) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
        """Return the first and the last day of a property, an instant or an interval."""
        if isinstance(node, dict) and isinstance(node.get("interval"), list):
            ends = node["interval"]
            if len(ends) == 2:
                return self._read_end(ends[0], "-infinity"), self._read_end(ends[1], "infinity")
        day = self._read_end(node, "")
        return day, day

    def _read_end(self, node: Any, when_open: str) -> ColumnElement[Any]:
        if node == ".." and when_open:
            return cast(literal(when_open), Date)
        if isinstance(node, dict) and "property" in node:
            name = _read_name(node)
            found = self._question.find_field(name)
            if self._question.fields[name] not in ("date", "timestamp"):
                raise UsageError(f"'{name}' is no time.", mend="Name a property that is a date.")
            return cast(found, Date)
        if isinstance(node, dict):
            node = node.get("date") or node.get("timestamp")
        return literal(read_day(str(node), "filter"), Date)


def _read_node(node: Any) -> tuple[str, list[Any]]:
    if isinstance(node, dict) and isinstance(node.get("op"), str):
        args = node.get("args")
        if isinstance(args, list) and args:
            return node["op"], args
    raise UsageError(
        f"The filter has {str(node)[:60]!r} where a condition was needed.",
        mend='Write CQL2 text, or JSON such as {"op": "=", "args": [{"property": "stage"},'
        ' "primary"]}.',
    )


def _read_name(node: Any) -> str:
    if isinstance(node, dict) and isinstance(node.get("property"), str):
        return str(node["property"])
    raise UsageError(
        f"The filter has {str(node)[:60]!r} where a property was needed.",
        mend="Write the name of a property first.",
    )


def _find_name(node: Any) -> str | None:
    """Return the property that one side of a comparison names, if it names one."""
    if isinstance(node, dict) and node.get("op") == "casei":
        return _find_name(_read_node(node)[1][0])
    return _read_name(node) if isinstance(node, dict) and "property" in node else None
