"""When a teacher retires. SOURCE: 国务院关于渐进式延迟法定退休年龄的办法, in force from 2025-01."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from catchments.teacher_rules import TeacherRules

Months = NDArray[np.int64]
NEVER = np.iinfo(np.int64).max
_YEAR = 12


def find_retirement_months(teachers: pd.DataFrame, rules: TeacherRules) -> Months:
    """Find the month in which each teacher reaches the statutory age.

    The first group of the rules that fits tells the age and how it is put off: who would have
    retired in the first month that is put off, or in one of the `months_per_delay` − 1 after it,
    retires one month later, and so on, up to `most_delay_months`.

    Parameters
    ----------
    teachers
        sex, born_on (dates), title.

    Returns
    -------
    Months
        Months since year 0, shape (n,): ``12 * year + month - 1``; NEVER where no group fits.

    Examples
    --------
    Two lines of the published table: a man born in August 1976 retires at 62 years and 11 months,
    one born in September 1976 at 63.

    >>> from catchments.teacher_rules import Retirement, RetirementGroup, TeacherRules
    >>> rules = TeacherRules(retirement=Retirement(
    ...     groups=[RetirementGroup(sex="male", age_years=60)]))
    >>> men = pd.DataFrame({"sex": "male", "title": "first",
    ...     "born_on": pd.to_datetime(["1976-08-15", "1976-09-15"])})
    >>> [write_month(month) for month in find_retirement_months(men, rules)]
    ['2039-07', '2039-09']
    """
    born = _count_months(teachers["born_on"])
    rank = _rank_titles(teachers["title"], rules)
    found = np.full(len(teachers), NEVER, np.int64)
    start = read_month(rules.retirement.delayed_from)
    for group in reversed(rules.retirement.groups):
        least = 0 if group.title_from is None else _find_rank(group.title_from, rules)
        fits = (teachers["sex"] == group.sex).to_numpy() & (rank >= least)
        before = born + _YEAR * group.age_years
        delay = np.clip((before - start) // group.months_per_delay + 1, 0, group.most_delay_months)
        found = np.where(fits, before + np.where(before >= start, delay, 0), found)
    return found


def _count_months(days: pd.Series) -> Months:
    told = pd.to_datetime(days)
    return np.asarray(told.dt.year * _YEAR + told.dt.month - 1, dtype=np.int64)


def _rank_titles(titles: pd.Series, rules: TeacherRules) -> NDArray[np.float64]:
    """Rank of each title, from 0; one that the rules do not name ranks lowest."""
    ranks = {one.code: rank for rank, one in enumerate(rules.titles)}
    return np.asarray(titles.map(ranks).fillna(0), dtype=np.float64)


def _find_rank(code: str, rules: TeacherRules) -> int:
    return [one.code for one in rules.titles].index(code)


def read_month(text: str) -> int:
    """Read a month written ``2025-01`` as months since year 0.

    Examples
    --------
    >>> read_month("2025-01") - read_month("2024-12")
    1
    """
    year, month = text.split("-")[:2]
    return int(year) * _YEAR + int(month) - 1


def write_month(month: int) -> str:
    """Write months since year 0 as ``2025-01``."""
    return f"{int(month) // _YEAR:04d}-{int(month) % _YEAR + 1:02d}"


def is_in_service(retires: Months, year: int, cutoff: str) -> NDArray[np.bool_]:
    """Say who is still in service when a school year begins.

    Parameters
    ----------
    retires
        As :func:`find_retirement_months` returns them.
    year
        Year in which the school year begins.
    cutoff
        Last day before it, ``08-31``; who retires in that month or earlier is not there.
    """
    return np.asarray(retires > year * _YEAR + int(cutoff[:2]) - 1)
