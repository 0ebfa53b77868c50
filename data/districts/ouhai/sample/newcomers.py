"""Where children will come from: women by age, and homes that are being built or planned."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.districts.ouhai.sample.children import Children
from data.districts.ouhai.sample.frame import Frame
from data.districts.ouhai.sample.homes import Homes
from data.districts.ouhai.sample.landuse import LandUse, Use
from data.districts.ouhai.sample.names import PINYIN, pair_names
from data.districts.ouhai.sample.people import DATA_DATE, NOBODY, Households
from data.districts.ouhai.sample.units import Units

Ints = NDArray[np.intp]

AGES = range(15, 50, 5)
# SOURCE of the shape: women were 25 to 32 at most births. ASSUMPTION: mean and spread.
MOTHER_AT_BIRTH = (28.2, 4.6)
# ASSUMPTION: households with a daughter of 15 to 27 years.
GROWN_DAUGHTERS = 0.26


@dataclass(frozen=True)
class HomePlan:
    """One housing project. ASSUMPTION: invented, of usual size."""

    town: str
    tenure: str
    dwellings: int
    completed_on: str


# The first is planted: so many homes at one place that its primary catchment must turn red.
HOME_PLANS = (
    HomePlan("潘桥街道", "resettlement", 2600, "2028-06-30"),
    HomePlan("娄桥街道", "commodity", 1100, "2026-12-31"),
    HomePlan("娄桥街道", "commodity", 900, "2028-09-30"),
    HomePlan("梧田街道", "commodity", 760, "2027-03-31"),
    HomePlan("南白象街道", "commodity", 1240, "2027-12-31"),
    HomePlan("南白象街道", "resettlement", 880, "2026-09-30"),
    HomePlan("三垟街道", "commodity", 1450, "2029-06-30"),
    HomePlan("三垟街道", "public_rent", 520, "2027-06-30"),
    HomePlan("茶山街道", "commodity", 640, "2026-11-30"),
    HomePlan("潘桥街道", "commodity", 980, "2027-05-31"),
    HomePlan("郭溪街道", "resettlement", 720, "2028-03-31"),
    HomePlan("新桥街道", "commodity", 430, "2025-11-30"),
    HomePlan("梧田街道", "public_rent", 380, "2030-06-30"),
    HomePlan("娄桥街道", "resettlement", 1300, "2030-12-31"),
    HomePlan("南白象街道", "commodity", 700, "2031-09-30"),
    HomePlan("瞿溪街道", "commodity", 300, "2027-09-30"),
    HomePlan("仙岩街道", "resettlement", 560, "2028-12-31"),
    HomePlan("丽岙街道", "commodity", 260, "2029-03-31"),
)


def build_women(
    homes: Homes,
    people: Households,
    children: Children,
    unit_codes: NDArray[np.object_],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return the women of child-bearing age by unit: mothers as old as their eldest tells."""
    count = len(people.residence)
    born = children.born_on.astype("datetime64[D]").astype(int)
    eldest = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(eldest, children.household, born)
    since = (DATA_DATE.astype(int) - eldest) / 365.25
    has_child = np.isin(np.arange(count), children.household)
    age = np.where(
        has_child,
        rng.normal(*MOTHER_AT_BIRTH, count) + np.where(has_child, since, 0),
        # ASSUMPTION: one woman in each other household, of any grown age.
        rng.uniform(20, 88, count),
    )
    home = people.located_home
    unit = np.where(home != NOBODY, homes.unit[np.maximum(home, 0)], -1)
    daughters = np.flatnonzero(rng.random(count) < GROWN_DAUGHTERS)
    unit = np.concatenate([unit, unit[daughters]])
    age = np.concatenate([age, rng.uniform(15, 28, len(daughters))])
    table = np.zeros((len(unit_codes), len(AGES)), dtype=int)
    fits = (unit >= 0) & (age >= AGES.start) & (age < AGES.stop)
    np.add.at(table, (unit[fits], ((age[fits] - AGES.start) // AGES.step).astype(int)), 1)
    row, group = np.nonzero(table)
    return pd.DataFrame(
        {
            "planning_unit_code": unit_codes[row],
            "age_from": np.array(AGES)[group],
            "women": table[row, group],
        }
    )


def build_housing_project(
    units: Units,
    uses: LandUse,
    frame: Frame,
    unit_codes: NDArray[np.object_],
    *,
    scale: float,
    rng: np.random.Generator,
) -> gpd.GeoDataFrame:
    """Return the housing projects, metres: in units of estates and fields, where towns grow."""
    plans = HOME_PLANS[: max(round(len(HOME_PLANS) * scale), 3)]
    town_of = {name: row for row, name in enumerate(frame.subdistricts["name_zh"])}
    names = pair_names(1400, rng)[-len(plans) :]
    free = np.isin(uses.of_unit, [Use.ESTATE, Use.FIELD, Use.GREEN, Use.VILLAGE])
    rows, places = [], []
    for number, plan in enumerate(plans):
        liking = uses.growth + rng.uniform(0, 0.3, len(uses.growth))
        liking[~free | (units.subdistrict != town_of[plan.town])] = -np.inf
        best = int(np.argmax(liking))
        free[best] = False
        places.append(units.centre[best])
        pinyin = "".join(PINYIN[sign] for sign in names[number][:2]).capitalize()
        done = np.datetime64(plan.completed_on, "D")
        begun = (done - DATA_DATE).astype(int) < 3 * 365
        rows.append(
            {
                "code": f"H{number + 1:03d}",
                "planning_unit_code": unit_codes[best],
                "name_zh": f"{names[number]}家园",
                "name_en": f"{pinyin} Homes",
                "tenure": plan.tenure,
                "dwellings": max(round(plan.dwellings * scale), 20),
                "completed_on": done.astype("datetime64[s]"),
                "state": "completed" if done <= DATA_DATE else
                "under_construction" if begun else "planned",
            }
        )  # fmt: skip
    table = gpd.GeoDataFrame(rows, geometry=shapely.points(np.array(places)))
    return table.rename_geometry("geom")
