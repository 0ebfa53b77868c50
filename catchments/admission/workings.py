"""A score worked out term by term, as one would on paper, from the very numbers that rank."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from catchments.admission.conditions import LeafAnswer, build_column
from catchments.admission.facts import FACTS
from catchments.admission.obstacles import find_obstacles
from catchments.admission.rules import Rounding, Score, Term
from catchments.admission.scoring import count_months, count_parts, measure_scores, measure_term


@dataclass(frozen=True)
class TermWorked:
    """One term of a score.

    Parameters
    ----------
    value
        The fact of the child; None when unknown.
    obstacles
        Why the term does not count; empty when it does.
    months, days
        Of a date: full months until the opening day and the days that remain.
    points
        What the term gives, weight included: rounded where each term is rounded, else exact.
        None where a fact that must not be missing is.
    """

    fact: str
    value: Any
    counts: bool
    obstacles: tuple[LeafAnswer, ...]
    weight: int
    months: int | None
    days: int | None
    points: Decimal | Fraction | None


@dataclass(frozen=True)
class ScoreWorked:
    """A score with its terms.

    Parameters
    ----------
    total
        Sum of the terms, rounded; None where a fact that must not be missing is.
    stored
        What the run stored.
    """

    code: str
    name_zh: str
    name_en: str
    opens_on: dt.date
    terms: tuple[TermWorked, ...]
    decimals: int
    rounding: Rounding
    round_each: bool
    days_of_month: int
    total: Decimal | None
    stored: float | None

    @property
    def agrees(self) -> bool:
        """Whether the working gives what the run stored."""
        if self.total is None or self.stored is None:
            return self.total is None and self.stored is None
        return abs(float(self.total) - self.stored) < 0.5 * 10.0**-self.decimals


def work_out_score(
    facts: Mapping[str, Any], score: Score, opens_on: dt.date, stored: float | None
) -> ScoreWorked:
    """Work a score out from the facts of a child.

    Examples
    --------
    86 full months from 5 March 2019 end on 5 May 2026; 15 days remain.

    >>> score = Score("months", "", "", (Term("property_since"),))
    >>> facts = {"property_since": dt.date(2019, 3, 5)}
    >>> worked = work_out_score(facts, score, dt.date(2026, 5, 20), 86.5)
    >>> worked.terms[0].months, worked.terms[0].days, worked.total, worked.agrees
    (86, 15, Decimal('86.50'), True)
    """
    names = dict.fromkeys(term.fact for term in score.terms)
    for term in score.terms:
        names.update(dict.fromkeys(() if term.when is None else term.when.list_facts()))
    table = pd.DataFrame({name: build_column(FACTS[name], [facts[name]]) for name in names})
    units, missing = measure_scores(table, score, opens_on)
    return ScoreWorked(
        code=score.code,
        name_zh=score.name_zh,
        name_en=score.name_en,
        opens_on=opens_on,
        terms=tuple(_work_out_term(facts, table, term, score, opens_on) for term in score.terms),
        decimals=score.decimals,
        rounding=score.rounding,
        round_each=score.round_each,
        days_of_month=score.days_of_month,
        total=None if missing[0] is not None else Decimal(int(units[0])).scaleb(-score.decimals),
        stored=stored,
    )


def _work_out_term(
    facts: Mapping[str, Any], table: pd.DataFrame, term: Term, score: Score, opens_on: dt.date
) -> TermWorked:
    obstacles = None if term.when is None else find_obstacles(term.when, facts)
    parts, unknown = measure_term(table, term, score, opens_on)
    known = bool(table[term.fact].notna().iloc[0])
    months = days = None
    if known and obstacles is None and FACTS[term.fact].kind == "date":
        counted = count_months(table[term.fact], opens_on)
        months, days = int(counted[0][0]), int(counted[1][0])
    points: Decimal | Fraction | None = None
    if not unknown[0] and score.round_each:
        points = Decimal(int(parts[0])).scaleb(-score.decimals)
    elif not unknown[0]:
        points = Fraction(int(parts[0]), count_parts(score))
    return TermWorked(
        fact=term.fact,
        value=facts[term.fact] if known else None,
        counts=obstacles is None,
        obstacles=obstacles or (),
        weight=term.weight,
        months=months,
        days=days,
        points=points,
    )
