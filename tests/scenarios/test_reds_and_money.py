"""Which warnings a slip turns red, and money beside the work done."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.project_monitoring.money import measure_money, sum_months
from scenarios.project_monitoring.reds import list_turned_red

COUNTS = pd.DataFrame(
    {
        "school_id": [7] * 4 + [8] * 4,
        "stage": "primary",
        "year": [2026, 2027, 2028, 2029] * 2,
        "counted_children": [95, 130, 95, 80, 95, 95, 95, 95],
        "seats": [90] * 8,
    }
)


def serve(**changes: object) -> pd.DataFrame:
    """Return one project that opens 45 seats in the catchment of school 7, a year late."""
    row = {
        "project_id": 1,
        "stage": "primary",
        "school_id": 7,
        "opened_seats": 45,
        "planned_year": 2026,
        "opens_year": 2028,
        "late_year": 2029,
    }
    return pd.DataFrame([row | changes])


def read_years(serving: pd.DataFrame, counts: pd.DataFrame = COUNTS) -> list[tuple[int, str]]:
    """Return the years that project 1 turns red."""
    red = list_turned_red(serving, counts, red_from_pct=100)
    red = red[red["project_id"] == 1]
    return list(zip(red["year"], red["certainty"], strict=True))


def test_years_between_planned_and_expected_opening_turn_red_and_those_to_the_late_end_may():
    # 95 of 90 seats is red, of 135 it is not; 80 of 90 is not red at all
    assert read_years(serve()) == [(2026, "expected"), (2027, "expected"), (2028, "possible")]


def test_year_that_is_red_with_the_project_too_is_not_its_fault():
    crowded = COUNTS.assign(counted_children=COUNTS["counted_children"] + 60)
    assert (2027, "expected") not in read_years(serve(), crowded)  # 190 of 135


def test_exactly_full_is_red_as_on_the_map():
    full = COUNTS.assign(counted_children=90)
    assert [year for year, _ in read_years(serve(late_year=2028), full)] == [2026, 2027]


def test_project_that_opens_as_planned_turns_nothing_red():
    assert read_years(serve(opens_year=2026, late_year=2026)) == []


def test_seats_of_another_project_that_opens_in_time_help():
    other = serve(project_id=2, opens_year=2027, planned_year=2027, late_year=2027)
    both = pd.concat([serve(), other])
    # from 2027 on the other gives 45: 130 of 135 is not red any more
    assert read_years(both) == [(2026, "expected")]


def test_catchments_without_stated_seats_are_passed_over():
    unknown = COUNTS.assign(seats=pd.array([None] * 8, dtype="Int64"))
    assert read_years(serve(), unknown) == []


@settings(deadline=None, max_examples=60)
@given(
    opens=st.integers(2026, 2031),
    earlier=st.integers(0, 5),
    children=st.lists(st.integers(0, 200), min_size=8, max_size=8),
)
def test_finishing_earlier_never_turns_more_red(opens, earlier, children):
    counts = COUNTS.assign(counted_children=children)
    late = set(read_years(serve(opens_year=opens, late_year=2031), counts))
    soon = set(read_years(serve(opens_year=max(2026, opens - earlier), late_year=2031), counts))
    years = {year for year, certainty in late if certainty == "expected"}
    assert {year for year, certainty in soon if certainty == "expected"} <= years
    assert {year for year, _ in soon} <= {year for year, _ in late}


PAYMENTS = pd.DataFrame(
    {
        "project_id": [1, 1, 1, 1],
        "kind": ["planned", "planned", "paid", "paid"],
        "paid_on": pd.to_datetime(["2026-01-10", "2026-03-10", "2026-01-20", "2026-04-02"]),
        "amount_yuan": [400.0, 600.0, 300.0, 200.0],
    }
)


def test_months_without_money_are_listed_and_sums_run_on():
    months = sum_months(PAYMENTS)
    assert [f"{day:%Y-%m-%d}" for day in months.index] == [
        "2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30",
    ]  # fmt: skip
    assert months["planned_yuan"].tolist() == [400, 0, 600, 0]
    assert months["paid_sum_yuan"].tolist() == [300, 300, 300, 500]
    assert sum_months(PAYMENTS[:0]).empty


@pytest.mark.parametrize(("progress_pct", "is_ahead"), [(5.0, True), (10.0, False), (30.0, False)])
def test_money_is_ahead_beyond_the_threshold_alone(progress_pct, is_ahead):
    # paid until March: 300 of 1000 = 30 %; 25 points above 5 %, 20 above 10 %
    projects = pd.DataFrame(
        {"project_id": [1], "investment_yuan": [float("nan")], "progress_pct": [progress_pct]}
    )
    told = measure_money(PAYMENTS, projects, day=dt.date(2026, 3, 31), paid_ahead_pct=20).iloc[0]
    assert told["whole_yuan"] == 1000 and told["due_yuan"] == 1000 and told["paid_yuan"] == 300
    assert told["ahead_pct"] == pytest.approx(30 - progress_pct)
    assert told["is_ahead"] == is_ahead


def test_project_without_money_or_progress_is_never_ahead():
    projects = pd.DataFrame(
        {"project_id": [2, 3], "investment_yuan": [None, 1000.0], "progress_pct": [50.0, None]}
    )
    told = measure_money(PAYMENTS, projects, day=dt.date(2026, 3, 31), paid_ahead_pct=20)
    assert told["is_ahead"].tolist() == [False, False]
    assert told["paid_pct"].isna().tolist() == [True, False]
