"""What a plan is worth, stage by stage, and what is proven of it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, delete, insert

from catchments.boundaries import Drawn, Request
from catchments.boundaries.measures import measure_division
from catchments.boundaries.walking import measure_beyond_pct
from catchments.units import NOWHERE, Instance, Terms
from gis import tables
from gis.database import read_table
from scenarios.district import Plan


def measure_drawn(
    request: Request, drawn: Drawn, *, radius_m: float | None = None
) -> dict[str, Any]:
    """Measure what a division is worth: columns of table plan_measure.

    Units without a school count in outside_pupils alone. Where the method proves nothing itself,
    the objective is the sum of all ways, in pupil-kilometres, and its lower bound the sum of the
    ways to the nearest school.

    Parameters
    ----------
    request
        With ways.
    radius_m
        Service radius; pupils beyond it are found door by door.
    """
    ways, instance = request.ways, request.build_instance()
    assert ways is not None  # without them there is no instance
    school = request.schools.index.get_indexer(pd.Index(drawn.school_id)).astype(np.int64)
    is_held = school != NOWHERE
    held = replace(instance, pupils=np.where(is_held, instance.pupils, 0.0))
    measured = measure_division(held, request.terms, school)
    if drawn.lower_bound is None:
        parts, bound = {"pupil_km": measured["pupil_km"]}, _bound_ways(held)
        drawn = replace(drawn, objective=measured["pupil_km"], lower_bound=bound)
    else:
        parts = measured["parts"]
    doors = np.flatnonzero(is_held[ways.door_unit])
    door_m = ways.door_distance_m[doors, school[ways.door_unit[doors]]]
    beyond = None
    if radius_m is not None and held.pupils.any():
        beyond = measure_beyond_pct(door_m, ways.door_pupils[doors], radius_m=radius_m)
    knows_present = request.current is not None and len(request.current) > 0
    return {
        "on_foot": ways.on_foot,
        "pupils": round(instance.pupils.sum()),
        "outside_pupils": round(instance.pupils[~is_held].sum()),
        "over_capacity_pupils": round(measured["over_capacity_pupils"]),
        "pupil_km": _keep_finite(measured["pupil_km"]),
        "mean_distance_m": _keep_finite(measured["mean_distance_m"]),
        "p95_distance_m": _keep_finite(measured["p95_distance_m"]),
        "radius_m": radius_m,
        "beyond_radius_pct": beyond,
        "moved_pupils": round(measured["moved_pupils"]) if knows_present else None,
        "compactness": measured["compactness"],
        "connected": measured["connected"],
        "objective": _keep_finite(drawn.objective),
        "objective_parts": {name: _keep_finite(part) for name, part in parts.items()},
        "lower_bound": _keep_finite(drawn.lower_bound),
        "gap_pct": _measure_gap(drawn),
        "bound_note": drawn.bound_note or None,
        "stopped": drawn.stopped,
    }


def measure_present(request: Request, *, radius_m: float | None = None) -> dict[str, Any]:
    """Measure the present division in the same way; its pupils are moved nowhere.

    What is asked of a new division does not hold for it.
    """
    assert request.current is not None
    unasked = replace(request, terms=Terms(capacity="soft"))
    return measure_drawn(
        unasked, Drawn(request.current.reindex(request.units.index)), radius_m=radius_m
    )


def store_measures(connection: Connection, plan: Plan, measures: list[dict[str, Any]]) -> None:
    """Store the measures of a plan in the stages they speak of.

    What differs in its seconds alone is left as it is.

    Parameters
    ----------
    measures
        One a stage, with the columns of table plan_measure but plan_id.
    """
    known = read_table(connection, "plan_measures", plan_id=plan.id)
    before = known.astype(object).where(known.notna(), None).to_dict("records")
    told = [_drop_seconds(row) for row in before]
    changed = [row for row in measures if _drop_seconds(row) not in told]
    if not changed:
        return
    measure = tables.plan_measure
    stages = [row["stage"] for row in changed]
    connection.execute(
        delete(measure).where(measure.c.plan_id == plan.id, measure.c.stage.in_(stages))
    )
    connection.execute(insert(measure), [{"plan_id": plan.id, **row} for row in changed])


def _bound_ways(instance: Instance) -> float:
    """Sum the ways of all pupils to their nearest school, in pupil-kilometres."""
    has = instance.pupils > 0
    return float(instance.pupils[has] @ instance.distance_m[has].min(axis=1)) / 1000.0


def _measure_gap(drawn: Drawn) -> float | None:
    """Return the gap that the method states, or the one between its objective and the bound."""
    if drawn.gap_pct is not None:
        return _keep_finite(drawn.gap_pct)
    objective, bound = _keep_finite(drawn.objective), _keep_finite(drawn.lower_bound)
    if objective is None or bound is None:
        return None
    return 100.0 * (objective - bound) / objective if objective > 0 else 0.0


def _keep_finite(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None


def _drop_seconds(row: dict[Any, Any]) -> dict[Any, Any]:
    return {name: fact for name, fact in row.items() if name != "seconds"}
