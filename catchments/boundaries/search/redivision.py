"""Exact division of a few neighbouring catchments anew, again and again.

Annealing leaves plans where no small move helps any more. Here the units of some neighbouring
catchments are divided at the least cost by constraint programming, everything else staying as it
is. What cannot be in a better plan is left out before: the prices of the seats prove it. That a
catchment hangs together is demanded only where a solution broke it.
SOURCE: large neighbourhood search, Shaw (1998), CP98; separators for connected parts, Fischetti
et al. (2017), Mathematical Programming Computation 9.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from ortools.sat.python import cp_model

from catchments.boundaries.search.annealing import Found
from catchments.boundaries.search.board import (
    BANNED,
    COST,
    MOVED,
    OVER,
    Board,
    Numbers,
    Whole,
    measure_faults,
    set_up,
)
from catchments.boundaries.search.changes import sample_changes
from catchments.boundaries.search.regions import Cut, Region, Sites, find_cuts, frame_region

Own = Sequence[Sequence[int]]

# Deterministic seconds of the solver for one region, and what laying one out counts.
REGION_EFFORT, LAYING_OUT = 1.0, 0.004
# Choices in a region: at first; factors after a region that was settled, and one that was not.
CHOICES, LARGER, SMALLER = 40, 1.1, 0.7
# A region is framed once it has this share of the units that it will need, as the last one had.
_SURE = 0.6
# Share of the regions in which no site opens or closes: they are larger for as many choices.
_KEEPS_SITES = 0.5
# A plan above the seats may cost more once it keeps them: by so many mean changes by a move.
_DEARER = 4.0
_FINE = 1e6  # steps that the gap of a region is counted in
_LOOKS_EVERY_S = 0.05  # how often the time is looked at while the solver works
_GRAIN = 1e3  # steps of a pupil, where pupils are not whole


def redivide(
    board: Board,
    own: Own,
    start: Found,
    *,
    sites: Sites,
    effort: float,
    seed: int,
    pace: Callable[[], float],
    others: Sequence[Whole] = (),
) -> Found:
    """Divide regions of a plan anew, each at the least cost; the answer is never worse.

    Parameters
    ----------
    own
        m: own units of each catchment, none where it must stay closed.
    start
        A connected division; costs of single units and open schools alone, no outline or balance.
    sites
        Which catchments may open and close on the way. The board bans a closed one for no unit
        because of that, and lets own units of theirs move.
    effort
        Deterministic seconds of the solver.
    pace
        Share of the run's time that has passed, asked before each region.
    others
        Plans that it is crossed with first: the whole district is divided anew, each unit as in
        one of the plans.
    """
    rng = np.random.default_rng(seed)
    best, may_move = start, bool(sites.may_close.any())
    sizes, per_unit = [float(CHOICES)] * 2, [np.inf] * 2  # with sites that move, and without
    settled: set[tuple[bool, bytes]] = set()
    cuts: list[Cut] = []
    spent = 0.0
    while spent < effort and pace() < 1.0:
        spent += LAYING_OUT
        keeps = may_move and not others and rng.random() < _KEEPS_SITES
        size = sizes[keeps]
        if others:
            region, others = _cross(board, own, best, sites, others), ()
        else:
            least = _SURE * size / per_unit[keeps]
            region = _draw_region(board, own, best, sites, size, rng, least, keeps_sites=keeps)
            per_unit[keeps] = max(region.choices, 1) / region.units.size
        key = keeps, region.units.tobytes() + region.now.tobytes() + region.catchments.tobytes()
        if region.choices == 0 or key in settled:
            if region.units.size == start.home.size and not keeps:
                break  # the region is the whole district
            sizes[keeps] *= 1.0 + (LARGER - 1.0) * 0.2
            continue
        model = _RegionModel(board, own, best.home, sites, region, cuts)
        home, used = model.solve(min(REGION_EFFORT, effort - spent), cuts, pace)
        spent += used
        sizes[keeps] = max(CHOICES, size * (LARGER if model.is_settled else SMALLER))
        if model.is_settled:
            settled.add(key)
        found = None if home is None else measure(board, home, sites)
        if found is not None and found.is_better_than(best):
            best = found
    return best


def measure(board: Board, home: Whole, sites: Sites) -> Found:
    """Return a division with its faults and cost."""
    position = set_up(board, home)
    totals = position.totals
    faults = measure_faults(board, totals[OVER], totals[BANNED], totals[MOVED])
    opening = sites.open_cost[position.units > 0].sum()
    return Found(home, float(faults), float(totals[COST] + opening))


def _draw_region(
    board: Board,
    own: Own,
    plan: Found,
    sites: Sites,
    size: float,
    rng: np.random.Generator,
    least_units: float,
    *,
    keeps_sites: bool,
) -> Region:
    """Let a region grow from a catchment, over long borders first, to about `size` choices.

    To frame a region takes long; one of fewer than `least_units` units is not framed.
    """
    home, count = plan.home, board.capacity.size
    units = np.bincount(home, minlength=count)
    link = np.zeros((count, count))
    np.add.at(link, (home[board.tail], home[board.head]), 1.0)
    np.fill_diagonal(link, 0.0)
    open_now = np.flatnonzero(units)
    over = np.bincount(home, board.pupils, count) > board.capacity
    starts = np.flatnonzero(over) if over.any() and rng.random() < 0.5 else open_now
    scale, per_pupil = sample_changes(board, set_up(board, home))
    members = [int(rng.choice(starts))]
    region = None
    while region is None or region.choices < size:
        beside = link[members].sum(axis=0)
        beside[members] = 0.0
        if beside.any():
            members.append(int(rng.choice(count, p=beside / beside.sum())))
            if units[members].sum() < least_units:
                continue
        region = frame_region(
            board, own, home, members, sites, _DEARER * scale, per_pupil, keeps_sites=keeps_sites
        )
        if not beside.any():
            break
    return region


def _cross(board: Board, own: Own, plan: Found, sites: Sites, others: Sequence[Whole]) -> Region:
    """Return the whole district as a region, each unit to be where one of some plans has it."""
    offered = np.zeros(board.cost.shape, dtype=bool)
    for home in (plan.home, *others):
        offered[np.arange(home.size), home] = True
    members = np.unique(plan.home).tolist()
    scale, per_pupil = sample_changes(board, set_up(board, plan.home))
    return frame_region(
        board, own, plan.home, members, sites, _DEARER * scale, per_pupil, offered=offered
    )


class _RegionModel:
    """A region as a constraint program: who goes where, within the seats, below the present."""

    def __init__(
        self,
        board: Board,
        own: Own,
        home: Whole,
        sites: Sites,
        region: Region,
        cuts: Sequence[Cut],
    ) -> None:
        self.is_settled = False
        self._board, self._own, self._home, self._region = board, own, home, region
        self._model = cp_model.CpModel()
        self._row = {int(unit): row for row, unit in enumerate(region.units)}
        self._place = {int(at): place for place, at in enumerate(region.catchments)}
        self._goes: dict[tuple[int, int], cp_model.IntVar | bool] = {}
        self._offer_choices()
        self._is_open: dict[int, cp_model.IntVar] = {}  # by place, of those that may close
        self._offer_sites()
        self._weigh(self._keep_seats(), sites.open_cost[region.catchments])
        for row, place in list(self._goes):
            unit, at = int(region.units[row]), int(region.catchments[place])
            if unit not in own[at]:
                beside = board.head[board.first[unit] : board.first[unit + 1]]
                self._demand(Cut(at, np.array([unit]), beside))
        for cut in cuts:
            self._demand(cut)

    def solve(
        self, effort: float, cuts: list[Cut], pace: Callable[[], float]
    ) -> tuple[Whole | None, float]:
        """Return a better division, if one is found, and the effort; new cuts join the others."""
        used = 0.0
        while used < effort:
            solver = cp_model.CpSolver()
            solver.parameters.num_workers = 1
            solver.parameters.catch_sigint_signal = False
            solver.parameters.max_deterministic_time = effort - used
            with _ending_in_time(solver, pace):
                status = solver.solve(self._model)
            used += max(1e-4, solver.response_proto.deterministic_time)
            if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
                self.is_settled = status == cp_model.INFEASIBLE
                return None, used
            home = self._home.copy()
            for (row, place), goes in self._goes.items():
                if goes is True or (goes is not False and solver.value(goes)):
                    home[self._region.units[row]] = self._region.catchments[place]
            new = [
                cut
                for at in map(int, self._region.catchments)
                for cut in find_cuts(self._board, home, at, self._own[at])
            ]
            if not new:
                self.is_settled = status == cp_model.OPTIMAL
                return home, used
            for cut in new:
                self._demand(cut)
            cuts.extend(new)
        return None, used

    def _offer_choices(self) -> None:
        """Let each unit go to exactly one of the catchments that it may go to."""
        model, region = self._model, self._region
        for row, places in enumerate(region.allowed):
            may = np.flatnonzero(places).tolist()
            if len(may) == 1:
                self._goes[row, may[0]] = True
                continue
            for place in may:
                goes = model.new_bool_var("")
                model.add_hint(goes, bool(region.now[row] == place))
                self._goes[row, place] = goes
            model.add_exactly_one([self._goes[row, place] for place in may])

    def _offer_sites(self) -> None:
        """Let schools that may close be open where they hold their own units, else empty."""
        model, region = self._model, self._region
        is_used = np.bincount(region.now, minlength=region.catchments.size) > 0
        for place in np.flatnonzero(region.may_close).tolist():
            is_open = self._is_open[place] = model.new_bool_var("")
            model.add_hint(is_open, bool(is_used[place]))
            for row in np.flatnonzero(region.allowed[:, place]).tolist():
                goes = self._goes[row, place]
                if int(region.units[row]) in self._own[region.catchments[place]]:
                    model.add(is_open == goes)
                elif goes is True:
                    model.add_bool_and(is_open)
                else:
                    model.add_implication(goes, is_open)

    def _keep_seats(self) -> list[cp_model.IntVar]:
        """Keep the seats; return the pupils above them, where there are such now."""
        board, model, region = self._board, self._model, self._region
        pupils = board.pupils[region.units]
        self._grain = grain = 1 if (pupils == np.round(pupils)).all() else int(_GRAIN)
        load = np.ceil(pupils * grain - 1e-6).astype(np.int64).tolist()
        seats = np.floor(board.capacity[region.catchments] * grain + 1e-6).astype(np.int64)
        sums: list[list[cp_model.LinearExprT]] = [[] for _ in region.catchments]
        for (row, place), goes in self._goes.items():
            sums[place].append(load[row] * goes)
        most = int(np.ceil(region.over * grain))
        above = [model.new_int_var(0, most, "") for _ in region.catchments] if most else []
        for place, terms in enumerate(sums):
            held = int(seats[place]) * self._is_open.get(place, 1)
            model.add(sum(terms) <= held + (above[place] if above else 0))
        if above:
            model.add(sum(above) <= most)
        return above

    def _weigh(self, above: Sequence[cp_model.IntVar], open_cost: Numbers) -> None:
        """Seek the fewest pupils above the seats, then the least cost; less than now."""
        region = self._region
        scale = _FINE / max(region.gap, 1e-6)
        cost = self._board.cost[np.ix_(region.units, region.catchments)]
        change = cost - cost[np.arange(region.units.size), region.now][:, None]
        steps = np.round(np.where(region.allowed, change, 0.0) * scale).astype(np.int64).tolist()
        terms = [
            steps[row][place] * goes
            for (row, place), goes in self._goes.items()
            if goes is not True
        ]
        is_used = np.bincount(region.now, minlength=open_cost.size) > 0
        for place, is_open in self._is_open.items():
            terms.append(round(float(open_cost[place]) * scale) * (is_open - int(is_used[place])))
        total = sum(terms)
        if above:
            total += 2 * int(_FINE) * sum(above)
        else:
            self._model.add(total <= -1)
        self._model.minimize(total)

    def _demand(self, cut: Cut) -> None:
        """Demand of the region what a cut says, where it touches it."""
        place = self._place.get(cut.catchment)
        if place is None:
            return
        around = [
            self._goes.get((self._row.get(int(unit), -1), place), False) for unit in cut.border
        ]
        if any(goes is True for goes in around):
            return
        joins = [goes for goes in around if goes is not False]
        for unit in cut.inside:
            goes = self._goes.get((self._row.get(int(unit), -1), place), False)
            if goes is True:
                self._model.add_bool_or(joins)
            elif goes is not False:
                self._model.add_bool_or([*joins, goes.negated()])


@contextmanager
def _ending_in_time(solver: cp_model.CpSolver, pace: Callable[[], float]) -> Iterator[None]:
    """Have a solver end its search when the time of the run is up."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(_LOOKS_EVERY_S):
            if pace() >= 1.0:
                solver.stop_search()

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield
    finally:
        done.set()
        watching.join()
