"""What each format must hold: its CRS, its own place for what is known, its style, its bytes."""

from __future__ import annotations

import datetime as dt
import json
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.crs import to_metric
from gis.errors import UsageError
from gis.exports.drafts import open_draft
from gis.exports.vector import FORMATS, write_features
from gis.partition import check_coverage, draw_cells
from scenarios.exporting import select_changes
from tests.gis.test_exports import METADATA, build_strips, check_rfc_7946, read_shapes, write
from tests.town import build_features

GEOMETRIC = ("gpkg", "fgb", "parquet")


def read(path: Path) -> gpd.GeoDataFrame:
    return gpd.read_parquet(path) if path.suffix == ".parquet" else gpd.read_file(path, layer=0)


# -- the same bytes ----------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(FORMATS))
def test_the_same_features_make_the_same_bytes_at_another_time(tmp_path, kind, monkeypatch):
    first = write(build_strips(), tmp_path / f"1.{kind}", kind, style="<qgis/>").read_bytes()
    time.sleep(2.1 if kind == "xlsx" else 1.1)  # a zip counts in steps of two seconds
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    second = write(build_strips(), tmp_path / f"2.{kind}", kind, style="<qgis/>").read_bytes()
    assert first == second


# -- CRS ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", GEOMETRIC)
@pytest.mark.parametrize(
    ("crs", "code"), [("EPSG:4326", 4326), ("EPSG:4490", 4490), ("4549", 4549), ("CRS84", None)]
)
def test_each_crs_is_written_with_x_before_y(tmp_path, kind, crs, code):
    strips = build_strips()
    path = write(strips, tmp_path / f"a.{kind}", kind, crs=crs, metric_srid=4549)
    told = read(path).sort_values("code")
    assert told.crs is not None and told.crs.to_epsg() == code
    expected = strips.geometry
    if code == 4549:
        expected = gpd.GeoSeries(to_metric(strips["geom"], 4549))
        assert told.total_bounds[0] == pytest.approx(559_000, abs=1_000), "0.6° east of 120° E"
    assert np.allclose(told.bounds.to_numpy(), expected.bounds.to_numpy(), rtol=0, atol=6e-4)


def test_geojson_in_another_system_is_refused_with_what_would_be_right(tmp_path):
    with pytest.raises(UsageError, match=r"geojson is not written in 'EPSG:4490'.*RFC 7946"):
        write(build_strips(), tmp_path / "a.geojson", "geojson", crs="EPSG:4490")
    with pytest.raises(UsageError, match="not written in 'EPSG:4549'"):
        write(build_strips(), tmp_path / "a.gpkg", "gpkg", crs="EPSG:4549")  # no metric district
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_tables_in_metres_name_their_columns_so(tmp_path, kind):
    path = write(build_strips(), tmp_path / f"a.{kind}", kind, crs="EPSG:4549", metric_srid=4549)
    table = pd.read_csv(path) if kind == "csv" else pd.read_excel(path, engine="openpyxl")
    middle = to_metric(shapely.centroid(build_strips()["geom"].to_numpy()), 4549)
    assert table["east_m"].to_numpy() == pytest.approx(shapely.get_x(middle), abs=2)
    assert table["north_m"].to_numpy() == pytest.approx(shapely.get_y(middle), abs=2)
    assert "lon" not in table


@settings(max_examples=12, deadline=None)
@given(
    places=st.lists(
        st.tuples(st.integers(1, 99), st.integers(1, 99)), min_size=3, max_size=12, unique=True
    ),
    kind=st.sampled_from(["geojson", *GEOMETRIC]),
    crs=st.sampled_from(["EPSG:4326", "CRS84", "EPSG:4490", "EPSG:4549"]),
)
def test_catchments_keep_their_borders_in_every_format_and_crs(tmp_path_factory, places, kind, crs):
    # Cells about a hundred metres wide whose corners fall on no last decimal.
    frame = shapely.box(120.6, 28.0, 120.61, 28.01)
    points = shapely.points(np.array(places) * 1e-4 + np.array([120.6, 28.0]))
    cells = build_features(
        {"code": [str(n) for n in range(len(points))]}, [*draw_cells(points, frame)]
    )
    if kind == "geojson" and crs in ("EPSG:4490", "EPSG:4549"):
        crs = "CRS84"
    path = tmp_path_factory.mktemp("coverage") / f"a.{kind}"
    write(cells, path, kind, crs=crs, metric_srid=4549)
    shapes = (
        read_shapes(check_rfc_7946(path))
        if kind == "geojson"
        else np.asarray(read(path).geometry, dtype=object)
    )
    assert shapely.is_valid(shapes).all()
    report = check_coverage(shapes, tolerance=0)
    assert report.is_sound and report.is_edge_matched
    assert (report.gap_area, report.overlap_area) == (0, 0)


def test_a_coordinate_has_no_more_digits_than_name_it(tmp_path):
    # The library that writes geometries calls this number 120.60107000000001.
    place = build_features({"code": ["a"]}, [shapely.Point(120.60107, 28.0)])
    written = write(place, tmp_path / "a.geojson", "geojson").read_text(encoding="utf-8")
    assert '"coordinates":[120.60107,28.0]' in written


# -- each format's own place for what is known ------------------------------------------


