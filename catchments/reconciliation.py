"""Register reconciliation: children, households, dwellings and certificates set side by side.

Every child listed ends in exactly one state: the registers agree (人户一致), they do not, by
cause (人户不一致), or the child is not registered here. Faults of its rows are told besides, in
any number; see :mod:`catchments.register_faults`.

Registered here, the first that holds:

1. `unmatched`: no guardian is known and the child owns nothing; nothing can be compared.
2. `agree`: parents or child, with or without grandparents, own a home in the catchment of
   registration of which nobody else holds a share. The very dwelling of registration needs no
   catchment.
3. `shared_certificate`: the family owns one there, and somebody outside it holds a share.
4. `grandparents_home`: grandparents alone own one there.
5. `unknown_address`: the registers name no address of registration, or none that lies in a
   planning unit.
6. `registered_elsewhere`: parents or child own a home in another catchment and live there.
7. `owned_elsewhere`: they own one in another catchment and live somewhere else.
8. `unknown_address`: the only home they own lies in no known planning unit.
9. `grandparents_home`: the family lives in a home that grandparents own elsewhere.
10. `rented`: it lives in a dwelling that nobody of the family owns.
11. `unknown_address`: where it lives is not known, either.

Not registered here: `migrant_owner` where parents or child own a home, in full or in part,
else `migrant`.

A shop, a storage room and a garage are homes of nobody but the family that is registered or
lives in it. A share without a stated owner is somebody else's. What the registers date after the
data date has not happened, and is a fault. Outside every catchment, a planning unit counts as one.

SOURCE: 人户一致 is registration and property inside one catchment, as in the admission notices of
Ouhai (docs/standards.md). ASSUMPTION: which causes are told apart, and which of several is told.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from catchments.admission.claims import find_zones, join_owners, see_from
from catchments.admission.facts import RELATIONS
from catchments.disclosure import suppress_cells
from catchments.register_faults import FAULTS, NO_HOMES, find_faults

AGREE = "agree"
SHARED, GRANDPARENTS = "shared_certificate", "grandparents_home"
REGISTERED_ELSEWHERE, OWNED_ELSEWHERE = "registered_elsewhere", "owned_elsewhere"
RENTED, UNKNOWN_ADDRESS, UNMATCHED = "rented", "unknown_address", "unmatched"
MIGRANT_OWNER, MIGRANT = "migrant_owner", "migrant"

CAUSES = (
    OWNED_ELSEWHERE,
    REGISTERED_ELSEWHERE,
    RENTED,
    GRANDPARENTS,
    SHARED,
    UNKNOWN_ADDRESS,
    UNMATCHED,
)
# In the order in which they are shown; the children of each group are known in sum.
GROUPS = {"local": (AGREE, *CAUSES), "migrant": (MIGRANT_OWNER, MIGRANT)}
STATES = tuple(state for states in GROUPS.values() for state in states)

Flags = NDArray[np.bool_]
Ranks = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class RegisterRows:
    """The rows that are set side by side; ids are those of the database.

    Parameters
    ----------
    children
        The entrants of :class:`~catchments.admission.registers.Registers`, one row a listing,
        with identity_last4; listings, how often the district's register lists the identity;
        has_guardian, whether a guardian of the household is known; registered_use, use of the
        dwelling of registration.
    owned
        As in :class:`~catchments.admission.registers.Registers`.
    shares
        Every share in the dwellings of `owned`: property_unit_id, owner_hash, share_pct.
    members
        Who of these owners is known in which household, as head, guardian or child:
        household_id, identity_hash.
    """

    children: pd.DataFrame
    owned: pd.DataFrame
    shares: pd.DataFrame
    members: pd.DataFrame


def reconcile_registers(rows: RegisterRows, zones: pd.Series, *, day: dt.date) -> pd.DataFrame:
    """Return the state of every child listed, and which faults its rows have.

    Parameters
    ----------
    zones
        school_id by planning unit: the catchments of a plan and stage.
    day
        Data date of the registers.

    Returns
    -------
    DataFrame
        Sorted by child_id: child_id, child_code, household_code, identity_last4, local, state,
        and one flag a fault of :data:`~catchments.register_faults.FAULTS`. The order of rows in
        the registers never matters.

    Examples
    --------
    See ``tests/catchments/test_reconciliation.py``: one family a rule.
    """
    at = pd.Timestamp(day)
    ordered = rows.children.sort_values("child_id", ignore_index=True)
    children = see_from(ordered, at)
    homes = join_owners(rows.owned, owners=RELATIONS, least_share_pct=0, day=at)
    strangers = find_strangers(homes, rows.shares, rows.members)
    homes = homes.assign(shared=strangers["stranger"].to_numpy())
    kept = ["child_id", "child_code", "household_code", "identity_last4", "local"]
    owned = rows.owned.assign(rival=_match_rivals(rows.owned, homes[strangers["rival"].to_numpy()]))
    return ordered[kept].assign(
        state=_choose_states(children, *_rank_homes(children, homes, zones)),
        **find_faults(ordered, owned, rows.shares, at),
    )


def count_states(reconciled: pd.DataFrame) -> pd.DataFrame:
    """Count the children of each state and of each fault, those of nobody included.

    Returns
    -------
    DataFrame
        sort (``state`` or ``fault``), code, children. The states add up to all children;
        faults do not, since one child may have several.
    """
    states = reconciled["state"].value_counts().reindex(list(STATES)).fillna(0).astype(np.int64)
    faults = reconciled[list(FAULTS)].sum().astype(np.int64)
    return pd.DataFrame(
        {
            "sort": ["state"] * len(STATES) + ["fault"] * len(FAULTS),
            "code": [*STATES, *FAULTS],
            "children": [*states, *faults],
        }
    )


def sort_states(counts: pd.DataFrame) -> pd.DataFrame:
    """Sort counts in the order in which states and faults are told."""
    order = {code: at for at, code in enumerate((*STATES, *FAULTS))}
    return counts.sort_values("code", key=lambda codes: codes.map(order), ignore_index=True)


def hide_states(counts: pd.DataFrame, *, minimum: int) -> pd.Series:
    """Hide the small cells of a count, so that no sum gives one away.

    The children registered here and the others are known in sum; faults are not summed.

    Parameters
    ----------
    counts
        sort, code, children; as :func:`count_states` returns them, in any order.

    Returns
    -------
    Series
        Int64, missing where hidden.

    Examples
    --------
    >>> counts = pd.DataFrame({"sort": "state", "code": ["agree", "rented", "migrant"],
    ...     "children": [90, 3, 12]})
    >>> hide_states(counts, minimum=5).tolist()
    [<NA>, <NA>, 12]
    """
    sums = {state: group for group, states in GROUPS.items() for state in states}
    alone = counts["sort"] + " " + counts["code"]
    groups = counts["code"].map(sums).where(counts["sort"] == "state", alone)
    return suppress_cells(counts["children"], groups, minimum=minimum)


def find_strangers(
    homes: pd.DataFrame, shares: pd.DataFrame, members: pd.DataFrame
) -> pd.DataFrame:
    """Find the homes of a household in which people outside it hold a share.

    Parameters
    ----------
    homes
        household_id, property_unit_id, each pair once.

    Returns
    -------
    DataFrame
        As long as `homes`: stranger, whether anybody else holds a share; rival, whether that is
        somebody known in another household.
    """
    pairs = homes[["household_id", "property_unit_id"]].reset_index(drop=True)
    held = pairs.assign(pair=pairs.index).merge(
        shares[["property_unit_id", "owner_hash"]], on="property_unit_id"
    )
    known = pd.MultiIndex.from_frame(members[["household_id", "identity_hash"]])
    mine = pd.MultiIndex.from_frame(held[["household_id", "owner_hash"]]).isin(known)
    other = held[~mine]
    rivals = other[other["owner_hash"].isin(members["identity_hash"]).to_numpy()]
    found = pd.DataFrame({"stranger": False, "rival": False}, index=pairs.index)
    found.loc[other["pair"].unique(), "stranger"] = True
    found.loc[rivals["pair"].unique(), "rival"] = True
    return found


def _match_rivals(owned: pd.DataFrame, contested: pd.DataFrame) -> Flags:
    """Tell of each owner's share whether the home is contested."""
    keys = ["household_id", "property_unit_id"]
    pairs = pd.MultiIndex.from_frame(contested[keys])
    return np.asarray(pd.MultiIndex.from_frame(owned[keys]).isin(pairs))


