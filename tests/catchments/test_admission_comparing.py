"""Two assignments side by side: nobody is lost, and the order of rows says nothing."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catchments.admission.comparing import compare_admissions
from gis.errors import RejectedDataError


def make_rows(fates):
    """Return results of children 0, 1, …: a school and a batch each; no school: an exception."""
    return pd.DataFrame(
        {
            "child_id": range(len(fates)),
            "child_code": [f"c{number}" for number in range(len(fates))],
            "outcome": ["exception" if school is None else "seated" for school, _ in fates],
            "school_id": pd.array([school for school, _ in fates], dtype="Int64"),
            "batch": [batch for _, batch in fates],
            "score": 1.0,
            "reason": ["no_seat" if school is None else None for school, _ in fates],
        }
    )


FATES = st.tuples(st.sampled_from([1, 2, 3, None]), st.sampled_from(["first", "second", None]))


@settings(deadline=None, max_examples=12)
@given(st.lists(st.tuples(FATES, FATES), min_size=1, max_size=12), st.randoms())
def test_every_child_is_counted_once_in_every_table(pairs, chance):
    before, after = (make_rows([pair[side] for pair in pairs]) for side in (0, 1))
    found = compare_admissions(before, after)
    changed = sum(first[0] != second[0] for first, second in pairs)
    assert len(found.changed) == changed == found.flows["children"].sum()
    for table in (found.by_outcome, found.by_batch):
        assert table["children"].sum() == len(pairs) == found.children
        assert table["changed"].sum() == changed
    schools = found.by_school
    assert (schools["before"] - schools["left"] + schools["came"] == schools["after"]).all()
    places = list(range(len(pairs)))
    chance.shuffle(places)
    again = compare_admissions(before.iloc[places], after)
    for name in ("changed", "by_outcome", "by_batch", "by_school", "flows"):
        pd.testing.assert_frame_equal(getattr(found, name), getattr(again, name))


def test_assignments_of_different_children_are_not_compared():
    with pytest.raises(RejectedDataError, match="1 children are in one assignment alone"):
        compare_admissions(make_rows([(1, "first")]), make_rows([(1, "first"), (2, "first")]))


def test_a_child_that_stays_out_of_every_school_has_not_changed():
    rows = make_rows([(None, "first")])
    assert compare_admissions(rows, rows).changed.empty
