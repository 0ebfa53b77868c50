"""``onemap load status``, ``conflicts``, ``findings``, ``compute``: what offices have delivered."""

from __future__ import annotations

from typing import Annotated

import typer

from gis.access import Role
from gis.database import open_database
from gis.errors import UsageError
from gis.ingest.dictionary import find_dataset
from gis.settings import load_settings
from gis.tables import PERSONAL
from scenarios.access import log_reading
from scenarios.commands.output import (
    DistrictOption,
    JsonOption,
    print_json,
    print_table,
    show_progress,
)
from scenarios.compute import compute_district
from scenarios.data_sources import (
    list_conflicts,
    list_findings,
    list_provenance,
    list_sources,
)
from scenarios.district import find_district
from scenarios.records import list_records
from scenarios.stewardship.quality import (
    measure_datasets,
    read_quality,
    read_trend,
    sum_quality,
)

_SHOWN = [
    *("dataset", "office", "authority", "is_main", "as_of", "loaded_at", "rows"),
    *("rows_refused", "rows_changed", "due_on", "overdue"),
]


def status(district: DistrictOption = None, as_json: JsonOption = False) -> None:
    """List datasets by source: as of when, rows, refused, changed, when due, whether overdue.

    Example: onemap load status --json.
    """
    settings = load_settings()
    with open_database(settings) as database, database.begin(Role.STEWARD) as connection:
        found = find_district(connection, district or settings.district)
        table = list_sources(connection, found)
    if as_json:
        print_json({"district": found.profile.code, "sources": list_records(table)})
        return
    shown = table[_SHOWN].assign(loaded_at=[f"{one:%Y-%m-%d}" for one in table["loaded_at"]])
    print_table(shown, title=f"Sources of {found.profile.code}")


def conflicts(
    dataset: Annotated[str | None, typer.Argument(help="Dataset; default all.")] = None,
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """List values on which offices differ, and which is kept by which rule.

    Example: onemap load conflicts schools --json.
    """
    settings = load_settings()
    name = None if dataset is None else find_dataset(dataset).name
    with open_database(settings) as database, database.begin(Role.STEWARD) as connection:
        found = find_district(connection, district or settings.district)
        table = list_conflicts(connection, found, name).drop(columns="total")
        if len(table):
            log_reading(
                connection, found, "conflicts of sources", rows=len(table), role=Role.STEWARD
            )
    if as_json:
        print_json({"district": found.profile.code, "conflicts": list_records(table)})
        return
    print_table(table, title=f"Conflicts of {found.profile.code}")


def findings(
    dataset: Annotated[str, typer.Argument(help="Dataset.", show_default=False)],
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what the last load of each office found in a dataset, by file and line.

    Example: onemap load findings households --json.
    """
    settings = load_settings()
    name = find_dataset(dataset).name
    with open_database(settings) as database, database.begin(Role.STEWARD) as connection:
        found = find_district(connection, district or settings.district)
        table = list_findings(connection, found, name).drop(columns="total")
        if len(table):
            log_reading(
                connection, found, f"findings of {name}", rows=len(table), role=Role.STEWARD
            )
    if as_json:
        told = {"district": found.profile.code, "dataset": name}
        print_json({**told, "findings": list_records(table)})
        return
    print_table(table, title=f"Findings in {name}")


def quality(
    dataset: Annotated[str | None, typer.Argument(help="Dataset; default all.")] = None,
    measure: Annotated[
        bool, typer.Option("--measure", help="Count anew and store the counts first.")
    ] = False,
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell the quality of datasets part by part: checked, broken, share; and how it went.

    Example: onemap load quality schools --json.
    """
    settings = load_settings()
    name = None if dataset is None else find_dataset(dataset).name
    with open_database(settings) as database, database.begin(Role.STEWARD) as connection:
        found = find_district(connection, district or settings.district)
        if measure:
            measure_datasets(connection, found, None if name is None else [name])
        parts = read_quality(connection, found, name)
        trend = read_trend(connection, found, name)
    if as_json:
        told = {"district": found.profile.code, "parts": list_records(parts)}
        print_json({**told, "trend": list_records(trend)})
        return
    shown = parts if name is not None else sum_quality(parts).round(1).reset_index()
    print_table(shown, title=f"Quality of {found.profile.code}, per cent as it should be")


def provenance(
    dataset: Annotated[str, typer.Argument(help="Dataset.", show_default=False)],
    key: Annotated[str, typer.Argument(help="Key of the row; parts joined by ' / '.")],
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell which office, file and load the values of one row come from.

    Example: onemap load provenance schools S001 --json.
    """
    settings = load_settings()
    table = find_dataset(dataset)
    with open_database(settings) as database, database.begin(Role.STEWARD) as connection:
        found = find_district(connection, district or settings.district)
        told = list_provenance(connection, found, table.name, key)
        if table.schema == PERSONAL:
            purpose = f"provenance in {table.name}"
            log_reading(connection, found, purpose, rows=1, role=Role.STEWARD)
    if told.empty:
        raise UsageError(
            f"No row of {table.name} has the key '{key}'.", mend="Write it as files write it."
        )
    if as_json:
        print_json({"dataset": table.name, "key": key, "columns": list_records(told)})
        return
    print_table(told, title=f"{table.name} {key}")


def compute(district: DistrictOption = None, as_json: JsonOption = False) -> None:
    """Bring every result up to date with what is loaded. Example: onemap load compute."""
    settings = load_settings()
    with open_database(settings) as database:
        with database.begin(Role.PLANNER) as connection:
            found = find_district(connection, district or settings.district)
        with show_progress(found.profile.name_zh) as tell:
            compute_district(database, found, progress=tell)
    if as_json:
        print_json({"district": found.profile.code, "computed": True})
        return
    typer.echo(f"The results of {found.profile.code} are up to date.")
