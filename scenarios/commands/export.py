"""``onemap export``: layers for city GIS."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from gis.access import Role
from gis.database import open_database
from gis.errors import UsageError
from gis.exports.vector import FORMATS, check_format, resolve_target, write_features
from gis.settings import load_settings
from layers.language import load_language
from scenarios.cockpit.state import choose_stage
from scenarios.commands.export_surface import RASTER, CellOption, export_surface
from scenarios.commands.output import (
    DistrictOption,
    JsonOption,
    PlanOption,
    StageOption,
    YearOption,
    check_out,
    print_json,
)
from scenarios.district import check_choice, find_district, find_plan
from scenarios.exporting import LAYERS, check_layer, read_delivery
from scenarios.mailing import KIND, MAP, write_mail_map
from scenarios.surfaces import SURFACES


def export(
    layer: Annotated[
        str, typer.Argument(help=f"{', '.join((*LAYERS, MAP))}; as {RASTER} {', '.join(SURFACES)}")
    ],
    kind: Annotated[
        str | None,
        typer.Option("--format", help=f"{', '.join((*FORMATS, RASTER))}; the map: {KIND}."),
    ] = None,
    crs: Annotated[
        str | None,
        typer.Option("--crs", help="EPSG:4326, CRS84, EPSG:4490 or the district's metric system."),
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", help="Only what changed on this day or later.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="File to write.")] = None,
    district: DistrictOption = None,
    plan: PlanOption = None,
    stage: StageOption = None,
    year: YearOption = None,
    cell_m: CellOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a layer to a file that carries run, data date and plan, or a map to mail.

    Example: onemap export catchments --stage primary --format gpkg --out catchments.gpkg.
    The map is one HTML file that needs no network: onemap export map --stage primary.
    """
    check_out(out)
    if layer == MAP:
        _export_map(kind, crs or since, out, district, plan, stage, year, as_json=as_json)
        return
    settings = load_settings()
    if kind == RASTER:
        if since is not None:
            raise UsageError("A surface has no rows that change.", mend="Leave --since out.")
        with open_database(settings) as database:
            export_surface(
                database,
                district or settings.district,
                layer,
                stage=stage,
                year=year,
                cell_m=cell_m,
                crs=crs,
                out=out,
                as_json=as_json,
            )
        return
    check_layer(layer)
    kind = check_format(kind or "geojson")
    day = None if since is None else _read_day(since)
    with open_database(settings) as database, database.begin(Role.PLANNER) as connection:
        found = find_district(connection, district or settings.district)
        metric_srid = found.profile.metric_srid
        resolve_target(kind, crs, metric_srid)
        chosen_year = check_choice(found, stage=stage, year=year)
        chosen = find_plan(connection, found, plan)
        delivery = read_delivery(
            connection, found, chosen, layer=layer, stage=stage, year=year, since=day
        )
    path = out or Path(f"{found.profile.code}_{layer}_{chosen_year}.{kind}")
    write_features(
        delivery.features,
        path,
        kind=kind,
        layer=layer,
        metadata=delivery.metadata,
        coverage_by=delivery.coverage_by,
        crs=crs,
        metric_srid=metric_srid,
        style=delivery.style,
    )
    if as_json:
        told = {"file": str(path), "features": len(delivery.features), **delivery.metadata}
        print_json(told)
    else:
        typer.echo(f"{len(delivery.features)} features written to {path}.")


def _export_map(
    kind: str | None,
    unused: str | None,
    out: Path | None,
    district: str | None,
    plan: str | None,
    stage: str | None,
    year: int | None,
    *,
    as_json: bool,
) -> None:
    if kind not in (None, KIND) or unused is not None:
        raise UsageError(
            f"A map is written as {KIND}, of all that there is.",
            mend=f"Use --format {KIND} without --crs and --since.",
        )
    settings = load_settings()
    with open_database(settings) as database, database.begin(Role.PLANNER) as connection:
        found = find_district(connection, district or settings.district)
        chosen_stage = stage or choose_stage(found.profile)
        chosen_year = check_choice(found, stage=chosen_stage, year=year)
        path = out or Path(f"{found.profile.code}_{MAP}_{chosen_stage}_{chosen_year}.{KIND}")
        facts = write_mail_map(
            connection,
            found,
            find_plan(connection, found, plan),
            path,
            stage=chosen_stage,
            year=chosen_year,
            language=load_language(settings.language),
        )
    if as_json:
        print_json({"file": str(path), **facts})
    else:
        typer.echo(f"Map written to {path}.")


def _read_day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"'{text}' is no day.", mend="Write it as 2026-03-31.") from error
