"""Pupils of schools in the years ahead: entries from the registers, grades from enrolment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from catchments.forecast.attendance import measure_attendance
from catchments.forecast.cohorts import Cohorts, Units
from catchments.forecast.entrants import Entrants
from catchments.forecast.naive import Numbers
from catchments.forecast.outlook import BOUNDS, find_catchments
from catchments.forecast.pupils import PupilForecast, forecast_pupils
from catchments.profile import Profile, Stage


@dataclass(frozen=True, eq=False)
class SchoolOutlook:
    """Forecast of the pupils of one stage.

    Attributes
    ----------
    schools
        school_id, stage, grade (0 for all), year, pupils and bounds; schools without pupils in
        the last year are not told.
    totals
        stage, grade (0 for all), year, expected and bounds of the district.
    """

    schools: pd.DataFrame
    totals: pd.DataFrame


def forecast_schools(
    enrolment: pd.DataFrame,
    entries: pd.DataFrame,
    members: pd.DataFrame,
    held: Cohorts,
    entrants: Entrants,
    profile: Profile,
    stage: Stage,
) -> SchoolOutlook | None:
    """Forecast the pupils of every school of a stage, to the last year of `entrants`.

    The entry grade follows the children of the catchments by the shares that entered each school
    in the last years; without such records, the school's own past. Nothing for a stage without
    enrolment in the district's last year of enrolment.

    Parameters
    ----------
    enrolment
        school_id, stage, grade, year, pupils.
    entries
        planning_unit_id, stage, school_id, entered_year, entrants.
    members
        stage, planning_unit_id, school_id.
    """
    mine = enrolment[(enrolment["stage"] == stage.code) & (enrolment["grade"] <= stage.grades)]
    if mine.empty or mine["year"].max() < enrolment["year"].max():
        return None
    origin, last = int(mine["year"].max()), entrants.years[-1]
    school_ids, history = arrange_history(mine, stage.grades)
    years = list(range(origin + 1, last + 1))
    told = forecast_pupils(
        history,
        horizon=len(years),
        entrants=_expect_entries(
            mine, entries, members, held, entrants, profile, stage, school_ids, years
        ),
        seed=profile.forecast.seed,
        draws=profile.forecast.draws,
    )
    return SchoolOutlook(
        _list_schools(told, school_ids, stage.code, years), _list_totals(told, stage.code, years)
    )


def arrange_history(mine: pd.DataFrame, grades: int) -> tuple[Units, Numbers]:
    """Return schools and their pupils, shape (schools, years, grades), NaN where none are told."""
    school_ids = np.unique(mine["school_id"].to_numpy(dtype=np.int64))
    first, last = int(mine["year"].min()), int(mine["year"].max())
    history = np.full((len(school_ids), last - first + 1, grades), np.nan)
    school = np.searchsorted(school_ids, mine["school_id"].to_numpy(dtype=np.int64))
    at = (school, mine["year"].to_numpy() - first, mine["grade"].to_numpy() - 1)
    history[at] = mine["pupils"].to_numpy(dtype=float)
    return school_ids, history


def _expect_entries(
    mine: pd.DataFrame,
    entries: pd.DataFrame,
    members: pd.DataFrame,
    held: Cohorts,
    entrants: Entrants,
    profile: Profile,
    stage: Stage,
    school_ids: Units,
    years: list[int],
) -> Numbers | None:
    """Return the entries of schools, shape (schools, years), NaN before the registers' years."""
    known = entries[entries["stage"] == stage.code]
    if known.empty or stage.entry_age is None or stage.code not in entrants.stages:
        return None
    recent = sorted(known["entered_year"].unique())[-profile.forecast.recent_years :]
    catchments, catchment_of_unit = find_catchments(members, stage.code, held.unit_ids)
    first_grade = mine[(mine["grade"] == 1) & mine["year"].isin(recent)]
    attendance = measure_attendance(
        known,
        held,
        catchment_of_unit,
        school_ids,
        first_grade.groupby("school_id")["pupils"].sum(),
        entry_age=stage.entry_age,
        years=[int(year) for year in recent],
        catchments=len(catchments),
    )
    rows = np.where(catchment_of_unit < 0, len(catchments), catchment_of_unit)
    children = np.zeros((len(catchments) + 1, len(entrants.years)))
    np.add.at(children, rows, entrants.children[entrants.stages.index(stage.code)].T)
    expected = attendance.expect_entries(children)
    table = np.full((len(school_ids), len(years)), np.nan)
    for at, year in enumerate(years):
        if year in entrants.years:
            table[:, at] = expected[:, entrants.years.index(year)]
    # A school that no child of the registers entered goes by its own past.
    table[attendance.share.sum(axis=0) == 0] = np.nan
    return table


def _list_schools(
    told: PupilForecast, school_ids: Units, stage: str, years: list[int]
) -> pd.DataFrame:
    """List grades and, as grade 0, their sum."""
    sums = told.schools_expected[:, :, None]
    pupils = np.concatenate([sums, told.expected], axis=2)
    bounds = np.concatenate([told.bounds.schools[..., None], told.bounds.cells], axis=3)
    school, year, grade = (axis.ravel() for axis in np.indices(pupils.shape))
    table = pd.DataFrame(
        {
            "school_id": school_ids[school],
            "stage": stage,
            "grade": grade,
            "year": np.array(years)[year],
            "pupils": pupils.ravel(),
            **{name: part.ravel() for name, part in zip(BOUNDS, bounds, strict=True)},
        }
    )
    return table[table["pupils"].notna()].reset_index(drop=True)


def _list_totals(told: PupilForecast, stage: str, years: list[int]) -> pd.DataFrame:
    expected = np.column_stack([told.district_expected, told.grades_expected])
    bounds = np.concatenate([told.bounds.district[..., None], told.bounds.grades], axis=2)
    year, grade = (axis.ravel() for axis in np.indices(expected.shape))
    return pd.DataFrame(
        {
            "stage": stage,
            "grade": grade,
            "year": np.array(years)[year],
            "expected": expected.ravel(),
            **{name: part.ravel() for name, part in zip(BOUNDS, bounds, strict=True)},
        }
    )
