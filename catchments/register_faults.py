"""Faults of the registers: rows of a child that cannot be right, or that lead nowhere."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

LISTED_TWICE, NO_GUARDIAN = "listed_twice", "no_guardian"
REGISTERED_BEFORE_BIRTH, LATER_THAN_DATA = "registered_before_birth", "later_than_data"
UNDATED, SLIP_AFTER, NOT_WHOLE = "undated_certificate", "slip_after_certificate", "shares_not_100"
TWO_HOUSEHOLDS, NO_HOME, UNPLACED = "two_households", "registered_at_no_home", "unplaced_dwelling"

FAULTS = (
    LISTED_TWICE,
    NO_GUARDIAN,
    REGISTERED_BEFORE_BIRTH,
    LATER_THAN_DATA,
    UNDATED,
    SLIP_AFTER,
    NOT_WHOLE,
    TWO_HOUSEHOLDS,
    NO_HOME,
    UNPLACED,
)
# ASSUMPTION: what certificates round away, such as 33.3 % three times, is no fault.
SHARE_TOLERANCE_PCT = 0.15
NO_HOMES = ("shop", "storage", "garage")

Flags = NDArray[np.bool_]


def find_faults(
    children: pd.DataFrame, owned: pd.DataFrame, shares: pd.DataFrame, day: pd.Timestamp
) -> dict[str, Flags]:
    """Find the faults in the rows of each child; a child may have several.

    - `listed_twice`: the register lists the identity more than once, at any age.
    - `no_guardian`: no parent or grandparent of the household is known.
    - `registered_before_birth`: the child's own day of registration lies before its birth. The
      day of the household may: families are older than their children. So may a permit.
    - `later_than_data`: birth, registration, permit, certificate or slip is dated after `day`.
    - `undated_certificate`: a share of the family has neither certificate nor slip date. A slip
      alone is none: resettled families wait for the certificate.
    - `slip_after_certificate`: a slip is given before the certificate, never after it.
    - `shares_not_100`: the shares in a dwelling of the family do not sum to 100 %, give or take
      rounding.
    - `two_households`: people of another household own of a dwelling of the family. A
      grandparent known in both households is no stranger to either.
    - `registered_at_no_home`: the dwelling of registration is a shop, a storage room or a garage.
    - `unplaced_dwelling`: a dwelling of registration, residence or property has no building, or
      one outside every planning unit.

    Parameters
    ----------
    children, shares
        As in :class:`~catchments.reconciliation.RegisterRows`.
    owned
        The same, with rival: whether another household owns of the dwelling.
    day
        Data date of the registers.

    Returns
    -------
    dict
        Flags by fault, in the order of :data:`FAULTS`, as long as `children`.
    """
    family = children["household_id"]

    def of_family(found: pd.Series) -> Flags:
        return np.asarray(family.isin(owned.loc[found.to_numpy(dtype=bool), "household_id"]))

    since = children["child_registered_since"]
    local = children["local"].astype(bool)
    dates = children[["born_on", "child_registered_since", "permit_since"]].assign(
        household=children["household_registered_since"].where(local)
    )
    late = (dates > day).any(axis=1)
    certificate, slip = owned["certificate_on"], owned["slip_on"]
    use = children["registered_use"]
    return {
        LISTED_TWICE: np.asarray(children["listings"] > 1, dtype=np.bool_),
        NO_GUARDIAN: ~children["has_guardian"].to_numpy(dtype=bool),
        REGISTERED_BEFORE_BIRTH: np.asarray(since < children["born_on"], dtype=np.bool_),
        LATER_THAN_DATA: np.asarray(late, dtype=np.bool_)
        | of_family((certificate > day) | (slip > day)),
        UNDATED: of_family(certificate.isna() & slip.isna()),
        SLIP_AFTER: of_family(slip > certificate),
        NOT_WHOLE: of_family(owned["property_unit_id"].isin(_list_not_whole(shares))),
        TWO_HOUSEHOLDS: of_family(owned["rival"]),
        NO_HOME: np.asarray(use.isin(NO_HOMES), dtype=np.bool_),
        UNPLACED: _is_unplaced(children, "registered")
        | _is_unplaced(children, "residence")
        | of_family(owned["place_id"].isna()),
    }


def _list_not_whole(shares: pd.DataFrame) -> pd.Index:
    """List the dwellings whose shares do not sum to 100 %."""
    whole = shares.groupby("property_unit_id")["share_pct"].sum()
    return whole.index[((whole - 100).abs() > SHARE_TOLERANCE_PCT).to_numpy()]


def _is_unplaced(children: pd.DataFrame, end: str) -> Flags:
    known = children[f"{end}_unit_id"].notna() & children[f"{end}_place_id"].isna()
    return np.asarray(known, dtype=np.bool_)
