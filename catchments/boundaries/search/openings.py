"""Which candidates open: sets of open schools, judged by what splitting units would cost.

For each set the seats problem (:func:`catchments.assignment.assign_seats`) gives a lower bound of
its plans, without connection and with split units. What it lacks depends mostly on how many seats
are to spare, and is learnt from the plans found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from catchments.assignment import assign_seats
from catchments.boundaries.search.task import Task

OpenSet = NDArray[np.bool_]

_PER_OVERFLOW = 1e3
# Heat of the walk over sets, at first and last, as a share of what a set costs.
_HOT, _COLD = 0.006, 0.0006
_WALKS, _DRAWN_PER_LOOK = 3, 20
# What a set may cost for the seats that it lacks, as a share of what a set costs.
_DEAREST = 0.03
# Candidates that a step closes and opens. Where seats are tight, a good set is seldom one candidate
# away from another one: sizes have to match.
_EXCHANGES = ((1, 0), (0, 1), *4 * ((1, 1),), *2 * ((1, 2), (2, 1)), (2, 2))
# Share of seats to spare at which the kinds of sets part.
_SPARE_STEPS = (0.0, 0.004, 0.008, 0.012, 0.018, 0.026, 0.04, 0.07, 0.12)


class Openings:
    """The sets of open schools that were looked at."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.must_open = ~task.is_candidate
        for _, school in task.terms.locked:
            self.must_open[school] = True
        self.may_open = task.permitted.any(axis=0) | self.must_open
        self._per_pupil = _price_pairs(task)
        self._owner = self._list_rivals()
        self.values: dict[bytes, float] = {}
        self._lacking: dict[bytes, float] = {}
        self._excess: list[list[float]] = [[] for _ in range(len(_SPARE_STEPS) + 1)]

    @property
    def is_settled(self) -> bool:
        """Whether no candidate can open or close."""
        return bool((self.must_open == self.may_open).all())

    @property
    def first(self) -> OpenSet:
        """The schools that are open in any plan."""
        return self.must_open.copy()

    @property
    def roomiest(self) -> OpenSet:
        """All schools that can be open at once; of those in one part, the cheapest."""
        now = self.may_open.copy()
        for rivals in self._owner[self._owner[:, now].sum(axis=1) > 1]:
            cheapest = min(
                np.flatnonzero(rivals),
                key=lambda s: (not self.must_open[s], self.task.open_cost[s]),
            )
            now[rivals & (np.arange(now.size) != cheapest)] = False
        return now

    def explore(self, *, looks: int, seed: int, stop: Callable[[], bool]) -> None:
        """Walk from set to set, at falling heat, `looks` times in a few walks.

        A walk may pass through sets that lack seats, at a price: where seats are tight, sets
        with just enough of them are seldom neighbours of each other.
        """
        free = np.flatnonzero(self.may_open & ~self.must_open)
        looks = min(looks, 1 << min(free.size + 2, 30))
        first = self._drop_greedily(looks // 8, stop)
        value = self.value(first)
        if not free.size or not np.isfinite(value):
            return
        for walk in range(_WALKS):
            rng = np.random.default_rng((seed, walk))
            self._walk(first, free, max(1, looks // _WALKS), rng, stop)

    def _walk(
        self,
        first: OpenSet,
        free: NDArray[np.int64],
        looks: int,
        rng: np.random.Generator,
        stop: Callable[[], bool],
    ) -> None:
        now, value = first, self.value(first)
        price = abs(value) / max(float(self.task.pupils.sum()), 1.0)
        hot, most = _HOT * abs(value), _DEAREST * abs(value)
        drawn, looked, limit = 0, 0, _DRAWN_PER_LOOK * looks
        while looked < looks and drawn < limit and not stop():
            heat = hot * (_COLD / _HOT) ** max(looked / looks, drawn / limit)
            tried = self._draw_exchange(now, free, rng)
            lacking = price * self._count_lacking(tried)
            drawn += 1
            if lacking > most:
                continue
            new = self.value(tried) if lacking == 0.0 else self._value_lacking(tried) + lacking
            looked += int(np.isfinite(new))
            if new <= value - heat * np.log(1.0 - rng.random()):
                now, value = tried, new

    def _count_lacking(self, is_open: OpenSet) -> float:
        """Return how many seats a set lacks; 0 where pupils may be above the seats."""
        if not self.task.is_hard:
            return 0.0
        return max(0.0, float(self.task.pupils.sum() - self.task.capacity[is_open].sum()))

    def _value_lacking(self, is_open: OpenSet) -> float:
        """Return what a set that lacks seats would cost, but for the seats."""
        key = is_open.tobytes()
        if key not in self._lacking:
            self._lacking[key] = self._cost_set(is_open, per_overflow=0.0)
        return self._lacking[key]

    def _draw_exchange(
        self, is_open: OpenSet, free: NDArray[np.int64], rng: np.random.Generator
    ) -> OpenSet:
        """Return a set with up to two candidates closed and up to two others opened."""
        closes, opens = _EXCHANGES[int(rng.integers(len(_EXCHANGES)))]
        tried = is_open.copy()
        for now, count in ((True, closes), (False, opens)):
            able = free[is_open[free] == now]
            tried[rng.permutation(able)[:count]] = not now
        return tried

    def add_neighbours(self, is_open: OpenSet) -> None:
        """Look at every set with one candidate more, less, or another."""
        free = np.flatnonzero(self.may_open & ~self.must_open)
        for one in free:
            tried = is_open.copy()
            tried[one] = ~tried[one]
            self.value(tried)
            for other in free[(is_open[free] != is_open[one]) & (free > one)]:
                swapped = tried.copy()
                swapped[other] = ~swapped[other]
                self.value(swapped)

    def learn(self, is_open: OpenSet, cost: float) -> None:
        """Learn from a plan of a set what the judgement lacked."""
        self._excess[self._get_kind(is_open)].append(cost - self.value(is_open))

    def list_promising(
        self, count: int, *, below: float, tried: Iterable[bytes] = ()
    ) -> list[OpenSet]:
        """Return up to `count` untried sets, best expected cost first, none above `below`."""
        known = set(tried)
        excess = self._expect()
        ranked = []
        for key, value in self.values.items():
            if key in known or not value < below:
                continue
            is_open = np.frombuffer(key, dtype=bool)
            ranked.append((value + excess[self._get_kind(is_open)], key))
        ranked.sort()
        return [np.frombuffer(key, dtype=bool) for _, key in ranked[:count]]

    def value(self, is_open: OpenSet) -> float:
        """Return what plans of a set cost at least, infinite where the set cannot be."""
        key = is_open.tobytes()
        if key not in self.values:
            self.values[key] = self._judge(is_open)
        return self.values[key]

    def _judge(self, is_open: OpenSet) -> float:
        if self._count_lacking(is_open) > 0.0:
            return np.inf
        return self._cost_set(is_open, per_overflow=_PER_OVERFLOW)

    def _cost_set(self, is_open: OpenSet, *, per_overflow: float) -> float:
        task, at = self.task, np.flatnonzero(is_open)
        owners = self._owner[:, at].sum(axis=1)
        if not at.size or (owners > 1).any():
            return np.inf
        seats = task.capacity[at]
        if task.terms.objective == "balance":
            return self._judge_balance(seats)
        costs = self._per_pupil[:, at].copy()
        owned = np.flatnonzero(owners)
        costs[owned] = np.where(self._owner[np.ix_(owned, at)], costs[owned], np.inf)
        if not np.isfinite(costs[task.pupils > 0.0]).any(axis=1).all():
            return np.inf
        plan = assign_seats(costs, task.pupils, seats)
        opening = float(task.open_cost[at].sum())
        return plan.cost + opening + per_overflow * float(plan.overflow.sum())

    def _judge_balance(self, seats: NDArray[np.float64]) -> float:
        """Return the least of the seats' part, and a little for each catchment's outline."""
        terms = self.task.terms
        missed = abs(float(seats.sum() - self.task.pupils.sum())) / max(float(seats.max()), 1.0)
        # ASSUMPTION: a catchment of whole units is half as round as a disc at best.
        return terms.w_balance * missed + 0.5 * terms.w_compactness * seats.size

    def _drop_greedily(self, looks: int, stop: Callable[[], bool]) -> OpenSet:
        """Close the school whose closing saves most, again and again, from all open."""
        now = self.roomiest
        value, looked = self.value(now), 0
        while looked < looks and not stop():
            options = []
            for one in np.flatnonzero(now & ~self.must_open):
                tried = now.copy()
                tried[one] = False
                options.append((self.value(tried), int(one)))
            looked += len(options)
            if not options or min(options)[0] >= value:
                break
            value, worst = min(options)
            now[worst] = False
        return now

    def _list_rivals(self) -> NDArray[np.bool_]:
        """Return which catchment each part is an own part of; shape (n, m)."""
        owner = np.zeros(self.task.cost.shape, dtype=bool)
        for at, parts in enumerate(self.task.own_parts):
            owner[list(parts), at] = True
        return owner

    def _get_kind(self, is_open: OpenSet) -> int:
        spare = self.task.capacity[is_open].sum() / max(self.task.pupils.sum(), 1.0) - 1.0
        return int(np.searchsorted(_SPARE_STEPS, spare))

    def _expect(self) -> list[float]:
        """Return what each kind of set is expected to lack: the least that was seen, or guessed.

        A kind that nobody tried is taken to lack as little as the next roomier one.
        """
        known = [float(np.quantile(seen, 0.2)) if seen else np.nan for seen in self._excess]
        last = np.nanmin(known) if np.isfinite(known).any() else 0.0
        for kind in reversed(range(len(known))):
            last = known[kind] if np.isfinite(known[kind]) else last
            known[kind] = last
        return known


def _price_pairs(task: Task) -> NDArray[np.float64]:
    """Return the cost of one pupil of a part in a catchment, infinite where it may not be."""
    pupils = np.where(task.pupils > 0.0, task.pupils, 1.0)[:, None]
    return np.where(task.permitted, task.cost / pupils, np.inf)


def price_seats(task: Task, is_open: OpenSet) -> NDArray[np.float64]:
    """Return the m prices of a seat that part an optimal division of split units, 0 if closed."""
    prices = np.zeros(is_open.size)
    at = np.flatnonzero(is_open)
    costs = _price_pairs(task)[:, at]
    lost = ~np.isfinite(costs).any(axis=1)
    costs[lost] = 0.0
    prices[at] = assign_seats(costs, task.pupils, task.capacity[at]).school_price
    return prices
