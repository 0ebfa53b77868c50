"""The state of a proof: the programme so far, the best bound, and the best plan it is held to."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from catchments.bounds.bound import MARGIN, Bound, lower_by_margin
from catchments.bounds.outline import measure_excess
from catchments.bounds.programme import Programme, Proof
from catchments.bounds.separators import (
    Cut,
    build_touching,
    find_narrow,
    find_torn,
    lay_ground,
    list_beside_each,
    reach_connected,
    write_rows,
)
from catchments.bounds.watch import Watch
from catchments.units import Numbers

if TYPE_CHECKING:  # the search imports the bounds
    from catchments.boundaries.search.task import Task

Flags = NDArray[np.bool_]

_FLOWS = 300  # to look for cuts with, each time


class Proving:
    """What the steps of a proof share.

    Pairs that no plan better than the best known has are dropped on the way. What is proven
    afterwards holds for better plans alone, so that no bound told exceeds the best plan.
    """

    def __init__(
        self,
        task: Task,
        programme: Programme,
        best: Callable[[], float],
        watch: Watch,
        tell: Callable[[Bound], None],
    ) -> None:
        self.programme = programme
        self.watch = watch
        self.shift, self.note = measure_excess(task)
        self.bound = Bound(-np.inf, "seats", self.note)
        self._best, self._tell = best, tell
        self._is_met = False
        self._touching = build_touching(task.pupils.size, task.borders)

    def get_best(self) -> float:
        """Return the objective of the best plan known."""
        return self._best()

    @property
    def is_over(self) -> bool:
        """Whether the bound meets the best plan, or the time is up."""
        return self._is_met or self.watch.is_up

    def prove(self, bound: float, kind: str) -> None:
        """Tell a bound of the programme if it is better; infinite where it has no solution."""
        best, value = self._best(), bound + self.shift
        is_met = value >= best - MARGIN * max(1.0, abs(best))
        # What lies clearly above the best plan leaves nothing to rounding.
        value = min(best, max(lower_by_margin(value), self.shift))  # nothing costs less than 0
        if np.isfinite(value) and value > self.bound.value:
            self.bound = Bound(value, "best plan" if is_met else kind, self.note)
            self._tell(self.bound)
        self._is_met |= bool(is_met)

    def drop_pairs(self, proof: Proof) -> Flags:
        """Drop pairs that no better plan has; return the columns kept.

        A part in a catchment is joined to the root by others, so that it brings in what they
        cost above the bound as well. Where a part has no pair left, no plan is better.
        """
        programme, goal = self.programme, self._best() - self.shift
        columns = np.ones(programme.cost.size, dtype=bool)
        most = goal - proof.bound + MARGIN * max(1.0, abs(goal))
        if not np.isfinite(most):
            return columns
        ground = lay_ground(self._touching, programme)
        way = reach_connected(ground, programme.get_shares(proof.reduced))
        kept = way[programme.part, programme.catchment] <= most
        if np.unique(programme.part[kept]).size < programme.parts:
            self.prove(np.inf, "shares")
            return columns
        columns[: programme.pairs] = kept
        if not kept.all():
            self.programme = programme.keep_pairs(kept)
        return columns

    def cut(self, shares: Numbers, *, flows: bool, all_parts: bool = False) -> int:
        """Add rows of connected catchments that these shares break; return how many.

        Parameters
        ----------
        shares
            Shape (n, m).
        flows
            Whether to look for them by flows too, which finds more and takes longer.
        all_parts
            Whether each part of a torn piece gets its row, not those alone that break it now.
        """
        ground = lay_ground(self._touching, self.programme)
        held = np.where(ground.allowed, shares, 0.0)
        cuts = find_torn(ground, held, all_parts=all_parts, stop=self._is_up)
        if flows:
            cuts += find_narrow(ground, held, _FLOWS, stop=self._is_up)
        return self._add(cuts)

    def cut_each(self) -> int:
        """Add the row of each pair that the parts beside it separate from the root."""
        ground = lay_ground(self._touching, self.programme)
        return self._add(list_beside_each(ground, self.programme.has_choice))

    def _is_up(self) -> bool:
        return self.watch.is_up

    def _add(self, cuts: list[Cut]) -> int:
        rows = write_rows(self.programme, cuts)
        self.programme = self.programme.add_rows(rows, np.zeros(rows.shape[0]))
        return int(rows.shape[0])
