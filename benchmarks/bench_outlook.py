"""Time the ten-year forecast of the loaded district beside a plain one in pandas.

Run ``python -m benchmarks.bench_outlook`` with the database that ``onemap serve`` uses. Both
forecast the expected children of every planning unit, stage and year from the same evidence and
must agree; the peer goes cohort by cohort in data frames. Then the whole forecast of a plan is
computed and stored: children, catchments with 1,000 simulated futures, pupils, scores of the
past. Fails when it takes longer than its budget.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace

import numpy as np
import pandas as pd

from catchments.forecast.births import expect_births
from catchments.forecast.calendar import Calendar
from catchments.forecast.cohorts import measure_growth
from catchments.forecast.entrants import (
    Entrants,
    Evidence,
    forecast_entrants,
    list_entry_stages,
    list_years,
)
from catchments.forecast.homes import measure_filled
from catchments.profile import Profile
from gis.access import Role
from gis.database import open_database
from gis.settings import load_settings
from scenarios.district import find_district, find_plan
from scenarios.enrolment_warning.count import count_children
from scenarios.enrolment_warning.forecast.evidence import read_evidence
from scenarios.enrolment_warning.forecast.predict import forecast_plan
from scenarios.project_monitoring.track import track_projects

BUDGET_S = 10.0


def forecast_plainly(evidence: Evidence, profile: Profile) -> pd.DataFrame:
    """Forecast the children of units row by row of stages and years, in data frames."""
    calendar = Calendar(profile.data_date, profile.cutoff)
    held = pd.DataFrame(
        evidence.held.children, index=evidence.held.unit_ids, columns=evidence.held.years
    )
    births = expect_births(
        evidence.held, evidence.women, evidence.areas, calendar, profile.forecast,
        profile.forecast.scenarios["middle"], last=list_years(profile)[-1],
    )  # fmt: skip
    to_come = pd.DataFrame(births.children, index=held.index, columns=births.cohorts)
    parts = []
    for stage in list_entry_stages(profile):
        age = stage.entry_age or 0
        for year in list_years(profile):
            cohort = year - age
            grown = measure_growth(
                evidence.ratios, calendar.measure_age(cohort), calendar.measure_age(cohort, year)
            )
            raised = measure_growth(evidence.ratios, 0, calendar.measure_age(cohort, year))
            children = held.get(cohort, 0.0) * grown + to_come.get(cohort, 0.0) * raised
            moved = pd.Series(0.0, index=held.index)
            for home in evidence.homes.itertuples():
                done = pd.Series([home.completed_on])
                filled = measure_filled(done, calendar, profile.forecast, year)[0]
                row = evidence.yields.find_rows(pd.Series([home.tenure]))[0]
                share = evidence.yields.children[row, age]
                moved[home.planning_unit_id] += home.dwellings * filled * share
            inside = moved.sum() * profile.forecast.from_district_pct / 100
            children = children * (1 - min(inside / children.sum(), 1)) + moved
            told = children.rename("children").reset_index()
            parts.append(told.assign(stage=stage.code, year=year))
    return pd.concat(parts, ignore_index=True)


def check_equal(ours: Entrants, theirs: pd.DataFrame) -> None:
    """End the run when the two forecasts differ."""
    table = theirs["children"].to_numpy().reshape(ours.children.shape)
    if not np.allclose(ours.children, table, rtol=1e-9, atol=1e-9):
        sys.exit(f"The forecasts differ by {np.abs(ours.children - table).max()}.")


def main() -> int:
    """Time both and print the ratio; then the whole forecast against its budget."""
    settings = load_settings()
    with open_database(settings) as database:
        with database.begin(Role.OFFICER) as connection:
            found = find_district(connection, settings.district)
            read = read_evidence(connection, found)
            # Both tell the children of an age; how many of them graduate is one factor a year.
            evidence = replace(read, graduates=read.graduates.iloc[:0])
        start = time.perf_counter()
        ours = forecast_entrants(evidence, found.profile)
        ours_s = time.perf_counter() - start
        start = time.perf_counter()
        theirs = forecast_plainly(evidence, found.profile)
        theirs_s = time.perf_counter() - start
        check_equal(ours, theirs)
        print(
            f"children of {len(ours.unit_ids):,} units: {ours_s:.2f} s, in data frames"
            f" {theirs_s:.2f} s, {theirs_s / ours_s:.1f} times as long; equal"
        )
        with database.engine.connect() as connection, connection.begin() as undone:
            # What is counted and tracked already, the forecast takes as it stands.
            count_children(connection, found)
            track_projects(connection, found)
            start = time.perf_counter()
            # A total that nobody stated makes the forecast a new one; it is undone at the end.
            totals = pd.DataFrame({"stage": ["none"], "year": [0], "children": [time.time()]})
            plan = find_plan(connection, found, None)
            forecast_plan(connection, found, plan, totals=totals)
            whole_s = time.perf_counter() - start
            undone.rollback()
    kept = whole_s <= BUDGET_S
    verdict = "kept" if kept else "MISSED"
    print(f"whole forecast, stored: {whole_s:.1f} s of {BUDGET_S:g} s: {verdict}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
