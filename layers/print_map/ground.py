"""The ground under every printed map of a district, read once and kept in metres."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection

from catchments.profile import Profile
from gis.crs import to_metric
from gis.database import read_features
from layers.print_map.frame import Bounds

Geometries = NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class Ground:
    """All that lies under the answer; geometries in the metric CRS of the profile.

    Parameters
    ----------
    land
        Area of the district, empty where it has none.
    subdistricts
        id, name_zh, name_en, urban and flat.
    water, roads
        name_zh, kind or road_class, and flat.
    schools
        As ``queries/print_schools.sql`` returns them, with flat.
    catchments
        As ``queries/print_catchments.sql`` returns them, with flat.
    drawn
        Drawings that are the same on every page, by what they show; see
        :func:`layers.print_map.locator.draw_locator`.
    """

    profile: Profile
    land: Geometries
    subdistricts: pd.DataFrame
    water: pd.DataFrame
    roads: pd.DataFrame
    schools: pd.DataFrame
    catchments: pd.DataFrame
    drawn: dict[Any, Any] = field(default_factory=dict)

    def get_bounds(self) -> Bounds | None:
        """Return the bounds of the district: its land, else its catchments, else its schools."""
        parts = (self.land, self.subdistricts["flat"], self.catchments["flat"])
        for part in (*parts, self.schools["flat"]):
            if len(part):
                return find_bounds(part)
        return None


def read_ground(
    connection: Connection,
    district_id: int,
    profile: Profile,
    *,
    plan_id: int,
    stage: str | None,
    day: dt.date,
) -> Ground:
    """Read the ground of a district by one question a layer.

    Parameters
    ----------
    stage
        Stage whose catchments are read; by default all.
    day
        Schools are those that are open on it.
    """
    asked = {"district_id": district_id}

    def read(query: str, **parameters: Any) -> pd.DataFrame:
        frame = read_features(connection, query, **parameters)
        return flatten(frame, profile.metric_srid)

    return Ground(
        profile,
        read("layer_district", **asked)["flat"].to_numpy(),
        read("layer_subdistricts", **asked, day=day),
        read("print_water", **asked),
        read("print_roads", **asked),
        read("print_schools", **asked, day=day),
        read("print_catchments", plan_id=plan_id, stage=stage),
    )


def flatten(frame: gpd.GeoDataFrame, metric_srid: int) -> pd.DataFrame:
    """Return a frame whose geometry stands in column flat, in metres of the metric CRS."""
    flat = to_metric(frame.geometry.to_numpy(), metric_srid)
    table = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    return table.assign(flat=pd.Series(list(flat), index=table.index, dtype=object))


def find_bounds(flat: Any) -> Bounds:
    """Return west, south, east and north of geometries in metres."""
    west, south, east, north = shapely.total_bounds(np.asarray(flat, dtype=object))
    return float(west), float(south), float(east), float(north)