def test_geopackage_brings_its_style_to_qgis(tmp_path):
    path = write(build_strips(), tmp_path / "a.gpkg", "gpkg", style="<qgis>红色预警</qgis>")
    with closing(sqlite3.connect(path)) as package:
        ((table, column, qml, default, at),) = package.execute(
            "select f_table_name, f_geometry_column, styleqml, useasdefault, update_time"
            " from layer_styles"
        )
        (changed,) = package.execute("select distinct last_change from gpkg_contents").fetchall()
        assert package.execute("pragma integrity_check").fetchone() == ("ok",)
    assert (table, column, qml, default) == ("strips", "geom", "<qgis>红色预警</qgis>", 1)
    assert at == changed[0] == "2026-03-31T00:00:00.000Z"


def test_geoparquet_keeps_the_standard_and_says_where_it_came_from(tmp_path):
    path = write(build_strips(), tmp_path / "a.parquet", "parquet")
    file = pq.ParquetFile(path)
    told = file.schema_arrow.metadata
    geo = json.loads(told[b"geo"])
    column = geo["columns"]["geometry"]
    assert (geo["version"], geo["primary_column"]) == ("1.1.0", "geometry")
    assert column["geometry_types"] == ["Polygon"]
    assert column["crs"]["id"] == {"authority": "EPSG", "code": 4490}
    assert column["covering"]["bbox"]["xmin"] == ["bbox", "xmin"]
    assert json.loads(told[b"onemap"]) == METADATA
    # Readers find features by their boxes without reading shapes.
    east = gpd.read_parquet(path, bbox=(120.65, 28.0, 120.66, 28.05))
    assert east["code"].tolist() == ["c"]
    rows = gpd.read_parquet(path)
    assert rows["day"].iloc[0] == dt.date(2026, 9, 1)
    assert rows["seats"].isna().tolist() == [False, True, False]


def test_flatgeobuf_says_where_it_came_from_in_its_head(tmp_path):
    path = write(build_strips(), tmp_path / "a.fgb", "fgb")
    known = pyogrio.read_info(path)["layer_metadata"]
    assert (known["plan"], known["run_id"], known["TITLE"]) == ("statutory", "7", "strips")
    east = gpd.read_file(path, bbox=(120.65, 28.0, 120.66, 28.05))
    assert east["code"].tolist() == ["c"]


def test_workbook_says_where_it_came_from_on_its_second_sheet(tmp_path):
    path = write(build_strips(), tmp_path / "a.xlsx", "xlsx")
    sheets = pd.read_excel(path, sheet_name=None, engine="openpyxl")
    assert list(sheets) == ["strips", "说明"]
    known = dict(sheets["说明"].itertuples(index=False, name=None))
    assert {name: str(fact) for name, fact in known.items()} == {
        "plan": "statutory",
        "run_id": "7",
        "data_date": "2026-03-31",
        "crs": "EPSG:4490",
    }
    assert sheets["strips"]["lon"].between(120.6, 120.7).all()


# -- changes since a day -----------------------------------------------------------------


def test_what_ended_counts_before_what_began_and_what_was_changed():
    old, day, new = (dt.date(2026, 1, n) for n in (1, 2, 3))
    rows = pd.DataFrame(
        [
            ("begun and ended since", new, new, new, "ended"),
            ("begun on the day", day, None, None, "added"),
            ("changed only", old, None, day, "changed"),
            ("ended before", old, old, old, None),
            ("nothing known", None, None, None, None),
        ],
        columns=["code", "valid_from", "valid_to", "changed_on", "expected"],
    )
    told = select_changes(gpd.GeoDataFrame(rows), day)
    assert told["change"].tolist() == ["ended", "added", "changed"]
    assert told["change"].tolist() == told["expected"].tolist()


# -- killed ------------------------------------------------------------------------------

TERMINATED = """
import os, signal, sys
from gis.exports.vector import FORMATS
from scenarios.commands import run_commands
writer = FORMATS["gpkg"]
def be_terminated(*given):
    writer(*given)
    os.kill(os.getpid(), signal.SIGTERM)
FORMATS["gpkg"] = be_terminated
sys.exit(run_commands(["export", "schools", "--format", "gpkg", "--out", sys.argv[1]]))
"""


@pytest.mark.usefixtures("onemap", "town")
def test_an_export_that_is_told_to_end_leaves_nothing_at_all(tmp_path):
    path = tmp_path / "a.gpkg"
    ended = subprocess.run([sys.executable, "-c", TERMINATED, str(path)], check=False)
    assert ended.returncode == 130
    assert list(tmp_path.iterdir()) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from gis.exports.drafts import open_draft
with open_draft(Path(sys.argv[1])) as draft:
    draft.write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_export_leaves_no_half_file_and_the_next_one_sweeps_its_draft(tmp_path):
    path = tmp_path / "a.geojson"
    path.write_text("the old file")
    subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    (left,) = tmp_path.glob(".onemap-*")
    assert path.read_text() == "the old file"
    write(build_strips(), path, "geojson")
    assert left.exists(), "it might be the draft of a program that runs"
    os.utime(left, (0, 0))
    write(build_strips(), path, "geojson")
    assert [file.name for file in tmp_path.iterdir()] == ["a.geojson"]


def test_a_draft_that_is_still_written_is_never_swept(tmp_path):
    with open_draft(tmp_path / "slow.txt") as draft:
        draft.write_text("slow")
        os.utime(draft.parent, (0, 0))
        write_features(
            build_strips(), tmp_path / "quick.csv", kind="csv", layer="strips", metadata=METADATA
        )
    assert (tmp_path / "slow.txt").read_text() == "slow"
