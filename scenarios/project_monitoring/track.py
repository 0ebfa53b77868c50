"""Measure the progress of all projects on the data date and store it with its run."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from gis import tables
from gis.database import read_table, write_rows
from gis.runs import RunInputs, find_run, record_run
from scenarios.district import District
from scenarios.project_monitoring.analysis import measure_buildings, measure_projects
from scenarios.project_monitoring.courses import trace_buildings, trace_sites
from scenarios.project_monitoring.pace import forecast_completion
from scenarios.project_monitoring.slips import measure_slips


def track_projects(connection: Connection, district: District) -> int | None:
    """Store stage, progress, delay, opening and chances of every project; return the run.

    Nothing is stored, and nothing returned, for a district without stage records.
    """
    started = dt.datetime.now(dt.UTC)
    inputs = RunInputs(
        district.id,
        "progress",
        district.profile.version,
        datasets=("project", "project_building", "project_seat", "stage_record"),
        seed=district.profile.construction.pace.seed,
    )
    digest = inputs.compute_digest(connection)
    known = find_run(connection, inputs, digest)
    if known is not None:
        return known
    records = read_table(connection, "stage_records", district_id=district.id)
    if records.empty:
        return None
    day, construction = district.profile.data_date, district.profile.construction
    buildings = measure_buildings(records, construction, day=day)
    planned = read_table(connection, "project_planned_years", district_id=district.id)
    projects = measure_projects(
        buildings, planned.set_index("project_id")["planned_year"], construction
    )
    intervals, chances = forecast_completion(records, buildings, projects, construction, day=day)
    projects = projects.join(intervals, on="project_id")
    slips = measure_slips(records, buildings, construction, day=day)
    courses = trace_buildings(slips, construction)
    sites = trace_sites(slips, courses)
    run_id = record_run(connection, inputs, digest, started_at=started)
    kept = [column.name for column in tables.building_progress.columns if column.name in buildings]
    buildings = buildings[kept].assign(course=_write_courses(buildings, courses))
    projects = projects.assign(course=_write_courses(projects, sites))
    write_rows(connection, tables.building_progress, buildings.assign(run_id=run_id))
    write_rows(connection, tables.project_progress, projects.assign(run_id=run_id))
    write_rows(connection, tables.project_opening_chance, chances.assign(run_id=run_id))
    return run_id


def _write_courses(rows: pd.DataFrame, courses: dict[int, dict[str, list[Any]]]) -> list[str]:
    key = "project_building_id" if "project_building_id" in rows else "project_id"
    return [json.dumps(courses[id], separators=(",", ":")) for id in rows[key]]
