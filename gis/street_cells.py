"""Areas around streets: all ground belongs to the place on a street that it is nearest to.

Streets are sampled, each sample carries a label, and the ground between samples of different
labels is parted halfway. Only these borders are drawn, noded with the frame once, so that the
areas share every vertex and leave no gap.

UNITS: metres throughout.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import Delaunay, cKDTree

from gis import coverage
from gis.coverage import Polygons
from gis.grids import Numbers
from gis.network import Nearest, Network, Snapped, measure_walks
from gis.partition import OUTSIDE, Area, label_points

# The sides of a main road lie on one line; their samples are moved apart for the border to run
# along its middle.
_KERB_M = 0.5
# Samples on both sides of a change are at most this far from it.
_NEAR_CM = 50
_GRID_DECIMALS = 3

Positions = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Samples:
    """k places on the streets."""

    x_m: Numbers
    y_m: Numbers
    place: Snapped


def sample_streets(
    network: Network,
    sources: Snapped,
    nearest: Nearest,
    *,
    spacing_m: float = 20.0,
    bands_m: Sequence[float] = (),
) -> Samples:
    """Sample every edge, and closely on both sides of every change of the nearest source.

    Parameters
    ----------
    sources, nearest
        Sources and what `gis.network.find_nearest_source` found for them.
    spacing_m
        Greatest distance between samples along an edge.
    bands_m
        Walking distances; samples stand closely on both sides of where they are reached.
    """
    edge, start, stop, by_start, by_stop, is_change = _cut_pieces(network, sources, nearest)
    length = stop - start
    count = np.ceil(length / (100.0 * spacing_m)).astype(np.int64)
    piece = np.repeat(np.arange(length.size), count)
    nth = np.arange(piece.size) - np.repeat(np.cumsum(count) - count, count)
    offset = (length[piece] * (2 * nth + 1)) // (2 * count[piece])

    middle = (by_stop + length - by_start) // 2  # as far by either end
    changes = [np.where(is_change, middle, -1)]
    for band_m in bands_m:
        onward, backward = round(100.0 * band_m) - by_start, round(100.0 * band_m) - by_stop
        changes.append(np.where(onward <= middle, onward, -1))
        changes.append(np.where(length - backward >= middle, length - backward, -1))
    is_clear = np.ones(piece.size, bool)
    pieces, offsets = [], []
    for at in changes:
        inside = np.flatnonzero((at > 0) & (at < length))
        room = np.minimum(_NEAR_CM, np.minimum(at, length - at))
        pieces += [inside, inside]
        offsets += [(at - room)[inside], (at + room)[inside]]
        # No other sample may stand nearer to the change than these two.
        is_clear &= np.abs(offset - at[piece]) >= room[piece]
    piece = np.concatenate([piece[is_clear], *pieces])
    offset = np.concatenate([offset[is_clear], *offsets])
    return _place(network, edge[piece], start[piece] + offset)


def _cut_pieces(
    network: Network, sources: Snapped, nearest: Nearest
) -> tuple[Positions, Positions, Positions, Positions, Positions, NDArray[np.bool_]]:
    """Cut edges at the sources on them.

    Returns for each piece its edge, the offsets of its two ends, their distances from the nearest
    source, and whether that is another one at either end.
    """
    on_edge = np.flatnonzero(sources.edge >= 0)
    gates = Snapped(sources.edge[on_edge], sources.offset_cm[on_edge], np.zeros_like(on_edge))
    gate_m, gate_source = measure_walks(network, sources, gates, nearest)
    edges = np.arange(network.tail.size)
    edge = np.concatenate([edges, gates.edge, edges])
    at = np.concatenate([0 * edges, gates.offset_cm, network.length_cm])
    distance = np.concatenate(
        [
            nearest.distance_cm[network.tail],
            np.rint(100.0 * gate_m).astype(np.int64),
            nearest.distance_cm[network.head],
        ]
    )
    source = np.concatenate(
        [nearest.source[network.tail], gate_source, nearest.source[network.head]]
    )
    kind = np.repeat([0, 1, 2], [edges.size, on_edge.size, edges.size])
    order = np.lexsort([kind, at, edge])
    edge, at, distance, source = edge[order], at[order], distance[order], source[order]
    first = np.flatnonzero((edge[1:] == edge[:-1]) & (at[1:] > at[:-1]))
    last = first + 1
    is_change = source[first] != source[last]
    return edge[first], at[first], at[last], distance[first], distance[last], is_change


def _place(network: Network, edge: Positions, offset: Positions) -> Samples:
    """Place samples on their edges, those of a main road on their own side of it."""
    ax, ay, bx, by = network.ends[edge].T
    share = offset / network.length_cm[edge]
    span = np.hypot(bx - ax, by - ay)
    aside = _KERB_M * network.side[edge] / span
    return Samples(
        x_m=ax + share * (bx - ax) - aside * (by - ay),
        y_m=ay + share * (by - ay) + aside * (bx - ax),
        place=Snapped(edge, offset, np.zeros_like(offset)),
    )


def draw_label_areas(
    x_m: ArrayLike,
    y_m: ArrayLike,
    labels: ArrayLike,
    frame: Area,
    *,
    count: int,
    units: Polygons | None = None,
    unit_labels: ArrayLike = (),
    narrowest_m: float = 0.0,
    smallest_m2: float = 0.0,
) -> Polygons:
    """Draw the area of each label: the ground nearest to its places.

    Parts narrower or smaller than asked go to the neighbour with the longest shared border; the
    largest part of a label stays, and so do islets without a neighbour.

    Parameters
    ----------
    x_m, y_m
        Coordinates of k places; of those that coincide the lowest label counts.
    labels
        k labels from 0 to `count` - 1.
    frame
        Valid polygon that the areas fill.
    units, unit_labels
        A coverage of units and their labels; a unit with a label from 0 goes to it whole, one
        with -1 is cut. Ground outside all units is cut as well.

    Returns
    -------
    areas
        `count` MultiPolygons that form a coverage of the frame.

    Examples
    --------
    >>> square = shapely.box(0, 0, 10, 10)
    >>> areas = draw_label_areas([1, 2, 8], [5, 5, 5], [0, 0, 1], square, count=2)
    >>> shapely.area(areas).tolist()
    [50.0, 50.0]
    """
    xy = np.column_stack([np.asarray(x_m, np.float64), np.asarray(y_m, np.float64)])
    marks = np.asarray(labels, np.int64)
    order = np.argsort(marks, kind="stable")
    _, first = np.unique(np.round(xy[order], _GRID_DECIMALS), axis=0, return_index=True)
    keep = order[np.sort(first)]
    xy, marks = xy[keep], marks[keep]

    borders = _draw_borders(xy, marks, frame)
    lines = [shapely.boundary(frame)]
    if units is not None:
        whole = units[np.asarray(unit_labels) >= 0]
        shapely.prepare(whole)
        lines.extend(shapely.boundary(whole))
        borders = shapely.difference(borders, shapely.union_all(whole)) if whole.size else borders
    faces = coverage.cut_faces([*lines, *shapely.get_parts(borders)])
    inner = shapely.point_on_surface(faces)
    shapely.prepare(frame)
    is_inside = shapely.intersects(frame, inner)
    faces, places = faces[is_inside], shapely.get_coordinates(inner[is_inside])
    owners = marks[cKDTree(xy).query(places)[1]]
    if units is not None:
        unit = label_points(places[:, 0], places[:, 1], units)
        given = np.append(np.asarray(unit_labels, np.int64), OUTSIDE)[unit]
        owners = np.where(given >= 0, given, owners)
    owners = _absorb_slivers(faces, places, owners, narrowest_m, smallest_m2)
    return coverage.merge_faces(faces, owners, count)


def _draw_borders(xy: Numbers, labels: Positions, frame: Area) -> Polygons:
    """Draw the borders between the Voronoi cells of places with different labels."""
    west, south, east, north = frame.bounds
    centre = np.array([(west + east) / 2.0, (south + north) / 2.0])
    # A ring of strangers so far out that no ground of the frame is nearest to one of them, for
    # every border inside to lie between two triangles.
    farthest = np.abs(xy - centre).max(initial=1.0) + max(east - west, north - south)
    turn = np.linspace(0.0, 2.0 * np.pi, 16, endpoint=False)
    ring = 8.0 * farthest * np.column_stack([np.cos(turn), np.sin(turn)])
    sites = np.concatenate([xy - centre, ring])
    marks = np.append(labels, np.full(turn.size, OUTSIDE))
    mesh = Delaunay(sites)
    triangle, corner = np.nonzero(mesh.neighbors > np.arange(len(mesh.neighbors))[:, None])
    other = mesh.neighbors[triangle, corner]
    sides = mesh.simplices[triangle[:, None], np.column_stack([corner + 1, corner + 2]) % 3]
    is_border = (marks[sides[:, 0]] != marks[sides[:, 1]]) & (marks[sides] >= 0).all(axis=1)
    triangle, other = triangle[is_border], other[is_border]
    centres = np.round(_find_centres(sites[mesh.simplices]) + centre, _GRID_DECIMALS)
    ends = np.stack([centres[triangle], centres[other]], axis=1)
    ends = ends[(ends[:, 0] != ends[:, 1]).any(axis=1)]
    borders = shapely.linestrings(ends)
    shapely.prepare(frame)
    return borders[shapely.intersects(frame, borders)]


def _find_centres(corners: Numbers) -> Numbers:
    """Find the centres of the circles through triangles, shape (k, 3, 2)."""
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    u, v = b - a, c - a
    cross = 2.0 * (u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0])
    cross = np.where(cross == 0.0, np.finfo(float).tiny, cross)
    u2, v2 = (u * u).sum(axis=1), (v * v).sum(axis=1)
    with np.errstate(over="ignore", invalid="ignore"):
        centre = np.column_stack(
            [
                (v[:, 1] * u2 - u[:, 1] * v2) / cross,
                (u[:, 0] * v2 - v[:, 0] * u2) / cross,
            ]
        )
    return a + np.clip(np.nan_to_num(centre), -1e12, 1e12)


def _absorb_slivers(
    faces: Polygons, places: Numbers, owners: Positions, narrowest_m: float, smallest_m2: float
) -> Positions:
    """Give each sliver to the neighbour with the longest border; `places` lie inside the faces."""
    while True:
        merged = coverage.merge_faces(faces, owners, owners.max(initial=-1) + 1)
        parts, owner = shapely.get_parts(merged, return_index=True)
        area = shapely.area(parts)
        is_sliver = _find_slivers(parts, owner, narrowest_m, smallest_m2)
        sliver, other = shapely.STRtree(parts).query(parts[is_sliver], predicate="intersects")
        sliver = np.flatnonzero(is_sliver)[sliver]
        # Of two slivers side by side the smaller one gives way; no two ever change places.
        rank = np.lexsort([area, ~is_sliver]).argsort()
        is_ahead = rank[other] > rank[sliver]
        sliver, other = sliver[is_ahead], other[is_ahead]
        shared = shapely.length(shapely.intersection(parts[sliver], parts[other]))
        order = np.lexsort([other, -shared, sliver])
        order = order[shared[order] > 0.0]
        sliver, first = np.unique(sliver[order], return_index=True)
        if not sliver.size:
            return owners
        owner[sliver] = owner[other[order[first]]]
        owners = owner[label_points(places[:, 0], places[:, 1], parts)]


def _find_slivers(
    parts: Polygons, owner: Positions, narrowest_m: float, smallest_m2: float
) -> NDArray[np.bool_]:
    """Find the parts that are too small or too narrow; the largest of each owner is none."""
    area = shapely.area(parts)
    is_sliver = area < smallest_m2
    # A disc of diameter w fits in wherever the area is above w / 2 times the circumference.
    is_doubtful = ~is_sliver & (area < narrowest_m / 2.0 * shapely.length(parts))
    doubtful = np.flatnonzero(is_doubtful)
    _, wide = coverage.find_wide_parts(parts[doubtful], narrowest_m)
    is_sliver[np.delete(doubtful, wide)] = True
    order = np.lexsort([area, owner])
    is_last = np.append(owner[order][1:] != owner[order][:-1], True)[: owner.size]
    is_sliver[order[is_last]] = False
    return is_sliver
