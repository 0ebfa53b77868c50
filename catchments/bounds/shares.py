"""Bounds by shares: parts may be split among catchments, which hold together more and more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from catchments.bounds.programme import Programme, Proof, Relaxed, prove_bound, solve_shares
from catchments.bounds.proving import Proving
from catchments.units import Numbers

Flags = NDArray[np.bool_]

_MOST_GIVEN = 20_000  # pairs that the solver is given at the start
_IDLE = 6  # rounds in which a cut has no price until it is dropped
_LITTLE = 0.01  # of what was gained so far
_CHEAPER = 1e-9  # in units of the objective; less is rounding
_PATIENCE = 3  # rounds that gain little, until the end


def choose_given(proving: Proving, pupils: Numbers, price: Numbers) -> Flags:
    """Return the columns that the solver is given at first: those that look cheapest.

    Parameters
    ----------
    pupils
        n.
    price
        m: of a seat.
    """
    programme = proving.programme
    paid = programme.cost[: programme.pairs] + (pupils[programme.part] * price[programme.catchment])
    first = np.searchsorted(programme.part, np.arange(programme.parts))
    above = paid - np.minimum.reduceat(paid, first)[programme.part]
    given = np.ones(programme.cost.size, dtype=bool)
    if programme.pairs > _MOST_GIVEN:
        is_root = programme.part == programme.root[programme.catchment]
        cheap = above <= np.partition(above, _MOST_GIVEN)[_MOST_GIVEN]
        given[: programme.pairs] = cheap | is_root
    return given


def raise_by_shares(proving: Proving, given: Flags, until_s: float, *, thorough: bool) -> None:
    """Solve, cut and drop pairs until little is gained.

    Parameters
    ----------
    given
        Columns that the solver is given at first; others are added when their price asks for it.
    until_s
        Seconds that are to be left at the end.
    thorough
        Whether to look for cuts by flows, and to go on when a round gains little.
    """
    start, stalled, flows = proving.bound.value, 0, False
    fixed = proving.programme.most.size
    idle = np.zeros(fixed)
    while not proving.is_over and proving.watch.left_s > until_s:
        before = proving.bound.value
        done = _do_round(proving, given)
        if done is None:
            return
        is_wider = done.given.sum() > given.sum()
        given = done.given[done.kept]
        if is_wider:
            continue
        idle = np.where(done.price > 0.0, 0.0, idle + 1.0)
        stays = (idle < _IDLE) | (np.arange(idle.size) < fixed)
        proving.programme, idle = proving.programme.keep_rows(stays), idle[stays]
        added = proving.cut(done.shares, flows=flows)
        idle = np.concatenate([idle, np.zeros(added)])
        gained = proving.bound.value - before
        is_little = not added or gained <= _LITTLE * (proving.bound.value - start)
        stalled = stalled + 1 if is_little and flows else 0
        if (is_little and not thorough) or stalled == _PATIENCE or (flows and not added):
            return
        flows = flows or is_little


def prove_again(proving: Proving) -> None:
    """Solve the shares of all pairs once more and drop pairs."""
    _do_round(proving, np.ones(proving.programme.cost.size, dtype=bool))


@dataclass(frozen=True, eq=False)
class _Round:
    shares: Numbers  # n, m
    price: Numbers  # of the rows
    given: Flags  # of the columns before pairs were dropped
    kept: Flags  # likewise


def _do_round(proving: Proving, given: Flags) -> _Round | None:
    """Solve, prove and drop pairs; None when nothing was solved or nothing better is left."""
    programme = proving.programme
    relaxed = solve_shares(programme, given, proving.watch)
    if relaxed is None:
        return None
    if relaxed.values is None:
        if given.all():
            proving.prove(np.inf, "shares")
            return None
        return _do_round(proving, np.ones_like(given))
    proof = prove_bound(programme, relaxed.price)
    wanted = _find_wanted(programme, given, relaxed, proof)
    kept = proving.drop_pairs(proof)
    proving.prove(proof.bound, "shares")
    if proving.is_over:
        return None
    return _Round(programme.get_shares(relaxed.values), relaxed.price, given | wanted, kept)


def _find_wanted(programme: Programme, given: Flags, relaxed: Relaxed, proof: Proof) -> Flags:
    """Return the pairs not given that are cheaper than what their part pays."""
    wanted = np.zeros_like(given)
    spared = (relaxed.part_price - proof.least)[programme.part]
    wanted[: programme.pairs] = proof.reduced[: programme.pairs] < spared - _CHEAPER
    return wanted & ~given
