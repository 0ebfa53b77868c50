"""Regions divided anew at the least cost, and walks over sets of open schools."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from catchments.boundaries.balanced import divide_balanced
from catchments.boundaries.search.annealing import Found
from catchments.boundaries.search.board import Board
from catchments.boundaries.search.openings import Openings
from catchments.boundaries.search.redivision import measure, redivide
from catchments.boundaries.search.regions import Sites, find_cuts, frame_region
from catchments.boundaries.search.task import Task, build_board, build_task, list_own
from catchments.units import Instance, Terms
from tests.catchments.row_town import build_row
from tests.catchments.tried_towns import build_grid, list_divisions


def keep_open(board: Board) -> Sites:
    return Sites(np.zeros(board.capacity.size, dtype=bool), np.zeros(board.capacity.size))


def lay_out(town: Instance) -> tuple[Task, Board, list]:
    task = build_task(town, Terms())
    is_open = np.ones(len(town.school_ids), dtype=bool)
    return task, build_board(task, is_open), list_own(task, is_open)


def divide_anew(town: Instance, home: list[int], seed: int = 1) -> Found:
    _, board, own = lay_out(town)
    sites = keep_open(board)
    start = measure(board, np.array(home, dtype=np.int32), sites)
    return redivide(board, own, start, sites=sites, effort=0.5, seed=seed, pace=lambda: 0.0)


def test_pupils_above_the_seats_are_sent_on_even_if_that_costs_more():
    # 3 units of 10 at west with 20 seats; unit 3 is 2 km from west, but 1 km from east.
    town = build_row([10.0] * 4, {"west": (1, 20), "east": (4, 20)})
    found = divide_anew(town, [0, 0, 0, 1])
    assert found.home.tolist() == [0, 0, 1, 1]
    assert (found.faults, found.cost) == (0.0, 10.0 + 10.0)


def test_a_plan_that_is_the_best_stays():
    town = build_row([10.0] * 4, {"west": (1, 20), "east": (4, 20)})
    assert divide_anew(town, [0, 0, 1, 1]).home.tolist() == [0, 0, 1, 1]


def test_no_work_is_begun_when_the_time_is_up():
    _, board, own = lay_out(build_row([10.0] * 4, {"west": (1, 20), "east": (4, 20)}))
    sites = keep_open(board)
    start = measure(board, np.array([0, 0, 0, 1], dtype=np.int32), sites)
    assert redivide(board, own, start, sites=sites, effort=1.0, seed=1, pace=lambda: 1.0) is start


def test_a_piece_apart_needs_the_border_toward_the_own_unit():
    # Units 1 and 4, 5 of a row of 6 belong to the school of unit 1; 3 and 6 surround 4, 5.
    # Only 3 lies toward unit 1.
    _, board, own = lay_out(build_row([1.0] * 6, {"west": (1, 9), "east": (6, 9)}))
    home = np.array([0, 1, 1, 0, 0, 1], dtype=np.int32)
    (cut,) = find_cuts(board, home, 0, own[0])
    assert cut.inside.tolist() == [3, 4]
    assert cut.border.tolist() == [2]


def test_pairs_dearer_than_the_gap_are_left_out():
    # All fits: each unit goes where it is nearest, the gap is 0 and nothing may change.
    _, board, own = lay_out(build_row([10.0] * 4, {"west": (1, 90), "east": (4, 90)}))
    home = np.array([0, 0, 1, 1], dtype=np.int32)
    assert frame_region(board, own, home, [0, 1], keep_open(board), 0.0, 1.0).choices == 0


@pytest.mark.parametrize("seed", range(6))
def test_a_small_town_divided_anew_is_as_good_as_the_best_of_all_divisions(seed):
    rng = np.random.default_rng(seed)
    pupils = rng.integers(1, 12, 9).astype(float)
    seats = np.array([pupils.sum() * 0.45, pupils.sum() * 0.4, pupils.sum() * 0.4]).round()
    town = build_grid(3, 3, own_unit=[0, 8, 2], pupils=pupils, capacity=seats)
    plans = list_divisions(town, Terms())
    _, board, _ = lay_out(town)
    all_found = [measure(board, plan.astype(np.int32), keep_open(board)) for plan in plans]
    best = min(all_found, key=lambda found: (found.faults, found.cost))
    start = max(all_found, key=lambda found: (found.faults, found.cost))
    again = [divide_anew(town, start.home.tolist(), seed=seed) for _ in range(2)]
    assert again[0].faults == pytest.approx(best.faults)
    if best.faults == 0.0:
        assert again[0].cost == pytest.approx(best.cost)
    assert again[0].home.tolist() == again[1].home.tolist()


def test_a_walk_finds_the_set_whose_seats_match_beyond_sets_that_lack_some():
    # 60 pupils; seats 25, 35 (together 60, opening at 10 each) or 30, 31 (opening at 50 each):
    # the good pair is two candidates away from the bad one, and sets between lack seats.
    town = build_row(
        [15.0] * 4,
        {"a": (1, 25), "b": (4, 35), "c": (2, 30), "d": (3, 31)},
        open_cost=np.array([10.0, 10.0, 50.0, 50.0]),
        is_candidate=np.ones(4, dtype=bool),
    )
    openings = Openings(build_task(town, Terms()))
    openings.explore(looks=200, seed=1, stop=lambda: False)
    best = min(openings.values, key=lambda key: openings.values[key])
    assert np.frombuffer(best, dtype=bool).tolist() == [True, True, False, False]


def choose_sites(town: Instance, home: list[int], seed: int = 1, **how) -> Found:
    task = build_task(town, Terms())
    may = np.ones(len(town.school_ids), dtype=bool)
    board = build_board(task, may, stays_open=~town.is_candidate)
    sites = Sites(town.is_candidate, town.open_cost)
    start = measure(board, np.array(home, dtype=np.int32), sites)
    own = list_own(task, may)
    return redivide(board, own, start, sites=sites, effort=0.5, seed=seed, pace=lambda: 0.0, **how)


def build_sites(open_cost: list[float]) -> Instance:
    """Four units of 10 pupils, 1 km apart, each with a site of 40 seats."""
    return build_row(
        [10.0] * 4,
        {"a": (1, 40), "b": (2, 40), "c": (3, 40), "d": (4, 40)},
        open_cost=np.array(open_cost),
        is_candidate=np.ones(4, dtype=bool),
    )


def test_a_region_opens_the_site_that_costs_less_in_all_and_closes_the_dearer_one():
    # All to a: 0 + 10 + 20 + 30 = 60 pupil-km and 20 for opening. Of two sites for the left and the
    # right half, each costs 15, or 20 if it is a, and 10 pupil-km; three cost 45 + 10, four 65.
    found = choose_sites(build_sites([20.0, 15.0, 15.0, 15.0]), [0, 0, 0, 0])
    assert found.home.tolist() in ([1, 1, 2, 2], [1, 1, 3, 3])
    assert found.cost == 2 * 15.0 + 20.0


def test_a_site_dearer_than_the_ways_that_it_saves_stays_closed():
    # A second site saves 40 - 20 = 20 pupil-km and costs 25.
    found = choose_sites(build_sites([25.0] * 4), [1, 1, 1, 1])
    assert found.home.tolist() == [1, 1, 1, 1]
    assert found.cost == 25.0 + 40.0


def test_plans_are_crossed_where_each_is_better():
    # One plan is good on the left, the other on the right; each unit as in one of them.
    town = build_row([10.0] * 6, {"a": (1, 30), "b": (3, 30), "c": (4, 30), "d": (6, 30)})
    one, other = [0, 0, 1, 2, 2, 3], [0, 1, 1, 2, 3, 3]
    _, board, own = lay_out(town)
    sites = keep_open(board)
    start = measure(board, np.array(one, dtype=np.int32), sites)
    crossed = redivide(
        board,
        own,
        start,
        sites=sites,
        effort=0.2,
        seed=1,
        pace=lambda: 0.0,
        others=[np.array(other, dtype=np.int32)],
    )
    assert crossed.cost <= min(
        start.cost, measure(board, np.array(other, dtype=np.int32), sites).cost
    )


@pytest.mark.parametrize("seed", range(4))
def test_sites_of_a_small_town_are_chosen_as_well_as_by_trying_all_divisions(seed):
    rng = np.random.default_rng(seed)
    pupils = rng.integers(1, 12, 9).astype(float)
    seats = np.full(4, np.ceil(pupils.sum() * 0.6))
    town = build_grid(3, 3, own_unit=[0, 8, 2, 4], pupils=pupils, capacity=seats)
    town = replace(
        town,
        is_candidate=np.array([False, True, True, True]),
        open_cost=rng.integers(1, 9, 4).astype(float) * 1.0,
    )
    worth = []
    for is_open in product([True], *[[False, True]] * 3):
        at = np.flatnonzero(is_open)
        if town.capacity[at].sum() < pupils.sum():
            continue
        part = replace(
            town,
            school_ids=tuple(town.school_ids[i] for i in at),
            own_unit=town.own_unit[at],
            capacity=town.capacity[at],
            distance_m=town.distance_m[:, at],
            open_cost=town.open_cost[at],
            is_candidate=np.zeros(at.size, dtype=bool),
        )
        ways = [
            (pupils * part.distance_m[np.arange(9), plan]).sum() / 1000.0
            for plan in list_divisions(part, Terms())
            if (np.bincount(plan, pupils, at.size) <= part.capacity).all()
        ]
        if ways:
            worth.append(min(ways) + town.open_cost[at[town.is_candidate[at]]].sum())
    division = divide_balanced(town, Terms(), time_limit_s=2.0, seed=seed)
    assert division.objective == pytest.approx(min(worth))
