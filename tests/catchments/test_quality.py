"""Quality of data: shares worked by hand, and what holds for any counts."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catchments.quality import (
    check_enrolment,
    check_registers,
    check_seats,
    count_overdue_days,
    measure_share,
    sum_parts,
)


def test_parts_weigh_by_what_was_looked_at() -> None:
    # 90 of 100 addresses and 5 of 10 openings: 95 of 110 values, not the mean of 90 % and 50 %.
    parts = pd.DataFrame(
        {
            "dataset": "school",
            "measure": "completeness",
            "part": ["address", "opened_on"],
            "checked": [100, 10],
            "broken": [10, 5],
        }
    )
    [share_pct] = sum_parts(parts)["share_pct"]
    assert share_pct == pytest.approx(100 * 95 / 110)


@given(st.integers(1, 10**9).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))))
def test_a_share_lies_between_nothing_and_all(counts: tuple[int, int]) -> None:
    share_pct = measure_share(*counts)
    assert share_pct is not None and 0 <= share_pct <= 100


@pytest.mark.parametrize(
    ("age_days", "late_days"), [(0, 0), (100, 0), (101, 1), (150, 50), (200, 100), (900, 100)]
)
def test_a_source_loses_by_the_day_after_it_is_due(age_days: int, late_days: int) -> None:
    drawn = dt.date(2026, 1, 1)
    found = count_overdue_days(drawn, 100, drawn + dt.timedelta(days=age_days))
    assert found == (100, late_days)


def test_pupils_fit_into_their_classes() -> None:
    # 2 × 65 = 130: 130 fit, 131 do not; pupils without any class do not fit either.
    grades = pd.DataFrame({"pupils": [130, 131, 1, 50], "classes": [2, 2, 0, None]})
    [part] = check_enrolment(grades, class_most_pupils=65).to_dict("records")
    assert (part["checked"], part["broken"]) == (3, 2)


def test_the_entry_is_no_larger_than_the_whole() -> None:
    seats = pd.DataFrame(
        {
            "entry_classes": [2, 7, None],
            "entry_seats": [90, 90, 600],
            "classes": [12, 6, None],
            "seats": [540, 270, 540],
        }
    )
    parts = check_seats(seats, class_most_pupils=65).set_index("part")
    assert parts.loc["seats_in_classes", ["checked", "broken"]].tolist() == [2, 0]
    assert parts.loc["entry_in_seats", ["checked", "broken"]].tolist() == [3, 2]


def test_registers_agree_within_the_gap_and_unknown_stages_are_not_judged() -> None:
    both = pd.DataFrame(
        {"stage": ["a", "b", "c"], "pupils": [75, 74, 9], "children": [100, 100, 0]}
    )
    [part] = check_registers(both, gap_pct=25).to_dict("records")
    assert (part["checked"], part["broken"]) == (2, 1)
