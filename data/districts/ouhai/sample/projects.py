"""Construction projects: sites in growth areas, buildings, stages, dates, delays."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.districts.ouhai.sample.blocks import Fabric
from data.districts.ouhai.sample.buildings import lay_rows
from data.districts.ouhai.sample.frame import Frame
from data.districts.ouhai.sample.landuse import LandUse, Use
from data.districts.ouhai.sample.names import PINYIN, pair_names
from data.districts.ouhai.sample.people import DATA_DATE
from data.districts.ouhai.sample.schools import CAMPUS, NURSERY, PARTS_ZH, Schools
from data.districts.ouhai.sample.units import Units

Ints = NDArray[np.intp]
Shapes = NDArray[np.object_]


@dataclass(frozen=True)
class ProjectPlan:
    """One project as the bureau planned it. ASSUMPTION: invented, of usual size."""

    town: str
    kind: str
    opens: dict[str, tuple[int, int]]  # stage: classes of all grades, grades
    planned_year: int
    ends_on: str  # planned completion
    delay_days: int
    paid_ahead_pct: float = 0.0  # of the contract, paid for work that does not stand yet


# In an order in which any first few are a fair sample.
PLANS = (
    ProjectPlan("娄桥街道", "new", {"primary": (36, 6)}, 2026, "2026-07-20", 96, 32.0),
    ProjectPlan("潘桥街道", "extension", {"junior": (12, 3)}, 2026, "2026-02-28", 4),
    ProjectPlan(
        "南白象街道", "new", {"primary": (24, 6), "junior": (18, 3)}, 2026, "2026-07-10", 6
    ),
    ProjectPlan("三垟街道", "new", {"primary": (30, 6)}, 2027, "2027-06-30", -5),
    ProjectPlan("潘桥街道", "new", {"primary": (36, 6)}, 2026, "2026-07-31", 187),
    ProjectPlan("娄桥街道", "new", {"primary": (24, 6), "junior": (24, 3)}, 2028, "2028-07-15", 0),
    ProjectPlan("娄桥街道", "new", {"kindergarten": (12, 3)}, 2026, "2026-01-31", 9),
    ProjectPlan("南白象街道", "new", {"junior": (36, 3)}, 2027, "2027-05-20", 105),
    ProjectPlan("梧田街道", "new", {"primary": (30, 6)}, 2027, "2027-07-20", 8),
    ProjectPlan("潘桥街道", "new", {"kindergarten": (15, 3)}, 2026, "2026-07-25", 3),
    ProjectPlan("三垟街道", "new", {"junior": (30, 3)}, 2028, "2028-07-05", 0),
    ProjectPlan("茶山街道", "extension", {"primary": (12, 6)}, 2027, "2027-01-31", 134),
)
CLASS_SIZE = {"kindergarten": 30, "primary": 45, "junior": 50}
LABELS = {
    ("primary",): ("小学", "Primary School"),
    ("junior",): ("中学", "Junior School"),
    ("primary", "junior"): ("学校", "School"),
    ("kindergarten",): ("幼儿园", "Kindergarten"),
}
CONTRACTORS = ("瓯海城建（模拟）", "温城建工（模拟）", "浙南建设（模拟）", "塘河工程（模拟）")
# Construction stage, planned days, share of the delay that has built up by its end.
STAGES = (
    ("civil_works", 120, 0.55), ("superstructure", 200, 0.9), ("topped_out", 12, 1.0),
    ("fit_out", 180, 1.0), ("completed", 55, 1.0),
)  # fmt: skip
PAUSE_DAYS = 3  # between stages
LAG_DAYS = 11  # buildings of a site start one after another


@dataclass(frozen=True)
class Projects:
    """Projects with their sites; buildings follow in `owner` and `shape`."""

    plans: tuple[ProjectPlan, ...]
    block: Ints
    unit: Ints
    owner: Ints
    shape: Shapes


def place_projects(
    fabric: Fabric, units: Units, uses: LandUse, frame: Frame, schools: Schools, *, scale: float,
    rng: np.random.Generator,
) -> Projects:  # fmt: skip
    """Choose a free block in the right subdistrict, far from schools, amid estates."""
    plans = PLANS[: max(round(len(PLANS) * scale), 2)]
    town_of = {name: row for row, name in enumerate(frame.subdistricts["name_zh"])}
    block, owner, shapes = [], [], []
    existing = fabric.centre[schools.block[schools.find("primary", "junior", "nine_year")]]
    for number, plan in enumerate(plans):
        nursery = "kindergarten" in plan.opens
        least, most = (4e3, 1.5e4) if nursery else (1.4e4, 5e4)
        pool = np.flatnonzero(
            np.isin(uses.of_block, [Use.ESTATE, Use.FIELD, Use.GREEN, Use.VILLAGE, Use.INDUSTRY])
            & (units.subdistrict[units.of_block] == town_of[plan.town])
            & (fabric.area_m2 > least) & (fabric.area_m2 < most / scale)
        )  # fmt: skip
        row, shape, _ = lay_rows(NURSERY if nursery else CAMPUS, fabric.blocks[pool], rng)
        fitting = np.bincount(row, minlength=len(pool))
        away = np.hypot(*(fabric.centre[pool][:, None] - existing[None]).transpose(2, 0, 1)).min(1)
        near = -away if plan.kind == "extension" else np.minimum(away, 900.0)
        liking = near + 900 * uses.urbanity[units.of_block[pool]]
        liking = np.where(fitting >= (3 if nursery else 4), liking, -np.inf)
        best = int(np.argmax(liking + rng.normal(0, 60, len(pool))))
        taken = shape[row == best][: 3 if nursery else 6]
        block.append(pool[best])
        owner.append(np.full(len(taken), number))
        shapes.append(taken)
        existing = np.concatenate([existing, fabric.centre[pool[best]][None]])
        uses.of_block[pool[best]] = Use.CAMPUS
    sites = np.array(block)
    return Projects(
        plans, sites, units.of_block[sites], np.concatenate(owner), np.concatenate(shapes)
    )


def build_project(
    projects: Projects, fabric: Fabric, schools: Schools, school_codes: NDArray[np.object_],
    frame: Frame, rng: np.random.Generator,
) -> gpd.GeoDataFrame:  # fmt: skip
    """Return the project table, metres."""
    english = dict(zip(frame.subdistricts["name_zh"], frame.subdistricts["name_en"], strict=True))
    towns = dict(zip(frame.subdistricts["name_zh"], frame.subdistricts["code"], strict=True))
    pairs = pair_names(1300, rng)[-len(projects.plans) :]
    rows = []
    for number, plan in enumerate(projects.plans):
        zh, en = LABELS[tuple(plan.opens)]
        town = plan.town.removesuffix("街道")
        works = ("新建工程", "") if plan.kind == "new" else ("扩建工程", " extension")
        pinyin = "".join(PINYIN[sign] for sign in pairs[number][:2]).capitalize()
        rows.append(
            {
                "code": f"P{number + 1:03d}",
                "school_code": _find_extended(plan, projects.block[number], fabric, schools,
                                              school_codes),
                "name_zh": f"{town}{pairs[number]}{zh}{works[0]}",
                "name_en": f"{english[plan.town]} {pinyin} {en}{works[1]}",
                "kind": plan.kind,
                "contractor": CONTRACTORS[number % len(CONTRACTORS)],
                "site_area_m2": round(min(float(fabric.area_m2[projects.block[number]]), 5e4)),
            }
        )  # fmt: skip
    table = gpd.GeoDataFrame(rows, geometry=shapely.points(fabric.centre[projects.block]))
    floor = pd.Series(shapely.area(projects.shape) * 4.5).groupby(projects.owner).sum()
    table["investment_yuan"] = (floor.to_numpy() * 6200).round(-5)
    table["subdistrict_code"] = [towns[plan.town] for plan in projects.plans]
    return table.rename_geometry("geom")


def build_project_seat(projects: Projects) -> pd.DataFrame:
    """Return the table of seats that projects open."""
    return pd.DataFrame(
        [
            {
                "project_code": f"P{number + 1:03d}",
                "stage": stage,
                "classes": classes,
                "seats": classes * CLASS_SIZE[stage],
                "entry_seats": classes // grades * CLASS_SIZE[stage],
                "planned_year": plan.planned_year,
            }
            for number, plan in enumerate(projects.plans)
            for stage, (classes, grades) in plan.opens.items()
        ]
    )


def build_project_building(
    projects: Projects, rng: np.random.Generator
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Return the project building table, metres, and the stage records."""
    place = pd.Series(projects.owner).groupby(projects.owner).cumcount().to_numpy(dtype=np.intp)
    nursery = np.array(["kindergarten" in plan.opens for plan in projects.plans])[projects.owner]
    floors = np.where(
        nursery, 3, np.where(np.isin(place, [3, 4]), 2, rng.integers(4, 6, len(place)))
    )
    codes = np.array(
        [f"P{o + 1:03d}-{p + 1:02d}" for o, p in zip(projects.owner, place, strict=True)], object
    )
    parts = ("活动楼", "综合楼", "食堂")
    names = [
        f"{p + 1}号{parts[p % 3] if small else PARTS_ZH[p % 8]}"
        for p, small in zip(place, nursery, strict=True)
    ]
    table = gpd.GeoDataFrame(
        {
            "project_code": [f"P{o + 1:03d}" for o in projects.owner],
            "code": codes,
            "name_zh": names,
            "name_en": [f"Building {p + 1}" for p in place],
            "floors": floors,
            "height_m": (floors * 3.9 + 1.2).round(1),
            "floor_area_m2": (shapely.area(projects.shape) * floors).round(1),
            "geom": projects.shape,
        },
        geometry="geom",
    )
    return table, _build_stage_record(projects, place.astype(np.intp), codes)


