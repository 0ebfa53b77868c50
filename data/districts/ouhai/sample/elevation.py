"""Invented heights (模拟数据) over the real lie of the land: hills where the terrain has hills."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from data.districts.ouhai.sample.chance import make_rng
from data.districts.ouhai.sample.frame import METRIC_SRID, load_frame
from data.districts.ouhai.sample.terrain import Terrain, build_terrain
from gis.crs import STORE_SRID, from_metric
from gis.rasters import Surface, lay_cells

CELL_M = 100.0
MARGIN_M = 2000.0
PLAIN_M = 4.0  # above the sea
# ASSUMPTION: hills rise to some 150 m near their rim and 700 m deep inside, as the west does.
RIM_M, RISE, MOST_M = 110.0, 0.10, 620.0
# Ridges and valleys: wavelength in metres and share of the height.
RIDGES = ((3400.0, 0.30), (1500.0, 0.20), (700.0, 0.08))
BEND_M, BEND_LENGTH_M = 420.0, 4300.0  # how far ridges wind


def draw_elevation(seed: int) -> Surface:
    """Draw metres above the sea over the district and a margin; equal seeds give equal heights."""
    frame = load_frame()
    terrain = build_terrain(frame, make_rng(seed, "terrain"))
    land = gpd.GeoSeries(from_metric([frame.boundary], METRIC_SRID), crs=STORE_SRID)
    grid = lay_cells(land, cell_m=CELL_M, srid=METRIC_SRID, margin_m=MARGIN_M)
    points = np.column_stack(grid.list_centres())
    shapely.prepare(terrain.hills)
    steep = terrain.measure_mountain(points)
    depth_m = np.where(steep > 0.02, _measure_depth(points, terrain), 0.0)
    height_m = PLAIN_M + steep * np.minimum(RIM_M + RISE * depth_m, MOST_M) * _draw_ridges(
        points, make_rng(seed, "elevation")
    )
    return Surface(grid, np.round(height_m, 1).reshape(grid.rows, grid.columns))


def _measure_depth(points: NDArray[np.float64], terrain: Terrain) -> NDArray[np.float64]:
    """Measure how far inside the hills each point lies."""
    places = shapely.points(points)
    inside = shapely.contains(terrain.hills, places)
    away_m = shapely.distance(shapely.boundary(terrain.hills), places)
    return np.where(inside, away_m, 0.0)


def _draw_ridges(points: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw a field around 1: sums of waves whose crests are sharp and whose troughs are round."""
    field = np.ones(len(points))
    bends = rng.uniform(0, 2 * np.pi, 2)
    wound = points + BEND_M * np.sin(points[:, ::-1] * (2 * np.pi / BEND_LENGTH_M) + bends)
    for length_m, share in RIDGES:
        first = rng.uniform(0, np.pi)
        for turn in range(3):
            heading, phase = first + turn * np.pi / 3, rng.uniform(0, np.pi)
            along = wound @ np.array([np.cos(heading), np.sin(heading)])
            crest = 1 - 2 * np.abs(np.sin(np.pi * along / length_m + phase))
            field += share * crest / np.sqrt(3)
    return np.maximum(field, 0.15)