# What a home says of a child; the least counts.
_WHOLE_HERE, _SHARED_HERE, _OLDER_HERE, _LIVED_IN, _ELSEWHERE, _UNPLACED, _OLDER_LIVED_IN = range(7)
_NOTHING = 7


def _rank_homes(
    children: pd.DataFrame, homes: pd.DataFrame, zones: pd.Series
) -> tuple[Ranks, Flags, Flags]:
    """Return what the homes of each family say at best.

    Also whether parents or child own any, and whether the address of registration has a place.
    """
    ends = {
        f"{end}_{what}": values
        for end in ("registered", "residence")
        for what, values in (
            ("unit", children[f"{end}_unit_id"]),
            ("zone", _name_zones(zones, children[f"{end}_place_id"])),
        )
    }
    asked = pd.DataFrame({"household_id": children["household_id"], **ends})
    met = asked.assign(child=np.arange(len(asked))).merge(
        homes.assign(zone=_name_zones(zones, homes["place_id"])), on="household_id"
    )
    rank, owns = _rank_pairs(met)
    best = np.full(len(asked), _NOTHING)
    np.minimum.at(best, met["child"].to_numpy(), rank)
    owners = np.zeros(len(asked), dtype=np.bool_)
    owners[met.loc[owns, "child"].to_numpy()] = True
    return best, owners, asked["registered_zone"].notna().to_numpy(dtype=np.bool_)


