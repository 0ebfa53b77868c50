"""Annealing of one division: heats that follow the task, in slices that a clock may end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from catchments.boundaries.search.board import (
    BANNED,
    COST,
    MOVED,
    OVER,
    Board,
    Whole,
    measure_faults,
    set_up,
)
from catchments.boundaries.search.changes import sample_changes
from catchments.boundaries.search.connection import open_marks
from catchments.boundaries.search.gathering import Catchments
from catchments.boundaries.search.lots import open_lots
from catchments.boundaries.search.moves import anneal

# Heat at the start and the end of a run, in mean changes of the objective by a move.
HOT, COLD = 2.0, 0.06
# A run that starts from a good plan keeps its outline.
WARM = 0.3
# Price of a pupil above the seats, in mean changes per pupil: at first, least, most. A price that
# swings with the faults met does best where seats are to spare, a steady one where they are not.
SWINGING, STEADY = (4.0, 0.1, 400.0), (8.0, 8.0, 8.0)
SLICE = 100_000
# Catchments are kept below this heat, by so many looks if the whole run were as cool.
COOL, _LOOKS, _SHORTEST = 0.1, 4_000, 2_000
_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Found:
    """The best division of a run."""

    home: Whole
    faults: float  # pupils above the seats, banned pairs, pupils moved above the most; 0 if none
    cost: float  # opening costs left out
    is_late: bool = False  # whether it was cut short

    def is_better_than(self, other: Found | None) -> bool:
        """Whether it has fewer faults, or as few and costs less."""
        if other is None:
            return True
        if abs(self.faults - other.faults) > 1e-9:
            return self.faults < other.faults
        return self.cost < other.cost - 1e-9


def improve(
    board: Board,
    start: Whole,
    *,
    proposals: int,
    seed: int,
    pace: Callable[[], float],
    hot: float = HOT,
    is_steady: bool = False,
    met: Catchments | None = None,
) -> Found:
    """Anneal from a division; the same seed and proposals give the same answer, if in time.

    Parameters
    ----------
    start
        n: catchment of each part, connected and with the own parts.
    proposals
        Moves to be tried; those that change nothing count.
    pace
        Share of the run's time that has passed, asked after each slice. A run that is late cools
        faster, and ends when its time is up.
    hot
        Heat at the start, in mean changes of the objective by a move; at 0 nothing gets worse.
    is_steady
        Whether a pupil above the seats costs the same throughout.
    met
        Keeps catchments met while it is cool.
    """
    position = set_up(board, start)
    totals = position.totals
    best = position.home.copy()
    faults = measure_faults(board, totals[OVER], totals[BANNED], totals[MOVED])
    best_of = np.array([faults, totals[COST]])
    lots = open_lots(seed)
    marks, queue = open_marks(start.size)
    scale, per_pupil = sample_changes(board, position)
    if not board.head.size:
        return Found(best, float(best_of[0]), float(best_of[1]))
    if scale <= 0.0:
        scale = 1.0
    prices = np.array(STEADY if is_steady else SWINGING) * per_pupil
    heat, colder = hot * scale, COLD / hot if hot > 0.0 else 1.0
    cooling = colder ** (1.0 / proposals)
    share, is_late = 0.0, False
    while share < 1.0:
        now = heat * colder**share
        is_cool = met is not None and now <= COOL * scale
        piece = max(_SHORTEST, proposals // _LOOKS) if is_cool else SLICE
        tried = max(1, min(piece, int((1.0 - share) * proposals)))
        anneal(board, position, best, best_of, lots, prices, now, cooling, tried, marks, queue)
        share += tried / proposals
        if met is not None and is_cool:
            met.meet(board, position)
        passed = pace()
        is_late = is_late or passed > share + _ROUNDING
        share = max(share, passed)
    return Found(best, float(best_of[0]), float(best_of[1]), is_late)
