"""Two forecasts that any better one must beat: last year again, and textbook cohort survival."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]


def repeat_last_year(pupils: Numbers, horizon: int) -> Numbers:
    """Forecast every grade as it was in the last year.

    Parameters
    ----------
    pupils
        Shape (schools, years, grades); the last year is the origin, grades not taught are zero.
    horizon
        Years ahead.

    Returns
    -------
    array
        Pupils, shape (schools, horizon, grades).

    Examples
    --------
    >>> repeat_last_year(np.array([[[9.0, 8.0], [7.0, 6.0]]]), 2).tolist()
    [[[7.0, 6.0], [7.0, 6.0]]]
    """
    return np.repeat(pupils[:, -1:], horizon, axis=1)


def survive_cohorts(pupils: Numbers, horizon: int) -> Numbers:
    """Forecast by the textbook: each grade moves up by its school's average ratio.

    The ratio of a step is the plain average, over all pairs of years in the history that have
    pupils below, of the pupils above in the next year by the pupils below; 1 where there is no
    such pair. Newcomers to the entry grade are as many as in the last year.

    Parameters
    ----------
    pupils
        Shape (schools, years, grades); the last year is the origin, grades not taught are zero.
    horizon
        Years ahead.

    Returns
    -------
    array
        Pupils, shape (schools, horizon, grades).

    Notes
    -----
    SOURCE: grade progression by cohort survival; Hamilton and Perry (1962) for the ratios.

    Examples
    --------
    >>> history = np.array([[[20.0, 10.0], [30.0, 10.0], [40.0, 30.0]]])
    >>> survive_cohorts(history, 2).tolist()  # ratios 10/20 and 30/30, on average 0.75
    [[[40.0, 30.0], [40.0, 30.0]]]
    """
    below, above = pupils[:, :-1, :-1], pupils[:, 1:, 1:]
    pairs = below > 0
    ratios = np.divide(above, below, out=np.zeros_like(above), where=pairs)
    counted = pairs.sum(axis=1)
    average = np.divide(ratios.sum(axis=1), counted, out=np.ones(counted.shape), where=counted > 0)
    grown = [pupils[:, -1]]
    for _ in range(horizon):
        grown.append(np.concatenate([pupils[:, -1, :1], grown[-1][:, :-1] * average], axis=1))
    return np.stack(grown[1:], axis=1)
