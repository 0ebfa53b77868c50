"""Placement of children without a seat in the relatively nearest schools (统筹安排).

The sum of all ways on foot is the least possible: see :mod:`catchments.assignment`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from catchments.admission.registers import Walks
from catchments.admission.rules import Placement
from catchments.assignment import Assignment, assign_seats

NO_SEAT, NO_WAY, NO_ADDRESS = "no_seat", "no_way", "no_address"
_M_PER_CM = 0.01


@dataclass(frozen=True, eq=False)
class Placed:
    """Where children without a seat go.

    Parameters
    ----------
    children
        In the order asked: school_id (missing for exceptions), reason, walk_distance_m.
    walk_m, least_m
        Sum of the ways of those who were divided by distance, and what any division of them
        among the seats left takes at least.
    """

    children: pd.DataFrame
    walk_m: float
    least_m: float


def place_children(
    children: pd.DataFrame, left: pd.Series, walks: Walks, placement: Placement
) -> Placed:
    """Place children in schools with seats left.

    First, where the rules say so, children who have an elder sibling at a school follow it, in
    their order. Then as many as find a seat to which a way leads, in their order, are divided so
    that all ways together are the shortest possible. The rest are for a person to decide.

    Parameters
    ----------
    children
        order, family (twins share it), building_id, sibling_school_id; in any order.
    left
        Seats left by school_id, whole numbers from 0.
    """
    place = np.argsort(children["order"].to_numpy(), kind="stable")
    waiting = children.iloc[place].reset_index(drop=True)
    school = pd.array([pd.NA] * len(waiting), dtype="Int64")
    reason = np.full(len(waiting), None, dtype=object)
    reason[waiting["building_id"].isna().to_numpy()] = NO_ADDRESS
    seats = left.astype(np.int64).sort_index()
    if placement.siblings_first:
        followed = _follow_siblings(waiting, seats)
        school[followed.index.to_numpy()] = followed.to_numpy()
        seats = seats.sub(followed.value_counts(), fill_value=0).astype(np.int64)
    rows = np.flatnonzero(pd.isna(school) & pd.isna(reason))
    taken, walk_m, least_m = _divide(waiting.iloc[rows], seats[seats > 0], walks)
    school[rows] = taken["school_id"].array
    reason[rows] = taken["reason"].to_numpy()
    reason[~pd.isna(school)] = None
    placed = pd.DataFrame({"school_id": school, "reason": reason})
    placed["walk_distance_m"] = _measure_ways(waiting, placed["school_id"], walks)
    back = np.empty(len(place), np.int64)
    back[place] = np.arange(len(place))
    return Placed(placed.iloc[back].reset_index(drop=True), walk_m, least_m)


def _follow_siblings(waiting: pd.DataFrame, seats: pd.Series) -> pd.Series:
    """Return the school of those who follow a sibling, by row, as far as seats reach."""
    wanted = waiting["sibling_school_id"]
    wanted = wanted[wanted.isin(seats.index[seats > 0])].astype(np.int64)
    turn = wanted.groupby(wanted).cumcount()
    return wanted[turn.to_numpy() < seats.reindex(wanted.to_numpy()).to_numpy()]


def _divide(
    waiting: pd.DataFrame, seats: pd.Series, walks: Walks
) -> tuple[pd.DataFrame, float, float]:
    """Divide children, who come in their order, among the seats by the least way."""
    answer = pd.DataFrame(
        {"school_id": pd.array([pd.NA] * len(waiting), dtype="Int64"), "reason": NO_SEAT}
    )
    if waiting.empty or seats.empty:
        return answer, 0.0, 0.0
    homes, home = np.unique(waiting["building_id"].to_numpy(np.int64), return_inverse=True)
    schools = seats.index.to_numpy(np.int64)
    # UNITS: whole centimetres, so that the proof is exact.
    ways_cm = np.rint(walks(homes, schools) / _M_PER_CM)
    has_way = np.isfinite(ways_cm)
    led = np.asarray(has_way.any(axis=1))[home]
    answer.loc[~led, "reason"] = NO_WAY
    places = seats.to_numpy(np.int64)
    rows = np.flatnonzero(led)
    rows = rows[_choose_children(has_way, home[rows], places)]
    pupils = np.bincount(home[rows], minlength=len(homes)).astype(np.float64)
    division = assign_seats(ways_cm, pupils, places.astype(np.float64))
    given = _give_schools(division, ways_cm, waiting["family"].to_numpy()[rows], home[rows])
    school_id = pd.array([pd.NA] * len(waiting), dtype="Int64")
    school_id[rows] = schools[given]
    reason = answer["reason"].to_numpy(dtype=object)
    reason[rows] = None
    return (
        pd.DataFrame({"school_id": school_id, "reason": reason}),
        division.cost * _M_PER_CM,
        division.bound * _M_PER_CM,
    )


def _choose_children(
    has_way: NDArray[np.bool_], home: NDArray[np.intp], seats: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Take children in their order, each as long as all taken find a seat together.

    Nobody who comes later keeps an earlier child out, and no seat stays empty that anyone
    without a seat could reach. The rows of `has_way` are homes, each of which reaches a school.
    """
    taken = np.zeros(home.size, np.bool_)
    if has_way[has_way.any(axis=1)].all():
        taken[: seats.sum()] = True
        return taken
    held, free = np.zeros(has_way.shape, np.int64), seats.copy()
    is_open = np.ones(seats.size, np.bool_)
    for child, at in enumerate(home):
        came_from: dict[int, tuple[int, int]] = {}  # school: school and home that move on to it
        seen = has_way[at] & is_open
        queue = np.flatnonzero(seen).tolist()
        for school in queue:  # grows meanwhile
            if free[school]:
                break
            for other in np.flatnonzero(held[:, school]).tolist():
                fresh = has_way[other] & is_open & ~seen
                seen |= fresh
                queue += np.flatnonzero(fresh).tolist()
                came_from |= dict.fromkeys(np.flatnonzero(fresh).tolist(), (school, other))
        else:
            is_open &= ~seen  # full, and so is wherever their children could move on to
            continue
        free[school] -= 1
        while school in came_from:
            giver, mover = came_from[school]
            held[mover, school] += 1
            held[mover, giver] -= 1
            school = giver
        held[at, school] += 1
        taken[child] = True
    return taken


