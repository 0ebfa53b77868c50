"""``onemap export``: layers for city GIS."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gis.access import Role
from gis.database import open_database
from gis.exports.vector import write_features
from gis.settings import load_settings
from scenarios.commands.export_surface import CellOption, export_surface
from scenarios.commands.output import (
    DistrictOption,
    JsonOption,
    PlanOption,
    StageOption,
    YearOption,
    print_json,
)
from scenarios.district import check_choice, find_district, find_plan
from scenarios.exporting import LAYERS, read_delivery
from scenarios.surfaces import SURFACES


def export(
    layer: Annotated[
        str, typer.Argument(help=f"{', '.join(LAYERS)}; as tif {', '.join(SURFACES)}")
    ],
    kind: Annotated[str, typer.Option("--format", help="geojson, gpkg, csv or tif")] = "geojson",
    out: Annotated[Path | None, typer.Option("--out", help="File to write.")] = None,
    district: DistrictOption = None,
    plan: PlanOption = None,
    stage: StageOption = None,
    year: YearOption = None,
    cell_m: CellOption = None,
    crs: Annotated[
        str | None, typer.Option("--crs", help="CRS of a tif; default the district's metric one.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Write a layer to a file that carries run, data date and plan.

    Example: onemap export catchments --stage primary --format gpkg --out catchments.gpkg.
    """
    settings = load_settings()
    if kind == "tif":
        with open_database(settings) as database:
            export_surface(
                database, district or settings.district, layer, stage=stage, year=year,
                cell_m=cell_m, crs=crs, out=out, as_json=as_json,
            )  # fmt: skip
        return
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
