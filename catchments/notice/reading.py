"""Read the words of an admission notice: sides, communities, estates, ranges of door numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from catchments.door_ranges import ALL, EVEN, ODD
from catchments.notice.ground import NoticeGround
from catchments.notice.wording import NAMELESS, SIDE_WORDS, UNSETTLED

COMMUNITY, ESTATE, RANGE, UNSETTLED_DOOR = "community", "estate", "range", "unsettled"
_COLUMNS = ["kind", "name", "community", "street", "first_number", "last_number", "side", "phrase"]
_SIDE_OF_WORD = {word: side for side, word in SIDE_WORDS.items()}
_SIDE = re.compile(r"^([东南西北])(?:面|边|侧)?(?:至|到|临|靠|以|邻)(.+)$")
_PARITY = {"单号": ODD, "单": ODD, "双号": EVEN, "双": EVEN}
_MARKS = r"(?:单号|双号|单双号|单|双)?(?:全部|全段|全路段|沿线)?"
_DASH = r"(?:-|—|–|－|~|至|到)+"
_DOORS = re.compile(
    rf"^(?P<street>\D*?)(?P<first>\d+)号?(?:{_DASH}(?P<last>\d+)号?)?(?P<open>以上|以下|以内)?"
    rf"\(?(?P<parity>单号|双号|单双号|单|双)?(?:全部)?\)?$"
)
_STREET = re.compile(rf"^(?P<street>.+?)\(?(?P<marks>{_MARKS})\)?$")
_PARTLY = re.compile(r"^(.+?)\((?:部分|局部|部份)\)$")
_SCOPED = re.compile(r"^(.+?)\((.+)\)$")
_LED = re.compile(r"^(?:包括|包含|含|其中|以及|及|和)")
_REMARK = re.compile(r"^(?:注|备注|说明)[::]")
_SUFFIXES = ("社区", "村", "居委会", "村委会")


@dataclass(frozen=True, eq=False)
class Claims:
    """What a text claims.

    Parameters
    ----------
    places
        kind (community, estate, range, unsettled), name, community (the scope of a range, empty
        for the whole district), street, first_number, last_number (0 and infinite when open),
        side, phrase (the words).
    sides
        side, name.
    not_understood
        Phrases in which nothing known was found.
    """

    places: pd.DataFrame
    sides: pd.DataFrame
    not_understood: tuple[str, ...]


def read_notice(text: str, ground: NoticeGround) -> Claims:
    """Read a notice, ours or a school's.

    Phrases end with 。 or ； or a line, and list their items with 、 or ，. An item is a side
    (东至…), a community, an estate, a street with or without door numbers, or a single door.
    A community followed by ： or by brackets is the scope of the doors listed there; a number
    without a street belongs to the street before it. 单号 and 双号 name one side of a street,
    （部分） something of which the text claims nothing. The first line may be a title: in a line
    nothing of which is known a title is meant, so it is not told as not understood.

    Parameters
    ----------
    ground
        Its names of communities, estates and streets are those that are understood.

    Examples
    --------
    >>> import geopandas as gpd
    >>> doors = gpd.GeoDataFrame({"street": ["学院路", "学院路"], "number": ["1号", "2号"],
    ...     "community": "南湖社区", "estate": "", "dwellings": 9},
    ...     geometry=gpd.points_from_xy([0, 1], [0, 0]), crs=4549)
    >>> communities = gpd.GeoDataFrame(index=["南湖社区"], geometry=[doors.union_all().buffer(9)],
    ...     crs=4549)
    >>> lines = gpd.GeoDataFrame({"name": [], "kind": []}, geometry=[], crs=4549)
    >>> ground = NoticeGround(doors, communities, lines)
    >>> claims = read_notice("南湖社区：学院路1—99号（单号）、100号以上；东至锦江路。", ground)
    >>> claims.places[["street", "first_number", "last_number", "side"]].values.tolist()
    [['学院路', 1.0, 99.0, 'odd'], ['学院路', 100.0, inf, 'all']]
    >>> claims.sides.values.tolist()
    [['east', '锦江路']]
    """
    reader = _Reader(ground)
    lines = [line for line in _normalise(text).splitlines() if line.strip()]
    for at, line in enumerate(lines):
        if not _REMARK.match(line):
            reader.read_line(line.strip(), is_title=at == 0)
    places = pd.DataFrame(reader.places, columns=_COLUMNS)
    sides = pd.DataFrame(reader.sides, columns=["side", "name"]).drop_duplicates()
    return Claims(places, sides.reset_index(drop=True), tuple(dict.fromkeys(reader.lost)))


def _normalise(text: str) -> str:
    # Wide signs become narrow ones; blanks mean nothing in Chinese.
    narrow = unicodedata.normalize("NFKC", text).replace("﹑", "、")
    return re.sub(r"[ \t\u3000]+", "", narrow)


class _Reader:
    """Collects what the lines of one text claim."""

    def __init__(self, ground: NoticeGround) -> None:
        table = ground.table
        self.communities = set(map(str, ground.communities.index)) - {""}
        self.estates = set(table["estate"]) - {""}
        self.streets = set(table["street"]) - {""}
        self.names = self.estates | self.streets
        self.places: list[tuple[object, ...]] = []
        self.sides: list[tuple[str, str]] = []
        self.lost: list[str] = []

    def read_line(self, line: str, *, is_title: bool) -> None:
        before = len(self.places) + len(self.sides)
        lost = len(self.lost)
        section, side = "", ""
        for phrase in _split(line, "。;"):
            scope, street, side = "", "", ""
            body = phrase
            while (found := re.match(r"^([^:()]{1,30}):(.+)$", body)) is not None:
                head, body = found.groups()
                scope = self._find_community(head) or scope
                section = head if not self._find_community(head) else section
            for item in _split(body, "、,"):
                asked = _SIDE.match(item)
                if asked:
                    side = _SIDE_OF_WORD[asked[1]]
                    if not asked[2].startswith(NAMELESS):
                        self.sides.append((side, asked[2]))
                elif side and not self._is_place(item):
                    self.sides.append((side, item))
                else:
                    street = self.read_item(item, scope, street, section)
        if is_title and len(self.places) + len(self.sides) == before:
            del self.lost[lost:]

    def read_item(self, item: str, scope: str, street: str, section: str) -> str:
        """Read one item; return the street that numbers after it belong to."""
        item = self._strip_lead(item)
        scoped = _SCOPED.match(item)
        community = self._find_community(scoped[1]) if scoped else ""
        if scoped and community and not _PARTLY.match(item):
            inner = ""
            for part in _split(scoped[2], "、,;"):
                inner = self.read_item(part, community, inner, section)
            return street
        if UNSETTLED in section or _PARTLY.match(item):
            self._read_partly(item)
            return street
        if name := self._find_community(item):
            self._claim(COMMUNITY, item, name=name)
        elif item in self.estates:
            self._claim(ESTATE, item, name=item)
        elif doors := _DOORS.match(item):
            street = doors["street"] or street
            self._read_doors(item, scope, street, doors)
        elif (whole := _STREET.match(item)) and whole["street"] in self.streets:
            street = whole["street"]
            side = next((_PARITY[word] for word in _PARITY if word in whole["marks"]), ALL)
            self._claim(RANGE, item, scope=scope, doors=(street, 0.0, np.inf, side))
        else:
            self.lost.append(item)
        return street

    def _read_doors(self, item: str, scope: str, street: str, doors: re.Match[str]) -> None:
        if street not in self.streets:
            self.lost.append(item)
            return
        first = last = float(doors["first"])
        if doors["last"]:
            first, last = sorted((first, float(doors["last"])))
        elif doors["open"]:
            first, last = (first, np.inf) if doors["open"] == "以上" else (0.0, first)
        side = _PARITY.get(doors["parity"] or "", ALL)
        self._claim(RANGE, item, scope=scope, doors=(street, first, last, side))

    def _read_partly(self, item: str) -> None:
        """Note what is only partly in: doors as unsettled, names not at all."""
        partly = _PARTLY.match(item)
        inner = partly[1] if partly else item
        if self._find_community(inner) or inner in self.estates:
            return
        scope = next((one for one in self.communities if inner.startswith(one)), "")
        doors = _DOORS.match(inner.removeprefix(scope))
        if doors and doors["street"] in self.streets:
            number = float(doors["first"])
            told = (doors["street"], number, float(doors["last"] or number), ALL)
            self._claim(UNSETTLED_DOOR, item, scope=scope, doors=told)
        else:
            self.lost.append(item)

    def _claim(
        self,
        kind: str,
        phrase: str,
        *,
        name: str = "",
        scope: str = "",
        doors: tuple[str, float, float, str] = ("", 0.0, np.inf, ALL),
    ) -> None:
        self.places.append((kind, name, scope, *doors, phrase))

    def _find_community(self, name: str) -> str:
        """Return the community of that name, with or without its 社区 or 村; empty if none."""
        if name in self.communities:
            return name
        return next((name + end for end in _SUFFIXES if name + end in self.communities), "")

    def _strip_lead(self, item: str) -> str:
        """Strip words that lead to a list, unless a name begins with them, as 和悦家园 does."""
        found = (_SCOPED.match(item), _DOORS.match(item))
        names = [item, *(place[1] for place in found if place)]
        is_name = any(self._find_community(name) or name in self.names for name in names)
        return item if is_name else _LED.sub("", item)

    def _is_place(self, item: str) -> bool:
        """Tell whether an item after a side lists a place and not one more name of the side."""
        return bool(self._find_community(item) or item in self.estates or _DOORS.match(item))


def _split(text: str, signs: str) -> Iterator[str]:
    """Split at signs outside of brackets."""
    depth, start = 0, 0
    for at, sign in enumerate(text):
        depth = max(depth + (sign == "(") - (sign == ")"), 0)
        if sign in signs and depth == 0:
            if part := text[start:at].strip():
                yield part
            start = at + 1
    if part := text[start:].strip():
        yield part
