"""Where children without a seat go, worked out by hand on a small district."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from catchments.admission.placing import place_children
from catchments.admission.rules import Placement
from tests.catchments.small_district import (
    A,
    B,
    admit,
    admit_whole,
    build_child,
    build_use,
    change_rules,
    list_told,
)


def test_placement_keeps_twins_together_where_the_ways_are_the_same() -> None:
    # Four children of one house, none seated at A; 2 seats at B and 2 at C, equally far.
    children = [
        build_child(1, lives=1101),
        build_child(2, household=7, lives=1101),
        build_child(3, household=7, lives=1101),
        build_child(4, lives=1101),
    ]
    results = admit(children, seats={A: 0, B: 2, 3: 2})
    assert (results["outcome"] == "placed").all()
    assert results.loc[2, "school_id"] == results.loc[3, "school_id"]


def test_placement_walks_the_least_in_sum_not_each_to_the_nearest() -> None:
    # One seat at B, one at C. 1: B 200, C 300. 2: B 100, C 900. 1 comes first, but if it took B,
    # 200 + 900 = 1100; the other way round 300 + 100 = 400.
    children = [
        build_child(1, registered=1101),
        build_child(2, registered=1111, since=dt.date(2020, 5, 20)),
    ]
    ways = {(110, B): 200.0, (110, 3): 300.0, (111, B): 100.0, (111, 3): 900.0}
    admission = admit_whole(children, seats={A: 0, B: 1, 3: 1}, ways_m=ways)
    assert admission.results["school_id"].tolist() == [3, B]
    assert admission.walk_m == admission.least_m == 400.0


def test_no_seat_stays_empty_that_a_child_without_one_could_reach() -> None:
    # No way leads from house 110 to school 3. Two seats for three children in their order:
    # 1 takes B, 2 finds nothing, and 3 takes the seat that 2 cannot reach.
    nowhere = float("inf")
    children = [
        build_child(1, registered=1101),
        build_child(2, registered=1102, since=dt.date(2018, 5, 20)),
        build_child(3, registered=1111, since=dt.date(2020, 5, 20)),
    ]
    admission = admit_whole(children, seats={A: 0, B: 1, 3: 1}, ways_m={(110, 3): nowhere})
    assert list_told(admission.results, "school_id", "reason") == [
        (B, None),
        (None, "no_seat"),
        (3, None),
    ]
    assert admission.walk_m == admission.least_m == 2000.0


def test_a_child_moves_on_along_a_chain_for_a_later_one_that_has_no_choice() -> None:
    # One seat each at B, 3 and 4. House 110 reaches all three, 111 only B and 3, 112 only B. In
    # their order 1 and 2 would take B and 3; for child 3 they go to 4 and 3 instead.
    nowhere = float("inf")
    children = [
        build_child(number, registered=home * 10, since=dt.date(2015 + number, 5, 20))
        for number, home in ((1, 110), (2, 111), (3, 112))
    ]
    ways = {(111, 4): nowhere, (112, 3): nowhere, (112, 4): nowhere}
    results = admit(children, seats={A: 0, B: 1, 3: 1, 4: 1}, ways_m=ways)
    assert results["school_id"].tolist() == [4, 3, B]


def test_an_unseated_child_follows_its_elder_sibling_however_far() -> None:
    child = build_child(1, household=5, registered=1101)
    used = [build_use(90, household=5, year=2024, school=3)]
    more = {"seats": {A: 0, B: 1, 3: 1}, "ways_m": {(110, 3): 5000.0}}
    assert admit([child], [], used, **more).loc[1, "school_id"] == 3
    rules = change_rules(placement=Placement(siblings_first=False))
    assert admit([child], [], used, rules=rules, **more).loc[1, "school_id"] == B


def test_a_seated_twin_stays_and_the_one_who_would_go_elsewhere_is_for_a_person() -> None:
    # The first is registered in A's catchment, where no seat is; the second only from the day
    # after the opening on, so it counts where they live, and gets the only seat of B.
    day_after = dt.date(2026, 5, 21)
    children = [
        build_child(1, household=7, registered=1101, lives=2101),
        build_child(2, household=7, registered=1101, lives=2101, child_registered_since=day_after),
    ]
    results = admit(children, seats={A: 0, B: 1, 3: 5})
    assert list_told(results, "batch", "outcome", "school_id", "detail") == [
        ("one_inside", "exception", None, str(B)),
        ("others", "seated", B, None),
    ]


@st.composite
def draw_placements(draw: st.DrawFn) -> tuple[list[int], list[int], np.ndarray]:
    """Draw the home of each child in their order, the seats left, and ways in metres."""
    homes, schools = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    way_m = st.sampled_from([np.inf, 0.0, np.inf, 100.0, np.inf, 350.0])
    ways = draw(st.lists(way_m, min_size=homes * schools, max_size=homes * schools))
    home = draw(st.lists(st.integers(0, homes - 1), min_size=homes, max_size=14))
    seats = draw(st.lists(st.sampled_from([1, 2, 3, 0]), min_size=schools, max_size=schools))
    return home, seats, np.array(ways).reshape(homes, schools)


def find_least_m(home: list[int], seats: list[int], ways: np.ndarray) -> float | None:
    """Return the least sum of ways when every child gets a chair, None where that cannot be."""
    table = np.repeat(ways[home], seats, axis=1)
    if table.shape[0] > table.shape[1]:
        return None
    try:
        rows, chairs = linear_sum_assignment(table)
    except ValueError:  # no division fits
        return None
    return float(table[rows, chairs].sum())


@settings(max_examples=200, deadline=None, derandomize=True)
@given(draw_placements())
def test_each_child_in_turn_gets_a_school_if_all_before_it_still_have_one(problem) -> None:
    home, seats, ways = problem
    taken: list[int] = []
    for child in range(len(home)):
        if find_least_m([home[one] for one in [*taken, child]], seats, ways) is not None:
            taken.append(child)
    children = pd.DataFrame(
        {
            "order": range(len(home)),
            "family": range(len(home)),
            "building_id": pd.array(home, "Int64"),
            "sibling_school_id": pd.array([pd.NA] * len(home), "Int64"),
        }
    )
    placed = place_children(
        children, pd.Series(seats), lambda some, to: ways[np.ix_(some, to)], Placement()
    )
    assert np.flatnonzero(placed.children["school_id"].notna()).tolist() == taken
    least_m = find_least_m([home[child] for child in taken], seats, ways)
    assert placed.walk_m == pytest.approx(least_m)
    assert placed.least_m == pytest.approx(least_m)
    assert placed.children["walk_distance_m"].sum() == pytest.approx(least_m)
    counts = placed.children["school_id"].dropna().value_counts()
    assert all(counts.get(school, 0) <= number for school, number in enumerate(seats))
