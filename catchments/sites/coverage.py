"""Maximal coverage: as many pupils as possible within the radius of a school, with proof."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array, hstack, vstack

from catchments.sites.choice import SiteChoice, settle_choice
from catchments.sites.clock import Clock, Stop
from catchments.sites.containment import mark_contained
from catchments.sites.programme import Solved, solve_programme
from catchments.sites.request import (
    Flags,
    Floats,
    Places,
    SiteRequest,
    check_count,
    price_ways,
)
from catchments.sites.start import find_start
from catchments.sites.swaps import add_greedily
from catchments.sites.warming import warm_up


def choose_by_coverage(
    request: SiteRequest,
    *,
    site_count: int,
    radius_m: float,
    time_limit_s: float = 60.0,
    seed: int = 1,
) -> SiteChoice:
    """Open `site_count` sites, existing ones included, with the most pupils within the radius.

    A unit at exactly the radius is within. Sites that coverage has no use for are opened where
    they shorten the way most.

    SOURCE: Church and ReVelle (1974), Papers of the Regional Science Association 32.

    Raises
    ------
    UsageError
        When fewer sites are asked for than exist, or more than may open.

    Examples
    --------
    >>> street = np.array([0.0, 1.0, 2.0, 10.0, 11.0])
    >>> request = SiteRequest(np.abs(street[:, None] - street))
    >>> choice = choose_by_coverage(request, site_count=1, radius_m=1.0)
    >>> choice.open_sites.tolist(), choice.objective
    ([1], 3.0)
    """
    check_count(request, site_count)
    warm_up()
    permitted = np.flatnonzero(~request.forbidden)
    kept = request.existing[permitted]
    with Clock(time_limit_s) as clock:
        within = (request.distance_m[:, permitted] <= radius_m).T
        opened, bound, stopped = _cover_most(
            within, request.pupils, kept, site_count, clock=clock, seed=seed
        )
        if len(opened) < site_count:
            way, _ = price_ways(request, permitted)
            opened = add_greedily(way, opened, site_count)
    covered = float(request.pupils[within[opened].any(axis=0)].sum())
    return settle_choice(
        request,
        permitted[opened],
        method="maximal coverage",
        bounds=(covered, covered, max(covered, bound)),
        stopped="proven" if bound <= covered else stopped,
        clock=clock,
        seed=seed,
    )


def _cover_most(
    within: Flags, pupils: Floats, kept: Flags, site_count: int, *, clock: Clock, seed: int
) -> tuple[Places, float, Stop]:
    """Return sites, at most how many pupils any choice covers, and what ended the work."""
    always = np.flatnonzero(kept)
    served = within[always].any(axis=0)
    sure = float(pupils[served].sum())
    asked, weight = _group_units(within & ~kept[:, None], np.where(served, 0.0, pupils))
    sites = np.flatnonzero(asked.any(axis=1))
    sites = sites[~mark_contained(asked[sites])]
    count = min(site_count - len(always), len(sites))
    if count == 0:
        return always, sure, "proven"
    asked = asked[sites]
    lost = np.where(asked, 0.0, weight)
    greedy = find_start(
        lost,
        np.zeros(len(sites), dtype=bool),
        count,
        never=float(weight.sum()) + 1.0,
        clock=clock,
        seed=seed,
    )
    best, value = greedy, float(weight.sum() - lost[greedy].min(axis=0).sum())
    if value >= weight.sum():
        return np.r_[always, sites[best]], sure + value, "proven"
    solved = _solve_coverage(asked, weight, count, clock)
    if solved.values is not None:
        found = np.flatnonzero(solved.values[: len(sites)] > 0.5)
        found_value = float(weight[asked[found].any(axis=0)].sum())
        if found_value > value:
            best, value = found, found_value
    # No sites cover more than the largest ones would if they had nothing in common.
    alone = np.sort(asked @ weight)[-count:].sum()
    most = float(min(-solved.bound, weight.sum(), alone))
    slack = 1e-6 + 1e-9 * value
    if (weight == np.rint(weight)).all():
        most = float(np.floor(most + slack))
    # What rounding inside the solver leaves open is no gap.
    most = value if most <= value + slack else most
    return np.r_[always, sites[best]], sure + most, solved.stopped


def _group_units(within: Flags, pupils: Floats) -> tuple[Flags, Floats]:
    """Join units with the same sites; leave out those without pupils or without a site."""
    asked = np.flatnonzero((pupils > 0) & within.any(axis=0))
    if len(asked) == 0:
        return within[:, :0], pupils[:0]
    packed = np.packbits(within[:, asked], axis=0)
    _, first, group = np.unique(packed, axis=1, return_index=True, return_inverse=True)
    return within[:, asked[first]], np.bincount(group, weights=pupils[asked]).astype(np.float64)


def _solve_coverage(asked: Flags, weight: Floats, count: int, clock: Clock) -> Solved:
    """Maximise Σ weight·z with z ≤ Σ of its sites and at most `count` sites."""
    sites, units = asked.shape
    ones = csr_array(np.ones((1, sites)))
    rows = vstack(
        [
            hstack([csr_array(asked.T.astype(float)), -_identity(units)]),
            hstack([-ones, csr_array((1, units))]),
        ],
        format="csr",
    )
    return solve_programme(
        np.r_[np.zeros(sites), -weight],
        rows,
        np.r_[np.zeros(units), -float(count)],
        np.arange(sites + units) < sites,
        clock,
    )


def _identity(size: int) -> csr_array:
    return csr_array((np.ones(size), np.arange(size), np.arange(size + 1)), shape=(size, size))
