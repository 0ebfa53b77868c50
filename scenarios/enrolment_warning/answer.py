"""Answers about children and seats: one catchment table, its totals, and plans side by side."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import Connection

from gis.database import read_table
from scenarios.district import District, Plan
from scenarios.enrolment_warning.count import count_plan
from scenarios.school_network.draw import draw_catchments

_SUMMED = [
    "children",
    "registered_children",
    "counted_children",
    "seats",
    "shortfall_seats",
    "surplus_seats",
]


def read_counts(
    connection: Connection,
    district: District,
    plan: Plan,
    *,
    stage: str | None = None,
    year: int | None = None,
) -> pd.DataFrame:
    """Read the newest count of a plan: one row a catchment, stage and year, and those outside.

    Returns
    -------
    DataFrame
        Columns of ``queries/catchment_counts.sql``; school columns missing outside.
    """
    return read_table(
        connection,
        "catchment_counts",
        district_id=district.id,
        plan_id=plan.id,
        stage=stage,
        year=year,
    )


def sum_counts(counts: pd.DataFrame) -> dict[str, int]:
    """Sum a count: children in all, inside and outside, seats, shortfall, warnings.

    The shortfall is the sum of the catchments' shortfalls: a seat free in one catchment does not
    seat a child of another.
    """
    outside = counts["school_id"].isna()
    totals = {name: int(counts[name].fillna(0).sum()) for name in _SUMMED}
    totals["outside_children"] = int(counts.loc[outside, "children"].sum())
    totals["catchments"] = int((~outside).sum())
    for colour in ("red", "yellow"):
        totals[f"{colour}_catchments"] = int((counts["warning"] == colour).sum())
    return totals


def count_moved(
    connection: Connection,
    district: District,
    plan: Plan,
    against: Plan,
    *,
    stage: str | None,
    year: int,
) -> int:
    """Count the children whose unit belongs to another school than under plan `against`."""
    moved = read_table(
        connection,
        "moved_children",
        district_id=district.id,
        plan_id=plan.id,
        against_id=against.id,
        stage=stage,
        year=year,
    )
    return int(moved["moved_children"].iloc[0])


def compare_plans(
    connection: Connection,
    district: District,
    plans: list[Plan],
    against: Plan,
    *,
    stage: str | None,
    year: int,
) -> list[dict[str, Any]]:
    """Return the totals of each plan and the children it moves against plan `against`."""
    rows = []
    for plan in plans:
        draw_catchments(connection, district, plan)
        count_plan(connection, district, plan)
        totals = sum_counts(read_counts(connection, district, plan, stage=stage, year=year))
        moved = count_moved(connection, district, plan, against, stage=stage, year=year)
        rows.append({"plan": plan.code, **totals, "moved_children": moved})
    return rows
