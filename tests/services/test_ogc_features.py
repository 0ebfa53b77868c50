"""Features by OGC API: the same facts as the database has, filtered, paged and placed right."""

from __future__ import annotations

import re
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from gis.crs import from_metric, to_metric
from gis.services.systems import list_systems
from scenarios.district import District, find_plan
from scenarios.exporting import read_delivery
from scenarios.services.collections import COLLECTIONS
from tests.services.conftest import Fetch
from tests.town import CELL, NORTH, WEST, find_centre

CODES = [entry.code for entry in COLLECTIONS]
# Counted by hand in tests/town.py: four schools, a catchment of A and two of B, twelve units, two
# subdistricts, the warnings of A 2026 and 2027 and of B 2026, one project of two buildings.
COUNTS = {
    "schools": 4,
    "catchments": 3,
    "planning_units": 12,
    "subdistricts": 2,
    "warnings": 3,
    "projects": 1,
    "project_buildings": 2,
}
SYSTEMS = list_systems(4549)
ITEMS = "/ogc/collections/{}/items"


def list_codes(page: dict[str, Any]) -> list[str]:
    return [feature["id"] for feature in page["features"]]


@pytest.mark.parametrize(("code", "count"), COUNTS.items())
def test_every_collection_has_as_many_features_as_the_town(fetch: Fetch, code: str, count: int):
    page = fetch(ITEMS.format(code))
    assert page["numberMatched"] == page["numberReturned"] == len(page["features"]) == count
    assert len(set(list_codes(page))) == count


@pytest.mark.parametrize("code", CODES)
def test_a_fact_is_the_same_in_the_service_and_in_an_export(
    fetch: Fetch, planner: Connection, town: District, code: str
):
    plan, layer = find_plan(planner, town, None), code.replace("_", "-")
    delivered = read_delivery(planner, town, plan, layer=layer, stage=None, year=None).features
    told = gpd.GeoDataFrame.from_features(fetch(ITEMS.format(code))["features"])
    assert sorted(told.columns.drop("geometry")) == sorted(delivered.columns.drop("geom"))
    for name in {"seats", "code", "value", "progress_pct"} & set(told.columns):
        both = (
            told.set_index("code", drop=False)[name],
            delivered.set_index("code", drop=False)[name],
        )
        assert both[0].dropna().to_dict() == both[1].dropna().to_dict()


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.uri[-5:])
def test_coordinates_stand_in_the_order_of_their_system(fetch: Fetch, code: str, system):
    """North comes first in EPSG:4326, 4490 and 4549; the metric ones agree with pyproj."""
    plain, asked = (fetch(ITEMS.format(code), crs=one.uri) for one in (SYSTEMS[0], system))
    for before, after in zip(plain["features"], asked["features"], strict=True):
        expected = shapely.geometry.shape(before["geometry"])
        if system.is_metric:
            expected = to_metric([expected], system.srid)[0]
        if system.is_northing_first:
            expected = shapely.transform(expected, lambda corners: corners[:, ::-1])
        found = shapely.geometry.shape(after["geometry"])
        tolerance = 0.02 if system.is_metric else 1e-9  # a centimetre is rounded away
        assert np.allclose(found.bounds, expected.bounds, rtol=0, atol=tolerance)


def test_the_gate_of_a_school_lies_where_it_was_drawn(client: FlaskClient):
    gate = find_centre("00")
    answer = client.get("/ogc/collections/schools/items/A?crs=EPSG:4490")
    assert answer.headers["Content-Crs"] == "<http://www.opengis.net/def/crs/EPSG/0/4490>"
    assert answer.get_json()["geometry"]["coordinates"] == pytest.approx([gate.y, gate.x])


def test_following_the_next_links_gives_every_feature_once(client: FlaskClient):
    pages, link = [], "/ogc/collections/planning_units/items?limit=5"
    while link:
        page = client.get(link).get_json()
        pages.append(list_codes(page))
        link = next((one["href"] for one in page["links"] if one["rel"] == "next"), None)
    assert [len(page) for page in pages] == [5, 5, 2]
    assert len({code for page in pages for code in page}) == 12


def test_a_page_can_be_sorted_and_thinned(fetch: Fetch):
    page = fetch(ITEMS.format("schools"), sortby="-code", properties="code", skipGeometry="true")
    assert [feature["properties"] for feature in page["features"]] == [
        {"code": code} for code in "XPBA"
    ]
    assert {feature["geometry"] for feature in page["features"]} == {None}


side = st.floats(-0.5, 4.5).map(lambda cells: round(cells * CELL, 6))


