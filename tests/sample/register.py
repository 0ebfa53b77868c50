"""How the tests read the register of the sample, independent of how it is made."""

from __future__ import annotations

from typing import Any

import pandas as pd

Tables = dict[str, Any]

SEED = 330304
DATA_DATE = pd.Timestamp("2026-03-31")
ENTRY_AGE = {"kindergarten": 3, "primary": 6, "junior": 12}
GRADES = {"kindergarten": 3, "primary": 6, "junior": 3}


def locate_children(tables: Tables) -> pd.Series:
    """Return the planning unit of every child, as the profile's `locate_by` wants it."""
    household = tables["household"].set_index("code")
    home = household["registered_unit_code"].fillna(household["residence_unit_code"])
    return tables["child"]["household_code"].map(home.map(locate_homes(tables)))


def locate_homes(tables: Tables) -> pd.Series:
    """Return the planning unit of every dwelling by its code."""
    building = tables["building"].set_index("code")["planning_unit_code"]
    return tables["property_unit"].set_index("code")["building_code"].map(building)


def find_owner(tables: Tables, stage: str) -> pd.Series:
    """Return the school of the statutory plan by planning unit."""
    plan = tables["plan_membership"]
    return plan[plan["stage"] == stage].set_index("planning_unit_code")["school_code"]


def is_due(born_on: pd.Series, stage: str, year: int) -> pd.Series:
    """Say who is born in the age window: 1 September to 31 August."""
    age = ENTRY_AGE[stage]
    return born_on.between(pd.Timestamp(year - age - 1, 9, 1), pd.Timestamp(year - age, 8, 31))


def list_owners(tables: Tables) -> pd.DataFrame:
    """List owners who are guardians: certificate columns, household_code, relation."""
    return tables["property_certificate"].merge(
        tables["guardian"], left_on="owner_hash", right_on="identity_hash"
    )
