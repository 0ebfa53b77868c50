"""``onemap solve catchments``: which school each planning unit belongs to, from files alone."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import pandas as pd
import typer

from catchments.boundaries.asked_terms import AskedTerms
from catchments.boundaries.checking import check_answer
from catchments.boundaries.plan_files import digest_plan, name_catchments, write_plan
from catchments.boundaries.reading import read_instance
from catchments.sites.clock import Clock
from catchments.units import Instance, Objective, Terms
from scenarios.commands.output import (
    JsonOption,
    check_out,
    check_search,
    print_json,
    print_table,
    show_progress,
)
from scenarios.commands.term_options import (
    NO_LIMIT,
    CapacityOption,
    ChangeOption,
    CompactnessOption,
    FileOption,
    ForbiddenOption,
    JointOption,
    LockedOption,
    MaxDistanceOption,
    MaxMovedOption,
    TogetherOption,
)

if TYPE_CHECKING:
    from catchments.boundaries.balanced import Division

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
    capacity: CapacityOption = None,
    w_balance: Annotated[float, typer.Option("--w-balance", help="Weight of balance.")] = 0.7,
    w_compactness: CompactnessOption = None,
    w_change: ChangeOption = 0.0,
    locked: LockedOption = None,
    forbidden: ForbiddenOption = None,
    together: TogetherOption = None,
    joint: JointOption = None,
    feeders: Annotated[
        FileOption,
        typer.Option(
            "--feeders", help="Plan of the primary schools, whose catchments stay together."
        ),
    ] = None,
    max_distance_m: MaxDistanceOption = NO_LIMIT,
    max_moved_pupils: MaxMovedOption = NO_LIMIT,
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
    asked = AskedTerms(
        objective=objective,
        capacity=capacity,
        w_balance=w_balance,
        w_compactness=w_compactness,
        w_change=w_change,
        max_distance_m=max_distance_m,
        max_moved_pupils=max_moved_pupils,
        locked=locked,
        forbidden=forbidden,
        together=together,
        joint=joint,
        feeders=feeders,
    )
    check_search(time_limit_s, seed)
    asked.check()
    check_out(out)
    warnings: list[str] = []
    instance = read_instance(
        units,
        schools,
        adjacency,
        distances=distances,
        needs_ways=asked.needs_ways,
        warn=warnings.append,
    )
    terms = asked.read(instance)
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
    measured = check_answer(instance, terms, division)
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
