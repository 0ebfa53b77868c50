"""What the assignment reads: children who may enter, homes their families own, seats used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.types import pandas_dtype

from gis.errors import RejectedDataError

Walks = Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class Registers:
    """The registers of one district, stage and year; ids are those of the database.

    Parameters
    ----------
    entrants
        One row a child listed: child_id, child_code, identity_hash, household_id,
        household_code, born_on, local, child_registered_since, household_registered_since,
        permit_since, points, deferral_certificate; registered_unit_id, registered_place_id,
        registered_building_id and the same for residence: dwelling, planning unit, building.
    owned
        One row a guardian's share in a dwelling: household_id, property_unit_id, place_id,
        building_id, relation, share_pct, certificate_on, slip_on, area_m2, dwelling_use, tenure.
    uses
        Seats of this stage used before: child_id, household_id, school_id, entered_year,
        property_unit_id (missing when no dwelling gave the right).
    zones
        school_id by planning unit.
    schools
        Index school_id: code, seats (of the entry grade, missing where nobody stated them).
    grades
        School years of the stage.
    walks
        Ways on foot in metres from n buildings to m schools, shape (n, m); infinite where there
        is none.
    """

    entrants: pd.DataFrame
    owned: pd.DataFrame
    uses: pd.DataFrame
    zones: pd.Series
    schools: pd.DataFrame
    grades: int
    walks: Walks


_KEY, _MAYBE, _DAY, _TEXT, _NUMBER, _FLAG = "int64", "Int64", "day", "text", "float64", "bool"
_HOME = ("unit_id", "place_id", "building_id")

Kinds = Mapping[str, str]
_ENTRANTS: Kinds = MappingProxyType(
    {
        "child_id": _KEY,
        "child_code": _TEXT,
        "identity_hash": _TEXT,
        "household_id": _KEY,
        "household_code": _TEXT,
        "born_on": _DAY,
        "local": _FLAG,
        "child_registered_since": _DAY,
        "household_registered_since": _DAY,
        "permit_since": _DAY,
        "points": _NUMBER,
        "deferral_certificate": _FLAG,
        **{f"{kind}_{name}": _MAYBE for kind in ("registered", "residence") for name in _HOME},
    }
)
_OWNED: Kinds = MappingProxyType(
    {
        "household_id": _KEY,
        "property_unit_id": _KEY,
        "place_id": _MAYBE,
        "building_id": _MAYBE,
        "relation": _TEXT,
        "share_pct": _NUMBER,
        "certificate_on": _DAY,
        "slip_on": _DAY,
        "area_m2": _NUMBER,
        "dwelling_use": _TEXT,
        "tenure": _TEXT,
    }
)
_USES: Kinds = MappingProxyType(
    {
        "child_id": _KEY,
        "household_id": _KEY,
        "school_id": _KEY,
        "entered_year": _KEY,
        "property_unit_id": _MAYBE,
    }
)


def arrange_registers(registers: Registers) -> Registers:
    """Give every column its type, also where it holds nothing, and sort entrants and schools.

    Raises
    ------
    RejectedDataError
        When a column is missing, or its values are of another kind.
    """
    return replace(
        registers,
        entrants=_cast(registers.entrants, "entrants", _ENTRANTS).sort_values(
            "child_id", ignore_index=True
        ),
        owned=_cast(registers.owned, "owned", _OWNED),
        uses=_cast(registers.uses, "uses", _USES),
        zones=registers.zones.astype(np.int64),
        schools=registers.schools.astype({"seats": "Int64"}).sort_index(),
    )


def _cast(table: pd.DataFrame, name: str, kinds: Kinds) -> pd.DataFrame:
    lost = [column for column in kinds if column not in table]
    if lost:
        raise RejectedDataError(
            f"Register {name} has no column {', '.join(lost)}.", mend="Read the register whole."
        )
    columns = {}
    for column, kind in kinds.items():
        try:
            columns[column] = _cast_column(table[column], kind)
        except (TypeError, ValueError) as error:
            raise RejectedDataError(
                f"Column {column} of register {name} does not fit {kind}: {error}.",
                mend="Read it with its type; only dwellings, places and dates may be missing.",
            ) from error
    return table.assign(**columns)


def _cast_column(values: pd.Series, kind: str) -> pd.Series:
    if kind == _DAY:
        return values.astype("datetime64[s]")
    if kind == _TEXT:
        text = values.astype(object)
        return text.where(text.notna(), None)
    return values.astype(pandas_dtype(kind))
