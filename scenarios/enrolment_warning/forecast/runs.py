"""The runs of a forecast: what they are called, and which are the newest."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from sqlalchemy import Connection

from gis.database import read_table
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


def find_forecast(
    connection: Connection, district: District, plan: Plan, scenario: str = MIDDLE
) -> ForecastRuns | None:
    """Return the newest forecast of a plan and scenario, if one was computed."""
    found = read_table(
        connection,
        "forecast_newest",
        district_id=district.id,
        plan_id=plan.id,
        kind=name_kind(scenario),
        demand_kind=name_demand_kind(scenario),
    ).iloc[0]
    if pd.isna(found["demand_id"]) or pd.isna(found["plan_id"]):
        return None
    return ForecastRuns(int(found["demand_id"]), int(found["plan_id"]))
