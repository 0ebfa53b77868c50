"""Buildings: footprints in rows inside their blocks, floors, dwellings, years."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.districts.ouhai.sample.blocks import Fabric
from data.districts.ouhai.sample.landuse import LandUse, Use
from data.districts.ouhai.sample.units import Units

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]


@dataclass(frozen=True)
class Kind:
    """How one kind of building looks and how many there are. ASSUMPTION throughout."""

    building_use: str
    blocks: Use
    total: int  # at full size
    front_m: tuple[float, float]
    depth_m: tuple[float, float]
    gap_m: tuple[float, float]  # beside, behind
    setback_m: float
    per_block: int  # at most
    floors: tuple[int, int]
    flats_per_floor: tuple[int, int]  # 0, 0: nobody lives there
    storey_m: float
    years: tuple[int, int]


TOWER, SLAB, HOUSE = "tower", "slab", "house"
KINDS = {
    TOWER: Kind("residential", Use.ESTATE, 3000, (26, 38), (15, 19), (13, 23), 6, 5, (11, 33),
                (2, 3), 3.0, (2004, 2025)),
    SLAB: Kind("residential", Use.OLD_TOWN, 4280, (30, 52), (10.5, 13), (6, 12), 4, 6, (5, 7),
               (4, 6), 2.9, (1984, 2006)),
    HOUSE: Kind("residential", Use.VILLAGE, 38600, (7.5, 12), (10, 13.5), (1.2, 6), 3, 26, (3, 5),
                (1, 1), 3.2, (1978, 2014)),
    "shop": Kind("commercial", Use.SHOP, 4300, (24, 52), (18, 32), (10, 14), 5, 4, (2, 9),
                 (0, 0), 4.2, (1992, 2024)),
    "works": Kind("industrial", Use.INDUSTRY, 6800, (34, 70), (18, 34), (9, 11), 5, 7, (1, 5),
                  (0, 0), 4.8, (1988, 2022)),
    "office": Kind("public", Use.OFFICE, 2300, (24, 48), (14, 22), (12, 16), 6, 4, (2, 8),
                   (0, 0), 3.8, (1986, 2024)),
    "barn": Kind("other", Use.FIELD, 5200, (8, 18), (7, 14), (10, 14), 6, 3, (1, 2),
                 (0, 0), 3.4, (1980, 2020)),
}  # fmt: skip


@dataclass(frozen=True)
class Buildings:
    """One row a building; `block` is the row of its block."""

    kind: NDArray[np.str_]
    block: Ints
    footprint: Shapes
    centre: Floats
    floors: Ints
    flats_per_floor: Ints
    dwellings: Ints
    height_m: Floats
    built_year: Ints


def draw_buildings(
    fabric: Fabric, units: Units, uses: LandUse, *, scale: float, rng: np.random.Generator
) -> Buildings:
    """Place rows of buildings inside the blocks that serve their kind."""
    parts = [
        _draw_kind(name, kind, fabric, units, uses, max(int(kind.total * scale), 1), rng)
        for name, kind in KINDS.items()
    ]
    return Buildings(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _draw_kind(
    name: str,
    kind: Kind,
    fabric: Fabric,
    units: Units,
    uses: LandUse,
    wanted: int,
    rng: np.random.Generator,
) -> tuple[NDArray[Any], ...]:
    blocks = np.flatnonzero((uses.of_block == kind.blocks) & (fabric.area_m2 > 300))
    row, footprint, centre = lay_rows(kind, fabric.blocks[blocks], rng)
    block = blocks[row]
    # Towns and hamlets are kept compact: a superblock is built or left out as a whole.
    unit = units.of_block[block]
    chance = rng.random(len(uses.urbanity)) / (0.15 + uses.urbanity)
    chance[units.seed_of_community] = 0.0
    order = np.lexsort((rng.random(len(block)), chance[unit].round(1)))
    kept = np.sort(order[:wanted])
    block, footprint, centre, unit = block[kept], footprint[kept], centre[kept], unit[kept]
    count = len(block)
    urban = uses.urbanity[unit]
    # Estates are uniform: floors vary by superblock, a little by building.
    mood = rng.random(len(uses.urbanity))[unit] * 0.7 + rng.random(count) * 0.3
    low, high = kind.floors
    floors = low + np.floor((high - low + 1) * np.clip(mood * (0.55 + 0.45 * urban), 0, 0.999))
    year_low, year_high = kind.years
    early = rng.random(len(uses.urbanity))[unit] * 0.85 + rng.random(count) * 0.15
    young = early ** (0.6 if name == TOWER else 1.0)
    year = year_low + np.floor((year_high - year_low + 1) * np.clip(young, 0, 0.999))
    least, most = kind.flats_per_floor
    flats = least + np.floor(rng.random(count) * (most - least + 1))
    if name == SLAB:
        flats = flats // 2 * 2  # two doors on every stair
    dwellings = floors * flats
    if name == HOUSE:
        dwellings = np.minimum(rng.choice([1, 1, 1, 2, 3], count), floors)
    return (
        np.full(count, name), block, footprint, centre, floors.astype(int), flats.astype(int),
        dwellings.astype(int), (floors * kind.storey_m + 0.6).round(1), year.astype(int),
    )  # fmt: skip


def _face_south(blocks: Shapes) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Return middle, eastward and northward unit vectors, width and depth of each block."""
    corners = shapely.get_coordinates(shapely.oriented_envelope(blocks)).reshape(-1, 5, 2)
    sides = np.stack([corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 1]], axis=1)
    length = np.hypot(sides[..., 0], sides[..., 1])
    eastward = np.argmax(np.abs(sides[..., 0]) / np.maximum(length, 1e-9), axis=1)
    at = np.arange(len(blocks))
    east = sides[at, eastward] / length[at, eastward][:, None]
    east *= np.where(east[:, :1] < 0, -1, 1)
    north = np.column_stack([-east[:, 1], east[:, 0]])
    middle = corners[:, :4].mean(axis=1)
    return middle, east, north, length[at, eastward], length[at, 1 - eastward]


