"""Bad files through ``onemap load district``: exit code 3, a clear answer, nothing half-loaded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from tests.ingest.files import claim_size, pack, write_book
from tests.stored import is_loaded
from tests.test_commands_load import load, remove, write_district

SCHOOLS = b"school,lon,lat,seats\nA,120.635,28.005,10\n"


def deliver(content: bytes, name: str = "schools.csv") -> Callable[[Path], None]:
    """Deliver other bytes as the schools of a district, perhaps in a file of another kind."""

    def spoil(folder: Path) -> None:
        (folder / name).write_bytes(content)
        profile = folder / "profile.toml"
        text = profile.read_text(encoding="utf-8").replace('"schools.csv"', f'"{name}"')
        profile.write_text(text, encoding="utf-8")

    return spoil


def redraw(change: Callable[[gpd.GeoSeries], object]) -> Callable[[Path], None]:
    """Draw all units of a district in another way."""

    def spoil(folder: Path) -> None:
        units = gpd.read_file(folder / "units.geojson")
        units.geometry = gpd.GeoSeries(change(units.geometry), crs=units.crs)
        units.to_file(folder / "units.geojson", driver="GeoJSON")

    return spoil


BOW = shapely.Polygon([(120.6, 28), (120.61, 28.01), (120.61, 28), (120.6, 28.01)])
FAULTS = {
    "zero bytes": (deliver(SCHOOLS.replace(b"10", b"\0")), "holds zero bytes"),
    "bytes of no encoding": (deliver(SCHOOLS + b"\xff\xff,1,1,1\n"), "Line 3 of "),
    "a cell too many": (deliver(SCHOOLS + b"B,1,1,1,1\n"), "line 3 has 5"),
    "a column twice": (deliver(b"seats," + SCHOOLS), "names the column 'seats' 2 times"),
    "a million columns": (deliver(b"a," * 1_000_000), "columns; no more than"),
    "only names": (deliver(SCHOOLS.split(b"\n")[0]), "has column names but no rows"),
    "a truncated archive": (deliver(pack({"a.csv": SCHOOLS})[:-9], "s.zip"), "no whole zip"),
    "a bomb": (deliver(pack({"a.csv": b"0" * (30 << 20)}), "s.zip"), "is a trap"),
    "2 GB claimed": (deliver(claim_size(pack({"a.csv": SCHOOLS}), 2**31 - 1), "s.zip"), "claims"),
    "a name that leads out": (deliver(pack({"../a.csv": SCHOOLS}), "s.zip"), "leads out"),
    "an old workbook": (deliver(b"\xd0\xcf\x11\xe0", "s.xls"), "save it as .xlsx"),
    "crossed borders": (redraw(lambda shapes: [BOW] * len(shapes)), "geometry is not valid"),
    "no borders": (redraw(lambda shapes: [None] * len(shapes)), "the geometry is empty"),
    "swapped coordinates": (
        redraw(lambda shapes: shapely.transform(shapes, lambda xy: xy[:, ::-1])),
        "leave its range",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_bad_files_are_told_and_nothing_of_them_is_stored(onemap, database, tmp_path, fault):
    spoil, complaint = FAULTS[fault]
    folder = write_district(tmp_path)
    spoil(folder)
    answer = load(onemap, folder)
    assert answer.code == 3, answer.err
    assert complaint in f"{answer.told['found']} {answer.told['mend']}"
    assert answer.told["mend"]
    assert "Traceback" not in answer.err
    assert not is_loaded(database, "files")


def test_good_files_of_other_kinds_are_loaded(onemap, database, tmp_path):
    """The schools in a workbook with a title, packed; units with heights and reversed rings."""
    folder = write_district(tmp_path)
    rows = [["2026 年"], ["school", "lon", "lat", "seats"], ["A", 120.635, 28.005, 10]]
    book = write_book(tmp_path / "book.xlsx", rows).read_bytes()
    deliver(pack({"教育局/schools.xlsx": book}), "s.zip")(folder)
    redraw(lambda shapes: shapely.force_3d(shapely.reverse(shapes), 5.0))(folder)
    try:
        answer = load(onemap, folder)
        assert answer.code == 0, answer.err
        told = answer.told["rows"]
        assert (told["school"], told["seat"], told["planning_unit"]) == (1, 1, 12)
    finally:
        remove(database, "files")
