"""Moves of single units, of branches, and exchanges of two units, tried by the million.

A move is first priced, which takes a look at the neighbours of one unit; only if the search
would accept it, its two catchments are checked for connection.
SOURCE: simulated annealing, Kirkpatrick, Gelatt and Vecchi (1983), Science 220; the price of a
fault follows how often the search commits it, as in Gendreau, Hertz and Laporte (1994).
"""

from __future__ import annotations

import numpy as np

from catchments.boundaries.search.board import (
    BANNED,
    COST,
    MOVED,
    OVER,
    Board,
    Numbers,
    Position,
    Whole,
    measure_faults,
    recount,
)
from catchments.boundaries.search.changes import move_unit, price_exchange, price_move
from catchments.boundaries.search.connection import Marks, find_branch, is_joined, touches
from catchments.boundaries.search.lots import Lots, draw_below, draw_share
from gis.compiled import compiled_in_place

# Of the moves refused: shares that are tried with the branch that hangs on the unit, or as one
# half of an exchange.
BRANCH_SHARE, EXCHANGE_SHARE = 0.05, 0.6
_EXCHANGE_STEPS = 4
ADJUST_EVERY = 512
PRICE_UP, PRICE_DOWN = 1.02, 1.01


@compiled_in_place
def anneal(
    board: Board,
    position: Position,
    best: Whole,
    best_of: Numbers,
    lots: Lots,
    prices: Numbers,
    heat: float,
    cooling: float,
    proposals: int,
    marks: Marks,
    queue: Whole,
) -> None:
    """Try moves at a falling heat; keep the best position met.

    Parameters
    ----------
    best, best_of
        Homes of the best position so far, and its faults and cost.
    prices
        Of one fault: now, least, most.
    heat, cooling
        Heat at the first proposal; factor for each.
    """
    recount(board, position)
    home = position.home
    for turn in range(proposals):
        heat *= cooling
        if turn % ADJUST_EVERY == 0:
            _adjust_price(board, position, best_of[0], prices)
        arc = draw_below(lots, board.head.size)
        unit = board.tail[arc]
        of, to = home[unit], home[board.head[arc]]
        if of == to or board.stays[unit]:
            continue
        change = price_move(board, position, unit, to, prices[0])
        limit = -heat * np.log(1.0 - draw_share(lots))
        if change <= limit and is_joined(board, home, unit, of, marks, queue):
            move_unit(board, position, unit, to)
            is_new = True
        elif draw_share(lots) < BRANCH_SHARE:
            is_new = _move_branch(board, position, unit, to, limit, prices[0], marks, queue)
        elif draw_share(lots) < EXCHANGE_SHARE:
            is_new = _exchange(board, position, unit, to, limit, prices[0], lots, marks, queue)
        else:
            is_new = False
        if is_new:
            _keep_best(board, position, best, best_of)


@compiled_in_place
def _adjust_price(board: Board, position: Position, least: float, prices: Numbers) -> None:
    """Raise the price of a fault while there are more than in the best position, else lower it."""
    totals = position.totals
    if measure_faults(board, totals[OVER], totals[BANNED], totals[MOVED]) > least + 1e-9:
        prices[0] = min(prices[0] * PRICE_UP, prices[2])
    else:
        prices[0] = max(prices[0] / PRICE_DOWN, prices[1])


@compiled_in_place
def _keep_best(board: Board, position: Position, best: Whole, best_of: Numbers) -> None:
    totals = position.totals
    faults = measure_faults(board, totals[OVER], totals[BANNED], totals[MOVED])
    if faults < best_of[0] - 1e-9 or (
        faults <= best_of[0] + 1e-9 and totals[COST] < best_of[1] - 1e-9
    ):
        best_of[0], best_of[1] = faults, totals[COST]
        for unit in range(best.size):
            best[unit] = position.home[unit]


@compiled_in_place
def _move_branch(
    board: Board,
    position: Position,
    unit: int,
    to: int,
    limit: float,
    price: float,
    marks: Marks,
    queue: Whole,
) -> bool:
    """Move a unit with all that hangs on its catchment by it alone; whether it was accepted."""
    of = position.home[unit]
    count = find_branch(board, position.home, unit, of, marks, queue)
    if count <= 0:
        return False
    change = price_move(board, position, unit, to, price)
    move_unit(board, position, unit, to)
    for at in range(count):
        change += price_move(board, position, queue[at], to, price)
        move_unit(board, position, queue[at], to)
    if change <= limit:
        return True
    for at in range(count):
        move_unit(board, position, queue[at], of)
    move_unit(board, position, unit, of)
    return False


@compiled_in_place
def _exchange(
    board: Board,
    position: Position,
    unit: int,
    to: int,
    limit: float,
    price: float,
    lots: Lots,
    marks: Marks,
    queue: Whole,
) -> bool:
    """Move a unit and another one back, if that adds no more than the limit; whether it did."""
    home = position.home
    of = home[unit]
    back = _find_back(board, home, unit, of, to, lots)
    if (
        back < 0
        or price_exchange(board, position, unit, back, price) > limit
        or not is_joined(board, home, unit, of, marks, queue)
    ):
        return False
    move_unit(board, position, unit, to)
    if touches(board, home, back, of) and is_joined(board, home, back, to, marks, queue):
        move_unit(board, position, back, of)
        return True
    move_unit(board, position, unit, of)
    return False


@compiled_in_place
def _find_back(board: Board, home: Whole, unit: int, of: int, to: int, lots: Lots) -> int:
    """Return a unit of the other catchment at the border with the first, or -1.

    Found by a short walk from the unit, within the two catchments.
    """
    at = unit
    for _ in range(_EXCHANGE_STEPS):
        arc = board.first[at] + draw_below(lots, board.first[at + 1] - board.first[at])
        other = board.head[arc]
        if home[other] == to:
            if not board.stays[other] and touches(board, home, other, of):
                return int(other)
            at = other
        elif home[other] == of:
            at = other
    return -1
