"""Which catchment may hold which unit, before anything is sought."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from catchments.units import Instance, Positions, Terms

Flags = NDArray[np.bool_]


def find_open(instance: Instance, terms: Terms) -> Flags:
    """Return the m schools that are open in any plan: existing ones, and those with locked units.

    Parameters
    ----------
    instance, terms
        After :func:`catchments.joint.merge_joint` and :func:`catchments.joint.merge_terms`.
    """
    is_open = ~instance.is_candidate
    is_open[[school for _, school in terms.locked]] = True
    return is_open


def permit_pairs(instance: Instance, own_units: tuple[tuple[int, ...], ...], terms: Terms) -> Flags:
    """Return which catchment each unit may belong to, whatever the others do.

    A unit with pupils needs a way, no longer than the terms allow; one without goes anywhere. The
    own units of a school that is open in any plan belong to it alone, and a candidate that may
    not have its own units may have none. Units that stay together may go where all of them may.

    Parameters
    ----------
    instance, terms
        After :func:`catchments.joint.merge_joint` and :func:`catchments.joint.merge_terms`.
    own_units
        Own units of each catchment.

    Returns
    -------
    ndarray of bool
        Shape (n, m).
    """
    ways = instance.distance_m
    permitted = np.isfinite(ways) & (ways <= terms.max_distance_m)
    permitted[instance.pupils == 0] = True
    for unit, school in terms.forbidden:
        permitted[unit, school] = False
    forced = list(terms.locked)
    for school in np.flatnonzero(find_open(instance, terms)).tolist():
        forced += [(unit, school) for unit in own_units[school]]
    for unit, school in forced:
        may = permitted[unit, school]
        permitted[unit] = False
        permitted[unit, school] = may
    _keep_common(permitted, terms)
    may_open = np.array([permitted[list(own), i].all() for i, own in enumerate(own_units)])
    return permitted & may_open


def reach_pairs(
    instance: Instance,
    own_units: tuple[tuple[int, ...], ...],
    terms: Terms,
    permitted: Flags,
) -> Flags:
    """Return which permitted pairs are joined by units that the catchment may hold.

    A catchment whose own units cannot be joined reaches nothing.

    Parameters
    ----------
    permitted
        Shape (n, m), of :func:`permit_pairs`.

    Returns
    -------
    ndarray of bool
        Shape (n, m).
    """
    graph = link_units(instance)
    reached = np.zeros_like(permitted)
    for school, own in enumerate(own_units):
        units = np.flatnonzero(permitted[:, school])
        at = np.searchsorted(units, own)
        if not permitted[list(own), school].all():
            continue
        labels = connected_components(graph[units][:, units], directed=False)[1]
        if (labels[at] == labels[at[0]]).all():
            reached[units[labels == labels[at[0]]], school] = True
    _keep_common(reached, terms)
    return reached


def link_units(instance: Instance, kept: Flags | None = None) -> csr_array:
    """Return the graph of units that touch, shape (n, n), each border once.

    Parameters
    ----------
    kept
        Which borders count; all by default.
    """
    count = len(instance.unit_ids)
    borders = instance.borders if kept is None else instance.borders[kept]
    ones = np.ones(len(borders), dtype=np.int8)
    return csr_array((ones, (borders[:, 0], borders[:, 1])), shape=(count, count))


def label_pieces(instance: Instance, kept: Flags | None = None) -> Positions:
    """Return n numbers of the connected pieces that the units form over the kept borders."""
    return connected_components(link_units(instance, kept), directed=False)[1].astype(np.int64)


def _keep_common(pairs: Flags, terms: Terms) -> None:
    for group in terms.together:
        pairs[list(group)] &= pairs[list(group)].all(axis=0)
