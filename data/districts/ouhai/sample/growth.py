"""Cells that grow from seeds over neighbouring areas until they meet."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]


def grow_cells(
    pairs: Ints, cost_m: Floats, seeds: Ints, head_start_m: Floats, *, areas: int
) -> Ints:
    """Return for each area the seed whose growth reaches it first, -1 when none does.

    Every cell is connected, because growth only passes from neighbour to neighbour.

    Parameters
    ----------
    pairs
        Neighbouring areas, shape (n, 2), each pair once.
    cost_m
        Cost of passing between the two, shape (n,).
    seeds
        Area of each seed, all different.
    head_start_m
        How far each seed has grown when the others start. No seed swallows another: a
        head start counts at most half the way to the next seed.
    areas
        Number of areas.

    Examples
    --------
    >>> line = np.array([[0, 1], [1, 2], [2, 3]])
    >>> grow_cells(line, np.ones(3), np.array([0, 3]), np.zeros(2), areas=4).tolist()
    [0, 0, 1, 1]
    """
    graph = csr_array(
        (np.tile(np.maximum(cost_m, 1e-3), 2), (pairs.T.ravel(), pairs[:, ::-1].T.ravel())),
        shape=(areas, areas),
    )
    apart = dijkstra(graph, indices=seeds)[:, seeds]
    np.fill_diagonal(apart, np.inf)
    limit = np.where(np.isfinite(apart.min(axis=1)), apart.min(axis=1), 0) * 0.49
    early = np.clip(head_start_m, -limit, limit)
    wait = early.max() - early + 1.0
    start = csr_array(
        (
            np.concatenate([graph.data, wait]),
            np.concatenate([graph.indices, seeds]),
            np.append(graph.indptr, len(graph.data) + len(seeds)),
        ),
        shape=(areas + 1, areas + 1),
    )
    _, before = dijkstra(start, indices=[areas], return_predecessors=True)
    return _trace_owners(before[0, :areas].astype(np.intp), seeds)


def _trace_owners(before: Ints, seeds: Ints) -> Ints:
    """Return the seed at the root of every area, given the area before it on its path."""
    root = np.where(before >= 0, before, np.arange(len(before)))
    root[seeds] = seeds
    while not np.array_equal(root, root[root]):
        root = root[root]
    owner = np.full(len(before), -1)
    owner[seeds] = np.arange(len(seeds))
    return np.asarray(owner[root])
