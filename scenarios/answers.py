"""What programs are told of a district: the same answers for commands and for the read API.

Every answer is a dict of plain values and tables, written by :func:`scenarios.records.write_json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from gis.errors import UsageError
from gis.selected_areas import Part
from scenarios.district import District, Plan
from scenarios.enrolment_warning.ahead import name_last_year, read_ahead
from scenarios.enrolment_warning.answer import compare_plans, read_counts
from scenarios.enrolment_warning.area import AreaAsked, read_area, sum_kinds
from scenarios.enrolment_warning.forecast.answer import read_forecast, read_pupils
from scenarios.enrolment_warning.forecast.runs import MIDDLE, ForecastRuns
from scenarios.enrolment_warning.reach import update_reaches
from scenarios.enrolment_warning.states import read_states, sum_states
from scenarios.project_monitoring.monitor import Monitor
from scenarios.records import list_records
from scenarios.school_network.panel import list_kinds

_PROJECT = [
    "project_code",
    "project_name_zh",
    "project_name_en",
    "kind",
    "state",
    "construction_stage",
    "progress_pct",
    "planned_pct",
    "delay_days",
    "planned_end_on",
    "expected_end_on",
    "expected_low_on",
    "expected_high_on",
    "planned_year",
    "opens_year",
    "seats",
    "whole_yuan",
    "paid_yuan",
    "paid_pct",
    "ahead_pct",
    "is_ahead",
    "open_findings",
]
_TURNED = ["stage", "school_id", "year", "counted_children", "seats", "opened_seats", "certainty"]


@dataclass(frozen=True)
class Subject:
    """What an answer is about: a district, a plan, a year, and one stage or all."""

    district: District
    plan: Plan
    year: int
    stage: str | None = None

    def build_head(self) -> dict[str, Any]:
        """Return what stands before every answer about it."""
        profile = self.district.profile
        return {
            "district": profile.code,
            "plan": self.plan.code,
            "stage": self.stage,
            "year": self.year,
            "data_date": profile.data_date,
            "synthetic": profile.synthetic,
        }


def answer_count(
    connection: Connection, subject: Subject, *, against: Plan | None = None
) -> dict[str, Any]:
    """Answer how children and seats stand in each catchment of a plan.

    Parameters
    ----------
    against
        Plan to count the moved children against.

    Returns
    -------
    dict
        The head with the run, totals one by one and together, and catchments: a table of the
        columns of ``queries/catchment_counts.sql``.

    Raises
    ------
    UsageError
        When the plan counts nobody in the stage and year.
    """
    base = against or subject.plan
    compared = _compare(connection, subject, [subject.plan], base)[0]
    counts = _read_counts(connection, subject)
    totals = {name: number for name, number in compared.items() if name != "plan"}
    head = _head_count(subject, counts)
    if against is None:
        totals.pop("moved_children")
    else:
        head["against"] = base.code
    return {**head, **totals, "totals": totals, "catchments": counts}


def answer_plans(
    connection: Connection, subject: Subject, plans: list[Plan], *, against: Plan | None = None
) -> dict[str, Any]:
    """Answer what each plan totals, side by side, and the children it moves against one plan.

    Raises
    ------
    UsageError
        When the subject's plan counts nobody in the stage and year.
    """
    base = against or subject.plan
    compared = pd.DataFrame(_compare(connection, subject, plans, base))
    head = _head_count(subject, _read_counts(connection, subject))
    return {**head, "against": base.code, "plans": compared}


def _compare(
    connection: Connection, subject: Subject, plans: list[Plan], base: Plan
) -> list[dict[str, Any]]:
    return compare_plans(
        connection, subject.district, plans, base, stage=subject.stage, year=subject.year
    )


def _read_counts(connection: Connection, subject: Subject) -> pd.DataFrame:
    counts = read_counts(
        connection, subject.district, subject.plan, stage=subject.stage, year=subject.year
    )
    if counts.empty:
        raise UsageError(
            f"Plan {subject.plan.code} of district {subject.district.profile.code} counts nobody"
            f" in {subject.stage or 'any stage'} {subject.year}.",
            mend="Choose a stage with catchments.",
        )
    return counts


def _head_count(subject: Subject, counts: pd.DataFrame) -> dict[str, Any]:
    head = subject.build_head()
    last = {name: head.pop(name) for name in ("data_date", "synthetic")}
    return {**head, "run": int(counts["run_id"].iloc[0]), **last}


def answer_warnings(
    connection: Connection, subject: Subject, *, horizon: int | None, only_year: bool
) -> dict[str, Any]:
    """Answer which catchments are warned of, years ahead, and the states of their schools.

    Parameters
    ----------
    horizon
        Years in all; by default those that are published.
    only_year
        Whether the year of the subject alone is told of the warnings.

    Returns
    -------
    dict
        The head; years (a table by stage and year), warnings (a table of those that are red,
        yellow or may become red), states by stage with the sums and the table of its schools.
    """
    found, plan = subject.district, subject.plan
    update_reaches(connection, found, [plan])
    ahead = read_ahead(connection, found, plan, stage=subject.stage, horizon=horizon)
    stages = [subject.stage] if subject.stage else list(ahead["stage"].unique())
    if only_year:
        ahead = ahead[ahead["year"] == subject.year]
    states = {code: read_states(connection, found, plan, code, subject.year) for code in stages}
    years = found.profile.years.shown + found.profile.warning.published_years
    warned = ahead["warning"].isin(["red", "yellow"]) | (ahead["red_chance"] > 0)
    return {
        **subject.build_head(),
        "published_until": years,
        "horizon_until": name_last_year(found.profile, horizon),
        "forecast": MIDDLE if ahead["red_chance"].notna().any() else None,
        "years": sum_years(ahead),
        "warnings": ahead[warned],
        "states": {
            code: {**sum_states(one.schools), "schools": one.schools}
            for code, one in states.items()
        },
    }


def sum_years(ahead: pd.DataFrame) -> pd.DataFrame:
    """Count the warnings of each stage and year, and sum the seats that are missing."""
    states = {state: (ahead["warning"] == state).astype(int) for state in ("red", "yellow")}
    return (
        ahead.assign(**states)
        .astype({"shortfall_seats": float})
        .groupby(["stage", "year"], as_index=False)
        .agg(
            catchments=("school_id", "size"),
            red=("red", "sum"),
            yellow=("yellow", "sum"),
            shortfall_seats=("shortfall_seats", "sum"),
            basis=("basis", "first"),
            is_published=("is_published", "first"),
        )
    )


def answer_area(connection: Connection, subject: Subject, asked: AreaAsked) -> dict[str, Any]:
    """Answer what a selected area holds: counts, and the tables of an `AreaAnswer`.

    Raises
    ------
    UsageError, RejectedDataError
        When the area cannot be built.
    """
    held = read_area(connection, subject.district, subject.plan, asked)
    return {
        **subject.build_head(),
        "parts": [_name_part(part) for part in asked.parts],
        "units": held.units,
        "cut_units": held.cut_units,
        "schools_by_type": sum_kinds(held.schools, list_kinds(subject.district.profile)),
        "schools": held.schools,
        "children_by_age": held.ages,
        "batch_run": held.batch_run_id,
        "children_by_batch": None if held.batch_run_id is None else held.batches,
        "forecast_run": held.forecast_run_id,
        "years": held.years,
        "crossing": held.crossing,
    }


def _name_part(part: Part) -> dict[str, Any]:
    return {
        "kind": part.kind,
        "name": part.name,
        **({"corners": part.corners} if part.corners else {}),
        **({"radius_m": part.radius_m} if part.radius_m else {}),
    }


def answer_projects(district: District, monitor: Monitor) -> dict[str, Any]:
    """Answer how the building projects stand, and which warnings the slip of each turns red."""
    ids = monitor.projects["project_id"].tolist()
    rows = list_records(monitor.projects[_PROJECT])
    for id, row in zip(ids, rows, strict=True):
        chances = monitor.chances[monitor.chances["project_id"] == id]
        turned = monitor.turned_red[monitor.turned_red["project_id"] == id]
        row["chances"] = {str(year): chance for _, year, chance in chances.itertuples(index=False)}
        row["turned_red"] = list_records(turned[_TURNED])
    return {"district": district.profile.code, "run": monitor.run_id, "projects": rows}


def answer_forecast(
    connection: Connection,
    district: District,
    plan: Plan,
    runs: ForecastRuns,
    *,
    scenario: str,
    stage: str | None,
) -> dict[str, Any]:
    """Answer what a stored forecast expects of the district, its catchments and its schools.

    Returns
    -------
    dict
        The head with the runs; totals, sources, catchments and schools are tables.
    """
    told = read_forecast(connection, runs, stage=stage)
    pupils = read_pupils(connection, runs, grade=0)
    if stage is not None:
        pupils = pupils[pupils["stage"] == stage]
    return {
        "district": district.profile.code,
        "plan": plan.code,
        "scenario": scenario,
        "run": runs.plan_id,
        "demand_run": runs.demand_id,
        "publication": None,
        "data_date": district.profile.data_date,
        "synthetic": district.profile.synthetic,
        "totals": told.totals,
        "sources": told.sources,
        "catchments": told.catchments,
        "schools": pupils,
    }
