"""The linear programme of a task: what every plan satisfies, connected catchments aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, eye_array, hstack, vstack

from catchments.bounds.programme import Programme
from catchments.units import Numbers, Positions

if TYPE_CHECKING:
    from catchments.boundaries.search.task import Task

Flags = NDArray[np.bool_]
_Rows = tuple[csr_array, Numbers]


def find_roots(task: Task) -> Positions:
    """Return the first own part of each catchment; a catchment is open when it holds it."""
    return np.array([own[0] for own in task.own_parts], dtype=np.int64)


def draft_programme(task: Task, pairs: Flags, overflow: float) -> Programme:
    """Write the programme of some pairs.

    Parameters
    ----------
    pairs
        Shape (n, m); each part has one.
    overflow
        Pupils above the seats that a plan may have, where the task counts them.
    """
    part, catchment = np.nonzero(pairs)
    root = find_roots(task)
    opening = _open(part, catchment, root)
    load = _gather(catchment, np.arange(part.size), task.pupils[part], root.size, part.size)
    blocks: list[_Rows] = [_tie_own_parts(task, part, catchment, opening)]
    blocks.append(_limit_moves(task, part, catchment))
    more = 0
    if task.counts_overflow:
        blocks.append(_need_seats(task, opening, overflow))
        blocks += _limit_load(load - opening.multiply(task.capacity[:, None]), overflow)
        more = root.size
    weight = _weigh_balance(task)
    if weight.any():
        uneven = (load - opening.multiply(task.capacity[:, None])).multiply(weight[:, None])
        blocks += _measure_uneven(csr_array(uneven), more)
    rows, most, width = _stack(blocks)
    others = width - part.size
    highest = np.concatenate(
        [np.full(more, overflow), (weight * (task.pupils.sum() + task.capacity))[: others - more]]
    )
    others_cost = np.concatenate([np.zeros(more), np.ones(others - more)])
    cost = task.cost[part, catchment] + opening.T @ task.open_cost
    return Programme(
        part=part,
        catchment=catchment,
        cost=np.concatenate([cost, others_cost]),
        upper=np.concatenate([np.ones(part.size), highest]),
        rows=rows,
        most=most,
        root=root,
        has_choice=task.is_candidate,
    )


def _gather(
    rows: Positions, columns: Positions, values: Numbers, height: int, width: int
) -> csr_array:
    return csr_array((values, (rows, columns)), shape=(height, width))


def _open(part: Positions, catchment: Positions, root: Positions) -> csr_array:
    """Return which pair says that a catchment is open, shape (m, k)."""
    columns = np.flatnonzero(part == root[catchment])
    ones = np.ones(columns.size)
    return _gather(catchment[columns], columns, ones, root.size, part.size)


def _tie_own_parts(task: Task, part: Positions, catchment: Positions, opening: csr_array) -> _Rows:
    """Require of an open catchment that it holds all its own parts, as much as its root."""
    own = [(part_, at) for at, parts in enumerate(task.own_parts) for part_ in parts[1:]]
    rows = []
    for other, at in own:
        column = np.flatnonzero((part == other) & (catchment == at))
        held = _gather(np.zeros_like(column), column, np.ones(column.size), 1, part.size)
        rows += [held - opening[[at]], opening[[at]] - held]
    if not rows:
        return csr_array((0, part.size)), np.empty(0)
    return csr_array(vstack(rows, format="csr")), np.zeros(len(rows))


def _limit_moves(task: Task, part: Positions, catchment: Positions) -> _Rows:
    most = task.terms.max_moved_pupils
    if not np.isfinite(most):
        return csr_array((0, part.size)), np.empty(0)
    return csr_array(task.moving[part, catchment][None, :]), np.array([most])


def _need_seats(task: Task, opening: csr_array, overflow: float) -> _Rows:
    """Require seats of open catchments for all pupils but those above; seats come in lots."""
    needed = task.pupils.sum() - overflow
    if (task.capacity == np.rint(task.capacity)).all():
        lot = max(1, int(np.gcd.reduce(task.capacity.astype(np.int64))))
        needed = lot * np.ceil(needed / lot - 1e-9)
    row = csr_array(-(opening.T @ task.capacity)[None, :])
    return row, np.array([-needed])


def _limit_load(above: csr_array, overflow: float) -> list[_Rows]:
    """Allow a catchment as many pupils above its seats as its column says, all as many as given."""
    catchments, pairs = above.shape
    each = hstack([above, -eye_array(catchments)], format="csr")
    total = np.concatenate([np.zeros(pairs), np.ones(catchments)])
    return [
        (csr_array(each), np.zeros(catchments)),
        (csr_array(total[None, :]), np.array([overflow])),
    ]


def _weigh_balance(task: Task) -> Numbers:
    """Return what a pupil above or below the seats costs in the objective, per catchment."""
    if task.terms.objective != "balance":
        return np.zeros(task.capacity.size)
    seats = np.where(task.capacity > 0, task.capacity, np.inf)
    return np.asarray(task.terms.w_balance / seats, dtype=np.float64)


def _measure_uneven(uneven: csr_array, more: int) -> list[_Rows]:
    """Require of the column of a catchment at least its load less its seats, and the reverse."""
    catchments = uneven.shape[0]
    gap = csr_array((catchments, more))
    return [
        (csr_array(hstack([side, gap, -eye_array(catchments)], format="csr")), np.zeros(catchments))
        for side in (uneven, -uneven)
    ]


def _stack(blocks: list[_Rows]) -> tuple[csr_array, Numbers, int]:
    """Stack blocks of rows; those that lack the last columns have zeros there."""
    width = max(rows.shape[1] for rows, _ in blocks)
    padded = [
        hstack([rows, csr_array((rows.shape[0], width - rows.shape[1]))], format="csr")
        for rows, _ in blocks
    ]
    stacked = csr_array(vstack(padded, format="csr"))
    return stacked, np.concatenate([most for _, most in blocks]), width
