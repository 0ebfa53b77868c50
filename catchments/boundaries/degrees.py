"""Tell degrees from metres in files that state no coordinate system."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from catchments.units import Numbers
from gis.errors import CrsError

# ASSUMPTION: a district spreads less than this in degrees, and more than this in metres.
_MOST_SPREAD = 5.0
# ASSUMPTION: areas or borders this many times what the coordinates could hold are proof.
_TIMES_TOO_LARGE = 100.0
_CHINA_X, _CHINA_Y = (73.0, 136.0), (17.0, 54.0)


def check_metres(
    xy: Numbers,
    area_m2: pd.Series | None,
    border_m: Numbers,
    path: Path,
    *,
    warn: Callable[[str], object] | None = None,
) -> None:
    """Refuse coordinates that must be degrees; warn of those that may be.

    They may be degrees when all lie within ±180 and ±90, within less than 5 of each other, and
    most have decimals: no district is 5 metres wide, but a little example may be. They must be
    when moreover areas or shared borders are far too large for such places in metres, or the
    places lie where China does.

    Parameters
    ----------
    xy
        Shape (n, 2), in the unit to be found out.
    area_m2
        n areas of the units, where known.
    border_m
        Lengths of shared borders, 0 where not known.

    Raises
    ------
    CrsError
        When the coordinates must be degrees.
    """
    if len(xy) < 2 or not _may_be_degrees(xy):
        return
    spread = np.ptp(xy, axis=0)
    side = float(np.hypot(*spread))
    widest = max(
        float(np.sqrt(area_m2.sum())) if area_m2 is not None else 0.0,
        float(border_m.max(initial=0.0)),
    )
    low, high = xy.min(axis=0), xy.max(axis=0)
    in_china = (
        _CHINA_X[0] <= low[0]
        and high[0] <= _CHINA_X[1]
        and _CHINA_Y[0] <= low[1]
        and high[1] <= _CHINA_Y[1]
    )
    told = (
        f"x and y of {path} lie between {low[0]:g}, {low[1]:g} and {high[0]:g}, {high[1]:g}:"
        " they look like degrees."
    )
    mend = "Give metres, such as CGCS2000 in a Gauss–Krüger zone, or name --distances."
    if in_china or widest > _TIMES_TOO_LARGE * side:
        raise CrsError(told, mend=mend)
    if warn is not None:
        warn(f"{told} {mend}")


def _may_be_degrees(xy: Numbers) -> bool:
    within = (np.abs(xy) <= (180.0, 90.0)).all()
    has_decimals = (xy != np.round(xy, 1)).any(axis=1).mean() > 0.5
    spread = np.ptp(xy, axis=0)
    return bool(within and has_decimals and spread.max() < _MOST_SPREAD and spread.max() > 0)
