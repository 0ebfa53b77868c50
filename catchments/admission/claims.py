"""Claims: in whose zone a child counts, on which dwelling, and the facts that follow.

A family may own several dwellings in its zone. Each is a claim of its own; the one that serves
the child best is chosen once batches and scores are known.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from catchments.admission.facts import RELATIONS
from catchments.admission.registers import Registers
from catchments.admission.rules import Lock, StageRules

_MILLION = 1_000_000
_OWNED = {
    "owner_relation": object,
    "owned_share_pct": np.float64,
    "owned_area_m2": np.float64,
    "owned_use": object,
    "owned_tenure": object,
}


def build_claims(registers: Registers, rules: StageRules, year: int) -> pd.DataFrame:
    """Build one row for each child and owned dwelling of its zone; one without, where none is.

    Returns
    -------
    DataFrame
        The columns of the entrants that results keep; zone_school_id and zone_basis, missing
        outside every catchment; every fact of the catalogue; owned_unit_id, building_id,
        locked_until and sibling_school_id. Rows of one child stand together, in the order of
        the entrants.
    """
    day = pd.Timestamp(rules.opens_on)
    children = see_from(registers.entrants, day)
    dwellings = join_owners(
        registers.owned, owners=rules.owners, least_share_pct=rules.least_share_pct, day=day
    )
    dwellings["zone_school_id"] = find_zones(registers.zones, dwellings["place_id"])
    zoned = _assign_zones(children, dwellings, registers.zones, rules)
    claims = _pair_dwellings(zoned, dwellings)
    claims = _add_siblings(claims, registers, year)
    return _add_locks(claims, registers, rules.lock, year)


def see_from(entrants: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """See the registers from a day: what came later has not happened."""
    children = entrants.reset_index(drop=True)
    since = _find_registration(children)
    late = (since > day).to_numpy()
    children["registered_since"] = since.mask(late)
    for name in ("registered_unit_id", "registered_place_id", "registered_building_id"):
        children[name] = children[name].mask(late)
    children["permit_since"] = children["permit_since"].mask(children["permit_since"] > day)
    home = children["residence_building_id"]
    children["building_id"] = home.fillna(children["registered_building_id"])
    return children


def _find_registration(children: pd.DataFrame) -> pd.Series:
    """Return the day from which each child is registered at the address of its household.

    The later of the days on which the child joined the household and the household came to the
    address; the known one where the other is not.
    """
    child, home = children["child_registered_since"], children["household_registered_since"]
    return pd.Series(np.fmax(child.to_numpy(), home.to_numpy()), index=children.index)


def join_owners(
    owned: pd.DataFrame, *, owners: Sequence[str], least_share_pct: float, day: pd.Timestamp
) -> pd.DataFrame:
    """Join the qualifying owners of each dwelling of a household, as of a day.

    Parameters
    ----------
    owned
        As in :class:`~catchments.admission.registers.Registers`.
    owners
        Relations whose shares count.
    least_share_pct
        Share that they must hold together.

    Returns
    -------
    DataFrame
        household_id, property_unit_id, place_id, owned_building_id, owner_relation (the nearest),
        owned_share_pct (their sum), property_since, certificate_on, slip_on (the earliest),
        owned_area_m2, owned_use, owned_tenure; sorted by household and dwelling.
    """
    since = owned["slip_on"].fillna(owned["certificate_on"])
    counts = owned["relation"].isin(owners) & ~(since > day)
    rank = pd.Series(range(len(RELATIONS)), index=list(RELATIONS))
    certificate = owned["certificate_on"]  # may follow after a slip, and lie ahead
    shares = owned[counts].assign(
        property_since=since[counts],
        certificate_on=certificate.mask(certificate > day)[counts],
        # Whole millionths add up to the same in any order.
        share=np.rint(owned.loc[counts, "share_pct"] * _MILLION).astype(np.int64),
        rank=owned.loc[counts, "relation"].astype(object).map(rank).astype(np.int64),
    )
    joined = (
        shares.groupby(["household_id", "property_unit_id"], sort=True, observed=True)
        .agg(
            place_id=("place_id", "first"),
            owned_building_id=("building_id", "first"),
            rank=("rank", "min"),
            share=("share", "sum"),
            property_since=("property_since", "min"),
            certificate_on=("certificate_on", "min"),
            slip_on=("slip_on", "min"),
            owned_area_m2=("area_m2", "first"),
            owned_use=("dwelling_use", "first"),
            owned_tenure=("tenure", "first"),
        )
        .reset_index()
    )
    joined["owner_relation"] = np.array([*RELATIONS], dtype=object)[joined.pop("rank")]
    share = joined.pop("share")
    joined["owned_share_pct"] = share / _MILLION
    return joined[share >= round(least_share_pct * _MILLION)]


def find_zones(zones: pd.Series, places: pd.Series) -> pd.Series:
    """Return the school of each planning unit, missing outside every catchment."""
    at = zones.index.get_indexer(pd.Index(places.to_numpy(np.int64, na_value=-1)))
    found = zones.to_numpy(np.int64)[np.maximum(at, 0)] if len(zones) else np.zeros(len(at), int)
    return pd.Series(found, index=places.index, dtype="Int64").mask(at < 0)


def _assign_zones(
    children: pd.DataFrame, dwellings: pd.DataFrame, zones: pd.Series, rules: StageRules
) -> pd.DataFrame:
    """Put each child into the zone of the first anchor that lies in one."""
    zone = pd.Series(pd.NA, index=children.index, dtype="Int64")
    basis = pd.Series(None, index=children.index, dtype=object)
    for anchor in rules.zone:
        if anchor == "owned":
            found = _find_owned_zone(children, dwellings)
        else:
            found = find_zones(zones, children[f"{anchor}_place_id"])
        fresh = zone.isna() & found.notna()
        zone, basis = zone.mask(fresh, found), basis.mask(fresh, anchor)
    for place in ("registered", "residence"):
        inside = find_zones(zones, children[f"{place}_place_id"])
        children[f"_{place}"] = (inside == zone).fillna(False).astype(bool)
    return children.assign(zone_school_id=zone, zone_basis=basis)


def _find_owned_zone(children: pd.DataFrame, dwellings: pd.DataFrame) -> pd.Series:
    """Return the zone of the family's own dwelling: the largest share, then the longest owned."""
    inside = dwellings[dwellings["zone_school_id"].notna()].sort_values(
        ["household_id", "owned_share_pct", "property_since", "property_unit_id"],
        ascending=[True, False, True, True],
    )
    first = inside.drop_duplicates("household_id").set_index("household_id")["zone_school_id"]
    found = first.reindex(children["household_id"].to_numpy())
    return pd.Series(found.to_numpy(), index=children.index, dtype="Int64")


