"""The plan in force: catchments that grew by history, mostly but not always nearest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.districts.ouhai.sample.growth import grow_cells
from data.districts.ouhai.sample.landuse import LandUse
from data.districts.ouhai.sample.schools import Schools
from data.districts.ouhai.sample.units import Units

Ints = NDArray[np.intp]

STAGE_KINDS = {
    "kindergarten": ("kindergarten",),
    "primary": ("primary", "nine_year"),
    "junior": ("junior", "nine_year"),
}
PLAN_CODE = "statutory"


@dataclass(frozen=True)
class History:
    """How catchments differ from the nearest school. ASSUMPTION throughout."""

    subdistrict_cost: float = 2.4  # borders of subdistricts are seldom crossed
    whim_m: float = 320.0  # schools reach further or less far than is near
    growth_whim_m: float = 420.0  # more so where estates came after the school
    reforms: int = 5
    reform_m: float = 160.0  # added reach of a school without children, each time
    small_share: float = 0.6  # of the mean: schools with less than that get more


def draw_memberships(
    schools: Schools,
    units: Units,
    uses: LandUse,
    children: NDArray[np.float64],
    rng: np.random.Generator,
) -> dict[str, Ints]:
    """Return by stage the school row of every unit; every catchment is connected.

    `children` is the number of registered children of every unit: where a school had hardly
    any, reforms gave it more ground.
    """
    history = History()
    one, two = units.pairs.T
    way_m = np.hypot(*(units.centre[one] - units.centre[two]).T) * units.border_cost
    crosses = units.subdistrict[one] != units.subdistrict[two]
    cost_m = way_m * np.where(crosses, history.subdistrict_cost, 1.0)
    members = {}
    for stage, kinds in STAGE_KINDS.items():
        rows = schools.find(*kinds, public=True)
        growth = uses.growth[schools.unit[rows]]
        whim_m = rng.normal(0, history.whim_m + history.growth_whim_m * growth)
        for _ in range(history.reforms + 1):
            cell = grow_cells(
                units.pairs, cost_m, schools.unit[rows], whim_m, areas=len(units.area_m2)
            )
            load = np.bincount(cell, children, minlength=len(rows))
            lack = np.clip(1 - load / (history.small_share * load.mean()), 0, 1)
            whim_m = whim_m + history.reform_m * lack
        members[stage] = rows[cell]
    return members


def build_plan() -> pd.DataFrame:
    """Return the one row of the plan table."""
    return pd.DataFrame(
        {
            "code": [PLAN_CODE],
            "name_zh": ["现行施教区"],
            "name_en": ["Catchments in force"],
            "method": ["statutory"],
            "source": ["模拟数据：瓯海区施教区划分（虚构）"],
        }
    )


def build_plan_membership(
    members: dict[str, Ints], unit_codes: NDArray[np.object_], school_codes: NDArray[np.object_]
) -> pd.DataFrame:
    """Return the membership table: one row a stage and unit."""
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "plan_code": PLAN_CODE,
                    "stage": stage,
                    "planning_unit_code": unit_codes,
                    "school_code": school_codes[rows],
                }
            )
            for stage, rows in members.items()
        ],
        ignore_index=True,
    )
