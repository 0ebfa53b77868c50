"""From street centrelines to a road graph that one walks.

One-way streets bind nobody on foot. A main road can be crossed only at its crossings: its two
sides are edges of their own, which meet where there is a crossing.

UNITS: coordinates in metres (a metric CRS); lengths in whole centimetres.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from gis.contraction import Contracted, contract
from gis.coverage import Geometries
from gis.errors import RejectedDataError, UsageError
from gis.grids import Numbers
from gis.shortest_paths import FAR, Whole

LEFT, BOTH, RIGHT = 1, 0, -1

_GRID_DECIMALS = 3  # vertices that agree to the millimetre are one node

_Places = NDArray[np.complex128]  # x + iy
_Positions = NDArray[np.int64]
_Marks = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Network:
    """Road graph of n nodes and m straight edges, all walked both ways.

    The two sides of a main road are edges of the same geometry; `side` says which of them may
    be reached from the LEFT or the RIGHT only, seen from `tail` to `head`.
    """

    x_m: Numbers  # n
    y_m: Numbers
    tail: Whole  # m positions among the nodes
    head: Whole
    length_cm: Whole  # m, at least 1
    side: NDArray[np.int8]  # m

    @cached_property
    def links(self) -> tuple[Whole, Whole]:
        """Starts (n + 1) and, by tail, rows of head and length (2m, 2)."""
        tails = np.concatenate([self.tail, self.head])
        heads = np.concatenate([self.head, self.tail])
        order = np.argsort(tails, kind="stable")
        starts = np.searchsorted(tails[order], np.arange(self.x_m.size + 1)).astype(np.int32)
        lengths = np.concatenate([self.length_cm, self.length_cm])
        return starts, np.column_stack([heads, lengths])[order]

    @cached_property
    def contracted(self) -> Contracted:
        """The graph made ready for sweeps; takes about as long as ten of them."""
        return contract(*self.links)

    @cached_property
    def ends(self) -> Numbers:
        """Coordinates of the edges: x and y of the tail, x and y of the head, shape (m, 4)."""
        x, y = self.x_m, self.y_m
        return np.column_stack([x[self.tail], y[self.tail], x[self.head], y[self.head]])


def build_network(
    lines: Geometries, *, is_main: ArrayLike | None = None, crossings: Geometries = ()
) -> Network:
    """Build the road graph of street centrelines that meet in shared vertices.

    Lines that cross without a shared vertex, as on bridges, are not joined. Vertices that agree
    to the millimetre are one node; nodes are ordered along a space-filling curve.

    ASSUMPTION: one walks along a main road on both sides, and around the end of one.

    Parameters
    ----------
    lines
        LineStrings or MultiLineStrings, metric CRS; missing and empty ones add nothing.
    is_main
        For each line, whether it may be crossed at crossings only; by default none.
    crossings
        Points on vertices of main roads; others have no effect.

    Raises
    ------
    UsageError
        Lengths differ.
    RejectedDataError
        A geometry is no line, a coordinate is not finite, or no edge is left.

    Examples
    --------
    >>> network = build_network([shapely.LineString([(0, 0), (3, 0), (3, 4)])])
    >>> network.length_cm.tolist()
    [300, 400]
    """
    vertices, main, joined = _read_lines(lines, is_main)
    joined &= vertices[:-1] != vertices[1:]
    if not joined.any():
        raise RejectedDataError(
            f"{len(lines)} lines hold no road of any length.",
            mend="Load the street centrelines of the district.",
        )
    places, node = np.unique([vertices[:-1][joined], vertices[1:][joined]], return_inverse=True)
    order = _order_along_curve(places)
    rank = np.empty(order.size, np.int64)
    rank[order] = np.arange(order.size)
    places, (tail, head), main = places[order], rank[node.reshape(2, -1)], main[:-1][joined]
    side = np.zeros(tail.size, np.int8)
    if main.any():
        spots = np.round(shapely.get_coordinates(crossings), _GRID_DECIMALS) + 0.0
        is_crossing = np.isin(places, spots[:, 0] + 1j * spots[:, 1])
        places, tail, head, side = _part_sides(places, tail, head, main, is_crossing)
    length_cm = np.rint(100.0 * np.abs(places[head] - places[tail]))
    if length_cm.max() > FAR:
        raise RejectedDataError(
            f"A road runs straight on for {length_cm.max() / 1e5:,.0f} km.",
            mend="Give lines in a metric CRS.",
        )
    return Network(
        x_m=places.real.copy(),
        y_m=places.imag.copy(),
        tail=tail.astype(np.int32),
        head=head.astype(np.int32),
        length_cm=np.maximum(length_cm, 1).astype(np.int32),
        side=side,
    )


def keep_largest_part(network: Network) -> Network:
    """Keep the edges of the connected part with the greatest length.

    Courtyards, platforms and roads cut off by the edge of the data lead nowhere; doors should
    rather be snapped to the streets that do. Not for a district of several islands.
    """
    count = network.x_m.size
    graph = csr_array((network.length_cm, (network.tail, network.head)), shape=(count, count))
    _, part = connected_components(graph, directed=False)
    is_kept = part == np.bincount(part[network.tail], weights=network.length_cm).argmax()
    new = np.cumsum(is_kept) - 1
    edge = is_kept[network.tail]
    return Network(
        x_m=network.x_m[is_kept],
        y_m=network.y_m[is_kept],
        tail=new[network.tail[edge]].astype(np.int32),
        head=new[network.head[edge]].astype(np.int32),
        length_cm=network.length_cm[edge],
        side=network.side[edge],
    )


def _read_lines(lines: Geometries, is_main: ArrayLike | None) -> tuple[_Places, _Marks, _Marks]:
    """Return the vertices, whether each is of a main road, and whether the next continues it."""
    roads = np.asarray(lines, dtype=object)
    main = np.zeros(roads.size, bool) if is_main is None else np.asarray(is_main, dtype=bool)
    if main.size != roads.size:
        raise UsageError(
            f"{roads.size} lines came with {main.size} marks of main roads.",
            mend="Give one mark for each line.",
        )
    parts, row = shapely.get_parts(roads, return_index=True)
    wrong = row[shapely.get_type_id(parts) != shapely.GeometryType.LINESTRING]
    if wrong.size:
        raise RejectedDataError(
            f"{wrong.size} geometries are no lines, first in row {wrong[0]}: "
            f"{roads[wrong[0]].geom_type}.",
            mend="Leave them out or give street centrelines.",
        )
    xy, part = shapely.get_coordinates(parts, return_index=True)
    lost = np.flatnonzero(~np.isfinite(xy).all(axis=1))
    if lost.size:
        raise RejectedDataError(
            f"{lost.size} vertices of roads are not finite, first in row {row[part[lost[0]]]}.",
            mend="Repair these lines.",
        )
    xy = np.round(xy, _GRID_DECIMALS) + 0.0  # no negative zeros
    return xy[:, 0] + 1j * xy[:, 1], main[row[part]], part[1:] == part[:-1]


def _order_along_curve(places: _Places) -> _Positions:
    """Order places along a Morton curve, so that neighbours lie near in memory."""
    corner = complex(places.real.min(), places.imag.min())
    extent = max(np.ptp(places.real), np.ptp(places.imag), 1e-3)
    shares = (places - corner) * (65535 / extent)
    east, north = shares.real.astype(np.int64), shares.imag.astype(np.int64)
    code = np.zeros(places.size, np.int64)
    for bit in range(16):
        code |= (east >> bit & 1) << 2 * bit | (north >> bit & 1) << 2 * bit + 1
    return np.argsort(code, kind="stable")


def _part_sides(
    places: _Places, tail: _Positions, head: _Positions, main: _Marks, is_crossing: _Marks
) -> tuple[_Places, _Positions, _Positions, NDArray[np.int8]]:
    """Part each node into the sectors between its main roads, and main edges into two sides.

    Seen round a node, other streets lead into the sector that they lie in. At a crossing all
    sectors are one node.
    """
    # Both ends of every edge, in order of their direction round their node.
    node, edges = np.concatenate([tail, head]), tail.size
    turn = np.angle(places[np.concatenate([head, tail])] - places[node])
    is_main = np.concatenate([main, main])
    order = np.lexsort([turn, node])
    passed = np.cumsum(is_main[order]) - is_main[order]  # main roads passed before
    starts = np.searchsorted(node[order], np.arange(places.size))
    before = np.empty(node.size, np.int64)
    before[order] = passed - passed[starts][node[order]]
    sectors = np.bincount(node[is_main], minlength=places.size)
    sectors[is_crossing] = 1
    sectors = np.maximum(sectors, 1)
    base = np.cumsum(sectors) - sectors
    # To the right of a leaving main road lies the sector before it, to the left the next.
    right = base[node] + before % sectors[node]
    left = base[node] + (before + 1) % sectors[node]
    out, back = slice(None, edges), slice(edges, None)
    new_tail = np.concatenate([right[out][~main], left[out][main], right[out][main]])
    new_head = np.concatenate([right[back][~main], right[back][main], left[back][main]])
    side = np.repeat([BOTH, LEFT, RIGHT], [(~main).sum(), main.sum(), main.sum()])
    return np.repeat(places, sectors), new_tail, new_head, side.astype(np.int8)
