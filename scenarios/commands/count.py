"""``onemap count``: children against seats by catchment."""

from __future__ import annotations

from typing import Annotated, Any

import pandas as pd
import typer

from gis.access import Role
from gis.database import open_database
from gis.errors import UsageError
from gis.settings import load_settings
from scenarios.commands.output import (
    DistrictOption,
    JsonOption,
    PlanOption,
    StageOption,
    YearOption,
    list_records,
    print_json,
    print_table,
)
from scenarios.district import check_choice, find_district, find_plan, list_plans
from scenarios.enrolment_warning.answer import compare_plans, read_counts
from scenarios.enrolment_warning.count import count_children

# Columns that the JSON carries and a terminal has no room for.
_BEYOND_PAPER = ["school_id", "school_name_en", "year", "complete", "run_id", "registered_children"]


def count(
    district: DistrictOption = None,
    plan: PlanOption = None,
    stage: StageOption = None,
    year: YearOption = None,
    against: Annotated[
        str | None, typer.Option("--against", help="Also count children moved against this plan.")
    ] = None,
    every_plan: Annotated[
        bool, typer.Option("--every-plan", help="Totals of every plan, side by side.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Count eligible children and set them against seats, catchment by catchment.

    Example: onemap count --stage primary --year 2026 --plan statutory --json.
    """
    answer = _ask(district, plan, stage, year, against, every_plan=every_plan)
    if as_json:
        print_json(
            {
                **answer,
                **{k: list_records(v) for k, v in answer.items() if isinstance(v, pd.DataFrame)},
            }
        )
        return
    head = f"{answer['district']} {answer['year']} {answer['stage'] or ''} {answer['plan']}"
    if every_plan:
        print_table(answer["plans"].drop(columns=_BEYOND_PAPER, errors="ignore"), title=head)
        return
    print_table(answer["catchments"].drop(columns=_BEYOND_PAPER, errors="ignore"), title=head)
    typer.echo("  ".join(f"{name} {number}" for name, number in answer["totals"].items()))


def _ask(
    district: str | None,
    plan: str | None,
    stage: str | None,
    year: int | None,
    against: str | None,
    *,
    every_plan: bool,
) -> dict[str, Any]:
    settings = load_settings()
    with open_database(settings) as database:
        with database.begin(Role.OFFICER) as connection:
            found = find_district(connection, district or settings.district)
            chosen_year = check_choice(found, stage=stage, year=year)
            count_children(connection, found)
        with database.begin(Role.PLANNER) as connection:
            chosen = find_plan(connection, found, plan)
            base = find_plan(connection, found, against) if against else chosen
            plans = list_plans(connection, found) if every_plan else [chosen]
            compared = compare_plans(connection, found, plans, base, stage=stage, year=chosen_year)
            counts = read_counts(connection, found, chosen, stage=stage, year=chosen_year)
    if counts.empty:
        raise UsageError(
            f"Plan {chosen.code} of district {found.profile.code} counts nobody in"
            f" {stage or 'any stage'} {chosen_year}.",
            mend="Choose a stage with catchments.",
        )
    head: dict[str, Any] = {
        "district": found.profile.code,
        "plan": chosen.code,
        "stage": stage,
        "year": chosen_year,
        "run": int(counts["run_id"].iloc[0]),
        "data_date": found.profile.data_date,
        "synthetic": found.profile.synthetic,
    }
    if every_plan:
        return {**head, "against": base.code, "plans": pd.DataFrame(compared)}
    totals = {name: number for name, number in compared[0].items() if name != "plan"}
    if against is None:
        totals.pop("moved_children")
    else:
        head["against"] = base.code
    return {**head, **totals, "totals": totals, "catchments": counts}
