"""The ``onemap`` command line: commands parse, call one function and print."""

from __future__ import annotations

import importlib
import json
import logging
import signal
import sys
import threading
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import typer

from gis.errors import OneMapError, OutputError, UsageError, get_answer

INTERRUPTED = 130

# Commands and groups, each with its module here and the name in it. Only what is asked for is
# imported: a command starts in a third of the time that all of them take.
_COMMANDS = {
    "admission": ("admission", "app"),
    "appraise": ("appraise", "app"),
    "assign": ("assign", "assign"),
    "balance": ("balance", "app"),
    "brief": ("brief", "brief"),
    "count": ("count", "count"),
    "db": ("db", "app"),
    "draw": ("draw", "draw"),
    "export": ("export", "export"),
    "forecast": ("forecast", "app"),
    "growth": ("growth", "app"),
    "load": ("load", "app"),
    "locate": ("locate", "app"),
    "network": ("network", "network"),
    "notice": ("notice", "app"),
    "projects": ("projects", "app"),
    "reconcile": ("reconcile", "reconcile"),
    "results": ("results", "app"),
    "rules": ("rules", "app"),
    "serve": ("serve", "serve"),
    "solve": ("solve", "app"),
    "teachers": ("teachers", "app"),
    "warn": ("warn", "app"),
}


def build_commands(names: Iterable[str]) -> typer.Typer:
    """Build the command line with these commands and groups alone.

    Examples
    --------
    >>> [command.name for command in build_commands(["count"]).registered_commands]
    ['count']
    """
    app = typer.Typer(
        name="onemap",
        help="Education One Map (教育智治一张图): catchments, children, seats, projects, balance.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    app.callback()(lambda: None)  # a single command too is asked for by its name
    for name in names:
        module, found = _COMMANDS[name]
        command = getattr(importlib.import_module(f"{__name__}.{module}"), found)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command(name)(command)
    return app


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
    asked = [argument for argument in arguments[:1] if argument in _COMMANDS]
    command = typer.main.get_command(build_commands(asked or _COMMANDS))
    try:
        with _heed_termination():
            # What ends early, help or Ctrl-C, comes back as an exit code.
            code = command.main(arguments, prog_name="onemap", standalone_mode=False)
    except (typer.Abort, KeyboardInterrupt):
        return INTERRUPTED
    return code if isinstance(code, int) else 0


@contextmanager
def _heed_termination() -> Iterator[None]:
    """Let SIGTERM interrupt as Ctrl-C does, so that half-written files go with the program."""
    is_free = signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    if not is_free or threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _tell(error: OneMapError, *, as_json: bool) -> int:
    answer = get_answer(error)
    sys.stderr.write(f"{answer.notice}: {error}\n")
    if as_json:
        told: dict[str, Any] = {
            "error": answer.notice,
            "found": error.found,
            "mend": error.mend,
        }
        if faults := error.list_faults():
            told["faults"] = faults
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    return answer.exit_code
