"""Set the registers side by side for those who enter a stage, and store the counts as a run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import Connection

from catchments.admission.rules import Entrants, Rules
from catchments.eligibility import list_age_windows
from catchments.profile import Profile
from catchments.reconciliation import (
    RegisterRows,
    count_states,
    hide_states,
    reconcile_registers,
    sort_states,
)
from gis import tables
from gis.database import read_bulk, read_table, write_rows
from gis.errors import RejectedDataError, UsageError
from gis.runs import RunInputs, digest_text, find_run, record_run
from scenarios.access import log_reading
from scenarios.district import District, Plan
from scenarios.enrolment_warning.admission.reading import (
    REGISTERS,
    choose_entrants,
    read_zones,
)


@dataclass(frozen=True)
class Compared:
    """Whose rows are set side by side: the entrants of a stage and year.

    Parameters
    ----------
    rules
        Code and version of the rules that say who enters; empty: the age window of the profile.
    """

    stage: str
    year: int
    entrants: Entrants
    rules: tuple[str, str] = ("", "")


@dataclass(frozen=True, eq=False)
class Reconciled:
    """What came out: one row a child listed, their counts, and the run that holds the counts."""

    children: pd.DataFrame
    counts: pd.DataFrame
    run_id: int


def choose_compared(profile: Profile, rules: Rules | None, stage: str, year: int) -> Compared:
    """Choose the entrants by the rules, or without any by the age window of the profile.

    Raises
    ------
    UsageError
        When neither says who enters the stage.
    """
    if rules is not None and stage in rules.stages:
        named = (rules.code, rules.version)
        return Compared(stage, year, rules.stages[stage].entrants, named)
    for compared in list_compared(profile):
        if rules is None and (compared.stage, compared.year) == (stage, year):
            return compared
    raise UsageError(
        f"Nothing says who enters {stage} in {year}.",
        mend="Choose a stage with catchments and an entry age, or name rules with --rules.",
    )


def list_compared(profile: Profile) -> list[Compared]:
    """List every stage with catchments and year of the profile, entrants by age."""
    windows = list_age_windows(profile)
    stages = {stage.code: stage for stage in profile.list_catchment_stages()}
    return [
        Compared(
            code,
            int(year),
            Entrants("age", full_years=stages[code].entry_age, cutoff=profile.cutoff),
        )
        for code, year in zip(windows["stage"], windows["year"], strict=True)
        if code in stages
    ]


def update_states(
    connection: Connection, district: District, plans: Sequence[Plan], compared: Compared
) -> None:
    """Count the states of one stage and year under every plan for which that is not done yet.

    Needs a session with the officer's rights. Where the registers hold nobody who enters,
    nothing is counted.
    """
    started = dt.datetime.now(dt.UTC)
    todo = []
    for plan in plans:
        inputs = _list_inputs(district, plan, compared)
        digest = inputs.compute_digest(connection)
        if find_run(connection, inputs, digest, newest_only=False) is None:
            todo.append((plan, inputs, digest))
    if not todo:
        return
    rows = _read_rows(connection, district, compared)
    for plan, inputs, digest in todo if len(rows.children) else ():
        counts = count_states(_reconcile(connection, district, plan, compared, rows))
        run_id = record_run(connection, inputs, digest, started_at=started)
        _store(connection, run_id, compared, counts)
        _log(connection, district, run_id, compared, len(rows.children))


def reconcile_stage(
    connection: Connection, district: District, plan: Plan, compared: Compared
) -> Reconciled:
    """Set the rows of one stage and year side by side; the counts become the newest run.

    Needs a session with the officer's rights; the reading is entered in the access log.

    Raises
    ------
    RejectedDataError
        When the registers hold nobody who enters.
    """
    started = dt.datetime.now(dt.UTC)
    inputs = _list_inputs(district, plan, compared)
    digest = inputs.compute_digest(connection)
    run_id = find_run(connection, inputs, digest)
    rows = _read_rows(connection, district, compared)
    if rows.children.empty:
        raise RejectedDataError(
            f"District {district.profile.code}, {compared.stage} {compared.year}: the registers"
            " hold nobody who enters.",
            mend="Load the registers, or check who enters in the rules.",
        )
    children = _reconcile(connection, district, plan, compared, rows)
    counts = count_states(children)
    if run_id is None:
        run_id = record_run(connection, inputs, digest, started_at=started)
        _store(connection, run_id, compared, counts)
    _log(connection, district, run_id, compared, len(children))
    return Reconciled(children, counts, run_id)


def read_states(
    connection: Connection, district: District, plan: Plan, *, stage: str, year: int
) -> pd.DataFrame:
    """Read the newest counts of a stage and year under a plan; no personal row is read.

    Returns
    -------
    DataFrame
        run_id, sort, code, children, shown (missing where it must be hidden), in the order in
        which states and faults are told. Empty before the first comparison.
    """
    counts = read_table(
        connection,
        "register_states",
        district_id=district.id,
        plan_id=plan.id,
        stage=stage,
        year=year,
    )
    ordered = sort_states(counts)
    return ordered.assign(shown=hide_states(ordered, minimum=district.profile.minimum_cell))


def _list_inputs(district: District, plan: Plan, compared: Compared) -> RunInputs:
    code, version = compared.rules
    parameters = {
        "stage": compared.stage,
        "year": str(compared.year),
        "rules": code,
        "plan": plan.code,
    }
    return RunInputs(
        district.id,
        f"reconcile {compared.stage} {compared.year}",
        digest_text(version, district.profile.version),
        plan_id=plan.id,
        plan_digest=plan.digest,
        datasets=REGISTERS,
        parameters=tuple(parameters.items()),
    )


def _read_rows(connection: Connection, district: District, compared: Compared) -> RegisterRows:
    mine = {"district_id": district.id}
    choose_entrants(
        connection, district, compared.entrants, stage=compared.stage, year=compared.year
    )
    further = read_bulk(connection, "reconcile_entrants", **mine)
    owned = read_bulk(connection, "admission_owned", **mine)
    dwellings = sorted({int(unit) for unit in owned["property_unit_id"]})
    shares = read_bulk(connection, "reconcile_shares", dwellings=dwellings)
    persons = sorted(set(shares["owner_hash"].dropna()))
    return RegisterRows(
        children=read_bulk(connection, "admission_entrants").merge(further, on="child_id"),
        owned=owned,
        shares=shares,
        members=read_bulk(connection, "reconcile_members", **mine, persons=persons),
    )


def _reconcile(
    connection: Connection, district: District, plan: Plan, compared: Compared, rows: RegisterRows
) -> pd.DataFrame:
    zones = read_zones(connection, plan, compared.stage)
    return reconcile_registers(rows, zones, day=district.profile.data_date)


def _store(connection: Connection, run_id: int, compared: Compared, counts: pd.DataFrame) -> None:
    told = counts.assign(run_id=run_id, stage=compared.stage, year=compared.year)
    write_rows(connection, tables.register_state, told)


def _log(
    connection: Connection, district: District, run_id: int, compared: Compared, rows: int
) -> None:
    what = f"run {run_id}: registers of {compared.stage} {compared.year} set side by side"
    log_reading(connection, district, what, rows=rows)
