"""Whatever kind of file an office sends, the same rows come out, each with its line."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.crs import convert_wgs84_to_gcj02
from gis.errors import UsageError
from gis.ingest.sources import SourceTable, read_source
from gis.ingest.sources.archives import tell_member
from gis.ingest.sources.delimited import _read_carefully, _read_quickly, read_cells
from gis.ingest.sources.header import Header
from gis.ingest.sources.table import DEFAULT_LIMITS
from tests.ingest.files import HEADER, TEXT, WRITERS, build_schools, write_extract


def read_one(path: Path, **wish: object) -> SourceTable:
    [table] = read_source(path, **wish)
    return table


@pytest.mark.parametrize("name", [name for name in WRITERS if name != "city.osm.pbf"])
def test_every_kind_of_file_gives_the_same_rows(tmp_path, name):
    table = read_one(WRITERS[name](tmp_path / name))
    rows = sorted(zip(table.frame["标识码"], table.frame["学位"].astype(int), strict=True))
    assert rows == [("007", 45), ("008", 90)]
    assert len(table.lines) == 2
    if isinstance(table.frame, gpd.GeoDataFrame):
        assert table.crs == "EPSG:4490"
        assert table.frame.geometry.name == "geom"


# -- text --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "encoding", "note"),
    [
        (TEXT.encode(), "utf-8", None),
        (b"\xef\xbb\xbf" + TEXT.encode(), "utf-8", "byte order mark"),
        (TEXT.encode("gb18030"), "gb18030", "read as GB18030"),
        ("学校\n".encode("gb18030") + b"1\n", "gb18030", "makes words only as GB18030"),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), "utf-16-le", "byte order mark"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16-be", "byte order mark"),
        ("name,ville\n1,Montréal\n".encode(), "utf-8", None),
        ("имя,город\n1,Москва\n".encode(), "utf-8", None),
    ],
)
def test_the_encoding_of_a_csv_is_found_and_told(tmp_path, content, encoding, note):
    (tmp_path / "a.csv").write_bytes(content)
    table = read_one(tmp_path / "a.csv")
    assert table.encoding == encoding
    assert (note is None) == (table.notes == [])
    assert note is None or any(note in one for one in table.notes)
    assert "\ufeff" not in table.frame.columns[0]


def test_a_stated_encoding_is_used_and_gbk_is_widened(tmp_path):
    (tmp_path / "a.csv").write_bytes("姓名,字\n1,㐂\n".encode("gb18030"))
    table = read_one(tmp_path / "a.csv", encoding="gbk")
    assert (table.encoding, table.frame["字"][0]) == ("gb18030", "㐂")
    with pytest.raises(UsageError, match="no encoding 'klingon'"):
        read_source(tmp_path / "a.csv", encoding="klingon")
    with pytest.raises(UsageError, match="no encoding 'zlib'"):
        read_source(tmp_path / "a.csv", encoding="zlib")


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_the_delimiter_is_the_one_that_divides_most(tmp_path, sign):
    rows = [["名称", "地址"], ["一小", "站前路1号, 2幢; 3室"], ["二小", "b"]]
    text = "\r\n".join(sign.join(f'"{cell}"' for cell in row) for row in rows)
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    assert read_one(tmp_path / "a.csv").frame["地址"].tolist() == ["站前路1号, 2幢; 3室", "b"]


def test_cells_of_a_csv_stay_what_was_written(tmp_path):
    cells = ["007", " 45 ", "NA", "=cmd|' /C calc'!A0", "1e5", "2019/2/30"]
    text = "a,b,c,d,e,f,g\n" + ",".join(cells) + ",\n"
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    frame = read_one(tmp_path / "a.csv").frame
    assert frame.iloc[0, :6].tolist() == cells
    assert pd.isna(frame["g"][0])
    assert (frame.dtypes == "str").all()


def test_lines_count_what_stands_in_quotes_and_blank_lines(tmp_path):
    # 1 names; 2-3 one record; 4 blank; 5 a record; 6 empty cells; 7 a record
    (tmp_path / "a.csv").write_bytes(b'a,b\r\n1,"x\r\ny"\r\n\r\n2,"""q"""\r\n,\r\n3,z')
    table = read_one(tmp_path / "a.csv")
    assert table.lines.tolist() == [2, 5, 7]
    assert table.frame["b"].tolist() == ["x\r\ny", '"q"', "z"]
    assert table.notes == ["1 rows without any value were passed over."]


def test_a_title_above_the_names_is_passed_over_and_told(tmp_path):
    (tmp_path / "a.csv").write_text(f"2026年学校一览表,,\n{TEXT}", encoding="utf-8")
    table = read_one(tmp_path / "a.csv")
    assert list(table.frame.columns) == HEADER.split(",")
    assert table.lines.tolist() == [3, 4]
    assert table.notes == ["Row 1 is a title and was passed over."]


def test_columns_without_a_name_are_told_or_left_out_when_empty(tmp_path):
    (tmp_path / "a.csv").write_text("a, ,b,\n1,x,2,\n", encoding="utf-8")
    table = read_one(tmp_path / "a.csv")
    assert list(table.frame.columns) == ["a", "column_2", "b"]


cells_of_all_sorts = st.text(alphabet=" ab,;\"\r\n\t=中'\x85\u2028", max_size=6)


@settings(max_examples=60)
@given(st.data(), st.integers(1, 4), st.sampled_from([",", ";", "\t"]))
def test_the_quick_and_the_careful_way_read_the_same(data, width, sign):
    """Whatever the cells hold: where the quick way answers, it answers like the careful one."""
    rows = data.draw(st.lists(st.lists(cells_of_all_sorts, min_size=width, max_size=width)))
    quote = data.draw(st.booleans())
    ends = data.draw(st.sampled_from(["\n", "\r\n"]))

    def show(cell: str) -> str:
        needed = any(one in cell for one in f'{sign}"\r\n')
        return '"' + cell.replace('"', '""') + '"' if quote or needed else cell

    text = "".join(sign.join(map(show, row)) + ends for row in rows)
    body = pa.py_buffer(text.encode())
    header = Header([f"c{at}" for at in range(width)], 0, 0)
    quick = _read_quickly(body, sign, width, 2)
    if quick is None:
        return
    careful = _read_carefully(body, sign, header, 2, "a.csv", DEFAULT_LIMITS)
    assert [one.to_pylist() for one in quick[0]] == [one.to_pylist() for one in careful[0]]
    assert quick[1].tolist() == careful[1].tolist()


@given(st.lists(st.tuples(cells_of_all_sorts, cells_of_all_sorts), min_size=1, max_size=6))
@settings(max_examples=60)
def test_what_a_writer_of_csv_wrote_is_what_is_read(rows):
    text = pd.DataFrame(rows, columns=["甲", "乙"]).to_csv(index=False, quoting=1)
    table, _, _ = read_cells(text.encode(), "a.csv", limits=DEFAULT_LIMITS, keep_blank=True)
    found = list(zip(*(column.to_pylist() for column in table.columns), strict=True))
    assert found == [tuple(cell or None for cell in row) for row in rows]


# -- workbooks ---------------------------------------------------------------------------


def write_book(path: Path, *sheets: list[list[object]], mac: bool = False) -> Path:
    book = openpyxl.Workbook()
    if mac:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    for number, rows in enumerate(sheets):
        sheet = book.active if number == 0 else book.create_sheet()
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize("mac", [False, True])
def test_dates_of_both_calendars_come_as_dates(tmp_path, mac):
    day = dt.date(2019, 8, 31)
    path = write_book(tmp_path / "a.xlsx", [["名", "生日"], ["甲", day]], mac=mac)
    assert read_one(path).frame["生日"].tolist() == [day]


def test_numbers_lose_no_more_than_the_workbook_lost(tmp_path):
    rows = [["学位", "面积", "身份证", "码"], [45.0, 12.5, 330304201901010012, "007"]]
    table = read_one(write_book(tmp_path / "a.xlsx", rows))
    row = table.frame.iloc[0]
    assert (row["学位"], row["面积"], row["码"]) == (45, 12.5, "007")
    assert any("1 numbers of more than 15 digits" in note for note in table.notes)


def test_merged_names_of_two_rows_are_joined(tmp_path):
    path = write_book(
        tmp_path / "a.xlsx",
        [
            ["2026年学位表"],
            ["学校", "学位", None, "备注"],
            [None, "小学", "初中"],
            ["一小", 45, 0, "x"],
        ],
    )
    book = openpyxl.load_workbook(path)
    sheet = book.active
    for cells in ("A1:D1", "A2:A3", "B2:C2", "D2:D3"):
        sheet.merge_cells(cells)
    book.save(path)
    table = read_one(path)
    assert list(table.frame.columns) == ["学校", "学位/小学", "学位/初中", "备注"]
    assert table.frame.iloc[0].tolist() == ["一小", 45, 0, "x"]
    assert table.lines.tolist() == [4]
    assert table.notes == [
        "Row 1 is a title and was passed over.",
        "Rows 2 to 3 were joined to the names of the columns.",
    ]


def test_sheets_come_one_by_one_and_bare_and_hidden_ones_are_told(tmp_path):
    path = write_book(tmp_path / "a.xlsx", [["a"], ["1"]], [], [["b"], ["2"]], [["c"], ["3"]])
    book = openpyxl.load_workbook(path)
    book["Sheet3"].sheet_state = "hidden"
    book.save(path)
    tables = read_source(path)
    assert [table.sheet for table in tables] == ["Sheet", "Sheet2"]
    assert tables[0].notes == [
        "Hidden sheets were passed over: Sheet3.",
        "Sheets without rows were passed over: Sheet1.",
    ]
    assert read_one(path, sheet="Sheet3").frame["c"].tolist() == ["3"]
    with pytest.raises(UsageError, match=r"no sheet 'x'.*Name one of Sheet, Sheet1"):
        read_source(path, sheet="x")


def test_formulas_and_errors_are_read_as_stored_and_counted(tmp_path):
    path = write_book(tmp_path / "a.xlsx", [["a", "b", "c"], ["x", "=1+1", "#N/A"]])
    table = read_one(path)
    assert table.frame.iloc[0, 0] == "x"
    assert table.frame[["b", "c"]].isna().all(axis=None)  # openpyxl stores no results
    assert any(note.startswith("The workbook has 1 formulas") for note in table.notes)
    assert any(note.startswith("The workbook has 1 cells with an error") for note in table.notes)


def test_text_that_looks_like_a_formula_stays_text(tmp_path):
    path = write_book(tmp_path / "a.xlsx", [["a"], ["x"]])
    book = openpyxl.load_workbook(path)
    cell = book.active["A2"]
    cell.value = "=cmd|' /C calc'!A0"
    cell.data_type = "s"
    book.save(path)
    assert read_one(path).frame["a"].tolist() == ["=cmd|' /C calc'!A0"]


# -- geometry ----------------------------------------------------------------------------


def test_layers_of_a_geopackage_come_each_with_its_system(tmp_path):
    path = tmp_path / "a.gpkg"
    build_schools().to_file(path, layer="schools")
    build_schools().to_crs(4549).to_file(path, layer="metres")
    tables = {table.sheet: table for table in read_source(path)}
    assert {name: table.crs for name, table in tables.items()} == {
        "schools": "EPSG:4490",
        "metres": "EPSG:4549",
    }
    told = "The layers of the file are in different systems: EPSG:4490, EPSG:4549."
    assert all(told in table.notes for table in tables.values())
    assert read_one(path, layer="metres").frame.crs.to_epsg() == 4549
    with pytest.raises(UsageError, match=r"no layer 'x'.*schools, metres"):
        read_source(path, layer="x")


@pytest.mark.parametrize(
    ("written", "page", "note"),
    [
        ("utf-8", True, "stated by the .cpg"),
        ("gb18030", True, "stated by the .cpg"),
        ("utf-8", False, "their bytes fit UTF-8"),
        ("gb18030", False, "their bytes fit GB18030"),
    ],
)
def test_attributes_of_a_shapefile_are_read_with_and_without_cpg(tmp_path, written, page, note):
    path = tmp_path / "a.shp"
    gpd.GeoDataFrame(
        {"名称": ["瓯海一小"]}, geometry=[shapely.Point(120.6, 28.0)], crs=4490
    ).to_file(path, encoding=written)
    if not page:
        path.with_suffix(".cpg").unlink()
        table = bytearray(path.with_suffix(".dbf").read_bytes())
        table[29] = 0
        path.with_suffix(".dbf").write_bytes(table)
    read = read_one(path)
    assert read.frame["名称"].tolist() == ["瓯海一小"]
    assert read.encoding == written
    assert any(note in one for one in read.notes)


def test_heights_are_dropped_and_told(tmp_path):
    high = gpd.GeoDataFrame(geometry=[shapely.Point(120.6, 28.0, 5.0)], crs=4490)
    high.to_file(tmp_path / "a.gpkg")
    table = read_one(tmp_path / "a.gpkg")
    assert not shapely.has_z(table.frame.geom).any()
    assert table.notes == ["The heights of 1 geometries were dropped."]


def test_a_geojson_in_gb18030_is_read(tmp_path):
    build_schools().to_crs(4326).to_file(tmp_path / "a.geojson")
    text = (tmp_path / "a.geojson").read_text(encoding="utf-8")
    (tmp_path / "a.geojson").write_bytes(text.encode("gb18030"))
    assert list(read_one(tmp_path / "a.geojson").frame.columns) == ["标识码", "学位", "geom"]


def test_a_stated_system_wins_and_a_shift_is_undone_only_then(tmp_path):
    lon, lat = convert_wgs84_to_gcj02([120.6], [28.0])
    path = tmp_path / "a.geojson"
    gpd.GeoDataFrame({"a": [1]}, geometry=gpd.points_from_xy(lon, lat), crs=4326).to_file(path)
    as_is = read_one(path)
    assert (as_is.crs, as_is.frame.crs.to_epsg()) == ("EPSG:4326", 4326)
    assert np.allclose(as_is.frame.geom.x, lon)
    undone = read_one(path, crs="gcj02")
    assert (undone.crs, undone.frame.crs.to_epsg()) == ("EPSG:4326", 4490)
    assert np.allclose([undone.frame.geom.x[0], undone.frame.geom.y[0]], [120.6, 28.0], atol=1e-9)
    assert undone.notes[-1] == "The shift of gcj02 was undone, as stated: now EPSG:4490."
    other = read_one(path, crs="4490")
    assert other.notes[-1] == "The file states EPSG:4326; EPSG:4490 was stated instead."


def test_archives_name_their_files_in_the_letters_of_chinese_windows(tmp_path):
    path = tmp_path / "a.zip"
    name = "学校名册.csv".encode("gb18030").decode("cp437")
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(zipfile.ZipInfo("x.csv"), TEXT)
        packed.writestr("__MACOSX/._x.csv", b"\0")
        packed.writestr("说明.docx", b"PK")
    raw = path.read_bytes().replace(b"x.csv", b"y.csv")
    path.write_bytes(raw)
    table = read_one(path)
    assert table.file == "a.zip/y.csv"
    assert table.notes == ["Other files were passed over: 说明.docx."]
    info = zipfile.ZipInfo("placeholder")
    info.filename, info.flag_bits = name, 0
    assert tell_member(info) == "学校名册.csv"


# -- OpenStreetMap -----------------------------------------------------------------------


def test_an_extract_gives_roads_buildings_schools_and_water(tmp_path):
    tables = {one.sheet: one for one in read_source(write_extract(tmp_path / "city.osm.pbf"))}
    roads = tables["roads"].frame.set_index("osm_id")
    assert roads["foot"].to_dict() == {"way/11": True, "way/12": False, "way/13": False}
    assert roads.loc["way/11", "name"] == "站前路"
    buildings = tables["buildings"]
    assert buildings.frame[["osm_id", "levels"]].to_numpy().tolist() == [["way/14", "18"]]
    assert buildings.notes == ["1 buildings lie only partly in the extract and were left out."]
    # The point lies inside the area: one school, not two.
    assert tables["schools"].frame["osm_id"].tolist() == ["way/16"]
    water = tables["water"].frame
    assert dict(zip(water["osm_id"], water["water"], strict=True)) == {
        "way/17": "pond",
        "way/18": "canal",
    }
    assert {one.crs for one in tables.values()} == {"EPSG:4326"}
    [only] = read_source(tmp_path / "city.osm.pbf", layer="water")
    assert only.sheet == "water"
