"""The cases that an admission must get right, worked out by hand.

Unless a test says otherwise: the rules of Ouhai 2026, opening on 20 May 2026; in batch 1 whoever
is registered and owns inside, ranked by months of property and registration.
"""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest
import shapely

from catchments.eligibility import compute_age_window
from gis.partition import label_points
from tests.catchments.small_district import (
    OUHAI,
    PRIMARY,
    A,
    B,
    admit,
    admit_whole,
    build_child,
    build_migrant,
    build_share,
    build_use,
    change_rules,
    change_score,
    list_told,
)

# -- who enters ----------------------------------------------------------------------------------


def test_born_on_31_august_enters_and_born_on_1_september_waits_a_year() -> None:
    entrants = PRIMARY.entrants
    assert entrants.full_years is not None
    window = compute_age_window(
        entry_age=entrants.full_years, year=OUHAI.year, cutoff=entrants.cutoff
    )
    assert window.born_to == dt.date(2020, 8, 31)  # six years old on 31 August 2026
    assert window.born_from == dt.date(2019, 9, 1)  # a day older would have entered in 2025
    following = compute_age_window(entry_age=6, year=2027)
    assert following.born_from == dt.date(2020, 9, 1)


def test_born_on_29_february_enters_with_the_others_of_that_winter() -> None:
    window = compute_age_window(entry_age=6, year=2026)
    assert window.born_from <= dt.date(2020, 2, 29) <= window.born_to
    results = admit([build_child(1, lives=1101, born_on=dt.date(2020, 2, 29))])
    assert list_told(results, "outcome", "school_id") == [("seated", A)]


# -- twins ---------------------------------------------------------------------------------------


def build_twins() -> tuple[list[dict], list[dict]]:
    """Twins 1 and 2 of household 7, who own where they are registered; 3 has less points."""
    children = [
        build_child(1, household=7, registered=1101),
        build_child(2, household=7, registered=1101),
        build_child(3, registered=1102, since=dt.date(2020, 5, 20)),
    ]
    return children, [build_share(7, 1101), build_share(3, 1102)]


def test_twins_go_to_the_same_school_while_seats_last() -> None:
    results = admit(*build_twins(), seats={A: 2, B: 5})
    assert list_told(results, "outcome", "school_id") == [
        ("seated", A),
        ("seated", A),
        ("placed", B),
    ]
    assert results["score"].tolist() == [240.0, 240.0, 192.0]  # 120 + 120; 120 + 72
    assert results.loc[1, "lot"] == results.loc[2, "lot"]


def test_twins_parted_by_the_last_seat_are_for_a_person_to_decide() -> None:
    results = admit(*build_twins(), seats={A: 1, B: 5})
    assert list_told(results, "outcome", "school_id", "reason", "detail") == [
        ("seated", A, None, None),
        ("exception", None, "twins_parted", str(A)),
        ("placed", B, None, None),
    ]


def test_twins_may_go_apart_where_the_rules_say_so() -> None:
    results = admit(*build_twins(), seats={A: 1, B: 5}, rules=change_rules(twins="apart"))
    assert results["school_id"].tolist() == [A, B, B]


# -- ties and lots -------------------------------------------------------------------------------


def test_a_tie_to_the_last_digit_goes_to_the_earlier_property() -> None:
    # 1: property 24 months, registration 12 months 14 days: 24 + 12.47 = 36.47
    # 2: property 12 months 14 days, registration 24 months: 12.47 + 24 = 36.47, the same digits
    # 3: property 12 months 14 days, registration 23 months 29 days: 12.47 + 23.97 = 36.44
    days = [(2024, 5, 20), (2025, 5, 6), (2025, 5, 6)], [(2025, 5, 6), (2024, 5, 20), (2024, 5, 21)]
    children = [
        build_child(n, registered=1100 + n, since=dt.date(*day))
        for n, day in enumerate(days[1], start=1)
    ]
    owned = [
        build_share(n, 1100 + n, certificate_on=dt.date(*day))
        for n, day in enumerate(days[0], start=1)
    ]
    results = admit(children, owned)
    assert list_told(results, "score", "position", "tie_broken_by") == [
        (36.47, 1, "property_since"),
        (36.47, 2, "property_since"),
        (36.44, 3, None),
    ]


def test_lots_follow_from_the_published_seed_and_nothing_else() -> None:
    children = [build_child(n, lives=1100 + n) for n in (1, 2, 3)]
    for seed in (1, 7, 2026):
        # Anybody can draw them: the first 16 digits of the SHA-256 of seed:household:birthday.
        drawn = {
            n: hashlib.sha256(f"{seed}:H{n}:2020-01-15".encode()).hexdigest()[:16]
            for n in (1, 2, 3)
        }
        results = admit(children, seed=seed)
        assert results["lot"].to_dict() == drawn
        assert (results["tie_broken_by"] == "lot").all()
        order = results.sort_values("position").index.tolist()
        assert order == sorted(drawn, key=drawn.get)  # the lowest comes first


