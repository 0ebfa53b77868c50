"""A first division: every open school's catchment grows from its own units."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from catchments.boundaries.search.board import Board, Numbers, Whole

NONE = -1


def grow_catchments(
    board: Board, own_units: Sequence[Sequence[int]], price: Numbers, *, kept: Whole | None = None
) -> Whole:
    """Divide the units so that every catchment is connected and holds its own units.

    The cheapest unit beside a catchment joins it next, at its cost and the school's price of a
    seat. A pair that must not be comes after all others.

    Parameters
    ----------
    own_units
        Of each catchment; empty for one that stays closed.
    price
        m: of a seat, added to the cost of each pupil.
    kept
        n: a division to start from, or -1; what of it hangs together with its school is kept.

    Returns
    -------
    Whole
        n: catchment of each unit, or -1 where no school can be reached.
    """
    home = np.full(board.pupils.size, NONE, np.int32)
    for at, units in enumerate(own_units):
        home[list(units)] = at
    if kept is not None:
        _keep(board, home, kept, own_units)
    _join_own_units(board, home, own_units)
    costs = board.cost + board.pupils[:, None] * price + np.where(board.banned, 1e12, 0.0)
    waiting: list[tuple[float, int, int]] = []

    def offer(unit: int) -> None:
        for other in board.head[board.first[unit] : board.first[unit + 1]].tolist():
            if home[other] == NONE:
                heapq.heappush(waiting, (float(costs[other, home[unit]]), other, int(home[unit])))

    for begun in np.flatnonzero(home != NONE).tolist():
        offer(begun)
    while waiting:
        _, unit, at = heapq.heappop(waiting)
        if home[unit] == NONE:
            home[unit] = at
            offer(unit)
    return home


def _keep(board: Board, home: Whole, kept: Whole, own_units: Sequence[Sequence[int]]) -> None:
    """Keep of a division what hangs together with the first own unit of its catchment."""
    for at, units in enumerate(own_units):
        waiting = list(units)
        while waiting:
            unit = waiting.pop()
            for other in board.head[board.first[unit] : board.first[unit + 1]]:
                if home[other] == NONE and kept[other] == at and not board.banned[other, at]:
                    home[other] = at
                    waiting.append(int(other))


def _join_own_units(board: Board, home: Whole, own_units: Sequence[Sequence[int]]) -> None:
    """Join the own units of a catchment by the shortest ways between them, where there are any."""
    for at, units in enumerate(own_units):
        for goal in units[1:]:
            before = {units[0]: units[0]}
            rows = [units[0]]
            for unit in rows:
                if unit == goal:
                    break
                for other in board.head[board.first[unit] : board.first[unit + 1]].tolist():
                    may_pass = home[other] == at or (
                        home[other] == NONE and not board.banned[other, at]
                    )
                    if other not in before and may_pass:
                        before[other] = unit
                        rows.append(other)
            unit = goal
            while unit in before and unit != units[0]:
                home[unit] = at
                unit = before[unit]


def is_in_pieces(board: Board, home: Whole, own_units: Sequence[Sequence[int]]) -> bool:
    """Whether a catchment is torn, or a unit belongs to none."""
    if (home == NONE).any():
        return True
    same = home[board.tail] == home[board.head]
    links = csr_array(
        (np.ones(int(same.sum()), np.int8), (board.tail[same], board.head[same])),
        shape=(home.size, home.size),
    )
    pieces = connected_components(links, directed=False)[0]
    return bool(pieces > sum(1 for units in own_units if len(units)))
