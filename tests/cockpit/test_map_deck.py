"""The server half of the map: the Deck as data and the bundle that draws it."""

from __future__ import annotations

import json
import math

import dash
import numpy as np
import pydeck
import pytest

from gis.errors import RejectedDataError
from layers.deck import View, build_deck
from scenarios.cockpit.map_bundle import build_map, connect_map

CENTER = View("ouhai", 120.65, 27.99, 13.6)
SCHOOLS = pydeck.Layer("ScatterplotLayer", [{"at": [120.6, 28.0]}], id="schools", get_position="at")


def test_the_bundle_is_packed_and_kept_for_a_year_under_its_digest() -> None:
    app = dash.Dash(__name__)
    app.layout = build_map(app, "")
    connect_map(app)
    address = app.layout.children[0].to_plotly_json()["props"]["data-bundle"]
    client = app.server.test_client()
    packed = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < 1_500_000
    assert packed.cache_control.immutable
    raw = client.get("/assets-deck/deck.js")
    assert b"createDeck" in raw.data and raw.cache_control.no_cache
    again = client.get("/assets-deck/deck.js", headers={"If-None-Match": raw.headers["ETag"]})
    assert again.status_code == 304
    assert client.get("/assets-deck/other.js").status_code == 404


def test_a_deck_names_no_service_and_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARTO_API_KEY", "secret")
    spec = build_deck([SCHOOLS], CENTER)
    assert set(spec) == {"layers", "views", "effects", "initialViewState", "viewId"}
    assert "secret" not in json.dumps(spec) and "http" not in json.dumps(spec)


def test_numbers_of_arrays_stay_numbers() -> None:
    rows = [{"at": np.array([120.6, 28.0]), "seats": np.int64(40)}]
    layer = pydeck.Layer("ColumnLayer", rows, id="seats", get_position="at")
    assert build_deck([layer], CENTER)["layers"][0]["data"] == [{"at": [120.6, 28.0], "seats": 40}]


def test_layers_with_one_id_or_missing_numbers_are_refused() -> None:
    with pytest.raises(RejectedDataError, match="share an id"):
        build_deck([SCHOOLS, SCHOOLS], CENTER)
    holed = pydeck.Layer("ColumnLayer", [{"seats": math.nan}], id="seats")
    with pytest.raises(RejectedDataError, match="Replace missing numbers"):
        build_deck([holed], CENTER)