def test_the_lot_printed_in_the_methods_can_be_drawn_with_sha256sum() -> None:
    # printf '7:H3303040000001:2019-11-30' | sha256sum
    child = build_child(1, lives=1101, household_code="H3303040000001")
    other = build_child(2, lives=1102)
    same_day = {"born_on": dt.date(2019, 11, 30)}
    results = admit([{**child, **same_day}, {**other, **same_day}], seed=7)
    assert results.loc[1, "lot"] == "ac1a80ad1af3e1bb"


# -- places --------------------------------------------------------------------------------------


def test_a_dwelling_on_a_boundary_line_counts_in_exactly_one_catchment() -> None:
    # Units 11 (catchment of A) and 21 (of B) touch at x = 1; the door stands on the line.
    units = [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]
    for ids, shapes in (([11, 21], units), ([21, 11], units[::-1])):
        [unit] = label_points([1.0], [0.5], shapes, ids=ids).tolist()
        assert unit == 11  # the lowest that covers it, in whatever order they come
        home = {"registered_place_id": unit}
        results = admit([{**build_child(1, registered=1101), **home}])
        assert list_told(results, "zone_school_id", "school_id") == [(A, A)]


def test_registered_in_no_catchment_counts_where_the_family_owns_then_where_it_lives() -> None:
    outside = 9001
    children = [
        build_child(1, registered=outside, lives=1101),  # owns in B's
        build_child(2, registered=outside, lives=1101),
        build_child(3, registered=outside, lives=outside),
        build_child(4),
        build_child(5),  # without an address, yet owns a dwelling
    ]
    results = admit(children, [build_share(1, 2101), build_share(5, outside)])
    assert list_told(results, "zone_school_id", "zone_basis", "outcome", "reason") == [
        (B, "owned", "seated", None),
        (A, "residence", "seated", None),
        (None, None, "exception", "no_catchment"),
        (None, None, "exception", "no_address"),
        (None, None, "exception", "no_catchment"),
    ]
    # Registered and owning disagree for the first, nothing holds for the second.
    assert results["batch"].tolist()[:2] == ["one_inside", "others"]


# -- owners and dwellings ------------------------------------------------------------------------


def test_a_grandparent_who_owns_the_home_counts_where_the_rules_say_so() -> None:
    child, share = build_child(1, registered=1101), build_share(1, 1101, relation="grandparent")
    results = admit([child], [share])
    assert list_told(results, "batch", "owner_relation", "score") == [
        ("both_inside", "grandparent", 240.0)
    ]
    results = admit([child], [share], rules=change_rules(owners=("child", "parent")))
    # Registration alone: 120 months.
    assert list_told(results, "batch", "owner_relation", "score") == [("one_inside", None, 120.0)]


def test_a_certificate_on_the_opening_day_is_inside_with_no_points() -> None:
    for day, batch, score in (
        (dt.date(2026, 5, 20), "both_inside", 120.0),  # 0 + 120
        (dt.date(2026, 5, 19), "both_inside", 120.03),  # 1 ÷ 30 = 0.03
        (dt.date(2026, 5, 21), "one_inside", 120.0),  # not owned yet
    ):
        child, share = build_child(1, registered=1101), build_share(1, 1101, certificate_on=day)
        assert list_told(admit([child], [share]), "batch", "score") == [(batch, score)]


@pytest.mark.parametrize(
    ("rounding", "half", "three_halves"),
    [("half_up", 1.0, 2.0), ("half_even", 0.0, 2.0), ("truncate", 0.0, 1.0)],
)
def test_a_score_at_exactly_a_half_is_rounded_as_the_rules_say(
    rounding, half, three_halves
) -> None:
    # Without decimals: 15 days are 15 ÷ 30 = 0.5, a month more is 1.5.
    rules = change_score(rounding=rounding, decimals=0)
    for since, score in ((dt.date(2026, 5, 5), half), (dt.date(2026, 4, 5), three_halves)):
        results = admit([build_child(1, registered=1101, since=since)], rules=rules)
        assert results.loc[1, "score"] == score


# -- locks ---------------------------------------------------------------------------------------


