"""A corpus of bad files: each gets a clear answer and costs little memory."""

from __future__ import annotations

import json
import os
import resource
import stat
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from gis.errors import OneMapError, RejectedDataError, UsageError
from gis.ingest.sources import Limits, read_source
from gis.ingest.sources.table import DEFAULT_LIMITS
from tests.ingest.files import (
    TEXT,
    build_schools,
    change_sheet,
    claim_size,
    pack,
    write_extract,
    write_sheet_xml,
    write_vector,
    write_xlsx,
)

SMALL = Limits(file_bytes=20 << 20, unpacked_bytes=8 << 20, columns=100, rows=10_000, cells=100_000)
ENTITIES = """<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;">]>"""
CELL = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>'


def refuse(path: Path, limits: Limits = DEFAULT_LIMITS) -> str:
    with pytest.raises(RejectedDataError) as caught:
        read_source(path, limits=limits)
    assert caught.value.answer.exit_code == 3
    assert path.name in caught.value.found
    assert caught.value.mend
    assert "\n" not in str(caught.value)
    return caught.value.found


@pytest.fixture
def little_memory() -> Iterator[None]:
    """Leave the process 700 MiB more than it has, so that a bomb ends in MemoryError, or worse."""
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (used + (700 << 20), hard))
    yield
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


# -- text --------------------------------------------------------------------------------

BAD_TEXTS = {
    "empty": (b"", "is empty"),
    "only blanks": (b" \n\n ", "is empty"),
    "only names": (b"a,b\n", "has column names but no rows"),
    "only delimiters": (b",,\n,,\n", "is empty"),
    "a name twice": (b"a,b,a\n1,2,3\n", r"names the column 'a' 2 times (columns 1, 3)"),
    "a cell too many": (b"a,b\n1,2\n1,2,3\n", "has 2 columns, but line 3 has 3"),
    "a cell too few": (b"a,b,c\n1,2,3\n1,2\n", "has 3 columns, but line 3 has 2"),
    "a quote that stays open": (b'a,b\n1,2\n"3,4\n5,6\n', "Line 3 of "),
    "a quote closed too early": (b'a,b\n1,"x"y\n', "Line 2 of "),
    "zero bytes": (b"a,b\n1,\0\n", "Line 2 of "),
    "UTF-16 without its mark": ("a,b\n1,2\n".encode("utf-16-le"), "holds zero bytes"),
    "bytes of no encoding": (b"a,b\n1,\xff\xfe\xff\n", "Line 2 of "),
    "UTF-8 with one broken byte": ("名称,址\n瓯海一小,站前路\xb7".encode()[:-1], "bytes (C2)"),
    "half a character of UTF-16": (b"\xff\xfea\0,\0b\0\n\0\x31", "from line"),
    "a workbook in disguise": (b"PK\x03\x04 and more", "is a workbook or zip archive"),
    "an old workbook in disguise": (b"\xd0\xcf\x11\xe0\xa1\xb1", "is an old .xls workbook"),
}


@pytest.mark.parametrize("fault", BAD_TEXTS)
def test_bad_text_is_refused_with_its_line(tmp_path, fault):
    content, told = BAD_TEXTS[fault]
    (tmp_path / "a.csv").write_bytes(content)
    assert told in refuse(tmp_path / "a.csv")


def test_a_stated_encoding_that_does_not_fit_is_refused(tmp_path):
    (tmp_path / "a.csv").write_bytes(TEXT.encode("gb18030"))
    with pytest.raises(RejectedDataError, match=r"Line 1 of .*no UTF-8"):
        read_source(tmp_path / "a.csv", encoding="utf-8")
    with pytest.raises(RejectedDataError, match="is no ASCII: from line 1 on"):
        read_source(tmp_path / "a.csv", encoding="ascii")


def test_a_million_columns_are_refused(tmp_path, little_memory):
    names = b",".join(b"c%d" % at for at in range(1_000_000))
    (tmp_path / "a.csv").write_bytes(names + b"\n" + b"1," * 999_999 + b"1\n")
    assert "has 1,000,000 columns; no more than 2,000 are read" in refuse(tmp_path / "a.csv")
    (tmp_path / "a.csv").write_bytes(b"," * 1_000_000)
    assert "columns" in refuse(tmp_path / "a.csv")


