"""Money of projects, planned and paid, beside the work done. Pure: tables in, tables out."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

PLANNED, PAID = "planned", "paid"


def sum_months(payments: pd.DataFrame) -> pd.DataFrame:
    """Sum payments by calendar month, from the first to the last.

    Parameters
    ----------
    payments
        kind (planned or paid), paid_on, amount_yuan.

    Returns
    -------
    DataFrame
        planned_yuan, paid_yuan and both summed from the first month on, planned_sum_yuan and
        paid_sum_yuan; index the last day of each month.
    """
    if payments.empty:
        columns = ["planned_yuan", "paid_yuan", "planned_sum_yuan", "paid_sum_yuan"]
        return pd.DataFrame(columns=columns, index=pd.DatetimeIndex([]), dtype=float)
    months = pd.PeriodIndex(pd.to_datetime(payments["paid_on"]), freq="M")
    every = pd.period_range(months.min(), months.max(), freq="M")

    def total(kind: str) -> np.ndarray:
        amounts = payments["amount_yuan"].where(payments["kind"] == kind, 0.0)
        return amounts.groupby(months).sum().reindex(every, fill_value=0.0).to_numpy()

    planned, paid = total(PLANNED), total(PAID)
    return pd.DataFrame(
        {
            "planned_yuan": planned,
            "paid_yuan": paid,
            "planned_sum_yuan": planned.cumsum(),
            "paid_sum_yuan": paid.cumsum(),
        },
        index=every.to_timestamp(how="end").normalize(),
    )


def measure_money(
    payments: pd.DataFrame, projects: pd.DataFrame, *, day: dt.date, paid_ahead_pct: float
) -> pd.DataFrame:
    """Set the money paid until `day` beside the work done.

    The whole is the stated investment, or the planned payments where none is stated. Money is
    ahead when its share lies more than `paid_ahead_pct` points above the progress.

    Parameters
    ----------
    payments
        project_id, kind, paid_on, amount_yuan.
    projects
        project_id, investment_yuan (may be missing), progress_pct (may be missing).

    Returns
    -------
    DataFrame
        project_id, whole_yuan, due_yuan (planned until `day`), paid_yuan, paid_pct, ahead_pct
        (points above the progress), is_ahead; shares missing without a whole or progress.

    Examples
    --------
    Half of the money for a fifth of the work is 30 points ahead.

    >>> payments = pd.DataFrame({"project_id": 1, "kind": ["planned", "paid"],
    ...     "paid_on": pd.to_datetime(["2026-01-10", "2026-02-10"]), "amount_yuan": [1e6, 5e5]})
    >>> projects = pd.DataFrame({"project_id": [1], "investment_yuan": [1e6],
    ...     "progress_pct": [20.0]})
    >>> measured = measure_money(payments, projects, day=dt.date(2026, 3, 31), paid_ahead_pct=20)
    >>> measured[["paid_pct", "ahead_pct", "is_ahead"]].to_numpy().tolist()
    [[50.0, 30.0, True]]
    """
    until = pd.to_datetime(payments["paid_on"]) <= pd.Timestamp(day)
    is_paid = payments["kind"] == PAID

    def total(which: pd.Series) -> np.ndarray:
        sums = payments[which].groupby("project_id")["amount_yuan"].sum()
        return projects["project_id"].map(sums).fillna(0.0).to_numpy(dtype=float)

    stated = projects["investment_yuan"].to_numpy(dtype=float)
    whole = np.where(np.isnan(stated), total(~is_paid), stated)
    paid = total(is_paid & until)
    with np.errstate(divide="ignore", invalid="ignore"):
        paid_pct = np.where(whole > 0, 100 * paid / whole, np.nan)
    ahead = paid_pct - projects["progress_pct"].to_numpy(dtype=float)
    return pd.DataFrame(
        {
            "project_id": projects["project_id"].to_numpy(),
            "whole_yuan": whole,
            "due_yuan": total(~is_paid & until),
            "paid_yuan": paid,
            "paid_pct": paid_pct,
            "ahead_pct": ahead,
            "is_ahead": ahead > paid_ahead_pct,
        }
    )
