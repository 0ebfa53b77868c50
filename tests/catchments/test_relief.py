"""A boundary moves: as few children as possible, to neighbours that keep their own limits."""

from __future__ import annotations

import numpy as np
import pandas as pd

from catchments.boundaries import Request, Ways
from catchments.relief import relieve_catchment

# Five units in a row; school 1 stands in unit 0, school 2 in unit 4, school 3 far from both.
#
#   unit        0    1    2    3    4    5
#   pupils     10    6    4    5   10    9
#   school      1    1    1    2    2    3
PUPILS = [10.0, 6.0, 4.0, 5.0, 10.0, 9.0]
OWNER = [1, 1, 1, 2, 2, 3]
AT_M = [0.0, 500.0, 1000.0, 1500.0, 2000.0, 9000.0]


def build_row() -> Request:
    index = range(6)
    units = pd.DataFrame(
        {
            "x_m": AT_M,
            "y_m": 0.0,
            "pupils": PUPILS,
            "area_m2": 250_000.0,
            "perimeter_m": 2000.0,
        },
        index=index,
    )
    schools = pd.DataFrame(
        {
            "x_m": [0.0, 2000.0, 9000.0],
            "y_m": 0.0,
            "planning_unit_id": [0, 4, 5],
            "seats": pd.array([17.0, 20.0, 90.0], dtype="Float64"),
        },
        index=[1, 2, 3],
    )
    gate = schools["x_m"].to_numpy()
    ways = Ways(
        np.abs(np.array(AT_M)[:, None] - gate[None, :]),
        np.arange(6),
        np.array(PUPILS),
        np.zeros((6, 3), np.float32),
        True,
    )
    borders = pd.DataFrame({"unit_a": range(5), "unit_b": range(1, 6), "border_m": 500.0})
    return Request(units, schools, ways, borders=borders, current=pd.Series(OWNER, index=index))


def test_the_unit_at_the_border_moves_and_no_more_than_that():
    # 20 children against 17 at most: the 4 of unit 2 go to school 2, which then has 19 of 20.
    relief = relieve_catchment(
        build_row(), 1, pd.Series({1: 17.0, 2: 20.0, 3: 90.0}), time_limit_s=3
    )
    assert relief is not None and relief.is_relieved
    assert relief.units.to_dict() == {2: 2}
    assert (relief.moved_children, relief.left_children) == (4, 16)
    assert relief.receivers.values.tolist() == [[2, 1, 4]]


def test_a_neighbour_takes_no_more_than_its_own_limit():
    # School 2 has 15 and takes two more at most: unit 2 with its 4 children cannot go there.
    relief = relieve_catchment(
        build_row(), 1, pd.Series({1: 17.0, 2: 17.0, 3: 90.0}), time_limit_s=3
    )
    assert relief is not None and not relief.is_relieved
    assert relief.moved_children == 0


def test_a_full_neighbour_takes_nobody():
    full = pd.Series({1: 17.0, 2: 15.0, 3: 90.0})
    assert relieve_catchment(build_row(), 1, full, time_limit_s=3) is None
