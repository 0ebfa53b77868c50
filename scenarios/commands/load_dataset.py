"""``onemap load DATASET FILE…``: files of an office into one dataset, every row reported."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from gis.access import Role
from gis.database import open_database
from gis.errors import RejectedDataError, UsageError, get_answer
from gis.exports.spreadsheets import check_table_path
from gis.ingest.mapping import write_mapping
from gis.settings import load_settings
from scenarios.commands.import_division import ImportAsked, import_division
from scenarios.commands.output import (
    DistrictOption,
    JsonOption,
    check_out,
    print_json,
    print_table,
    show_progress,
)
from scenarios.compute import compute_district
from scenarios.district import find_district
from scenarios.loading_files import Order, check_files, load_files, suggest_mapping
from scenarios.loading_report import FileReport, RejectedDeliveryError

CATCHMENT = {"catchment", "catchments", "施教区", "学区"}
_SHOWN_CONFLICTS = 20


def dataset(
    dataset: Annotated[str, typer.Argument(help="Dataset, such as schools, 学校, households.")],
    files: Annotated[list[Path], typer.Argument(help="CSV, XLSX, GeoPackage, Shapefile, zip …")],
    mapping: Annotated[
        Path | None, typer.Option("--map", help="Mapping of columns (YAML); see --suggest.")
    ] = None,
    crs: Annotated[
        str | None, typer.Option("--crs", help="Of the geometry: EPSG:4490, gcj02, bd09 …")
    ] = None,
    sheet: Annotated[str | None, typer.Option("--sheet", help="The only sheet to read.")] = None,
    encoding: Annotated[str | None, typer.Option("--encoding", help="Of text files.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check and tell what would change; store nothing.")
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Remove stored rows that the files lack.")
    ] = False,
    append: Annotated[
        bool, typer.Option("--append", help="Add rows alone; refuse those that are stored.")
    ] = False,
    as_of: Annotated[
        dt.datetime | None,
        typer.Option("--as-of", formats=["%Y-%m-%d"], help="Day the files were drawn; today."),
    ] = None,
    source: Annotated[
        str | None, typer.Option("--source", help="Office that delivers, such as 公安分局.")
    ] = None,
    suggest: Annotated[
        bool, typer.Option("--suggest", help="Suggest a mapping; --map names where to write it.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option("--report", help="XLSX copy of the files, cells marked.")
    ] = None,
    compute: Annotated[
        bool, typer.Option("--compute", help="Bring the results up to date afterwards.")
    ] = False,
    stage: Annotated[
        str | None, typer.Option("--stage", help="Of catchments that name none.")
    ] = None,
    plan: Annotated[str | None, typer.Option("--plan", help="Plan of catchments.")] = None,
    fill_gaps: Annotated[
        bool, typer.Option("--fill-gaps", help="Give units without catchment to a neighbour.")
    ] = False,
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """Load the files of an office into one dataset.

    Example: onemap load schools 学校.xlsx --source 教育局 --as-of 2026-03-31 --report found.xlsx.
    """
    if replace and append:
        raise UsageError("--replace and --append exclude each other.", mend="Give one of them.")
    order = Order(
        dataset,
        tuple(files),
        office=source,
        as_of=None if as_of is None else as_of.date(),
        mapping=None if suggest else mapping,
        mode="replace" if replace else "append" if append else "update",
        crs=crs,
        sheet=sheet,
        encoding=encoding,
    )
    if suggest:
        _suggest(order, mapping, as_json=as_json)
        return
    if report is not None:
        check_table_path(report)
        check_out(report)
    settings = load_settings()
    with open_database(settings) as database:
        with database.begin(Role.STEWARD) as connection:
            found = find_district(connection, district or settings.district)
        if dataset in CATCHMENT:
            if len(files) != 1:
                raise UsageError("Catchments come in one file.", mend="Name one.")
            asked = ImportAsked(files[0], stage, plan, crs, fill_gaps, findings=None)
            import_division(database, found, asked, as_json=as_json)
            return
        act = check_files if dry_run else load_files
        refusal: RejectedDataError | None = None
        try:
            with show_progress(f"{found.profile.name_zh} {dataset}") as tell:
                told = act(database, found, order, settings=settings, progress=tell)
                refusal = told.refusal
        except RejectedDeliveryError as error:
            told, refusal = error.report, error
        if report is not None:
            told.write_workbook(report)
        if compute and told.load_id is not None and len(told.outdated):
            with show_progress(found.profile.name_zh) as tell:
                compute_district(database, found, progress=tell)
    _print(told, refusal, as_json=as_json)


def _suggest(order: Order, path: Path | None, *, as_json: bool) -> None:
    """Tell the mapping that the names suggest, and write it where it is asked for."""
    if path is not None:
        check_out(path)
    found = suggest_mapping(order)
    if path is not None:
        write_mapping(found.mapping, path)
    content = found.mapping.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    if as_json:
        print_json(
            {
                "mapping": content,
                "missing": list(found.missing),
                "doubts": list(found.doubts),
                "confirm": found.confirm,
                "file": None if path is None else str(path),
            }
        )
        return
    rows = [{"column": ours, "header": str(theirs)} for ours, theirs in content["columns"].items()]
    rows += [{"column": "–", "header": header} for header in found.mapping.unused]
    print_table(pd.DataFrame(rows, columns=["column", "header"]), title=found.mapping.dataset)
    for doubt in found.doubts:
        typer.echo(doubt)
    if found.missing:
        typer.echo(f"Not found, and needed in new rows: {', '.join(found.missing)}.")
    if path is not None:
        typer.echo(f"Mapping written to {path}; look at it, then load with --map {path}.")


def _print(report: FileReport, refusal: RejectedDataError | None, *, as_json: bool) -> None:
    answer = get_answer(refusal) if refusal else None
    told = report.tell()
    if refusal and answer:
        sys.stderr.write(f"{answer.notice}: {refusal}\n")
        told |= {"error": answer.notice, "found": refusal.found, "mend": refusal.mend}
    if as_json:
        print_json(told)
    else:
        _print_tables(report)
    if answer:
        raise typer.Exit(answer.exit_code)


def _print_tables(report: FileReport) -> None:
    rows = pd.DataFrame([report.counts])
    title = f"{report.dataset}, {report.office}, as of {report.as_of}: {report.outcome}"
    print_table(rows, title=title)
    if len(report.findings):
        print_table(report.group_findings(), title="Findings")
    if len(report.conflicts):
        shown = report.conflicts.head(_SHOWN_CONFLICTS)
        print_table(shown, title=f"{len(report.conflicts)} values on which offices differ")
    for note in report.notes:
        typer.echo(note)
    if report.vanished:
        named = ", ".join(report.vanished[:10])
        what = "removed" if report.counts["removed"] else "not in the files, and stay"
        typer.echo(f"{report.counts['vanished']} stored rows are {what}: {named}.")
    if len(report.outdated):
        kinds = ", ".join(dict.fromkeys(report.outdated["kind"]))
        typer.echo(f"Out of date now: {kinds}. `onemap load compute` computes them anew.")
