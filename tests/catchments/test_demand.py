"""Each eligible child is counted exactly once, inside a catchment or outside for a reason."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catchments.demand import count_by_catchment

STAGES, YEARS, UNITS, SCHOOLS = ["primary", "junior"], [2026, 2027], [1, 2, 3, 4], [7, 8]


def build_demand(rows: list[tuple]) -> pd.DataFrame:
    columns = ["planning_unit_id", "stage", "year", "children", "registered_children"]
    return pd.DataFrame(rows, columns=columns)


def build_membership(rows: list[tuple]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["stage", "planning_unit_id", "school_id"])


def list_counts(counted: pd.DataFrame) -> list[list]:
    """List school, reason, children, registered."""
    names = ["school_id", "outside_reason", "children", "registered_children"]
    return counted[names].to_numpy(dtype=object).tolist()


def test_children_go_to_the_catchment_that_holds_their_unit():
    demand = build_demand([(1, "primary", 2026, 5, 4), (2, "primary", 2026, 3, 3)])
    both = build_membership([("primary", 1, 7), ("primary", 2, 7)])
    assert list_counts(count_by_catchment(demand, both)) == [[7, None, 8, 7]]


def test_children_outside_are_told_apart_by_reason():
    demand = build_demand([(1, "primary", 2026, 5, 4), (None, "primary", 2026, 2, 1)])
    counted = count_by_catchment(demand, build_membership([]))
    assert list_counts(counted) == [[None, "no_catchment", 5, 4], [None, "unlocated", 2, 1]]


def test_unit_belongs_to_a_school_in_its_own_stage_alone():
    demand = build_demand([(1, "primary", 2026, 5, 4), (1, "junior", 2026, 6, 6)])
    counted = count_by_catchment(demand, build_membership([("primary", 1, 7)]))
    assert list_counts(counted) == [[None, "no_catchment", 6, 6], [7, None, 5, 4]]


def test_school_without_a_child_is_listed_with_zero_in_every_year_of_its_stage():
    demand = build_demand([(1, "primary", year, 5, 4) for year in YEARS])
    membership = build_membership([("primary", 1, 7), ("primary", 2, 8)])
    counted = count_by_catchment(demand, membership)
    zero = counted[counted["school_id"] == 8]
    assert zero[["year", "children", "registered_children"]].to_numpy().tolist() == [
        [2026, 0, 0],
        [2027, 0, 0],
    ]


def test_unit_given_to_two_schools_is_refused():
    twice = build_membership([("primary", 1, 7), ("primary", 1, 8)])
    with pytest.raises(pd.errors.MergeError):
        count_by_catchment(build_demand([(1, "primary", 2026, 5, 4)]), twice)


@st.composite
def draw_district(draw) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw some demand, located or not, and a plan that may leave units out."""
    unit = st.sampled_from([*UNITS, None])
    children = st.integers(0, 50)
    rows = draw(
        st.lists(
            st.tuples(unit, st.sampled_from(STAGES), st.sampled_from(YEARS), children), min_size=1
        )
    )
    demand = build_demand([(*row, draw(st.integers(0, row[3]))) for row in rows])
    places = draw(st.sets(st.tuples(st.sampled_from(STAGES), st.sampled_from(UNITS))))
    plan = [(*place, draw(st.sampled_from(SCHOOLS))) for place in sorted(places)]
    return demand, build_membership(plan)


@settings(deadline=None, max_examples=60)
@given(district=draw_district())
def test_no_child_is_lost_or_counted_twice(district):
    demand, membership = district
    counted = count_by_catchment(demand, membership)
    names = ["children", "registered_children"]
    sums = [frame.groupby(["stage", "year"])[names].sum() for frame in (counted, demand)]
    pd.testing.assert_frame_equal(*sums)
    assert not counted.duplicated(["school_id", "outside_reason", "stage", "year"]).any()
    assert (counted["school_id"].isna() == counted["outside_reason"].notna()).all()


@settings(deadline=None, max_examples=40)
@given(district=draw_district(), seed=st.integers(0, 2**32 - 1))
def test_order_of_rows_never_matters(district, seed):
    rng = np.random.default_rng(seed)
    shuffled = [frame.iloc[rng.permutation(len(frame))] for frame in district]
    pd.testing.assert_frame_equal(count_by_catchment(*shuffled), count_by_catchment(*district))
