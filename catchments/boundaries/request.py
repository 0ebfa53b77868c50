"""What a boundary method is asked."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from gis.errors import RejectedDataError


@dataclass(frozen=True)
class Request:
    """Planning units to be divided among schools.

    Parameters
    ----------
    units
        Index planning_unit_id; x_m, y_m: a point inside the unit, metric CRS, metres.
    schools
        Index school_id; x_m, y_m: the gate, same CRS.

    Raises
    ------
    RejectedDataError
        When there is no school, or a coordinate is missing.
    """

    units: pd.DataFrame
    schools: pd.DataFrame

    def __post_init__(self) -> None:
        if self.schools.empty:
            raise RejectedDataError(
                "No school can have a catchment in this stage.",
                mend="Load public schools that teach the stage.",
            )
        for name, frame in (("planning units", self.units), ("schools", self.schools)):
            lost = frame.index[frame[["x_m", "y_m"]].isna().any(axis=1)]
            if len(lost):
                raise RejectedDataError(
                    f"Some {name} have no place: {', '.join(map(str, lost[:20]))}.",
                    mend="Give each a geometry.",
                )
