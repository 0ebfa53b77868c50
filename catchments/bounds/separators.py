"""Rows that connected catchments satisfy and split or torn ones break.

A part u belongs to a catchment only if each set of parts that separates it from the catchment's
root holds one of the catchment too: share of u ≤ sum of the shares of the separator. The root
alone is such a set: nothing belongs to a catchment that is closed.

SOURCE: separator inequalities for connected subgraphs, Carvajal, Constantino, Goycoolea, Vielma
and Weintraub (2013), Operations Research 61; fractional ones by minimum cuts of vertices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import (
    breadth_first_order,
    connected_components,
    dijkstra,
    maximum_flow,
    minimum_spanning_tree,
)

from catchments.bounds.programme import Programme
from catchments.units import Numbers, Positions

Flags = NDArray[np.bool_]
Stop = Callable[[], bool]

BROKEN = 1e-3  # how far a row must be broken to be worth adding
_LEVELS = (1e-6, 0.1, 0.3, 0.6)
_SCALE = 1_000_000  # flows are counted in millionths of a part
_ENDLESS = 1_000_000_000


def _never() -> bool:
    return False


@dataclass(frozen=True, eq=False)
class Ground:
    """The parts that touch, and those that a catchment may hold."""

    touching: csr_array  # n, n, both ways
    root: Positions  # m
    allowed: Flags  # n, m

    def list_beside(self, parts: Positions, allowed: Flags) -> Positions:
        """Return the allowed parts that touch these and are none of them."""
        beside = np.zeros(allowed.size, dtype=bool)
        beside[self.touching[parts].indices] = True
        beside[parts] = False
        return np.flatnonzero(beside & allowed)

    def label_pieces(self, inside: Flags) -> Positions:
        """Return the connected piece of each part inside, -1 for others."""
        parts = np.flatnonzero(inside)
        labels = np.full(inside.size, -1, dtype=np.int64)
        if parts.size:
            labels[parts] = connected_components(self.touching[parts][:, parts], directed=False)[1]
        return labels

    def thin(self, separator: Positions, catchment: int) -> Positions:
        """Return the part of a separator that the root can reach; it separates as well."""
        root = self.root[catchment]
        if (separator == root).any():
            return np.array([root])
        rest = self.allowed[:, catchment].copy()
        rest[separator] = False
        labels = self.label_pieces(rest)
        near = np.flatnonzero(labels == labels[root])
        return np.intersect1d(self.list_beside(near, self.allowed[:, catchment]), separator)


@dataclass(frozen=True, eq=False)
class Cut:
    """Parts, each of whose share in the catchment is at most that of the separator."""

    catchment: int
    parts: Positions
    separator: Positions


def build_touching(parts: int, borders: Positions) -> csr_array:
    """Return which parts touch, both ways."""
    tail = np.concatenate([borders[:, 0], borders[:, 1]])
    head = np.concatenate([borders[:, 1], borders[:, 0]])
    return csr_array((np.ones(tail.size), (tail, head)), shape=(parts, parts))


def lay_ground(touching: csr_array, programme: Programme) -> Ground:
    """Return the ground of the pairs that a programme has."""
    return Ground(touching, programme.root, programme.number_pairs() >= 0)


def reach_connected(ground: Ground, weight: Numbers | None = None) -> Numbers:
    """Return the least sum of weights from 0 that joins a part to the root, shape (n, m).

    Infinite for parts that no allowed parts join to the root. Without weights all count 0.
    """
    count, catchments = ground.allowed.shape
    least = np.full((count, catchments), np.inf)
    for at in range(catchments):
        parts = np.flatnonzero(ground.allowed[:, at])
        root = np.flatnonzero(parts == ground.root[at])
        if not root.size:
            continue
        graph = csr_array(ground.touching[parts][:, parts])
        each = np.zeros(parts.size) if weight is None else weight[parts, at]
        # A way of weight 0 would not count as a way.
        graph.data = each[graph.indices] + 1e-12
        way = dijkstra(graph, indices=root)[0]
        least[parts, at] = way + each[root[0]]
    return least


def find_torn(
    ground: Ground, shares: Numbers, *, all_parts: bool = False, stop: Stop = _never
) -> list[Cut]:
    """Return cuts that pieces away from their root break, at several levels of shares.

    Parameters
    ----------
    shares
        Shape (n, m).
    all_parts
        Whether each part of a piece gets its row, not those alone that break it now.
    stop
        Whether to end with what was found.
    """
    cuts: list[Cut] = []
    for at in range(ground.root.size):
        share, allowed = shares[:, at], ground.allowed[:, at]
        pieces: dict[bytes, Positions] = {}
        for level in _LEVELS:
            labels = ground.label_pieces(allowed & (share > level))
            own = labels[ground.root[at]]
            for piece in set(range(int(labels.max(initial=-1)) + 1)) - {own}:
                inside = np.flatnonzero(labels == piece)
                pieces.setdefault(inside.tobytes(), inside)
        for inside in pieces.values():
            if stop():
                return cuts
            separator = ground.thin(ground.list_beside(inside, allowed), at)
            broken = inside[share[inside] > share[separator].sum() + BROKEN]
            if broken.size:
                cuts.append(Cut(at, inside if all_parts else broken, separator))
    return cuts


def find_narrow(ground: Ground, shares: Numbers, most: int, *, stop: Stop = _never) -> list[Cut]:
    """Return cuts broken by shares that more flows into than through a separator, by flows.

    Parameters
    ----------
    shares
        Shape (n, m).
    most
        How many flows to compute at most, those of the narrowest ways first.
    stop
        Whether to end with what was found.
    """
    lacking = np.zeros_like(shares)
    for at in range(ground.root.size):
        lacking[:, at] = shares[:, at] - _find_widest(ground, shares[:, at], at)
    part, catchment = np.nonzero(lacking > BROKEN)
    order = np.argsort(-lacking[part, catchment], kind="stable")[:most]
    cuts: list[Cut] = []
    for at in np.unique(catchment[order]):
        flow = _Flow(ground, shares[:, at], int(at))
        for source in part[order[catchment[order] == at]]:
            if stop():
                return cuts
            cuts.extend(flow.separate(int(source)))
    return cuts


def list_beside_each(ground: Ground, has_choice: Flags) -> list[Cut]:
    """Return for each pair the cut by the parts beside it, unless it holds anyway."""
    cuts = []
    for part, at in zip(*np.nonzero(ground.allowed), strict=True):
        if part == ground.root[at]:
            continue
        beside = ground.list_beside(np.array([part]), ground.allowed[:, at])
        if has_choice[at] or ground.root[at] not in beside:
            cuts.append(Cut(int(at), np.array([part]), ground.thin(beside, int(at))))
    return cuts


def write_rows(programme: Programme, cuts: list[Cut]) -> csr_array:
    """Return the rows of cuts, each at most 0, once each; pairs that are gone hold nothing."""
    at, seen = programme.number_pairs(), set()
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    count = 0
    for cut in cuts:
        separator = at[cut.separator, cut.catchment]
        held = separator[separator >= 0]
        for column in at[cut.parts, cut.catchment]:
            key = (int(column), held.tobytes())
            if column < 0 or key in seen or column in held:
                continue
            seen.add(key)
            rows += [count] * (held.size + 1)
            columns += [int(column), *held.tolist()]
            values += [1.0] + [-1.0] * held.size
            count += 1
    return csr_array((values, (rows, columns)), shape=(count, programme.cost.size))


def _find_widest(ground: Ground, share: Numbers, at: int) -> Numbers:
    """Return for each part the widest way to the root: the least share on the way, at most."""
    widest = np.zeros(share.size)
    root = int(ground.root[at])
    if not ground.allowed[root, at]:
        return widest
    inside = ground.allowed[:, at] & (share > BROKEN)
    inside[root] = True
    parts = np.flatnonzero(inside)
    graph = csr_array(ground.touching[parts][:, parts]).tocoo()
    narrower = np.minimum(share[parts][graph.row], share[parts][graph.col])
    weights = csr_array((2.0 - narrower, (graph.row, graph.col)), shape=graph.shape)
    tree = minimum_spanning_tree(weights)
    start = int(np.searchsorted(parts, root))
    order, before = breadth_first_order(tree, start, directed=False)
    width = np.zeros(parts.size)
    width[start] = share[root]
    for part in order[1:]:
        width[part] = min(width[before[part]], share[parts[part]])
    widest[parts] = width
    return widest


class _Flow:
    """Flows to the root of one catchment through parts as wide as their shares."""

    def __init__(self, ground: Ground, share: Numbers, at: int) -> None:
        self._ground, self._at, self._share = ground, at, share
        self._parts = np.flatnonzero(ground.allowed[:, at])
        count = self._parts.size
        graph = csr_array(ground.touching[self._parts][:, self._parts]).tocoo()
        # Each part is a gate from its entry (number) to its exit (number + count).
        gate = np.arange(count)
        self._width = np.rint(share[self._parts] * _SCALE).astype(np.int32)
        tail = np.concatenate([gate, graph.row + count])
        head = np.concatenate([gate + count, graph.col])
        wide = np.concatenate([self._width, np.full(graph.nnz, _ENDLESS, np.int32)])
        self._graph = csr_array((wide, (tail, head)), shape=(2 * count, 2 * count))
        self._root = int(np.searchsorted(self._parts, ground.root[at]))

    def separate(self, source: int) -> Iterator[Cut]:
        """Yield the separators nearest to a part and nearest to the root, if they are broken."""
        count = self._parts.size
        start = int(np.searchsorted(self._parts, source))
        flow = maximum_flow(self._graph, start + count, self._root + count)
        if flow.flow_value >= self._width[start] - BROKEN * _SCALE:
            return
        left = csr_array(self._graph - flow.flow)
        left.data = np.maximum(left.data, 0)
        left.eliminate_zeros()
        near = np.zeros(2 * count, dtype=bool)
        near[breadth_first_order(left, start + count, return_predecessors=False)] = True
        far = np.zeros(2 * count, dtype=bool)
        back = csr_array(left.T)
        far[breadth_first_order(back, self._root + count, return_predecessors=False)] = True
        for crossed, behind in (
            (near[:count] & ~near[count:], near[count:]),
            (far[count:] & ~far[:count], ~far[count:]),
        ):
            separator = self._parts[crossed]
            most = self._share[separator].sum() + BROKEN
            broken = self._parts[behind & (self._share[self._parts] > most)]
            if broken.size:
                yield Cut(self._at, broken, separator)
