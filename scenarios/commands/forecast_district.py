"""The district form of ``onemap forecast``: children, catchments and pupils, ten years ahead."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import typer

from gis.access import Role
from gis.database import open_database
from gis.errors import RejectedDataError
from gis.exports.drafts import open_draft
from gis.exports.spreadsheets import neutralise_table
from gis.ingest.plain_csv import find_ids, parse_amounts, parse_years, read_table, refuse_rows
from gis.settings import load_settings
from scenarios.answers import answer_forecast
from scenarios.commands.output import print_json, print_table
from scenarios.district import find_district, find_plan
from scenarios.enrolment_warning.forecast.answer import read_pupils
from scenarios.enrolment_warning.forecast.predict import check_scenario, forecast_plan
from scenarios.enrolment_warning.forecast.record import (
    backtest_district,
    publish_forecast,
    score_published,
)
from scenarios.records import list_records

TOTAL_COLUMNS = ["stage", "year", "children"]


@dataclass(frozen=True)
class Asked:
    """What the command was asked for."""

    district: str | None
    plan: str | None
    scenario: str
    stage: str | None
    totals: Path | None
    is_published: bool
    out: Path | None


def forecast_district(asked: Asked, *, as_json: bool) -> None:
    """Compute the forecast of a district, store it, and tell it."""
    settings = load_settings()
    with open_database(settings) as database, database.begin(Role.OFFICER) as connection:
        found = find_district(connection, asked.district or settings.district)
        check_scenario(found, asked.scenario)
        if asked.stage is not None:
            found.profile.get_stage(asked.stage)
        stages = [stage.code for stage in found.profile.stages]
        totals = None if asked.totals is None else read_totals(asked.totals, stages)
        plan = find_plan(connection, found, asked.plan)
        runs = forecast_plan(connection, found, plan, scenario=asked.scenario, totals=totals)
        told = answer_forecast(
            connection, found, plan, runs, scenario=asked.scenario, stage=asked.stage
        )
        pupils = None if asked.out is None else read_pupils(connection, runs)
        told["publication"] = (
            publish_forecast(connection, found, plan, runs, scenario=asked.scenario)
            if asked.is_published
            else None
        )
    if asked.out is not None and pupils is not None:
        wanted = stages if asked.stage is None else [asked.stage]
        _write_pupils(asked.out, pupils[pupils["stage"].isin(wanted)])
    if as_json:
        print_json(told)
        return
    title = f"{found.profile.code} {plan.code} {asked.scenario}"
    _print(told["totals"], told["catchments"], title=title)
    if asked.out is not None:
        typer.echo(f"The pupils of schools are in {asked.out}.")


def backtest(district: str | None, *, min_pupils: float, min_history: int, as_json: bool) -> None:
    """Score the forecast of a district on its past, and what was published of it."""
    settings = load_settings()
    with open_database(settings) as database, database.begin(Role.PLANNER) as connection:
        found = find_district(connection, district or settings.district)
        scores = backtest_district(
            connection, found, least_pupils=min_pupils, least_history=min_history
        )
        published = score_published(connection, found)
    if scores.empty:
        raise RejectedDataError(
            f"District {found.profile.code} has no stage with more than {min_history} years of"
            " enrolment.",
            mend="Load more years of enrolment, or lower --min-history.",
        )
    if as_json:
        print_json(
            {
                "district": found.profile.code,
                "min_pupils": min_pupils,
                "min_history": min_history,
                "scores": list_records(scores.round(3)),
                "published": list_records(published.round(3)),
            }
        )
        return
    print_table(scores.assign(horizon=scores["horizon"].astype(int)), title="On the past")
    if published.empty:
        typer.echo("Of no published forecast has any year come yet.")
    else:
        print_table(published, title="Published forecasts")


def read_totals(path: Path, stages: list[str]) -> pd.DataFrame:
    """Read a CSV stage, year, children of official totals.

    Raises
    ------
    UsageError
        When the file is missing.
    RejectedDataError
        When a column is missing, a stage is unknown, a number is none, or a stage and year stand
        twice; the lines are named.
    """
    table = read_table(path, TOTAL_COLUMNS)
    find_ids(table, "stage", stages, path, source="the district profile")
    told = pd.DataFrame(
        {
            "stage": table["stage"],
            "year": parse_years(table, "year", path),
            "children": parse_amounts(table, "children", path),
        }
    )
    refuse_rows(
        told.duplicated(["stage", "year"]),
        path,
        "names a stage and year again",
        "Leave one of the rows out.",
    )
    return told


def _write_pupils(path: Path, pupils: pd.DataFrame) -> None:
    """Write the grades of schools, in the columns of a panel forecast and their stage."""
    rows = pupils[pupils["grade"] > 0].rename(
        columns={"school_code": "school", "low_80": "p10", "high_80": "p90"}
    )
    columns = ["school", "stage", "grade", "year", "pupils", "p10", "p90"]
    with open_draft(path) as draft:
        neutralise_table(rows[columns].round(2)).to_csv(draft, index=False, lineterminator="\n")


def _print(totals: pd.DataFrame, catchments: pd.DataFrame, *, title: str) -> None:
    sums = totals[totals["grade"] == 0].drop(columns="grade").round(0)
    print_table(sums, title=f"{title}: the district")
    counted = pd.crosstab([catchments["stage"], catchments["year"]], catchments["warning"])
    print_table(counted.reset_index(), title=f"{title}: catchments by warning")
