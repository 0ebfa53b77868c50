"""Road graphs: doors on their streets, walking distances from many schools at once.

A walk leads straight from a door to its nearest road edge, along edges, and straight from the
road to the school. :mod:`gis.streets` builds the graph.

UNITS: coordinates in metres (a metric CRS); lengths inside the graph in whole centimetres,
distances given out in metres.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gis.compiled import share_rows
from gis.contraction import sweep_nearest
from gis.errors import UsageError
from gis.grids import Numbers, find_nearest_edges, lay_grid
from gis.shortest_paths import FAR, LABEL, UNREACHED, Keys, Whole
from gis.streets import Network, build_network, keep_largest_part

__all__ = [
    "NOBODY",
    "UNREACHED",
    "Nearest",
    "Network",
    "Snapped",
    "build_network",
    "find_nearest_source",
    "keep_largest_part",
    "measure_door_table",
    "measure_table",
    "measure_walks",
    "snap_points",
]

NOBODY = -1


@dataclass(frozen=True, eq=False)
class Snapped:
    """k points brought to the roads: a door, a gate, a place on a street.

    `edge` is -1 where no road is near enough; nothing reaches such a point.
    """

    edge: NDArray[np.int64]
    offset_cm: NDArray[np.int64]  # along the edge, from its tail
    access_cm: NDArray[np.int64]  # straight from the point to the edge


@dataclass(frozen=True, eq=False)
class Nearest:
    """For each node the nearest source; UNREACHED and NOBODY where no source is reached."""

    distance_cm: NDArray[np.int64]
    source: NDArray[np.int64]


def snap_points(
    network: Network, points_x: ArrayLike, points_y: ArrayLike, *, reach_m: float = np.inf
) -> Snapped:
    """Snap each point to the nearest place on its nearest road edge, not to a node.

    Equally near edges yield to the lowest position, sides of main roads before others; a point
    beside a main road goes to the side on which it lies. Points with a NaN coordinate, or farther
    than `reach_m` from every road, get edge -1.

    Examples
    --------
    >>> import shapely
    >>> street = build_network([shapely.LineString([(0, 0), (10, 0)])])
    >>> door = snap_points(street, [4.0], [3.0])
    >>> door.edge.tolist(), door.offset_cm.tolist(), door.access_cm.tolist()
    ([0], [400], [300])
    """
    x, y = np.asarray(points_x, dtype=np.float64), np.asarray(points_y, dtype=np.float64)
    if x.ndim != 1 or x.shape != y.shape:
        raise UsageError(
            f"Points came as x of shape {x.shape} and y of shape {y.shape}.",
            mend="Give two flat arrays of one length.",
        )
    edge, share = np.full(x.size, NOBODY, np.int64), np.zeros(x.size)
    distance = np.full(x.size, np.inf)
    grid, most_m = lay_grid(network.ends), min(reach_m, FAR / 100.0)

    def snap(first: int, last: int) -> None:
        rows = slice(first, last)
        found = edge[rows], share[rows], distance[rows]
        find_nearest_edges(network.ends, network.side, grid, x[rows], y[rows], most_m, *found)

    share_rows(snap, x.size, block=20_000)
    is_near = edge >= 0
    length = np.where(is_near, network.length_cm[edge], 0)
    return Snapped(
        edge=edge,
        offset_cm=np.rint(share * length).astype(np.int64),
        access_cm=np.rint(100.0 * np.where(is_near, distance, 0.0)).astype(np.int64),
    )


def find_nearest_source(network: Network, sources: Snapped | ArrayLike) -> Nearest:
    """Find for every node the nearest of many sources and how far it is, in one sweep.

    Equally near sources yield to the lowest position.

    Parameters
    ----------
    sources
        Snapped points, such as school gates, or positions of nodes.

    Examples
    --------
    >>> import shapely
    >>> street = build_network([shapely.LineString([(0, 0), (10, 0), (30, 0)])])
    >>> found = find_nearest_source(street, snap_points(street, [4.0, 29.0], [0.0, 0.0]))
    >>> dict(zip(street.x_m.tolist(), (found.distance_cm / 100).tolist()))
    {0.0: 4.0, 10.0: 6.0, 30.0: 1.0}
    """
    seeds, nodes = _seed(network, sources)
    keys = sweep_nearest(network.contracted, seeds, nodes)
    source = keys & LABEL
    source[source == UNREACHED] = NOBODY
    return Nearest(distance_cm=keys >> 32, source=source)


def measure_walks(
    network: Network, sources: Snapped, doors: Snapped, nearest: Nearest | None = None
) -> tuple[Numbers, NDArray[np.int64]]:
    """Measure the walk from each door to its nearest source.

    A source on the door's own edge is reached straight along it.

    Parameters
    ----------
    nearest
        What `find_nearest_source` found for these sources, if that is known already.

    Returns
    -------
    walk_distance_m, source
        NaN and -1 for doors that reach no source.

    Examples
    --------
    >>> import shapely
    >>> street = build_network([shapely.LineString([(0, 0), (100, 0)])])
    >>> gates = snap_points(street, [30.0, 90.0], [0.0, 5.0])
    >>> walk_m, gate = measure_walks(street, gates, snap_points(street, [20.0, 80.0], [2.0, 0.0]))
    >>> walk_m.tolist(), gate.tolist()
    ([12.0, 15.0], [0, 1])
    """
    known = find_nearest_source(network, sources) if nearest is None else nearest
    at_node = (known.distance_cm << 32) | np.where(known.source < 0, UNREACHED, known.source)
    best = _walk_from_nodes(network, doors, at_node)
    door, source = _pair_on_edges(doors.edge, sources.edge)
    along = np.abs(doors.offset_cm[door] - sources.offset_cm[source])
    direct = along + doors.access_cm[door] + sources.access_cm[source]
    np.minimum.at(best, door, (direct << 32) | source)
    is_reached = best >> 32 < UNREACHED
    walk_m = np.where(is_reached, (best >> 32) / 100.0, np.nan)
    return walk_m, np.where(is_reached, best & LABEL, NOBODY)


def measure_table(
    network: Network, sources: Snapped | ArrayLike, *, cores: int | None = None
) -> NDArray[np.int32]:
    """Measure the distance from every source to every node.

    Returns
    -------
    distance_cm
        Shape (sources, nodes); UNREACHED where there is no way.
    """
    seeds, nodes = _seed(network, sources)
    count = int((seeds & LABEL).max(initial=-1)) + 1
    if isinstance(sources, Snapped):
        count = sources.edge.size
    table = np.empty((count, network.x_m.size), np.int32)

    def keep(source: int, keys: Keys) -> None:
        np.right_shift(keys, 32, out=table[source], casting="unsafe")

    _sweep_each(network, seeds, nodes, count, keep, cores)
    return table


def measure_door_table(
    network: Network, sources: Snapped, doors: Snapped, *, cores: int | None = None
) -> NDArray[np.float32]:
    """Measure the walk from every door to every source, without keeping the nodes' distances.

    Returns
    -------
    walk_distance_m
        Shape (doors, sources); NaN where there is no way.
    """
    seeds, nodes = _seed(network, sources)
    table = np.empty((sources.edge.size, doors.edge.size), np.float32)

    def keep(source: int, keys: Keys) -> None:
        best = _walk_from_nodes(network, doors, keys) >> 32
        if sources.edge[source] >= 0:
            door = np.flatnonzero(doors.edge == sources.edge[source])
            along = np.abs(doors.offset_cm[door] - sources.offset_cm[source])
            direct = along + doors.access_cm[door] + sources.access_cm[source]
            best[door] = np.minimum(best[door], direct)
        table[source] = np.where(best < UNREACHED, best / 100.0, np.nan)

    _sweep_each(network, seeds, nodes, sources.edge.size, keep, cores)
    return np.ascontiguousarray(table.T)


def _sweep_each(
    network: Network,
    seeds: Keys,
    nodes: Whole,
    count: int,
    keep: Callable[[int, Keys], None],
    cores: int | None,
) -> None:
    """Sweep from one source after the other and hand the keys of the nodes to `keep`."""
    order = np.argsort(seeds & LABEL, kind="stable")
    seeds, nodes = seeds[order], nodes[order]
    first = np.searchsorted(seeds & LABEL, np.arange(count + 1))

    def sweep(start: int, stop: int) -> None:
        for source in range(start, stop):
            own = slice(first[source], first[source + 1])
            keep(source, sweep_nearest(graph, seeds[own], nodes[own]))

    graph = network.contracted  # made once, before the threads part
    share_rows(sweep, count, block=4, cores=cores)


def _seed(network: Network, sources: Snapped | ArrayLike) -> tuple[Keys, Whole]:
    """Return the keys that a sweep begins with, and their nodes."""
    if not isinstance(sources, Snapped):
        nodes = np.asarray(sources, dtype=np.int32)
        return np.arange(nodes.size, dtype=np.int64), nodes
    rows = np.flatnonzero(sources.edge >= 0)
    edge, offset, access = sources.edge[rows], sources.offset_cm[rows], sources.access_cm[rows]
    to_tail, to_head = access + offset, access + network.length_cm[edge] - offset
    seeds = np.concatenate([to_tail << 32 | rows, to_head << 32 | rows])
    return seeds, np.concatenate([network.tail[edge], network.head[edge]])


def _walk_from_nodes(network: Network, points: Snapped, keys: Keys) -> Keys:
    """Extend the keys of the nodes to points on edges."""
    edge, offset, access = points.edge, points.offset_cm, points.access_cm
    by_tail = keys[network.tail[edge]] + (access + offset << 32)
    by_head = keys[network.head[edge]] + (access + network.length_cm[edge] - offset << 32)
    nobody = np.int64(UNREACHED) << 32 | UNREACHED
    best: Keys = np.where(edge >= 0, np.minimum(by_tail, by_head), nobody)
    return best


def _pair_on_edges(
    door_edge: NDArray[np.int64], source_edge: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pair every door with every source on its own edge."""
    order = np.argsort(source_edge, kind="stable")
    first = np.searchsorted(source_edge[order], door_edge, side="left")
    count = np.searchsorted(source_edge[order], door_edge, side="right") - first
    count[door_edge < 0] = 0
    door = np.repeat(np.arange(door_edge.size), count)
    nth = np.arange(door.size) - np.repeat(np.cumsum(count) - count, count)
    return door, order[first[door] + nth]
