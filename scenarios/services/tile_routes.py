"""Vector tiles by address, for the map and for others, with the TileJSON that finds them."""

from __future__ import annotations

import json

from flask import Blueprint, Response, request

from gis.access import Role
from gis.database import Database
from gis.errors import OneMapError
from gis.services.packing import PackedCache, pack
from gis.services.tile_matrices import MEDIA_TYPE
from gis.services.tiles import TileCutter
from layers.language import load_language
from scenarios.cockpit.data_routes import find_district_at, send_packed, tell_error
from scenarios.services.tiling import cut_tile, describe_tiled, find_tiled


def build_tile_routes(database: Database) -> Blueprint:
    """Build the routes of the vector tiles.

    - ``/tiles/<district>/<tileset>/<z>/<x>/<y>.mvt``
    - ``/tiles/<district>/<tileset>.json?language=``: TileJSON.

    Tile sets are ground, buildings and every collection of city GIS. All is read with the rights
    of city GIS; answers are packed and revalidated as the data of the map is.
    """
    blueprint = Blueprint("tiles", __name__)
    cutter = TileCutter(PackedCache())

    @blueprint.get("/tiles/<district>/<tileset>/<int:z>/<int:x>/<int:y>.mvt")
    def send_tile(district: str, tileset: str, z: int, x: int, y: int) -> Response:
        with database.begin(Role.GIS) as connection:
            found = find_district_at(connection, district)
            tile = cut_tile(connection, cutter, found, find_tiled(tileset), (z, x, y))
        return send_packed(tile, MEDIA_TYPE)

    @blueprint.get("/tiles/<district>/<tileset>.json")
    def send_tilejson(district: str, tileset: str) -> Response:
        language = load_language(request.args.get("language", "zh"))
        address = request.base_url.removesuffix(".json") + "/{z}/{x}/{y}.mvt"
        with database.begin(Role.GIS) as connection:
            found = find_district_at(connection, district)
            document = describe_tiled(
                connection, found, find_tiled(tileset), address=address, language=language
            )
        text = json.dumps(document, ensure_ascii=False, allow_nan=False)
        return send_packed(pack(text.encode()), "application/json")

    blueprint.register_error_handler(OneMapError, tell_error)
    return blueprint
