"""What the choice of sites answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from catchments.sites.clock import Clock, Stop
from catchments.sites.request import Flags, Floats, Places, SiteRequest


@dataclass(frozen=True, eq=False)
class SiteChoice:
    """Sites to open, with the proof of how good the choice is.

    The best possible objective lies between `lower_bound` and `upper_bound`; the objective is
    one of the two, and the other is proven: the lower one where less is better (distance, number
    of sites), the upper one where more is better (pupils covered).

    Attributes
    ----------
    method
        ``p-median``, ``maximal coverage`` or ``set covering``.
    objective
        Pupils times distance, pupils within the radius, or number of sites.
    stopped
        ``proven`` when both bounds meet, else what cut the search short: the choice is then the
        best found so far.
    open_sites
        Positions of open sites, rising.
    site_of_unit
        Shape (units,), position of the nearest open site, the first of several; -1 where none
        can be reached.
    distance_m
        Shape (units,), the way there; infinite where there is none.
    seconds, seed
        Time of the search without compiling, and the seed that repeats it; none where nothing is
        drawn.
    """

    method: str
    objective: float
    lower_bound: float
    upper_bound: float
    stopped: Stop
    open_sites: Places
    site_of_unit: Places
    distance_m: Floats
    seconds: float
    seed: int | None

    @property
    def gap_pct(self) -> float:
        """Return the distance between the bounds in percent of the objective."""
        gap = self.upper_bound - self.lower_bound
        if gap <= 0:
            return 0.0
        return 100.0 * gap / abs(self.objective) if self.objective else float("inf")


def settle_choice(
    request: SiteRequest,
    open_sites: Places,
    *,
    method: str,
    bounds: tuple[float, float, float],
    stopped: Stop,
    clock: Clock,
    seed: int | None,
) -> SiteChoice:
    """Send each unit to its nearest open site and keep ``(objective, lower, upper)`` with it."""
    opened = np.sort(open_sites)
    way = request.distance_m[:, opened]
    nearest = np.argmin(way, axis=1) if len(opened) else np.zeros(len(way), dtype=np.intp)
    distance_m = way[np.arange(len(way)), nearest] if len(opened) else np.full(len(way), np.inf)
    return SiteChoice(
        method=method,
        objective=bounds[0],
        lower_bound=bounds[1],
        upper_bound=bounds[2],
        stopped=stopped,
        open_sites=opened,
        site_of_unit=np.where(np.isfinite(distance_m), opened[nearest] if len(opened) else -1, -1),
        distance_m=distance_m,
        seconds=clock.seconds,
        seed=seed,
    )


def measure_choice(
    request: SiteRequest, choice: SiteChoice, *, radius_m: float | None = None
) -> dict[str, Any]:
    """Measure what the choice means for pupils.

    Returns
    -------
    dict
        pupils, mean_distance_m, p95_distance_m (the way that 95 % of pupils do not exceed) and
        farthest_m over pupils who can reach an open site; unreached_pupils; with a radius also
        covered_pupils and covered_pct.

    Examples
    --------
    >>> from catchments.sites import choose_by_distance
    >>> request = SiteRequest(np.array([[0.0, 9.0], [3.0, 9.0]]), pupils=np.array([2.0, 1.0]))
    >>> found = measure_choice(request, choose_by_distance(request, site_count=1), radius_m=2.0)
    >>> found["mean_distance_m"], found["covered_pupils"]
    (1.0, 2.0)
    """
    reached: Flags = np.isfinite(choice.distance_m) & (request.pupils > 0)
    way, pupils = choice.distance_m[reached], request.pupils[reached]
    total = float(request.pupils.sum())
    order = np.argsort(way, kind="stable")
    # The first pupil in order of distance who has 95 % of all at or before them.
    at = np.searchsorted(np.cumsum(pupils[order]), 0.95 * pupils.sum() * (1 - 1e-12))
    measured: dict[str, Any] = {
        "pupils": total,
        "mean_distance_m": float(way @ pupils / pupils.sum()) if len(way) else None,
        "p95_distance_m": float(way[order[at]]) if len(way) else None,
        "farthest_m": float(way.max()) if len(way) else None,
        "unreached_pupils": total - float(pupils.sum()),
    }
    if radius_m is not None:
        covered = float(request.pupils[choice.distance_m <= radius_m].sum())
        measured["covered_pupils"] = covered
        measured["covered_pct"] = 100.0 * covered / total if total else 100.0
    return measured
