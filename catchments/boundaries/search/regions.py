"""Regions of a plan: a few neighbouring catchments, and what a better division of them may hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from catchments.assignment import assign_seats
from catchments.boundaries.search.board import Board, Flags, Whole

# What a pupil above the seats may cost, in mean changes per pupil.
_PER_OVER = 8.0


class Cut(NamedTuple):
    """Units that belong to a catchment only if some unit of the border around them does."""

    catchment: int
    inside: NDArray[np.signedinteger]
    border: NDArray[np.signedinteger]


@dataclass(frozen=True, eq=False)
class Region:
    """Neighbouring catchments and which of their units may go where."""

    units: NDArray[np.int64]  # n
    catchments: NDArray[np.int64]  # m
    now: NDArray[np.int64]  # n: place of each unit's catchment in `catchments`
    allowed: Flags  # n, m: what a better division may hold
    gap: float  # how much lower than now the cost could be, or how much higher it may get
    over: float  # pupils above the seats now

    @property
    def choices(self) -> int:
        """Count the pairs that may change."""
        return int(self.allowed.sum()) - self.units.size


def frame_region(
    board: Board, home: Whole, members: Sequence[int], slack: float, per_pupil: float
) -> Region:
    """Return the region of some catchments without the pairs that no better division holds.

    By the prices of the seats, every pair that is not the cheapest for a unit makes any division
    dearer by a known amount; where that exceeds the gap, the pair is out.
    """
    catchments = np.sort(np.asarray(members, dtype=np.int64))
    place = np.full(board.capacity.size, -1)
    place[catchments] = np.arange(catchments.size)
    units = np.flatnonzero(place[home] >= 0)
    now, rows = place[home[units]], np.arange(units.size)
    pupils, seats = board.pupils[units], board.capacity[catchments]
    cost = board.cost[np.ix_(units, catchments)]
    allowed = ~board.banned[np.ix_(units, catchments)]
    allowed[board.stays[units]] = False
    allowed[rows, now] = True
    over = float(np.maximum(np.bincount(now, pupils, catchments.size) - seats, 0.0).sum())
    per = cost / np.where(pupils > 0.0, pupils, 1.0)[:, None]
    price = assign_seats(np.where(allowed, per, np.inf), pupils, seats).school_price
    priced = np.where(allowed, cost + pupils[:, None] * price, np.inf)
    least = priced.min(axis=1)
    gap = max(0.0, float(cost[rows, now].sum() - least.sum() + price @ seats))
    if over > 0.0:
        gap += slack + _PER_OVER * per_pupil * over
    allowed &= priced - least[:, None] <= gap + 1e-9
    allowed[rows, now] = True
    return Region(units, catchments, now, allowed, gap, over)


def find_cuts(board: Board, home: Whole, catchment: int, own: Sequence[int]) -> list[Cut]:
    """Return a cut for each piece of a catchment that is apart from its own units."""
    held = home == catchment
    apart = held & ~_reach(board, held, own)
    cuts = []
    while apart.any():
        piece = _reach(board, apart, np.flatnonzero(apart)[:1])
        apart &= ~piece
        around = np.zeros(held.size, dtype=bool)
        around[board.head[piece[board.tail]]] = True
        around &= ~piece
        # Of the border, only what the own units reach without crossing it can join the piece.
        outside = _reach(board, ~piece & ~around, own)
        outside[list(own)] = True
        near = np.zeros(held.size, dtype=bool)
        near[board.head[outside[board.tail]]] = True
        near[list(own)] = True
        cuts.append(Cut(catchment, np.flatnonzero(piece), np.flatnonzero(around & near)))
    return cuts


def _reach(board: Board, among: Flags, starts: Sequence[int] | NDArray[np.int64]) -> Flags:
    """Return which units of some can be reached from those of the starts that are among them."""
    seen = np.zeros(among.size, dtype=bool)
    waiting = [int(unit) for unit in starts if among[unit]]
    seen[waiting] = True
    while waiting:
        unit = waiting.pop()
        for other in board.head[board.first[unit] : board.first[unit + 1]]:
            if among[other] and not seen[other]:
                seen[other] = True
                waiting.append(int(other))
    return seen
