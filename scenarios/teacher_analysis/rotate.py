"""Exchange of teachers as it was asked for: another limit, other years; nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from sqlalchemy import Connection

from catchments.teacher_rules import Rotation
from gis.errors import RejectedDataError
from scenarios.district import District
from scenarios.teacher_analysis.assess import compare_today, read_register
from scenarios.teacher_analysis.exchange import propose_exchange


@dataclass(frozen=True, eq=False)
class Rotated:
    """An exchange with the codes of its schools, and who could be asked.

    Attributes
    ----------
    year
        School year of the register.
    subjects
        As :class:`scenarios.teacher_analysis.exchange.Exchange` has them.
    moves
        stage, subject, from_school_code, to_school_code, teachers, distance_m.
    candidates
        Personal rows: stage, subject, school_code, teacher_code, at_school_since of those who
        may be asked, longest at the school first.
    """

    year: int
    subjects: pd.DataFrame
    moves: pd.DataFrame
    candidates: pd.DataFrame


def rotate_teachers(
    connection: Connection, district: District, rotation: Rotation, *, stage: str | None = None
) -> Rotated:
    """Propose an exchange under rules of its own.

    Needs the officer's rights; the read of the register is entered in the access log.

    Raises
    ------
    RejectedDataError
        When no teachers, no classes or no lesson plan are loaded.
    """
    register = read_register(connection, district, purpose="exchange between schools")
    if register is None:
        raise RejectedDataError(
            f"No teachers are known in district {district.profile.code}.",
            mend="Load dataset teacher and enrolment, and set `teachers.subjects` in the profile.",
        )
    posts = compare_today(register, district.profile.teachers)
    if stage is not None:
        posts = posts[posts["stage"] == stage]
    serving = register.serving
    found = propose_exchange(connection, district, serving, register.retires, posts, rotation)
    codes = serving.drop_duplicates("school_id").set_index("school_id")["school_code"]
    moves = found.moves.assign(
        from_school_code=found.moves["from_school_id"].map(codes),
        to_school_code=found.moves["to_school_id"].map(codes),
    )
    columns = ["stage", "subject", "from_school_code", "to_school_code", "teachers", "distance_m"]
    givers = moves[["stage", "subject", "from_school_code"]].drop_duplicates()
    able = serving[found.movable].merge(
        givers.rename(columns={"from_school_code": "school_code"}),
        on=["stage", "subject", "school_code"],
    )
    candidates = able.rename(columns={"code": "teacher_code"}).sort_values(
        ["stage", "subject", "school_code", "at_school_since", "teacher_code"]
    )
    wanted = ["stage", "subject", "school_code", "teacher_code", "at_school_since"]
    return Rotated(
        register.year,
        found.subjects,
        moves[columns].reset_index(drop=True),
        candidates[wanted].reset_index(drop=True),
    )
