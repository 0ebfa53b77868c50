"""Two assignments of the same children side by side: who changes, by batch and by school."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from gis.errors import RejectedDataError

_COMPARED = ["outcome", "school_id", "batch", "score", "reason"]


@dataclass(frozen=True, eq=False)
class Comparison:
    """What changes from one assignment to another.

    Parameters
    ----------
    children
        Children compared.
    changed
        One row a child whose outcome or school changes, by child_code: child_id, child_code, and
        outcome, school_id, batch, score and reason, each with ``_before`` and ``_after``.
    by_outcome, by_batch
        Cross tables: outcome or batch before and after, children, and of them changed; the sum
        of children is all. A missing batch means none.
    by_school
        school_id, before, left, came, after: children admitted at each school.
    flows
        school_id_before, school_id_after, children: of those changed; missing means no school.
    """

    children: int
    changed: pd.DataFrame
    by_outcome: pd.DataFrame
    by_batch: pd.DataFrame
    by_school: pd.DataFrame
    flows: pd.DataFrame


def compare_admissions(before: pd.DataFrame, after: pd.DataFrame) -> Comparison:
    """Compare two assignments child by child; the order of rows never matters.

    Parameters
    ----------
    before, after
        child_id, child_code, outcome, school_id, batch, score, reason; the same children.

    Raises
    ------
    RejectedDataError
        When one holds a child that the other does not.

    Examples
    --------
    >>> rows = {"child_id": [1], "child_code": ["c1"], "batch": ["a"], "score": [1.0]}
    >>> seated = pd.DataFrame({**rows, "outcome": "seated", "school_id": 7, "reason": None})
    >>> placed = pd.DataFrame({**rows, "outcome": "placed", "school_id": 8, "reason": None})
    >>> compare_admissions(seated, placed).by_school.to_numpy().tolist()
    [[7, 1, 1, 0, 0], [8, 0, 0, 1, 1]]
    """
    both = _join(before, after)
    moved = (both["outcome_before"] != both["outcome_after"]) | ~_is_same(both, "school_id")
    pairs = [f"{name}_{when}" for name in _COMPARED for when in ("before", "after")]
    changed = both.loc[moved, ["child_id", "child_code", *pairs]]
    both = both.assign(changed=moved)
    return Comparison(
        children=len(both),
        changed=changed.sort_values(["child_code", "child_id"], ignore_index=True),
        by_outcome=_cross(both, "outcome"),
        by_batch=_cross(both, "batch"),
        by_school=_count_schools(both),
        flows=_count_pairs(both[moved], "school_id"),
    )


def _join(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    columns = ["child_id", "child_code", *_COMPARED]
    first, second = (
        table[columns].astype({"school_id": "Int64", "batch": object}) for table in (before, after)
    )
    both = first.merge(
        second.drop(columns="child_code"),
        on="child_id",
        how="outer",
        suffixes=("_before", "_after"),
        validate="one_to_one",
        indicator="found",
    )
    lost = both[both["found"] != "both"]
    if len(lost):
        raise RejectedDataError(
            f"{len(lost)} children are in one assignment alone, such as"
            f" {lost['child_id'].iloc[0]}.",
            mend="Compare assignments of the same children.",
        )
    return both.drop(columns="found")


def _is_same(both: pd.DataFrame, name: str) -> pd.Series:
    """Say where a value stays; what is missing before and after stays."""
    first, second = both[f"{name}_before"], both[f"{name}_after"]
    same = (first == second).fillna(False).astype(bool)
    return same | (first.isna() & second.isna())


def _count_pairs(both: pd.DataFrame, name: str) -> pd.DataFrame:
    pair = [f"{name}_before", f"{name}_after"]
    return both.groupby(pair, dropna=False, sort=True).size().rename("children").reset_index()


def _cross(both: pd.DataFrame, name: str) -> pd.DataFrame:
    pair = [f"{name}_before", f"{name}_after"]
    counted = both.groupby(pair, dropna=False, sort=True).agg(
        children=("child_id", "size"), changed=("changed", "sum")
    )
    return counted.reset_index().astype({"changed": int})


def _count_schools(both: pd.DataFrame) -> pd.DataFrame:
    first, second = both["school_id_before"], both["school_id_after"]
    stays = _is_same(both, "school_id")
    counts = pd.DataFrame(
        {
            "before": first.value_counts(),
            "left": first[~stays].value_counts(),
            "came": second[~stays].value_counts(),
            "after": second.value_counts(),
        }
    )
    counts = counts.fillna(0).astype(int).sort_index()
    return counts.rename_axis("school_id").reset_index()
