"""Vector tiles cut by PostGIS, read back with GDAL."""

from __future__ import annotations

import math
from collections.abc import Callable

import geopandas as gpd
import pytest
import shapely
from sqlalchemy import Connection, text

from gis.errors import UsageError
from gis.services.packing import PackedCache, pack
from gis.services.tiles import TILESETS, TileCutter, check_place
from scenarios.district import District
from tests.town import CELL, NORTH, WEST, find_centre

ReadTile = Callable[..., dict[str, gpd.GeoDataFrame]]


def find_place(point: shapely.Point, zoom: int) -> tuple[int, int, int]:
    north = math.asinh(math.tan(math.radians(point.y))) / (2 * math.pi)
    return zoom, int((point.x / 360 + 0.5) * 2**zoom), int((0.5 - north) * 2**zoom)


def to_tile(lon: float, lat: float, place: tuple[int, int, int]) -> tuple[float, float]:
    """Return tile units by the full formula of Web Mercator, y pointing up as GDAL reads it."""
    zoom, column, row = place
    north = math.asinh(math.tan(math.radians(lat))) / (2 * math.pi)
    x = ((lon / 360 + 0.5) * 2**zoom - column) * 4096
    return x, 4096 - ((0.5 - north) * 2**zoom - row) * 4096


@pytest.fixture
def cutter() -> TileCutter:
    return TileCutter(PackedCache())


@pytest.fixture
def streets(town: District, connection: Connection) -> Connection:
    """Draw one road of each class along the middle of the town, and a pond, for this test."""
    y = NORTH - 1.5 * CELL
    for number, road_class in enumerate(("main", "secondary", "local", "lane", "path")):
        connection.execute(
            text(
                "insert into onemap.road (district_id, code, road_class, start_node, end_node,"
                " length_m, walkable, geom) values (:district, :class, :class, 1, 2, 100, true,"
                " st_setsrid(st_makeline(st_makepoint(:x, :y), st_makepoint(:x + 0.01, :y)), 4490))"
            ),
            {"district": town.id, "class": road_class, "x": WEST, "y": y - number * 1e-4},
        )
    connection.execute(
        text(
            "insert into onemap.water (district_id, code, kind, geom) values (:district, 'pond',"
            " 'lake', st_multi(st_makeenvelope(120.601, 28.001, 120.602, 28.002, 4490)))"
        ),
        {"district": town.id},
    )
    return connection


@pytest.mark.parametrize("zoom", [13, 14, 15, 16])
def test_a_building_lies_where_the_projection_puts_it(
    planner: Connection, town: District, cutter: TileCutter, read_tile: ReadTile, zoom: int
) -> None:
    house = find_centre("12")
    place = find_place(house, zoom)
    tile = cutter.cut_tile(planner, town.id, "buildings", place, version="1")
    frame = read_tile(tile)["buildings"]
    expected = shapely.Point(to_tile(house.x, house.y, place))
    nearest = frame.geometry.distance(expected).idxmin()
    assert frame.geometry.centroid[nearest].distance(expected) < 1.5, "within a unit and rounding"
    assert frame.loc[nearest, ["floors", "height_m"]].tolist() == [6, 18]


def test_outer_rings_turn_as_the_tile_specification_says(
    planner: Connection, town: District, cutter: TileCutter, read_tile: ReadTile
) -> None:
    # GDAL turns y upward, which turns a positive ring of the specification clockwise.
    for zoom in (11, 14):
        place = find_place(find_centre("12"), zoom)
        tile = cutter.cut_tile(planner, town.id, "buildings", place, version="1")
        rings = shapely.get_exterior_ring(read_tile(tile)["buildings"].geometry.to_numpy())
        assert len(rings) and not shapely.is_ccw(rings).any()


