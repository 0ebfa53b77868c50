"""Deferrals: children who enter a year later by certificate."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.districts.ouhai.sample.children import Children, find_entry_year
from data.districts.ouhai.sample.people import DATA_DATE
from data.districts.ouhai.sample.seats import STAGES

Ints = NDArray[np.intp]
Days = NDArray[np.datetime64]


@dataclass(frozen=True)
class DeferralRates:
    """How many of a cohort enter later. ASSUMPTION throughout."""

    last_year: dict[str, float] = field(default_factory=lambda: {"primary": 0.004, "junior": 0.001})
    this_year: float = 0.0006
    least: int = 2


@dataclass(frozen=True)
class Deferrals:
    """One row a certificate; `stage` is its code."""

    child: Ints
    stage: NDArray[np.object_]
    from_year: Ints
    granted_on: Days


def draw_deferrals(children: Children, rng: np.random.Generator) -> Deferrals:
    """Draw children who enter in 2026 instead of 2025, and some in 2027 instead of 2026."""
    rates = DeferralRates()
    parts = [
        *((stage, 2025, share) for stage, share in rates.last_year.items()),
        ("primary", 2026, rates.this_year),
    ]
    chosen, month = [], children.born_on.astype("datetime64[M]").astype(int) % 12 + 1
    only = ~children.listed_again & (np.bincount(children.person)[children.person] == 1)
    for stage, year, share in parts:
        cohort = find_entry_year(children.born_on, STAGES[stage].entry_age) == year
        # ASSUMPTION: certificates are asked for the youngest of a cohort.
        young = np.flatnonzero(cohort & only & (month >= 5) & (month <= 8))
        number = max(round(share * int(cohort.sum())), rates.least)
        chosen.append(rng.choice(young, number, replace=False))
    size = [len(rows) for rows in chosen]
    from_year = np.repeat([year for _, year, _ in parts], size)
    summer = np.datetime64("2025-05-26") + rng.integers(0, 80, len(from_year))
    spring = DATA_DATE - rng.integers(1, 45, len(from_year))
    return Deferrals(
        np.concatenate(chosen),
        np.repeat(np.array([stage for stage, _, _ in parts], dtype=object), size),
        from_year,
        np.where(from_year == 2025, summer, spring),
    )


def build_deferral(deferrals: Deferrals, child_code: NDArray[np.object_]) -> pd.DataFrame:
    """Return the deferral table."""
    return pd.DataFrame(
        {
            "child_code": child_code[deferrals.child],
            "stage": deferrals.stage,
            "from_year": deferrals.from_year,
            "to_year": deferrals.from_year + 1,
            "granted_on": deferrals.granted_on.astype("datetime64[s]"),
        }
    )
