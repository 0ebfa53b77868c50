"""``onemap solve catchments``: which school each planning unit belongs to, from files alone."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import pandas as pd
import typer

from catchments.boundaries.measures import find_breaches, measure_division
from catchments.boundaries.plan_files import digest_plan, name_catchments, write_plan
from catchments.boundaries.reading import read_instance
from catchments.boundaries.term_files import (
    merge_groups,
    read_feeders,
    read_joint,
    read_pairs,
    read_together,
)
from catchments.sites.clock import Clock
from catchments.units import Capacity, Instance, Objective, Terms
from gis.errors import OneMapError, OutputError, UsageError
from scenarios.commands.output import (
    JsonOption,
    check_search,
    print_json,
    print_table,
    show_progress,
)

if TYPE_CHECKING:
    from catchments.boundaries.balanced import Division

_ROUNDING = 1e-6

UnitsOption = Annotated[
    Path,
    typer.Option("--units", help="CSV unit_id, x, y, pupils and perhaps area, perimeter, current."),
]
SchoolsOption = Annotated[
    Path,
    typer.Option(
        "--schools",
        help="CSV school_id, unit_id, capacity and perhaps x, y, open_cost, status.",
    ),
]
AdjacencyOption = Annotated[
    Path, typer.Option("--adjacency", help="CSV unit_a, unit_b and perhaps shared_length.")
]
FileOption = Path | None


def solve_catchments(
    units: UnitsOption,
    schools: SchoolsOption,
    adjacency: AdjacencyOption,
    distances: Annotated[
        FileOption,
        typer.Option(
            "--distances", help="CSV unit_id, school_id, distance; default straight lines."
        ),
    ] = None,
    objective: Annotated[
        Objective,
        typer.Option(
            "--objective", help="Pupil-kilometres and opening costs, or balance and compactness."
        ),
    ] = "distance",
    capacity: Annotated[
        Capacity | None,
        typer.Option("--capacity", help="Default hard for distance, soft for balance."),
    ] = None,
    w_balance: Annotated[float, typer.Option("--w-balance", help="Weight of balance.")] = 0.7,
    w_compactness: Annotated[
        float | None,
        typer.Option(
            "--w-compactness",
            help="Weight of compactness: default 0.3 for balance; for distance, pupil-kilometres"
            " that a catchment's outline may cost, default 0.",
        ),
    ] = None,
    w_change: Annotated[
        float,
        typer.Option("--w-change", help="Added for each pupil moved: km, or points of balance."),
    ] = 0.0,
    locked: Annotated[
        FileOption, typer.Option("--locked", help="CSV unit_id, school_id: pairs that must be.")
    ] = None,
    forbidden: Annotated[
        FileOption,
        typer.Option("--forbidden", help="CSV unit_id, school_id: pairs that must not be."),
    ] = None,
    together: Annotated[
        FileOption, typer.Option("--together", help="CSV unit_id, group: units not to be parted.")
    ] = None,
    joint: Annotated[
        FileOption,
        typer.Option("--joint", help="CSV school_id, catchment: schools that share a catchment."),
    ] = None,
    feeders: Annotated[
        FileOption,
        typer.Option(
            "--feeders", help="Plan of the primary schools, whose catchments stay together."
        ),
    ] = None,
    max_distance_m: Annotated[
        float, typer.Option("--max-distance", help="Longest way of a unit with pupils, metres.")
    ] = math.inf,
    max_moved_pupils: Annotated[
        float, typer.Option("--max-moved", help="Most pupils who may leave their school.")
    ] = math.inf,
    time_limit_s: Annotated[float, typer.Option("--time-limit", help="Seconds.")] = 60.0,
    seed: Annotated[int, typer.Option("--seed", help="Same seed, same plan.")] = 1,
    out: Annotated[FileOption, typer.Option("--out", help="CSV unit_id, school_id.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Divide units among schools, with a proven bound; Ctrl-C keeps the best plan so far.

    Units stay whole, each catchment is connected and holds its school's own unit.
    Example: onemap solve catchments --units units.csv --schools schools.csv
    --adjacency adjacency.csv --out plan.csv --json.
    """
    clock = Clock(time_limit_s)
    by_balance = objective == "balance"
    shape = w_compactness if w_compactness is not None else 0.3 if by_balance else 0.0
    weights = {"--w-balance": w_balance, "--w-compactness": shape, "--w-change": w_change}
    limits = {"--max-distance": max_distance_m, "--max-moved": max_moved_pupils}
    _check_options(weights, limits, time_limit_s=time_limit_s, seed=seed, out=out)
    warnings: list[str] = []
    instance = read_instance(
        units,
        schools,
        adjacency,
        distances=distances,
        needs_ways=objective == "distance" or math.isfinite(max_distance_m),
        warn=warnings.append,
    )
    asked = Terms(
        objective=objective,
        capacity=capacity or ("hard" if objective == "distance" else "soft"),
        w_balance=w_balance,
        w_compactness=shape if by_balance else 0.0,
        w_outline=0.0 if by_balance else shape,
        w_change=w_change,
        max_distance_m=max_distance_m,
        max_moved_pupils=max_moved_pupils,
    )
    terms = _read_terms(
        instance,
        asked,
        locked=locked,
        forbidden=forbidden,
        together=together,
        joint=joint,
        feeders=feeders,
    )
    division = _divide(instance, terms, time_limit_s, spent_s=clock.seconds, seed=seed)
    told = _tell_division(instance, terms, division, warnings)
    if out is not None:
        catchments = name_catchments(instance, terms.joint, division.school_of_unit)
        write_plan(out, instance.unit_ids, catchments)
    if as_json:
        print_json(told)
    else:
        _print_division(told)
        if out is not None:
            typer.echo(f"The plan is in {out}.")


