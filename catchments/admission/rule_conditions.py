"""Conditions as they are written in a rule file.

``registered_inside`` names a flag; a list means all of it; ``all``, ``any`` and ``not`` combine;
``owned_area_m2: {at_least: 20}`` compares; ``points: known`` asks whether there is a value.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass, field

from catchments.admission.comparisons import (
    CHOICE_OPERATORS,
    DATE_OPERATORS,
    NUMBER_OPERATORS,
    Choice,
    DateComparison,
    Flag,
    Known,
    NumberComparison,
)
from catchments.admission.conditions import AllOf, AnyOf, Condition, Everyone, Not
from catchments.admission.facts import FACTS, Fact
from catchments.rule_nodes import (
    Faults,
    Place,
    read_bool,
    read_date,
    read_mapping,
    read_number,
    shorten,
    suggest,
)

_WORDS = ("all", "any", "not")


@dataclass
class ConditionReader:
    """Reads conditions of one stage and remembers where each stood.

    Parameters
    ----------
    opens_on
        What ``opening_day`` stands for.
    places
        Every condition read, inner ones before those around them.
    """

    opens_on: dt.date
    faults: Faults
    places: list[tuple[Condition, Place]] = field(default_factory=list)

    def read(self, place: Place) -> Condition:
        """Read a condition; what is wrong is noted, and stands for everyone meanwhile."""
        condition = self._read(place)
        self.places.append((condition, place))
        return condition

    def _read(self, place: Place) -> Condition:
        if place.is_list:
            return self._read_parts(place, AllOf)
        if place.is_mapping:
            return self._read_mapping(place)
        if place.word == "everyone":
            return Everyone()
        if place.word is None:
            return self._reject(place, "The condition is empty.", "Write `everyone` for all.")
        fact = self._find(place.word, place)
        if fact is None:
            return Everyone()
        if fact.kind != "flag":
            return self._reject(
                place,
                f"{fact.name} is a {fact.kind}, not a flag.",
                f"Compare it: `{fact.name}: {_EXAMPLES[fact.kind]}`.",
            )
        return Flag(fact.name)

    def _read_parts(self, place: Place, kind: type[AllOf | AnyOf]) -> Condition:
        items = place.list_items()
        if not items:
            return self._reject(place, "The list is empty.", "Write `everyone` for all.")
        parts = tuple(self.read(item) for item in items)
        return parts[0] if len(parts) == 1 else kind(parts)

    def _read_mapping(self, place: Place) -> Condition:
        entries = read_mapping(place, self.faults)
        if not entries:
            return self._reject(place, "The condition is empty.", "Write `everyone` for all.")
        parts = tuple(self._read_entry(name, value) for name, value in entries.items())
        return parts[0] if len(parts) == 1 else AllOf(parts)

    def _read_entry(self, name: str, value: Place) -> Condition:
        if name == "not":
            return Not(self.read(value))
        if name in {"all", "any"}:
            return self._read_parts(value, AllOf if name == "all" else AnyOf)
        fact = self._find(name, value)
        if fact is None:
            return Everyone()
        return self._read_comparison(fact, value)

    def _read_comparison(self, fact: Fact, value: Place) -> Condition:
        if fact.kind == "flag":
            held = read_bool(value, self.faults)
            return Flag(fact.name) if held else Not(Flag(fact.name))
        if value.word == "known":
            return Known(fact.name)
        if value.word == "unknown":
            return Not(Known(fact.name))
        operators = _OPERATORS[fact.kind]
        if not value.is_mapping:
            return self._reject(
                value,
                f"{value.show()} is no comparison of {fact.name}, a {fact.kind}.",
                f"Write `{fact.name}: {_EXAMPLES[fact.kind]}`, known or unknown.",
            )
        entries = read_mapping(value, self.faults, known=operators)
        parts = tuple(self._compare(fact, name, at) for name, at in entries.items())
        if not parts:
            if self.faults.has_below(value.key):
                return Everyone()
            return self._reject(
                value, f"{fact.name} is compared with nothing.", f"Write {_EXAMPLES[fact.kind]}."
            )
        whole = parts[0] if len(parts) == 1 else AllOf(parts)
        self.places.append((whole, value))
        return whole

    def _compare(self, fact: Fact, operator: str, at: Place) -> Condition:
        if fact.kind == "number":
            number = read_number(at, self.faults)
            named = next(name for name in NUMBER_OPERATORS if name == operator)
            return NumberComparison(fact.name, named, 0.0 if number is None else number)
        if fact.kind == "date":
            named_date = next(name for name in DATE_OPERATORS if name == operator)
            return DateComparison(fact.name, named_date, *self._read_day(at))
        return Choice(fact.name, self._read_values(fact, operator, at))

    def _read_day(self, at: Place) -> tuple[dt.date, int | None]:
        """Read a date, or a day named by the opening day and how many months before it."""
        found = re.fullmatch(r"(?:(\d{1,3}) months before )?opening_day", at.word or "", re.ASCII)
        if found is None:
            return read_date(at, self.faults) or self.opens_on, None
        months = int(found[1] or 0)
        return subtract_months(self.opens_on, months), months

    def _read_values(self, fact: Fact, operator: str, at: Place) -> tuple[str, ...]:
        if at.is_list and operator == "is":
            self.faults.add(at, "`is` takes one value.", "Use `one_of` for a list.")
        values: list[str] = []
        for item in at.list_items():
            word = item.word
            if word is None or (fact.choices and word not in fact.choices):
                self.faults.add(
                    item,
                    f"{fact.name} is never {item.show()}.",
                    suggest(word or "", fact.choices),
                )
            elif word in values:
                self.faults.add(item, f"'{word}' stands here twice.", "Keep one of them.")
            else:
                values.append(word)
        if not at.list_items():
            self.faults.add(at, f"{fact.name} is compared with nothing.", "Name a value.")
        return tuple(values)

    def _find(self, name: str, place: Place) -> Fact | None:
        fact = FACTS.get(name)
        if fact is None:
            self.faults.add(
                place,
                f"There is no fact '{shorten(name)}'.",
                suggest(name, [*FACTS, *_WORDS, "everyone"]),
            )
        return fact

    def _reject(self, place: Place, found: str, mend: str) -> Condition:
        self.faults.add(place, found, mend)
        return Everyone()


def subtract_months(day: dt.date, months: int) -> dt.date:
    """Return the same day so many months earlier, or the last of that month.

    Examples
    --------
    >>> str(subtract_months(dt.date(2026, 3, 31), 13))
    '2025-02-28'
    """
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


_OPERATORS: dict[str, tuple[str, ...]] = {
    "number": NUMBER_OPERATORS,
    "date": DATE_OPERATORS,
    "choice": CHOICE_OPERATORS,
}
_EXAMPLES = {
    "number": "{at_least: 60}",
    "date": "{until: opening_day}",
    "choice": "{is: ...}",
}
