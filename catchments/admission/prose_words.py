"""Words of rules in Chinese and English: conditions, names of stages, and a worked score."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from catchments.admission.comparisons import Known, write_day
from catchments.admission.conditions import (
    AllOf,
    Compound,
    Condition,
    Everyone,
    Language,
    Leaf,
    Not,
)
from catchments.admission.facts import FACTS
from catchments.admission.rules import Rounding, Score, Term

STAGE_NAMES: dict[str, tuple[str, str]] = {
    "kindergarten": ("幼儿园", "kindergarten"),
    "primary": ("小学", "primary school"),
    "junior": ("初中", "junior school"),
    "senior": ("高中", "senior school"),
}


def name_stage(stage: str, language: Language) -> str:
    """Return what people call a stage; its code when nobody told."""
    return STAGE_NAMES.get(stage, (stage, stage))[language == "en"]


def name_fact(fact: str, language: Language) -> str:
    """Return what people call a fact."""
    return FACTS[fact].name_zh if language == "zh" else FACTS[fact].name_en


def describe_condition(condition: Condition, language: Language) -> str:
    """Return a condition in words; parts inside others stand in brackets.

    Examples
    --------
    >>> from catchments.admission.comparisons import Flag, Known
    >>> own = AllOf((Flag("local"), Not(Known("points"))))
    >>> describe_condition(own, "zh"), describe_condition(own, "en")
    ('本区户籍，且新居民积分不详', 'locally registered, and points of migrants is unknown')
    """
    zh = language == "zh"
    if isinstance(condition, Everyone):
        return "所有儿童" if zh else "every child"
    if isinstance(condition, Leaf):
        return condition.describe(language)
    if isinstance(condition, Not):
        return _describe_opposite(condition.part, language)
    assert isinstance(condition, Compound)
    link = ("，且", ", and ") if isinstance(condition, AllOf) else ("，或", ", or ")
    return link[not zh].join(_enclose(part, language) for part in condition.parts)


def _describe_opposite(part: Condition, language: Language) -> str:
    zh = language == "zh"
    if isinstance(part, Known):
        return f"{name_fact(part.fact, language)}{'不详' if zh else ' is unknown'}"
    words = describe_condition(part, language)
    return f"并非“{words}”" if zh else f"not “{words}”"


def _enclose(part: Condition, language: Language) -> str:
    words = describe_condition(part, language)
    if not isinstance(part, Compound):
        return words
    return f"（{words}）" if language == "zh" else f"({words})"


# -- a worked example ------------------------------------------------------------------------


@dataclass(frozen=True)
class WorkedTerm:
    """A term of the example: what a child has, how it is counted, and what it gives."""

    term: Term
    shown: str
    working: str
    points: Decimal


def work_example(
    score: Score, opens_on: dt.date, language: Language
) -> tuple[list[WorkedTerm], Decimal]:
    """Work a score out for an invented child for whom every term counts.

    Each part is rounded and then multiplied with its weight; with `round_each` off, the sum of
    the weighted parts is rounded.

    Returns
    -------
    tuple
        The terms and their sum.

    Examples
    --------
    >>> score = Score("months", "", "", (Term("property_since"),))
    >>> [term], total = work_example(score, dt.date(2026, 5, 20), "en")
    >>> term.shown, term.working, total
    ('7 March 2021', '62 months + 13 days ÷ 30 = 62.43', Decimal('62.43'))
    """
    worked, exact = [], Fraction(0)
    for position, term in enumerate(score.terms):
        shown, part, working = _count_part(score, term, opens_on, position, language)
        exact += part * term.weight
        kept = round_score(part, score.decimals, score.rounding)
        if score.round_each:
            working += f" = {kept}"
        if term.weight != 1:
            working += f", × {term.weight}" if language == "en" else f"，× {term.weight}"
        worked.append(WorkedTerm(term, shown, working, kept * term.weight))
    if score.round_each:
        return worked, sum((one.points for one in worked), Decimal(0))
    return worked, round_score(exact, score.decimals, score.rounding)


def _count_part(
    score: Score, term: Term, opens_on: dt.date, position: int, language: Language
) -> tuple[str, Fraction, str]:
    """Invent a date or number; days of the month under 29 exist in every month."""
    if FACTS[term.fact].kind == "number":
        number = Fraction(165, 2) + position
        text = f"{float(number):g}"
        return text, number, text
    years, month, day = (5, 3, 7) if position % 2 == 0 else (3, 9, 12)
    since = dt.date(opens_on.year - years, month, day)
    months = (opens_on.year - since.year) * 12 + opens_on.month - since.month
    months -= day > opens_on.day
    year, full = divmod(since.year * 12 + since.month - 1 + months, 12)
    days = (opens_on - dt.date(year, full + 1, day)).days
    part = months + Fraction(days, score.days_of_month)
    if language == "zh":
        working = f"{months} 个月 + {days} 天 ÷ {score.days_of_month}"
    else:
        working = f"{months} months + {days} days ÷ {score.days_of_month}"
    return write_day(since, language), part, working


def round_score(value: Fraction, decimals: int, rounding: Rounding) -> Decimal:
    """Round an exact number as the rules say.

    Examples
    --------
    >>> [str(round_score(Fraction(1, 8), 2, rule)) for rule in ("half_up", "half_even", "truncate")]
    ['0.13', '0.12', '0.12']
    """
    scale = 10**decimals
    scaled = value * scale
    whole = abs(scaled.numerator) // scaled.denominator
    rest = abs(scaled) - whole
    up = {
        "half_up": rest >= Fraction(1, 2),
        "half_even": rest > Fraction(1, 2) or (rest == Fraction(1, 2) and whole % 2 == 1),
        "truncate": False,
    }[rounding]
    kept = (whole + up) * (-1 if value < 0 else 1)
    return Decimal(kept).scaleb(-decimals)
