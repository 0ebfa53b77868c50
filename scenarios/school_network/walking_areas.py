"""Walking catchments that follow the streets, for looking at: no plan is made of them."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from catchments.boundaries import Request
from catchments.boundaries.walking import choose_whole_units, draw_walking_areas
from catchments.profile import Stage
from gis.crs import STORE_SRID, from_metric
from scenarios.school_network.instance import Ground


@dataclass(frozen=True, eq=False)
class WalkingAreas:
    """Areas of one stage.

    Parameters
    ----------
    features
        code (school and stage), school_code, stage, area_m2, geom in EPSG:4490; together they
        cover the planning units.
    cut_units
        How many units with pupils are cut.
    left_out
        Codes of schools without an area: no road leads there, or another stands at their gate.
    """

    features: gpd.GeoDataFrame
    cut_units: int
    left_out: tuple[str, ...]


def draw_stage_areas(ground: Ground, stage: Stage) -> WalkingAreas:
    """Draw the ground from which each school of a stage is the nearest on foot.

    A unit all of whose pupils are nearest to one school stays whole. Any other is cut where the
    walks to two schools are equal.

    Raises
    ------
    RejectedDataError
        When there are no roads, no planning units, or no school that can have a catchment.
    """
    network = ground.require_network()
    request = ground.build_request(stage)
    whole = _choose_whole(request)
    areas = draw_walking_areas(
        request.schools,
        network,
        ground.merge_land(),
        units=gpd.GeoSeries(ground.tiles, index=request.units.index),
        whole=whole,
    )
    codes = request.schools["code"].reindex(areas.index)
    is_drawn = ~areas.is_empty.to_numpy()
    drawn = areas[is_drawn].to_numpy()
    features = gpd.GeoDataFrame(
        {
            "code": (codes[is_drawn] + f"/{stage.code}").to_numpy(),
            "school_code": codes[is_drawn].to_numpy(),
            "stage": stage.code,
            "area_m2": shapely.area(drawn),
        },
        geometry=gpd.GeoSeries(from_metric(drawn, ground.profile.metric_srid), crs=STORE_SRID),
    ).rename_geometry("geom")
    return WalkingAreas(features, int(whole.isna().sum()), tuple(codes[~is_drawn]))


def _choose_whole(request: Request) -> pd.Series:
    """Choose the units that stay whole by where their pupils walk; equal walks to the lowest id."""
    ways = request.ways
    assert ways is not None  # there are roads
    ids = request.schools.index.to_numpy()
    order = np.argsort(ids, kind="stable")
    walks = np.where(np.isnan(ways.door_distance_m), np.inf, ways.door_distance_m)[:, order]
    leads = np.isfinite(walks).any(axis=1) & (ways.door_pupils > 0)
    return choose_whole_units(
        request.units.index.to_numpy()[ways.door_unit[leads]],
        ids[order][walks[leads].argmin(axis=1)],
        ways.door_pupils[leads],
    )
