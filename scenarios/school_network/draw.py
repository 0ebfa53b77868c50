"""Draw plans: a method divides the planning units, the units dissolve into catchments."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import shapely
from sqlalchemy import Connection, delete, insert, select

from catchments.boundaries import METHODS, Request
from catchments.profile import Stage
from gis import tables
from gis.crs import to_metric
from gis.database import allocate_ids, read_features, read_table, write_rows
from gis.errors import RejectedDataError, UsageError
from gis.partition import dissolve
from gis.runs import RunInputs, digest_text, find_run, record_run, take_turn
from scenarios.district import District, Plan, find_plan

# UNITS: degrees, about a metre. ASSUMPTION: units drawn by hand leave slivers narrower than this
# between them; they are closed. Units that tile exactly are merged exactly.
SLIVER_DEG = 1e-5

METHOD_NAMES = {"nearest": ("就近划片（直线）", "Nearest school (straight line)")}


def draw_plan(connection: Connection, district: District, *, method: str) -> Plan:
    """Divide the district by `method` for every stage with schools, and store the plan.

    The plan bears the name of its method; drawing it again with the same outcome changes nothing.

    Raises
    ------
    UsageError
        When the method is unknown.
    RejectedDataError
        When there is nothing to divide, or nobody to divide it among.
    """
    if method not in METHODS:
        raise UsageError(f"There is no method '{method}'.", mend=f"Use {', '.join(METHODS)}.")
    units = read_features(connection, "units", district_id=district.id)
    inside = shapely.point_on_surface(to_metric(units["geom"], district.profile.metric_srid))
    unit_points = _list_points(units["id"], inside)
    parts = []
    for stage in district.profile.list_catchment_stages():
        schools = _list_school_points(connection, district, stage)
        if schools.empty:  # its children are told as being outside every catchment
            continue
        drawn = METHODS[method](Request(unit_points, schools))
        parts.append(
            pd.DataFrame(
                {
                    "stage": stage.code,
                    "planning_unit_id": drawn.index.to_numpy(),
                    "school_id": drawn.to_numpy(),
                }
            )
        )
    if not parts or units.empty:
        raise RejectedDataError(
            f"District {district.profile.code} has no planning unit, or no school that can have a"
            " catchment.",
            mend="Load planning units, and public schools with seats in a stage.",
        )
    _store_plan(connection, district, method, pd.concat(parts, ignore_index=True))
    plan = find_plan(connection, district, method)
    draw_catchments(connection, district, plan)
    return plan


def _list_points(ids: pd.Series, points: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {"x_m": shapely.get_x(points), "y_m": shapely.get_y(points)}, index=ids.to_numpy()
    )


def _list_school_points(connection: Connection, district: District, stage: Stage) -> pd.DataFrame:
    schools = read_features(
        connection,
        "catchment_schools",
        district_id=district.id,
        kinds=stage.kinds,
        stage=stage.code,
        day=district.profile.data_date,
    )
    return _list_points(schools["id"], to_metric(schools["geom"], district.profile.metric_srid))


def _store_plan(
    connection: Connection, district: District, method: str, members: pd.DataFrame
) -> None:
    digest = digest_text(*members.astype(str).agg("/".join, axis=1).sort_values())
    take_turn(connection, f"plan {district.id} {method}")
    same = select(tables.plan.c.id).where(
        tables.plan.c.district_id == district.id,
        tables.plan.c.code == method,
    )
    if connection.execute(same.where(tables.plan.c.digest == digest)).scalar() is not None:
        return
    connection.execute(delete(tables.plan).where(tables.plan.c.id.in_(same)))
    name_zh, name_en = METHOD_NAMES[method]
    plan_id = connection.execute(
        insert(tables.plan)
        .values(
            district_id=district.id,
            code=method,
            name_zh=name_zh,
            name_en=name_en,
            method=method,
            source=f"method {method}",
            digest=digest,
        )
        .returning(tables.plan.c.id)
    ).scalar_one()
    write_rows(connection, tables.plan_membership, members.assign(plan_id=plan_id))


def draw_catchments(connection: Connection, district: District, plan: Plan) -> int:
    """Dissolve the planning units of a plan into its catchments; return the run.

    Units of one district share their borders, so the catchments cover what the units cover,
    without gap or overlap.
    """
    started = dt.datetime.now(dt.UTC)
    inputs = RunInputs(
        district.id,
        "draw",
        district.profile.version,
        plan_id=plan.id,
        plan_digest=plan.digest,
        datasets=("planning_unit", "school"),
    )
    digest = inputs.compute_digest(connection)
    known = find_run(connection, inputs, digest)
    if known is not None:
        return known
    run_id = record_run(connection, inputs, digest, started_at=started)
    connection.execute(delete(tables.catchment).where(tables.catchment.c.plan_id == plan.id))
    units = read_features(connection, "units", district_id=district.id)
    members = read_table(connection, "plan_membership", plan_id=plan.id)
    if members.empty:
        return run_id
    stages = members["stage"].unique()
    dissolved = pd.concat(
        [_dissolve_stage(members[members["stage"] == stage], units, stage) for stage in stages],
        ignore_index=True,
    )
    metric = to_metric(dissolved["geom"], district.profile.metric_srid)
    write_rows(
        connection,
        tables.catchment,
        dissolved.assign(
            id=allocate_ids(connection, tables.catchment, len(dissolved)),
            district_id=district.id,
            plan_id=plan.id,
            run_id=run_id,
            valid_from=pd.Timestamp(district.profile.years.first, 9, 1),
            source=plan.method,
            area_m2=shapely.area(metric),
        ),
    )
    return run_id


def _dissolve_stage(members: pd.DataFrame, units: pd.DataFrame, stage: str) -> pd.DataFrame:
    shapes = units.set_index("id")["geom"].loc[members["planning_unit_id"]].to_numpy()
    schools, areas = dissolve(shapes, members["school_id"].to_numpy(), tolerance=SLIVER_DEG)
    return pd.DataFrame({"stage": stage, "school_id": schools, "geom": areas})
