"""A good choice of sites to begin with: greedy, then swaps, then kicks and swaps."""

from __future__ import annotations

import numpy as np

from catchments.sites.clock import Clock
from catchments.sites.fewest import find_fewest
from catchments.sites.request import Flags, Floats, Places
from catchments.sites.swaps import add_greedily, sweep_swaps
from gis.errors import RejectedDataError

_KICKS = 2
_KICKED_SHARE = 0.2


def find_start(
    cost: Floats,
    kept: Flags,
    site_count: int,
    *,
    never: float,
    clock: Clock,
    seed: int,
) -> Places:
    """Choose sites that reach everybody, the cheaper the better; `kept` ones among them.

    Raises
    ------
    RejectedDataError
        When no choice of so few sites reaches all pupils.
    """
    opened = add_greedily(cost, np.flatnonzero(kept), site_count)
    opened, value = improve_by_swaps(cost, opened, kept, clock=clock)
    if value >= never:
        reaching = _find_reaching(cost < never, kept, site_count, clock)
        opened = add_greedily(cost, reaching, site_count)
        opened, value = improve_by_swaps(cost, opened, kept, clock=clock)
    generator = np.random.default_rng(seed)
    movable, closed = opened[~kept[opened]], np.setdiff1d(np.arange(len(cost)), opened)
    for _ in range(_KICKS):
        kicks = min(1 + int(_KICKED_SHARE * len(movable)), len(movable), len(closed))
        if kicks == 0 or clock.is_up:
            break
        leaving = generator.choice(movable, kicks, replace=False)
        entering = generator.choice(closed, kicks, replace=False)
        kicked = np.r_[np.setdiff1d(opened, leaving), entering]
        kicked, kicked_value = improve_by_swaps(cost, kicked, kept, clock=clock)
        if kicked_value < value:
            opened, value = kicked, kicked_value
            movable, closed = opened[~kept[opened]], np.setdiff1d(np.arange(len(cost)), opened)
    return opened


def improve_by_swaps(
    cost: Floats, opened: Places, kept: Flags, *, clock: Clock
) -> tuple[Places, float]:
    """Swap an open for a closed site while that lowers the cost; returns sites and cost.

    SOURCE: Teitz and Bart (1968), Operations Research 16; the price of a swap after Whitaker
    (1983), INFOR 21.
    """
    opened = np.sort(opened)
    value = float(cost[opened].min(axis=0).sum())
    while not clock.is_up:
        improved = sweep_swaps(cost, opened, kept[opened])
        if improved >= value:
            break
        value = improved
    return np.sort(opened), value


def _find_reaching(reaches: Flags, kept: Flags, site_count: int, clock: Clock) -> Places:
    """Return few sites that reach everybody; `reaches` has the shape (sites, units)."""
    found = find_fewest(reaches, kept, clock)
    if len(found.sites) <= site_count:
        return found.sites
    if found.lower_bound > site_count:
        raise RejectedDataError(
            f"{site_count} sites cannot reach all pupils, because ways are missing;"
            f" at least {found.lower_bound} sites are needed.",
            mend="Open more sites, or add the missing ways.",
        )
    raise RejectedDataError(
        f"No {site_count} sites that reach all pupils were found in time;"
        f" {len(found.sites)} would do.",
        mend="Open more sites, add the missing ways, or allow more time.",
    )
