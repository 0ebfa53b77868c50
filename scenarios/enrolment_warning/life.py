"""The life of a warning: raised and cleared by counts, acknowledged and acted upon by people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Connection, insert, update

from catchments.shortfall import NONE, RED, YELLOW
from gis import tables
from gis.database import read_table
from gis.errors import UsageError
from gis.runs import get_account, take_turn
from scenarios.district import District, Plan

RAISED, CLEARED, REOPENED = "raised", "cleared", "reopened"
ACKNOWLEDGED, MEASURE, EXPECTED = "acknowledged", "measure", "expected_to_clear"
BY_PEOPLE = (ACKNOWLEDGED, MEASURE, EXPECTED)
LONGEST_TEXT, LONGEST_NAME = 500, 60
_KEYS = ["stage", "school_code", "year"]


def update_warnings(
    connection: Connection, district: District, plan: Plan, counts: pd.DataFrame, run_id: int
) -> int:
    """Raise, change and clear the warnings of the plan in force after a count; return the events.

    ASSUMPTION: only the district's default plan raises warnings; other plans are tried out.
    Counting again with the same outcome adds nothing. Years that are no longer counted keep what
    they had; a school that no longer has a catchment in a counted stage and year is cleared.

    Parameters
    ----------
    counts
        school_code, stage, year, warning of every catchment.
    run_id
        The count.
    """
    if plan.code != district.profile.default_plan or plan.is_draft:
        return 0
    take_turn(connection, f"warnings {district.profile.code} {plan.code}")
    known = read_warnings(connection, district, plan)
    changes = list_changes(known, counts)
    for change in changes.astype(object).where(changes.notna(), None).to_dict("records"):
        facts = {name: change[name] for name in (*_KEYS, "level")}
        warning_id = change["id"]
        if warning_id is None:
            warning_id = _raise(connection, district, plan, facts, run_id)
        else:
            row = tables.warning.c.id == int(warning_id)
            connection.execute(update(tables.warning).where(row).values(level=facts["level"]))
        connection.execute(
            insert(tables.warning_event).values(
                warning_id=int(warning_id),
                kind=change["kind"],
                who=get_account(),
                level=facts["level"],
                run_id=run_id,
            )
        )
    return len(changes)


def _raise(
    connection: Connection, district: District, plan: Plan, facts: dict[str, Any], run_id: int
) -> int:
    made = (
        insert(tables.warning)
        .values(
            district_code=district.profile.code,
            plan_code=plan.code,
            raised_by_run=run_id,
            **facts,
        )
        .returning(tables.warning.c.id)
    )
    return int(connection.execute(made).scalar_one())


def list_changes(known: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    """List what a count changes: warnings to raise, to reopen, to change in level, to clear.

    Parameters
    ----------
    known
        id, stage, school_code, year, level of the warnings there are, cleared ones included.
    counts
        stage, school_code, year, warning; unknown warnings change nothing.

    Returns
    -------
    DataFrame
        id (missing for a new warning), stage, school_code, year, kind, level.

    Examples
    --------
    >>> known = pd.DataFrame({"id": [1, 2, 3], "stage": "primary", "school_code": ["A", "B", "C"],
    ...                       "year": 2026, "level": ["red", "none", "yellow"]})
    >>> counts = pd.DataFrame({"stage": "primary", "school_code": ["A", "B", "C", "D", "E"],
    ...                        "year": 2026, "warning": ["none", "red", "red", "yellow", "none"]})
    >>> list_changes(known, counts)[["school_code", "kind", "level"]].agg(" ".join, axis=1).tolist()
    ['A cleared none', 'B reopened red', 'C raised red', 'D raised yellow']
    """
    now = counts[[*_KEYS, "warning"]]
    both = known[["id", *_KEYS, "level"]].merge(now, on=_KEYS, how="outer")
    counted = pd.MultiIndex.from_frame(counts[["stage", "year"]].drop_duplicates())
    # Without a catchment of its own in a year that is counted there is nothing to warn of.
    is_gone = both["warning"].isna() & pd.MultiIndex.from_frame(both[["stage", "year"]]).isin(
        counted
    )
    found = both["warning"].mask(is_gone, NONE)
    before = both["level"].fillna("")
    is_open = before.isin([YELLOW, RED])
    warns = found.isin([YELLOW, RED])
    kind = pd.Series("", index=both.index)
    kind[warns & (before != found)] = RAISED
    kind[warns & (before == NONE)] = REOPENED
    kind[is_open & (found == NONE)] = CLEARED
    changes = both.assign(kind=kind, level=found)[kind != ""]
    return changes[["id", *_KEYS, "kind", "level"]].sort_values(_KEYS, ignore_index=True)


def read_warnings(
    connection: Connection,
    district: District,
    plan: Plan,
    *,
    stage: str | None = None,
    year: int | None = None,
    school_code: str | None = None,
) -> pd.DataFrame:
    """Read the warnings of a plan with their present state, cleared ones included.

    Returns
    -------
    DataFrame
        id, stage, school_code, school_name_zh, school_name_en (missing where the school is no
        longer loaded), year, level, raised_at, raised_by_run, state (kind of the last event),
        acknowledged_by, measure, expected_year, changed_at.
    """
    return read_table(
        connection,
        "warnings",
        district_id=district.id,
        district_code=district.profile.code,
        plan_code=plan.code,
        stage=stage,
        year=year,
        school_code=school_code,
    )


def read_log(connection: Connection, warning_ids: list[int]) -> pd.DataFrame:
    """Read what happened to warnings, in order: warning_id, stage, school_code, year, kind, …."""
    return read_table(connection, "warning_events", warnings=warning_ids)


@dataclass(frozen=True)
class Entry:
    """What a person says of a warning.

    Parameters
    ----------
    kind
        acknowledged, measure or expected_to_clear.
    text
        Why, or what is done; needed for a measure.
    expected_year
        Year from which it is expected to be cleared; needed for expected_to_clear.
    """

    kind: str
    who: str
    text: str = ""
    expected_year: int | None = None

    def check(self, year: int) -> None:
        """Refuse an entry that says nothing.

        Raises
        ------
        UsageError
            When the kind is unknown, a name, text or year is missing, or one is out of bounds.

        Examples
        --------
        >>> Entry("measure", "王老师").check(2026)
        Traceback (most recent call last):
        gis.errors.UsageError: A measure needs a text. Say what is done.
        """
        if self.kind not in BY_PEOPLE:
            raise UsageError(
                f"There is no entry '{self.kind}'.", mend=f"Use {', '.join(BY_PEOPLE)}."
            )
        if not self.who.strip():
            raise UsageError("An entry needs a name.", mend="Say who enters it.")
        if max(len(self.who) / LONGEST_NAME, len(self.text) / LONGEST_TEXT) > 1:
            raise UsageError(
                "The text or the name is too long.",
                mend=f"Use at most {LONGEST_TEXT} and {LONGEST_NAME} letters.",
            )
        if self.kind == MEASURE and not self.text.strip():
            raise UsageError("A measure needs a text.", mend="Say what is done.")
        expected = self.expected_year
        if expected is None and self.kind == EXPECTED:
            raise UsageError("No year is given.", mend="Say from which year it is cleared.")
        if expected is not None and not year <= expected <= year + 30:
            raise UsageError(
                f"A warning of {year} cannot be expected to clear in {expected}.",
                mend=f"Give a year from {year} on.",
            )


def enter_event(
    connection: Connection,
    district: District,
    plan: Plan,
    warning: tuple[str, str, int],
    entry: Entry,
) -> int:
    """Enter what a person says of an open warning; return the event.

    Parameters
    ----------
    warning
        Stage, code of the school, and year.

    Raises
    ------
    UsageError
        When there is no such warning, it is cleared, or the entry says nothing.
    """
    stage, school_code, year = warning
    entry.check(year)
    known = read_warnings(
        connection, district, plan, stage=stage, year=year, school_code=school_code
    )
    if known.empty or known["level"].iloc[0] == NONE:
        what = "has no warning" if known.empty else "has a warning that is cleared"
        raise UsageError(
            f"School {school_code} {what} in {stage} {year} under plan {plan.code}.",
            mend="See `onemap warn list`.",
        )
    made = (
        insert(tables.warning_event)
        .values(
            warning_id=int(known["id"].iloc[0]),
            kind=entry.kind,
            who=" ".join(entry.who.split()),
            text=" ".join(entry.text.split()) or None,
            expected_year=entry.expected_year,
        )
        .returning(tables.warning_event.c.id)
    )
    return int(connection.execute(made).scalar_one())
