"""The data of the map as a browser gets it."""

from __future__ import annotations

import gzip
import json

import flask
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gis.database import Database
from scenarios.cockpit.data_routes import build_data_routes
from scenarios.district import District
from scenarios.services.tile_routes import build_tile_routes

CATCHMENTS = "/map/town/catchments.geojson?plan=statutory&stage=primary&year=2026&language=en"
TILE = "/tiles/town/buildings/14/13680/6850.mvt"
PACKED = {"Accept-Encoding": "gzip"}


@pytest.fixture(scope="module")
def client(database: Database, town: District) -> FlaskClient:
    server = flask.Flask("map")
    server.register_blueprint(build_data_routes(database))
    server.register_blueprint(build_tile_routes(database))
    return server.test_client()


def get(client: FlaskClient, address: str, **headers: str) -> TestResponse:
    return client.get(address, headers={**PACKED, **headers})


@pytest.mark.parametrize("address", [CATCHMENTS, TILE])
def test_data_travels_packed_and_is_asked_for_again_without_being_sent_again(
    client: FlaskClient, address: str
) -> None:
    first = get(client, address)
    assert first.status_code == 200 and first.headers["Content-Encoding"] == "gzip"
    assert "no-cache" in first.headers["Cache-Control"]
    again = get(client, address, **{"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304 and not again.data


def test_a_client_without_gzip_gets_the_same_data(client: FlaskClient) -> None:
    plain = client.get(CATCHMENTS, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert plain.data == gzip.decompress(get(client, CATCHMENTS).data)
    assert plain.mimetype == "application/geo+json"


def test_another_year_or_language_is_another_answer(client: FlaskClient) -> None:
    tags = {
        get(client, CATCHMENTS.replace(*change)).headers["ETag"]
        for change in (("", ""), ("2026", "2027"), ("language=en", "language=zh"))
    }
    assert len(tags) == 3


def test_what_is_left_out_is_the_districts_default(client: FlaskClient) -> None:
    short = get(client, "/map/town/catchments.geojson?language=en")
    assert short.headers["ETag"] == get(client, CATCHMENTS).headers["ETag"]


def test_a_version_in_the_address_does_not_change_the_answer(client: FlaskClient) -> None:
    versioned = get(client, CATCHMENTS + "&v=anything")
    assert versioned.headers["ETag"] == get(client, CATCHMENTS).headers["ETag"]


@pytest.mark.parametrize(
    ("address", "status", "found"),
    [
        ("/map/nowhere/catchments.geojson", 404, "District 'nowhere' is not loaded"),
        ("/map/town/children.geojson", 404, "no sheet 'children'"),
        ("/map/town/catchments.geojson?plan=none", 400, "no plan 'none'"),
        ("/map/town/catchments.geojson?stage=nursery", 400, "no stage 'nursery'"),
        ("/map/town/catchments.geojson?year=1999", 400, "Year 1999 is not counted"),
        ("/map/town/catchments.geojson?year=soon", 400, "'soon' is no year"),
        ("/map/town/catchments.geojson?language=fr", 400, "no language 'fr'"),
        ("/map/town/columns.geojson", 400, "no columns for zoom"),
        ("/map/town/selection.geojson?kind=child&id=1", 400, "cannot be selected"),
        ("/tiles/nowhere/ground/12/0/0.mvt", 404, "District 'nowhere' is not loaded"),
        ("/tiles/town/children/12/0/0.mvt", 404, "no tiles 'children'"),
        ("/tiles/town/ground/2/0/0.mvt", 400, "no zoom 2"),
        ("/tiles/town/ground/12/5000/0.mvt", 400, "no tile 5000/0"),
    ],
)
def test_wrong_requests_are_told_what_was_found_and_how_to_mend_it(
    client: FlaskClient, address: str, status: int, found: str
) -> None:
    answer = get(client, address)
    assert answer.status_code == status
    told = json.loads(answer.data)
    assert found in told["found"] and told["mend"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_whole_first_view_of_the_town_is_small(client: FlaskClient) -> None:
    sheets = ("district", "subdistricts", "catchments", "catchment_marks", "schools")
    assert sum(len(get(client, f"/map/town/{sheet}.geojson").data) for sheet in sheets) < 10_000
