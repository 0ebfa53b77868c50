"""Households of both registers: where they live, where they are registered, what they own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.districts.ouhai.sample.buildings import HOUSE, SLAB, TOWER
from data.districts.ouhai.sample.codes import join_text, write_digits, write_hash, write_letters
from data.districts.ouhai.sample.homes import Homes
from data.districts.ouhai.sample.units import Units

Ints = NDArray[np.intp]
Days = NDArray[np.datetime64]
NOBODY = -1
DATA_DATE = np.datetime64("2026-03-31", "D")
HEADS_SALT = 11


@dataclass(frozen=True)
class RegisterRates:
    """How often the registers disagree. ASSUMPTION throughout: plausible, not surveyed."""

    households: int = 320_000
    empty_homes: float = 0.085
    registered_by_kind: tuple[float, float, float, float] = (0.74, 0.55, 0.80, 0.16)
    # tower, slab, first door of a house, further doors of a house
    registered_sharers: float = 0.25  # of families that share a dwelling
    moved: float = 0.12  # registered where they no longer live
    with_grandparents: float = 0.05  # registered at the grandparents', living elsewhere
    collective: float = 0.01  # collective or unknown address
    unknown_residence: float = 0.008
    resident_owners: float = 0.90  # of registered households in homes that can be owned
    owns_other_home: float = 0.45  # empty or let homes owned by households of the district
    migrant_owners: float = 0.10
    keeps_old_home: float = 0.6  # of those who moved
    date_unknown: float = 0.004
    no_points: float = 0.18  # migrants who never applied for points


@dataclass(frozen=True)
class Households:
    """One row a household; dwellings are rows of homes, -1 where unknown."""

    registered: NDArray[np.bool_]
    residence: Ints
    registered_home: Ints
    three_generations: NDArray[np.bool_]  # the head is a grandparent
    owner_of: Ints  # by home: owning household, -1 outsiders
    co_owner_of: Ints  # by home: second household that owns half, -1 none

    @property
    def located_home(self) -> Ints:
        """Dwelling that locates the household: registered first, else residence."""
        return np.where(self.registered_home != NOBODY, self.registered_home, self.residence)


def draw_households(
    homes: Homes, units: Units, *, scale: float, rng: np.random.Generator
) -> Households:
    """Settle households in homes, then let registers and ownership drift apart."""
    rates = RegisterRates()
    registered, residence = _settle(homes, round(rates.households * scale), rates, rng)
    count = len(residence)
    registered_home = np.where(registered, residence, NOBODY)
    fate = rng.random(count)
    moved = registered & (fate < rates.moved)
    grand = registered & ~moved & (fate < rates.moved + rates.with_grandparents)
    taken = np.bincount(residence[registered], minlength=len(homes.building)) > 0
    free = np.flatnonzero(
        ~taken[: homes.dwellings] & (homes.kind[: homes.dwellings] != TOWER)
        & (homes.tenure[: homes.dwellings] != "public_rent")
    )  # fmt: skip
    away = np.flatnonzero(moved | grand)
    registered_home[away] = _pick_near(away, residence, free, homes, units, rng)
    lost = registered & (fate > 1 - rates.collective)
    registered_home[lost] = NOBODY
    owner = _draw_owners(homes, registered, residence, registered_home, grand, rates, rng)
    residence = np.where(rng.random(count) < rates.unknown_residence, NOBODY, residence)
    at_home = registered & (registered_home == residence) & (rng.random(count) < 0.14)
    return Households(
        registered, residence, registered_home, grand | at_home, owner, np.full_like(owner, NOBODY)
    )


def build_household(
    homes: Homes,
    people: Households,
    certificate_on: Days,
    children: Ints,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return the household table; `certificate_on` is by home, `children` by household."""
    rates = RegisterRates()
    count = len(people.residence)
    number = np.arange(1, count + 1)
    code = join_text(
        write_letters(np.where(people.registered, "H330304", "J330304").astype("S7")),
        write_digits(number, 7),
    )
    bought = certificate_on[np.maximum(people.registered_home, 0)].copy()
    bought[people.registered_home == NOBODY] = np.datetime64("NaT")
    others = np.datetime64("1985-01-01") + rng.integers(0, 14_500, count)
    old_house = homes.kind[np.maximum(people.registered_home, 0)] == HOUSE
    follows = ~np.isnat(bought) & ~(old_house & (rng.random(count) < 0.7))
    since = np.where(follows, bought + rng.gamma(1.1, 160, count).astype(int), others)
    since = np.minimum(since, DATA_DATE - rng.integers(0, 500, count))
    since[~people.registered | (rng.random(count) < rates.date_unknown)] = np.datetime64("NaT")
    permit = DATA_DATE - (30 + rng.gamma(1.3, 1300, count)).astype(int)
    permit = np.maximum(permit, np.datetime64("2009-10-01"))
    permit[people.registered] = np.datetime64("NaT")
    years = (DATA_DATE - permit).astype(float) / 365.25
    points = np.where(people.registered, np.nan, 8 + 4.2 * np.where(np.isnat(permit), 0, years))
    points = (points + rng.gamma(2.2, 14, count)).round(1)
    points[rng.random(count) < rates.no_points] = np.nan
    adults = np.where(children > 0, 2, 1 + rng.choice(4, count, p=[0.2, 0.33, 0.27, 0.2]))
    adults = adults + people.three_generations + (rng.random(count) < 0.18)
    return pd.DataFrame(
        {
            "code": code,
            "registered": people.registered,
            "registered_since": _to_dates(since),
            "registered_unit_code": _name_homes(homes, people.registered_home),
            "residence_unit_code": _name_homes(homes, people.residence),
            "residence_permit_since": _to_dates(permit),
            "points": points,
            "head_hash": write_hash(number, salt=HEADS_SALT),
            "members": np.minimum(adults + children, 12),
        }
    )


