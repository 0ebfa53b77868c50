"""``onemap locate``: points are labelled by areas, whatever files and systems they come in."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from gis.crs import convert_gcj02_to_bd09, convert_wgs84_to_gcj02
from gis.ingest.points import read_point_file
from scenarios.commands import locate as command

# Two catchments that share the border at 120.6° east.
WEST, EAST = shapely.box(120.5, 28.0, 120.6, 28.1), shapely.box(120.6, 28.0, 120.7, 28.1)
# West, on the border, east, outside.
LON, LAT = [120.55, 120.6, 120.65, 120.75], [28.05] * 4
EXPECTED = ["20", "3", "3", ""]


def write_areas(path: Path, *, crs: Any = 4490, **columns: Any) -> Path:
    """Write the two catchments with id 20 in the west and 3 in the east."""
    frame = gpd.GeoDataFrame(columns or {"id": [20, 3]}, geometry=[WEST, EAST], crs=crs)
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    else:
        pyogrio.write_dataframe(frame, path)
    return path


def write_csv(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def areas(tmp_path):
    return write_areas(tmp_path / "areas.gpkg")


@pytest.fixture
def points(tmp_path):
    rows = [f"00{at},新桥街,{x},{y}" for at, (x, y) in enumerate(zip(LON, LAT, strict=True))]
    return write_csv(tmp_path / "points.csv", ["door,street,lon,lat", *rows])


def ask_labels(onemap, points: Path, areas: Path, *more: object) -> list[str]:
    """Return the labels in the CSV that the command writes, "" for none."""
    out = points.parent / "labelled.csv"
    answer = onemap("locate", "--points", points, "--areas", areas, "--out", out, *more, "--json")
    assert answer.code == 0, answer.err
    return list(pd.read_csv(out, dtype=str, keep_default_na=False)["area_id"])


# -- what is written and told --------------------------------------------------------------


def test_every_point_keeps_its_columns_and_its_place_in_the_file(onemap, points, areas, tmp_path):
    out = tmp_path / "labelled.csv"
    answer = onemap("locate", "--points", points, "--areas", areas, "--out", out, "--json")
    assert (answer.code, answer.err) == (0, "")
    assert out.read_text(encoding="utf-8").splitlines() == [
        "door,street,lon,lat,area_id",
        "000,新桥街,120.55,28.05,20",
        "001,新桥街,120.6,28.05,3",
        "002,新桥街,120.65,28.05,3",
        "003,新桥街,120.75,28.05,",
    ]
    told = answer.told
    assert set(told.pop("seconds")) == {"reading", "labelling", "writing"}
    assert told == {
        "points": 4,
        "located": 3,
        "outside": 1,
        "without_place": 0,
        "areas": 2,
        "id_column": "id",
        "tie_rule": command.TIE_RULE,
        "out": str(out),
    }
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("areas.gpkg", "labelled.csv", "points.csv")
    ]


def test_parquet_is_written_with_numbers_as_numbers(onemap, points, areas, tmp_path):
    out = tmp_path / "labelled.parquet"
    assert onemap("locate", "--points", points, "--areas", areas, "--out", out).code == 0
    table = pd.read_parquet(out)
    assert list(table.columns) == ["door", "street", "lon", "lat", "area_id"]
    assert table["door"].tolist() == ["000", "001", "002", "003"]
    assert table["lon"].tolist() == LON
    assert table["area_id"].dropna().tolist() == [20, 3, 3]


def test_people_get_a_short_list(onemap, points, areas, tmp_path):
    out = tmp_path / "labelled.csv"
    answer = onemap("locate", "--points", points, "--areas", areas, "--out", out)
    assert "located  3\noutside  1\n" in answer.out and "seconds  reading " in answer.out


def test_cells_with_commas_quotes_and_line_ends_come_back_unharmed(onemap, areas, tmp_path):
    points = tmp_path / "points.csv"
    cells = ['"a,b"', '"say ""yes"""', '"two\nlines"', "NA"]
    write_csv(points, ["name,lon,lat", *(f"{cell},120.55,28.05" for cell in cells)])
    assert ask_labels(onemap, points, areas) == ["20"] * 4
    written = pd.read_csv(tmp_path / "labelled.csv", keep_default_na=False)
    assert written["name"].tolist() == ["a,b", 'say "yes"', "two\nlines", "NA"]


