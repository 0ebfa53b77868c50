"""Datums: published pairs, exact returns, and refusal of everything a source leaves unsaid."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st
from pyproj import CRS, Geod

from gis import crs
from gis.errors import CrsError

OUHAI = Path(__file__).parents[2] / "data" / "districts" / "ouhai"

# SOURCE: test tables of two widely used open-source converters: WGS 84 → GCJ-02, lon, lat.
PUBLISHED_GCJ02 = {
    "Tiananmen": ((116.404, 39.915), (116.41024449916938, 39.91640428150164)),
    "Shanghai": ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
    "Shenzhen": ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
    "Beijing": ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
}
PUBLISHED_BD09 = ((116.404, 39.915), (116.41036949371029, 39.92133699351022))

china = {"lon": st.floats(73.0, 135.0), "lat": st.floats(3.0, 54.0)}
ouhai = {"lon": st.floats(120.3, 120.8), "lat": st.floats(27.8, 28.15)}


def read_boundary() -> gpd.GeoDataFrame:
    return gpd.read_file(OUHAI / "boundary_gcj02.geojson")


@pytest.mark.parametrize("place", PUBLISHED_GCJ02)
def test_published_points_shift_to_their_published_gcj02(place: str) -> None:
    wgs84, gcj02 = PUBLISHED_GCJ02[place]
    # One of the sources rounds the earth's radius by 108 m: 700 m × 108 / 6378245 ≈ 1 cm.
    assert crs.convert_wgs84_to_gcj02(*wgs84) == pytest.approx(gcj02, abs=2e-7)
    assert crs.convert_gcj02_to_wgs84(*gcj02) == pytest.approx(wgs84, abs=2e-7)


def test_the_published_point_shifts_to_its_published_bd09() -> None:
    gcj02, bd09 = PUBLISHED_BD09
    assert crs.convert_gcj02_to_bd09(*gcj02) == pytest.approx(bd09, abs=1e-12)
    assert crs.convert_bd09_to_gcj02(*bd09) == pytest.approx(gcj02, abs=1e-10)


def test_the_offset_at_the_origin_of_the_formula_agrees_with_a_hand_computation() -> None:
    # At 105° E, 35° N all waves vanish: 300 m east and 100 m south are left.
    # sin² 35° = 0.3289899, W = 1 − 0.0066934216 × 0.3289899 = 0.9977979
    # east: 300 / (6378245 / √W × cos 35°) rad = 300 × 0.9988983 / (6378245 × 0.8191520)
    #       = 5.735573e-5 rad = 0.003286241°
    # south: 100 / (6378245 × 0.9933065784 / W^1.5) rad = 100 × 0.9966987 / 6335552.7
    #       = 1.573183e-5 rad = 0.000901368°
    lon, lat = crs.convert_wgs84_to_gcj02(105.0, 35.0)
    assert float(lon) - 105.0 == pytest.approx(0.003286241, abs=1e-9)
    assert float(lat) - 35.0 == pytest.approx(-0.000901368, abs=1e-9)


@given(**china)
@example(lon=105.0, lat=35.0)  # the square root has a vertical slope on this meridian
@example(lon=105.0 + 1e-12, lat=30.0)
def test_gcj02_returns_to_where_it_came_from_both_ways(lon: float, lat: float) -> None:
    there = crs.convert_wgs84_to_gcj02(lon, lat)
    assert crs.convert_gcj02_to_wgs84(*there) == pytest.approx((lon, lat), abs=1e-9)
    back = crs.convert_gcj02_to_wgs84(lon, lat)
    assert crs.convert_wgs84_to_gcj02(*back) == pytest.approx((lon, lat), abs=1e-9)


@given(**china)
def test_bd09_returns_to_where_it_came_from_both_ways(lon: float, lat: float) -> None:
    there = crs.convert_gcj02_to_bd09(lon, lat)
    assert crs.convert_bd09_to_gcj02(*there) == pytest.approx((lon, lat), abs=1e-9)
    back = crs.convert_bd09_to_gcj02(lon, lat)
    assert crs.convert_gcj02_to_bd09(*back) == pytest.approx((lon, lat), abs=1e-9)


@given(**ouhai)
def test_ouhai_is_shifted_by_some_five_hundred_metres(lon: float, lat: float) -> None:
    _, _, shift_m = Geod(ellps="GRS80").inv(lon, lat, *crs.convert_wgs84_to_gcj02(lon, lat))
    assert 400 < shift_m < 650


@given(**china)
def test_nowhere_in_china_is_the_shift_above_800_metres(lon: float, lat: float) -> None:
    _, _, shift_m = Geod(ellps="GRS80").inv(lon, lat, *crs.convert_wgs84_to_gcj02(lon, lat))
    assert 0 < shift_m < 800


@given(lon=st.floats(-180.0, 72.0) | st.floats(137.84, 180.0), lat=st.floats(-90.0, 90.0))
@example(lon=-15.43, lat=28.12)
@example(lon=110.0, lat=-5.0)
def test_points_outside_china_stay_where_they_are(lon: float, lat: float) -> None:
    for convert in (
        crs.convert_wgs84_to_gcj02,
        crs.convert_gcj02_to_wgs84,
        crs.convert_gcj02_to_bd09,
        crs.convert_bd09_to_gcj02,
    ):
        assert convert(lon, lat) == (lon, lat)


def test_a_point_gets_the_same_answer_alone_and_among_many() -> None:
    rng = np.random.default_rng(7)
    lon, lat = rng.uniform(73, 135, 20_000), rng.uniform(3, 54, 20_000)
    many = crs.convert_gcj02_to_wgs84(lon, lat)
    for row in (0, 8191, 8192, 19_999):
        alone = crs.convert_gcj02_to_wgs84(lon[row], lat[row])
        assert alone == pytest.approx((many[0][row], many[1][row]), abs=1e-13)


def test_shapes_are_kept_and_missing_points_stay_missing() -> None:
    lon, lat = crs.convert_gcj02_to_wgs84([[120.6, np.nan], [120.7, np.inf]], 27.9)
    assert lon.shape == lat.shape == (2, 2)
    assert np.isnan(lon[0, 1])
    assert np.isinf(lon[1, 1])
    assert crs.convert_gcj02_to_wgs84([], [])[0].size == 0


def test_the_real_boundary_leaves_gcj02_and_returns_to_its_own_vertices() -> None:
    boundary = read_boundary()
    stored = crs.to_store(boundary, "gcj02")
    xy, original = shapely.get_coordinates(stored), shapely.get_coordinates(boundary.geometry)
    again = np.column_stack(crs.convert_wgs84_to_gcj02(xy[:, 0], xy[:, 1]))
    assert np.abs(again - original).max() < 1e-9
    assert 0.003 < np.abs(xy - original).max() < 0.007


def test_the_real_district_measures_the_published_465_square_kilometres() -> None:
    district = shapely.make_valid(crs.to_metric(crs.to_store(read_boundary(), "gcj02"), 4549))
    assert shapely.area(district).sum() / 1e6 == pytest.approx(465, abs=1.5)


def test_a_bd09_source_passes_through_gcj02_to_the_store() -> None:
    gcj02 = crs.convert_wgs84_to_gcj02(120.65, 27.97)
    point = crs.to_store([shapely.Point(*crs.convert_gcj02_to_bd09(*gcj02))], "BD-09")[0]
    assert (point.x, point.y) == pytest.approx((120.65, 27.97), abs=1e-9)


@pytest.mark.parametrize(
    ("name", "srid"),
    [
        (4549, 4549),
        ("4549", 4549),
        ("EPSG:4549", 4549),
        (CRS.from_epsg(4549).to_wkt(), 4549),
        (CRS.from_epsg(4549).to_json(), 4549),
        (CRS.from_epsg(4549), 4549),
        (crs.Datum(CRS.from_epsg(4549)), 4549),
        ("CGCS2000", 4490),
        ("WGS 84", 4326),
    ],
)
def test_every_usual_way_to_state_a_system_is_understood(name: object, srid: int) -> None:
    assert crs.resolve_crs(name) == crs.Datum(CRS.from_epsg(srid))


@pytest.mark.parametrize("name", ["gcj02", "GCJ-02", "gcj_02", " Gcj 02 "])
def test_gcj02_is_known_by_its_spellings(name: str) -> None:
    assert crs.resolve_crs(name).shift == "gcj02"


@pytest.mark.parametrize(
    "name", [None, "", "beijing", "local", "EPSG:999999", 3.5, True, "EPSG:4479", "EPSG:5773"]
)
def test_an_unknown_or_unsaid_system_is_refused_with_a_way_out(name: object) -> None:
    with pytest.raises(CrsError, match="EPSG code"):
        crs.resolve_crs(name)


@pytest.mark.parametrize("srid", [4214, 4610, 2385, 4555])
def test_old_national_datums_are_refused_rather_than_moved_by_a_guess(srid: int) -> None:
    with pytest.raises(CrsError, match="surveying office"):
        crs.to_store([shapely.Point(120.6, 27.9)], srid)


def test_a_datum_without_exact_transformation_is_refused() -> None:
    unknown = CRS.from_wkt(
        'GEOGCS["Local grid",DATUM["Local",SPHEROID["Clarke",6378206.4,294.98]],'
        'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]'
    )
    with pytest.raises(CrsError, match="No exact transformation"):
        crs.to_store([shapely.Point(120.6, 27.9)], unknown)


@pytest.mark.parametrize("bare", [[shapely.Point(120.6, 27.9)], gpd.GeoSeries.from_xy([1], [2])])
def test_geometries_without_a_system_are_refused(bare: object) -> None:
    with pytest.raises(CrsError, match="No coordinate system is stated"):
        crs.to_store(bare)


def test_metres_that_claim_to_be_degrees_are_refused_with_their_row() -> None:
    points = shapely.points([120.6, 559_072.0], [27.9, 3_087_504.0])
    for stated in (4490, 4326, "gcj02"):
        with pytest.raises(CrsError, match="first in row 1"):
            crs.to_store(points, stated)
    with pytest.raises(CrsError, match="first in row 1"):
        crs.to_metric(points, 4549)


def test_wgs84_and_cgcs2000_count_as_one_datum_to_the_last_bit() -> None:
    rng = np.random.default_rng(3)
    points = shapely.points(rng.uniform(-180, 180, 500), rng.uniform(-90, 90, 500))
    assert shapely.equals_exact(crs.to_store(points, crs.DRAW_SRID), points, tolerance=0).all()
    frame = gpd.GeoDataFrame(geometry=points, crs=crs.STORE_SRID)
    drawn = crs.transform_frame(frame, crs.DRAW_SRID)
    assert shapely.equals_exact(drawn.geometry.array, points, tolerance=0).all()


def test_a_projected_source_lands_on_lon_lat_whatever_its_axis_order() -> None:
    # EPSG:4549 lists northing first; x is still easting here. 500 000 is its meridian, 120° E.
    point = crs.to_store([shapely.Point(500_000, 3_098_000)], 4549)[0]
    assert point.x == pytest.approx(120.0, abs=1e-12)
    assert 27.9 < point.y < 28.1


def test_sources_of_other_continents_reach_the_store_by_their_own_transformation() -> None:
    # British National Grid differs from WGS 84 by some 100 m: a null shift would be wrong.
    greenwich = crs.to_store([shapely.Point(538_890, 177_320)], 27700)[0]
    assert (greenwich.x, greenwich.y) == pytest.approx((-0.0015, 51.4778), abs=3e-4)
    las_palmas = crs.to_store([shapely.Point(458_000, 3_110_000)], 32628)[0]
    assert (las_palmas.x, las_palmas.y) == pytest.approx((-15.428, 28.115), abs=1e-2)


@given(**ouhai)
def test_metric_coordinates_return_to_the_store(lon: float, lat: float) -> None:
    back = crs.from_metric(crs.to_metric([shapely.Point(lon, lat)], 4549), 4549)[0]
    assert (back.x, back.y) == pytest.approx((lon, lat), abs=1e-11)


def test_metric_lengths_are_metres_on_the_ground() -> None:
    ends = shapely.points([120.60, 120.61], [27.95, 27.95])
    projected_m = shapely.distance(*crs.to_metric(ends, 4549))
    _, _, ground_m = Geod(ellps="GRS80").inv(120.60, 27.95, 120.61, 27.95)
    assert projected_m == pytest.approx(ground_m, rel=1e-4)


@pytest.mark.parametrize("srid", [4549, 32628, 26985])
def test_metric_systems_pass_the_metres_guard(srid: int) -> None:
    assert crs.require_metres(srid).to_epsg() == srid


@pytest.mark.parametrize("name", [4490, 4326, 2225, 3857, "gcj02", "bd09"])
def test_degrees_feet_shifts_and_web_mercator_fail_the_metres_guard(name: object) -> None:
    with pytest.raises(CrsError, match="does not measure in metres"):
        crs.require_metres(name)
    with pytest.raises(CrsError, match="does not measure"):
        crs.to_metric([shapely.Point(120.6, 27.9)], name)  # type: ignore[arg-type]


def test_missing_empty_and_three_dimensional_geometries_keep_their_nature() -> None:
    mixed = [None, shapely.Point(), shapely.Point(120.6, 27.9, 12.5), shapely.Point(120.6, 27.9)]
    missing, empty, high, flat = crs.to_store(mixed, "gcj02")
    assert missing is None
    assert empty.is_empty
    assert high.z == 12.5
    assert not flat.has_z
    assert crs.to_store([], "gcj02").size == 0


def test_a_frame_keeps_its_index_columns_and_the_name_of_its_geometry() -> None:
    frame = gpd.GeoDataFrame(
        {"code": ["a", "b"], "shape": shapely.points([120.6, 120.7], [27.9, 28.0])},
        geometry="shape",
        crs=crs.DRAW_SRID,
        index=[7, 7],
    )
    moved = crs.transform_frame(frame, 4549, source="gcj02")
    assert moved.crs.to_epsg() == 4549
    assert moved.geometry.name == "shape"
    assert list(moved.index) == [7, 7]
    assert list(moved["code"]) == ["a", "b"]
    assert frame.crs.to_epsg() == crs.DRAW_SRID
    assert frame.geometry.iloc[0].equals(shapely.Point(120.6, 27.9))
