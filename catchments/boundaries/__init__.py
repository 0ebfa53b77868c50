"""Methods that draw catchments: units and schools in, a school for every unit out.

Each method is a function of :class:`Request`; :data:`METHODS` names them.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from catchments.boundaries.nearest import draw_nearest
from catchments.boundaries.request import Request

METHODS: dict[str, Callable[[Request], pd.Series]] = {"nearest": draw_nearest}

__all__ = ["METHODS", "Request", "draw_nearest"]
