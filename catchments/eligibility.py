"""Age windows: who may enter a stage in a year. SOURCE: Ouhai admission notice of 2025."""

from __future__ import annotations

import calendar
import datetime as dt
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
