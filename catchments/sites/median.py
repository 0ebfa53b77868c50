"""p-median: open a given number of sites so that pupils walk least in all, with proof."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

import numpy as np

from catchments.sites.choice import SiteChoice, settle_choice
from catchments.sites.clock import Clock, Stop
from catchments.sites.prices import Ascent, find_enough, raise_bound
from catchments.sites.request import (
    Flags,
    Floats,
    Places,
    SiteRequest,
    check_count,
    price_ways,
)
from catchments.sites.start import find_start
from catchments.sites.swaps import rank_open_sites
from catchments.sites.warming import warm_up

_STEPS = 1500  # a sharp bound at each branch costs less than many branches


def choose_by_distance(
    request: SiteRequest, *, site_count: int, time_limit_s: float = 60.0, seed: int = 1
) -> SiteChoice:
    """Open `site_count` sites, existing ones included, for the least Σ pupils × distance.

    Greedy start and swaps give the choice, prices of units a lower bound, and a tree search
    closes what lies between; each step repeats from the same seed unless the time limit cuts it.
    Ctrl-C returns the best choice so far, marked ``interrupted``.

    SOURCE: ReVelle and Swain (1970), Geographical Analysis 2; Christofides and Beasley (1982),
    European Journal of Operational Research 10.

    Raises
    ------
    UsageError
        When fewer sites are asked for than exist, or more than may open.
    RejectedDataError
        When so few sites cannot reach all pupils.

    Examples
    --------
    >>> street = np.array([0.0, 1.0, 2.0, 10.0, 11.0])
    >>> request = SiteRequest(np.abs(street[:, None] - street))
    >>> choice = choose_by_distance(request, site_count=2)
    >>> choice.open_sites.tolist(), choice.objective, choice.stopped
    ([1, 3], 3.0, 'proven')
    """
    check_count(request, site_count)
    warm_up()
    permitted = np.flatnonzero(~request.forbidden)
    kept = request.existing[permitted]
    with Clock(time_limit_s) as clock:
        cost, never = price_ways(request, permitted)
        start = find_start(cost, kept, site_count, never=never, clock=clock, seed=seed)
        search = _Search(cost, kept, never, clock, start)
        stopped = search.run()
    return settle_choice(
        request,
        permitted[search.opened],
        method="p-median",
        bounds=(search.known, search.lower_bound, search.known),
        stopped=stopped,
        clock=clock,
        seed=seed,
    )


@dataclass(order=True)
class _Branch:
    """Choices that hold some sites open and others closed; ordered by bound, then by age."""

    bound: float
    age: int
    kept: Flags = field(compare=False)
    closed: Flags = field(compare=False)
    price: Floats = field(compare=False)


class _Search:
    """Best-first tree search over open and closed sites."""

    def __init__(
        self, cost: Floats, kept: Flags, never: float, clock: Clock, start: Places
    ) -> None:
        self._cost, self._kept, self._never, self._clock = cost, kept, never, clock
        self._count = len(start)
        self._whole = bool((cost == np.rint(cost)).all())
        self.opened, self.known = start, float(cost[start].min(axis=0).sum())
        self._leaf_bound = np.inf  # least bound of all branches given up
        self._heap: list[_Branch] = []
        self._age = 0

    @property
    def _enough(self) -> float:
        return find_enough(self.known, whole=self._whole)

    @property
    def lower_bound(self) -> float:
        """Return the proven bound, never above the cost of the best choice."""
        bound = min(self._leaf_bound, self._heap[0].bound if self._heap else np.inf)
        if self._whole:
            bound = np.ceil(bound - 1e-6 - 1e-12 * self.known)
        # Sites are ruled out by this measure, so nothing beyond it is proven.
        return float(min(bound, self.known if self._whole else self._enough))

    def run(self) -> Stop:
        """Search until the proof is complete or time is up."""
        _, _, second = rank_open_sites(self._cost, self.opened)
        far = np.where(self._cost < self._never, self._cost, 0.0).max(axis=0)
        # Before anything else is proven: everybody walks to the nearest permitted site.
        at_least = float(self._cost.min(axis=0).sum())
        none = np.zeros_like(self._kept)
        self._push(at_least, self._kept, none, np.minimum(second, far))
        # The first branch is looked at even without time, for the sake of its bound.
        while self._heap and (self._age == 1 or not self._clock.is_up):
            self._explore(heapq.heappop(self._heap))
        return self._clock.cause if self._heap else "proven"

    def _push(self, bound: float, kept: Flags, closed: Flags, price: Floats) -> None:
        self._age += 1
        heapq.heappush(self._heap, _Branch(bound, self._age, kept, closed, price))

    def _explore(self, branch: _Branch) -> None:
        kept, closed = branch.kept, branch.closed
        if branch.bound >= self._enough:
            self._give_up(branch.bound)
            return
        free = self._count - int(kept.sum())
        if free == 0 or free == int((~kept & ~closed).sum()):
            self._finish(kept if free == 0 else ~closed)
            return
        rows = np.flatnonzero(~closed)
        ascent = raise_bound(
            self._cost[rows],
            kept[rows],
            self._count,
            branch.price,
            known=self.known,
            whole=self._whole,
            steps=_STEPS,
            clock=self._clock,
        )
        self._keep(rows[ascent.cheapest_sites], ascent.cheapest)
        bound = max(branch.bound, ascent.bound)
        if bound >= self._enough:
            self._give_up(bound)
        else:
            self._split(bound, kept, closed, rows, ascent)

    def _give_up(self, bound: float) -> None:
        self._leaf_bound = min(self._leaf_bound, bound)

    def _finish(self, opened: Flags) -> None:
        """Take the one choice that a branch has left."""
        value = float(self._cost[opened].min(axis=0).sum())
        self._keep(np.flatnonzero(opened), value)
        self._give_up(value)

    def _keep(self, opened: Places, value: float) -> None:
        if value < self.known:
            self.opened, self.known = opened, value

    def _split(
        self, bound: float, kept: Flags, closed: Flags, rows: Places, ascent: Ascent
    ) -> None:
        """Rule sites in and out by their savings, then branch on the least certain one.

        Exchanging the last site opened for another, or an open one for the first not opened,
        costs the difference of their savings: where that lifts the bound to what is known, the
        exchange can be ruled out.
        """
        free = rows[~kept[rows]]
        savings = np.zeros(len(kept))
        savings[rows] = ascent.savings
        order = free[np.argsort(savings[free], kind="stable")]
        count = self._count - int(kept.sum())
        last, following = savings[order[count - 1]], savings[order[count]]
        worth, dear = order[:count], order[count:]
        kept, closed = kept.copy(), closed.copy()
        kept[worth[ascent.bound + following - savings[worth] >= self._enough]] = True
        closed[dear[ascent.bound + savings[dear] - last >= self._enough]] = True
        open_question = rows[~kept[rows] & ~closed[rows]]
        if kept.sum() == self._count or kept.sum() + len(open_question) == self._count:
            self._push(bound, kept, closed, ascent.price)
        else:
            doubt = np.zeros(len(kept))
            doubt[rows] = np.abs(ascent.openness - 0.5)
            at = open_question[np.argmin(doubt[open_question])]
            without, with_it = closed.copy(), kept.copy()
            without[at], with_it[at] = True, True
            self._push(bound, with_it, closed, ascent.price)
            self._push(bound, kept, without, ascent.price)
