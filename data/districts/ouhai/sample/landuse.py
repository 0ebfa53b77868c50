"""What each block is used for, from the lie of the land and the character of the town."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from data.districts.ouhai.sample.blocks import OUTSIDE, Fabric
from data.districts.ouhai.sample.terrain import Terrain
from data.districts.ouhai.sample.units import Units

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]


class Use(IntEnum):
    """Main use of a unit or block."""

    WATER = 0
    HILL = 1
    FIELD = 2
    GREEN = 3
    VILLAGE = 4
    OLD_TOWN = 5
    ESTATE = 6
    SHOP = 7
    INDUSTRY = 8
    OFFICE = 9
    CAMPUS = 10  # schools, and sites of school projects


# ASSUMPTION: share of the blocks of a unit (row) that serve another use (column).
MIX: dict[Use, dict[Use, float]] = {
    Use.HILL: {Use.HILL: 1.0},
    Use.FIELD: {Use.FIELD: 0.93, Use.VILLAGE: 0.05, Use.INDUSTRY: 0.02},
    Use.GREEN: {Use.GREEN: 0.85, Use.OFFICE: 0.15},
    Use.VILLAGE: {Use.VILLAGE: 0.72, Use.FIELD: 0.16, Use.SHOP: 0.05, Use.INDUSTRY: 0.07},
    Use.OLD_TOWN: {Use.OLD_TOWN: 0.72, Use.VILLAGE: 0.08, Use.SHOP: 0.12, Use.OFFICE: 0.05,
                   Use.GREEN: 0.03},
    Use.ESTATE: {Use.ESTATE: 0.80, Use.SHOP: 0.08, Use.GREEN: 0.09, Use.OFFICE: 0.03},
    Use.SHOP: {Use.SHOP: 0.7, Use.OFFICE: 0.2, Use.GREEN: 0.1},
    Use.INDUSTRY: {Use.INDUSTRY: 0.8, Use.OFFICE: 0.05, Use.FIELD: 0.12, Use.GREEN: 0.03},
}  # fmt: skip

# ASSUMPTION: quarters of one use are some hundred metres to two kilometres wide.
QUARTER_M = (1100.0, 1500.0, 2100.0, 3300.0)
QUARTER_STRENGTH = 0.85

# Uses whose large blocks may become a school site, best first.
SITE_USES = (Use.ESTATE, Use.OLD_TOWN, Use.VILLAGE, Use.SHOP, Use.OFFICE, Use.GREEN, Use.INDUSTRY,
             Use.FIELD)  # fmt: skip


@dataclass(frozen=True)
class LandUse:
    """Use of units and blocks, and the fields they were chosen by."""

    of_unit: Ints
    of_block: Ints
    urbanity: Floats  # of units
    growth: Floats  # of units


def assign_uses(
    fabric: Fabric, units: Units, terrain: Terrain, rng: np.random.Generator
) -> LandUse:
    """Draw the use of every unit and, mixed with others, of every block.

    Each community has a village or town of its own, however high it lies.
    """
    urban = terrain.measure_urbanity(units.centre)
    growth = terrain.measure_growth(units.centre)
    high = terrain.measure_mountain(units.centre)
    away_m = np.hypot(*(units.centre[:, None] - terrain.centres[None]).transpose(2, 0, 1)).min(1)
    kernel = np.exp(-((away_m / 1100.0) ** 2))
    weight = np.zeros((len(urban), len(Use)))
    weight[:, Use.ESTATE] = 0.62 * urban * (0.10 + growth)
    weight[:, Use.OLD_TOWN] = (1 - 0.8 * growth) * (1.05 * urban * kernel + 0.22 * urban**2)
    weight[:, Use.VILLAGE] = 0.16 + 0.45 * urban * (1 - urban)
    weight[:, Use.SHOP] = 0.26 * urban**2
    weight[:, Use.INDUSTRY] = 1.7 * urban * (1 - urban) * (1 - kernel)
    weight[:, Use.FIELD] = 1.5 * (1 - urban) ** 2.5
    weight[:, Use.GREEN] = 0.06
    weight *= np.exp(QUARTER_STRENGTH * _draw_quarters(units.centre, rng))
    weight *= (1 - high)[:, None] ** 2
    weight[:, Use.HILL] = 1.5 * high**2
    of_unit = _draw(weight, rng)
    seeds = units.seed_of_community
    empty = np.isin(of_unit[seeds], [Use.HILL, Use.FIELD, Use.GREEN, Use.INDUSTRY, Use.SHOP])
    of_unit[seeds[empty]] = Use.VILLAGE
    return LandUse(of_unit, _mix_blocks(fabric, units, of_unit, high, rng), urban, growth)


def _draw_quarters(places: Floats, rng: np.random.Generator) -> Floats:
    """Return a smooth field for every use, so that like units lie together in quarters."""
    waves = np.zeros((len(places), len(Use)))
    for use in Use:
        for length in QUARTER_M:
            heading, phase = rng.uniform(0, np.pi), rng.uniform(0, 2 * np.pi)
            ahead = places @ np.array([np.cos(heading), np.sin(heading)])
            waves[:, use] += np.sin(2 * np.pi * ahead / length + phase)
    return waves / np.sqrt(len(QUARTER_M) / 2)


def _mix_blocks(
    fabric: Fabric, units: Units, of_unit: Ints, high: Floats, rng: np.random.Generator
) -> Ints:
    share = np.zeros((len(Use), len(Use)))
    for use, parts in MIX.items():
        for part, value in parts.items():
            share[use, part] = value
    of_block = _draw(share[of_unit[units.of_block]], rng)
    of_block[fabric.water != OUTSIDE] = Use.WATER
    # In the mountains a village is one hamlet, and what is not the hamlet is forest.
    hilly = (high > 0.5)[units.of_block]
    hamlet = np.zeros(len(of_block), dtype=bool)
    order = np.lexsort((fabric.area_m2, units.of_block))
    settled = (of_unit[units.of_block] == Use.VILLAGE) & (of_block != Use.WATER)
    order = order[settled[order] & (fabric.area_m2[order] > 1500)]
    _, first = np.unique(units.of_block[order], return_index=True)
    hamlet[order[first]] = True
    of_block[hilly & ~hamlet & (of_block != Use.WATER)] = Use.HILL
    of_block[hamlet] = Use.VILLAGE
    return of_block


def _draw(weight: Floats, rng: np.random.Generator) -> Ints:
    """Draw a column of each row with the odds of its weights."""
    reach = np.cumsum(weight, axis=1)
    drawn = rng.random(len(weight)) * reach[:, -1]
    return np.asarray((drawn[:, None] >= reach).sum(axis=1).clip(0, weight.shape[1] - 1))
