"""Brings children and seats together: entry classes by catchment, pupils by grade."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from data.districts.ouhai.sample.chance import make_rng
from data.districts.ouhai.sample.children import Children
from data.districts.ouhai.sample.enrolment import count_private_pupils, count_pupils
from data.districts.ouhai.sample.landuse import LandUse
from data.districts.ouhai.sample.schools import Schools
from data.districts.ouhai.sample.seats import (
    ENTRY_YEARS,
    SEAT_YEARS,
    SHOWN,
    STAGES,
    count_entrants,
    draw_class_history,
    draw_other_classes,
    plan_entry_classes,
)

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]


@dataclass
class Teaching:
    """By stage: rows of schools, entry classes (rows, SEAT_YEARS), pupils (rows, grades, YEARS)."""

    rows: dict[str, Ints] = field(default_factory=dict)
    classes: dict[str, Ints] = field(default_factory=dict)
    pupils: dict[str, Ints] = field(default_factory=dict)

    def add(self, stage: str, rows: Ints, classes: Ints, pupils: Ints) -> None:
        """Add schools of a stage behind those it has."""
        for table, new in ((self.rows, rows), (self.classes, classes), (self.pupils, pupils)):
            table[stage] = np.concatenate([table[stage], new]) if stage in table else new


def fill_schools(
    schools: Schools,
    uses: LandUse,
    members: dict[str, Ints],
    children: Children,
    unit: Ints,
    *,
    seed: int,
) -> Teaching:
    """Give every school seats and pupils.

    Parameters
    ----------
    members
        By stage the school row of every planning unit.
    unit
        Planning unit that locates each child, -1 where unknown.
    seed
        Seed of the sample.
    """
    taught = Teaching()
    for stage, owner in members.items():
        rng = make_rng(seed, f"seats of {stage}")
        rows = np.unique(owner)
        registered, migrants = (
            count_entrants(
                children, unit, owner, len(schools.kind), STAGES[stage].entry_age, chosen
            )[rows]
            for chosen in (children.registered, ~children.registered)
        )
        growth = _measure_growth(uses, owner, unit, len(schools.kind))[rows]
        shown = registered[:, SHOWN - ENTRY_YEARS.start]
        classes = draw_class_history(plan_entry_classes(stage, shown, growth, rng), rng)
        taught.add(stage, rows, classes, count_pupils(stage, registered, migrants, classes, rng))
    rng = make_rng(seed, "other seats")
    for stage, (rows, entry) in draw_other_classes(schools, rng).items():
        classes = np.repeat(entry[:, None], len(SEAT_YEARS), axis=1)
        taught.add(stage, rows, classes, count_private_pupils(stage, classes, rng))
    return taught


def _measure_growth(uses: LandUse, owner: Ints, unit: Ints, schools: int) -> Floats:
    """Return the growth of each school's catchment, weighted by where its children live."""
    known = unit[unit >= 0]
    weight = np.bincount(owner[known], minlength=schools)
    total = np.bincount(owner[known], uses.growth[known], minlength=schools)
    return np.asarray(total / np.maximum(weight, 1), dtype=float)
