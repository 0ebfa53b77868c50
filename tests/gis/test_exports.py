"""Files for city GIS: valid, stable, dated, in the datum each format asks for, whole or absent."""

from __future__ import annotations

import datetime as dt
import json
import re
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from gis.crs import to_metric
from gis.errors import OutputError, UsageError
from gis.exports.about import About
from gis.exports.spreadsheets import neutralise_formula
from gis.exports.vector import FORMATS, write_features
from gis.partition import check_coverage
from scenarios.district import find_plan
from scenarios.exporting import LAYERS, Delivery, read_delivery
from tests.town import build_features, draw_cell

METADATA = {"plan": "statutory", "run_id": 7, "data_date": "2026-03-31", "note": None}
# Borders at odd places: nothing falls on the seventh decimal by itself.
THIRDS = [120.6, 120.6 + 1 / 3e4, 120.6 + 2 / 3e4, 120.7]


def build_strips() -> gpd.GeoDataFrame:
    """Return three strips side by side, rings turned the wrong way round."""
    strips = [
        shapely.box(west, 28.0 + 1 / 7e5, east, 28.1, ccw=False) for west, east in pairwise(THIRDS)
    ]
    return build_features(
        {
            "code": ["a", "b", "c"],
            "name_zh": ["瓯海", 'say "hi"', None],
            "seats": pd.array([45, None, 0], dtype="Int64"),
            "ratio_pct": [99.5, np.nan, 0.1],
            "day": [dt.date(2026, 9, 1), None, dt.date(2020, 2, 29)],
            "public": [True, False, True],
        },
        strips,
    )


def write(frame: gpd.GeoDataFrame, path: Path, kind: str, **options: Any) -> Path:
    write_features(frame, path, kind=kind, layer="strips", metadata=METADATA, **options)
    return path


def list_rings(geometry: dict[str, Any]) -> list[tuple[bool, list]]:
    """List the rings of a GeoJSON area: exterior or not, coordinates."""
    areas = geometry["coordinates"]
    areas = [areas] if geometry["type"] == "Polygon" else areas
    return [(at == 0, ring) for rings in areas for at, ring in enumerate(rings)]


def check_rfc_7946(path: Path) -> list[dict[str, Any]]:
    """Check what RFC 7946 asks of a feature collection; return its features."""
    text = path.read_text(encoding="utf-8")
    content = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert content["type"] == "FeatureCollection"
    assert "crs" not in content
    if "bbox" in content:
        shapes = [shapely.from_geojson(json.dumps(f["geometry"])) for f in content["features"]]
        assert content["bbox"] == list(shapely.total_bounds(shapes))
    assert not any(part in content for part in ("geometry", "properties", "coordinates"))
    for feature in content["features"]:
        assert feature["type"] == "Feature"
        assert isinstance(feature["id"], (str, int))
        assert isinstance(feature["properties"], dict)
        assert "crs" not in feature["geometry"]
        if feature["geometry"]["type"] in ("Polygon", "MultiPolygon"):
            for is_exterior, ring in list_rings(feature["geometry"]):
                assert {len(place) for place in ring} == {2}
                assert len(ring) >= 4 and ring[0] == ring[-1]
                assert shapely.LinearRing(ring).is_ccw == is_exterior
        assert shapely.from_geojson(json.dumps(feature["geometry"])).is_valid
    numbers = re.findall(r"-?\d+\.(\d+)", re.sub(r'"properties": \{.*?\}', "", text))
    assert max(map(len, numbers), default=0) <= 7
    ids = [feature["id"] for feature in content["features"]]
    assert len(set(ids)) == len(ids)
    return content["features"]


def read_shapes(features: list[dict[str, Any]]) -> np.ndarray:
    return shapely.from_geojson([json.dumps(feature["geometry"]) for feature in features])


# -- GeoJSON -----------------------------------------------------------------------------


