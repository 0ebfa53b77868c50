"""The runs of a forecast: what they are called, and which are the newest."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from gis.runs import find_newest_run
from scenarios.district import District, Plan

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


def find_demand(connection: Connection, district: District, scenario: str = MIDDLE) -> int | None:
    """Return the newest run of the expected children of units, if one was computed."""
    return find_newest_run(connection, district_id=district.id, kind=name_demand_kind(scenario))


def find_forecast(
    connection: Connection, district: District, plan: Plan, scenario: str = MIDDLE
) -> ForecastRuns | None:
    """Return the newest forecast of a plan and scenario, if one was computed."""
    demand_id = find_demand(connection, district, scenario)
    run_id = find_newest_run(
        connection, district_id=district.id, kind=name_kind(scenario), plan_id=plan.id
    )
    return None if demand_id is None or run_id is None else ForecastRuns(demand_id, run_id)
