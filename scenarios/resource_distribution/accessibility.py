"""Seats within reach of every planning unit, and minutes on foot to school; stored with a run."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
from sqlalchemy import Connection, insert

from catchments.accessibility import measure_unit_access, read_decay
from catchments.boundaries import Request
from catchments.profile import Stage
from catchments.shortfall import select_seats
from catchments.surfaces import find_units
from catchments.walking_times import draw_walking_times
from gis import tables
from gis.database import read_table, write_rows
from gis.network import Network
from gis.rasters import CellGrid, Surface, encode_surface, lay_cells
from gis.runs import RunInputs, find_run, record_run
from gis.slopes import slow_slopes
from layers.coverages import ELEVATION, read_heights
from scenarios.district import District
from scenarios.enrolment_warning.count import list_counted
from scenarios.school_network.instance import Ground, read_ground

KIND = "accessibility"


def update_accessibility(connection: Connection, district: District) -> int | None:
    """Measure access and walking times unless that is done; return the run.

    Of the stages that the profile gives a reach. No row about a person is read: the children of
    a unit live in its dwellings in equal parts. Nothing is stored, and nothing returned, for a
    district without such stages, units or schools.
    """
    started = dt.datetime.now(dt.UTC)
    inputs = _list_inputs(connection, district)
    digest = inputs.compute_digest(connection)
    known = find_run(connection, inputs, digest)
    if known is not None:
        return known
    stages = list_measured(district)
    ground = read_even_ground(connection, district, stages)
    served = [one for one in stages if len(ground.schools[one.code]) and len(ground.units)]
    if not served:
        return None
    run_id = record_run(connection, inputs, digest, started_at=started)
    requests = {stage.code: ground.build_request(stage) for stage in served}
    for rows in _measure_access(connection, district, requests):
        write_rows(connection, tables.accessibility, rows.assign(run_id=run_id))
    if ground.network is not None:
        network = read_sloped_network(connection, district, ground)
        surfaces = district.profile.surfaces
        grid = lay_cells(ground.units, cell_m=surfaces.cell_m, srid=district.profile.metric_srid)
        for stage, request in requests.items():
            times = draw_times(ground, network, grid, request.schools)
            connection.execute(
                insert(tables.surface).values(
                    run_id=run_id, stage=stage, content=encode_surface(times)
                )
            )
    return run_id


def list_measured(district: District) -> list[Stage]:
    """List the stages whose access is measured."""
    reach_m = district.profile.accessibility.reach_m
    return [one for one in district.profile.list_catchment_stages() if one.code in reach_m]


def read_even_ground(connection: Connection, district: District, stages: list[Stage]) -> Ground:
    """Read the ground with one pupil in every unit, so that doors hold their share of a unit."""
    ground = read_ground(connection, district, stages)
    ids = ground.units["id"].to_numpy()
    even = [
        pd.DataFrame({"stage": stage.code, "planning_unit_id": ids, "pupils": 1.0})
        for stage in stages
    ]
    return replace(ground, pupils=pd.concat(even, ignore_index=True)) if even else ground


def read_sloped_network(connection: Connection, district: District, ground: Ground) -> Network:
    """Return the road graph, longer where it is steep if an elevation is loaded."""
    network = ground.require_network()
    heights = read_heights(connection, district.id, district.profile.metric_srid)
    return network if heights is None else slow_slopes(network, heights)


def draw_times(ground: Ground, network: Network, grid: CellGrid, schools: pd.DataFrame) -> Surface:
    """Draw the minutes on foot from every cell inside the district to the nearest school."""
    profile = ground.profile
    at_unit = find_units(grid, gpd.GeoSeries(ground.tiles), profile.metric_srid)
    return draw_walking_times(
        grid,
        at_unit >= 0,
        schools,
        network,
        metric_srid=profile.metric_srid,
        speed_kmh=profile.walking.speed_kmh,
        most_min=profile.surfaces.most_walk_min,
    )


def _list_inputs(connection: Connection, district: District) -> RunInputs:
    counted = read_table(connection, "demand_runs", district_id=district.id)
    return RunInputs(
        district.id,
        KIND,
        district.profile.version,
        datasets=(
            *list_counted(district.profile),
            *("school", "seat", "road", "unit_demand", ELEVATION),
        ),
        parameters=tuple(counted.itertuples(index=False, name=None)),
    )


def _measure_access(
    connection: Connection, district: District, requests: dict[str, Request]
) -> list[pd.DataFrame]:
    """Measure every stage and year that somebody is counted in."""
    profile = district.profile
    demand = read_table(connection, "unit_demand", district_id=district.id)
    demand = demand[demand["planning_unit_id"].notna()].astype({"planning_unit_id": np.int64})
    seats = select_seats(read_table(connection, "seats", district_id=district.id), profile)
    measured = []
    for stage, request in requests.items():
        decay = read_decay(profile, stage)
        assert decay is not None  # stages without are not asked for
        for year in profile.years.list_all():
            asked = demand[(demand["stage"] == stage) & (demand["year"] == year)]
            if asked.empty:
                continue
            stated = seats[(seats["stage"] == stage) & (seats["year"] == year)]
            rows = measure_unit_access(
                request,
                asked.groupby("planning_unit_id")[profile.warning.counted].sum(),
                stated.set_index("school_id")["against_seats"].astype("Float64"),
                decay,
            )
            measured.append(rows.assign(stage=stage, year=year))
    return measured
