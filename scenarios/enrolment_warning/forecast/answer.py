"""Answers of a stored forecast: one table a question, the same for command, panel and file."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from sqlalchemy import Connection

from gis.database import read_table
from scenarios.enrolment_warning.forecast.runs import ForecastRuns


@dataclass(frozen=True, eq=False)
class StoredForecast:
    """A forecast as the database holds it, of one stage or all.

    Attributes
    ----------
    totals
        stage, measure, grade, year, expected and bounds of the district.
    sources
        stage, year, source, children.
    catchments
        Columns of ``queries/forecast_catchments.sql``.
    """

    runs: ForecastRuns
    totals: pd.DataFrame
    sources: pd.DataFrame
    catchments: pd.DataFrame


def read_forecast(
    connection: Connection, runs: ForecastRuns, *, stage: str | None = None
) -> StoredForecast:
    """Read a forecast of the district and its catchments."""
    return StoredForecast(
        runs,
        read_table(connection, "forecast_totals", run_id=runs.plan_id, stage=stage),
        read_table(connection, "forecast_sources", run_id=runs.demand_id, stage=stage),
        read_table(
            connection, "forecast_catchments", run_id=runs.plan_id, stage=stage, school_id=None
        ),
    )


def read_pupils(
    connection: Connection,
    runs: ForecastRuns,
    *,
    school_id: int | None = None,
    grade: int | None = None,
) -> pd.DataFrame:
    """Read the pupils of schools: one school or all, one grade (0: their sum) or all."""
    return read_table(
        connection, "forecast_pupils", run_id=runs.plan_id, school_id=school_id, grade=grade
    )
