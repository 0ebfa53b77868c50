"""The ``onemap`` command line: commands parse, call one function and print."""

from __future__ import annotations

import json
import logging
import sys
import traceback

import click
import typer

from gis.errors import OneMapError, OutputError, UsageError, get_answer
from scenarios.commands import count, db, draw, export, load, serve

app = typer.Typer(
    name="onemap",
    help="Education One Map (教育智治一张图): catchments, children, seats, projects, balance.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("serve")(serve.serve)
app.command("draw")(draw.draw)
app.command("count")(count.count)
app.command("export")(export.export)
app.add_typer(db.app, name="db")
app.add_typer(load.app, name="load")


def run_commands(arguments: list[str]) -> int:
    """Run one command and return its exit code.

    0 on success, 2 for wrong usage, 3 for rejected data, 4 for database trouble, 1 otherwise,
    130 when interrupted.
    """
    command = typer.main.get_command(app)
    as_json = "--json" in arguments
    try:
        command.main(arguments, prog_name="onemap", standalone_mode=False)
    except click.exceptions.Exit as stop:
        return int(stop.exit_code)
    except click.ClickException as error:
        return _tell(UsageError(error.format_message(), mend="See --help."), as_json=as_json)
    except (click.Abort, KeyboardInterrupt):
        sys.stderr.write("Interrupted; nothing half-done was kept.\n")
        return 130
    except OneMapError as error:
        return _tell(error, as_json=as_json)
    except PermissionError as error:
        return _tell(
            OutputError(f"{error.filename} cannot be written: {error.strerror}."), as_json=as_json
        )
    except Exception:
        logging.getLogger("onemap").error("%s", traceback.format_exc())
        return _tell(OneMapError("The program failed; see the log above."), as_json=as_json)
    return 0


def _tell(error: OneMapError, *, as_json: bool) -> int:
    answer = get_answer(error)
    sys.stderr.write(f"{answer.notice}: {error}\n")
    if as_json:
        told = {"error": answer.notice, "found": error.found, "mend": error.mend}
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    return answer.exit_code
