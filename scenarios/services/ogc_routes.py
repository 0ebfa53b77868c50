"""OGC API Features and Tiles by address, on the server of the cockpit."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Blueprint, Flask, Response, request
from sqlalchemy import Connection

from gis.access import Role
from gis.database import Database, read_table
from gis.errors import OneMapError
from gis.services.packing import Packed, PackedCache, pack
from gis.services.tile_matrices import MEDIA_TYPE
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
    read_words,
)
from scenarios.services.ogc_addresses import ROUTES, TILE_PATH, Route
from scenarios.services.ogc_features import build_item, build_items
from scenarios.services.ogc_tiles import check_matrix_set
from scenarios.services.pages import write_page
from scenarios.services.tiling import cut_tile, find_tiled, read_version

PREFIX = "/ogc"
_DOCUMENTS_BYTES = 8_000_000


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
    documents: PackedCache = field(default_factory=lambda: PackedCache(_DOCUMENTS_BYTES))

    def bind(self, route: Route) -> Callable[..., Response]:
        """Return the view of a route."""

        def view(code: str | None = None, **places: str) -> Response:
            with self.database.begin(Role.GIS) as connection:
                service = self._open_service(connection, code)
                if route.build in (build_items, build_item):
                    answer = route.build(service, **places)
                    response = _send(service, _write(service, answer), route.media)
                    response.headers.update(answer.headers)
                    return response
                service.check_words(())
                # Clients read the documents around the features before every layer.
                version = read_version(connection, service.district)
                key = (version, service.base, service.path, service.form, service.language.code)
                packed = self.documents.find(key) or self.documents.keep(
                    key, _write(service, route.build(service, **places))
                )
                return _send(service, packed, route.media)

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
            words=read_words(),
            language=read_language(self.language),
            form=read_form(),
        )


def _write(service: Service, answer: Answer) -> Packed:
    if service.form == HTML:
        return pack(write_page(service, answer).encode())
    return pack(json.dumps(answer.document, ensure_ascii=False, allow_nan=False).encode())


def _send(service: Service, packed: Packed, media: str) -> Response:
    response = send_packed(packed, "text/html" if service.form == HTML else media)
    response.headers["Content-Language"] = service.language.tag
    response.vary.update(("Accept", "Accept-Language"))
    return response
