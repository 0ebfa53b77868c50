"""Solve published districts: plans, bounds and gaps beside a plain peer and what others published.

Run ``python -m benchmarks.bench_solve [CASE …] [--quick] [--seconds S] [--seeds N]``; cases are
``supply`` (ZY with existing schools), ``sites`` (ZY with candidates), ``loudoun`` and
``baltimore``, by default all, about 25 minutes. Their files are read from the folder REAL. The
peer of ``supply`` is a plain CP-SAT model in the same run on the same ways: the seven nearest
schools of each unit, and each unit beside one of its catchment that is nearer to the school.
Every plan is measured anew; in full length the targets must be kept.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from ortools.sat.python import cp_model

from catchments.boundaries.balanced import divide_balanced
from catchments.boundaries.measures import find_breaches, measure_division
from catchments.boundaries.search.warming import warm_up
from catchments.units import Instance, Terms
from tests.published.cases import read_baltimore, read_loudoun, read_zy, read_zy_with_sites

BALANCE = Terms(objective="balance", capacity="soft")
PEER_S, PEER_WORKERS, PEER_SCHOOLS = 45.0, 2, 7
QUICK = 12  # times shorter
# Pupil-km that a plain model reaches, and the bound with split units.
SUPPLY = {1: (1487.09, 1473.54), 2: (2225.28, 2191.08), 3: (2053.07, 1972.31)}
# SOURCE: Kong (2021), chinaXiv 202106.00031: lower bound, CPLEX in 2 h, matheuristic.
SITES = {
    1: (4435.21, 4446.32, 4443.21),
    2: (4727.23, 4740.69, 4740.18),
    3: (5031.18, 5045.69, 5052.03),
    4: (5335.83, 5344.66, 5365.55),
    5: (5634.87, 5652.69, 5646.41),
}
LOUDOUN_MEAN, LOUDOUN_BEST, LOUDOUN_PUBLISHED = 13.3, 12.9, 14.307
TODAY_KM, MOST_OVER, FEWEST_MOVED = 6109.5, 115.0, 582.0
GAP_PCT = 0.3


@dataclass(frozen=True)
class Settings:
    """How long and how often to run."""

    is_quick: bool
    seconds: float | None
    seeds: int

    def limit_s(self, full_s: float) -> float:
        """Return the time limit of a run that has `full_s` in full length."""
        if self.seconds is not None:
            return self.seconds
        return full_s / QUICK if self.is_quick else full_s


@dataclass(frozen=True, eq=False)
class Solved:
    """A plan with its measures."""

    objective: float
    bound: float
    gap_pct: float
    seconds: float
    measured: dict[str, Any]


def solve(town: Instance, terms: Terms, limit_s: float, *, seed: int = 1) -> Solved:
    """Divide a district; ends the run when the measures of the plan do not agree."""
    division = divide_balanced(town, terms, time_limit_s=limit_s, seed=seed)
    measured = measure_division(town, terms, division.school_of_unit)
    faults = find_breaches(town, terms, division.school_of_unit)
    if faults or not np.isclose(measured["objective"], division.objective, rtol=1e-9):
        sys.exit(f"The plan has {measured['objective']}, not {division.objective}: {faults}")
    if division.lower_bound > division.objective:
        sys.exit(f"The bound {division.lower_bound} is above {division.objective}.")
    if division.seconds > 1.1 * limit_s + 0.5:
        print(f"  The limit of {limit_s:g} s was exceeded: {division.seconds:.1f} s.")
    return Solved(
        division.objective, division.lower_bound, division.gap_pct, division.seconds, measured
    )


def solve_plainly(town: Instance, limit_s: float) -> tuple[float, float, float]:
    """Solve the plain CP-SAT model; returns pupil-km, bound of the model, and seconds."""
    start = time.perf_counter()
    model = cp_model.CpModel()
    units, ways_m = len(town.unit_ids), town.distance_m
    own = {int(unit): school for school, unit in enumerate(town.own_unit)}
    beside: list[list[int]] = [[] for _ in range(units)]
    for a, b in town.borders.tolist():
        beside[a].append(b)
        beside[b].append(a)
    holds = {}
    for unit in range(units):
        nearest = np.argsort(ways_m[unit], kind="stable")[:PEER_SCHOOLS].tolist()
        for school in [own[unit]] if unit in own else nearest:
            holds[unit, school] = model.new_bool_var(f"{unit}-{school}")
    for unit in range(units):
        model.add_exactly_one([x for (at, _), x in holds.items() if at == unit])
    for (unit, school), x in holds.items():
        if unit not in own:
            model.add_bool_or(
                x.Not(),
                *(
                    holds[other, school]
                    for other in beside[unit]
                    if (other, school) in holds and ways_m[other, school] < ways_m[unit, school]
                ),
            )
    pupils = town.pupils.astype(int)
    for school, seats in enumerate(town.capacity.astype(int)):
        load = [int(pupils[unit]) * x for (unit, at), x in holds.items() if at == school]
        model.add(sum(load) <= int(seats))
    centimetres = np.rint(100.0 * town.pupils[:, None] * ways_m).astype(int)
    model.minimize(sum(int(centimetres[pair]) * x for pair, x in holds.items()))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = limit_s
    solver.parameters.num_workers = PEER_WORKERS
    status = solver.solve(model)
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    objective = solver.objective_value / 1e5 if found else float("inf")
    return objective, solver.best_objective_bound / 1e5, time.perf_counter() - start


def tell(case: str, solved: Solved, other: str, theirs: float, *, is_kept: bool) -> bool:
    """Print a row of the table; returns whether the target is kept."""
    print(
        f"{case:24} {solved.objective:10.3f} {solved.bound:10.3f} {solved.gap_pct:7.3f} "
        f"{solved.seconds:7.1f}  {other:22} {theirs:10.3f} {solved.objective / theirs:7.4f}  "
        f"{'kept' if is_kept else 'MISSED'}",
        flush=True,
    )
    return is_kept


def run_supply(settings: Settings) -> bool:
    """ZY with existing schools, beside the plain model of the same run."""
    good = True
    for variant, (known_km, split_km) in SUPPLY.items():
        town = read_zy(variant)
        solved = solve(town, Terms(), settings.limit_s(30.0))
        peer_km, _, peer_s = solve_plainly(town, settings.limit_s(PEER_S))
        kept = solved.objective <= min(known_km, peer_km) and solved.bound > split_km - 1e-2
        peer = f"plain CP-SAT, {peer_s:.0f} s"
        good &= tell(f"supply{variant}", solved, peer, peer_km, is_kept=kept)
        kept = solved.objective <= known_km
        good &= tell(f"supply{variant}", solved, "plain CP-SAT, known", known_km, is_kept=kept)
    return good


def run_sites(settings: Settings) -> bool:
    """ZY with candidate sites and opening costs, beside the best published of two methods."""
    good = True
    for number, (published_bound, *published) in SITES.items():
        solved = solve(read_zy_with_sites(number), Terms(), settings.limit_s(120.0))
        gap_pct = 100.0 * (solved.objective - published_bound) / published_bound
        kept = solved.objective <= min(published) and gap_pct <= GAP_PCT
        case = f"zya{number}, {gap_pct:.3f} % above"
        good &= tell(case, solved, "best published", min(published), is_kept=kept)
    return good


def run_loudoun(settings: Settings) -> bool:
    """Loudoun by balance: the mean over many seeds, and the best of a longer run."""
    town = read_loudoun()
    runs = [
        solve(town, BALANCE, settings.limit_s(5.0), seed=seed)
        for seed in range(1, settings.seeds + 1)
    ]
    found = np.array([run.objective for run in runs])
    print(
        f"loudoun, {found.size} seeds: mean {found.mean():.3f}, least {found.min():.3f}, most"
        f" {found.max():.3f}; the mean may be {LOUDOUN_MEAN}"
    )
    best = solve(town, BALANCE, settings.limit_s(60.0))
    kept = best.objective <= LOUDOUN_BEST
    tell("loudoun", best, "best published", LOUDOUN_PUBLISHED, is_kept=kept)
    return bool(kept and found.mean() <= LOUDOUN_MEAN)


def run_baltimore(settings: Settings) -> bool:
    """Baltimore with planned seats, beside today's map; then with change weighted."""
    town, _ = read_baltimore()
    best = solve(town, Terms(), settings.limit_s(60.0))
    kept = best.measured["over_capacity_pupils"] == 0.0 and best.objective < TODAY_KM
    good = tell("baltimore", best, "today", TODAY_KM, is_kept=kept)
    gentle = solve(town, Terms(w_change=1.0), settings.limit_s(60.0))
    over, moved = gentle.measured["over_capacity_pupils"], gentle.measured["moved_pupils"]
    kept = over <= MOST_OVER and moved < FEWEST_MOVED
    print(
        f"baltimore, 1 km a moved pupil: {moved:g} moved, {over:g} above the seats,"
        f" {gentle.measured['pupil_km']:,.1f} pupil-km, gap {gentle.gap_pct:.3f} %:"
        f" {'kept' if kept else 'MISSED'}"
    )
    return good and kept


