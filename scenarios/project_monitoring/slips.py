"""How far each stage slips: against its plan, in days. Pure: tables in, tables out."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from catchments.profile import Construction
from scenarios.project_monitoring.analysis import order_records

DONE, RUNNING, AHEAD = "done", "running", "ahead"


def measure_slips(
    records: pd.DataFrame, buildings: pd.DataFrame, construction: Construction, *, day: dt.date
) -> pd.DataFrame:
    """Measure by how many days each stage ends, or will end, after its planned last day.

    A finished stage slipped by its actual against its planned last day. Every other stage is
    expected at its planned days moved by the building's delay, and not before the day on which
    the building was measured. What a stage adds is its slip less that of the stage before it.

    Parameters
    ----------
    records, day
        As for :func:`scenarios.project_monitoring.analysis.measure_buildings`.
    buildings
        As that function returns it.

    Returns
    -------
    DataFrame
        The records in order, with starts_on and ends_on (actual, else expected), slip_days,
        added_days and stage_state (done, running or ahead).
    """
    rows = order_records(records, construction, day=day)
    delay = rows["project_building_id"].map(
        buildings.set_index("project_building_id")["delay_days"]
    )
    moved = pd.to_timedelta(delay, unit="D")
    least = rows["measured_on"]
    is_done = rows["actual_end_on"].notna() & (rows["progress_pct"] >= 100)
    is_begun = rows["actual_start_on"].notna() | (rows["progress_pct"] > 0)
    starts_on = rows["actual_start_on"].fillna(
        (rows["planned_start_on"] + moved).where(
            is_begun, (rows["planned_start_on"] + moved).clip(lower=least)
        )
    )
    ends_on = rows["actual_end_on"].where(
        is_done, (rows["planned_end_on"] + moved).clip(lower=least)
    )
    slip_days = (ends_on - rows["planned_end_on"]).dt.days
    before = slip_days.groupby(rows["project_building_id"]).shift(fill_value=0)
    return rows.assign(
        starts_on=starts_on,
        ends_on=ends_on,
        slip_days=slip_days,
        added_days=slip_days - before,
        stage_state=np.select([is_done, is_begun], [DONE, RUNNING], AHEAD),
    )


def sum_slips(slips: pd.DataFrame) -> pd.DataFrame:
    """Sum the stages of each project over its buildings: its last building counts.

    Returns
    -------
    DataFrame
        project_id, construction_stage, order, planned_start_on, planned_end_on, starts_on,
        ends_on, slip_days, added_days, progress_pct (by floor area) and stage_state.
    """
    weighed = slips.assign(
        done=slips["progress_pct"] * slips["floor_area_m2"],
        is_done=slips["stage_state"] == DONE,
        is_begun=slips["stage_state"] != AHEAD,
    )
    keys = ["project_id", "order", "construction_stage"]
    summed = weighed.groupby(keys).agg(
        planned_start_on=("planned_start_on", "min"),
        planned_end_on=("planned_end_on", "max"),
        starts_on=("starts_on", "min"),
        ends_on=("ends_on", "max"),
        done=("done", "sum"),
        area_m2=("floor_area_m2", "sum"),
        every_done=("is_done", "all"),
        any_begun=("is_begun", "any"),
        measured_on=("measured_on", "max"),
    )
    slip_days = (summed["ends_on"] - summed["planned_end_on"]).dt.days
    before = slip_days.groupby("project_id").shift(fill_value=0)
    states = np.select([summed["every_done"], summed["any_begun"]], [DONE, RUNNING], AHEAD)
    return (
        summed.assign(
            slip_days=slip_days,
            added_days=slip_days - before,
            progress_pct=summed["done"] / summed["area_m2"],
            stage_state=states,
        )
        .drop(columns=["done", "area_m2", "every_done", "any_begun"])
        .reset_index()
    )