def test_geojson_keeps_the_standard(tmp_path):
    features = check_rfc_7946(write(build_strips(), tmp_path / "a.geojson", "geojson"))
    assert [feature["id"] for feature in features] == ["a", "b", "c"]
    assert features[0]["properties"] == {
        "code": "a",
        "name_zh": "瓯海",
        "seats": 45,
        "ratio_pct": 99.5,
        "day": "2026-09-01",
        "public": True,
    }
    assert features[1]["properties"]["seats"] is None
    assert features[1]["properties"]["ratio_pct"] is None
    assert features[1]["properties"]["day"] is None


def test_geojson_carries_where_it_came_from(tmp_path):
    content = json.loads(write(build_strips(), tmp_path / "a.geojson", "geojson").read_text())
    assert content["metadata"] == METADATA
    assert content["name"] == "strips"


def test_rounded_neighbours_still_share_their_border(tmp_path):
    features = check_rfc_7946(write(build_strips(), tmp_path / "a.geojson", "geojson"))
    shapes = read_shapes(features)
    assert shapely.coverage_is_valid(shapes)
    report = check_coverage(shapes, tolerance=0)
    assert report.is_sound and report.is_edge_matched
    lost = abs(shapely.union_all(shapes).area - 0.1 * (0.1 - 1 / 7e5))
    assert lost < 1e-7 * 0.4  # half of the last decimal along the rim


def test_stages_that_lie_over_each_other_are_rounded_each_as_its_own_coverage(tmp_path):
    strips = build_strips()
    both = pd.concat(
        [
            strips.assign(stage="primary", code=strips["code"] + "/primary"),
            strips.assign(stage="junior", code=strips["code"] + "/junior"),
        ],
        ignore_index=True,
    )
    path = write(both, tmp_path / "a.geojson", "geojson", coverage_by="stage")
    shapes = read_shapes(check_rfc_7946(path))
    assert not shapely.is_empty(shapes).any()
    for stage in (shapes[:3], shapes[3:]):
        assert shapely.coverage_is_valid(stage)
    assert shapely.equals(shapes[:3], shapes[3:]).all()


def test_polygons_that_overlap_by_nature_stay_as_they_are(tmp_path):
    yard, house = draw_cell("00"), draw_cell("00", margin=0.004)
    frame = build_features({"code": ["yard", "house"]}, [yard, house])
    shapes = read_shapes(check_rfc_7946(write(frame, tmp_path / "a.geojson", "geojson")))
    assert shapely.equals(shapes, [yard, house]).all()


def test_points_and_lines_are_rounded_too(tmp_path):
    point, line = shapely.Point(120 + 1 / 3, 28), shapely.LineString([(120, 28), (121, 28 + 2 / 3)])
    frame = build_features({"code": ["p", "l"]}, [point, line])
    features = check_rfc_7946(write(frame, tmp_path / "a.geojson", "geojson"))
    assert features[0]["geometry"]["coordinates"] == [120.3333333, 28.0]
    assert features[1]["geometry"]["coordinates"] == [[120.0, 28.0], [121.0, 28.6666667]]


def test_collection_of_nothing_is_still_a_collection(tmp_path):
    for kind in FORMATS:
        path = write(build_strips().iloc[:0], tmp_path / f"a.{kind}", kind)
        assert path.stat().st_size > 0
    assert check_rfc_7946(tmp_path / "a.geojson") == []


# -- GeoPackage --------------------------------------------------------------------------


def test_geopackage_keeps_the_national_datum_and_every_value(tmp_path):
    strips = build_strips()
    path = write(strips, tmp_path / "a.gpkg", "gpkg")
    read = gpd.read_file(path, layer="strips")
    assert read.crs.to_epsg() == 4490
    assert shapely.equals_exact(
        shapely.normalize(read.geometry.to_numpy()),
        shapely.normalize(strips["geom"].to_numpy()),
        tolerance=0,
    ).all()
    assert read["name_zh"].tolist()[:2] == ["瓯海", 'say "hi"']
    assert read["seats"].isna().tolist() == [False, True, False]
    assert read["public"].tolist() == [True, False, True]
    assert pd.to_datetime(read["day"]).dt.date.tolist()[0] == dt.date(2026, 9, 1)
    info = pyogrio.read_info(path, layer="strips")
    assert dict(zip(info["fields"], info["ogr_types"], strict=True))["day"] == "OFTDate"
    assert info["layer_metadata"] == {
        "plan": "statutory",
        "run_id": "7",
        "data_date": "2026-03-31",
        "DESCRIPTION": "2026-03-31",
    }


