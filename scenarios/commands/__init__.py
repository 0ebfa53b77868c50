"""The ``onemap`` command line: commands parse, call one function and print."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from dataclasses import asdict
from typing import Any

import typer

from catchments.admission.rule_nodes import RejectedRulesError
from gis.errors import OneMapError, OutputError, UsageError, get_answer
from scenarios.commands import (
    admission,
    assign,
    brief,
    count,
    db,
    draw,
    export,
    forecast,
    load,
    locate,
    projects,
    reconcile,
    rules,
    serve,
    solve_catchments,
    solve_sites,
    warn,
)
from scenarios.project_monitoring.reports import RejectedReportsError

INTERRUPTED = 130

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
app.command("assign")(assign.assign)
app.command("reconcile")(reconcile.reconcile)
app.command("brief")(brief.brief)
app.command("export")(export.export)
app.command("locate")(locate.locate)
app.add_typer(admission.app, name="admission")
app.add_typer(db.app, name="db")
app.add_typer(forecast.app, name="forecast")
app.add_typer(load.app, name="load")
app.add_typer(projects.app, name="projects")
app.add_typer(rules.app, name="rules")
app.add_typer(warn.app, name="warn")
solve = typer.Typer(help="Solve a planning question on files.", no_args_is_help=True)
solve.command("catchments")(solve_catchments.solve_catchments)
solve.command("sites")(solve_sites.solve_sites)
app.add_typer(solve, name="solve")


def run_commands(arguments: list[str]) -> int:
    """Run one command and return its exit code.

    0 on success, 2 for wrong usage, 3 for rejected data, 4 for database trouble, 1 otherwise,
    130 when interrupted.
    """
    as_json = "--json" in arguments
    try:
        code = _run(arguments)
    except typer.TyperException as error:
        found = error.format_message() or "No command is given."  # the help is told already
        return _tell(UsageError(found, mend="See --help."), as_json=as_json)
    except OneMapError as error:
        return _tell(error, as_json=as_json)
    except PermissionError as error:
        return _tell(
            OutputError(f"{error.filename} cannot be written: {error.strerror}."), as_json=as_json
        )
    except Exception:
        logging.getLogger("onemap").error("%s", traceback.format_exc())
        return _tell(OneMapError("The program failed; see the log above."), as_json=as_json)
    if code == INTERRUPTED:
        sys.stderr.write("Interrupted; nothing half-done was kept.\n")
    return code


def _run(arguments: list[str]) -> int:
    command = typer.main.get_command(app)
    try:
        # What ends early, help or Ctrl-C, comes back as an exit code.
        code = command.main(arguments, prog_name="onemap", standalone_mode=False)
    except (typer.Abort, KeyboardInterrupt):
        return INTERRUPTED
    return code if isinstance(code, int) else 0


def _tell(error: OneMapError, *, as_json: bool) -> int:
    answer = get_answer(error)
    sys.stderr.write(f"{answer.notice}: {error}\n")
    if as_json:
        told: dict[str, Any] = {
            "error": answer.notice,
            "found": error.found,
            "mend": error.mend,
        }
        if isinstance(error, RejectedRulesError):
            told["faults"] = [asdict(fault) for fault in error.faults]
        if isinstance(error, RejectedReportsError):
            told["faults"] = error.list_faults()
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    return answer.exit_code
