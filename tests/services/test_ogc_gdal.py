"""What GDAL gets: Debian's programs as a city's GIS office runs them, over a real connection."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pyogrio
import pytest

from gis.crs import to_metric
from scenarios.services.collections import COLLECTIONS
from tests.services.test_ogc_features import COUNTS
from tests.town import find_centre

CODES = [entry.code for entry in COLLECTIONS]
GATE = find_centre("00")


def run_gdal(*words: object) -> str:
    """Run one of GDAL's programs; what it complains of fails the test."""
    done = subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "ERROR" not in done.stderr and "Warning" not in done.stderr, done.stderr
    return done.stdout


def test_ogr2ogr_takes_every_collection_into_a_geopackage(address: str, tmp_path: Path):
    path = tmp_path / "town.gpkg"
    run_gdal("ogr2ogr", "-f", "GPKG", path, f"OAPIF:{address}/ogc", "-oo", "PAGE_SIZE=5")
    layers = {str(name) for name in pyogrio.list_layers(path)[:, 0]}
    assert layers == set(CODES)
    counts = {code: pyogrio.read_info(path, layer=code)["features"] for code in CODES}
    assert {code: counts[code] for code in COUNTS} == COUNTS
    schools = pyogrio.read_dataframe(path, layer="schools").set_index("code")
    assert schools.crs.to_epsg() in (4326, None)
    gate = schools.geometry["A"]
    assert (gate.x, gate.y) == pytest.approx((GATE.x, GATE.y), abs=1e-7)


def test_ogrinfo_finds_the_layers_and_filters_by_place_and_property(address: str):
    listed = run_gdal("ogrinfo", "-ro", f"OAPIF:{address}/ogc")
    assert all(f": {code} " in listed for code in CODES)
    words = ("-spat", 120.6, 28.02, 120.61, 28.03, "-where", "kind = 'primary'")
    found = run_gdal("ogrinfo", "-ro", "-al", *words, f"OAPIF:{address}/ogc", "schools")
    assert "Feature Count: 1" in found and "code (String) = A" in found


# GDAL holds the interpreter while it waits for the server: it reads in a program of its own.
READ = """
import json, sys, pyogrio
told = []
for code in sys.argv[2].split(","):
    for srid in (4326, 4490, 4549):
        frame = pyogrio.read_dataframe(f"OAPIF:{sys.argv[1]}/ogc", layer=code, CRS=f"EPSG:{srid}")
        first = frame.sort_values("code").geometry.iloc[0].centroid
        told.append([code, srid, frame.crs.to_authority(), len(frame), first.x, first.y])
print(json.dumps(told))
"""


def test_gdal_reads_every_collection_in_every_system_in_the_right_order(address: str):
    """Debian's GDAL knows one system; that of pyogrio asks for the others by the crs parameter."""
    rows = json.loads(run_gdal(sys.executable, "-c", READ, address, ",".join(CODES)))
    assert [(code, srid) for code, srid, *_ in rows] == [
        (code, srid) for code in CODES for srid in (4326, 4490, 4549)
    ]
    for code, srid, found, count, x, y in rows:
        assert found == (["OGC", "CRS84"] if srid == 4326 else ["EPSG", str(srid)])
        assert count == COUNTS.get(code, count) > 0
        if code == "schools":  # the first is A
            gate = to_metric([GATE], srid)[0] if srid == 4549 else GATE
            assert (x, y) == pytest.approx((gate.x, gate.y), abs=0.001 if srid == 4549 else 1e-7)
