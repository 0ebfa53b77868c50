"""Ways on foot from homes to schools, over the streets of the district."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection

from catchments.admission.registers import Walks
from catchments.profile import Walking
from gis.crs import to_metric
from gis.database import read_features
from gis.network import Network, measure_door_table, snap_points
from scenarios.district import District
from scenarios.school_network.instance import build_walking_network


def read_walks(connection: Connection, district: District, schools: gpd.GeoDataFrame) -> Walks:
    """Return a function that measures ways from buildings to schools in metres.

    Roads are read when it is first asked. Where none is loaded, ways are straight lines.

    Parameters
    ----------
    schools
        school_id, geom.
    """
    srid = district.profile.metric_srid
    gates = dict(zip(schools["school_id"], to_metric(schools["geom"], srid), strict=True))
    network: list[Network | None] = []

    def measure(buildings: NDArray[np.int64], asked: NDArray[np.int64]) -> NDArray[np.float64]:
        if not network:
            network.append(read_network(connection, district, district.profile.walking))
        homes = read_features(connection, "admission_buildings", ids=buildings.tolist())
        doors = np.asarray(to_metric(homes["geom"], srid))[
            np.searchsorted(homes["id"].to_numpy(), buildings)
        ]
        return measure_ways(network[0], doors, np.array([gates[school] for school in asked]))

    return measure


def read_network(connection: Connection, district: District, walking: Walking) -> Network | None:
    """Read the road graph, its main roads crossed as `walking` says; nothing without roads."""
    roads = read_features(connection, "walkable_roads", district_id=district.id)
    if roads.empty:
        return None
    lines = to_metric(roads["geom"], district.profile.metric_srid)
    return build_walking_network(lines, roads["road_class"], walking)


def measure_ways(
    network: Network | None, doors: NDArray[np.object_], gates: NDArray[np.object_]
) -> NDArray[np.float64]:
    """Measure the way from every door to every gate, over the streets or, without, straight.

    Parameters
    ----------
    doors, gates
        Points in metres, shapes (d,) and (g,).

    Returns
    -------
    NDArray
        Metres, shape (d, g); inf where no way leads.
    """
    if network is None:
        return np.asarray(shapely.distance(doors[:, None], gates[None, :]))
    ends = [
        snap_points(network, shapely.get_x(points), shapely.get_y(points))
        for points in (gates, doors)
    ]
    table = measure_door_table(network, *ends).astype(np.float64)
    return np.where(np.isnan(table), np.inf, table)