def test_a_point_without_a_place_lies_in_no_area_and_is_told(onemap, areas, tmp_path):
    points = write_csv(tmp_path / "points.csv", ["lon,lat", "120.55,28.05", ",", " , "])
    out = tmp_path / "labelled.csv"
    told = onemap("locate", "--points", points, "--areas", areas, "--out", out, "--json").told
    assert (told["points"], told["located"], told["outside"]) == (3, 1, 2)
    assert told["without_place"] == 2


# -- ties and ids --------------------------------------------------------------------------


def test_on_a_border_and_in_an_overlap_the_lowest_id_wins_in_any_order(onemap, tmp_path):
    points = write_csv(tmp_path / "points.csv", ["lon,lat", "120.55,28.05", "120.6,28.05"])
    # 120.55 lies in areas 9 and 10; 120.6 on the border of 9, of 10 and of 11.
    shapes = [WEST, WEST, EAST]
    for order in ([0, 1, 2], [2, 1, 0]):
        frame = gpd.GeoDataFrame({"id": [10, 9, 11]}, geometry=shapes, crs=4490).iloc[order]
        pyogrio.write_dataframe(frame, tmp_path / "areas.gpkg")
        assert ask_labels(onemap, points, tmp_path / "areas.gpkg") == ["9", "9"]


@pytest.mark.parametrize(
    ("columns", "choice", "expected"),
    [
        ({"name": ["w", "e"], "ID": [20, 3]}, (), "20"),
        ({"kind": ["x", "x"], "name": ["w", "e"]}, (), "w"),
        ({"share": [0.5, 0.7], "number": [5, 4]}, (), "5"),
        ({"kind": ["x", "x"]}, (), "0"),
        ({"id": [20, 3], "name": ["w", "e"]}, ("--id", "name"), "w"),
        ({"kind": ["x", "x"]}, ("--id", "kind", "--shared-ids"), "x"),
        ({"number": [20.0, 3.0]}, ("--id", "number"), "20"),
    ],
)
def test_ids_come_from_the_named_column_or_the_first_that_can_be_one(
    onemap, points, tmp_path, columns, choice, expected
):
    areas = write_areas(tmp_path / "areas.gpkg", **columns)
    assert ask_labels(onemap, points, areas, *choice)[0] == expected


# -- files and systems ---------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "shp", "fgb", "parquet"])
def test_every_kind_of_file_gives_the_same_labels(onemap, tmp_path, suffix):
    areas = write_areas(tmp_path / f"areas.{suffix}", crs=4326)
    points = tmp_path / f"points.{suffix}"
    frame = gpd.GeoDataFrame(
        {"door": ["a", "b", "c", "d"]}, geometry=gpd.points_from_xy(LON, LAT), crs=4326
    )
    if suffix == "parquet":
        frame.to_parquet(points)
    else:
        # FlatGeobuf sorts points in space unless told otherwise.
        more = {"SPATIAL_INDEX": "NO"} if suffix == "fgb" else {}
        pyogrio.write_dataframe(frame, points, **more)
    assert ask_labels(onemap, points, areas) == EXPECTED
    written = pd.read_csv(tmp_path / "labelled.csv")
    assert list(written.columns) == ["door", "lon", "lat", "area_id"]
    assert written["lon"].tolist() == LON


def test_plain_parquet_and_other_names_of_longitude_are_read(onemap, areas, tmp_path):
    points = tmp_path / "points.parquet"
    pd.DataFrame({"Longitude": LON, "Latitude": LAT, "door": [1, 2, 3, 4]}).to_parquet(points)
    assert ask_labels(onemap, points, areas) == EXPECTED


def test_single_points_stored_as_sets_are_points_and_missing_ones_stay(tmp_path):
    path = tmp_path / "points.gpkg"
    shapes = [shapely.MultiPoint([(120.55, 28.05)]), None]
    frame = gpd.GeoDataFrame({"lon": [1, 2]}, geometry=shapes, crs=4490)
    pyogrio.write_dataframe(frame, path, geometry_type="MultiPoint")
    read = read_point_file(path)
    assert read.places.tolist() == [shapely.Point(120.55, 28.05), None]
    # The file's own column lon is not taken away by the coordinates.
    assert read.table.column_names == ["lon", "point_lon", "point_lat"]
    assert read.table["point_lon"].to_pylist() == [120.55, None]


