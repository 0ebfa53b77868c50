"""OGC API Features and Tiles by address; routes and OpenAPI document come from one table."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

from flask import Blueprint, Flask, Response, request
from sqlalchemy import Connection

from gis.access import Role
from gis.database import Database, read_table
from gis.errors import OneMapError, UsageError
from gis.services.cql2 import LANGUAGES
from gis.services.openapi import Operation, Parameter, describe_api
from gis.services.packing import PackedCache, pack
from gis.services.tile_matrices import MATRIX_SET, MEDIA_TYPE
from gis.services.tiles import TileCutter
from scenarios.cockpit.data_routes import (
    UnknownAddressError,
    find_district_at,
    send_packed,
    tell_error,
)
from scenarios.district import find_plan
from scenarios.services.asking import (
    HTML,
    Answer,
    Service,
    find_collection,
    read_form,
    read_language,
)
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
    check_matrix_set,
)
from scenarios.services.pages import write_page
from scenarios.services.tiling import cut_tile, find_tiled

PREFIX = "/ogc"
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
    return Answer(document, OPENAPI, title=title)


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


def mount_ogc(
    server: Flask, database: Database, *, district: str, language: str, prefix: str = ""
) -> None:
    """Mount the service of city GIS on a server.

    ``/ogc`` is the service of the district that the server shows, ``/ogc/districts/<code>`` the
    same of any loaded district; both of its default plan. All is read with the rights of city GIS.

    Parameters
    ----------
    district
        Code of the district that the server shows.
    language
        Language of pages to clients that ask for none.
    """
    routes = _build_routes(_Answering(database, district, language))
    server.register_blueprint(routes, url_prefix=f"{prefix}{PREFIX}")
    others = f"{prefix}{PREFIX}/districts/<code>"
    server.register_blueprint(routes, url_prefix=others, name="ogc_districts")


def _build_routes(answering: _Answering) -> Blueprint:
    blueprint = Blueprint("ogc", __name__)
    for route in ROUTES:
        blueprint.add_url_rule(_write_rule(route.path), route.path, answering.bind(route))
    blueprint.add_url_rule("", "landing", answering.bind(ROUTES[0]))
    blueprint.add_url_rule(_write_rule(TILE_PATH), "tile", answering.send_tile)
    blueprint.add_url_rule("/districts", "districts", answering.send_districts)
    blueprint.add_url_rule("/<path:rest>", "refused", _refuse)
    blueprint.register_error_handler(OneMapError, tell_error)
    return blueprint


def _write_rule(path: str) -> str:
    """Write the path of a route as Flask does: codes of features may hold slashes."""
    rule = re.sub(r"{(zoom|row|column)}", r"<int:\1>", path.replace("{feature}", "<path:feature>"))
    return rule.replace("{", "<").replace("}", ">")


def _refuse(rest: str, code: str | None = None) -> Response:
    below = f"{PREFIX}/districts/{code}" if code else PREFIX
    raise UnknownAddressError(
        f"There is nothing at {below}/{rest[:80]}.", mend=f"Start from {below}."
    )


@dataclass(frozen=True)
class _Answering:
    """Answers requests from one database."""

    database: Database
    district: str
    language: str
    cutter: TileCutter = field(default_factory=lambda: TileCutter(PackedCache()))

    def bind(self, route: Route) -> Callable[..., Response]:
        """Return the view of a route."""

        def view(code: str | None = None, **places: str) -> Response:
            with self.database.begin(Role.GIS) as connection:
                service = self._open_service(connection, code)
                if route.build not in (build_items, build_item):
                    service.check_words(())
                return _send(service, route.build(service, **places))

        return view

    def send_tile(
        self, collection: str, matrix_set: str, zoom: int, row: int, column: int,
        code: str | None = None,
    ) -> Response:  # fmt: skip
        """Send one vector tile of a collection."""
        check_matrix_set(matrix_set)
        tiled = find_tiled(find_collection(collection).code)
        with self.database.begin(Role.GIS) as connection:
            found = find_district_at(connection, code or self.district)
            tile = cut_tile(connection, self.cutter, found, tiled, (zoom, column, row))
        return send_packed(tile, MEDIA_TYPE)

    def send_districts(self, code: str | None = None) -> Response:
        """Send the addresses of the services of all loaded districts."""
        if code is not None:
            return _refuse("districts", code)
        with self.database.begin(Role.GIS) as connection:
            loaded = read_table(connection, "districts")
        links = [
            {"rel": "child", "title": name, "href": f"{request.base_url}/{one}"}
            for one, name in zip(loaded["code"], loaded["name_zh"], strict=True)
        ]
        return send_packed(pack(json.dumps({"links": links}).encode()), "application/json")

    def _open_service(self, connection: Connection, code: str | None) -> Service:
        found = find_district_at(connection, code or self.district)
        before, _, below = request.path.partition(PREFIX)
        own = f"/districts/{code}" if code else ""
        return Service(
            connection=connection,
            district=found,
            plan=find_plan(connection, found, None),
            base=f"{request.root_url.rstrip('/')}{before}{PREFIX}{own}",
            path=below.removeprefix(own).rstrip("/"),
            words=_read_words(),
            language=read_language(self.language),
            form=read_form(),
        )


def _read_words() -> dict[str, str]:
    """Return the words behind the question mark.

    Raises
    ------
    UsageError
        When one stands twice: nobody knows which is meant.
    """
    words = request.args.to_dict(flat=False)
    twice = [word for word, values in words.items() if len(values) > 1]
    if twice:
        raise UsageError(f"'{twice[0][:60]}' is given twice.", mend="Give it once.")
    return {word: values[0] for word, values in words.items()}


def _send(service: Service, answer: Answer) -> Response:
    if service.form == HTML:
        response = send_packed(pack(write_page(service, answer).encode()), "text/html")
    else:
        text = json.dumps(answer.document, ensure_ascii=False, allow_nan=False)
        response = send_packed(pack(text.encode()), answer.media)
    response.headers.update(answer.headers)
    response.headers["Content-Language"] = service.language.tag
    response.vary.update(("Accept", "Accept-Language"))
    return response


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
