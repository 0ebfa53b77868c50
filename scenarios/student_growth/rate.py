"""Rate the pupils of a district by its rules of growth, and store the counts with their run."""

from __future__ import annotations

import datetime as dt

import pandas as pd
from sqlalchemy import Connection, delete, insert

from catchments.growth.changes import measure_changes, pair_years
from catchments.growth.counts import count_levels, count_transitions
from catchments.growth.levels import find_school_years, rate_pupils, select_records
from catchments.growth.rule_files import parse_growth_rules
from catchments.growth.rules import GrowthRules
from gis import tables
from gis.database import read_bulk, read_table, write_rows
from gis.runs import RunInputs, find_run, record_run
from scenarios.access import log_reading
from scenarios.district import District

RUN_KIND = "growth"
_CLASS = ["school_id", "grade", "class_number"]


def write_growth_rules(connection: Connection, district: District, rules: GrowthRules) -> None:
    """Store the rules of the district; those that were there go."""
    table = tables.growth_rule
    connection.execute(delete(table).where(table.c.district_id == district.id))
    connection.execute(
        insert(table).values(
            district_id=district.id, code=rules.code, version=rules.version, text=rules.text
        )
    )


def read_growth_rules(connection: Connection, district: District) -> GrowthRules | None:
    """Read the rules of the district, if it has any."""
    found = read_table(connection, "growth_rules", district_id=district.id)
    if found.empty:
        return None
    origin = f"of district {district.profile.code}"
    return parse_growth_rules(str(found["text"].iloc[0]), origin=origin)


def rate_growth(connection: Connection, district: District) -> int | None:
    """Store levels by district, school and class, and how they changed; return the run.

    Only complete school years are rated: records of half a year would look like a fall. Needs a
    session with the officer's rights; the reading is entered in the access log.

    Returns
    -------
    int or None
        Nothing for a district without rules of growth or without records.
    """
    started = dt.datetime.now(dt.UTC)
    rules = read_growth_rules(connection, district)
    if rules is None:
        return None
    inputs = RunInputs(
        district.id,
        RUN_KIND,
        district.profile.version,
        datasets=("pupil", "growth_record", "school"),
        parameters=(("rules", rules.code), ("rules_version", rules.version)),
    )
    digest = inputs.compute_digest(connection)
    known = find_run(connection, inputs, digest)
    if known is not None:
        return known
    pupils = read_bulk(connection, "growth_pupils", district_id=district.id)
    records = read_bulk(connection, "growth_records", district_id=district.id, pupil_ids=None)
    counted = select_records(records, rules)
    years = list_rated_years(counted["year"], district.profile.data_date, rules)
    if pupils.empty or not years:
        return None
    run_id = record_run(connection, inputs, digest, started_at=started)
    rated = rate_pupils(counted, rules, pd.Index(pupils["pupil_id"]), years)
    _store(connection, district, rules, rated.merge(pupils, on="pupil_id"), years, run_id)
    told = f"run {run_id}: growth rated, {len(records) - len(counted)} records not by the rules"
    log_reading(connection, district, told, rows=len(records))
    return run_id


def list_rated_years(years: pd.Series, day: dt.date, rules: GrowthRules) -> list[int]:
    """List the two newest school years of records that are complete on a day.

    Examples
    --------
    The school year 2025 is not over in March 2026.

    >>> from types import SimpleNamespace
    >>> rules = SimpleNamespace(year_begins=(9, 1))
    >>> list_rated_years(pd.Series([2022, 2023, 2024, 2025]), dt.date(2026, 3, 31), rules)
    [2023, 2024]
    """
    running = int(find_school_years(pd.Series([pd.Timestamp(day)]), rules.year_begins).iloc[0])
    return sorted(int(year) for year in years.unique() if year < running)[-2:]


def _store(
    connection: Connection,
    district: District,
    rules: GrowthRules,
    rated: pd.DataFrame,
    years: list[int],
    run_id: int,
) -> None:
    profile = district.profile
    counts = count_levels(rated, rules, minimum=profile.minimum_cell, classes_of=years[-1])
    write_rows(connection, tables.growth_count, counts.assign(run_id=run_id))
    if len(years) < 2:
        return
    pairs = pair_years(rated, *years)
    transitions = count_transitions(pairs, rules, minimum=profile.minimum_cell)
    write_rows(connection, tables.growth_transition, transitions.assign(run_id=run_id))
    # Discovery is controlled among places of one sort: schools beside schools, classes beside them.
    for place in ([], _CLASS[:1], _CLASS):
        changes = measure_changes(
            pairs,
            ["stage", *place, "domain"],
            interval_pct=profile.growth.interval_pct,
            false_discovery_pct=profile.growth.false_discovery_pct,
            least_pupils=profile.attainment.least_pupils,
        )
        write_rows(connection, tables.growth_change, changes.assign(run_id=run_id))
