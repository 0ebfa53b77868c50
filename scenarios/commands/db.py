"""``onemap db``: the embedded database."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from gis.backups import restore_backup, write_backup
from gis.database import open_database
from gis.embedded import ClusterStatus, EmbeddedCluster
from gis.errors import UsageError
from gis.settings import load_settings
from scenarios.commands.output import JsonOption, print_json
from scenarios.loading import list_districts

app = typer.Typer(help="Start, stop and look at the database.", no_args_is_help=True)


def _open_cluster() -> EmbeddedCluster:
    settings = load_settings()
    if settings.database_url is not None:
        raise UsageError(
            "ONEMAP_DATABASE_URL names an external database, which is not ours to start or stop.",
            mend="Unset it to use the embedded one.",
        )
    return EmbeddedCluster(settings.home_dir)


def _print_status(status: ClusterStatus, *, as_json: bool) -> None:
    facts: dict[str, Any] = {
        key: str(v) if key in {"folder", "socket_dir"} else v for key, v in asdict(status).items()
    }
    if as_json:
        print_json(facts)
        return
    for key, fact in facts.items():
        typer.echo(f"{key:16} {'–' if fact is None else fact}")


@app.command()
def start(as_json: JsonOption = False) -> None:
    """Start the embedded database and keep it running. Example: onemap db start."""
    _print_status(_open_cluster().start(), as_json=as_json)


@app.command()
def stop(
    force: bool = typer.Option(False, "--force", help="Stop even while programs use it."),
    as_json: JsonOption = False,
) -> None:
    """Stop the embedded database. Example: onemap db stop."""
    _print_status(_open_cluster().stop(force=force), as_json=as_json)


@app.command()
def status(as_json: JsonOption = False) -> None:
    """Show state, folder, versions and users. Example: onemap db status --json."""
    _print_status(_open_cluster().status(), as_json=as_json)


@app.command()
def migrate(as_json: JsonOption = False) -> None:
    """Bring the tables to the version of this program. Example: onemap db migrate."""
    with open_database(load_settings()) as database:
        revision = database.read_revision()
    if as_json:
        print_json({"revision": revision})
    else:
        typer.echo(f"Tables are at revision {revision}.")


@app.command()
def backup(
    out: Annotated[Path, typer.Option("--out", help="File to write; it holds personal rows.")],
    as_json: JsonOption = False,
) -> None:
    """Write everything into one file. Example: onemap db backup --out onemap.backup."""
    with open_database(load_settings()) as database:
        size = write_backup(database, out)
    if as_json:
        print_json({"file": str(out), "bytes": size})
    else:
        typer.echo(f"{out} holds the database ({size / 1e6:,.1f} MB).")


@app.command()
def restore(
    source: Annotated[Path, typer.Option("--from", help="File of `onemap db backup`.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace what the database holds now.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Put a backup back, whole or not at all. Example: onemap db restore --from onemap.backup."""
    with open_database(load_settings()) as database:
        districts = list_districts(database)
        if districts and not replace:
            raise UsageError(
                f"The database holds {', '.join(districts)}.",
                mend="Add --replace to put the backup in its place.",
            )
        restore_backup(database, source)
    with open_database(load_settings()) as database:
        told = {"districts": list_districts(database), "revision": database.read_revision()}
    if as_json:
        print_json(told)
    else:
        typer.echo(f"Restored: {', '.join(told['districts']) or 'no district'}.")