def _rank_within(group: Ints, value: Floats) -> Ints:
    """Return the place of each row in its group, smallest value first."""
    order = np.lexsort((value, group))
    rank = np.empty(len(group), dtype=np.intp)
    rank[order] = np.arange(len(group)) - np.searchsorted(group[order], group[order])
    return rank


def lay_rows(kind: Kind, blocks: Shapes, rng: np.random.Generator) -> tuple[Ints, Shapes, Floats]:
    """Lay rows of rectangles that face south as far as the block allows.

    Returns the row of the block, the footprint and the centre of each building that fits.
    """
    count = len(blocks)
    middle, east, north, wide, deep = _face_south(blocks)
    front = rng.uniform(*kind.front_m, count)
    depth = rng.uniform(*kind.depth_m, count)
    step_x, step_y = front + kind.gap_m[0], depth + kind.gap_m[1]
    # Large blocks are settled around one place, not all over.
    most = int(np.sqrt(3 * kind.per_block)) + 2
    room_x = (wide - 2 * kind.setback_m + kind.gap_m[0]) / step_x
    room_y = (deep - 2 * kind.setback_m + kind.gap_m[1]) / step_y
    across, along = (np.clip(room.astype(int), 1, most) for room in (room_x, room_y))
    aside = rng.uniform(-0.3, 0.3, (2, count))
    middle = middle + east * (aside[0] * np.maximum(room_x - across, 0) * step_x)[:, None]
    middle = middle + north * (aside[1] * np.maximum(room_y - along, 0) * step_y)[:, None]
    size = across * along
    row = np.repeat(np.arange(count), size)
    number = np.arange(len(row)) - np.repeat(np.cumsum(size) - size, size)
    x = (number % across[row] - (across[row] - 1) / 2) * step_x[row]
    y = (number // across[row] - (along[row] - 1) / 2) * step_y[row]
    # Nothing stands in line to the centimetre: half of the gap is play.
    x += rng.uniform(-0.22, 0.22, len(row)) * kind.gap_m[0]
    y += rng.uniform(-0.22, 0.22, len(row)) * kind.gap_m[1]
    right = east[row] * (front[row] / 2 * rng.uniform(0.88, 1.0, len(row)))[:, None]
    up = north[row] * (depth[row] / 2 * rng.uniform(0.92, 1.0, len(row)))[:, None]
    centre = middle[row] + east[row] * x[:, None] + north[row] * y[:, None]
    rings = [centre - right - up, centre + right - up, centre + right + up, centre - right + up]
    footprint = np.asarray(shapely.polygons(np.stack(rings, axis=1)))
    inside = shapely.buffer(blocks, -kind.setback_m)
    shapely.prepare(inside)
    fits = np.flatnonzero(shapely.contains_properly(inside[row], footprint))
    anchor = middle + rng.normal(0, 0.5, (count, 2)) * step_x[:, None]
    away_m = np.hypot(*(centre[fits] - anchor[row[fits]]).T)
    kept = fits[_rank_within(row[fits], away_m) < kind.per_block]
    return row[kept], footprint[kept], centre[kept]


def build_names(
    buildings: Buildings, units: Units, estate: NDArray[np.object_]
) -> NDArray[np.object_]:
    """Name residential buildings after the estate of their unit and number them."""
    unit = units.of_block[buildings.block]
    home = np.isin(buildings.kind, [TOWER, SLAB])
    number = pd.Series(unit[home]).groupby([unit[home], buildings.kind[home]]).cumcount() + 1
    names = np.full(len(unit), None, dtype=object)
    names[home] = estate[unit[home]] + number.astype(str).to_numpy(dtype=object) + "幢"
    return names
