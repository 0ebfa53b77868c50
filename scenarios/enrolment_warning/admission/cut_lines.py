"""Cut lines of a run, and what one more class at each school would change."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import Connection

from catchments.admission.admitting import Admission
from catchments.admission.cuts import count_with_more_seats
from gis.database import read_table
from scenarios.district import District
from scenarios.enrolment_warning.admission.records import StoredRun, read_schools


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
    return _join_more(cuts, order, more)


def tell_cut_lines(
    connection: Connection, district: District, stage: str, admission: Admission
) -> pd.DataFrame:
    """Return the cut lines of a fresh assignment, with one class more; as stored ones are."""
    schools = read_schools(connection, district)
    known = admission.cuts["school_id"].map(schools)
    named = admission.cuts.assign(
        school_code=[school.code for school in known],
        school_name_zh=[school.name_zh for school in known],
        school_name_en=[school.name_en for school in known],
    )
    cuts = named.sort_values(["school_code", "place"], ignore_index=True)
    results = admission.results
    order = results[results["position"].notna() & results["zone_school_id"].isin(cuts["school_id"])]
    seats = cuts.drop_duplicates("school_id").set_index("school_id")["seats"]
    order = order.assign(seats=order["zone_school_id"].map(seats))
    return _join_more(cuts, order, district.profile.get_stage(stage).design_class)


def _join_more(cuts: pd.DataFrame, order: pd.DataFrame, more: int) -> pd.DataFrame:
    gained = count_with_more_seats(order, more).rename(
        columns={"zone_school_id": "school_id", "children": "seated_with_more"}
    )
    wide = cuts.merge(gained, on=["school_id", "batch"], how="left")
    return wide.assign(seated_with_more=wide["seated_with_more"].fillna(0).astype(int))
