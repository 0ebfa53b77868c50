"""Count eligible children and set them against seats; the results are stored with their run."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from sqlalchemy import Connection, func, select

from catchments.demand import count_by_catchment
from catchments.eligibility import list_age_windows, list_graduations
from catchments.profile import Profile
from catchments.shortfall import measure_shortfall
from gis import tables
from gis.database import read_table, run_query, write_rows
from gis.errors import RejectedDataError
from gis.runs import RunInputs, find_run, record_run
from scenarios.access import log_reading
from scenarios.district import District, Plan
from scenarios.enrolment_warning.life import update_warnings

REGISTERS = ("building", "property_unit", "household", "child", "planning_unit")


def count_children(connection: Connection, district: District) -> int | None:
    """Count the children of the register by planning unit, stage and year, and by age.

    The children of a stage are those of its age window; where the profile says whose graduates
    they are, and the register of seats knows them, they are those graduates. Needs a session with
    the officer's rights; the read is entered in the access log.

    Returns
    -------
    int or None
        The run; nothing when no stage of the district is counted in the register.
    """
    profile = district.profile
    windows = list_age_windows(profile)
    if windows.empty and not any(stage.graduates_of for stage in profile.stages):
        return None
    started = dt.datetime.now(dt.UTC)
    datasets = list_counted(profile)
    inputs = RunInputs(district.id, "demand", profile.version, datasets=datasets)
    digest = inputs.compute_digest(connection)
    known = find_run(connection, inputs, digest)
    if known is not None:
        return known
    run_id = record_run(connection, inputs, digest, started_at=started)
    _count_entrants(connection, district, run_id, windows)
    child = tables.child
    rows = select(func.count()).select_from(child).where(child.c.district_id == district.id)
    told = f"run {run_id}: children counted by planning unit"
    log_reading(connection, district, told, rows=connection.execute(rows).scalar_one())
    return run_id


def list_counted(profile: Profile) -> tuple[str, ...]:
    """List the datasets that the count of children reads: seats used only where a stage needs it.

    Examples
    --------
    >>> from tests.town import build_profile
    >>> "seat_use" in list_counted(build_profile())
    False
    """
    feeds = any(stage.graduates_of for stage in profile.stages)
    return (*REGISTERS, "seat_use") if feeds else REGISTERS


def _count_entrants(
    connection: Connection, district: District, run_id: int, windows: pd.DataFrame
) -> None:
    """Store the children by unit: those of age windows, the graduates, and all by age."""
    profile = district.profile
    asked = {
        "run_id": run_id,
        "district_id": district.id,
        **profile.list_locating(),
    }
    known = read_table(connection, "known_entries", district_id=district.id)
    graduations = list_graduations(profile, set(known.itertuples(index=False, name=None)))
    fed = set(zip(graduations["stage"], graduations["year"], strict=True))
    is_fed = [pair in fed for pair in zip(windows["stage"], windows["year"], strict=True)]
    by_age = windows[~np.array(is_fed, dtype=bool)]
    run_query(
        connection,
        "count_children_by_unit",
        stages=by_age["stage"].tolist(),
        years=by_age["year"].tolist(),
        born_from=by_age["born_from"].tolist(),
        born_to=by_age["born_to"].tolist(),
        **asked,
    )
    run_query(
        connection,
        "count_graduates_by_unit",
        stages=graduations["stage"].tolist(),
        years=graduations["year"].tolist(),
        graduates_of=graduations["graduates_of"].tolist(),
        entered_years=graduations["entered_year"].tolist(),
        **asked,
    )
    run_query(connection, "count_ages_by_unit", day=profile.data_date, **asked)


def count_plan(connection: Connection, district: District, plan: Plan) -> int:
    """Set the counted children of each catchment of `plan` against its seats; return the run.

    Raises
    ------
    RejectedDataError
        When the children of the district were not counted yet.
    """
    started = dt.datetime.now(dt.UTC)
    demand_runs = read_table(connection, "demand_runs", district_id=district.id)
    joint = read_table(connection, "joint_schools", plan_id=plan.id)
    inputs = RunInputs(
        district.id,
        "count",
        district.profile.version,
        plan_id=plan.id,
        plan_digest=plan.digest,
        datasets=(*list_counted(district.profile), "seat", "school", "unit_demand"),
        parameters=(
            *demand_runs.itertuples(index=False, name=None),
            *_list_joint(joint),
        ),
    )
    digest = inputs.compute_digest(connection)
    known = find_run(connection, inputs, digest)
    if known is not None:
        return known
    demand = read_table(connection, "unit_demand", district_id=district.id)
    if demand.empty:
        raise RejectedDataError(
            f"District {district.profile.code} has no counted children.",
            mend="Load its registers, or a unit_demand dataset.",
        )
    stages = {stage.code for stage in district.profile.list_catchment_stages()}
    counts = count_by_catchment(
        demand[demand["stage"].isin(stages)],
        read_table(connection, "plan_membership", plan_id=plan.id),
    )
    seats = join_seats(read_table(connection, "seats", district_id=district.id), joint)
    measured = measure_shortfall(counts, seats, district.profile)
    run_id = record_run(connection, inputs, digest, started_at=started)
    write_rows(
        connection,
        tables.catchment_count,
        measured.assign(run_id=run_id, complete=_list_complete(measured, district)),
    )
    codes = read_table(connection, "admission_school_names", district_id=district.id)
    warned = measured.dropna(subset=["school_id"]).merge(
        codes.rename(columns={"code": "school_code"}), on="school_id"
    )
    update_warnings(connection, district, plan, warned, run_id)
    return run_id


def join_seats(seats: pd.DataFrame, joint: pd.DataFrame) -> pd.DataFrame:
    """Give the seats of schools that share a catchment to the school that it stands under.

    Where one of them has seats that nobody stated, their sum is not stated either.

    Parameters
    ----------
    seats
        school_id, stage, year, entry_seats, seats.
    joint
        stage, school_id, lead_id: a row for each school that shares a catchment.

    Examples
    --------
    >>> seats = pd.DataFrame({"school_id": [7, 8, 9], "stage": "primary", "year": 2026,
    ...                       "entry_seats": [40.0, 80.0, 5.0], "seats": [240.0, None, 30.0]})
    >>> joint = pd.DataFrame({"stage": "primary", "school_id": [7, 8], "lead_id": 7})
    >>> join_seats(seats, joint)[["school_id", "entry_seats", "seats"]].values.tolist()
    [[7.0, 120.0, nan], [9.0, 5.0, 30.0]]
    """
    if joint.empty:
        return seats
    led = seats.merge(joint, on=["stage", "school_id"], how="left")
    is_led = led["lead_id"].notna()
    shared = led[is_led].assign(school_id=led["lead_id"][is_led]).astype({"school_id": "int64"})
    grouped = shared.groupby(["school_id", "stage", "year"])[["entry_seats", "seats"]]
    # A sum of which a part is missing is missing.
    summed = grouped.sum().where(grouped.count().eq(grouped.size(), axis=0)).reset_index()
    alone = led[~is_led].drop(columns="lead_id")
    return alone if summed.empty else pd.concat([summed, alone], ignore_index=True)


def _list_joint(joint: pd.DataFrame) -> list[tuple[str, str]]:
    """List the schools that share catchments, as parameters of a run."""
    return [
        (f"joint {row.stage} {row.school_id}", str(row.lead_id))
        for row in joint.itertuples(index=False)
    ]


def _list_complete(counts: pd.DataFrame, district: District) -> pd.Series:
    """Whether every child of the year was born on the data date; loaded counts are complete."""
    windows = list_age_windows(district.profile)
    known = counts[["stage", "year"]].merge(
        windows[["stage", "year", "complete"]], on=["stage", "year"], how="left"
    )
    return known["complete"].astype("boolean").fillna(True).astype(bool)
