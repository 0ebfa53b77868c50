"""Words and numbers in the languages of the interface: gettext catalogues, Chinese first.

Source strings are English and stand in the code; ``locales/<code>.po`` holds the others.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from babel.dates import format_date
from babel.messages.pofile import read_po

from gis.errors import UsageError

LOCALES = Path(__file__).parent / "locales"
MISSING = "–"

# Locale of dates and of the page (BCP 47), by language code.
_LOCALES = {"zh": "zh_Hans_CN", "en": "en_GB"}
_TAGS = {"zh": "zh-CN", "en": "en-GB"}


def msgid(text: str) -> str:
    """Mark a string that is translated where it is shown, not where it is written."""
    return text


# Coded values of the tables, as people say them.
TERMS = {
    # kinds of school
    "kindergarten": msgid("Kindergarten"),
    "primary": msgid("Primary school"),
    "junior": msgid("Junior secondary school"),
    "nine_year": msgid("Nine-year school"),
    "senior": msgid("Senior secondary school"),
    "full_secondary": msgid("Full secondary school"),
    "twelve_year": msgid("Twelve-year school"),
    "vocational": msgid("Vocational school"),
    "training": msgid("Training institution"),
    "public": msgid("Public"),
    "private": msgid("Private"),
    "urban": msgid("Urban"),
    "rural": msgid("Rural"),
    # enrolment warning
    "none": msgid("No warning"),
    "yellow": msgid("Yellow warning"),
    "red": msgid("Red warning"),
    "unknown": msgid("Seats not stated"),
    "no_catchment": msgid("Outside every catchment"),
    "unlocated": msgid("Address not found"),
    # projects
    "new": msgid("New school"),
    "extension": msgid("Extension"),
    "not_started": msgid("Not started"),
    "on_time": msgid("On time"),
    "late": msgid("Late"),
    "completed": msgid("Completed"),
    "minor": msgid("Minor finding"),
    "serious": msgid("Serious finding"),
    "grave": msgid("Grave finding"),
    # indicators of quality balance
    "met": msgid("Met"),
    "near": msgid("Nearly met"),
    "failed": msgid("Not met"),
    "missing": msgid("Not reported"),
    # buildings
    "residential": msgid("Residential"),
    "commercial": msgid("Commercial"),
    "industrial": msgid("Industrial"),
    "other": msgid("Other"),
    "teaching": msgid("Teaching building"),
    "laboratory": msgid("Laboratory building"),
    "sports": msgid("Sports building"),
    "canteen": msgid("Canteen"),
    "dormitory": msgid("Dormitory"),
    "office": msgid("Office building"),
}


class Named(Protocol):
    """Anything of the profile or the database that bears a name in two languages."""

    @property
    def name_zh(self) -> str: ...  # noqa: D102

    @property
    def name_en(self) -> str | None: ...  # noqa: D102


@dataclass(frozen=True)
class Language:
    """A language of the interface; call it with an English source string.

    Examples
    --------
    >>> _ = load_language("en")
    >>> _("{n} seats", n=_.number(1234)), _.count("{n} school", "{n} schools", 1)
    ('1,234 seats', '1 school')
    >>> _.number(-3.25, 1), _.percent(101.24), _.number(None), _.cell(3, 5)
    ('−3.3', '101.2%', '–', '<5')
    >>> _.date(dt.date(2026, 3, 31)), _.pick("瓯海区", "Ouhai")
    ('31 March 2026', 'Ouhai')
    """

    code: str
    messages: Mapping[str, str] = field(repr=False, hash=False, compare=False)

    @property
    def tag(self) -> str:
        """BCP 47 tag for the page and the browser's own formatting."""
        return _TAGS[self.code]

    def __call__(self, text: str, **fields: Any) -> str:
        """Translate `text` and fill its ``{fields}``."""
        found = self.messages.get(text, text)
        return found.format(**fields) if fields else found

    def count(self, one: str, many: str, n: float, **fields: Any) -> str:
        """Translate a phrase that counts ``{n}``: `one` is English for 1, `many` for the rest."""
        return self(one if n == 1 and self.code == "en" else many, n=self.number(n), **fields)

    def pick(self, zh: Any, en: Any) -> str:
        """Return the name in this language, or the other when that one is missing."""
        first, second = (zh, en) if self.code == "zh" else (en, zh)
        return str(second if is_missing(first) else first)

    def name(self, named: Named) -> str:
        """Return the name of a stage, plan, district, indicator … in this language."""
        return self.pick(named.name_zh, named.name_en)

    def term(self, code: str) -> str:
        """Return how people say a coded value of the tables, such as ``nine_year``."""
        return self(TERMS[code]) if code in TERMS else code

    def number(self, value: Any, digits: int = 0) -> str:
        """Write a number with thousands separators; a dash when it is missing."""
        if is_missing(value):
            return MISSING
        text = f"{_round_half_up(float(value), digits):,.{digits}f}"
        return text.replace("-", "−")

    def signed(self, value: Any, digits: int = 0) -> str:
        """Write a difference with its sign: +12, −3, 0."""
        text = self.number(value, digits)
        return f"+{text}" if not is_missing(value) and value > 0 else text

    def percent(self, value: Any, digits: int = 1) -> str:
        """Write a number that is already in per cent."""
        return MISSING if is_missing(value) else f"{self.number(value, digits)}%"

    def cell(self, value: Any, minimum: int) -> str:
        """Write a count of children of a small area; counts from 1 to below `minimum` are hidden.

        SOURCE: 个人信息保护法 Art. 28 (sensitive data of children); the limit is in the profile.
        """
        if not is_missing(value) and 0 < value < minimum:
            return f"<{minimum}"
        return self.number(value)

    def date(self, value: Any) -> str:
        """Write a day: 2026年3月31日, 31 March 2026."""
        if is_missing(value):
            return MISSING
        return format_date(_to_date(value), format="long", locale=_LOCALES[self.code])

    def month(self, value: Any) -> str:
        """Write a month: 2026年3月, March 2026."""
        if is_missing(value):
            return MISSING
        pattern = "y年M月" if self.code == "zh" else "MMMM y"
        return format_date(_to_date(value), format=pattern, locale=_LOCALES[self.code])


@cache
def load_language(code: str) -> Language:
    """Return the language of that code, with its catalogue.

    Raises
    ------
    UsageError
        When there is no such language.
    """
    if code not in _LOCALES:
        known = ", ".join(_LOCALES)
        raise UsageError(f"There is no language '{code}'.", mend=f"Use one of {known}.")
    return Language(code, {} if code == "en" else read_catalogue(code))


def read_catalogue(code: str) -> dict[str, str]:
    """Read the translations of ``locales/<code>.po``; empty ones are left out."""
    with (LOCALES / f"{code}.po").open("rb") as file:
        entries = read_po(file)
    return {str(entry.id): str(entry.string) for entry in entries if entry.id and entry.string}


def is_missing(value: Any) -> bool:
    """Whether a value of a table is None, NaN, NaT or NA."""
    if value is None:
        return True
    if isinstance(value, float):
        return math.isnan(value)
    return type(value).__name__ in ("NAType", "NaTType") or bool(value != value)  # noqa: PLR0124


def _round_half_up(value: float, digits: int) -> float:
    # 0.5 of a seat reads as 1 to everybody; round() would say 0.
    scale = 10**digits
    return math.copysign(math.floor(abs(value) * scale + 0.5 + 1e-9) / scale, value) + 0.0


def _to_date(value: Any) -> dt.date:
    if isinstance(value, str):
        return dt.date.fromisoformat(value)
    return value.date() if isinstance(value, dt.datetime) else value