def test_points_in_metres_and_shifted_points_are_brought_home(onemap, areas, tmp_path):
    # The border itself is left out: a projected point need not come back onto it.
    lon, lat = np.array(LON)[[0, 2, 3]], np.array(LAT)[:3]
    shifted = convert_wgs84_to_gcj02(lon, lat)
    metric = gpd.GeoSeries(gpd.points_from_xy(lon, lat), crs=4490).to_crs(4549)
    for name, (x, y) in {
        "gcj02": shifted,
        "bd09": convert_gcj02_to_bd09(*shifted),
        "EPSG:4549": (metric.x, metric.y),
    }.items():
        points = tmp_path / "points.csv"
        pd.DataFrame({"x": x, "y": y}).to_csv(points, index=False)
        assert ask_labels(onemap, points, areas, "--crs", name) == ["20", "3", ""]


def test_areas_in_metres_and_areas_whose_system_is_stated_are_understood(onemap, points, tmp_path):
    frame = gpd.GeoDataFrame({"id": [20, 3]}, geometry=[WEST, EAST], crs=4490)
    frame.to_crs(4549).to_file(tmp_path / "metric.gpkg")
    labels = ask_labels(onemap, points, tmp_path / "metric.gpkg")
    assert [labels[0], labels[2], labels[3]] == ["20", "3", ""]
    bare = write_areas(tmp_path / "bare.shp")
    bare.with_suffix(".prj").unlink()
    assert ask_labels(onemap, points, bare, "--areas-crs", "EPSG:4490") == EXPECTED
    # A GeoJSON that claims WGS 84 but holds GCJ-02: the border moves by some 400 metres.
    shifted = shapely.transform(
        np.array([WEST, EAST]), lambda xy: np.column_stack(convert_wgs84_to_gcj02(*xy.T))
    )
    frame.set_geometry(gpd.GeoSeries(shifted, crs=4326)).to_file(tmp_path / "shifted.geojson")
    near = write_csv(tmp_path / "near.csv", ["lon,lat", "120.601,28.05"])
    assert ask_labels(onemap, near, tmp_path / "shifted.geojson") == ["20"]
    assert ask_labels(onemap, near, tmp_path / "shifted.geojson", "--areas-crs", "gcj02") == ["3"]


def test_a_layer_of_styles_beside_the_points_does_not_disturb(onemap, areas, tmp_path):
    points = tmp_path / "points.gpkg"
    frame = gpd.GeoDataFrame(geometry=gpd.points_from_xy(LON, LAT), crs=4490)
    frame.to_file(points, layer="doors")
    pyogrio.write_dataframe(pd.DataFrame({"style": ["red"]}), points, layer="layer_styles")
    assert ask_labels(onemap, points, areas) == EXPECTED


def test_categories_are_written_as_the_words_they_stand_for(onemap, areas, tmp_path):
    points = tmp_path / "points.parquet"
    streets = ["a,b", 'say "yes"', "plain", None]
    columns = {"lon": LON, "lat": LAT, "street": pd.Categorical(streets)}
    pd.DataFrame(columns).to_parquet(points)
    assert ask_labels(onemap, points, areas) == EXPECTED
    written = pd.read_csv(tmp_path / "labelled.csv", keep_default_na=False)
    assert written["street"].tolist() == ["a,b", 'say "yes"', "plain", ""]


# -- what is refused -----------------------------------------------------------------------


def refuse(onemap, folder: Path, points: Path, areas: Path, *more: object, out: str = "out.csv"):
    """Ask, and check that a refusal is clean: one object, nothing left behind."""
    before = sorted(folder.rglob("*"))
    answer = onemap(
        *("locate", "--points", points, "--areas", areas, "--out", folder / out, *more, "--json")
    )
    assert "Traceback" not in answer.err
    assert sorted(folder.rglob("*")) == before
    told = answer.told
    assert set(told) == {"error", "found", "mend"} and told["mend"]
    return answer.code, told["found"]


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        (["id,x,y", "1,2,3"], "lacks the columns lon and lat; it has id, x, y"),
        (["id,lon", "1,2"], "lacks the columns lon and lat"),
        (["lon,lat", "120.5,28", "here,28"], "lon that is no number in row 2: 'here'"),
        (["lon,lat", "120.5,nan"], "lat that is no number in row 1: 'nan'"),
        (["lon,lat", "inf,28"], "lon that is no number in row 1: 'inf'"),
        (["lon,lat", "120.5,"], "one coordinate without the other in row 1"),
        (["lon,lat", "120.5,28", "28,120.5"], r"in row 2: \(28, 120.5\); they seem swapped"),
        (["lon,lat", "500000,3100000"], r"no longitude and latitude in row 1: \(500000"),
        (["lon,lat,lon", "1,2,3"], "names the column 'lon' 2 times"),
        (["lon,lat"], "has column names but no rows"),
        ([], "is empty"),
        (["lon,lat", "120.5,28,9"], "has 2 columns, but line 2 has 3"),
    ],
)
def test_a_table_without_clear_coordinates_is_refused(onemap, areas, tmp_path, lines, complaint):
    points = write_csv(tmp_path / "points.csv", lines)
    code, found = refuse(onemap, tmp_path, points, areas)
    assert code == 3
    assert re.search(complaint, found), found


