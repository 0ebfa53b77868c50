"""Points of indicators and scores of schools. Pure."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from catchments.appraisal.scheme import LOWER, WITHIN, ZERO, Indicator, Scheme

Numbers = NDArray[np.float64]


def measure_points(values: Numbers, indicator: Indicator) -> Numbers:
    """Bring raw values to points from 0 to 100 on a straight line between the bounds.

    Beyond a bound nothing is gained or lost. A missing value stays missing, or gets no points
    where the scheme says `if_missing: zero`. Points rest on the bounds alone, never on the other
    schools, so that those of two years can be compared.

    Parameters
    ----------
    values
        In the unit of the indicator, shape (n,), NaN where missing.

    Examples
    --------
    Of classes 100 % full or less all points, 120 % full none.

    >>> import numpy as np
    >>> from catchments.appraisal.scheme import Indicator
    >>> fill = Indicator("fill", "班额", "Fill", "teaching", "basic", "%", "%", 5, "lower",
    ...     (100, 120), "left_out", "学籍", "Register", "system")
    >>> measure_points(np.array([90, 105, 130, np.nan]), fill).tolist()
    [100.0, 75.0, 0.0, nan]
    """
    values, bounds = np.asarray(values, dtype=np.float64), indicator.bounds
    if indicator.direction == WITHIN:
        points = np.interp(values, bounds, [0.0, 100.0, 100.0, 0.0])
    else:
        ends = [100.0, 0.0] if indicator.direction == LOWER else [0.0, 100.0]
        points = np.interp(values, bounds, ends)
    missing = 0.0 if indicator.if_missing == ZERO else np.nan
    return np.where(np.isnan(values), missing, points)


def tabulate_points(values: pd.DataFrame, scheme: Scheme) -> pd.DataFrame:
    """Bring the values of all indicators to points.

    Parameters
    ----------
    values
        One row a school and year, a column an indicator, in any order; columns that are missing
        count as unknown everywhere.

    Returns
    -------
    DataFrame
        The same index, the indicators in the order of the scheme.
    """
    columns = {
        one.code: measure_points(
            values[one.code].to_numpy(np.float64)
            if one.code in values
            else np.full(len(values), np.nan),
            one,
        )
        for one in scheme.indicators
    }
    return pd.DataFrame(columns, index=values.index)


def weigh_points(points: Numbers, weights: Numbers) -> tuple[Numbers, Numbers]:
    """Weigh points into scores; unknown indicators leave their weight to the known ones.

    Parameters
    ----------
    points
        Shape (schools, indicators), NaN where unknown.
    weights
        Shape (indicators,), or (draws, indicators) for many weightings at once.

    Returns
    -------
    scores, known_pct
        Shape (schools,) or (draws, schools). A score is missing where no weight is known.

    Examples
    --------
    80 points of weight 30 and 50 of weight 20, the other half unknown: 34 / 50 = 68.

    >>> scores, known = weigh_points(np.array([[80, 50, np.nan]]), np.array([30.0, 20, 50]))
    >>> scores.tolist(), known.tolist()
    ([68.0], [50.0])
    """
    known = np.isfinite(points).astype(np.float64)
    weighed = weights @ known.T
    total = weights.sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        scores = np.where(weighed > 0, (weights @ np.nan_to_num(points).T) / weighed, np.nan)
        share = 100.0 * weighed / np.expand_dims(total, -1)
    return scores, np.nan_to_num(share)


def score_schools(points: pd.DataFrame, scheme: Scheme) -> pd.DataFrame:
    """Score schools as a whole, by dimension and by tier.

    A school whose known indicators weigh less than `least_known_pct` of a part gets no score in
    that part: what is not known is not guessed.

    Parameters
    ----------
    points
        As :func:`tabulate_points` returns them, index (school_id, year).

    Returns
    -------
    DataFrame
        school_id, year, part (whole, or the code of a dimension or tier), score (0 to 100, may
        be missing), known_pct.
    """
    parts = []
    for part, belongs in scheme.iterate_parts():
        scores, known_pct = weigh_points(
            points.to_numpy(np.float64)[:, belongs], scheme.weights[belongs]
        )
        is_enough = known_pct >= scheme.least_known_pct - 1e-9
        scored = pd.DataFrame(
            {"part": part, "score": np.where(is_enough, scores, np.nan), "known_pct": known_pct},
            index=points.index,
        )
        parts.append(scored.reset_index())
    columns = ["school_id", "year", "part", "score", "known_pct"]
    return pd.concat(parts, ignore_index=True)[columns]
