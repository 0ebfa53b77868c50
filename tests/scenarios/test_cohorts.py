"""Small cells of children stay hidden, and no sum gives them away."""

from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.student_growth.analysis import COUNTS, count_migrants, hide_small_cells

ROW = st.tuples(st.integers(0, 40), st.integers(0, 40))


def build_children(rows: list[tuple[int, int]]) -> pd.DataFrame:
    """Return registered and migrant children of areas in one stage and year."""
    children = pd.DataFrame(rows, columns=["registered_children", "migrant"])
    total = children["registered_children"] + children["migrant"]
    return count_migrants(children.assign(stage="primary", year=2026, children=total))


@settings(deadline=None)
@given(st.lists(ROW, min_size=1, max_size=8))
def test_nothing_shown_is_small_and_nothing_hidden_follows_from_a_sum(
    rows: list[tuple[int, int]],
) -> None:
    children = build_children(rows)
    shown = hide_small_cells(children, minimum=5)
    for column in COUNTS:
        seen = shown[column].dropna()
        assert not ((seen > 0) & (seen < 5)).any()
        assert (seen == children.loc[seen.index, column]).all()
    parts = shown[["registered_children", "migrant_children"]].isna()
    # children = registered + migrant: with one of them, the other would be known
    assert (parts.iloc[:, 0] == parts.iloc[:, 1]).all()
    for column in COUNTS:
        hidden = shown[column].isna()
        # what the district's sum tells of the hidden ones is no small cell, if others could hide it
        if 0 < children.loc[hidden, column].sum() < 5:
            assert not (children.loc[~hidden, column] > 0).any()


def test_years_are_hidden_each_for_itself() -> None:
    many = build_children([(40, 30), (50, 20)])
    few = build_children([(40, 3), (50, 20)]).assign(year=2027)
    shown = hide_small_cells(pd.concat([many, few], ignore_index=True), minimum=5)
    assert shown["migrant_children"].isna().tolist() == [False, False, True, True]
