"""Seats of schools: whole classes, too few where towns grew, too many where they aged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.districts.ouhai.sample.children import Children, find_entry_year
from data.districts.ouhai.sample.schools import Schools

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]

ENTRY_YEARS = range(2013, 2030)
SEAT_YEARS = range(2021, 2030)
SHOWN = 2026
IDLE_SHARE = 0.45
FIRST_SCHOOL_YEAR = 2009  # first school year of birth that the register holds whole


@dataclass(frozen=True)
class StageRule:
    """A stage of education, and how full its catchments are in the year shown.

    Ages and class sizes repeat the district profile. ASSUMPTION: the shares.
    """

    entry_age: int
    grades: int
    class_size: int
    red: float  # share of catchments at 100 % or more
    yellow: float  # at 90 to 100 %
    idle: float  # under 45 %
    usual: tuple[float, float]  # registered children a seat elsewhere; migrants fill the rest
    graduates: float = 1.0  # of a registered cohort: those who went through the stage before here


STAGES = {
    "kindergarten": StageRule(3, 3, 30, 0.035, 0.025, 0.52, (0.46, 0.72)),
    "primary": StageRule(6, 6, 45, 0.15, 0.10, 0.13, (0.46, 0.72)),
    "junior": StageRule(12, 3, 50, 0.23, 0.10, 0.07, (0.54, 0.82), graduates=0.94),
}
# Stages without catchments: grades, class size, classes a grade at least and at most.
OTHER_STAGES = {
    "senior": (3, 50, 6, 14),
    "vocational": (3, 40, 8, 16),
    "training": (1, 20, 3, 15),
}


def count_entrants(
    children: Children, unit: Ints, owner: Ints, schools: int, entry_age: int,
    chosen: NDArray[np.bool_],
) -> Ints:  # fmt: skip
    """Count chosen children by school and entry year, shape (schools, ENTRY_YEARS)."""
    year = find_entry_year(children.born_on, entry_age)
    fits = chosen & (unit >= 0) & (year >= ENTRY_YEARS.start) & (year < ENTRY_YEARS.stop)
    table = np.zeros((schools, len(ENTRY_YEARS)), dtype=int)
    np.add.at(table, (owner[unit[fits]], year[fits] - ENTRY_YEARS.start), 1)
    # Who was born before the register begins has left school; their cohorts were as large as
    # the first whole one.
    first = max(FIRST_SCHOOL_YEAR + entry_age - ENTRY_YEARS.start, 0)
    table[:, :first] = table[:, first : first + 1]
    return table


def plan_entry_classes(stage: str, demand: Ints, growth: Floats, rng: np.random.Generator) -> Ints:
    """Return the entry classes of catchment schools, calibrated to the shares of the stage.

    Parameters
    ----------
    stage
        Code of the stage.
    demand
        Registered children of the age of entry in the year shown, shape (n,). Where graduates
        are counted, the rule's share of them.
    growth
        How much the catchments grow, 0 to 1, shape (n,).
    """
    rule = STAGES[stage]
    size, count = rule.class_size, len(demand)
    demand = np.rint(demand * rule.graduates).astype(int)
    order = np.argsort(-(growth + rng.normal(0, 0.10, count)), kind="stable")
    classes = np.zeros(count, dtype=int)
    quota = {"red": max(round(rule.red * count), 1), "yellow": max(round(rule.yellow * count), 1)}
    # Too few: full classes and children left over, in the areas that grow most.
    for row in order:
        full = demand[row] // size
        tight = -(-demand[row] // size)
        if quota["red"] and full and demand[row] / (full * size) <= 1.5:
            classes[row] = full
            quota["red"] -= 1
        elif quota["yellow"] and tight and 0.9 <= demand[row] / (tight * size) < 0.995:
            classes[row] = tight
            quota["yellow"] -= 1
    idle = round(rule.idle * count)
    for row in order[::-1]:
        if classes[row]:
            continue
        if idle > 0:
            wanted = np.ceil(demand[row] / (rng.uniform(0.28, 0.43) * size))
        else:
            most = demand[row] // (IDLE_SHARE * size)
            wanted = min(round(demand[row] / (rng.uniform(*rule.usual) * size)), most)
        idle -= 1
        least = demand[row] // (0.895 * size) + 1
        classes[row] = max(int(wanted), int(least), 1)
    return classes


def draw_class_history(classes: Ints, rng: np.random.Generator) -> Ints:
    """Return entry classes by school and seat year: some schools changed by one since 2021."""
    years = np.arange(SEAT_YEARS.start, SEAT_YEARS.stop)
    change = rng.choice([0, 0, 0, 0, -1, 1], len(classes)) * (classes >= 3)
    when = rng.integers(2022, 2025, len(classes))
    history = classes[:, None] + np.where(years[None] < when[:, None], change[:, None], 0)
    return np.asarray(np.maximum(history, 1))


def draw_other_classes(schools: Schools, rng: np.random.Generator) -> dict[str, tuple[Ints, Ints]]:
    """Return rows and entry classes of the schools that no catchment fills, by stage."""
    private = {
        "kindergarten": (schools.find("kindergarten", public=False), 2, 4),
        "primary": (schools.find("primary", "nine_year", public=False), 4, 8),
        "junior": (schools.find("junior", "nine_year", public=False), 4, 8),
    }
    for stage, (_, _, least, most) in OTHER_STAGES.items():
        private[stage] = (schools.find(stage), least, most)
    return {
        stage: (rows, rng.integers(least, most + 1, len(rows)))
        for stage, (rows, least, most) in private.items()
    }


def build_seat(
    rows: dict[str, Ints], classes: dict[str, Ints], codes: NDArray[np.object_]
) -> pd.DataFrame:
    """Return the seat table of school rows and entry classes (rows, SEAT_YEARS) by stage."""
    parts = []
    for stage, table_of in classes.items():
        grades, size = get_grades_and_size(stage)
        entry = table_of.ravel()
        parts.append(
            pd.DataFrame(
                {
                    "school_code": np.repeat(codes[rows[stage]], len(SEAT_YEARS)),
                    "stage": stage,
                    "year": np.tile(np.array(SEAT_YEARS), len(table_of)),
                    "entry_classes": entry,
                    "entry_seats": entry * size,
                    "classes": entry * grades,
                    "seats": entry * grades * size,
                }
            )
        )
    table = pd.concat(parts, ignore_index=True)
    plain = table["stage"] == "training"
    for column in ("entry_classes", "entry_seats", "classes"):
        table[column] = table[column].astype("Int64").mask(plain)
    return table


def get_grades_and_size(stage: str) -> tuple[int, int]:
    """Return the number of grades and the design class of a stage."""
    if stage in STAGES:
        return STAGES[stage].grades, STAGES[stage].class_size
    grades, size, _, _ = OTHER_STAGES[stage]
    return grades, size
