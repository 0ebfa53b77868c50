"""Files of other offices become frames: columns mapped, codes kept, coordinate system stated."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from gis.crs import convert_wgs84_to_gcj02
from gis.errors import CrsError, RejectedDataError, UsageError
from gis.ingest.files import Source, read_file, read_sources
from tests.town import build_units

SCHOOLS_CSV = """\
code,name,lon,lat,seats_2026,built
007,瓯海一小,120.6,28.0,45,2001
3303040000000000000000000042,"二小, 南校区",120.7,28.1,,1999
"""
SCHOOL = Source(
    dataset="school",
    file="schools.csv",
    columns={"code": "code", "name_zh": "name"},
    constants={"kind": "primary", "public": True},
    point=["lon", "lat"],
    crs="EPSG:4490",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "schools.csv").write_text(SCHOOLS_CSV, encoding="utf-8")
    return tmp_path


def read_one(source: Source, folder: Path) -> pd.DataFrame:
    return read_sources([source], folder)[source.dataset]


def change(source: Source, **values: object) -> Source:
    return Source.model_validate({**source.model_dump(), **values})


# -- tables ------------------------------------------------------------------------------


def test_columns_are_mapped_and_constants_added(folder):
    schools = read_one(SCHOOL, folder)
    assert list(schools.columns) == ["code", "name_zh", "kind", "public", "geom"]
    assert schools["name_zh"].tolist() == ["瓯海一小", "二小, 南校区"]
    assert schools["public"].tolist() == [True, True]


def test_codes_keep_their_leading_zeros_and_all_their_digits(folder):
    assert read_one(SCHOOL, folder)["code"].tolist() == ["007", "3303040000000000000000000042"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_byte_order_mark_is_no_part_of_the_first_column(folder, encoding):
    (folder / "schools.csv").write_text(SCHOOLS_CSV, encoding=encoding)
    assert "code" in read_one(SCHOOL, folder)


def test_points_are_made_from_two_columns(folder):
    schools = read_one(SCHOOL, folder)
    assert schools.crs.to_epsg() == 4490
    assert schools["geom"].iloc[0].equals(shapely.Point(120.6, 28.0))


def test_points_without_a_coordinate_are_told_by_the_contract_later(folder):
    text = SCHOOLS_CSV.replace("120.7,28.1", ",nowhere")
    (folder / "schools.csv").write_text(text, encoding="utf-8")
    lost = read_one(SCHOOL, folder)["geom"].iloc[1]
    assert lost.is_empty or not lost.is_valid


def test_shifted_coordinates_are_brought_back(folder):
    lon, lat = convert_wgs84_to_gcj02([120.6, 120.7], [28.0, 28.1])
    shifted = pd.DataFrame({"code": ["a", "b"], "name": "x", "lon": lon, "lat": lat})
    shifted.to_csv(folder / "schools.csv", index=False)
    points = read_one(change(SCHOOL, crs="gcj02"), folder)["geom"]
    assert points.x.to_numpy() == pytest.approx([120.6, 120.7], abs=1e-9)
    assert points.y.to_numpy() == pytest.approx([28.0, 28.1], abs=1e-9)


def test_points_without_a_stated_system_are_refused_with_their_file(folder):
    with pytest.raises(CrsError, match="no coordinate system") as caught:
        read_one(change(SCHOOL, crs=None), folder)
    assert str(folder / "schools.csv") in caught.value.found


def test_one_file_may_fill_a_dataset_several_times(folder):
    seats = Source(
        dataset="seat",
        file="schools.csv",
        columns={"school_code": "code", "seats": "seats_2026"},
        constants={"year": 2026},
    )
    both = read_sources([seats, change(seats, constants={"year": 2027})], folder)["seat"]
    assert both["year"].tolist() == [2026, 2026, 2027, 2027]
    assert both.index.tolist() == [0, 1, 2, 3]


def test_source_may_have_constants_alone(folder):
    only = change(SCHOOL, columns={})
    assert read_one(only, folder)["kind"].tolist() == ["primary", "primary"]


def test_columns_of_plans_become_rows(folder):
    text = "unit,current,OptA,OptB\nu1,A,B,A\nu2,A,A,B\n"
    (folder / "units.csv").write_text(text)
    source = Source.model_validate(
        {
            "dataset": "plan_membership",
            "file": "units.csv",
            "columns": {"planning_unit_code": "unit"},
            "constants": {"stage": "primary"},
            "melt": {"columns": ["current", "Opt*"], "name": "plan_code", "value": "school_code"},
        }
    )
    members = read_one(source, folder)
    assert members[["plan_code", "planning_unit_code", "school_code"]].to_numpy().tolist() == [
        ["current", "u1", "A"],
        ["current", "u2", "A"],
        ["OptA", "u1", "B"],
        ["OptA", "u2", "A"],
        ["OptB", "u1", "A"],
        ["OptB", "u2", "B"],
    ]
    missing = source.model_copy(update={"melt": source.melt.model_copy(update={"columns": ["X*"]})})
    with pytest.raises(RejectedDataError, match=r"no column like X\*"):
        read_one(missing, folder)


# -- maps --------------------------------------------------------------------------------

UNITS = Source(dataset="planning_unit", file="units.gpkg", columns={"code": "code"})


@pytest.mark.parametrize(
    ("name", "srid"),
    [("units.gpkg", 4490), ("units.gpkg", 4549), ("units.geojson", 4326), ("units.shp", 4490)],
)
def test_maps_are_read_in_the_system_they_state(tmp_path, name, srid):
    units = build_units()
    units.to_crs(srid).to_file(tmp_path / name, engine="pyogrio")
    read = read_one(change(UNITS, file=name), tmp_path)
    assert read.crs.to_epsg() == 4490
    assert read["code"].tolist() == units["code"].tolist()
    apart = shapely.hausdorff_distance(read["geom"].to_numpy(), units["geom"].to_numpy())
    assert apart.max() < 1e-7


def test_what_the_profile_states_wins_over_what_the_file_says(tmp_path):
    units = build_units()
    units.to_crs(4549).set_crs(4326, allow_override=True).to_file(tmp_path / "units.gpkg")
    read = read_one(change(UNITS, crs="EPSG:4549"), tmp_path)
    apart = shapely.hausdorff_distance(read["geom"].to_numpy(), units["geom"].to_numpy())
    assert apart.max() < 1e-9


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_map_that_states_no_system_is_refused_with_its_file(tmp_path):
    gpd.GeoDataFrame(build_units()).set_crs(None, allow_override=True).to_file(
        tmp_path / "units.shp", engine="pyogrio"
    )
    with pytest.raises(CrsError, match="no coordinate system") as caught:
        read_one(change(UNITS, file="units.shp"), tmp_path)
    assert "units.shp" in caught.value.found


# -- damage ------------------------------------------------------------------------------


def test_missing_folder_or_file_is_told_with_its_path(folder):
    with pytest.raises(UsageError, match=r"There is no folder .*nowhere"):
        read_one(SCHOOL, folder / "nowhere")
    with pytest.raises(UsageError, match=r"There is no file .*gone\.csv"):
        read_one(change(SCHOOL, file="gone.csv"), folder)


def test_missing_column_is_told_with_those_there_are(folder):
    wrong = change(SCHOOL, columns={"code": "学校代码"})
    with pytest.raises(RejectedDataError, match=r"lacks the column 学校代码; it has code, name"):
        read_one(wrong, folder)
    with pytest.raises(RejectedDataError, match="lacks the column x"):
        read_one(change(SCHOOL, point=["x", "lat"]), folder)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.geojson", b'{"type": "FeatureCollection", "features": [{"type": "Feature", "geom'),
        ("a.geojson", b""),
        ("a.gpkg", b"SQLite format 3\x00 cut off"),
        ("a.shp", b"\x00\x00\x27\x0a"),
        ("a.csv", b""),
        ("a.csv", b'a,b\n1,2\n3,4,5\n"open'),
    ],
)
def test_damaged_file_is_refused_with_its_path(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(
        RejectedDataError, match=r"^(File|Line 4 of) .*(again|companion|quote)"
    ) as caught:
        read_file(tmp_path / name)
    assert str(tmp_path / name) in caught.value.found
    assert "\n" not in str(caught.value)


def test_file_of_unknown_kind_is_told_with_the_kinds_there_are(tmp_path):
    (tmp_path / "a.docx").write_bytes(b"PK")
    with pytest.raises(UsageError, match=r"unknown kind.*\.csv.*\.gpkg"):
        read_file(tmp_path / "a.docx")


def test_truncated_real_geojson_is_refused_wherever_it_ends(tmp_path):
    path = tmp_path / "units.geojson"
    build_units().to_crs(4326).to_file(path, driver="GeoJSON")
    whole = path.read_bytes()
    for share in (0.1, 0.5, 0.95):
        path.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(RejectedDataError, match="cannot be read as geojson"):
            read_file(path)
