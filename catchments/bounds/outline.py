"""What compactness can take from the objective at most."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:  # the search imports the bounds
    from catchments.boundaries.search.task import Task


_CONSISTENT = 1e-3  # share by which borders may exceed a perimeter
_UNSEEN = "The bound does not see compactness."


def measure_excess(task: Task) -> tuple[float, str]:
    """Return what must be added to a bound of all else, 0 or less, and what the bound cannot see.

    No real shape is rounder than a circle, so that compactness adds from 0 to the objective. A
    part whose area is too large for its perimeter breaks that by its excess, at most: a
    catchment that holds it has at least its perimeter. Minus infinity where borders are longer
    than the perimeter they belong to, since then nothing is known of a catchment's perimeter.
    """
    terms = task.terms
    if terms.compactness_weight <= 0:
        return 0.0, ""
    shared_m = np.zeros(task.pupils.size)
    np.add.at(shared_m, task.borders[:, 0], task.border_m)
    np.add.at(shared_m, task.borders[:, 1], task.border_m)
    wrong = np.flatnonzero(shared_m > task.perimeter_m * (1 + _CONSISTENT))
    if wrong.size:
        return -np.inf, f"{wrong.size} units have borders longer than their perimeter: no bound."
    has_outline = task.perimeter_m > 0
    outline_m = np.where(has_outline, task.perimeter_m, np.inf)
    excess = np.maximum(4.0 * np.pi * task.area_m2 / outline_m**2 - 1.0, 0.0)
    if not excess.any():
        return 0.0, _UNSEEN
    return -terms.compactness_weight * float(excess.sum()), (
        f"{_UNSEEN} {np.count_nonzero(excess)} units are too large for their perimeter and lower "
        f"it by {terms.compactness_weight * float(excess.sum()):.3g}."
    )
