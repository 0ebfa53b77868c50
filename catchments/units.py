"""Planning units, schools, who borders whom, and what a division of them must keep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Positions = NDArray[np.int64]
Objective = Literal["distance", "balance"]
Capacity = Literal["hard", "soft"]

NOWHERE = -1


@dataclass(frozen=True, eq=False)
class Instance:
    """n planning units to be divided among m schools.

    Parameters
    ----------
    unit_ids, school_ids
        n and m different names.
    pupils
        n, from 0.
    borders
        Shape (k, 2): positions of units that touch, each pair once, no unit with itself.
    border_m
        k: length of each shared border, metres; 0 where it is not known.
    own_unit
        m: position of the unit that a school stands in; it belongs to the school's catchment.
    capacity
        m: seats, from 0.
    distance_m
        Shape (n, m): way of a pupil of the unit to the school; infinite where there is none.
    open_cost
        m: what opening costs, in pupil-kilometres; 0 for an existing school.
    is_candidate
        m: whether the school opens only when it is used; the others are open.
    area_m2, perimeter_m
        n each; needed for compactness.
    current
        n: position of the school whose catchment holds the unit now, or NOWHERE.
    """

    unit_ids: tuple[str, ...]
    pupils: Numbers
    borders: Positions
    border_m: Numbers
    school_ids: tuple[str, ...]
    own_unit: Positions
    capacity: Numbers
    distance_m: Numbers
    open_cost: Numbers
    is_candidate: NDArray[np.bool_]
    area_m2: Numbers | None = None
    perimeter_m: Numbers | None = None
    current: Positions | None = None


@dataclass(frozen=True)
class Terms:
    """What is sought, and what must be kept.

    Parameters
    ----------
    objective
        ``distance``: Σ pupils × km + opening costs; ``balance``: Σ over schools of
        w_balance·|1 − pupils/capacity| + w_compactness·(1 − 4π·area/perimeter²).
    capacity
        ``hard``: no school above its seats. ``soft``: for distance, the fewest pupils above the
        seats come before all else; for balance, seats count in the objective alone.
    w_change
        Added to the objective for each pupil whose unit leaves its present school: in kilometres
        for distance, in points of the objective for balance.
    w_outline
        For distance: added for each catchment, times 1 − 4π·area/perimeter², in
        pupil-kilometres; 0 leaves shapes alone.
    locked, forbidden
        Pairs (unit, school) that must, or must not, be.
    together
        Groups of units that stay in one catchment; each group is connected.
    joint
        Groups of schools that share one catchment (多校划片).
    max_distance_m
        Longest way of any unit with pupils to its school.
    max_moved_pupils
        Most pupils whose unit may leave its present school.
    """

    objective: Objective = "distance"
    capacity: Capacity = "hard"
    w_balance: float = 0.7
    w_compactness: float = 0.3
    w_change: float = 0.0
    w_outline: float = 0.0
    locked: tuple[tuple[int, int], ...] = ()
    forbidden: tuple[tuple[int, int], ...] = ()
    together: tuple[tuple[int, ...], ...] = ()
    joint: tuple[tuple[int, ...], ...] = ()
    max_distance_m: float = float("inf")
    max_moved_pupils: float = float("inf")

    @property
    def compactness_weight(self) -> float:
        """What 1 − 4π·area/perimeter² of a catchment counts in the objective."""
        return self.w_compactness if self.objective == "balance" else self.w_outline
