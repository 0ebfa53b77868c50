"""How states and faults of the registers are told to people."""

from __future__ import annotations

from catchments.reconciliation import CAUSES, GROUPS
from layers.language import Language, msgid

_STATES = {
    "agree": msgid("Registration and property agree"),
    "owned_elsewhere": msgid("Property elsewhere"),
    "registered_elsewhere": msgid("Registered elsewhere"),
    "rented": msgid("No property, lives in another's dwelling"),
    "grandparents_home": msgid("Grandparents' home"),
    "shared_certificate": msgid("Certificate shared with outsiders"),
    "unknown_address": msgid("Address unknown"),
    "unmatched": msgid("No guardian to compare"),
    "migrant_owner": msgid("Migrant with a home of their own"),
    "migrant": msgid("Migrant without a home of their own"),
}
_GROUPS = {
    **dict.fromkeys(CAUSES, msgid("They disagree")),
    **dict.fromkeys(GROUPS["migrant"], msgid("Not registered here")),
}
_FAULTS = {
    "listed_twice": msgid("Identity listed more than once"),
    "no_guardian": msgid("Household without guardian"),
    "registered_before_birth": msgid("Registered before birth"),
    "later_than_data": msgid("Dated after the data"),
    "undated_certificate": msgid("Certificate without a date"),
    "slip_after_certificate": msgid("Resettlement slip after the certificate"),
    "shares_not_100": msgid("Shares do not sum to 100 %"),
    "two_households": msgid("Dwelling owned by two households"),
    "registered_at_no_home": msgid("Registered at a shop, storage room or garage"),
    "unplaced_dwelling": msgid("Dwelling without building or planning unit"),
}


def say_register(code: str, language: Language) -> str:
    """Return how people say a state or fault of :mod:`catchments.reconciliation`."""
    return language({**_STATES, **_FAULTS}[code])


def say_group(code: str, language: Language) -> str:
    """Return the group under which a report puts a state; of states that stand alone their own."""
    return language({**_STATES, **_GROUPS}[code])