def test_a_locked_dwelling_serves_a_sibling_but_no_other_family() -> None:
    # Dwelling 1101 gave child 90 of household 5 a seat in 2024: locked for others through 2029.
    used = [build_use(90, household=5, year=2024, dwelling=1101)]
    sibling = admit([build_child(1, household=5, registered=1101)], [build_share(5, 1101)], used)
    assert list_told(sibling, "outcome", "dwelling_locked", "sibling_enrolled") == [
        ("seated", False, True)
    ]
    buyer = admit([build_child(1, household=6, registered=1101)], [build_share(6, 1101)], used)
    # Placed with the unseated, without a place in the order; the own school still has seats.
    assert list_told(buyer, "outcome", "school_id", "position", "locked_until") == [
        ("placed", A, None, 2030)
    ]


def test_two_families_on_one_dwelling_are_both_for_a_person_to_decide() -> None:
    children = [build_child(n, registered=1101) for n in (1, 2)] + [build_child(3, registered=1102)]
    owned = [build_share(1, 1101, share_pct=50.0), build_share(2, 1101, share_pct=50.0)]
    results = admit(children, owned)
    assert list_told(results, "outcome", "reason") == [
        ("exception", "two_families"),
        ("exception", "two_families"),
        ("seated", None),
    ]


# -- seats ---------------------------------------------------------------------------------------


def test_a_school_without_a_seat_sends_everyone_on() -> None:
    children = [build_child(n, registered=1100 + n) for n in (1, 2)]
    admission = admit_whole(children, seats={A: 0, B: 5})
    assert list_told(admission.results, "outcome", "school_id", "walk_distance_m") == [
        ("placed", B, 1000.0),
        ("placed", B, 1000.0),
    ]
    assert admission.walk_m == admission.least_m == 2000.0


def test_a_school_whose_seats_nobody_stated_leaves_its_children_to_a_person() -> None:
    results = admit([build_child(1, registered=1101)], seats={A: None, B: 5})
    assert list_told(results, "outcome", "reason") == [("exception", "seats_unknown")]


def test_more_children_than_seats_in_the_district_leaves_the_last_to_a_person() -> None:
    # Six children, three seats: 10, 9, 8, … years of registration, so 1 comes first.
    children = [
        build_child(n, registered=1100 + n, since=dt.date(2015 + n, 5, 20)) for n in range(1, 7)
    ]
    results = admit(children, seats={A: 2, B: 1})
    assert list_told(results, "outcome", "school_id", "reason") == [
        ("seated", A, None),
        ("seated", A, None),
        ("placed", B, None),
        *[("exception", None, "no_seat")] * 3,
    ]


def test_the_next_batch_opens_only_while_seats_remain() -> None:
    # Batch 1: child 1 (owner for a year). Batch 2: child 2, registered for ten years. Batch 3:
    # children 3 and 4 with 90 and 95 points. Three seats.
    children = [
        build_child(1, registered=1101, since=dt.date(2025, 5, 20)),
        build_child(2, registered=1102),
        build_migrant(3, lives=1103, points=90),
        build_migrant(4, lives=1104, points=95),
    ]
    owned = [build_share(1, 1101, certificate_on=dt.date(2025, 5, 20))]
    admission = admit_whole(children, owned, seats={A: 3, B: 1})
    results = admission.results.set_index("child_id")
    assert results["position"].tolist() == [1, 2, 4, 3]
    assert results["outcome"].tolist() == ["seated", "seated", "placed", "seated"]
    cuts = admission.cuts[admission.cuts["school_id"] == A]
    assert list_told(cuts, "batch", "seated", "last_score", "first_unseated_score") == [
        ("both_inside", 1, 24.0, None),  # 12 + 12 months
        ("one_inside", 1, 120.0, None),
        ("migrant_points", 1, 95.0, 90.0),
        ("others", 0, None, None),
    ]


# -- registers that contradict themselves --------------------------------------------------------


def test_a_child_listed_twice_keeps_one_row_in_its_family() -> None:
    children = [
        build_child(1, household=5, registered=1101),
        build_child(2, household=5, registered=1101, identity_hash="id1"),
    ]
    results = admit(children)
    assert list_told(results, "outcome", "reason", "detail") == [
        ("seated", None, None),
        ("exception", "listed_twice", "C1"),
    ]


def test_a_child_listed_in_two_families_is_for_a_person_to_decide() -> None:
    children = [
        build_child(1, registered=1101),
        build_child(2, registered=1102, identity_hash="id1"),
    ]
    results = admit(children)
    assert (
        list_told(results, "outcome", "reason", "detail")
        == [("exception", "listed_twice", "C1")] * 2
    )


def test_registered_before_its_birth_is_for_a_person_to_decide() -> None:
    child = build_child(1, registered=1101, child_registered_since=dt.date(2020, 1, 14))
    assert admit([child]).loc[1, "reason"] == "impossible_date"
    child["child_registered_since"] = child["born_on"]
    assert admit([child]).loc[1, "outcome"] == "seated"
