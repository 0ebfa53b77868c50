"""``onemap count``: children against seats by catchment."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from gis.access import Role
from gis.database import open_database
from gis.settings import load_settings
from scenarios.answers import Subject, answer_count, answer_plans
from scenarios.commands.output import (
    DistrictOption,
    JsonOption,
    PlanOption,
    StageOption,
    YearOption,
    print_json,
    print_table,
)
from scenarios.district import check_choice, find_district, find_plan, list_plans
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
        print_json(answer)
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
            subject = Subject(found, find_plan(connection, found, plan), chosen_year, stage)
            base = find_plan(connection, found, against) if against else None
            if every_plan:
                plans = list_plans(connection, found)
                return answer_plans(connection, subject, plans, against=base)
            return answer_count(connection, subject, against=base)
