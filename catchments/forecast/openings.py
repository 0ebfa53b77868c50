"""From when the seats of projects can be counted on, and how surely."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd


def spread_chances(
    projects: pd.DataFrame, chances: pd.DataFrame, years: Sequence[int]
) -> pd.DataFrame:
    """Return whether each project is expected to be open in each year, and the chance of it.

    Years after the last that `chances` tells have the chance of that year. A project without any
    is open for sure from the year expected of it, and surely not before.

    Parameters
    ----------
    projects
        project_id, opens_year (missing: never), and any further columns; a row a project, or
        several of different seats.
    chances
        project_id, year, chance of being open by then, from 0 to 1.

    Returns
    -------
    DataFrame
        The columns of `projects` with year, is_open and chance; a row of `projects` and year.

    Examples
    --------
    >>> projects = pd.DataFrame({"project_id": [1, 2], "opens_year": [2027, 2026]})
    >>> chances = pd.DataFrame({"project_id": [1], "year": [2026], "chance": [0.4]})
    >>> found = spread_chances(projects, chances, [2026, 2027])
    >>> found["is_open"].tolist(), found["chance"].tolist()
    ([False, True, True, True], [0.4, 0.4, 1.0, 1.0])
    """
    listed = projects.reset_index(drop=True).rename_axis("row").reset_index()
    spread = listed.merge(pd.DataFrame({"year": list(years)}, dtype="int64"), how="cross")
    told = spread.merge(chances, on=["project_id", "year"], how="left")
    is_open = (told["opens_year"].fillna(9999).astype(int) <= told["year"]).to_numpy()
    chance = told["chance"].astype(float).groupby(told["row"]).ffill()
    chance = chance.where(chance.notna(), pd.Series(is_open.astype(float), told.index))
    return told.drop(columns="row").assign(is_open=is_open, chance=chance)
