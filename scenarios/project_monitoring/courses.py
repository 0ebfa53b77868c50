"""How sites grow from ground-breaking to opening: curves of progress, heights day by day. Pure.

A course runs evenly: through a finished stage from its first to its last day, through a running
one from its first day to what is reported and on to its expected end, through one ahead on its
expected days. UNITS: instants are days since 1970-01-01 at midnight; what holds at the end of a
day holds at the instant after it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from catchments.profile import Construction
from scenarios.project_monitoring.analysis import count_days
from scenarios.project_monitoring.slips import DONE, RUNNING

Floats = NDArray[np.float64]


def trace_progress(slips: pd.DataFrame, days: pd.DatetimeIndex) -> pd.DataFrame:
    """Trace the progress of all buildings together, by floor area: planned, done, expected.

    Parameters
    ----------
    slips
        As :func:`scenarios.project_monitoring.slips.measure_slips` returns it.

    Returns
    -------
    DataFrame
        planned_pct, done_pct (missing after the last day that was measured) and expected_pct
        (missing before it), index the days.
    """
    at = count_days(days.to_series()) + 1
    weight = (slips["weight"] * slips["floor_area_m2"]).to_numpy(dtype=float)
    planned = np.zeros(len(at))
    course = np.zeros(len(at))
    starts, ends = (count_days(slips[f"planned_{side}_on"]) for side in ("start", "end"))
    for row, (start, end) in enumerate(zip(starts, ends, strict=True)):
        planned += weight[row] * np.interp(at, [start, end + 1], [0, 100])
    for row, (instants, shares) in enumerate(_list_courses(slips)):
        course += weight[row] * np.interp(at, instants, shares)
    today = count_days(slips["measured_on"]).max() + 1
    total = weight.sum() or 1.0
    return pd.DataFrame(
        {
            "planned_pct": planned / total,
            "done_pct": np.where(at <= today, course / total, np.nan),
            "expected_pct": np.where(at >= today, course / total, np.nan),
        },
        index=days,
    )


def trace_buildings(
    slips: pd.DataFrame, construction: Construction
) -> dict[int, dict[str, list[Any]]]:
    """Trace each building: at which instants its height or its stage turns.

    Between two instants the height runs evenly; a stage holds from its instant on.

    Parameters
    ----------
    slips
        As :func:`scenarios.project_monitoring.slips.measure_slips` returns it.

    Returns
    -------
    dict
        By project_building_id: days (instants, rising), heights (metres), done (per cent),
        stages (place among the profile's stages, −1 before the first).
    """
    raising = {at for at, stage in enumerate(construction.stages) if stage.raises_building}
    courses = _list_courses(slips)
    traced = {}
    for _, rows in slips.reset_index(drop=True).groupby("project_building_id"):
        mine = [courses[row] for row in rows.index]
        at = np.unique(np.concatenate([instants for instants, _ in mine]))
        shares = np.array([np.interp(at, *course) for course in mine])
        weight = rows["weight"].to_numpy(dtype=float)
        done = weight @ shares / (weight.sum() or 1.0)
        up = rows["order"].isin(raising).to_numpy()
        risen = shares[up].mean(axis=0) if up.any() else done
        begins = np.array([instants[0] for instants, _ in mine])
        order = rows["order"].to_numpy()
        stages = [int(order[begins <= day].max(initial=-1)) for day in at]
        height_m = float(rows["height_m"].iloc[0])
        traced[int(rows["project_building_id"].iloc[0])] = {
            "days": at.astype(int).tolist(),
            "heights": np.round(height_m * risen / 100, 1).tolist(),
            "done": np.round(done, 1).tolist(),
            "stages": stages,
        }
    return traced


def trace_sites(
    slips: pd.DataFrame, traced: dict[int, dict[str, list[Any]]]
) -> dict[int, dict[str, list[Any]]]:
    """Trace each project: its progress by floor area and the stage of its slowest building.

    Parameters
    ----------
    traced
        As :func:`trace_buildings` returns it.

    Returns
    -------
    dict
        By project_id: days, done and stages, as of buildings.
    """
    sites = {}
    areas = slips.drop_duplicates("project_building_id").set_index("project_building_id")
    for _, rows in areas.groupby("project_id"):
        mine = [traced[int(building)] for building in rows.index.to_numpy()]
        at = np.unique(np.concatenate([one["days"] for one in mine]))
        shares = np.array([np.interp(at, one["days"], one["done"]) for one in mine])
        stages = np.array([_hold(at, one["days"], one["stages"]) for one in mine]).min(axis=0)
        done = np.average(shares, axis=0, weights=rows["floor_area_m2"].to_numpy(dtype=float))
        sites[int(rows["project_id"].iloc[0])] = {
            "days": at.astype(int).tolist(),
            "done": np.round(done, 1).tolist(),
            "stages": stages.tolist(),
        }
    return sites


def _hold(at: NDArray[Any], days: list[int], stages: list[int]) -> NDArray[Any]:
    """Return the stage that holds at each instant."""
    place = np.searchsorted(days, at, side="right") - 1
    return np.where(place < 0, -1, np.array(stages)[np.maximum(place, 0)])


def _list_courses(slips: pd.DataFrame) -> list[tuple[list[float], list[float]]]:
    """Return for each row of `slips` the instants and shares (per cent) of its course."""
    starts, ends, today = (
        count_days(slips[name]) for name in ("starts_on", "ends_on", "measured_on")
    )
    courses = []
    for row, (state, share) in enumerate(
        zip(slips["stage_state"], slips["progress_pct"], strict=True)
    ):
        start, end, now = float(starts[row]), float(ends[row] + 1), float(today[row] + 1)
        if state == DONE:
            courses.append(([start, end], [0.0, 100.0]))
        elif state == RUNNING:
            first = min(start, now - 1)
            courses.append(([first, now, max(end, now + 1)], [0.0, float(share), 100.0]))
        else:
            first = max(start, now)
            courses.append(([first, max(end, first + 1)], [0.0, 100.0]))
    return courses
