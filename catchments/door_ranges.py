"""Ranges of door numbers along streets: 锦江路1—99号（单号）."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

ODD, EVEN, ALL = "odd", "even", "all"
_PARITY = {EVEN: 0, ODD: 1}


def match_doors(
    doors: pd.DataFrame, ranges: pd.DataFrame, *, by: Sequence[str] = ("street",)
) -> pd.DataFrame:
    """Match doors with the ranges they lie in.

    Parameters
    ----------
    doors
        Columns of `by` and door (number, NaN lies in no range); the position counts as row.
    ranges
        Columns of `by`, first_number and last_number (both inside), side (odd, even, all).
    by
        Columns that must agree: the street, and for ranges of a community the community.

    Returns
    -------
    DataFrame
        row, range: positions, one row for each door and range that holds it.

    Examples
    --------
    >>> doors = pd.DataFrame({"street": ["学院路", "学院路", "人民路"], "door": [3.0, 4.0, 3.0]})
    >>> odd = pd.DataFrame({"street": ["学院路"], "first_number": 1.0, "last_number": 9.0,
    ...                     "side": "odd"})
    >>> match_doors(doors, odd).values.tolist()
    [[0, 0]]
    """
    names = list(by)
    pairs = (
        doors[[*names, "door"]]
        .assign(row=np.arange(len(doors)))
        .merge(
            ranges[[*names, "first_number", "last_number", "side"]].assign(
                range=np.arange(len(ranges))
            ),
            on=names,
        )
    )
    is_in = pairs["door"].between(pairs["first_number"], pairs["last_number"])
    parity = pairs["side"].map(_PARITY)
    is_in &= parity.isna() | (pairs["door"] % 2 == parity)
    return pairs.loc[is_in, ["row", "range"]].reset_index(drop=True)


def build_ranges(numbers: np.ndarray, is_in: np.ndarray) -> list[tuple[float, float, str]]:
    """Build the fewest ranges that hold the doors that are in, and no other door of the street.

    When all doors of the street are in it is one open range; when all of one side are, an open
    range of that side; else each side is cut wherever a door lies that is not in.

    Parameters
    ----------
    numbers
        Door numbers of one street, each once.
    is_in
        Whether the door is in.

    Returns
    -------
    list of (first_number, last_number, side)
        Odd before even; open ends are 0 and infinite.

    Examples
    --------
    Door 5 is not in, so the odd side falls in two; of the even side all are in:

    >>> build_ranges(np.array([1, 2, 3, 4, 5, 7]), np.array([1, 1, 1, 1, 0, 1], dtype=bool))
    [(1.0, 3.0, 'odd'), (7.0, 7.0, 'odd'), (0.0, inf, 'even')]
    """
    if is_in.all():
        return [(0.0, np.inf, ALL)]
    found = []
    for side, parity in ((ODD, 1), (EVEN, 0)):
        here = numbers % 2 == parity
        order = np.argsort(numbers[here], kind="stable")
        ordered, inside = numbers[here][order], is_in[here][order]
        if inside.size and inside.all():
            found.append((0.0, np.inf, side))
            continue
        steps = np.diff(np.r_[0, inside.astype(np.int8), 0])
        firsts, lasts = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1) - 1
        found += [
            (float(ordered[first]), float(ordered[last]), side)
            for first, last in zip(firsts, lasts, strict=True)
        ]
    return found
