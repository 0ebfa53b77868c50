"""Compute the forecast of a district for a plan and store it with its runs."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import get_args

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from catchments.forecast.cohorts import UNLOCATED
from catchments.forecast.entrants import (
    SOURCES,
    Entrants,
    Evidence,
    forecast_entrants,
    list_entry_stages,
)
from catchments.forecast.outlook import Outlook, forecast_catchments
from catchments.forecast.schools import SchoolOutlook, forecast_schools
from catchments.profile import Profile, ScenarioCode
from gis import tables
from gis.database import write_rows
from gis.errors import RejectedDataError, UsageError
from gis.runs import RunInputs, digest_text, find_run, record_run
from scenarios.district import District, Plan
from scenarios.enrolment_warning.count import count_children
from scenarios.enrolment_warning.forecast.evidence import (
    CHILD_DATASETS,
    PLAN_DATASETS,
    PlanEvidence,
    read_evidence,
    read_plan_evidence,
)
from scenarios.enrolment_warning.forecast.record import (
    LEAST_HISTORY,
    LEAST_PUPILS,
    SCORE_COLUMNS,
    backtest_district,
)
from scenarios.enrolment_warning.forecast.runs import (
    MIDDLE,
    ForecastRuns,
    name_demand_kind,
    name_kind,
)
from scenarios.project_monitoring.track import track_projects


def list_scenarios(profile: Profile) -> list[str]:
    """Return the scenarios of births and moves that a profile has, the lowest first."""
    return [code for code in get_args(ScenarioCode) if code in profile.forecast.scenarios]


def check_scenario(district: District, scenario: str) -> None:
    """Refuse a scenario that the profile does not have.

    Raises
    ------
    UsageError
        Names those that it has.
    """
    known = list_scenarios(district.profile)
    if scenario not in known:
        raise UsageError(
            f"District {district.profile.code} has no scenario '{scenario}'.",
            mend=f"Use one of {', '.join(known)}.",
        )


def forecast_plan(
    connection: Connection,
    district: District,
    plan: Plan,
    *,
    scenario: str = MIDDLE,
    totals: pd.DataFrame | None = None,
) -> ForecastRuns:
    """Forecast children, catchments and pupils for a plan; see :func:`forecast_plans`."""
    return forecast_plans(connection, district, [plan], scenario=scenario, totals=totals)[0]


def forecast_plans(
    connection: Connection,
    district: District,
    plans: list[Plan],
    *,
    scenario: str = MIDDLE,
    totals: pd.DataFrame | None = None,
) -> list[ForecastRuns]:
    """Forecast children, catchments and pupils for plans; what is up to date is left alone.

    Needs a session with the officer's rights: children are counted in the registers.

    Parameters
    ----------
    totals
        stage, year, children: official totals that the units must sum to.

    Raises
    ------
    UsageError
        When the profile has no such scenario.
    RejectedDataError
        When no stage of the district is counted in its registers, or they hold nobody.
    """
    check_scenario(district, scenario)
    if not list_entry_stages(district.profile):
        raise RejectedDataError(
            f"District {district.profile.code} counts no stage in its registers.",
            mend="Give its stages an entry_age, and load children and households.",
        )
    started = dt.datetime.now(dt.UTC)
    count_children(connection, district)  # tells the graduates of stages that are fed by another
    asked = _Asked(district, scenario, totals, track_projects(connection, district))
    of_units = asked.name_inputs(None)
    units_digest = of_units.compute_digest(connection)
    demand_id = find_run(connection, of_units, units_digest)
    known = [_find_plan_run(connection, asked.name_inputs(plan)) for plan in plans]
    if demand_id is not None and all(run_id is not None for run_id, _ in known):
        return [ForecastRuns(demand_id, run_id) for run_id, _ in known if run_id is not None]
    evidence = read_evidence(connection, district)
    if not evidence.held.children.any():
        raise RejectedDataError(
            f"District {district.profile.code} has no children in its registers.",
            mend="Load its children and households first.",
        )
    entrants = forecast_entrants(evidence, district.profile, scenario=scenario, totals=totals)
    if demand_id is None:
        demand_id = record_run(connection, of_units, units_digest, started_at=started)
        _write_entrants(connection, entrants, demand_id)
        _write_backtest(connection, district, demand_id)
    runs = []
    for plan, (known_id, digest) in zip(plans, known, strict=True):
        run_id = known_id
        if run_id is None:
            around = read_plan_evidence(connection, district, plan)
            inputs = asked.name_inputs(plan)
            run_id = record_run(connection, inputs, digest, started_at=started)
            _write_plan(connection, district, evidence, entrants, around, run_id)
        runs.append(ForecastRuns(demand_id, run_id))
    return runs


@dataclass(frozen=True, eq=False)
class _Asked:
    """What a forecast was asked for, and the inputs of its runs."""

    district: District
    scenario: str
    totals: pd.DataFrame | None
    progress_id: int | None

    def name_inputs(self, plan: Plan | None) -> RunInputs:
        """Return the inputs of the run of a plan, or of the children by unit."""
        profile = self.district.profile
        digest = "" if self.totals is None else digest_text(self.totals.to_csv(index=False))
        return RunInputs(
            self.district.id,
            name_demand_kind(self.scenario) if plan is None else name_kind(self.scenario),
            profile.version,
            plan_id=None if plan is None else plan.id,
            plan_digest="" if plan is None else plan.digest,
            datasets=CHILD_DATASETS if plan is None else PLAN_DATASETS,
            parameters=(
                ("scenario", self.scenario),
                ("totals", digest),
                ("progress", "" if plan is None else str(self.progress_id)),
            ),
            seed=profile.forecast.seed,
        )


def _find_plan_run(connection: Connection, inputs: RunInputs) -> tuple[int | None, str]:
    digest = inputs.compute_digest(connection)
    return find_run(connection, inputs, digest), digest


def _write_entrants(connection: Connection, entrants: Entrants, run_id: int) -> None:
    stage, year, unit = (axis.ravel() for axis in np.indices(entrants.children.shape))
    units = pd.DataFrame(
        {
            "run_id": run_id,
            "planning_unit_id": pd.Series(entrants.unit_ids[unit], dtype="Int64"),
            "stage": np.array(entrants.stages, dtype=object)[stage],
            "year": np.array(entrants.years)[year],
            "children": entrants.children.ravel().round(4),
            "registered_children": entrants.registered.ravel().round(4),
        }
    )
    units["planning_unit_id"] = units["planning_unit_id"].mask(
        units["planning_unit_id"] == UNLOCATED
    )
    write_rows(connection, tables.forecast_unit, units[units["children"] > 0])
    source, stage, year = (axis.ravel() for axis in np.indices(entrants.sources.shape))
    write_rows(
        connection,
        tables.forecast_source,
        pd.DataFrame(
            {
                "run_id": run_id,
                "stage": np.array(entrants.stages, dtype=object)[stage],
                "year": np.array(entrants.years)[year],
                "source": np.array(SOURCES, dtype=object)[source],
                "children": entrants.sources.ravel(),
            }
        ),
    )


def _write_backtest(connection: Connection, district: District, run_id: int) -> None:
    """Store how far off forecasts from earlier years of enrolment would have been."""
    scores = backtest_district(
        connection, district, least_pupils=LEAST_PUPILS, least_history=LEAST_HISTORY
    )
    scores = scores[SCORE_COLUMNS].assign(run_id=run_id)
    write_rows(connection, tables.forecast_backtest, scores)


def _write_plan(
    connection: Connection,
    district: District,
    evidence: Evidence,
    entrants: Entrants,
    around: PlanEvidence,
    run_id: int,
) -> None:
    profile = district.profile
    divided = [
        stage
        for stage in profile.list_catchment_stages()
        if stage.code in entrants.stages and (around.members["stage"] == stage.code).any()
    ]
    outlooks: list[Outlook] = [
        forecast_catchments(
            entrants,
            around.members,
            around.seats,
            around.projects,
            around.chances,
            profile,
            stage.code,
        )
        for stage in divided
    ]
    schools: list[SchoolOutlook | None] = [
        forecast_schools(
            around.enrolment,
            around.entries,
            around.members,
            evidence.held,
            entrants,
            profile,
            stage,
        )
        for stage in profile.stages
    ]
    told = [part for part in schools if part is not None]
    totals = [part.totals.assign(measure="children", grade=0) for part in outlooks]
    totals += [part.totals.assign(measure="pupils") for part in told]
    for table, parts in (
        (tables.forecast_catchment, [part.catchments for part in outlooks]),
        (tables.forecast_pupil, [part.schools for part in told]),
        (tables.forecast_total, totals),
    ):
        if parts:
            rows = pd.concat(parts, ignore_index=True).assign(run_id=run_id)
            write_rows(connection, table, rows)
