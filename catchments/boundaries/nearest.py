"""Nearest school in a straight line; planning units stay whole."""

from __future__ import annotations

import numpy as np
import pandas as pd

from catchments.boundaries.request import Drawn, Request, Ways
from gis.partition import assign_nearest


def draw_nearest(request: Request) -> Drawn:
    """Give each planning unit to the school nearest to its point in a straight line.

    Equal distances go to the school with the lowest id, so row order never matters.

    Examples
    --------
    >>> units = pd.DataFrame({"x_m": [0.0, 9.0], "y_m": [0.0, 0.0]}, index=[1, 2])
    >>> schools = pd.DataFrame({"x_m": [1.0, 8.0], "y_m": [0.0, 0.0]}, index=[7, 8])
    >>> draw_nearest(Request(units, schools)).school_id.tolist()
    [7, 8]
    """
    schools = request.schools.sort_index()
    at = assign_nearest(
        request.units["x_m"].to_numpy(),
        request.units["y_m"].to_numpy(),
        schools["x_m"].to_numpy(),
        schools["y_m"].to_numpy(),
    )
    nearest = schools.index.to_numpy()[at]
    return Drawn(pd.Series(nearest, index=request.units.index, name="school_id"))


def measure_straight_ways(units: pd.DataFrame, schools: pd.DataFrame) -> Ways:
    """Measure the straight line from the point of each unit to each school.

    Parameters
    ----------
    units
        x_m, y_m and pupils.
    schools
        x_m, y_m.

    Examples
    --------
    >>> units = pd.DataFrame({"x_m": [0.0], "y_m": [0.0], "pupils": [5]})
    >>> schools = pd.DataFrame({"x_m": [3.0, 0.0], "y_m": [4.0, 1.0]})
    >>> measure_straight_ways(units, schools).distance_m.tolist()
    [[5.0, 1.0]]
    """
    east, north = (
        units[axis].to_numpy(np.float64)[:, None] - schools[axis].to_numpy(np.float64)
        for axis in ("x_m", "y_m")
    )
    distance_m = np.hypot(east, north)
    return Ways(
        distance_m=distance_m,
        door_unit=np.arange(len(units)),
        door_pupils=units["pupils"].to_numpy(np.float64),
        door_distance_m=distance_m.astype(np.float32),
        on_foot=False,
    )
