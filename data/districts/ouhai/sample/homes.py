"""Dwellings of the property register: doors, areas, tenures, 28-digit unit codes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.districts.ouhai.sample.buildings import HOUSE, SLAB, TOWER, Buildings
from data.districts.ouhai.sample.codes import join_text, write_digits, write_letters
from data.districts.ouhai.sample.frame import Frame
from data.districts.ouhai.sample.landuse import LandUse
from data.districts.ouhai.sample.units import Units

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class HomeRates:
    """How homes are held. ASSUMPTION throughout: plausible, not surveyed."""

    resettled_estates: float = 0.24  # of the superblocks of estates
    rented_estates: float = 0.02  # public rent
    allocated_slabs: float = 0.38  # flats once given by employers
    rented_slabs: float = 0.04
    apartments: float = 0.03  # of towers
    tiny_slabs: float = 0.025  # under 20 m²
    small_slabs: float = 0.17  # 20 to 60 m²
    tiny_towers: float = 0.004
    small_towers: float = 0.06
    shops_per_building: int = 2
    garages_per_tower: int = 2


@dataclass(frozen=True)
class Homes:
    """One row a property unit; the first `dwellings` of them are homes."""

    building: Ints
    unit: Ints  # planning unit
    kind: NDArray[np.str_]  # kind of the building
    first_door: NDArray[np.bool_]
    tenure: NDArray[np.object_]
    dwelling_use: NDArray[np.object_]
    area_m2: Floats
    door: NDArray[np.object_]
    code: NDArray[np.object_]
    built_year: Ints
    dwellings: int


def draw_homes(
    buildings: Buildings, units: Units, uses: LandUse, frame: Frame, rng: np.random.Generator
) -> Homes:
    """Fill buildings with dwellings, then add shops and garages, which are no homes."""
    rates = HomeRates()
    shops = np.flatnonzero(buildings.kind == "shop")
    towers = np.flatnonzero(buildings.kind == TOWER)
    building = np.concatenate([
        np.repeat(np.arange(len(buildings.kind)), buildings.dwellings),
        np.repeat(shops, rates.shops_per_building),
        np.repeat(towers, rates.garages_per_tower),
    ])  # fmt: skip
    dwellings = int(buildings.dwellings.sum())
    count = len(building)
    home = np.arange(count) < dwellings
    order = np.argsort(building, kind="stable")
    place = np.empty(count, dtype=int)
    place[order] = np.arange(count) - np.searchsorted(building[order], building[order])
    kind, unit = buildings.kind[building], units.of_block[buildings.block[building]]
    tenure = _draw_tenure(kind, unit, building, uses, rates, rng)
    use = np.where(rng.random(len(buildings.kind))[building] < rates.apartments, "apartment",
                   "residential").astype(object)  # fmt: skip
    use[kind != TOWER] = "residential"
    use[~home] = np.where(kind[~home] == "shop", "shop", "garage")
    tenure[~home] = "commodity"
    area = _draw_area(kind, place, building, rates, rng)
    area[~home] = np.where(use[~home] == "shop", rng.uniform(18, 140, (~home).sum()),
                           rng.uniform(12, 24, (~home).sum())).round(2)  # fmt: skip
    return Homes(
        building=building,
        unit=unit,
        kind=kind,
        first_door=(place == 0) & home,
        tenure=tenure,
        dwelling_use=use,
        area_m2=area,
        door=_write_doors(kind, place, buildings.flats_per_floor[building], use),
        code=_write_codes(buildings, units, frame, building, place),
        built_year=buildings.built_year[building],
        dwellings=dwellings,
    )


def build_property_unit(homes: Homes, building_code: NDArray[np.object_]) -> pd.DataFrame:
    """Return the property unit table."""
    return pd.DataFrame(
        {
            "building_code": building_code[homes.building],
            "code": homes.code,
            "door": homes.door,
            "area_m2": homes.area_m2,
            "dwelling_use": pd.Categorical(homes.dwelling_use),
            "tenure": pd.Categorical(homes.tenure),
        }
    )


def _draw_tenure(
    kind: NDArray[np.str_], unit: Ints, building: Ints, uses: LandUse, rates: HomeRates,
    rng: np.random.Generator,
) -> NDArray[np.object_]:  # fmt: skip
    """Draw tenures by estate: a whole superblock is resettled or sold, not single flats."""
    estate = rng.random(len(uses.growth))[unit]
    block = rng.random(int(building.max()) + 1)[building]
    resettled = rates.resettled_estates * (0.5 + uses.growth[unit])
    return np.select(
        [
            kind == HOUSE,
            (kind == TOWER) & (estate < resettled),
            (kind == TOWER) & (estate > 1 - rates.rented_estates),
            (kind == SLAB) & (block < rates.allocated_slabs),
            (kind == SLAB) & (block > 1 - rates.rented_slabs),
        ],
        ["self_built", "resettlement", "public_rent", "allocated", "public_rent"],
        "commodity",
    ).astype(object)


def _draw_area(
    kind: NDArray[np.str_], place: Ints, building: Ints, rates: HomeRates, rng: np.random.Generator
) -> Floats:
    count = len(place)
    base = rng.random(int(building.max()) + 1)[building]
    plan = np.array([89.0, 128.0, 108.0, 143.0])[place % 4]
    tower = plan * (0.85 + 0.3 * base)
    slab = 48 + 50 * base + 12 * (place % 2)
    house = 70 + 75 * base + rng.uniform(-8, 8, count)
    area = np.select([kind == TOWER, kind == SLAB], [tower, slab], house)
    dice = rng.random(count)
    tiny = np.select([kind == TOWER, kind == SLAB], [rates.tiny_towers, rates.tiny_slabs], 0.0)
    small = np.select([kind == TOWER, kind == SLAB], [rates.small_towers, rates.small_slabs], 0.02)
    area = np.where(dice < tiny + small, rng.uniform(24, 59, count), area)
    area = np.where(dice < tiny, rng.uniform(9, 19.5, count), area)
    return np.asarray((area + rng.uniform(-0.5, 0.5, count)).round(2))


def _write_doors(
    kind: NDArray[np.str_], place: Ints, per_floor: Ints, use: NDArray[np.object_]
) -> NDArray[np.object_]:
    per_floor = np.maximum(np.where(kind == HOUSE, 1, per_floor), 1)
    floor, flat = place // per_floor + 1, place % per_floor
    per_stair = np.where(kind == SLAB, 2, per_floor)
    stair = flat // per_stair + 1
    flat = flat % per_stair + 1
    style = np.select(
        [use == "shop", use == "garage", kind == HOUSE, kind == TOWER], [3, 4, 2, 1], 0
    )
    key = ((style * 10 + stair) * 200 + floor) * 20 + flat
    known, row = np.unique(key, return_inverse=True)
    words = np.array([_write_door(int(number)) for number in known], dtype=object)
    return np.asarray(words[row])


def _write_door(key: int) -> str:
    rest, flat = divmod(key, 20)
    rest, floor = divmod(rest, 200)
    style, stair = divmod(rest, 10)
    if style == 3:
        return f"商铺{floor}号"
    if style == 4:
        return f"车库{floor}-{flat}号"
    if style == 2:
        return f"{floor}01室"
    return f"{stair}单元{floor}{flat:02d}室"


def _write_codes(
    buildings: Buildings, units: Units, frame: Frame, building: Ints, place: Ints
) -> NDArray[np.object_]:
    """Return unit codes of 28 characters: place, parcel, building, unit.

    SOURCE: 不动产单元编码规则 (GB/T 37346): 6 digits county, 3 + 3 cadastral district and
    sub-district, 2 letters right (GB state land, JC homestead), 5 digits parcel, F and 4
    digits building, 4 digits unit.
    """
    block = buildings.block
    unit = units.of_block[block]
    community = units.community[unit]
    subdistrict = units.subdistrict[unit]
    parcel = pd.Series(block).groupby(community).rank("dense").to_numpy().astype(int)
    within = (pd.Series(block).groupby(block).cumcount() + 1).to_numpy()
    inside = pd.Series(np.arange(len(frame.communities)))
    inside = inside.groupby(frame.communities["subdistrict_code"].to_numpy()).cumcount() + 1
    right = np.where(buildings.kind == HOUSE, "JC", "GB").astype("S2")
    prefix = np.hstack([
        write_letters(["330304"] * len(block)),
        write_digits(subdistrict + 1, 3),
        write_digits(inside.to_numpy()[community], 3),
        write_letters(right),
        write_digits(parcel, 5),
        write_letters(["F"] * len(block)),
        write_digits(within, 4),
    ])  # fmt: skip
    return join_text(prefix[building], write_digits(place + 1, 4))
