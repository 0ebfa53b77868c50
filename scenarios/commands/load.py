"""``onemap load``: the sample, a district from files, or files of an office into one dataset."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer
import typer.core

from gis.database import open_database
from gis.settings import load_settings
from scenarios.commands import load_dataset, load_raster, load_status
from scenarios.commands.output import (
    DistrictOption,
    JsonOption,
    print_json,
    print_table,
    show_progress,
)
from scenarios.loading import LoadSummary, load_files, load_sample
from scenarios.records import list_records

_FILES = "files"


class _LoadGroup(typer.core.TyperGroup):
    """Take what is no command for the name of a dataset: `onemap load schools FILE`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command of the first argument, else the one that loads files."""
        named = bool(args) and args[0] in self.commands
        return super().resolve_command(ctx, args if named else [_FILES, *args])

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Let options of files stand before the dataset: `onemap load --suggest schools FILE`."""
        is_option = bool(args) and args[0].startswith("-") and args[0] != "--help"
        return super().parse_args(ctx, [_FILES, *args] if is_option else args)


app = typer.Typer(
    cls=_LoadGroup,
    help="Load data: DATASET FILE… for files of an office (see `onemap load files --help`).",
    no_args_is_help=True,
)
app.command(_FILES)(load_dataset.dataset)
app.command("raster")(load_raster.raster)
app.command("status")(load_status.status)
app.command("conflicts")(load_status.conflicts)
app.command("quality")(load_status.quality)
app.command("provenance")(load_status.provenance)
app.command("findings")(load_status.findings)
app.command("compute")(load_status.compute)
ReplaceOption = Annotated[
    bool, typer.Option("--replace", help="Remove the district that is there and load it anew.")
]


@app.command()
def sample(
    small: Annotated[bool, typer.Option("--small", help="A tenth of the size.")] = False,
    replace: ReplaceOption = False,
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """Generate and load the synthetic sample (模拟数据). Example: onemap load sample --small."""
    settings = load_settings()
    code = district or settings.district
    with open_database(settings) as database, show_progress("模拟数据 sample") as tell:
        report = load_sample(
            database, settings.districts / code, small=small, replace=replace, progress=tell
        )
    _print_report(report, as_json=as_json)


@app.command()
def district(
    profile: Annotated[Path, typer.Option("--profile", help="The district's profile.toml.")],
    folder: Annotated[Path, typer.Option("--from", help="Folder with the files it names.")],
    replace: ReplaceOption = False,
    drop_admissions: Annotated[
        bool,
        typer.Option("--drop-admissions", help="Delete its results of admission with it."),
    ] = False,
    drop_reports: Annotated[
        bool,
        typer.Option("--drop-reports", help="Delete officers' reports on its projects with it."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Load a district from files.

    Example: onemap load district --profile data/districts/NAME/profile.toml --from DIR.
    """
    settings = load_settings()
    with open_database(settings) as database, show_progress("files") as tell:
        report = load_files(
            database,
            profile,
            folder,
            settings=settings,
            replace=replace,
            drop_admissions=drop_admissions,
            drop_reports=drop_reports,
            progress=tell,
        )
    _print_report(report, as_json=as_json)


def _print_report(report: LoadSummary, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "district": report.district,
                "rows": report.rows,
                "rejected_rows": len(report.rejected),
                "rejected": list_records(report.rejected),
            }
        )
        return

    rows = pd.DataFrame({"dataset": list(report.rows), "rows": list(report.rows.values())})
    print_table(rows, title=f"Loaded district {report.district}")
    if len(report.rejected):
        print_table(_group_refusals(report.rejected), title=f"{len(report.rejected)} rows refused")


def _group_refusals(rejected: pd.DataFrame) -> pd.DataFrame:
    """One line a rule, naming its rows; every row stands in registry.rejected_row."""
    groups = rejected.groupby(["dataset", "column_name", "rule", "mend"], sort=False)["row_ref"]
    return groups.agg(
        rows="size", which=lambda refs: ", ".join(refs.drop_duplicates().head(10))
    ).reset_index()
