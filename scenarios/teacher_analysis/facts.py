"""Teachers per 100 pupils as resources tell them, where no teachers are loaded. Pure."""

from __future__ import annotations

import pandas as pd

from catchments.profile import Indicator, Profile


def list_teacher_indicators(profile: Profile) -> list[Indicator]:
    """Return the indicators of the profile that count teachers."""
    return [one for one in profile.balance.indicators if one.fact.endswith("_teachers")]


def average_indicators(results: pd.DataFrame, *, by: str) -> pd.DataFrame:
    """Average each indicator over groups of schools, a school weighing by its pupils.

    That is the teachers of the group per 100 pupils of the group. Schools that did not report
    count neither with teachers nor with pupils.

    Parameters
    ----------
    results
        As ``queries/indicator_results.sql`` returns it: the column `by`, indicator, pupils,
        value. Rows without a value in `by` are left out.

    Returns
    -------
    DataFrame
        Index `by`, one column an indicator.

    Examples
    --------
    >>> results = pd.DataFrame({"stage": "primary", "indicator": "backbone",
    ...     "pupils": [100, 300], "value": [2.0, 1.0]})
    >>> average_indicators(results, by="stage").loc["primary", "backbone"]
    np.float64(1.25)
    """
    reported = results[results["value"].notna() & (results["pupils"] > 0)]
    amounts = reported["value"].astype(float) * reported["pupils"]
    keys = [reported[by], reported["indicator"]]
    sums = pd.DataFrame({"amount": amounts, "pupils": reported["pupils"]}).groupby(keys).sum()
    return (sums["amount"] / sums["pupils"]).unstack("indicator")  # noqa: PD010


def measure_yearly(teachers: pd.DataFrame, facts: list[str]) -> pd.DataFrame:
    """Return the teachers per 100 pupils by year: year and a column a fact.

    Parameters
    ----------
    teachers
        As ``queries/teachers_by_year.sql`` returns it: year, pupils and the facts.
    """
    sums = teachers.groupby("year")[["pupils", *facts]].sum()
    sums = sums[sums["pupils"] > 0]
    return sums[facts].div(sums["pupils"], axis=0).mul(100).reset_index()
