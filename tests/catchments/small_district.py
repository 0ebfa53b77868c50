"""A district of two schools, small enough to work admission out by hand.

School A (1) has planning unit 11, school B (2) unit 21; unit 90 lies in no catchment. Dwelling
1105 is in building 110 of unit 11, dwelling 2101 in building 210 of unit 21, and so on. The rules
are those of Ouhai, 2026; registration opens on 20 May 2026.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from catchments.admission.admitting import Admission, admit_children
from catchments.admission.registers import Registers
from catchments.admission.rule_files import load_rules
from catchments.admission.rules import Rules, StageRules
from gis.settings import PROJECT_ROOT
from tests.catchments.random_districts import ENTRANT, OWNED, USE, dress_table

OUHAI = load_rules(PROJECT_ROOT / "data" / "districts" / "ouhai" / "admission_2026.yaml")
PRIMARY = OUHAI.stages["primary"]
OPENING = PRIMARY.opens_on
A, B = 1, 2
LONG_AGO = dt.date(2016, 5, 20)  # 120 months before the opening day

Row = dict[str, Any]


def change_rules(**changes: Any) -> Rules:
    """Return the rules of Ouhai with other rules of the primary stage."""
    stage: StageRules = replace(PRIMARY, **changes)
    return replace(OUHAI, stages={"primary": stage})


def change_score(**changes: Any) -> Rules:
    """Return the rules of Ouhai with the months counted otherwise."""
    months = replace(PRIMARY.scores["months"], **changes)
    return change_rules(scores={**PRIMARY.scores, "months": months})


def find_places(kind: str, dwelling: int | None) -> Row:
    """Return dwelling, planning unit and building in the columns of an anchor."""
    names = (f"{kind}_unit_id", f"{kind}_place_id", f"{kind}_building_id")
    where = (None,) * 3 if dwelling is None else (dwelling, dwelling // 100, dwelling // 10)
    return dict(zip(names, where, strict=True))


def build_child(
    number: int,
    *,
    household: int | None = None,
    registered: int | None = None,
    lives: int | None = None,
    since: dt.date | None = LONG_AGO,
    **more: Any,
) -> Row:
    """Return a child; a household of its own, locally registered, unless told otherwise.

    Parameters
    ----------
    registered, lives
        Dwellings.
    since
        Day on which the household was registered.
    """
    home = number if household is None else household
    return {
        "child_id": number,
        "child_code": f"C{number}",
        "identity_hash": f"id{number}",
        "household_id": home,
        "household_code": f"H{home}",
        "born_on": dt.date(2020, 1, 15),
        "local": True,
        "child_registered_since": None,
        "household_registered_since": since,
        "permit_since": None,
        "points": None,
        "deferral_certificate": False,
        **find_places("registered", registered),
        **find_places("residence", lives),
        **more,
    }


def build_migrant(number: int, *, lives: int, points: float | None, **more: Any) -> Row:
    """Return a child that is not locally registered and has lived in a dwelling for long."""
    return build_child(
        number, lives=lives, local=False, since=None, permit_since=LONG_AGO, points=points, **more
    )


def build_share(household: int, dwelling: int, **more: Any) -> Row:
    """Return a parent's whole ownership of a dwelling of 80 m²."""
    return {
        "household_id": household,
        "property_unit_id": dwelling,
        "place_id": dwelling // 100,
        "building_id": dwelling // 10,
        "relation": "parent",
        "share_pct": 100.0,
        "certificate_on": LONG_AGO,
        "slip_on": None,
        "area_m2": 80.0,
        "dwelling_use": "residential",
        "tenure": "commodity",
        **more,
    }


def build_use(
    child: int, *, household: int, year: int, school: int = A, dwelling: int | None = None
) -> Row:
    """Return a seat that an elder child used."""
    return {
        "child_id": child,
        "household_id": household,
        "school_id": school,
        "entered_year": year,
        "property_unit_id": dwelling,
    }


def build_registers(
    children: Sequence[Row],
    owned: Sequence[Row] = (),
    uses: Sequence[Row] = (),
    *,
    seats: Mapping[int, int | None] = {A: 10, B: 10},
    ways_m: Mapping[tuple[int, int], float] = {},
) -> Registers:
    """Build the registers.

    Parameters
    ----------
    ways_m
        By building and school; 100 m to the own school and 1000 m to others where not told.
    """

    def walks(buildings: NDArray[np.int64], schools: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.array(
            [
                [
                    ways_m.get((int(home), int(at)), 100.0 if home // 100 == at else 1000.0)
                    for at in schools
                ]
                for home in buildings
            ]
        ).reshape(len(buildings), len(schools))

    return Registers(
        entrants=dress_table([*children], "as read", ENTRANT),
        owned=dress_table([*owned], "as read", OWNED),
        uses=dress_table([*uses], "as read", USE),
        zones=pd.Series({11: A, 21: B}),
        schools=pd.DataFrame(
            {
                "code": [f"S{school}" for school in seats],
                "seats": pd.array([*seats.values()], dtype="Int64"),
            },
            index=[*seats],
        ),
        grades=6,
        walks=walks,
    )


def admit(
    children: Sequence[Row],
    owned: Sequence[Row] = (),
    uses: Sequence[Row] = (),
    *,
    rules: Rules = OUHAI,
    seed: int = 1,
    **more: Any,
) -> pd.DataFrame:
    """Admit the children of a small district; results by child_id."""
    return admit_whole(children, owned, uses, rules=rules, seed=seed, **more).results.set_index(
        "child_id"
    )


def admit_whole(
    children: Sequence[Row],
    owned: Sequence[Row] = (),
    uses: Sequence[Row] = (),
    *,
    rules: Rules = OUHAI,
    seed: int = 1,
    **more: Any,
) -> Admission:
    """Admit the children of a small district; results with cut lines and ways."""
    registers = build_registers(children, owned, uses, **more)
    return admit_children(registers, rules, "primary", seed=seed)


def list_told(results: pd.DataFrame, *names: str) -> list[tuple[object, ...]]:
    """Return some columns, child by child, None where there is nothing."""
    table = results[[*names]].astype(object)
    return [*table.where(table.notna(), None).itertuples(index=False, name=None)]
