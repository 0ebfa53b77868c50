"""Explain to a family what a stored run decided for its child."""

from __future__ import annotations

from typing import Any

import numpy as np
from sqlalchemy import Connection

from catchments.admission.admitting import SEATED
from catchments.admission.child_page import Background, ChildPage, School, SeatUse
from catchments.admission.pages import explain_child
from gis.database import read_features, read_table
from scenarios.access import log_reading
from scenarios.district import District
from scenarios.enrolment_warning.admission.records import (
    StoredRun,
    list_decisions,
    read_decisions,
    read_result,
    read_schools,
)
from scenarios.enrolment_warning.admission.walks import read_walks

_DWELLINGS = ("registered_unit_id", "owned_unit_id", "residence_unit_id")


def read_page(
    connection: Connection, district: District, stored: StoredRun, child_code: str
) -> ChildPage:
    """Return the page of a child in a stored run, with all decisions of officers; logged.

    Needs a session with the officer's rights.

    Raises
    ------
    UsageError
        When the run holds no such child.
    """
    row = read_result(connection, stored, child_code)
    schools = read_schools(connection, district)
    decisions = read_decisions(
        connection, district, stage=stored.stage, year=stored.year, child_code=child_code
    )
    page = explain_child(
        row,
        stored.stage_rules,
        read_table(connection, "admission_cuts", run_id=stored.id),
        schools,
        stored.origin,
        background=_read_background(connection, district, stored, row, schools),
        decisions=list_decisions(decisions),
    )
    log_reading(connection, district, f"page of child {child_code}, run {stored.id}", rows=1)
    return page


def _read_background(
    connection: Connection,
    district: District,
    stored: StoredRun,
    row: dict[str, Any],
    schools: dict[int, School],
) -> Background:
    """Look up what the registers still tell of the rows that the result names."""
    asked = {"stage": stored.stage, "year": stored.year, "household_code": row["household_code"]}
    ids = [row[name] for name in _DWELLINGS if row[name] is not None]
    dwellings = read_table(connection, "admission_dwelling_codes", ids=ids)
    uses = read_table(connection, "admission_dwelling_uses", unit_id=row["owned_unit_id"], **asked)
    siblings = read_table(
        connection,
        "admission_sibling_schools",
        district_id=district.id,
        child_id=row["child_id"],
        grades=district.profile.get_stage(stored.stage).grades,
        **asked,
    )
    return Background(
        dwellings=dict(zip(dwellings["id"], dwellings["code"], strict=True)),
        uses=tuple(
            SeatUse(schools[school], int(year), bool(same))
            for school, year, same in uses.to_numpy(dtype=object).tolist()
        ),
        sibling_school_ids=frozenset(siblings["school_id"]),
        walk_m=_measure_ways(connection, district, stored, row),
    )


def _measure_ways(
    connection: Connection, district: District, stored: StoredRun, row: dict[str, Any]
) -> dict[int, float]:
    """Measure the ways of an unseated child to the schools with seats, while its home stands."""
    home = row["building_id"]
    if row["outcome"] == SEATED or home is None:
        return {}
    if read_features(connection, "admission_buildings", ids=[home]).empty:
        return {}
    places = read_features(
        connection,
        "admission_schools",
        district_id=district.id,
        stage=stored.stage,
        year=stored.year,
        day=district.profile.data_date,
    )
    ids = places["school_id"].to_numpy(np.int64)
    ways = read_walks(connection, district, places)(np.array([home]), ids)
    return dict(zip(ids.tolist(), ways[0].tolist(), strict=True))
