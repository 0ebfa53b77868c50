"""Scores in a rule file: their terms, rounding and conditions."""

from __future__ import annotations

from typing import Any

from catchments.admission.facts import FACTS
from catchments.admission.rule_conditions import ConditionReader
from catchments.admission.rules import Score, Term
from catchments.rule_nodes import (
    Faults,
    Place,
    check_code,
    read_bool,
    read_mapping,
    read_option,
    read_text,
    read_whole,
    suggest,
)

_SCORE_KEYS = (
    *("name_zh", "name_en", "terms", "decimals"),
    *("rounding", "round_each", "days_of_month"),
)


def read_scores(place: Place | None, conditions: ConditionReader) -> dict[str, Score]:
    """Read all scores by code; nothing or ``none`` means that there are none."""
    if place is None or place.is_empty or place.word == "none":
        return {}
    scores = {}
    for code, at in read_mapping(place, conditions.faults).items():
        check_code(code, at, conditions.faults)
        scores[code] = _read_score(code, at, conditions)
    return scores


def _read_score(code: str, place: Place, conditions: ConditionReader) -> Score:
    faults = conditions.faults
    entries = read_mapping(
        place,
        faults,
        known=_SCORE_KEYS,
        required=["name_zh", "name_en", "terms"],
    )
    options: dict[str, Any] = {}
    if (at := entries.get("decimals")) is not None:
        options["decimals"] = read_whole(at, faults, least=0, most=6)
    if (at := entries.get("rounding")) is not None:
        options["rounding"] = read_option(at, faults, ["half_up", "half_even", "truncate"])
    if (at := entries.get("round_each")) is not None:
        options["round_each"] = read_bool(at, faults)
    if (at := entries.get("days_of_month")) is not None:
        options["days_of_month"] = read_whole(at, faults, least=28, most=31)
    terms: list[Term] = []
    if (at := entries.get("terms")) is not None:
        terms = [_read_term(item, conditions) for item in at.list_items()]
        if not terms:
            faults.add(at, "The score has no terms.", "Add one, such as `- fact: points`.")
    for name in ("name_zh", "name_en"):
        options[name] = read_text(entries[name], faults) if name in entries else ""
    return Score(code, terms=tuple(terms), **options)


def _read_term(place: Place, conditions: ConditionReader) -> Term:
    faults = conditions.faults
    entries = read_mapping(
        place, faults, known=("fact", "weight", "when", "missing"), required=["fact"]
    )
    options: dict[str, Any] = {}
    if (at := entries.get("weight")) is not None:
        options["weight"] = read_whole(at, faults, least=-1000, most=1000)
        if options["weight"] == 0:
            faults.add(at, "A term of weight 0 counts nothing.", "Leave the term out.")
    if (at := entries.get("when")) is not None:
        options["when"] = conditions.read(at)
    if (at := entries.get("missing")) is not None:
        options["missing"] = read_option(at, faults, ["exception", "zero"])
    if (at := entries.get("fact")) is None:
        return Term("points", **options)
    return Term(_read_fact(at, faults), **options)


def _read_fact(place: Place, faults: Faults) -> str:
    fitting = [name for name, fact in FACTS.items() if fact.kind in {"date", "number"}]
    word = place.word or ""
    if word not in FACTS:
        faults.add(place, f"There is no fact {place.show()}.", suggest(word, fitting))
        return fitting[0]
    if word not in fitting:
        faults.add(
            place,
            f"A term needs a date or a number; {word} is a {FACTS[word].kind}.",
            f"Use one of {', '.join(fitting)}.",
        )
    return word
