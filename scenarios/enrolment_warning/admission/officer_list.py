"""The officer's list: every child of a run with what was decided, and from which facts."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from catchments.admission.facts import FACTS
from catchments.admission.ranking import LOT
from gis.database import read_table
from layers.language import Language, is_missing, msgid
from scenarios.access import log_reading
from scenarios.district import District
from scenarios.enrolment_warning.admission.reason_words import (
    name_anchor,
    name_fact,
    name_outcome,
    name_reason,
    tell_detail,
    tell_moment,
    tell_value,
)
from scenarios.enrolment_warning.admission.records import StoredRun

# Columns of the list in order; dates and numbers stay what they are, all else is text.
_COLUMNS = {
    "child_code": msgid("Code of the child"),
    "household_code": msgid("Household number"),
    "born_on": msgid("Date of birth"),
    "final_school_code": msgid("Final school, code"),
    "final_school": msgid("Final school"),
    "outcome": msgid("Outcome of the run"),
    "school_code": msgid("School of the run, code"),
    "school": msgid("School of the run"),
    "batch": msgid("Batch"),
    "score": msgid("Score of the child"),
    "position": msgid("Place of the child in the order of the school"),
    "tie_broken_by": msgid("Equal scores parted by"),
    "lot": msgid("Lot"),
    "walk_distance_m": msgid("Way on foot, metres"),
    "reason": msgid("Why a person must decide"),
    "detail": msgid("What it rests on"),
    "zone_school_code": msgid("School of the catchment, code"),
    "zone_school": msgid("School of the catchment"),
    "zone_basis": msgid("What counts"),
    "decided_school": msgid("Decided school"),
    "decision_reason": msgid("Reason of the decision"),
    "decision_who": msgid("Officer"),
    "decided_at": msgid("Time of the decision"),
}
_AS_THEY_ARE = ("date", "number")


def read_officer_list(
    connection: Connection,
    district: District,
    stored: StoredRun,
    *,
    purpose: str,
    outcome: str | None = None,
) -> pd.DataFrame:
    """Return the results of a run with the decisions over them; logged.

    Needs a session with the officer's rights.

    Parameters
    ----------
    purpose
        What it is read for, for the log.
    outcome
        Only these children; default all.

    Returns
    -------
    DataFrame
        One row a child, by code: the columns of table admission_result; code and names of
        zone_school, school, decided_school and final_school; decision_reason, decision_who and
        decided_at where a decision stands.
    """
    found = read_table(
        connection,
        "admission_list",
        district_id=district.id,
        run_id=stored.id,
        stage=stored.stage,
        year=stored.year,
        outcome=outcome,
    )
    log_reading(connection, district, f"{purpose}, run {stored.id}", rows=len(found))
    return found


def word_list(found: pd.DataFrame, stored: StoredRun, language: Language) -> pd.DataFrame:
    """Return the list as a spreadsheet holds it: headings and texts in one language.

    Returns
    -------
    DataFrame
        A text column a code or name, a column a fact, and the run, rules and date of the data.
    """
    batches = {one.code: (one.name_zh, one.name_en) for one in stored.stage_rules.batches}
    plain = found.astype(object).where(found.notna(), None)
    words: dict[str, Any] = {
        "outcome": lambda row: name_outcome(row["outcome"], language),
        "batch": lambda row: language.pick(*batches[row["batch"]]) if row["batch"] else None,
        "tie_broken_by": lambda row: _name_tie(row["tie_broken_by"], language),
        "reason": lambda row: name_reason(row["reason"], language) if row["reason"] else None,
        "detail": lambda row: tell_detail(row["reason"] or "", row["detail"], language),
        "zone_basis": lambda row: name_anchor(row["zone_basis"], language),
        "decided_at": lambda row: (
            tell_moment(row["decided_at"], language) if row["decided_at"] else None
        ),
    }
    rows = plain.to_dict("records")
    sheet: dict[str, list[Any]] = {}
    for name, heading in _COLUMNS.items():
        if name in words:
            sheet[language(heading)] = [words[name](row) for row in rows]
        elif name in plain:
            sheet[language(heading)] = plain[name].tolist()
        else:
            pairs = zip(plain[f"{name}_name_zh"], plain[f"{name}_name_en"], strict=True)
            sheet[language(heading)] = [
                None if zh is None else language.pick(zh, en) for zh, en in pairs
            ]
    for name, fact in FACTS.items():
        if name not in _COLUMNS:
            values = plain[name].tolist()
            sheet[name_fact(name, language)] = [
                value
                if fact.kind in _AS_THEY_ARE or is_missing(value)
                else tell_value(name, value, language)
                for value in values
            ]
    return pd.DataFrame(sheet, dtype=object).assign(**_tell_origin(stored, language))


def _name_tie(tie: str | None, language: Language) -> str | None:
    if tie is None:
        return None
    return language("Lot") if tie == LOT else name_fact(tie, language)


def _tell_origin(stored: StoredRun, language: Language) -> dict[str, str | dt.date]:
    origin = stored.origin
    return {
        language("Run"): str(stored.id),
        language("Rules"): origin.rules,
        language("Version of the rules"): origin.rule_version,
        language("Date of the data"): origin.data_date,
        language("Kind of data"): language("Synthetic data")
        if origin.synthetic
        else language("Registers as loaded"),
    }
