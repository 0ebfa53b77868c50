"""Schools: how many, where, on which blocks, with which buildings."""

from __future__ import annotations

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.districts.ouhai.sample.blocks import OUTSIDE, Fabric
from data.districts.ouhai.sample.buildings import Kind, lay_rows
from data.districts.ouhai.sample.frame import Frame
from data.districts.ouhai.sample.landuse import SITE_USES, LandUse, Use
from data.districts.ouhai.sample.names import name_schools
from data.districts.ouhai.sample.units import Units

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]


@dataclass(frozen=True)
class SchoolKind:
    """One kind of school. Totals come from the district's own figures; the rest ASSUMPTION."""

    total: int
    least: int  # however small the sample
    private: float
    site_m2: tuple[float, float]
    code_digit: int
    label_zh: str
    label_en: str
    founded: tuple[int, int]


KINDS = {
    "nine_year": SchoolKind(8, 2, 0.125, (1.7e4, 6e4), 4, "学校", "School", (1998, 2020)),
    "junior": SchoolKind(25, 2, 0.08, (1.6e4, 6e4), 3, "中学", "Junior School", (1956, 2018)),
    "primary": SchoolKind(60, 6, 0.10, (1.1e4, 4.5e4), 2, "小学", "Primary School", (1906, 2020)),
    "senior": SchoolKind(8, 2, 0.25, (2.0e4, 9e4), 5, "高级中学", "Senior School", (1952, 2015)),
    "vocational": SchoolKind(3, 2, 0.34, (2.0e4, 9e4), 6, "职业中专", "Vocational School",
                             (1983, 2010)),
    "kindergarten": SchoolKind(180, 8, 0.5, (0.28e4, 1.1e4), 1, "幼儿园", "Kindergarten",
                               (1985, 2024)),
    "training": SchoolKind(60, 4, 1.0, (0.0, 0.0), 9, "培训中心", "Training Centre", (2006, 2024)),
}  # fmt: skip

CAMPUS = Kind("teaching", Use.CAMPUS, 0, (38, 56), (12, 16), (12, 17), 8, 8, (4, 5), (0, 0), 3.9,
              (1990, 2024))  # fmt: skip
NURSERY = replace(CAMPUS, front_m=(17, 26), depth_m=(9, 13), gap_m=(6, 8), setback_m=4, per_block=4,
                  floors=(3, 3), storey_m=3.6)  # fmt: skip
PARTS_ZH = ("教学楼", "行政楼", "实验楼", "食堂", "体育馆", "艺术楼", "图书馆", "宿舍楼")
PARTS_USE = ("teaching", "office", "laboratory", "canteen", "sports", "teaching", "teaching",
             "dormitory")  # fmt: skip
CHOICE = 60  # blocks looked at for each school
GATE_M = 5.0  # how far inside its block the gate point lies


@dataclass(frozen=True)
class Schools:
    """One row a school; `block` is its site, also the block a training centre rents in."""

    kind: NDArray[np.object_]
    block: Ints
    unit: Ints
    public: NDArray[np.bool_]
    gate: Floats
    opened_year: Ints
    campus_school: Ints  # school of each campus building
    campus_shape: Shapes

    def find(self, *kinds: str, public: bool | None = None) -> Ints:
        """Return the rows of those kinds, in order."""
        match = np.isin(self.kind, kinds)
        if public is not None:
            match &= self.public == public
        return np.flatnonzero(match)


