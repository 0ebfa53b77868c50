"""The Ouhai sample: the real frame, and everything inside it invented (模拟数据).

One fabric of blocks carries all: units, communities and subdistricts are groups of blocks,
streets are their edges, buildings stand inside them, people live in the buildings. No row
describes a real person, home or school.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from data.districts.ouhai.sample.district import draw_district


def generate(
    *, scale: float, seed: int, progress: Callable[[str, float], None] | None = None
) -> dict[str, Any]:
    """Return every table of the sample, keyed by its name, geometry in EPSG:4490.

    Parameters
    ----------
    scale
        1.0 for the full district, 0.1 for a tenth of units, buildings, households, children,
        streets and schools inside the same frame.
    seed
        Equal seeds and scales give equal tables.
    progress
        Called with what is being made and the share that is done, 0 to 1.

    Returns
    -------
    dict
        GeoDataFrames and DataFrames; references to a row travel as ``<table>_code``.

    Raises
    ------
    ValueError
        When the scale is not between 0.05 and 1.
    """
    if not 0.05 <= scale <= 1:
        raise ValueError(f"Scale {scale} is not between 0.05 and 1.")
    return draw_district(scale=scale, seed=seed, progress=progress or (lambda _topic, _share: None))


__all__ = ["generate"]
