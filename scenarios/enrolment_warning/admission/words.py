"""What outcomes, reasons, steps and facts of the assignment are called, for people."""

from __future__ import annotations

from catchments.admission.facts import FACTS
from catchments.admission.rules import Rules
from layers.language import Language, is_missing, msgid

OUTCOME_WORDS = {
    "seated": msgid("Seated at the zone's school"),
    "placed": msgid("Placed at another school"),
    "exception": msgid("For a person to decide"),
}

# Why a person must decide.
REASON_WORDS = {
    "listed_twice": msgid("Listed twice"),
    "impossible_date": msgid("Impossible date"),
    "no_address": msgid("No address is known"),
    "no_catchment": msgid("In no catchment"),
    "no_batch": msgid("In no batch"),
    "missing_fact": msgid("A fact is missing"),
    "dwelling_locked": msgid("The dwelling's seat is taken"),
    "two_families": msgid("Two families on one dwelling"),
    "seats_unknown": msgid("Seats of the school not stated"),
    "twins_parted": msgid("Twins at different schools"),
    "no_seat": msgid("No seat left in the district"),
    "no_way": msgid("No way to a school with seats"),
}

# What the assignment says it is doing.
STEP_WORDS = {
    "waiting": msgid("Reading the registers"),
    "registers": msgid("Reading the registers"),
    "claims": msgid("Finding zones and claims"),
    "batches": msgid("Dividing the children into batches"),
    "seats": msgid("Giving seats batch by batch"),
    "placement": msgid("Placing children without a seat"),
    "results": msgid("Collecting the results"),
    "store": msgid("Writing down the results"),
    "done": msgid("Writing down the results"),
}


def name_code(code: str, language: Language) -> str:
    """Name an outcome or a reason."""
    words = OUTCOME_WORDS | REASON_WORDS
    return language(words[code]) if code in words else code


def name_batches(rules: Rules | None, stage: str, language: Language) -> dict[str, str]:
    """Return the names of the batches by code, in their order."""
    if rules is None or stage not in rules.stages:
        return {}
    return {batch.code: language.name(batch) for batch in rules.stages[stage].batches}


def name_fact(name: str, language: Language) -> str:
    """Name a fact."""
    return language.name(FACTS[name]) if name in FACTS else name


def tell_detail(reason: str, detail: str | None, language: Language) -> str:
    """Say what a reason rests on."""
    if is_missing(detail):
        return "–"
    return name_fact(str(detail), language) if reason in _FACTUAL else str(detail)


_FACTUAL = ("missing_fact", "impossible_date")


def write_score(score: float | None, language: Language) -> str:
    """Write a score with the two decimals of the rules."""
    return "–" if is_missing(score) else language.number(score, 2)
