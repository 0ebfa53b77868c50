"""Why no plan can keep the terms: which units, which schools, how many seats, and what to mend."""

from __future__ import annotations

import numpy as np

from catchments.boundaries.permitted import find_open, label_pieces
from catchments.boundaries.question import MOST_NAMED, Question, tell_amount
from catchments.boundaries.shortages import (
    explain_crowded,
    explain_full_schools,
    explain_large_units,
    explain_moves,
    explain_seats,
)
from catchments.joint import merge_joint, merge_terms
from catchments.units import Instance, Terms
from gis.errors import RejectedDataError

# ASSUMPTION: shared borders digitised apart from outlines may exceed them by a hundredth.
_OUTLINE_TOLERANCE = 0.01


def check_feasible(instance: Instance, terms: Terms) -> None:
    """Refuse terms that no plan can keep.

    Raises
    ------
    RejectedDataError
        With all statements of :func:`explain_infeasible`, one a line.
    """
    told = explain_infeasible(instance, terms)
    if told:
        raise RejectedDataError("\n".join(["No plan can keep these terms.", *told]))


def explain_infeasible(instance: Instance, terms: Terms) -> list[str]:
    """Say why no plan can keep the terms.

    Each statement names units or schools, says how many seats or pupils, and what would mend it;
    values that the objective needs but the files lack are told as well. An empty list does not
    prove that a plan exists, since whole units may not fill seats to the last one. With soft
    capacity seats are no reason.

    Parameters
    ----------
    instance, terms
        As given, before schools with a joint catchment are merged.

    Returns
    -------
    list of str
        Empty when nothing is found.
    """
    merged, own_units, catchment_of_school = merge_joint(instance, terms.joint)
    question = Question(merged, merge_terms(terms, catchment_of_school), own_units)
    told = [
        *_explain_missing(question),
        *_explain_conflicts(question),
        *_explain_torn_groups(question),
        *_explain_pieces(question),
        *_explain_unserved(question),
        *_explain_unreached(question),
    ]
    if question.seats_count:
        told += [*explain_full_schools(question), *explain_large_units(question)]
        told += [] if told else explain_crowded(question)
    return [text[0].upper() + text[1:] for text in (*told, *explain_moves(question))]


def _explain_missing(question: Question) -> list[str]:
    """Say which values the terms need that the files lack."""
    instance, terms, told = question.instance, question.terms, []
    needs_current = terms.w_change > 0 or np.isfinite(terms.max_moved_pupils)
    if needs_current and instance.current is None:
        told.append(
            "A weight or limit of change needs the present plan. Add the column current to the"
            " file of units."
        )
    seatless = np.flatnonzero(instance.capacity <= 0)
    if terms.objective == "balance" and terms.w_balance > 0 and seatless.size:
        told.append(
            f"Balance compares pupils with seats, but there are none at"
            f" {question.name_schools(seatless)}. Give seats there, or leave it out."
        )
    if terms.compactness_weight == 0:
        return told
    if instance.area_m2 is None or instance.perimeter_m is None:
        return [
            *told,
            "Compactness needs the columns area and perimeter in the file of units. Add them, or"
            " give compactness the weight 0.",
        ]
    ends = instance.borders.ravel()
    shared_m = np.bincount(ends, np.repeat(instance.border_m, 2), len(instance.unit_ids))
    wrong = np.flatnonzero(shared_m > instance.perimeter_m * (1 + _OUTLINE_TOLERANCE))
    if wrong.size:
        told.append(
            f"Shared borders add up to more than the perimeter of {question.name_units(wrong)}."
            " Measure shared_length and perimeter from the same outlines, in metres."
        )
        return told
    pieces = label_pieces(instance)
    around_m = np.bincount(pieces, instance.perimeter_m - shared_m)
    if (around_m <= 0).any():
        inside = np.flatnonzero(around_m[pieces] <= 0)
        told.append(
            f"Nothing is left of the perimeters of {question.name_units(inside)} once their shared"
            " borders are taken away. Measure both from the same outlines, in metres."
        )
    return told


