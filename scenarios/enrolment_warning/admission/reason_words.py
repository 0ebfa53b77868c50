"""Words for the codes of an assignment: outcomes, reasons, anchors, registers, facts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from catchments.admission.comparisons import CHOICE_WORDS
from catchments.admission.facts import FACTS
from layers.language import MISSING, Language, is_missing, msgid

OUTCOMES = {
    "seated": msgid("Admitted at the school of the catchment"),
    "placed": msgid("Placed at another school with seats left"),
    "exception": msgid("For a person to decide"),
}
ANCHORS = {
    "registered": msgid("place of registration"),
    "owned": msgid("dwelling owned"),
    "residence": msgid("place of residence"),
}
REGISTERS = {
    "child": msgid("Register of children"),
    "household": msgid("Household register"),
    "property_certificate": msgid("Property certificates"),
    "property_unit": msgid("Register of dwellings"),
    "guardian": msgid("Register of guardians"),
    "seat_use": msgid("Register of seats used"),
    "deferral": msgid("Deferral certificates"),
}
ROUNDINGS = {
    "half_up": msgid("half rounded up"),
    "half_even": msgid("half rounded to even"),
    "truncate": msgid("the rest cut off"),
}
# Why a person must decide, in short and as what there is to decide.
REASONS = {
    "listed_twice": (
        msgid("Listed twice"),
        msgid(
            "The registers list this person more than once. Decide which entry is right; the"
            " others get no seat."
        ),
    ),
    "impossible_date": (
        msgid("Impossible date"),
        msgid(
            "The child is registered before it was born. Have the date corrected, then assign"
            " again, or decide from the papers."
        ),
    ),
    "no_address": (
        msgid("No known address"),
        msgid("No register knows an address of the child. Find out where it belongs."),
    ),
    "no_catchment": (
        msgid("In no catchment"),
        msgid("The addresses lie in no catchment of this plan. Decide which school admits."),
    ),
    "no_batch": (
        msgid("In no batch"),
        msgid("The child meets the condition of no batch. Decide whether it is admitted."),
    ),
    "missing_fact": (
        msgid("A fact is missing"),
        msgid("A date or number that the score needs is unknown. Have it proven by papers."),
    ),
    "dwelling_locked": (
        msgid("Dwelling locked"),
        msgid("Another family's seat locks the dwelling. Decide where the child is admitted."),
    ),
    "two_families": (
        msgid("Two families on one dwelling"),
        msgid(
            "Children of several families ask for the seat of one dwelling. Decide which family"
            " it serves."
        ),
    ),
    "seats_unknown": (
        msgid("Seats unknown"),
        msgid("Nobody stated the seats of the school. Have them stated, then assign again."),
    ),
    "twins_parted": (
        msgid("Twins parted"),
        msgid(
            "Children of one birth would go to different schools. Decide whether they go together."
        ),
    ),
    "no_seat": (
        msgid("No seat left"),
        msgid("No school has a seat left for the child. Decide where seats are made."),
    ),
    "no_way": (
        msgid("No way on foot"),
        msgid("No way on foot leads to a school with seats left. Decide where the child goes."),
    ),
}


def name_outcome(outcome: str, language: Language) -> str:
    """Return what became of a child in a run."""
    return language(OUTCOMES[outcome])


def name_anchor(anchor: str | None, language: Language) -> str | None:
    """Return what puts a child into a zone; nothing for a child in none."""
    return None if anchor is None else language(ANCHORS[anchor])


def name_reason(reason: Any, language: Language) -> str:
    """Return why a person must decide, in few words."""
    if is_missing(reason):
        return MISSING
    return language(REASONS[reason][0]) if reason in REASONS else str(reason)


def name_fact(fact: str, language: Language) -> str:
    """Return the name of a fact, as a label."""
    name = language.pick(FACTS[fact].name_zh, FACTS[fact].name_en)
    return name[:1].upper() + name[1:]


def tell_value(fact: str, value: Any, language: Language) -> str:
    """Write the value of a fact with its unit; a dash when it is unknown."""
    if is_missing(value):
        return MISSING
    kind, unit = FACTS[fact].kind, FACTS[fact].unit
    if kind == "flag":
        return language("Yes") if value else language("No")
    if kind == "date":
        return language.date(value)
    if kind == "choice":
        return language.pick(CHOICE_WORDS.get(value, value), str(value).replace("_", "-"))
    digits = 0 if float(value).is_integer() else 2
    if unit == "pct":
        return language.percent(value, digits)
    return f"{language.number(value, digits)}{' m²' if unit == 'm2' else ''}"


def tell_detail(reason: str, detail: str | None, language: Language) -> str | None:
    """Say what a reason rests on; nothing when the reason says it all."""
    if detail is None:
        return None
    if reason in {"missing_fact", "impossible_date"} and detail in FACTS:
        return name_fact(detail, language)
    if reason == "listed_twice":
        return language("First entry: {code}", code=detail)
    if reason == "dwelling_locked":
        return language("Free again from {year}", year=detail)
    return detail


def tell_moment(moment: dt.datetime, language: Language) -> str:
    """Write a moment in universal time, the same on every machine."""
    utc = moment.astimezone(dt.UTC)
    return f"{language.date(utc.date())} {utc:%H:%M} UTC"
