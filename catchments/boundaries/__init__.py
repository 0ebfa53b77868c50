"""Methods that draw catchments: units and schools in, a school for every unit out.

Each method is a function of :class:`Request`; :data:`METHODS` names them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from catchments.boundaries.balanced import divide_balanced
from catchments.boundaries.nearest import draw_nearest, measure_straight_ways
from catchments.boundaries.request import Drawn, Request, Ways
from catchments.boundaries.solving import draw_by_solver
from catchments.boundaries.walking import draw_walking, measure_unit_walks

METHODS: dict[str, Callable[[Request], Drawn]] = {
    "nearest": draw_nearest,
    "walking": draw_walking,
    "balanced": partial(draw_by_solver, divide_balanced),
}

__all__ = [
    "METHODS",
    "Drawn",
    "Request",
    "Ways",
    "draw_nearest",
    "draw_walking",
    "measure_straight_ways",
    "measure_unit_walks",
]
