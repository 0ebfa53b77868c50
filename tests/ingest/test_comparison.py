"""Rows of files beside stored ones: paired by key, values settled by authority, then by day."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.ingest.comparison import Held, Origin, find_difference, pair_rows, settle_values

MAY, JUNE = dt.date(2026, 5, 1), dt.date(2026, 6, 1)
NOTHING = pd.DataFrame(columns=["row_key", "column_name", "office", "as_of"])


def settle(offered, held, *, office="A", day=JUNE, main=("B", MAY), chief=None, listed=NOTHING):
    """Settle one column of one row; return whether the file's value is taken, and the conflicts."""
    settled = settle_values(
        pd.DataFrame({"seats": [offered]}),
        pd.DataFrame({"seats": [held]}),
        ["seats"],
        origin=Origin(office, day),
        sources=Held(Origin(*main), listed),
        keys=pd.Series(["s1"]),
        find_authority=lambda _column: chief,
    )
    rules = settled.conflicts[["kept_office", "left_office", "rule"]]
    return bool(settled.applied["seats"][0]), [tuple(row) for row in rules.itertuples(index=False)]


@pytest.mark.parametrize(
    ("case", "taken", "conflict"),
    [
        # another office: the authority tells, whatever the day
        ({"chief": "A", "day": MAY, "main": ("B", JUNE)}, True, ("A", "B", "authority")),
        ({"chief": "B", "day": JUNE}, False, ("B", "A", "authority")),
        # neither is the authority: the newer file tells, on one day who was there
        ({"day": JUNE}, True, ("A", "B", "newest")),
        ({"day": MAY, "main": ("B", JUNE)}, False, ("B", "A", "newest")),
        ({"day": MAY}, False, ("B", "A", "first")),
        # the same office: its newer file, and one of the same day as a correction; no conflict
        ({"main": ("A", MAY)}, True, None),
        ({"main": ("A", JUNE)}, True, None),
        ({"main": ("A", JUNE), "day": MAY}, False, None),
    ],
)
def test_whose_value_is_kept(case, taken, conflict):
    assert settle(90.0, 45.0, **case) == (taken, [conflict] if conflict else [])


def test_a_file_that_tells_nothing_leaves_the_value_of_another_office():
    assert settle(None, 45.0) == (False, [])
    assert settle(None, 45.0, main=("A", MAY)) == (True, [])  # its own value it may take back


def test_a_value_where_there_was_none_is_taken_from_anybody():
    assert settle(45.0, None, chief="B") == (True, [])


def test_a_value_that_came_from_elsewhere_is_settled_with_where_it_came_from():
    listed = pd.DataFrame([("s1", "seats", "C", JUNE)], columns=NOTHING.columns)
    assert settle(90.0, 45.0, listed=listed, chief="C") == (False, [("C", "A", "authority")])
    whole = listed.assign(column_name="*")
    assert settle(90.0, 45.0, listed=whole, chief="C")[0] is False
    column = listed.assign(row_key="*")
    assert settle(90.0, 45.0, listed=column, chief="C")[0] is False


KEYS = st.lists(
    st.tuples(st.sampled_from("abc"), st.one_of(st.none(), st.integers(0, 3))), max_size=9
)


@settings(max_examples=30)
@given(KEYS, KEYS)
def test_rows_are_paired_with_the_first_stored_row_of_their_key(ours, theirs):
    columns = ["school", "year"]
    given_rows = pd.DataFrame(ours, columns=columns).astype({"year": "Int64"})
    stored = pd.DataFrame(theirs, columns=columns).astype({"year": "float64"})
    expected = [theirs.index(key) if key in theirs else -1 for key in ours]
    assert pair_rows(given_rows, stored, columns).tolist() == expected


def test_types_of_file_and_database_do_not_count_as_differences():
    assert not find_difference(
        pd.Series([1.0, np.nan], name="a"), pd.Series([1, pd.NA], dtype="Int64", name="a")
    ).any()
    assert not find_difference(
        pd.Series(pd.to_datetime(["2026-01-01", None]), name="d"),
        pd.Series(pd.to_datetime(["2026-01-01", None]), name="d").astype("datetime64[s]"),
    ).any()
    assert not find_difference(
        pd.Series([None, None], dtype=object, name="t"),
        pd.Series([None, None], dtype="float64", name="t"),
    ).any()
