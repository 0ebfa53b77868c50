"""Seats used: which school a child entered, when, and on which dwelling of the family."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.districts.ouhai.sample.attendance import NOWHERE, draw_keys, place_pupils
from data.districts.ouhai.sample.children import Children
from data.districts.ouhai.sample.deferrals import Deferrals
from data.districts.ouhai.sample.homes import Homes
from data.districts.ouhai.sample.people import NOBODY, Households
from data.districts.ouhai.sample.schools import Schools
from data.districts.ouhai.sample.teaching import Teaching

Ints = NDArray[np.intp]
Days = NDArray[np.datetime64]

# ASSUMPTION: registration opens on 20 May of every year, as in 2026.
OPENING = np.timedelta64(139, "D")


@dataclass(frozen=True)
class SeatUses:
    """One row a child and stage; `home` is -1 where no owned dwelling gave the right."""

    child: Ints
    school: Ints
    stage: NDArray[np.object_]
    year: Ints
    home: Ints


@dataclass(frozen=True)
class Rights:
    """What a seat can rest on, by home and by child."""

    homes: Homes
    people: Households
    property_since: Days  # by home: slip, else certificate; NaT for none
    registered_since: Days  # by child

    def list_owned(self) -> pd.DataFrame:
        """List dwellings that families of the district own: household, home, since."""
        home = np.flatnonzero(self.people.owner_of[: self.homes.dwellings] != NOBODY)
        since = self.property_since[home]
        home, since = home[~np.isnat(since)], since[~np.isnat(since)]
        return pd.DataFrame(
            {"household": self.people.owner_of[home], "home": home, "since": since.astype(int)}
        )


def draw_seat_uses(
    schools: Schools,
    taught: Teaching,
    members: dict[str, Ints],
    children: Children,
    unit: Ints,
    deferrals: Deferrals,
    rights: Rights,
    rng: np.random.Generator,
) -> SeatUses:
    """Place the children of every stage, then find the dwellings that gave them the right.

    Parameters
    ----------
    members
        By stage the school row of every planning unit.
    unit
        Planning unit that locates each child, -1 where unknown.
    """
    key = draw_keys(children, rng)
    parts = []
    for stage, owner in members.items():
        own = np.where(unit >= 0, owner[np.maximum(unit, 0)], NOWHERE)
        stays = children.listed_again.copy()
        late = (deferrals.stage == stage) & (deferrals.from_year <= 2025)
        stays[deferrals.child[late]] = True
        school, year = place_pupils(stage, schools, taught, children, own, key, stays, rng)
        child = np.flatnonzero(school != NOWHERE)
        home = _find_homes(child, school[child], year[child], owner, own, children, rights)
        parts.append((child, school[child], np.full(len(child), stage, object), year[child], home))
    return SeatUses(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def build_seat_use(
    uses: SeatUses,
    child: pd.DataFrame,
    homes: Homes,
    school_codes: NDArray[np.object_],
) -> pd.DataFrame:
    """Return the seat use table."""
    dwelling = homes.code[np.maximum(uses.home, 0)].copy()
    dwelling[uses.home == NOBODY] = None
    return pd.DataFrame(
        {
            "child_code": child["code"].to_numpy()[uses.child],
            "household_code": child["household_code"].to_numpy()[uses.child],
            "school_code": school_codes[uses.school],
            "stage": uses.stage,
            "entered_year": uses.year,
            "property_unit_code": dwelling,
        }
    )


def find_opening_day(year: Ints) -> Days:
    """Return the day on which registration opened."""
    first = (year - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    return np.asarray(first + OPENING)


def _find_homes(
    child: Ints, school: Ints, year: Ints, owner: Ints, own: Ints, children: Children,
    rights: Rights,
) -> Ints:  # fmt: skip
    """Return the dwelling that gave each pupil the right, -1 for none.

    A right needs registration and property inside the catchment on the opening day. Of
    several dwellings the one of registration counts, else the one owned longest.
    """
    day = find_opening_day(year)
    # Comparison with an unknown date is false: no date, no right.
    able = children.registered[child] & (own[child] == school)
    able &= rights.registered_since[child] <= day
    row = np.flatnonzero(able)
    pupils = pd.DataFrame(
        {
            "row": row,
            "household": children.household[child[row]],
            "school": school[row],
            "day": day[row].astype(int),
        }
    )
    found = pupils.merge(rights.list_owned(), on="household")
    inside = owner[rights.homes.unit[found["home"].to_numpy()]] == found["school"].to_numpy()
    found = found[inside & (found["since"] <= found["day"]).to_numpy()]
    registered = rights.people.registered_home[found["household"].to_numpy()]
    found = found.assign(other=registered != found["home"].to_numpy())
    found = found.sort_values(["row", "other", "since", "home"]).drop_duplicates("row")
    home = np.full(len(child), NOBODY)
    home[found["row"]] = found["home"]
    return home
