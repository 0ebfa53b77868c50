"""Bands of walking distance to the nearest school, and whom they leave beyond."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from catchments.boundaries.walking import draw_isochrones, measure_beyond_pct
from catchments.profile import Stage
from gis.crs import STORE_SRID, from_metric
from scenarios.school_network.instance import Ground


@dataclass(frozen=True, eq=False)
class Isochrones:
    """Bands of one stage.

    Parameters
    ----------
    features
        stage, up_to_m (missing for the ground beyond the last band), area_m2, geom in EPSG:4490;
        together they cover the planning units.
    beyond_radius_pct
        Share of pupils whose nearest school is farther than the service radius; nothing where
        the stage has no radius or no pupils.
    """

    features: gpd.GeoDataFrame
    beyond_radius_pct: float | None


def draw_stage_isochrones(ground: Ground, stage: Stage) -> Isochrones:
    """Draw the bands of the profile around the schools of a stage.

    Raises
    ------
    RejectedDataError
        When there are no roads, no planning units, or no school that can have a catchment.
    """
    network = ground.require_network()
    request = ground.build_request(stage)
    bands = draw_isochrones(
        request.schools,
        network,
        ground.merge_land(),
        bands_m=ground.profile.walking.isochrones_m,
    )
    bands = bands[~bands.is_empty]
    up_to_m = bands.index.to_numpy(np.float64)
    features = gpd.GeoDataFrame(
        {
            "stage": stage.code,
            "up_to_m": np.where(np.isfinite(up_to_m), up_to_m, np.nan),
            "area_m2": shapely.area(bands.to_numpy()),
        },
        geometry=gpd.GeoSeries(
            from_metric(bands.to_numpy(), ground.profile.metric_srid), crs=STORE_SRID
        ),
    ).rename_geometry("geom")
    ways, beyond = request.ways, None
    if ways is not None and stage.radius_m is not None and ways.door_pupils.any():
        nearest_m = np.fmin.reduce(ways.door_distance_m, axis=1)
        beyond = measure_beyond_pct(nearest_m, ways.door_pupils, radius_m=stage.radius_m)
    return Isochrones(features, beyond)