def _give_schools(
    flows: Assignment, ways: NDArray[np.float64], family: NDArray[np.int64], home: NDArray[np.intp]
) -> NDArray[np.int64]:
    """Give the schools that a home was allotted to its children: the first goes the nearest.

    Children of one family stay together where the allotment lets them.

    Parameters
    ----------
    family, home
        Of each child, in their order.
    """
    nearest = np.lexsort((ways[flows.unit, flows.school], flows.unit))
    pupils = np.rint(flows.pupils[nearest]).astype(np.int64)
    slots = np.repeat(flows.school[nearest], pupils)
    slot_home = np.repeat(flows.unit[nearest], pupils)
    turn = np.lexsort((np.arange(home.size), home))
    given = np.empty(home.size, np.int64)
    given[turn] = slots
    several = np.flatnonzero(np.bincount(flows.unit) > 1)
    children = pd.DataFrame({"family": family, "home": home})
    children = children[np.isin(home, several)]
    for at, rows in children.groupby("home"):
        allotted = slots[slot_home == at].tolist()
        sizes = (
            rows.groupby("family", sort=False).size().sort_values(ascending=False, kind="stable")
        )
        if sizes.iloc[0] > 1:
            for name, size in sizes.items():
                mine = rows.index[rows["family"] == name]
                together = [school for school in allotted if allotted.count(school) >= size]
                chosen = together[:1] * len(mine) or allotted[: len(mine)]
                for school in chosen:
                    allotted.remove(school)
                given[mine] = chosen
    return given


def _measure_ways(waiting: pd.DataFrame, school: pd.Series, walks: Walks) -> NDArray[np.float64]:
    """Measure the way of each child to its school; NaN without one."""
    ways = np.full(len(waiting), np.nan)
    rows = np.flatnonzero((school.notna() & waiting["building_id"].notna()).to_numpy())
    if rows.size:
        homes, home = np.unique(
            waiting["building_id"].to_numpy(np.int64, na_value=0)[rows], return_inverse=True
        )
        schools, at = np.unique(school.to_numpy(np.int64, na_value=0)[rows], return_inverse=True)
        ways[rows] = walks(homes, schools)[home, at]
    return np.where(np.isfinite(ways), ways, np.nan)