def test_more_rows_or_bytes_than_allowed_are_refused(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"a\n" + b"1\n" * 10_001)
    assert "has 10,001 rows; no more than 10,000" in refuse(tmp_path / "a.csv", SMALL)
    assert "MiB" in refuse(tmp_path / "a.csv", replace(SMALL, file_bytes=100))


# -- archives ----------------------------------------------------------------------------

WHOLE = pack({"a.csv": TEXT.encode()})
BAD_ARCHIVES = {
    "empty": (b"", "is no whole zip archive"),
    "cut off": (WHOLE[:-30], "is no whole zip archive"),
    "cut off in the middle": (WHOLE[:60], "is no whole zip archive"),
    "a flipped bit": (WHOLE[:50] + bytes([WHOLE[50] ^ 1]) + WHOLE[51:], "is damaged at a.csv"),
    "a size of 2 GB claimed": (claim_size(WHOLE, 2**31 - 1), "is damaged at a.csv"),
    "a smaller size claimed": (claim_size(WHOLE, 5), "is damaged at a.csv"),
    "an archive inside": (pack({"b.zip": WHOLE}), "holds another archive, b.zip"),
    "a name that leads out": (pack({"../../etc/cron.d/a.csv": b"a\n1\n"}), "leads out"),
    "an absolute name": (pack({"/etc/a.csv": b"a\n1\n"}), "leads out"),
    "a name of Windows": (pack({"..\\a.csv": b"a\n1\n"}), "leads out"),
    "nothing with data": (pack({"readme.md": b"x"}), "holds no file with data"),
    "a bad file inside": (pack({"b.csv": b"a,b\n1\n"}), "b.csv in "),
    "no file": (pack({}), "holds no file with data"),
}


@pytest.mark.parametrize("fault", BAD_ARCHIVES)
def test_bad_archives_are_refused(tmp_path, fault):
    content, told = BAD_ARCHIVES[fault]
    (tmp_path / "a.zip").write_bytes(content)
    assert told in refuse(tmp_path / "a.zip")
    assert not (tmp_path / "etc").exists()


