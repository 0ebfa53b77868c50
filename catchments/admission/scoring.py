"""Scores in whole units of their last decimal, so that a tie is a tie to the last digit."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from catchments.admission.facts import FACTS
from catchments.admission.rules import Rounding, Score, Term

Whole = NDArray[np.int64]
_MILLION = 1_000_000  # numbers of the registers are read to six decimals


def count_months(since: pd.Series, until: dt.date) -> tuple[Whole, Whole]:
    """Count the full months from each day until another, and the days that remain.

    A month is full on the day of the same number, or on the last day of a month that is shorter.
    ASSUMPTION: so the calendars of registers and programs count; the notice does not say.

    Parameters
    ----------
    since
        Days, none missing, none after `until`.

    Examples
    --------
    >>> days = pd.to_datetime(pd.Series(["2024-02-29", "2025-01-31", "2025-02-28"]))
    >>> [part.tolist() for part in count_months(days, dt.date(2025, 2, 28))]
    [[12, 1, 0], [0, 0, 0]]
    """
    days = since.to_numpy().astype("datetime64[D]")
    month = days.astype("datetime64[M]")
    day = (days - month.astype("datetime64[D]")).astype(np.int64)  # from 0
    last = np.datetime64(until, "D")
    last_month = last.astype("datetime64[M]")
    months = (last_month - month).astype(np.int64)
    months -= last < _find_day(np.full(months.shape, last_month), day)
    reached = _find_day(month + months, day)
    return months, (last - reached).astype(np.int64)


def _find_day(month: NDArray[np.datetime64], day: Whole) -> NDArray[np.datetime64]:
    """Return the day of that number, from 0, in each month, or its last day."""
    first, beyond = month.astype("datetime64[D]"), (month + 1).astype("datetime64[D]")
    return np.minimum(first + day, beyond - 1)


def measure_scores(
    facts: pd.DataFrame, score: Score, opens_on: dt.date
) -> tuple[Whole, NDArray[np.object_]]:
    """Score each row: the sum of its terms, in units of the last decimal.

    Returns
    -------
    scores
        0 where a fact is missing that must not be.
    missing
        Name of the first such fact, None where there is none.

    Examples
    --------
    Two years and 15 days: 24 points and 15 ÷ 30.

    >>> facts = pd.DataFrame({"property_since": pd.to_datetime(["2024-05-05"])})
    >>> score = Score("s", "", "", (Term("property_since"),))
    >>> measure_scores(facts, score, dt.date(2026, 5, 20))[0].tolist()
    [2450]
    """
    total = np.zeros(len(facts), np.int64)
    missing = np.full(len(facts), None, dtype=object)
    for term in score.terms:
        parts, unknown = measure_term(facts, term, score, opens_on)
        total += parts
        fresh = unknown & pd.isna(missing)
        missing[fresh] = term.fact
    if not score.round_each:
        total = _round(total, score)
    total[~pd.isna(missing)] = 0
    return total, missing


def count_parts(score: Score) -> int:
    """Count how many of the units in which :func:`measure_term` measures make one point.

    Examples
    --------
    >>> count_parts(Score("s", "", "", ())), count_parts(Score("s", "", "", (), round_each=False))
    (100, 30000000)
    """
    return 10**score.decimals if score.round_each else score.days_of_month * _MILLION


def measure_term(
    facts: pd.DataFrame, term: Term, score: Score, opens_on: dt.date
) -> tuple[Whole, NDArray[np.bool_]]:
    """Measure one term of a score, and say where its fact is missing though it must not be.

    The part is in units of the last decimal where each term is rounded; else so fine that it is
    exact, for the sum to be rounded: see :func:`count_parts`.
    """
    counts = np.ones(len(facts), np.bool_) if term.when is None else term.when.holds(facts)
    values = facts[term.fact]
    known = values.notna().to_numpy()
    rows = counts & known
    parts = np.zeros(len(facts), np.int64)
    if FACTS[term.fact].kind == "date":
        months, days = count_months(values[rows], opens_on)
        finest = (months * score.days_of_month + days) * _MILLION
    else:
        number = values[rows].to_numpy(np.float64)
        finest = np.rint(number * _MILLION).astype(np.int64) * score.days_of_month
    if score.round_each:
        finest = _round(finest, score)
    parts[rows] = finest * term.weight
    return parts, counts & ~known & (term.missing == "exception")


def _round(parts: Whole, score: Score) -> Whole:
    """Round exact parts to units of the last decimal."""
    # Dividing by less, not multiplying first: so no score that rules allow is beyond 64 bits.
    by = score.days_of_month * _MILLION // 10**score.decimals
    return _divide(parts, by, score.rounding)


def _divide(number: Whole, by: int, rounding: Rounding) -> Whole:
    """Divide whole numbers and round; halves of negative ones go away from zero, too."""
    size, sign = np.abs(number), np.sign(number)
    whole, rest = np.divmod(size, by)
    if rounding == "half_up":
        whole += 2 * rest >= by
    elif rounding == "half_even":
        whole += (2 * rest > by) | ((2 * rest == by) & (whole % 2 == 1))
    return np.asarray(sign * whole, np.int64)
