"""Sums over the school network. Pure: tables in, tables out."""

from __future__ import annotations

import pandas as pd


def sum_groups(groups: pd.DataFrame, *, by: list[str]) -> pd.DataFrame:
    """Sum schools, seats and pupils by the columns `by`, groups without a value included.

    Parameters
    ----------
    groups
        As ``queries/school_groups.sql`` returns it: the columns `by`, public (bool), schools,
        seats, pupils.

    Returns
    -------
    DataFrame
        `by`, schools, public_schools, private_schools, seats, pupils; the schools of all rows
        are those of `groups`.

    Examples
    --------
    >>> groups = pd.DataFrame({"kind": ["primary", "primary"], "public": [True, False],
    ...     "schools": [3, 1], "seats": [900, 200], "pupils": [850, 190]})
    >>> sum_groups(groups, by=["kind"]).values.tolist()
    [['primary', 4, 3, 1, 1100, 1040]]
    """
    public = groups["public"].astype(bool)
    counted = groups.assign(
        public_schools=groups["schools"].where(public, 0),
        private_schools=groups["schools"].where(~public, 0),
    )
    columns = ["schools", "public_schools", "private_schools", "seats", "pupils"]
    return counted.groupby(by, dropna=False, as_index=False, sort=False)[columns].sum()
