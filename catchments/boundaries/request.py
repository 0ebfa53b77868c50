"""What a boundary method is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from catchments.units import NOWHERE, Instance, Terms
from gis.errors import RejectedDataError


@dataclass(frozen=True, eq=False)
class Ways:
    """How far the pupils of n units have to each of m schools.

    Parameters
    ----------
    distance_m
        Shape (n, m): mean way of the unit's pupils; infinite where there is none.
    door_unit
        k: position of the unit that a door belongs to.
    door_pupils
        k: pupils behind the door.
    door_distance_m
        Shape (k, m): way from the door; NaN where there is none.
    on_foot
        Whether the ways lead over the streets; else they are straight lines.
    """

    distance_m: NDArray[np.float64]
    door_unit: NDArray[np.intp]
    door_pupils: NDArray[np.float64]
    door_distance_m: NDArray[np.float32]
    on_foot: bool


@dataclass(frozen=True, eq=False)
class Request:
    """Planning units to be divided among schools.

    Every method reads what it needs of this and leaves the rest.

    Parameters
    ----------
    units
        Index planning_unit_id; x_m, y_m: a point inside the unit, metric CRS, metres. To balance
        also pupils, area_m2, perimeter_m. Messages name a unit by its code, if there is one.
    schools
        Index school_id; x_m, y_m: the gate, same CRS. To balance also planning_unit_id, the unit
        that it stands in, and seats, missing where nobody stated them. Code as for units.
    ways
        From units to schools, in the order of both tables.
    borders
        unit_a, unit_b: ids of units that touch, each pair once; border_m: length they share.
    current
        school_id by planning_unit_id: the present division; units without a school are left out.
    terms
        What is sought and what must be kept, for methods that balance.
    progress
        Told the step and the share of the work that is done.
    should_stop
        Asked now and then; once it says so the best division so far is the answer.

    Raises
    ------
    RejectedDataError
        When there is no school, or a coordinate is missing.
    """

    units: pd.DataFrame
    schools: pd.DataFrame
    ways: Ways | None = None
    borders: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["unit_a", "unit_b", "border_m"])
    )
    current: pd.Series | None = None
    terms: Terms = field(default_factory=lambda: Terms(capacity="soft"))
    time_limit_s: float = 30.0
    seed: int = 1
    progress: Callable[[str, float], None] | None = None
    should_stop: Callable[[], bool] | None = None

    def __post_init__(self) -> None:
        if self.schools.empty:
            raise RejectedDataError(
                "No school can have a catchment in this stage.",
                mend="Load public schools that teach the stage.",
            )
        for name, frame in (("planning units", self.units), ("schools", self.schools)):
            lost = frame[frame[["x_m", "y_m"]].isna().any(axis=1)]
            if len(lost):
                raise RejectedDataError(
                    f"Some {name} have no place: {', '.join(name_rows(lost)[:20])}.",
                    mend="Give each a geometry.",
                )

    def build_instance(self) -> Instance:
        """Build the arrays that solvers and measures work on, in the order of the tables.

        Seats that nobody stated do not limit: they count as seats for every pupil.

        Raises
        ------
        RejectedDataError
            When the ways were not measured, or a school stands in no unit of the request.
        """
        units, schools = self.units, self.schools
        if self.ways is None:
            raise RejectedDataError(
                "The ways to the schools are not measured.", mend="Measure them first."
            )
        own_unit = units.index.get_indexer(pd.Index(schools["planning_unit_id"]))
        lost = schools[own_unit == NOWHERE]
        if len(lost):
            raise RejectedDataError(
                f"Schools stand in no planning unit: {', '.join(name_rows(lost)[:20])}.",
                mend="Give each the planning unit of its gate.",
            )
        pupils = units["pupils"].to_numpy(np.float64)
        current = np.full(len(units), NOWHERE, np.int64)
        if self.current is not None:
            now = self.current.reindex(units.index)
            current = schools.index.get_indexer(pd.Index(now)).astype(np.int64)
        pairs = [
            units.index.get_indexer(pd.Index(self.borders[end])) for end in ("unit_a", "unit_b")
        ]
        return Instance(
            unit_ids=name_rows(units),
            pupils=pupils,
            borders=np.column_stack(pairs).astype(np.int64).reshape(-1, 2),
            border_m=self.borders["border_m"].to_numpy(np.float64),
            school_ids=name_rows(schools),
            own_unit=own_unit.astype(np.int64),
            capacity=schools["seats"].fillna(pupils.sum()).to_numpy(np.float64),
            distance_m=self.ways.distance_m,
            open_cost=np.zeros(len(schools)),
            is_candidate=np.zeros(len(schools), np.bool_),
            area_m2=units["area_m2"].to_numpy(np.float64),
            perimeter_m=units["perimeter_m"].to_numpy(np.float64),
            current=current,
        )


def name_rows(frame: pd.DataFrame) -> tuple[str, ...]:
    """Return how messages name units or schools: by code, or else by id."""
    return tuple(map(str, frame.get("code", frame.index)))


@dataclass(frozen=True, eq=False)
class Drawn:
    """A division, and what its method can prove of it.

    Parameters
    ----------
    school_id
        By planning_unit_id as in the request.
    objective, lower_bound, gap_pct
        What the method minimised, a value that no division can go below, and how far the first
        may lie above the best possible; missing where the method proves nothing.
    bound_note
        What the bound cannot see.
    stopped
        Whether somebody ended the search early.
    """

    school_id: pd.Series
    objective: float | None = None
    lower_bound: float | None = None
    gap_pct: float | None = None
    bound_note: str | None = None
    stopped: bool = False