def place_schools(
    fabric: Fabric, units: Units, uses: LandUse, *, scale: float, rng: np.random.Generator
) -> Schools:
    """Place schools where people lived when they were founded, each on a free block.

    Homes of the last years do not count: growth areas stay short of schools, old towns
    keep too many, as in life. Reserves the sites in `uses.of_block`.
    """
    past = _measure_past(fabric, units, uses)
    free = np.isin(uses.of_block, SITE_USES)
    columns: dict[str, list] = {"kind": [], "block": [], "campus": [], "shape": []}
    count = {kind: max(round(rule.total * scale), rule.least) for kind, rule in KINDS.items()}
    nine = np.empty((0, 2))
    for kind, rule in KINDS.items():
        if kind == "training":
            pool = np.flatnonzero(uses.of_block == Use.SHOP)
            blocks = rng.choice(pool, count[kind], replace=count[kind] > len(pool))
            shapes = [np.array([], dtype=object)] * len(blocks)
        else:
            beside = nine if kind in ("junior", "primary") else nine[:0]
            wanted = _spread(units, past, count[kind], rng, beside=beside)
            blocks, shapes = _take_sites(kind, rule, wanted, fabric, units, uses, free, scale, rng)
        if kind == "nine_year":
            nine = fabric.centre[blocks]
        for block, shape in zip(blocks, shapes, strict=True):
            columns["kind"].append(kind)
            columns["campus"].append(np.full(len(shape), len(columns["block"])))
            columns["block"].append(block)
            columns["shape"].append(shape)
    kinds, block = np.array(columns["kind"], dtype=object), np.array(columns["block"])
    founded = np.array([KINDS[kind].founded for kind in kinds])
    growth = uses.growth[units.of_block[block]]
    young = np.clip(0.55 * growth + rng.normal(0.35, 0.25, len(block)), 0, 1)
    return Schools(
        kind=kinds,
        block=block,
        unit=units.of_block[block],
        public=_draw_public(kinds, rng),
        gate=_place_gates(fabric, block),
        opened_year=(founded[:, 0] + young * (founded[:, 1] - founded[:, 0])).astype(int),
        campus_school=np.concatenate(columns["campus"]),
        campus_shape=np.concatenate(columns["shape"]),
    )


def build_school(
    schools: Schools,
    fabric: Fabric,
    units: Units,
    frame: Frame,
    urban: NDArray[np.bool_],
    unit_codes: NDArray[np.object_],
    addresses: NDArray[np.object_],
    rng: np.random.Generator,
) -> gpd.GeoDataFrame:
    """Return the school table, metres; `urban` and `unit_codes` are by planning unit."""
    towns = frame.subdistricts.iloc[units.subdistrict[schools.unit]]
    labels = [(KINDS[kind].label_zh, KINDS[kind].label_en) for kind in schools.kind]
    name_zh, name_en = name_schools(
        towns["name_zh"].str.replace(r"街道$|镇$", "", regex=True).to_numpy(dtype=object),
        towns["name_en"].to_numpy(dtype=object),
        labels,
        rng,
    )
    count = len(schools.kind)
    day = np.array((schools.opened_year - 1970).astype("datetime64[Y]"), dtype="datetime64[M]")
    trade = schools.kind == "training"
    opened = (day + np.where(trade, rng.integers(0, 12, count), 8)).astype("datetime64[D]")
    return gpd.GeoDataFrame(
        {
            "planning_unit_code": unit_codes[schools.unit],
            "subdistrict_code": towns["code"].to_numpy(),
            "code": write_school_codes(schools),
            "name_zh": name_zh,
            "name_en": name_en,
            "kind": schools.kind,
            "public": schools.public,
            "urban": urban[schools.unit],
            "address": addresses,
            "site_area_m2": np.where(trade, np.nan, fabric.area_m2[schools.block].round(0)),
            "opened_on": opened.astype("datetime64[s]"),
            "closed_on": np.full(count, np.datetime64("NaT"), dtype="datetime64[s]"),
            "geom": shapely.points(schools.gate),
        },
        geometry="geom",
    )


def write_school_codes(schools: Schools) -> NDArray[np.object_]:
    """Return ten digits a school: kind, 133 (the province), 04, number within the kind."""
    number = (pd.Series(schools.kind).groupby(schools.kind).cumcount() + 1).to_numpy()
    digit = [KINDS[kind].code_digit for kind in schools.kind]
    return np.array([f"{d}13304{n:04d}" for d, n in zip(digit, number, strict=True)], dtype=object)