def test_links_and_twins_in_archives_are_refused(tmp_path):
    link = zipfile.ZipInfo("a.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr(link, "/etc/passwd")
    assert "holds a link, 'a.csv'" in refuse(tmp_path / "a.zip")
    twins = pack({"a.csv": b"a\n1\n", "b.csv": b"a\n1\n"}).replace(b"b.csv", b"a.csv")
    (tmp_path / "a.zip").write_bytes(twins)
    assert "two files with the name 'a.csv'" in refuse(tmp_path / "a.zip")
    many = pack({f"{at}.txt": b"" for at in range(2_001)})
    (tmp_path / "a.zip").write_bytes(many)
    assert "holds 2,001 files" in refuse(tmp_path / "a.zip")


def test_a_locked_archive_is_refused(tmp_path):
    locked = bytearray(WHOLE)
    for at in (6, locked.rindex(b"PK\x01\x02") + 8):
        locked[at] |= 1
    (tmp_path / "a.zip").write_bytes(locked)
    assert "encrypted" in refuse(tmp_path / "a.zip")


def test_bombs_are_stopped_while_they_grow(tmp_path, little_memory):
    bomb = pack({"a.csv": b"0" * (100 << 20)})
    assert len(bomb) < 200_000
    (tmp_path / "a.zip").write_bytes(bomb)
    assert "is a trap or damaged: a.csv grows to more than 200 times" in refuse(tmp_path / "a.zip")
    (tmp_path / "a.zip").write_bytes(claim_size(bomb, 9))
    assert "a.csv" in refuse(tmp_path / "a.zip")
    noise = np.random.default_rng(1).integers(0, 256, 9 << 20, dtype=np.uint8).tobytes()
    (tmp_path / "a.zip").write_bytes(pack({"a.csv": noise}, method=zipfile.ZIP_STORED))
    assert "grows beyond 8 MiB when unpacked" in refuse(tmp_path / "a.zip", SMALL)


# -- workbooks ---------------------------------------------------------------------------

BAD_SHEETS = {
    "entities that multiply": (write_sheet_xml(CELL.replace(">a<", ">&e;<"), ENTITIES), ""),
    "a cell at the far end": (
        write_sheet_xml(CELL + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        "has 16,384 columns; no more than 2,000",
    ),
    "a cell far below": (
        write_sheet_xml(CELL + '<row r="1048576"><c r="BZ1048576"><v>1</v></c></row>'),
        "reaches over 1,048,576 rows and 78 columns",
    ),
    "a cell that contradicts its row": (
        write_sheet_xml("<row r='1'><c r = 'bz1048576'><v>1</v></c></row>"),
        "reaches over 1,048,576 rows and 78 columns",
    ),
    "a cell beyond the end": (
        write_sheet_xml('<row r="9999999"><c r="ZZZZ9999999"><v>1</v></c></row>'),
        "beyond the end of a sheet",
    ),
    "cut off": (write_sheet_xml(CELL)[:-40], ""),
    "no XML": (b"\0\1\2", ""),
    "in UTF-16": (write_sheet_xml(CELL).decode().encode("utf-16"), ""),
    "bare": (write_sheet_xml(""), "is empty"),
    "only names": (write_sheet_xml(CELL), "has column names but no rows"),
}


@pytest.mark.parametrize("fault", BAD_SHEETS)
def test_bad_sheets_are_refused(tmp_path, little_memory, fault):
    sheet, told = BAD_SHEETS[fault]
    whole = write_xlsx(tmp_path / "whole.xlsx").read_bytes()
    (tmp_path / "a.xlsx").write_bytes(change_sheet(whole, sheet))
    assert told in refuse(tmp_path / "a.xlsx")


def test_bad_workbooks_are_refused(tmp_path, little_memory):
    path = tmp_path / "a.xlsx"
    whole = write_xlsx(path).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert "is no whole zip archive" in refuse(path)
    path.write_bytes(b"")
    assert "is no whole zip archive" in refuse(path)
    path.write_bytes(pack({"xl/workbook.xml": b"<x/>"}))
    assert "damaged workbook" in refuse(path)
    path.write_bytes(change_sheet(whole, b"<x>" + b" " * (16 << 20)))
    assert "is a trap or damaged" in refuse(path)
    path.write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 600)
    assert "an old .xls workbook, or one with a password" in refuse(path)
    for suffix in (".xls", ".ods", ".xlsb"):
        (tmp_path / f"b{suffix}").write_bytes(whole)
        assert f"workbook of a kind ({suffix}) that is not read" in refuse(tmp_path / f"b{suffix}")
    rows = "".join(
        f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>{name}</t></is></c>'
        f'<c r="B{row}" t="inlineStr"><is><t>{name}</t></is></c></row>'
        for row, name in ((1, "a"), (2, "b"))
    )
    path.write_bytes(change_sheet(whole, write_sheet_xml(rows)))
    assert "(sheet 'Sheet') names the column 'a' 2 times" in refuse(path)


# -- geometry ----------------------------------------------------------------------------


def write_geojson(path: Path, *geometries: object) -> Path:
    features = [
        {"type": "Feature", "properties": {"a": 1}, "geometry": geometry} for geometry in geometries
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.geojson", b"", "is empty"),
        ("a.geojson", b"no JSON", "is no GeoJSON"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": [', "cannot be read as geojson"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": []}', "no rows"),
        ("a.geojson", b'{"a": 1}', "cannot be read as geojson"),
        ("a.geojson", b'{"a":\0}', "holds zero bytes"),
        (
            "a.geojson",
            b"<OGRVRTDataSource><OGRVRTLayer/></OGRVRTDataSource>",
            "no GeoJSON",
        ),
        ("a.gpkg", b"", "is empty"),
        ("a.gpkg", b"<OGRVRTDataSource/>", "is no gpkg file"),
        ("a.gpkg", b"SQLite format 3\0 cut off", "cannot be read as gpkg"),
        ("a.fgb", b"fgb\3fgb\1" + b"\xff" * 64, "holds no layer with data"),
        ("a.shp", b"\0\0\x27\x0a" + b"\0" * 96, "lacks its companion .shx and .dbf"),
        ("a.parquet", b"PAR1", "cannot be read as Parquet"),
        ("a.parquet", b"", "cannot be read as Parquet"),
        ("a.pbf", b"", "is no OpenStreetMap extract"),
        ("a.osm.pbf", b"\0\0\0\x0d\x0a\x09OSMHeader\x18\xff\x7f", "is a damaged OpenStreetMap"),
    ],
)
def test_bad_vector_files_are_refused(tmp_path, name, content, told):
    (tmp_path / name).write_bytes(content)
    assert told in refuse(tmp_path / name)


