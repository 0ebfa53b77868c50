"""Comparisons of one fact: the leaves of conditions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from catchments.admission.conditions import Language, Leaf, Mask

NumberOperator = Literal["at_least", "at_most", "above", "below", "is"]
DateOperator = Literal["from", "until", "before", "after"]

NUMBER_OPERATORS: tuple[NumberOperator, ...] = ("at_least", "at_most", "above", "below", "is")
DATE_OPERATORS: tuple[DateOperator, ...] = ("from", "until", "before", "after")
CHOICE_OPERATORS = ("is", "one_of")

_COMPARE: dict[str, np.ufunc] = {
    "at_least": np.greater_equal,
    "at_most": np.less_equal,
    "above": np.greater,
    "below": np.less,
    "is": np.equal,
    "from": np.greater_equal,
    "until": np.less_equal,
    "before": np.less,
    "after": np.greater,
}


@dataclass(frozen=True)
class Flag(Leaf):
    """A flag is set; flags are always known."""

    fact: str

    def compare(self, column: pd.Series) -> tuple[Mask, Mask]:
        """Compare with true."""
        true = column.to_numpy(dtype=bool, copy=True)
        return true, ~true

    def describe(self, language: Language) -> str:
        """Return the flag's name."""
        return self._name(language)


@dataclass(frozen=True)
class Known(Leaf):
    """A fact other than a flag is known; itself never unknown."""

    fact: str

    def compare(self, column: pd.Series) -> tuple[Mask, Mask]:
        """Ask whether there is a value."""
        true = np.asarray(column.notna(), dtype=bool).copy()
        return true, ~true

    def describe(self, language: Language) -> str:
        """Say that it is known."""
        name = self._name(language)
        return f"有{name}" if language == "zh" else f"{name} is known"


_NUMBER_WORDS: dict[str, tuple[str, str]] = {
    "at_least": ("不少于", "at least"),
    "at_most": ("不超过", "at most"),
    "above": ("大于", "above"),
    "below": ("小于", "below"),
    "is": ("等于", "exactly"),
}
UNITS: dict[str, tuple[str, str]] = {
    "pct": ("%", " %"),
    "m2": ("平方米", " m²"),
    "points": ("分", " points"),
    "": ("", ""),
}


@dataclass(frozen=True)
class NumberComparison(Leaf):
    """A number stands in a relation to another; UNITS: those of the fact."""

    fact: str
    operator: NumberOperator
    value: float

    def compare(self, column: pd.Series) -> tuple[Mask, Mask]:
        """Compare; NaN is unknown."""
        numbers = column.to_numpy(dtype=float, na_value=np.nan)
        return _split(_COMPARE[self.operator](numbers, self.value), np.isnan(numbers))

    def describe(self, language: Language) -> str:
        """Say the relation with the number and its unit."""
        zh, en = _NUMBER_WORDS[self.operator]
        unit_zh, unit_en = UNITS[self.meaning.unit]
        if language == "zh":
            return f"{self._name('zh')}{zh}{self.value:.10g}{unit_zh}"
        return f"{self._name('en')} {en} {self.value:.10g}{unit_en}"


_DATE_WORDS: dict[str, tuple[str, str]] = {
    "from": ("在{}当日或之后", "on or after {}"),
    "until": ("在{}当日或之前", "on or before {}"),
    "before": ("早于{}", "before {}"),
    "after": ("晚于{}", "after {}"),
}


@dataclass(frozen=True)
class DateComparison(Leaf):
    """A date stands in a relation to a day.

    Parameters
    ----------
    day
        The day compared with; ``opening_day`` of a rule file is replaced by the day itself.
    months_before_opening
        When the rule file said ``opening_day`` (0) or so many months before it; for the wording.
    """

    fact: str
    operator: DateOperator
    day: dt.date
    months_before_opening: int | None = None

    def compare(self, column: pd.Series) -> tuple[Mask, Mask]:
        """Compare whole days; NaT is unknown."""
        days = column.to_numpy(dtype="datetime64[D]")
        found = _COMPARE[self.operator](days, np.datetime64(self.day, "D"))
        return _split(found, np.isnat(days))

    def describe(self, language: Language) -> str:
        """Say the relation with the day."""
        zh, en = _DATE_WORDS[self.operator]
        months, day = self.months_before_opening, write_day(self.day, language)
        if language == "zh":
            if months is not None:
                day = f"报名首日{f'前{months}个月' if months else ''}（{day}）"
            return self._name("zh") + zh.format(day)
        if months is not None:
            before = f"{months} months before " if months else ""
            day = f"{before}the opening day ({day})"
        return f"{self._name('en')} {en.format(day)}"


CHOICE_WORDS: dict[str, str] = {
    "child": "儿童本人",
    "parent": "父母",
    "grandparent": "祖父母或外祖父母",
    "residential": "住宅",
    "apartment": "公寓",
    "shop": "商铺",
    "storage": "储藏间",
    "garage": "车库",
    "commodity": "商品房",
    "resettlement": "安置房",
    "self_built": "自建房",
    "public_rent": "公租房",
    "allocated": "划拨房",
}


@dataclass(frozen=True)
class Choice(Leaf):
    """A choice is one of some values."""

    fact: str
    values: tuple[str, ...]

    def compare(self, column: pd.Series) -> tuple[Mask, Mask]:
        """Look for the value among them; None is unknown."""
        return _split(column.isin(self.values).to_numpy(), column.isna().to_numpy())

    def describe(self, language: Language) -> str:
        """Say the values."""
        if language == "zh":
            return f"{self._name('zh')}为{'或'.join(CHOICE_WORDS.get(v, v) for v in self.values)}"
        values = " or ".join(value.replace("_", "-") for value in self.values)
        return f"{self._name('en')} is {values}"


def _split(found: Mask, unknown: Mask) -> tuple[Mask, Mask]:
    return found & ~unknown, ~(found | unknown)


_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def write_day(day: dt.date, language: Language) -> str:
    """Write a day for people, the same on every machine.

    Examples
    --------
    >>> write_day(dt.date(2026, 5, 20), "zh"), write_day(dt.date(2026, 5, 20), "en")
    ('2026年5月20日', '20 May 2026')
    """
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
