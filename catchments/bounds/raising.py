"""A lower bound of the objective that rises while a search runs beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from catchments.bounds.bound import Bound
from catchments.bounds.drafting import draft_programme
from catchments.bounds.outline import measure_excess
from catchments.bounds.proving import Proving
from catchments.bounds.shares import choose_given, raise_by_shares
from catchments.bounds.transport import find_reachable, price_seats
from catchments.bounds.watch import Watch
from catchments.bounds.wholes import raise_by_wholes
from catchments.units import Positions

if TYPE_CHECKING:  # the search imports the bounds
    from catchments.boundaries.search.task import Task

_SHARES_SHARE = 0.3  # of the time, at most, goes to parts that may be split


def raise_bound(
    task: Task,
    *,
    best: Callable[[], float],
    overflow: float,
    stop: Callable[[], bool],
    left_s: Callable[[], float],
    tell: Callable[[Bound], None],
    offer: Callable[[Positions], None] | None = None,
) -> Bound:
    """Raise a lower bound until it meets the best plan, or the time is up.

    It is meant to run in a thread of its own beside a search; its solver is a process of its
    own, ended on return. Nothing is told of a task without a plan.

    Parameters
    ----------
    task
        What is divided.
    best
        Objective of the best plan known so far that keeps all terms with at most `overflow`
        pupils above the seats; infinite if there is none. It may fall at any time.
    overflow
        Pupils above the seats that a plan may have; counts only where the task counts them.
    stop, left_s
        Whether to end now, and the seconds left; heard within 0.2 seconds.
    tell
        Is told each better bound.
    offer
        Is handed the plans met on the way, the best possible one if the proof is finished: the
        catchment of each part. They keep all terms with at most `overflow` pupils above the seats.

    Returns
    -------
    Bound
        The last one told, minus infinity if none was.
    """
    above = overflow if task.counts_overflow else 0.0
    pairs = find_reachable(task)
    shift, note = measure_excess(task)
    if not pairs.any(axis=1).all() or not np.isfinite(shift):
        return Bound(-np.inf, "seats", note)
    value, price = price_seats(task, pairs, above)
    # What compactness costs is never seen, so that whole units gain too little for their time.
    thorough = task.terms.objective == "distance" or task.terms.w_compactness == 0.0
    with Watch(stop, left_s) as watch:
        until_s = watch.left_s * (1.0 - _SHARES_SHARE)
        proving = Proving(task, draft_programme(task, pairs, above), best, watch, tell)
        proving.prove(value, "seats")
        given = choose_given(proving, task.pupils, price)
        raise_by_shares(proving, given, until_s, thorough=thorough)
        if thorough and not proving.is_over:
            raise_by_wholes(proving, offer)
    return proving.bound
