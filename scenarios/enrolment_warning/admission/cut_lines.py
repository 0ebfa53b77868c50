"""Cut lines of a stored run, and what one more class at each school would change."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import Connection

from catchments.admission.cuts import count_with_more_seats
from gis.database import read_table
from scenarios.district import District
from scenarios.enrolment_warning.admission.records import StoredRun


def read_cut_lines(
    connection: Connection, district: District, stored: StoredRun, *, more_seats: int | None = None
) -> pd.DataFrame:
    """Return how far each batch got at each school; sums only, nothing of a single child.

    Parameters
    ----------
    more_seats
        Seats added at each school alone; default one class of the stage's design.

    Returns
    -------
    DataFrame
        One row a school and batch, in order: school_id, school_code, school_name_zh,
        school_name_en, batch, place, seats, children, seated, placed_elsewhere, exceptions,
        placed_here, last_score, first_unseated_score; seated_with_more: children of the batch
        now without a seat at the school who would have one with `more_seats` more.
    """
    more = more_seats or district.profile.get_stage(stored.stage).design_class
    cuts = read_table(connection, "admission_cuts", run_id=stored.id)
    order = read_table(connection, "admission_order", run_id=stored.id)
    gained = count_with_more_seats(order, more).rename(
        columns={"zone_school_id": "school_id", "children": "seated_with_more"}
    )
    wide = cuts.merge(gained, on=["school_id", "batch"], how="left")
    return wide.assign(seated_with_more=wide["seated_with_more"].fillna(0).astype(int))