def _explain_conflicts(question: Question) -> list[str]:
    """Say which units that go together must belong to different schools."""
    told, forced = [], question.forced
    for group in question.groups:
        claims = [
            (unit, school, why) for unit in group for school, why in forced.get(unit, {}).items()
        ]
        if len({school for _, school, _ in claims}) < 2:
            continue
        question.is_told[group] = True
        told.append(
            _tell_claims(question, claims)
            if len({unit for unit, _, _ in claims}) == 1
            else _tell_torn_claims(question, claims)
        )
    return told


def _tell_claims(question: Question, claims: list[tuple[int, int, str]]) -> str:
    unit = question.instance.unit_ids[claims[0][0]]
    standing = [school for _, school, why in claims if why == "stands in it"]
    locked = [school for _, school, why in claims if why != "stands in it"]
    if len(standing) > 1:
        return (
            f"Unit {unit} holds {question.name_schools(standing)}, but a unit is whole and belongs"
            " to one catchment. Divide the unit, or let the schools share a catchment."
        )
    if standing:
        return (
            f"Unit {unit} is locked to {question.name_schools(locked)}, but it holds"
            f" {question.name_schools(standing)}. Take the lock out."
        )
    return f"Unit {unit} is locked to {question.name_schools(locked)}. Keep one of these locks."


def _tell_torn_claims(question: Question, claims: list[tuple[int, int, str]]) -> str:
    first: dict[int, str] = {}
    for unit, school, why in claims:
        ids = question.instance.unit_ids[unit], question.instance.school_ids[school]
        told = f"school {ids[1]} stands in unit {ids[0]}"
        first.setdefault(
            school, told if why == "stands in it" else f"unit {ids[0]} is locked to school {ids[1]}"
        )
    return (
        f"{question.name_units(sorted({unit for unit, _, _ in claims}))} must stay together, but"
        f" {' and '.join(first.values())}. Divide the group, or take out what binds it."
    )


def _explain_torn_groups(question: Question) -> list[str]:
    """Say which groups that stay together are not connected."""
    told, borders = [], question.instance.borders
    group_of_unit = np.full(len(question.instance.unit_ids), -1)
    for number, group in enumerate(question.terms.together):
        group_of_unit[list(group)] = number
    a, b = group_of_unit[borders.T]
    pieces = label_pieces(question.instance, (a == b) & (a >= 0))
    for group in question.terms.together:
        labels = pieces[list(group)]
        apart = [unit for unit, label in zip(group, labels, strict=True) if label != labels[0]]
        if apart:
            told.append(
                f"{question.name_units(list(group))} must stay together but do not touch: no chain"
                f" of them leads from {question.name_units([group[0]])} to"
                f" {question.name_units(apart)}. Add the units between them to the group, or divide"
                " it."
            )
            question.is_told[list(group)] = True
    return told


def _explain_pieces(question: Question) -> list[str]:
    """Say which parts of the district have no school, too few seats, or half a joint catchment."""
    pieces, told = label_pieces(question.instance), []
    piece_of_school = np.array([pieces[own[0]] for own in question.own_units])
    for school, own in enumerate(question.own_units):
        if len(set(pieces[list(own)].tolist())) > 1:
            told.append(
                f"The joint catchment {question.instance.school_ids[school]} cannot be one piece:"
                f" no chain of borders joins {question.name_units(list(own))}. Add the borders that"
                " are missing, or part the schools."
            )
    if question.seats_count:
        told += explain_seats(question, np.zeros_like(pieces), np.zeros_like(piece_of_school))
    if pieces.max() > 0:
        without = ~np.isin(pieces, piece_of_school)
        for piece in np.unique(pieces[without]):
            units = np.flatnonzero(pieces == piece)
            told.append(
                f"No chain of borders leads from any school to {question.name_units(units)}"
                f" ({question.tell_pupils(units)}). Add the borders that are missing, or a school"
                " there."
            )
        question.is_told |= without
        if question.seats_count:
            told += explain_seats(question, pieces, piece_of_school)
    return told


