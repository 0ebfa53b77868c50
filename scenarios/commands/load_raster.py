"""``onemap load raster``: a population grid or an elevation."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from gis.access import Role
from gis.database import open_database
from gis.settings import load_settings
from scenarios.commands.output import DistrictOption, JsonOption, print_json, show_progress
from scenarios.coverages import load_raster
from scenarios.district import find_district


def raster(
    file: Annotated[Path, typer.Argument(help="GeoTIFF of one band, in a stated CRS.")],
    kind: Annotated[
        str, typer.Option("--as", help="population (residents by cell) or elevation (metres).")
    ],
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """Load a raster over a district that is loaded, in place of the one of its kind.

    Example: onemap load raster heights.tif --as elevation.
    """
    settings = load_settings()
    with open_database(settings) as database:
        with database.begin(Role.PLANNER) as connection:
            found = find_district(connection, district or settings.district)
        with show_progress(str(file)) as tell:
            summary = load_raster(database, found, file, kind=kind, progress=tell)
    if as_json:
        print_json(asdict(summary))
    else:
        typer.echo(
            f"{summary.columns} × {summary.rows} cells of {summary.kind} from {summary.least:g} to"
            f" {summary.most:g} loaded; {summary.covered_pct} % of the district has a value."
        )
