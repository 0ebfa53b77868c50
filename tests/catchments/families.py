"""Families drawn by hand: who is registered, lives and owns where.

Planning units 1 and 2 form the catchment of school 101, unit 3 that of 102; 8 and 9 belong to
none. Dwelling 31 is the first in unit 3, a dwelling below 10 has no building.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pandas as pd

from catchments.reconciliation import RegisterRows, reconcile_registers
from catchments.register_faults import FAULTS

DAY = dt.date(2026, 3, 31)
ZONES = pd.Series({1: 101, 2: 101, 3: 102})
OLD = "2015-06-01"


@dataclass(frozen=True)
class Share:
    """One owner's share in a dwelling; the owner is named, nobody in particular is a stranger."""

    dwelling: int
    owner: str | None = "mother"
    pct: float = 100.0
    certificate: str | None = OLD
    slip: str | None = None
    use: str = "residential"


@dataclass(frozen=True)
class Family:
    """A household with one child; guardians are its mother and its grandmother."""

    registered: int | None = 11
    lives: int | None = 11
    local: bool = True
    owns: tuple[Share, ...] = ()
    guardians: tuple[str, ...] = ("mother", "grandmother")
    born: str = "2020-01-15"
    since: str | None = "2020-02-01"
    household_since: str | None = "2018-01-01"
    permit: str | None = None
    use: str = "residential"
    listings: int = 1


_RELATIONS = {"child": "child", "mother": "parent", "grandmother": "grandparent"}


def build_rows(*families: Family) -> RegisterRows:
    """Return the rows of the registers of some families, the first child bearing number 1."""
    children = pd.DataFrame([_build_child(at, one) for at, one in enumerate(families, start=1)])
    shares, owned, members = [], [], []
    for at, family in enumerate(families, start=1):
        known = {name: f"{name} {at}" for name in ("child", *family.guardians)}
        members += [{"household_id": 100 + at, "identity_hash": who} for who in known.values()]
        for share in family.owns:
            owner = known.get(share.owner or "", share.owner)
            row = _build_share(share, owner)
            shares.append(row)
            if share.owner in known:
                relation = _RELATIONS[share.owner]
                owned.append({**row, "household_id": 100 + at, "relation": relation})
    return RegisterRows(
        _type(children),
        _type(pd.DataFrame(owned, columns=[*_SHARE, "household_id", "relation"])),
        _type(pd.DataFrame(shares, columns=_SHARE))[
            ["property_unit_id", "owner_hash", "share_pct"]
        ],
        pd.DataFrame(members),
    )


def reconcile(*families: Family) -> pd.DataFrame:
    """Set the registers of some families side by side."""
    return reconcile_registers(build_rows(*families), ZONES, day=DAY)


def find_state(family: Family) -> str:
    """Return the state of the only child."""
    return str(reconcile(family)["state"].item())


def list_faults(family: Family, *others: Family) -> list[str]:
    """Return the faults in the rows of the first child."""
    first = reconcile(family, *others).iloc[0]
    return [fault for fault in FAULTS if first[fault]]


def find_place(dwelling: int | None) -> int | None:
    return None if dwelling is None or dwelling < 10 else dwelling // 10


def _build_child(at: int, family: Family) -> dict[str, Any]:
    registered = family.registered if family.local else None
    return {
        "child_id": at,
        "child_code": f"c{at}",
        "identity_last4": "002X",
        "household_id": 100 + at,
        "household_code": f"h{at}",
        "born_on": family.born,
        "local": family.local,
        "child_registered_since": family.since if family.local else None,
        "household_registered_since": family.household_since if family.local else None,
        "permit_since": family.permit,
        "registered_unit_id": registered,
        "registered_place_id": find_place(registered),
        "registered_building_id": find_place(registered),
        "residence_unit_id": family.lives,
        "residence_place_id": find_place(family.lives),
        "residence_building_id": find_place(family.lives),
        "registered_use": family.use if registered is not None else None,
        "has_guardian": bool(family.guardians),
        "listings": family.listings,
    }


_SHARE = [
    *("property_unit_id", "place_id", "building_id", "owner_hash", "share_pct"),
    *("certificate_on", "slip_on", "area_m2", "dwelling_use", "tenure"),
]


def _build_share(share: Share, owner: str | None) -> dict[str, Any]:
    place = find_place(share.dwelling)
    values = [share.dwelling, place, place, owner, share.pct, share.certificate, share.slip]
    return dict(zip(_SHARE, [*values, 89.5, share.use, "commodity"], strict=True))


def _type(frame: pd.DataFrame) -> pd.DataFrame:
    kinds: dict[str, str] = {}
    for name in frame.columns:
        if name.endswith("_id"):
            kinds[name] = "Int64"
        elif name.endswith(("_on", "_since")):
            kinds[name] = "datetime64[s]"
        elif name.endswith(("_pct", "_m2")):
            kinds[name] = "float64"
    return frame.astype(kinds)
