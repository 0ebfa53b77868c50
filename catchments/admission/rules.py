"""Rules of admission as data: what a rule file says, checked and ready to be applied."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from catchments.admission.conditions import Condition

Rounding = Literal["half_up", "half_even", "truncate"]
LockEffect = Literal["placement", "later_batch", "exception"]


@dataclass(frozen=True)
class Entrants:
    """Who enters in a year.

    Parameters
    ----------
    by
        ``age``: born in the window of `full_years`; ``graduates``: entered stage `of` so many
        years ago that they leave it now.
    full_years, cutoff
        Full years that a child must have on the cut-off day, ``MM-DD``.
    of, grades
        For graduates: the stage they leave, and how many school years it has.
    """

    by: Literal["age", "graduates"]
    full_years: int | None = None
    cutoff: str = "08-31"
    of: str | None = None
    grades: int | None = None


@dataclass(frozen=True)
class Term:
    """A part of a score.

    Parameters
    ----------
    fact
        A date: full months until the opening day and the remaining days ÷ `days_of_month`; or a
        number as it is.
    weight
        Whole number that the part is multiplied with.
    when
        The part is 0 for children of whom this does not hold; nothing: it always counts.
    missing
        What an unknown fact does: a person must decide, or the part is 0.
    """

    fact: str
    weight: int = 1
    when: Condition | None = None
    missing: Literal["exception", "zero"] = "exception"


@dataclass(frozen=True)
class Score:
    """How children of one batch are ranked: the sum of terms, highest first."""

    code: str
    name_zh: str
    name_en: str
    terms: tuple[Term, ...]
    decimals: int = 2
    rounding: Rounding = "half_up"
    round_each: bool = True  # each term, else their sum
    days_of_month: int = 30


@dataclass(frozen=True)
class Batch:
    """An admission batch (批次), in its place of the order.

    Parameters
    ----------
    condition
        A child belongs to the first batch whose condition holds.
    score
        Code of its score; nothing: all are equal, ties decide.
    uses_dwelling
        Whether a seat of this batch uses up the dwelling for the lock.
    """

    code: str
    name_zh: str
    name_en: str
    condition: Condition
    score: str | None
    uses_dwelling: bool = False


@dataclass(frozen=True)
class Lock:
    """One dwelling gives one family a seat in so many years (一房一学位).

    Parameters
    ----------
    years
        For schools not named in `schools`; a seat of year Y locks the years Y+1 … Y+years-1.
    schools
        Years by school code.
    effect
        For another family: placed with the unseated, ranked in a later batch that uses no
        dwelling, or decided by a person.
    siblings_exempt
        Whether children of the same household may use it meanwhile.
    """

    years: int
    schools: dict[str, int]
    effect: LockEffect = "placement"
    siblings_exempt: bool = True


@dataclass(frozen=True)
class Placement:
    """What happens to children without a seat at their school (统筹安排, 相对就近).

    Parameters
    ----------
    siblings_first
        Whether a child follows an elder sibling to another school as long as it has seats.
    """

    siblings_first: bool = True


@dataclass(frozen=True)
class StageRules:
    """Rules of one stage.

    Parameters
    ----------
    opens_on
        Opening day of registration, from which months are counted back.
    zone
        What puts a child into a catchment, the first that does: registered, owned, residence.
    owners
        Relations whose property counts: child, parent, grandparent.
    least_share_pct
        Share that the qualifying owners must hold together.
    ties
        What decides among equal scores, in order: ``earlier <date>`` for a date,
        ``higher``/``lower`` for a number, ``true_first`` for a flag, or the lot.
    twins
        ``together``: children of one household born on one day whose schools differ are for a
        person to decide.
    """

    stage: str
    opens_on: dt.date
    entrants: Entrants
    zone: tuple[str, ...]
    owners: tuple[str, ...]
    least_share_pct: float
    batches: tuple[Batch, ...]
    scores: dict[str, Score]
    ties: tuple[Tie, ...]
    lock: Lock | None
    placement: Placement
    twins: Literal["together", "apart"] = "together"


@dataclass(frozen=True)
class Tie:
    """One tie-breaker: a fact and which end comes first, or the lot.

    Parameters
    ----------
    fact
        Nothing for the lot.
    first
        ``earlier`` (dates), ``higher`` or ``lower`` (numbers), ``true`` (flags), ``lot``.
        A child of whom the fact is unknown comes last.
    """

    fact: str | None
    first: Literal["earlier", "higher", "lower", "true", "lot"]


@dataclass(frozen=True)
class Rules:
    """A rule file: who made it, for which year, and the rules of each stage.

    Parameters
    ----------
    text, version
        The file, whole, and its SHA-256.
    """

    code: str
    name_zh: str
    name_en: str
    source: str
    year: int
    stages: dict[str, StageRules]
    text: str
    version: str
