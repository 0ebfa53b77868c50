"""Shortest paths over a road graph with whole-number lengths, by bucket queues.

A node waits in the bucket of its distance; buckets are emptied in order. A bucket may be wider
than the shortest edge: a node that improves while its own bucket is being emptied goes in
again, so distances are exact whatever the width. Distance and label are compared as one number,
so that equal distances yield to the lowest label whatever the order of nodes and sources.

UNITS: whole centimetres in int32; nothing beyond `FAR` is reached.
SOURCE: Dial (1969), Communications of the ACM 12; Meyer and Sanders (2003), delta-stepping.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gis.compiled import compiled

Whole = NDArray[np.int32]
Keys = NDArray[np.int64]  # distance × 2³² + label

FAR = 1 << 29  # 5,368 km; two edges may be as long again without overflow
UNREACHED = 1 << 30  # distance and label of a node that no source reaches
LABEL = (1 << 32) - 1  # the half of a key that holds the label

# The time hardly depends on the width between an eighth and a half of a usual edge; the longest
# edge of a road graph is some twenty times a usual one.
_EDGE_BUCKETS = 64
_MOST_BUCKETS = 1 << 16


def spread(
    starts: Whole, edges: Whole, longest: int, seeds: Keys, seed_nodes: Whole, keys: Keys
) -> None:
    """Write for every node the least distance and label with which a seed reaches it.

    Parameters
    ----------
    starts, edges
        Graph: rows `starts[v]` to `starts[v + 1]` of `edges` hold head and length of the edges
        that leave v.
    longest
        Length of the longest edge.
    seeds, seed_nodes
        Keys that the sweep begins with, and their nodes.
    keys
        Written, one for each node; both halves are UNREACHED where no seed reaches.
    """
    # Waiting distances span at most `reach`, so that many buckets serve in turn for ever.
    reach = int(max(longest, (seeds >> 32).max(initial=0)))
    bits = max(longest // _EDGE_BUCKETS, reach // _MOST_BUCKETS).bit_length()
    buckets = 1 << ((reach >> bits) + 2).bit_length()
    # Nothing is negative; unsigned positions spare the kernel the look for negative ones.
    graph = starts.view(np.uint32), edges.view(np.uint32)
    begin, result = (seeds.view(np.uint64), seed_nodes.view(np.uint32)), keys.view(np.uint64)
    room = keys.size + seeds.size + 2
    while not _spread(*graph, *begin, bits, buckets, result, room):
        room *= 2


@compiled
def _spread(
    starts: NDArray[np.uint32],
    edges: NDArray[np.uint32],
    seeds: NDArray[np.uint64],
    seed_nodes: NDArray[np.uint32],
    bits: int,
    buckets: int,
    keys: NDArray[np.uint64],
    room: int,
) -> bool:
    """Spread with room for so many waiting entries; False when they did not suffice."""
    half, one = np.uint64(32), np.uint32(1)
    shift, mask = np.uint32(bits), np.uint32(buckets - 1)
    keys[:] = np.uint64(UNREACHED) << half | np.uint64(UNREACHED)
    end = np.uint64(FAR) << half
    # An entry holds the next one of its bucket, or of the freed ones, a node and the distance
    # with which it began to wait; entry 0 is nobody, those from `fresh` on were never used.
    heads, queue = np.zeros(buckets, np.uint32), np.empty((room, 3), np.uint32)
    freed, fresh, bucket = np.uint32(0), np.uint32(1), np.uint32(0)
    for seed in range(seeds.size):
        key, node = seeds[seed], seed_nodes[seed]
        if key < keys[node]:
            keys[node] = key
            _wait(queue, heads, shift, mask, fresh, node, np.uint32(key >> half))
            fresh += one
    waiting = np.int64(fresh) - 1

    while waiting:
        while heads[bucket]:
            entry = heads[bucket]
            node = queue[entry, 1]
            heads[bucket] = queue[entry, 0]
            queue[entry, 0] = freed
            freed = entry
            waiting -= 1
            key = keys[node]
            if queue[entry, 2] != np.uint32(key >> half):
                continue  # reached on a shorter way since
            for row in range(starts[node], starts[node + one]):
                head = edges[row, 0]
                further = key + (np.uint64(edges[row, 1]) << half)
                if further < keys[head] and further < end:
                    keys[head] = further
                    if freed:
                        entry = freed
                        freed = queue[entry, 0]
                    elif fresh == room:
                        return False
                    else:
                        entry = fresh
                        fresh += one
                    far = np.uint32(further >> half)
                    _wait(queue, heads, shift, mask, entry, head, far)
                    waiting += 1
        bucket = (bucket + one) & mask
    return True


@compiled
def _wait(
    queue: NDArray[np.uint32],
    heads: NDArray[np.uint32],
    shift: np.uint32,
    mask: np.uint32,
    entry: np.uint32,
    node: np.uint32,
    far: np.uint32,
) -> None:
    """Let a node wait in the bucket of its distance."""
    place = (far >> shift) & mask
    queue[entry, 0] = heads[place]
    queue[entry, 1] = node
    queue[entry, 2] = far
    heads[place] = entry
