"""``onemap draw``: divide the district into catchments by a method."""

from __future__ import annotations

from typing import Annotated

import typer

from gis.access import Role
from gis.database import open_database
from gis.settings import load_settings
from scenarios.commands.output import DistrictOption, JsonOption, print_json
from scenarios.district import find_district
from scenarios.enrolment_warning.count import count_plan
from scenarios.school_network.draw import draw_plan


def draw(
    method: Annotated[str, typer.Option("--method", help="nearest")] = "nearest",
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """Draw catchments by a method and keep them as a plan of that name.

    Example: onemap draw --method nearest.
    """
    settings = load_settings()
    with open_database(settings) as database, database.begin(Role.PLANNER) as connection:
        found = find_district(connection, district or settings.district)
        plan = draw_plan(connection, found, method=method)
        run_id = count_plan(connection, found, plan)
    code = found.profile.code
    if as_json:
        told = {"district": code, "plan": plan.code, "digest": plan.digest, "count_run": run_id}
        print_json(told)
    else:
        typer.echo(f"Plan {plan.code} of {code} is drawn; see `onemap count --plan {plan.code}`.")
