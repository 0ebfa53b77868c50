"""The chance of a warning: intervals nest, better projects never make it worse."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catchments.forecast.attendance import Attendance
from catchments.forecast.chances import (
    Demand,
    Futures,
    measure_chances,
    simulate_demand,
    simulate_seats,
)
from catchments.profile import Errors, Warning

YEARS = [2026, 2027, 2028, 2029]
AHEAD = np.array([0.5, 1.5, 2.5, 3.5])
NO_ERRORS = Errors(
    migration_pct=0, own_migration_pct=0, births_pct=0, own_births_pct=0, homes_pct=0,
    turnover_pct=0,
)  # fmt: skip
RULE = Warning(yellow_from_pct=90.0, red_from_pct=100.0)


def build_demand(counted: list[list[float]], unborn: float = 0.0) -> Demand:
    table = np.array(counted, dtype=float)
    return Demand(table, np.full(table.shape, unborn), np.zeros(table.shape))


def build_project(chances: list[float], seats: int = 45) -> pd.DataFrame:
    return pd.DataFrame(
        {"project_id": 7, "catchment": 0, "seats": seats, "year": YEARS, "chance": chances}
    )


def test_without_errors_every_future_is_what_is_expected():
    demand = build_demand([[40, 41, 44, 45]])
    futures = simulate_demand(demand, AHEAD, NO_ERRORS, seed=1, draws=50)
    assert (futures.counted == demand.counted[:, :, None].astype(np.float32)).all()
    seats = simulate_seats(
        np.full((1, 4), 45.0), build_project([0] * 4).iloc[:0], YEARS, seed=1, draws=50
    )
    yellow, red, short = measure_chances(futures, seats, RULE)
    assert yellow.tolist() == [[0, 1, 1, 1]]  # 90 % of 45 is 40.5
    assert red.tolist() == [[0, 0, 0, 1]]
    assert short.tolist() == [[0, 0, 0, 0]]


def test_intervals_nest_and_widen_with_the_years():
    demand = build_demand([[100] * 4, [400] * 4], unborn=0.5)
    bounds = simulate_demand(demand, AHEAD, Errors(), seed=1, draws=2000).bound()
    assert (np.diff(bounds, axis=0) > 0).all()
    width = bounds[2] - bounds[1]
    assert (np.diff(width, axis=1) > 0).all()


def test_the_same_seed_gives_the_same_futures():
    demand = build_demand([[100] * 4])
    one, two = (simulate_demand(demand, AHEAD, Errors(), seed=5, draws=20) for _ in range(2))
    assert (one.counted == two.counted).all()


def test_a_catchment_without_seats_is_red_and_one_nobody_stated_is_not_told():
    futures = Futures(np.full((2, 4, 10), 3.0))
    seats = np.stack([np.zeros((4, 10)), np.full((4, 10), np.nan)])
    _, red, short = measure_chances(futures, seats, RULE)
    assert red[0].tolist() == [1, 1, 1, 1]
    assert np.isnan(red[1]).all() and np.isnan(short[1]).all()


def test_nobody_in_a_catchment_without_seats_is_no_warning():
    _, red, _ = measure_chances(Futures(np.zeros((1, 4, 10))), np.zeros((1, 4, 10)), RULE)
    assert red.tolist() == [[0, 0, 0, 0]]


def test_seats_of_a_project_open_in_as_many_futures_as_its_chance_and_never_close():
    simulated = simulate_seats(
        np.full((1, 4), 45.0), build_project([0, 0.5, 0.5, 1.0]), YEARS, seed=3, draws=4000
    )
    assert (simulated[0, 0] == 45).all() and (simulated[0, 3] == 90).all()
    assert (simulated[0, 1] == 90).mean() == pytest.approx(0.5, abs=0.03)
    assert (np.diff(simulated[0], axis=0) >= 0).all()


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.floats(0, 1), min_size=4, max_size=4),
    st.lists(st.floats(0, 1), min_size=4, max_size=4),
    st.integers(0, 90),
)
def test_a_project_that_is_ready_earlier_never_makes_a_warning_worse(late, sooner, seats):
    late, early = np.sort(late), np.sort(np.maximum(late, sooner))
    futures = simulate_demand(build_demand([[60] * 4]), AHEAD, Errors(), seed=1, draws=200)
    found = [
        measure_chances(
            futures,
            simulate_seats(
                np.full((1, 4), 45.0), build_project(list(chances), seats), YEARS, seed=2, draws=200
            ),
            RULE,
        )
        for chances in (late, early)
    ]
    for worse, better in zip(*found, strict=True):
        assert (better <= worse).all()


def test_children_go_where_the_children_of_their_catchment_went():
    # Of catchment 0, 60 % go to school 0 and 30 % to school 1; of those outside, all to school 1.
    attendance = Attendance(np.array([[0.6, 0.3], [0.0, 1.0]]), np.ones(2))
    told = attendance.expect_entries(np.array([[100.0, 50.0], [10.0, 0.0]]))
    assert told.tolist() == [[60, 30], [40, 15]]
