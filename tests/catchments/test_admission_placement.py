"""Where children without a seat go, worked out by hand on a small district."""

from __future__ import annotations

import datetime as dt

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


def test_an_unseated_child_follows_its_elder_sibling_however_far() -> None:
    child = build_child(1, household=5, registered=1101)
    used = [build_use(90, household=5, year=2024, school=3)]
    more = {"seats": {A: 0, B: 1, 3: 1}, "ways_m": {(110, 3): 5000.0}}
    assert admit([child], [], used, **more).loc[1, "school_id"] == 3
    rules = change_rules(placement=Placement(siblings_first=False))
    assert admit([child], [], used, rules=rules, **more).loc[1, "school_id"] == B
