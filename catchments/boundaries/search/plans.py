"""The search for a plan: runs of annealing, over one set of open schools or many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from catchments.boundaries.search.annealing import HOT, WARM, improve
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
from catchments.boundaries.search.openings import Openings, OpenSet, price_seats
from catchments.boundaries.search.recombining import improve_and_recombine
from catchments.boundaries.search.regions import Sites
from catchments.boundaries.search.start import grow_catchments, is_in_pieces
from catchments.boundaries.search.task import (
    Task,
    build_board,
    build_idle_board,
    list_anchors,
    list_own,
)
from catchments.units import Positions

Watch = Callable[[str, float], None]

# ASSUMPTION: moves that one core can try in a second, at the least; the time limit stands for so
# many, and for no more, so that a faster machine finds the same plan sooner.
MOVES_PER_S = {"distance": 5_000_000, "balance": 2_750_000}
LOOKS_PER_S = 3e7  # pairs of parts and open schools that a look at an open set goes through
_LOOKS_FOR_NEIGHBOURS = 3_000
RUNS_AT_ONCE = 2
# Moves that a part needs for a thorough run, and for a short one that tells good sets from bad.
THOROUGH, SHORT = 40_000, 2_500
_IDLE_MOVES = 500
_SHARE_LOOKING, _SHARE_SHORT, _SHARE_MIDDLE, _SHARE_EXACT = 0.12, 0.25, 0.12, 0.35
# ASSUMPTION: deterministic seconds that the exact solver does in a second of a core, at the least.
EFFORT_PER_S = 0.3
# Plans that are divided anew, and the shares of the time of the rounds; from the second round on
# each plan is crossed with the others before.
_PARENTS, _SHARES_ROUNDS = 8, (0.25, 0.25, 0.25, 0.25)
# Price of a fault when plans are compared that shall be improved: in mean costs of a pupil.
_PER_FAULT = 8.0


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
    is_exact: bool = False  # divide regions anew instead of annealing
    others: tuple[Whole, ...] = ()  # plans to be crossed with first


class Search:
    """A search over the plans of a task; the same seed and time limit try the same moves."""

    def __init__(
        self, task: Task, *, seed: int, time_limit_s: float, pace: Callable[[], float]
    ) -> None:
        self.task = task
        self.best: Plan | None = None
        self.is_late = False  # whether time cut work short, so that another run may differ
        self._seed = seed
        self._pace = pace
        self._limit_s = time_limit_s
        self._moves = int(MOVES_PER_S[task.terms.objective] * time_limit_s)  # of each core
        self._done = 0
        self._tried: dict[bytes, Plan] = {}
        self._openings = Openings(task)

    def keeps(self, plan: Plan) -> bool:
        """Whether a plan keeps what must be kept."""
        if plan.banned or plan.excess > 0.0:
            return False
        return plan.over <= 0.0 or not self.task.is_hard

    def get_best_objective(self) -> float:
        """Return the objective of the best plan without any fault, infinite before there is one."""
        best = self.best
        return np.inf if best is None or best.faults > 0.0 else best.objective

    def settle_idle(self, plan: Plan) -> Plan:
        """Return the plan with parts without pupils where the way is shortest.

        They cost nothing, so that the search leaves them where it pleases, and two plans of the
        same cost may differ in them alone.
        """
        board = build_idle_board(self.task, plan.is_open)
        if board is None:
            return plan
        moves = _IDLE_MOVES * self.task.pupils.size
        found = improve(board, plan.home, proposals=moves, seed=0, pace=lambda: 0.0, hot=0.0)
        return self.weigh(found.home)

    def weigh(self, home: Positions | Whole) -> Plan:
        """Return the plan that a division is; schools without a part are closed."""
        task = self.task
        is_open = ~task.is_candidate
        is_open[home] = True
        return self._build_plan(build_board(task, is_open), home.astype(np.int32), is_open)

    def run(self, stop: Callable[[], bool], watch: Watch) -> None:
        """Search until the work is done or `stop` says so; what is found stands in `best`."""
        openings = self._openings
        if openings.is_settled:
            self._search_one(openings.first, self._moves, stop, watch)
        else:
            self._search_sets(openings, stop, watch)

    def _search_one(
        self, is_open: OpenSet, moves: int, stop: Callable[[], bool], watch: Watch
    ) -> None:
        """Anneal one set: hot runs from a grown division, then warm ones from the best plan.

        Where runs end in the best choice of their catchments, a warm one finds nothing more.
        """
        thorough = THOROUGH * self.task.pupils.size
        exact = 0
        if self._can_redivide and moves > 2 * thorough:
            exact = int(_SHARE_EXACT * moves)
            moves -= exact
        rounds = max(1, min(6, moves // thorough))
        hot_rounds = rounds if self._can_recombine else (rounds + 1) // 2
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
        best = self._tried.get(is_open.tobytes())
        if exact and best is not None:
            for turn in range(2):
                again = self._tried[is_open.tobytes()]
                self._redivide([again] * RUNS_AT_ONCE, exact // 2, turn, stop, watch)

    def _search_sets(self, openings: Openings, stop: Callable[[], bool], watch: Watch) -> None:
        """Look at many sets, try the promising ones shortly, the best of these thoroughly."""
        size, short = self.task.cost.size, SHORT * self.task.pupils.size
        looks = int(_SHARE_LOOKING * self._limit_s * LOOKS_PER_S / size)
        watch("openings", 0.0)
        openings.explore(looks=min(max(looks, 40), 36_000), seed=self._seed, stop=stop)
        if looks > _LOOKS_FOR_NEIGHBOURS:
            for is_open in openings.list_promising(3, below=np.inf):
                openings.add_neighbours(is_open)
        self._try_sets(openings, short, stop, watch)
        if self.best is None or not self.keeps(self.best):
            self._take([_Run(openings.roomiest, None, short, HOT, 0, True)], stop, watch, "divide")
        if self.best is not None and stop():
            return
        ranked = self._rank(12)
        middle = int(_SHARE_MIDDLE * self._moves * RUNS_AT_ONCE / max(len(ranked), 1))
        self._take(
            [_Run(plan.is_open, None, middle, HOT, i, True) for i, plan in enumerate(ranked)],
            stop,
            watch,
            "divide",
        )
        left = self._moves - self._done
        if self._can_redivide:
            self._narrow(left, stop, watch)
            return
        last = self._rank(2)
        for plan in last:
            if not stop():
                self._search_one(plan.is_open, left // len(last), stop, watch)

    def _try_sets(
        self, openings: Openings, short: int, stop: Callable[[], bool], watch: Watch
    ) -> None:
        """Anneal the promising sets shortly; learn from each batch what the next may promise."""
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
                if self.task.is_hard or plan.faults <= 0.0:
                    openings.learn(plan.is_open, self._rate(plan)[0] or plan.objective)
            if self.best is not None and first % (4 * batch) == 0:
                openings.add_neighbours(self.best.is_open)

    def _narrow(self, moves: int, stop: Callable[[], bool], watch: Watch) -> None:
        """Divide the best plans anew, round by round, and cross them with each other."""
        plans = self._rank(_PARENTS)
        for turn, share in enumerate(_SHARES_ROUNDS):
            if stop():
                return
            plans = self._redivide(
                plans, int(share * moves), turn, stop, watch, is_crossed=turn > 0
            )
            plans = _drop_same(sorted(plans, key=self._rate))

    def _redivide(
        self,
        plans: Sequence[Plan],
        moves: int,
        turn: int,
        stop: Callable[[], bool],
        watch: Watch,
        *,
        is_crossed: bool = False,
    ) -> list[Plan]:
        """Divide regions of some plans anew; the time is that of so many moves of each core."""
        each = RUNS_AT_ONCE * moves // max(len(plans), 1)
        runs = [
            _Run(
                plan.is_open,
                plan.home,
                each,
                WARM,
                100 * (turn + 1) + i,
                is_steady=True,
                is_exact=True,
                others=tuple(one.home for one in plans if one is not plan) if is_crossed else (),
            )
            for i, plan in enumerate(plans)
        ]
        return self._take(runs, stop, watch, "regions")

    @property
    def _can_redivide(self) -> bool:
        """Whether a plan's objective is a sum over its units, nothing else being limited."""
        terms = self.task.terms
        return (
            terms.objective == "distance"
            and terms.compactness_weight == 0.0
            and not np.isfinite(terms.max_moved_pupils)
        )

    @property
    def _can_recombine(self) -> bool:
        """Whether a plan's objective is a sum over its catchments, nothing else being limited."""
        return not self._can_redivide and not np.isfinite(self.task.terms.max_moved_pupils)

    def _rate(self, plan: Plan) -> tuple[float, float]:
        """Return what plans are ranked by, lower first, while they may still be improved."""
        if not self.task.is_hard:
            return plan.faults, plan.objective
        mean = self.task.cost.min(axis=1).sum() / max(self.task.pupils.sum(), 1.0)
        return plan.objective + _PER_FAULT * mean * plan.faults, 0.0

    def _rank(self, count: int) -> list[Plan]:
        return sorted(self._tried.values(), key=self._rate)[:count]

    def _take(
        self, runs: Sequence[_Run], stop: Callable[[], bool], watch: Watch, step: str
    ) -> list[Plan]:
        """Take runs, on all cores; keep what is best."""
        plans: list[Plan] = []
        before = np.cumsum([0, *(run.proposals for run in runs)]) // RUNS_AT_ONCE + self._done
        begun = before[:-1] / max(self._moves, 1)

        def take(run: _Run, begins: float) -> Plan | None:
            return self._take_one(run, stop, self._plan_pace(run, begins, stop, watch, step))

        with ThreadPoolExecutor(RUNS_AT_ONCE) as pool:
            for run, plan in zip(runs, pool.map(take, runs, begun.tolist()), strict=True):
                self._done += run.proposals // RUNS_AT_ONCE
                if plan is None:
                    continue
                plans.append(plan)
                key = plan.is_open.tobytes()
                known = self._tried.get(key)
                if known is None or self._rate(plan) < self._rate(known):
                    self._tried[key] = plan
                if plan.is_better_than(self.best):
                    self.best = plan
                watch(step, self._pace())
        return plans

    def _plan_pace(
        self, run: _Run, begins: float, stop: Callable[[], bool], watch: Watch, step: str
    ) -> Callable[[], float]:
        """Return what tells a run how much of its time has passed; being late is shared by all."""
        lasts = run.proposals / max(self._moves, 1)
        now = self._pace()
        if now > begins:
            lasts *= max(0.0, 1.0 - now) / max(1.0 - begins, 1e-9)
        ends = max(begins, now) + lasts

        def pace() -> float:
            if stop():
                return np.inf
            watch(step, self._pace())
            return (self._pace() - now) / max(ends - now, 1e-9)

        return pace

    def _take_one(
        self, run: _Run, stop: Callable[[], bool], pace: Callable[[], float]
    ) -> Plan | None:
        if self.best is not None and stop():
            return None
        task = self.task
        if run.is_exact:
            return self._redivide_one(run, pace)
        board = build_board(task, run.is_open)
        start = run.start
        if start is None:
            kept = None
            if task.terms.w_change > 0.0 or np.isfinite(task.terms.max_moved_pupils):
                kept = task.current.astype(np.int32)
            prices = price_seats(task, run.is_open)
            start = grow_catchments(board, list_anchors(task, run.is_open), prices, kept=kept)
        if is_in_pieces(board, start, list_own(task, run.is_open)):
            return None
        anneal = improve_and_recombine if self._can_recombine else improve
        found = anneal(
            board,
            start,
            proposals=max(1, run.proposals),
            seed=self._mix(run.seed),
            pace=pace,
            hot=run.hot,
            is_steady=run.is_steady,
        )
        self.is_late = self.is_late or found.is_late or pace() > 1.0
        return self._build_plan(board, found.home, run.is_open)

    def _redivide_one(self, run: _Run, pace: Callable[[], float]) -> Plan | None:
        """Divide regions of a plan anew; sites in them may open and close."""
        # The exact solver takes half a second to import; most commands never need it.
        from catchments.boundaries.search.redivision import measure, redivide  # noqa: PLC0415

        task = self.task
        board = build_board(task, self._openings.may_open, stays_open=self._openings.must_open)
        sites = Sites(self._openings.may_open & ~self._openings.must_open, task.open_cost)
        assert run.start is not None
        found = redivide(
            board,
            list_own(task, self._openings.may_open),
            measure(board, run.start, sites),
            sites=sites,
            effort=EFFORT_PER_S * run.proposals / MOVES_PER_S[task.terms.objective],
            seed=self._mix(run.seed),
            pace=pace,
            others=run.others,
        )
        self.is_late = self.is_late or found.is_late or pace() > 1.0
        return self.weigh(found.home)

    def _build_plan(self, board: Board, home: Whole, is_open: OpenSet) -> Plan:
        task, totals = self.task, set_up(board, home).totals
        return Plan(
            home=home,
            is_open=is_open,
            faults=measure_faults(board, totals[OVER], totals[BANNED], totals[MOVED]),
            over=float(totals[OVER]) if task.counts_overflow else 0.0,
            banned=int(totals[BANNED]),
            excess=max(0.0, float(totals[MOVED]) - task.terms.max_moved_pupils),
            objective=float(totals[COST]) + float(task.open_cost[is_open].sum()),
        )

    def _mix(self, run: int) -> int:
        """Return the seed of a run: different for each run of each seed."""
        return self._seed * 1_000_003 + run


def _drop_same(plans: Sequence[Plan]) -> list[Plan]:
    """Return plans without those that are the same as an earlier one."""
    return list({plan.home.tobytes(): plan for plan in reversed(plans)}.values())[::-1]
