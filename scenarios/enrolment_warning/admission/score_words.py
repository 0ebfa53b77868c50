"""A score worked out on paper: one line a term."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from catchments.admission.child_page import ChildPage
from catchments.admission.facts import FACTS
from catchments.admission.workings import ScoreWorked, TermWorked
from layers.language import MISSING, Language
from scenarios.enrolment_warning.admission.reason_words import ROUNDINGS, name_fact
from scenarios.enrolment_warning.admission.worded_page import Section

_MORE_DECIMALS = 3  # of parts that are not rounded themselves


def word_score(page: ChildPage, _: Language) -> Section | None:
    """Word the score of a page, term by term; nothing without a score."""
    score = page.score
    if score is None:
        return None
    table = tuple(
        (name_fact(term.fact, _), word_working(term, score, _), _write_points(term, score))
        for term in score.terms
    )
    total = MISSING if score.total is None else f"{score.total}"
    table += ((_("Sum"), "", total),)
    rounding = _(ROUNDINGS[score.rounding])
    notes = [
        _(
            "Months are counted until the opening day, {day}: 1 for each full month, the remaining"
            " days ÷ {days}.",
            day=_.date(score.opens_on),
            days=score.days_of_month,
        )
        if any(FACTS[term.fact].kind == "date" for term in score.terms)
        else "",
        _("Each part is kept to {n} decimals, {rounding}.", n=score.decimals, rounding=rounding)
        if score.round_each
        else _("The sum is kept to {n} decimals, {rounding}.", n=score.decimals, rounding=rounding),
    ]
    if not score.agrees:
        stored = MISSING if score.stored is None else _.number(score.stored, score.decimals)
        notes.append(_("The run stored {score}: it was computed by another program.", score=stored))
    title = _("Score: {name}", name=_.pick(score.name_zh, score.name_en))
    head = (_("Part"), _("Working"), _("Points"))
    return Section(title, (), head, table, tuple(note for note in notes if note))


def word_working(term: TermWorked, score: ScoreWorked, _: Language) -> str:
    """Work one term out: from its fact to its points.

    Examples
    --------
    >>> import datetime as dt
    >>> from catchments.admission.rules import Score, Term
    >>> from catchments.admission.workings import work_out_score
    >>> from layers.language import load_language
    >>> score = Score("months", "", "", (Term("property_since"),))
    >>> facts = {"property_since": dt.date(2019, 3, 5)}
    >>> worked = work_out_score(facts, score, dt.date(2026, 5, 20), 86.5)
    >>> word_working(worked.terms[0], worked, load_language("en"))
    '2019-03-05 → 2026-05-20: 86 months 15 days = 86 + 15/30 = 86.50'
    """
    if not term.counts:
        asked = _("; ").join(_.pick(one.text_zh, one.text_en) for one in term.obstacles)
        return _("Does not count: {asked} does not hold", asked=f"“{asked}”")
    if term.value is None:
        if term.points is None:
            return _("Unknown: a person must decide")
        return _("Unknown: counts as 0")
    if term.months is None:
        since, exact = "", Fraction(Decimal(str(term.value)))
        summed = _write_number(term.value)
    else:
        since = f"{term.value} → {score.opens_on}: "
        since += _("{months} months {days} days", months=term.months, days=term.days) + " = "
        exact = term.months + Fraction(term.days or 0, score.days_of_month)
        summed = f"{term.months} + {term.days}/{score.days_of_month}"
    return since + _write_sum(summed, exact, term, score)


def _write_sum(summed: str, exact: Fraction, term: TermWorked, score: ScoreWorked) -> str:
    """Write what a term gives: each part is rounded before it is weighted, else not at all."""
    points = _write_points(term, score)
    if score.round_each and term.weight != 1:
        part = f"{Decimal(points) / term.weight:.{score.decimals}f}"
        return f"{summed} {_compare(exact, part)} {part}, × {term.weight} = {points}"
    if term.weight != 1:
        return f"{term.weight} × ({summed}) {_compare(exact * term.weight, points)} {points}"
    return summed if summed == points else f"{summed} {_compare(exact, points)} {points}"


def _compare(exact: Fraction, shown: str) -> str:
    return "=" if exact == Fraction(shown) else "≈"


def _write_number(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _write_points(term: TermWorked, score: ScoreWorked) -> str:
    if term.points is None:
        return MISSING
    if isinstance(term.points, Decimal):
        return f"{term.points}"
    return f"{float(term.points):.{score.decimals + _MORE_DECIMALS}f}"
