"""Planted cases: rare things that admission must notice, each found again by a test.

At full size, and at a tenth of it in brackets:

- 8 (3) children stand twice in the register: registered and as a migrant, two codes, one
  identity, both due at primary school in 2026. Only the registered listing has seats.
- 12 (4) dwellings hold two families: both are registered and live there, the heads own half
  each, and both have a child due at primary school in 2026.
- 40 (6) dwellings a stage, primary and junior, are locked: the family of an entrant of 2026
  bought one since 2022, and a child of another household had entered the same school on it
  between 2021 and the purchase.

What occurs by itself: twins among the entrants (families share the day of birth), elder
siblings who used the same dwelling, homes under 20 m² and of 20 to 60 m², resettlement slips
without a certificate, certificates without a date, homes owned by a grandparent alone, by both
parents together, with an outsider, and by the child.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.districts.ouhai.sample.children import Children, find_entry_year
from data.districts.ouhai.sample.homes import Homes
from data.districts.ouhai.sample.people import NOBODY, Households
from data.districts.ouhai.sample.seat_uses import SeatUses, find_opening_day
from data.districts.ouhai.sample.seats import SHOWN, STAGES

Ints = NDArray[np.intp]
Days = NDArray[np.datetime64]


@dataclass(frozen=True)
class Plants:
    """How many cases of each kind: at full size, and at least. ASSUMPTION throughout."""

    listed_twice: tuple[int, int] = (8, 3)
    shared_homes: tuple[int, int] = (12, 4)
    locks: tuple[int, int] = (40, 6)  # of each stage
    bought_since: str = "2022-01-01"
    used_since: int = 2021


def list_children_twice(
    children: Children, people: Households, *, scale: float, rng: np.random.Generator
) -> Children:
    """Turn some migrant children into second listings of registered ones."""
    due = find_entry_year(children.born_on, STAGES["primary"].entry_age) == SHOWN
    only = np.bincount(children.household, minlength=len(people.registered)) == 1
    due &= only[children.household]
    local = due & children.registered & people.registered[children.household]
    migrant = due & ~children.registered & ~people.registered[children.household]
    number = _scale(Plants().listed_twice, scale)
    first = rng.choice(np.flatnonzero(local), number, replace=False)
    second = rng.choice(np.flatnonzero(migrant), number, replace=False)
    born, person = children.born_on.copy(), children.person.copy()
    born[second], person[second] = born[first], person[first]
    return replace(children, born_on=born, person=person)


def share_homes(
    homes: Homes, people: Households, children: Children, *, scale: float,
    rng: np.random.Generator,
) -> Households:  # fmt: skip
    """Move some families without a home into the dwelling of a neighbour and halve it.

    Both live in the same planning unit already, so no count of the unit changes.
    """
    entrants = _list_entrants(children, people, "primary")
    home = people.registered_home[entrants]
    entrants = entrants[
        (home != NOBODY)
        & (people.residence[entrants] == home)
        & ~people.three_generations[entrants]
    ]
    home = people.registered_home[entrants]
    owns = np.zeros(len(people.registered), dtype=bool)
    owns[people.owner_of[people.owner_of != NOBODY]] = True
    hosting = (people.owner_of[home] == entrants) & (homes.tenure[home] == "commodity")
    table = pd.DataFrame({"household": entrants, "unit": homes.unit[home]})
    table = table.iloc[rng.permutation(len(table))]
    pairs = _pair(table[hosting[table.index]], table[~owns[entrants[table.index]]], "unit")
    pairs = pairs.head(_scale(Plants().shared_homes, scale))
    host, guest = pairs["household_x"].to_numpy(), pairs["household_y"].to_numpy()
    shared = people.registered_home[host]
    registered_home, residence = people.registered_home.copy(), people.residence.copy()
    co_owner = people.co_owner_of.copy()
    registered_home[guest] = residence[guest] = shared
    co_owner[shared] = guest
    return replace(
        people, registered_home=registered_home, residence=residence, co_owner_of=co_owner
    )


def lock_homes(
    uses: SeatUses,
    homes: Homes,
    people: Households,
    children: Children,
    members: dict[str, Ints],
    certificate_on: Days,
    *,
    scale: float,
    rng: np.random.Generator,
) -> SeatUses:
    """Let earlier pupils of other households have used homes that entrants' families bought."""
    number, since = _scale(Plants().locks, scale), np.datetime64(Plants().bought_since)
    used = uses.home.copy()
    for stage in ("primary", "junior"):
        household = _list_entrants(children, people, stage)
        home = people.registered_home[household]
        fits = (home != NOBODY) & (people.owner_of[home] == household)
        fits &= (homes.tenure[home] == "commodity") & (people.co_owner_of[home] == NOBODY)
        fits &= (certificate_on[home] >= since) & ~np.isin(home, uses.home)
        bought = rng.permutation(home[fits])
        free = (uses.stage == stage) & (uses.home == NOBODY) & (uses.year >= Plants().used_since)
        free &= children.registered[uses.child]
        row = rng.permutation(np.flatnonzero(free))
        pairs = _pair(
            pd.DataFrame({"home": bought, "school": members[stage][homes.unit[bought]]}),
            pd.DataFrame({"row": row, "school": uses.school[row]}),
            "school",
        )
        early = find_opening_day(uses.year[pairs["row"]]) < certificate_on[pairs["home"]]
        other = children.household[uses.child[pairs["row"]]] != people.owner_of[pairs["home"]]
        pairs = pairs[early & other].head(number)
        used[pairs["row"]] = pairs["home"]
    return replace(uses, home=used)


def _list_entrants(children: Children, people: Households, stage: str) -> Ints:
    """List registered households with one registered child due at the stage in the year shown."""
    due = find_entry_year(children.born_on, STAGES[stage].entry_age) == SHOWN
    due &= children.registered & people.registered[children.household]
    due &= np.bincount(children.person)[children.person] == 1
    return np.unique(children.household[due])


def _pair(one: pd.DataFrame, two: pd.DataFrame, by: str) -> pd.DataFrame:
    """Pair the first row of each group with its first row, the second with the second."""
    one = one.assign(place=one.groupby(by).cumcount())
    two = two.assign(place=two.groupby(by).cumcount())
    return one.merge(two, on=[by, "place"])


def _scale(size: tuple[int, int], scale: float) -> int:
    return max(round(size[0] * scale), size[1])
