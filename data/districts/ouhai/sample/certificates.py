"""Property certificates: who owns which share of which dwelling since when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.districts.ouhai.sample.codes import write_hash
from data.districts.ouhai.sample.homes import Homes
from data.districts.ouhai.sample.people import DATA_DATE, HEADS_SALT, NOBODY, Households

Days = NDArray[np.datetime64]
OTHERS_SALT = 23


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


def build_property_certificate(
    homes: Homes, people: Households, certificate_on: Days, slip_on: Days,
    rng: np.random.Generator,
) -> pd.DataFrame:  # fmt: skip
    """Return the certificate table: one row an owner and dwelling; shares sum to 100."""
    rates = CertificateRates()
    certified = homes.tenure != "public_rent"
    bare = (homes.tenure == "self_built") & (rng.random(len(homes.building)) < rates.houses_without)
    home = np.flatnonzero(certified & ~bare)
    dice = rng.random(len(home))
    owners = np.where(dice < rates.couples, 2, 1)
    owners[(dice > 1 - rates.with_grandparents)] = 3
    row = np.repeat(np.arange(len(home)), owners)
    place = np.arange(len(row)) - np.repeat(np.cumsum(owners) - owners, owners)
    share = np.select([owners[row] == 1, owners[row] == 2, place == 0], [100.0, 50.0, 50.0], 25.0)
    holder = people.owner_of[home][row]
    head = (place == 0) & (holder != NOBODY)
    person = np.where(head, holder + 1, home[row] * 4 + place)
    hashes = np.where(
        head, write_hash(person, salt=HEADS_SALT), write_hash(person, salt=OTHERS_SALT)
    )
    return pd.DataFrame(
        {
            "property_unit_code": homes.code[home][row],
            "owner_hash": hashes,
            "share_pct": share,
            "certificate_on": certificate_on[home][row].astype("datetime64[s]"),
            "resettlement_slip_on": slip_on[home][row].astype("datetime64[s]"),
        }
    )
