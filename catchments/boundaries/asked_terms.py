"""Terms as people give them: numbers, and files or tables that name units and schools."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pandas as pd

from catchments.boundaries.term_files import (
    FILES,
    Groups,
    Lists,
    Pairs,
    keep_feeders,
    merge_groups,
    read_feeders,
    read_joint,
    read_pairs,
    read_together,
)
from catchments.units import Capacity, Instance, Objective, Terms
from gis.errors import UsageError


@dataclass(frozen=True, eq=False)
class AskedTerms:
    """What somebody asks of a division; :class:`catchments.units.Terms` says what it means.

    Parameters
    ----------
    capacity
        By default hard for distance and soft for balance.
    w_compactness
        By default 0.3 for balance; for distance it is what an outline may cost, by default 0.
    locked, forbidden, together, joint, feeders
        Files as :mod:`catchments.boundaries.term_files` reads them. The plan of the stage below
        may be a table unit_id, school_id as well.
    """

    objective: Objective = "distance"
    capacity: Capacity | None = None
    w_balance: float = 0.7
    w_compactness: float | None = None
    w_change: float = 0.0
    max_distance_m: float = math.inf
    max_moved_pupils: float = math.inf
    locked: Path | None = None
    forbidden: Path | None = None
    together: Path | None = None
    joint: Path | None = None
    feeders: Path | pd.DataFrame | None = None

    @property
    def shape_weight(self) -> float:
        """What compactness counts."""
        if self.w_compactness is not None:
            return self.w_compactness
        return 0.3 if self.objective == "balance" else 0.0

    @property
    def needs_ways(self) -> bool:
        """Whether the ways from units to schools count."""
        return self.objective == "distance" or math.isfinite(self.max_distance_m)

    @property
    def needs_present(self) -> bool:
        """Whether the present division counts."""
        return self.w_change > 0 or math.isfinite(self.max_moved_pupils)

    @property
    def is_usual(self) -> bool:
        """Whether nothing is asked that is not so anyway."""
        if self.feeders is not None:
            return False
        return all(getattr(self, one.name) == one.default for one in fields(self))

    def check(self) -> None:
        """Refuse numbers that cannot be meant, by the options that give them.

        Raises
        ------
        UsageError
            When a weight is no finite number of zero or more, or a limit is below zero.

        Examples
        --------
        >>> AskedTerms(max_moved_pupils=-1.0).check()
        Traceback (most recent call last):
        gis.errors.UsageError: --max-moved is -1. Give a number of zero or more.
        """
        finite = {
            "--w-balance": self.w_balance,
            "--w-compactness": self.shape_weight,
            "--w-change": self.w_change,
        }
        limits = {"--max-distance": self.max_distance_m, "--max-moved": self.max_moved_pupils}
        for name, value in (finite | limits).items():
            if not value >= 0 or (name in finite and math.isinf(value)):
                raise UsageError(f"{name} is {value:g}.", mend="Give a number of zero or more.")

    def read(self, instance: Instance, lists: Lists = FILES) -> Terms:
        """Return the terms by the positions of an instance.

        Parameters
        ----------
        lists
            Where the units and schools of the instance come from, for messages.

        Raises
        ------
        UsageError
            When a file is missing.
        RejectedDataError
            When a file lacks a column or names what the instance lacks.
        """
        by_balance = self.objective == "balance"
        fed, fed_locks = self._read_feeders(instance, lists)
        kept = () if self.together is None else read_together(self.together, instance, lists)
        chosen = () if self.locked is None else read_pairs(self.locked, instance, lists)
        banned = () if self.forbidden is None else read_pairs(self.forbidden, instance, lists)
        return Terms(
            objective=self.objective,
            capacity=self.capacity or ("soft" if by_balance else "hard"),
            w_balance=self.w_balance,
            w_compactness=self.shape_weight if by_balance else 0.0,
            w_outline=0.0 if by_balance else self.shape_weight,
            w_change=self.w_change,
            locked=tuple(sorted({*chosen, *fed_locks})),
            forbidden=banned,
            together=merge_groups([*kept, *fed]),
            joint=() if self.joint is None else read_joint(self.joint, instance, lists),
            max_distance_m=self.max_distance_m,
            max_moved_pupils=self.max_moved_pupils,
        )

    def _read_feeders(self, instance: Instance, lists: Lists) -> tuple[Groups, Pairs]:
        if self.feeders is None:
            return (), ()
        if isinstance(self.feeders, pd.DataFrame):
            return keep_feeders(self.feeders, instance)
        return read_feeders(self.feeders, instance, lists)


def name_terms(terms: Terms, instance: Instance) -> dict[str, Any]:
    """Return the terms by the names of units and schools, as they are stored with a plan.

    Terms that bind nothing are left out, so that what stands there is what held.

    Returns
    -------
    dict
        objective, capacity and the weights of the objective; where given max_distance_m,
        max_moved_pupils, locked and forbidden (lists of unit and school), together (lists of
        units) and joint (lists of schools).

    Examples
    --------
    >>> import numpy as np
    >>> town = Instance(
    ...     unit_ids=("u", "v"), pupils=np.ones(2), borders=np.array([[0, 1]]),
    ...     border_m=np.zeros(1), school_ids=("a",), own_unit=np.array([0]),
    ...     capacity=np.array([2.0]), distance_m=np.zeros((2, 1)), open_cost=np.zeros(1),
    ...     is_candidate=np.zeros(1, dtype=bool))
    >>> name_terms(Terms(locked=((1, 0),), max_moved_pupils=5.0), town)
    {'objective': 'distance', 'capacity': 'hard', 'max_moved_pupils': 5.0, 'locked': [['v', 'a']]}
    """
    units, schools = instance.unit_ids, instance.school_ids
    weights: dict[str, Any] = {
        "w_balance": terms.w_balance if terms.objective == "balance" else 0.0,
        "w_compactness": terms.compactness_weight,
        "w_change": terms.w_change,
    }
    limits = {
        "max_distance_m": terms.max_distance_m,
        "max_moved_pupils": terms.max_moved_pupils,
    }
    lists = {
        "locked": [[units[unit], schools[school]] for unit, school in terms.locked],
        "forbidden": [[units[unit], schools[school]] for unit, school in terms.forbidden],
        "together": [[units[unit] for unit in group] for group in terms.together],
        "joint": [[schools[school] for school in group] for group in terms.joint],
    }
    return {
        "objective": terms.objective,
        "capacity": terms.capacity,
        **{name: weight for name, weight in weights.items() if weight > 0},
        **{name: limit for name, limit in limits.items() if math.isfinite(limit)},
        **{name: named for name, named in lists.items() if named},
    }
