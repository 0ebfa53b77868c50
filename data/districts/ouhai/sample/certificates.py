"""Property certificates: who owns which share of which dwelling since when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.districts.ouhai.sample.families import (
    HEAD,
    OUTSIDER,
    Families,
    draw_roles,
    number_persons,
    write_identities,
)
from data.districts.ouhai.sample.homes import Homes
from data.districts.ouhai.sample.people import DATA_DATE, NOBODY, Households

Ints = NDArray[np.intp]
Days = NDArray[np.datetime64]


@dataclass(frozen=True)
class CertificateRates:
    """How homes are certified. ASSUMPTION throughout."""

    couples: float = 0.38
    with_grandparents: float = 0.09
    resettled_without: float = 0.34  # slip only, certificate still to come
    houses_without: float = 0.05  # self-built, never certified
    date_missing: float = 0.025
    resold: float = 0.45  # certificate much younger than the building


def draw_certificate_dates(homes: Homes, rng: np.random.Generator) -> tuple[Days, Days]:
    """Return the day of the certificate and of the resettlement slip, by home; NaT for none."""
    rates = CertificateRates()
    count = len(homes.building)
    built = (homes.built_year - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    finished = built + rng.integers(150, 365, count)
    left = np.maximum((DATA_DATE - finished).astype(int) - 1, 1)
    later = np.where(
        rng.random(count) < rates.resold,
        rng.random(count) * left,
        np.minimum(rng.gamma(1.6, 210, count), left),
    )
    certificate = np.minimum(finished + later.astype(int), DATA_DATE)
    slip = np.full(count, np.datetime64("NaT"), dtype="datetime64[D]")
    resettled = homes.tenure == "resettlement"
    slip[resettled] = (finished - rng.integers(380, 1100, count))[resettled]
    without = resettled & (rng.random(count) < rates.resettled_without)
    without |= rng.random(count) < rates.date_missing
    certificate[without] = np.datetime64("NaT")
    return certificate, slip


@dataclass(frozen=True)
class Shares:
    """One row an owner and dwelling."""

    home: Ints
    person: Ints  # number of household and role
    outsider: Ints  # number of an owner outside all families
    share_pct: NDArray[np.float64]


def draw_shares(
    homes: Homes, people: Households, families: Families, rng: np.random.Generator
) -> Shares:
    """Draw the owners of every certified home; shares of a home sum to 100."""
    rates = CertificateRates()
    certified = homes.tenure != "public_rent"
    bare = (homes.tenure == "self_built") & (rng.random(len(homes.building)) < rates.houses_without)
    home = np.flatnonzero(certified & ~bare)
    dice = rng.random(len(home))
    owners = np.where(dice < rates.couples, 2, 1)
    owners[(dice > 1 - rates.with_grandparents)] = 3
    halved = people.co_owner_of[home] != NOBODY
    owners[halved] = 2
    roles = np.full((len(home), 3), OUTSIDER)
    holder = people.owner_of[home]
    roles[holder != NOBODY, 0] = HEAD
    family = (holder != NOBODY) & families.children[np.maximum(holder, 0)] & ~halved
    roles[family] = draw_roles(holder[family], owners[family], families, rng)
    household = np.tile(np.maximum(holder, 0)[:, None], 3)
    household[halved, 1] = people.co_owner_of[home][halved]
    roles[halved, :2] = HEAD
    row = np.repeat(np.arange(len(home)), owners)
    place = np.arange(len(row)) - np.repeat(np.cumsum(owners) - owners, owners)
    share = np.select([owners[row] == 1, owners[row] == 2, place == 0], [100.0, 50.0, 50.0], 25.0)
    person = number_persons(household[row, place], roles[row, place])
    return Shares(home[row], person, home[row] * 4 + place, share)


def build_property_certificate(
    shares: Shares, homes: Homes, families: Families, certificate_on: Days, slip_on: Days
) -> pd.DataFrame:
    """Return the certificate table: one row an owner and dwelling."""
    return pd.DataFrame(
        {
            "property_unit_code": homes.code[shares.home],
            "owner_hash": write_identities(shares.person, families, shares.outsider),
            "share_pct": shares.share_pct,
            "certificate_on": certificate_on[shares.home].astype("datetime64[s]"),
            "resettlement_slip_on": slip_on[shares.home].astype("datetime64[s]"),
        }
    )
