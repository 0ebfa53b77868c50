"""Why a child belongs to its batch and to none before it: the comparisons that stand in the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from catchments.admission.conditions import (
    AllOf,
    Compound,
    Condition,
    Everyone,
    Leaf,
    LeafAnswer,
    Not,
)
from catchments.admission.rules import StageRules

Verdict = Literal["met", "failed", "locked", "not_asked"]


@dataclass(frozen=True)
class BatchAnswer:
    """What a batch says of a child.

    Parameters
    ----------
    number
        Place of the batch in the order, from 1.
    verdict
        ``met``: the child's batch; ``failed``: its condition does not hold; ``locked``: it holds,
        but another family's seat locks the dwelling; ``not_asked``: an earlier batch took the
        child.
    answers
        Of a batch that failed, the comparisons that stand in the way; of one whose condition holds,
        those that speak for it; of one that was not asked, none.
    """

    number: int
    code: str
    name_zh: str
    name_en: str
    verdict: Verdict
    answers: tuple[LeafAnswer, ...]


def explain_batches(
    facts: Mapping[str, Any], rules: StageRules, batch: str | None
) -> tuple[BatchAnswer, ...]:
    """Say of every batch in order why the child is in it or not.

    Parameters
    ----------
    facts
        The facts of the child by name, as the run used them.
    batch
        Code of the batch that the run chose; None where no batch took the child.
    """
    codes = [one.code for one in rules.batches]
    chosen = codes.index(batch) if batch in codes else len(codes)
    moves_on = rules.lock is not None and rules.lock.effect == "later_batch"
    found = []
    for place, one in enumerate(rules.batches):
        obstacles = find_obstacles(one.condition, facts)
        verdict: Verdict = "failed"
        if place > chosen:
            verdict = "not_asked"
        elif place == chosen:
            verdict = "met"
        elif obstacles is None and one.uses_dwelling and moves_on:
            verdict = "locked"
        answers = obstacles or ()
        if verdict != "failed":
            held = () if verdict == "not_asked" else one.condition.explain(facts)
            answers = tuple(answer for answer in held if answer.serves)
        found.append(BatchAnswer(place + 1, one.code, one.name_zh, one.name_en, verdict, answers))
    return tuple(found)


def find_obstacles(
    condition: Condition, facts: Mapping[str, Any], *, negated: bool = False
) -> tuple[LeafAnswer, ...] | None:
    """Find the comparisons that keep a condition from being true; None when it is true.

    Of alternatives all stand in the way, or none; a comparison that another alternative makes
    needless is never blamed.

    Parameters
    ----------
    negated
        Whether the opposite of the condition is asked for.

    Examples
    --------
    >>> from catchments.admission.comparisons import Flag, NumberComparison
    >>> small = NumberComparison("owned_area_m2", "below", 20.0)
    >>> both = AllOf((Flag("local"), Not(small)))
    >>> [one.fact for one in find_obstacles(both, {"local": True, "owned_area_m2": 18.0})]
    ['owned_area_m2']
    >>> find_obstacles(both, {"local": True, "owned_area_m2": 20.0}) is None
    True
    """
    if isinstance(condition, Leaf):
        answer = condition.answer(facts, negated=negated)
        return None if answer.serves is True else (answer,)
    if isinstance(condition, Not):
        return find_obstacles(condition.part, facts, negated=not negated)
    if isinstance(condition, Everyone):
        return () if negated else None
    assert isinstance(condition, Compound)
    parts = [find_obstacles(part, facts, negated=negated) for part in condition.parts]
    against = [part for part in parts if part is not None]
    needs_all = isinstance(condition, AllOf) != negated
    holds = not against if needs_all else len(against) < len(parts)
    return None if holds else tuple(answer for part in against for answer in part)
