"""The ground that notices speak of: doors, communities, and the lines that bound."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from catchments.boundaries.statutory.division import read_door_numbers, read_names
from gis.crs import require_metres
from gis.errors import RejectedDataError

DISTRICT = "district"  # kind of the line around the district
_DOOR_COLUMNS = ("street", "number", "community", "estate", "dwellings")


@dataclass(frozen=True, eq=False)
class NoticeGround:
    """A district as notices see it; all geometry in one metric CRS.

    Parameters
    ----------
    doors
        n buildings with dwellings, points: street and number (empty or missing without an
        address), community, estate (empty without), dwellings.
    communities
        Index: name; polygons.
    lines
        name and kind of what can bound a catchment: roads by their class, kinds of water,
        and ``district``; lines or polygons.

    Raises
    ------
    CrsError
        Something is not in metres.
    RejectedDataError
        A column is missing.
    """

    doors: gpd.GeoDataFrame
    communities: gpd.GeoDataFrame
    lines: gpd.GeoDataFrame

    def __post_init__(self) -> None:
        for frame in (self.doors, self.communities, self.lines):
            require_metres(frame.crs)
        missing = [name for name in _DOOR_COLUMNS if name not in self.doors]
        missing += [name for name in ("name", "kind") if name not in self.lines]
        if missing:
            raise RejectedDataError(
                f"Doors or lines of a notice lack {', '.join(missing)}.", mend="Add the columns."
            )

    @cached_property
    def table(self) -> pd.DataFrame:
        """Doors in their order: street, door (number, NaN without), community, estate."""
        return pd.DataFrame(
            {
                "street": read_names(self.doors["street"]).to_numpy(),
                "door": read_door_numbers(self.doors["number"]).to_numpy(),
                "community": read_names(self.doors["community"]).to_numpy(),
                "estate": read_names(self.doors["estate"]).to_numpy(),
                "dwellings": self.doors["dwellings"].to_numpy(),
            }
        )

    @property
    def points(self) -> np.ndarray:
        """Places of the doors, in their order."""
        return np.asarray(self.doors.geometry, dtype=object)

    def find_inside(self, area: Any) -> np.ndarray:
        """Tell of each door whether an area holds it; one on the border counts as inside."""
        shapely.prepare(area)
        return np.asarray(shapely.covers(area, self.points))
