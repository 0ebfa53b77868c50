"""Small random districts with all that goes wrong in registers, and random rules.

Hypothesis draws sizes and kinds; each row is then rolled from its own seed, so that a smaller
district is the beginning of a larger one.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st
from numpy.typing import NDArray

from catchments.admission.registers import Registers
from catchments.admission.rules import Rules
from tests.catchments.random_rules import draw_rules

FIRST_SCHOOL, FIRST_BUILDING, FIRST_DWELLING, FIRST_PLACE = 100, 500, 1000, 10
CLOSED_SCHOOL = 999  # in the uses of seats, but no longer in the district

_DATES = (
    *("child_registered_since", "household_registered_since", "permit_since"),
    *("certificate_on", "slip_on", "born_on"),
)
_TEXTS = ("child_code", "identity_hash", "household_code", "relation", "dwelling_use", "tenure")
_NUMBERS = ("points", "share_pct", "area_m2")


@dataclass(frozen=True)
class Case:
    """A district, its rules and the seed of the lots; printed when a test fails."""

    registers: Registers
    rules: Rules
    seed: int

    def __repr__(self) -> str:
        tables = (self.registers.entrants, self.registers.owned, self.registers.uses)
        shown = "\n".join(table.T.to_string() for table in tables)
        schools = self.registers.schools.to_string()
        zones = self.registers.zones.to_dict()
        return f"{shown}\n{schools}\n{zones}\n{self.rules.stages['primary']}\nseed {self.seed}"


@st.composite
def draw_cases(draw: st.DrawFn, *, children: int = 60) -> Case:
    """Draw a district with up to so many children, and rules."""
    rules = draw(draw_rules())
    schools = draw(st.integers(1, 6))
    sizes = {
        "schools": schools,
        "children": draw(st.one_of(st.integers(1, children), st.integers(children // 2, children))),
        "households": draw(st.sampled_from([1, 6, 20, 50])),
        "dwellings": draw(st.sampled_from([2, 10, 40])),
        "places": schools * draw(st.integers(1, 2)) + draw(st.integers(0, 1)),
        "owned": draw(st.sampled_from([0, 20, 60, 100])),
        "uses": draw(st.sampled_from([0, 15, 40])),
    }
    choices = [(0, 1, 20), (1, 2, 5), (2, 5, 30), (0, 9), (20,), (0, 3, 9, None), (0,)]
    seats = draw(st.sampled_from(choices))
    roll = Roll(draw(st.integers(0, 2**32)), rules, sizes)
    return Case(roll.build(seats, draw(st.sampled_from(DRESSES))), rules, draw(st.integers(0, 5)))


@dataclass(frozen=True)
class Roll:
    """Rolls the rows of a district, each from its own seed."""

    seed: int
    rules: Rules
    sizes: dict[str, int]

    def _start(self, table: str, row: int) -> Random:
        return Random(f"{self.seed}:{table}:{row}")

    def build(self, seats: tuple[int | None, ...], dress: str) -> Registers:
        """Roll all tables."""
        dwellings = [self._roll_dwelling(row) for row in range(self.sizes["dwellings"])]
        households = [
            self._roll_household(row, dwellings) for row in range(self.sizes["households"])
        ]
        entrants = [self._roll_child(row, households) for row in range(self.sizes["children"])]
        owned = [self._roll_share(row, dwellings) for row in range(self.sizes["owned"])]
        uses = [self._roll_use(row, owned) for row in range(self.sizes["uses"])]
        ids = FIRST_SCHOOL + np.arange(self.sizes["schools"])
        schools = pd.DataFrame(
            {
                "code": pd.Series([f"S{row}" for row in range(len(ids))], ids, dtype=object),
                "seats": pd.Series(
                    [self._start("school", row).choice(seats) for row in range(len(ids))],
                    index=ids,
                    dtype="Int64",
                ),
            }
        )
        return Registers(
            entrants=dress_table(entrants, dress, ENTRANT),
            owned=dress_table(owned, dress, OWNED),
            uses=dress_table(uses, dress, USE),
            zones=self._roll_zones(),
            schools=schools,
            grades=self._start("grades", 0).choice([3, 6]),
            walks=self._measure_walks,
        )

    def _roll_zones(self) -> pd.Series:
        roll = self._start("zones", 0)
        zones = {
            FIRST_PLACE + place: FIRST_SCHOOL + place % self.sizes["schools"]
            for place in range(self.sizes["places"])
            if roll.random() < 0.95
        }
        return pd.Series([*zones.values()], index=[*zones], dtype=np.int64)

    def _measure_walks(
        self, buildings: NDArray[np.int64], schools: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Ways of whole quarters of a metre, many of them equal; some houses reach few schools."""
        ways = np.empty((len(buildings), len(schools)))
        for row, building in enumerate(buildings):
            for column, school in enumerate(schools):
                roll = self._start("way", int(building) * 10_000 + int(school))
                barred = self._start("bridge", int(building)).choice(
                    [0.0, 0.0, 0.0, 0.5, 0.5, 0.5, 1.0]
                )
                is_far = roll.random() < barred
                ways[row, column] = np.inf if is_far else roll.choice([0, 1, 2, 5, 9]) * 100.25
        return ways

    def _roll_day(self, roll: Random, *, known: float = 0.85) -> dt.date | None:
        """Roll a day before the opening: near it, at ends of months, or any."""
        opens_on = self.rules.stages["primary"].opens_on
        if roll.random() > known:
            return None
        if roll.random() < 0.6:
            near = [opens_on - dt.timedelta(days=days) for days in (-1, 0, 0, 1, 15, 30, 31, 365)]
            ends = [dt.date(2020, 2, 29), dt.date(2023, 2, 28), dt.date(2024, 2, 29)]
            more = [dt.date(2023, 1, 31), dt.date(2022, 12, 31), dt.date(2022, 4, 30)]
            return roll.choice([*near, *ends, *more])
        return opens_on - dt.timedelta(days=roll.randrange(6000))

    def _roll_dwelling(self, row: int) -> dict[str, Any]:
        roll = self._start("dwelling", row)
        buildings = max(self.sizes["dwellings"] // 2, 1)
        building = roll.randrange(buildings) if roll.random() < 0.95 else None
        place = None
        if building is not None and (where := self._start("building", building)).random() < 0.95:
            place = FIRST_PLACE + where.randrange(self.sizes["places"])
        return {
            "unit_id": FIRST_DWELLING + row,
            "place_id": place,
            "building_id": None if building is None else FIRST_BUILDING + building,
            "area_m2": roll.choice([None, 12.5, 19.99, 20.0, 59.99, 60.0, 89.0]),
            "dwelling_use": roll.choice([None, "residential", "residential", "apartment", "shop"]),
            "tenure": roll.choice([None, "commodity", "resettlement"]),
        }

    def _roll_household(self, row: int, dwellings: list[dict[str, Any]]) -> dict[str, Any]:
        roll = self._start("household", row)
        homes = {
            kind: roll.choice(dwellings) if roll.random() < 0.9 else dict.fromkeys(dwellings[0])
            for kind in ("registered", "residence")
        }
        if roll.random() < 0.4:
            homes["residence"] = homes["registered"]
        return {
            "household_id": row + 1,
            "household_code": f"H{row:03}",
            "household_registered_since": self._roll_day(roll),
            "permit_since": self._roll_day(roll, known=0.5),
            "points": roll.choice([None, 0.0, 10.005, 60.5, 60.5, round(100 * roll.random(), 3)]),
            **{
                f"{kind}_{name}": home[name]
                for kind, home in homes.items()
                for name in ("unit_id", "place_id", "building_id")
            },
        }

    def _roll_child(self, row: int, households: list[dict[str, Any]]) -> dict[str, Any]:
        roll = self._start("child", row)
        year = self.rules.year
        household = roll.choice(households)
        is_local = roll.random() < 0.7
        # Mostly not registered before it was born.
        since = self._roll_day(roll, known=0.4)
        is_sound = since is None or since.year >= 2021 or roll.random() < 0.05
        person = roll.randrange(row + 1) if roll.random() < 0.02 else row  # listed twice
        child = {
            **household,
            "child_id": (row * 7919) % 10_007 + 1,  # in no order
            "child_code": f"C{(row * 37) % 101:03}",
            "identity_hash": f"id{person}",
            "born_on": roll.choice(
                [
                    *(dt.date(year - 6, 8, 31), dt.date(year - 7, 9, 1)),
                    *(dt.date(year - 7, 12, 5), dt.date(2020, 2, 29)),
                ]
            ),
            "local": is_local,
            "child_registered_since": since if is_sound else None,
            "deferral_certificate": roll.random() < 0.1,
        }
        if not is_local:
            for name in child:
                if name.startswith("registered_") or name.endswith("registered_since"):
                    child[name] = None
        else:
            child["permit_since"] = None
        return child

    def _roll_share(self, row: int, dwellings: list[dict[str, Any]]) -> dict[str, Any]:
        roll = self._start("share", row)
        household = roll.randrange(self.sizes["households"])
        dwelling = roll.choice(dwellings)
        if roll.random() < 0.5:  # the dwelling in which the family is registered
            unit = self._roll_household(household, dwellings)["registered_unit_id"]
            dwelling = next((one for one in dwellings if one["unit_id"] == unit), dwelling)
        has_slip = roll.random() < 0.2
        return {
            "household_id": household + 1,
            "property_unit_id": dwelling["unit_id"],
            **{name: value for name, value in dwelling.items() if name != "unit_id"},
            "relation": roll.choice(["child", "parent", "parent", "parent", "grandparent"]),
            "share_pct": roll.choice([0.1, 0.2, 33.33, 33.34, 49.99, 50.0, 100.0, 100.0]),
            "certificate_on": self._roll_day(roll),
            "slip_on": self._roll_day(roll) if has_slip else None,
        }

    def _roll_use(self, row: int, owned: list[dict[str, Any]]) -> dict[str, Any]:
        roll = self._start("use", row)
        schools = [FIRST_SCHOOL + n for n in range(self.sizes["schools"])]
        unit = FIRST_DWELLING + roll.randrange(self.sizes["dwellings"])
        if owned and roll.random() < 0.7:
            unit = roll.choice(owned)["property_unit_id"]
        return {
            "child_id": 20_000 + row,
            "household_id": roll.randrange(self.sizes["households"] + 3) + 1,
            "school_id": roll.choice([*schools, CLOSED_SCHOOL]),
            "entered_year": self.rules.year - roll.randrange(1, 8),
            "property_unit_id": unit if roll.random() < 0.8 else None,
        }


_HOME = ("unit_id", "place_id", "building_id")
ENTRANT = (
    *("child_id", "child_code", "identity_hash", "household_id", "household_code", "born_on"),
    *("local", "child_registered_since", "household_registered_since", "permit_since", "points"),
    "deferral_certificate",
    *(f"{kind}_{name}" for kind in ("registered", "residence") for name in _HOME),
)
OWNED = (
    *("household_id", "property_unit_id", "place_id", "building_id", "relation", "share_pct"),
    *("certificate_on", "slip_on", "area_m2", "dwelling_use", "tenure"),
)
USE = ("child_id", "household_id", "school_id", "entered_year", "property_unit_id")
DRESSES = ("as read", "nullable", "as typed")


def dress_table(rows: list[dict[str, Any]], dress: str, columns: tuple[str, ...]) -> pd.DataFrame:
    """Build a table in one of the ways in which tables come.

    Parameters
    ----------
    dress
        ``as read`` by COPY: nullable whole numbers where one is missing; ``nullable``: all of
        them; ``as typed``: what pandas makes of Python values, so columns without any value and
        days are objects, and whole numbers with gaps are floats.
    """
    table = pd.DataFrame({name: pd.Series([row[name] for row in rows]) for name in columns})
    if dress == "as typed":
        return table
    for name in columns:
        values = table[name]
        if name in _DATES:
            table[name] = pd.Series(values.tolist(), dtype="datetime64[s]")
        elif name in _TEXTS:
            table[name] = values.astype(object).where(values.notna(), None)
        elif name in _NUMBERS:
            table[name] = values.astype(np.float64)
        elif name in {"local", "deferral_certificate"}:
            table[name] = values.astype(bool)
        elif dress == "nullable" or values.isna().any():
            table[name] = values.astype("Int64")
        else:
            table[name] = values.astype(np.int64)
    return table
