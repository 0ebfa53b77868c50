"""The fabric of the district: blocks that tile it exactly, and the edges between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from data.districts.ouhai.sample.chance import make_rng
from data.districts.ouhai.sample.corridors import draw_main_roads, draw_waters
from data.districts.ouhai.sample.crossings import (
    cut_sides,
    drop_wide_bridges,
    find_near,
    merge_crossings,
    number_nodes,
)
from data.districts.ouhai.sample.frame import Frame
from data.districts.ouhai.sample.splitting import get_polygons, split_land
from data.districts.ouhai.sample.terrain import Terrain

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Shapes = NDArray[np.object_]

GRID_M = 0.25  # everything drawn meets on this grid, coarser than any bend of a side
SMOOTH_M = 32.0  # straight pieces of a bent street
OUTSIDE = -1
PIECES_PER_COMMUNITY = 0.8


@dataclass(frozen=True)
class Grain:
    """Largest areas (m²) of superblocks and blocks at full size.

    ASSUMPTION: set so that 465 km² give some 3,000 superblocks and 30,000 crossings, small
    in towns, large among fields, vast in the mountains.
    """

    superblock_m2: tuple[float, float, float] = (6.6e4, 27e4, 190e4)  # town, field, mountain
    block_m2: tuple[float, float, float] = (1.06e4, 7.5e4, 75e4)
    town_urbanity: tuple[float, float] = (0.70, 0.35)  # urbanity at which the town grain holds
    largest_m2: tuple[tuple[float, float, float], ...] = (  # however small the sample
        (150e4, 260e4, 700e4),
        (14e4, 60e4, 220e4),
    )
    site_m2: tuple[float, float] = (1.5e4, 3.6e4)  # pieces kept whole for schools, parks
    site_share: float = 0.07
    short_edge_m: float = 13.0  # shorter edges become crossings
    pond_crossing_m: float = 95.0  # longer bridges are main roads only


@dataclass(frozen=True)
class Fabric:
    """Blocks and edges; rows of edges name blocks by their row, -1 is outside.

    `start` and `end` number the nodes; `left` and `right` are block rows; `road` is the row
    of the main road an edge lies on, -1 for none; `piece` is the superblock of a block, -1
    for water.
    """

    blocks: Shapes
    area_m2: Floats
    centre: Floats  # a point inside each block
    piece: Ints
    water: Ints  # row of the water that covers a block, -1 on land
    edges: Shapes
    start: Ints
    end: Ints
    left: Ints
    right: Ints
    road: Ints

    @property
    def length_m(self) -> Floats:
        """Length of every edge."""
        return np.asarray(shapely.length(self.edges))


def draw_fabric(frame: Frame, terrain: Terrain, *, scale: float, seed: int) -> Fabric:
    """Draw superblocks between main roads, waters through them, and blocks inside them.

    Everything is drawn straight and bent at the very end, so that streets curve gently and
    shared borders have the same vertices on both sides.
    """
    grain = Grain()
    ground = shapely.transform(shapely.segmentize(frame.boundary, SMOOTH_M), terrain.unbend)
    roads = shapely.transform(draw_main_roads(), terrain.unbend)
    waters = _draw_surfaces(terrain, ground)

    net = shapely.union_all(
        [*shapely.intersection(roads, ground), shapely.boundary(ground)], grid_size=GRID_M
    )
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(net)))
    shapely.prepare(ground)
    faces = faces[shapely.contains_properly(ground, shapely.point_on_surface(faces))]

    def measure_wildness(straight: Floats) -> Floats:
        return terrain.measure_mountain(terrain.bend(straight))

    pieces, streets = split_land(
        faces,
        _make_target(terrain, grain, 0, scale, limit_m2=_measure_limits(frame, terrain)),
        make_rng(seed, "superblocks"),
        measure_wildness=measure_wildness,
    )
    pond = shapely.union_all(waters)
    pieces, _ = get_polygons(shapely.difference(pieces, pond))
    _, lanes = split_land(
        pieces,
        _make_target(terrain, grain, 1, scale),
        make_rng(seed, "blocks"),
        measure_wildness=measure_wildness,
        spare=(*grain.site_m2, grain.site_share),
    )
    drawn = np.concatenate(
        [shapely.get_parts(net), streets, shapely.get_parts(shapely.boundary(waters)), lanes]
    )
    edges = shapely.get_parts(shapely.line_merge(shapely.union_all(drawn, grid_size=GRID_M)))
    shores = shapely.segmentize(np.array([shapely.boundary(pond), shapely.boundary(ground)]), 500)
    edges = merge_crossings(edges, shores, grain.short_edge_m)
    still = [name[1] in ("lake", "reservoir") for name in draw_waters()]
    lakes = shapely.union_all(waters[still])
    edges = drop_wide_bridges(edges, pond, lakes, [*shores, *roads], grain.pond_crossing_m)
    edges = shapely.segmentize(edges, SMOOTH_M)
    return _weave(edges, terrain, ground=ground, pieces=pieces, waters=waters, roads=roads)


def _draw_surfaces(terrain: Terrain, ground: Any) -> Shapes:
    """Return the straightened waters inside the district; a confluence belongs to the first."""
    banks = [shapely.segmentize(surface, 25.0) for _, _, surface in draw_waters()]
    waters, above = [], shapely.Polygon()
    for water in shapely.intersection(shapely.transform(np.array(banks), terrain.unbend), ground):
        waters.append(shapely.difference(water, above))
        above = shapely.union(above, water)
    return np.array(waters)


def _measure_limits(frame: Frame, terrain: Terrain) -> Floats:
    """Return the superblock size (m²) at which every community of a subdistrict finds one."""
    west, south, east, north = frame.boundary.bounds
    x, y = np.meshgrid(np.arange(west, east, 400.0), np.arange(south, north, 400.0))
    raster = np.column_stack([x.ravel(), y.ravel()])
    raster = raster[shapely.contains_xy(frame.boundary, raster)]
    area = np.bincount(terrain.find_town(raster), minlength=len(frame.subdistricts)) * 400.0**2
    wanted = frame.communities.groupby("subdistrict_code").size()[frame.subdistricts["code"]]
    return np.asarray(area / (PIECES_PER_COMMUNITY * wanted.to_numpy()))


def _make_target(
    terrain: Terrain, grain: Grain, level: int, scale: float, limit_m2: Floats | None = None
) -> Any:
    whole = np.array((grain.superblock_m2, grain.block_m2)[level])
    town, field, mountain = np.log(np.minimum(whole / scale, grain.largest_m2[level]))
    full = grain.town_urbanity[level]

    def measure_target_m2(straight: Floats) -> Floats:
        places = terrain.bend(straight)
        built = np.clip(terrain.measure_urbanity(places) / full, 0, 1)
        high = terrain.measure_mountain(places)
        target = np.exp(field + (town - field) * built + (mountain - field) * high)
        if limit_m2 is not None:
            target = np.minimum(target, limit_m2[terrain.find_town(places)])
        return np.asarray(target)

    return measure_target_m2


def _weave(
    edges: Shapes, terrain: Terrain, *, ground: Any, pieces: Shapes, waters: Shapes, roads: Shapes
) -> Fabric:
    """Make blocks of edges, tell who lies on either side, and bend everything."""
    blocks = shapely.get_parts(shapely.polygonize(edges))
    centre = shapely.point_on_surface(blocks)
    inside = shapely.contains_properly(ground, centre)
    blocks = shapely.orient_polygons(blocks[inside])
    centre = centre[inside]
    left, right = _find_sides(edges, blocks)
    used = (left != right) & ((left != OUTSIDE) | (right != OUTSIDE))
    edges, left, right = edges[used], left[used], right[used]
    _, part_of = shapely.get_coordinates(roads, return_index=True)
    sides = cut_sides(roads)
    owner = part_of[:-1][part_of[1:] == part_of[:-1]]
    # Merged crossings pull edges a few metres off the road that they belong to.
    third, far = (
        find_near(sides, shapely.line_interpolate_point(edges, share, normalized=True), 4.0)
        for share in (0.3, 0.7)
    )
    along = (third != OUTSIDE) & (far != OUTSIDE) & (shapely.length(edges) > 8)
    road = np.where(along & (owner[third] == owner[far]), owner[third], OUTSIDE)
    bent = shapely.transform(edges, terrain.bend)
    start, end, _ = number_nodes(edges)
    polygons = shapely.transform(blocks, terrain.bend)
    return Fabric(
        blocks=polygons,
        area_m2=np.asarray(shapely.area(polygons)),
        centre=terrain.bend(shapely.get_coordinates(centre)),
        piece=_find_cover(pieces, centre),
        water=_find_cover(waters, centre),
        edges=bent,
        start=start,
        end=end,
        left=left,
        right=right,
        road=road,
    )


def _find_cover(covers: Shapes, points: Shapes) -> Ints:
    found = np.full(len(points), OUTSIDE)
    point, cover = shapely.STRtree(covers).query(points, predicate="within")
    found[point] = cover
    return found


def _find_sides(edges: Shapes, blocks: Shapes) -> tuple[Ints, Ints]:
    """Return the block left and right of every edge, from the direction of its first side."""
    ring, owner = shapely.get_rings(blocks, return_index=True)
    vertices, row = shapely.get_coordinates(ring, return_index=True)
    follows = row[1:] == row[:-1]
    places = vertices[:, 0] + 1j * vertices[:, 1]
    side_owner = owner[row[:-1][follows]]
    first = shapely.get_coordinates(shapely.get_point(edges, 0)) @ np.array([1, 1j])
    second = shapely.get_coordinates(shapely.get_point(edges, 1)) @ np.array([1, 1j])
    known, number = np.unique(np.concatenate([places, first, second]), return_inverse=True)
    n_all, n_edges = len(places), len(edges)
    here, there = number[:-1][: n_all - 1], number[1:n_all]
    sides = here[follows] * len(known) + there[follows]
    order = np.argsort(sides)
    sides, side_owner = sides[order], side_owner[order]
    begin, towards = number[n_all : n_all + n_edges], number[n_all + n_edges :]

    def look_up(a: Ints, b: Ints) -> Ints:
        wanted = a * len(known) + b
        at = np.minimum(np.searchsorted(sides, wanted), len(sides) - 1)
        return np.where(sides[at] == wanted, side_owner[at], OUTSIDE)

    return look_up(begin, towards), look_up(towards, begin)
