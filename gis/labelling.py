"""Millions of points in hundreds of polygons: a grid that answers most of them at once.

A cell that no border touches knows its label. In every other cell a point is tested, lowest
label first, against the edges that share its row of cells: a ray to the east crosses a ring an
odd number of times from inside. The side of an edge is decided by a floating-point filter; the
few points that it cannot decide, on a border or within rounding of one, are answered by GEOS.
So labels are exactly those of `shapely.covers`.

Coordinates are taken as given. SOURCE: Shewchuk (1997), Adaptive precision floating-point
arithmetic and fast robust geometric predicates, for the filter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from gis import coverage
from gis.compiled import compiled, share_rows
from gis.coverage import Geometries, Polygons
from gis.errors import RejectedDataError, UsageError
from gis.grids import Frame, Numbers, clip_to_row, find_cell, frame_edges

OUTSIDE = -1

_DOUBTFUL = -2
_ERROR_SHARE = 3.3306690738754716e-16  # SOURCE: Shewchuk, (3 + 16ε)ε
_TINY = 1e-290  # below it products lose digits by underflow
_HUGE = 1e100

_MOST_LINES = 1024  # columns or rows of the grid
_EDGE_COPIES = 6  # an edge may be listed this often on average, once for each row it reaches
_BLOCK = 65536

Positions = NDArray[np.int64]


class _Grid(NamedTuple):
    """What the kernels read; polygons are ranked by label, the lowest first.

    A cell holds -1 (outside all), the rank of the polygon that covers it whole, or -2 - k. The
    latter means: test the slabs `tests[first[k]:first[k + 1] - 1]` in turn; the last entry is
    the rank of the polygon that covers the rest of the cell, or -1.
    """

    frame: Frame
    cells: NDArray[np.int32]
    first: Positions
    tests: NDArray[np.int32]
    slab_rank: NDArray[np.int32]
    slab_start: Positions
    ends: Numbers  # edges of slab s: rows slab_start[s] to slab_start[s + 1]


@dataclass(frozen=True, eq=False)
class LabelIndex:
    """Polygons made ready to label points; see :func:`build_label_index`."""

    areas: Polygons  # by rank
    labels: Positions  # by rank
    grid: _Grid | None  # None without any edge

    def label(self, points_x: ArrayLike, points_y: ArrayLike) -> Positions:
        """Label n points as :func:`gis.partition.label_points` does."""
        x, y = read_points(points_x, points_y)
        found = np.full(x.size, OUTSIDE, dtype=np.int64)
        grid = self.grid
        if grid is None:
            return found

        def label_block(first: int, last: int) -> None:
            rows = slice(first, last)
            _label(grid, x[rows], y[rows], self.labels, found[rows])

        share_rows(label_block, x.size, block=_BLOCK)
        doubtful = np.flatnonzero(found == _DOUBTFUL)
        if doubtful.size:
            found[doubtful] = label_by_tree(x[doubtful], y[doubtful], self.areas, self.labels)
        return found


def read_points(points_x: ArrayLike, points_y: ArrayLike) -> tuple[Numbers, Numbers]:
    """Read the coordinates of n points.

    Raises
    ------
    UsageError
        They are no two flat arrays of one length.
    """
    x, y = np.asarray(points_x, dtype=np.float64), np.asarray(points_y, dtype=np.float64)
    if x.ndim != 1 or x.shape != y.shape:
        raise UsageError(
            f"Points came as x of shape {x.shape} and y of shape {y.shape}.",
            mend="Give two flat arrays of one length.",
        )
    return x, y


def read_labels(areas: Polygons, ids: ArrayLike | None) -> Positions:
    """Read one label for each polygon, by default its position.

    Raises
    ------
    UsageError
        Lengths differ, or a label is negative.
    """
    labels = np.arange(areas.size) if ids is None else np.asarray(ids, dtype=np.int64)
    if labels.size != areas.size or (labels < 0).any():
        raise UsageError(
            f"{areas.size} polygons came with {labels.size} ids, the lowest of them "
            f"{labels.min(initial=0)}.",
            mend="Give one id from 0 upward for each polygon.",
        )
    return labels


def label_by_tree(x: Numbers, y: Numbers, areas: Polygons, labels: Positions) -> Positions:
    """Label points by a tree of polygons and exact tests; fastest for a few thousand points."""
    known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    points, rows = shapely.STRtree(areas).query(shapely.points(x[known], y[known]))
    points = known[points]
    shapely.prepare(areas)
    is_covered = np.atleast_1d(shapely.intersects_xy(areas[rows], x[points], y[points]))
    found = np.full(x.size, np.iinfo(np.int64).max)
    np.minimum.at(found, points[is_covered], labels[rows[is_covered]])
    found[found == np.iinfo(np.int64).max] = OUTSIDE
    return found


def build_label_index(polygons: Geometries, *, ids: ArrayLike | None = None) -> LabelIndex:
    """Make polygons ready to label many points, again and again.

    Parameters
    ----------
    polygons
        m polygons; missing and empty ones cover nothing.
    ids
        Labels as for :func:`gis.partition.label_points`.

    Raises
    ------
    UsageError
        Lengths differ, or a label is negative.
    RejectedDataError
        A geometry is no polygon, or a vertex is no place.

    Examples
    --------
    >>> index = build_label_index([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    >>> index.label([0.5, 1.0, 1.5, 9.0], [0.5, 0.5, 0.5, 0.5]).tolist()
    [0, 0, 1, -1]
    """
    areas = coverage.read_polygons(polygons)
    labels = read_labels(areas, ids)
    order = np.argsort(labels, kind="stable")
    areas, labels = areas[order], labels[order]
    parts, part_rank = shapely.get_parts(areas, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    ring_rank = part_rank[ring_part]
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    lost = np.flatnonzero(~(np.abs(xy) < _HUGE).all(axis=1))
    if lost.size:
        row = order[ring_rank[ring[lost[0]]]]
        raise RejectedDataError(
            f"{lost.size} vertices are no places, first in row {row}: {xy[lost[0]].tolist()}.",
            mend="Repair these polygons or leave them out.",
        )
    is_edge = ring[1:] == ring[:-1]
    ends = np.column_stack([xy[:-1], xy[1:]])[is_edge]
    rank = ring_rank[ring[:-1][is_edge]].astype(np.int32)
    return LabelIndex(areas, labels, _lay_cells(ends, rank) if len(ends) else None)


def _lay_cells(ends: Numbers, rank: NDArray[np.int32]) -> _Grid:
    """Lay the grid over edges that are sorted by the rank of their polygon."""
    frame = frame_edges(ends, _count_lines(ends[:, ::2]), _count_lines(ends[:, 1::2]))
    counts = np.zeros(frame.rows + 1, np.int64)
    _list_rows(ends, frame, counts, np.empty(0, np.int32))
    row_start = np.concatenate([[0], np.cumsum(counts[:-1])])
    listed = np.empty(row_start[-1], np.int32)
    _list_rows(ends, frame, row_start[:-1].copy(), listed)
    # Edges keep their order within a row, so that those of one polygon stand together: a slab.
    row = np.repeat(np.arange(frame.rows), np.diff(row_start))
    is_first = np.ones(listed.size, bool)
    is_first[1:] = (rank[listed[1:]] != rank[listed[:-1]]) | (row[1:] != row[:-1])
    slab_start = np.append(np.flatnonzero(is_first), listed.size)
    slab_rank, slab_row = rank[listed[slab_start[:-1]]], row[slab_start[:-1]]
    ends = ends[listed]
    cells = np.full(frame.columns * frame.rows, OUTSIDE, np.int32)
    room = listed.size + slab_rank.size
    while True:
        border, slab = np.empty(room, np.int32), np.empty(room, np.int32)
        cells[:] = OUTSIDE
        used = _mark_cells(ends, frame, slab_start, slab_rank, slab_row, cells, border, slab)
        if used <= room:
            break
        room = used
    border, slab = border[:used], slab[:used]
    touched = np.unique(border)
    # Each list of tests ends with the polygon that covers the rest of its cell.
    owner = np.concatenate([border, touched])
    tests = np.concatenate([slab, cells[touched]])
    order = np.argsort(owner, kind="stable")
    first = np.searchsorted(owner[order], touched)
    cells[touched] = _DOUBTFUL - np.arange(touched.size, dtype=np.int32)
    first = np.append(first, owner.size)
    return _Grid(frame, cells, first, tests[order], slab_rank, slab_start, ends)


def _count_lines(spans: Numbers) -> int:
    """Choose the number of columns or rows from the extents of m edges along that axis."""
    reach = np.abs(spans[:, 1] - spans[:, 0]).sum()
    extent = np.ptp(spans)
    if not reach > 0.0:
        return 1
    return int(np.clip(_EDGE_COPIES * len(spans) * (extent / reach), 1, _MOST_LINES))


@compiled
def _list_rows(ends: Numbers, frame: Frame, places: Positions, listed: NDArray[np.int32]) -> None:
    """Count the edges that reach each row, or write them at `places` where there is room."""
    for edge in range(ends.shape[0]):
        low, high = min(ends[edge, 1], ends[edge, 3]), max(ends[edge, 1], ends[edge, 3])
        first = find_cell(low, frame.south, frame.height, frame.rows)
        for row in range(first, find_cell(high, frame.south, frame.height, frame.rows) + 1):
            if listed.size:
                listed[places[row]] = edge
            places[row] += 1


@compiled
def _mark_cells(
    ends: Numbers,
    frame: Frame,
    slab_start: Positions,
    slab_rank: NDArray[np.int32],
    slab_row: Positions,
    cells: NDArray[np.int32],
    border: NDArray[np.int32],
    border_slab: NDArray[np.int32],
) -> int:
    """Write the rank that covers each cell whole, and list the cells on borders.

    A cell is listed for a slab only while no lower rank covers it whole. Returns how many are
    listed, which may be more than there is room for.
    """
    used = 0
    stamp = np.full(frame.columns, -1, np.int64)
    for slab in range(slab_rank.size):
        row = slab_row[slab]
        west, east = frame.columns, -1
        for edge in range(slab_start[slab], slab_start[slab + 1]):
            first, last = clip_to_row(
                ends[edge, 0], ends[edge, 1], ends[edge, 2], ends[edge, 3], row, frame
            )
            stamp[first : last + 1] = slab
            west, east = min(west, first), max(east, last)
        side = _DOUBTFUL
        y = frame.south + (row + 0.5) * frame.height
        for column in range(west, east + 1):
            cell = row * frame.columns + column
            if stamp[column] == slab:
                side = _DOUBTFUL  # a border was passed: test the next free cell anew
            elif side == _DOUBTFUL:
                x = frame.west + (column + 0.5) * frame.width
                side = _locate(ends, slab_start[slab], slab_start[slab + 1], x, y)
            if cells[cell] >= 0:
                continue
            if side == 1:
                cells[cell] = slab_rank[slab]
            elif side == _DOUBTFUL:
                if used < border.size:
                    border[used], border_slab[used] = cell, slab
                used += 1
    return used


@compiled
def _locate(ends: Numbers, first: int, last: int, x: float, y: float) -> int:
    """Return 1 inside or on the border, 0 outside, _DOUBTFUL where the filter cannot tell."""
    is_inside = 0
    for edge in range(first, last):
        ax, ay, bx, by = ends[edge, 0], ends[edge, 1], ends[edge, 2], ends[edge, 3]
        if (ax == x and ay == y) or (bx == x and by == y):
            return 1
        if (ay > y) == (by > y):
            if ay == y and by == y and min(ax, bx) <= x <= max(ax, bx):
                return 1
            continue
        if x > max(ax, bx):
            continue
        if x < min(ax, bx):
            is_inside ^= 1
            continue
        left, right = (ax - x) * (by - y), (ay - y) * (bx - x)
        turn = left - right
        if not abs(turn) > _ERROR_SHARE * (abs(left) + abs(right)) + _TINY:
            return _DOUBTFUL
        if (turn > 0.0) == (by > ay):
            is_inside ^= 1
    return is_inside


@compiled
def _label(grid: _Grid, x: Numbers, y: Numbers, labels: Positions, found: Positions) -> None:
    """Write the label of each point; _DOUBTFUL where an exact test is needed."""
    frame = grid.frame
    east = frame.west + frame.columns * frame.width
    north = frame.south + frame.rows * frame.height
    for point in range(x.size):
        px, py = x[point], y[point]
        # Also false for NaN; a little beyond the last cell is still looked up, to be safe.
        if not (
            frame.west <= px <= east + frame.width and frame.south <= py <= north + frame.height
        ):
            continue
        column = find_cell(px, frame.west, frame.width, frame.columns)
        row = find_cell(py, frame.south, frame.height, frame.rows)
        rank = grid.cells[row * frame.columns + column]
        if rank <= _DOUBTFUL:
            listing = _DOUBTFUL - rank
            last = grid.first[listing + 1] - 1
            rank = grid.tests[last]
            for test in range(grid.first[listing], last):
                slab = grid.tests[test]
                start, stop = grid.slab_start[slab], grid.slab_start[slab + 1]
                side = _locate(grid.ends, start, stop, px, py)
                if side != 0:
                    rank = grid.slab_rank[slab] if side == 1 else _DOUBTFUL
                    break
        if rank != OUTSIDE:
            found[point] = labels[rank] if rank >= 0 else _DOUBTFUL
