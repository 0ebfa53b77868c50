"""OGC API Tiles: the vector tiles of each collection, in the square of Web Mercator."""

from __future__ import annotations

from typing import Any

from gis.services.tile_matrices import (
    MATRIX_SET,
    MATRIX_SET_URI,
    MEDIA_TYPE,
    MERCATOR_URI,
    describe_matrices,
    list_limits,
)
from scenarios.cockpit.data_routes import UnknownAddressError
from scenarios.services.asking import Answer, Service, find_collection
from scenarios.services.collections import Entry
from scenarios.services.ogc_documents import trace
from scenarios.services.tiling import describe_tiled, find_tiled, measure_bounds

_REL = "http://www.opengis.net/def/rel/ogc/1.0"


def build_tilesets(service: Service, collection: str) -> Answer:
    """Return the one tile set of a collection."""
    entry = find_collection(collection)
    path = f"/collections/{entry.code}/tiles"
    document = {
        "links": service.link_forms(path),
        "tilesets": [_describe_set(service, entry)],
    }
    return Answer(document, title=service.language("Vector tiles"), trail=trace(service, entry))


def build_tileset(service: Service, collection: str, matrix_set: str) -> Answer:
    """Return where the tiles of a collection are, and which there are."""
    entry = find_collection(collection)
    check_matrix_set(matrix_set)
    document = _describe_set(service, entry)
    bounds = measure_bounds(service.connection, service.district, find_tiled(entry.code))
    if bounds is not None:
        zooms = find_tiled(entry.code).zooms
        document["tileMatrixSetLimits"] = list_limits(bounds, zooms)
    document["links"] += service.link_forms(f"/collections/{entry.code}/tiles/{matrix_set}")
    return Answer(document, title=MATRIX_SET, trail=trace(service, entry))


def build_tilejson(service: Service, collection: str, matrix_set: str) -> Answer:
    """Return the TileJSON of a collection."""
    entry = find_collection(collection)
    check_matrix_set(matrix_set)
    document = describe_tiled(
        service.connection,
        service.district,
        find_tiled(entry.code),
        address=f"{service.base}/collections/{entry.code}/tiles/{MATRIX_SET}/{{z}}/{{y}}/{{x}}",
        language=service.language,
    )
    return Answer(document, title="TileJSON", trail=trace(service, entry))


def _describe_set(service: Service, entry: Entry) -> dict[str, Any]:
    path = f"/collections/{entry.code}/tiles/{MATRIX_SET}"
    tiles = service.link("", "item", service.language(entry.title), MEDIA_TYPE)
    tiles["href"] = f"{service.base}{path}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}"
    return {
        "title": service.language(entry.title),
        "dataType": "vector",
        "crs": MERCATOR_URI,
        "tileMatrixSetURI": MATRIX_SET_URI,
        "links": [
            {**tiles, "templated": True},
            service.link(path, "self", MATRIX_SET, f="json"),
            service.link(f"{path}/tilejson", "describedby", "TileJSON"),
            service.link(f"/tileMatrixSets/{MATRIX_SET}", f"{_REL}/tiling-scheme", MATRIX_SET),
        ],
    }


def build_matrix_sets(service: Service) -> Answer:
    """Return the tile matrix sets that tiles are cut in: one."""
    path = f"/tileMatrixSets/{MATRIX_SET}"
    known = {
        "id": MATRIX_SET,
        "uri": MATRIX_SET_URI,
        "links": [service.link(path, "self", MATRIX_SET)],
    }
    document = {"tileMatrixSets": [known], "links": service.link_forms("/tileMatrixSets")}
    return Answer(document, title=service.language("Tile matrix sets"))


def build_matrix_set(service: Service, matrix_set: str) -> Answer:
    """Return the definition of a tile matrix set."""
    check_matrix_set(matrix_set)
    trail = ((service.language("Tile matrix sets"), "/tileMatrixSets"),)
    return Answer(describe_matrices(), title=MATRIX_SET, trail=trail)


def check_matrix_set(name: str) -> None:
    """Refuse a tile matrix set that there is not.

    Raises
    ------
    UnknownAddressError
        When it is another than that of Web Mercator.
    """
    if name != MATRIX_SET:
        raise UnknownAddressError(
            f"There is no tile matrix set '{name[:60]}'.", mend=f"Use {MATRIX_SET}."
        )
