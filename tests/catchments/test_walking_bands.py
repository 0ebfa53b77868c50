"""People by their walk to school: nobody is lost, and few are never told of."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catchments.walking_bands import count_bands, count_beyond, list_within

LIMITS = [300.0, 500.0, 1000.0]
HOMES = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c"]),
        st.integers(0, 60),
        st.integers(0, 30),
        st.one_of(st.just(np.nan), st.floats(0, 2000)),
    ),
    min_size=1,
    max_size=30,
)


def build_bands(homes: list[tuple[str, int, int, float]]) -> pd.DataFrame:
    rows = pd.DataFrame(homes, columns=["town", "residents", "children", "walk_m"])
    return count_bands(rows[["town", "residents", "children"]], rows["walk_m"], LIMITS, by="town")


def test_a_walk_of_the_limit_lies_within_it_and_no_way_lies_beyond_all():
    bands = build_bands([("a", 1, 0, 300.0), ("a", 2, 0, 300.1), ("a", 4, 0, np.nan)])
    assert bands["residents"].tolist() == [1, 2, 0, 4]
    assert bands["up_to_m"].tolist()[:3] == LIMITS and np.isnan(bands["up_to_m"].iloc[3])


@settings(deadline=None, max_examples=60)
@given(HOMES)
def test_nobody_is_lost_between_bands_and_farther_limits_hold_no_fewer(homes):
    bands = build_bands(homes)
    assert bands["residents"].sum() == sum(home[1] for home in homes)
    assert bands["children"].sum() == sum(home[2] for home in homes)
    within = list_within(bands, minimum=0)
    assert within["residents"].is_monotonic_increasing
    assert within["residents"].iloc[-1] == bands["residents"].sum()


@settings(deadline=None, max_examples=60)
@given(HOMES)
def test_white_spots_never_tell_of_one_to_four_children(homes):
    told = count_beyond(build_bands(homes), by="town", radius_m=500, minimum=5).dropna()
    for beyond, children in zip(told["beyond_children"], told["children"], strict=True):
        assert not 0 < beyond < 5 and not 0 < children - beyond < 5


def test_a_limit_within_which_few_children_live_is_not_told():
    # 3 within 300 m and 20 from there to 500 m: only their sum, within 500 m, may be told.
    bands = build_bands([("a", 0, 3, 100.0), ("a", 0, 20, 400.0), ("a", 0, 40, 2000.0)])
    within = list_within(bands, minimum=5)["children"]
    assert within.isna().tolist() == [True, False, False, False]
    assert within.iloc[1:].tolist() == [23, 23, 63]


def test_a_white_spot_is_counted_where_it_was_planted():
    # Town b lies beyond 500 m with 40 of its 60 children, town a with none.
    bands = build_bands([("a", 0, 30, 200.0), ("b", 0, 20, 450.0), ("b", 0, 40, 1500.0)])
    spots = count_beyond(bands, by="town", radius_m=500, minimum=5).set_index("town")
    assert spots.loc["a", "beyond_children"] == 0
    assert spots.loc["b", ["beyond_children", "beyond_pct"]].tolist() == [
        40,
        pytest.approx(200 / 3),
    ]
    assert spots["children"].iloc[-1] == 90 and spots["beyond_children"].iloc[-1] == 40
