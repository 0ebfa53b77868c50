"""An instance as a search sees it: joint schools are one, and so are units that stay together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from catchments.boundaries.permitted import permit_pairs
from catchments.boundaries.search.board import Board, Numbers, Whole
from catchments.joint import merge_joint, merge_terms
from catchments.units import Instance, Positions, Terms

_M_PER_KM = 1000.0


@dataclass(frozen=True, eq=False)
class Task:
    """n parts (units, or groups of them) and m catchments.

    UNITS: pupils, metres, square metres; costs in those of the objective.
    """

    part_of_unit: Positions  # of the given units
    school_of_catchment: Positions  # one of its given schools
    pupils: Numbers  # n
    cost: Numbers  # n, m: of the whole part, the change included
    idle_cost: Numbers  # n, m: what settles parts without pupils, which cost nothing else
    permitted: NDArray[np.bool_]  # n, m
    moving: Numbers  # n, m
    borders: Positions  # k, 2
    border_m: Numbers  # k
    area_m2: Numbers  # n
    perimeter_m: Numbers  # n
    own_parts: tuple[tuple[int, ...], ...]  # m
    capacity: Numbers  # m
    open_cost: Numbers  # m
    is_candidate: NDArray[np.bool_]  # m
    current: Positions  # n: present catchment, or -1
    terms: Terms

    @property
    def is_hard(self) -> bool:
        """Whether pupils above the seats are a fault that a plan must not have."""
        return self.terms.capacity == "hard"

    @property
    def counts_overflow(self) -> bool:
        """Whether the fewest pupils above the seats come before all else."""
        return self.is_hard or self.terms.objective == "distance"

    def get_schools(self, home: Whole) -> Positions:
        """Return a given school for each given unit."""
        return self.school_of_catchment[home[self.part_of_unit]]


def build_task(instance: Instance, terms: Terms) -> Task:
    """Merge joint schools and units that stay together; price every pair."""
    merged, own_units, catchment_of_school = merge_joint(instance, terms.joint)
    told = merge_terms(terms, catchment_of_school)
    part = _number_parts(len(merged.unit_ids), told.together)
    count = int(part.max()) + 1
    by_distance = told.objective == "distance"
    permitted = np.ones((count, len(merged.school_ids)), dtype=bool)
    np.logical_and.at(permitted, part, permit_pairs(merged, own_units, told))
    current = np.full(len(merged.unit_ids), -1) if merged.current is None else merged.current
    leaves = (current[:, None] >= 0) & (current[:, None] != np.arange(len(merged.school_ids)))
    moving = _add_up(part, merged.pupils[:, None] * leaves)
    ways = np.where(np.isfinite(merged.distance_m), merged.distance_m, 0.0)
    pupil_km = _add_up(part, merged.pupils[:, None] * ways) / _M_PER_KM
    borders, border_m, inside_m = _join_borders(part, merged)
    return Task(
        part_of_unit=part,
        school_of_catchment=np.unique(catchment_of_school, return_index=True)[1],
        pupils=_add_up(part, merged.pupils),
        cost=told.w_change * moving + (pupil_km if by_distance else 0.0),
        idle_cost=_add_up(part, ways / _M_PER_KM + leaves),
        permitted=permitted,
        moving=moving,
        borders=borders,
        border_m=border_m,
        area_m2=_add_up(part, _or_zero(merged.area_m2, part)),
        perimeter_m=_add_up(part, _or_zero(merged.perimeter_m, part)) - 2.0 * inside_m,
        own_parts=tuple(tuple(dict.fromkeys(part[list(own)].tolist())) for own in own_units),
        capacity=merged.capacity.astype(np.float64),
        open_cost=np.where(merged.is_candidate & by_distance, merged.open_cost, 0.0),
        is_candidate=merged.is_candidate,
        current=_agree(part, current, count),
        terms=told,
    )


def build_board(
    task: Task, is_open: NDArray[np.bool_], *, stays_open: NDArray[np.bool_] | None = None
) -> Board:
    """Lay out the board of the catchments that are open; own parts of theirs stay where they are.

    Parameters
    ----------
    is_open
        m: which catchments exist; two of them never share an own part.
    stays_open
        m: those whose own parts stay, where others may still close; by default all.
    """
    count = task.pupils.size
    tail = np.concatenate([task.borders[:, 0], task.borders[:, 1]])
    head = np.concatenate([task.borders[:, 1], task.borders[:, 0]])
    order = np.lexsort((head, tail))
    own = list_own(task, is_open if stays_open is None else stays_open)
    stays = np.zeros(count, dtype=bool)
    banned = ~(task.permitted & is_open)
    for at, parts in enumerate(own):
        stays[list(parts)] = True
        others = np.arange(is_open.size) != at
        banned[np.ix_(list(parts), others)] = True
    terms = task.terms
    by_balance = terms.objective == "balance"
    return Board(
        first=np.searchsorted(tail[order], np.arange(count + 1)).astype(np.int32),
        head=head[order].astype(np.int32),
        tail=tail[order].astype(np.int32),
        border_m=np.concatenate([task.border_m, task.border_m])[order],
        pupils=task.pupils,
        area_m2=task.area_m2,
        perimeter_m=task.perimeter_m,
        cost=task.cost,
        banned=banned,
        stays=stays,
        capacity=task.capacity,
        moving=task.moving,
        weights=np.array(
            [
                terms.w_balance if by_balance else 0.0,
                terms.compactness_weight,
                1.0 if task.counts_overflow else 0.0,
            ]
        ),
        most_moved=float(terms.max_moved_pupils),
    )


def build_idle_board(task: Task, is_open: NDArray[np.bool_]) -> Board | None:
    """Lay out the board on which only parts without pupils move; None where there are none.

    They go where the way is shorter; a kilometre is what leaving the present catchment counts.
    """
    board = build_board(task, is_open)
    stays = board.stays | (task.pupils > 0.0)
    if stays.all() or task.terms.compactness_weight > 0.0:
        return None
    return board._replace(
        cost=task.idle_cost, stays=stays, weights=np.array([0.0, 0.0, 0.0]), most_moved=np.inf
    )


def list_own(task: Task, is_open: NDArray[np.bool_]) -> list[Sequence[int]]:
    """Return the own parts of each catchment, none for a closed one."""
    return [parts if is_open[at] else () for at, parts in enumerate(task.own_parts)]


def list_anchors(task: Task, is_open: NDArray[np.bool_]) -> list[Sequence[int]]:
    """Return the own parts of each catchment, then those locked to it; none for a closed one."""
    anchors = [list(parts) for parts in list_own(task, is_open)]
    for unit, at in task.terms.locked:
        part = int(task.part_of_unit[unit])
        if anchors[at] and part not in anchors[at]:
            anchors[at].append(part)
    return list(anchors)


def _number_parts(count: int, together: tuple[tuple[int, ...], ...]) -> Positions:
    """Return the part of each unit, numbered by their first units."""
    first = np.arange(count)
    for group in together:
        first[list(group)] = min(group)
    return np.unique(first, return_inverse=True)[1].astype(np.int64)


def _add_up(part: Positions, amounts: Numbers) -> Numbers:
    total = np.zeros((int(part.max()) + 1, *amounts.shape[1:]))
    np.add.at(total, part, amounts)
    return total


def _or_zero(amounts: Numbers | None, part: Positions) -> Numbers:
    return np.zeros(part.size) if amounts is None else amounts


def _agree(part: Positions, current: Positions, count: int) -> Positions:
    """Return the catchment that all units of a part belong to now, or -1."""
    low, high = np.full(count, np.iinfo(np.int64).max), np.full(count, -1)
    np.minimum.at(low, part, current)
    np.maximum.at(high, part, current)
    return np.where(low == high, high, -1)


def _join_borders(part: Positions, merged: Instance) -> tuple[Positions, Numbers, Numbers]:
    """Return the borders between parts, their lengths, and those inside each part."""
    ends = np.sort(part[merged.borders.reshape(-1, 2)], axis=1)
    lengths = np.asarray(merged.border_m, dtype=np.float64)
    within = ends[:, 0] == ends[:, 1]
    inside_m = np.bincount(
        ends[within, 0], weights=lengths[within], minlength=int(part.max()) + 1
    ).astype(np.float64)
    if within.all():
        return np.empty((0, 2), np.int64), np.empty(0), inside_m
    pairs, at = np.unique(ends[~within], axis=0, return_inverse=True)
    joined = np.bincount(at.ravel(), weights=lengths[~within]).astype(np.float64)
    return pairs, joined, inside_m
