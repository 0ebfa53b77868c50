"""Compiled steps of the search for sites: savings, greedy choice, claims and swaps.

All take `cost` with shape (sites, units), so that a site's row lies together in memory, finite
throughout: where there is no way it holds a price above any sum of ways.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from catchments.sites.request import Flags, Floats, Places
from gis.compiled import compiled


# Sums may be reordered to use vector instructions; nothing here is infinite or missing.
@njit(cache=True, nogil=True, fastmath=True)
def sum_savings(cost: Floats, price: Floats) -> Floats:
    """Return for each site Σ over units of min(0, cost − price), shape (sites,)."""
    sites, units = cost.shape
    savings = np.empty(sites)
    for j in range(sites):
        total = 0.0
        for i in range(units):
            total += min(cost[j, i] - price[i], 0.0)
        savings[j] = total
    return savings


@compiled
def add_greedily(cost: Floats, opened: Places, site_count: int) -> Places:
    """Open one site after the other, each time the one that saves most; ties to the first.

    What a site saves never grows as others open, so that only sites whose last known saving
    still leads are looked at again (Minoux 1978).
    """
    sites, units = cost.shape
    chosen = np.empty(site_count, np.intp)
    chosen[: len(opened)] = opened
    nearest = np.empty(units)
    for i in range(units):
        nearest[i] = cost[:, i].max()
    for j in opened:
        nearest = np.minimum(nearest, cost[j])
    gain, known_at = -sum_savings(cost, nearest), np.full(sites, len(opened))
    gain[opened] = -1.0
    for count in range(len(opened), site_count):
        best = np.argmax(gain)
        while known_at[best] != count:
            gain[best] = np.maximum(nearest - cost[best], 0.0).sum()
            known_at[best] = count
            best = np.argmax(gain)
        chosen[count] = best
        gain[best] = -1.0
        nearest = np.minimum(nearest, cost[best])
    return chosen


@compiled
def count_claims(cost: Floats, opened: Places, price: Floats) -> Floats:
    """Count for each unit the open sites cheaper than its price, shape (units,)."""
    claims = np.zeros(cost.shape[1])
    for j in opened:
        for i in range(cost.shape[1]):
            if cost[j, i] < price[i]:
                claims[i] += 1.0
    return claims


@compiled
def rank_open_sites(cost: Floats, opened: Places) -> tuple[Places, Floats, Floats]:
    """Return for each unit the slot and cost of its nearest open site and the cost of the next."""
    units = cost.shape[1]
    # With a single open site, nothing is second: the dearest cost of all stands for it.
    never = cost.max() if len(opened) == 1 else np.inf
    slot1, cost1, cost2 = np.zeros(units, np.intp), np.full(units, never), np.full(units, never)
    for slot, j in enumerate(opened):
        for i in range(units):
            c = cost[j, i]
            if slot == 0 or c < cost1[i]:
                cost2[i] = cost1[i] if slot else never
                slot1[i], cost1[i] = slot, c
            elif c < cost2[i]:
                cost2[i] = c
    return slot1, cost1, cost2


@compiled
def price_swap(
    row: Floats, slot1: Places, cost1: Floats, cost2: Floats, loss: Floats, kept: Flags
) -> tuple[int, float]:
    """Return the slot that a new site with this cost `row` had best replace, and the change.

    Whitaker's rule: the gain of the new site counts whichever slot leaves; the loss of a slot is
    eased where the new site is nearer than a unit's second one.
    """
    gain = 0.0
    change = loss.copy()
    for i in range(len(row)):
        c = row[i]
        if c < cost1[i]:
            gain += cost1[i] - c
            change[slot1[i]] -= cost2[i] - cost1[i]
        elif c < cost2[i]:
            change[slot1[i]] -= cost2[i] - c
    best = -1
    for slot in range(len(change)):
        if not kept[slot] and (best < 0 or change[slot] < change[best]):
            best = slot
    return best, change[best] - gain if best >= 0 else 0.0


@compiled
def sweep_swaps(cost: Floats, opened: Places, kept: Flags) -> float:
    """Try each closed site once and swap it in place where that lowers the cost; returns it.

    Parameters
    ----------
    cost
        Shape (sites, units).
    opened
        Open sites, changed in place.
    kept
        Shape of `opened`, true where the site must stay.
    """
    is_open = np.zeros(cost.shape[0], np.bool_)
    is_open[opened] = True
    slot1, cost1, cost2 = rank_open_sites(cost, opened)
    loss = np.zeros(len(opened))
    for i in range(len(cost1)):
        loss[slot1[i]] += cost2[i] - cost1[i]
    total = cost1.sum()
    for j in range(cost.shape[0]):
        if is_open[j]:
            continue
        slot, change = price_swap(cost[j], slot1, cost1, cost2, loss, kept)
        # The tolerance keeps rounding from swapping back and forth for ever.
        if slot < 0 or change >= -1e-9 * (1.0 + total):
            continue
        is_open[opened[slot]], is_open[j] = False, True
        opened[slot] = j
        slot1, cost1, cost2 = rank_open_sites(cost, opened)
        loss[:] = 0.0
        for i in range(len(cost1)):
            loss[slot1[i]] += cost2[i] - cost1[i]
        total = cost1.sum()
    return total
