"""Compute the forecast of a district for a plan and store it with its runs."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

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
from gis import tables
from gis.database import write_rows
from gis.errors import RejectedDataError, UsageError
from gis.runs import RunInputs, digest_text, find_run, record_run
from scenarios.district import District, Plan
from scenarios.enrolment_warning.forecast.evidence import (
    CHILD_DATASETS,
    PLAN_DATASETS,
    PlanEvidence,
    read_evidence,
    read_plan_evidence,
)

MIDDLE = "middle"


@dataclass(frozen=True)
class ForecastRuns:
    """The runs of a forecast: that of the children by unit, and that of a plan."""

    demand_id: int
    plan_id: int


def name_demand_kind(scenario: str) -> str:
    """Return the kind of the runs that hold the expected children of units."""
    return f"forecast_demand_{scenario}"


def name_kind(scenario: str) -> str:
    """Return the kind of the runs that hold the catchments and schools of a plan."""
    return f"forecast_{scenario}"


def check_scenario(district: District, scenario: str) -> None:
    """Refuse a scenario that the profile does not have.

    Raises
    ------
    UsageError
        Names those that it has.
    """
    known = list(district.profile.forecast.scenarios)
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
    """Forecast children, catchments and pupils for a plan; what is up to date is left alone.

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
    digest = "" if totals is None else digest_text(totals.to_csv(index=False))
    parameters = (("scenario", scenario), ("totals", digest))
    of_units = RunInputs(
        district.id,
        name_demand_kind(scenario),
        district.profile.version,
        datasets=CHILD_DATASETS,
        parameters=parameters,
        seed=district.profile.forecast.seed,
    )
    of_plan = RunInputs(
        district.id,
        name_kind(scenario),
        district.profile.version,
        plan_id=plan.id,
        plan_digest=plan.digest,
        datasets=PLAN_DATASETS,
        parameters=parameters,
        seed=district.profile.forecast.seed,
    )
    digests = [inputs.compute_digest(connection) for inputs in (of_units, of_plan)]
    known_units = find_run(connection, of_units, digests[0])
    known_plan = find_run(connection, of_plan, digests[1])
    if known_units is not None and known_plan is not None:
        return ForecastRuns(known_units, known_plan)
    evidence = read_evidence(connection, district)
    if not evidence.held.children.any():
        raise RejectedDataError(
            f"District {district.profile.code} has no children in its registers.",
            mend="Load its children and households first.",
        )
    entrants = forecast_entrants(evidence, district.profile, scenario=scenario, totals=totals)
    if known_units is None:
        known_units = record_run(connection, of_units, digests[0], started_at=started)
        _write_entrants(connection, entrants, known_units)
    if known_plan is None:
        around = read_plan_evidence(connection, district, plan)
        known_plan = record_run(connection, of_plan, digests[1], started_at=started)
        _write_plan(connection, district, evidence, entrants, around, known_plan)
    return ForecastRuns(known_units, known_plan)


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
            entrants, around.members, around.seats, around.projects, profile, stage.code
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
