"""Age windows: who may enter a stage in a year. SOURCE: Ouhai admission notice of 2025."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from catchments.profile import Profile


@dataclass(frozen=True)
class AgeWindow:
    """First and last birthday of those who enter, both included."""

    born_from: dt.date
    born_to: dt.date


def compute_age_window(*, entry_age: int, year: int, cutoff: str = "08-31") -> AgeWindow:
    """Return the birthdays of the children who enter in September of `year`.

    Parameters
    ----------
    entry_age
        Full years that a child must have on the cut-off day.
    cutoff
        Month and day, ``MM-DD``; 02-29 means the last day of February.

    Examples
    --------
    >>> window = compute_age_window(entry_age=6, year=2025)
    >>> str(window.born_from), str(window.born_to)
    ('2018-09-01', '2019-08-31')
    """
    born_to = _date_in(year - entry_age, cutoff)
    born_from = _date_in(year - entry_age - 1, cutoff) + dt.timedelta(days=1)
    return AgeWindow(born_from, born_to)


def _date_in(year: int, month_day: str) -> dt.date:
    month, day = (int(part) for part in month_day.split("-"))
    return dt.date(year, month, min(day, calendar.monthrange(year, month)[1]))


def list_age_windows(profile: Profile) -> pd.DataFrame:
    """Return the age windows of all register-counted stages and years of a district.

    Returns
    -------
    DataFrame
        stage, year, born_from, born_to (dates, both included), complete (whether every child
        of the window was born on the data date).
    """
    rows = []
    for stage in profile.stages:
        if stage.demand != "register" or stage.entry_age is None:
            continue
        for year in profile.years.list_all():
            window = compute_age_window(entry_age=stage.entry_age, year=year, cutoff=profile.cutoff)
            rows.append(
                {
                    "stage": stage.code,
                    "year": year,
                    "born_from": window.born_from,
                    "born_to": window.born_to,
                    "complete": window.born_to <= profile.data_date,
                }
            )
    return pd.DataFrame(rows, columns=["stage", "year", "born_from", "born_to", "complete"])


def list_graduations(profile: Profile, known_entries: Collection[tuple[str, int]]) -> pd.DataFrame:
    """Return the stages and years whose children are the graduates of another stage.

    The children of year Y are those who entered the feeding stage in Y − its grades: who entered
    late, or a year later by certificate, graduates later. Years for which the register of seats
    knows no such entry keep the age window. SOURCE: 浙教基〔2018〕100号, 初中按小学毕业生.

    Parameters
    ----------
    known_entries
        Stage and year of entry that the register of seats holds.

    Returns
    -------
    DataFrame
        stage, year, graduates_of, entered_year.

    Examples
    --------
    >>> from catchments.profile import load_profile
    >>> from gis.settings import DISTRICTS
    >>> ouhai = load_profile(DISTRICTS / "ouhai" / "profile.toml")
    >>> list_graduations(ouhai, {("primary", 2020), ("junior", 2020)}).values.tolist()
    [['junior', 2026, 'primary', 2020]]
    """
    rows = []
    for stage in profile.stages:
        if stage.demand != "register" or stage.graduates_of is None:
            continue
        grades = profile.get_stage(stage.graduates_of).grades
        rows += [
            (stage.code, year, stage.graduates_of, year - grades)
            for year in profile.years.list_all()
            if (stage.graduates_of, year - grades) in known_entries
        ]
    return pd.DataFrame(rows, columns=["stage", "year", "graduates_of", "entered_year"])
