"""Grids over straight edges: which cells an edge touches, which edge is nearest to a point."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gis.compiled import compiled

Numbers = NDArray[np.float64]

# Cells of an edge are found on a line that is this share of a cell thicker than the edge, so
# that rounding never hides an edge from a cell.
_SLACK = 1e-6


class Frame(NamedTuple):
    """Columns and rows of cells over a rectangle."""

    west: float
    south: float
    width: float  # of a cell
    height: float
    columns: int
    rows: int


class EdgeGrid(NamedTuple):
    """The edges that touch each cell: `edges[starts[cell]:starts[cell + 1]]`, row by row."""

    frame: Frame
    starts: NDArray[np.int64]
    edges: NDArray[np.int32]


def frame_edges(ends: Numbers, columns: int, rows: int) -> Frame:
    """Lay columns and rows over all edges; cells have a width and height above 0."""
    west, east = min(ends[:, 0].min(), ends[:, 2].min()), max(ends[:, 0].max(), ends[:, 2].max())
    south, north = min(ends[:, 1].min(), ends[:, 3].min()), max(ends[:, 1].max(), ends[:, 3].max())
    # As fine as coordinates of this size can tell apart, where the edges have no extent.
    least = max(abs(west), abs(east), abs(south), abs(north), 1e-100) * 1e-12
    width, height = max((east - west) / columns, least), max((north - south) / rows, least)
    return Frame(float(west), float(south), float(width), float(height), columns, rows)


def lay_grid(ends: Numbers) -> EdgeGrid:
    """Lay a grid of about one cell an edge over m edges.

    Parameters
    ----------
    ends
        Shape (m, 4): x and y of one end, x and y of the other; m at least 1.
    """
    extent_x = np.ptp(ends[:, ::2]) or 1.0
    extent_y = np.ptp(ends[:, 1::2]) or 1.0
    # A cell is no narrower than a usual edge is long, for edges to lie in few cells.
    usual = np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1]).mean()
    size = max(np.sqrt(extent_x * extent_y / len(ends)), usual)
    most = 4 * len(ends) + 1
    columns = int(np.clip(np.ceil(extent_x / size), 1, most))
    rows = int(np.clip(np.ceil(extent_y / size), 1, max(most // columns, 1)))
    frame = frame_edges(ends, columns, rows)
    counts = np.zeros(columns * rows + 1, np.int64)
    _list_cells(ends, frame, counts, np.empty(0, np.int32))
    starts = np.concatenate([[0], np.cumsum(counts[:-1])])
    edges = np.empty(starts[-1], np.int32)
    _list_cells(ends, frame, starts[:-1].copy(), edges)
    return EdgeGrid(frame, starts, edges)


@compiled
def find_cell(value: float, origin: float, size: float, count: int) -> int:
    """Return the column or row of a coordinate, the outermost for those beyond."""
    at = (value - origin) / size
    return 0 if at < 0.0 else count - 1 if at >= count else int(at)


@compiled
def clip_to_row(
    ax: float, ay: float, bx: float, by: float, row: int, frame: Frame
) -> tuple[int, int]:
    """Return the first and last column that an edge touches within a row that it reaches."""
    slack = _SLACK * frame.height
    low = frame.south + row * frame.height - slack
    high = frame.south + (row + 1) * frame.height + slack
    if ay > by:
        ax, ay, bx, by = bx, by, ax, ay
    start, stop = ax, bx
    if ay < low:
        start = ax + (bx - ax) * ((low - ay) / (by - ay))
    if by > high:
        stop = ax + (bx - ax) * ((high - ay) / (by - ay))
    slack = _SLACK * frame.width
    first = find_cell(min(start, stop) - slack, frame.west, frame.width, frame.columns)
    return first, find_cell(max(start, stop) + slack, frame.west, frame.width, frame.columns)


@compiled
def _list_cells(
    ends: Numbers, frame: Frame, places: NDArray[np.int64], edges: NDArray[np.int32]
) -> None:
    """Count the edges of each cell, or write them at `places` where there is room for them."""
    for edge in range(ends.shape[0]):
        ax, ay, bx, by = ends[edge, 0], ends[edge, 1], ends[edge, 2], ends[edge, 3]
        slack = _SLACK * frame.height
        first = find_cell(min(ay, by) - slack, frame.south, frame.height, frame.rows)
        last = find_cell(max(ay, by) + slack, frame.south, frame.height, frame.rows)
        for row in range(first, last + 1):
            west, east = clip_to_row(ax, ay, bx, by, row, frame)
            for column in range(west, east + 1):
                cell = row * frame.columns + column
                if edges.size:
                    edges[places[cell]] = edge
                places[cell] += 1


@compiled
def find_nearest_edges(
    ends: Numbers,
    side: NDArray[np.int8],
    grid: EdgeGrid,
    x: Numbers,
    y: Numbers,
    reach: float,
    nearest: NDArray[np.int64],
    share: Numbers,
    distance: Numbers,
) -> None:
    """Write the nearest edge of each point, how far along it lies (0 to 1) and how far away.

    An edge whose `side` is 1 counts for points on its left only, -1 on its right, 0 on both.
    Equally near edges yield to the lowest position, one-sided edges before others, lest a street
    on the far side of a main road be taken where it meets that road. Points farther than `reach`
    from all are left as they are.
    """
    frame = grid.frame
    for point in range(x.size):
        px, py = x[point], y[point]
        if not (np.isfinite(px) and np.isfinite(py)):
            continue
        column = find_cell(px, frame.west, frame.width, frame.columns)
        row = find_cell(py, frame.south, frame.height, frame.rows)
        best, edge, along = np.inf, -1, 0.0
        for ring in range(max(frame.columns, frame.rows)):
            for j in range(max(row - ring, 0), min(row + ring, frame.rows - 1) + 1):
                step = 1 if abs(j - row) == ring else max(2 * ring, 1)
                for i in range(column - ring, column + ring + 1, step):
                    if i < 0 or i >= frame.columns:
                        continue
                    cell = j * frame.columns + i
                    best, edge, along = _search_cell(
                        ends, side, grid, cell, px, py, best, edge, along
                    )
            if min(best, reach * reach) <= _measure_room(px, py, column, row, ring, frame) ** 2:
                break
        if edge >= 0 and best <= reach * reach:
            nearest[point], share[point], distance[point] = edge, along, np.sqrt(best)


@compiled
def _search_cell(
    ends: Numbers,
    side: NDArray[np.int8],
    grid: EdgeGrid,
    cell: int,
    px: float,
    py: float,
    best: float,
    edge: int,
    along: float,
) -> tuple[float, int, float]:
    """Return squared distance, position and share of the best edge, this cell's included."""
    for entry in range(grid.starts[cell], grid.starts[cell + 1]):
        other = grid.edges[entry]
        ax, ay = ends[other, 0], ends[other, 1]
        ux, uy = ends[other, 2] - ax, ends[other, 3] - ay
        if side[other] * (ux * (py - ay) - uy * (px - ax)) < 0.0:
            continue
        at = ((px - ax) * ux + (py - ay) * uy) / (ux * ux + uy * uy)
        # From the ends themselves, for edges that share one to be equally near.
        if at >= 1.0:
            at = 1.0
            far = (px - ends[other, 2]) ** 2 + (py - ends[other, 3]) ** 2
        else:
            at = max(at, 0.0)
            far = (px - ax - at * ux) ** 2 + (py - ay - at * uy) ** 2
        if far < best or (far == best and _precedes(other, edge, side)):
            best, edge, along = far, other, at
    return best, edge, along


@compiled
def _precedes(one: int, other: int, side: NDArray[np.int8]) -> bool:
    if (side[one] != 0) != (side[other] != 0):
        return bool(side[one] != 0)
    return one < other


@compiled
def _measure_room(px: float, py: float, column: int, row: int, ring: int, frame: Frame) -> float:
    """Measure how far the cells beyond a ring are from the point at least."""
    room = np.inf
    if column - ring > 0:
        room = min(room, px - frame.west - (column - ring) * frame.width)
    if column + ring < frame.columns - 1:
        room = min(room, frame.west + (column + ring + 1) * frame.width - px)
    if row - ring > 0:
        room = min(room, py - frame.south - (row - ring) * frame.height)
    if row + ring < frame.rows - 1:
        room = min(room, frame.south + (row + ring + 1) * frame.height - py)
    return max(room, 0.0)
