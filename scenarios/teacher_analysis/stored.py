"""The newest results about teachers, as panel, commands, map and paper read them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from sqlalchemy import Connection

from gis.database import read_table
from scenarios.district import District
from scenarios.teacher_analysis.assess import find_teachers


@dataclass(frozen=True, eq=False)
class Stored:
    """What one run holds, of one stage or all.

    Attributes
    ----------
    year
        Year of the register: heads and the first year of the outlook are of it.
    posts
        Columns of ``queries/teacher_posts.sql`` for the year asked for.
    outlook
        Columns of ``queries/teacher_outlook.sql``: the district by subject and year.
    heads
        Columns of ``queries/teacher_heads.sql``: schools with their teachers and pupils.
    sorts
        Columns of ``queries/teacher_sorts.sql``; small cells.
    years
        Columns of ``queries/teacher_years.sql``; small cells.
    rotations, moves
        Columns of ``queries/teacher_rotations.sql`` and ``queries/teacher_moves.sql``.
    """

    run_id: int
    year: int
    posts: pd.DataFrame
    outlook: pd.DataFrame
    heads: pd.DataFrame
    sorts: pd.DataFrame
    years: pd.DataFrame
    rotations: pd.DataFrame
    moves: pd.DataFrame


def read_stored(
    connection: Connection,
    district: District,
    *,
    stage: str | None = None,
    year: int | None = None,
) -> Stored | None:
    """Read the newest run of the teachers; nothing where none was computed.

    Parameters
    ----------
    stage
        Stage of education; all by default.
    year
        Year whose posts are read; by default that of the register.
    """
    run_id = find_teachers(connection, district)
    if run_id is None:
        return None
    asked = {"run_id": run_id, "stage": stage}
    every = {**asked, "subject": None}
    posts = read_table(connection, "teacher_posts", **every, year=year)
    outlook = read_table(connection, "teacher_outlook", **asked)
    register_year = int(outlook["year"].min()) if len(outlook) else district.profile.years.shown
    heads = read_table(
        connection, "teacher_heads", **asked, district_id=district.id, year=register_year
    )
    return Stored(
        run_id,
        register_year,
        posts,
        outlook,
        heads,
        read_table(connection, "teacher_sorts", **asked),
        read_table(connection, "teacher_years", **asked),
        read_table(connection, "teacher_rotations", **every),
        read_table(connection, "teacher_moves", **every),
    )
