"""How commands speak: one JSON object or a short table on standard output, the rest on error."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from gis.errors import OutputError, UsageError
from scenarios.records import list_records, write_json

JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one machine-readable object on standard output.")
]
DistrictOption = Annotated[
    str | None, typer.Option("--district", help="District code; default from the settings.")
]
PlanOption = Annotated[
    str | None, typer.Option("--plan", help="Plan name; default from the profile.")
]
StageOption = Annotated[
    str | None, typer.Option("--stage", help="Stage of education, such as primary; default all.")
]
YearOption = Annotated[
    int | None, typer.Option("--year", help="Year in which the school year begins.")
]


def check_search(time_limit_s: float, seed: int) -> None:
    """Check how a search is to run: for some finite time, with a seed that can be stored.

    Raises
    ------
    UsageError
        When the time limit is no finite number of seconds above zero, or the seed is not from 0
        to 2**63 - 1.
    """
    if not (0 < time_limit_s < math.inf and 0 <= seed < 2**63):
        raise UsageError(
            f"Time limit {time_limit_s:g} s, seed {seed}.",
            mend="Give a finite time limit above zero and a seed from 0 to 9223372036854775807.",
        )


def check_seed(seed: int) -> None:
    """Check that a seed can be stored.

    Raises
    ------
    UsageError
        When it is not from 0 to 2**63 - 1.
    """
    if not 0 <= seed < 2**63:
        raise UsageError(f"{seed} is no seed.", mend="Give one from 0 to 9223372036854775807.")


def check_out(out: Path | None) -> None:
    """Refuse a file that cannot be written before any time is spent.

    Raises
    ------
    OutputError
        When it is a folder, or its folder is missing or may not be written.
    """
    if out is not None and (out.is_dir() or not os.access(out.parent, os.W_OK)):
        raise OutputError(
            f"File {out} cannot be written.",
            mend="Name a file in a folder that exists and may be written with --out.",
        )


def print_json(value: Mapping[str, Any]) -> None:
    """Print one JSON object; tables become records, numbers of numpy and dates plain."""
    sys.stdout.write(write_json(value) + "\n")


def print_table(frame: pd.DataFrame, *, title: str) -> None:
    """Print a table for people: numbers right-aligned, missing values as a dash."""
    table = Table(title=title, title_justify="left")
    for name in frame.columns:
        numeric = pd.api.types.is_numeric_dtype(frame[name])
        table.add_column(str(name), justify="right" if numeric else "left")
    for row in list_records(frame):
        table.add_row(*("–" if v is None else _format_cell(v) for v in row.values()))
    console = Console()
    # A pipe has no width; a table broken into shreds helps nobody.
    Console(width=None if console.is_terminal else 200).print(table)


def _format_cell(value: Any) -> str:
    return f"{value:,.1f}" if isinstance(value, float) else str(value)


@contextmanager
def show_progress(title: str) -> Iterator[Callable[[str, float], None]]:
    """Show a progress bar on standard error; yields ``tell(step, share)``."""
    bar = Progress(
        TextColumn("{task.fields[title]}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} % {task.description}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )
    with bar:
        task = bar.add_task("", total=1.0, title=title)
        yield lambda step, share: bar.update(task, completed=share, description=step)
