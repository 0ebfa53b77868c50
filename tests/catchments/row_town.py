"""A town along one street: units 1, 2, 3 … in a row, 1 km apart, each touching the next."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from catchments.units import Instance


def build_row(pupils: list[float], schools: dict[str, tuple[int, float]], **more: Any) -> Instance:
    """Build the town; schools give the number of their own unit and their seats."""
    count = len(pupils)
    own_unit = np.array([unit - 1 for unit, _ in schools.values()], dtype=np.int64)
    place_m = 1000.0 * np.arange(count)
    town = Instance(
        unit_ids=tuple(str(i + 1) for i in range(count)),
        pupils=np.array(pupils, dtype=np.float64),
        borders=np.array([(i, i + 1) for i in range(count - 1)], dtype=np.int64).reshape(-1, 2),
        border_m=np.full(count - 1, 1000.0),
        school_ids=tuple(schools),
        own_unit=own_unit,
        capacity=np.array([seats for _, seats in schools.values()], dtype=np.float64),
        distance_m=np.abs(place_m[:, None] - place_m[own_unit][None, :]),
        open_cost=np.zeros(len(schools)),
        is_candidate=np.zeros(len(schools), dtype=bool),
        # squares of one kilometre
        area_m2=np.full(count, 1e6),
        perimeter_m=np.full(count, 4000.0),
    )
    return replace(town, **more)
