"""Areas cut units by dwellings: children are neither lost nor found at an edge."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from catchments.areas import (
    balance_years,
    cross_edge,
    hide_children,
    share_units,
    sum_inside,
)
from catchments.clearing import count_most_children, count_needed_seats, judge_projects
from catchments.profile import Warning
from catchments.shortfall import rate_warning

UNITS = [1, 2, 3, 4]


@st.composite
def halves(draw):
    """Four units whose dwellings, or ground, are divided between two areas."""
    dwellings = draw(st.lists(st.integers(0, 30), min_size=4, max_size=4))
    inside = [draw(st.integers(0, number)) for number in dwellings]
    ground = draw(st.lists(st.floats(0, 1), min_size=4, max_size=4))

    def describe(chosen, share):
        return pd.DataFrame(
            {
                "planning_unit_id": UNITS,
                "is_whole": False,
                "dwellings": dwellings,
                "inside_dwellings": chosen,
                "area_share": share,
            }
        )

    other = [number - part for number, part in zip(dwellings, inside, strict=True)]
    return describe(inside, ground), describe(other, [1 - share for share in ground])


@settings(deadline=None)
@given(halves(), st.lists(st.integers(0, 50), min_size=4, max_size=4))
def test_two_halves_of_an_area_hold_what_the_whole_holds(divided, children):
    counts = pd.DataFrame({"planning_unit_id": UNITS, "year": 2026, "children": children})
    sums = [
        sum_inside(counts, share_units(half), ["year"], ["children"])["children"].sum()
        for half in divided
    ]
    assert np.isclose(sum(sums), sum(children))


@settings(deadline=None)
@given(halves(), st.lists(st.integers(0, 50), min_size=4, max_size=4))
def test_who_leaves_an_area_enters_what_lies_around_it(divided, children):
    # School 7 stands inside, 8 outside: who leaves the one half for 8 enters the other.
    here, there = (share_units(half) for half in divided)
    schools = pd.Series([7, 8, 7, 8], index=UNITS)
    counted = pd.Series(children, index=UNITS)
    inside, outside = (
        cross_edge(counted, here, schools, [7]),
        cross_edge(counted, there, schools, [8]),
    )

    def read(table, direction):
        return table.loc[table["direction"] == direction, "children"].sum()

    assert np.isclose(read(inside, "leaving"), read(outside, "entering"))
    assert np.isclose(read(inside, "entering"), read(outside, "leaving"))


def test_a_child_without_a_located_home_is_in_no_area():
    counts = pd.DataFrame({"planning_unit_id": [1, None], "age": 6, "children": [5, 9]})
    assert sum_inside(counts, pd.Series({1: 1.0}), ["age"], ["children"])["children"].tolist() == [
        5
    ]


def test_seats_go_on_after_the_last_planned_year_and_projects_add_to_them():
    # School 7 plans 90 seats in 2026 and 45 from 2027, school 8 only 40 in 2026.
    seats = pd.DataFrame(
        {"school_id": [7, 7, 8], "year": [2026, 2027, 2026], "seats": [90, 45, 40]}
    )
    years = [2026, 2027, 2028]
    balanced = balance_years(
        pd.Series([100.0, 100.0, 100.0], years), seats, pd.Series([0, 0, 30], years)
    )
    assert balanced["seats"].tolist() == [130, 85, 85]
    assert balanced["spare_seats"].tolist() == [30, -15, 15]
    assert balanced["missing_seats"].tolist() == [0, 15, 0]


def test_an_area_without_a_school_lacks_a_seat_for_every_child():
    nothing = pd.DataFrame({"school_id": [], "year": [], "seats": []}, dtype=float)
    balanced = balance_years(pd.Series([7.0], [2026]), nothing, pd.Series([0], [2026]))
    assert balanced["missing_seats"].tolist() == [7]


def test_one_small_count_hides_another_that_would_give_it_away():
    hidden = hide_children(pd.Series([3.0, 9.0, 20.0]), 5)
    assert hidden.isna().tolist() == [True, True, False]


# -- what clears a red ------------------------------------------------------------------------

RULE = Warning(yellow_from_pct=90, red_from_pct=100)
ORDER = {"none": 0, "yellow": 1, "red": 2}


def rate(children: int, seats: int) -> int:
    ratio = np.array([100 * children / seats if seats else (np.inf if children else np.nan)])
    level = rate_warning(ratio, yellow_from_pct=90, red_from_pct=100)[0]
    return ORDER[str(level)]


@settings(deadline=None)
@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 200))
def test_more_seats_never_raise_a_warning(children, seats, more):
    assert rate(children, seats + more) <= rate(children, seats)


@settings(deadline=None)
@given(st.integers(0, 500), st.integers(0, 500))
def test_the_seats_that_are_needed_clear_the_red_and_one_less_does_not(children, seats):
    needed = count_needed_seats(children, seats, RULE)
    assert rate(children, seats + needed) < ORDER["red"]
    assert needed == 0 or rate(children, seats + needed - 1) == ORDER["red"]


@settings(deadline=None)
@given(st.integers(0, 500))
def test_the_most_children_are_not_red_and_one_more_is(seats):
    most = count_most_children(seats, RULE)
    assert most == 0 or rate(most, seats) < ORDER["red"]
    assert rate(most + 1, seats) == ORDER["red"]


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 200), min_size=4, max_size=4),
    st.integers(1, 200),
    st.lists(st.tuples(st.integers(2026, 2030), st.integers(0, 90)), max_size=3),
    st.integers(0, 3),
)
def test_a_project_that_finishes_earlier_never_makes_a_warning_worse(
    children, seats, projects, earlier
):
    years = pd.DataFrame({"year": range(2026, 2030), "counted_children": children, "seats": seats})
    opening = pd.DataFrame(projects, columns=["opens_year", "opened_seats"])
    late = judge_projects(years, opening, RULE)
    early = judge_projects(years, opening.assign(opens_year=opening["opens_year"] - earlier), RULE)
    assert (early["red_with"] <= late["red_with"]).all()
    assert (late["red_with"] <= late["red_without"]).all()
