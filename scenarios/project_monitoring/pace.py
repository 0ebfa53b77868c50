"""When projects will be ready: an interval and chances from the pace so far. Pure, seeded."""

from __future__ import annotations

import datetime as dt
import zlib

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from catchments.profile import Construction, Pace
from scenarios.project_monitoring.analysis import find_ready_day, order_records

Floats = NDArray[np.float64]


def forecast_completion(
    records: pd.DataFrame,
    buildings: pd.DataFrame,
    projects: pd.DataFrame,
    construction: Construction,
    *,
    day: dt.date,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Set an interval around the expected completion, and chances beside the school years.

    The point is that of :func:`scenarios.project_monitoring.analysis.measure_projects`: what is
    left takes as long as planned. The interval comes from how long finished stages took, actual
    by planned days: each planned day that is left of a stage takes a factor drawn from the pace
    of that stage in projects of the kind, moved by the project's own pace (see
    :func:`measure_pace`). Days between stages take as long as planned. Buildings of a project
    share its draws; it ends with its last building. Draws depend on the seed and the project's
    code alone, so a project that progresses further on the same dates never gets a later day or
    a lower chance. A completed project has no interval; its chance is 1 from the year on for
    which it was ready.

    Parameters
    ----------
    records
        As for :func:`measure_buildings`, with project_code and kind.
    buildings, projects
        As :func:`measure_buildings` and :func:`measure_projects` return them.
    day
        First day of the school years told: those that begin in its year and after.

    Returns
    -------
    intervals
        expected_low_on and expected_high_on, missing once completed; index project_id.
    chances
        project_id, year, chance (0 to 1, rising with the year).
    """
    ordered = order_records(records, construction, day=day)
    paces = measure_pace(ordered, construction)
    rules = construction.pace
    years = range(day.year, day.year + rules.years + 1)
    ready_on = [find_ready_day(year, construction.ready_before) for year in years]
    left = _count_days_left(ordered, buildings.set_index("project_building_id"), construction)
    codes = ordered.drop_duplicates("project_id").set_index("project_id")["project_code"]
    intervals, chances = [], []
    for project in projects.itertuples():
        mine = buildings[buildings["project_id"] == project.project_id]
        low_on = high_on = pd.NaT
        if mine["actual_end_on"].notna().all():
            ends_on = np.array([mine["actual_end_on"].max()], dtype="datetime64[D]")
        else:
            factors = _draw_factors(paces.loc[project.project_id], codes[project.project_id], rules)
            ends_on = _simulate_ends(mine, left, factors)
            low_on, high_on = _choose_interval(ends_on, project.expected_end_on, rules.interval_pct)
        intervals.append((project.project_id, low_on, high_on))
        chances += [
            (project.project_id, year, float((ends_on <= np.datetime64(last, "D")).mean()))
            for year, last in zip(years, ready_on, strict=True)
        ]
    return (
        pd.DataFrame(
            intervals, columns=["project_id", "expected_low_on", "expected_high_on"]
        ).set_index("project_id"),
        pd.DataFrame(chances, columns=["project_id", "year", "chance"]),
    )


def measure_pace(ordered: pd.DataFrame, construction: Construction) -> pd.DataFrame:
    """Estimate the pace of each stage in each project from all finished stages.

    A finished stage of a project tells the logarithm of actual by planned days, the mean over
    its buildings. Means are shrunk by ``prior_stages`` assumed stages: those of a stage and kind
    of project towards that of all stages, that towards the plan, and the project's own deviation
    towards none. The spread is pooled by stage with ``prior_stages`` stages of ``prior_spread``.

    Parameters
    ----------
    ordered
        As :func:`order_records` returns it, with kind.

    Returns
    -------
    DataFrame
        mean and spread of the logarithm; index project_id and construction_stage.
    """
    prior, codes = construction.pace.prior_stages, [one.code for one in construction.stages]
    took = (ordered["actual_end_on"] - ordered["actual_start_on"]).dt.days + 1
    meant = (ordered["planned_end_on"] - ordered["planned_start_on"]).dt.days + 1
    told = ordered.assign(ratio=np.log(took / meant)).dropna(subset="ratio")
    seen = told.groupby(["project_id", "kind", "construction_stage"])["ratio"].mean().reset_index()
    overall = seen["ratio"].sum() / (len(seen) + prior)
    pooled = seen.groupby(["kind", "construction_stage"])["ratio"].agg(["sum", "count"])
    centre = (pooled["sum"] + prior * overall) / (pooled["count"] + prior)
    centre = centre.rename("centre").reset_index()
    seen = seen.merge(centre, on=["kind", "construction_stage"])
    deviation = seen["ratio"] - seen["centre"]
    own = deviation.groupby(seen["project_id"]).agg(["sum", "count"])
    shift = own["sum"] / (own["count"] + prior)
    squares = (deviation**2).groupby(seen["construction_stage"]).agg(["sum", "count"])
    squares = squares.reindex(codes, fill_value=0.0)
    spread = np.sqrt(
        (prior * construction.pace.prior_spread**2 + squares["sum"]) / (prior + squares["count"])
    )
    every = ordered[["project_id", "kind"]].drop_duplicates("project_id")
    every = every.merge(pd.DataFrame({"construction_stage": codes}), how="cross")
    every = every.merge(centre, on=["kind", "construction_stage"], how="left")
    mean = every["centre"].fillna(overall) + every["project_id"].map(shift).fillna(0.0)
    paces = every.assign(mean=mean, spread=every["construction_stage"].map(spread))
    return paces.set_index(["project_id", "construction_stage"])[["mean", "spread"]]


def _count_days_left(
    ordered: pd.DataFrame, buildings: pd.DataFrame, construction: Construction
) -> dict[int, tuple[np.datetime64, Floats]]:
    """Count the planned days that are left of each stage; the last place is for days between.

    Returns
    -------
    dict
        For each unfinished building the day from which they count, and the days by stage.
    """
    left = {}
    for building, stages in ordered.groupby("project_building_id"):
        measured = buildings.loc[building]
        if pd.notna(measured["actual_end_on"]):
            continue
        begins_on = stages["planned_start_on"].min()
        if measured["progress_pct"] <= 0:
            from_on, reached_on = max(measured["measured_on"], begins_on), begins_on
        else:
            from_on = measured["measured_on"]
            reached_on = max(from_on - pd.Timedelta(days=measured["delay_days"]), begins_on)
        days = np.arange(
            np.datetime64(reached_on, "D") + 1, np.datetime64(measured["planned_end_on"], "D") + 1
        )
        of_stage = np.full(len(days), len(construction.stages))
        for stage in stages.itertuples():  # where two overlap the later one holds the day
            inside = (days >= np.datetime64(stage.planned_start_on, "D")) & (
                days <= np.datetime64(stage.planned_end_on, "D")
            )
            of_stage[inside] = stage.order
        counts = np.bincount(of_stage, minlength=len(construction.stages) + 1).astype(float)
        left[int(building)] = np.datetime64(from_on, "D"), counts
    return left


def _draw_factors(paces: pd.DataFrame, code: str, rules: Pace) -> Floats:
    """Draw what a planned day of each stage takes; one row a course, the last place is 1."""
    rng = np.random.default_rng([rules.seed, zlib.crc32(str(code).encode())])
    shared = rules.shared_pct / 100
    together = rng.standard_normal((rules.draws, 1))
    alone = rng.standard_normal((rules.draws, len(paces)))
    chance = np.sqrt(shared) * together + np.sqrt(1 - shared) * alone
    factors = np.exp(paces["mean"].to_numpy() + paces["spread"].to_numpy() * chance)
    return np.hstack([factors, np.ones((rules.draws, 1))])


def _simulate_ends(
    buildings: pd.DataFrame, left: dict[int, tuple[np.datetime64, Floats]], factors: Floats
) -> NDArray[np.datetime64]:
    ends = []
    for building in buildings.itertuples():
        if pd.notna(building.actual_end_on):
            ends.append(np.full(len(factors), np.datetime64(building.actual_end_on, "D")))
            continue
        from_on, counts = left[building.project_building_id]
        ends.append(from_on + np.ceil(factors @ counts - 1e-9).astype("timedelta64[D]"))
    return np.max(ends, axis=0)


def _choose_interval(
    ends_on: NDArray[np.datetime64], expected_on: pd.Timestamp, interval_pct: float
) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Take the middle courses; the point, which knows no pace but the plan's, stays inside."""
    outside = (1 - interval_pct / 100) / 2
    numbers = ends_on.astype(np.int64)
    low, high = np.quantile(numbers, [outside, 1 - outside], method="inverted_cdf")
    return (
        min(pd.Timestamp(np.datetime64(int(low), "D")), expected_on),
        max(pd.Timestamp(np.datetime64(int(high), "D")), expected_on),
    )
