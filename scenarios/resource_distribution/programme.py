"""The mixed-integer programme behind the least additions: its rows, its tangents, its solver. Pure.

Columns: what is added of each resource at each school (in units that make rows alike), which
indicator of a school and stage may stay at 85 %, and for each bound on variation the mean and the
parts of its cone. The cone ``‖v‖ ≤ c·X̄`` with ``vᵢ = √pᵢ (xᵢ − X̄)`` is taken apart into
``Σ wᵢ ≤ c·X̄`` and ``vᵢ² / (c·X̄) ≤ wᵢ``; each part has two dimensions, and its tangents
``wᵢ ≥ 2r·vᵢ − r²·c·X̄`` hold for every ratio r, the one at ``r = vᵢ / (c·X̄)`` touching.
SOURCE: parts of a cone Vielma, Dunning, Huchette and Lubin (2017), Math. Prog. Comp. 9; outer
approximation Duran and Grossmann (1986), Math. Prog. 36.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from catchments.profile import Balance
from scenarios.resource_distribution.analysis import share_resources

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

Cone = tuple[str, int]  # stage, position of the indicator

_YUAN = 1e5  # unit of the objective, so that it is neither tiny nor huge
_PART = 100.0  # parts of a cone are told in hundredths
_EASE = 1e-9  # as the assessment takes it: a value that is the standard is met


@dataclass(frozen=True, eq=False)
class Additions:
    """One answer of the solver.

    Parameters
    ----------
    amounts
        Added to each school and indicator, shape (schools, indicators); 0 where unknown.
    waived
        How far each indicator of each row may stay at 85 %: 0 or 1 once it is whole.
    bound_yuan
        No answer to the same rows costs less.
    """

    amounts: Numbers
    waived: Numbers
    bound_yuan: float


@dataclass(frozen=True, eq=False)
class Programme:
    """Rows i are schools in a stage, columns f indicators.

    Parameters
    ----------
    schools
        Ids, shape (schools,).
    held
        Of each fact, shape (schools, indicators); NaN where not reported.
    unit
        What one step of a column adds.
    school, stage, weight
        Of each row: position of its school, stage, and share of the stage's pupils.
    gain
        Value in standards that one of the fact gives, shape (rows, indicators); NaN where the
        stage has no standard or nothing is reported.
    full, near
        What must be added to reach the standard, and 85 % of it.
    budget
        Indicators of the row that may stay at 85 %.
    limits
        Greatest variation by stage.
    ratios
        Tangents found so far, by cone.
    """

    schools: NDArray[np.int64]
    codes: list[str]
    cost_yuan: Numbers
    is_whole: Flags
    held: Numbers
    unit: Numbers
    school: NDArray[np.int64]
    stage: NDArray[np.object_]
    weight: Numbers
    gain: Numbers
    full: Numbers
    near: Numbers
    budget: NDArray[np.int64]
    limits: dict[str, float]
    ratios: dict[Cone, list[Numbers]] = field(default_factory=dict)

    def list_cones(self) -> list[tuple[Cone, NDArray[np.int64], float]]:
        """List the bounds on variation with their rows and limits."""
        cones = []
        for stage, limit in self.limits.items():
            for f in range(len(self.codes)):
                rows = np.flatnonzero((self.stage == stage) & ~np.isnan(self.gain[:, f]))
                if len(rows) > 1:
                    cones.append(((stage, f), rows, limit))
        return cones

    def measure_cone(self, amounts: Numbers, cone: Cone, rows: NDArray[np.int64]) -> Numbers:
        """Return the deviations of the rows, weighted, in means: their norm is the variation."""
        f = cone[1]
        share = self.weight[rows] / self.weight[rows].sum()
        school = self.school[rows]
        value = self.gain[rows, f] * (self.held[school, f] + amounts[school, f])
        mean = float(share @ value)
        if not mean > 0:
            return np.full(len(rows), np.sqrt(1 / len(rows)))  # nothing there: any addition helps
        return np.asarray(np.sqrt(share) * (value / mean - 1))

    def cut(self, amounts: Numbers, *, tolerance: float) -> bool:
        """Add tangents where the amounts leave more variation than its limit; tell whether any."""
        found = False
        for cone, rows, limit in self.list_cones():
            deviation = self.measure_cone(amounts, cone, rows)
            if np.linalg.norm(deviation) > limit * (1 + tolerance):
                self.ratios.setdefault(cone, []).append(deviation / limit)
                found = True
        return found

    def solve(
        self,
        *,
        gap: float,
        time_limit_s: float,
        is_whole: bool = True,
        waived: Numbers | None = None,
        tighten: float = 0.0,
    ) -> Additions | None:
        """Solve the programme as it stands; nothing when time ran out before any answer.

        Parameters
        ----------
        gap
            Share of the cost that is near enough to the bound.
        is_whole
            Whether teachers and rooms come whole; else the relaxation is solved.
        waived
            Fixes what may stay at 85 %.
        tighten
            Share of the limits that is kept in reserve.
        """
        rows = _Rows(self, waived, tighten)
        with _divert_output():
            answer = milp(
                rows.cost,
                constraints=rows.build(),
                bounds=Bounds(rows.lower, rows.upper),
                integrality=rows.whole.astype(np.uint8) if is_whole else None,
                options={"mip_rel_gap": gap, "time_limit": time_limit_s},
            )
        if answer.x is None:
            return None
        amounts = np.zeros(self.held.shape)
        known = rows.added >= 0
        steps = answer.x[rows.added[known]]
        amounts[known] = np.maximum(steps, 0) * self.unit[known]
        left = np.zeros(self.gain.shape)
        may = rows.left >= 0
        left[may] = answer.x[rows.left[may]]
        is_mixed = is_whole and bool(np.any(rows.whole))
        bound = answer.mip_dual_bound if is_mixed else answer.fun
        return Additions(amounts, left, -np.inf if bound is None else float(bound) * _YUAN)

    def round(self, amounts: Numbers) -> Numbers:
        """Round to whole teachers and rooms, and up to whole square metres and yuan."""
        return np.where(self.is_whole, np.round(amounts), np.ceil(amounts - 1e-6))

    def round_up(self, amounts: Numbers) -> Numbers:
        """Round all up: of a relaxation, so that every school still has what it must."""
        return np.asarray(np.ceil(amounts - 1e-6))

    def is_even(self, amounts: Numbers) -> bool:
        """Tell whether all variations keep their limits."""
        return all(
            np.linalg.norm(self.measure_cone(amounts, cone, rows)) <= limit + 1e-12
            for cone, rows, limit in self.list_cones()
        )

    def count_cost(self, amounts: Numbers) -> float:
        """Return what amounts cost, in yuan."""
        return float((amounts * self.cost_yuan).sum())


class _Rows:
    """The matrix of a programme, collected row by row."""

    def __init__(self, programme: Programme, waived: Numbers | None, tighten: float) -> None:
        self.programme = programme
        self.values: list[Numbers] = []
        self.columns: list[NDArray[np.int64]] = []
        self.rows: list[NDArray[np.int64]] = []
        self.least: list[Numbers] = []
        self.count = 0
        known = ~np.isnan(programme.held)
        self.added = np.where(known, np.cumsum(known).reshape(known.shape) - 1, -1)
        may = (programme.full > programme.near) & (programme.budget > 0)[:, None]
        self.left = np.where(may, np.cumsum(may).reshape(may.shape) - 1 + known.sum(), -1)
        self.width = int(known.sum() + may.sum())
        step_cost = (programme.unit * programme.cost_yuan)[known] / _YUAN
        is_whole = np.broadcast_to(programme.is_whole, known.shape)[known]
        self._costs, self._whole = [step_cost, np.zeros(may.sum())], [is_whole, np.ones(may.sum())]
        top = np.full(int(may.sum()), 1.0) if waived is None else np.round(waived[may])
        bottom = np.zeros_like(top) if waived is None else top
        self._lower, self._upper = (
            [np.zeros(step_cost.size), bottom],
            [
                np.full(step_cost.size, np.inf),
                top,
            ],
        )
        self._require_standards()
        for cone, rows, limit in programme.list_cones():
            if cone in programme.ratios:
                self._bound_variation(cone, rows, limit * (1 - tighten))

    def _require_standards(self) -> None:
        """Reach the standard, or 85 % of it where that is waived; waive no more than allowed."""
        programme = self.programme
        row, f = np.nonzero(programme.full > 0)
        school = programme.school[row]
        unit = programme.unit[school, f]
        place = np.arange(len(row))
        may = self.left[row, f] >= 0
        spared = (programme.full - programme.near)[row, f] / unit
        self._add(
            [place, place[may]],
            [self.added[school, f], self.left[row, f][may]],
            [np.ones(len(row)), spared[may]],
            programme.full[row, f] / unit,
        )
        row, f = np.nonzero(self.left >= 0)
        rows, place = np.unique(row, return_inverse=True)
        budget = programme.budget[rows].astype(float)
        self._add([place], [self.left[row, f]], [-np.ones(len(row))], -budget)

    def _bound_variation(self, cone: Cone, rows: NDArray[np.int64], limit: float) -> None:
        programme, f = self.programme, cone[1]
        mean, parts = self.width, self.width + 1 + np.arange(len(rows))
        self.width += 1 + len(rows)
        self._costs.append(np.zeros(1 + len(rows)))
        self._whole.append(np.zeros(1 + len(rows)))
        self._lower.append(np.zeros(1 + len(rows)))
        self._upper.append(np.full(1 + len(rows), np.inf))
        share = programme.weight[rows] / programme.weight[rows].sum()
        school = programme.school[rows]
        gain = programme.gain[rows, f]
        held, step = gain * programme.held[school, f], gain * programme.unit[school, f]
        added, place = self.added[school, f], np.arange(len(rows))
        once = np.zeros(len(rows), dtype=np.int64)
        # The mean is what it is: two rows, at least and at most.
        for sign in (1.0, -1.0):
            self._add(
                [np.zeros(1, np.int64), once],
                [np.array([mean]), added],
                [np.array([sign]), -sign * share * step],
                np.array([sign * float(share @ held)]),
            )
        self._add(
            [np.zeros(1, np.int64), once],
            [np.array([mean]), parts],
            [np.array([_PART * limit]), -np.ones(len(rows))],
            np.zeros(1),
        )
        for ratio in programme.ratios[cone]:
            slope = 2 * ratio * np.sqrt(share)
            self._add(
                [place, place, place],
                [parts, added, np.full(len(rows), mean)],
                [
                    np.ones(len(rows)),
                    -_PART * slope * step,
                    _PART * (slope + ratio**2 * limit),
                ],
                _PART * slope * held,
            )

    def _add(
        self,
        rows: list[NDArray[np.int64]],
        columns: list[NDArray[np.int64]],
        values: list[Numbers],
        least: Numbers,
    ) -> None:
        """Add rows ``values · columns ≥ least``."""
        self.rows += [self.count + part for part in rows]
        self.columns += columns
        self.values += values
        self.least.append(least)
        self.count += len(least)

    def build(self) -> LinearConstraint:
        """Put the rows together."""
        matrix = csr_array(
            (
                np.concatenate(self.values),
                (np.concatenate(self.rows), np.concatenate(self.columns)),
            ),
            shape=(self.count, self.width),
        )
        return LinearConstraint(matrix, np.concatenate(self.least), np.inf)

    @property
    def cost(self) -> Numbers:
        """Cost of a step of each column."""
        return np.concatenate(self._costs)

    @property
    def whole(self) -> Numbers:
        """1 for columns that take whole numbers."""
        return np.concatenate(self._whole)

    @property
    def lower(self) -> Numbers:
        """Least value of each column."""
        return np.concatenate(self._lower)

    @property
    def upper(self) -> Numbers:
        """Greatest value of each column."""
        return np.concatenate(self._upper)


@contextmanager
def _divert_output() -> Iterator[None]:
    """Send what HiGHS prints past Python to standard error: it must not get among the answers."""
    library = ctypes.CDLL(None)
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        library.fflush(None)
        os.dup2(kept, 1)
        os.close(kept)


def build_programme(facts: pd.DataFrame, balance: Balance) -> Programme:
    """Build the programme of the schools that have pupils in a stage with standards.

    Parameters
    ----------
    facts
        As :func:`scenarios.resource_distribution.analysis.assess_schools` takes it.
    """
    share = share_resources(facts, balance)
    indicators = balance.indicators
    standard = np.column_stack(
        [facts["stage"].map(one.standard).to_numpy(float) for one in indicators]
    ).reshape(len(facts), len(indicators))
    pupils = facts["pupils"].to_numpy(float)
    is_judged = (pupils > 0) & ~np.isnan(standard).all(axis=1)
    standard, pupils, share = standard[is_judged], pupils[is_judged], share[is_judged]
    rows = facts[is_judged]
    schools, school = np.unique(rows["school_id"].to_numpy(np.int64), return_inverse=True)
    columns = [one.fact for one in indicators]
    firsts = rows.drop_duplicates("school_id").set_index("school_id").loc[schools]
    held = firsts[columns].to_numpy(float)
    per = np.array([one.per_pupils for one in indicators], dtype=float)
    is_whole = np.array([one.is_whole for one in indicators], dtype=bool)
    gain = per * share[:, None] / pupils[:, None] / standard
    gain = np.where(np.isnan(held[school]), np.nan, gain)
    full = _round_up(1 / gain - held[school], is_whole)
    near = _round_up(balance.near_pct / 100 / gain - held[school], is_whole)
    missing = (~np.isnan(standard) & np.isnan(gain)).sum(axis=1)
    spared = (~np.isnan(standard)).sum(axis=1) - balance.must_meet - missing
    # A step of what can be parted: a hundredth of what the standard asks of the school.
    asked = pd.DataFrame(1 / gain).groupby(school).max().to_numpy()
    unit = np.where(is_whole | np.isnan(asked), 1.0, asked / 100)
    stage = rows["stage"].to_numpy(object)
    return Programme(
        schools, [one.code for one in indicators],
        np.array([one.added_yuan for one in indicators], dtype=float), is_whole, held, unit,
        school, stage, pupils, gain, full, near, np.maximum(spared, 0),
        {name: limit for name, limit in balance.variation_limit.items() if (stage == name).any()},
    )  # fmt: skip


def _round_up(short: Numbers, is_whole: Flags) -> Numbers:
    """Return what must be added, 0 where nothing or nothing is known."""
    short = np.nan_to_num(np.maximum(short * (1 - _EASE) - _EASE, 0.0))
    return np.where(is_whole, np.ceil(short), short)
