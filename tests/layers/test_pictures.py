"""Surfaces on the map: pictures in classes, where they lie, and what is offered."""

from __future__ import annotations

import doctest
import json
from dataclasses import replace

import flask
import numpy as np
import pytest
from flask.testing import FlaskClient
from rasterio.io import MemoryFile

import layers.pictures
from gis.access import Role
from gis.crs import to_metric
from gis.database import Database
from gis.rasters import CellGrid, Surface
from layers.accessibility import read_access
from layers.catalogue import build_layers, list_available, read_bounds
from layers.hillshade import draw_hillshade
from layers.palette import get_palette
from layers.pictures import build_class_legend, choose_colors, draw_classes, lay_pixels
from scenarios.cockpit.data_routes import build_data_routes
from scenarios.coverages import write_coverage
from scenarios.district import District
from tests.conftest import act_as
from tests.layers.test_palette import BLINDNESS, THEMES, measure_lightness
from tests.town import find_centre

BOUNDS = (120.60, 28.00, 120.64, 28.03)
SURFACES = ("population_density", "children_density", "walking_time", "accessibility", "hillshade")


@pytest.fixture(scope="module")
def client(database: Database, town: District) -> FlaskClient:
    server = flask.Flask("map")
    server.register_blueprint(build_data_routes(database))
    return server.test_client()


def read_png(content: bytes) -> np.ndarray:
    """Read a picture as GDAL does: red, green, blue, opacity, shape (rows, columns, 4)."""
    with MemoryFile(content) as memory, memory.open() as file:
        known = file.colormap(1)
        colors = np.array([known.get(at, (0, 0, 0, 0)) for at in range(256)])
        return colors[file.read(1)]


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_picture_shows_the_class_of_each_cell_where_it_lies():
    centre = to_metric([find_centre("01")], 4549)[0]
    grid = CellGrid(4549, centre.x - 500, centre.y + 500, 500.0, 500.0, 2, 2)
    surface = Surface(grid, np.array([[3.0, 5.0], [30.0, np.nan]]))
    palette, pixels = get_palette("light"), lay_pixels(BOUNDS)
    picture = read_png(draw_classes(surface, BOUNDS, palette, [5, 20]))
    low, middle, high = choose_colors(palette, [5, 20])
    for (east, north), color in {
        (-250, 250): low, (250, 250): middle, (-250, -250): high,
    }.items():  # fmt: skip
        lon = 120.615 + east / 98_340  # metres of a degree here
        lat = 28.025 + north / 110_840
        x = np.radians(lon) * 6378137
        y = np.log(np.tan(np.pi / 4 + np.radians(lat) / 2)) * 6378137
        cell = pixels.find_cells(np.array([x]), np.array([y]))[0]
        assert tuple(picture.reshape(-1, 4)[cell][:3]) == color
    assert (picture[-1, -1] == 0).all()


def test_a_legend_names_every_class_and_its_unit(build_scene):
    palette = get_palette("light")
    entries = build_class_legend(build_scene(), palette, [0.5, 1], "{n} per child")
    assert [entry.label for entry in entries] == [
        "1.0 per child or more",
        "0.5 to under 1.0 per child",
        "Under 0.5 per child",
    ]


@pytest.mark.parametrize("sight", BLINDNESS)
@pytest.mark.parametrize("theme", THEMES)
def test_classes_run_evenly_from_little_to_much_to_every_kind_of_sight(theme, sight):
    lightness = [measure_lightness(color, sight) for color in get_palette(theme).sequential]
    steps = np.diff(lightness)
    assert (np.sign(steps) == np.sign(steps[0])).all() and np.abs(steps).min() > 5


def test_the_examples_of_the_documentation_run():
    assert doctest.testmod(layers.pictures).failed == 0


def test_the_town_offers_what_it_has_data_for(planner, town, build_scene):
    # No roads, no heights; junior has too few children for a surface.
    assert set(SURFACES) & list_available(planner, build_scene()) == {
        "population_density", "children_density", "accessibility",
    }  # fmt: skip
    assert "children_density" not in list_available(planner, build_scene(stage="junior"))


def test_the_layers_of_surfaces_have_their_places_and_addresses(planner, town, build_scene):
    scene = replace(build_scene(), bounds=read_bounds(planner, town.id))
    parts = {part.id: part for part in build_layers(scene, SURFACES)}
    assert set(SURFACES) <= set(parts)
    assert parts["children_density"].bounds == pytest.approx(BOUNDS)
    assert ".png?stage=primary&year=2026&theme=light" in parts["children_density"].image
    assert "hillshade" not in {part.id for part in build_layers(build_scene(), SURFACES)}


def test_pictures_travel_by_address_and_another_theme_is_another_picture(client, town):
    tags = set()
    for words in ("", "?theme=dark", "?stage=primary&year=2026"):
        answer = client.get(f"/map/town/children_density.png{words}")
        assert answer.status_code == 200 and answer.mimetype == "image/png"
        assert answer.data.startswith(b"\x89PNG")
        tags.add(answer.headers["ETag"])
    assert len(tags) == 2  # the last is the first


@pytest.mark.parametrize(
    ("address", "status", "found"),
    [
        ("/map/town/rain.png", 404, "no picture 'rain'"),
        ("/map/town/children_density.png?theme=pink", 400, "no theme 'pink'"),
        ("/map/town/hillshade.png", 422, "No elevation is loaded"),
        ("/map/town/walking_time.png", 422, "are not computed"),
        ("/map/town/children_density.png?stage=junior", 422, "fewer than 5"),
    ],
)
def test_pictures_that_cannot_be_drawn_are_told(client, address, status, found):
    answer = client.get(address)
    told = json.loads(answer.data)
    assert answer.status_code == status and found in told["found"] and told["mend"]


def test_the_card_of_a_unit_tells_its_seats_and_its_nearest_school(planner, build_scene):
    features = read_access(planner, build_scene(), {})["features"]
    cards = {one["properties"]["code"]: one["properties"]["card"] for one in features}
    assert cards["00/primary"][1:] == [
        ["Seats within reach of a child", "0.75"],
        ["Nearest school", "School A"],
        ["Way to it", "0 m on foot"],
    ]


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_hill_has_a_lit_and_a_shaded_side(connection, town, build_scene):
    scene = replace(build_scene(), bounds=BOUNDS)
    east = np.abs(np.arange(60) - 30) * -15.0 + 450  # a ridge from north to south
    grid = CellGrid(4490, 120.59, 28.04, 0.001, 0.001, 60, 50)
    hill = Surface(grid, np.tile(east, (50, 1)))
    act_as(connection, Role.STEWARD)
    write_coverage(connection, town, hill, kind="elevation", digest="", source="a test")
    shade = read_png(draw_hillshade(connection, scene))
    middle = shade[shade.shape[0] // 2]
    west, other = middle[middle.shape[0] // 4], middle[3 * middle.shape[0] // 4]
    assert west[0] == 255 and other[0] < 60  # the light comes from the north-west
    assert west[3] > 10 and other[3] > 10
