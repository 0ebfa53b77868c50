"""Count teachers, set their posts against the lesson plan, look ahead and propose exchanges."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from catchments.teacher_rules import TeacherRules
from catchments.teachers.outlook import count_remaining, expect_classes, expect_posts
from catchments.teachers.posts import (
    compare_posts,
    count_demand,
    count_supply,
    list_class_posts,
)
from catchments.teachers.retirement import Months, find_retirement_months
from catchments.teachers.staff import count_heads, count_years, describe_teachers
from gis import tables
from gis.database import read_table, write_rows
from gis.runs import RunInputs, find_newest_run, find_run, record_run
from scenarios.access import log_reading
from scenarios.district import District, list_plans
from scenarios.enrolment_warning.forecast.answer import read_pupils
from scenarios.enrolment_warning.forecast.runs import ForecastRuns, find_forecast
from scenarios.teacher_analysis.exchange import Exchange, propose_exchange

KIND = "teachers"
_READ = ("teacher", "school", "enrolment", "road")
_TOLD_YEARS = 5  # school years whose intakes are counted, today's included


@dataclass(frozen=True, eq=False)
class Register:
    """Teachers and classes as they stand in the registers.

    Attributes
    ----------
    everyone
        Columns of ``queries/teachers.sql``, those who left included.
    serving
        Those in service on the data date.
    retires
        Month of retirement of each who serves, months since year 0.
    classes
        school_id, stage, grade, pupils, classes of the newest school year.
    year
        That year.
    """

    everyone: pd.DataFrame
    serving: pd.DataFrame
    retires: Months
    classes: pd.DataFrame
    year: int


def find_teachers(connection: Connection, district: District) -> int | None:
    """Return the newest run of the teachers, if there is any."""
    return find_newest_run(connection, district_id=district.id, kind=KIND)


def assess_teachers(connection: Connection, district: District) -> int | None:
    """Store heads, posts, years ahead and exchanges of the teachers; return the run.

    Needs a session with the officer's rights: the register of teachers is read, and the read
    entered in the access log. Nothing is stored, and nothing returned, for a district without
    teachers or without a lesson plan.
    """
    started = dt.datetime.now(dt.UTC)
    forecast = _find_forecast(connection, district)
    inputs = RunInputs(
        district.id,
        KIND,
        district.profile.version,
        datasets=_READ,
        parameters=(("forecast_run", "" if forecast is None else str(forecast.plan_id)),),
    )
    digest = inputs.compute_digest(connection)
    known = find_run(connection, inputs, digest)
    if known is not None:
        return known
    register = read_register(connection, district, purpose="heads, posts and exchanges")
    if register is None:
        return None
    rules = district.profile.teachers
    posts = compare_today(register, rules)
    ahead = _expect_years(connection, district, register, forecast)
    exchange = propose_exchange(
        connection, district, register.serving, register.retires, posts, rules.rotation
    )
    run_id = record_run(connection, inputs, digest, started_at=started)
    _write_heads(connection, district, register, run_id)
    today = posts.assign(year=register.year, run_id=run_id)
    write_rows(connection, tables.teacher_post, today)
    if len(ahead):
        write_rows(connection, tables.teacher_post_ahead, ahead.assign(run_id=run_id))
    _write_exchange(connection, exchange, run_id)
    return run_id


def _find_forecast(connection: Connection, district: District) -> ForecastRuns | None:
    """Find the forecast of the plan in force; nothing where there is no plan, or no forecast."""
    in_force = district.profile.default_plan
    plans = [one for one in list_plans(connection, district) if one.code == in_force]
    return find_forecast(connection, district, plans[0]) if plans else None


def read_register(connection: Connection, district: District, *, purpose: str) -> Register | None:
    """Read teachers and classes; nothing where either is not loaded, or no lesson plan is set.

    Needs the officer's rights; the read is entered in the access log.
    """
    profile = district.profile
    stages = profile.teachers.list_stages()
    everyone = read_table(connection, "teachers", district_id=district.id) if stages else None
    if everyone is None or everyone.empty:
        return None
    log_reading(connection, district, f"teachers: {purpose}", rows=len(everyone))
    classes = read_table(connection, "school_grades", district_id=district.id, school_id=None)
    begun = classes["year"] <= _find_school_year(profile.data_date, profile.cutoff)
    classes = classes[classes["stage"].isin(stages) & begun]
    if classes.empty:
        return None
    classes = classes[classes["year"] == classes["year"].max()].reset_index(drop=True)
    size = classes["stage"].map({one.code: one.design_class for one in profile.stages})
    needed = np.ceil(classes["pupils"] / size)
    classes = classes.assign(classes=classes["classes"].astype(float).fillna(needed))
    left = pd.to_datetime(everyone["left_on"])
    serves = left.isna() | (left > pd.Timestamp(profile.data_date))
    serving = everyone[serves].reset_index(drop=True)
    return Register(
        everyone,
        serving,
        find_retirement_months(serving, profile.teachers),
        classes,
        int(classes["year"].iloc[0]),
    )


def _find_school_year(day: dt.date, cutoff: str) -> int:
    """Return the year in which the school year of a day began."""
    return day.year if day.strftime("%m-%d") > cutoff else day.year - 1


def compare_today(register: Register, rules: TeacherRules) -> pd.DataFrame:
    """Set today's posts against the lesson plan, by school, stage and subject.

    What somebody teaches beside the lesson plan of the stage fills no post of it.
    """
    demand = count_demand(register.classes, rules)
    planned = list_class_posts(rules)[["stage", "subject"]].drop_duplicates()
    supply = count_supply(register.serving).merge(planned, on=["stage", "subject"])
    return compare_posts(demand, supply, rules)


def _expect_years(
    connection: Connection,
    district: District,
    register: Register,
    forecast: ForecastRuns | None,
) -> pd.DataFrame:
    """Set the posts of each year ahead against expected classes; no rows without a forecast."""
    profile, rules = district.profile, district.profile.teachers
    columns = ["school_id", "stage", "grade", "year", "pupils"]
    pupils = (
        pd.DataFrame(columns=columns) if forecast is None else read_pupils(connection, forecast)
    )
    pupils = pupils[
        pupils["stage"].isin(rules.list_stages())
        & (pupils["grade"] > 0)
        & (pupils["year"] > register.year)
    ]
    if pupils.empty:
        return pd.DataFrame()
    classes = expect_classes(pupils, {one.code: one.design_class for one in profile.stages})
    remaining = count_remaining(
        register.serving,
        register.retires,
        sorted(pupils["year"].unique()),
        rules,
        base_year=register.year,
        cutoff=profile.cutoff,
    )
    planned = list_class_posts(rules)[["stage", "subject"]].drop_duplicates()
    return expect_posts(classes, remaining.merge(planned, on=["stage", "subject"]), rules)


def _write_heads(
    connection: Connection, district: District, register: Register, run_id: int
) -> None:
    profile = district.profile
    described = describe_teachers(register.everyone, profile.teachers, day=profile.data_date)
    serving = described[described["id"].isin(register.serving["id"])]
    heads = count_heads(serving, by=["school_id", "stage"])
    write_rows(connection, tables.teacher_count, heads.assign(run_id=run_id))
    years = range(register.year - _TOLD_YEARS + 1, register.year + 1)
    counted = count_years(described, years, profile.cutoff)
    write_rows(connection, tables.teacher_year, counted.assign(run_id=run_id))


def _write_exchange(connection: Connection, exchange: Exchange, run_id: int) -> None:
    write_rows(connection, tables.teacher_rotation, exchange.subjects.assign(run_id=run_id))
    write_rows(connection, tables.teacher_move, exchange.moves.assign(run_id=run_id))
