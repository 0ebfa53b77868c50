"""Dwellings, locks and scores in detail, worked out by hand on a small district."""

from __future__ import annotations

import datetime as dt

import pytest

from catchments.admission.rules import Lock, Term
from tests.catchments.small_district import (
    PRIMARY,
    admit,
    build_child,
    build_migrant,
    build_share,
    build_use,
    change_rules,
    change_score,
    list_told,
)


def test_shares_of_several_owners_add_up_to_the_last_digit() -> None:
    shares = [build_share(1, 1101, share_pct=pct) for pct in (0.1, 0.2)]  # 0.30000000000000004
    for order in (shares, shares[::-1]):
        results = admit(
            [build_child(1, registered=1101)], order, rules=change_rules(least_share_pct=0.3)
        )
        assert list_told(results, "owns_inside", "owned_share_pct") == [(True, 0.3)]


def test_of_several_dwellings_the_one_that_serves_best_is_claimed() -> None:
    # Two dwellings inside: 18 m² owned for ten years only counts in batch 2, the other in batch 1.
    owned = [
        build_share(1, 1101, area_m2=18.0),
        build_share(1, 1102, certificate_on=dt.date(2025, 5, 20)),
    ]
    results = admit([build_child(1, registered=1101)], owned)
    assert list_told(results, "batch", "owned_unit_id", "score") == [("both_inside", 1102, 132.0)]
    rules = change_rules(batches=PRIMARY.batches[1:])
    results = admit([build_child(1, registered=1101)], owned, rules=rules)
    assert list_told(results, "batch", "owned_unit_id", "score") == [("one_inside", 1101, 240.0)]


@pytest.mark.parametrize(
    ("effect", "told"),
    [
        ("placement", ("placed", "both_inside", None, None)),
        ("later_batch", ("seated", "others", None, None)),
        ("exception", ("exception", "both_inside", "dwelling_locked", "2030")),
    ],
)
def test_what_a_lock_does_is_a_rule(effect, told) -> None:
    used = [build_use(90, household=5, year=2024, dwelling=1101)]
    rules = change_rules(lock=Lock(6, {}, effect))
    results = admit([build_child(1, registered=1101)], [build_share(1, 1101)], used, rules=rules)
    assert list_told(results, "outcome", "batch", "reason", "detail") == [told]


def test_a_lock_of_six_years_ends_in_the_sixth_year_after_the_seat() -> None:
    for year, is_locked in ((2020, False), (2021, True)):  # locked through 2025, through 2026
        used = [build_use(90, household=5, year=year, dwelling=1101)]
        results = admit([build_child(1, registered=1101)], [build_share(1, 1101)], used)
        assert results.loc[1, "dwelling_locked"] == is_locked
    rules = change_rules(lock=Lock(6, {"S1": 3}))
    used = [build_use(90, household=5, year=2023, dwelling=1101)]
    results = admit([build_child(1, registered=1101)], [build_share(1, 1101)], used, rules=rules)
    assert not results.loc[1, "dwelling_locked"]  # three years at this school: through 2025


def test_without_the_exemption_a_lock_holds_for_siblings_too() -> None:
    used = [build_use(90, household=5, year=2024, dwelling=1101)]
    rules = change_rules(lock=Lock(6, {}, siblings_exempt=False))
    child = build_child(1, household=5, registered=1101)
    results = admit([child], [build_share(5, 1101)], used, rules=rules)
    assert list_told(results, "dwelling_locked", "outcome") == [(True, "placed")]


def test_a_slip_counts_before_the_certificate_that_follows_it() -> None:
    # Slip 24 months before the opening day, certificate a week after it: not issued yet.
    share = build_share(
        1,
        1101,
        tenure="resettlement",
        slip_on=dt.date(2024, 5, 20),
        certificate_on=dt.date(2026, 5, 27),
    )
    results = admit([build_child(1, registered=1101)], [share])
    assert list_told(results, "batch", "score", "certificate_on") == [("both_inside", 144.0, None)]
    rules = change_score(terms=(Term("certificate_on", missing="zero"),))
    assert admit([build_child(1, registered=1101)], [share], rules=rules).loc[1, "score"] == 0.0


def test_months_from_29_february_are_full_on_the_29th_and_at_the_end_of_a_short_month() -> None:
    # 29 February 2024 to 29 April 2026: 26 months, then 21 days: 26 + 0.70.
    child = build_child(1, registered=1101, since=dt.date(2024, 2, 29))
    assert admit([child]).loc[1, "score"] == 26.7
    for opening, score in (
        (dt.date(2026, 2, 28), 24.0),  # February is as long as it gets
        (dt.date(2026, 2, 27), 23.97),  # 29 January: 23 months, then 29 days: 0.97
        (dt.date(2026, 3, 1), 24.03),  # 28 February: 24 months, then 1 day
    ):
        assert admit([child], rules=change_rules(opens_on=opening)).loc[1, "score"] == score


def test_the_sum_is_rounded_once_where_the_rules_say_so() -> None:
    # 14 days twice: 0.47 + 0.47 = 0.94 each for itself; 28 ÷ 30 = 0.93 as a sum.
    day = dt.date(2026, 5, 6)
    child, share = (
        build_child(1, registered=1101, since=day),
        build_share(1, 1101, certificate_on=day),
    )
    assert admit([child], [share]).loc[1, "score"] == 0.94
    assert admit([child], [share], rules=change_score(round_each=False)).loc[1, "score"] == 0.93


@pytest.mark.parametrize("round_each", [True, False])
def test_the_heaviest_score_that_rules_allow_is_exact(round_each) -> None:
    # 436 months and 15 days since 5 January 1990, times 1000 with six decimals.
    rules = change_score(terms=(Term("registered_since", 1000),), decimals=6, round_each=round_each)
    child = build_child(1, registered=1101, since=dt.date(1990, 1, 5))
    assert admit([child], rules=rules).loc[1, "score"] == 436_500.0


def test_an_unknown_date_that_must_be_known_is_for_a_person_to_decide() -> None:
    child, share = build_child(1, registered=1101), build_share(1, 1101, certificate_on=None)
    results = admit([child], [share])
    assert list_told(results, "outcome", "reason", "detail", "score") == [
        ("exception", "missing_fact", "property_since", None)
    ]


def test_a_dwelling_whose_date_is_known_is_claimed_before_one_whose_date_is_not() -> None:
    # Even where months count against a child, so that 0 for the unknown would look better.
    rules = change_score(terms=(Term("property_since", -1),))
    owned = [build_share(1, 1101, certificate_on=None), build_share(1, 1102)]
    results = admit([build_child(1, registered=1101)], owned, rules=rules)
    assert list_told(results, "outcome", "owned_unit_id", "score") == [("seated", 1102, -120.0)]


def test_points_rank_migrants_and_without_points_they_come_last() -> None:
    children = [
        build_migrant(1, lives=1101, points=60.004),
        build_migrant(2, lives=1102, points=60.005),
        build_migrant(3, lives=1103, points=None),
    ]
    results = admit(children)
    assert list_told(results, "batch", "score", "position") == [
        ("migrant_points", 60.0, 2),
        ("migrant_points", 60.01, 1),
        ("others", None, 3),
    ]
