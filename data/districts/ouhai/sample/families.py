"""Families: who the parents and grandparents of the children are, and what each of them owns.

Persons of a family are numbered by household and role, so that the hash of an owner is the
hash of the guardian. Heads keep the hash of the household table, children that of the child
table; nobody else stands in another table.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.districts.ouhai.sample.children import CHILDREN_SALT, Children
from data.districts.ouhai.sample.codes import write_hash
from data.districts.ouhai.sample.people import HEADS_SALT, Households

Ints = NDArray[np.intp]
Flags = NDArray[np.bool_]

OTHERS_SALT = 23
FAMILY_SALT = 41
# The spouse of the head is PARENT, where the head is a grandparent it is GRANDMOTHER.
HEAD, PARENT, OTHER_PARENT, GRANDFATHER, GRANDMOTHER, CHILD, OUTSIDER = range(7)
ROLES = 8


@dataclass(frozen=True)
class FamilyTies:
    """Whom the registers know. ASSUMPTION throughout: plausible, not surveyed."""

    one_parent: float = 0.06
    one_grandparent: float = 0.03  # beside those who own with the family
    two_grandparents: float = 0.06
    wife_of_head: float = 0.60  # where the head is a grandparent


@dataclass(frozen=True)
class OwnerRates:
    """Who owns the homes of families with children. ASSUMPTION throughout.

    Each row of odds belongs to the roles named with it.
    """

    alone: tuple[float, ...] = (0.885, 0.06, 0.05, 0.005)  # head, spouse, grandparent, child
    with_head: tuple[float, ...] = (0.88, 0.04, 0.01, 0.07)  # spouse, grandparent, child, outsider
    two_with_head: tuple[float, ...] = (0.5, 0.35, 0.15)  # grandparents, spouse and one, outsiders
    alone_above: tuple[float, ...] = (0.85, 0.15)  # the head is a grandparent: head, parent
    with_head_above: tuple[float, ...] = (0.55, 0.35, 0.10)  # wife of head, parent, outsider


@dataclass(frozen=True)
class Families:
    """One row a household; without children no role is known but the head's."""

    children: Flags  # has children
    above: Flags  # the head is a grandparent of the children
    two_parents: Flags
    grandparents: Ints  # known beside the head
    eldest: Ints  # number of the person, -1 without children


def draw_families(
    children: Children, people: Households, relation: pd.Series, rng: np.random.Generator
) -> Families:
    """Draw who is known of each family; `relation` to the head is by child."""
    ties, count = FamilyTies(), len(people.residence)
    has = np.zeros(count, dtype=bool)
    has[children.household] = True
    # ASSUMPTION: a head who is neither has custody and counts as a parent.
    above = np.zeros(count, dtype=bool)
    above[children.household[(relation == "grandchild").to_numpy()]] = True
    dice = rng.random(count)
    known = np.where(dice < ties.two_grandparents, 2, 0)
    known[dice > 1 - ties.one_grandparent] = 1
    known[above] = dice[above] < ties.wife_of_head
    eldest = np.full(count, -1)
    eldest[children.household[::-1]] = children.person[::-1]  # rows run from old to young
    return Families(has, above, rng.random(count) >= ties.one_parent, known, eldest)


def draw_roles(household: Ints, owners: Ints, families: Families, rng: np.random.Generator) -> Ints:
    """Return the roles of up to three owners of homes, shape (n, 3).

    Parameters
    ----------
    household
        Household of each home, shape (n,); all of them have children.
    owners
        Number of owners of each home, 1 to 3.
    """
    rates, count = OwnerRates(), len(household)
    above = families.above[household]
    roles = np.full((count, 3), OUTSIDER)
    roles[:, 0] = HEAD
    alone, couple, three = (owners == number for number in (1, 2, 3))

    def pick(odds: tuple[float, ...], *kinds: int) -> Ints:
        return np.array(kinds)[rng.choice(len(odds), count, p=odds)]

    below = pick(rates.alone, HEAD, PARENT, GRANDFATHER, CHILD)
    roles[:, 0] = np.where(
        alone, np.where(above, pick(rates.alone_above, HEAD, PARENT), below), HEAD
    )
    below = pick(rates.with_head, PARENT, GRANDFATHER, CHILD, OUTSIDER)
    over = pick(rates.with_head_above, GRANDMOTHER, PARENT, OUTSIDER)
    roles[couple, 1] = np.where(above, over, below)[couple]
    manner = pick(rates.two_with_head, 0, 1, 2)
    second = np.array([GRANDFATHER, PARENT, OUTSIDER])[manner]
    third = np.array([GRANDMOTHER, GRANDFATHER, OUTSIDER])[manner]
    roles[three, 1] = np.where(above, PARENT, second)[three]
    roles[three, 2] = np.where(above, OTHER_PARENT, third)[three]
    # Who does not live or is not known cannot own: a stranger holds the share, or the head.
    gone = roles == np.where(above, OTHER_PARENT, PARENT)[:, None]
    gone &= ~families.two_parents[household][:, None]
    roles = np.where(gone, OUTSIDER, roles)
    roles[roles[:, 0] == OUTSIDER, 0] = HEAD
    return roles


def build_guardian(
    families: Families, owners: Ints, household_code: NDArray[np.object_]
) -> pd.DataFrame:
    """Return the guardian table; `owners` are keys of :func:`number_persons` who own a home."""
    row = np.flatnonzero(families.children)
    above, two = families.above[row], families.two_parents[row]
    known = families.grandparents[row]
    keys = [
        number_persons(row[chosen], np.full(int(chosen.sum()), role))
        for role, chosen in (
            (HEAD, np.ones(len(row), dtype=bool)),
            (PARENT, above | two),
            (OTHER_PARENT, above & two),
            (GRANDFATHER, ~above & (known >= 1)),
            (GRANDMOTHER, np.where(above, known >= 1, known >= 2)),
        )
    ]
    role = owners % ROLES
    related = (role != CHILD) & (role != OUTSIDER) & families.children[owners // ROLES]
    person = np.unique(np.concatenate([*keys, owners[related]]))
    household, role = np.divmod(person, ROLES)
    older = np.isin(role, [GRANDFATHER, GRANDMOTHER])
    older |= (role == HEAD) & families.above[household]
    return pd.DataFrame(
        {
            "household_code": household_code[household],
            "relation": pd.Categorical(np.where(older, "grandparent", "parent")),
            "identity_hash": write_identities(person, families, np.zeros(len(person), dtype=int)),
        }
    )


def number_persons(household: Ints, role: Ints) -> Ints:
    """Return one number for each role of each household."""
    return np.asarray(household * ROLES + role)


def write_identities(
    person: Ints, families: Families, outsider: Ints
) -> NDArray[np.object_]:  # fmt: skip
    """Return the keyed hash of persons; `outsider` numbers those who belong to no family."""
    household, role = np.divmod(person, ROLES)
    hashes = np.empty(len(person), dtype=object)
    for chosen, number, salt in (
        (role == HEAD, household + 1, HEADS_SALT),
        (role == CHILD, families.eldest[household], CHILDREN_SALT),
        (role == OUTSIDER, outsider, OTHERS_SALT),
        ((role > HEAD) & (role < CHILD), person, FAMILY_SALT),
    ):
        hashes[chosen] = write_hash(number[chosen], salt=salt)
    return hashes
