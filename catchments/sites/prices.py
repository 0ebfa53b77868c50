"""A valid lower bound by prices: each unit pays its price to whoever is nearer than that.

Relaxing "each unit goes to one site" with a price for each unit leaves sites that need not agree
with each other: open those that save most. The sum of prices less these savings is a lower bound
of the p-median whatever the prices are; the search below only makes it large.

SOURCE: Cornuejols, Fisher and Nemhauser (1977), Management Science 23; Christofides and
Beasley (1982), European Journal of Operational Research 10. The direction is smoothed after
Camerini, Fratta and Maffioli (1975).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from catchments.sites.clock import Clock
from catchments.sites.request import Flags, Floats, Places
from catchments.sites.start import improve_by_swaps
from catchments.sites.swaps import count_claims, sum_savings

TOLERANCE = 1e-6  # real costs are not told apart more finely than this share
_MEMORY = 0.8  # share of the last direction in the next
_PATIENCE = 20  # steps without progress until the stride is cut
_CUT, _SMALLEST_STRIDE = 0.7, 0.005
_STEPS_TO_SWAPS = 25  # prices suggest choices that swaps turn into good ones


@dataclass(frozen=True, eq=False)
class Ascent:
    """The best prices met, with what they prove and what they suggest.

    Attributes
    ----------
    bound
        Valid lower bound of the cost.
    price
        Shape (units,).
    savings
        Shape (sites,), not positive, at these prices.
    openness
        Shape (sites,), between 0 and 1: how steadily the relaxation opened the site.
    cheapest, cheapest_sites
        The best choice of sites come upon on the way.
    """

    bound: float
    price: Floats
    savings: Floats
    openness: Floats
    cheapest: float
    cheapest_sites: Places


def find_enough(known: float, *, whole: bool) -> float:
    """Return the bound beyond which nothing is better than a known cost.

    Whole costs improve by one at least, real ones count as equal within :data:`TOLERANCE`.

    Examples
    --------
    >>> 2.0 < find_enough(3.0, whole=True) < 2.001
    True
    """
    return known - 1.0 + 1e-6 + 1e-12 * known if whole else known * (1.0 - TOLERANCE)


def raise_bound(
    cost: Floats,
    kept: Flags,
    site_count: int,
    price: Floats,
    *,
    known: float,
    whole: bool,
    steps: int,
    clock: Clock,
) -> Ascent:
    """Raise the bound from these prices by at most so many subgradient steps.

    Parameters
    ----------
    cost
        Shape (sites, units), finite.
    kept
        Shape (sites,), sites that are open whatever happens; fewer than `site_count`.
    price
        Shape (units,), where to begin.
    known
        Cost of the best choice known; it measures the steps.
    whole
        Whether all costs are whole numbers.
    """
    always, free = np.flatnonzero(kept), np.flatnonzero(~kept)
    openness, stall, stride = np.zeros(len(cost)), 0, 1.5
    bound, best_price, best_savings = -np.inf, price, np.zeros(len(cost))
    cheapest, cheapest_sites = np.inf, always
    direction = np.zeros_like(price)
    for step in range(1, steps + 1):
        savings = sum_savings(cost, price)
        # A stable sort, so that equal savings open the first site on every machine.
        order = np.argsort(savings[free], kind="stable")
        opened = np.r_[always, free[order[: site_count - len(always)]]]
        reached = float(price.sum() + savings[opened].sum())
        openness *= 0.9
        openness[opened] += 0.1
        if step % _STEPS_TO_SWAPS == 0:
            sites, value = improve_by_swaps(cost, opened, kept, clock=clock)
            if value < cheapest:
                cheapest, cheapest_sites, known = value, sites, min(known, value)
        stall = 0 if reached - bound > 1e-4 * abs(known - reached) else stall + 1
        if reached > bound:
            bound, best_price, best_savings = reached, price, savings
        if bound >= find_enough(known, whole=whole) or clock.is_up:
            break
        if stall >= _PATIENCE:
            stride, stall, price, direction = stride * _CUT, 0, best_price, 0.0 * direction
            if stride < _SMALLEST_STRIDE:
                break
            continue
        direction = 1.0 - count_claims(cost, opened, price) + _MEMORY * direction
        length = float(direction @ direction)
        if length == 0.0:
            break
        price = price + stride * (1.01 * known - reached) / length * direction
    return Ascent(bound, best_price, best_savings, openness, cheapest, cheapest_sites)
