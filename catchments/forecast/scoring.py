"""How far off forecasts would have been: each year of a panel in turn is the origin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from catchments.forecast.naive import Flags, Numbers, repeat_last_year, survive_cohorts
from catchments.forecast.pupils import MOST_YEARS, forecast_pupils
from gis.errors import UsageError

METHODS = ("forecast", "last_year", "cohort_survival")
LEVELS = ("school", "school_grade", "grade", "district")
_LEAST_HISTORY = 3
_LEAST_PUPILS = 100.0


@dataclass(frozen=True)
class Scored:
    """One level, origin and year ahead: what was told by each method, and what came.

    Attributes
    ----------
    told
        By method, pupils, shape (things,).
    came
        Pupils, shape (things,).
    bounds
        Quantiles of the forecast, shape (4, things).
    """

    level: str
    horizon: int
    told: dict[str, Numbers]
    came: Numbers
    bounds: Numbers


def backtest_panel(
    pupils: Numbers,
    *,
    least_pupils: float = _LEAST_PUPILS,
    least_history: int = _LEAST_HISTORY,
    seed: int,
) -> pd.DataFrame:
    """Score the forecast and two naive ones from each origin, with what was known then.

    Schools and their grades are scored where the school has pupils in every year of the panel and
    at least `least_pupils` in the origin year; with these rules the naive forecasts come
    nearest to what is published for New York. The district and its grades are all schools with
    data in the origin year, those that closed later counting zero, new ones not counting.

    Parameters
    ----------
    pupils
        Shape (schools, years, grades), NaN where missing, as for
        :func:`catchments.forecast.pupils.forecast_pupils`.
    least_pupils
        Of the school in the origin year.
    least_history
        Years that must be known at an origin; three give two steps to average.
    seed
        Of the simulated futures.

    Returns
    -------
    DataFrame
        level (school, school_grade, grade, district), horizon, method (forecast, last_year,
        cohort_survival), origins, cases, mape_pct (mean of |told − came| ÷ came), bias_pct (mean
        of (told − came) ÷ came), covered_80_pct, covered_95_pct (missing for the naive
        ones). Cases without pupils in the scored year are left out.

    Raises
    ------
    UsageError
        When no year of the panel can be scored.

    Examples
    --------
    >>> scores = backtest_panel(np.full((3, 5, 2), 80.0), seed=1)
    >>> bool((scores["mape_pct"] < 1e-9).all())
    True
    """
    years = pupils.shape[1]
    if years <= least_history or least_history < 1:
        raise UsageError(
            f"The panel has {years} years, and {least_history} are to be known at an origin.",
            mend="Give more years, or fewer known ones of at least 1.",
        )
    scored = [
        one
        for origin in range(least_history - 1, years - 1)
        for one in _score_origin(pupils, origin, least_pupils, seed)
    ]
    rows = [
        _summarise([one for one in scored if (one.level, one.horizon) == (level, horizon)], method)
        for level in LEVELS
        for horizon in range(1, min(years - least_history, MOST_YEARS) + 1)
        for method in METHODS
    ]
    return pd.DataFrame([row for row in rows if row["cases"]])


def _score_origin(pupils: Numbers, origin: int, least_pupils: float, seed: int) -> Iterator[Scored]:
    filled = np.nan_to_num(pupils)
    horizon = min(pupils.shape[1] - 1 - origin, MOST_YEARS)
    known = filled[:, : origin + 1]
    forecast = forecast_pupils(pupils[:, : origin + 1], horizon=horizon, seed=seed)
    told = {
        "forecast": np.nan_to_num(forecast.expected),
        "last_year": repeat_last_year(known, horizon),
        "cohort_survival": survive_cohorts(known, horizon),
    }
    steady = choose_steady(filled, origin, least_pupils)
    for ahead in range(horizon):
        came = np.where(forecast.has_data[:, None], filled[:, origin + 1 + ahead], 0.0)
        now = {method: values[:, ahead] for method, values in told.items()}
        bounds = forecast.bounds
        yield Scored(
            "school",
            ahead + 1,
            {method: values[steady].sum(axis=1) for method, values in now.items()},
            came[steady].sum(axis=1),
            bounds.schools[:, steady, ahead],
        )
        yield Scored(
            "school_grade",
            ahead + 1,
            {method: values[steady].ravel() for method, values in now.items()},
            came[steady].ravel(),
            bounds.cells[:, steady, ahead].reshape(4, -1),
        )
        yield Scored(
            "grade",
            ahead + 1,
            {method: values.sum(axis=0) for method, values in now.items()},
            came.sum(axis=0),
            bounds.grades[:, ahead],
        )
        yield Scored(
            "district",
            ahead + 1,
            {method: values.sum(keepdims=True).ravel() for method, values in now.items()},
            came.sum(keepdims=True).ravel(),
            bounds.district[:, ahead, None],
        )


def choose_steady(pupils: Numbers, origin: int, least_pupils: float) -> Flags:
    """Tell the schools that are scored: pupils in every year, and enough of them at the origin.

    Years without any data are passed over.
    """
    sums = pupils.sum(axis=2)
    kept = sums.any(axis=0)
    return (sums[:, kept] > 0).all(axis=1) & (sums[:, origin] >= least_pupils)


def _summarise(scored: list[Scored], method: str) -> dict[str, object]:
    came = np.concatenate([one.came for one in scored])
    told = np.concatenate([one.told[method] for one in scored])
    bounds = np.concatenate([one.bounds for one in scored], axis=1)
    found = score_numbers(told, came, bounds if method == "forecast" else None)
    return {
        "level": scored[0].level if scored else None,
        "horizon": scored[0].horizon if scored else None,
        "method": method,
        "origins": len(scored),
        **found,
    }


def score_numbers(
    told: Numbers, came: Numbers, bounds: Numbers | None
) -> dict[str, float | int | None]:
    """Score numbers that were told by those that came; where nobody came, nothing is scored.

    Parameters
    ----------
    bounds
        Quantiles at :data:`catchments.forecast.spread.QUANTILES`, shape (4, numbers).

    Returns
    -------
    dict
        cases, mape_pct, bias_pct, covered_80_pct, covered_95_pct; missing without cases or bounds.

    Examples
    --------
    >>> score_numbers(np.array([90.0, 110.0]), np.array([100.0, 100.0]), None)["mape_pct"]
    10.0
    """
    counts = came > 0
    told, came = told[counts], came[counts]
    error = (told - came) / came
    known = bool(came.size)
    held = None if bounds is None or not known else bounds[:, counts]
    return {
        "cases": int(came.size),
        "mape_pct": float(100 * np.abs(error).mean()) if known else None,
        "bias_pct": float(100 * error.mean()) if known else None,
        "covered_80_pct": None if held is None else _measure_coverage(came, held[1], held[2]),
        "covered_95_pct": None if held is None else _measure_coverage(came, held[0], held[3]),
    }


def _measure_coverage(came: Numbers, low: Numbers, high: Numbers) -> float:
    return float(100 * ((low <= came) & (came <= high)).mean())
