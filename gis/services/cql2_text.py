"""CQL2 text into CQL2 JSON: the one form in which filters are understood.

SOURCE: OGC 21-065r2, Common Query Language. Understood are comparisons, LIKE, BETWEEN, IN,
IS NULL, CASEI, the spatial and the temporal functions, AND, OR, NOT, geometry and dates.
Arithmetic, arrays and functions of one's own are not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.errors import GEOSException

from gis.errors import UsageError

SPATIAL = (
    "s_intersects",
    "s_disjoint",
    "s_contains",
    "s_within",
    "s_touches",
    "s_crosses",
    "s_overlaps",
    "s_equals",
)
TEMPORAL = ("t_before", "t_after", "t_equals", "t_disjoint", "t_during", "t_intersects")
LONGEST = 10_000
DEEPEST = 40

_SHAPES = "POINT|LINESTRING|POLYGON|MULTIPOINT|MULTILINESTRING|MULTIPOLYGON|GEOMETRYCOLLECTION"
_TOKEN = re.compile(
    rf"""\s*(?:
      (?P<geometry>(?:{_SHAPES})\s*(?:Z\s*)?(?=\())
    | (?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<string>'(?:[^']|'')*')
    | (?P<quoted>"(?:[^"]|"")*")
    | (?P<word>[^\W\d][\w.:]*)
    | (?P<sign><>|<=|>=|[=<>(),])
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_COMPARISONS = ("=", "<>", "<", ">", "<=", ">=")
_RESERVED = ("AND", "OR", "NOT", "LIKE", "BETWEEN", "IN", "IS", "NULL")


def parse_text(text: str) -> Any:
    """Parse a filter.

    Returns
    -------
    dict
        The same filter as CQL2 JSON.

    Raises
    ------
    UsageError
        Saying at which place the text cannot be read.

    Examples
    --------
    >>> parse_text("seats > 90 OR kind = 'primary' AND name_zh LIKE '瓯海%'")["op"]
    'or'
    >>> parse_text("valid_from <= DATE('2026-09-01')")["args"][1]
    {'date': '2026-09-01'}
    """
    if len(text) > LONGEST:
        raise UsageError(
            f"The filter has {len(text)} characters.", mend=f"Write at most {LONGEST}."
        )
    return _Reader(text).read_all()


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    start: int

    @property
    def word(self) -> str:
        return self.text.upper() if self.kind in ("word", "sign") else ""


