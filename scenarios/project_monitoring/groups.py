"""Projects by subdistrict, year, type or state. Pure: tables in, tables out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scenarios.project_monitoring.analysis import COMPLETED, LATE, NOT_STARTED, ON_TIME

GROUPINGS = {
    "subdistrict": "subdistrict_id",
    "year": "planned_year",
    "kind": "kind",
    "state": "state",
}


def sum_groups(projects: pd.DataFrame, by: str) -> pd.DataFrame:
    """Sum projects by one of `GROUPINGS`; progress is weighted by seats, money is summed.

    Groups stand in the order of their values; states with the most urgent first.

    Parameters
    ----------
    projects
        The column of the grouping, seats, progress_pct, state, whole_yuan, paid_yuan,
        open_findings.

    Returns
    -------
    DataFrame
        The column of the grouping (missing for projects without one, last), projects, late,
        seats, progress_pct (missing where no project has any), paid_pct, open_findings.

    Examples
    --------
    >>> projects = pd.DataFrame({"kind": ["new", "new"], "seats": [300, 100], "state": ["late",
    ...     "on_time"], "progress_pct": [50.0, 90.0], "whole_yuan": [6e6, 2e6],
    ...     "paid_yuan": [2e6, 2e6], "open_findings": [1, 0]})
    >>> sum_groups(projects, "kind").to_dict("records")[0]["progress_pct"]
    60.0
    """
    column = GROUPINGS[by]
    if by == "state":
        urgency = pd.CategoricalDtype([LATE, ON_TIME, NOT_STARTED, COMPLETED], ordered=True)
        projects = projects.astype({"state": urgency})
    known = projects["progress_pct"].notna()
    weight = projects["seats"].where(known, 0).astype(float)
    weighed = projects.assign(
        weight=weight,
        done=(projects["progress_pct"].astype(float) * weight).fillna(0.0),
        is_late=projects["state"] == LATE,
    )
    sums = weighed.groupby(column, dropna=False, sort=True, observed=True).agg(
        projects=("seats", "size"),
        late=("is_late", "sum"),
        seats=("seats", "sum"),
        weight=("weight", "sum"),
        done=("done", "sum"),
        whole_yuan=("whole_yuan", "sum"),
        paid_yuan=("paid_yuan", "sum"),
        open_findings=("open_findings", "sum"),
    )
    return (
        sums.assign(
            progress_pct=sums["done"] / sums["weight"].replace(0, np.nan),
            paid_pct=100 * sums["paid_yuan"] / sums["whole_yuan"].replace(0, np.nan),
        )
        .drop(columns=["weight", "done", "whole_yuan", "paid_yuan"])
        .reset_index()
    )