def build_campus_building(
    schools: Schools, codes: NDArray[np.object_], rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """Return the campus building table, metres."""
    school, shape = schools.campus_school, schools.campus_shape
    place = (pd.Series(school).groupby(school).cumcount()).to_numpy()
    nursery = schools.kind[school] == "kindergarten"
    floors = np.where(
        nursery, 3, np.where(np.isin(place, [3, 4]), 2, rng.integers(4, 6, len(place)))
    )
    name = np.where(nursery, np.array(["活动楼", "综合楼", "行政楼", "食堂"])[place % 4],
                    np.array(PARTS_ZH)[place % 8])  # fmt: skip
    use = np.where(nursery, np.array(["teaching", "teaching", "office", "canteen"])[place % 4],
                   np.array(PARTS_USE)[place % 8])  # fmt: skip
    return gpd.GeoDataFrame(
        {
            "school_code": codes[school],
            "code": [f"{c}-{p + 1:02d}" for c, p in zip(codes[school], place, strict=True)],
            "name_zh": name.astype(object),
            "building_use": use.astype(object),
            "floors": floors,
            "floor_area_m2": (shapely.area(shape) * floors).round(1),
            "geom": shape,
        },
        geometry="geom",
    )


def _measure_past(fabric: Fabric, units: Units, uses: LandUse) -> Floats:
    """Return the weight of each unit in the years when most schools were founded."""
    worth = np.zeros(len(Use))
    worth[[Use.OLD_TOWN, Use.VILLAGE, Use.ESTATE, Use.SHOP]] = 1.0, 0.4, 0.9, 0.05
    area = np.minimum(fabric.area_m2, 6e4) * worth[uses.of_block]
    past = np.bincount(units.of_block, area, minlength=len(uses.growth))
    return np.asarray(past * (1 - 0.3 * uses.growth) * (0.2 + uses.urbanity))


def _spread(
    units: Units, weight: Floats, count: int, rng: np.random.Generator, *, beside: Floats
) -> Floats:
    """Return well spread places, denser where the weight is.

    Each subdistrict gets its share, less what it has of the schools `beside` them that teach
    the same stage.
    """
    settled = np.flatnonzero(weight > 0)
    mass, town = weight[settled] ** 0.85, units.subdistrict[settled]
    near = [np.argmin(np.hypot(*(units.centre[settled] - place).T)) for place in beside]
    has = np.bincount(town[np.array(near, dtype=int)], minlength=town.max() + 1)
    quota = _share_out(np.asarray(np.bincount(town, mass), dtype=float), count, has)
    chosen = [np.empty((0, 2))]
    for row in np.flatnonzero(quota):
        here = np.flatnonzero(town == row)
        fixed = beside[town[near] == row] if len(beside) else beside
        chosen.append(
            _settle_centres(units.centre[settled[here]], mass[here], int(quota[row]), fixed, rng)
        )
    return np.concatenate(chosen)


def _share_out(mass: Floats, count: int, has: Ints) -> Ints:
    """Share out `count` by highest averages, none or one for sure; `has` counts as given."""
    quota = np.zeros(len(mass), dtype=int)
    for _ in range(count):
        first = (quota + has == 0) & (count >= 2 * len(mass))
        quota[np.argmax(np.where(first, np.inf, mass / (quota + has + 0.5)))] += 1
    return quota


def _settle_centres(
    places: Floats, mass: Floats, count: int, fixed: Floats, rng: np.random.Generator
) -> Floats:
    """Move `count` centres, drawn by mass, to the middle of what is nearest to them."""
    chosen = places[
        rng.choice(len(places), count, replace=len(places) < count, p=mass / mass.sum())
    ]
    for _ in range(25):
        middle = np.concatenate([chosen, fixed])
        near = np.argmin(np.hypot(*(places[:, None] - middle[None]).transpose(2, 0, 1)), axis=1)
        total = np.bincount(near, mass, minlength=len(middle))[:count]
        drawn = np.column_stack(
            [np.bincount(near, mass * places[:, k], minlength=len(middle))[:count] for k in (0, 1)]
        )
        filled = total > 0
        chosen[filled] = drawn[filled] / total[filled][:, None]
    return chosen


def _take_sites(
    kind: str, rule: SchoolKind, wanted: Floats, fabric: Fabric, units: Units, uses: LandUse,
    free: NDArray[np.bool_], scale: float, rng: np.random.Generator,
) -> tuple[Ints, list[Shapes]]:  # fmt: skip
    """Take the nearest fitting block to each wanted place, one a planning unit."""
    least, most = rule.site_m2
    fits = free & (fabric.area_m2 >= least) & (fabric.area_m2 <= most / scale)
    pool = np.flatnonzero(fits)
    away = np.hypot(*(fabric.centre[pool][None] - wanted[:, None]).transpose(2, 0, 1))
    pool = pool[np.unique(np.argsort(away, axis=1, kind="stable")[:, :CHOICE])]
    row, shape, _ = lay_rows(
        NURSERY if kind == "kindergarten" else CAMPUS, fabric.blocks[pool], rng
    )
    roomy = np.bincount(row, minlength=len(pool)) >= 3
    used: list[int] = []
    penalty = np.array([SITE_USES.index(use) if use in SITE_USES else 9 for use in range(len(Use))])
    dislike_m = 60.0 * penalty[uses.of_block[pool]]
    open_ = roomy.copy()
    for place in wanted:
        away = np.hypot(*(fabric.centre[pool] - place).T) + dislike_m
        best = int(np.argmin(np.where(open_, away, np.inf)))
        if not open_[best]:
            raise ValueError(f"No block is left for a {kind} of {least:.0f} m² or more.")
        used.append(best)
        open_[units.of_block[pool] == units.of_block[pool[best]]] = False
    blocks = pool[used]
    free[blocks] = False
    uses.of_block[blocks] = Use.CAMPUS
    order = np.argsort(row, kind="stable")
    first = np.searchsorted(row[order], np.arange(len(pool) + 1))
    shapes = [shape[order[first[k] : first[k + 1]]] for k in used]
    return blocks, shapes


def _draw_public(kinds: NDArray[np.object_], rng: np.random.Generator) -> NDArray[np.bool_]:
    public = np.ones(len(kinds), dtype=bool)
    for kind, rule in KINDS.items():
        rows = np.flatnonzero(kinds == kind)
        public[rng.permutation(rows)[: int(rule.private * len(rows))]] = False
    return public


def _place_gates(fabric: Fabric, block: Ints) -> Floats:
    """Put the gate just inside the longest street side of the block."""
    order = np.lexsort((fabric.length_m, np.maximum(fabric.left, OUTSIDE)))
    side = np.full(len(fabric.blocks), OUTSIDE)
    dry = fabric.water[fabric.right] == OUTSIDE
    side[fabric.left[order]] = np.where(dry[order], order, side[fabric.left[order]])
    fallback = np.lexsort((fabric.length_m, fabric.right))
    missing = side[fabric.right[fallback]] == OUTSIDE
    side[fabric.right[fallback[missing]]] = fallback[missing]
    middle = shapely.line_interpolate_point(fabric.edges[side[block]], 0.5, normalized=True)
    inward = shapely.linestrings(
        np.stack([shapely.get_coordinates(middle), fabric.centre[block]], axis=1)
    )
    gate = shapely.line_interpolate_point(inward, np.minimum(GATE_M, shapely.length(inward) / 3))
    outside = ~shapely.contains_properly(fabric.blocks[block], gate)
    place = shapely.get_coordinates(gate)
    place[outside] = fabric.centre[block][outside]
    return place
