"""Addresses of the service of city GIS: one table, and the OpenAPI document made from it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from gis.services.cql2 import LANGUAGES
from gis.services.openapi import Operation, Parameter, describe_api
from gis.services.tile_matrices import MATRIX_SET, MEDIA_TYPE
from scenarios.services.asking import Answer, Service, find_collection
from scenarios.services.collections import COLLECTIONS
from scenarios.services.ogc_documents import (
    GEOJSON,
    OPENAPI,
    SCHEMA,
    build_collection,
    build_collections,
    build_conformance,
    build_landing,
    build_queryables,
    describe_fields,
)
from scenarios.services.ogc_features import (
    DEFAULT_LIMIT,
    MOST_FEATURES,
    build_item,
    build_items,
)
from scenarios.services.ogc_tiles import (
    build_matrix_set,
    build_matrix_sets,
    build_tilejson,
    build_tileset,
    build_tilesets,
)

TILE_PATH = "/collections/{collection}/tiles/{matrix_set}/{zoom}/{row}/{column}"


@dataclass(frozen=True)
class Route:
    """An address under the landing page and what answers it."""

    path: str
    about: str
    build: Callable[..., Answer]
    media: str = "application/json"


def build_openapi(service: Service) -> Answer:
    """Return the OpenAPI document of the service, every collection with its properties."""
    title = service.language("Parameters (OpenAPI)")
    document = describe_api(
        build_landing(service).title,
        build_landing(service).document["description"],
        version=version("education-one-map"),
        server=service.base,
        operations=_list_operations(service),
        openapi="3.0.3",
    )
    return Answer(document, title=title)


ROUTES = (
    Route("/", "Landing page.", build_landing),
    Route("/conformance", "Standards kept.", build_conformance),
    Route("/api", "This document.", build_openapi, OPENAPI),
    Route("/collections", "All collections.", build_collections),
    Route("/collections/{collection}", "A collection.", build_collection),
    Route("/collections/{collection}/queryables", "Its properties.", build_queryables, SCHEMA),
    Route("/collections/{collection}/schema", "Its properties.", build_queryables, SCHEMA),
    Route("/collections/{collection}/items", "Its features.", build_items, GEOJSON),
    Route("/collections/{collection}/items/{feature}", "A feature.", build_item, GEOJSON),
    Route("/collections/{collection}/tiles", "Its tile sets.", build_tilesets),
    Route("/collections/{collection}/tiles/{matrix_set}", "A tile set.", build_tileset),
    Route("/collections/{collection}/tiles/{matrix_set}/tilejson", "TileJSON.", build_tilejson),
    Route("/tileMatrixSets", "Tile matrix sets.", build_matrix_sets),
    Route("/tileMatrixSets/{matrix_set}", "A tile matrix set.", build_matrix_set),
)


_PLACES = {
    "feature": Parameter("feature", "Code of a feature.", {"type": "string"}, "path"),
    "matrix_set": Parameter(
        "matrix_set", "Tile matrix set.", {"type": "string", "enum": [MATRIX_SET]}, "path"
    ),
    **{
        name: Parameter(name, f"{name} of a tile.", {"type": "integer", "minimum": 0}, "path")
        for name in ("zoom", "row", "column")
    },
}
_SHARED = (
    Parameter("f", "Form of the answer.", {"type": "string", "enum": ["json", "html"]}),
    Parameter("lang", "Language.", {"type": "string", "enum": ["zh", "en"]}),
)
_NUMBERS = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}
_NAMES = {"type": "array", "items": {"type": "string"}}


def _list_operations(service: Service) -> Iterator[Operation]:
    """List the addresses of the service, once for each collection."""
    tiles = Route(TILE_PATH, "A vector tile.", build_tileset, MEDIA_TYPE)
    for route in (*ROUTES, tiles):
        if "{collection}" not in route.path:
            yield _describe_route(service, route, route.path, "service")
            continue
        for entry in COLLECTIONS:
            path = route.path.replace("{collection}", entry.code)
            yield _describe_route(service, route, path, entry.code)


def _describe_route(service: Service, route: Route, path: str, tag: str) -> Operation:
    places = [_PLACES[name] for name in re.findall(r"{(\w+)}", path)]
    words: list[Parameter] = [] if route.media == MEDIA_TYPE else list(_SHARED)
    systems = {"type": "string", "enum": [system.uri for system in service.systems]}
    if route.build in (build_items, build_item):
        words.append(Parameter("crs", "Coordinate system of the answer.", systems))
    if route.build is build_items:
        words += _list_item_words(systems)
        fields = describe_fields(service.open_question(find_collection(tag)))
        words += [Parameter(name, f"{name} equals.", schema) for name, schema in fields.items()]
    media = (route.media,) if route.media == MEDIA_TYPE else (route.media, "text/html")
    return Operation(path, route.about, [*places, *words], media, tag)


def _list_item_words(systems: dict[str, Any]) -> list[Parameter]:
    limits = {"type": "integer", "minimum": 1, "maximum": MOST_FEATURES, "default": DEFAULT_LIMIT}
    return [
        Parameter("limit", "Features of a page.", limits),
        Parameter("offset", "Features before the page.", {"type": "integer", "minimum": 0}),
        Parameter("bbox", "Box that features touch, axes as bbox-crs has them.", _NUMBERS),
        Parameter("bbox-crs", "Coordinate system of bbox.", systems),
        Parameter("datetime", "Day or interval in which features hold.", {"type": "string"}),
        Parameter("filter", "Condition in CQL2.", {"type": "string"}),
        Parameter("filter-lang", "Its language.", {"type": "string", "enum": list(LANGUAGES)}),
        Parameter("filter-crs", "Coordinate system of its geometry.", systems),
        Parameter("properties", "Properties to be told, others are left out.", _NAMES),
        Parameter("sortby", "Properties to sort by; a minus before one sorts down.", _NAMES),
        Parameter("skipGeometry", "Whether to leave geometry out.", {"type": "boolean"}),
    ]