def _pair_dwellings(children: pd.DataFrame, dwellings: pd.DataFrame) -> pd.DataFrame:
    """Pair each child with the dwellings that its family owns in its zone."""
    wanted = pd.Index(children["household_id"])
    theirs = dwellings[dwellings["household_id"].isin(wanted)]
    inside = theirs.drop(columns="place_id").rename(columns={"property_unit_id": "owned_unit_id"})
    claims = children.merge(
        inside[inside["zone_school_id"].notna()],
        on=["household_id", "zone_school_id"],
        how="left",
    )
    claims["building_id"] = claims["building_id"].fillna(claims.pop("owned_building_id"))
    for name, kind in _OWNED.items():
        claims[name] = claims[name].astype(kind)
    held = theirs.groupby("household_id").size().reindex(claims["household_id"].to_numpy())
    owns = claims["owned_unit_id"].notna()
    in_zone = owns.groupby(claims["child_id"]).transform("sum")
    claims["owned_unit_id"] = claims["owned_unit_id"].astype("Int64")
    claims["local"] = claims["local"].astype(bool)
    claims["registered_inside"] = claims.pop("_registered")
    claims["lives_inside"] = claims.pop("_residence")
    claims["owns_inside"] = owns
    same = claims["registered_unit_id"] == claims["owned_unit_id"]
    claims["registered_at_owned"] = same.fillna(False).astype(bool)
    claims["owns_elsewhere"] = held.fillna(0).to_numpy() > in_zone.to_numpy()
    return claims


def _add_siblings(claims: pd.DataFrame, registers: Registers, year: int) -> pd.DataFrame:
    """Add whether an elder child of the household attends the zone's school, and which others."""
    uses = registers.uses
    now = uses[(uses["entered_year"] < year) & (uses["entered_year"] > year - registers.grades)]
    pairs = claims[["child_id", "household_id"]].drop_duplicates()
    met = pairs.merge(
        now[["household_id", "child_id", "school_id", "entered_year"]],
        on="household_id",
        suffixes=("", "_elder"),
    )
    met = met[met["child_id"] != met["child_id_elder"]]
    at = pd.MultiIndex.from_frame(met[["child_id", "school_id"]])
    own = pd.MultiIndex.from_arrays(
        [claims["child_id"], claims["zone_school_id"].astype("Int64").fillna(-1).astype(np.int64)]
    )
    # The youngest of the elder ones: it will be there longest.
    youngest = met.sort_values(["child_id", "entered_year", "school_id"]).drop_duplicates(
        "child_id", keep="last"
    )
    elder = youngest.set_index("child_id")["school_id"].reindex(claims["child_id"].to_numpy())
    return claims.assign(
        sibling_enrolled=own.isin(at),
        sibling_school_id=pd.Series(elder.to_numpy(), index=claims.index, dtype="Int64"),
    )


def _add_locks(
    claims: pd.DataFrame, registers: Registers, lock: Lock | None, year: int
) -> pd.DataFrame:
    """Add whether another family's seat locks the dwelling of the claim, and until when."""
    claims = claims.assign(
        dwelling_locked=False, locked_until=pd.array([pd.NA] * len(claims), "Int64")
    )
    if lock is None or claims.empty:
        return claims
    codes = registers.schools["code"].reindex(claims["zone_school_id"].astype("Int64"))
    years = codes.map(lock.schools).astype(np.float64).fillna(lock.years).to_numpy()
    rows = claims[["child_id", "household_id", "owned_unit_id"]].assign(
        row=np.arange(len(claims)), years=years
    )
    uses = registers.uses.rename(columns={"property_unit_id": "owned_unit_id"})
    met = rows[rows["owned_unit_id"].notna()].merge(
        uses[uses["owned_unit_id"].notna()].astype({"owned_unit_id": "Int64"}),
        on="owned_unit_id",
        suffixes=("", "_used"),
    )
    other = met["child_id"] != met["child_id_used"]
    if lock.siblings_exempt:
        other &= met["household_id"] != met["household_id_used"]
    until = met["entered_year"] + met["years"]
    last = until[other & (met["entered_year"] < year) & (until > year)]
    locked = last.groupby(met.loc[last.index, "row"]).max().astype(np.int64)
    until_of_row = locked.reindex(np.arange(len(claims)))
    claims["locked_until"] = until_of_row.astype("Int64").array
    claims["dwelling_locked"] = claims["locked_until"].notna().to_numpy()
    return claims
