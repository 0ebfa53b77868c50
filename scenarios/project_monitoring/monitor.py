"""All that is known of a district's projects, read and computed once for panels and commands."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace

import pandas as pd
from sqlalchemy import Connection

from gis.database import read_table
from layers.catalogue import read_versions
from scenarios.district import District, Plan
from scenarios.enrolment_warning.answer import read_counts
from scenarios.project_monitoring.analysis import find_ready_year
from scenarios.project_monitoring.money import measure_money
from scenarios.project_monitoring.openings import list_projects, select_opening
from scenarios.project_monitoring.reds import list_turned_red
from scenarios.project_monitoring.slips import measure_slips


@dataclass(frozen=True, eq=False)
class Monitor:
    """Projects of a district by the newest progress run.

    Parameters
    ----------
    openings
        As ``queries/project_openings.sql`` returns them: one row a project and stage.
    projects
        As :func:`scenarios.project_monitoring.openings.list_projects` returns them, with what
        :func:`scenarios.project_monitoring.money.measure_money` adds, open_findings and
        grave_findings.
    slips
        As :func:`scenarios.project_monitoring.slips.measure_slips` returns them.
    chances
        project_id, year, chance.
    turned_red
        As :func:`scenarios.project_monitoring.reds.list_turned_red` returns them, with names.
    payments, inspections
        As their queries return them.
    """

    openings: pd.DataFrame
    projects: pd.DataFrame
    slips: pd.DataFrame
    chances: pd.DataFrame
    turned_red: pd.DataFrame
    payments: pd.DataFrame
    inspections: pd.DataFrame

    @property
    def run_id(self) -> int | None:
        """Run that measured the progress; nothing before there is one."""
        run = self.openings["run_id"].dropna()
        return None if run.empty else int(run.iloc[0])

    def select(self, chosen: pd.Series) -> Monitor:
        """Return the same with some of its projects alone."""
        return replace(self, projects=self.projects[chosen])


# What was read lately, by everything that it rests on: a click opens the next page at once.
_KEPT: OrderedDict[tuple[object, ...], Monitor] = OrderedDict()
_KEPT_MOST = 8
_LOCK = threading.Lock()


def read_monitor(connection: Connection, district: District, plan: Plan) -> Monitor:
    """Read projects, and set slips, money, findings and the warnings of `plan` beside them.

    While datasets, plans and runs of the district are the same, so is the answer, and nothing is
    read twice. Its tables are shared: take copies, change nothing.
    """
    _, version = read_versions(connection, district.id)
    key = (district.id, version, district.profile.version, plan.id)
    with _LOCK:
        known = _KEPT.get(key)
    if known is None:
        known = _read_monitor(connection, district, plan)
        with _LOCK:
            _KEPT[key] = known
            while len(_KEPT) > _KEPT_MOST:
                _KEPT.popitem(last=False)
    return known


def _read_monitor(connection: Connection, district: District, plan: Plan) -> Monitor:
    asked = {"district_id": district.id}
    openings = read_table(connection, "project_openings", **asked)
    payments = read_table(connection, "project_payments", **asked)
    inspections = read_table(connection, "project_inspections", **asked)
    construction, day = district.profile.construction, district.profile.data_date
    projects = list_projects(openings)
    money = measure_money(payments, projects, day=day, paid_ahead_pct=construction.paid_ahead_pct)
    is_open = (inspections["severity"] != "none") & inspections["closed_on"].isna()
    still = inspections[is_open]
    grave = still[still["severity"] == "grave"]
    projects = projects.merge(money, on="project_id").assign(
        open_findings=_count(projects, still),
        grave_findings=_count(projects, grave),
    )
    records = read_table(connection, "stage_records", **asked)
    delays = read_table(connection, "building_delays", **asked)
    return Monitor(
        openings=openings,
        projects=projects,
        slips=measure_slips(records, delays, construction, day=day),
        chances=read_table(connection, "project_chances", **asked),
        turned_red=_find_turned_red(connection, district, plan, openings),
        payments=payments,
        inspections=inspections,
    )


def _count(projects: pd.DataFrame, findings: pd.DataFrame) -> pd.Series:
    counts = findings["project_id"].value_counts()
    return projects["project_id"].map(counts).fillna(0).astype(int)


def _find_turned_red(
    connection: Connection, district: District, plan: Plan, openings: pd.DataFrame
) -> pd.DataFrame:
    profile = district.profile
    opened = [select_opening(openings, stage) for stage in profile.list_catchment_stages()]
    every = pd.concat(opened) if opened else openings.assign(opened_seats=0)[:0]
    every = every.dropna(subset=["planned_year", "opens_year"])
    ends_on = every["expected_high_on"].fillna(every["expected_end_on"])
    late = [
        year if pd.isna(end) else max(year, find_ready_year(end, profile.construction.ready_before))
        for year, end in zip(every["opens_year"], pd.to_datetime(ends_on), strict=True)
    ]
    columns = ["project_id", "stage", "opened_seats", "planned_year", "opens_year", "late_year"]
    serving = read_table(
        connection, "project_catchments", district_id=district.id, plan_id=plan.id
    ).merge(every.assign(late_year=late)[columns], on=["project_id", "stage"])
    counts = read_counts(connection, district, plan)
    names = ["school_name_zh", "school_name_en"]
    red = list_turned_red(
        serving.drop(columns=names), counts, red_from_pct=profile.warning.red_from_pct
    )
    schools = serving[["school_id", *names]].drop_duplicates("school_id")
    return red.merge(schools, on="school_id", how="left")
