"""How far the children of each catchment have to its school, door by door."""

from __future__ import annotations

import numpy as np
import pandas as pd

from catchments.boundaries import Request
from catchments.boundaries.walking import measure_beyond_pct
from catchments.units import NOWHERE

_COLUMNS = ["school_id", "pupils", "mean_distance_m", "radius_m", "beyond_radius_pct", "on_foot"]


def measure_reach(request: Request, school_of_unit: pd.Series, *, radius_m: float) -> pd.DataFrame:
    """Measure the ways of each catchment's children to its school.

    Whom no way leads to the school counts as beyond the radius and does not enter the mean, as
    in :func:`catchments.boundaries.walking.measure_beyond_pct`.

    Parameters
    ----------
    request
        With ways.
    school_of_unit
        school_id by planning_unit_id; units outside every catchment are left out.
    radius_m
        Service radius on foot.

    Returns
    -------
    DataFrame
        school_id, pupils, mean_distance_m (missing without pupils who have a way), radius_m,
        beyond_radius_pct, on_foot; one row a catchment, by school_id.

    Examples
    --------
    Ten pupils live 400 m from school 7, five 600 m.

    >>> from catchments.boundaries import Ways
    >>> places = {"x_m": [0.0], "y_m": [0.0]}
    >>> units = pd.DataFrame({**places, "pupils": [15.0]}, index=[1])
    >>> ways = Ways(np.array([[466.7]]), np.array([0, 0]), np.array([10.0, 5.0]),
    ...             np.array([[400.0], [600.0]], np.float32), True)
    >>> request = Request(units, pd.DataFrame(places, index=[7]), ways)
    >>> reach = measure_reach(request, pd.Series({1: 7}), radius_m=500)
    >>> reach[["pupils", "mean_distance_m"]].round(1).values.tolist()
    [[15.0, 466.7]]
    >>> round(reach["beyond_radius_pct"].item(), 1)
    33.3
    """
    ways = request.ways
    assert ways is not None  # the caller measured them
    owner = request.schools.index.get_indexer(pd.Index(school_of_unit.reindex(request.units.index)))
    at = owner[ways.door_unit]
    doors = np.flatnonzero(at != NOWHERE)
    walk_m = ways.door_distance_m[doors, at[doors]].astype(np.float64)
    table = pd.DataFrame({"at": at[doors], "pupils": ways.door_pupils[doors], "walk_m": walk_m})
    rows = []
    for school in np.unique(owner[owner != NOWHERE]):
        part = table[table["at"] == school]
        led = part[np.isfinite(part["walk_m"])]
        mean = np.average(led["walk_m"], weights=led["pupils"]) if led["pupils"].sum() else None
        beyond = measure_beyond_pct(part["walk_m"], part["pupils"], radius_m=radius_m)
        total = round(float(part["pupils"].sum()))
        rows.append((request.schools.index[school], total, mean, radius_m, beyond, ways.on_foot))
    return pd.DataFrame(rows, columns=_COLUMNS).sort_values("school_id", ignore_index=True)
