"""Attendance: which school each child entered, so that the pupils of the schools come out.

The quotas are the enrolment table itself. Pupils by school and year of entry differ from it by
three at most, where twins stay together and for a few places that nobody wanted: under 0.1 %
of all pupils. Private kindergartens are the exception: the enrolment table gives kindergartens
more pupils than the register has children of that age, so what the public ones leave is spread
over the private ones in proportion, 17 to 31 % of their pupils.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.districts.ouhai.sample.children import Children, find_entry_year
from data.districts.ouhai.sample.enrolment import YEARS
from data.districts.ouhai.sample.schools import Schools
from data.districts.ouhai.sample.seats import STAGES, get_grades_and_size
from data.districts.ouhai.sample.teaching import Teaching

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]

# ASSUMPTION: entries are kept for the longest lock of a seat (six years), those of primary
# schools for everybody who still attends a primary or junior school.
ENTRIES = {
    "kindergarten": range(2021, 2026),
    "primary": range(2017, 2026),
    "junior": range(2021, 2026),
}
NOWHERE = -1


@dataclass(frozen=True)
class AttendanceRates:
    """Who goes where. ASSUMPTION throughout: plausible, not surveyed."""

    chooses: float = 0.04  # goes to a private or another public school though it had a seat
    away: float = 0.03  # of registered children: at school outside the district
    kept_for_others: float = 0.04  # of the places of public schools
    kindergarten: float = 0.93  # of all children go to one, at most
    noise: float = 0.03  # a few leave or come between two stages


def draw_keys(children: Children, rng: np.random.Generator) -> Floats:
    """Return how late each child comes when places are given out: registered ones earlier.

    One key for all stages: who is at school in the district stays there.
    """
    rates, count = AttendanceRates(), len(children.born_on)
    key = rng.random(count)
    key = np.where(children.registered, 0.5 * key, 0.3 + 0.7 * key)
    key[children.registered & (rng.random(count) < rates.away)] += 1.0
    twin = find_twins(children)
    key[twin] = key[twin - 1]
    return np.asarray(key)


def find_twins(children: Children) -> Ints:
    """Return the rows of children born on the day of the child above, in the same household."""
    same = (children.household[1:] == children.household[:-1]) & (
        children.born_on[1:] == children.born_on[:-1]
    )
    return np.flatnonzero(same) + 1


def place_pupils(
    stage: str,
    schools: Schools,
    taught: Teaching,
    children: Children,
    own: Ints,
    key: Floats,
    stays: NDArray[np.bool_],
    rng: np.random.Generator,
) -> tuple[Ints, Ints]:
    """Return the school row that each child entered, -1 for none, and the year of entry.

    Parameters
    ----------
    own
        School row of the catchment of each child, -1 where unknown.
    key
        Order in which children get places, see :func:`draw_keys`.
    stays
        Children who do not enter this stage: deferred, or another listing of the same child.
    """
    rates = AttendanceRates()
    year = find_entry_year(children.born_on, STAGES[stage].entry_age)
    column = year - ENTRIES[stage].start
    wants = (column >= 0) & (column < len(ENTRIES[stage])) & ~stays
    total = np.bincount(column[wants], minlength=len(ENTRIES[stage]))
    places = count_places(stage, schools, taught, total)
    twin = find_twins(children)
    key = key + rng.normal(0, rates.noise, len(key))
    chooses = rng.random(len(key)) < rates.chooses
    for drawn in (key, chooses):
        drawn[twin] = drawn[twin - 1]
    placed = np.full(len(key), NOWHERE)
    home = np.flatnonzero(wants & (own != NOWHERE) & ~chooses)
    reserved = (places * rates.kept_for_others).astype(int)
    won = _admit(home, own[home], column, key, places - reserved)
    placed[won] = own[won]
    np.subtract.at(places, (own[won], column[won]), 1)
    rest = np.flatnonzero(wants & (placed == NOWHERE))
    start = np.where(own == NOWHERE, taught.rows[stage][0], own)
    _place_elsewhere(rest, start, column, key - chooses, places, placed, schools)
    both = wants[twin] & wants[twin - 1]
    placed[twin[both]] = placed[twin[both] - 1]
    return placed, year


def count_places(stage: str, schools: Schools, taught: Teaching, children: Ints) -> Ints:
    """Return pupils by school row and year of entry, as the enrolment table last knew them.

    `children` is the number of children by year of entry.
    """
    grades, _ = get_grades_and_size(stage)
    places = np.zeros((len(schools.kind), len(ENTRIES[stage])), dtype=int)
    for column, entered in enumerate(ENTRIES[stage]):
        year = min(YEARS.stop - 1, entered + grades - 1)
        pupils = taught.pupils[stage][:, year - entered, year - YEARS.start]
        places[taught.rows[stage], column] = pupils
    private = ~schools.public
    most = np.round(AttendanceRates().kindergarten * children) - places[~private].sum(axis=0)
    share = np.clip(most / np.maximum(places[private].sum(axis=0), 1), 0, 1)
    if stage == "kindergarten":
        places[private] = np.floor(places[private] * share).astype(int)
    return places


def _admit(rows: Ints, school: Ints, column: Ints, key: Floats, places: Ints) -> Ints:
    """Return those of `rows` who get a place at their school, the lowest keys first."""
    cell = school * places.shape[1] + column[rows]
    order = np.lexsort((key[rows], cell))
    ranked = cell[order]
    rank = np.arange(len(order)) - np.searchsorted(ranked, ranked)
    return np.asarray(rows[order][rank < places.ravel()[ranked]])


def _place_elsewhere(
    rest: Ints, start: Ints, column: Ints, key: Floats, places: Ints, placed: Ints,
    schools: Schools,
) -> None:  # fmt: skip
    """Place children at the nearest other school with places, outwards, at last at their own."""
    teaches = np.flatnonzero(places.sum(axis=1) > 0)
    gap = schools.gate[:, None] - schools.gate[teaches][None]
    near = teaches[np.argsort(np.hypot(gap[..., 0], gap[..., 1]), axis=1, kind="stable")]
    for step in [*range(1, len(teaches)), 0]:  # the nearest school is their own
        school = near[start[rest], step]
        won = _admit(rest, school, column, key, np.where(places > 0, places, 0))
        placed[won] = near[start[won], step]
        np.subtract.at(places, (placed[won], column[won]), 1)
        rest = rest[placed[rest] == NOWHERE]
        if places.sum() == 0 or len(rest) == 0:
            break