# -- CSV ---------------------------------------------------------------------------------


def test_csv_opens_as_utf8_in_spreadsheet_programs(tmp_path):
    raw = write(build_strips(), tmp_path / "a.csv", "csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert "瓯海" in raw.decode("utf-8-sig")


def test_csv_has_a_point_inside_each_feature_and_its_origin_in_each_row(tmp_path):
    strips = build_strips()
    read = pd.read_csv(write(strips, tmp_path / "a.csv", "csv"))
    inside = shapely.contains(strips["geom"].to_numpy(), shapely.points(read["lon"], read["lat"]))
    assert inside.all()
    assert read["meta_plan"].tolist() == ["statutory"] * 3
    assert read["meta_run_id"].tolist() == [7] * 3


EVIL = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "=cmd|' /C calc'!A0"]


@pytest.mark.parametrize("cell", EVIL)
def test_formula_in_a_text_cell_is_neutralised(tmp_path, cell):
    assert neutralise_formula(cell) == f"'{cell}"
    frame = build_strips().assign(name_zh=cell)
    read = pd.read_csv(write(frame, tmp_path / "a.csv", "csv"))
    assert set(read["name_zh"].str.lstrip("'").str.strip()) == {cell.strip()}
    assert read["name_zh"].str.startswith("'").all()


@pytest.mark.parametrize("cell", ["瓯海", "1-2", "a=b", "", None, -1, -1.5])
def test_harmless_cells_and_numbers_stay_as_they_are(cell):
    assert neutralise_formula(cell) == cell


# -- whole or absent ---------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(FORMATS))
@pytest.mark.parametrize("trouble", [KeyboardInterrupt, RuntimeError])
def test_interrupted_write_leaves_the_old_file_and_no_half_one(
    tmp_path, monkeypatch, kind, trouble
):
    path = tmp_path / f"a.{kind}"
    path.write_text("the old file")
    writer = FORMATS[kind]

    def stop_halfway(frame: gpd.GeoDataFrame, draft: Path, about: About) -> None:
        writer(frame, draft, about)
        raise trouble

    monkeypatch.setitem(FORMATS, kind, stop_halfway)
    with pytest.raises(trouble):
        write(build_strips(), path, kind)
    assert path.read_text() == "the old file"
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_reader_of_the_old_file_keeps_it_whole(tmp_path):
    path = tmp_path / "a.geojson"
    path.write_text("the old file")
    with path.open() as reader:
        write(build_strips(), path, "geojson")
        assert reader.read() == "the old file"
    assert len(check_rfc_7946(path)) == 3


@pytest.mark.parametrize("kind", list(FORMATS))
def test_folder_that_cannot_be_written_is_told_with_the_path(tmp_path, kind):
    (tmp_path / "file").write_text("no folder")
    for folder in (tmp_path / "nowhere", tmp_path / "file", Path("/proc")):
        with pytest.raises(OutputError, match=r"cannot be written: .*--out") as caught:
            write(build_strips(), folder / f"a.{kind}", kind)
        assert str(folder) in caught.value.found


def test_path_that_is_a_folder_is_told(tmp_path):
    with pytest.raises(OutputError, match="cannot be written"):
        write(build_strips(), tmp_path, "geojson")


def test_unknown_format_is_told_with_those_there_are(tmp_path):
    with pytest.raises(
        UsageError, match=r"no format 'shp'.*geojson, gpkg, fgb, parquet, csv, xlsx"
    ):
        write(build_strips(), tmp_path / "a.shp", "shp")


def test_file_can_be_read_by_others(tmp_path):
    path = write(build_strips(), tmp_path / "a.csv", "csv")
    assert path.stat().st_mode & 0o444 == 0o444


# -- what the town delivers --------------------------------------------------------------


