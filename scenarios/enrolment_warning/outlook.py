"""The years ahead: warnings, shortfall and what projects open. Pure: tables in, tables out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from catchments.shortfall import NONE, RED, UNKNOWN, YELLOW


def sum_years(counts: pd.DataFrame, opened: pd.Series) -> pd.DataFrame:
    """Sum the catchments of one stage by year.

    Parameters
    ----------
    counts
        As ``queries/catchment_counts.sql`` returns it, one stage, any years.
    opened
        As :func:`scenarios.project_monitoring.openings.sum_opened` returns it.

    Returns
    -------
    DataFrame
        year, red, yellow, none, unknown (catchments), shortfall_seats, surplus_seats, complete,
        opened_seats; one row a year.
    """
    rows = []
    for year, part in counts.groupby("year", sort=True):
        states = part["warning"].value_counts()
        rows.append(
            {
                "year": year,
                **{state: int(states.get(state, 0)) for state in (RED, YELLOW, NONE, UNKNOWN)},
                "shortfall_seats": int(part["shortfall_seats"].sum()),
                "surplus_seats": int(part["surplus_seats"].sum()),
                "complete": bool(part["complete"].all()),
                "opened_seats": int(opened.get(year, 0)),
            }
        )
    columns = ["year", RED, YELLOW, NONE, UNKNOWN, "shortfall_seats", "surplus_seats"]
    return pd.DataFrame(rows, columns=[*columns, "complete", "opened_seats"])


def rank_catchments(counts: pd.DataFrame) -> pd.DataFrame:
    """Sort the catchments of a count, the fullest first; children outside are left out.

    A catchment with children but no seat at all stands above all others, one whose seats nobody
    stated below them.
    """
    inside = counts[counts["school_id"].notna()]
    hopeless = inside["ratio_pct"].isna() & (inside["warning"] == RED)
    order = inside["ratio_pct"].astype(float).mask(hopeless, np.inf)
    ranked = inside.assign(order=order).sort_values(
        ["order", "shortfall_seats", "school_code"],
        ascending=[False, False, True],
        na_position="last",
        ignore_index=True,
    )
    return ranked.drop(columns="order")
