"""Resources of compulsory schools over five years: rich core, poor outskirts, one poor area.

Planted, and found again by tests: the schools of one subdistrict have far less equipment and
fewer multimedia classrooms than they would have had; all else is as chance made it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.districts.ouhai.sample.enrolment import YEARS

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class FactRule:
    """One resource: value per pupil in standards of the kind, and how unlike schools are.

    ASSUMPTION: levels lie around the national standard; spreads are set so that some
    indicators pass the limit of variation between schools and others do not.
    """

    standard: tuple[float, float]  # primary, junior; per pupil
    core: float  # of the standard where the town is densest
    outskirts: float
    spread: float  # between schools
    yearly: float  # growth a year
    digits: int


FACTS = {
    "qualified_teachers": FactRule((0.042, 0.053), 1.42, 0.98, 0.13, 0.020, 0),
    "backbone_teachers": FactRule((0.010, 0.010), 1.75, 0.80, 0.42, 0.015, 0),
    "pe_arts_teachers": FactRule((0.009, 0.009), 1.30, 0.95, 0.22, 0.020, 0),
    "teaching_area_m2": FactRule((4.5, 5.8), 1.20, 1.36, 0.20, 0.0, 1),
    "sports_area_m2": FactRule((7.5, 10.2), 0.98, 1.50, 0.33, 0.0, 1),
    "equipment_yuan": FactRule((2000.0, 2500.0), 2.10, 0.92, 0.52, 0.030, 0),
    "multimedia_classrooms": FactRule((0.023, 0.024), 1.30, 1.04, 0.14, 0.020, 0),
}


@dataclass(frozen=True)
class PoorArea:
    """A subdistrict whose schools keep only a share of some resources. ASSUMPTION throughout."""

    town: str = "潘桥街道"
    kept: tuple[tuple[str, float], ...] = (
        ("equipment_yuan", 0.45),
        ("multimedia_classrooms", 0.60),
    )


def thin_out(table: pd.DataFrame, is_poor: NDArray[np.bool_]) -> pd.DataFrame:
    """Take from the rows of the poor area what :class:`PoorArea` says; draws no chance."""
    thinned = table.copy()
    for name, share in PoorArea().kept:
        less = (table[name] * share).round(FACTS[name].digits)
        thinned[name] = table[name].where(~is_poor, less)
    return thinned


def build_resource_fact(
    codes: NDArray[np.object_],
    junior_share: Floats,
    pupils: Floats,
    centrality: Floats,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return the resource table.

    Parameters
    ----------
    codes
        Codes of the schools, shape (n,).
    junior_share
        Share of junior pupils, shape (n,).
    pupils
        Pupils by school and year, shape (n, YEARS).
    centrality
        0 (outskirts) to 1 (core), shape (n,).
    """
    school, year = (axis.ravel() for axis in np.indices(pupils.shape))
    table = pd.DataFrame({"school_code": codes[school], "year": year + YEARS.start})
    # What a school has follows the pupils it was built for, not those of one year.
    usual = 0.6 * pupils.mean(axis=1, keepdims=True) + 0.4 * pupils
    fortune = rng.normal(0, 0.35, len(codes))  # some schools are well off in everything
    for name, rule in FACTS.items():
        primary, junior = rule.standard
        standard = primary + (junior - primary) * junior_share
        level = rule.outskirts + (rule.core - rule.outskirts) * centrality
        own = np.exp(rule.spread * (0.4 * fortune + rng.normal(0, 0.93, len(codes))))
        rise = (1 + rule.yearly) ** (np.arange(len(YEARS)) - len(YEARS) + 1)
        value = (standard * (1 + 0.07 * junior_share) * level * own)[:, None] * rise * usual
        table[name] = value.ravel().round(rule.digits)
    # One school in forty has not reported one of its facts.
    gaps = rng.random((len(table), len(FACTS))) < 0.0006
    table[list(FACTS)] = table[list(FACTS)].mask(gaps)
    return table
