"""The bridge from a pydeck Deck on the server to the 3D map in a real browser."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace

import dash
import dash_mantine_components as dmc
import flask
import numpy as np
import pydeck
import pytest
from dash import Input, Output, html
from handmade_tile import BUILDING_HEIGHT_M, BUILDING_ID, BUILDING_NAME, draw_building_tile
from playwright.sync_api import Page, expect

from layers.deck import View, build_deck
from scenarios.cockpit import map_bundle
from scenarios.cockpit.map_bundle import (
    CAMERA,
    CLICK,
    DECK,
    SHOWN,
    VIEWPORT,
    build_map,
    connect_map,
)

pytestmark = pytest.mark.journey

WEST_NAME, EAST_NAME = "梧田施教区", "茶山施教区"
AMBER, TEAL, TALL, WHITE = [230, 160, 30], [20, 130, 130], [200, 40, 40], [255, 255, 255]
PAUSE_MS = 400
CENTER = View("ouhai", 120.65, 27.99, 13.6, pitch=0)
IN_WEST, IN_EAST, ROOF = (120.635, 27.985), (120.655, 27.985), (120.65, 27.982, BUILDING_HEIGHT_M)


def make_square(lon: float, lat: float, half: float) -> list[list[float]]:
    return [
        [lon - half, lat - half],
        [lon + half, lat - half],
        [lon + half, lat + half],
        [lon - half, lat + half],
        [lon - half, lat - half],
    ]


def make_catchment(id: str, name: str, lon: float, color: list[int]) -> dict:
    return {
        "type": "Feature",
        "properties": {"id": id, "name": name, "color": color, "shortfall_seats": 1234},
        "geometry": {"type": "Polygon", "coordinates": [make_square(lon, 27.99, 0.008)]},
    }


CATCHMENTS = {
    "type": "FeatureCollection",
    "features": [
        make_catchment("c-west", WEST_NAME, 120.64, AMBER),
        make_catchment("c-east", EAST_NAME, 120.66, TEAL),
    ],
}


def make_layers(data: object = CATCHMENTS) -> list[pydeck.Layer]:
    return [
        pydeck.Layer(
            "GeoJsonLayer",
            data,
            id="catchments/fill",
            get_fill_color="properties.color",
            get_line_color=[40, 40, 40],
            line_width_min_pixels=2,
            pickable=True,
            card=[["", "@@=properties.name"], ["学位缺口", "@@=properties.shortfall_seats"]],
        ),
        pydeck.Layer(
            "TextLayer",
            [
                {"at": [120.64, 27.99], "name": WEST_NAME},
                {"at": [120.66, 27.99], "name": EAST_NAME},
            ],
            id="catchments/name",
            get_position="at",
            get_text="name",
            get_size=22,
            get_color=[0, 0, 0],
            character_set="'auto'",
            font_family="'Noto Sans CJK SC, sans-serif'",
            parameters={"depthCompare": "always"},
        ),
        pydeck.Layer(
            "MVTLayer",
            "/tiles/{z}/{x}/{y}.mvt",
            id="buildings",
            min_zoom=12,
            max_zoom=14,
            extruded=True,
            get_elevation="properties.height_m",
            get_fill_color=f"properties.height_m > 100 ? {TALL} : [90, 90, 200]",
            pickable=True,
            card=[["", "@@=properties.name"], ["高度 m", "@@=properties.height_m"]],
        ),
    ]


# ---- the app under test and what the tests do with its page


def make_app() -> dash.Dash:
    app = dash.Dash(__name__, assets_folder=str(map_bundle.ASSETS), serve_locally=True)
    on_white = {"height": "100vh", "background": "white"}
    map_frame = html.Div(build_map(app, "三维地图"), id="frame", style=on_white)
    outputs = [html.Output(id="clicked"), html.Output(id="seen")]
    app.layout = dmc.MantineProvider([map_frame, *outputs, html.Button("重建", id="rebuild")])
    connect_map(app)

    @app.callback(Output("clicked", "children"), Input(CLICK, "data"))
    def tell_click(click: dict | None) -> str:
        return json.dumps(click, ensure_ascii=False)

    @app.callback(Output("seen", "children"), Input(VIEWPORT, "data"))
    def tell_viewport(viewport: dict | None) -> str:
        return json.dumps(viewport)

    @app.callback(Output("frame", "children"), Input("rebuild", "n_clicks"))
    def rebuild(clicks: int | None) -> html.Div:
        return build_map(app, f"三维地图 {clicks}") if clicks else dash.no_update

    @app.server.get("/tiles/<int:z>/<int:x>/<int:y>.mvt")
    def send_tile(z: int, x: int, y: int) -> flask.Response:
        tile = draw_building_tile(z, x, y)
        kind = "application/vnd.mapbox-vector-tile"
        return flask.Response(tile, status=200 if tile else 204, mimetype=kind)

    @app.server.get("/map/catchments.geojson")
    def send_catchments() -> flask.Response:
        return flask.jsonify(CATCHMENTS)

    return app


def set_store(page: Page, store: str, data: object) -> None:
    page.evaluate("([id, data]) => dash_clientside.set_props(id, {data})", [store, data])


def draw(page: Page, spec: dict) -> None:
    frames = page.evaluate("onemapDeck.frames")
    set_store(page, DECK, spec)
    page.wait_for_function("before => onemapDeck.frames > before && onemapDeck.ready", arg=frames)


def find_pixel(page: Page, *position: float) -> tuple[float, float]:
    x, y = page.evaluate("position => onemapDeck.project(position)", list(position))[:2]
    return x, y


def read_colors(page: Page, points: list[tuple[float, float]]) -> list[list[int]]:
    """Read pixels of what a person sees."""
    picture = base64.b64encode(page.screenshot()).decode()
    return page.evaluate(
        """async ([picture, points]) => {
             const image = new Image();
             image.src = "data:image/png;base64," + picture;
             await image.decode();
             const canvas = new OffscreenCanvas(image.width, image.height);
             const context = canvas.getContext("2d");
             context.drawImage(image, 0, 0);
             return points.map(([x, y]) => [...context.getImageData(x, y, 1, 1).data].slice(0, 3));
           }""",
        [picture, [[round(x), round(y)] for x, y in points]],
    )


def read_color(page: Page, x: float, y: float) -> list[int]:
    return read_colors(page, [(x, y)])[0]


def wait_for_camera(page: Page, longitude: float) -> None:
    page.wait_for_function("to => Math.abs(onemapDeck.camera.longitude - to) < 1e-6", arg=longitude)


def read_output(page: Page, id: str) -> dict:
    page.wait_for_function("id => document.getElementById(id).innerText.length > 9", arg=id)
    return json.loads(page.inner_text(f"#{id}"))


@pytest.fixture(scope="module")
def app() -> dash.Dash:
    return make_app()


@pytest.fixture
def map_page(standing_page: Page, app: dash.Dash, serve: Callable[[dash.Dash], str]) -> Page:
    """Draw the map on the page: two catchments, their names, one building."""
    page, address = standing_page, serve(app)
    if page.url.startswith(address):
        clear_map(page)
        return page
    page.goto(address)
    page.wait_for_selector("#map")
    draw(page, build_deck(make_layers(), CENTER))
    return page


def clear_map(page: Page) -> None:
    """Undo what a test did to the map: camera, switches, size, and what Dash heard."""
    page.emulate_media(reduced_motion="reduce")
    page.mouse.move(5, 5)
    page.evaluate("document.getElementById('frame').style.width = ''")
    set_store(page, SHOWN, {})
    # The camera goes to a view of another name only.
    for view in (replace(CENTER, id="elsewhere"), CENTER):
        draw(page, build_deck(make_layers(), view))
    page.emulate_media(reduced_motion="null")
    page.wait_for_timeout(PAUSE_MS)  # the last place in sight is told after a while
    for store, output in ((CLICK, "clicked"), (VIEWPORT, "seen")):
        set_store(page, store, None)
        expect(page.locator(f"#{output}")).to_have_text("null")


# ---- what a person sees


def test_polygons_and_tiles_appear_in_their_colors(map_page: Page) -> None:
    assert read_color(map_page, *find_pixel(map_page, *IN_WEST)) == AMBER
    assert read_color(map_page, *find_pixel(map_page, *IN_EAST)) == TEAL
    roof = read_color(map_page, *find_pixel(map_page, *ROOF))
    assert np.allclose(roof, TALL, atol=6), "daylight leaves a roof its legend color"


def test_walls_of_tiled_buildings_are_lit_from_outside(map_page: Page) -> None:
    # Seen from the south the sunny wall of a tile building is as bright as that of a polygon.
    wall = pydeck.Layer(
        "PolygonLayer",
        [{"ring": make_square(120.653, 27.982, 0.001)}],
        id="reference",
        get_polygon="ring",
        get_elevation=BUILDING_HEIGHT_M,
        get_fill_color=TALL,
        extruded=True,
    )
    view = View("south", 120.65, 27.982, 15.5, pitch=60)
    draw(map_page, build_deck([*make_layers(), wall], view))
    # Both views stand on the same meridian: the flight has ended when its height is reached.
    map_page.wait_for_function("Math.abs(onemapDeck.camera.zoom - 15.5) < 1e-6")
    tiled = read_color(map_page, *find_pixel(map_page, 120.65, 27.981, BUILDING_HEIGHT_M / 2))
    reference = read_color(map_page, *find_pixel(map_page, 120.653, 27.981, BUILDING_HEIGHT_M / 2))
    assert np.allclose(tiled, reference, atol=6) and tiled[0] > 150


def test_chinese_names_are_drawn_over_the_polygons(map_page: Page) -> None:
    x, y = find_pixel(map_page, 120.64, 27.99)
    steps = [(x + dx, y + dy) for dx in range(-44, 45, 4) for dy in range(-8, 9, 2)]
    ink = [sum(color) < 200 for color in read_colors(map_page, steps)]
    assert 0.08 < np.mean(ink) < 0.6, "strokes of characters, neither blank nor solid boxes"


def test_hovering_opens_a_card_and_shows_register_text_as_text(map_page: Page) -> None:
    names = ["<b>梧田</b>施教区", "@@=茶山("]
    features = [
        make_catchment(f"c-{lon}", name, lon, AMBER)
        for name, lon in zip(names, (120.64, 120.66), strict=True)
    ]
    collection = {"type": "FeatureCollection", "features": features}
    draw(map_page, build_deck(make_layers(collection), CENTER))
    card = map_page.locator(".onemap-map-card")
    expect(card).to_be_hidden()
    map_page.mouse.move(*find_pixel(map_page, *IN_WEST))
    expect(card).to_have_text("<b>梧田</b>施教区学位缺口1,234")
    map_page.mouse.move(*find_pixel(map_page, *IN_EAST))
    expect(card).to_contain_text("@@=茶山(")
    map_page.mouse.move(*find_pixel(map_page, *ROOF))
    expect(card).to_have_text("教学楼高度 m120")
    map_page.mouse.move(5, 5)
    expect(card).to_be_hidden()


def test_hiding_a_group_hides_its_layers_and_nothing_else(map_page: Page) -> None:
    set_store(map_page, SHOWN, {"catchments": False})
    map_page.wait_for_function("!onemapDeck.layers[0].visible")
    shown = {layer["id"]: layer["visible"] for layer in map_page.evaluate("onemapDeck.layers")}
    assert shown == {"catchments/fill": False, "catchments/name": False, "buildings": True}
    assert read_color(map_page, *find_pixel(map_page, *IN_WEST)) == WHITE
    draw(map_page, build_deck(make_layers(), CENTER))
    assert read_color(map_page, *find_pixel(map_page, *IN_WEST)) == WHITE, "an update keeps it so"
    set_store(map_page, SHOWN, {})
    map_page.wait_for_function("onemapDeck.layers[0].visible")
    assert read_color(map_page, *find_pixel(map_page, *IN_WEST)) == AMBER


# ---- what Dash hears


def test_a_click_on_a_polygon_reaches_a_dash_callback(map_page: Page) -> None:
    map_page.mouse.click(*find_pixel(map_page, *IN_EAST))
    click = read_output(map_page, "clicked")
    assert (click["layer"], click["group"], click["id"]) == (
        "catchments/fill",
        "catchments",
        "c-east",
    )
    assert click["properties"] == {"id": "c-east", "name": EAST_NAME, "shortfall_seats": 1234}
    assert np.allclose(click["coordinate"], IN_EAST, atol=1e-4)


def test_a_click_on_a_tile_names_the_feature_and_one_beside_clears_it(map_page: Page) -> None:
    map_page.mouse.click(*find_pixel(map_page, *ROOF))
    click = read_output(map_page, "clicked")
    assert (click["layer"], click["id"]) == ("buildings", BUILDING_ID)
    assert click["properties"]["name"] == BUILDING_NAME
    map_page.wait_for_timeout(400)  # two quick clicks would be a double click, which zooms
    map_page.mouse.click(60, 60)
    expect(map_page.locator("#clicked")).to_contain_text('"layer": null')


def test_moving_the_map_tells_what_is_in_sight(map_page: Page) -> None:
    map_page.mouse.move(700, 600)
    map_page.mouse.down()
    map_page.mouse.move(500, 600, steps=4)
    map_page.mouse.up()
    expect(map_page.locator("#seen")).not_to_contain_text(f'"longitude": {CENTER.longitude},')
    seen = read_output(map_page, "seen")
    assert seen["longitude"] > CENTER.longitude
    assert seen["west"] < seen["longitude"] < seen["east"]


# ---- the camera and updates


def test_the_users_camera_survives_an_update_and_leaves_for_a_new_view(map_page: Page) -> None:
    map_page.mouse.move(700, 450)
    map_page.mouse.wheel(0, -300)
    map_page.wait_for_function("zoom => onemapDeck.camera.zoom > zoom + 0.1", arg=CENTER.zoom)
    map_page.wait_for_timeout(500)
    before = map_page.evaluate("onemapDeck.camera")
    draw(map_page, build_deck(make_layers(), CENTER))
    assert map_page.evaluate("onemapDeck.camera") == before
    draw(map_page, build_deck(make_layers(), View("chashan", 120.66, 27.99, 15, pitch=30)))
    wait_for_camera(map_page, 120.66)
    assert map_page.evaluate("onemapDeck.camera.pitch") == pytest.approx(30)


def test_the_server_can_send_the_camera_to_the_same_place_twice(map_page: Page) -> None:
    for turn in ("first", "second"):
        set_store(map_page, CAMERA, {"longitude": 120.7, "latitude": 28.0})
        wait_for_camera(map_page, 120.7)
        assert map_page.evaluate("onemapDeck.camera.zoom") == pytest.approx(CENTER.zoom)
        draw(map_page, build_deck(make_layers(), View(turn, 120.65, 27.99, CENTER.zoom)))
        wait_for_camera(map_page, 120.65)


def test_data_from_an_address_is_fetched_once_and_recolored_without_it(map_page: Page) -> None:
    fetched: list[str] = []
    map_page.on("request", lambda request: fetched.append(request.url))
    by_address = make_layers("/map/catchments.geojson")
    draw(map_page, build_deck(by_address, CENTER))
    assert read_color(map_page, *find_pixel(map_page, *IN_EAST)) == TEAL
    by_address[0].get_fill_color = "@@=properties.id == 'c-east' ? [1, 2, 3] : [4, 5, 6]"
    draw(map_page, build_deck(by_address, CENTER))
    assert read_color(map_page, *find_pixel(map_page, *IN_EAST)) == [1, 2, 3]
    assert sum(url.endswith(".geojson") for url in fetched) == 1


def test_the_map_follows_the_size_of_its_frame(map_page: Page) -> None:
    map_page.evaluate("document.getElementById('frame').style.width = '600px'")
    map_page.wait_for_function("document.querySelector('#map canvas').width === 600")
    x, _ = find_pixel(map_page, CENTER.longitude, CENTER.latitude)
    assert x == pytest.approx(300, abs=1)


def test_a_rebuilt_page_gets_one_fresh_map(map_page: Page) -> None:
    map_page.evaluate("document.getElementById('rebuild').click()")
    map_page.wait_for_selector("#map[aria-label='三维地图 1']")
    set_store(map_page, DECK, build_deck(make_layers(), CENTER))
    map_page.wait_for_function("onemapDeck.ready && document.querySelector('#map canvas')")
    assert map_page.locator("canvas").count() == 1
    assert read_color(map_page, *find_pixel(map_page, *IN_WEST)) == AMBER


def test_without_webgl_the_page_says_so_in_both_languages(
    fresh_page: Page, app: dash.Dash, serve: Callable[[dash.Dash], str]
) -> None:
    page = fresh_page
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto(serve(app))
    page.wait_for_selector("#map")
    set_store(page, DECK, build_deck(make_layers(), CENTER))
    expect(page.get_by_role("alert")).to_contain_text("无法显示三维地图")
    expect(page.get_by_role("alert")).to_contain_text("cannot be shown")
