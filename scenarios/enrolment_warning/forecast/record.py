"""The honest record: forecasts are published, never changed, and scored when their years come."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import Connection, insert, select

from catchments.forecast.schools import arrange_history
from catchments.forecast.scoring import backtest_panel, score_numbers
from gis import tables
from gis.database import read_table, run_query
from gis.runs import get_account
from scenarios.district import District, Plan
from scenarios.enrolment_warning.forecast.runs import ForecastRuns

LEAST_PUPILS, LEAST_HISTORY = 100.0, 3
SCORE_COLUMNS = [
    "stage",
    "level",
    "horizon",
    "method",
    "origins",
    "cases",
    "mape_pct",
    "bias_pct",
    "covered_80_pct",
    "covered_95_pct",
]


def publish_forecast(
    connection: Connection, district: District, plan: Plan, runs: ForecastRuns, *, scenario: str
) -> int:
    """Keep the numbers of a forecast for good; return the publication.

    The same forecast is published once: asked again, its publication is returned.
    """
    run, publication = tables.run, tables.forecast_publication
    made = connection.execute(
        select(run.c.inputs_digest, run.c.code_version).where(run.c.id == runs.plan_id)
    ).one()
    known = connection.execute(
        select(publication.c.id)
        .where(publication.c.district_code == district.profile.code)
        .where(publication.c.scenario == scenario)
        .where(publication.c.inputs_digest == made.inputs_digest)
    ).scalar()
    if known is not None:
        return int(known)
    values = {
        "district_code": district.profile.code,
        "scenario": scenario,
        "plan_code": plan.code,
        "data_date": district.profile.data_date,
        "inputs_digest": made.inputs_digest,
        "code_version": made.code_version,
        "who": get_account(),
    }
    id = connection.execute(insert(publication).values(values).returning(publication.c.id))
    publication_id = int(id.scalar_one())
    run_query(connection, "forecast_publish", publication_id=publication_id, run_id=runs.plan_id)
    return publication_id


def score_published(connection: Connection, district: District) -> pd.DataFrame:
    """Score what was published against what came; empty while nothing has.

    Returns
    -------
    DataFrame
        publication_id, scenario, data_date, level, stage, horizon (years after the data date),
        cases, mape_pct, bias_pct, covered_80_pct, covered_95_pct.
    """
    came = read_table(connection, "forecast_scored", district_id=district.id)
    # Sums of a school and the district are scored, and catchments; grades follow by themselves.
    came = came[came["grade"] == 0]
    years = pd.to_datetime(came["data_date"]).dt.year
    came = came.assign(horizon=came["year"] - years + 1)
    keys = ["publication_id", "scenario", "data_date", "level", "stage", "horizon"]
    rows = [
        {**dict(zip(keys, group, strict=True)), **_score(part)}
        for group, part in came.groupby(keys, sort=True)
    ]
    columns = [*keys, "cases", "mape_pct", "bias_pct", "covered_80_pct", "covered_95_pct"]
    return pd.DataFrame(rows, columns=columns)


def _score(part: pd.DataFrame) -> dict[str, float | int | None]:
    bounds = part[["low_95", "low_80", "high_80", "high_95"]].to_numpy(dtype=float).T
    return score_numbers(
        part["expected"].to_numpy(dtype=float), part["came"].to_numpy(dtype=float), bounds
    )


def backtest_district(
    connection: Connection, district: District, *, least_pupils: float, least_history: int
) -> pd.DataFrame:
    """Score the forecast of pupils on the district's own past, stage by stage.

    Every year of enrolment with enough years before it is an origin; only what was known then
    is used, and no register, since registers tell today alone. Stages with fewer years are left
    out.

    Returns
    -------
    DataFrame
        stage and the columns of :func:`catchments.forecast.scoring.backtest_panel`.
    """
    enrolment = read_table(connection, "school_enrolment", district_id=district.id)
    parts = []
    for stage in district.profile.stages:
        mine = enrolment[(enrolment["stage"] == stage.code) & (enrolment["grade"] <= stage.grades)]
        if mine["year"].nunique() <= least_history:
            continue
        _, history = arrange_history(mine, stage.grades)
        scores = backtest_panel(
            history,
            least_pupils=least_pupils,
            least_history=least_history,
            seed=district.profile.forecast.seed,
        )
        parts.append(scores.assign(stage=stage.code))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=SCORE_COLUMNS)
