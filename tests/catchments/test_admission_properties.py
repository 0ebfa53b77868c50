"""What holds in every district under any rules."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from catchments.admission.admitting import Admission, admit_children
from catchments.admission.cuts import count_with_more_seats
from catchments.admission.rules import StageRules
from tests.catchments.random_districts import Case, draw_cases
from tests.catchments.slow_claims import Row, list_rows

FEW = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
cases = draw_cases(children=30)


def admit(case: Case, **tables: Any) -> Admission:
    """Admit the children of a case, with other tables if asked."""
    seed = tables.pop("seed", case.seed)
    registers = replace(case.registers, **tables)
    return admit_children(registers, case.rules, "primary", seed=seed)


def read_seats(case: Case) -> dict[int, int]:
    """Return the stated seats by school."""
    return {int(k): int(v) for k, v in case.registers.schools["seats"].dropna().items()}


def add_seat(case: Case, school: int) -> pd.DataFrame:
    """Return the schools with one seat more at one of them."""
    schools = case.registers.schools.copy()
    schools.loc[school, "seats"] += 1
    return schools


@FEW
@given(cases)
def test_every_child_is_seated_placed_or_shown_to_a_person_and_no_school_overfilled(
    case: Case,
) -> None:
    results = list_rows(admit(case).results)
    assert [row["child_id"] for row in results] == sorted(case.registers.entrants["child_id"])
    loads: dict[int, int] = {}
    for row in results:
        assert row["outcome"] in {"seated", "placed", "exception"}
        assert (row["outcome"] == "exception") == (row["school_id"] is None)
        assert (row["outcome"] == "exception") == (row["reason"] is not None)
        if row["outcome"] == "seated":
            assert row["school_id"] == row["zone_school_id"]
        if row["school_id"] is not None:
            loads[row["school_id"]] = loads.get(row["school_id"], 0) + 1
    seats = read_seats(case)
    assert all(loads[school] <= seats[school] for school in loads)


@FEW
@given(cases, st.integers(0, 2**32 - 1))
def test_the_order_of_rows_changes_nothing(case: Case, shuffle: int) -> None:
    roll = np.random.default_rng(shuffle)
    tables = {}
    for name in ("entrants", "owned", "uses", "zones", "schools"):
        table = getattr(case.registers, name)
        tables[name] = table.iloc[roll.permutation(len(table))]
    admission, shuffled = admit(case), admit(case, **tables)
    pd.testing.assert_frame_equal(admission.results, shuffled.results)
    pd.testing.assert_frame_equal(admission.cuts, shuffled.cuts)
    assert (admission.walk_m, admission.least_m) == (shuffled.walk_m, shuffled.least_m)


@FEW
@given(cases, st.data())
def test_one_seat_more_never_unseats_a_child_of_the_school(case: Case, data: st.DataObject) -> None:
    assume(read_seats(case))
    school = data.draw(st.sampled_from(sorted(read_seats(case))))
    before = admit(case).results.set_index("child_id")
    after = admit(case, schools=add_seat(case, school)).results.set_index("child_id")
    seated = before.index[(before["outcome"] == "seated") & (before["school_id"] == school)]
    assert (after.loc[seated, "outcome"] == "seated").all()
    assert (after.loc[seated, "school_id"] == school).all()
    # Everybody else keeps batch, score and place in the order.
    for name in ("batch", "score", "position", "lot"):
        pd.testing.assert_series_equal(before[name], after[name])


@FEW
@given(cases, st.data())
def test_what_one_seat_more_would_change_is_what_it_changes(
    case: Case, data: st.DataObject
) -> None:
    rules = case.rules.stages["primary"]
    case = replace(
        case,
        rules=replace(case.rules, stages={"primary": replace(rules, twins="apart")}),
    )
    assume(read_seats(case))
    school = data.draw(st.sampled_from(sorted(read_seats(case))))
    before = admit(case).results
    seats = before["zone_school_id"].map(case.registers.schools["seats"].to_dict())
    told = count_with_more_seats(before.assign(seats=seats.astype("Int64")), 1)
    told = told[told["zone_school_id"] == school]
    after = admit(case, schools=add_seat(case, school)).results
    gained = after[(after["outcome"] == "seated") & (before["outcome"] != "seated")]
    assert gained["batch"].tolist() == told["batch"].tolist()
    assert told["children"].tolist() == [1] * len(gained)


@FEW
@given(cases)
def test_the_next_batch_opens_only_while_seats_remain(case: Case) -> None:
    rules = case.rules.stages["primary"]
    place = {batch.code: number for number, batch in enumerate(rules.batches)}
    ranked = [row for row in list_rows(admit(case).results) if row["position"] is not None]
    seats = read_seats(case)
    for school in seats:
        queue = sorted(
            (row for row in ranked if row["zone_school_id"] == school),
            key=lambda row: row["position"],
        )
        assert [row["position"] for row in queue] == list(range(1, len(queue) + 1))
        ranks = [(place[row["batch"]], -(row["score"] or 0)) for row in queue]
        assert ranks == sorted(ranks)
        for row in queue:
            is_reached = row["position"] <= seats[school]
            assert (row["outcome"] == "seated") == (is_reached and row["reason"] is None)


@FEW
@given(cases)
def test_cut_lines_are_the_sums_and_ends_of_the_results(case: Case) -> None:
    admission, rules = admit(case), case.rules.stages["primary"]
    cuts = list_rows(admission.cuts)
    wanted = [
        cut_school(list_rows(admission.results), school, seats, batch.code, rules)
        for school, seats in sorted(read_seats(case).items())
        for batch in rules.batches
    ]
    assert cuts == wanted


def cut_school(results: list[Row], school: int, seats: int, batch: str, rules: StageRules) -> Row:
    """Return the cut line of a school and batch, counted one by one."""
    codes = [one.code for one in rules.batches]
    mine = [row for row in results if (row["zone_school_id"], row["batch"]) == (school, batch)]
    count = {
        outcome: sum(row["outcome"] == outcome for row in mine)
        for outcome in ("seated", "placed", "exception")
    }
    queue = sorted(
        (row for row in mine if row["position"] is not None), key=lambda row: row["position"]
    )
    seated = [row["score"] for row in queue if row["outcome"] == "seated"]
    others = [row["score"] for row in queue if row["outcome"] != "seated"]
    return {
        "school_id": school,
        "batch": batch,
        "place": codes.index(batch) + 1,
        "seats": seats,
        "children": count["seated"] + count["placed"],
        "seated": count["seated"],
        "placed_elsewhere": count["placed"],
        "exceptions": count["exception"],
        "placed_here": sum(
            (row["outcome"], row["school_id"], row["batch"]) == ("placed", school, batch)
            for row in results
        ),
        "last_score": seated[-1] if seated else None,
        "first_unseated_score": others[0] if others else None,
    }


@FEW
@given(cases)
def test_ways_are_never_less_than_the_bound_and_equal_to_it_when_proven(case: Case) -> None:
    admission = admit(case)
    assert admission.least_m <= admission.walk_m + 1e-9
    assert admission.least_m == pytest.approx(admission.walk_m)  # ways are whole centimetres
    ways = admission.results["walk_distance_m"]
    assert ways[admission.results["outcome"] != "placed"].isna().all()
    assert all(way_m >= 0 and math.isfinite(way_m) for way_m in ways.dropna())


@FEW
@given(cases, st.integers(0, 5))
def test_another_seed_parts_only_those_whom_nothing_else_parts(case: Case, seed: int) -> None:
    once, again = admit(case).results, admit(case).results
    pd.testing.assert_frame_equal(once, again)
    other = admit(case, seed=seed).results
    rested = ["outcome", "school_id", "reason", "detail", "walk_distance_m", "position", "lot"]
    pd.testing.assert_frame_equal(once.drop(columns=rested), other.drop(columns=rested))
    by_lot = once["tie_broken_by"] == "lot"
    moved = once["position"].fillna(0) != other["position"].fillna(0)
    assert not (moved & ~by_lot).any()
    # Those who change places hold the same places together.
    keys = ["zone_school_id", "batch", "score"]
    for table in (once, other):
        table["places"] = table["position"]
    places = [
        table[moved].groupby(keys, dropna=False)["places"].apply(sorted) for table in (once, other)
    ]
    assert places[0].tolist() == places[1].tolist()
