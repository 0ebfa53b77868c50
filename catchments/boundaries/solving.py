"""From a request to a solver of arrays, and back to schools by planning unit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import pandas as pd

from catchments.boundaries.checking import check_answer
from catchments.boundaries.request import Drawn, Request, name_rows
from gis.errors import RejectedDataError

# Called with an Instance and Terms, and by name time_limit_s, seed, progress and should_stop; its
# answer has the fields of catchments.boundaries.balanced.Division.
Solver: TypeAlias = Callable[..., Any]


def draw_by_solver(solve: Solver, request: Request) -> Drawn:
    """Draw catchments by a solver that respects seats.

    Raises
    ------
    RejectedDataError
        When the seats of a school are not stated, or no division can keep the terms.
    OneMapError
        When the answer fails its check.
    """
    unstated = request.schools[request.schools["seats"].isna()]
    if len(unstated):
        raise RejectedDataError(
            f"Nobody stated the seats of {len(unstated)} schools: "
            f"{', '.join(name_rows(unstated)[:20])}.",
            mend="Load their seats of the year shown, or draw by distance alone.",
        )
    instance = request.build_instance()
    solved = solve(
        instance,
        request.terms,
        time_limit_s=request.time_limit_s,
        seed=request.seed,
        progress=request.progress,
        should_stop=request.should_stop,
    )
    check_answer(instance, request.terms, solved)
    ids = request.schools.index.to_numpy()[solved.school_of_unit]
    return Drawn(
        pd.Series(ids, index=request.units.index, name="school_id"),
        objective=solved.objective,
        lower_bound=solved.lower_bound,
        gap_pct=solved.gap_pct,
        bound_note=solved.bound_note,
        stopped=solved.stopped == "interrupted",
    )
