"""Stored assignments of a stage and year: which there are, and what each of them came to."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Connection, select

from catchments.admission.kinds import name_kind
from catchments.admission.rule_files import parse_rules
from catchments.admission.rules import Rules
from gis import tables
from gis.database import read_bulk, read_table
from gis.runs import digest_text
from scenarios.district import District
from scenarios.enrolment_warning.admission.cut_lines import count_one_more_class
from scenarios.enrolment_warning.admission.summary import read_summary


@dataclass(frozen=True)
class Run:
    """One stored assignment: by which plan and rules, from which seed, when and by whom."""

    id: int
    plan_code: str
    plan_name_zh: str
    plan_name_en: str | None
    rules: str
    rule_version: str
    seed: int
    finished_at: dt.datetime
    who: str


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


def read_rules(connection: Connection, district: District, run: Run) -> Rules | None:
    """Read the rules that a run used, as they stood then; nothing when they are not found."""
    rule = tables.admission_rule
    known = connection.execute(
        select(rule.c.version, rule.c.text)
        .where(rule.c.district_id == district.id, rule.c.code == run.rules)
        .order_by(rule.c.id.desc())
    ).all()
    profile = district.profile.version
    exact = [one.text for one in known if digest_text(one.version, profile) == run.rule_version]
    text = next(iter(exact or [one.text for one in known]), None)
    return None if text is None else parse_rules(text)


@dataclass(frozen=True, eq=False)
class Results:
    """What an assignment came to, stored or tried.

    Parameters
    ----------
    summary
        As :func:`scenarios.enrolment_warning.admission.summary.read_summary` returns it.
    cuts
        Rows of ``queries/admission_cuts.sql``.
    more
        zone_school_id, batch, children: whom one more class of `class_size` seats would seat.
    """

    summary: dict[str, Any]
    cuts: pd.DataFrame
    more: pd.DataFrame
    class_size: int


def read_results(connection: Connection, district: District, stage: str, run: Run) -> Results:
    """Read what a stored run came to; needs a session with the officer's rights."""
    class_size = district.profile.get_stage(stage).design_class
    cuts = read_table(connection, "admission_cuts", run_id=run.id)
    ranked = read_bulk(connection, "admission_positions", run_id=run.id)
    return Results(
        read_summary(connection, run.id),
        cuts,
        count_one_more_class(ranked, cuts, class_size),
        class_size,
    )
