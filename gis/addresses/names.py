"""Names of the district read out of running text, slips of the pen included."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

PREFIX, SUBDISTRICT, COMMUNITY, ESTATE, ROAD = (
    "prefix",
    "subdistrict",
    "community",
    "estate",
    "road",
)
KINDS = (SUBDISTRICT, COMMUNITY, ESTATE, ROAD)

# Signs that tell places apart: 南白象 is not 白象, 上河村 not 下河村. A slip never explains them.
_TELLING = frozenset("东西南北中新老旧上下前后大小内外一二三四五六七八九十")
# Words for kinds of places: 学院街 is not 学院路 misspelt.
_SORTS = frozenset("路街巷道弄村里坊园苑庭府城湾")
_ENDS = re.compile(
    r".+?(?:街道|[镇乡省市县]|[^小社园校厂院新街片景库港]区|社区|村委会|居委会|村|大道|路|街|巷|弄|家园|花园|小区|新村|公寓|[苑园])|.+$"
)
_ELSEWHERE = re.compile(r"[省市县州]$|[^小社园校厂院新街片景库港]区$")
_SUBDISTRICT_END = re.compile(r"(?:街道|[镇乡])$")
# Words that name nothing.
_FILLERS = re.compile(
    r"(?:内|里|门口|门牌|路段|附属|自编|临时|商住楼|住宅楼|住宅|住房|宿舍|大楼|一带)$"
)
_VAGUE = re.compile(r"(?:斜对面|对面|附近|旁边|隔壁|路口|交叉口|交界处|后面|前面|旁)$")

UNKNOWN_COST, RUN_COST, NAME_COST, SHORT_COST = 10, 5, 1, 3
_LEAST_CORRECTED = 3  # signs; of two, one slip leaves half a name
_TWO_SLIPS_FROM = 7
_MOST_KNOWN = 500_000  # texts whose reading is kept


@dataclass(frozen=True)
class Named:
    """One name as it was read: position in the list of its kind, and the slips that were mended."""

    kind: str
    position: int
    slips: int = 0
    mended: str = ""


@dataclass(frozen=True)
class NameReading:
    """What was read of a text between numbers.

    Parameters
    ----------
    named
        Names; of one kind several, where one text may mean either.
    unread
        What stands for nothing that the district knows.
    is_elsewhere
        Whether a province, city or district is named that is not this one.
    is_other_subdistrict
        Whether a subdistrict is named that this district has not.
    """

    named: tuple[Named, ...] = ()
    unread: str = ""
    is_elsewhere: bool = False
    is_other_subdistrict: bool = False


@dataclass
class Vocabulary:
    """All names of a district, in all forms in which they are written.

    Parameters
    ----------
    forms
        Form → what it may mean.
    short_forms
        Forms without the word for the kind (梧田 for 梧田街道): read only where all else is read.
    """

    forms: dict[str, tuple[tuple[str, int], ...]]
    short_forms: dict[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._lengths = sorted(
            {0, *(len(form) for form in (*self.forms, *self.short_forms))}, reverse=True
        )
        self._near: dict[str, list[str]] = {}
        self._known: dict[str, NameReading] = {}  # what was read already
        for form, meant in self.forms.items():
            if len(form) >= _LEAST_CORRECTED - 1 and any(kind != PREFIX for kind, _ in meant):
                for shorter in _drop_signs(form, _count_slips(form)):
                    self._near.setdefault(shorter, []).append(form)

    def read(self, text: str) -> NameReading:
        """Read a text without digits: known names, then slips of known names, then the rest.

        Examples
        --------
        >>> known = Vocabulary({"学院中路": (("road", 0),), "梧田街道": (("subdistrict", 0),)})
        >>> [(name.kind, name.slips) for name in known.read("梧田街道学员中路").named]
        [('subdistrict', 0), ('road', 1)]
        >>> known.read("鹿城区五马街道").is_elsewhere
        True
        """
        if text in self._known:
            return self._known[text]
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        return self._known.setdefault(text, self._read(text))

    def _read(self, text: str) -> NameReading:
        pieces = self._segment(text, with_short=True)
        if any(not is_known for _, is_known in pieces):
            pieces = self._segment(text, with_short=False)
        named: list[Named] = []
        unread: list[str] = []
        for piece, is_known in pieces:
            if is_known:
                meant = self.forms.get(piece) or self.short_forms[piece]
                named += [Named(kind, at) for kind, at in meant if kind != PREFIX]
            else:
                self._read_run(piece, named, unread)
        left = [piece for piece in unread if piece]
        return NameReading(
            tuple(dict.fromkeys(named)),
            "".join(left),
            # Another district is named before all else, if at all.
            bool(pieces and not pieces[0][1] and left and _ELSEWHERE.search(left[0]))
            or bool(left and not named and _ELSEWHERE.search(left[0])),
            any(_SUBDISTRICT_END.search(piece) for piece in left),
        )

    def _read_run(self, run: str, named: list[Named], unread: list[str]) -> None:
        """Read a run of signs that is no name: as a slip, whole or piece by piece."""
        run = _FILLERS.sub("", _VAGUE.sub("", run))
        found = self.find_near(run)
        if found:
            named += found
            return
        pieces = _ENDS.findall(run)
        for piece in pieces:
            found = self.find_near(piece) if len(pieces) > 1 else []
            named += found
            if not found:
                unread.append(_FILLERS.sub("", piece))

    def _segment(self, text: str, *, with_short: bool) -> list[tuple[str, bool]]:
        """Cut a text into names and unknown runs with the fewest unknown signs."""
        size = len(text)
        far = 10**9
        # Cost up to a place, after a name (0) and inside an unknown run (1), and the way there.
        cost = [[far, far] for _ in range(size + 1)]
        way: list[list[tuple[int, int]]] = [[(0, 0), (0, 0)] for _ in range(size + 1)]
        cost[0][0] = 0
        for at in range(size):
            for state in (0, 1):
                so_far = cost[at][state]
                if so_far >= far:
                    continue
                step = so_far + UNKNOWN_COST + (0 if state else RUN_COST)
                if step < cost[at + 1][1]:
                    cost[at + 1][1], way[at + 1][1] = step, (at, state)
                for length in self._lengths[:-1]:  # the last is 0, where there are no names
                    piece = text[at : at + length]
                    if len(piece) < length:
                        continue
                    price = NAME_COST if piece in self.forms else None
                    if price is None and with_short and piece in self.short_forms:
                        price = SHORT_COST
                    if price is not None and so_far + price < cost[at + length][0]:
                        cost[at + length][0], way[at + length][0] = so_far + price, (at, state)
        return _walk_back(text, way, 0 if cost[size][0] <= cost[size][1] else 1)

    def find_near(self, written: str) -> list[Named]:
        """Find the names that a text may be a slip of; none where two readings are equally good.

        One slip (a sign changed, left out, added, or two exchanged) from three signs on, two from
        seven on. Signs that tell places apart are never explained by a slip.

        Examples
        --------
        >>> known = Vocabulary({"南白象街道": (("subdistrict", 0),), "白象路": (("road", 0),)})
        >>> known.find_near("白象街道"), [name.kind for name in known.find_near("百象路")]
        ([], ['road'])
        """
        if not _LEAST_CORRECTED <= len(written) <= self._lengths[0] + 2:
            return []
        near: dict[str, int] = {}
        for shorter in _drop_signs(written, _count_slips(written)):
            for form in self._near.get(shorter, ()):
                if form not in near:
                    near[form] = count_slips(written, form)
        allowed = {
            form: slips
            for form, slips in near.items()
            if 0 < slips <= min(_count_slips(form), _count_slips(written))
            and _is_slip(written, form)
        }
        least = min(allowed.values(), default=0)
        return [
            Named(kind, at, slips, f"{written}→{form}")
            for form, slips in sorted(allowed.items())
            if slips == least
            for kind, at in self.forms[form]
            if kind != PREFIX
        ]


def _walk_back(text: str, way: list[list[tuple[int, int]]], state: int) -> list[tuple[str, bool]]:
    pieces: list[tuple[str, bool]] = []
    end = len(text)
    while end > 0:
        at, before = way[end][state]
        piece, is_known = text[at:end], state == 0
        if pieces and not is_known and not pieces[-1][1]:
            pieces[-1] = (piece + pieces[-1][0], False)
        else:
            pieces.append((piece, is_known))
        end, state = at, before
    return pieces[::-1]


def _count_slips(text: str) -> int:
    return 2 if len(text) >= _TWO_SLIPS_FROM else 1


def _drop_signs(text: str, times: int) -> set[str]:
    """Return all texts that remain when up to `times` signs are left out."""
    found = {text}
    edge = {text}
    for _ in range(times):
        edge = {one[:at] + one[at + 1 :] for one in edge for at in range(len(one))}
        found |= edge
    return found


def _is_slip(written: str, meant: str) -> bool:
    """Tell whether the difference of two names may be a slip, and not another place."""
    lost, added = Counter(meant) - Counter(written), Counter(written) - Counter(meant)
    if _TELLING & (set(lost) | set(added)):
        return False
    return not (_SORTS & set(lost) and _SORTS & set(added))


def count_slips(one: str, other: str) -> int:
    """Count the slips between two texts (optimal string alignment distance).

    Examples
    --------
    >>> [count_slips("学院路", other) for other in ("学员路", "院学路", "路")]
    [1, 1, 2]
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, sign in enumerate(one, start=1):
        older, before, row = before, row, [at]
        for place, wanted in enumerate(other, start=1):
            best = min(before[place] + 1, row[-1] + 1, before[place - 1] + (sign != wanted))
            is_swap = at > 1 and place > 1 and sign == other[place - 2] and one[at - 2] == wanted
            row.append(min(best, older[place - 2] + 1) if is_swap else best)
    return row[-1]


