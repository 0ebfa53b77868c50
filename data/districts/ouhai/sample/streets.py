"""Streets along the edges of blocks: classes, names, and a graph that holds together."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from data.districts.ouhai.sample.blocks import OUTSIDE, Fabric
from data.districts.ouhai.sample.corridors import MAIN_ROADS
from data.districts.ouhai.sample.names import name_streets
from data.districts.ouhai.sample.terrain import Terrain
from data.districts.ouhai.sample.units import Units

Ints = NDArray[np.intp]
Shapes = NDArray[np.object_]

STRAIGHT_ON = np.radians(32)  # a bend less than this is still the same street
SECONDARY_M = 1000.0  # streets at least so long collect the traffic of others
NAMED_M = 170.0  # shorter ones have no name


@dataclass(frozen=True)
class Streets:
    """Sections of streets; `street` groups sections that go straight on."""

    lines: Shapes
    start: Ints
    end: Ints
    road_class: NDArray[np.object_]
    street: Ints
    name: NDArray[np.object_]  # of sections, None where nameless


def draw_streets(
    fabric: Fabric, units: Units, terrain: Terrain, rng: np.random.Generator
) -> Streets:
    """Make streets of the edges that people can walk.

    Borders of superblocks are streets, edges inside them lanes, banks are footpaths; in the
    mountains the borders are paths and the rest is forest.
    """
    inner = (fabric.left != OUTSIDE) & (fabric.right != OUTSIDE)
    wet_left = (fabric.water[fabric.left] != OUTSIDE) & inner
    wet_right = (fabric.water[fabric.right] != OUTSIDE) & inner
    main = fabric.road != OUTSIDE
    border = units.of_block[fabric.left] != units.of_block[fabric.right]
    bank = wet_left != wet_right
    afloat = wet_left & wet_right & (fabric.water[fabric.left] != fabric.water[fabric.right])
    middle = shapely.line_interpolate_point(fabric.edges, 0.5, normalized=True)
    hilly = terrain.measure_mountain(shapely.get_coordinates(middle)) > 0.5
    used = inner & (~afloat | main) & (main | border | ~hilly)
    used &= _find_largest_part(fabric, used)
    rows = np.flatnonzero(used)
    street = _follow_streets(fabric, rows)
    length = np.asarray(np.bincount(street, fabric.length_m[rows])[street], dtype=float)
    border, bank, hilly, main = border[rows], bank[rows], hilly[rows], main[rows]
    road_class = np.select(
        [main, bank | hilly, border & (length >= SECONDARY_M), border],
        ["main", "path", "secondary", "local"],
        "lane",
    ).astype(object)
    _, ends = np.unique(np.concatenate([fabric.start[rows], fabric.end[rows]]), return_inverse=True)
    name = name_streets(street, length, road_class, rng, named_m=NAMED_M)
    known = np.array([road.name_zh for road in MAIN_ROADS], dtype=object)
    name = np.where(main, known[fabric.road[rows]], name)
    return Streets(
        fabric.edges[rows], ends[: len(rows)], ends[len(rows) :], road_class, street, name
    )


def build_road(streets: Streets) -> gpd.GeoDataFrame:
    """Return the road table, metres."""
    number = np.arange(1, len(streets.lines) + 1)
    return gpd.GeoDataFrame(
        {
            "code": pd.Series(number).map("R{:06d}".format),
            "name_zh": streets.name,
            "road_class": streets.road_class,
            "start_node": streets.start + 1,
            "end_node": streets.end + 1,
            "length_m": shapely.length(streets.lines).round(2),
            "walkable": True,
            "geom": streets.lines,
        },
        geometry="geom",
    )


def _find_largest_part(fabric: Fabric, used: NDArray[np.bool_]) -> NDArray[np.bool_]:
    count = int(max(fabric.start.max(), fabric.end.max())) + 1
    start, end = fabric.start[used], fabric.end[used]
    graph = csr_array((np.ones(len(start)), (start, end)), shape=(count, count))
    _, part = connected_components(graph, directed=False)
    largest = np.argmax(np.bincount(part[start]))
    return np.asarray(part[fabric.start] == largest)


def _follow_streets(fabric: Fabric, rows: Ints) -> Ints:
    """Group sections into streets: at each crossing the two that face each other go on."""
    lines, count = fabric.edges[rows], len(rows)
    node = np.concatenate([fabric.start[rows], fabric.end[rows]])
    here = shapely.get_coordinates(shapely.get_point(lines, [[0], [-1]]).ravel())
    next_ = shapely.get_coordinates(shapely.get_point(lines, [[1], [-2]]).ravel())
    away = next_ - here
    heading = np.arctan2(away[:, 1], away[:, 0])
    road = np.tile(fabric.road[rows], 2)
    order = np.argsort(node, kind="stable")
    best_turn = np.full(2 * count, np.inf)
    best = np.full(2 * count, OUTSIDE)
    for step in range(1, 5):  # crossings have at most five arms
        one, two = order[:-step], order[step:]
        same = (node[one] == node[two]) & (road[one] == road[two])
        one, two = one[same], two[same]
        turn = np.abs(np.angle(np.exp(1j * (heading[one] - heading[two] + np.pi))))
        for a, b in ((one, two), (two, one)):
            better = turn < best_turn[a]
            best_turn[a[better]], best[a[better]] = turn[better], b[better]
    mutual = (best != OUTSIDE) & (best_turn < STRAIGHT_ON)
    mutual &= best[best] == np.arange(2 * count)
    graph = csr_array(
        (np.ones(mutual.sum()), (np.flatnonzero(mutual) % count, best[mutual] % count)),
        shape=(count, count),
    )
    return np.asarray(connected_components(graph, directed=False)[1])
