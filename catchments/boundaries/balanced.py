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
from gis.errors import RejectedDataError, UsageError

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
    spent_s: float = 0.0,
) -> Division:
    """Divide units among schools by the terms; tell how far any other plan could be better.

    Parameters
    ----------
    time_limit_s
        Of search and proof; compiling, once on a machine, comes before it. It also says how much
        work the search does.
    progress
        Called with what is being done and the share of the time that has passed.
    should_stop
        Asked many times a second; Ctrl-C is heard beside it. The best plan so far is returned.

    spent_s
        Seconds of the limit that went by before; the work of the search stays the same.

    Raises
    ------
    UsageError
        When the time limit is not a number above 0.
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
    if not 0.0 < time_limit_s < float("inf"):
        raise UsageError(f"The time limit is {time_limit_s:g}.", mend="Give seconds above 0.")
    check_feasible(instance, terms)
    warm_up()
    task = build_task(instance, terms)
    with Clock(time_limit_s - spent_s) as clock:
        asked = should_stop or (lambda: False)
        search = Search(
            task,
            seed=seed,
            time_limit_s=time_limit_s,
            pace=lambda: (clock.seconds + spent_s) / time_limit_s,
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
            found, mend = _explain_failure(instance, task, plan)
            raise RejectedDataError(
                f"No plan that keeps the terms was found in {clock.seconds:.1f} s. {found}",
                mend=mend,
            )
        plan = search.settle_idle(plan)
        bound = proof.settle(plan)
        return Division(
            school_of_unit=task.get_schools(plan.home),
            objective=plan.objective,
            lower_bound=min(bound.value, plan.objective),
            bound_kind=bound.kind,
            bound_note=bound.note,
            stopped=_name_end(
                clock, is_proven=proof.is_done, is_asked=asked(), is_late=search.is_late
            ),
            seconds=clock.seconds,
            seed=seed,
        )


def _name_end(clock: Clock, *, is_proven: bool, is_asked: bool, is_late: bool) -> Stopped:
    if is_proven:
        return "proven"
    if is_asked or clock.cause == "interrupted":
        return "interrupted"
    return "time limit" if is_late else "finished"


def _explain_failure(instance: Instance, task: Task, plan: Plan | None) -> tuple[str, str]:
    """Say what the best plan of a search without success still breaks, and what would mend it."""
    loosen = "Allow more time, or loosen the terms."
    if plan is None:
        return "No catchment could be joined around all its schools and locked units.", loosen
    home = task.get_schools(plan.home)
    if plan.banned:
        is_wrong = ~task.permitted[np.arange(plan.home.size), plan.home]
        units = np.flatnonzero(is_wrong[task.part_of_unit])[:_NAMED]
        pairs = ", ".join(
            f"{instance.unit_ids[unit]} at {instance.school_ids[home[unit]]}" for unit in units
        )
        return f"The best one has {plan.banned} units where they may not be: {pairs}.", loosen
    if plan.excess > 0.0:
        return f"The best one moves {plan.excess:g} pupils more than the most allowed.", loosen
    load = np.bincount(plan.home, weights=task.pupils, minlength=task.capacity.size)
    over = load - task.capacity
    schools = ", ".join(
        f"{instance.school_ids[task.school_of_catchment[at]]} ({over[at]:g})"
        for at in np.argsort(-over)[:_NAMED]
        if over[at] > 0.0
    )
    return (
        f"The best one leaves {plan.over:g} pupils above the seats: {schools}.",
        "Allow more time, add seats, or let the fewest pupils be above them (soft capacity).",
    )
