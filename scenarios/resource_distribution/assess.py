"""Assess the balance of resources and store it: values, inequality, least additions, outlook."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import shapely
from sqlalchemy import Connection

from gis import tables
from gis.crs import to_metric
from gis.database import read_features, read_table, write_rows
from gis.runs import RunInputs, find_run, record_run
from scenarios.district import District, find_plan
from scenarios.enrolment_warning.forecast.runs import find_forecast
from scenarios.resource_distribution.analysis import assess_schools, assess_variation
from scenarios.resource_distribution.needs import find_needs
from scenarios.resource_distribution.outlook import trace_outlook
from scenarios.resource_distribution.spread import SUBDISTRICT, Spread, measure_spread

KIND, NEEDS_KIND, OUTLOOK_KIND = "balance", "balance_needs", "balance_outlook"
_DATASETS = ("school", "enrolment", "resource_fact")


def assess_balance(connection: Connection, district: District) -> int | None:
    """Store indicators by school, variation and inequality for the newest year; return the run.

    Nothing is stored, and nothing returned, for a district without resource facts.
    """
    started = dt.datetime.now(dt.UTC)
    balance = district.profile.balance
    inputs = RunInputs(district.id, KIND, district.profile.version, datasets=_DATASETS)
    digest = inputs.compute_digest(connection)
    known = find_run(connection, inputs, digest)
    if known is not None:
        return known
    facts = read_newest_facts(connection, district)
    if facts.empty:
        return None
    year = int(facts["year"].iloc[0])
    results = assess_schools(facts, balance)
    variations = assess_variation(results, balance)
    spread = measure_spread(results, read_places(connection, district), balance)
    run_id = record_run(connection, inputs, digest, started_at=started)
    write_rows(connection, tables.indicator_result, results.assign(run_id=run_id, year=year))
    write_rows(connection, tables.indicator_variation, variations.assign(run_id=run_id, year=year))
    _write_spread(connection, spread, run_id)
    return run_id


def update_needs(
    connection: Connection, district: District, *, time_limit_s: float | None = None
) -> int | None:
    """Store the least additions with which all pass, unless that is done; return the run.

    Parameters
    ----------
    time_limit_s
        For the search; by default the profile's. Another limit makes another run.
    """
    started = dt.datetime.now(dt.UTC)
    limit_s = time_limit_s or district.profile.balance.needs.time_limit_s
    inputs = RunInputs(
        district.id,
        NEEDS_KIND,
        district.profile.version,
        datasets=_DATASETS,
        parameters=(("time_limit_s", f"{limit_s:g}"),),
    )
    digest = inputs.compute_digest(connection)
    known = find_run(connection, inputs, digest)
    if known is not None:
        return known
    facts = read_newest_facts(connection, district)
    if facts.empty:
        return None
    needs = find_needs(facts, district.profile.balance, time_limit_s=limit_s)
    run_id = record_run(connection, inputs, digest, started_at=started)
    solution = pd.DataFrame(
        {
            "year": [int(facts["year"].iloc[0])],
            "cost_yuan": needs.cost_yuan,
            "least_cost_yuan": needs.least_cost_yuan,
            "schools_only_yuan": needs.schools_only_yuan,
            "is_even": needs.is_even,
            "unknown": len(needs.unknown),
        }
    )
    for table, rows in (
        (tables.balance_solution, solution),
        (tables.balance_need, needs.additions),
        (tables.balance_waiver, needs.waived),
    ):
        write_rows(connection, table, rows.assign(run_id=run_id))
    return run_id


def update_outlook(connection: Connection, district: District) -> int | None:
    """Store the years behind and, where pupils are forecast, ahead; return the run."""
    started = dt.datetime.now(dt.UTC)
    plan = find_plan(connection, district, None)
    runs = find_forecast(connection, district, plan)
    forecast_id = None if runs is None else runs.plan_id
    inputs = RunInputs(
        district.id,
        OUTLOOK_KIND,
        district.profile.version,
        datasets=_DATASETS,
        parameters=(("forecast_run", str(forecast_id)),),
    )
    digest = inputs.compute_digest(connection)
    known = find_run(connection, inputs, digest)
    if known is not None:
        return known
    balance = district.profile.balance
    history = read_table(connection, "resource_facts", district_id=district.id, year=None)
    if history.empty or not balance.indicators:
        return None
    pupils = read_table(connection, "forecast_stage_pupils", run_id=forecast_id)
    outlook = trace_outlook(history, pupils, balance)
    run_id = record_run(connection, inputs, digest, started_at=started)
    for table, rows in (
        (tables.balance_year, outlook.indicators),
        (tables.balance_standing, outlook.standings),
        (tables.balance_warning, outlook.warnings),
    ):
        write_rows(connection, table, rows.assign(run_id=run_id))
    return run_id


def read_newest_facts(connection: Connection, district: District) -> pd.DataFrame:
    """Read the resources and pupils of the newest year that anybody reports; may be empty."""
    newest = read_table(connection, "latest_resource_year", district_id=district.id)["year"].iloc[0]
    if newest is None or not district.profile.balance.indicators:
        return pd.DataFrame()
    return read_table(connection, "resource_facts", district_id=district.id, year=int(newest))


def read_places(connection: Connection, district: District) -> pd.DataFrame:
    """Read where schools stand, in metres: school_id, subdistrict (its id), urban, x_m, y_m."""
    places = read_features(connection, "balance_schools", district_id=district.id)
    flat = to_metric(np.array(places["geom"], dtype=object), district.profile.metric_srid)
    return pd.DataFrame(places.drop(columns="geom")).assign(
        subdistrict=places["subdistrict_id"].astype("Int64").astype(object),
        x_m=shapely.get_x(flat),
        y_m=shapely.get_y(flat),
    )


def _write_spread(connection: Connection, spread: Spread, run_id: int) -> None:
    groups = spread.groups
    is_area = groups["grouping"] == SUBDISTRICT
    stored = groups.drop(columns="group").assign(
        subdistrict_id=groups["group"].where(is_area).astype("Int64"),
        urban=groups["group"].where(~is_area).astype("boolean"),
        pupils=groups["pupils"].astype(int),
    )
    for table, rows in (
        (tables.balance_inequality, spread.inequality),
        (tables.balance_group, stored),
        (tables.balance_spot, spread.spots),
    ):
        write_rows(connection, table, rows.assign(run_id=run_id))
