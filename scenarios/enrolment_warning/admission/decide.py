"""Decisions of officers over what runs decided: rows that are only ever added."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, insert

from gis import tables
from gis.database import read_table
from gis.errors import UsageError
from scenarios.access import log_reading
from scenarios.district import District
from scenarios.enrolment_warning.admission.records import (
    StoredRun,
    read_decisions,
    read_result,
)


@dataclass(frozen=True)
class Decided:
    """A decision that was entered.

    Parameters
    ----------
    children, seats
        Children that the school admits now, all decisions included, and its seats; None for a
        withdrawal, or where nobody stated seats.
    """

    id: int
    child_code: str
    school_code: str | None
    children: int | None
    seats: int | None

    @property
    def is_beyond_seats(self) -> bool:
        """Whether the school admits more children than it has seats."""
        return None not in (self.children, self.seats) and (self.children or 0) > (self.seats or 0)


def decide(
    connection: Connection,
    district: District,
    stored: StoredRun,
    child_code: str,
    *,
    school_code: str | None,
    reason: str,
    who: str,
) -> Decided:
    """Enter a decision over a child of a run; it holds for the stage and year, reruns included.

    Seats never forbid a decision: that is what it is for. Needs a session with the officer's
    rights.

    Parameters
    ----------
    school_code
        School that admits the child; None withdraws the decision that stands.

    Raises
    ------
    UsageError
        When the run holds no such child, reason or name is empty, there is nothing to withdraw,
        or the school does not exist, is private or closed, or does not teach the stage.
    """
    reason, who = " ".join(reason.split()), " ".join(who.split())
    if not reason or not who:
        raise UsageError(
            "A decision needs a reason and the name of the officer.",
            mend="Give both, with --reason and --by.",
        )
    read_result(connection, stored, child_code)
    school_id = None
    if school_code is None:
        _require_standing(connection, district, stored, child_code)
    else:
        school_id = find_school(connection, district, stored.stage, school_code)
    decision = connection.execute(
        insert(tables.admission_override)
        .values(
            district_id=district.id,
            stage=stored.stage,
            year=stored.year,
            child_code=child_code,
            school_id=school_id,
            reason=reason,
            who=who,
        )
        .returning(tables.admission_override.c.id)
    ).scalar_one()
    log_reading(connection, district, f"decision {decision} over child {child_code}", rows=1)
    children = seats = None
    if school_id is not None:
        children, seats = _count(connection, district, stored, school_id)
    return Decided(int(decision), child_code, school_code, children, seats)


def find_school(connection: Connection, district: District, stage: str, code: str) -> int:
    """Return the id of a school that may be decided upon.

    Raises
    ------
    UsageError
        When the district has no such school, or it is private, closed or of another stage.
    """
    found = read_table(connection, "admission_school", district_id=district.id, code=code)
    if found.empty:
        raise UsageError(
            f"District {district.profile.code} has no school '{code}'.",
            mend="Use the code of a public school.",
        )
    school = found.astype(object).where(found.notna(), None).iloc[0]
    trouble = None
    if school["kind"] not in district.profile.get_stage(stage).kinds:
        trouble = f"does not teach {stage}"
    elif not school["public"]:
        trouble = "is private"
    elif school["closed_on"] is not None and school["closed_on"] <= district.profile.data_date:
        trouble = f"was closed on {school['closed_on']}"
    if trouble is not None:
        raise UsageError(
            f"School {code} ({school['name_zh']}) {trouble}.",
            mend=f"Use an open public school that teaches {stage}.",
        )
    return int(school["id"])


def _require_standing(
    connection: Connection, district: District, stored: StoredRun, child_code: str
) -> None:
    made = read_decisions(
        connection, district, stage=stored.stage, year=stored.year, child_code=child_code
    )
    if made.empty or made["school_code"].isna().iloc[-1]:
        raise UsageError(
            f"No decision stands over child {child_code} in {stored.stage} {stored.year}.",
            mend="See `onemap admission decisions`.",
        )


def _count(
    connection: Connection, district: District, stored: StoredRun, school_id: int
) -> tuple[int, int | None]:
    asked = {"stage": stored.stage, "year": stored.year, "run_id": stored.id}
    counted = read_table(
        connection,
        "admission_final_counts",
        district_id=district.id,
        school_id=school_id,
        **asked,
    )
    cuts = read_table(connection, "admission_cuts", run_id=stored.id)
    seats = cuts.loc[cuts["school_id"] == school_id, "seats"]
    return int(counted["children"].iloc[0]), None if seats.empty else int(seats.iloc[0])
