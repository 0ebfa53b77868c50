"""An enrolment panel on files: pupils by school, year and grade, and the forecast of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from catchments.forecast.naive import Numbers
from catchments.forecast.pupils import PupilForecast
from catchments.forecast.spread import QUANTILES
from gis.errors import UsageError
from gis.exports.drafts import open_draft
from gis.exports.spreadsheets import neutralise_table
from gis.ingest.plain_csv import (
    find_ids,
    parse_amounts,
    parse_years,
    read_table,
    refuse_rows,
    sort_ids,
)

COLUMNS = ["school", "year", "grade", "pupils"]
_LOW, _HIGH = QUANTILES.index(0.1), QUANTILES.index(0.9)
# Counts above this are sums or telephone numbers, no grade of a school.
_MOST_PUPILS = 100_000


@dataclass(frozen=True)
class Panel:
    """Pupils of the schools of a district, year by year.

    Attributes
    ----------
    school_ids, years, grades
        Names of the axes; years one after another without a gap, grades from the entry grade up.
    pupils
        Shape (schools, years, grades), NaN where the file has no row.
    """

    school_ids: list[str]
    years: list[int]
    grades: list[str]
    pupils: Numbers

    def find_year(self, year: int) -> int:
        """Return the position of a year.

        Raises
        ------
        UsageError
            When no school has pupils in that year.
        """
        if year not in self.years or np.isnan(self.pupils[:, self.years.index(year)]).all():
            raise UsageError(
                f"The panel has no rows of the year {year}; it runs from {self.years[0]} to"
                f" {self.years[-1]}.",
                mend="Name one of its years with --origin.",
            )
        return self.years.index(year)


def split_grades(text: str) -> list[str]:
    """Return the grades of a list such as "k,grade1,grade2", from the entry grade up.

    Raises
    ------
    UsageError
        When there is none, or one stands twice.

    Examples
    --------
    >>> split_grades("k, grade1")
    ['k', 'grade1']
    """
    grades = [grade.strip() for grade in text.split(",")]
    if not all(grades) or len(set(grades)) < len(grades):
        raise UsageError(
            f"'{text}' is no list of grades.",
            mend="Name each grade once, from the entry grade up, as in --grades k,grade1,grade2.",
        )
    return grades


def read_panel(path: Path, grades: list[str]) -> Panel:
    """Read a CSV school, year, grade, pupils; the order of its rows does not matter.

    A school without a row for a grade does not teach it; one without a row for a year has no data
    there.

    Parameters
    ----------
    grades
        From the entry grade up; the file may hold no other.

    Raises
    ------
    UsageError
        When the file is missing.
    RejectedDataError
        When a column is missing, a year is none, pupils are no whole number of zero or more, a
        grade is not in the list, or a school, year and grade stand twice; the lines are named.
    """
    table = read_table(path, COLUMNS)
    year = parse_years(table, "year", path)
    pupils = parse_amounts(table, "pupils", path)
    refuse_rows(
        pd.Series((pupils % 1 != 0) | (pupils > _MOST_PUPILS), table.index),
        path,
        f"has pupils that are no whole number up to {_MOST_PUPILS:,}",
        "Count whole pupils of one grade.",
        values=table["pupils"],
    )
    grade = find_ids(table, "grade", grades, path, source="the list of --grades")
    refuse_rows(
        pd.DataFrame({"school": table["school"], "year": year, "grade": grade}).duplicated(),
        path,
        "names a school, year and grade again",
        "Leave one of the rows out.",
    )
    schools = sort_ids(set(table["school"]))
    years = list(range(int(year.min()), int(year.max()) + 1))
    counted = np.full((len(schools), len(years), len(grades)), np.nan)
    place = pd.Index(schools).get_indexer(pd.Index(table["school"]))
    counted[place, year - years[0], grade] = pupils
    return Panel(schools, years, grades, counted)


def tabulate_forecast(panel: Panel, origin: int, forecast: PupilForecast) -> pd.DataFrame:
    """Return a row for each school, grade and year ahead.

    Returns
    -------
    DataFrame
        school, grade, year, pupils (expected), p10, p90 (80 % interval), to a tenth of a pupil;
        the three are missing for a school without data in the year of origin.
    """
    schools, horizon, grades = forecast.expected.shape
    years = np.arange(origin + 1, origin + 1 + horizon)
    told = {
        "pupils": forecast.expected,
        "p10": forecast.bounds.cells[_LOW],
        "p90": forecast.bounds.cells[_HIGH],
    }
    return pd.DataFrame(
        {
            "school": np.repeat(np.array(panel.school_ids, dtype=object), horizon * grades),
            "grade": np.tile(np.repeat(np.array(panel.grades, dtype=object), horizon), schools),
            "year": np.tile(years, schools * grades),
            **{name: value.transpose(0, 2, 1).ravel().round(1) for name, value in told.items()},
        }
    )


def write_forecast(path: Path, table: pd.DataFrame) -> None:
    """Write the rows of :func:`tabulate_forecast` as CSV, whole or not at all.

    Raises
    ------
    OutputError
        When the folder is missing, full or may not be written.
    """
    with open_draft(path) as draft:
        neutralise_table(table).to_csv(draft, index=False, lineterminator="\n", encoding="utf-8")
