"""Read what the division of a district rests on: units, borders, schools, pupils, ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import Connection

from catchments.boundaries import Request, Ways, measure_straight_ways, measure_unit_walks
from catchments.profile import Profile, Stage, Walking
from catchments.shortfall import measure_shortfall
from gis.borders import measure_borders
from gis.coverage import clean_coverage, is_coverage, merge_faces, read_polygons
from gis.crs import to_metric
from gis.database import read_features, read_table
from gis.errors import RejectedDataError, UsageError
from gis.network import Network, build_network, keep_largest_part
from gis.partition import Area, label_points
from gis.runs import RunInputs
from scenarios.district import District, find_plan

# UNITS: degrees, about a metre. ASSUMPTION: units drawn by hand leave slivers narrower than this
# between them; they are closed. Units that tile exactly are merged exactly.
SLIVER_DEG = 1e-5

_READ = ("planning_unit", "school", "seat", "road", "building", "plan_membership", "unit_demand")


@dataclass(frozen=True, eq=False)
class Ground:
    """What all stages of a district are divided on, as it was read; measured when asked for.

    Parameters
    ----------
    units
        id, code, geom: planning units in order of their id, EPSG:4490.
    roads
        road_class, geom: what may be walked along.
    homes
        planning_unit_id, dwellings, geom: one point a building.
    schools
        By stage: id, code, planning_unit_id, geom of those that may have a catchment.
    pupils
        stage, planning_unit_id, pupils: those whom the warning rule counts in the year asked.
    seats
        stage, school_id, seats: what they are set against, missing where nobody stated it.
    current
        stage, planning_unit_id, school_id: the default plan; without rows where there is none.
    digest
        Of the datasets that were read.
    """

    profile: Profile
    units: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    homes: gpd.GeoDataFrame
    schools: dict[str, gpd.GeoDataFrame]
    pupils: pd.DataFrame
    seats: pd.DataFrame
    current: pd.DataFrame
    digest: str

    @cached_property
    def tiles(self) -> np.ndarray:
        """The units as a coverage in metres: slivers between them are closed."""
        areas = read_polygons(self.units["geom"])
        if not is_coverage(areas):
            areas = clean_coverage(areas, SLIVER_DEG)
        return to_metric(areas, self._srid)

    @cached_property
    def measured_units(self) -> pd.DataFrame:
        """The units by id: x_m, y_m of a point inside, code, area_m2, perimeter_m."""
        inside = shapely.point_on_surface(to_metric(self.units["geom"], self._srid))
        return _list_points(self.units["id"], inside).assign(
            code=self.units["code"].to_numpy(),
            area_m2=shapely.area(self.tiles),
            perimeter_m=shapely.length(self.tiles),
        )

    @cached_property
    def borders(self) -> pd.DataFrame:
        """Pairs of units that border each other: unit_a, unit_b, border_m."""
        pairs, border_m = measure_borders(self.tiles)
        ids = self.units["id"].to_numpy()
        return pd.DataFrame(
            {"unit_a": ids[pairs[:, 0]], "unit_b": ids[pairs[:, 1]], "border_m": border_m}
        )

    @cached_property
    def network(self) -> Network | None:
        """The road graph; nothing where no road is loaded.

        ASSUMPTION: what hangs together with the greatest length of roads is the district; doors
        on an island of roads are brought to it.
        """
        if self.roads.empty:
            return None
        return build_walking_network(
            to_metric(self.roads["geom"], self._srid),
            self.roads["road_class"],
            self.profile.walking,
        )

    def require_network(self) -> Network:
        """Return the road graph where areas are to be drawn along it.

        Raises
        ------
        RejectedDataError
            When there are no roads, or no planning units.
        """
        if self.network is None or self.units.empty:
            raise RejectedDataError(
                f"District {self.profile.code} has no roads, or no planning units.",
                mend="Load both: people walk along the first, the areas cover the second.",
            )
        return self.network

    def merge_land(self) -> Area:
        """Merge all units into the land of the district, in metres."""
        land: Area = merge_faces(self.tiles, np.zeros(self.tiles.size, np.int64), 1)[0]
        return land

    @cached_property
    def doors(self) -> pd.DataFrame:
        """Buildings with dwellings: planning_unit_id, x_m, y_m, dwellings."""
        points = to_metric(self.homes["geom"], self._srid)
        return _list_points(self.homes.index.to_series(), points).assign(
            planning_unit_id=self.homes["planning_unit_id"].to_numpy(),
            dwellings=self.homes["dwellings"].to_numpy(),
        )

    def build_request(self, stage: Stage) -> Request:
        """Build what a method is asked for one stage, with the ways measured.

        Raises
        ------
        RejectedDataError
            When no school can have a catchment in the stage.
        """
        pupils = self._select(self.pupils, stage).set_index("planning_unit_id")["pupils"]
        units = self.measured_units.assign(
            pupils=pupils.reindex(self.measured_units.index).fillna(0).astype(np.float64)
        )
        schools = self.place_schools(stage)
        current = self._select(self.current, stage)
        return Request(
            units,
            schools,
            self._measure_ways(units, schools) if len(schools) else None,
            borders=self.borders,
            current=current.set_index("planning_unit_id")["school_id"],
        )

    def place_schools(self, stage: Stage) -> pd.DataFrame:
        """Return the schools of a stage by id: x_m, y_m, code, planning_unit_id, seats.

        ASSUMPTION: a gate that no unit covers belongs to the unit nearest to it.
        """
        schools = self.schools[stage.code]
        placed = _list_points(schools["id"], to_metric(schools["geom"], self._srid))
        ids = self.units["id"].to_numpy()
        known = schools["planning_unit_id"].astype("Int64").to_numpy(np.float64, na_value=np.nan)
        at = label_points(placed["x_m"].to_numpy(), placed["y_m"].to_numpy(), self.tiles)
        lost = np.flatnonzero(np.isnan(known) & (at < 0))
        gates = np.asarray(shapely.points(placed.iloc[lost][["x_m", "y_m"]].to_numpy()))
        at[lost] = shapely.STRtree(self.tiles).nearest(gates)
        seats = self._select(self.seats, stage).set_index("school_id")["seats"]
        return placed.assign(
            code=schools["code"].to_numpy(),
            planning_unit_id=np.where(np.isnan(known), ids[at], known).astype(np.int64),
            seats=seats.reindex(placed.index).astype("Float64"),
        )

    @property
    def _srid(self) -> int:
        return self.profile.metric_srid

    def _select(self, rows: pd.DataFrame, stage: Stage) -> pd.DataFrame:
        return rows[rows["stage"] == stage.code]

    def _measure_ways(self, units: pd.DataFrame, schools: pd.DataFrame) -> Ways:
        """Measure walks, or straight lines where there are no roads.

        ASSUMPTION: the pupils of a unit live in its dwellings in equal parts. No row about a
        person is read.
        """
        if self.network is None:
            return measure_straight_ways(units, schools)
        doors = self.doors
        held = doors.groupby("planning_unit_id")["dwellings"].transform("sum")
        pupils = units["pupils"].reindex(doors["planning_unit_id"]).fillna(0.0).to_numpy()
        shared = doors.assign(pupils=pupils * (doors["dwellings"] / held).to_numpy())
        return measure_unit_walks(self.network, units, schools, shared)


def read_ground(
    connection: Connection,
    district: District,
    stages: Sequence[Stage],
    *,
    year: int | None = None,
) -> Ground:
    """Read what the division of `stages` rests on; nothing about persons is read.

    Parameters
    ----------
    year
        Of the pupils and seats, by default the year that the district shows first.
    """
    profile = district.profile
    year = profile.years.shown if year is None else year
    mine = {"district_id": district.id}
    # First of all: what is loaded while the rest is read makes the digest differ when a plan is
    # stored.
    digest = digest_ground(connection, district)
    schools = {
        stage.code: read_features(
            connection,
            "catchment_schools",
            kinds=stage.kinds,
            stage=stage.code,
            day=profile.data_date,
            **mine,
        )
        for stage in stages
    }
    demand = read_table(connection, "unit_demand", **mine)
    demand = demand[(demand["year"] == year) & demand["planning_unit_id"].notna()]
    return Ground(
        profile=profile,
        units=read_features(connection, "units", **mine),
        roads=read_features(connection, "walkable_roads", **mine),
        homes=read_features(connection, "dwelling_doors", **mine),
        schools=schools,
        pupils=demand.rename(columns={profile.warning.counted: "pupils"})[
            ["stage", "planning_unit_id", "pupils"]
        ],
        seats=_select_seats(read_table(connection, "seats", **mine), schools, profile, year),
        current=read_current(connection, district),
        digest=digest,
    )


def read_current(connection: Connection, district: District) -> pd.DataFrame:
    """Read the district's default plan: stage, planning_unit_id, school_id."""
    try:
        plan_id = find_plan(connection, district, None).id
    except UsageError:  # a district may be loaded without any plan
        plan_id = 0
    members = read_table(connection, "plan_membership", plan_id=plan_id)
    return members.astype({"planning_unit_id": np.int64, "school_id": np.int64})


