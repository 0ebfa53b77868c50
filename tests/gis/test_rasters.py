"""Grids of cells: their areas, files that GDAL knows as cloud-optimised, and files refused."""

from __future__ import annotations

import doctest
import json
import subprocess
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from pyproj import Geod
from rasterio.transform import Affine

import gis.rasters
import gis.slopes
from gis.crs import STORE_SRID, from_metric
from gis.errors import CrsError, OneMapError, OutputError, RejectedDataError, UsageError
from gis.ingest.rasters import read_raster
from gis.network import build_network
from gis.rasters import (
    NODATA,
    CellGrid,
    Surface,
    decode_surface,
    encode_surface,
    lay_cells,
    sample_surface,
    warp_surface,
    write_surface,
)
from gis.slopes import measure_pace, shade_hills, slow_slopes


def place_cells(west: float, north: float, width: float, height: float) -> Affine:
    return Affine(width, 0.0, west, 0.0, -height, north)


LAND = gpd.GeoSeries([shapely.box(120.60, 28.00, 120.63, 28.02)], crs=STORE_SRID)


def make_hills(grid: CellGrid) -> Surface:
    x, y = grid.list_centres()
    heights = 50 + 40 * np.sin(x / grid.width / 9) * np.cos(y / grid.height / 7)
    return Surface(grid, heights.reshape(grid.rows, grid.columns))


@pytest.mark.parametrize("module", [gis.rasters, gis.slopes])
def test_the_examples_of_the_documentation_run(module):
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("srid", [4490, 4326])
def test_cells_in_degrees_are_as_large_as_the_ellipsoid_says(srid):
    grid = lay_cells(LAND, cell_m=100, srid=srid)
    west, east = grid.west, grid.west + grid.width
    area_m2 = grid.measure_cells_m2().ravel()
    for row in (0, grid.rows - 1):
        north, south = grid.north - row * grid.height, grid.north - (row + 1) * grid.height
        ring = [west, east, east, west], [south, south, north, north]
        told = Geod(ellps="GRS80").polygon_area_perimeter(*ring)[0]
        assert area_m2[row] == pytest.approx(told, rel=1e-6)
    assert area_m2.mean() == pytest.approx(10_000, rel=1e-3)
    assert grid.measure_sides_m() == pytest.approx([100, 100], rel=1e-3)


def test_grids_of_one_cell_size_fit_each_other_wherever_they_begin():
    one, other = (lay_cells(LAND.iloc[:1].translate(step), cell_m=50, srid=4549)
                  for step in (0, 0.0007))  # fmt: skip
    assert (one.west - other.west) % 50 == (one.north - other.north) % 50 == 0


@pytest.mark.parametrize(
    ("cell_m", "srid", "error"),
    [(0, 4549, UsageError), (0.01, 4549, UsageError), (50, 3857, CrsError), (50, 99999, CrsError)],
)
def test_cells_that_cannot_be_laid_are_refused(cell_m, srid, error):
    with pytest.raises(error):
        lay_cells(LAND, cell_m=cell_m, srid=srid)


def test_a_written_surface_is_a_cloud_optimised_geotiff_of_the_same_bytes_twice(tmp_path):
    surface = make_hills(lay_cells(LAND, cell_m=5, srid=4549))
    surface.values[:9, :9] = np.nan
    paths = [tmp_path / name for name in ("one.tif", "two.tif")]
    for path in paths:
        write_surface(
            surface, path, title="高程", unit="m", tags={"run_id": "7", "mark": "模拟数据"}
        )
    assert paths[0].read_bytes() == paths[1].read_bytes()
    told = json.loads(
        subprocess.run(
            ["gdalinfo", "-json", paths[0]], check=True, capture_output=True, text=True
        ).stdout
    )
    band = told["bands"][0]
    assert told["metadata"]["IMAGE_STRUCTURE"]["LAYOUT"] == "COG"
    assert told["metadata"][""]["mark"] == "模拟数据" and told["metadata"][""]["run_id"] == "7"
    assert band["block"] == [256, 256] and len(band["overviews"]) == 2
    assert (band["noDataValue"], band["unit"], band["description"]) == (NODATA, "m", "高程")
    assert told["stac"]["proj:epsg"] == 4549
    with rasterio.open(paths[0]) as file:
        read = file.read(1, masked=True)
    assert np.ma.getmaskarray(read)[:9, :9].all() and np.ma.count_masked(read) == 81
    assert np.allclose(read.compressed(), surface.values[np.isfinite(surface.values)], rtol=1e-6)


