"""Compile the steps of the search before a clock runs."""

from __future__ import annotations

import numpy as np

from catchments.sites.containment import mark_contained
from catchments.sites.swaps import add_greedily, count_claims, sweep_swaps


def warm_up() -> None:
    """Compile every step, or load it from the cache, so that no time limit pays for it."""
    cost = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 2.0]])
    opened = add_greedily(cost, np.array([2], dtype=np.intp), 2)
    count_claims(cost, opened, np.ones(2))
    sweep_swaps(cost, opened, np.array([False, False]))
    mark_contained(cost < 2.0)
