"""Run the batch assignment of a stage and year, and store it as one run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from catchments.admission.admitting import Admission, admit_children
from catchments.admission.kinds import name_kind
from catchments.admission.rule_files import load_rules
from catchments.admission.rules import Rules
from gis import tables
from gis.access import Role
from gis.database import Database, run_query, write_rows
from gis.errors import UsageError
from gis.runs import RunInputs, digest_text, find_run, record_run
from gis.settings import Settings
from scenarios.access import log_reading
from scenarios.district import District, Plan, find_district, find_plan
from scenarios.enrolment_warning.admission.reading import DATASETS, read_registers

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Asked:
    """What is to be assigned: a stage by a plan and rules, lots drawn from a seed."""

    stage: str
    rules: Rules
    plan: str | None = None
    seed: int = 1


@dataclass(frozen=True, eq=False)
class Answered:
    """What came out.

    Parameters
    ----------
    run_id
        The stored run; nothing for a dry run.
    admission
        Nothing when a run with these inputs is stored already.
    """

    plan: Plan
    run_id: int | None
    admission: Admission | None


def find_rules(settings: Settings, district: District, path: Path | None, year: int) -> Rules:
    """Read the rule file named, or the district's own for the year.

    Raises
    ------
    UsageError
        When there is no such file, or it is made for another year.
    RejectedDataError
        When the file breaks the rule language; every fault with its line.
    """
    rules = load_rules(path or name_rule_file(settings, district, year))
    if rules.year != year:
        raise UsageError(
            f"The rules {rules.code} are made for {rules.year}, not for {year}.",
            mend="Name the rules of that year with --rules, or the year of the rules.",
        )
    return rules


def find_own_rules(
    settings: Settings, district: District, path: Path | None, stage: str, year: int
) -> Rules | None:
    """Read the rule file named, or the district's own if it has one that speaks of the stage.

    Raises
    ------
    UsageError
        When the file named does not exist, or is made for another year.
    RejectedDataError
        When the file breaks the rule language.
    """
    if path is not None:
        return find_rules(settings, district, path, year)
    if not name_rule_file(settings, district, year).is_file():
        return None
    rules = find_rules(settings, district, None, year)
    return rules if stage in rules.stages else None


def name_rule_file(settings: Settings, district: District, year: int) -> Path:
    """Name the place of the district's own rules for a year, whether there are any or not."""
    return settings.districts / district.profile.code / f"admission_{year}.yaml"


def assign_children(
    database: Database,
    district: District,
    asked: Asked,
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Answered:
    """Assign the children of a stage; store the result, its cut lines and its rules as one run.

    Everything is one transaction: a run is stored whole or not at all. Equal registers, plan,
    rules, seed and program give the run that is stored already.

    Raises
    ------
    UsageError
        When the rules have no such stage, or the district no such plan.
    RejectedDataError
        When there is nobody to assign, or nowhere to.
    """
    tell = progress or (lambda _step, _share: None)
    if asked.stage not in asked.rules.stages:
        raise UsageError(
            f"The rules {asked.rules.code} have no stage '{asked.stage}'.",
            mend=f"Use one of {', '.join(asked.rules.stages)}.",
        )
    started = dt.datetime.now(dt.UTC)
    with database.begin(Role.OFFICER) as connection:
        district = find_district(connection, district.profile.code)  # perhaps loaded anew
        plan = find_plan(connection, district, asked.plan)
        inputs = _list_inputs(connection, district, plan, asked)
        digest = inputs.compute_digest(connection)
        if not dry_run:
            known = find_run(connection, inputs, digest, newest_only=False)
            if known is not None:
                return Answered(plan, known, None)
        tell("registers", 0.0)
        registers = read_registers(connection, district, plan, asked.rules, asked.stage)
        admission = admit_children(
            registers,
            asked.rules,
            asked.stage,
            seed=asked.seed,
            tell=lambda step, share: tell(step, 0.3 + 0.4 * share),
        )
        tell("store", 0.7)
        run_id = None
        if not dry_run:
            run_id = record_run(connection, inputs, digest, started_at=started)
            _store(connection, district, run_id, asked.rules, admission)
        what = "dry run of" if run_id is None else f"run {run_id}:"
        log_reading(
            connection,
            district,
            f"{what} the assignment {asked.stage} {asked.rules.year}",
            rows=len(registers.entrants),
        )
    tell("done", 1.0)
    return Answered(plan, run_id, admission)


def digest_registers(connection: Connection, district: District) -> str:
    """Digest the registers as they stand now."""
    inputs = RunInputs(district.id, "registers", "", datasets=DATASETS)
    return inputs.compute_digest(connection)


def _list_inputs(connection: Connection, district: District, plan: Plan, asked: Asked) -> RunInputs:
    parameters = {
        "stage": asked.stage,
        "year": str(asked.rules.year),
        "rules": asked.rules.code,
        "rule_version": asked.rules.version,
        "plan": plan.code,
        "plan_digest": plan.digest,
        # For replays: whether the registers are still those that the run read.
        "registers": digest_registers(connection, district),
    }
    return RunInputs(
        district.id,
        name_kind(asked.stage, asked.rules.year),
        digest_text(asked.rules.version, district.profile.version),
        plan_id=plan.id,
        plan_digest=plan.digest,
        datasets=DATASETS,
        parameters=tuple(parameters.items()),
        seed=asked.seed,
    )


def _store(
    connection: Connection, district: District, run_id: int, rules: Rules, admission: Admission
) -> None:
    write_rows(connection, tables.admission_result, admission.results.assign(run_id=run_id))
    run_query(
        connection,
        "count_batches_by_unit",
        run_id=run_id,
        **district.profile.list_locating(),
    )
    write_rows(connection, tables.admission_cut, admission.cuts.assign(run_id=run_id))
    connection.execute(
        insert(tables.admission_rule)
        .values(
            district_id=district.id,
            version=rules.version,
            code=rules.code,
            name_zh=rules.name_zh,
            name_en=rules.name_en,
            text=rules.text,
        )
        .on_conflict_do_nothing()
    )