def _print_division(told: dict[str, Any]) -> None:
    """Print what people read: the numbers, then a table of schools; warnings on standard error."""
    table, warnings = told.pop("schools_table"), told.pop("warnings")
    for warning in warnings:
        typer.echo(warning, err=True)
    lists = {name: told.pop(name) for name in ("parts", "open_schools")}
    parts = {f"part {name}": value for name, value in lists["parts"].items()}
    rows = {**told, **parts, "open_schools": len(lists["open_schools"])}
    shown = [(name, _write_value(value)) for name, value in rows.items() if value is not None]
    print_table(pd.DataFrame(shown, columns=["measure", "value"]), title="Plan")
    print_table(pd.DataFrame(table), title="Schools")


def _write_value(value: Any) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else str(value)


def _check_options(
    weights: dict[str, float],
    limits: dict[str, float],
    *,
    time_limit_s: float,
    seed: int,
    out: Path | None,
) -> None:
    """Refuse what cannot be meant before any time is spent."""
    check_search(time_limit_s, seed)
    for name, value in weights.items():
        if not (0 <= value < math.inf):
            raise UsageError(f"{name} is {value:g}.", mend="Give a number of zero or more.")
    for name, value in limits.items():
        if not value >= 0:
            raise UsageError(f"{name} is {value:g}.", mend="Give a number of zero or more.")
    if out is not None and (out.is_dir() or not os.access(out.parent, os.W_OK)):
        raise OutputError(
            f"File {out} cannot be written.",
            mend="Name a file in a folder that exists and may be written with --out.",
        )


def _read_terms(
    instance: Instance,
    asked: Terms,
    *,
    locked: Path | None,
    forbidden: Path | None,
    together: Path | None,
    joint: Path | None,
    feeders: Path | None,
) -> Terms:
    """Return the terms with what the files add to them."""
    fed, fed_locks = ((), ()) if feeders is None else read_feeders(feeders, instance)
    kept = () if together is None else read_together(together, instance)
    chosen = () if locked is None else read_pairs(locked, instance)
    return replace(
        asked,
        locked=tuple(sorted({*chosen, *fed_locks})),
        forbidden=() if forbidden is None else read_pairs(forbidden, instance),
        together=merge_groups([*kept, *fed]),
        joint=() if joint is None else read_joint(joint, instance),
    )


def _divide(
    instance: Instance, terms: Terms, time_limit_s: float, *, spent_s: float, seed: int
) -> Division:
    """Search, with a progress bar where somebody watches."""
    # Other commands need not wait for its compiled parts.
    from catchments.boundaries.balanced import divide_balanced  # noqa: PLC0415

    watched = sys.stderr.isatty()
    shown: Any = show_progress("Divide units") if watched else nullcontext()
    with shown as tell:
        progress: Callable[[str, float], None] | None = tell
        return divide_balanced(
            instance,
            terms,
            time_limit_s=time_limit_s,
            seed=seed,
            progress=progress,
            spent_s=spent_s,
        )


def _tell_division(
    instance: Instance, terms: Terms, division: Division, warnings: list[str]
) -> dict[str, Any]:
    """Return what is told of a plan; every number but bound and time is measured anew.

    Raises
    ------
    OneMapError
        When the search and the measures disagree, or the plan breaks a term: a fault of ours.
    """
    measured = measure_division(instance, terms, division.school_of_unit)
    faults = find_breaches(instance, terms, division.school_of_unit)
    rounding = _ROUNDING * max(1.0, abs(measured["objective"]))
    if not abs(measured["objective"] - division.objective) <= rounding:
        faults.append(
            f"The search states the objective {division.objective!r}, the plan has"
            f" {measured['objective']!r}."
        )
    if division.lower_bound > measured["objective"] + rounding:
        faults.append(
            f"The lower bound {division.lower_bound!r} is above {measured['objective']!r}."
        )
    if faults:
        raise OneMapError(
            f"The search failed its check: {' '.join(faults)} Nothing was written.",
            mend="Report this with the files and the seed.",
        )
    catchments = name_catchments(instance, terms.joint, division.school_of_unit)
    table = measured.pop("schools_table")
    return {
        "objective": measured.pop("objective"),
        "lower_bound": _keep_finite(division.lower_bound),
        "gap_pct": _keep_finite(division.gap_pct),
        "bound_kind": division.bound_kind,
        "bound_note": division.bound_note or None,
        "stopped": division.stopped,
        "seconds": round(division.seconds, 3),
        "seed": division.seed,
        **measured,
        "plan_digest": digest_plan(instance.unit_ids, catchments),
        "warnings": warnings,
        "schools_table": table,
    }


def _keep_finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
