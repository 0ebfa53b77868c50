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
    rate,
)
from gis.compiled import compiled


@compiled
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


@compiled
def price_move(board: Board, position: Position, unit: int, to: int, fault_price: float) -> float:
    """Return what the move of a unit would add to the energy of the search."""
    home, totals = position.home, position.totals
    of = home[unit]
    change = board.cost[unit, to] - board.cost[unit, of]
    pupils = board.pupils[unit]
    over = (
        max(0.0, position.pupils[of] - pupils - board.capacity[of])
        - max(0.0, position.pupils[of] - board.capacity[of])
        + max(0.0, position.pupils[to] + pupils - board.capacity[to])
        - max(0.0, position.pupils[to] - board.capacity[to])
    )
    faults = board.weights[W_OVER] * over
    if board.banned[unit, to] != board.banned[unit, of]:
        faults += PER_BANNED * (
            np.float64(board.banned[unit, to]) - np.float64(board.banned[unit, of])
        )
    if board.most_moved < np.inf:
        moved = totals[MOVED] + board.moving[unit, to] - board.moving[unit, of]
        excess = max(0.0, totals[MOVED] - board.most_moved)
        faults += PER_EXCESS_TRIED * (max(0.0, moved - board.most_moved) - excess)
    change += fault_price * faults
    if board.weights[W_COMPACTNESS] > 0.0:
        gone, come = 0.0, 0.0
        for arc in range(board.first[unit], board.first[unit + 1]):
            other = home[board.head[arc]]
            if other == of:
                gone += board.border_m[arc]
            elif other == to:
                come += board.border_m[arc]
        area, around = board.area_m2[unit], board.perimeter_m[unit]
        change += rate(
            board,
            of,
            position.pupils[of] - pupils,
            position.area_m2[of] - area,
            position.perimeter_m[of] - around + 2.0 * gone,
        ) + rate(
            board,
            to,
            position.pupils[to] + pupils,
            position.area_m2[to] + area,
            position.perimeter_m[to] + around - 2.0 * come,
        )
    elif board.weights[W_BALANCE] > 0.0:
        change += rate(board, of, position.pupils[of] - pupils, 0.0, 1.0)
        change += rate(board, to, position.pupils[to] + pupils, 0.0, 1.0)
    else:
        return change
    return change - position.worth[of] - position.worth[to]


@compiled
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
