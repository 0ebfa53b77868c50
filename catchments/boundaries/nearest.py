"""Nearest school in a straight line; planning units stay whole."""

from __future__ import annotations

import pandas as pd

from catchments.boundaries.request import Request
from gis.partition import assign_nearest


def draw_nearest(request: Request) -> pd.Series:
    """Give each planning unit to the school nearest to its point in a straight line.

    Equal distances go to the school with the lowest id, so row order never matters.

    Returns
    -------
    Series
        school_id, index planning_unit_id as in the request.

    Examples
    --------
    >>> units = pd.DataFrame({"x_m": [0.0, 9.0], "y_m": [0.0, 0.0]}, index=[1, 2])
    >>> schools = pd.DataFrame({"x_m": [1.0, 8.0], "y_m": [0.0, 0.0]}, index=[7, 8])
    >>> draw_nearest(Request(units, schools)).tolist()
    [7, 8]
    """
    schools = request.schools.sort_index()
    at = assign_nearest(
        request.units["x_m"].to_numpy(),
        request.units["y_m"].to_numpy(),
        schools["x_m"].to_numpy(),
        schools["y_m"].to_numpy(),
    )
    return pd.Series(schools.index.to_numpy()[at], index=request.units.index, name="school_id")
