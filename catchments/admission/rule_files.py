"""Rule files: rules of admission in YAML, as an enrolment officer reads and writes them.

The language is described in ``docs/methods/admission-rules.md``.
"""

from __future__ import annotations

import difflib
import hashlib
from pathlib import Path

from catchments.admission.rule_checks import check_stage
from catchments.admission.rule_stages import REQUIRED_KEYS, RULE_KEYS, StageReader, StageReading
from catchments.admission.rules import Rules, StageRules
from catchments.rule_nodes import (
    Faults,
    Place,
    RejectedRulesError,
    check_code,
    compose,
    load_text,
    read_code,
    read_mapping,
    read_text,
    read_whole,
)

MAX_STAGES = 20
_HEAD = ("code", "name_zh", "name_en", "source", "year")


def load_rules(path: Path) -> Rules:
    """Read a rule file.

    Raises
    ------
    UsageError
        When there is no such file or it cannot be read.
    RejectedRulesError
        When it is broken, with every fault and its line.
    """
    return parse_rules(load_text(path), origin=str(path))


def parse_rules(text: str, *, origin: str = "text") -> Rules:
    """Check the text of a rule file and return its rules.

    Parameters
    ----------
    origin
        Where the text comes from, for messages.

    Raises
    ------
    RejectedRulesError
        When it is broken, with every fault and its line: YAML, keys, values, facts, and rules
        that contradict each other.

    Examples
    --------
    >>> try:
    ...     parse_rules("code: demo")
    ... except RejectedRulesError as error:
    ...     print(error.faults[-1])
    line 1: Key 'year' is missing. Add `year:`.
    """
    top = compose(text, origin)
    faults = Faults()
    entries = read_mapping(
        top, faults, known=(*_HEAD, *RULE_KEYS, "stages"), required=(*_HEAD, "stages")
    )
    year = 2000
    if "year" in entries:
        year = read_whole(entries["year"], faults, least=2000, most=2100)
    stages = _read_stages(entries, year, faults) if top.is_mapping else {}
    heads = {
        name: read(entries[name], faults) if name in entries else ""
        for name, read in (
            ("code", read_code),
            ("name_zh", read_text),
            ("name_en", read_text),
            ("source", read_text),
        )
    }
    if faults:
        raise RejectedRulesError(origin, faults.found.values())
    version = hashlib.sha256(text.encode()).hexdigest()
    return Rules(**heads, year=year, stages=stages, text=text, version=version)


def _read_stages(entries: dict[str, Place], year: int, faults: Faults) -> dict[str, StageRules]:
    """Read each stage: its own keys, the others from the top of the file."""
    if "stages" not in entries:
        return {}
    common = {name: place for name, place in entries.items() if name in RULE_KEYS}
    named = read_mapping(entries["stages"], faults)
    if not named and entries["stages"].is_mapping:
        faults.add(entries["stages"], "There are no stages.", "Add one, such as `primary: {}`.")
    if len(named) > MAX_STAGES:
        faults.add(entries["stages"], f"There are {len(named)} stages.", f"Keep {MAX_STAGES}.")
        return {}
    readings = []
    for code, place in named.items():
        check_code(code, place, faults)
        own = {} if place.is_empty else read_mapping(place, faults, known=RULE_KEYS)
        places = {**common, **own}
        for name in REQUIRED_KEYS:
            if name not in places:
                faults.add(
                    place,
                    f"Key '{name}' is missing for stage {code}.",
                    f"Add `{name}:` there or at the top.",
                )
        readings.append(StageReader(code, year, places, faults).read())
    _check_feeders(readings, [*named], faults)
    for reading in readings:
        check_stage(reading, faults)
    return {reading.rules.stage: reading.rules for reading in readings}


def _check_feeders(readings: list[StageReading], stages: list[str], faults: Faults) -> None:
    """Find graduates of a stage that is written almost like one of the file."""
    for reading in readings:
        of = reading.rules.entrants.of
        if of and of not in stages and (near := difflib.get_close_matches(of, stages, n=1)):
            faults.add(
                reading.places["entrants"],
                f"Stage {reading.rules.stage} takes graduates of '{of}'.",
                f"Did you mean '{near[0]}'?",
            )
