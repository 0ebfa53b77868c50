"""Regions divided anew at the least cost, and walks over sets of open schools."""

from __future__ import annotations

import numpy as np
import pytest

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