def _build_stage_record(
    projects: Projects, place: Ints, codes: NDArray[np.object_]
) -> pd.DataFrame:
    """Date the stages backwards from the planned end; delays build up as the works go on."""
    owner = projects.owner
    last = pd.Series(place).groupby(owner).transform("max").to_numpy()
    end = np.array([plan.ends_on for plan in projects.plans], dtype="datetime64[D]")[owner]
    delay = np.array([plan.delay_days for plan in projects.plans])[owner]
    delay = np.where(delay > 30, (delay * (0.72 + 0.28 * place / np.maximum(last, 1))), delay)
    total = sum(days for _, days, _ in STAGES) + PAUSE_DAYS * (len(STAGES) - 1)
    start = end - total - (last - place) * LAG_DAYS
    started = np.where(delay > 30, 0.25 * delay, delay).astype(int)  # late starts, later ends
    actual = start + started
    frames = []
    for stage, days, share in STAGES:
        finish = start + days
        done = np.maximum(
            finish + np.where(delay > 30, share * delay, delay).astype(int), actual + 1
        )
        length = (done - actual).astype(int)
        progress = np.clip((DATA_DATE - actual).astype(int) / length, 0, 1) * 100
        over = done <= DATA_DATE
        begun = actual <= DATA_DATE
        recorded = np.where(over, np.minimum(done + 4, DATA_DATE), DATA_DATE - place % 6)
        frames.append(
            pd.DataFrame(
                {
                    "project_building_code": codes,
                    "construction_stage": stage,
                    "planned_start_on": start,
                    "planned_end_on": finish,
                    "actual_start_on": np.where(begun, actual, np.datetime64("NaT")),
                    "actual_end_on": np.where(over, done, np.datetime64("NaT")),
                    "progress_pct": np.where(over, 100.0, np.minimum(progress, 99).round(0)),
                    "recorded_on": recorded,
                }
            )
        )
        start, actual = finish + PAUSE_DAYS, done + PAUSE_DAYS
    table = pd.concat(frames, ignore_index=True)
    dates = [column for column in table.columns if str(column).endswith("_on")]
    table[dates] = table[dates].astype("datetime64[s]")
    return table


def _find_extended(
    plan: ProjectPlan, block: int, fabric: Fabric, schools: Schools, codes: NDArray[np.object_]
) -> str | None:
    if plan.kind == "new":
        return None
    rows = schools.find(next(iter(plan.opens)), public=True)
    away = np.hypot(*(fabric.centre[schools.block[rows]] - fabric.centre[block]).T)
    return str(codes[rows[np.argmin(away)]])
