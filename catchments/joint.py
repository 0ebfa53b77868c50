"""Schools that share one catchment (多校划片), seen as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from catchments.units import NOWHERE, Instance, Numbers, Positions, Terms
from gis.errors import RejectedDataError

JOINER = "+"


def merge_joint(
    instance: Instance, joint: tuple[tuple[int, ...], ...]
) -> tuple[Instance, tuple[tuple[int, ...], ...], Positions]:
    """Return the instance with one school for each catchment.

    Schools of a group become one: its id joins theirs with ``+``, its seats are their sum, and it
    is a candidate only where all are. It then costs their sum; otherwise it is open anyway and
    costs nothing. Places are drawn by lot, so a pupil's way to it is the mean way to its schools,
    weighted with their seats (equally where there are none), and infinite where a school with
    seats cannot be reached. Its own unit is that of its first school.

    Parameters
    ----------
    instance
        n units and m schools.
    joint
        Groups of positions of schools, in any order; a school is in one group at most.

    Returns
    -------
    merged
        n units and c catchments, in the order of their first schools.
    own_units
        c: the different own units of each catchment, in the order of its schools.
    catchment_of_school
        m: position of each school's catchment.

    Raises
    ------
    RejectedDataError
        When a school is in two groups, or an id joined from ids is taken.

    Examples
    --------
    >>> town = Instance(
    ...     unit_ids=("1", "2"),
    ...     pupils=np.array([10.0, 20.0]),
    ...     borders=np.array([[0, 1]]),
    ...     border_m=np.zeros(1),
    ...     school_ids=("a", "b"),
    ...     own_unit=np.array([0, 1]),
    ...     capacity=np.array([30.0, 10.0]),
    ...     distance_m=np.array([[0.0, 400.0], [400.0, 0.0]]),
    ...     open_cost=np.zeros(2),
    ...     is_candidate=np.zeros(2, dtype=bool),
    ... )
    >>> merged, own_units, catchment_of_school = merge_joint(town, ((0, 1),))
    >>> merged.school_ids, merged.capacity.tolist(), merged.distance_m.ravel().tolist()
    (('a+b',), [40.0], [100.0, 300.0])
    >>> own_units, catchment_of_school.tolist()
    (((0, 1),), [0, 0])
    """
    groups = _list_groups(instance, joint)
    first = np.array([group[0] for group in groups], dtype=np.int64)
    catchment_of_school = np.empty(len(instance.school_ids), dtype=np.int64)
    for catchment, group in enumerate(groups):
        catchment_of_school[list(group)] = catchment
    own_units = tuple(
        tuple(dict.fromkeys(int(instance.own_unit[i]) for i in group)) for group in groups
    )
    if len(groups) == len(instance.school_ids):
        return instance, own_units, catchment_of_school
    is_candidate = np.array([instance.is_candidate[list(group)].all() for group in groups])
    cost = _sum_by_catchment(instance.open_cost, catchment_of_school)
    merged = replace(
        instance,
        school_ids=_join_ids(instance, groups),
        own_unit=instance.own_unit[first],
        capacity=_sum_by_catchment(instance.capacity, catchment_of_school),
        distance_m=_average_ways(instance, groups),
        open_cost=np.where(is_candidate, cost, 0.0),
        is_candidate=is_candidate,
        current=None
        if instance.current is None
        else merge_positions(instance.current, catchment_of_school),
    )
    return merged, own_units, catchment_of_school


def merge_terms(terms: Terms, catchment_of_school: Positions) -> Terms:
    """Return the terms told of catchments in place of schools.

    A unit locked to a school is locked to its catchment; a unit forbidden to a school may not be
    in its catchment, since the lot could send its pupils there.

    Examples
    --------
    >>> merge_terms(Terms(locked=((5, 2),), joint=((1, 2),)), np.array([0, 1, 1])).locked
    ((5, 1),)
    """

    def map_pairs(pairs: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
        return tuple(
            dict.fromkeys((unit, int(catchment_of_school[school])) for unit, school in pairs)
        )

    return replace(
        terms, locked=map_pairs(terms.locked), forbidden=map_pairs(terms.forbidden), joint=()
    )


def merge_positions(school_of_unit: Positions, catchment_of_school: Positions) -> Positions:
    """Return the catchment of each unit from any school of it; NOWHERE stays NOWHERE."""
    school_of_unit = np.asarray(school_of_unit, dtype=np.int64)
    catchments = catchment_of_school[np.maximum(school_of_unit, 0)]
    return np.where(school_of_unit == NOWHERE, NOWHERE, catchments).astype(np.int64)


def _list_groups(instance: Instance, joint: tuple[tuple[int, ...], ...]) -> list[tuple[int, ...]]:
    """Return all schools in groups, alone where they share with none, by their first school."""
    groups = [tuple(sorted(set(group))) for group in joint if group]
    grouped = [school for group in groups for school in group]
    twice = sorted({school for school in grouped if grouped.count(school) > 1})
    if twice:
        names = ", ".join(instance.school_ids[school] for school in twice)
        raise RejectedDataError(
            f"School {names} is in two groups that share a catchment.",
            mend="Put all schools that share a catchment into one group.",
        )
    alone = set(range(len(instance.school_ids))).difference(grouped)
    return sorted([*groups, *((school,) for school in alone)])


def _sum_by_catchment(amounts: Numbers, catchment_of_school: Positions) -> Numbers:
    return np.bincount(catchment_of_school, weights=amounts).astype(np.float64)


def _join_ids(instance: Instance, groups: list[tuple[int, ...]]) -> tuple[str, ...]:
    ids = tuple(JOINER.join(instance.school_ids[i] for i in group) for group in groups)
    taken = sorted({name for name in ids if ids.count(name) > 1})
    if taken:
        raise RejectedDataError(
            f"The joint catchment {taken[0]} has the name of another school.",
            mend=f"Give schools ids without {JOINER}.",
        )
    return ids


def _average_ways(instance: Instance, groups: Sequence[tuple[int, ...]]) -> Numbers:
    """Return the n ways to each catchment, metres."""
    columns = []
    for group in groups:
        seats = instance.capacity[list(group)]
        weight = seats if seats.sum() > 0 else np.ones(len(group))
        drawn = [school for school, share in zip(group, weight, strict=True) if share > 0]
        share = weight[weight > 0] / weight.sum()
        columns.append(instance.distance_m[:, drawn] @ share)
    return np.column_stack(columns)
