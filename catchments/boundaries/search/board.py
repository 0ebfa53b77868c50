"""The board that a search plays on: arrays for compiled moves, and a position on it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gis.compiled import compiled_in_place

Numbers = NDArray[np.float64]
Whole = NDArray[np.int32]
Flags = NDArray[np.bool_]


class Board(NamedTuple):
    """What does not change while a search runs; n units, m catchments, k arcs (two a border).

    UNITS: pupils, metres, square metres; costs in those of the objective.
    """

    first: Whole  # n + 1: where the arcs of each unit begin
    head: Whole  # k: the unit that an arc leads to
    tail: Whole  # k: the unit that it leaves
    border_m: Numbers  # k
    pupils: Numbers  # n
    area_m2: Numbers  # n
    perimeter_m: Numbers  # n
    cost: Numbers  # n, m: of the whole unit in a catchment, the change included
    banned: Flags  # n, m: pairs that must not be
    stays: Flags  # n: own units of open schools
    capacity: Numbers  # m
    moving: Numbers  # n, m: pupils who would leave their present school
    weights: Numbers  # balance, compactness, whether pupils above the seats are a fault
    most_moved: float


class Position(NamedTuple):
    """A division of the units and what follows from it; kept up to date by every move."""

    home: Whole  # n: catchment of each unit
    pupils: Numbers  # m
    area_m2: Numbers  # m
    perimeter_m: Numbers  # m
    units: Whole  # m
    worth: Numbers  # m: what each catchment as a whole adds to the objective
    totals: Numbers  # cost, pupils above the seats, banned pairs, pupils moved


COST, OVER, BANNED, MOVED = 0, 1, 2, 3
# Faults in pupils above the seats: one pupil moved above the most, one part where it must not be.
# A search that paid the full price for the first would never pass through it.
PER_EXCESS, PER_EXCESS_TRIED, PER_BANNED = 1e3, 2.0, 1e6
W_BALANCE, W_COMPACTNESS, W_OVER = 0, 1, 2


def set_up(board: Board, home: Whole) -> Position:
    """Return the position of a division."""
    catchments = board.capacity.size
    position = Position(
        home.astype(np.int32),
        np.zeros(catchments),
        np.zeros(catchments),
        np.zeros(catchments),
        np.zeros(catchments, np.int32),
        np.zeros(catchments),
        np.zeros(4),
    )
    recount(board, position)
    return position


@compiled_in_place
def recount(board: Board, position: Position) -> None:
    """Count a position anew from the homes of its units."""
    totals = position.totals
    for at in range(board.capacity.size):
        position.pupils[at] = 0.0
        position.area_m2[at] = 0.0
        position.perimeter_m[at] = 0.0
        position.units[at] = 0
    for at in range(totals.size):
        totals[at] = 0.0
    for unit in range(position.home.size):
        to = position.home[unit]
        position.pupils[to] += board.pupils[unit]
        position.area_m2[to] += board.area_m2[unit]
        position.perimeter_m[to] += board.perimeter_m[unit]
        position.units[to] += 1
        totals[COST] += board.cost[unit, to]
        totals[BANNED] += board.banned[unit, to]
        totals[MOVED] += board.moving[unit, to]
        for arc in range(board.first[unit], board.first[unit + 1]):
            if position.home[board.head[arc]] == to:
                position.perimeter_m[to] -= board.border_m[arc]  # each border has two arcs
    for to in range(board.capacity.size):
        position.worth[to] = 0.0
        if position.units[to]:
            position.worth[to] = rate(
                board, to, position.pupils[to], position.area_m2[to], position.perimeter_m[to]
            )
        totals[COST] += position.worth[to]
        totals[OVER] += max(0.0, position.pupils[to] - board.capacity[to])


@compiled_in_place
def rate(board: Board, to: int, pupils: float, area_m2: float, perimeter_m: float) -> float:
    """Return what a catchment as a whole adds to the objective."""
    value = 0.0
    if board.weights[W_BALANCE] > 0.0:
        value += board.weights[W_BALANCE] * abs(1.0 - pupils / board.capacity[to])
    if board.weights[W_COMPACTNESS] > 0.0:
        round_share = 4.0 * np.pi * area_m2 / (perimeter_m * perimeter_m)
        value += board.weights[W_COMPACTNESS] * (1.0 - round_share)
    return value


@compiled_in_place
def measure_faults(board: Board, over: float, banned: float, moved: float) -> float:
    """Return how far a position is from keeping what must be kept; 0 if it keeps all."""
    excess = max(0.0, moved - board.most_moved)
    return board.weights[W_OVER] * over + PER_EXCESS * excess + PER_BANNED * banned
