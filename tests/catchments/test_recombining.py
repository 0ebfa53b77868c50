"""Plans put together anew of whole catchments."""

from __future__ import annotations

import numpy as np

from catchments.boundaries.search.board import COST, Board, set_up
from catchments.boundaries.search.changes import move_unit, price_exchange
from catchments.boundaries.search.gathering import Catchments
from catchments.boundaries.search.recombining import recombine
from catchments.boundaries.search.task import build_board, build_task
from catchments.bounds.watch import Watch
from catchments.units import Instance, Terms

# Two rows of six units, ten pupils each, with a school at every corner; those above share nothing
# with those below but the border. A school for three units has thirty seats.
NORTH_EVEN = [0, 0, 0, 1, 1, 1]
NORTH_ODD = [0, 0, 0, 0, 1, 1]
SOUTH_EVEN = [2, 2, 2, 3, 3, 3]
SOUTH_ODD = [2, 2, 2, 2, 3, 3]


def draw_rows() -> Instance:
    """Draw the two rows."""
    beside = [(a, a + 1) for a in range(11) if a != 5] + [(a, a + 6) for a in range(6)]
    return Instance(
        unit_ids=tuple("abcdefghijkl"),
        pupils=np.full(12, 10.0),
        borders=np.array(beside),
        border_m=np.full(len(beside), 100.0),
        school_ids=("nw", "ne", "sw", "se"),
        own_unit=np.array([0, 5, 6, 11]),
        capacity=np.full(4, 30.0),
        distance_m=np.zeros((12, 4)),
        open_cost=np.zeros(4),
        is_candidate=np.zeros(4, dtype=bool),
        area_m2=np.full(12, 1e4),
        perimeter_m=np.full(12, 400.0),
    )


def lay_board() -> Board:
    """Lay the board of the two rows, where balance alone counts."""
    terms = Terms(objective="balance", capacity="soft", w_balance=1.0, w_compactness=0.0)
    return build_board(build_task(draw_rows(), terms), np.ones(4, dtype=bool))


def test_the_good_half_of_one_plan_is_joined_with_the_good_half_of_another() -> None:
    board, met = lay_board(), Catchments()
    met.meet(board, set_up(board, np.array(NORTH_EVEN + SOUTH_ODD, np.int32)))
    now = np.array(NORTH_ODD + SOUTH_EVEN, np.int32)
    # Four units for thirty seats and two for thirty: 1/3 each; the other half is even.
    assert np.isclose(set_up(board, now).totals[COST], 2.0 / 3.0)
    with Watch(lambda: False, lambda: 60.0) as watch:
        home = recombine(board, now, met, columns=100, watch=watch)
    assert home is not None
    assert home.tolist() == NORTH_EVEN + SOUTH_EVEN


def test_nothing_is_joined_once_the_time_is_up() -> None:
    board, met = lay_board(), Catchments()
    now = np.array(NORTH_ODD + SOUTH_EVEN, np.int32)
    with Watch(lambda: True, lambda: 60.0) as watch:
        assert recombine(board, now, met, columns=100, watch=watch) is None


def test_an_exchange_costs_what_both_moves_add() -> None:
    terms = Terms(objective="balance", capacity="soft")
    board = build_board(build_task(draw_rows(), terms), np.ones(4, dtype=bool))
    rng, compared = np.random.default_rng(3), 0
    for _ in range(200):
        home = rng.integers(4, size=12).astype(np.int32)
        home[[0, 5, 6, 11]] = np.arange(4)  # own units
        position = set_up(board, home)
        unit, back = rng.choice(12, 2, replace=False)
        of, to = position.home[unit], position.home[back]
        if of == to or board.stays[[unit, back]].any():
            continue
        told, before = price_exchange(board, position, unit, back, 1.0), position.totals[COST]
        move_unit(board, position, unit, to)
        move_unit(board, position, back, of)
        assert np.isclose(told, position.totals[COST] - before)
        compared += 1
    assert compared > 20