@settings(max_examples=12, deadline=None)
@given(corners=st.tuples(side, side, side, side), system=st.sampled_from(SYSTEMS))
def test_a_box_finds_what_touches_it_in_every_system(services, corners, system):
    west, east = sorted((WEST + corners[0], WEST + corners[1]))
    south, north = sorted((NORTH - corners[2], NORTH - corners[3]))
    box = shapely.box(west, south, east + 1e-4, north + 1e-4)
    asked = to_metric([box], system.srid)[0] if system.is_metric else box
    x0, y0, x1, y1 = asked.bounds
    numbers = (y0, x0, y1, x1) if system.is_northing_first else (x0, y0, x1, y1)
    page = services.test_client().get(
        ITEMS.format("schools"),
        query_string={"bbox": ",".join(map(str, numbers)), "bbox-crs": system.uri},
    )
    area = from_metric([shapely.box(x0, y0, x1, y1)], system.srid)[0] if system.is_metric else box
    gates = {"A": "00", "B": "13", "P": "20", "X": "22"}
    expected = [code for code, unit in gates.items() if area.intersects(find_centre(unit))]
    assert list_codes(page.get_json()) == expected


@pytest.mark.parametrize(
    ("datetime", "count"),
    [
        ("2026-09-01", 3),  # the catchments hold from this day on
        ("2026-08-31", 0),
        ("2026-08-31T12:00:00Z/2026-09-01T00:00:00Z", 3),
        ("../2026-08-31", 0),
        ("2027-01-01/..", 3),
    ],
)
def test_catchments_are_found_on_the_days_they_hold(fetch: Fetch, datetime: str, count: int):
    assert fetch(ITEMS.format("catchments"), datetime=datetime)["numberMatched"] == count


def test_properties_and_filters_narrow_together(fetch: Fetch):
    page = fetch(
        ITEMS.format("catchments"), stage="primary", filter="seats > 3 OR school_code = 'A'"
    )
    assert list_codes(page) == ["A/primary", "B/primary"]
    page = fetch(ITEMS.format("schools"), filter="S_WITHIN(geom, BBOX(120.6,28.02,120.61,28.03))")
    assert list_codes(page) == ["A"]


@pytest.mark.parametrize(
    ("path", "status", "found"),
    [
        ("/ogc/collections/children", 404, "no collection 'children'"),
        ("/ogc/collections/children/items", 404, "no collection 'children'"),
        ("/ogc/collections/schools/items/Z", 404, "no feature 'Z'"),
        ("/ogc/collections/schools/nothing", 404, "There is nothing at /ogc/"),
        ("/ogc/districts/nowhere/collections", 404, "'nowhere' is not loaded"),
        ("/ogc/collections/schools/tiles/Mars", 404, "no tile matrix set 'Mars'"),
        ("/ogc/collections/schools/tiles/WebMercatorQuad/3/0/0", 400, "no zoom 3"),
        ("/ogc/collections?f=xml", 400, "f='xml'"),
        ("/ogc/collections?lang=fr", 400, "no language 'fr'"),
        ("/ogc/collections?limit=1", 400, "'limit' is no parameter"),
        ("/ogc/collections/schools/items?limit=0", 400, "limit='0'"),
        ("/ogc/collections/schools/items?limit=1&limit=2", 400, "'limit' is given twice"),
        ("/ogc/collections/schools/items?offset=-1", 400, "offset='-1'"),
        ("/ogc/collections/schools/items?bbox=1,2,3", 400, "bbox='1,2,3' is no box"),
        ("/ogc/collections/schools/items?bbox=120,29,121,28", 400, "lower corner above"),
        ("/ogc/collections/schools/items?bbox=0,1e30,1,2e30&bbox-crs=EPSG:4549", 400, "outside"),
        ("/ogc/collections/schools/items?bbox-crs=EPSG:4490", 400, "without bbox"),
        ("/ogc/collections/schools/items?bbox=1,2,3,4&bbox-crs=EPSG:27700", 400, "bbox-crs='EPSG"),
        ("/ogc/collections/schools/items?crs=EPSG:3857", 400, "crs='EPSG:3857'"),
        ("/ogc/collections/schools/items?datetime=soon", 400, "'soon' is no day"),
        ("/ogc/collections/schools/items?datetime=2026-02-01/2026-01-01", 400, "ends before"),
        ("/ogc/collections/schools/items?seats=many", 400, "seats: 'many'"),
        ("/ogc/collections/schools/items?public=perhaps", 400, "public: 'perhaps'"),
        ("/ogc/collections/schools/items?sortby=children", 400, "no property 'children'"),
        ("/ogc/collections/schools/items?properties=code,x", 400, "no property 'x'"),
        ("/ogc/collections/schools/items?identity_hash=1", 400, "'identity_hash' is no parameter"),
        ("/ogc/collections/schools/items?filter=seats", 400, "The filter has the end"),
        ("/ogc/collections/schools/items?filter=a=1&filter-lang=sql", 400, "filter-lang='sql'"),
    ],
)
def test_wrong_requests_are_told_what_was_found_and_how_to_mend_it(
    client: FlaskClient, path: str, status: int, found: str
):
    answer = client.get(path)
    assert answer.status_code == status, answer.text
    assert found in answer.get_json()["found"] and answer.get_json()["mend"]


def test_nothing_about_persons_is_among_the_properties(fetch: Fetch):
    words = re.compile("identity|household|born|acknowledged|measure|who|child_code|registered")
    for code in CODES:
        names = fetch(f"/ogc/collections/{code}/queryables")["properties"]
        assert not [name for name in names if words.search(name)]
