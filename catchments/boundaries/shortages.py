"""Which units and schools have too few seats, and how many pupils must move."""

from __future__ import annotations

import numpy as np

from catchments.assignment import assign_seats
from catchments.boundaries.question import MOST_NAMED, Question, tell_amount
from catchments.units import NOWHERE, Positions

_TOLERANCE = 1e-9


def explain_full_schools(question: Question) -> list[str]:
    """Say which schools have fewer seats than the pupils of units that must be theirs."""
    instance, told = question.instance, []
    groups = {unit: group for group in question.groups for unit in group}
    bound: dict[int, set[int]] = {}
    for unit, schools in question.forced.items():
        for school in schools:
            bound.setdefault(school, set()).update(groups[unit])
    for school in sorted(bound):
        seats, own = float(instance.capacity[school]), list(question.own_units[school])
        name = f"School {instance.school_ids[school]}"
        if question.count_pupils(own) > seats + _TOLERANCE:
            told.append(
                f"{name} stands in {question.name_units(own)} with {question.tell_pupils(own)}, but"
                f" has {tell_amount(seats)} seats. Add seats, divide the unit, or ask for the"
                " fewest pupils above the seats."
            )
        elif question.count_pupils(sorted(bound[school])) > seats + _TOLERANCE:
            units = sorted(bound[school])
            told.append(
                f"{name} must have {question.name_units(units)} with"
                f" {question.tell_pupils(units)}, but has {tell_amount(seats)} seats. Free some"
                " of them, or add seats."
            )
        else:
            continue
        question.is_told[sorted(bound[school])] = True
    return told


def explain_large_units(question: Question) -> list[str]:
    """Say which units have more pupils than any school that they may go to has seats."""
    capacity = question.instance.capacity
    most = np.where(question.reached, capacity[None, :], -1.0).max(axis=1)
    told = []
    for group in question.groups:
        pupils, seats = question.count_pupils(group), float(most[group[0]])
        if seats < 0 or pupils <= seats + _TOLERANCE or question.is_told[group].any():
            continue
        told.append(
            f"{question.name_units(group)} with {question.tell_pupils(group)} would need more than"
            f" the {tell_amount(seats)} seats of any school in reach. Divide it, or add seats."
        )
    more = len(told) - MOST_NAMED
    return [*told[:MOST_NAMED], f"The same holds for {more:,} units more."] if more > 0 else told


def explain_crowded(question: Question) -> list[str]:
    """Say which units may go only to schools that have too few seats for them together.

    Even if units could be split, some pupils would stay without a seat. Schools that pupils of
    full schools cannot be passed on to are then full for all units that may go to no others.
    """
    lost = np.flatnonzero(~question.reached.any(axis=1))
    if lost.size:
        return [f"No school may have {question.name_units(lost)}. Allow one that they can reach."]
    # Units with the same schools in reach count as one; often all have all.
    reach, kind = np.unique(question.reached, axis=0, return_inverse=True)
    kind = kind.ravel()
    pupils = np.bincount(kind, weights=question.instance.pupils)
    plan = assign_seats(np.where(reach, 0.0, np.inf), pupils, question.instance.capacity)
    told, explained = [], np.zeros(reach.shape[1], dtype=bool)
    for school in np.flatnonzero(plan.overflow > _TOLERANCE * (1 + plan.overflow.sum())).tolist():
        if explained[school]:
            continue
        full = np.zeros_like(explained)
        full[school] = True
        while True:
            kinds = np.unique(plan.unit[full[plan.school] & (plan.pupils > 0)])
            wider = full | reach[kinds].any(axis=0)
            if (wider == full).all():
                break
            full = wider
        explained |= full
        units = np.flatnonzero(np.isin(kind, kinds))
        lack = _tell_lack(
            question.count_pupils(units), float(question.instance.capacity[full].sum())
        )
        told.append(
            f"{question.name_units(units)} may go to {question.name_schools(np.flatnonzero(full))}"
            f" alone; they have {lack}"
        )
    return told


def explain_moves(question: Question) -> list[str]:
    """Say how many pupils must move at least, when that is more than may."""
    instance, most = question.instance, question.terms.max_moved_pupils
    if instance.current is None or not np.isfinite(most):
        return []
    known = np.flatnonzero((instance.current != NOWHERE) & ~question.is_told)
    stays = question.reached[known, instance.current[known]]
    count = len(instance.school_ids)
    leaving = np.bincount(
        instance.current[known], np.where(stays, 0.0, instance.pupils[known]), count
    )
    forced = leaving
    if question.seats_count:
        present = np.bincount(instance.current[known], instance.pupils[known], count)
        forced = np.maximum(leaving, present - instance.capacity)
    if forced.sum() <= most + _TOLERANCE:
        return []
    movers = known[~stays & (instance.pupils[known] > 0)]
    why = []
    if movers.size:
        why.append(f"{question.name_units(movers)} cannot stay")
    if (forced > leaving).any():
        full = question.name_schools(np.flatnonzero(forced > leaving))
        why.append(f"too many pupils for the seats of {full}")
    return [
        f"At least {tell_amount(float(forced.sum()))} pupils must move, but {tell_amount(most)}"
        f" may: {'; '.join(why)}. Raise the limit of moved pupils."
    ]


def explain_seats(question: Question, pieces: Positions, piece_of_school: Positions) -> list[str]:
    """Say in which pieces pupils exceed the seats; a piece without a school is left to others."""
    count = int(pieces.max()) + 1
    pupils = np.bincount(pieces, question.instance.pupils, count)
    seats = np.bincount(piece_of_school, question.instance.capacity, count)
    has_school = np.bincount(piece_of_school, minlength=count) > 0
    told = []
    for piece in np.flatnonzero(has_school & (pupils > seats + _TOLERANCE)):
        where = "All units together"
        if count > 1:
            units = np.flatnonzero(pieces == piece)
            where = f"{question.name_units(units)}, which border no other units,"
        told.append(f"{where} have {_tell_lack(pupils[piece], seats[piece])}")
    return told


def _tell_lack(pupils: float, seats: float) -> str:
    return (
        f"{tell_amount(pupils)} pupils and {tell_amount(seats)} seats:"
        f" {tell_amount(pupils - seats)} seats are missing. Add seats, or ask for the fewest pupils"
        " above them (soft capacity)."
    )
