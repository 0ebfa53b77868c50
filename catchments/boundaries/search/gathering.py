"""Whole catchments met while annealing, kept to be put together anew."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array

from catchments.boundaries.search.board import W_OVER, Board, Numbers, Position, Whole

_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Columns:
    """k catchments as a matrix; its rows are the n parts, then the catchments."""

    worth: Numbers  # k: what each adds to the objective
    at: NDArray[np.int64]  # k: which catchment each is one of
    rows: csc_array  # 1 where a part is inside and at its own row; closed ones have no row

    def keep(self, which: NDArray[np.bool_] | NDArray[np.int64]) -> Columns:
        """Return some of them."""
        return Columns(self.worth[which], self.at[which], self.rows[:, which])


class Catchments:
    """Different catchments without a fault, in the order in which they were met last."""

    def __init__(self) -> None:
        self._worth: dict[tuple[int, bytes], float] = {}

    def meet(self, board: Board, position: Position) -> None:
        """Keep the catchments of a position."""
        order = np.argsort(position.home, kind="stable").astype(np.int32)
        ends = np.searchsorted(position.home[order], np.arange(board.capacity.size + 1))
        for at in np.flatnonzero(np.diff(ends)).tolist():
            self._add(board, at, order[ends[at] : ends[at + 1]], float(position.worth[at]))

    def _add(self, board: Board, at: int, parts: Whole, worth: float) -> None:
        key = at, parts.tobytes()
        known = self._worth.pop(key, None)
        if known is not None:
            self._worth[key] = known
            return
        over = max(0.0, float(board.pupils[parts].sum() - board.capacity[at]))
        if board.weights[W_OVER] * over <= _ROUNDING and not board.banned[parts, at].any():
            self._worth[key] = worth + float(board.cost[parts, at].sum())

    def list_columns(self, board: Board, *, most: int) -> Columns:
        """Lay out the last ones met; of each catchment that is open there must be one."""
        kept = list(self._worth.items())[-most:]
        n, m = board.pupils.size, board.capacity.size
        at = np.array([key[0] for key, _ in kept], np.int64)
        places = [np.append(np.frombuffer(key[1], np.int32), n + key[0]) for key, _ in kept]
        ends = np.cumsum([0, *(one.size for one in places)])
        rows = np.concatenate(places)
        matrix = csc_array((np.ones(rows.size), rows, ends), shape=(n + m, len(kept)))
        used = np.append(np.ones(n, dtype=bool), np.bincount(at, minlength=m) > 0)
        return Columns(np.array([worth for _, worth in kept]), at, matrix[used].tocsc())
