"""What projects open and when. Pure: tables in, tables out."""

from __future__ import annotations

import pandas as pd

from catchments.profile import Stage


def list_projects(openings: pd.DataFrame) -> pd.DataFrame:
    """Return one row a project: its columns, its stages as a list and the sum of its seats.

    Parameters
    ----------
    openings
        As ``queries/project_openings.sql`` returns it: one row a project and stage.
    """
    sums = openings.groupby("project_id").agg(
        stages=("stage", lambda stages: list(stages.dropna())),
        seats=("seats", "sum"),
        classes=("classes", "sum"),
    )
    first = openings.drop_duplicates("project_id").drop(columns=["seats", "classes", "stage"])
    return open_as_planned(first).join(sums, on="project_id").reset_index(drop=True)


def select_opening(openings: pd.DataFrame, stage: Stage) -> pd.DataFrame:
    """Pick the openings of one stage and the seats that its children are set against.

    Parameters
    ----------
    openings
        As ``queries/project_openings.sql`` returns it.

    Returns
    -------
    DataFrame
        The openings of the stage with opened_seats: entry seats or seats of all grades, as the
        stage of the profile is set against.
    """
    chosen = openings[openings["stage"] == stage.code]
    return open_as_planned(chosen).assign(opened_seats=chosen[stage.against].astype(int))


def sum_opened(openings: pd.DataFrame, years: list[int]) -> pd.Series:
    """Sum the seats that projects have opened until each of `years`.

    Parameters
    ----------
    openings
        As :func:`select_opening` returns it.

    Returns
    -------
    Series
        Seats, index year.

    Examples
    --------
    >>> openings = pd.DataFrame({"opens_year": [2027, 2029], "opened_seats": [90, 45]})
    >>> sum_opened(openings, [2026, 2027, 2028, 2029]).tolist()
    [0, 90, 90, 135]
    """
    seats = [int(openings.loc[openings["opens_year"] <= y, "opened_seats"].sum()) for y in years]
    return pd.Series(seats, index=years)


def open_as_planned(openings: pd.DataFrame) -> pd.DataFrame:
    """Let projects whose progress nobody recorded open in the year that was planned."""
    years = openings["opens_year"].fillna(openings["planned_year"])
    return openings.assign(opens_year=years.astype("Int64"))
