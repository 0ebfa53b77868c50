"""The search for a plan: runs of annealing, over one set of open schools or many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from catchments.boundaries.search.annealing import HOT, WARM, improve
from catchments.boundaries.search.board import BANNED, COST, MOVED, OVER, Whole, set_up
from catchments.boundaries.search.openings import Openings, OpenSet, price_seats
from catchments.boundaries.search.start import NONE, grow_catchments
from catchments.boundaries.search.task import Task, build_board, list_own

Watch = Callable[[str, float], None]

# ASSUMPTION: moves that one core can try in a second, at the least; the time limit stands for so
# many, and for no more, so that a faster machine finds the same plan sooner.
MOVES_PER_S = {"distance": 5_000_000, "balance": 2_200_000}
LOOKS_PER_S = 6e6  # pairs of parts and open schools that a look at an open set goes through
RUNS_AT_ONCE = 2
# Moves that a part needs for a thorough run, and for a short one that tells good sets from bad.
THOROUGH, SHORT = 40_000, 2_500
_SHARE_LOOKING, _SHARE_SHORT, _SHARE_MIDDLE = 0.08, 0.42, 0.2


@dataclass(frozen=True, eq=False)
class Plan:
    """A division and the set of schools that it opens."""

    home: Whole
    is_open: OpenSet
    faults: float  # everything below together; the search prefers fewer
    over: float  # pupils above the seats
    banned: int  # parts where they must not be
    excess: float  # pupils moved above the most allowed
    objective: float

    def is_better_than(self, other: Plan | None) -> bool:
        """Whether it has fewer faults, or as few and a lower objective."""
        if other is None or abs(self.faults - other.faults) > 1e-9:
            return other is None or self.faults < other.faults
        return self.objective < other.objective - 1e-9


@dataclass(frozen=True, eq=False)
class _Run:
    is_open: OpenSet
    start: Whole | None
    proposals: int
    hot: float
    seed: int
    is_steady: bool


class Search:
    """A search over the plans of a task; the same seed and time limit try the same moves."""

    def __init__(
        self, task: Task, *, seed: int, time_limit_s: float, pace: Callable[[], float]
    ) -> None:
        self.task = task
        self.best: Plan | None = None
        self._seed = seed
        self._pace = pace
        self._limit_s = time_limit_s
        self._moves = int(MOVES_PER_S[task.terms.objective] * time_limit_s)  # of each core
        self._done = 0
        self._tried: dict[bytes, Plan] = {}

    @property
    def keeps_terms(self) -> bool:
        """Whether the best plan keeps what must be kept."""
        best = self.best
        if best is None or best.banned or best.excess > 0.0:
            return False
        return best.over <= 0.0 or not self.task.is_hard

    def get_best_objective(self) -> float:
        """Return the objective of the best plan without any fault, infinite before there is one."""
        best = self.best
        return np.inf if best is None or best.faults > 0.0 else best.objective

    def run(self, stop: Callable[[], bool], watch: Watch) -> None:
        """Search until the work is done or `stop` says so; what is found stands in `best`."""
        openings = Openings(self.task)
        if openings.is_settled:
            self._search_one(openings.first, self._moves, stop, watch)
        else:
            self._search_sets(openings, stop, watch)

    def _search_one(
        self, is_open: OpenSet, moves: int, stop: Callable[[], bool], watch: Watch
    ) -> None:
        """Anneal one set: hot runs from a grown division, then warm ones from the best plan."""
        thorough = THOROUGH * self.task.pupils.size
        rounds = max(1, min(6, moves // thorough))
        hot_rounds = (rounds + 1) // 2
        for turn in range(rounds):
            is_hot = turn < hot_rounds or self.best is None
            start = None if is_hot or self.best is None else self.best.home
            runs = [
                _Run(
                    is_open,
                    start,
                    moves // rounds,
                    HOT if is_hot else WARM,
                    2 * turn + core,
                    core == 1,
                )
                for core in range(RUNS_AT_ONCE)
            ]
            self._take(runs, stop, watch, "divide")
            if stop():
                return

    def _search_sets(self, openings: Openings, stop: Callable[[], bool], watch: Watch) -> None:
        """Look at many sets, try the promising ones shortly, the best of these thoroughly."""
        size = self.task.cost.size
        looks = int(_SHARE_LOOKING * self._limit_s * LOOKS_PER_S / size)
        watch("openings", 0.0)
        openings.explore(looks=min(max(looks, 40), 20_000), seed=self._seed, stop=stop)
        short = SHORT * self.task.pupils.size
        count = max(RUNS_AT_ONCE, int(_SHARE_SHORT * self._moves * RUNS_AT_ONCE / short))
        batch = 8 * RUNS_AT_ONCE
        for first in range(0, count, batch):
            if self.best is not None and stop():
                return
            wanted = min(batch, count - first)
            below = self.get_best_objective()
            sets = openings.list_promising(wanted, below=below, tried=self._tried)
            if not sets:
                break
            runs = [_Run(at, None, short, HOT, first + i, True) for i, at in enumerate(sets)]
            for plan in self._take(runs, stop, watch, "openings"):
                if plan.faults <= 0.0:
                    openings.learn(plan.is_open, plan.objective)
            if self.best is not None and first % (4 * batch) == 0:
                openings.add_neighbours(self.best.is_open)
        ranked = self._rank(12)
        middle = int(_SHARE_MIDDLE * self._moves * RUNS_AT_ONCE / max(len(ranked), 1))
        self._take(
            [_Run(plan.is_open, None, middle, HOT, i, True) for i, plan in enumerate(ranked)],
            stop,
            watch,
            "divide",
        )
        left = self._moves - self._done
        last = self._rank(2)
        for plan in last:
            if not stop():
                self._search_one(plan.is_open, left // len(last), stop, watch)

    def _rank(self, count: int) -> list[Plan]:
        return sorted(self._tried.values(), key=lambda plan: (plan.faults, plan.objective))[:count]

    def _take(
        self, runs: Sequence[_Run], stop: Callable[[], bool], watch: Watch, step: str
    ) -> list[Plan]:
        """Take runs, on all cores; keep what is best."""
        plans: list[Plan] = []
        before = np.cumsum([0, *(run.proposals for run in runs)]) // RUNS_AT_ONCE + self._done
        begun = before[:-1] / max(self._moves, 1)

        def take(run: _Run, begins: float) -> Plan | None:
            return self._take_one(run, stop, self._plan_pace(run, begins, stop))

        with ThreadPoolExecutor(RUNS_AT_ONCE) as pool:
            for run, plan in zip(runs, pool.map(take, runs, begun.tolist()), strict=True):
                self._done += run.proposals // RUNS_AT_ONCE
                watch(step, self._done / max(self._moves, 1))
                if plan is None:
                    continue
                plans.append(plan)
                key = plan.is_open.tobytes()
                if plan.is_better_than(self._tried.get(key)):
                    self._tried[key] = plan
                if plan.is_better_than(self.best):
                    self.best = plan
        return plans

    def _plan_pace(self, run: _Run, begins: float, stop: Callable[[], bool]) -> Callable[[], float]:
        """Return what tells a run how much of its time has passed; being late is shared by all."""
        lasts = run.proposals / max(self._moves, 1)
        now = self._pace()
        if now > begins:
            lasts *= max(0.0, 1.0 - now) / max(1.0 - begins, 1e-9)
        ends = max(begins, now) + lasts

        def pace() -> float:
            if stop():
                return np.inf
            return (self._pace() - now) / max(ends - now, 1e-9)

        return pace

    def _take_one(
        self, run: _Run, stop: Callable[[], bool], pace: Callable[[], float]
    ) -> Plan | None:
        if self.best is not None and stop():
            return None
        task = self.task
        board = build_board(task, run.is_open)
        start = run.start
        if start is None:
            kept = None
            if task.terms.w_change > 0.0 or np.isfinite(task.terms.max_moved_pupils):
                kept = task.current.astype(np.int32)
            prices = price_seats(task, run.is_open)
            start = grow_catchments(board, list_own(task, run.is_open), prices, kept=kept)
        if (start == NONE).any():
            return None
        found = improve(
            board,
            start,
            proposals=max(1, run.proposals),
            seed=self._mix(run.seed),
            pace=pace,
            hot=run.hot,
            is_steady=run.is_steady,
        )
        totals = set_up(board, found.home).totals
        return Plan(
            home=found.home,
            is_open=run.is_open,
            faults=found.faults,
            over=float(totals[OVER]) if task.counts_overflow else 0.0,
            banned=int(totals[BANNED]),
            excess=max(0.0, float(totals[MOVED]) - task.terms.max_moved_pupils),
            objective=float(totals[COST]) + float(task.open_cost[run.is_open].sum()),
        )

    def _mix(self, run: int) -> int:
        """Return the seed of a run: different for each run of each seed."""
        return self._seed * 1_000_003 + run
