"""The entry grade: how many newcomers a school takes in, from its own past intakes."""

from __future__ import annotations

import numpy as np

from catchments.forecast.naive import Numbers

# ASSUMPTION: each year further back counts half of the year after it, until three years tell it.
SMOOTHING = 0.5
_TRIED = np.linspace(0.1, 1.0, 10)


def forecast_entry(pupils: Numbers) -> Numbers:
    """Forecast the newcomers of each school by exponential smoothing of its share.

    Past intakes are first brought to the district's level of the last year, so that a school is
    smoothed against the district and not against its births; years without an intake are passed
    over. The smoothing constant is the one with which the history would have told its own years
    best. A school without an intake in the last year has none. The level is carried on flat:
    what the district gains or loses ahead is no matter of a school's past.

    Parameters
    ----------
    pupils
        Shape (schools, years, grades); the last year is the origin, grades not taught are zero.

    Returns
    -------
    array
        Newcomers a year, shape (schools,).

    Notes
    -----
    SOURCE: simple exponential smoothing, Brown (1959); Gardner (1985).

    Examples
    --------
    >>> intake = np.array([[20.0, 40.0], [60.0, 60.0]])  # the district grew from 80 to 100
    >>> forecast_entry(intake[:, :, None]).round(1).tolist()
    [35.0, 65.0]
    """
    intake = pupils[:, :, 0]
    return _smooth(intake, choose_smoothing(intake))


def choose_smoothing(intake: Numbers) -> float:
    """Return the constant with the least squared error, one year ahead, within the history."""
    years = intake.shape[1]
    if years < 3:
        return SMOOTHING
    errors = [
        sum(_measure_error(intake[:, :year], intake[:, year], tried) for year in range(2, years))
        for tried in _TRIED
    ]
    return float(_TRIED[int(np.argmin(errors))]) if max(errors) > 0 else SMOOTHING


def _smooth(intake: Numbers, smoothing: float) -> Numbers:
    now = intake[:, -1]
    summed, weights, level = now.copy(), np.ones(now.shape), 1.0
    for year in range(intake.shape[1] - 2, -1, -1):
        then, after = intake[:, year], intake[:, year + 1]
        both = (then > 0) & (after > 0)
        level *= after[both].sum() / then[both].sum() if both.any() else 1.0
        counts = (then > 0) & (now > 0)
        weight = np.where(counts, (1 - smoothing) ** (intake.shape[1] - 1 - year), 0.0)
        summed += weight * then * level
        weights += weight
    return summed / weights


def _measure_error(intake: Numbers, came: Numbers, smoothing: float) -> float:
    """Return the squared error of shares, each by its size."""
    told = _smooth(intake, smoothing)
    both = (told > 0) & (came > 0)
    if not both.any():
        return 0.0
    told, came = told[both], came[both]
    told = told * (came.sum() / told.sum())
    return float(((told - came) ** 2 / told).sum())
