"""Balanced catchments: whole units, connected, within the seats, at the least cost found.

Compiled annealing looks for plans while bounds are raised beside it; the bound says how much
better any other plan could be. The same seed and time limit give the same plan, as long as the
machine keeps up with the work that the limit stands for.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import numpy as np

from catchments.boundaries.feasibility import check_feasible
from catchments.boundaries.search.plans import Plan, Search
from catchments.boundaries.search.task import Task, build_task
from catchments.boundaries.search.warming import warm_up
from catchments.bounds import Bound, bound_by_seats, raise_bound
from catchments.sites.clock import Clock
from catchments.units import Instance, Positions, Terms
from gis.errors import RejectedDataError

Stopped = Literal["proven", "finished", "time limit", "interrupted"]
Progress = Callable[[str, float], None]

_PROVEN = 1e-7
_NAMED = 10


@dataclass(frozen=True, eq=False)
class Division:
    """The best plan of a search, and how far from the best possible it can be."""

    school_of_unit: Positions  # n: positions of schools; any school of a joint catchment
    objective: float
    lower_bound: float  # no plan with as few pupils above the seats has a lower objective
    bound_kind: str  # which relaxation gave the bound
    bound_note: str  # what it cannot see
    stopped: Stopped
    seconds: float
    seed: int

    @property
    def gap_pct(self) -> float:
        """How much lower than the objective the best plan could be, in per cent of it."""
        if self.objective <= self.lower_bound:
            return 0.0
        if self.objective <= 0.0 or not np.isfinite(self.lower_bound):
            return float("inf")
        return 100.0 * (self.objective - self.lower_bound) / self.objective


def divide_balanced(
    instance: Instance,
    terms: Terms,
    *,
    time_limit_s: float,
    seed: int,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Division:
    """Divide units among schools by the terms; tell how far any other plan could be better.

    Parameters
    ----------
    time_limit_s
        Of search and proof; compiling, once on a machine, comes before it.
    progress
        Called with what is being done and the share of the time that has passed.
    should_stop
        Asked many times a second; Ctrl-C is heard beside it. The best plan so far is returned.

    Raises
    ------
    RejectedDataError
        When no plan can keep the terms, with the reasons; or when none was found in time.

    Examples
    --------
    Three units in a row with a school at each end; the middle fits into either.

    >>> row = Instance(
    ...     unit_ids=("a", "b", "c"),
    ...     pupils=np.array([10.0, 10.0, 10.0]),
    ...     borders=np.array([[0, 1], [1, 2]]),
    ...     border_m=np.zeros(2),
    ...     school_ids=("west", "east"),
    ...     own_unit=np.array([0, 2]),
    ...     capacity=np.array([10.0, 20.0]),
    ...     distance_m=np.array([[0.0, 200.0], [100.0, 100.0], [200.0, 0.0]]),
    ...     open_cost=np.zeros(2),
    ...     is_candidate=np.zeros(2, dtype=bool),
    ... )
    >>> division = divide_balanced(row, Terms(), time_limit_s=0.5, seed=1)
    >>> division.school_of_unit.tolist(), division.objective
    ([0, 1, 1], 1.0)
    """
    check_feasible(instance, terms)
    warm_up()
    task = build_task(instance, terms)
    with Clock(time_limit_s) as clock:
        asked = should_stop or (lambda: False)
        search = Search(
            task, seed=seed, time_limit_s=time_limit_s, pace=lambda: clock.seconds / time_limit_s
        )
        told: list[Bound] = []

        def is_proven() -> bool:
            best = search.best
            if best is None or best.faults > 0.0 or not told:
                return False
            return best.objective - told[-1].value <= _PROVEN * max(1.0, abs(best.objective))

        def must_end() -> bool:
            return clock.is_up or asked()

        def watch(step: str, share: float) -> None:
            if progress is not None:
                progress(_describe(step, search.best, told), min(1.0, share))

        ended = threading.Event()
        with _beside(
            lambda: raise_bound(
                task,
                best=search.get_best_objective,
                overflow=0.0,
                stop=lambda: ended.is_set() or must_end() or is_proven(),
                left_s=lambda: clock.left_s,
                tell=told.append,
            ),
            ended,
        ):
            search.run(lambda: must_end() or is_proven(), watch)
        plan = search.best
        if plan is None or not search.keeps_terms:
            raise RejectedDataError(
                _explain_failure(instance, task, plan, clock.seconds),
                mend="Allow more time, add seats, loosen the terms, or use --capacity soft.",
            )
        bound = _settle(task, plan, told)
        return Division(
            school_of_unit=task.get_schools(plan.home),
            objective=plan.objective,
            lower_bound=min(bound.value, plan.objective),
            bound_kind=bound.kind,
            bound_note=bound.note,
            stopped=_name_end(clock, is_proven=is_proven(), is_asked=asked()),
            seconds=clock.seconds,
            seed=seed,
        )


def _settle(task: Task, plan: Plan, told: list[Bound]) -> Bound:
    """Return the bound that holds for plans with as many pupils above the seats."""
    if plan.over <= 0.0 and told:
        return told[-1]
    return bound_by_seats(task, overflow=plan.over)


def _name_end(clock: Clock, *, is_proven: bool, is_asked: bool) -> Stopped:
    if is_proven:
        return "proven"
    if is_asked or clock.cause == "interrupted":
        return "interrupted"
    return "time limit" if clock.is_up else "finished"


def _describe(step: str, plan: Plan | None, told: list[Bound]) -> str:
    """Return a step with the best plan so far and its gap."""
    if plan is None:
        return step
    if plan.faults > 0.0:
        return f"{step} · {plan.over:g} over"
    gap = ""
    if told and plan.objective > 0.0:
        gap = f" · {100.0 * max(0.0, 1.0 - told[-1].value / plan.objective):.2f} %"
    return f"{step} · {plan.objective:,.2f}{gap}"


def _explain_failure(instance: Instance, task: Task, plan: Plan | None, seconds: float) -> str:
    """Say what the best plan of a search without success still breaks."""
    begun = f"No plan that keeps the terms was found in {seconds:.1f} s."
    if plan is None:
        return f"{begun} Some units cannot be joined to any open school."
    home = task.get_schools(plan.home)
    if plan.banned:
        part_is_wrong = ~task.permitted[np.arange(plan.home.size), plan.home]
        units = np.flatnonzero(part_is_wrong[task.part_of_unit])[:_NAMED]
        pairs = ", ".join(
            f"{instance.unit_ids[unit]} at {instance.school_ids[home[unit]]}" for unit in units
        )
        return f"{begun} The best one has {plan.banned} units where they may not be: {pairs}."
    if plan.excess > 0.0:
        return f"{begun} The best one moves {plan.excess:g} pupils more than the most allowed."
    load = np.bincount(plan.home, weights=task.pupils, minlength=task.capacity.size)
    over = load - task.capacity
    schools = ", ".join(
        f"{instance.school_ids[task.school_of_catchment[at]]} ({over[at]:g})"
        for at in np.argsort(-over)[:_NAMED]
        if over[at] > 0.0
    )
    return f"{begun} The best one leaves {plan.over:g} pupils above the seats: {schools}."


@contextmanager
def _beside(work: Callable[[], object], ended: threading.Event) -> Iterator[None]:
    """Do `work` in a thread of its own while the context runs; then have it end."""
    with ThreadPoolExecutor(1) as pool:
        doing = pool.submit(work)
        try:
            yield
        finally:
            ended.set()
        doing.result()
