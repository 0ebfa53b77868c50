"""When projects will be ready: an interval and chances from the pace so far. Pure, seeded."""

from __future__ import annotations

import datetime as dt
import zlib

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from catchments.profile import Construction, Pace
from scenarios.project_monitoring.analysis import count_days, find_ready_day, order_records

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
    left = _count_days_left(ordered, buildings, construction)
    codes = ordered.drop_duplicates("project_id").set_index("project_id")["project_code"]
    years = range(day.year, day.year + construction.pace.years + 1)
    ready = count_days(pd.Series([find_ready_day(y, construction.ready_before) for y in years]))
    intervals: list[tuple[object, ...]] = []
    chances: list[tuple[object, ...]] = []
    interval: tuple[object, object]
    for project in projects.to_dict("records"):
        id = project["project_id"]
        mine = buildings[buildings["project_id"] == id]
        if mine["actual_end_on"].notna().all():
            ends = count_days(mine["actual_end_on"]).max(keepdims=True)
            interval = (pd.NaT, pd.NaT)
        else:
            factors = _draw_factors(paces.loc[id], codes[id], construction.pace)
            ends = _simulate_ends(mine, left, factors)
            interval = _choose_interval(
                ends, project["expected_end_on"], construction.pace.interval_pct
            )
        intervals.append((id, *interval))
        chances += [
            (id, year, float((ends <= last).mean()))
            for year, last in zip(years, ready, strict=True)
        ]
    names = ["project_id", "expected_low_on", "expected_high_on"]
    return (
        pd.DataFrame(intervals, columns=names).set_index("project_id"),
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
    shrunk = (pooled["sum"] + prior * overall) / (pooled["count"] + prior)
    centre = shrunk.rename("centre").reset_index()
    seen = seen.merge(centre, on=["kind", "construction_stage"])
    deviation = seen["ratio"] - seen["centre"]
    own = deviation.groupby(seen["project_id"]).agg(["sum", "count"])
    shift = own["sum"] / (own["count"] + prior)
    squares = (deviation**2).groupby(seen["construction_stage"]).agg(["sum", "count"])
    squares = squares.reindex(codes, fill_value=0.0)
    assumed = prior * construction.pace.prior_spread**2
    variance = (assumed + squares["sum"]) / (prior + squares["count"])
    every = ordered[["project_id", "kind"]].drop_duplicates("project_id")
    every = every.merge(pd.DataFrame({"construction_stage": codes}), how="cross")
    every = every.merge(centre, on=["kind", "construction_stage"], how="left")
    mean = every["centre"].fillna(overall) + every["project_id"].map(shift).fillna(0.0)
    paces = every.assign(mean=mean, spread=every["construction_stage"].map(variance) ** 0.5)
    return paces.set_index(["project_id", "construction_stage"])[["mean", "spread"]]


def _count_days_left(
    ordered: pd.DataFrame, buildings: pd.DataFrame, construction: Construction
) -> dict[int, tuple[int, Floats]]:
    """Count the planned days that are left of each stage; the last place is for days between.

    Returns
    -------
    dict
        For each unfinished building the day from which they count, and the days by stage.
    """
    left = {}
    for building in buildings[buildings["actual_end_on"].isna()].to_dict("records"):
        stages = ordered[ordered["project_building_id"] == building["project_building_id"]]
        begins, ends = (count_days(stages[f"planned_{side}_on"]) for side in ("start", "end"))
        today = count_days(stages["measured_on"])[0]
        if building["progress_pct"] <= 0:
            origin, reached = max(today, begins.min()), begins.min()
        else:
            origin, reached = today, max(today - building["delay_days"], begins.min())
        days = np.arange(reached + 1, ends.max() + 1)
        of_stage = np.full(len(days), len(construction.stages))
        for order, begin, end in zip(stages["order"], begins, ends, strict=True):
            of_stage[(days >= begin) & (days <= end)] = order  # of two the later holds the day
        counts = np.bincount(of_stage, minlength=len(construction.stages) + 1).astype(float)
        left[building["project_building_id"]] = int(origin), counts
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
    buildings: pd.DataFrame, left: dict[int, tuple[int, Floats]], factors: Floats
) -> NDArray[np.int64]:
    """Return the day on which the last building ends, in each course."""
    done = buildings["actual_end_on"].dropna()
    last = count_days(done).max() if len(done) else 0
    ends = np.full(len(factors), last, dtype=np.int64)
    for building in buildings.loc[buildings["actual_end_on"].isna(), "project_building_id"]:
        origin, counts = left[building]
        takes = np.rint(factors @ counts).astype(np.int64)
        ends = np.maximum(ends, origin + takes)
    return ends


def _choose_interval(
    ends: NDArray[np.int64], expected_on: pd.Timestamp, interval_pct: float
) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Take the middle courses; the point, which knows no pace but the plan's, stays inside."""
    outside = (1 - interval_pct / 100) / 2
    low, high = np.quantile(ends, [outside, 1 - outside], method="inverted_cdf")
    days = pd.to_datetime([int(low), int(high)], unit="D")
    return min(days[0], expected_on), max(days[1], expected_on)
