"""Divide the stages of a district by a method, one after the other, and measure what came out."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from catchments.boundaries import Drawn, Request
from catchments.boundaries.asked_terms import AskedTerms, name_terms
from catchments.boundaries.search.warming import warm_up
from catchments.profile import Stage
from gis.errors import RejectedDataError
from scenarios.school_network.instance import Ground
from scenarios.school_network.measures import measure_drawn, measure_present
from scenarios.school_network.terms import BALANCED, hide_few, set_terms

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Search:
    """How a method is to work on the stages together; `draw` divides one of them.

    Parameters
    ----------
    terms
        What is asked of the division, for the method that keeps terms.
    feeders
        Code of the plan, or name of the file, whose catchments stay together by these terms.
    """

    method: str
    draw: Callable[[Stage, Request], Drawn]
    time_limit_s: float
    seed: int
    progress: Progress
    should_stop: Callable[[], bool] | None = None
    terms: AskedTerms | None = None
    feeders: str | None = None


@dataclass(frozen=True, eq=False)
class Division:
    """What came out: stage, planning_unit_id, school_id; and the rows of table plan_measure.

    `present` measures the default plan in the stages that were divided, on the same ways.
    """

    members: pd.DataFrame
    measures: list[dict[str, Any]]
    present: list[dict[str, Any]]


def divide_ground(ground: Ground, stages: Sequence[Stage], search: Search) -> Division:
    """Divide every one of `stages` that has schools; other stages keep their present division.

    Raises
    ------
    RejectedDataError
        When there is no planning unit, or no school in any of the stages.
    """
    # A stage without a school is left out: its children are told as outside every catchment.
    served = [stage for stage in stages if len(ground.schools[stage.code])]
    if not served or ground.units.empty:
        raise RejectedDataError(
            f"District {ground.profile.code} has no planning unit, or no school that can have a"
            " catchment.",
            mend="Load planning units, and public schools with seats in a stage.",
        )
    kept = {stage.code for stage in ground.profile.list_catchment_stages()}.difference(
        stage.code for stage in stages
    )
    members = [ground.current[ground.current["stage"].isin(kept)]]
    measures, present = [], []
    stop = search.should_stop
    if search.method == BALANCED:
        warm_up()  # compiling is no part of the search
    for nth, stage in enumerate(served):
        first, last = (0.1 + 0.8 * at / len(served) for at in (nth, nth + 1))
        search.progress("ways", first)
        request = replace(
            ground.build_request(stage),
            # A fixed share: what another stage left over depends on the clock.
            time_limit_s=search.time_limit_s / len(served),
            seed=search.seed,
            progress=_span(search.progress, first, last),
            should_stop=stop,
        )
        if search.terms is not None:
            request = set_terms(request, search.terms)
        began = time.perf_counter()
        try:
            drawn = search.draw(stage, request)
        except RejectedDataError as error:
            raise hide_few(error, ground.profile.minimum_cell) from None
        seconds = time.perf_counter() - began
        if drawn.stopped:  # by Ctrl-C, say, which only that one search has heard
            stop = _say_yes
        members.append(
            drawn.school_id.rename_axis("planning_unit_id").reset_index().assign(stage=stage.code)
        )
        facts = {"stage": stage.code, "year": ground.profile.years.shown}
        measured = measure_drawn(request, drawn, radius_m=stage.radius_m)
        how = {"method": search.method, "seconds": round(seconds, 3), "seed": search.seed}
        measures.append({**facts, **measured, **how, "terms": _tell_terms(request, search)})
        if request.current is not None and len(request.current):
            measured = measure_present(request, radius_m=stage.radius_m)
            unsought = {"method": "", "seconds": 0.0, "seed": None, "terms": None}
            present.append({**facts, **measured, **unsought})
    filled = [frame for frame in members if len(frame)]
    columns = ["stage", "planning_unit_id", "school_id"]
    return Division(pd.concat(filled, ignore_index=True)[columns], measures, present)


def _tell_terms(request: Request, search: Search) -> dict[str, Any] | None:
    """Return the terms that held, as they are stored with the plan."""
    if search.terms is None:
        return None
    told = name_terms(request.terms, request.build_instance())
    return told if search.feeders is None else {**told, "feeders": search.feeders}


def _say_yes() -> bool:
    return True


def _span(progress: Progress, first: float, last: float) -> Progress:
    """Tell the steps of one stage within its span of the whole."""
    return lambda step, share: progress(step, first + (last - first) * share)
