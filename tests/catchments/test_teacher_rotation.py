"""Exchange of teachers: fewest moves, then shortest ways, against every other proposal."""

from __future__ import annotations

import datetime as dt
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catchments.teacher_rules import Rotation, TeacherRules
from catchments.teachers.rotation import propose_moves, select_movable
from catchments.teachers.rotation_proof import prove_moves

FAR = 99_000.0


def build_places(spare: list[int], missing: list[int]) -> pd.DataFrame:
    """Build schools that give, then schools that take."""
    return pd.DataFrame(
        {
            "school_id": range(len(spare) + len(missing)),
            "spare": [*spare, *[0] * len(missing)],
            "missing": [*[0] * len(spare), *missing],
        }
    )


def lay_ways(way: list[list[float]]) -> np.ndarray:
    """Lay the ways from givers to takers into a table of all schools."""
    table = np.array(way, dtype=float)
    size = sum(table.shape)
    whole = np.full((size, size), FAR)
    whole[: table.shape[0], table.shape[0] :] = table
    return whole


def try_everything(
    spare: list[int], missing: list[int], way: np.ndarray, limit: float
) -> tuple[int, float]:
    """Try every proposal: the most that can be cleared, and the least way to do so."""
    best = (0, 0.0)
    ranges = [
        range(min(spare[i], missing[j]) + 1 if way[i, j] <= limit else 1)
        for i, j in np.ndindex(way.shape)
    ]
    for amounts in product(*ranges):
        flow = np.array(amounts).reshape(way.shape)
        if (flow.sum(axis=1) > spare).any() or (flow.sum(axis=0) > missing).any():
            continue
        cleared, cost = int(flow.sum()), float((flow * way).sum())
        if (cleared, -cost) > (best[0], -best[1]):
            best = (cleared, cost)
    return best


def test_the_nearest_school_does_not_give_if_that_leaves_another_without() -> None:
    # Giver 0 is near both takers, giver 1 reaches the first only: both must be cleared.
    proposal = propose_moves(
        build_places([1, 1], [1, 1]), lay_ways([[1000, 3000], [2000, FAR]]), limit_m=5000
    )
    moves = proposal.moves[["from_school_id", "to_school_id"]].values.tolist()
    assert moves == [[0, 3], [1, 2]]
    assert (proposal.cleared, proposal.missing, proposal.distance_m) == (2, 2, 5000)
    assert proposal.proof.is_optimal and proposal.proof.least_distance_m == pytest.approx(5000)


def test_nobody_moves_beyond_the_limit() -> None:
    places, way = build_places([2], [1]), lay_ways([[5001]])
    assert propose_moves(places, way, limit_m=5000).cleared == 0
    assert propose_moves(places, way, limit_m=5001).cleared == 1
    unreached = propose_moves(places, lay_ways([[np.inf]]), limit_m=5000)
    assert unreached.cleared == 0 and unreached.proof.is_optimal


@pytest.mark.parametrize(("spare", "missing"), [([], [2]), ([2], []), ([], [])])
def test_without_givers_or_takers_nothing_is_proposed(spare: list[int], missing: list[int]) -> None:
    way = np.full((len(spare) + len(missing),) * 2, 1.0)
    proposal = propose_moves(build_places(spare, missing), way, limit_m=10)
    assert proposal.moves.empty and proposal.proof.is_optimal
    assert proposal.missing == sum(missing)


few = st.lists(st.integers(0, 2), min_size=1, max_size=3)


@given(few, few, st.data())
def test_no_other_proposal_clears_more_or_is_shorter(
    spare: list[int], missing: list[int], data: st.DataObject
) -> None:
    way = np.array(
        [[data.draw(st.sampled_from([300.0, 700, 900, 1500, FAR])) for _ in missing] for _ in spare]
    )
    proposal = propose_moves(build_places(spare, missing), lay_ways(way.tolist()), limit_m=1000)
    assert (proposal.cleared, proposal.distance_m) == try_everything(spare, missing, way, 1000)
    assert proposal.proof.is_optimal
    assert proposal.proof.most_cleared == proposal.cleared
    moves = proposal.moves
    assert (moves.groupby("from_school_id")["teachers"].sum() <= 2).all()
    assert (moves["distance_m"] <= 1000).all()


def test_a_worse_proposal_is_not_taken_for_the_best() -> None:
    spare, missing = np.array([1, 1]), np.array([1, 1])
    way = np.array([[1000.0, 3000.0], [2000.0, 1000.0]])
    crossed = prove_moves(spare, missing, way, np.array([[0, 1], [1, 0]]), limit_m=5000)
    assert not crossed.is_optimal and crossed.most_cleared == 2
    assert crossed.least_distance_m <= 2000
    half = prove_moves(spare, missing, way, np.array([[1, 0], [0, 0]]), limit_m=5000)
    assert not half.is_optimal and half.most_cleared >= 2
    best = prove_moves(spare, missing, way, np.array([[1, 0], [0, 1]]), limit_m=5000)
    assert best.is_optimal and best.least_distance_m == pytest.approx(2000)


@pytest.mark.parametrize("flow", [[[2, 0]], [[0, 1]], [[-1, 0]]])
def test_a_proposal_that_breaks_the_rules_is_refused(flow: list[list[int]]) -> None:
    with pytest.raises(ValueError, match="the flow gives"):
        prove_moves(
            np.array([1]), np.array([2, 2]), np.array([[10.0, 90.0]]), np.array(flow), limit_m=50
        )


def test_who_may_be_asked_served_long_enough_and_stays_long_enough() -> None:
    teachers = pd.DataFrame(
        {
            "at_school_since": pd.to_datetime(
                ["2020-03-31", "2020-04-01", "2010-09-01", "2010-09-01", "2010-09-01", "2010-09-01"]
            ),
            "post_pct": [100, 100, 100, 50, 100, 100],
            "second_subject": [None, None, None, None, "arts", None],
            "public": [True, True, True, True, True, False],
        }
    )
    month = 12 * 2026 + 2  # March 2026
    retires = np.array([month + 60, 10**6, month + 59, 10**6, 10**6, 10**6])
    rules = TeacherRules(rotation=Rotation(limit_m=1))
    day = dt.date(2026, 3, 31)
    # Six years to the day and five before retirement; the others lack one of the terms each.
    assert select_movable(teachers, retires, rules, day=day).tolist() == [True] + [False] * 5
    private = rules.model_copy(update={"rotation": Rotation(limit_m=1, public_only=False)})
    assert select_movable(teachers, retires, private, day=day).tolist()[-1]