def test_a_surface_into_a_missing_folder_is_told_and_leaves_nothing(tmp_path):
    surface = make_hills(lay_cells(LAND, cell_m=100, srid=4549))
    with pytest.raises(OutputError):
        write_surface(surface, tmp_path / "none" / "x.tif", title="", unit="m", tags={})
    assert list(tmp_path.iterdir()) == []


def test_a_stored_surface_reads_back_as_it_was():
    surface = make_hills(lay_cells(LAND, cell_m=100, srid=4490))
    surface.values[0, 0] = np.nan
    read = decode_surface(encode_surface(surface))
    assert read.grid == surface.grid
    assert np.allclose(read.values, surface.values, rtol=1e-6, equal_nan=True)


def test_heights_are_the_same_in_another_crs():
    degrees = make_hills(lay_cells(LAND, cell_m=20, srid=4490, margin_m=200))
    metres = warp_surface(degrees, lay_cells(LAND, cell_m=20, srid=4549), smooth=True)
    point = shapely.Point(120.613, 28.011)
    moved = gis.rasters.to_metric([point], 4549)[0]
    here = sample_surface(degrees, np.array([point.x]), np.array([point.y]))
    there = sample_surface(metres, np.array([moved.x]), np.array([moved.y]))
    assert here == pytest.approx(there, abs=0.5)


def test_a_steep_street_takes_longer_and_a_flat_one_as_long():
    # A rise of 10 m over 100 m: exp(3.5·0.1) up and, down, |−0.1 + 0.05| = 0.05: exp(0) = 1.
    assert measure_pace(0.1) == pytest.approx((np.exp(0.35) + 1) / 2)
    flat = build_network([shapely.LineString([(0, 50), (100, 50)])])
    ramp = Surface(CellGrid(4549, -50.0, 100.0, 100.0, 100.0, 2, 1), np.array([[0.0, 10.0]]))
    assert slow_slopes(flat, ramp).length_cm[0] == round(10_000 * measure_pace(0.1))
    level = Surface(ramp.grid, np.array([[7.0, 7.0]]))
    assert slow_slopes(flat, level).length_cm.tolist() == flat.length_cm.tolist()
    unknown = Surface(ramp.grid, np.array([[np.nan, 7.0]]))
    assert slow_slopes(flat, unknown).length_cm.tolist() == flat.length_cm.tolist()


def test_slopes_that_face_the_sun_are_brighter_than_flat_ground_and_those_that_turn_away_darker():
    grid = CellGrid(4549, 0.0, 50.0, 10.0, 10.0, 5, 5)
    east = np.tile(np.arange(5) * 5.0, (5, 1))  # rises to the east, faces west
    lit = [shade_hills(Surface(grid, heights))[2, 2] for heights in (east, 0 * east, -east)]
    assert lit[0] > lit[1] > lit[2]


# -- rasters that are delivered ------------------------------------------------------------


def write_raster(path: Path, values: np.ndarray, **options: Any) -> Path:
    """Write what some office may deliver: a degree grid over the land, unless told otherwise."""
    bands = values if values.ndim == 3 else values[None]
    profile = {
        "driver": "GTiff",
        "count": len(bands),
        "height": bands.shape[1],
        "width": bands.shape[2],
        "dtype": bands.dtype,
        "crs": "EPSG:4490",
        "transform": place_cells(120.59, 28.03, 0.001, 0.001),
        **options,
    }
    with rasterio.open(path, "w", **{k: v for k, v in profile.items() if v is not None}) as file:
        file.write(bands)
    return path


HEIGHTS = np.full((50, 60), 12.0, np.float32)


