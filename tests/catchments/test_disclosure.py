"""Small cells are hidden, and nobody can work a hidden one out from a public sum."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from catchments.disclosure import suppress_cells, suppress_table


def hide(counts: list[int], groups: list[str | None] | None = None) -> list[int | None]:
    """Hide cells under five; None where hidden."""
    marks = pd.Series(groups or ["A"] * len(counts), dtype=object)
    shown = suppress_cells(pd.Series(counts), marks, minimum=5)
    return [None if pd.isna(count) else int(count) for count in shown]


def test_one_to_four_children_are_hidden_and_five_are_shown():
    assert hide([1, 4, 5, 6]) == [None, None, 5, 6]


def test_zero_is_shown():
    assert hide([0, 3, 4, 20]) == [0, None, None, 20]


def test_single_hidden_cell_takes_the_next_smallest_with_it():
    # 3 = 62 − 9 − 20 − 30 otherwise
    assert hide([3, 20, 9, 30]) == [None, 20, None, 30]


def test_two_hidden_cells_whose_sum_gives_them_away_take_one_more():
    # the sum leaves 2 for two cells above zero: each must be 1
    assert hide([1, 1, 9, 30]) == [None, None, None, 30]


def test_groups_are_protected_each_for_itself():
    assert hide([3, 9, 3, 8], ["A", "A", "B", "B"]) == [None] * 4
    assert hide([3, 9, 20, 8], ["A", "A", "B", "B"]) == [None, None, 20, 8]


def test_cells_outside_every_group_protect_each_other():
    assert hide([3, 9, 20], [None, None, None]) == [None, None, 20]


def test_lonely_cell_hides_behind_an_empty_one():
    assert hide([3, 0, 0]) == [None, None, 0]
    assert hide([3, 0, 7]) == [None, 0, None]


def test_cell_that_is_its_own_public_sum_stays_hidden():
    assert hide([3]) == [None]


@settings(deadline=None, max_examples=100)
@given(counts=st.lists(st.integers(0, 30), min_size=1, max_size=8), data=st.data())
def test_no_small_cell_shows_and_hidden_ones_cannot_be_told_apart(counts, data):
    groups = [data.draw(st.sampled_from("AB")) for _ in counts]
    shown = hide(counts, groups)
    for group in set(groups):
        cells = [(n, s) for n, s, g in zip(counts, shown, groups, strict=True) if g == group]
        assert all(s is None or s == n for n, s in cells)
        assert not any(0 < n < 5 and s is not None for n, s in cells)
        hidden = [n for n, s in cells if s is None]
        if hidden and len(cells) > 1:  # a single cell is the public sum itself
            assert len(hidden) >= 2
        if hidden and any(n > 0 for n, s in cells if s is not None):
            assert sum(hidden) >= 5


TABLE = st.integers(1, 6).flatmap(
    lambda n: st.lists(st.lists(st.integers(0, 30), min_size=4, max_size=4), min_size=n, max_size=n)
)


@settings(max_examples=60, deadline=None)
@given(TABLE)
def test_no_row_and_no_column_gives_a_hidden_cell_of_a_table_away(rows: list[list[int]]):
    counts = np.array(rows)
    hidden = suppress_table(counts, minimum=5)
    assert hidden[(counts > 0) & (counts < 5)].all()
    few = counts.sum(axis=1) < 5
    lines = [*zip(counts[~few], hidden[~few], strict=True), *zip(counts.T, hidden.T, strict=True)]
    for line, is_hidden in lines:
        if is_hidden.any() and not is_hidden.all():
            # neither alone nor so few together that their sum is a small cell
            assert is_hidden.sum() > 1
            assert line[is_hidden].sum() >= 5


def test_a_part_of_a_hidden_cell_is_hidden_with_it():
    # the school hides its 9 for the sake of another cell: the class that holds them all does, too
    counts = np.array([[9, 20, 30], [0, 25, 25]])
    hidden = suppress_table(counts, minimum=5, parts_of_hidden=np.array([True, False, False]))
    assert hidden[0, 0]
    assert hidden[0].sum() > 1


def test_a_table_of_large_counts_hides_nothing():
    assert not suppress_table(np.full((3, 4), 7), minimum=5).any()
    assert not suppress_table(np.zeros((3, 4), dtype=int), minimum=5).any()