def _settle(
    homes: Homes, count: int, rates: RegisterRates, rng: np.random.Generator
) -> tuple[NDArray[np.bool_], Ints]:
    """Give each household a residence; the last ones share with another family."""
    lived_in = rng.permutation(homes.dwellings)[: int(homes.dwellings * (1 - rates.empty_homes))]
    lived_in = lived_in[:count]
    sharers = count - len(lived_in)
    kind = homes.kind[lived_in]
    tower, slab, first, further = rates.registered_by_kind
    odds = np.select(
        [kind == TOWER, kind == SLAB, homes.first_door[lived_in]], [tower, slab, first], further
    )
    odds = np.where(homes.tenure[lived_in] == "resettlement", 0.86, odds)
    odds = np.where(homes.tenure[lived_in] == "public_rent", 0.9, odds)
    local = rng.random(len(lived_in)) < odds
    roomy = lived_in[np.isin(kind, [SLAB, HOUSE])]
    shared = rng.choice(roomy, sharers)
    residence = np.concatenate([lived_in, shared])
    registered = np.concatenate([local, rng.random(sharers) < rates.registered_sharers])
    # Registers are in no order of place.
    order = rng.permutation(count)
    return registered[order], residence[order]


def _pick_near(
    away: Ints, residence: Ints, free: Ints, homes: Homes, units: Units, rng: np.random.Generator
) -> Ints:
    """Pick another dwelling for each household, mostly in its own or the next subdistrict."""
    pick = rng.choice(free, len(away), replace=len(free) < len(away))
    town = units.subdistrict.astype(float)
    here = np.argsort(town[homes.unit[residence[away]]] + rng.normal(0, 0.5, len(away)))
    there = np.argsort(town[homes.unit[pick]] + rng.normal(0, 0.5, len(pick)))
    chosen = np.empty(len(away), dtype=np.intp)
    chosen[here] = pick[there]
    return chosen


def _draw_owners(
    homes: Homes,
    registered: NDArray[np.bool_],
    residence: Ints,
    registered_home: Ints,
    grand: NDArray[np.bool_],
    rates: RegisterRates,
    rng: np.random.Generator,
) -> Ints:
    """Return the household that owns each home; later rules win over earlier ones."""
    count, number = len(residence), np.arange(len(residence))
    owner = np.full(len(homes.building), NOBODY)
    locals_ = np.flatnonzero(registered)
    invest = rng.random(len(owner)) < rates.owns_other_home
    owner[invest] = rng.choice(locals_, int(invest.sum()))
    buys = ~registered & (rng.random(count) < rates.migrant_owners)
    owner[residence[buys]] = number[buys]
    lives = registered & (rng.random(count) < rates.resident_owners)
    owner[residence[lives]] = number[lives]
    # Who let a village house owns all its doors.
    first = np.flatnonzero(homes.first_door & (homes.kind == HOUSE))
    landlord = np.full(int(homes.building.max()) + 1, NOBODY)
    landlord[homes.building[first]] = owner[first]
    doors = np.flatnonzero((homes.kind == HOUSE) & ~homes.first_door)
    owner[doors] = landlord[homes.building[doors]]
    elsewhere = registered & (registered_home != residence) & (registered_home != NOBODY)
    keeps = elsewhere & (grand | (rng.random(count) < rates.keeps_old_home))
    owner[registered_home[keeps]] = number[keeps]
    owner[homes.tenure == "public_rent"] = NOBODY
    return owner


def _name_homes(homes: Homes, home: Ints) -> NDArray[np.object_]:
    names = homes.code[np.maximum(home, 0)].copy()
    names[home == NOBODY] = None
    return np.asarray(names)


def _to_dates(days: Days) -> NDArray[np.datetime64]:
    return days.astype("datetime64[s]")
