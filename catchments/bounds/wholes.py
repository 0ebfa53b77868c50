"""Bounds by whole sites and whole parts, in tries that learn cuts from each other."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from catchments.bounds.programme import Programme, solve_whole
from catchments.bounds.proving import Proving
from catchments.bounds.shares import prove_again
from catchments.units import Positions

Flags = NDArray[np.bool_]

_MOST_WHOLE = 30_000  # pairs; more take too much time and memory
_MOST_EACH = 3_000  # pairs that each get a row before the first try
_FIRST_SHARE, _SHORTEST_S = 0.1, 2.0  # of the time left, for the first try
_SITES_SHARE = 0.6  # of the time left, at most
_LISTEN_EVERY_S = 0.1
_FALL = 1e-4  # share by which the best plan must fall to be worth another look


def raise_by_wholes(proving: Proving, offer: Callable[[Positions], None] | None = None) -> None:
    """Seek whole sites first, where there is a choice, then whole parts.

    Parameters
    ----------
    offer
        Is handed the catchment of each part whenever whole parts turn out to be connected.
    """
    _wait_for_few(proving)
    if _list_sites(proving.programme).any():
        _try(proving, "open sites", proving.watch.left_s * (1.0 - _SITES_SHARE))
    if not proving.is_over and proving.programme.pairs <= _MOST_EACH:
        proving.cut_each()
    _try(proving, "whole units", 0.0, offer)


def _wait_for_few(proving: Proving) -> None:
    """Wait until better plans leave few pairs."""
    seen = proving.get_best()
    while not proving.is_over and proving.programme.pairs > _MOST_WHOLE:
        if proving.get_best() < seen * (1.0 - _FALL):
            seen = proving.get_best()
            prove_again(proving)
        else:
            time.sleep(min(_LISTEN_EVERY_S, proving.watch.left_s))


def _list_sites(programme: Programme) -> Flags:
    """Return the columns that say whether a catchment that may stay closed is open."""
    sites = np.zeros(programme.cost.size, dtype=bool)
    is_root = programme.part == programme.root[programme.catchment]
    sites[: programme.pairs] = is_root & programme.has_choice[programme.catchment]
    return sites


def _try(
    proving: Proving,
    kind: str,
    until_s: float,
    offer: Callable[[Positions], None] | None = None,
) -> None:
    """Solve with whole columns until no cut is broken."""
    sites_only = kind == "open sites"
    limit_s = max(_SHORTEST_S, _FIRST_SHARE * proving.watch.left_s)
    while not proving.is_over and proving.watch.left_s > until_s:
        programme = proving.programme
        is_whole = np.arange(programme.cost.size) < programme.pairs
        if sites_only:
            is_whole = _list_sites(programme)
        left_s = proving.watch.left_s - until_s
        limit_s = left_s if left_s < 2.0 * limit_s else limit_s  # no rest too short to use
        result = solve_whole(programme, is_whole, limit_s, proving.watch)
        added = 0
        if result.values is not None and not proving.watch.is_up:
            shares = programme.get_shares(result.values)
            added = proving.cut(shares, flows=sites_only, all_parts=not sites_only)
            if offer is not None and not added and not proving.watch.is_up:
                offer(shares.argmax(axis=1).astype(np.int64))
        proving.prove(result.bound, kind)
        if result.is_done and not added:
            return
        if not result.is_done:
            limit_s *= 2.0 if added else 4.0
        if not proving.is_over:
            prove_again(proving)
