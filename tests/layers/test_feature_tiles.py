"""Vector tiles of features: neighbours meet at every zoom, facts are those of the rows."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pytest
import shapely
from sqlalchemy import Connection, text

from gis.access import Role
from gis.services.feature_tiles import FEATURE_ZOOMS, cut_features
from gis.services.features import Question, open_question
from gis.services.tile_matrices import find_tile
from scenarios.district import District, find_plan
from scenarios.services.collections import build_source, find_entry
from scenarios.services.tiling import find_tiled
from tests.conftest import act_as
from tests.town import build_units

ReadTile = Callable[..., dict[str, gpd.GeoDataFrame]]


@pytest.fixture
def ask(town: District, connection: Connection) -> Callable[[str], Question]:
    """Return a function that opens a collection of the town with the rights of city GIS."""

    def open_collection(code: str) -> Question:
        act_as(connection, Role.GIS)
        plan = find_plan(connection, town, None)
        return open_question(connection, build_source(connection, town, plan, find_entry(code)))

    return open_collection


def wobble(corners: np.ndarray) -> np.ndarray:
    """Bend the plane a little: what met before meets after."""
    x, y = corners.T
    bent = np.column_stack([x + 2e-4 * np.sin(2000 * y), y + 2e-4 * np.sin(2000 * x)])
    return np.round(bent, 9)


@pytest.mark.parametrize("zoom", [8, 9, 10, 11, 12, 13, 14])
def test_neighbours_meet_without_gap_or_overlap_at_every_zoom(
    connection: Connection, town: District, ask, read_tile: ReadTile, zoom: int
) -> None:
    units = build_units()
    bent = shapely.transform(shapely.segmentize(units.geometry.to_numpy(), 2e-4), wobble)
    act_as(connection, Role.STEWARD)
    for code, shape in zip(units["code"], bent, strict=True):
        connection.execute(
            text(
                "update onemap.planning_unit set geom = st_multi(st_geomfromtext(:wkt, 4490))"
                " where district_id = :district and code = :code"
            ),
            {"wkt": shape.wkt, "district": town.id, "code": code},
        )
    place = (zoom, *find_tile(120.62, 28.015, zoom))
    tile = cut_features(connection, ask("planning_units"), place, layer="units")
    shapes = read_tile(tile)["units"].geometry.to_numpy()
    assert shapely.is_valid(shapes).all()
    together = shapely.union_all(shapes)
    frame = shapely.box(0, 0, 4096, 4096)
    inside = shapely.intersection(together, frame)
    holes = [ring for part in shapely.get_parts(inside) for ring in shapely.get_rings(part)[1:]]
    assert holes == [], "no gap between neighbours"
    assert shapely.area(shapes).sum() == pytest.approx(shapely.area(together)), "no overlap"


def test_a_tile_tells_the_facts_of_the_collection(
    connection: Connection, ask, read_tile: ReadTile
) -> None:
    place = (14, *find_tile(120.62, 28.015, 14))
    tile = cut_features(connection, ask("catchments"), place, layer="catchments")
    frame = read_tile(tile)["catchments"].set_index("code")
    assert sorted(frame.index) == ["A/primary", "B/junior", "B/primary"]
    assert frame.loc["A/primary", ["seats", "warning", "valid_from"]].tolist() == [
        3, "red", "2026-09-01",
    ]  # fmt: skip


@pytest.mark.parametrize("zoom", FEATURE_ZOOMS)
def test_a_school_lies_in_the_tile_where_its_gate_is(
    connection: Connection, ask, read_tile: ReadTile, zoom: int
) -> None:
    place = (zoom, *find_tile(120.605, 28.025, zoom))
    tile = cut_features(connection, ask("schools"), place, layer="schools")
    frame = read_tile(tile)["schools"].set_index("code")
    point = frame.geometry["A"]
    share = (120.605 / 360 + 0.5) * 2**zoom - place[1]
    grid = 8 if zoom < 14 else 1
    assert abs(point.x - 4096 * share) <= grid and -64 <= point.y <= 4160


def test_beside_the_district_a_tile_is_empty(connection: Connection, ask) -> None:
    assert cut_features(connection, ask("schools"), (14, 0, 0), layer="schools") == b""


def test_every_collection_and_the_ground_are_tile_sets() -> None:
    assert find_tiled("ground").zooms.start == 8
    assert find_tiled("warnings").zooms == FEATURE_ZOOMS
