"""What the choice of sites is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gis.errors import RejectedDataError, UsageError

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.intp]

_NAMED_AT_MOST = 20


@dataclass(frozen=True, eq=False)
class SiteRequest:
    """Units with pupils, sites where a school may stand, and the way between them.

    Parameters
    ----------
    distance_m
        Shape (units, sites), not negative; infinite where there is no way. Any one unit of
        length will do: results come back in it.
    pupils
        Shape (units,), not negative; default one for each unit. Units without pupils ask for
        nothing.
    existing
        Shape (sites,), true where a school stands and stays open; default none.
    forbidden
        Shape (sites,), true where no school may stand; default none.
    unit_ids, site_ids
        Names for answers and messages; default the positions 0, 1, 2, …

    Raises
    ------
    RejectedDataError
        When shapes disagree, a number is negative or missing, a site is both existing and
        forbidden, or pupils of a unit can reach no site at all.

    Examples
    --------
    >>> SiteRequest(np.array([[0.0, 5.0], [5.0, 0.0]])).pupils.tolist()
    [1.0, 1.0]
    """

    distance_m: Floats
    pupils: Floats = field(default_factory=lambda: np.empty(0))
    existing: Flags = field(default_factory=lambda: np.empty(0, dtype=bool))
    forbidden: Flags = field(default_factory=lambda: np.empty(0, dtype=bool))
    unit_ids: Sequence[object] = ()
    site_ids: Sequence[object] = ()

    def __post_init__(self) -> None:
        distance_m = np.asarray(self.distance_m, dtype=np.float64)
        if distance_m.ndim != 2 or 0 in distance_m.shape:
            raise RejectedDataError(
                f"The distances have the shape {distance_m.shape}.",
                mend="Give a table of at least one unit by at least one site.",
            )
        units, sites = distance_m.shape
        # The only place where a frozen request is filled: from here on nothing is missing.
        for name, value in {
            "distance_m": distance_m,
            "pupils": _fill(self.pupils, units, np.float64, "pupils", 1.0),
            "existing": _fill(self.existing, sites, np.bool_, "existing sites", False),
            "forbidden": _fill(self.forbidden, sites, np.bool_, "forbidden sites", False),
            "unit_ids": _name(self.unit_ids, units, "unit"),
            "site_ids": _name(self.site_ids, sites, "site"),
        }.items():
            object.__setattr__(self, name, value)
        self._check()

    def _check(self) -> None:
        wrong = np.flatnonzero(~((self.pupils >= 0) & np.isfinite(self.pupils)))
        _refuse(wrong, self.unit_ids, "Pupils of unit")
        wrong = np.flatnonzero((~(self.distance_m >= 0)).any(axis=1))
        _refuse(wrong, self.unit_ids, "A distance of unit")
        both = np.flatnonzero(self.existing & self.forbidden)
        if len(both):
            raise RejectedDataError(
                f"Sites are both existing and forbidden: {name_some(self.site_ids, both)}.",
                mend="Decide for one of the two.",
            )
        if not self.pupils.any():
            raise RejectedDataError("No unit has pupils.", mend="Give at least one unit pupils.")
        reached = np.isfinite(self.distance_m[:, ~self.forbidden]).any(axis=1)
        lost = np.flatnonzero((self.pupils > 0) & ~reached)
        if len(lost):
            raise RejectedDataError(
                f"No permitted site can be reached from unit {name_some(self.unit_ids, lost)}.",
                mend="Give a distance to at least one site, permit a site, or leave the unit out.",
            )


def check_count(request: SiteRequest, site_count: int) -> None:
    """Refuse a number of sites that existing and permitted ones do not allow."""
    least, most = int(request.existing.sum()), int((~request.forbidden).sum())
    if not max(least, 1) <= site_count <= most:
        raise UsageError(
            f"{site_count} sites are asked for; {least} exist and {most} may be open in all.",
            mend=f"Ask for {max(least, 1)} to {most} sites, existing ones included.",
        )


def price_ways(request: SiteRequest, permitted: Places) -> tuple[Floats, float]:
    """Return pupils × distance, shape (sites, units with pupils), and the price of no way."""
    served = np.flatnonzero(request.pupils > 0)
    cost = np.ascontiguousarray(request.distance_m.T[np.ix_(permitted, served)])
    cost *= request.pupils[served]
    lost = np.isinf(cost)
    cost[lost] = 0.0
    never = float(cost.max(axis=0, initial=0.0).sum()) + 1.0
    cost[lost] = never
    return cost, never


def name_some(ids: Sequence[object], at: Places) -> str:
    """Return the names at these positions, shortened when there are many."""
    named = ", ".join(str(ids[i]) for i in at[:_NAMED_AT_MOST])
    return named + (f" and {len(at) - _NAMED_AT_MOST} more" if len(at) > _NAMED_AT_MOST else "")


def _fill(value: NDArray, length: int, kind: type, what: str, default: float | bool) -> NDArray:
    filled: NDArray = np.asarray(value, dtype=kind)
    if filled.size == 0:
        return np.full(length, default, dtype=kind)
    if filled.shape != (length,):
        raise RejectedDataError(
            f"There are {filled.shape} {what} for {length} rows or columns of distances.",
            mend="Give one for each.",
        )
    return filled


def _name(ids: Sequence[object], length: int, what: str) -> list[object]:
    if len(ids) not in (0, length) or len(set(ids)) != len(ids):
        raise RejectedDataError(
            f"{length} {what}s have {len(set(ids))} different names.",
            mend=f"Name each {what} once.",
        )
    return list(ids) if len(ids) else list(range(length))


def _refuse(at: Places, ids: Sequence[object], what: str) -> None:
    if len(at):
        raise RejectedDataError(
            f"{what} {name_some(ids, at)} is negative or not a number.",
            mend="Give a number of zero or more.",
        )
