"""Measure how far the children of each catchment have to its school; stored with its run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd
from sqlalchemy import Connection

from catchments.boundaries import Request
from catchments.profile import Stage
from catchments.reach import measure_reach
from gis import tables
from gis.database import read_table, write_rows
from gis.runs import RunInputs, find_run, record_run
from scenarios.district import District, Plan
from scenarios.enrolment_warning.count import list_counted
from scenarios.school_network.instance import read_ground

_READ = ("school", "seat", "road")


def update_reaches(connection: Connection, district: District, plans: Sequence[Plan]) -> None:
    """Measure the ways to school under every plan for which that is not done yet.

    Of the year that the district shows first, in the stages that have a service radius. No row
    about a person is read: the children of a unit live in its dwellings in equal parts.
    """
    started = dt.datetime.now(dt.UTC)
    todo = []
    for plan in plans:
        inputs = _list_inputs(connection, district, plan)
        digest = inputs.compute_digest(connection)
        if find_run(connection, inputs, digest) is None:
            todo.append((plan, inputs, digest))
    if not todo:
        return
    requests = _build_requests(connection, district)
    for plan, inputs, digest in todo:
        measured = [_measure(connection, plan, stage, request) for stage, request in requests]
        run_id = record_run(connection, inputs, digest, started_at=started)
        for rows in measured:
            facts = {"run_id": run_id, "year": district.profile.years.shown}
            write_rows(connection, tables.catchment_reach, rows.assign(**facts))


def _list_inputs(connection: Connection, district: District, plan: Plan) -> RunInputs:
    counted = read_table(connection, "demand_runs", district_id=district.id)
    return RunInputs(
        district.id,
        "reach",
        district.profile.version,
        plan_id=plan.id,
        plan_digest=plan.digest,
        datasets=(*list_counted(district.profile), *_READ, "unit_demand"),
        parameters=tuple(counted.itertuples(index=False, name=None)),
    )


def _build_requests(connection: Connection, district: District) -> list[tuple[Stage, Request]]:
    stages = [one for one in district.profile.list_catchment_stages() if one.radius_m is not None]
    ground = read_ground(connection, district, stages)
    served = [stage for stage in stages if len(ground.schools[stage.code]) and len(ground.units)]
    return [(stage, ground.build_request(stage)) for stage in served]


def _measure(connection: Connection, plan: Plan, stage: Stage, request: Request) -> pd.DataFrame:
    members = read_table(connection, "plan_membership", plan_id=plan.id)
    mine = members[members["stage"] == stage.code].set_index("planning_unit_id")["school_id"]
    reach = measure_reach(request, mine, radius_m=stage.radius_m or 0.0)
    return reach.assign(stage=stage.code)
