"""The rule files of a district, as an officer chooses among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from catchments.admission.rule_files import load_rules
from catchments.admission.rules import Rules
from gis.errors import OneMapError, UsageError


@dataclass(frozen=True)
class Shelved:
    """A rule file: its rules, or the fault for which it cannot be used."""

    name: str
    rules: Rules | None
    fault: str | None = None


def list_rules(districts: Path, district: str) -> list[Shelved]:
    """Read every rule file ``<districts>/<district>/*.yaml``, broken ones with their fault.

    Files whose name begins with ``appraisal`` are schemes of the yearly appraisal of schools.
    """
    files = sorted(
        path
        for path in (districts / district).glob("*.yaml")
        if not path.name.startswith("appraisal")
    )
    return [_read_once(path, path.stat().st_mtime_ns) for path in files]


@lru_cache(maxsize=64)
def _read_once(path: Path, _changed_ns: int) -> Shelved:
    try:
        return Shelved(path.name, load_rules(path))
    except OneMapError as error:
        return Shelved(path.name, None, str(error))


def list_years(shelf: Sequence[Shelved]) -> list[int]:
    """Return the years for which there are rules."""
    return sorted({one.rules.year for one in shelf if one.rules})


def select_rules(shelf: Sequence[Shelved], stage: str, year: int) -> list[Rules]:
    """Return the rules of a stage and year, in the order of their files."""
    known = [one.rules for one in shelf if one.rules]
    return [rules for rules in known if rules.year == year and stage in rules.stages]


def choose_rules(rules: Sequence[Rules], code: str | None) -> Rules:
    """Return the rules of that code, or the first.

    Raises
    ------
    UsageError
        When there are none of that code; names those there are.
    """
    for one in rules:
        if code in (None, one.code):
            return one
    known = ", ".join(one.code for one in rules)
    raise UsageError(
        f"There are no rules '{code}' for this stage and year.",
        mend=f"Use one of {known}." if known else "Choose a year that has a rule file.",
    )