def digest_ground(connection: Connection, district: District) -> str:
    """Digest the datasets that :func:`read_ground` reads, as they stand now."""
    inputs = RunInputs(district.id, "draw", district.profile.version, datasets=_READ)
    return inputs.compute_digest(connection)


def build_walking_network(lines: np.ndarray, road_class: pd.Series, walking: Walking) -> Network:
    """Build the road graph whose main roads are crossed at crossings only.

    A crossing lies in each end of a main road where a street of `crossing_classes` meets it, or
    where three main roads meet.

    Parameters
    ----------
    lines
        LineStrings, metric CRS.
    road_class
        For each line.

    Raises
    ------
    RejectedDataError
        When the lines hold no road of any length.

    Examples
    --------
    Houses face each other over 200 m of main road with a side street at one end.

    >>> lines = shapely.linestrings([[(0, 0), (200, 0)], [(0, 0), (0, 50)], [(0, 0), (-90, 0)]])
    >>> network = build_walking_network(lines, pd.Series(["main", "local", "main"]), Walking())
    >>> int(network.length_cm.sum()) // 100  # both sides of 290 m and the side street
    630
    """
    is_main = road_class.isin(walking.main_classes).to_numpy()
    ends = shapely.get_coordinates(shapely.get_point(lines, [[0], [-1]]).ravel()).round(3)
    met = pd.DataFrame(
        {
            "x": ends[:, 0],
            "y": ends[:, 1],
            "main": np.tile(is_main, 2),
            "side": np.tile(road_class.isin(walking.crossing_classes).to_numpy(), 2),
        }
    )
    counts = met.groupby(["x", "y"])[["main", "side"]].sum().reset_index()
    is_crossing = (counts["main"] > 2) | ((counts["main"] > 0) & (counts["side"] > 0))
    crossings = np.asarray(shapely.points(counts.loc[is_crossing, ["x", "y"]].to_numpy()))
    return keep_largest_part(build_network(lines, is_main=is_main, crossings=crossings))


def _select_seats(
    seats: pd.DataFrame, schools: dict[str, gpd.GeoDataFrame], profile: Profile, year: int
) -> pd.DataFrame:
    """Select the seats that the warning rule sets children against in a year."""
    nobody = [
        pd.DataFrame({"stage": stage, "school_id": found["id"].astype("Int64")})
        for stage, found in schools.items()
    ]
    if not nobody:
        return pd.DataFrame(columns=["stage", "school_id", "seats"])
    asked = pd.concat(nobody, ignore_index=True).assign(
        year=year, children=0, registered_children=0
    )
    return measure_shortfall(asked, seats, profile)[["stage", "school_id", "seats"]]


def _list_points(ids: pd.Series, points: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {"x_m": shapely.get_x(points), "y_m": shapely.get_y(points)}, index=ids.to_numpy()
    )