def test_swapped_coordinates_within_range_are_told_by_where_the_areas_lie(onemap, tmp_path):
    # The Canaries: 28° N, 15° W; swapped they are a place in Africa.
    frame = gpd.GeoDataFrame({"id": [1]}, geometry=[shapely.box(-16, 27, -15, 29)], crs=4326)
    frame.to_file(tmp_path / "areas.gpkg")
    points = write_csv(tmp_path / "points.csv", ["lon,lat", "28.1,-15.4"])
    code, found = refuse(onemap, tmp_path, points, tmp_path / "areas.gpkg")
    assert code == 3 and "most would with x and y swapped" in found
    # Points that are far away either way are simply outside.
    write_csv(points, ["lon,lat", "5,5"])
    assert ask_labels(onemap, points, tmp_path / "areas.gpkg") == [""]


def test_broken_files_and_unknown_kinds_are_refused(onemap, points, areas, tmp_path):
    def ask(points: Path = points, areas: Path = areas, *more: object, out: str = "out.csv"):
        return refuse(onemap, tmp_path, points, areas, *more, out=out)

    for suffix in ("gpkg", "parquet", "geojson"):
        broken = tmp_path / f"broken.{suffix}"
        broken.write_bytes(b"no such thing")
        assert ask(broken)[0] == ask(areas=broken)[0] == 3
    gbk = tmp_path / "gbk.csv"
    gbk.write_bytes("lon,lat,街道\n120.5,28,新桥街\n".encode("gb18030"))
    assert len(ask_labels(onemap, gbk, areas)) == 1  # offices write Chinese so
    assert ask(tmp_path / "none.csv") == (2, f"There is no file {tmp_path / 'none.csv'}.")
    assert ask(areas=tmp_path / "none.gpkg")[0] == 2
    assert ask(areas=points)[1].endswith("holds no geometry.")
    text = write_csv(tmp_path / "points.txt", ["lon,lat", "1,2"])
    assert "of an unknown kind" in ask(text)[1]
    assert "of an unknown kind" in ask(out="out.xlsx")[1]
    assert ask(out="points.csv")[1].endswith("is a file that is read.")
    assert ask(out="nowhere/out.csv")[0] == 1
    assert "twice" not in ask(points, areas, "--crs", "EPSG:99999")[1]
    assert ask(points, areas, "--crs", "mars")[0] == 3
    again = write_csv(tmp_path / "again.csv", ["lon,lat,area_id", "120.5,28,4"])
    assert ask(again) == (2, f"File {again} has a column area_id already.")


def test_geometry_without_a_system_is_refused(onemap, points, areas, tmp_path):
    bare = write_areas(tmp_path / "bare.shp")
    bare.with_suffix(".prj").unlink()
    code, found = refuse(onemap, tmp_path, points, bare)
    assert (code, found) == (3, f"File {bare} states no coordinate system.")
    doors = tmp_path / "doors.shp"
    frame = gpd.GeoDataFrame(geometry=gpd.points_from_xy(LON, LAT), crs=4490)
    pyogrio.write_dataframe(frame, doors)
    doors.with_suffix(".prj").unlink()
    assert refuse(onemap, tmp_path, doors, areas)[1].endswith("states no coordinate system.")
    assert ask_labels(onemap, doors, areas, "--crs", "wgs84") == EXPECTED


@pytest.mark.parametrize(
    ("shape", "complaint"),
    [
        (None, "an area without geometry in row 2 (id 3)"),
        (shapely.Polygon(), "an area without geometry in row 2 (id 3)"),
        (
            shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)]),
            "a broken area, Self-intersection[1 1], in row 2 (id 3)",
        ),
        (shapely.Point(1, 1), "a geometry that is no polygon in row 2 (id 3)"),
    ],
)
def test_areas_that_hold_no_ground_are_refused(onemap, points, tmp_path, shape, complaint):
    areas = tmp_path / "areas.geojson"
    features = [
        {
            "type": "Feature",
            "properties": {"id": at},
            "geometry": None if one is None else json.loads(shapely.to_geojson(one)),
        }
        for at, one in ((20, WEST), (3, shape))
    ]
    areas.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    code, found = refuse(onemap, tmp_path, points, areas)
    assert code == 3 and complaint in found


