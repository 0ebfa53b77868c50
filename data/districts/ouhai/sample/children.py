"""Children aged 0 to 17: cohorts that fall as the city's births fell, families, registers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.districts.ouhai.sample.codes import join_text, write_digits, write_hash, write_letters
from data.districts.ouhai.sample.homes import Homes
from data.districts.ouhai.sample.landuse import LandUse
from data.districts.ouhai.sample.people import DATA_DATE, NOBODY, Households

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]

FIRST_MONTH = np.datetime64("2008-04", "M")
MONTHS = 216  # April 2008 to March 2026: everyone under 18 on the data date
CHILDREN_SALT = 37
# ASSUMPTION: migrant children were born in these counties.
COUNTIES = (330381, 350922, 360429, 341226, 420281, 431023, 510722, 522228, 532128)

# SOURCE: published births of the city in thousands: 114 (2015), 65 (2021), 52.5 (2023).
# ASSUMPTION: a straight line between them, a slow rise before, a slow fall after.
BIRTHS = {2008: 97.0, 2012: 105.0, 2015: 114.0, 2021: 65.0, 2023: 52.5, 2026: 48.0}


@dataclass(frozen=True)
class FamilyRates:
    """Families. ASSUMPTION throughout: plausible, not surveyed."""

    children: int = 160_000
    registered: float = 0.525
    two_children: float = 0.37
    three_children: float = 0.05
    twins: float = 0.035  # of families with several children
    gap_years: tuple[float, float, float] = (1.05, 3.0, 0.95)  # least, shape and scale of the rest
    differs: float = 0.008  # child registered otherwise than its household
    late: float = 0.04  # registered long after birth
    date_unknown: float = 0.003
    youth_of_growth: float = 0.8  # how much younger the families of growth areas are


@dataclass(frozen=True)
class Children:
    """One row a child; `household` is a row of the households."""

    household: Ints
    born_on: Days
    registered: NDArray[np.bool_]
    serial: Ints  # of the listing
    person: Ints  # whom it lists; equal to the serial but for second listings

    @property
    def listed_again(self) -> NDArray[np.bool_]:
        """Second listings of a child that stands in the register already."""
        return np.asarray(self.person != self.serial)


def draw_children(
    homes: Homes, people: Households, uses: LandUse, *, scale: float, rng: np.random.Generator
) -> Children:
    """Draw births month by month, group them into families, and give families a household."""
    rates = FamilyRates()
    family, month = _draw_families(round(rates.children * scale), rates, rng)
    families = int(family.max()) + 1
    eldest = np.full(families, MONTHS)
    np.minimum.at(eldest, family, month)
    household = _house_families(eldest, homes, people, uses, rates, rng)[family]
    order = np.lexsort((month, household))
    family, month, household = family[order], month[order], household[order]
    start = (FIRST_MONTH + month).astype("datetime64[D]")
    length = ((FIRST_MONTH + month + 1).astype("datetime64[D]") - start).astype(int)
    born = start + (rng.random(len(month)) * length).astype(int)
    # Twins share a month, so they share the day.
    twin = np.flatnonzero((family[1:] == family[:-1]) & (month[1:] == month[:-1])) + 1
    born[twin] = born[twin - 1]
    registered = people.registered[household] ^ (rng.random(len(month)) < rates.differs)
    serial = rng.permutation(len(month))
    return Children(household, born, registered, serial, serial)


def build_child(
    children: Children, people: Households, household: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the child table."""
    rates = FamilyRates()
    count = len(children.serial)
    listed = _find_first_listing(children)
    female = (rng.random(count) < 0.468)[listed]
    sequence = (rng.integers(0, 500, count)[listed]) * 2 + ~female  # odd numbers are boys
    county = np.where(children.registered, 330304, rng.choice(COUNTIES, count))[listed]
    family_since = household["registered_since"].to_numpy().astype("datetime64[D]")
    arrived = family_since[children.household]
    since = children.born_on + rng.integers(0, 75, count)
    late = rng.random(count) < rates.late
    since = np.where(late, children.born_on + rng.integers(200, 3000, count), since)
    since = np.where(arrived > since, arrived, since)
    since = np.maximum(np.minimum(since, DATA_DATE), children.born_on)
    since[~children.registered | (rng.random(count) < rates.date_unknown)] = np.datetime64("NaT")
    relation = np.where(people.three_generations[children.household], "grandchild", "child")
    relation = np.where(rng.random(count) < 0.006, "other", relation)
    hashes = write_hash(children.person, salt=CHILDREN_SALT)
    return pd.DataFrame(
        {
            "household_code": household["code"].to_numpy()[children.household],
            "code": join_text(write_letters(["C"] * count),
                              write_digits(children.serial + 10_000_001, 8)),
            "born_on": children.born_on.astype("datetime64[s]"),
            "sex": pd.Categorical(np.where(female, "female", "male")),
            "identity_hash": hashes,
            "identity_last4": write_last_four(county, children.born_on, sequence),
            "registered": children.registered,
            "registered_since": since.astype("datetime64[s]"),
            "relation_to_head": pd.Categorical(relation),
        }
    )  # fmt: skip


