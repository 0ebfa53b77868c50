"""Demand: eligible children by catchment, each counted exactly once."""

from __future__ import annotations

import numpy as np
import pandas as pd

NO_CATCHMENT = "no_catchment"
UNLOCATED = "unlocated"
_COUNTS = ["children", "registered_children"]


def count_by_catchment(demand: pd.DataFrame, membership: pd.DataFrame) -> pd.DataFrame:
    """Sum the children of planning units by the catchment that holds the unit.

    Parameters
    ----------
    demand
        planning_unit_id (missing when unlocated), stage, year, children, registered_children.
    membership
        stage, planning_unit_id, school_id: at most one school for a unit and stage.

    Returns
    -------
    DataFrame
        school_id (missing outside), outside_reason (no_catchment, unlocated or missing),
        stage, year, children, registered_children. Schools of the membership without a child
        are listed with zero. The sum over all rows is the sum of the demand.

    Examples
    --------
    >>> demand = pd.DataFrame({"planning_unit_id": [1, 2, None], "stage": "primary",
    ...     "year": 2026, "children": [5, 3, 1], "registered_children": [4, 3, 0]})
    >>> membership = pd.DataFrame(
    ...     {"stage": ["primary"], "planning_unit_id": [1], "school_id": [7]})
    >>> counted = count_by_catchment(demand, membership)
    >>> counted[["school_id", "outside_reason", "children"]].values.tolist()
    [[7, None, 5], [None, 'no_catchment', 3], [None, 'unlocated', 1]]
    """
    placed = demand.astype({"planning_unit_id": "Int64"}).merge(
        membership[["stage", "planning_unit_id", "school_id"]].astype(
            {"planning_unit_id": "Int64", "school_id": "Int64"}
        ),
        on=["stage", "planning_unit_id"],
        how="left",
        validate="many_to_one",
    )
    reason = np.where(placed["planning_unit_id"].isna(), UNLOCATED, NO_CATCHMENT)
    placed["outside_reason"] = np.where(placed["school_id"].isna(), reason, "")
    # Every school of the plan is listed in every year that has demand for its stage.
    years = demand[["stage", "year"]].drop_duplicates()
    schools = membership[["stage", "school_id"]].drop_duplicates().astype({"school_id": "Int64"})
    empty = schools.merge(years, on="stage").assign(
        outside_reason="", children=0, registered_children=0
    )
    keys = ["school_id", "outside_reason", "stage", "year"]
    counted = (
        pd.concat([placed[keys + _COUNTS], empty[keys + _COUNTS]], ignore_index=True)
        .groupby(keys, dropna=False, as_index=False, sort=True)[_COUNTS]
        .sum()
        .sort_values(["stage", "year", "school_id", "outside_reason"], ignore_index=True)
    )
    counted["school_id"] = (
        counted["school_id"].astype(object).where(counted["school_id"].notna(), None)
    )
    counted["outside_reason"] = (
        counted["outside_reason"].astype(object).where(counted["outside_reason"] != "", None)
    )
    return counted
