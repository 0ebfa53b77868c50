"""Stored assignments of a stage and year: which there are, and what each of them came to."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from catchments.admission.kinds import name_kind
from catchments.admission.rules import StageRules
from gis.database import read_table
from gis.errors import UsageError
from scenarios.district import District
from scenarios.enrolment_warning.admission.cut_lines import read_cut_lines
from scenarios.enrolment_warning.admission.records import StoredRun, find_stored_run
from scenarios.enrolment_warning.admission.summary import read_summary
from scenarios.view import View


@dataclass(frozen=True)
class Run:
    """One stored assignment: by which plan, and when."""

    id: int
    plan_code: str
    plan_name_zh: str
    plan_name_en: str | None
    seed: int
    finished_at: dt.datetime


def list_runs(connection: Connection, district: District, stage: str, year: int) -> list[Run]:
    """List the runs of a stage and year, the newest first."""
    kind = name_kind(stage, year)
    rows = read_table(connection, "admission_stage_runs", district_id=district.id, kind=kind)
    return [Run(*row) for row in rows.itertuples(index=False, name=None)]


def choose_run(runs: list[Run], wanted: int | None, plan: str) -> Run | None:
    """Return the run that is wanted, or the newest by the plan; nothing when there is none.

    A run that is wanted but not listed belongs to another stage or year: it gives way.
    """
    for run in runs:
        if run.id == wanted:
            return run
    return next((run for run in runs if run.plan_code == plan), None)


@dataclass(frozen=True, eq=False)
class Results:
    """What an assignment came to, stored or tried.

    Parameters
    ----------
    summary
        As :func:`scenarios.enrolment_warning.admission.summary.read_summary` returns it.
    cuts
        As :func:`scenarios.enrolment_warning.admission.cut_lines.read_cut_lines` returns them.
    rules
        Those of the stage.
    class_size
        Seats of the one class more that `cuts` speak of.
    run_id
        Nothing for a dry run.
    """

    summary: dict[str, Any]
    cuts: pd.DataFrame
    rules: StageRules
    class_size: int
    run_id: int | None = None


def read_results(connection: Connection, district: District, stored: StoredRun) -> Results:
    """Read what a stored run came to; needs a session with the officer's rights."""
    return Results(
        read_summary(connection, stored.id),
        read_cut_lines(connection, district, stored),
        stored.stage_rules,
        district.profile.get_stage(stored.stage).design_class,
        stored.id,
    )


def read_flows(connection: Connection, district: District, stored: StoredRun) -> pd.DataFrame:
    """Read how many children went from each zone to each other school; the officer's alone."""
    return read_table(connection, "admission_flows", run_id=stored.id, district_id=district.id)


def find_shown_run(view: View, wanted: int | None) -> StoredRun:
    """Return the run that a page shows: the one wanted, or the newest by the view's plan.

    Raises
    ------
    UsageError
        When nothing is stored for the stage, year and plan of the view.
    """
    runs = list_runs(view.connection, view.district, view.stage, view.year)
    run = choose_run(runs, wanted, view.plan.code)
    if run is None:
        raise UsageError(
            f"No assignment of {view.stage} {view.year} by plan {view.plan.code} is stored.",
            mend="Order a run first.",
        )
    return find_stored_run(view.connection, view.district, run.id)
