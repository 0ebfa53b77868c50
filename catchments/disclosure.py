"""Disclosure control: small cells are not shown. SOURCE: standards, cells under 5 children."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def suppress_cells(values: pd.Series, groups: pd.Series, *, minimum: int) -> pd.Series:
    """Hide counts from 1 to `minimum` − 1, and one more where a sum would give them away.

    Sums by group are published elsewhere. Where the hidden cells of a group sum to less than
    `minimum`, that sum is a small cell itself, and a single one is revealed outright: there the
    next smallest cell is hidden too (complementary suppression), a zero only for want of others.

    Parameters
    ----------
    values
        Counts of children, shape (n,).
    groups
        Group whose sum is public, same index; a missing group counts as one group.

    Returns
    -------
    Series
        Int64 with missing values for hidden cells.

    Examples
    --------
    >>> counts = pd.Series([3, 9, 20, 0, 7])
    >>> suppress_cells(counts, pd.Series(["a", "a", "a", "a", "b"]), minimum=5).tolist()
    [<NA>, <NA>, 20, 0, 7]
    """
    hidden = (values > 0) & (values < minimum)
    if not hidden.any():
        return values.astype("Int64")
    key = groups.astype(object).where(groups.notna(), "")
    hidden_sum = values.where(hidden, 0).groupby(key).transform("sum")
    exposed = (hidden_sum > 0) & (hidden_sum < minimum)
    candidates = values[exposed & ~hidden].astype(float).replace(0, np.inf)
    order = candidates.sort_values(kind="stable").index
    partner = pd.Series(order, index=order).groupby(key.loc[order], sort=False).first()
    hidden.loc[partner.to_numpy()] = True
    return values.astype("Int64").mask(np.asarray(hidden))


def pool_cells(
    values: pd.Series, groups: pd.Series, weights: pd.Series, *, minimum: int
) -> pd.Series:
    """Share small counts out again within pools of at least `minimum`, for surfaces.

    What `suppress_cells` hides of a group is summed up, which anybody could do from the sum of
    the group, and shared out by weight among the cells that are hidden. A group whose hidden
    cells still sum to less than `minimum` is pooled with the others that do, these with the
    smallest of what is left until they are enough. The total stays the same.

    Parameters
    ----------
    values
        Counts of children, shape (n,).
    groups
        Group whose sum is public, same index; a missing group counts as one group.
    weights
        Share of each cell in its pool, such as dwellings; same index, above 0.

    Returns
    -------
    Series
        Float; all missing where the total is above 0 and below `minimum`.

    Examples
    --------
    3 and 9 children of one group are pooled: 12, shared by 10 and 10 dwellings.

    >>> counts, groups = pd.Series([3, 9, 20, 0]), pd.Series(["a", "a", "a", "a"])
    >>> pool_cells(counts, groups, pd.Series([10, 10, 40, 5]), minimum=5).tolist()
    [6.0, 6.0, 20.0, 0.0]
    """
    told = values.astype(float)
    if 0 < told.sum() < minimum:
        return told * np.nan
    hidden = suppress_cells(values, groups, minimum=minimum).isna()
    key = groups.astype(object).where(groups.notna(), "")
    own = pd.Series(np.arange(len(values)), index=values.index)
    # A pool is a group's hidden cells, or one cell that may be shown.
    pool = key.where(hidden, own.map(lambda at: (at,)))
    pool = pd.Series(pd.factorize(pool)[0], index=values.index)
    sums = told.groupby(pool).sum().loc[lambda sum: sum > 0].sort_values(kind="stable")
    is_enough = sums.cumsum() >= minimum
    if len(sums) and sums.iloc[0] < minimum:
        few = int((sums < minimum).sum())
        joined = sums.index[: max(few, int((~is_enough).sum()) + 1)]
        pool = pool.where(~pool.isin(joined), -1)
    total = told.groupby(pool).transform("sum")
    share = weights / weights.groupby(pool).transform("sum")
    return total * share


def suppress_table(
    counts: NDArray[np.int64],
    *,
    minimum: int,
    parts_of_hidden: NDArray[np.bool_] | None = None,
) -> NDArray[np.bool_]:
    """Say which cells of a table are hidden whose rows and columns have public sums.

    Cells from 1 to `minimum` − 1 are hidden. In a row or column whose sum is public no cell may
    be hidden alone, and hidden cells must sum to `minimum`: else the next smallest cell of the
    line is hidden too, a zero only for want of others, until that holds for every line that can
    keep it. A row of fewer than `minimum` children is hidden whole. Each line is protected by
    itself; nobody proves that no combination of lines tells a cell.

    Parameters
    ----------
    counts
        Children by row (school, class) and column (level), shape (n, k).
    parts_of_hidden
        Columns whose sum is hidden itself, shape (k,): their cells above zero are hidden with it,
        and they have no public sum.

    Returns
    -------
    NDArray
        True where hidden, shape (n, k).

    Examples
    --------
    3 is hidden; 9 so that its row does not give it away, 8 and 6 so that the columns do not.

    >>> suppress_table(np.array([[3, 9, 20], [8, 6, 30], [40, 40, 40]]), minimum=5).tolist()
    [[True, True, False], [True, True, False], [False, False, False]]
    """
    counts = np.asarray(counts)
    hidden = (counts > 0) & (counts < minimum)
    has_sum = np.ones(counts.shape[1], dtype=bool)
    if parts_of_hidden is not None:
        hidden |= (counts > 0) & parts_of_hidden
        has_sum &= ~parts_of_hidden
    is_few = counts.sum(axis=1) < minimum
    hidden[is_few & (counts.sum(axis=1) > 0)] = True
    rows, columns = np.flatnonzero(~is_few), np.flatnonzero(has_sum)
    changed = True
    while changed:
        changed = False
        for row in rows[_find_exposed(counts[rows], hidden[rows], minimum)]:
            changed |= _hide_next(counts[row], hidden[row])
        told = hidden[:, columns].T
        for column in columns[_find_exposed(counts[:, columns].T, told, minimum)]:
            changed |= _hide_next(counts[:, column], hidden[:, column])
    return hidden


def _find_exposed(
    lines: NDArray[np.int64], hidden: NDArray[np.bool_], minimum: int
) -> NDArray[np.bool_]:
    """Say which lines give a hidden cell away: one alone, or several that sum to few."""
    number = hidden.sum(axis=1)
    few = (lines * hidden).sum(axis=1) < minimum
    exposed: NDArray[np.bool_] = (number > 0) & ((number == 1) | few) & ~hidden.all(axis=1)
    return exposed


def _hide_next(line: NDArray[np.int64], hidden: NDArray[np.bool_]) -> bool:
    """Hide the smallest cell of a line that is not hidden yet; say whether there was one."""
    if hidden.all():
        return False
    rank = np.where(hidden, np.inf, np.where(line > 0, line, np.inf))
    at = int(np.argmin(rank)) if np.isfinite(rank).any() else int(np.argmin(hidden))
    hidden[at] = True
    return True
