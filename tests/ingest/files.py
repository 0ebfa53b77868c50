"""Files of other offices, made here: good ones of every kind, and the parts of bad ones."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import openpyxl
import osmium
import shapely

HEADER = "标识码,学校名称,学位"
ROWS = ["007,瓯海一小,45", "008,娄桥二小,90"]
TEXT = "\n".join([HEADER, *ROWS]) + "\n"


def build_schools() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"标识码": ["007", "008"], "学位": [45, 90]},
        geometry=[shapely.Point(120.6, 28.0), shapely.Point(120.7, 28.1)],
        crs=4490,
    )


def write_csv(path: Path) -> Path:
    path.write_bytes(TEXT.encode())
    return path


def write_gb18030(path: Path) -> Path:
    path.write_bytes(TEXT.encode("gb18030"))
    return path


def write_tsv(path: Path) -> Path:
    path.write_bytes(b"\xff\xfe" + TEXT.replace(",", "\t").encode("utf-16-le"))
    return path


def write_xlsx(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in [HEADER.split(","), ["007", "瓯海一小", 45], ["008", "娄桥二小", 90]]:
        sheet.append(row)
    book.save(path)
    return path


def write_vector(path: Path) -> Path:
    build_schools().to_file(path)
    return path


def write_parquet(path: Path) -> Path:
    build_schools().to_parquet(path)
    return path


def write_plain_parquet(path: Path) -> Path:
    build_schools().drop(columns="geometry").to_parquet(path)
    return path


def write_zip(path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("入学/schools.csv", TEXT)
    return path


def write_shapefile_zip(path: Path) -> Path:
    shape = write_vector(path.with_name("schools.shp"))
    with zipfile.ZipFile(path, "w") as packed:
        for part in sorted(path.parent.glob("schools.*")):
            if part.suffix != ".zip":
                packed.write(part, f"规划局/{part.name}")
    assert shape.is_file()
    return path


def write_extract(path: Path) -> Path:
    """Write an extract: a street to walk, one not to, a house cut off, a school twice, a pond."""
    spots = {
        1: (120.600, 28.000),
        2: (120.601, 28.000),
        3: (120.601, 28.001),
        4: (120.600, 28.001),
        5: (120.6005, 28.0005),
    }
    ways = {
        11: ([1, 2], {"highway": "residential", "name": "站前路"}),
        12: ([2, 3], {"highway": "trunk"}),
        13: ([3, 4], {"highway": "service", "access": "private"}),
        14: ([1, 2, 3, 1], {"building": "apartments", "building:levels": "18"}),
        15: ([1, 2, 99, 1], {"building": "yes"}),
        16: ([1, 2, 3, 4, 1], {"amenity": "school", "name": "瓯海一小"}),
        17: ([2, 3, 4, 2], {"natural": "water", "water": "pond"}),
        18: ([1, 4], {"waterway": "canal", "name": "温瑞塘河"}),
    }
    path.unlink(missing_ok=True)
    with osmium.SimpleWriter(str(path)) as writer:
        for number, place in spots.items():
            tags = {"amenity": "school", "name": "瓯海一小"} if number == 5 else {}
            writer.add_node(osmium.osm.mutable.Node(id=number, location=place, tags=tags))
        for number, (nodes, tags) in ways.items():
            writer.add_way(osmium.osm.mutable.Way(id=number, nodes=nodes, tags=tags))
    return path


WRITERS: dict[str, Callable[[Path], Path]] = {
    "schools.csv": write_csv,
    "schools-gb.csv": write_gb18030,
    "schools.tsv": write_tsv,
    "schools.xlsx": write_xlsx,
    "schools.geojson": write_vector,
    "schools.gpkg": write_vector,
    "schools.fgb": write_vector,
    "schools.parquet": write_parquet,
    "plain.parquet": write_plain_parquet,
    "schools.zip": write_zip,
    "shape.zip": write_shapefile_zip,
    "city.osm.pbf": write_extract,
}


def pack(members: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Pack files into a zip archive in memory."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as packed:
        for name, part in members.items():
            packed.writestr(name, part)
    return content.getvalue()


def claim_size(content: bytes, claimed: int) -> bytes:
    """Let the first file of an archive claim another unpacked size, in both of its headers."""
    changed = bytearray(content)
    struct.pack_into("<I", changed, 22, claimed)
    struct.pack_into("<I", changed, content.rindex(b"PK\x01\x02") + 24, claimed)
    return bytes(changed)


def change_sheet(content: bytes, sheet: bytes) -> bytes:
    """Put another first sheet into a workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    members["xl/worksheets/sheet1.xml"] = sheet
    return pack(members)


def write_sheet_xml(cells: str, head: str = "") -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return (
        f'<?xml version="1.0"?>{head}<worksheet xmlns="{space}"><sheetData>{cells}</sheetData>'
        "</worksheet>"
    ).encode()
