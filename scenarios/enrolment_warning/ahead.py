"""Warnings years ahead: counted as far as the registers reach, expected by the forecast beyond."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import Connection

from catchments.profile import Profile
from gis.database import read_table
from scenarios.district import District, Plan
from scenarios.enrolment_warning.answer import read_counts
from scenarios.enrolment_warning.forecast.runs import MIDDLE, find_forecast

REGISTERED = "registered"
_COLUMNS = [
    "school_id",
    "school_code",
    "school_name_zh",
    "school_name_en",
    "stage",
    "year",
    "counted_children",
    "seats",
    "shortfall_seats",
    "surplus_seats",
    "ratio_pct",
    "warning",
]


def read_ahead(
    connection: Connection,
    district: District,
    plan: Plan,
    *,
    stage: str | None = None,
    horizon: int | None = None,
    scenario: str = MIDDLE,
) -> pd.DataFrame:
    """Read the warnings of each catchment, stage and year from the year shown on.

    Parameters
    ----------
    horizon
        Years in all; by default those that are published: the year shown and the years of the
        profile after it. Beyond the registers only a forecast of the plan tells a year.

    Returns
    -------
    DataFrame
        Names, stage, year, counted_children, seats, shortfall_seats, surplus_seats, ratio_pct,
        warning, and from the newest forecast red_chance and yellow_chance (missing without one);
        basis (registered, or the forecast's: registered, partly_born, unborn), is_counted (in the
        registers, else forecast), is_published, run_id. Children outside every catchment are left
        out.
    """
    last = name_last_year(district.profile, horizon)
    counts = read_counts(connection, district, plan, stage=stage)
    first = district.profile.years.shown
    counts = counts[counts["school_id"].notna() & counts["year"].between(first, last)]
    counts = counts[[*_COLUMNS, "run_id"]].astype({"school_id": int})
    runs = find_forecast(connection, district, plan, scenario)
    run_id = None if runs is None else runs.plan_id
    expected = read_table(
        connection, "forecast_catchments", run_id=run_id, stage=stage, school_id=None
    )
    expected = expected[expected["year"] <= last].assign(run_id=run_id)
    joined = join_forecast(counts, expected)
    published = first + district.profile.warning.published_years
    return joined.assign(is_published=joined["year"] <= published)


def name_last_year(profile: Profile, horizon: int | None) -> int:
    """Return the last year of a horizon, by default the last one that is published.

    Examples
    --------
    >>> from catchments.profile import load_profile
    >>> from gis.settings import DISTRICTS
    >>> ouhai = load_profile(DISTRICTS / "ouhai" / "profile.toml")
    >>> name_last_year(ouhai, None), name_last_year(ouhai, 10)
    (2029, 2035)
    """
    shown = profile.years.shown
    return shown + (profile.warning.published_years if horizon is None else horizon - 1)


def join_forecast(counts: pd.DataFrame, expected: pd.DataFrame) -> pd.DataFrame:
    """Put the chances of a forecast beside counted years, and its years behind them.

    What is counted stays as it is counted: a forecast adds no more than its chances to it.

    Parameters
    ----------
    counts
        One row a catchment, stage and year.
    expected
        As ``queries/forecast_catchments.sql`` returns it, with run_id.

    Examples
    --------
    >>> names = {"school_code": "A", "school_name_zh": "甲", "school_name_en": "A"}
    >>> counted = pd.DataFrame([{"school_id": 7, **names, "stage": "primary", "year": 2026,
    ...     "counted_children": 90, "seats": 90, "shortfall_seats": 0, "surplus_seats": 0,
    ...     "ratio_pct": 100.0, "warning": "red", "run_id": 1}])
    >>> told = pd.DataFrame([{"school_id": 7, **names, "stage": "primary", "year": year,
    ...     "counted_children": 80.0, "seats": 90, "project_seats": 10, "shortfall_seats": 0.5,
    ...     "warning": "none", "yellow_chance": 0.5, "red_chance": 0.2, "basis": "partly_born",
    ...     "run_id": 2} for year in (2026, 2027)])
    >>> join_forecast(counted, told)[["year", "warning", "ratio_pct", "red_chance"]].values.tolist()
    [[2026, 'red', 100.0, 0.2], [2027, 'none', 80.0, 0.2]]
    """
    keys = ["school_id", "stage", "year"]
    chances = expected[[*keys, "yellow_chance", "red_chance"]]
    beside = counts.merge(chances, on=keys, how="left").assign(
        basis=REGISTERED, project_seats=0, is_counted=True
    )
    known = pd.MultiIndex.from_frame(counts[keys])
    later = expected[~pd.MultiIndex.from_frame(expected[keys]).isin(known)]
    seats = later["seats"].astype(float) + later["project_seats"].astype(float)
    later = later.assign(
        is_counted=False,
        surplus_seats=(seats - later["counted_children"]).clip(lower=0),
        ratio_pct=(100 * later["counted_children"] / seats.where(seats > 0)),
    )
    columns = [*_COLUMNS, "project_seats", "yellow_chance", "red_chance", "basis", "run_id"]
    columns.append("is_counted")
    parts = [part[columns] for part in (beside, later) if len(part)]
    joined = pd.concat(parts, ignore_index=True) if parts else beside[columns]
    return joined.sort_values(["stage", "year", "school_code"], ignore_index=True)