@pytest.mark.parametrize(
    ("columns", "choice", "code", "complaint"),
    [
        ({"id": [3, 3]}, (), 3, "repeats the id '3' in row 1, 2"),
        ({"kind": ["x", "x"]}, ("--id", "kind"), 3, "repeats the kind 'x'"),
        ({"id": ["x", None]}, (), 3, "has no id in row 2"),
        ({"kind": ["x", "y"]}, ("--id", "name"), 2, "has no column 'name'"),
    ],
)
def test_ids_that_do_not_tell_areas_apart_are_refused(
    onemap, points, tmp_path, columns, choice, code, complaint
):
    areas = write_areas(tmp_path / "areas.gpkg", **columns)
    answered, found = refuse(onemap, tmp_path, points, areas, *choice)
    assert answered == code and complaint in found


def test_several_layers_of_points_are_refused(onemap, areas, tmp_path):
    frame = gpd.GeoDataFrame(geometry=gpd.points_from_xy(LON, LAT), crs=4490)
    for layer in ("doors", "gates"):
        frame.to_file(tmp_path / "points.gpkg", layer=layer)
    code, found = refuse(onemap, tmp_path, tmp_path / "points.gpkg", areas)
    assert code == 3 and found.endswith("holds several layers: doors, gates.")


def test_lists_are_refused_for_csv_and_kept_in_parquet(onemap, areas, tmp_path):
    points = tmp_path / "points.parquet"
    grades = [[1], [1, 2], [], [3]]
    pd.DataFrame({"lon": LON, "lat": LAT, "grades": grades}).to_parquet(points)
    code, found = refuse(onemap, tmp_path, points, areas)
    assert (code, found) == (
        3,
        f"File {points} has lists or records in grades, which CSV cannot hold.",
    )
    out = tmp_path / "labelled.parquet"
    assert onemap("locate", "--points", points, "--areas", areas, "--out", out).code == 0
    assert pq.read_table(out)["grades"].to_pylist() == grades


@pytest.mark.parametrize(
    "damage",
    [
        b"no json",
        b"[]",
        b"{}",
        b"null",
        b'{"version": "1.0.0", "primary_column": "geom", "columns": {}}',
        b'{"version": "1.0.0", "primary_column": "geom",'
        b' "columns": {"geom": {"encoding": "WKB", "geometry_types": []}}}',
        b'{"version": "1.0.0", "primary_column": "door",'
        b' "columns": {"door": {"encoding": "WKB", "geometry_types": []}}}',
        b'{"version": "1.0.0", "primary_column": "geometry", "columns":'
        b' {"geometry": {"encoding": "WKB", "geometry_types": [], "crs": {"type": "no"}}}}',
    ],
)
def test_damaged_geoparquet_is_refused_by_name(onemap, areas, tmp_path, damage):
    path = tmp_path / "points.parquet"
    shapes = gpd.points_from_xy(LON, LAT)
    gpd.GeoDataFrame({"door": list("abcd")}, geometry=shapes, crs=4490).to_parquet(path)
    pq.write_table(pq.read_table(path).replace_schema_metadata({b"geo": damage}), path)
    code, found = refuse(onemap, tmp_path, path, areas)
    assert code == 3 and found.startswith(f"File {path} cannot be read as GeoParquet"), found


def test_lines_among_points_are_refused(onemap, areas, tmp_path):
    shapes = [shapely.Point(120.55, 28.05), shapely.MultiPoint([(0, 0), (1, 1)])]
    gpd.GeoDataFrame(geometry=shapes, crs=4490).to_file(tmp_path / "points.geojson")
    code, found = refuse(onemap, tmp_path, tmp_path / "points.geojson", areas)
    assert code == 3 and "no point in row 2: MultiPoint" in found


def test_a_full_disk_leaves_the_old_file_as_it_was(onemap, points, areas, tmp_path, monkeypatch):
    out = write_csv(tmp_path / "labelled.csv", ["old"])

    def fill_up(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(command.pyarrow.csv, "write_csv", fill_up)
    code, found = refuse(onemap, tmp_path, points, areas, out=out.name)
    assert (code, found) == (1, f"File {out} cannot be written: No space left on device.")
    assert out.read_text() == "old\n"
