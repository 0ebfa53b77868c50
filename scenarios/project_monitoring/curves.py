"""S-curves: how much is planned, done and expected, and the money beside it."""

from __future__ import annotations

import pandas as pd
from dash.development.base_component import Component

from layers.language import Language
from scenarios.elements import Line, build_lines
from scenarios.project_monitoring.courses import trace_progress
from scenarios.project_monitoring.money import sum_months

_STEPS = 14  # ASSUMPTION: as many points as a panel of this width can hold apart


def list_ticks(slips: pd.DataFrame) -> tuple[pd.DatetimeIndex, list[str], int]:
    """Choose equally spaced days from before the first start to the last end, today among them.

    Returns
    -------
    days
        The ticks.
    labels
        The year of each tick that is the first of its year, else nothing.
    today
        Place of the day on which the newest building was measured.
    """
    names = ["planned_start_on", "planned_end_on", "starts_on", "ends_on"]
    first = slips[names].min().min() - pd.Timedelta(days=1)
    today, last = slips["measured_on"].max(), slips[names].max().max()
    step = pd.Timedelta(days=max(7, round((max(last, today) - first).days / _STEPS)))
    before = max(0, -(-(today - first) // step))
    after = max(1, -(-(last - today) // step))
    days = pd.DatetimeIndex([today + step * at for at in range(-before, after + 1)])
    years = pd.Series(days.year)
    is_new = (years != years.shift()).to_numpy(copy=True)
    is_new[0] &= not is_new[1:3].any()  # two years side by side would run into each other
    labels = [str(year) if new else "" for year, new in zip(years, is_new, strict=True)]
    return days, labels, before


def build_curve(slips: pd.DataFrame, language: Language) -> Component:
    """Draw the S-curve of the buildings of `slips`: done, planned and expected, in per cent."""
    _ = language
    days, labels, today = list_ticks(slips)
    curve = trace_progress(slips, days)
    lines = [
        Line(_("Done"), curve["done_pct"].tolist()),
        Line(_("Planned"), curve["planned_pct"].tolist()),
        Line(_("Expected"), curve["expected_pct"].tolist(), dashed=True),
    ]
    return build_lines(lines, labels, language=_, unit="%", marked=today)


def build_money_curve(
    slips: pd.DataFrame, payments: pd.DataFrame, whole_yuan: float, language: Language
) -> Component:
    """Draw money paid and planned beside the work done, each in per cent of its whole."""
    _ = language
    days, labels, today = list_ticks(slips)
    months = sum_months(payments)[["planned_sum_yuan", "paid_sum_yuan"]]
    sums = 100 / whole_yuan * months.reindex(months.index.union(days)).ffill().fillna(0).loc[days]
    paid = sums["paid_sum_yuan"].where(days <= days[today])
    lines = [
        Line(_("Money paid"), paid.tolist()),
        Line(_("Money planned"), sums["planned_sum_yuan"].tolist()),
        Line(_("Work done"), trace_progress(slips, days)["done_pct"].tolist(), dashed=True),
    ]
    return build_lines(lines, labels, language=_, unit="%", marked=today)
