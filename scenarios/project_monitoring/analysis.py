"""Progress of project buildings and projects on a day. Pure: tables in, tables out."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from catchments.profile import Construction

NOT_STARTED, ON_TIME, LATE, COMPLETED = "not_started", "on_time", "late", "completed"
_DATES = ["planned_start_on", "planned_end_on", "actual_start_on", "actual_end_on"]


def measure_buildings(
    records: pd.DataFrame, construction: Construction, *, day: dt.date
) -> pd.DataFrame:
    """Measure how far each building is on `day`, against its plan.

    Progress is the sum of stage weights times the share done of each stage; what should be done
    grows evenly between the planned first and last day of a stage. The delay is the earned
    schedule: the days between `day` and the day for which the reached progress was planned
    (SOURCE: W. Lipke, Schedule is Different, 2003); while nothing was planned to move, a building
    that has reached the plan is on time. A completed building is late by its actual against its
    planned last day; one without progress is late from its planned first day on. A building whose
    newest record is younger than `day` is measured on the day of that record: nothing later is
    known of it, and nothing later is held against it.

    Parameters
    ----------
    records
        project_id, project_building_id, floor_area_m2, height_m, construction_stage, planned and
        actual dates (missing when not there yet), progress_pct (0–100); recorded_on if known.

    Returns
    -------
    DataFrame
        One row a building: project_id, project_building_id, floor_area_m2, construction_stage,
        progress_pct, planned_pct, delay_days, built_height_m, planned_end_on, actual_end_on,
        measured_on.
    """
    raising = {stage.code for stage in construction.stages if stage.raises_building}
    rows = order_records(records, construction, day=day)
    if rows.empty:
        return pd.DataFrame(columns=_BUILDING_COLUMNS)
    return pd.DataFrame(
        [
            _measure_building(part, raising)
            for _, part in rows.groupby("project_building_id", sort=True)
        ],
        columns=_BUILDING_COLUMNS,
    )


def order_records(
    records: pd.DataFrame, construction: Construction, *, day: dt.date
) -> pd.DataFrame:
    """Return the records of known stages, by building in the order of the profile's stages.

    Returns
    -------
    DataFrame
        The records with datetime64 dates, order (from 0), weight and measured_on.
    """
    order = {stage.code: at for at, stage in enumerate(construction.stages)}
    weights = {stage.code: stage.weight for stage in construction.stages}
    rows = records[records["construction_stage"].isin(order)].copy()
    for column in _DATES:
        rows[column] = pd.to_datetime(rows[column])
    rows["order"] = rows["construction_stage"].map(order)
    rows["weight"] = rows["construction_stage"].map(weights)
    rows["measured_on"] = pd.Timestamp(day)
    if "recorded_on" in rows and len(rows):
        recorded_on = pd.to_datetime(rows["recorded_on"])
        newest = recorded_on.groupby(rows["project_building_id"]).transform("max")
        rows["measured_on"] = newest.where(newest > rows["measured_on"], rows["measured_on"])
    return rows.sort_values(["project_building_id", "order"], ignore_index=True)


_BUILDING_COLUMNS = [
    "project_id",
    "project_building_id",
    "floor_area_m2",
    "construction_stage",
    "progress_pct",
    "planned_pct",
    "delay_days",
    "built_height_m",
    "planned_end_on",
    "actual_end_on",
    "measured_on",
]


def _measure_building(stages: pd.DataFrame, raising: set[str]) -> tuple[object, ...]:
    first = stages.iloc[0]
    day = first["measured_on"]
    weights = stages["weight"].to_numpy()
    total = weights.sum()
    done_pct = float((weights * stages["progress_pct"]).sum() / total)
    planned_pct = 100 * float((weights * _share_planned(stages, day)).sum() / total)
    planned_end = stages["planned_end_on"].max()
    finished = bool((stages["actual_end_on"].notna() & (stages["progress_pct"] >= 100)).all())
    actual_end = stages["actual_end_on"].max() if finished else pd.NaT
    begun = stages[stages["actual_start_on"].notna() | (stages["progress_pct"] > 0)]
    if finished:
        delay = (actual_end - planned_end).days
    elif done_pct <= 0:
        delay = max(0, (day - stages["planned_start_on"].min()).days)
    else:
        delay = (day - _find_planned_day(stages, done_pct, day)).days
    up = stages["construction_stage"].isin(raising).to_numpy()
    share_up = float(stages.loc[up, "progress_pct"].mean()) / 100 if up.any() else done_pct / 100
    return (
        first["project_id"],
        first["project_building_id"],
        first["floor_area_m2"],
        None if begun.empty else begun.iloc[-1]["construction_stage"],
        done_pct,
        planned_pct,
        delay,
        share_up * float(first["height_m"]),
        planned_end,
        actual_end,
        day,
    )


def _share_planned(stages: pd.DataFrame, day: pd.Timestamp) -> np.ndarray:
    """Share of each stage that was planned to be done at the end of `day`."""
    length = (stages["planned_end_on"] - stages["planned_start_on"]).dt.days + 1
    passed = (day - stages["planned_start_on"]).dt.days + 1
    return np.clip((passed / length).to_numpy(dtype=float), 0, 1)


def _find_planned_day(stages: pd.DataFrame, done_pct: float, day: pd.Timestamp) -> pd.Timestamp:
    """Day at whose end `done_pct` was planned, the nearest to `day` where several were."""
    start = stages["planned_start_on"].min()
    days = pd.date_range(start - pd.Timedelta(days=1), stages["planned_end_on"].max())
    length = ((stages["planned_end_on"] - stages["planned_start_on"]).dt.days + 1).to_numpy()
    begin = (stages["planned_start_on"] - days[0]).dt.days.to_numpy()
    passed = np.arange(len(days))[:, None] - begin[None, :] + 1
    weights = stages["weight"].to_numpy()
    curve = 100 * (np.clip(passed / length, 0, 1) * weights).sum(axis=1) / weights.sum()
    first = int(np.searchsorted(curve, done_pct - 1e-9))
    last = max(first, int(np.searchsorted(curve, done_pct + 1e-9, side="right")) - 1)
    return days[min(max((day - days[0]).days, first), last)]


def measure_projects(
    buildings: pd.DataFrame,
    planned_years: pd.Series,
    construction: Construction,
) -> pd.DataFrame:
    """Sum the buildings of each project, weighted by floor area.

    A project is as late as its latest building. Its expected end is the planned end moved by that
    delay, so never in the past while unfinished; its seats open in the first September for which
    it is ready in time, and not before the year that was planned.

    Parameters
    ----------
    buildings
        As :func:`measure_buildings` returns it.
    planned_years
        Planned opening year, index project_id.

    Returns
    -------
    DataFrame
        project_id, construction_stage, progress_pct, planned_pct, delay_days, planned_end_on,
        expected_end_on, opens_year, state.
    """
    order = {stage.code: at for at, stage in enumerate(construction.stages)}
    rows = [
        {
            "project_id": project_id,
            **_measure_project(part, order, construction.late_after_days),
        }
        for project_id, part in buildings.groupby("project_id", sort=True)
    ]
    projects = pd.DataFrame(rows, columns=_PROJECT_COLUMNS)
    ready = [find_ready_year(end, construction.ready_before) for end in projects["expected_end_on"]]
    planned = projects["project_id"].map(planned_years).fillna(0)
    return projects.assign(opens_year=np.maximum(ready, planned).astype(int) if rows else [])


_PROJECT_COLUMNS = [
    "project_id",
    "construction_stage",
    "progress_pct",
    "planned_pct",
    "delay_days",
    "planned_end_on",
    "expected_end_on",
    "state",
]


def _measure_project(
    part: pd.DataFrame, order: dict[str, int], late_after_days: int
) -> dict[str, object]:
    area = part["floor_area_m2"].to_numpy(dtype=float)
    delay = int(part["delay_days"].max())
    completed = bool(part["actual_end_on"].notna().all())
    reached = part["construction_stage"].map(order)
    slowest = None if reached.isna().any() else part["construction_stage"].iloc[reached.argmin()]
    planned_end = part["planned_end_on"].max()
    if completed:
        state, expected = COMPLETED, part["actual_end_on"].max()
    else:
        expected = planned_end + pd.Timedelta(days=delay)
        begun = part["construction_stage"].notna().any()
        state = LATE if delay > late_after_days else ON_TIME if begun else NOT_STARTED
    return {
        "construction_stage": slowest,
        "progress_pct": float(np.average(part["progress_pct"], weights=area)),
        "planned_pct": float(np.average(part["planned_pct"], weights=area)),
        "delay_days": delay,
        "planned_end_on": planned_end,
        "expected_end_on": expected,
        "state": state,
    }


def find_ready_year(end: pd.Timestamp, ready_before: str) -> int:
    """Return the first school year for which a project that ends on a day is ready in time.

    Examples
    --------
    >>> find_ready_year(pd.Timestamp(2026, 8, 15), "08-15")
    2026
    >>> find_ready_year(pd.Timestamp(2026, 8, 16), "08-15")
    2027
    """
    return end.year if end <= find_ready_day(end.year, ready_before) else end.year + 1


def find_ready_day(year: int, ready_before: str) -> pd.Timestamp:
    """Return the last day on which a project may end to be ready for a school year."""
    month, day = (int(part) for part in ready_before.split("-"))
    return pd.Timestamp(year, month, day)


def count_days(days: pd.Series) -> NDArray[np.int64]:
    """Count days since 1970-01-01.

    Examples
    --------
    >>> count_days(pd.Series(pd.to_datetime(["1970-01-01", "2026-03-31"]))).tolist()
    [0, 20543]
    """
    return days.to_numpy().astype("datetime64[D]").astype(np.int64)