def test_truncated_vector_files_are_refused_wherever_they_end(tmp_path):
    for name in ("a.gpkg", "a.fgb", "a.parquet", "a.osm.pbf"):
        path = tmp_path / name
        if name == "a.parquet":
            build_schools().to_parquet(path)
        else:
            (write_extract if name.endswith("pbf") else write_vector)(path)
        whole = path.read_bytes()
        for share in (0.3, 0.6, 0.95):
            path.write_bytes(whole[: int(len(whole) * share)])
            assert refuse(path)


def test_rings_that_cannot_be_built_are_told_by_their_row(tmp_path):
    ring = [[0, 0], [1, 0], [1, 1], [0, 0]]
    good = {"type": "Polygon", "coordinates": [ring]}
    broken = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0]]]}
    path = write_geojson(tmp_path / "a.geojson", good, None, broken)
    try:
        [table] = read_source(path)
    except RejectedDataError as error:
        assert "first in row 3" in error.found
    else:  # GDAL closes it, then the contract says that it is not valid
        assert not shapely.is_valid(table.frame.geom[2]) or shapely.is_empty(table.frame.geom[2])


def test_strange_geometry_is_read_as_it_is_for_the_contract_to_judge(tmp_path):
    bow = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    reversed_ring = shapely.Polygon([(0, 0), (0, 1), (1, 1), (1, 0)])
    wide = shapely.LineString([(179, 0), (-179, 0)])
    shapes = [bow, reversed_ring, wide, shapely.Point(), None, shapely.Point(np.nan, 1)]
    frame = gpd.GeoDataFrame({"a": range(len(shapes))}, geometry=shapes, crs=4490)
    frame.to_parquet(tmp_path / "a.parquet")
    [table] = read_source(tmp_path / "a.parquet")
    assert shapely.equals_exact(table.frame.geom[:3].to_numpy(), shapes[:3]).all()
    assert len(table.frame) == len(shapes)


def test_a_small_parquet_file_cannot_grow_large(tmp_path, little_memory):
    text = pa.DictionaryArray.from_arrays(
        pa.array(np.zeros(9_000, dtype=np.int32)), pa.array(["x" * 4_000])
    )
    pq.write_table(pa.table({"a": text.cast(pa.string())}), tmp_path / "a.parquet")
    assert (tmp_path / "a.parquet").stat().st_size < 20_000
    assert "grows beyond 8 MiB when read" in refuse(tmp_path / "a.parquet", SMALL)


# -- paths -------------------------------------------------------------------------------


def loop(folder: Path) -> Path:
    (folder / "a.csv").symlink_to(folder / "b.csv")
    (folder / "b.csv").symlink_to(folder / "a.csv")
    return folder / "a.csv"


def make_pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe.csv")
    return folder / "pipe.csv"


def make_folder(folder: Path) -> Path:
    (folder / "folder.csv").mkdir()
    return folder / "folder.csv"


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (make_folder, "is a folder"),
        (make_pipe, "is no ordinary file"),
        (loop, "cannot be opened: Too many levels of symbolic links"),
        (lambda folder: folder / "none.csv", "There is no file"),
        (lambda folder: folder / "a\0.csv", "cannot be opened"),
        (lambda folder: folder / ("a" * 300 + ".csv"), "cannot be opened: File name too long"),
    ],
)
def test_paths_that_lead_to_no_file_are_wrong_requests(tmp_path, make, told):
    with pytest.raises(UsageError, match=told):
        read_source(make(tmp_path))


def test_a_file_without_the_right_to_it_is_a_wrong_request(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_text(TEXT, encoding="utf-8")
    opened: Callable = Path.open

    def refuse_open(self: Path, *more: object, **others: object) -> object:
        if self == path:
            raise PermissionError(13, "Permission denied", str(path))
        return opened(self, *more, **others)

    monkeypatch.setattr(Path, "open", refuse_open)  # the tests may run as root
    with pytest.raises(OneMapError, match="cannot be opened: Permission denied"):
        read_source(path)
