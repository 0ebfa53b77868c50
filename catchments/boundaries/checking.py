"""Check what a search answers against the definitions, before anybody relies on it."""

from __future__ import annotations

from typing import Any

from catchments.boundaries.measures import find_breaches, measure_division
from catchments.units import Instance, Terms
from gis.errors import OneMapError

_ROUNDING = 1e-6


def check_answer(instance: Instance, terms: Terms, answer: Any) -> dict[str, Any]:
    """Measure the division that a search found anew; return the measures.

    Parameters
    ----------
    answer
        With school_of_unit, objective and lower_bound of a
        :class:`catchments.boundaries.balanced.Division`.

    Raises
    ------
    OneMapError
        When search and measures disagree, or the division breaks a term: a fault of ours.
    """
    measured = measure_division(instance, terms, answer.school_of_unit)
    faults = find_breaches(instance, terms, answer.school_of_unit)
    rounding = _ROUNDING * max(1.0, abs(measured["objective"]))
    if not abs(measured["objective"] - answer.objective) <= rounding:
        faults.append(
            f"The search states the objective {answer.objective!r}, the plan has"
            f" {measured['objective']!r}."
        )
    if answer.lower_bound > measured["objective"] + rounding:
        faults.append(f"The lower bound {answer.lower_bound!r} is above {measured['objective']!r}.")
    if faults:
        raise OneMapError(
            f"The search failed its check: {' '.join(faults)} Nothing was written.",
            mend="Report this with the data and the seed.",
        )
    return measured
