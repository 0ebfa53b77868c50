"""Set covering: the fewest sites so that every pupil has one within the radius, with proof."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from catchments.sites.choice import SiteChoice, settle_choice
from catchments.sites.clock import Clock, Stop
from catchments.sites.containment import mark_contained, mark_containing
from catchments.sites.programme import solve_programme
from catchments.sites.request import Flags, Places, SiteRequest, name_some
from catchments.sites.warming import warm_up
from gis.errors import RejectedDataError


def choose_fewest(
    request: SiteRequest, *, radius_m: float, time_limit_s: float = 60.0
) -> SiteChoice:
    """Open the fewest sites, existing ones included, that have all pupils within the radius.

    A unit at exactly the radius is within. Nothing is drawn by lot, so there is no seed.

    SOURCE: Toregas, Swain, ReVelle and Bergman (1971), Operations Research 19; the reductions
    after Garfinkel and Nemhauser (1972), Integer Programming, chapter 8.

    Raises
    ------
    RejectedDataError
        When pupils of a unit have no permitted site within the radius.

    Examples
    --------
    >>> street = np.array([0.0, 1.0, 2.0, 10.0, 11.0])
    >>> request = SiteRequest(np.abs(street[:, None] - street))
    >>> choose_fewest(request, radius_m=1.0).open_sites.tolist()
    [1, 3]
    """
    permitted = np.flatnonzero(~request.forbidden)
    covers = request.distance_m[:, permitted] <= radius_m
    lost = np.flatnonzero((request.pupils > 0) & ~covers.any(axis=1))
    if len(lost):
        raise RejectedDataError(
            f"No permitted site lies within {radius_m:g} of unit"
            f" {name_some(request.unit_ids, lost)}.",
            mend="Widen the radius, permit more sites, or name a number of sites to cover"
            " as many pupils as they can.",
        )
    warm_up()
    with Clock(time_limit_s) as clock:
        found = find_fewest(covers[request.pupils > 0].T, request.existing[permitted], clock)
    count = float(len(found.sites))
    return settle_choice(
        request,
        permitted[found.sites],
        method="set covering",
        bounds=(count, float(found.lower_bound), count),
        stopped=found.stopped,
        clock=clock,
        seed=None,
    )


@dataclass(frozen=True, eq=False)
class Fewest:
    """Sites that cover everything, how many are needed at least, and what ended the work."""

    sites: Places
    lower_bound: int
    stopped: Stop


def find_fewest(covers: Flags, kept: Flags, clock: Clock) -> Fewest:
    """Cover every unit by the fewest sites, `kept` ones among them.

    Parameters
    ----------
    covers
        Shape (sites, units); each unit has a site.
    kept
        Shape (sites,).
    """
    sites, units, taken = _reduce(covers, kept)
    if len(units) == 0:
        return Fewest(taken, len(taken), "proven")
    rest = covers[np.ix_(sites, units)]
    greedy = _cover_greedily(rest)
    solved = solve_programme(
        np.ones(len(sites)),
        csr_array(rest.T.astype(float)),
        np.ones(len(units)),
        np.ones(len(sites), dtype=bool),
        clock,
    )
    chosen = greedy if solved.values is None else np.flatnonzero(solved.values > 0.5)
    chosen = min(chosen, greedy, key=len)
    # No site covers more than the largest one does.
    bound = max(solved.bound, len(units) / rest.sum(axis=1).max())
    least = int(np.ceil(bound - 1e-6))
    # Met bounds are a proof, whatever ended the work.
    stopped: Stop = "proven" if least >= len(chosen) else solved.stopped
    return Fewest(np.sort(np.r_[taken, sites[chosen]]), len(taken) + least, stopped)


def _reduce(covers: Flags, kept: Flags) -> tuple[Places, Places, Places]:
    """Return the sites and units still open to question, and the sites taken.

    A site is dropped when another covers all that it covers, a unit when another is harder to
    cover, and the only site of a unit is taken; until nothing changes.
    """
    taken = np.flatnonzero(kept)
    sites = np.flatnonzero(~kept)
    units = np.flatnonzero(~covers[taken].any(axis=0))
    while len(units):
        before = len(sites), len(units)
        sites = sites[covers[np.ix_(sites, units)].any(axis=1)]
        sites = sites[~mark_contained(covers[np.ix_(sites, units)])]
        units = units[~mark_containing(covers[np.ix_(sites, units)].T)]
        table = covers[np.ix_(sites, units)]
        only = np.unique(sites[table[:, table.sum(axis=0) == 1].any(axis=1)])
        taken, sites = np.r_[taken, only], np.setdiff1d(sites, only)
        units = units[~covers[np.ix_(only, units)].any(axis=0)]
        if (len(sites), len(units)) == before:
            break
    return sites, units, np.sort(taken)


def _cover_greedily(covers: Flags) -> Places:
    """Take the site that covers most of what is left, again and again; then drop idle ones."""
    left, chosen = np.ones(covers.shape[1], dtype=bool), []
    while left.any():
        chosen.append(int(np.argmax(covers[:, left].sum(axis=1))))
        left &= ~covers[chosen[-1]]
    times = covers[chosen].sum(axis=0)
    for site in list(chosen):
        if (times[covers[site]] > 1).all():
            chosen.remove(site)
            times = times - covers[site]
    return np.array(chosen, dtype=np.intp)
