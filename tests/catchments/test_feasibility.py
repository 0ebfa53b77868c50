"""Terms that no plan can keep are refused in words that name units, schools and seats."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catchments.boundaries.feasibility import check_feasible, explain_infeasible
from catchments.boundaries.measures import find_breaches
from catchments.boundaries.permitted import permit_pairs, reach_pairs
from catchments.joint import merge_joint
from catchments.units import Instance, Terms
from gis.errors import RejectedDataError
from tests.catchments.row_town import build_row


def build_town(*pupils: float, **more: object) -> Instance:
    """Build a row of five units with 10 pupils each: school a in unit 1, b in unit 5."""
    return build_row(list(pupils) or [10] * 5, {"a": (1, 30), "b": (5, 20)}, **more)


def tell_one(instance: Instance, terms: Terms) -> str:
    told = explain_infeasible(instance, terms)
    assert len(told) == 1, told
    return told[0]


def test_a_town_with_a_plan_is_left_in_peace() -> None:
    assert explain_infeasible(build_town(), Terms()) == []
    check_feasible(build_town(), Terms(objective="balance"))


def test_missing_seats_are_counted_and_do_not_matter_when_soft() -> None:
    town = build_town(capacity=np.array([30.0, 8.0]))
    told = explain_infeasible(town, Terms())
    # 50 pupils, 30 + 8 seats; and school b stands among 10 pupils with 8 seats
    assert told[0].startswith("All units together have 50 pupils and 38 seats: 12 seats are miss")
    assert told[1].startswith("School b stands in unit 5 with 10 pupils, but has 8 seats.")
    assert explain_infeasible(town, Terms(capacity="soft")) == []


def test_a_piece_without_a_school_or_with_too_few_seats_is_told() -> None:
    cut = build_town(borders=np.array([[0, 1], [3, 4]]), border_m=np.zeros(2))
    assert tell_one(cut, Terms()).startswith(
        "No chain of borders leads from any school to unit 3 (10 pupils)."
    )
    cut = build_town(
        borders=np.array([[0, 1], [2, 3], [3, 4]]),
        border_m=np.zeros(3),
    )
    assert tell_one(cut, Terms()).startswith(
        "Units 3, 4, 5, which border no other units, have 30 pupils and 20 seats: 10 seats are"
    )
    assert explain_infeasible(cut, Terms(capacity="soft")) == []


def test_units_that_nobody_may_serve_say_why() -> None:
    far = tell_one(build_town(), Terms(max_distance_m=1500.0))
    assert far.startswith("Unit 3 (10 pupils) may go to no school: schools a, b (farther than")
    assert "1,500 m, 2,000 m at the least" in far
    ways = build_town().distance_m.copy()
    ways[1] = (np.inf, 3000.0)
    told = tell_one(build_town(distance_m=ways), Terms(forbidden=((1, 1),)))
    assert "school b (forbidden); school a (no way leads there)" in told
    assert tell_one(build_town(), Terms(forbidden=((0, 0),))).startswith(
        "Unit 1 (10 pupils) has its school in it but may not go there: school a (forbidden)."
    )
    assert "is locked to its school" in tell_one(
        build_town(), Terms(locked=((2, 1),), forbidden=((2, 1),))
    )


def test_a_unit_without_pupils_needs_no_way() -> None:
    ways = build_town().distance_m.copy()
    ways[2] = np.inf
    assert explain_infeasible(build_town(10, 10, 0, 10, 10, distance_m=ways), Terms()) == []


def test_two_schools_in_one_unit_must_share_a_catchment() -> None:
    town = build_row([10, 10], {"a": (1, 30), "b": (1, 20)})
    told = tell_one(town, Terms())
    assert told.startswith("Unit 1 holds schools a, b, but a unit is whole")
    assert explain_infeasible(town, Terms(joint=((0, 1),))) == []
    # two candidates in one unit: at most one of them opens
    candidates = replace(town, is_candidate=np.array([False, True]))
    assert explain_infeasible(candidates, Terms()) == []
    assert "Unit 1 holds schools a, b" in explain_infeasible(candidates, Terms(locked=((1, 1),)))[0]


def test_locks_against_each_other_and_against_own_units_are_told() -> None:
    assert tell_one(build_town(), Terms(locked=((2, 0), (2, 1)))).startswith(
        "Unit 3 is locked to schools a, b. Keep one"
    )
    told = explain_infeasible(build_town(), Terms(locked=((4, 0),)))
    assert told[0].startswith("Unit 5 is locked to school a, but it holds school b.")


def test_groups_that_cannot_stay_together_are_told() -> None:
    told = explain_infeasible(build_town(), Terms(together=((0, 1, 2, 3, 4),)))
    assert told[0].startswith("Units 1, 5 must stay together, but school a stands in unit 1 and")
    torn = tell_one(build_town(), Terms(together=((1, 3),)))
    assert "no chain of them leads from unit 2 to unit 4" in torn
    # unit 2 may go to a alone, unit 3 to b alone
    apart = Terms(together=((1, 2),), forbidden=((1, 1), (2, 0)))
    assert tell_one(build_town(), apart).startswith(
        "Units 2, 3 must stay together, but no school may have them all."
    )


def test_a_unit_fenced_off_by_units_of_another_school_is_told() -> None:
    fenced = Terms(locked=((1, 1),), forbidden=((2, 1),), capacity="soft")
    # unit 2 belongs to b, which reaches it through unit 3 alone; but unit 3 may go to a alone
    told = explain_infeasible(build_town(), fenced)
    assert len(told) == 2
    assert all("no chain of units leads there that the school may hold" in text for text in told)
    town = build_row([10, 10, 10], {"a": (1, 30), "b": (2, 30)})
    assert tell_one(town, Terms(forbidden=((2, 1),))).startswith(
        "Unit 3 (10 pupils) may go to school a, but no chain of units leads there"
    )


def test_a_unit_larger_than_every_school_is_told() -> None:
    town = build_town(5, 5, 31, 5, 0)
    assert tell_one(town, Terms()).startswith(
        "Unit 3 with 31 pupils would need more than the 30 seats of any school in reach."
    )
    group = Terms(together=((1, 2, 3),))
    assert tell_one(build_town(0, 11, 11, 11, 0), group).startswith(
        "Units 2, 3, 4 with 33 pupils would need more than the 30 seats"
    )


def test_units_that_crowd_into_too_few_schools_are_told_with_the_missing_seats() -> None:
    # Seats suffice in all, 40 for 40 pupils, but units 3, 4 and 5 may go to b alone.
    terms = Terms(forbidden=((2, 0), (3, 0)))
    told = tell_one(build_town(5, 5, 10, 10, 10, capacity=np.array([20.0, 20])), terms)
    assert told.startswith(
        "Units 3, 4, 5 may go to school b alone; they have 30 pupils and 20 seats: 10 seats are"
    )


def test_locked_units_that_overfill_their_school_are_told() -> None:
    told = tell_one(build_town(), Terms(locked=((2, 1), (3, 1))))
    assert told.startswith("School b must have units 3, 4, 5 with 30 pupils, but has 20 seats.")


def test_a_limit_of_moved_pupils_below_the_forced_moves_is_told() -> None:
    current = np.array([0, 0, 0, 0, 1])
    # a has 40 pupils and 30 seats now
    few = Terms(max_moved_pupils=9)
    told = tell_one(build_town(current=current), few)
    assert told.startswith("At least 10 pupils must move, but 9 may: too many pupils for the seats")
    assert explain_infeasible(build_town(current=current), Terms(max_moved_pupils=10)) == []
    locked = Terms(max_moved_pupils=0, locked=((3, 1),), capacity="soft")
    assert "unit 4 cannot stay" in tell_one(build_town(current=current), locked)
    assert "Add the column current" in tell_one(build_town(), few)


def test_joint_schools_need_one_piece() -> None:
    town = build_row([10, 10, 10], {"a": (1, 15), "b": (3, 15), "c": (2, 15)})
    told = explain_infeasible(town, Terms(joint=((0, 1),)))
    assert told  # c stands between a and b
    cut = build_town(borders=np.array([[0, 1], [1, 2], [3, 4]]), border_m=np.zeros(3))
    told = explain_infeasible(cut, Terms(joint=((0, 1),)))
    assert told[0].startswith("The joint catchment a+b cannot be one piece: no chain of borders")


def test_balance_needs_seats_areas_and_outlines() -> None:
    terms = Terms(objective="balance", capacity="soft")
    assert "Compactness needs the columns area and perimeter" in tell_one(
        build_town(area_m2=None, perimeter_m=None), terms
    )
    assert (
        explain_infeasible(
            build_town(area_m2=None, perimeter_m=None), replace(terms, w_compactness=0.0)
        )
        == []
    )
    assert "there are none at school b" in tell_one(
        build_town(capacity=np.array([50.0, 0.0])), terms
    )
    assert "more than the perimeter of units 2, 3, 4" in tell_one(
        build_town(border_m=np.full(4, 2500.0)), terms
    )


def test_all_statements_come_in_one_error() -> None:
    town = build_town(capacity=np.array([20.0, 8.0]))
    with pytest.raises(RejectedDataError, match=r"(?s)22 seats are missing.*School b stands in"):
        check_feasible(town, Terms(max_moved_pupils=5))


def test_a_candidate_takes_nothing_where_it_may_not_have_its_own_unit() -> None:
    town = build_town(is_candidate=np.array([False, True]), capacity=np.array([50.0, 50.0]))
    terms = Terms(forbidden=((4, 1),))
    merged, own_units, _ = merge_joint(town, ())
    permitted = permit_pairs(merged, own_units, terms)
    assert permitted[:, 1].tolist() == [False] * 5
    assert reach_pairs(merged, own_units, terms, permitted)[:, 0].all()


@st.composite
def draw_questions(draw: st.DrawFn) -> tuple[Instance, Terms]:
    """Draw a small town and terms that often cannot be kept."""
    count, schools = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    units, few = st.integers(0, count - 1), st.integers(0, schools - 1)
    ways = draw(st.lists(st.sampled_from([0.0, 1.0, 5.0, np.inf]), min_size=12, max_size=12))
    town = build_row(
        draw(st.lists(st.integers(0, 4), min_size=count, max_size=count)),
        {f"s{i}": (draw(units) + 1, draw(st.integers(0, 8))) for i in range(schools)},
        distance_m=np.array(ways)[: count * schools].reshape(count, schools),
        is_candidate=np.array(draw(st.lists(st.booleans(), min_size=schools, max_size=schools))),
        current=np.array(
            draw(st.lists(st.integers(-1, schools - 1), min_size=count, max_size=count))
        ),
    )
    links = draw(st.sets(st.tuples(units, units).filter(lambda pair: pair[0] < pair[1])))
    borders = np.array(sorted(links), dtype=np.int64).reshape(-1, 2)
    pairs = st.lists(st.tuples(units, few), max_size=2).map(tuple)
    return replace(town, borders=borders, border_m=np.zeros(len(borders))), Terms(
        capacity=draw(st.sampled_from(["hard", "soft"])),
        locked=draw(pairs),
        forbidden=draw(pairs),
        together=tuple(sorted(links)[:1]),
        joint=((0, 1),) if schools > 1 and draw(st.booleans()) else (),
        max_distance_m=draw(st.sampled_from([1.0, 5.0, np.inf])),
        max_moved_pupils=draw(st.sampled_from([0.0, 3.0, np.inf])),
    )


@settings(max_examples=60, deadline=None)
@given(draw_questions())
def test_what_is_told_is_true_no_division_keeps_the_terms(drawn) -> None:
    town, terms = drawn
    if explain_infeasible(town, terms):
        schools = range(len(town.school_ids))
        for choice in product(schools, repeat=len(town.unit_ids)):
            assert find_breaches(town, terms, np.array(choice)), choice
