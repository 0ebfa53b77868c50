"""Lie of the land: mountains, towns, growth, and the gentle bend of every street."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from data.districts.ouhai.sample.corridors import WATERS
from data.districts.ouhai.sample.frame import Frame, project

Points = NDArray[np.float64]

# ASSUMPTION: outlines of the hills, read off the general lie of the land (lon, lat).
HILLS: tuple[tuple[tuple[float, float], ...], ...] = (
    (
        (120.30, 28.15),
        (120.545, 28.06),
        (120.552, 28.015),
        (120.530, 28.003),
        (120.512, 27.996),
        (120.510, 27.984),
        (120.525, 27.973),
        (120.546, 27.967),
        (120.556, 27.951),
        (120.568, 27.941),
        (120.583, 27.937),
        (120.600, 27.943),
        (120.618, 27.938),
        (120.629, 27.925),
        (120.633, 27.905),
        (120.628, 27.890),
        (120.622, 27.875),
        (120.612, 27.862),
        (120.600, 27.830),
        (120.30, 27.80),
    ),
    (
        (120.697, 27.916),
        (120.712, 27.927),
        (120.730, 27.934),
        (120.780, 27.942),
        (120.790, 27.860),
        (120.720, 27.867),
        (120.694, 27.873),
        (120.689, 27.892),
    ),
    ((120.6335, 28.0005), (120.6385, 27.9995), (120.641, 28.008), (120.634, 28.010)),
    ((120.596, 27.997), (120.606, 27.995), (120.607, 28.006), (120.590, 28.012)),
    ((120.645, 27.921), (120.652, 27.920), (120.653, 27.911), (120.646, 27.910)),
)
FOOT_M = 220.0  # half width of the slope between plain and mountain
VALLEY_M = 420.0  # half width of a settled valley floor

# Waves that bend the streets: amplitude, wavelength; plain everywhere, mountain on top.
# Strains (2π·amplitude/wavelength) add up to well under 1, so nothing folds over.
PLAIN_WAVES_M = ((55.0, 2600.0), (14.0, 900.0))
MOUNTAIN_WAVES_M = ((165.0, 3300.0), (26.0, 760.0))
# Where the mountain waves apply: everything west of the first, and around the others (lon, lat).
WEST_LON = 120.51
RUGGED = ((120.585, 27.915), (120.735, 27.900))
RUGGED_M = 2600.0
RELIEF_M = 6000.0  # side of the grain on which growth and density vary


@dataclass(frozen=True)
class Terrain:
    """Fields over the district, each a function of points (n, 2) in metres."""

    centres: Points
    urbanity_peak: NDArray[np.float64]
    spread_m: NDArray[np.float64]
    growth_peak: NDArray[np.float64]
    hills: Any
    valleys: Any
    west_x: float
    rugged: Points
    waves: list[tuple[float, float, float, float, float, float]] = field(default_factory=list)

    def measure_mountain(self, points: Points) -> NDArray[np.float64]:
        """Return how mountainous a place is, 0 (plain) to 1."""
        places = shapely.points(points)
        inside = shapely.contains(self.hills, places)
        rim_m = shapely.distance(shapely.boundary(self.hills), places)
        slope = 1 / (1 + np.exp(-np.where(inside, rim_m, -rim_m) / FOOT_M))
        floor = np.exp(-((shapely.distance(self.valleys, places) / VALLEY_M) ** 2))
        return np.asarray(slope * (1 - 0.9 * floor))

    def measure_urbanity(self, points: Points) -> NDArray[np.float64]:
        """Return how built up a place is, 0 (fields, forest) to 1 (city)."""
        away_m = np.hypot(*(points[:, None, :] - self.centres[None]).transpose(2, 0, 1))
        empty = 1 - self.urbanity_peak * np.exp(-((away_m / self.spread_m) ** 2) / 2)
        countryside = 0.08
        built = 1 - (1 - countryside) * np.prod(empty, axis=1)
        return np.asarray(built * (1 - self.measure_mountain(points)) ** 2)

    def measure_growth(self, points: Points) -> NDArray[np.float64]:
        """Return the share of new estates among homes, 0 to 1: near centres as they are."""
        away_m = np.hypot(*(points[:, None, :] - self.centres[None]).transpose(2, 0, 1))
        near = np.exp(-((away_m / 1500.0) ** 2) / 2) + 1e-12
        return np.asarray((near * self.growth_peak).sum(axis=1) / near.sum(axis=1))

    def find_town(self, points: Points) -> NDArray[np.intp]:
        """Return the row of the subdistrict whose centre is nearest."""
        away_m = np.hypot(*(points[:, None, :] - self.centres[None]).transpose(2, 0, 1))
        return np.asarray(np.argmin(away_m, axis=1))

    def bend(self, points: Points) -> Points:
        """Move points of the straight drawing to where they lie on the ground."""
        return points + self._shift(points)

    def unbend(self, points: Points) -> Points:
        """Undo `bend`, to a hundredth of a millimetre."""
        straight = points.copy()
        for _ in range(24):
            straight = points - self._shift(straight)
        return straight

    def _shift(self, points: Points) -> Points:
        shift = np.zeros_like(points)
        rugged = self._ruggedness(points)
        for kx, ky, phase, dx, dy, mountain in self.waves:
            wave = np.sin(points[:, 0] * kx + points[:, 1] * ky + phase)
            if mountain:
                wave = wave * rugged
            shift[:, 0] += dx * wave
            shift[:, 1] += dy * wave
        return shift

    def _ruggedness(self, points: Points) -> NDArray[np.float64]:
        """Return a smooth stand-in for mountain, cheap enough to iterate."""
        west = 1 / (1 + np.exp((points[:, 0] - self.west_x) / 900.0))
        smooth = 1 - west
        for place in self.rugged:
            smooth *= 1 - np.exp(-((points - place) ** 2).sum(axis=1) / (2 * RUGGED_M**2))
        return np.asarray(1 - smooth)


def build_terrain(frame: Frame, rng: np.random.Generator) -> Terrain:
    """Return the fields over the district that the frame describes."""
    towns = frame.subdistricts
    waves = []
    for mountain, pairs in ((0.0, PLAIN_WAVES_M), (1.0, MOUNTAIN_WAVES_M)):
        for amplitude, length in pairs:
            for turn in (0.0, np.pi / 2):
                heading = rng.uniform(0, np.pi) + turn
                number = 2 * np.pi / length
                aim = heading + np.pi / 2 + rng.uniform(-0.4, 0.4)
                waves.append((
                    number * np.cos(heading), number * np.sin(heading), rng.uniform(0, 2 * np.pi),
                    amplitude * np.cos(aim) * 0.7, amplitude * np.sin(aim) * 0.7, mountain,
                ))  # fmt: skip
    valleys = [project(water.waypoints) for water in WATERS if water.waypoints[0][0] < 120.55]
    return Terrain(
        centres=towns[["x", "y"]].to_numpy(dtype=float),
        urbanity_peak=towns["urbanity"].to_numpy(dtype=float),
        spread_m=towns["spread_m"].to_numpy(dtype=float),
        growth_peak=towns["growth"].to_numpy(dtype=float),
        hills=shapely.union_all([shapely.Polygon(project(outline)) for outline in HILLS]),
        valleys=shapely.union_all([shapely.LineString(valley) for valley in valleys]),
        west_x=float(project([(WEST_LON, 27.98)])[0, 0]),
        rugged=project(RUGGED),
        waves=waves,
    )