@pytest.mark.parametrize("zoom", [9, 10, 11, 12])
def test_blocks_keep_the_number_of_buildings_and_their_ground(
    planner: Connection, town: District, cutter: TileCutter, read_tile: ReadTile, zoom: int
) -> None:
    _, column, row = find_place(find_centre("12"), zoom)
    buildings, area = 0, 0.0
    for x in (column - 1, column, column + 1):
        for y in (row - 1, row, row + 1):
            tile = cutter.cut_tile(planner, town.id, "buildings", (zoom, x, y), version="1")
            if not tile.unpack():
                continue
            frame = read_tile(tile)["buildings"]
            buildings += frame["buildings"].sum()
            area += frame.area.sum()
            assert set(frame["floors"]) == {6} and set(frame["height_m"]) == {18}
    assert buildings == 12, "one house on each of the twelve units"
    house = (0.002 * 4096 * 2**zoom / 360) ** 2 / math.cos(math.radians(28.015))
    # A house of 0.002 degrees fills a cell at zoom 12 and overflows none at zoom 10; sides are
    # whole units of the tile.
    assert area == pytest.approx(12 * min(house, 64**2), rel=0.15)


def test_small_roads_come_with_the_zoom(
    streets: Connection, town: District, cutter: TileCutter, read_tile: ReadTile
) -> None:
    seen = {}
    for zoom in (10, 12, 14, 15):
        place = find_place(shapely.Point(WEST + 0.005, NORTH - 1.5 * CELL - 2e-4), zoom)
        tile = cutter.cut_tile(streets, town.id, "ground", place, version="1")
        seen[zoom] = set(read_tile(tile)["roads"]["road_class"])
    assert seen[10] == {"main"}
    assert seen[12] == {"main", "secondary"}
    assert seen[14] == {"main", "secondary", "local"}
    assert seen[15] == {"main", "secondary", "local", "lane", "path"}


def test_water_is_on_the_ground_at_every_zoom(
    streets: Connection, town: District, cutter: TileCutter, read_tile: ReadTile
) -> None:
    for zoom in TILESETS["ground"].zooms:
        place = find_place(shapely.Point(120.6015, 28.0015), zoom)
        tile = cutter.cut_tile(streets, town.id, "ground", place, version="1")
        layers = read_tile(tile)
        if zoom >= 12:
            assert layers["water"]["kind"].tolist() == ["lake"]


def test_a_tile_beside_the_town_is_empty(
    planner: Connection, town: District, cutter: TileCutter
) -> None:
    for tileset in TILESETS:
        for zoom in (12, 14):
            tile = cutter.cut_tile(planner, town.id, tileset, (zoom, 0, 0), version="1")
            assert tile.unpack() == b""


def test_a_tile_is_cut_once_and_anew_when_the_data_changes(
    streets: Connection, town: District, cutter: TileCutter
) -> None:
    places = {
        "ground": find_place(find_centre("10"), 15),
        "buildings": find_place(find_centre("10"), 11),
    }

    def cut(version: str) -> list[bytes]:
        return [
            cutter.cut_tile(streets, town.id, tileset, place, version=version).unpack()
            for tileset, place in places.items()
        ]

    before = cut("1")
    streets.execute(text("delete from onemap.road"))
    streets.execute(text("delete from onemap.building"))
    assert cut("1") == before
    after = cut("2")
    assert after[0] != before[0] and after[1] == b""


@pytest.mark.parametrize(
    ("tileset", "place", "what"),
    [
        ("children", (12, 0, 0), "no tiles 'children'"),
        ("ground", (3, 0, 0), "no zoom 3"),
        ("buildings", (17, 0, 0), "no zoom 17"),
        ("ground", (12, 4096, 0), "no tile 4096/0"),
        ("ground", (12, 0, -1), "no tile 0/-1"),
    ],
)
def test_tiles_that_do_not_exist_are_refused(
    tileset: str, place: tuple[int, int, int], what: str
) -> None:
    with pytest.raises(UsageError, match=what):
        check_place(tileset, place)


def test_the_cache_forgets_what_was_unused_for_longest() -> None:
    one, two, three = (pack(bytes([number]) * 1000) for number in range(3))
    cache = PackedCache(limit_bytes=len(one.body) + len(two.body))
    cache.keep("one", one)
    cache.keep("two", two)
    assert cache.find("one") == one
    cache.keep("three", three)
    assert (cache.find("one"), cache.find("two"), cache.find("three")) == (one, None, three)
