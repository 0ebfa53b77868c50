"""Proof that a proposal of moves is the best: a cut that no proposal passes, and prices.

It shares nothing with the solver: a wrong answer of it would show here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Proof:
    """Bounds that hold for every proposal.

    Attributes
    ----------
    most_cleared
        No proposal clears more missing teachers.
    least_distance_m
        No proposal that clears as many as this one has shorter ways in all.
    is_optimal
        Whether the proposal reaches both.
    """

    most_cleared: int
    least_distance_m: float
    is_optimal: bool


def prove_moves(
    spare: Whole, missing: Whole, way_m: Floats, flow: Whole, *, limit_m: float
) -> Proof:
    """Bound what any proposal could reach, and say whether this one does.

    Parameters
    ----------
    spare
        Teachers whom each of d schools may give.
    missing
        Teachers whom each of t schools misses.
    way_m
        Shape (d, t).
    flow
        Teachers who move, shape (d, t).

    Raises
    ------
    ValueError
        When the flow gives or takes more than there is, or goes too far.
    """
    is_near = way_m <= limit_m
    gives, takes = flow.sum(axis=1), flow.sum(axis=0)
    if (flow < 0).any() or (flow[~is_near] > 0).any() or (gives > spare).any():
        raise ValueError("the flow gives more than there is, or goes too far")
    if (takes > missing).any():
        raise ValueError("the flow takes more than is missing")
    most = _cut(spare, missing, is_near, flow)
    cost = float((flow * np.where(is_near, way_m, 0)).sum())
    least = _price(spare, missing, np.where(is_near, way_m, np.inf), flow)
    is_optimal = int(flow.sum()) == most and cost - least <= 1e-6 * max(cost, 1.0)
    return Proof(most, least, is_optimal)


def _cut(spare: Whole, missing: Whole, is_near: NDArray[np.bool_], flow: Whole) -> int:
    """Bound what can be cleared by a cut: what schools within it give, and those beyond miss.

    Whoever could still give is on one side, with all that they reach by moving moves about.
    """
    gives = flow.sum(axis=1) < spare
    reached = np.zeros(len(missing), bool)
    while True:
        more = is_near[gives].any(axis=0) if gives.any() else reached
        wider = gives | (flow[:, more] > 0).any(axis=1)
        if (more == reached).all() and (wider == gives).all():
            break
        reached, gives = more, wider
    # Any sets make a bound: near takers of the givers on their side must lie on it, too.
    return int(spare[~gives].sum() + missing[reached].sum())


def _price(spare: Whole, missing: Whole, way_m: Floats, flow: Whole) -> float:
    """Bound the ways of as many moves from below by prices of givers and takers.

    With prices a ≥ 0 of givers, b ≥ 0 of takers and λ ≤ way + a + b on every allowed way, F
    moves are no shorter than λ·F − Σ spare·a − Σ missing·b (weak duality): whatever the prices,
    the bound holds; at those that the flow itself suggests it is met if nothing is shorter.
    """
    cleared = int(flow.sum())
    if cleared == 0:
        return 0.0
    price, root, end = _find_potentials(spare, missing, way_m, flow)
    givers, takers = price[: len(spare)] - root, price[len(spare) :] - root
    of_givers = np.maximum(givers, 0)
    of_takers = np.maximum(end - root - takers, 0)
    marked = way_m + of_givers[:, None] + of_takers[None]
    rate = float(marked.min())
    return float(rate * cleared - spare @ of_givers - missing @ of_takers)


def _find_potentials(
    spare: Whole, missing: Whole, way_m: Floats, flow: Whole
) -> tuple[Floats, float, float]:
    """Relax the ways that are left (Bellman–Ford) until nothing gets shorter.

    Where the flow could be made shorter, that never ends; it is stopped after as many rounds as
    there are schools and yields prices whose bound is not met.
    """
    gives, takes = flow.sum(axis=1), flow.sum(axis=0)
    giver, taker, root, end = np.zeros(len(spare)), np.zeros(len(missing)), 0.0, 0.0
    back = np.where(flow > 0, -way_m, np.inf)
    for _round in range(len(spare) + len(missing) + 3):
        before = (giver.copy(), taker.copy(), root, end)
        giver = np.where(gives < spare, np.minimum(giver, root), giver)
        root = min([root, *giver[gives > 0]])
        taker = np.minimum(taker, (giver[:, None] + way_m).min(axis=0, initial=np.inf))
        giver = np.minimum(giver, (taker[None] + back).min(axis=1, initial=np.inf))
        end = min([end, *taker[takes < missing]])
        taker = np.where(takes > 0, np.minimum(taker, end), taker)
        same = (giver == before[0]).all() and (taker == before[1]).all()
        if same and (root, end) == before[2:]:
            break
    return np.concatenate([giver, taker]), root, end
