"""Which rows of a table of flags lie within others: what covering problems can leave out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from catchments.sites.request import Flags, Places
from gis.compiled import compiled


def mark_contained(table: Flags) -> Flags:
    """Mark the rows that another row contains; of equal rows all but the first.

    Each row needs a flag.

    Examples
    --------
    >>> rows = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 1], [0, 0, 1]], dtype=bool)
    >>> mark_contained(rows).tolist()
    [True, False, False, True]
    """
    return _mark(*_index_rows(table), True)


def mark_containing(table: Flags) -> Flags:
    """Mark the rows that contain another row; of equal rows all but the first.

    Each row needs a flag.

    Examples
    --------
    >>> rows = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 1], [0, 0, 1]], dtype=bool)
    >>> mark_containing(rows).tolist()
    [False, True, False, True]
    """
    return _mark(*_index_rows(table), False)


def _index_rows(table: Flags) -> tuple[NDArray[np.uint8], Places, Places, Places, Places]:
    """Return packed rows, their sizes and rarest columns, and the rows of each column."""
    holders, size = table.sum(axis=0), table.sum(axis=1)
    rarest = np.zeros(len(table), dtype=np.intp)
    if table.size:
        rarest = np.argmin(np.where(table, holders, len(table) + 1), axis=1)
    _, members = np.nonzero(table.T)
    starts = np.r_[0, np.cumsum(holders)]
    return np.packbits(table, axis=1), size, rarest, starts, members


@compiled
def _mark(
    packed: NDArray[np.uint8],
    size: Places,
    rarest: Places,
    starts: Places,
    members: Places,
    inner_ones: bool,
) -> Flags:
    marked = np.zeros(len(packed), np.bool_)
    for row in range(len(packed)):
        # Whatever contains the row holds its rarest column as well: few rows are compared.
        for at in range(starts[rarest[row]], starts[rarest[row] + 1]):
            other = members[at]
            if other == row or size[other] < size[row]:
                continue
            # The later of two equal rows is marked, whether as inner or as outer.
            if size[other] == size[row] and (other < row) != inner_ones:
                continue
            within = True
            for word in range(packed.shape[1]):
                if packed[row, word] & ~packed[other, word]:
                    within = False
                    break
            if within:
                marked[row if inner_ones else other] = True
                if inner_ones:
                    break
    return marked