def build_vocabulary(
    names: Mapping[str, Iterable[str]], *, prefixes: Iterable[str] = ()
) -> Vocabulary:
    """Build the vocabulary of a district from its lists of names.

    Communities are also known by the other words for one (村委会、村、社区、居委会), subdistricts
    and communities in short without any.

    Parameters
    ----------
    names
        Kind → names; the position in the list is what a reading returns.
    prefixes
        Names of province, city and district, which tell nothing inside the district.

    Examples
    --------
    >>> known = build_vocabulary({"community": ["丁岙村委会"], "road": ["丁岙路"]})
    >>> [name.kind for name in known.read("丁岙村丁岙路").named]
    ['community', 'road']
    """
    forms: dict[str, dict[tuple[str, int], None]] = {}
    short: dict[str, dict[tuple[str, int], None]] = {}
    for prefix in prefixes:
        forms.setdefault(prefix, {})[PREFIX, 0] = None
    for kind, listed in names.items():
        for at, name in enumerate(listed):
            full, brief = _list_forms(kind, name)
            for form in full:
                forms.setdefault(form, {})[kind, at] = None
            for form in brief:
                short.setdefault(form, {})[kind, at] = None
    # A village and its community bear one name: it means either.
    for form in forms.keys() & short.keys():
        if any(kind == ESTATE for kind, _ in forms[form]):
            forms[form].update(short[form])
    return Vocabulary(
        {form: tuple(meant) for form, meant in forms.items()},
        {form: tuple(meant) for form, meant in short.items() if form not in forms},
    )


_COMMUNITY_END = re.compile(
    r"(?:社区居委会|社区居民委员会|村民委员会|居民委员会|村委会|居委会|社区|居民区|村)$"
)
_VILLAGE_FORMS = ("村", "村委会", "村民委员会", "行政村")
_TOWN_FORMS = ("社区", "社区居委会", "居委会", "社区居民委员会", "居民委员会")


def _list_forms(kind: str, name: str) -> tuple[list[str], list[str]]:
    """Return the forms in which a name is written in full, and in short."""
    if kind == SUBDISTRICT:
        stem = re.sub(r"(?:街道办事处|街道|镇|乡)$", "", name)
        full = [name, f"{name}办事处"] if name.endswith("街道") else [name, f"{name}人民政府"]
        return full, [stem] if len(stem) > 1 and stem != name else []
    if kind != COMMUNITY:
        return [name], []
    stem = _COMMUNITY_END.sub("", name)
    if not stem or stem == name:
        return [name], []
    ends = _TOWN_FORMS if name.endswith(("社区", "居委会", "居民区")) else _VILLAGE_FORMS
    return [name, *(stem + end for end in ends)], [stem] if len(stem) > 1 else []
