"""People by their walk to the nearest school, and the walk from everywhere; stored with a run."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection, insert

from catchments.profile import Profile, Stage
from catchments.surfaces import find_units
from catchments.walking_bands import PEOPLE, count_bands
from catchments.walking_times import draw_walks, snap_cells
from gis import tables
from gis.crs import to_metric
from gis.database import read_features, read_table, write_rows
from gis.network import Network, Snapped, measure_walks, snap_points
from gis.rasters import CellGrid, Surface, encode_surface, lay_cells
from gis.runs import RunInputs, find_newest_run, find_run, record_run
from scenarios.district import District
from scenarios.school_network.instance import Ground, read_ground

KIND = "network"
SECTORS = ("public", "all")
_READ = ("planning_unit", "subdistrict", "school", "road", "building", "unit_demand")


def update_walking_bands(connection: Connection, district: District) -> int | None:
    """Measure walks to the nearest school of each stage unless that is done; return the run.

    No row about a person is read: the people of a unit live in its dwellings in equal parts.
    Nothing is stored, and nothing returned, for a district without units, schools or people.

    Raises
    ------
    RejectedDataError
        When there are no roads.
    """
    started = dt.datetime.now(dt.UTC)
    inputs = _list_inputs(connection, district)
    digest = inputs.compute_digest(connection)
    known = find_run(connection, inputs, digest)
    if known is not None:
        return known
    profile = district.profile
    schools = _read_schools(connection, district)
    ground = read_ground(connection, district, [])
    people = read_table(connection, "network_unit_people", district_id=district.id)
    has_people = people["residents"].sum() > 0 or ground.pupils["pupils"].sum() > 0
    if schools.empty or people.empty or not has_people:
        return None
    network = ground.require_network()
    homes = list_homes(ground, people)
    at_home = snap_points(network, homes["x_m"].to_numpy(), homes["y_m"].to_numpy())
    cells = _snap_land(ground, network)
    run_id = record_run(connection, inputs, digest, started_at=started)
    for stage in profile.stages:
        mine = schools[schools["kind"].isin(stage.kinds)]
        lived_in = share_children(homes, ground, stage)
        for sector in SECTORS:
            chosen = mine if sector == "all" else mine[mine["public"]]
            if chosen.empty:
                continue
            rows = _count(network, at_home, lived_in, chosen, profile)
            rows = rows.assign(run_id=run_id, stage=stage.code, sector=sector)
            write_rows(connection, tables.network_band, rows)
            if sector == profile.network.white_spots_to and stage.radius_m and stage.catchments:
                walks = _draw(cells, network, chosen, profile)
                content = {"stage": stage.code, "content": encode_surface(walks)}
                connection.execute(insert(tables.surface).values(run_id=run_id, **content))
    return run_id


def list_limits(profile: Profile) -> list[float]:
    """List the limits of the bands: those of the profile, and the service radii of the stages."""
    radii = [stage.radius_m for stage in profile.stages if stage.radius_m is not None]
    return sorted({*map(float, profile.network.bands_m), *radii})


def list_homes(ground: Ground, people: pd.DataFrame) -> pd.DataFrame:
    """List where people live, with their share of the residents of the unit.

    ASSUMPTION: dwellings hold equal parts of a unit; the people of a unit without dwellings are
    at a point inside it.

    Parameters
    ----------
    people
        planning_unit_id, subdistrict_code, residents.

    Returns
    -------
    DataFrame
        planning_unit_id, x_m, y_m, share, subdistrict_code, residents.
    """
    doors = ground.doors.dropna(subset=["planning_unit_id"])
    units = ground.measured_units
    bare = units[~units.index.isin(doors["planning_unit_id"])]
    inside = bare[["x_m", "y_m"]].rename_axis("planning_unit_id").reset_index().assign(dwellings=1)
    homes = pd.concat([doors, inside], ignore_index=True).astype({"planning_unit_id": np.int64})
    homes["share"] = homes["dwellings"] / homes.groupby("planning_unit_id")["dwellings"].transform(
        "sum"
    )
    homes = homes.merge(people, on="planning_unit_id")
    return homes.assign(residents=homes["residents"] * homes["share"])


def share_children(homes: pd.DataFrame, ground: Ground, stage: Stage) -> pd.DataFrame:
    """Put the counted children who enter the stage in the year shown beside each home."""
    counted = ground.pupils[ground.pupils["stage"] == stage.code]
    pupils = counted.groupby("planning_unit_id")["pupils"].sum()
    told = homes["planning_unit_id"].map(pupils).fillna(0.0).to_numpy(np.float64)
    return homes.assign(children=told * homes["share"].to_numpy())


def _count(
    network: Network,
    at_home: Snapped,
    homes: pd.DataFrame,
    schools: pd.DataFrame,
    profile: Profile,
) -> pd.DataFrame:
    gates = snap_points(network, schools["x_m"].to_numpy(), schools["y_m"].to_numpy())
    walk_m, _ = measure_walks(network, gates, at_home)
    columns = ["subdistrict_code", *PEOPLE]
    return count_bands(homes[columns], walk_m, list_limits(profile), by="subdistrict_code")


@dataclass(frozen=True, eq=False)
class _Cells:
    """The cells of the land, brought to the streets once for all stages."""

    grid: CellGrid
    is_land: NDArray[np.bool_]
    snapped: Snapped


def _snap_land(ground: Ground, network: Network) -> _Cells:
    srid = ground.profile.metric_srid
    grid = lay_cells(ground.units, cell_m=ground.profile.surfaces.cell_m, srid=srid)
    is_land = find_units(grid, gpd.GeoSeries(ground.tiles), srid) >= 0
    return _Cells(grid, is_land, snap_cells(grid, is_land, network, metric_srid=srid))


def _draw(cells: _Cells, network: Network, schools: pd.DataFrame, profile: Profile) -> Surface:
    return draw_walks(
        cells.grid,
        cells.is_land,
        schools,
        network,
        metric_srid=profile.metric_srid,
        at_cells=cells.snapped,
    )


def _read_schools(connection: Connection, district: District) -> pd.DataFrame:
    profile = district.profile
    found = read_features(
        connection, "network_schools", district_id=district.id, day=profile.data_date
    )
    points = to_metric(found["geom"], profile.metric_srid)
    return pd.DataFrame(found.drop(columns="geom")).assign(
        x_m=shapely.get_x(points), y_m=shapely.get_y(points)
    )


def _list_inputs(connection: Connection, district: District) -> RunInputs:
    counted = read_table(connection, "demand_runs", district_id=district.id)
    residents = find_newest_run(connection, district_id=district.id, kind="residents")
    return RunInputs(
        district.id,
        KIND,
        district.profile.version,
        datasets=_READ,
        parameters=(
            *counted.itertuples(index=False, name=None),
            ("residents_run", str(residents)),
        ),
    )
