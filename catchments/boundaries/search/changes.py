"""What the move of one unit changes: priced by a look at its neighbours, then done."""

from __future__ import annotations

import numpy as np

from catchments.boundaries.search.board import (
    BANNED,
    COST,
    MOVED,
    OVER,
    PER_BANNED,
    PER_EXCESS_TRIED,
    W_BALANCE,
    W_COMPACTNESS,
    W_OVER,
    Board,
    Position,
    Whole,
    rate,
)
from gis.compiled import compiled_in_place


@compiled_in_place
def move_unit(board: Board, position: Position, unit: int, to: int) -> None:
    """Move a unit and keep the position up to date."""
    home, totals = position.home, position.totals
    of = home[unit]
    totals[COST] += board.cost[unit, to] - board.cost[unit, of]
    totals[BANNED] += np.float64(board.banned[unit, to]) - np.float64(board.banned[unit, of])
    totals[MOVED] += board.moving[unit, to] - board.moving[unit, of]
    for at in (of, to):
        totals[OVER] -= max(0.0, position.pupils[at] - board.capacity[at])
        totals[COST] -= position.worth[at]
    position.pupils[of] -= board.pupils[unit]
    position.pupils[to] += board.pupils[unit]
    if board.weights[W_COMPACTNESS] > 0.0:
        position.area_m2[of] -= board.area_m2[unit]
        position.area_m2[to] += board.area_m2[unit]
        position.perimeter_m[of] -= board.perimeter_m[unit]
        position.perimeter_m[to] += board.perimeter_m[unit]
        for arc in range(board.first[unit], board.first[unit + 1]):
            other = home[board.head[arc]]
            if other == of:
                position.perimeter_m[of] += 2.0 * board.border_m[arc]
            elif other == to:
                position.perimeter_m[to] -= 2.0 * board.border_m[arc]
    for at in (of, to):
        totals[OVER] += max(0.0, position.pupils[at] - board.capacity[at])
        position.worth[at] = rate(
            board, at, position.pupils[at], position.area_m2[at], position.perimeter_m[at]
        )
        totals[COST] += position.worth[at]
    position.units[of] -= 1
    position.units[to] += 1
    home[unit] = to


@compiled_in_place
def price_move(board: Board, position: Position, unit: int, to: int, fault_price: float) -> float:
    """Return what the move of a unit would add to the energy of the search."""
    home = position.home
    of = home[unit]
    pupils = board.pupils[unit]
    change = board.cost[unit, to] - board.cost[unit, of]
    banned = np.float64(board.banned[unit, to]) - np.float64(board.banned[unit, of])
    moved = board.moving[unit, to] - board.moving[unit, of]
    change += fault_price * _count_faults(board, position, of, to, pupils, banned, moved)
    if board.weights[W_COMPACTNESS] > 0.0:
        gone, come = _measure_borders(board, home, unit, of, to)
        area, around = board.area_m2[unit], board.perimeter_m[unit]
        longer, wider = 2.0 * gone - around, around - 2.0 * come
        return change + _price_wholes(board, position, of, to, pupils, area, longer, wider)
    if board.weights[W_BALANCE] > 0.0:
        return change + _price_wholes(board, position, of, to, pupils, 0.0, 0.0, 0.0)
    return change


@compiled_in_place
def price_exchange(
    board: Board, position: Position, unit: int, back: int, fault_price: float
) -> float:
    """Return what is added to the energy when two units take each other's catchment."""
    home = position.home
    of, to = home[unit], home[back]
    pupils = board.pupils[unit] - board.pupils[back]
    change = board.cost[unit, to] - board.cost[unit, of]
    change += board.cost[back, of] - board.cost[back, to]
    banned = np.float64(board.banned[unit, to]) - np.float64(board.banned[unit, of])
    banned += np.float64(board.banned[back, of]) - np.float64(board.banned[back, to])
    moved = board.moving[unit, to] - board.moving[unit, of]
    moved += board.moving[back, of] - board.moving[back, to]
    change += fault_price * _count_faults(board, position, of, to, pupils, banned, moved)
    if board.weights[W_COMPACTNESS] > 0.0:
        gone, come = _measure_borders(board, home, unit, of, to)
        left, joined = _measure_borders(board, home, back, to, of)
        between = 0.0  # counted as a border with the other catchment, and stays one
        for arc in range(board.first[unit], board.first[unit + 1]):
            if board.head[arc] == back:
                between += board.border_m[arc]
        area = board.area_m2[unit] - board.area_m2[back]
        around = board.perimeter_m[unit] - board.perimeter_m[back]
        longer = 2.0 * (gone - joined + between) - around
        wider = around - 2.0 * (come - between - left)
        return change + _price_wholes(board, position, of, to, pupils, area, longer, wider)
    if board.weights[W_BALANCE] > 0.0:
        return change + _price_wholes(board, position, of, to, pupils, 0.0, 0.0, 0.0)
    return change


@compiled_in_place
def _count_faults(
    board: Board, position: Position, of: int, to: int, pupils: float, banned: float, moved: float
) -> float:
    """Return the faults added when pupils change catchment, with banned pairs and moved pupils."""
    over = (
        max(0.0, position.pupils[of] - pupils - board.capacity[of])
        - max(0.0, position.pupils[of] - board.capacity[of])
        + max(0.0, position.pupils[to] + pupils - board.capacity[to])
        - max(0.0, position.pupils[to] - board.capacity[to])
    )
    faults = board.weights[W_OVER] * over + PER_BANNED * banned
    if board.most_moved < np.inf:
        now = position.totals[MOVED]
        excess = max(0.0, now - board.most_moved)
        faults += PER_EXCESS_TRIED * (max(0.0, now + moved - board.most_moved) - excess)
    return faults


@compiled_in_place
def _measure_borders(board: Board, home: Whole, unit: int, of: int, to: int) -> tuple[float, float]:
    """Return the lengths of a unit's borders with two catchments."""
    gone, come = 0.0, 0.0
    for arc in range(board.first[unit], board.first[unit + 1]):
        other = home[board.head[arc]]
        if other == of:
            gone += board.border_m[arc]
        elif other == to:
            come += board.border_m[arc]
    return gone, come


@compiled_in_place
def _price_wholes(
    board: Board,
    position: Position,
    of: int,
    to: int,
    pupils: float,
    area_m2: float,
    longer_m: float,
    wider_m: float,
) -> float:
    """Return what two catchments add as wholes when pupils and area pass between them.

    Parameters
    ----------
    longer_m, wider_m
        Added to the perimeter of the catchment that gives, and of the one that takes.
    """
    change = -position.worth[of] - position.worth[to]
    change += rate(
        board,
        of,
        position.pupils[of] - pupils,
        position.area_m2[of] - area_m2,
        position.perimeter_m[of] + longer_m,
    )
    return change + rate(
        board,
        to,
        position.pupils[to] + pupils,
        position.area_m2[to] + area_m2,
        position.perimeter_m[to] + wider_m,
    )


@compiled_in_place
def sample_changes(board: Board, position: Position) -> tuple[float, float]:
    """Return the mean change of the objective by a move over a border, and that per pupil."""
    home = position.home
    total, pupils, count = 0.0, 0.0, 0
    for arc in range(board.head.size):
        unit = board.tail[arc]
        of, to = home[unit], home[board.head[arc]]
        if of != to and position.units[of] > 1:
            total += abs(price_move(board, position, unit, to, 0.0))
            pupils += board.pupils[unit]
            count += 1
    if count == 0:
        return 0.0, 1.0
    return total / count, (total / pupils if total > 0.0 and pupils > 0.0 else 1.0)
