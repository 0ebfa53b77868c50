"""Rule files of student growth in YAML; every fault is told with its line.

The language is described in ``docs/methods/growth.md``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from catchments.growth.rules import OVERALL, UNRATED, Domain, Event, Grade, GrowthRules, Level
from catchments.rule_nodes import (
    Faults,
    Place,
    RejectedRulesError,
    compose,
    load_text,
    read_code,
    read_mapping,
    read_number,
    read_option,
    read_text,
    read_whole,
    suggest,
)

DOMAINS = ("moral", "intellectual", "physical", "aesthetic", "labour")
_NAMES = ("code", "name_zh", "name_en")
_LISTS = ("levels", "domains", "events", "grades")
_HEAD = (*_NAMES, "source", "year_begins", *_LISTS)
_MOST_POINTS = 10_000

Part = TypeVar("Part")


def load_growth_rules(path: Path) -> GrowthRules:
    """Read a rule file of student growth.

    Raises
    ------
    UsageError
        When there is no such file or it cannot be read.
    RejectedRulesError
        When it is broken, with every fault and its line.
    """
    return parse_growth_rules(load_text(path), origin=str(path))


@lru_cache(maxsize=8)
def parse_growth_rules(text: str, *, origin: str = "text") -> GrowthRules:
    """Check the text of a rule file and return its rules.

    Raises
    ------
    RejectedRulesError
        When it is broken, with every fault and its line: YAML, keys, values, codes that are not
        defined, limits that do not rise, grades that can never be given.

    Examples
    --------
    >>> try:
    ...     parse_growth_rules("code: demo")
    ... except RejectedRulesError as error:
    ...     print(error.faults[0])
    line 1: Key 'domains' is missing. Add `domains:`.
    """
    top = compose(text, origin)
    faults = Faults()
    entries = read_mapping(top, faults, known=_HEAD, required=_HEAD)
    levels = _read_list(entries, "levels", faults, _read_level)
    codes = [level.code for level in levels]

    def read_domain(place: Place, faults: Faults) -> Domain:
        return _read_domain(place, faults, len(levels))

    def read_grade(place: Place, faults: Faults) -> Grade:
        return _read_grade(place, faults, codes)

    domains = _read_list(entries, "domains", faults, read_domain)
    known = [domain.code for domain in domains]

    def read_event(place: Place, faults: Faults) -> Event:
        return _read_event(place, faults, known)

    events = _read_list(entries, "events", faults, read_event)
    grades = _read_list(entries, "grades", faults, read_grade)
    _check_whole(entries, faults, domains, events, grades)
    heads = {
        name: read(entries[name], faults) if name in entries else ""
        for name, read in (
            ("code", read_code),
            ("name_zh", read_text),
            ("name_en", read_text),
            ("source", read_text),
        )
    }
    begins = _read_day(entries["year_begins"], faults) if "year_begins" in entries else (9, 1)
    if faults:
        raise RejectedRulesError(origin, faults.found.values())
    version = hashlib.sha256(text.encode()).hexdigest()
    return GrowthRules(
        **heads, year_begins=begins, levels=levels, domains=domains, events=events, grades=grades,
        text=text, version=version,
    )  # fmt: skip


def _read_list(
    entries: dict[str, Place], name: str, faults: Faults, read: Callable[[Place, Faults], Part]
) -> tuple[Part, ...]:
    """Read a list of parts, each with a code of its own."""
    if name not in entries:
        return ()
    place = entries[name]
    if not place.is_list or not place.list_items():
        faults.add(place, f"Found {place.show()} instead of a list.", "List one below the other.")
        return ()
    parts, seen = [], set()
    for item in place.list_items():
        part = read(item, faults)
        code = part.level.code if isinstance(part, Grade) else getattr(part, "code", "")
        if code and code in seen:
            faults.add(item, f"Code '{code}' stands here twice.", "Give each its own code.")
        seen.add(code)
        parts.append(part)
    return tuple(parts)


def _read_names(
    place: Place, faults: Faults, *, required: tuple[str, ...] = (), optional: tuple[str, ...] = ()
) -> tuple[dict[str, str], dict[str, Place]]:
    """Read code and names of a part, and return its other keys."""
    wanted = (*_NAMES, *required)
    entries = read_mapping(place, faults, known=(*wanted, *optional), required=wanted)
    names = {
        name: (read_code if name == "code" else read_text)(entries[name], faults)
        if name in entries
        else ""
        for name in _NAMES
    }
    return names, entries


def _read_level(place: Place, faults: Faults) -> Level:
    names, entries = _read_names(place, faults)
    if names["code"] in (UNRATED, OVERALL):
        faults.add(
            entries["code"], f"Code '{names['code']}' has a meaning already.", "Choose another."
        )
    return Level(**names)


def _read_domain(place: Place, faults: Faults, levels: int) -> Domain:
    names, entries = _read_names(place, faults, required=("from_points", "least_events"))
    if "code" in entries and names["code"] not in DOMAINS:
        faults.add(
            entries["code"],
            f"'{names['code']}' is no domain of growth.",
            suggest(names["code"], DOMAINS),
        )
    limits: tuple[float, ...] = ()
    if (at := entries.get("from_points")) is not None:
        found = [read_number(one, faults, least=0, most=_MOST_POINTS) for one in at.list_items()]
        limits = tuple(number for number in found if number is not None)
        if len(limits) == len(found):
            _check_limits(at, faults, limits, levels)
    least = 1
    if (at := entries.get("least_events")) is not None:
        least = read_whole(at, faults, least=1, most=1000)
    return Domain(**names, from_points=limits, least_events=least)


def _check_limits(place: Place, faults: Faults, limits: tuple[float, ...], levels: int) -> None:
    if list(limits) != sorted(set(limits)):
        faults.add(place, "The limits do not rise.", "Write them from the lowest to the highest.")
    if len(limits) != max(levels - 1, 0):
        faults.add(
            place,
            f"There are {len(limits)} limits for {levels} levels.",
            "Write one for each level but the lowest.",
        )


def _read_event(place: Place, faults: Faults, domains: list[str]) -> Event:
    names, entries = _read_names(
        place, faults, required=("domain", "points"), optional=("most_a_year",)
    )
    domain = ""
    if (at := entries.get("domain")) is not None and domains:
        domain = read_option(at, faults, domains)
    bounds = [0.0, 0.0]
    if (at := entries.get("points")) is not None:
        found = [read_number(one, faults, least=0, most=_MOST_POINTS) for one in at.list_items()]
        if None not in found:
            bounds = [number for number in found if number is not None]
            if len(bounds) != 2 or bounds[0] > bounds[1]:
                faults.add(at, "These are no two points that rise.", "Write [least, most].")
                bounds = [0.0, 0.0]
    most = None
    if (at := entries.get("most_a_year")) is not None:
        most = read_number(at, faults, least=0, most=_MOST_POINTS)
        if most is not None and most < bounds[0]:
            faults.add(at, "Not even one record could count.", "Raise it above the least points.")
    return Event(**names, domain=domain, least=bounds[0], most=bounds[1], most_a_year=most)


def _read_grade(place: Place, faults: Faults, levels: list[str]) -> Grade:
    names, entries = _read_names(place, faults, required=("at_least",))
    terms: list[tuple[str, int]] = []
    if (at := entries.get("at_least")) is not None:
        for code, number in read_mapping(at, faults, known=levels).items():
            terms.append((code, read_whole(number, faults, least=1, most=len(DOMAINS))))
    return Grade(Level(**names), tuple(terms))


def _read_day(place: Place, faults: Faults) -> tuple[int, int]:
    word = place.word or ""
    if not re.fullmatch(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d)", word, flags=re.ASCII):
        faults.add(place, f"Found {place.show()} instead of a day.", "Write it like 09-01.")
        return 9, 1
    return int(word[:2]), int(word[3:])


def _check_whole(
    entries: dict[str, Place],
    faults: Faults,
    domains: tuple[Domain, ...],
    events: tuple[Event, ...],
    grades: tuple[Grade, ...],
) -> None:
    """Find what single keys do not show: domains without events, grades nobody can have."""
    with_events = {event.domain for event in events}
    for domain in domains:
        if events and domain.code not in with_events:
            faults.add(
                entries["events"],
                f"No event counts for domain '{domain.code}'.",
                "Add one, or leave the domain out.",
            )
    for grade, place in zip(grades, entries["grades"].list_items() if grades else (), strict=True):
        for code, number in grade.at_least:
            if number > len(domains) > 0:
                faults.add(
                    place,
                    f"{number} domains are to reach '{code}', there are {len(domains)}.",
                    "Ask for fewer.",
                )
    for place, grade in zip(entries["grades"].list_items() if grades else (), grades, strict=True):
        if not grade.at_least and grade is not grades[-1]:
            faults.add(
                place, "Everybody has this grade; those below are never given.", "Put it last."
            )
    if grades and grades[-1].at_least:
        faults.add(
            entries["grades"],
            "Some pupils would have no grade.",
            "End with one that asks for nothing: `at_least: {}`.",
        )
