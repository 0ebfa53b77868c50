"""The proof beside a search: how much better any other plan could be."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np

from catchments.boundaries.search.plans import Plan, Search
from catchments.boundaries.search.task import Task
from catchments.bounds import MARGIN, Bound, bound_by_seats, raise_bound
from catchments.units import Positions

_LISTEN_EVERY_S = 0.05


class Proof:
    """A lower bound that rises beside a search, and the plans that its programmes come upon.

    A plan of the programmes counts only when it is proven to be the best: everything else that
    they find depends on how far they came in time, and a plan must not.
    """

    def __init__(self, task: Task, search: Search) -> None:
        self._task = task
        self._search = search
        self._bounds: list[Bound] = []
        self._offered: Plan | None = None

    @property
    def is_done(self) -> bool:
        """Whether the best plan is proven to be the best possible."""
        plan = self.choose_plan()
        return plan is not None and plan.faults <= 0.0 and self._proves(plan)

    def choose_plan(self) -> Plan | None:
        """Return the best plan of the search, or the one proven to be better than all."""
        best, offered = self._search.best, self._offered
        if offered is not None and self._proves(offered) and offered.is_better_than(best):
            return offered
        return best

    def describe(self, step: str) -> str:
        """Return a step with the best plan so far and its gap."""
        plan = self._search.best
        if plan is None:
            return step
        if plan.faults > 0.0:
            return f"{step} · {plan.faults:,.0f} over"
        gap = ""
        if self._bounds and plan.objective > 0.0:
            share = max(0.0, 1.0 - self._bounds[-1].value / plan.objective)
            gap = f" · {100.0 * share:.2f} %"
        return f"{step} · {plan.objective:,.2f}{gap}"

    def settle(self, plan: Plan) -> Bound:
        """Return the bound that holds for plans with as many pupils above the seats."""
        if self._bounds and plan.over <= self._overflow:
            return self._bounds[-1]
        return bound_by_seats(self._task, overflow=plan.over)

    @contextmanager
    def raised_beside(
        self, must_end: Callable[[], bool], left_s: Callable[[], float]
    ) -> Iterator[None]:
        """Raise the bound in a thread of its own while the context runs, then until it is done.

        A search that has done its work leaves the rest of the time to the proof.
        """
        self._overflow = 0.0

        def work() -> None:
            task = self._task
            if not task.is_hard and task.capacity.sum() < task.pupils.sum():
                self._await_overflow(must_end)
            raise_bound(
                self._task,
                best=self._get_best,
                overflow=self._overflow,
                stop=lambda: must_end() or self.is_done or failed.is_set(),
                left_s=left_s,
                tell=self._bounds.append,
                offer=self._take_offer,
            )

        failed = threading.Event()
        with ThreadPoolExecutor(1) as pool:
            doing = pool.submit(work)
            try:
                yield
            except BaseException:
                failed.set()
                raise
            doing.result()

    def _proves(self, plan: Plan) -> bool:
        if not self._bounds or plan.over > self._overflow:
            return False
        rounding = 2.0 * MARGIN * max(1.0, abs(plan.objective))
        return plan.objective - self._bounds[-1].value <= rounding

    def _get_best(self) -> float:
        """Return the least objective known of a plan that keeps all."""
        plans = (self._search.best, self._offered)
        kept = [p.objective for p in plans if p is not None and self._is_within(p)]
        return min(kept, default=np.inf)

    def _is_within(self, plan: Plan) -> bool:
        return self._search.keeps(plan) and plan.over <= self._overflow

    def _take_offer(self, catchment_of_part: Positions) -> None:
        plan = self._search.weigh(catchment_of_part)
        if self._is_within(plan) and plan.is_better_than(self._offered):
            self._offered = plan

    def _await_overflow(self, must_end: Callable[[], bool]) -> None:
        """Wait for a plan: with too few seats, the bound is about plans as full as it."""
        while self._search.best is None and not must_end():
            time.sleep(_LISTEN_EVERY_S)
        best = self._search.best
        self._overflow = 0.0 if best is None else best.over
