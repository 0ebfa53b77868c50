"""What a division of units among schools comes to, computed from the definitions alone.

Nothing here is shared with a search, so that a search can be checked by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from catchments.boundaries.permitted import label_pieces
from catchments.joint import merge_joint, merge_positions, merge_terms
from catchments.units import NOWHERE, Instance, Numbers, Positions, Terms

_M_PER_KM = 1000.0
_TOLERANCE = 1e-9
_NAMED = 10


@dataclass(frozen=True, eq=False)
class _Division:
    """A division of merged units: everything below is per catchment, in their order."""

    instance: Instance
    terms: Terms
    own_units: tuple[tuple[int, ...], ...]
    catchment: Positions  # n
    is_open: NDArray[np.bool_]

    @property
    def size(self) -> int:
        return len(self.instance.school_ids)

    def add_up(self, amounts: Numbers) -> Numbers:
        """Sum n amounts of units by catchment."""
        held = self.catchment != NOWHERE
        return np.bincount(self.catchment[held], weights=amounts[held], minlength=self.size).astype(
            np.float64
        )


def measure_division(instance: Instance, terms: Terms, school_of_unit: Positions) -> dict[str, Any]:
    """Measure a division by the objective of :class:`catchments.units.Terms` and what else tells.

    Parameters
    ----------
    instance, terms
        As given, before schools with a joint catchment are merged.
    school_of_unit
        n positions of schools, or NOWHERE; any school of a joint catchment stands for it.

    Returns
    -------
    dict
        objective and its parts; over_capacity_pupils (above the seats, summed over catchments);
        pupil_km, mean_distance_m and p95_distance_m (of pupils; the shortest way within which 95 %
        of them live); moved_pupils and moved_units (of those that belong to a school now);
        connected (each catchment in one piece with its own units, each existing school among
        them); whole_units (each unit has a school); compactness (mean of 4π·area/perimeter² over
        catchments, None without areas); open_schools; units, schools (open ones); and
        schools_table, one row a catchment.
    """
    division = _merge(instance, terms, school_of_unit)
    merged = division.instance
    ways = _get_ways(division)
    pupils = division.add_up(merged.pupils)
    moved = _find_moved(division)
    compactness = _measure_compactness(division)
    over = np.maximum(pupils - merged.capacity, 0.0)
    moved_pupils = float(merged.pupils[moved].sum())
    pupil_km = _weigh(merged.pupils, ways) / _M_PER_KM
    parts = _sum_parts(division, pupil_km, pupils, compactness, moved_pupils)
    known = division.is_open & np.isfinite(compactness)
    mean_m, p95_m = _measure_ways(merged.pupils, ways)
    return {
        "objective": float(sum(parts.values())),
        "parts": parts,
        "over_capacity_pupils": float(over.sum()),
        "pupil_km": pupil_km,
        "mean_distance_m": mean_m,
        "p95_distance_m": p95_m,
        "moved_pupils": moved_pupils,
        "moved_units": int(moved.sum()),
        "connected": _is_connected(division),
        "whole_units": bool((division.catchment != NOWHERE).all()),
        "compactness": float(compactness[known].mean()) if known.any() else None,
        "open_schools": [merged.school_ids[i] for i in np.flatnonzero(division.is_open)],
        "units": len(merged.unit_ids),
        "schools": int(division.is_open.sum()),
        "schools_table": _list_schools(division, ways, pupils, over, compactness),
    }


def find_breaches(instance: Instance, terms: Terms, school_of_unit: Positions) -> list[str]:
    """Return which terms a division breaks, in words; none when it keeps them all.

    Parameters
    ----------
    instance, terms, school_of_unit
        As in :func:`measure_division`.
    """
    division = _merge(instance, terms, school_of_unit)
    merged, told = division.instance, division.terms
    measured = measure_division(instance, terms, school_of_unit)
    chosen, ways = division.catchment, _get_ways(division)
    lost = [pair for pair in told.locked if chosen[pair[0]] != pair[1]]
    taken = [pair for pair in told.forbidden if chosen[pair[0]] == pair[1]]
    torn = [group for group in told.together if len(set(chosen[list(group)].tolist())) > 1]
    too_far = np.flatnonzero((merged.pupils > 0) & ~(ways <= told.max_distance_m))
    no_way = np.flatnonzero((merged.pupils > 0) & ~np.isfinite(ways))
    breaches = [
        (not measured["whole_units"], "A unit has no school."),
        (not measured["connected"], "A catchment is not in one piece with its own unit."),
        (
            terms.capacity == "hard" and measured["over_capacity_pupils"] > _TOLERANCE,
            f"{measured['over_capacity_pupils']:g} pupils are above the seats.",
        ),
        (bool(lost), f"Locked pairs are not kept: {_name_pairs(merged, lost)}."),
        (bool(taken), f"Forbidden pairs are used: {_name_pairs(merged, taken)}."),
        (bool(torn), f"{len(torn)} groups of units are torn apart."),
        (too_far.size > 0, f"{too_far.size} units are too far from their school."),
        (no_way.size > 0, f"{no_way.size} units have no way to their school."),
        (
            measured["moved_pupils"] > terms.max_moved_pupils + _TOLERANCE,
            f"{measured['moved_pupils']:g} pupils are moved.",
        ),
    ]
    return [text for is_broken, text in breaches if is_broken]


def _merge(instance: Instance, terms: Terms, school_of_unit: Positions) -> _Division:
    merged, own_units, catchment_of_school = merge_joint(instance, terms.joint)
    catchment = merge_positions(school_of_unit, catchment_of_school)
    is_open = ~merged.is_candidate
    is_open[catchment[catchment != NOWHERE]] = True
    return _Division(merged, merge_terms(terms, catchment_of_school), own_units, catchment, is_open)


def _get_ways(division: _Division) -> Numbers:
    """Return the n ways of units to their catchment, infinite where they have none."""
    at = np.maximum(division.catchment, 0)
    ways = division.instance.distance_m[np.arange(at.size), at]
    return np.where(division.catchment == NOWHERE, np.inf, ways)


def _weigh(pupils: Numbers, ways: Numbers) -> float:
    """Return Σ pupils × way; a unit without pupils needs no way."""
    walking = pupils > 0
    return float(pupils[walking] @ ways[walking])


def _measure_ways(pupils: Numbers, ways: Numbers) -> tuple[float | None, float | None]:
    """Return the mean way of a pupil and the way within which 95 % of them live."""
    walking = pupils > 0
    if not walking.any():
        return None, None
    order = np.argsort(ways[walking], kind="stable")
    sorted_ways, reached = ways[walking][order], np.cumsum(pupils[walking][order])
    at = np.searchsorted(reached, 0.95 * reached[-1] * (1 - _TOLERANCE))
    return _weigh(pupils, ways) / float(reached[-1]), float(sorted_ways[at])


def _find_moved(division: _Division) -> NDArray[np.bool_]:
    current = division.instance.current
    if current is None:
        return np.zeros(division.catchment.size, dtype=bool)
    return (current != NOWHERE) & (current != division.catchment)


def _measure_outlines(division: _Division) -> tuple[Numbers, Numbers] | None:
    """Return area and perimeter of each catchment: borders inside it are no part of its outline."""
    merged = division.instance
    if merged.area_m2 is None or merged.perimeter_m is None:
        return None
    a, b = division.catchment[merged.borders.T]
    inside = (a == b) & (a != NOWHERE)
    shared_m = np.bincount(a[inside], weights=merged.border_m[inside], minlength=division.size)
    return division.add_up(merged.area_m2), division.add_up(merged.perimeter_m) - 2 * shared_m


def _measure_compactness(division: _Division) -> Numbers:
    """Return 4π·area/perimeter² of each catchment, NaN where it has no units or none is known."""
    outlines = _measure_outlines(division)
    if outlines is None:
        return np.full(division.size, np.nan)
    area_m2, perimeter_m = outlines
    has_outline = perimeter_m > 0
    squared = np.where(has_outline, perimeter_m, np.nan) ** 2
    return np.asarray(4 * np.pi * area_m2 / squared, dtype=np.float64)


def _sum_parts(
    division: _Division,
    pupil_km: float,
    pupils: Numbers,
    compactness: Numbers,
    moved_pupils: float,
) -> dict[str, float]:
    terms, merged, is_open = division.terms, division.instance, division.is_open
    change, balance, spread = terms.w_change * moved_pupils, 0.0, 0.0
    if terms.compactness_weight > 0:
        spread = terms.compactness_weight * float((1 - compactness[is_open]).sum())
    if terms.objective == "distance":
        cost = float(merged.open_cost[is_open & merged.is_candidate].sum())
        parts = {"pupil_km": pupil_km, "opening_cost": cost, "change": change}
        return {**parts, "compactness": spread} if terms.compactness_weight > 0 else parts
    if terms.w_balance > 0:
        with np.errstate(divide="ignore", invalid="ignore"):
            fill = pupils[is_open] / merged.capacity[is_open]
        balance = terms.w_balance * float(np.abs(1 - fill).sum())
    return {"balance": balance, "compactness": spread, "change": change}


def _is_connected(division: _Division) -> bool:
    """Whether each open catchment is one piece that holds its own units."""
    catchment = division.catchment
    held = [set(catchment[list(own)].tolist()) == {i} for i, own in enumerate(division.own_units)]
    if not np.array(held)[division.is_open].all():
        return False
    a, b = catchment[division.instance.borders.T]
    pieces = label_pieces(division.instance, a == b)
    has_school = catchment != NOWHERE
    return len(np.unique(pieces[has_school])) == len(np.unique(catchment[has_school]))


def _list_schools(
    division: _Division, ways: Numbers, pupils: Numbers, over: Numbers, compactness: Numbers
) -> list[dict[str, Any]]:
    merged = division.instance
    units = division.add_up(np.ones(len(merged.unit_ids)))
    metres = division.add_up(merged.pupils * np.where(merged.pupils > 0, ways, 0.0))
    outlines = _measure_outlines(division)
    return [
        {
            "school_id": merged.school_ids[i],
            "is_open": bool(division.is_open[i]),
            "pupils": float(pupils[i]),
            "capacity": float(merged.capacity[i]),
            "over_capacity_pupils": float(over[i]),
            "units": int(units[i]),
            "mean_distance_m": float(metres[i] / pupils[i]) if pupils[i] > 0 else None,
            "area_m2": None if outlines is None else float(outlines[0][i]),
            "compactness": float(compactness[i]) if np.isfinite(compactness[i]) else None,
        }
        for i in range(division.size)
    ]


def _name_pairs(instance: Instance, pairs: list[tuple[int, int]]) -> str:
    named = [f"{instance.unit_ids[unit]}–{instance.school_ids[i]}" for unit, i in pairs[:_NAMED]]
    return ", ".join(named)
