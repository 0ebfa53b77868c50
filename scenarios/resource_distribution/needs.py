"""What it would take: the least additions with which every school and the district pass. Pure.

Additions to a school's resources raise its values. Of each school's indicators all must reach the
standard but the one that may stay at 85 %, and which one is part of the search; between schools no
indicator may vary by more than its limit. Formulation and proof: docs/methods/balance.md.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from catchments.profile import Balance
from scenarios.resource_distribution.analysis import (
    NEAR,
    UNKNOWN,
    assess_schools,
    assess_variation,
    judge_schools,
)
from scenarios.resource_distribution.programme import (
    Additions,
    Numbers,
    Programme,
    build_programme,
)

_TOLERANCE = 1e-5  # of a limit of variation, while the bound is sought
_RESERVE = 1e-4  # of a limit, while the answer is made whole; grows where that is not enough
_ROUNDS = 30
_FINISH_PCT = 30  # of the time is kept to make the answer whole


@dataclass(frozen=True, eq=False)
class Needs:
    """Least additions, and how far from the least possible they can be.

    Parameters
    ----------
    additions
        school_id, indicator, amount (of the fact, whole units, above 0), cost_yuan.
    waived
        school_id, stage, indicator: what stays below the standard, at 85 % or more.
    cost_yuan, least_cost_yuan
        Of the additions, and what no others with which all pass can cost less than.
    schools_only_yuan
        What it costs at least that every school passes, whatever the variation between them.
    is_even
        Whether the variations keep their limits with the additions: always, unless the time was
        too short.
    unknown
        school_id, stage: schools that cannot be said to pass because something is not reported.
    """

    additions: pd.DataFrame
    waived: pd.DataFrame
    cost_yuan: float
    least_cost_yuan: float
    schools_only_yuan: float
    is_even: bool
    unknown: pd.DataFrame

    @property
    def gap_pct(self) -> float:
        """How much of the cost might be saved, at most."""
        if self.cost_yuan <= 0:
            return 0.0
        return 100 * max(self.cost_yuan - self.least_cost_yuan, 0) / self.cost_yuan


def find_needs(
    facts: pd.DataFrame, balance: Balance, *, time_limit_s: float | None = None
) -> Needs:
    """Find the least additions with which every school passes and no variation is above its limit.

    Costs are the weights ``added_yuan`` of the profile. Each indicator is added to on its own: a
    new teacher who is a backbone teacher, has the higher degree and teaches PE is told as three
    additions, one each. Nothing is ever taken away. What a school does not report is left alone,
    and counts as the one that may stay below: the school passes if what is missing is there.

    Parameters
    ----------
    facts
        As :func:`scenarios.resource_distribution.analysis.assess_schools` takes it.
    time_limit_s
        For the search; by default the profile's.

    Examples
    --------
    >>> from catchments.profile import load_profile
    >>> from gis.settings import DISTRICTS
    >>> rules = load_profile(DISTRICTS / "ouhai" / "profile.toml").balance
    >>> facts = pd.DataFrame({"school_id": [1], "kind": ["primary"], "stage": ["primary"],
    ...     "pupils": [100], "qualified_teachers": [3.0], "backbone_teachers": [1.0],
    ...     "pe_arts_teachers": [1.0], "teaching_area_m2": [400.0], "sports_area_m2": [750.0],
    ...     "equipment_yuan": [2e5], "multimedia_classrooms": [3.0]})

    4.2 teachers are needed, 3 are there; 400 m² are above 85 % of 450 and may stay:

    >>> needs = find_needs(facts, rules)
    >>> needs.additions[["indicator", "amount"]].values.tolist()
    [['qualified_teachers', 2.0]]
    >>> needs.waived["indicator"].tolist(), needs.cost_yuan
    (['teaching_area'], 120000.0)
    """
    limit_s = time_limit_s or balance.needs.time_limit_s
    ends = time.perf_counter() + limit_s

    def left_s() -> float:
        return max(ends - time.perf_counter(), 0.05)

    programme = build_programme(facts, balance)
    if programme.schools.size == 0:
        return _tell(programme, facts, balance, np.zeros(programme.held.shape), 0.0, 0.0)
    alone = programme.solve(gap=0.0, time_limit_s=limit_s)
    if alone is None:  # each school by itself takes a moment; only a limit of nothing forbids it
        alone = programme.solve(gap=0.0, time_limit_s=60.0)
    assert alone is not None
    gap = balance.needs.gap_pct / 100
    kept_s = limit_s * _FINISH_PCT / 100
    bound, best = _search(programme, alone, gap / 2, lambda: left_s() - kept_s)
    amounts = _finish(programme, best, gap / 4, left_s)
    return _tell(programme, facts, balance, amounts, bound, alone.bound_yuan)


def _search(
    programme: Programme, alone: Additions, gap: float, left_s: Callable[[], float]
) -> tuple[float, Additions]:
    """Add tangents where the answer is too uneven until it is not; each answer gives a bound.

    First to the relaxation, which is quick and finds most tangents, then with whole teachers.
    """
    bound, best, point = alone.bound_yuan, alone, alone.amounts
    is_whole = False
    for _ in range(2 * _ROUNDS):
        is_even = not programme.cut(point, tolerance=_TOLERANCE)
        if is_even and (is_whole or not programme.ratios):
            break
        if left_s() <= 0:
            break
        is_whole |= is_even
        found = programme.solve(gap=gap, time_limit_s=max(left_s(), 0.1), is_whole=is_whole)
        if found is None:
            break
        bound, point = max(bound, found.bound_yuan), found.amounts
        best = found if is_whole else best
    return bound, best


def _finish(
    programme: Programme, best: Additions, gap: float, left_s: Callable[[], float]
) -> Numbers:
    """Make an answer whole and even: what is waived stays, the limits keep a small reserve."""
    amounts = programme.round(best.amounts)
    reserve = _RESERVE
    for _ in range(_ROUNDS):
        if programme.is_even(amounts):
            break
        programme.cut(amounts, tolerance=0.0)
        settled = programme.solve(
            gap=gap,
            time_limit_s=max(left_s(), 0.5),
            waived=best.waived,
            tighten=reserve,
            is_whole=left_s() > 0.5,
        )
        if settled is None:
            break
        programme.cut(settled.amounts, tolerance=-reserve)
        amounts = programme.round_up(settled.amounts)
        reserve *= 1.5
    return amounts


def _tell(
    programme: Programme,
    facts: pd.DataFrame,
    balance: Balance,
    amounts: Numbers,
    bound: float,
    alone: float,
) -> Needs:
    after = assess_schools(add_amounts(facts, programme, amounts, balance), balance)
    judged = judge_schools(after, balance)
    met = assess_variation(after, balance)["met"]
    unknown = judged.loc[judged["verdict"] == UNKNOWN, ["school_id", "stage"]]
    near = after.loc[after["state"] == NEAR, ["school_id", "stage", "indicator"]]
    school, f = np.nonzero(amounts > 0)
    additions = pd.DataFrame(
        {
            "school_id": programme.schools[school],
            "indicator": np.array(programme.codes, dtype=object)[f],
            "amount": amounts[school, f],
            "cost_yuan": amounts[school, f] * programme.cost_yuan[f],
        }
    )
    cost = programme.count_cost(amounts)
    return Needs(
        additions,
        near.reset_index(drop=True),
        cost,
        min(max(bound, 0.0), cost),
        min(max(alone, 0.0), cost),
        not (met == False).any(),  # noqa: E712  (what cannot be computed is not uneven)
        unknown.reset_index(drop=True),
    )


def add_amounts(
    facts: pd.DataFrame, programme: Programme, amounts: Numbers, balance: Balance
) -> pd.DataFrame:
    """Return the facts as they are with the additions."""
    place = pd.Index(programme.schools).get_indexer(pd.Index(facts["school_id"]))
    added = facts.copy()
    for f, indicator in enumerate(balance.indicators):
        more = np.where(place >= 0, amounts[place, f] if len(amounts) else 0.0, 0.0)
        added[indicator.fact] = facts[indicator.fact].astype(float) + more
    return added
