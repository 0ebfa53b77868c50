"""What steps, outcomes and queues of the assignment are called on the officer's pages."""

from __future__ import annotations

from catchments.admission.rules import StageRules
from layers.language import Language, msgid
from scenarios.enrolment_warning.admission.reason_words import name_reason

# Outcomes in a word or two, in the order in which they are drawn.
OUTCOME_WORDS = {
    "seated": msgid("Seated"),
    "placed": msgid("Placed"),
    "exception": msgid("To decide"),
}

# Outcomes whose children can be listed.
QUEUE_WORDS = {"placed": OUTCOME_WORDS["placed"]}

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


def name_queue(code: str, language: Language) -> str:
    """Name the children of an outcome, or of a reason why a person must decide."""
    return language(QUEUE_WORDS[code]) if code in QUEUE_WORDS else name_reason(code, language)


def name_batches(rules: StageRules, language: Language) -> dict[str, str]:
    """Return the names of the batches by code, in their order."""
    return {batch.code: language.name(batch) for batch in rules.batches}


def write_score(score: float | None, language: Language) -> str:
    """Write a score with the two decimals of the rules."""
    return language.number(score, 2)
