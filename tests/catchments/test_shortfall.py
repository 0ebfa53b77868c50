"""Enrolment warning: registered children against the seats of the entry grade."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catchments.shortfall import measure_shortfall, rate_warning
from tests.town import build_profile

PROFILE = build_profile()
SCHOOLS = [7, 8, 9]


def build_counts(registered: list[int], *, schools: list[int | None] | None = None) -> pd.DataFrame:
    """Return counts of primary 2026, one migrant beside the registered in each catchment."""
    ids = list(range(1, len(registered) + 1)) if schools is None else schools
    return pd.DataFrame(
        {
            "school_id": pd.Series(ids, dtype=object),
            "outside_reason": [None if one else "unlocated" for one in ids],
            "stage": "primary",
            "year": 2026,
            "children": np.array(registered) + 1,
            "registered_children": registered,
        }
    )


def build_seats(entry_seats: list[int | None]) -> pd.DataFrame:
    """Return seats of the schools 1, 2, … in primary 2026; six grades of equal size."""
    entry = pd.Series(entry_seats, dtype=float)
    return pd.DataFrame(
        {
            "school_id": np.arange(1, len(entry) + 1),
            "stage": "primary",
            "year": 2026,
            "entry_seats": entry,
            "seats": (entry * 6).fillna(0).astype(int),
        }
    )


@pytest.mark.parametrize(
    ("ratio_pct", "warning"),
    [
        (0, "none"),
        (89.99, "none"),
        (90, "yellow"),
        (99.99, "yellow"),
        (100, "red"),
        (250, "red"),
        (np.nan, "none"),
    ],
)
def test_yellow_begins_at_90_and_red_at_100_per_cent(ratio_pct, warning):
    rated = rate_warning(np.array([float(ratio_pct)]), yellow_from_pct=90, red_from_pct=100)
    assert rated.tolist() == [warning]


def test_limits_hold_to_the_last_child():
    # 8999, 9000, 9999 and 10000 registered children on 10000 seats
    counts = build_counts([8999, 9000, 9999, 10000])
    measured = measure_shortfall(counts, build_seats([10000] * 4), PROFILE)
    assert measured["ratio_pct"].tolist() == [89.99, 90.0, 99.99, 100.0]
    assert measured["warning"].tolist() == ["none", "yellow", "yellow", "red"]


def test_shortfall_and_surplus_are_seats_above_or_below_the_registered_children():
    measured = measure_shortfall(build_counts([100, 80, 90]), build_seats([90] * 3), PROFILE)
    assert measured["counted_children"].tolist() == [100, 80, 90]
    assert measured["shortfall_seats"].tolist() == [10, 0, 0]
    assert measured["surplus_seats"].tolist() == [0, 10, 0]


def test_profile_may_count_migrants_too():
    everyone = build_profile(warning={"counted": "children"})
    measured = measure_shortfall(build_counts([90]), build_seats([90]), everyone)
    assert measured[["counted_children", "shortfall_seats"]].to_numpy().tolist() == [[91, 1]]


def test_stage_may_be_set_against_all_seats():
    stages = [stage.model_dump() for stage in PROFILE.stages]
    stages[0]["against"] = "seats"
    measured = measure_shortfall(
        build_counts([90]), build_seats([90]), build_profile(stages=stages)
    )
    assert measured["seats"].tolist() == [540]  # six grades of 90


def test_limits_are_those_of_the_profile():
    strict = build_profile(warning={"yellow_from_pct": 50, "red_from_pct": 60})
    measured = measure_shortfall(build_counts([49, 50, 60]), build_seats([100] * 3), strict)
    assert measured["warning"].tolist() == ["none", "yellow", "red"]


def test_children_without_any_seat_are_red_and_all_short():
    measured = measure_shortfall(build_counts([5]), build_seats([0]), PROFILE)
    assert measured[["shortfall_seats", "warning"]].to_numpy().tolist() == [[5, "red"]]
    assert measured["ratio_pct"].isna().all()


def test_neither_children_nor_seats_is_no_warning():
    measured = measure_shortfall(build_counts([0]), build_seats([0]), PROFILE)
    assert measured[["shortfall_seats", "warning"]].to_numpy().tolist() == [[0, "none"]]


@pytest.mark.parametrize("seats", [build_seats([]), build_seats([None])])
def test_seats_that_nobody_stated_are_unknown_and_not_zero(seats):
    measured = measure_shortfall(build_counts([5]), seats, PROFILE)
    assert measured["warning"].tolist() == ["unknown"]
    answers = ["seats", "shortfall_seats", "surplus_seats", "ratio_pct"]
    assert measured[answers].isna().all(axis=None)


def test_children_outside_every_catchment_have_neither_seats_nor_warning():
    measured = measure_shortfall(build_counts([5], schools=[None]), build_seats([90]), PROFILE)
    assert measured["children"].tolist() == [6]
    outside = ["seats", "shortfall_seats", "surplus_seats", "ratio_pct", "warning"]
    assert measured[outside].isna().all(axis=None)


@settings(deadline=None, max_examples=60)
@given(
    registered=st.lists(st.integers(0, 400), min_size=1, max_size=5),
    seats=st.lists(st.integers(0, 400) | st.none(), min_size=5, max_size=5),
    school=st.integers(0, 4),
)
def test_adding_a_seat_never_raises_a_shortfall(registered, seats, school):
    more = [n + 1 if at == school and n is not None else n for at, n in enumerate(seats)]
    before = measure_shortfall(build_counts(registered), build_seats(seats), PROFILE)
    after = measure_shortfall(build_counts(registered), build_seats(more), PROFILE)
    assert (after["shortfall_seats"].fillna(0) <= before["shortfall_seats"].fillna(0)).all()
    worse = ["unknown", "none", "yellow", "red"]
    assert (after["warning"].map(worse.index) <= before["warning"].map(worse.index)).all()


@settings(deadline=None, max_examples=60)
@given(
    registered=st.lists(st.integers(0, 400), min_size=1, max_size=5),
    seats=st.lists(st.integers(0, 400), min_size=5, max_size=5),
)
def test_what_is_short_less_what_is_free_is_demand_less_seats(registered, seats):
    measured = measure_shortfall(build_counts(registered), build_seats(seats), PROFILE)
    short, free = measured["shortfall_seats"].sum(), measured["surplus_seats"].sum()
    assert short - free == sum(registered) - sum(seats[: len(registered)])
