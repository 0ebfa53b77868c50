"""Street addresses: the nearest named street and a number that grows along it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.districts.ouhai.sample.streets import Streets

METRES_PER_NUMBER = 9.0


def write_addresses(streets: Streets, places: NDArray[np.float64]) -> NDArray[np.object_]:
    """Return ``XX路NN号`` for places (n, 2): odd numbers on one side, even on the other."""
    named = np.flatnonzero(pd.notna(streets.name) & (streets.road_class != "path"))
    lines, street = streets.lines[named], streets.street[named]
    points = shapely.points(places)
    nearest = shapely.STRtree(lines).nearest(points)
    ends = shapely.get_coordinates(shapely.get_point(lines, [[0], [-1]]).ravel())
    first, last = ends[: len(lines)], ends[len(lines) :]
    extent = pd.DataFrame({"street": np.tile(street, 2), "x": ends[:, 0], "y": ends[:, 1]})
    extent = extent.groupby("street").agg(["min", "max"])
    wide = (extent["x"]["max"] - extent["x"]["min"]) > (extent["y"]["max"] - extent["y"]["min"])
    on = street[nearest]
    eastward = wide.loc[on].to_numpy()
    low = np.where(eastward, extent["x"]["min"].loc[on], extent["y"]["min"].loc[on])
    along = np.where(eastward, places[:, 0], places[:, 1]) - low
    way, off = (last - first)[nearest], places - first[nearest]
    left = way[:, 0] * off[:, 1] - way[:, 1] * off[:, 0] > 0
    forward = np.where(eastward, way[:, 0], way[:, 1]) > 0
    number = 2 * np.maximum(along / METRES_PER_NUMBER, 0).astype(int) + 1 + (left == forward)
    name = pd.Series(streets.name[named][nearest])
    return np.asarray((name + pd.Series(number).astype(str) + "号").to_numpy(dtype=object))
