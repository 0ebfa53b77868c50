"""How likely it is that the seats of a project are open in a year."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from sqlalchemy import Connection


def read_opening_chances(
    _connection: Connection, openings: pd.DataFrame, years: Sequence[int]
) -> pd.DataFrame:
    """Return the chance that each project is open by each year.

    ASSUMPTION: while nothing stored says how sure a project is, it opens in the year expected of
    it: 0 before, 1 from then on.

    Parameters
    ----------
    openings
        project_id, opens_year.

    Returns
    -------
    DataFrame
        project_id, year, chance from 0 to 1.

    Examples
    --------
    >>> openings = pd.DataFrame({"project_id": [3], "opens_year": [2027]})
    >>> read_opening_chances(None, openings, [2026, 2027])["chance"].tolist()
    [0.0, 1.0]
    """
    pairs = openings[["project_id", "opens_year"]].merge(
        pd.DataFrame({"year": list(years)}, dtype="int64"), how="cross"
    )
    chance = (pairs["opens_year"] <= pairs["year"]).astype(float)
    return pairs[["project_id", "year"]].assign(chance=chance)
