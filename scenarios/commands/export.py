"""``onemap export``: layers for city GIS."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gis.access import Role
from gis.database import open_database
from gis.exports.vector import write_features
from gis.settings import load_settings
from scenarios.commands.output import (
    DistrictOption,
    JsonOption,
    PlanOption,
    StageOption,
    YearOption,
    print_json,
)
from scenarios.district import check_choice, find_district, find_plan
from scenarios.exporting import read_delivery


def export(
    layer: Annotated[str, typer.Argument(help="catchments, schools, buildings, children-counts")],
    kind: Annotated[str, typer.Option("--format", help="geojson, gpkg or csv")] = "geojson",
    out: Annotated[Path | None, typer.Option("--out", help="File to write.")] = None,
    district: DistrictOption = None,
    plan: PlanOption = None,
    stage: StageOption = None,
    year: YearOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a layer to a file that carries run, data date and plan.

    Example: onemap export catchments --stage primary --format gpkg --out catchments.gpkg.
    """
    settings = load_settings()
    with open_database(settings) as database, database.begin(Role.PLANNER) as connection:
        found = find_district(connection, district or settings.district)
        chosen_year = check_choice(found, stage=stage, year=year)
        chosen = find_plan(connection, found, plan)
        delivery = read_delivery(
            connection, found, chosen, layer=layer, stage=stage, year=chosen_year
        )
    path = out or Path(f"{found.profile.code}_{layer}_{chosen_year}.{kind}")
    write_features(
        delivery.features,
        path,
        kind=kind,
        layer=layer,
        metadata=delivery.metadata,
        coverage_by=delivery.coverage_by,
    )
    if as_json:
        told = {"file": str(path), "features": len(delivery.features), **delivery.metadata}
        print_json(told)
    else:
        typer.echo(f"{len(delivery.features)} features written to {path}.")