def test_a_raster_is_cut_to_the_district_and_a_margin(tmp_path):
    values = np.arange(3000, dtype=np.int16).reshape(50, 60)
    path = write_raster(tmp_path / "h.tif", values, nodata=1000)
    found = read_raster(path, LAND, kind="elevation", margin_m=150)
    # 150 m are 1.4 cells north and south, 1.5 east and west: rows 8 to 31, columns 8 to 41.
    grid = found.surface.grid
    assert (grid.rows, grid.columns) == (24, 34)
    assert (round(grid.west, 6), round(grid.north, 6)) == (120.598, 28.022)
    assert found.surface.values[0, 0] == 8 * 60 + 8
    assert np.argwhere(np.isnan(found.surface.values)).tolist() == [[16 - 8, 40 - 8]]
    assert len(found.digest) == 64


WRONG = {
    "several bands": ({"values": np.zeros((3, 50, 60), np.uint8)}, "3 bands"),
    "no CRS": ({"crs": None}, "states no coordinate system"),
    "other place": ({"transform": place_cells(100, 20, 0.001, 0.001)}, "lies elsewhere"),
    "nothing inside": ({"nodata": 12.0}, "holds no value"),
    "turned": ({"transform": Affine(0.001, 0.0002, 120.59, 0.0002, -0.001, 28.03)},
               "turned"),
    "upside down": ({"transform": Affine(0.001, 0, 120.59, 0, 0.001, 27.98)}, "upside down"),
    "not metres": ({"values": HEIGHTS * 1000}, "cannot be elevation"),
    "old datum": ({"crs": "EPSG:2437", "transform": place_cells(0, 0, 9, 9)}, "Beijing 1954"),
    "no code": ({"crs": "+proj=laea +lat_0=28 +lon_0=120.6 +datum=WGS84",
                     "transform": place_cells(-3000, 3000, 100, 100)}, "no EPSG code"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
@pytest.mark.parametrize(("changes", "said"), WRONG.values(), ids=WRONG)
def test_a_wrong_raster_is_refused_with_what_is_wrong_and_how_to_mend_it(tmp_path, changes, said):
    options = dict(changes)
    values = options.pop("values", HEIGHTS)
    path = write_raster(tmp_path / "wrong.tif", values, **options)
    with pytest.raises(OneMapError, match=said) as raised:
        read_raster(path, LAND, kind="elevation", margin_m=0)
    assert raised.value.mend and raised.value.answer.exit_code == 3


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_files_that_are_no_rasters_or_say_no_place_are_refused(tmp_path):
    text = tmp_path / "notes.tif"
    text.write_text("no raster")
    bare = write_raster(tmp_path / "bare.tif", HEIGHTS, transform=None)
    for path, said in ((text, "no raster"), (bare, "does not say where")):
        with pytest.raises(RejectedDataError, match=said):
            read_raster(path, LAND, kind="elevation", margin_m=0)
    with pytest.raises(UsageError, match="no file"):
        read_raster(tmp_path / "none.tif", LAND, kind="elevation", margin_m=0)
    with pytest.raises(UsageError, match="population or elevation"):
        read_raster(bare, LAND, kind="rain", margin_m=0)


def test_residents_below_none_name_the_cell(tmp_path):
    values = HEIGHTS.copy()
    values[20, 20] = -3
    path = write_raster(tmp_path / "p.tif", values)
    with pytest.raises(RejectedDataError, match="cannot be population, first -3 in row 10, col"):
        read_raster(path, LAND, kind="population", margin_m=0)


def test_a_raster_too_fine_over_the_district_is_refused_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr("gis.ingest.rasters.MOST_CELLS", 100)
    path = write_raster(tmp_path / "fine.tif", HEIGHTS)
    with pytest.raises(RejectedDataError, match="cells over the district, more than 100"):
        read_raster(path, LAND, kind="elevation", margin_m=0)


def test_a_raster_in_metres_reads_as_one_in_degrees(tmp_path):
    corner = shapely.get_coordinates(gis.rasters.to_metric([shapely.Point(120.59, 28.03)], 4549))[0]
    place = place_cells(*corner.round(), 100, 100)
    path = write_raster(tmp_path / "m.tif", HEIGHTS, crs="EPSG:4549", transform=place)
    grid = read_raster(path, LAND, kind="elevation", margin_m=0).surface.grid
    ends = from_metric(
        [shapely.box(grid.west, grid.north - grid.height * grid.rows,
                     grid.west + grid.width * grid.columns, grid.north)], 4549
    )[0]  # fmt: skip
    assert ends.buffer(1e-6).covers(LAND.iloc[0])
