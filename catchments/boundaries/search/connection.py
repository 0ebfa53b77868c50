"""Whether catchments hang together when units leave them, and what hangs on one unit alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from catchments.boundaries.search.board import Board, Whole
from gis.compiled import compiled_in_place

Marks = NDArray[np.int64]


def open_marks(units: int) -> tuple[Marks, Whole]:
    """Return marks for so many units, the last counting the looks, and room for a queue."""
    return np.zeros(units + 1, np.int64), np.zeros(units, np.int32)


@compiled_in_place
def is_joined(board: Board, home: Whole, without: int, of: int, marks: Marks, queue: Whole) -> bool:
    """Whether a catchment stays in one piece when it loses a unit.

    Breadth first from one neighbour of the unit, until all its other neighbours are found.
    """
    marks[board.pupils.size] += 2
    mark = marks[board.pupils.size]  # mark: to be found; mark + 1: found
    wanted, start = -1, -1
    for arc in range(board.first[without], board.first[without + 1]):
        unit = board.head[arc]
        if home[unit] == of:
            marks[unit] = mark
            wanted += 1
            start = unit
    if wanted <= 0:
        return wanted == 0
    marks[start] = mark + 1
    marks[without] = mark + 1
    queue[0] = start
    done, waiting = 0, 1
    while done < waiting and wanted > 0:
        unit = queue[done]
        done += 1
        for arc in range(board.first[unit], board.first[unit + 1]):
            other = board.head[arc]
            if home[other] == of and marks[other] != mark + 1:
                wanted -= int(marks[other] == mark)
                marks[other] = mark + 1
                queue[waiting] = other
                waiting += 1
    return wanted == 0


@compiled_in_place
def find_branch(board: Board, home: Whole, unit: int, of: int, marks: Marks, queue: Whole) -> int:
    """Write what hangs on its catchment by one unit alone to the queue; return how many units.

    The piece with the own units stays; -1 where they lie on both sides of the unit.
    """
    marks[board.pupils.size] += 2
    mark = marks[board.pupils.size]
    marks[unit] = mark
    kept, count = 0, 0
    for arc in range(board.first[unit], board.first[unit + 1]):
        start = board.head[arc]
        if home[start] != of or marks[start] == mark:
            continue
        waiting = _spread(board, home, start, of, mark, marks, queue, count)
        stays = False
        for at in range(count, waiting):
            stays = stays or board.stays[queue[at]]
        if stays:
            kept += 1
        else:
            count = waiting
    return count if kept == 1 else -1


@compiled_in_place
def _spread(
    board: Board, home: Whole, start: int, of: int, mark: int, marks: Marks, queue: Whole, end: int
) -> int:
    """Append the piece around a unit to the queue; return its new end."""
    marks[start] = mark
    queue[end] = start
    done, waiting = end, end + 1
    while done < waiting:
        unit = queue[done]
        done += 1
        for arc in range(board.first[unit], board.first[unit + 1]):
            other = board.head[arc]
            if home[other] == of and marks[other] != mark:
                marks[other] = mark
                queue[waiting] = other
                waiting += 1
    return waiting


@compiled_in_place
def touches(board: Board, home: Whole, unit: int, of: int) -> bool:
    """Whether a unit borders a catchment."""
    for arc in range(board.first[unit], board.first[unit + 1]):
        if home[board.head[arc]] == of:
            return True
    return False
