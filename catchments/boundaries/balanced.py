"""Balanced catchments: whole units, connected, within the seats, at the least cost found.

Compiled annealing looks for plans while bounds are raised beside it; the bound says how much
better any other plan could be. The same seed and time limit give the same plan, as long as the
machine keeps up with the work that the limit stands for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from catchments.boundaries.feasibility import check_feasible
from catchments.boundaries.search.plans import Plan, Search
from catchments.boundaries.search.proof import Proof
from catchments.boundaries.search.task import Task, build_task
from catchments.boundaries.search.warming import warm_up
from catchments.sites.clock import Clock
from catchments.units import Instance, Positions, Terms
from gis.errors import RejectedDataError

Stopped = Literal["proven", "finished", "time limit", "interrupted"]
Progress = Callable[[str, float], None]

_NAMED = 10
_TELL_EVERY_S = 0.3


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
        proof = Proof(task, search)

        def must_end() -> bool:
            return clock.is_up or asked()

        told_s = [-_TELL_EVERY_S]

        def watch(step: str, share: float) -> None:
            if progress is not None and clock.seconds - told_s[0] >= _TELL_EVERY_S:
                told_s[0] = clock.seconds
                progress(proof.describe(step), min(1.0, share))

        with proof.raised_beside(must_end, lambda: clock.left_s):
            search.run(lambda: must_end() or proof.is_done, watch)
        plan = proof.choose_plan()
        if plan is None or not search.keeps(plan):
            raise RejectedDataError(
                _explain_failure(instance, task, plan, clock.seconds),
                mend="Allow more time, add seats, loosen the terms, or use --capacity soft.",
            )
        plan = search.settle_idle(plan)
        bound = proof.settle(plan)
        return Division(
            school_of_unit=task.get_schools(plan.home),
            objective=plan.objective,
            lower_bound=min(bound.value, plan.objective),
            bound_kind=bound.kind,
            bound_note=bound.note,
            stopped=_name_end(clock, is_proven=proof.is_done, is_asked=asked()),
            seconds=clock.seconds,
            seed=seed,
        )


def _name_end(clock: Clock, *, is_proven: bool, is_asked: bool) -> Stopped:
    if is_proven:
        return "proven"
    if is_asked or clock.cause == "interrupted":
        return "interrupted"
    return "time limit" if clock.is_up else "finished"


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