CASES: dict[str, Callable[[Settings], bool]] = {
    "supply": run_supply,
    "sites": run_sites,
    "loudoun": run_loudoun,
    "baltimore": run_baltimore,
}


def read_settings() -> tuple[list[str], Settings]:
    """Read the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="*", help=f"of {', '.join(CASES)}; default all")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} times shorter, 3 seeds")
    parser.add_argument("--seconds", type=float, help="time limit of every run")
    parser.add_argument("--seeds", type=int, help="seeds of Loudoun; default 25")
    asked = parser.parse_args()
    unknown = sorted(set(asked.cases) - set(CASES))
    if unknown:
        parser.error(f"unknown case {', '.join(unknown)}: choose of {', '.join(CASES)}")
    seeds = asked.seeds or (3 if asked.quick else 25)
    return asked.cases or list(CASES), Settings(asked.quick, asked.seconds, seeds)


def main() -> int:
    """Run the cases; fails when a plan is wrong, or a target is missed in full length."""
    cases, settings = read_settings()
    try:
        warm_up()
        print(
            f"{'case':24} {'objective':>10} {'bound':>10} {'gap %':>7} {'seconds':>7}  "
            f"{'beside':22} {'theirs':>10} {'ratio':>7}  target"
        )
        kept = [CASES[case](settings) for case in cases]
    except FileNotFoundError as missing:
        print(missing)
        return 1
    is_short = settings.is_quick or settings.seconds is not None
    return 0 if all(kept) or is_short else 1


if __name__ == "__main__":
    sys.exit(main())
