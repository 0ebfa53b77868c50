"""``onemap export --format tif``: surfaces for city GIS."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gis.access import Role
from gis.database import Database
from scenarios.commands.output import check_out, print_json
from scenarios.district import check_choice, find_district
from scenarios.surfaces import build_surface, write_delivery

RASTER = "tif"

CellOption = Annotated[
    float | None,
    typer.Option("--cell-m", help="Side of a cell of a tif, metres; default from the profile."),
]


def export_surface(
    database: Database,
    code: str,
    layer: str,
    *,
    stage: str | None,
    year: int | None,
    cell_m: float | None,
    crs: str | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Build a surface, write it and tell what was written."""
    check_out(out)
    with database.begin(Role.PLANNER) as connection:
        district = find_district(connection, code)
        chosen_year = check_choice(district, stage=stage, year=year)
        delivery = build_surface(
            connection,
            district,
            layer=layer,
            stage=stage,
            year=chosen_year,
            cell_m=cell_m,
            crs=crs,
        )
    of_stage = f"_{stage}" if stage and delivery.kind.by_stage else ""
    path = out or Path(f"{code}_{layer}{of_stage}_{chosen_year}.tif")
    write_delivery(delivery, path)
    grid = delivery.surface.grid
    if as_json:
        print_json(
            {
                "file": str(path),
                "columns": grid.columns,
                "rows": grid.rows,
                "srid": grid.srid,
                **delivery.metadata,
            }
        )
    else:
        typer.echo(f"{grid.columns} × {grid.rows} cells written to {path}.")
