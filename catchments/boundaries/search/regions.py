"""Regions of a plan: a few neighbouring catchments, and what a better division of them may hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from catchments.assignment import assign_seats
from catchments.boundaries.search.board import Board, Flags, Numbers, Whole
from catchments.boundaries.search.choosing import Choice, weigh_choice

# What a pupil above the seats may cost, in mean changes per pupil.
_PER_OVER = 8.0


class Cut(NamedTuple):
    """Units that belong to a catchment only if some unit of the border around them does."""

    catchment: int
    inside: NDArray[np.signedinteger]
    border: NDArray[np.signedinteger]


class Sites(NamedTuple):
    """Which catchments may open and close, and what an open one costs; m catchments."""

    may_close: Flags  # m
    open_cost: Numbers  # m


@dataclass(frozen=True, eq=False)
class Region:
    """Neighbouring catchments and which of their units may go where."""

    units: NDArray[np.int64]  # n
    catchments: NDArray[np.int64]  # m: closed ones that may open among them
    now: NDArray[np.int64]  # n: place of each unit's catchment in `catchments`
    allowed: Flags  # n, m: what a better division may hold
    may_close: Flags  # m: those that a better division may open or close
    gap: float  # how much lower than now the cost could be, or how much higher it may get
    over: float  # pupils above the seats now

    @property
    def choices(self) -> int:
        """Count the pairs that may change."""
        return int(self.allowed.sum()) - self.units.size


def frame_region(
    board: Board,
    own: Sequence[Sequence[int]],
    home: Whole,
    members: Sequence[int],
    sites: Sites,
    slack: float,
    per_pupil: float,
    *,
    offered: Flags | None = None,
    keeps_sites: bool = False,
) -> Region:
    """Return the region of some catchments without the pairs that no better division holds.

    Closed sites on its units are part of it. By the prices of the seats, every pair that is not
    the cheapest for a unit makes any division dearer by a known amount; where that exceeds the
    gap, the pair is out. Where `offered` is given, pairs that it lacks are out too. With
    `keeps_sites` no site opens or closes.
    """
    count = board.capacity.size
    is_member = np.zeros(count, dtype=bool)
    is_member[list(members)] = True
    units = np.flatnonzero(is_member[home])
    pupils = board.pupils[units]
    over = np.bincount(home[units], pupils, count) - board.capacity
    total_over = float(np.maximum(over[is_member], 0.0).sum())
    may_change = sites.may_close.any() and total_over == 0.0 and not keeps_sites
    if may_change:
        within = np.zeros(home.size, dtype=bool)
        within[units] = True
        is_used = np.bincount(home, minlength=count) > 0
        is_member |= _list_closed_sites(own, sites.may_close & ~is_used, within)
    catchments = np.flatnonzero(is_member)
    now, rows = np.searchsorted(catchments, home[units]), np.arange(units.size)
    cost = board.cost[np.ix_(units, catchments)]
    allowed = ~board.banned[np.ix_(units, catchments)]
    if offered is not None:
        allowed &= offered[np.ix_(units, catchments)]
    allowed[board.stays[units]] = False
    if not may_change:
        for place in np.flatnonzero(sites.may_close[catchments]).tolist():
            allowed[np.searchsorted(units, list(own[int(catchments[place])]))] = False
    allowed[rows, now] = True
    seats, may_close = board.capacity[catchments], sites.may_close[catchments] & may_change
    if may_change:
        roots = [np.searchsorted(units, list(own[at])).tolist() for at in catchments.tolist()]
        choice = Choice(cost, pupils, seats, allowed, may_close, sites.open_cost[catchments], roots)
        gap, allowed, may_close = weigh_choice(choice, now)
    else:
        more = slack + _PER_OVER * per_pupil * total_over if total_over > 0.0 else 0.0
        gap, allowed = _weigh_pairs(cost, pupils, seats, allowed, now, more)
    return Region(units, catchments, now, allowed, may_close, gap, total_over)


def _list_closed_sites(own: Sequence[Sequence[int]], is_closed: Flags, within: Flags) -> Flags:
    """Return the closed sites whose own units lie in the region."""
    found = np.zeros(is_closed.size, dtype=bool)
    for at in np.flatnonzero(is_closed).tolist():
        found[at] = bool(own[at]) and within[list(own[at])].all()
    return found


def _weigh_pairs(
    cost: Numbers,
    pupils: Numbers,
    seats: Numbers,
    allowed: Flags,
    now: NDArray[np.int64],
    more: float,
) -> tuple[float, Flags]:
    """Return how much could be saved among open schools, and `more`, and the pairs within that."""
    rows = np.arange(now.size)
    per = cost / np.where(pupils > 0.0, pupils, 1.0)[:, None]
    price = assign_seats(np.where(allowed, per, np.inf), pupils, seats).school_price
    priced = np.where(allowed, cost + pupils[:, None] * price, np.inf)
    least = priced.min(axis=1)
    gap = max(0.0, float(cost[rows, now].sum() - least.sum() + price @ seats)) + more
    allowed = allowed & (priced - least[:, None] <= gap + 1e-9)
    allowed[rows, now] = True
    return gap, allowed


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