class _Reader:
    """Reads the tokens of a text from left to right; AND binds tighter than OR."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._place = 0
        self._depth = 0
        self._next = self._scan()

    def read_all(self) -> Any:
        condition = self._read_or()
        if self._next.kind != "end":
            raise self._refuse("AND, OR or the end")
        return condition

    def _scan(self) -> _Token:
        match = _TOKEN.match(self._text, self._place)
        if match is None:
            if self._text[self._place :].strip():
                self._next = _Token("wrong", self._text[self._place :].strip(), self._place)
                raise self._refuse("a name, a value or a sign")
            return _Token("end", "", len(self._text))
        kind = str(match.lastgroup)
        token = _Token(kind, match.group(kind), match.start(kind))
        self._place = match.end()
        return token

    def _take(self) -> _Token:
        taken, self._next = self._next, self._scan()
        return taken

    def _take_word(self, *words: str) -> bool:
        if self._next.word in words:
            self._take()
            return True
        return False

    def _demand(self, sign: str) -> None:
        if not self._take_word(sign):
            raise self._refuse(f"'{sign}'")

    def _refuse(self, needed: str) -> UsageError:
        found = f"'{self._next.text[:30]}'" if self._next.text else "the end"
        return UsageError(
            f"The filter has {found} at character {self._next.start + 1}, where {needed} was"
            " needed.",
            mend="Write CQL2 such as stage = 'primary' AND seats >= 90, text in single quotes.",
        )

    def _read_or(self) -> Any:
        terms = [self._read_and()]
        while self._take_word("OR"):
            terms.append(self._read_and())
        return terms[0] if len(terms) == 1 else {"op": "or", "args": terms}

    def _read_and(self) -> Any:
        factors = [self._read_factor()]
        while self._take_word("AND"):
            factors.append(self._read_factor())
        return factors[0] if len(factors) == 1 else {"op": "and", "args": factors}

    def _read_factor(self) -> Any:
        if self._take_word("NOT"):
            self._go_deeper()
            factor = {"op": "not", "args": [self._read_factor()]}
        elif self._take_word("("):
            self._go_deeper()
            factor = self._read_or()
            self._demand(")")
        else:
            return self._read_predicate()
        self._depth -= 1
        return factor

    def _go_deeper(self) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise UsageError("The filter is nested too deeply.", mend="Write it flatter.")

    def _read_predicate(self) -> Any:
        name = self._next.text.lower()
        if self._next.kind == "word" and name in (*SPATIAL, *TEMPORAL):
            self._take()
            self._demand("(")
            left = self._read_value()
            self._demand(",")
            args = [left, self._read_value()]
            self._demand(")")
            return {"op": name, "args": args}
        left = self._read_value()
        if isinstance(left, bool) and self._next.word in ("AND", "OR", ")", ""):
            return left
        return self._read_comparison(left)

    def _read_comparison(self, left: Any) -> Any:
        if self._next.word in _COMPARISONS:
            return {"op": self._take().text, "args": [left, self._read_value()]}
        if self._take_word("IS"):
            is_not = self._take_word("NOT")
            self._demand("NULL")
            return _negate({"op": "isNull", "args": [left]}, is_not)
        is_not = self._take_word("NOT")
        if self._take_word("LIKE"):
            return _negate({"op": "like", "args": [left, self._read_value()]}, is_not)
        if self._take_word("BETWEEN"):
            low = self._read_value()
            self._demand("AND")
            between = {"op": "between", "args": [left, low, self._read_value()]}
            return _negate(between, is_not)
        if self._take_word("IN"):
            return _negate({"op": "in", "args": [left, self._read_list()]}, is_not)
        raise self._refuse("=, <>, <, >, LIKE, BETWEEN, IN or IS NULL")

    def _read_list(self) -> list[Any]:
        self._demand("(")
        values = [self._read_value()]
        while self._take_word(","):
            values.append(self._read_value())
        self._demand(")")
        return values

    def _read_value(self) -> Any:
        token = self._next
        if token.kind == "number":
            text = self._take().text
            return int(text) if re.fullmatch(r"[+-]?\d+", text) else float(text)
        if token.kind == "string":
            return self._take().text[1:-1].replace("''", "'")
        if token.kind == "quoted":
            return {"property": self._take().text[1:-1].replace('""', '"')}
        if token.kind == "geometry":
            return self._read_geometry()
        if token.kind == "word" and token.word not in _RESERVED:
            return self._read_word()
        raise self._refuse("a name or a value")

    def _read_word(self) -> Any:
        token = self._take()
        if token.word in ("TRUE", "FALSE"):
            return token.word == "TRUE"
        if self._next.word != "(":
            return {"property": token.text}
        values = self._read_list()
        if token.word == "CASEI" and len(values) == 1:
            return {"op": "casei", "args": values}
        if token.word in ("DATE", "TIMESTAMP") and len(values) == 1:
            return {token.word.lower(): values[0]}
        if token.word == "INTERVAL" and len(values) == 2:
            return {"interval": values}
        if token.word == "BBOX" and len(values) in (4, 6):
            return {"bbox": values}
        raise UsageError(
            f"The filter uses {token.text[:30]}() at character {token.start + 1}.",
            mend="Use CASEI(), DATE(), TIMESTAMP(), INTERVAL(), BBOX(), S_…() or T_…().",
        )

    def _read_geometry(self) -> Any:
        start, depth = self._next.start, 0
        for end in range(self._text.index("(", start), len(self._text)):
            depth += {"(": 1, ")": -1}.get(self._text[end], 0)
            if depth == 0:
                break
        wkt = self._text[start : end + 1]
        try:
            shape = shapely.from_wkt(wkt)
        except GEOSException:
            raise self._refuse("a geometry as well-known text") from None
        self._place = end + 1
        self._next = self._scan()
        return shapely.geometry.mapping(shape)


def _negate(condition: Any, is_not: bool) -> Any:
    return {"op": "not", "args": [condition]} if is_not else condition
