"""Five years of enrolment that follow the cohorts from grade to grade."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.districts.ouhai.sample.seats import ENTRY_YEARS, SEAT_YEARS, get_grades_and_size

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]

YEARS = range(2021, 2026)


@dataclass(frozen=True)
class EnrolmentRates:
    """How demand becomes pupils. ASSUMPTION throughout."""

    take_up: tuple[float, float] = (0.92, 0.99)  # of registered children
    migrant_take_up: float = 0.72  # of migrant children, while seats last
    most_crowded: float = 1.27  # pupils per seat where a school must admit everyone
    least: float = 5.0  # the smallest village class
    moves: float = 0.008  # spread of the yearly change of a grade
    leaves: float = 0.998  # its mean


def count_pupils(
    stage: str, registered: Ints, migrants: Ints, classes: Ints, rng: np.random.Generator
) -> Ints:
    """Return pupils by school, grade and year for catchment schools.

    Parameters
    ----------
    registered, migrants
        Children by school and entry year, shape (n, ENTRY_YEARS).
    classes
        Entry classes by school and seat year, shape (n, SEAT_YEARS).
    """
    rates = EnrolmentRates()
    grades, size = get_grades_and_size(stage)
    years = np.arange(ENTRY_YEARS.start, ENTRY_YEARS.stop)
    at = np.clip(years - SEAT_YEARS.start, 0, classes.shape[1] - 1)
    seats = classes[:, at] * size
    take = rng.uniform(*rates.take_up, (len(registered), 1))
    local = np.minimum(registered * take, seats * rates.most_crowded)
    others = np.minimum(migrants * rates.migrant_take_up, np.maximum(seats * 1.02 - local, 0))
    return _follow(np.maximum(local + others, rates.least), grades, rates, rng)


def count_private_pupils(stage: str, classes: Ints, rng: np.random.Generator) -> Ints:
    """Return pupils by school, grade and year for schools without a catchment."""
    rates = EnrolmentRates()
    grades, size = get_grades_and_size(stage)
    years = np.arange(ENTRY_YEARS.start, ENTRY_YEARS.stop)
    full = {"senior": 0.98, "vocational": 0.86, "training": 0.7, "junior": 0.95, "primary": 0.9}
    level = np.full(len(years), full.get(stage, 0.0))
    if stage == "kindergarten":  # they empty with the births of three years before
        level = np.interp(years, [2018, 2021, 2025, 2029], [0.98, 0.93, 0.6, 0.5])
    own = rng.normal(1.0, 0.06 if stage != "training" else 0.2, (len(classes), 1))
    entry = np.minimum(classes[:, :1] * size * level[None] * own, classes[:, :1] * size * 1.08)
    return _follow(entry, grades, rates, rng)


def build_enrolment(
    rows: dict[str, Ints],
    classes: dict[str, Ints],
    pupils: dict[str, Ints],
    codes: NDArray[np.object_],
) -> pd.DataFrame:
    """Return the enrolment table of school rows, entry classes and pupils by stage."""
    parts = []
    for stage, table in pupils.items():
        _, size = get_grades_and_size(stage)
        school, grade, year = (axis.ravel() for axis in np.indices(table.shape))
        count = table.ravel()
        # A crowded school fills the classes that its grade began with.
        most = classes[stage][school, np.maximum(year - grade, 0)]
        parts.append(
            pd.DataFrame(
                {
                    "school_code": codes[rows[stage]][school],
                    "stage": stage,
                    "grade": grade + 1,
                    "year": year + YEARS.start,
                    "pupils": count,
                    "classes": np.clip(-(-count // size), 1, most),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _follow(entry: Floats, grades: int, rates: EnrolmentRates, rng: np.random.Generator) -> Ints:
    """Let entry cohorts, shape (n, ENTRY_YEARS), move up; shape (n, grades, YEARS)."""
    change = rng.normal(rates.leaves, rates.moves, (*entry.shape, grades))
    change[..., 0] = 1.0
    size = entry[..., None] * np.cumprod(change, axis=2)
    grade, year = np.indices((grades, len(YEARS)))
    cohort = year + YEARS.start - grade - ENTRY_YEARS.start
    return np.asarray(np.maximum(size[:, cohort, grade].round(), 0).astype(int))
