"""Seats against demand: shortfall, surplus, ratio and warning. SOURCE: 浙教基〔2018〕100号."""

from __future__ import annotations

import numpy as np
import pandas as pd

from catchments.profile import Profile, Warning

NONE, YELLOW, RED, UNKNOWN = "none", "yellow", "red", "unknown"


def measure_shortfall(counts: pd.DataFrame, seats: pd.DataFrame, profile: Profile) -> pd.DataFrame:
    """Set the counted children of each catchment against its seats.

    Yellow from 90 % to below 100 %, red from 100 % (the profile holds both limits). A catchment
    with children but zero seats is red; one whose seats nobody stated is unknown.

    Parameters
    ----------
    counts
        As :func:`catchments.demand.count_by_catchment` returns it.
    seats
        school_id, stage, year, entry_seats, seats.

    Returns
    -------
    DataFrame
        The counts with counted_children, seats, shortfall_seats, surplus_seats, ratio_pct and
        warning; seats and what follows from them are missing outside every catchment.

    Examples
    --------
    >>> from catchments.profile import Profile
    >>> rate_warning(np.array([89.9, 90.0, 99.9, 100.0]), yellow_from_pct=90,
    ...     red_from_pct=100).tolist()
    ['none', 'yellow', 'yellow', 'red']
    """
    measured = counts.astype({"school_id": "Int64"}).merge(
        select_seats(seats, profile), on=["school_id", "stage", "year"], how="left"
    )
    inside = measured["school_id"].notna().to_numpy()
    counted = measured[profile.warning.counted].to_numpy(dtype=float)
    capacity = measured["against_seats"].astype(float).to_numpy()
    known = inside & ~np.isnan(capacity)
    ratio = measure_ratio(counted, np.where(inside, capacity, np.nan))
    return measured.drop(columns="against_seats").assign(
        counted_children=counted.astype(int),
        seats=_whole(capacity, known),
        shortfall_seats=_whole(np.maximum(counted - capacity, 0), known),
        surplus_seats=_whole(np.maximum(capacity - counted, 0), known),
        ratio_pct=np.where(np.isfinite(ratio), ratio, np.nan),
        warning=pd.Series(rate_children(counted, capacity, profile.warning)).where(inside, None),
    )


def measure_ratio(counted: np.ndarray, seats: np.ndarray) -> np.ndarray:
    """Return the children per 100 seats; children without any seat are infinitely many.

    Missing where nobody stated seats, and where there are neither children nor seats.

    Parameters
    ----------
    counted, seats
        Any shapes that go together; seats are missing where nobody stated them.

    Examples
    --------
    >>> measure_ratio(np.array([45.0, 3.0, 0.0, 3.0]), np.array([90.0, 0.0, 0.0, np.nan])).tolist()
    [50.0, inf, nan, nan]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(seats >= 0, 100 * counted / seats, np.nan))


def rate_children(counted: np.ndarray, seats: np.ndarray, rule: Warning) -> np.ndarray:
    """Return none, yellow, red, or unknown where nobody stated seats, for children on seats.

    Examples
    --------
    >>> rate_children(np.array([81.0, 90.0, 1.0]), np.array([90.0, 90.0, np.nan]), Warning())
    array(['yellow', 'red', 'unknown'], dtype=object)
    """
    rated = rate_warning(
        measure_ratio(counted, seats),
        yellow_from_pct=rule.yellow_from_pct,
        red_from_pct=rule.red_from_pct,
    )
    rated[np.isnan(seats)] = UNKNOWN
    return rated


def rate_warning(
    ratio_pct: np.ndarray, *, yellow_from_pct: float, red_from_pct: float
) -> np.ndarray:
    """Return none, yellow or red for each ratio in per cent."""
    return np.select(
        [ratio_pct >= red_from_pct, ratio_pct >= yellow_from_pct], [RED, YELLOW], NONE
    ).astype(object)


def select_seats(seats: pd.DataFrame, profile: Profile) -> pd.DataFrame:
    """Pick entry seats or all seats, as each stage of the profile is set against.

    Parameters
    ----------
    seats
        school_id, stage, year, entry_seats, seats.

    Returns
    -------
    DataFrame
        school_id, stage, year, against_seats (missing where nobody stated them), same rows.
    """
    entry = {stage.code for stage in profile.stages if stage.against == "entry_seats"}
    return seats[["school_id", "stage", "year"]].assign(
        school_id=seats["school_id"].astype("Int64"),
        against_seats=seats["entry_seats"].where(seats["stage"].isin(entry), seats["seats"]),
    )


def _whole(values: np.ndarray, known: np.ndarray) -> pd.Series:
    return pd.Series(np.where(known, values, np.nan)).astype("Int64")
