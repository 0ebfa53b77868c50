"""The district that a statutory plan divides: its units, schools and doors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from catchments.boundaries.statutory.division import read_names
from gis.coverage import Polygons, find_wide_parts, repair_polygons
from gis.crs import require_metres, resolve_crs
from gis.errors import CrsError, RejectedDataError
from gis.partition import Area, check_coverage, label_points

# ASSUMPTION: plans are drawn on maps of 1:2000, where half a millimetre of pen is one metre. Two
# drawings of one border differ by up to that on either side: what is narrower is no fault.
SLIVER_M = 2.0

Flags = NDArray[np.bool_]
Positions = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Ground:
    """A district as it stands, before any division; all geometry in one metric CRS.

    Parameters
    ----------
    units
        n planning units: index planning_unit_id, valid polygons that do not overlap. For lists
        of communities also a column community with the name or code that lists use.
    schools
        m schools: index school_id, points; kept in the order of their ids.
    boundary
        Area of the district; by default the ground of all units.
    doors
        For door numbers: street, number (12, "12号", "12-3": the first number counts), and
        planning_unit_id, or x_m and y_m.

    Raises
    ------
    CrsError
        Units or schools state no CRS in metres, or two different ones.
    RejectedDataError
        There is no unit or no school; an id stands twice; a unit is broken or overlaps another;
        a school is no point; the doors lack a column.
    """

    units: gpd.GeoDataFrame
    schools: gpd.GeoDataFrame
    boundary: Area | None = None
    doors: pd.DataFrame | None = None

    def __post_init__(self) -> None:
        system = require_metres(self.units.crs)
        if resolve_crs(self.schools.crs).crs != system:
            raise CrsError(
                f"Units are in {system.name}, schools in {self.schools.crs.name}.",
                mend="Bring both into the metric system of the district.",
            )
        for name, frame in (("planning units", self.units), ("schools", self.schools)):
            if frame.empty or frame.index.astype(str).has_duplicates:
                again = frame.index[frame.index.astype(str).duplicated()]
                raise RejectedDataError(
                    f"Of {len(frame)} {name}, {len(again)} repeat an id"
                    f"{''.join(f' {one}' for one in again[:5])}.",
                    mend="Give at least one, each with an id of its own.",
                )
        # Ties go to the lowest id, so that the order of rows never matters.
        object.__setattr__(self, "schools", self.schools.sort_index())
        points = shapely.get_type_id(self.school_points) == shapely.GeometryType.POINT
        if not points.all():
            lost = self.schools.index[~points][:20]
            raise RejectedDataError(
                f"Some schools have no place: {', '.join(map(str, lost))}.",
                mend="Give each a point.",
            )
        self._refuse_units()
        if self.doors is not None:
            self._refuse_doors(self.doors)

    @property
    def unit_shapes(self) -> Polygons:
        """Polygons of the units, in their order."""
        return np.asarray(self.units.geometry, dtype=object)

    @property
    def school_points(self) -> NDArray[np.object_]:
        """Points of the schools, in their order."""
        return np.asarray(self.schools.geometry, dtype=object)

    def find_area(self) -> Area:
        """Return the ground of the district."""
        if self.boundary is not None:
            return self.boundary
        united: Any = shapely.union_all(self.unit_shapes)
        return united

    def find_door_units(self) -> Positions:
        """Find the position of the unit of each door, -1 where it lies in none."""
        assert self.doors is not None
        if "planning_unit_id" in self.doors.columns:
            named = read_names(self.doors["planning_unit_id"])
            return pd.Index(read_names(self.units.index.to_series())).get_indexer(named)
        return label_points(self.doors["x_m"], self.doors["y_m"], self.unit_shapes)

    def _refuse_units(self) -> None:
        report = check_coverage(self.unit_shapes, tolerance=SLIVER_M)
        wrong = np.union1d(report.invalid, report.overlaps.ravel())
        if wrong.size:
            names = ", ".join(map(str, self.units.index[wrong[:20]]))
            raise RejectedDataError(
                f"{wrong.size} planning units are broken or overlap: {names}.",
                mend="Repair the planning units first; no division of them can be judged.",
            )

    @staticmethod
    def _refuse_doors(doors: pd.DataFrame) -> None:
        names = set(doors.columns)
        has_place = "planning_unit_id" in names or {"x_m", "y_m"} <= names
        if not {"street", "number"} <= names or not has_place:
            raise RejectedDataError(
                f"The doors have the columns {', '.join(map(str, doors.columns))}.",
                mend="Give street, number, and planning_unit_id or x_m and y_m.",
            )


def unite_shapes(shapes: Polygons, owners: Positions, count: int) -> Polygons:
    """Unite polygons by owner, 0 to `count` - 1; empty where an owner has none."""
    order = np.argsort(owners, kind="stable")
    groups = np.split(shapes[order], np.searchsorted(owners[order], np.arange(1, count)))
    united = np.empty(count, dtype=object)
    united[:] = [shapely.union_all(group) for group in groups[:count]]
    united[shapely.is_empty(united)] = shapely.Polygon()
    return repair_polygons(united)


def is_wide(shapes: Polygons, width_m: float) -> Flags:
    """Tell of each geometry whether a disc of that diameter fits into one of its parts."""
    _, rows = find_wide_parts(shapes, width_m)
    return np.isin(np.arange(len(shapes)), rows)
