"""Disclosure control: small cells are not shown. SOURCE: standards, cells under 5 children."""

from __future__ import annotations

import numpy as np
import pandas as pd


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
    values: pd.Series, rows: pd.Series, columns: pd.Series, *, minimum: int
) -> pd.Series:
    """Hide small counts of a table whose sums by row and by column are both public.

    As :func:`suppress_cells`, and in both directions at once: as long as a line has one hidden
    cell, or several that sum to less than `minimum`, its smallest other cell is hidden, too.

    Parameters
    ----------
    values
        Counts, shape (n,), one a cell.
    rows, columns
        Which line each cell stands in, same index.

    Returns
    -------
    Series
        Int64 with missing values for hidden cells.

    Examples
    --------
    The 3 alone would follow from the sums of its row and of its column.

    >>> table = suppress_table(pd.Series([3, 20, 30, 9, 40, 50]), pd.Series(list("aaabbb")),
    ...     pd.Series([1, 2, 3, 1, 2, 3]), minimum=5)
    >>> table.tolist()
    [<NA>, <NA>, 30, <NA>, <NA>, 50]
    """
    counts = values.to_numpy(dtype=float)
    hidden = (counts > 0) & (counts < minimum)
    lines = [pd.factorize(key.astype(object).where(key.notna(), ""))[0] for key in (rows, columns)]
    changed = bool(hidden.any())
    while changed:
        changed = False
        for line in lines:
            held = np.bincount(line, np.where(hidden, counts, 0.0))
            number = np.bincount(line, hidden)
            exposed = (number == 1) | ((number > 0) & (held < minimum))
            for at in np.flatnonzero(exposed):
                others = np.flatnonzero((line == at) & ~hidden)
                if others.size:
                    # A zero only for want of others: it hides little.
                    size = np.where(counts[others] > 0, counts[others], np.inf)
                    hidden[others[np.argmin(size)]] = True
                    changed = True
    return values.astype("Int64").mask(hidden)
