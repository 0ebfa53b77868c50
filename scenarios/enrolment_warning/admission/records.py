"""Stored assignments: find a run, its rules and its decisions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from catchments.admission.child_page import Decision, Origin, School
from catchments.admission.rule_files import parse_rules
from catchments.admission.rules import Rules, StageRules
from gis.database import read_table
from gis.errors import UsageError
from scenarios.district import District


@dataclass(frozen=True, eq=False)
class StoredRun:
    """A stored assignment.

    Parameters
    ----------
    rules
        As they stood when the run used them.
    parameters
        What was chosen, and the digests of the registers and the plan as the run read them.
    plan_id, plan_digest
        The plan, and its digest now.
    """

    id: int
    stage: str
    year: int
    seed: int
    rules: Rules
    parameters: dict[str, str]
    plan_id: int
    plan_digest: str
    origin: Origin

    @property
    def stage_rules(self) -> StageRules:
        """The rules of the run's stage."""
        return self.rules.stages[self.stage]


def find_stored_run(
    connection: Connection,
    district: District,
    run_id: int | None = None,
    *,
    stage: str | None = None,
    year: int | None = None,
    child_code: str | None = None,
) -> StoredRun:
    """Return the run named, or the newest of a stage and year, or that holds a child.

    Raises
    ------
    UsageError
        When there is no such run of this district.
    """
    code = district.profile.code
    if run_id is None:
        run_id = _find_newest(connection, district, stage, year, child_code)
    found = read_table(connection, "admission_run", run_id=run_id)
    if found.empty or found["district_id"].iloc[0] != district.id:
        raise UsageError(
            f"District {code} has no assignment with the run {run_id}.",
            mend="See `onemap admission runs`.",
        )
    row = {str(name): value for name, value in found.iloc[0].items()}
    parameters: dict[str, str] = row["parameters"]
    if row["rules_text"] is None:
        raise UsageError(
            f"Run {run_id} was stored without its rules, by an earlier program.",
            mend="Run `onemap assign` again.",
        )
    rules = parse_rules(row["rules_text"], origin=f"of run {run_id}")
    return StoredRun(
        id=int(row["id"]),
        stage=parameters["stage"],
        year=int(parameters["year"]),
        seed=int(row["seed"]),
        rules=rules,
        parameters=parameters,
        plan_id=int(row["plan_id"]),
        plan_digest=row["plan_digest"],
        origin=_tell_origin(district, rules, parameters, row),
    )


def _find_newest(
    connection: Connection,
    district: District,
    stage: str | None,
    year: int | None,
    child_code: str | None,
) -> int:
    asked = {"district_id": district.id, "stage": stage, "year": year}
    found = read_table(connection, "admission_newest_run", **asked, child_code=child_code)
    if len(found):
        return int(found["id"].iloc[0])
    words = [str(word) for word in (stage, year) if word is not None]
    where = " ".join(["District", district.profile.code, *words])
    if child_code is not None and len(
        read_table(connection, "admission_newest_run", **asked, child_code=None)
    ):
        raise UsageError(
            f"{where}: no assignment holds a child '{child_code}'.",
            mend="Check the code of the child, and the stage and year.",
        )
    raise UsageError(
        f"{where}: no assignment is stored yet.",
        mend="Run `onemap assign --stage STAGE --year YEAR` first.",
    )


def _tell_origin(
    district: District, rules: Rules, parameters: dict[str, str], row: dict[str, Any]
) -> Origin:
    profile = district.profile
    stage = profile.get_stage(parameters["stage"])
    return Origin(
        run_id=int(row["id"]),
        started_at=row["started_at"],
        district=profile.code,
        district_name_zh=profile.name_zh,
        district_name_en=profile.name_en,
        stage=stage.code,
        stage_name_zh=stage.name_zh,
        stage_name_en=stage.name_en,
        year=int(parameters["year"]),
        plan=row["plan"],
        plan_name_zh=row["plan_name_zh"],
        plan_name_en=row["plan_name_en"],
        rules=rules.code,
        rules_name_zh=rules.name_zh,
        rules_name_en=rules.name_en,
        rule_version=rules.version,
        seed=int(row["seed"]),
        code_version=row["code_version"],
        inputs_digest=row["inputs_digest"],
        data_date=profile.data_date,
        synthetic=profile.synthetic,
    )


def read_result(connection: Connection, stored: StoredRun, child_code: str) -> dict[str, Any]:
    """Return the stored result of a child, missing values as None.

    Raises
    ------
    UsageError
        When the run holds no such child.
    """
    found = read_table(connection, "admission_page", run_id=stored.id, child_code=child_code)
    if found.empty:
        raise UsageError(
            f"Run {stored.id} ({stored.stage} {stored.year}) holds no child '{child_code}'.",
            mend="Check the code of the child, or name another run.",
        )
    row = found.astype(object).where(found.notna(), None).iloc[0]
    return {str(name): _to_whole(str(name), value) for name, value in row.items()}


_WHOLE = ("_id", "position", "locked_until")


def _to_whole(name: str, value: Any) -> Any:
    """Undo what a missing value in the same column made of a whole number."""
    return int(value) if value is not None and name.endswith(_WHOLE) else value


def read_schools(connection: Connection, district: District) -> dict[int, School]:
    """Return the schools of the district by id."""
    found = read_table(connection, "admission_school_names", district_id=district.id)
    named = zip(found["code"], found["name_zh"], found["name_en"], strict=True)
    return {
        int(school): School(*names) for school, names in zip(found["school_id"], named, strict=True)
    }


def read_decisions(
    connection: Connection,
    district: District,
    *,
    stage: str | None = None,
    year: int | None = None,
    child_code: str | None = None,
) -> pd.DataFrame:
    """Return all decisions of officers, in their order; a missing school withdraws."""
    return read_table(
        connection,
        "admission_decisions",
        district_id=district.id,
        stage=stage,
        year=year,
        child_code=child_code,
    )


def list_decisions(decisions: pd.DataFrame) -> tuple[Decision, ...]:
    """Return the decisions over one child as a page takes them."""
    return tuple(
        Decision(
            None
            if row["school_code"] is None
            else School(row["school_code"], row["school_name_zh"], row["school_name_en"]),
            row["reason"],
            row["who"],
            row["decided_at"],
        )
        for row in decisions.astype(object).where(decisions.notna(), None).to_dict("records")
    )
