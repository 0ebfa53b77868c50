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
    key = groups.astype(object).where(groups.notna(), "")
    hidden_sum = values.where(hidden, 0).groupby(key).transform("sum")
    exposed = (hidden_sum > 0) & (hidden_sum < minimum)
    candidates = values[exposed & ~hidden].astype(float).replace(0, np.inf)
    order = candidates.sort_values(kind="stable").index
    partner = pd.Series(order, index=order).groupby(key.loc[order], sort=False).first()
    hidden.loc[partner.to_numpy()] = True
    return values.astype("Int64").mask(np.asarray(hidden))
