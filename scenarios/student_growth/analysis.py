"""Cohorts of children by area, with small cells hidden. Pure."""

from __future__ import annotations

import pandas as pd

from catchments.disclosure import suppress_cells

COUNTS = ["children", "registered_children", "migrant_children"]


def count_migrants(children: pd.DataFrame) -> pd.DataFrame:
    """Add migrant_children: the children without a local registration."""
    return children.assign(migrant_children=children["children"] - children["registered_children"])


def hide_small_cells(cohorts: pd.DataFrame, *, minimum: int) -> pd.DataFrame:
    """Hide the cells with fewer than `minimum` children, so that none can be worked out again.

    The sums of the district are known; :func:`catchments.disclosure.suppress_cells` hides what
    they would give away. As registered and migrant children add up to all children of the row,
    both are hidden when one is.

    Parameters
    ----------
    cohorts
        stage, year, children, registered_children, migrant_children; one row an area, stage and
        year.

    Returns
    -------
    DataFrame
        The same with hidden cells missing (Int64).

    Examples
    --------
    >>> cohorts = pd.DataFrame({"stage": "primary", "year": 2026, "children": [40, 30, 90],
    ...     "registered_children": [38, 20, 80], "migrant_children": [2, 10, 10]})
    >>> hide_small_cells(cohorts, minimum=5)["migrant_children"].tolist()
    [<NA>, <NA>, 10]
    """
    groups = cohorts["stage"].astype(str) + cohorts["year"].astype(str)
    shown = {name: suppress_cells(cohorts[name], groups, minimum=minimum) for name in COUNTS}
    hidden = pd.concat([cells.isna() for cells in shown.values()], axis=1).any(axis=1)
    return cohorts.assign(
        children=shown["children"],
        registered_children=shown["registered_children"].mask(hidden),
        migrant_children=shown["migrant_children"].mask(hidden),
    )


def pivot_grades(grades: pd.DataFrame) -> pd.DataFrame:
    """Turn pupils by grade and year into one row a grade and one column a year.

    Parameters
    ----------
    grades
        grade, year, pupils of one stage.

    Returns
    -------
    DataFrame
        grade and the years as text, missing where a grade had no pupils that year.
    """
    wide = grades.pivot_table(index="grade", columns="year", values="pupils", aggfunc="sum")
    wide.columns = [str(year) for year in wide.columns]
    return wide.reset_index()
