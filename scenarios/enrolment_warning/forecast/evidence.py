"""What the forecast of a district rests on, read from its registers and tables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from catchments.forecast.calendar import Calendar
from catchments.forecast.cohorts import Units, build_cohorts, measure_ratios
from catchments.forecast.entrants import Evidence
from catchments.forecast.homes import measure_yields
from gis.database import read_bulk, read_table
from scenarios.access import log_reading
from scenarios.district import District, Plan
from scenarios.enrolment_warning.count import join_seats
from scenarios.project_monitoring.openings import open_as_planned

# Datasets that a forecast of children reads, and those that a plan adds.
CHILD_DATASETS = (
    "building",
    "property_unit",
    "household",
    "child",
    "planning_unit",
    "subdistrict",
    "enrolment",
    "women",
    "housing_project",
    "seat_use",
)  # fmt: skip
PLAN_DATASETS = (
    *CHILD_DATASETS,
    "seat",
    "school",
    "project",
    "project_seat",
    "project_building",
    "stage_record",
)


@dataclass(frozen=True, eq=False)
class PlanEvidence:
    """What sets the children of a plan against schools and seats.

    Attributes
    ----------
    members
        stage, planning_unit_id, school_id.
    seats
        school_id, stage, year, entry_seats, seats: joint schools summed under the first of them.
    projects
        project_id, stage, school_id (catchment), seats, entry_seats, opens_year.
    chances
        project_id, year, chance of being open by then.
    entries
        planning_unit_id, stage, school_id, entered_year, entrants.
    enrolment
        school_id, stage, grade, year, pupils.
    """

    members: pd.DataFrame
    seats: pd.DataFrame
    projects: pd.DataFrame
    chances: pd.DataFrame
    entries: pd.DataFrame
    enrolment: pd.DataFrame


def read_evidence(connection: Connection, district: District) -> Evidence:
    """Read the children of the registers and where further ones will come from.

    Needs the officer's rights; the read is entered in the access log.
    """
    profile = district.profile
    calendar = Calendar(profile.data_date, profile.cutoff)
    areas = read_table(connection, "unit_areas", district_id=district.id)
    rows = read_bulk(
        connection, "forecast_cohorts",
        district_id=district.id, cutoff=profile.cutoff, **profile.list_locating(),
    )  # fmt: skip
    log_reading(
        connection, district, "forecast: children counted by planning unit and year of birth",
        rows=int(rows["children"].sum()),
    )  # fmt: skip
    unit_ids: Units = areas["planning_unit_id"].to_numpy(dtype=np.int64)
    built_since = profile.data_date.year - profile.forecast.homes_since_years
    yields = read_table(
        connection, "forecast_yields",
        district_id=district.id, cutoff=profile.cutoff, built_since=built_since,
    )  # fmt: skip
    return Evidence(
        build_cohorts(rows, unit_ids, calendar),
        read_table(connection, "forecast_women", district_id=district.id),
        areas.set_index("planning_unit_id")["subdistrict_id"],
        measure_ratios(read_table(connection, "pupils_by_grade", district_id=district.id), profile),
        measure_yields(yields, calendar),
        read_table(connection, "forecast_homes", district_id=district.id),
        _read_graduates(connection, district),
    )


def _read_graduates(connection: Connection, district: District) -> pd.DataFrame:
    """Sum the counted graduates of the stages that are fed by another."""
    fed = [stage.code for stage in district.profile.stages if stage.graduates_of]
    demand = read_bulk(connection, "unit_demand", district_id=district.id)
    demand = demand[demand["stage"].isin(fed)]
    return demand.groupby(["stage", "year"], as_index=False)[
        ["children", "registered_children"]
    ].sum()


def read_plan_evidence(connection: Connection, district: District, plan: Plan) -> PlanEvidence:
    """Read catchments, seats, projects, entries and enrolment for a plan."""
    joint = read_table(connection, "joint_schools", plan_id=plan.id)
    seats = join_seats(read_table(connection, "seats", district_id=district.id), joint)
    first = district.profile.data_date.year - district.profile.forecast.recent_years
    entries = read_bulk(
        connection, "forecast_attendance",
        district_id=district.id, first_year=first, **district.profile.list_locating(),
    )  # fmt: skip
    return PlanEvidence(
        read_table(connection, "plan_membership", plan_id=plan.id),
        seats,
        _read_projects(connection, district, plan),
        read_table(connection, "project_chances", district_id=district.id),
        entries,
        read_table(connection, "school_enrolment", district_id=district.id),
    )


def _read_projects(connection: Connection, district: District, plan: Plan) -> pd.DataFrame:
    asked = {"district_id": district.id, "plan_id": plan.id}
    served = read_table(connection, "project_catchments", **asked)
    # A site on the border of two catchments serves the first.
    served = served[["project_id", "stage", "school_id"]].drop_duplicates(["project_id", "stage"])
    openings = read_table(connection, "project_openings", district_id=district.id)
    opened = open_as_planned(openings.dropna(subset=["stage"]))
    columns = ["project_id", "stage", "seats", "entry_seats", "opens_year"]
    return served.merge(opened[columns], on=["project_id", "stage"])
