"""Draw plans: a method divides the planning units, the units dissolve into catchments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import shapely
from sqlalchemy import Connection, delete, insert, update

from catchments.boundaries import METHODS
from catchments.boundaries.asked_terms import AskedTerms
from catchments.profile import Stage
from gis import tables
from gis.access import Role
from gis.crs import to_metric
from gis.database import Database, allocate_ids, read_features, read_table, write_rows
from gis.errors import RejectedDataError, UsageError
from gis.partition import dissolve
from gis.runs import RunInputs, digest_text, find_run, record_run, take_turn
from scenarios.district import District, Plan, find_plan, list_plans
from scenarios.school_network.dividing import Division, Progress, Search, divide_ground
from scenarios.school_network.instance import SLIVER_DEG, Ground, digest_ground, read_ground
from scenarios.school_network.measures import store_measures
from scenarios.school_network.terms import BALANCED, USUAL, read_feeding_plan

METHOD_NAMES = {
    "nearest": ("就近划片（直线）", "Nearest school (straight line)"),
    "walking": ("就近划片（步行）", "Nearest school (on foot)"),
    "balanced": ("均衡划片", "Balanced"),
    "statutory": ("规定施教区", "Statutory catchments"),
}


def draw_plan(
    database: Database,
    district: District,
    *,
    method: str,
    stages: Sequence[str] | None = None,
    code: str | None = None,
    names: tuple[str, str] | None = None,
    is_draft: bool = False,
    terms: AskedTerms | None = None,
    feeding_plan: str | None = None,
    time_limit_s: float = 30.0,
    seed: int = 1,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Plan:
    """Divide the district by `method` and store the plan with its catchments and measures.

    Drawing again with the same outcome changes nothing. What is read, and what is stored, is one
    transaction each; none is open while the method works.

    Parameters
    ----------
    stages
        Codes of the stages to divide, by default all that have catchments. The others keep the
        division of the district's default plan.
    code
        Name of the plan, by default that of the method. A plan of that name that the same method
        drew is replaced.
    names
        What people call it, in Chinese and in English; by default by method and code.
    is_draft
        Whether the plan is only tried out; see :func:`scenarios.district.keep_draft`.
    terms
        What the balanced division of one stage must keep; units and schools are named by code.
    feeding_plan
        Code of a plan whose catchments in the stage below stay together, as feeders of `terms`.
    time_limit_s
        For the search in all stages together; each has an equal share of it.
    progress
        Told the step and the share of the work that is done.
    should_stop
        Asked now and then; once it says so the best division so far is kept, marked as stopped.

    Raises
    ------
    UsageError
        When the method or a stage is unknown, the name belongs to a plan of another kind, or
        terms are given to a method that keeps none, or for several stages.
    RejectedDataError
        When there is nothing to divide, or nobody to divide it among, no division can keep the
        terms, or the district was loaded anew meanwhile.
    """
    if method not in METHODS:
        raise UsageError(f"There is no method '{method}'.", mend=f"Use {', '.join(METHODS)}.")
    chosen = choose_stages(district, stages)
    asked = _choose_terms(method, chosen, terms, feeding_plan)
    tell = progress or (lambda _step, _share: None)
    tell("read", 0.0)
    with database.begin(Role.PLANNER) as connection:
        _find_replaced(connection, district, code or method, method, is_draft=is_draft)
        if asked is not None and feeding_plan is not None:
            fed = read_feeding_plan(connection, district, chosen[0], feeding_plan)
            asked = replace(asked, feeders=fed)
        ground = read_ground(connection, district, chosen)
    search = Search(
        method,
        lambda _stage, request: METHODS[method](request),
        time_limit_s,
        seed,
        tell,
        should_stop,
        asked,
        feeding_plan or _name_file(asked),
    )
    division = divide_ground(ground, chosen, search)
    tell("store", 0.9)
    plan = store_division(
        database,
        district,
        ground,
        division,
        method=method,
        code=code,
        names=names,
        is_draft=is_draft,
    )
    tell("done", 1.0)
    return plan


def _choose_terms(
    method: str, stages: Sequence[Stage], terms: AskedTerms | None, feeding_plan: str | None
) -> AskedTerms | None:
    """Return the terms of the search, the usual ones where none are asked.

    Raises
    ------
    UsageError
        When terms are asked of a method that keeps none, or for several stages.
    """
    is_asked = terms is not None or feeding_plan is not None
    if is_asked and (method != BALANCED or len(stages) != 1):
        raise UsageError(
            f"Terms are kept by method {BALANCED} in one stage; asked were method {method} and"
            f" {len(stages)} stages.",
            mend=f"Give --method {BALANCED} and one --stage, or leave the terms out.",
        )
    if method != BALANCED:
        return None
    chosen = terms or USUAL
    chosen.check()
    return chosen if chosen.capacity else replace(chosen, capacity=USUAL.capacity)


def _name_file(terms: AskedTerms | None) -> str | None:
    return terms.feeders.name if terms and isinstance(terms.feeders, Path) else None


def store_division(
    database: Database,
    district: District,
    ground: Ground,
    division: Division,
    *,
    method: str,
    code: str | None = None,
    names: tuple[str, str] | None = None,
    source: str | None = None,
    is_draft: bool = False,
) -> Plan:
    """Store a division of `ground` with its catchments and measures in one transaction.

    Parameters
    ----------
    code, names, source
        What the plan is called and where it comes from, by default as the method says.

    Raises
    ------
    UsageError
        When the name belongs to a plan of another kind.
    RejectedDataError
        When the district was loaded anew since `ground` was read.
    """
    name = code or method
    tail = "" if name == method else f" {name}"
    name_zh, name_en = names or (f"{called}{tail}" for called in METHOD_NAMES[method])
    with database.begin(Role.PLANNER) as connection:
        if digest_ground(connection, district) != ground.digest:
            raise RejectedDataError(
                f"District {district.profile.code} was loaded anew while the plan was drawn.",
                mend="Draw it again.",
            )
        plan = _store_plan(
            connection,
            district,
            division.members,
            code=name,
            name_zh=name_zh,
            name_en=name_en,
            method=method,
            source=source or f"method {method}",
            is_draft=is_draft,
        )
        _store_present(connection, district, plan, division.present)
        store_measures(connection, plan, division.measures)
        draw_catchments(connection, district, plan)
    return plan


def choose_stages(district: District, codes: Sequence[str] | None) -> list[Stage]:
    """Return the stages of those codes, by default all, that have catchments.

    Raises
    ------
    UsageError
        When a stage is unknown or has no catchments.
    """
    stages = district.profile.list_catchment_stages()
    if codes is None:
        return stages
    for code in codes:
        if not district.profile.get_stage(code).catchments:
            raise UsageError(
                f"Schools of stage '{code}' have no catchments.",
                mend=f"Use {', '.join(stage.code for stage in stages)}.",
            )
    return [stage for stage in stages if stage.code in codes]


def _find_replaced(
    connection: Connection, district: District, code: str, method: str, *, is_draft: bool
) -> Plan | None:
    """Return the plan that a drawn one replaces.

    Raises
    ------
    UsageError
        When the plan of that name was given or drawn otherwise, or is more than a draft.
    """
    plans = {plan.code: plan for plan in list_plans(connection, district, drafts=True)}
    found = plans.get(code)
    if found is None:
        return None
    if found.method != method or (is_draft and not found.is_draft):
        raise UsageError(
            f"District {district.profile.code} has a plan '{code}' of method {found.method}.",
            mend="Choose another name for the new plan.",
        )
    return found


def _store_plan(
    connection: Connection,
    district: District,
    members: pd.DataFrame,
    *,
    code: str,
    method: str,
    is_draft: bool,
    **facts: str,
) -> Plan:
    """Store the plan in place of that of its name, or leave that where both are the same."""
    digest = digest_text(*members.astype(str).agg("/".join, axis=1).sort_values())
    take_turn(connection, f"plan {district.id} {code}")
    found = _find_replaced(connection, district, code, method, is_draft=is_draft)
    mine = tables.plan.c.id == (found.id if found else None)
    if found is not None and found.digest == digest:
        connection.execute(update(tables.plan).where(mine).values(is_draft=is_draft))
        return replace(found, is_draft=is_draft)
    connection.execute(delete(tables.plan).where(mine))
    plan_id = connection.execute(
        insert(tables.plan)
        .values(
            district_id=district.id,
            code=code,
            method=method,
            digest=digest,
            is_draft=is_draft,
            **facts,
        )
        .returning(tables.plan.c.id)
    ).scalar_one()
    write_rows(connection, tables.plan_membership, members.assign(plan_id=plan_id))
    return find_plan(connection, district, code)


def _store_present(
    connection: Connection, district: District, plan: Plan, measures: list[dict[str, Any]]
) -> None:
    """Store what the default plan is worth where no method told it; not if it is the plan drawn."""
    for default in list_plans(connection, district):
        if default.code == district.profile.default_plan and default.id != plan.id:
            known = read_table(connection, "plan_measures", plan_id=default.id)
            drawn = set(known.loc[known["method"] != "", "stage"])
            given = [row for row in measures if row["stage"] not in drawn]
            store_measures(connection, default, given)


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