def _rank_pairs(met: pd.DataFrame) -> tuple[Ranks, Flags]:
    """Return what each home of a child's family says, and whether parents or child own it."""
    at_registered = _is_same(met["property_unit_id"], met["registered_unit"])
    at_residence = _is_same(met["property_unit_id"], met["residence_unit"])
    is_home = ~met["owned_use"].isin(NO_HOMES).to_numpy() | at_registered | at_residence
    own = (met["owner_relation"] != RELATIONS[-1]).to_numpy(dtype=np.bool_)
    here = at_registered | _is_same(met["zone"], met["registered_zone"])
    lived_in = at_residence | _is_same(met["zone"], met["residence_zone"])
    says = [
        (~is_home, _NOTHING),
        (here & met["shared"].to_numpy(dtype=np.bool_), _SHARED_HERE),
        (here & own, _WHOLE_HERE),
        (here, _OLDER_HERE),
        (own & met["zone"].isna().to_numpy(), _UNPLACED),
        (own & lived_in, _LIVED_IN),
        (own, _ELSEWHERE),
        (at_residence, _OLDER_LIVED_IN),
    ]
    rank = np.select([holds for holds, _ in says], [code for _, code in says], _NOTHING)
    return rank, own & is_home


def _choose_states(
    children: pd.DataFrame, rank: Ranks, owns: Flags, placed: Flags
) -> NDArray[np.object_]:
    """Choose the first state that holds, in the order in which they are told above."""
    local = children["local"].to_numpy(dtype=np.bool_)
    known = children["has_guardian"].to_numpy(dtype=np.bool_)
    holds = [
        (~local & owns, MIGRANT_OWNER),
        (~local, MIGRANT),
        (~known & (rank == _NOTHING), UNMATCHED),
        (rank == _WHOLE_HERE, AGREE),
        (rank == _SHARED_HERE, SHARED),
        (rank == _OLDER_HERE, GRANDPARENTS),
        (~placed, UNKNOWN_ADDRESS),
        (rank == _LIVED_IN, REGISTERED_ELSEWHERE),
        (rank == _ELSEWHERE, OWNED_ELSEWHERE),
        (rank == _UNPLACED, UNKNOWN_ADDRESS),
        (rank == _OLDER_LIVED_IN, GRANDPARENTS),
        (children["residence_unit_id"].notna().to_numpy(), RENTED),
    ]
    chosen = np.select(
        [found for found, _ in holds], [state for _, state in holds], UNKNOWN_ADDRESS
    )
    return chosen.astype(object)


def _name_zones(zones: pd.Series, places: pd.Series) -> pd.Series:
    """Return the school of each place's catchment, else the place itself below zero."""
    return find_zones(zones, places).fillna(-places.astype("Int64"))


def _is_same(one: pd.Series, other: pd.Series) -> Flags:
    """Whether both are known and equal."""
    same = one.astype("Int64") == other.astype("Int64")
    return np.asarray(same.fillna(False), dtype=np.bool_)
