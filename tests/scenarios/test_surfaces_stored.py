"""Access, residents and surfaces of the little town: stored, exported, and the same everywhere."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from rasterio.transform import Affine
from sqlalchemy import Connection, func, select, text

from gis import tables
from gis.access import Role
from gis.crs import to_metric
from gis.database import read_features, read_table
from gis.errors import CrsError, RejectedDataError, UsageError
from gis.rasters import CellGrid, Surface, encode_surface
from layers.surfaces import read_walking_times
from scenarios.compute import compute_district
from scenarios.coverages import load_raster
from scenarios.district import District
from scenarios.resource_distribution.accessibility import update_accessibility
from scenarios.surfaces import build_surface, write_delivery
from tests.conftest import act_as
from tests.streets import HIGH, WIDE, load_streets
from tests.town import build_profile, find_centre


def read_access(connection: Connection, town: District, **asked: object) -> pd.DataFrame:
    rows = read_features(connection, "export_accessibility", district_id=town.id, **asked)
    return rows.set_index("planning_unit_code")


def read_at(delivery_surface: Surface, unit: str) -> float:
    """Read a surface in the middle of a unit."""
    grid = delivery_surface.grid
    point = find_centre(unit)
    if grid.srid not in (4490, 4326):
        point = to_metric([point], grid.srid)[0]
    cell = grid.find_cells(np.array([point.x]), np.array([point.y]))[0]
    return float(delivery_surface.values.ravel()[cell])


def count_all(surface: Surface) -> float:
    return float(np.nansum(surface.values * surface.grid.measure_cells_m2()) / 1e6)


def test_the_seats_within_reach_of_the_town_are_those_worked_by_hand(planner, town):
    # Straight ways, a cell is 983 m by 1108 m, 2500 m are within reach. Registered children of
    # primary 2026: one each in 00, 01, 11, 03, 23 and 20. A (3 seats) is within reach of 00, 01,
    # 11 (1481 m) and 20 (2216 m): 3/4. B (4 seats) of 01 (2257 m), 11, 03 and 23: 4/4.
    access = read_access(planner, town, stage="primary", year=2026)["seats_per_child"]
    expected = {"00": 0.75, "20": 0.75, "01": 1.75, "11": 1.75, "03": 1.0, "23": 1.0}
    assert access[list(expected)].to_dict() == pytest.approx(expected)
    assert sum(expected.values()) == pytest.approx(7)  # one child each: all seats are handed out


def test_the_nearest_school_and_the_way_to_it_are_told(planner, town):
    rows = read_access(planner, town, stage="primary", year=2026)
    assert rows.loc["00", "nearest_school_code"] == "A"
    assert rows.loc["00", "nearest_walk_m"] == pytest.approx(0, abs=0.1)
    assert rows.loc["02", "nearest_school_code"] == "B"
    assert rows.loc["01", "nearest_walk_m"] == pytest.approx(WIDE, abs=1)
    assert set(read_access(planner, town, stage=None, year=2027)["stage"]) == {"primary", "junior"}


def test_access_is_measured_once_for_the_same_inputs(planner, town):
    before = update_accessibility(planner, town)
    assert update_accessibility(planner, town) == before


def test_a_district_without_a_reach_is_not_measured(connection, town):
    act_as(connection, Role.PLANNER)
    silent = District(town.id, build_profile(accessibility={}))
    assert update_accessibility(connection, silent) is None


def test_residents_are_the_members_of_households_where_they_live(planner, town):
    # 3 people a household; 13 of 15 households have a home that is known (not h09; h04, h07 and
    # h14 live where they are not registered).
    rows = read_table(planner, "surface_residents", district_id=town.id)
    assert rows["residents"].sum() == 3 * 14
    assert set(rows["counted_in"]) == {"register"}


@pytest.mark.parametrize("crs", ["EPSG:4549", "4490"])
def test_children_on_a_surface_are_all_children_counted_in_units(planner, town, crs):
    delivery = build_surface(
        planner, town, layer="children-density", stage="primary", year=2026, cell_m=70, crs=crs
    )
    assert count_all(delivery.surface) == pytest.approx(6)
    assert delivery.metadata["people"] == 6 and "pooled" in delivery.metadata["disclosure"]
    # All are pooled, as each catchment has fewer than five: units with equal homes are alike.
    lived_in = [read_at(delivery.surface, unit) for unit in ("00", "01", "03")]
    assert lived_in == pytest.approx([lived_in[0]] * 3, rel=2e-2)


def test_a_stage_with_too_few_children_has_no_surface(planner, town):
    with pytest.raises(RejectedDataError, match="fewer than 5"):
        build_surface(planner, town, layer="children-density", stage="junior", year=2026)


def test_population_density_holds_every_resident(planner, town):
    delivery = build_surface(planner, town, layer="population-density", stage=None, year=2026)
    assert count_all(delivery.surface) == pytest.approx(3 * 14)


def test_the_accessibility_raster_holds_the_stored_numbers(planner, town, tmp_path):
    delivery = build_surface(planner, town, layer="accessibility", stage="primary", year=2026)
    stored = read_access(planner, town, stage="primary", year=2026)
    for unit, row in stored.iterrows():
        assert read_at(delivery.surface, str(unit)) == pytest.approx(row["seats_per_child"])
    paths = [tmp_path / name for name in ("one.tif", "two.tif")]
    for path in paths:
        write_delivery(delivery, path)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    with rasterio.open(paths[0]) as file:
        tags = file.tags()
        assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
    assert tags["run_id"] == str(stored["run_id"].iloc[0])
    assert (tags["data_date"], tags["synthetic"]) == ("2026-03-31", "模拟数据 synthetic")
    assert tags["unit"] == "seats per child" and "exported_on" not in tags


@pytest.mark.parametrize(
    ("asked", "error", "said"),
    [
        ({"layer": "rain"}, UsageError, "no surface 'rain'"),
        ({"stage": None}, UsageError, "of one stage"),
        ({"stage": "senior"}, RejectedDataError, "Nobody is counted"),
        ({"layer": "accessibility", "stage": "senior"}, RejectedDataError, "not measured"),
        ({"crs": "EPSG:3857"}, CrsError, "does not measure in metres"),
        ({"crs": "gcj02"}, CrsError, "cannot be written in gcj02"),
        ({"crs": "moon"}, CrsError, "no known map"),
        ({"layer": "walking-time"}, RejectedDataError, "has no roads"),
    ],
)
def test_what_cannot_be_drawn_is_told(planner, town, asked, error, said):
    whole = {"layer": "children-density", "stage": "primary", "year": 2026} | asked
    with pytest.raises(error, match=said):
        build_surface(planner, town, **whole)


def test_the_command_writes_a_surface_and_tells_of_it(onemap, town, tmp_path):
    out = tmp_path / "access.tif"
    answer = onemap("export", "accessibility", "--stage", "primary", "--format", "tif", "--cell-m",
                    200, "--out", out, "--json")  # fmt: skip
    assert answer.code == 0 and answer.told["srid"] == 4549 and out.is_file()
    assert answer.told["columns"] > 15
    wrong = onemap("export", "accessibility", "--format", "tif", "--out", out, "--json")
    assert wrong.code == 2 and "--stage" in wrong.told["mend"]
    layer = tmp_path / "access.geojson"
    assert onemap("export", "accessibility", "--stage", "primary", "--out", layer).code == 0
    rows = {one["id"]: one["properties"] for one in json.loads(layer.read_text())["features"]}
    assert rows["00/primary"]["seats_per_child"] == pytest.approx(0.75)


def test_the_command_tells_the_seats_within_reach(onemap, town):
    answer = onemap("balance", "access", "--stage", "primary", "--json")
    assert answer.code == 0 and answer.told["decay"] == "none"
    units = {unit["planning_unit_code"]: unit for unit in answer.told["units"]}
    assert units["00"]["seats_per_child"] == pytest.approx(0.75)
    assert answer.told["stages"][0]["units"] == 12
    refused = onemap("balance", "access", "--stage", "senior")
    assert refused.code == 3 and "reach_m" in refused.err


# -- streets and slopes ----------------------------------------------------------------


def test_minutes_on_foot_follow_the_streets_and_a_hill_slows_them(connection):
    act_as(connection, Role.STEWARD)
    streets = load_streets(connection)
    reached = build_profile(code="copy", accessibility={"reach_m": {"primary": 2500}})
    town = District(streets.id, reached)
    act_as(connection, Role.PLANNER)
    flat = build_surface(connection, town, layer="walking-time", stage="primary", year=2026)
    # From 12 to B one street, from 10 three; from 23 to B the street in the east: at 4 km/h.
    expected = {"12": WIDE, "10": 3 * WIDE, "23": HIGH, "00": 0}
    for unit, walk_m in expected.items():
        assert read_at(flat.surface, unit) == pytest.approx(walk_m / 4000 * 60, abs=2.0)
    update_accessibility(connection, town)
    stored = read_walking_times(connection, town.id, "primary")
    assert stored is not None and stored.grid == flat.surface.grid
    assert np.allclose(stored.values, flat.surface.values, rtol=1e-6, equal_nan=True)
    act_as(connection, Role.STEWARD)
    put_hill(connection, town)
    act_as(connection, Role.PLANNER)
    steep = build_surface(connection, town, layer="walking-time", stage="primary", year=2026)
    assert steep.metadata["slopes"] == "yes"
    assert read_at(steep.surface, "10") > 1.5 * read_at(flat.surface, "10")


def put_hill(connection: Connection, town: District) -> None:
    """Store a plane that rises one in five to the east."""
    west, south = shapely.get_coordinates(to_metric([shapely.Point(120.58, 27.98)], 4549))[0]
    heights = np.tile(np.arange(80) * 20.0, (80, 1))
    plane = Surface(CellGrid(4549, west, south + 8000, 100.0, 100.0, 80, 80), heights)
    connection.execute(
        tables.raster_coverage.insert().values(
            district_id=town.id,
            kind="elevation",
            content=encode_surface(plane),
            digest="",
            source="a test",
            srid=4549,
            cell_x=100,
            cell_y=100,
            columns=80,
            rows=80,
            least=0,
            most=1580,
            mean=790,
        )
    )


# -- rasters that are loaded -----------------------------------------------------------


def write_grid(path: Path, values: np.ndarray, *, nodata: float | None = None) -> Path:
    """Write a grid of 0.005 degrees that begins at the town's north-west corner."""
    with rasterio.open(
        path, "w", driver="GTiff", count=1, height=values.shape[0], width=values.shape[1],
        dtype="float32", crs="EPSG:4490", nodata=nodata,
        transform=Affine(0.005, 0, 120.60, 0, -0.005, 28.03),
    ) as file:  # fmt: skip
        file.write(values.astype(np.float32), 1)
    return path


