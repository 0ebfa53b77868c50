"""Compile the moves of the search before a clock runs."""

from __future__ import annotations

import numpy as np

from catchments.assignment import assign_seats
from catchments.boundaries.search.annealing import improve
from catchments.boundaries.search.board import Board


def warm_up() -> None:
    """Compile every step, or load it from the cache, so that no time limit pays for it."""
    board = Board(
        first=np.array([0, 1, 3, 4], np.int32),
        head=np.array([1, 0, 2, 1], np.int32),
        tail=np.array([0, 1, 1, 2], np.int32),
        border_m=np.ones(4),
        pupils=np.ones(3),
        area_m2=np.ones(3),
        perimeter_m=np.full(3, 4.0),
        cost=np.ones((3, 2)),
        banned=np.zeros((3, 2), dtype=bool),
        stays=np.array([True, False, True]),
        capacity=np.full(2, 2.0),
        moving=np.zeros((3, 2)),
        weights=np.array([0.7, 0.3, 1.0]),
        most_moved=float("inf"),
    )
    assign_seats(np.ones((2, 2)), np.ones(2), np.ones(2))
    improve(board, np.array([0, 0, 1], np.int32), proposals=100, seed=0, pace=lambda: 0.0)
