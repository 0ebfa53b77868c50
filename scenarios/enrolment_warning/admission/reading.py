"""Read the registers that the assignment of a stage and year rests on."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from sqlalchemy import Connection, MetaData, Table
from sqlalchemy.schema import DropTable

from catchments.admission.registers import Registers
from catchments.admission.rules import Entrants, Rules
from catchments.eligibility import compute_age_window
from gis.database import read_bulk, read_features, read_table, run_query
from gis.errors import RejectedDataError
from scenarios.district import District, Plan
from scenarios.enrolment_warning.admission.walks import read_walks

# What says who the entrants are, where they live and what they own.
REGISTERS = (
    "building",
    "child",
    "deferral",
    "guardian",
    "household",
    "planning_unit",
    "property_certificate",
    "property_unit",
    "seat_use",
)
DATASETS = (*REGISTERS, "road", "school", "seat")
_NEVER = dt.date(1, 1, 1)
_CHOSEN = Table("entrant", MetaData(), schema="pg_temp")


def read_registers(
    connection: Connection, district: District, plan: Plan, rules: Rules, stage: str
) -> Registers:
    """Read who may enter a stage in the year of the rules, and what they claim a seat on.

    Needs a session with the officer's rights.

    Raises
    ------
    RejectedDataError
        When the plan divides no unit in the stage, no school has seats, or nobody may enter.
    """
    mine = {"district_id": district.id}
    asked = {"stage": stage, "year": rules.year}
    choose_entrants(
        connection, district, rules.stages[stage].entrants, stage=stage, year=rules.year
    )
    zones = read_zones(connection, plan, stage)
    schools = read_features(
        connection, "admission_schools", **mine, **asked, day=district.profile.data_date
    )
    where = f"District {district.profile.code}, {stage} {rules.year}"
    if zones.empty:
        raise RejectedDataError(
            f"{where}: plan {plan.code} has no catchments.", mend="Choose another plan."
        )
    if schools.empty:
        raise RejectedDataError(
            f"{where}: no public school states seats.", mend="Load the seats of that year."
        )
    entrants = read_bulk(connection, "admission_entrants")
    if entrants.empty:
        raise RejectedDataError(
            f"{where}: the registers hold nobody who may enter.",
            mend="Load the registers, or check who enters in the rules.",
        )
    return Registers(
        entrants=entrants,
        owned=read_bulk(connection, "admission_owned", **mine),
        uses=read_bulk(connection, "admission_uses", **mine, **asked),
        zones=zones,
        schools=_list_schools(connection, schools, zones),
        grades=district.profile.get_stage(stage).grades,
        walks=read_walks(connection, district, schools),
    )


def choose_entrants(
    connection: Connection, district: District, entrants: Entrants, *, stage: str, year: int
) -> None:
    """Choose who may enter a stage in a year.

    They stand in the temporary table ``entrant`` until others are chosen or the transaction ends.
    """
    born_from = born_to = _NEVER
    graduates_of, entered = "", 0
    if entrants.by == "age" and entrants.full_years is not None:
        window = compute_age_window(
            entry_age=entrants.full_years, year=year, cutoff=entrants.cutoff
        )
        born_from, born_to = window.born_from, window.born_to
    elif entrants.of is not None and entrants.grades is not None:
        graduates_of, entered = entrants.of, year - entrants.grades
    connection.execute(DropTable(_CHOSEN, if_exists=True))
    run_query(
        connection,
        "admission_choose_entrants",
        district_id=district.id,
        stage=stage,
        year=year,
        born_from=born_from,
        born_to=born_to,
        graduates_of=graduates_of,
        graduates_entered=entered,
    )


def read_zones(connection: Connection, plan: Plan, stage: str) -> pd.Series:
    """Read school_id by planning unit; empty where the plan divides none in the stage."""
    members = read_table(connection, "plan_membership", plan_id=plan.id)
    mine = members[members["stage"] == stage].set_index("planning_unit_id")["school_id"]
    return mine.astype(np.int64).sort_index()


def _list_schools(connection: Connection, schools: pd.DataFrame, zones: pd.Series) -> pd.DataFrame:
    """Return code and seats by school, those with a catchment but no stated seats as well."""
    stated = schools.set_index("school_id")[["code", "seats"]]
    lost = sorted(set(zones) - set(stated.index))
    found = read_table(connection, "school_codes", ids=[int(school) for school in lost])
    bare = found.set_index("school_id").assign(seats=None)
    return pd.concat([stated.astype(object), bare.astype(object)]).astype({"seats": "Int64"})
