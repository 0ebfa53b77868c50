"""Replay a stored run under other rules: the same children, registers and plan; stored nothing."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from catchments.admission.admitting import Admission, admit_children
from catchments.admission.comparing import Comparison, compare_admissions
from catchments.admission.rules import Rules
from gis.access import Role
from gis.database import Database, read_table
from gis.errors import UsageError
from gis.runs import get_code_version
from scenarios.access import log_reading
from scenarios.district import District, find_district, find_plan
from scenarios.enrolment_warning.admission.assign import Progress, digest_registers
from scenarios.enrolment_warning.admission.reading import read_registers
from scenarios.enrolment_warning.admission.records import StoredRun, find_stored_run, read_schools


@dataclass(frozen=True, eq=False)
class Replayed:
    """What a replay found.

    Parameters
    ----------
    admission
        The assignment under the other rules.
    school_codes
        By school_id.
    program_changed
        Whether the run was made by another version of the program, which may explain a change.
    """

    stored: StoredRun
    seed: int
    admission: Admission
    comparison: Comparison
    school_codes: dict[int, str]
    program_changed: bool


def replay_run(
    database: Database,
    district: District,
    run_id: int,
    rules: Rules,
    *,
    seed: int | None = None,
    progress: Progress | None = None,
) -> Replayed:
    """Assign the children of a stored run under other rules, and compare; nothing is stored.

    Parameters
    ----------
    rules
        For the year and with the stage of the run. Who enters is not asked again: the children
        are those of the run.
    seed
        Of the lots; default that of the run.

    Raises
    ------
    UsageError
        When there is no such run, the rules do not fit it, or the registers or the plan are no
        longer those that it read.
    """
    tell = progress or (lambda _step, _share: None)
    with database.begin(Role.OFFICER) as connection:
        district = find_district(connection, district.profile.code)
        stored = find_stored_run(connection, district, run_id)
        _check_rules(stored, rules)
        if digest_registers(connection, district) != stored.parameters["registers"]:
            raise UsageError(
                f"The registers were loaded anew since run {run_id}: its children cannot be"
                " assigned again.",
                mend="Run `onemap assign` on the present registers, and replay that run.",
            )
        plan = find_plan(connection, district, stored.origin.plan)
        if plan.digest != stored.parameters["plan_digest"]:
            raise UsageError(
                f"Plan {plan.code} was drawn anew since run {run_id}.",
                mend="Run `onemap assign` by the present plan, and replay that run.",
            )
        tell("registers", 0.0)
        registers = read_registers(connection, district, plan, stored.rules, stored.stage)
        chosen = stored.seed if seed is None else seed
        admission = admit_children(
            registers,
            rules,
            stored.stage,
            seed=chosen,
            tell=lambda step, share: tell(step, 0.3 + 0.6 * share),
        )
        before = read_table(connection, "admission_compared", run_id=run_id)
        comparison = compare_admissions(before, admission.results)
        log_reading(
            connection,
            district,
            f"replay of run {run_id} under rules {rules.code}",
            rows=len(before),
        )
        schools = read_schools(connection, district)
    tell("done", 1.0)
    return Replayed(
        stored=stored,
        seed=chosen,
        admission=admission,
        comparison=comparison,
        school_codes={id_: school.code for id_, school in schools.items()},
        program_changed=stored.origin.code_version != get_code_version(),
    )


def _check_rules(stored: StoredRun, rules: Rules) -> None:
    if rules.year != stored.year:
        raise UsageError(
            f"The rules {rules.code} are made for {rules.year}, run {stored.id} for {stored.year}.",
            mend="Name rules of that year.",
        )
    if stored.stage not in rules.stages:
        raise UsageError(
            f"The rules {rules.code} have no stage '{stored.stage}' of run {stored.id}.",
            mend="Name rules with that stage.",
        )


def name_schools(table: pd.DataFrame, codes: dict[int, str]) -> pd.DataFrame:
    """Return the table with the codes of schools instead of their ids; None for no school."""
    named = table.copy()
    for name in [str(name) for name in table.columns if str(name).startswith("school_id")]:
        schools = [None if pd.isna(school) else codes[int(school)] for school in table[name]]
        named[name] = pd.Series(schools, index=table.index, dtype=object)
    return named.rename(columns=lambda name: str(name).replace("school_id", "school"))