def test_a_population_grid_becomes_the_residents_of_units(undone, connection, town, tmp_path):
    # Four cells a unit, ten residents each; the house of a unit stands over all four.
    path = write_grid(tmp_path / "people.tif", np.full((6, 8), 10.0))
    summary = load_raster(undone, town, path, kind="population")
    assert (summary.columns, summary.rows, summary.covered_pct) == (8, 6, 100.0)
    rows = read_table(connection, "surface_residents", district_id=town.id)
    assert rows["residents"].tolist() == pytest.approx([40.0] * 12, abs=1e-3)
    assert set(rows["counted_in"]) == {"grid"}
    assert connection.execute(
        select(func.count()).select_from(tables.dataset).where(
            tables.dataset.c.district_id == town.id, tables.dataset.c.name == "population"
        )
    ).scalar_one() == 1  # fmt: skip


def test_a_wrong_raster_leaves_everything_as_it_was(onemap, database, town, tmp_path):
    path = write_grid(tmp_path / "void.tif", np.full((6, 8), -1.0), nodata=-1)
    answer = onemap("load", "raster", path, "--as", "elevation", "--json")
    assert answer.code == 3 and "holds no value" in answer.told["found"] and answer.told["mend"]
    with database.begin(Role.PLANNER) as connection:
        kept = text("select count(*) from onemap.raster_coverage where district_id = :id")
        assert connection.execute(kept, {"id": town.id}).scalar_one() == 0
    assert onemap("load", "raster", path, "--as", "rain").code == 2


def test_computing_again_after_a_grid_is_loaded_changes_nothing(undone, connection, town, tmp_path):
    path = write_grid(tmp_path / "people.tif", np.full((6, 8), 10.0))
    load_raster(undone, town, path, kind="population")
    runs = select(func.count()).select_from(tables.run).where(tables.run.c.district_id == town.id)
    before = connection.execute(runs).scalar_one()
    compute_district(undone, town)
    assert connection.execute(runs).scalar_one() == before