def find_entry_year(born_on: Days, entry_age: int) -> Ints:
    """Return the year in which children enter a stage.

    The school year of birth runs from September, so a child born in September enters with
    those of the next calendar year.

    Examples
    --------
    >>> find_entry_year(np.array(["2019-08-31", "2019-09-01"], dtype="datetime64[D]"), 6).tolist()
    [2025, 2026]
    """
    month = born_on.astype("datetime64[M]").astype(int) + 4
    return np.asarray(month // 12 + 1970 + entry_age)


def write_last_four(county: Ints, born_on: Days, sequence: Ints) -> NDArray[np.object_]:
    """Return the last four characters of identity numbers: sequence and check digit.

    SOURCE: GB 11643-1999: weights 2^i mod 11 over 17 digits, check digit by the rest mod 11.

    Examples
    --------
    >>> day = np.array(["1949-12-31"], dtype="datetime64[D]")
    >>> write_last_four(np.array([110105]), day, np.array([2])).tolist()
    ['002X']
    """
    month = born_on.astype("datetime64[M]")
    day = (born_on - month.astype("datetime64[D]")).astype(int) + 1
    year, month_of_year = np.divmod(month.astype(int), 12)
    date = (year + 1970) * 10_000 + (month_of_year + 1) * 100 + day
    digits = np.hstack([write_digits(county, 6), write_digits(date, 8), write_digits(sequence, 3)])
    weights = 2 ** np.arange(17, 0, -1) % 11
    rest = (digits.astype(int) - ord("0")) @ weights % 11
    check = np.array(list("10X98765432"), dtype="S1")[rest]
    return join_text(write_digits(sequence, 3), write_letters(check))


def _find_first_listing(children: Children) -> Ints:
    """Return the row under which each child was listed first: registered before migrant."""
    _, person = np.unique(children.person, return_inverse=True)
    order = np.lexsort((~children.registered, person))
    first = order[np.searchsorted(person[order], np.arange(person.max() + 1))]
    return np.asarray(first[person])


def _draw_families(count: int, rates: FamilyRates, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Return family and month of birth of every child; months add up to the cohorts exactly."""
    centre = 2008 + (3.5 + np.arange(MONTHS)) / 12
    years = np.array(list(BIRTHS)) + 0.5
    weight = np.interp(centre, years, list(BIRTHS.values()))
    edge = np.round(np.cumsum(weight) / weight.sum() * count).astype(int)
    wanted = np.diff(edge, prepend=0)
    families = int(count / (1 + rates.two_children + 2 * rates.three_children))
    several = int(families * (rates.two_children + rates.three_children))
    three = int(families * rates.three_children)
    youngest = rng.choice(MONTHS, several, p=wanted / count)
    least, shape, spread = rates.gap_years
    gaps = ((least + rng.gamma(shape, spread, (2, several))) * 12).astype(int)
    gaps[0, rng.random(several) < rates.twins] = 0
    second = youngest - gaps[0]
    third = (second - gaps[1])[:three]
    number = np.arange(several)
    family = np.concatenate([number, number[second >= 0], number[:three][third >= 0]])
    month = np.concatenate([youngest, second[second >= 0], third[third >= 0]])
    # Single children fill what families with several leave open of each cohort.
    open_ = np.maximum(wanted - np.bincount(month, minlength=MONTHS), 0)
    single = np.repeat(np.arange(MONTHS), open_)
    surplus = len(single) + len(month) - count
    if surplus > 0:
        single = np.sort(rng.permutation(single)[: len(single) - surplus])
    family = np.concatenate([family, several + np.arange(len(single))])
    return family, np.concatenate([month, single])


def _house_families(
    eldest: Ints, homes: Homes, people: Households, uses: LandUse, rates: FamilyRates,
    rng: np.random.Generator,
) -> Ints:  # fmt: skip
    """Return the household of each family: young families live where estates are new."""
    where = np.where(people.residence != NOBODY, people.residence, people.registered_home)
    growth = uses.growth[homes.unit[np.maximum(where, 0)]]
    chosen: list[Ints] = []
    for local, share in ((True, rates.registered), (False, 1 - rates.registered)):
        group = np.flatnonzero(people.registered == local)
        wanted = round(len(eldest) * share) if local else len(eldest) - len(chosen[0])
        pull = 0.7 + 0.7 * growth[group] if local else np.full(len(group), 1.0)
        key = rng.exponential(1, len(group)) / pull
        chosen.append(group[np.argsort(key, kind="stable")[:wanted]])
    household = np.concatenate(chosen)
    youth = rates.youth_of_growth * growth[household] + rng.normal(0, 0.6, len(household))
    ranked = household[np.argsort(youth, kind="stable")]
    housed = np.empty(len(eldest), dtype=np.intp)
    housed[np.argsort(eldest + rng.random(len(eldest)), kind="stable")] = ranked
    return housed
