"""How marks are spread: over a paper, and school by school."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]

PERCENTILES = (10, 25, 50, 75, 90)


def count_bands(points: Floats, full_marks: float, *, bands: int) -> pd.DataFrame:
    """Count pupils by band of marks; a band holds its lower edge, the last one the full marks too.

    Returns
    -------
    DataFrame
        from_points, to_points, pupils; every pupil stands in exactly one band.

    Examples
    --------
    >>> count_bands(np.array([0.0, 49, 50, 100]), 100, bands=2)["pupils"].tolist()
    [2, 2]
    """
    edges = np.linspace(0, full_marks, bands + 1)
    counts, _ = np.histogram(points, edges)
    return pd.DataFrame({"from_points": edges[:-1], "to_points": edges[1:], "pupils": counts})


def measure_schools(marks: pd.DataFrame, *, interval_pct: float) -> pd.DataFrame:
    """Measure mean, spread and percentiles of the marks of each school.

    The interval of a mean is that of Student's t: which mean the school would have with other
    pupils of its kind. Percentiles interpolate between marks.

    Parameters
    ----------
    marks
        school_id and points of those who sat the paper.

    Returns
    -------
    DataFrame
        Index school_id; sat, mean_points, mean_low, mean_high, spread_points (NaN for one pupil),
        p10_points … p90_points.

    Examples
    --------
    >>> marks = pd.DataFrame({"school_id": 1, "points": [50.0, 60, 70]})
    >>> measured = measure_schools(marks, interval_pct=95)
    >>> measured[["mean_points", "spread_points", "p25_points"]].values.tolist()
    [[60.0, 10.0, 55.0]]
    """
    by_school = marks.groupby("school_id")["points"]
    measured = by_school.agg(sat="count", mean_points="mean", spread_points="std")
    sat = measured["sat"].to_numpy(np.float64)
    factor = stats.t.ppf(0.5 + interval_pct / 200, np.maximum(sat - 1, 1))
    half = factor * measured["spread_points"] / np.sqrt(sat)
    percentiles = {f"p{p}_points": by_school.quantile(p / 100) for p in PERCENTILES}
    bounds = {
        "mean_low": measured["mean_points"] - half,
        "mean_high": measured["mean_points"] + half,
    }
    return measured.assign(**bounds, **percentiles)