def deliver(planner, town, layer: str, **choice: Any) -> Delivery:
    chosen = {"stage": None, "year": 2026, **choice}
    plan = find_plan(planner, town, chosen.pop("plan", None))
    return read_delivery(planner, town, plan, layer=layer, **chosen)


@pytest.mark.parametrize("layer", LAYERS)
def test_every_layer_is_written_in_every_format(planner, town, tmp_path, layer):
    delivery = deliver(planner, town, layer, stage="primary")
    for kind in FORMATS:
        path = tmp_path / f"a.{kind}"
        write_features(
            delivery.features,
            path,
            kind=kind,
            layer=layer,
            metadata=delivery.metadata,
            coverage_by=delivery.coverage_by,
            style=delivery.style,
        )
        features: Any = {
            "geojson": check_rfc_7946,
            "parquet": gpd.read_parquet,
            "csv": pd.read_csv,
            "xlsx": partial(pd.read_excel, engine="openpyxl"),
        }.get(kind, lambda path: gpd.read_file(path, layer=layer))(path)
        assert len(features) == len(delivery.features) > 0
        if kind in ("gpkg", "fgb", "parquet"):
            assert features.crs.to_epsg() == 4490
            assert set(delivery.features.columns) - {"geom"} <= set(features.columns)
    assert {"code", "valid_from", "valid_to", "changed_on"} <= set(delivery.features.columns)
    assert delivery.features["code"].is_unique


def test_catchments_of_a_stage_cover_their_units_without_gap_or_overlap(planner, town, tmp_path):
    delivery = deliver(planner, town, "catchments", plan="nearest", stage="primary")
    path = tmp_path / "a.geojson"
    write_features(
        delivery.features, path, kind="geojson", layer="c", metadata={}, coverage_by="stage"
    )
    shapes = read_shapes(check_rfc_7946(path))
    frame = shapely.union_all([draw_cell(f"{r}{c}") for r in range(3) for c in range(4)])
    assert shapely.coverage_is_valid(shapes)
    report = check_coverage(shapes, frame=frame, tolerance=1e-9)
    assert report.is_sound and report.overlap_area == 0


def test_catchments_carry_their_counts_and_where_they_came_from(planner, town):
    delivery = deliver(planner, town, "catchments", stage="primary")
    told = delivery.features.set_index("school_code")[
        ["children", "counted_children", "seats", "shortfall_seats", "warning"]
    ]
    assert told.loc["A"].tolist() == [4, 3, 3, 0, "red"]
    assert told.loc["B"].tolist() == [3, 2, 4, 0, "none"]
    metric = to_metric(delivery.features["geom"], 4549)
    assert delivery.features["area_m2"].to_numpy() == pytest.approx(shapely.area(metric))
    assert delivery.metadata["plan"] == "statutory"
    assert delivery.metadata["data_date"] == "2026-03-31"
    assert delivery.metadata["rule_version"] == town.profile.version
    assert "模拟数据" in delivery.metadata["synthetic"]


def test_small_counts_of_children_are_not_delivered(planner, town):
    # A's units 00, 01, 02, 11 have one child each: 4 in all give themselves away, so 10, which
    # has none, is hidden with them; so is 12 with B's 03, 22, 23, and 21 with 20. 13 has none.
    features = deliver(planner, town, "children-counts", stage="primary").features
    shown = features.dropna(subset="children")
    assert dict(zip(shown["planning_unit_code"], shown["children"], strict=True)) == {"13": 0}
    assert not features["children"].between(1, 4).any()
    assert not features["registered_children"].between(1, 4).any()


def test_no_layer_carries_a_personal_column(planner, town):
    personal = re.compile(r"household|identity|hash|born|owner|head|certificate|phone")
    for layer in LAYERS:
        columns = deliver(planner, town, layer).features.columns
        assert [name for name in columns if personal.search(name)] == []


def test_unknown_layer_and_empty_choice_are_told(planner, town):
    with pytest.raises(UsageError, match=r"no layer 'rivers'.*catchments, schools"):
        deliver(planner, town, "rivers")
    with pytest.raises(UsageError, match="is empty for this choice"):
        deliver(planner, town, "catchments", stage="senior")
