"""Exchange of teachers between schools (交流轮岗): the fewest moves that clear what is missing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow  # type: ignore[import-untyped]

from catchments.teacher_rules import TeacherRules
from catchments.teachers.retirement import Months
from catchments.teachers.rotation_proof import Proof, prove_moves
from catchments.teachers.staff import count_full_years
from gis.errors import OneMapError

_YEAR = 12


@dataclass(frozen=True, eq=False)
class Proposal:
    """Moves of one stage and subject, and the proof that nothing better exists.

    Attributes
    ----------
    moves
        from_school_id, to_school_id, teachers, distance_m.
    missing
        Teachers who were missing before.
    proof
        How many could be cleared at most, and how short the ways could be at least.
    """

    moves: pd.DataFrame
    missing: int
    proof: Proof

    @property
    def cleared(self) -> int:
        """Missing teachers who arrive: each move clears one."""
        return int(self.moves["teachers"].sum())

    @property
    def distance_m(self) -> float:
        """Sum of the ways between the schools, over all who move."""
        return float((self.moves["teachers"] * self.moves["distance_m"]).sum())


def select_movable(
    teachers: pd.DataFrame, retires: Months, rules: TeacherRules, *, day: dt.date
) -> pd.Series:
    """Say who may be asked to change schools.

    Long enough at the school, far enough from retirement, with a whole post in one subject and,
    if the rules say so, at a public school.

    Parameters
    ----------
    teachers
        Those in service: at_school_since, post_pct, second_subject, public.
    retires
        Month of retirement of each, months since year 0, shape (n,).
    day
        Day from which years are counted.
    """
    rule = rules.rotation
    left_months = retires - (day.year * _YEAR + day.month - 1)
    return (
        (count_full_years(teachers["at_school_since"], day) >= rule.least_years_at_school)
        & (left_months >= _YEAR * rule.least_years_to_retirement)
        & (teachers["post_pct"] >= rule.least_post_pct)
        & teachers["second_subject"].isna()
        & (teachers["public"].astype(bool) | (not rule.public_only))
    )


def propose_moves(
    places: pd.DataFrame, distance_m: NDArray[np.float64], *, limit_m: float
) -> Proposal:
    """Propose the fewest moves that clear as many missing teachers as can be, then the shortest.

    Each move clears one missing teacher, so no proposal that clears as many has fewer moves. A
    school gives no more than it can spare: it stays at or above its need. Flows in such a
    network are whole numbers, so nobody is split.

    Parameters
    ----------
    places
        school_id, missing (teachers), spare (those who may go and could be spared); one row a
        school of the same stage and subject.
    distance_m
        Way from each school to each, shape (n, n), rows as in `places`; inf where there is none.
        Read to whole metres.
    limit_m
        Longest way of a move.

    Raises
    ------
    OneMapError
        When the solver stops without an answer.

    Examples
    --------
    1 gives the one it can spare to 2, two kilometres away, not to 3:

    >>> places = pd.DataFrame({"school_id": [1, 2, 3], "missing": [0, 1, 1], "spare": [1, 0, 0]})
    >>> way = np.array([[0, 2, 3], [2, 0, 1], [3, 1, 0]]) * 1000.0
    >>> proposal = propose_moves(places, way, limit_m=5000)
    >>> proposal.moves.values.tolist(), proposal.cleared, proposal.proof.most_cleared
    ([[1.0, 2.0, 1.0, 2000.0]], 1, 1)
    """
    spare, missing = (places[name].to_numpy(np.int64) for name in ("spare", "missing"))
    donors, takers = np.flatnonzero(spare > 0), np.flatnonzero(missing > 0)
    way = np.round(distance_m[np.ix_(donors, takers)])
    flow = _solve(spare[donors], missing[takers], way, limit_m)
    proof = prove_moves(spare[donors], missing[takers], way, flow, limit_m=limit_m)
    at = np.argwhere(flow > 0)
    schools = places["school_id"].to_numpy()
    moves = pd.DataFrame(
        {
            "from_school_id": schools[donors[at[:, 0]]],
            "to_school_id": schools[takers[at[:, 1]]],
            "teachers": flow[at[:, 0], at[:, 1]],
            "distance_m": way[at[:, 0], at[:, 1]],
        }
    )
    return Proposal(moves, int(missing.sum()), proof)


def _solve(
    spare: NDArray[np.int64], missing: NDArray[np.int64], way: NDArray[np.float64], limit_m: float
) -> NDArray[np.int64]:
    """Find the greatest flow of least cost, shape (donors, takers)."""
    flow = np.zeros(way.shape, np.int64)
    at = np.argwhere(way <= limit_m)
    if not len(at):
        return flow
    solver = SimpleMinCostFlow()
    from_, to = at[:, 0], at[:, 1]
    arcs = solver.add_arcs_with_capacity_and_unit_cost(
        from_,
        to + len(spare),
        np.minimum(spare[from_], missing[to]),
        way[from_, to].astype(np.int64),
    )
    nodes = np.arange(len(spare) + len(missing))
    solver.set_nodes_supplies(nodes, np.concatenate([spare, -missing]))
    if solver.solve_max_flow_with_min_cost() != SimpleMinCostFlow.OPTIMAL:
        raise OneMapError("The search for moves of teachers ended without an answer.")
    flow[from_, to] = solver.flows(arcs)
    return flow
