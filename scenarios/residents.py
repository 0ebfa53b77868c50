"""Residents of every planning unit, from a loaded population grid or the register of households."""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import Connection

from catchments.surfaces import share_grid
from gis import tables
from gis.crs import to_metric
from gis.database import read_features, run_query, write_rows
from gis.rasters import Surface
from gis.runs import RunInputs, find_run, record_run
from layers.coverages import POPULATION, draw_cells, read_coverage
from scenarios.access import log_reading
from scenarios.district import District

_READ = ("building", "property_unit", "household", "planning_unit", POPULATION)


def count_residents(connection: Connection, district: District) -> int:
    """Count the residents of every unit; return the run.

    A population grid wins over the register. Needs a session with the officer's rights: the
    register is read, and the read entered in the access log, where no grid is loaded.
    """
    started = dt.datetime.now(dt.UTC)
    inputs = RunInputs(district.id, "residents", district.profile.version, datasets=_READ)
    digest = inputs.compute_digest(connection)
    known = find_run(connection, inputs, digest)
    if known is not None:
        return known
    grid = read_coverage(connection, district.id, POPULATION)
    run_id = record_run(connection, inputs, digest, started_at=started)
    if grid is None:
        rows = run_query(
            connection, "count_residents_by_unit", run_id=run_id, district_id=district.id
        )
        log_reading(connection, district, f"run {run_id}: residents by planning unit", rows=rows)
        return run_id
    residents = _share_grid(connection, district, grid)
    frame = pd.DataFrame({"planning_unit_id": residents.index, "residents": residents.to_numpy()})
    write_rows(connection, tables.unit_population, frame.assign(run_id=run_id, counted_in="grid"))
    return run_id


def _share_grid(connection: Connection, district: District, grid: Surface) -> pd.Series:
    srid = district.profile.metric_srid
    values = grid.values.ravel()
    is_lived_in = np.flatnonzero(values > 0)
    homes = read_features(connection, "dwelling_doors", district_id=district.id)
    places = to_metric(homes["geom"], srid)
    doors = pd.DataFrame(
        {
            "planning_unit_id": homes["planning_unit_id"].to_numpy(),
            "x_m": shapely.get_x(places),
            "y_m": shapely.get_y(places),
            "dwellings": homes["dwellings"].to_numpy(),
        }
    )
    cells = draw_cells(grid.grid, srid)[is_lived_in]
    units = read_features(connection, "units", district_id=district.id)
    areas = gpd.GeoSeries(to_metric(units["geom"], srid), index=units["id"].to_numpy())
    return share_grid(cells, values[is_lived_in], areas, doors)