def _explain_unserved(question: Question) -> list[str]:
    """Say which units no school may have, and why."""
    told, terms = [], question.terms
    in_group = {unit: group for group in terms.together for unit in group}
    unserved = np.flatnonzero(~question.permitted.any(axis=1) & ~question.is_told)
    for unit in unserved[:MOST_NAMED].tolist():
        group = list(in_group.get(unit, (unit,)))
        if question.is_told[unit] or _waits_for_other(question, group):
            continue
        question.is_told[group] = True
        if len(group) > 1:
            told.append(
                f"{question.name_units(group)} must stay together, but no school may have"
                " them all. Divide the group, or allow one of its schools."
            )
            continue
        told.append(_tell_unserved(question, unit))
    if unserved.size > MOST_NAMED:
        told.append(
            f"{unserved.size - MOST_NAMED:,} units more may go to no school:"
            f" {question.name_units(unserved[MOST_NAMED:])}."
        )
    question.is_told[unserved] = True
    return told


def _waits_for_other(question: Question, group: list[int]) -> bool:
    """Whether a school would have the units but for its own unit, which is told of anyway."""
    if not question.forced.keys().isdisjoint(group):
        return False
    instance, terms = question.instance, question.terms
    ways = np.where(instance.pupils[group, None] > 0, instance.distance_m[group], 0.0)
    near = np.isfinite(ways) & (ways <= terms.max_distance_m)
    may = find_open(instance, terms) & near.all(axis=0)
    may[[school for unit, school in terms.forbidden if unit in group]] = False
    return bool(may.any())


def _tell_unserved(question: Question, unit: int) -> str:
    instance, terms = question.instance, question.terms
    schools = np.array(
        sorted(question.forced.get(unit, range(len(instance.school_ids)))), dtype=np.int64
    )
    ways = (
        instance.distance_m[unit, schools] if instance.pupils[unit] > 0 else np.zeros(len(schools))
    )
    forbidden = np.isin(schools, [school for other, school in terms.forbidden if other == unit])
    no_way = ~forbidden & ~np.isfinite(ways)
    too_far = ~forbidden & ~no_way & (ways > terms.max_distance_m)
    closed = ~forbidden & ~no_way & ~too_far
    limit = f"farther than {tell_amount(terms.max_distance_m)} m"
    if too_far.any():
        limit += f", {ways[too_far].min():,.0f} m at the least"
    reasons = [
        f"{question.name_schools(schools[which])} ({why})"
        for which, why in (
            (forbidden, "forbidden"),
            (no_way, "no way leads there"),
            (too_far, limit),
            (closed, "it may not have its own unit"),
        )
        if which.any()
    ]
    name = f"Unit {instance.unit_ids[unit]} ({tell_amount(instance.pupils[unit])} pupils)"
    if unit not in question.forced:
        return (
            f"{name} may go to no school: {'; '.join(reasons)}. Allow one of them, or lengthen the"
            " way."
        )
    why = next(iter(question.forced[unit].values()))
    bound = "has its school in it" if why == "stands in it" else "is locked to its school"
    return f"{name} {bound} but may not go there: {'; '.join(reasons)}. Allow it."


def _explain_unreached(question: Question) -> list[str]:
    """Say which units are cut off from every school that may have them."""
    cut = ~question.reached.any(axis=1) & question.permitted.any(axis=1) & ~question.is_told
    units = np.flatnonzero(cut)
    if not units.size:
        return []
    question.is_told |= cut
    rows, number = np.unique(question.permitted[units], axis=0, return_inverse=True)
    told = []
    for i, row in enumerate(rows):
        some = units[number.ravel() == i]
        told.append(
            f"{question.name_units(some)} ({question.tell_pupils(some)}) may go to"
            f" {question.name_schools(np.flatnonzero(row))}, but no chain of units leads there"
            " that the school may hold. Free the units between, add missing borders, or allow"
            " another school."
        )
    return told
