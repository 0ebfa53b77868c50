"""``onemap solve sites``: where to open schools, from files alone."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from catchments.sites import (
    SiteChoice,
    SiteRequest,
    choose_by_coverage,
    choose_by_distance,
    choose_fewest,
    measure_choice,
)
from catchments.sites.clock import Clock
from catchments.sites.reading import read_distances, read_streets
from catchments.sites.warming import warm_up
from gis.errors import OutputError, UsageError
from gis.exports.spreadsheets import neutralise_table
from scenarios.commands.output import JsonOption, print_json


def solve_sites(
    edges: Annotated[
        Path | None, typer.Option("--edges", help="Streets: CSV a, b, length; nodes are units.")
    ] = None,
    matrix: Annotated[
        Path | None, typer.Option("--matrix", help="CSV unit_id, school_id, distance.")
    ] = None,
    site_count: Annotated[
        int | None, typer.Option("--p", help="Schools open in all, existing ones included.")
    ] = None,
    radius_m: Annotated[
        float | None,
        typer.Option(
            "--cover", help="Radius: with --p cover the most pupils, without open the fewest."
        ),
    ] = None,
    pupils: Annotated[
        Path | None, typer.Option("--pupils", help="CSV unit_id, pupils; default one a unit.")
    ] = None,
    sites: Annotated[
        Path | None,
        typer.Option("--sites", help="CSV school_id, status: existing, candidate, forbidden."),
    ] = None,
    time_limit_s: Annotated[float, typer.Option("--time-limit", help="Seconds.")] = 60.0,
    seed: Annotated[int, typer.Option("--seed", help="Same seed, same choice.")] = 1,
    out: Annotated[
        Path | None, typer.Option("--out", help="CSV unit_id, school_id, distance to write.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Choose where to open schools, with a proven bound; Ctrl-C keeps the best choice so far.

    Example: onemap solve sites --edges streets.csv --p 5 --json.
    """
    if time_limit_s <= 0 or seed < 0:
        raise UsageError(
            f"Time limit {time_limit_s:g} s, seed {seed}.",
            mend="Give a time limit above zero and a seed of zero or more.",
        )
    warm_up()  # compiling is no part of the search and does not count against its limit
    clock = Clock(time_limit_s)
    request = _read_request(edges, matrix, pupils, sites)
    choice = _choose(request, site_count, radius_m, time_limit_s=clock.left_s, seed=seed)
    if out is not None:
        _write_choice(request, choice, out)
    told = _tell_choice(request, choice, radius_m, seconds=clock.seconds)
    if as_json:
        print_json(told)
    else:
        typer.echo("\n".join(f"{name}  {value}" for name, value in told.items()))


def _read_request(
    edges: Path | None, matrix: Path | None, pupils: Path | None, sites: Path | None
) -> SiteRequest:
    if edges is not None and matrix is None:
        return read_streets(edges, pupils=pupils, sites=sites)
    if matrix is not None and edges is None:
        return read_distances(matrix, pupils=pupils, sites=sites)
    raise UsageError(
        "The ways are given twice." if edges else "No ways are given.",
        mend="Name either --edges or --matrix.",
    )


def _choose(
    request: SiteRequest,
    site_count: int | None,
    radius_m: float | None,
    *,
    time_limit_s: float,
    seed: int,
) -> SiteChoice:
    if radius_m is not None and not radius_m >= 0:
        raise UsageError(f"The radius is {radius_m:g}.", mend="Give zero or more.")
    if site_count is None and radius_m is None:
        raise UsageError("Nothing is asked.", mend="Give --p, --cover or both.")
    if site_count is None:
        assert radius_m is not None
        return choose_fewest(request, radius_m=radius_m, time_limit_s=time_limit_s)
    if radius_m is None:
        return choose_by_distance(
            request, site_count=site_count, time_limit_s=time_limit_s, seed=seed
        )
    return choose_by_coverage(
        request, site_count=site_count, radius_m=radius_m, time_limit_s=time_limit_s, seed=seed
    )


def _tell_choice(
    request: SiteRequest, choice: SiteChoice, radius_m: float | None, *, seconds: float
) -> dict[str, Any]:
    return {
        "method": choice.method,
        "objective": choice.objective,
        "lower_bound": choice.lower_bound,
        "upper_bound": choice.upper_bound,
        "gap_pct": choice.gap_pct if math.isfinite(choice.gap_pct) else None,
        "stopped": choice.stopped,
        "seconds": round(seconds, 3),
        "seed": choice.seed,
        **measure_choice(request, choice, radius_m=radius_m),
        "open_sites": [request.site_ids[i] for i in choice.open_sites],
    }


def _write_choice(request: SiteRequest, choice: SiteChoice, out: Path) -> None:
    """Write the nearest open school of each unit that can reach one."""
    nearest = zip(request.unit_ids, choice.site_of_unit, choice.distance_m, strict=True)
    rows = [(unit, request.site_ids[i], way) for unit, i, way in nearest if i >= 0]
    table = pd.DataFrame(rows, columns=["unit_id", "school_id", "distance"])
    try:
        neutralise_table(table).to_csv(out, index=False)
    except OSError as error:
        raise OutputError(
            f"{out} cannot be written: {error.strerror}.", mend="Choose another file."
        ) from error
