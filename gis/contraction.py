"""Road graphs made small: most nodes are taken out once, and every sweep passes them by.

Nodes with few neighbours are taken out one after the other, and their neighbours joined by edges
as long as the way through them; what remains is the core. A sweep climbs from its seeds to the
core, spreads over the core alone, and descends to all other nodes in the opposite order, each
looking at the few neighbours it had when it went. Distances are exact: every shortest way climbs,
crosses the core and descends. Nine of ten nodes of a street map only bend a street or end one.

SOURCE: Geisberger et al. (2012), contraction hierarchies; Delling et al. (2013), PHAST.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gis.compiled import compiled
from gis.shortest_paths import FAR, UNREACHED, Keys, Whole, spread

Marks = NDArray[np.bool_]

# More neighbours make the core smaller and the ways over it more; the time hardly changes
# between 6 and 12.
_MOST_NEIGHBOURS = 8
_ROOM = 24  # neighbours that a node may come to have; nodes that would get more stay in the core


class Contracted(NamedTuple):
    """A road graph with a core; its nodes are numbered anew, the core first, the last out next."""

    number: Whole  # new number of each node
    core_starts: Whole
    core_edges: Whole  # by tail: head and length
    longest: int  # edge of the core
    climb_starts: NDArray[np.int64]  # of node core + i
    climb_edges: Whole  # neighbours it had, all numbered lower, and how far they are


def contract(starts: Whole, edges: Whole) -> Contracted:
    """Contract an undirected graph.

    Parameters
    ----------
    starts, edges
        Rows `starts[v]` to `starts[v + 1]` of `edges` hold head and length of the edges of v;
        every edge stands at both of its ends. Where a node has more than 24 edges, as no street
        corner does, all nodes stay in the core.
    """
    size = starts.size - 1
    if np.diff(starts).max(initial=0) > _ROOM:
        number, longest = np.arange(size, dtype=np.int32), int(edges[:, 1].max())
        return Contracted(number, starts, edges, longest, np.zeros(1, np.int64), edges[:0])
    heads, lengths = np.empty((size, _ROOM), np.int32), np.empty((size, _ROOM), np.int32)
    counts = np.zeros(size, np.int32)
    _list_neighbours(starts, edges, heads, lengths, counts)
    order = np.empty(size, np.int32)
    climb_starts, climbs = (
        np.zeros(size + 1, np.int64),
        np.empty((_MOST_NEIGHBOURS * size, 2), np.int32),
    )
    out = _take_out(heads, lengths, counts, order, climb_starts, climbs)

    is_core = np.ones(size, bool)
    is_core[order[:out]] = False
    core = np.flatnonzero(is_core)
    number = np.empty(size, np.int32)
    number[core] = np.arange(core.size)
    number[order[:out]] = np.arange(size - 1, size - 1 - out, -1)
    # Last out first, as a descent needs them.
    climb_count = np.diff(climb_starts[: out + 1])[::-1]
    new_starts = np.concatenate([[0], np.cumsum(climb_count)])
    old = np.repeat(climb_starts[:out][::-1] - new_starts[:-1], climb_count)
    climb_edges = climbs[old + np.arange(old.size)]
    climb_edges[:, 0] = number[climb_edges[:, 0]]

    is_used = np.arange(_ROOM) < counts[core][:, None]
    core_edges = np.column_stack([number[heads[core][is_used]], lengths[core][is_used]])
    core_starts = np.concatenate([[0], np.cumsum(counts[core])]).astype(np.int32)
    longest = int(core_edges[:, 1].max(initial=0))
    return Contracted(number, core_starts, core_edges, longest, new_starts, climb_edges)


def sweep_nearest(graph: Contracted, seeds: Keys, seed_nodes: Whole) -> Keys:
    """Return for every node the least distance and label with which a seed reaches it.

    Parameters
    ----------
    seeds, seed_nodes
        Keys (distance × 2³² + label) that the sweep begins with, and their nodes.

    Returns
    -------
    keys
        One for each node; both halves are UNREACHED where no seed reaches.
    """
    keys = np.full(graph.number.size, UNREACHED << 32 | UNREACHED, np.int64)
    core = graph.core_starts.size - 1
    np.minimum.at(keys, graph.number[seed_nodes], seeds)
    _climb(keys.view(np.uint64), core, graph.climb_starts, graph.climb_edges.view(np.uint32))
    reached = np.flatnonzero(keys[:core] >> 32 < UNREACHED).astype(np.int32)
    begin = keys[reached]
    spread(graph.core_starts, graph.core_edges, graph.longest, begin, reached, keys[:core])
    _descend(keys.view(np.uint64), core, graph.climb_starts, graph.climb_edges.view(np.uint32))
    return keys[graph.number]


@compiled
def _list_neighbours(
    starts: Whole, edges: Whole, heads: Whole, lengths: Whole, counts: Whole
) -> None:
    """Write the neighbours of each node once, at the least of several lengths, itself left out."""
    for node in range(counts.size):
        for row in range(starts[node], starts[node + 1]):
            if edges[row, 0] != node:
                _join(heads, lengths, counts, node, edges[row, 0], edges[row, 1])


@compiled
def _join(heads: Whole, lengths: Whole, counts: Whole, node: int, head: int, length: int) -> None:
    """Give a node one more neighbour, or a shorter way to one it has."""
    place = 0
    while place < counts[node] and heads[node, place] != head:
        place += 1
    if place == counts[node]:
        heads[node, place] = head
        lengths[node, place] = length
        counts[node] += 1
    else:
        lengths[node, place] = min(lengths[node, place], length)


@compiled
def _take_out(
    heads: Whole,
    lengths: Whole,
    counts: Whole,
    order: Whole,
    climb_starts: NDArray[np.int64],
    climbs: Whole,
) -> int:
    """Take nodes out, those with the fewest neighbours first, no two neighbours in one round.

    Writes the nodes in their order and the neighbours that each has when it goes; returns how
    many are out.
    """
    size, room = heads.shape
    is_out, last_round = np.zeros(size, np.bool_), np.zeros(size, np.int32)
    out, used, round_number = 0, 0, 0
    for most in range(1, _MOST_NEIGHBOURS + 1):
        count = size
        # The few that a further round would find may go with the next greater degree.
        while count > (size - out) // 50:
            round_number += 1
            count = 0
            for node in range(size):
                degree = counts[node]
                if is_out[node] or degree > most or last_round[node] == round_number:
                    continue
                widest = 0
                for place in range(degree):
                    widest = max(widest, counts[heads[node, place]])
                if widest + degree - 2 > room:
                    continue
                is_out[node] = True
                order[out] = node
                for place in range(degree):
                    climbs[used, 0] = heads[node, place]
                    climbs[used, 1] = lengths[node, place]
                    last_round[heads[node, place]] = round_number
                    used += 1
                out += 1
                climb_starts[out] = used
                _bridge(heads, lengths, counts, node)
                count += 1
    return out


@compiled
def _bridge(heads: Whole, lengths: Whole, counts: Whole, node: int) -> None:
    """Take a node from the lists of its neighbours and join them with each other."""
    degree = counts[node]
    for place in range(degree):
        other = heads[node, place]
        at = 0
        while heads[other, at] != node:
            at += 1
        counts[other] -= 1
        heads[other, at] = heads[other, counts[other]]
        lengths[other, at] = lengths[other, counts[other]]
    for one in range(degree):
        for two in range(one):
            a, b = heads[node, one], heads[node, two]
            through = lengths[node, one] + lengths[node, two]
            if through < FAR and not _has_way(heads, lengths, counts, a, b, through):
                _join(heads, lengths, counts, a, b, through)
                _join(heads, lengths, counts, b, a, through)


@compiled
def _has_way(
    heads: Whole, lengths: Whole, counts: Whole, start: int, stop: int, length: int
) -> bool:
    """Tell whether a way over one further node is as short, so that no edge is needed."""
    for place in range(counts[start]):
        further, rest = heads[start, place], length - lengths[start, place]
        if rest <= 0 or further == stop:
            continue
        for at in range(counts[further]):
            if heads[further, at] == stop and lengths[further, at] <= rest:
                return True
    return False


@compiled
def _climb(
    keys: NDArray[np.uint64],
    core: int,
    starts: NDArray[np.int64],
    edges: NDArray[np.uint32],
) -> None:
    """Carry the keys of nodes outside the core to the neighbours they had, first out first."""
    half, end = np.uint64(32), np.uint64(FAR) << np.uint64(32)
    for at in range(starts.size - 2, -1, -1):
        key = keys[core + at]
        if key < end:
            for row in range(starts[at], starts[at + 1]):
                head = edges[row, 0]
                keys[head] = min(keys[head], key + (np.uint64(edges[row, 1]) << half))


@compiled
def _descend(
    keys: NDArray[np.uint64],
    core: int,
    starts: NDArray[np.int64],
    edges: NDArray[np.uint32],
) -> None:
    """Write the keys of nodes outside the core from the neighbours they had, last out first."""
    half, end = np.uint64(32), np.uint64(FAR) << np.uint64(32)
    nobody = np.uint64(UNREACHED) << half | np.uint64(UNREACHED)
    for at in range(starts.size - 1):
        best = keys[core + at]
        for row in range(starts[at], starts[at + 1]):
            best = min(best, keys[edges[row, 0]] + (np.uint64(edges[row, 1]) << half))
        keys[core + at] = best if best < end else nobody
