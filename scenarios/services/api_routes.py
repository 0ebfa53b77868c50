"""The read API by address, and its OpenAPI document as JSON and as a page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from markupsafe import Markup

from gis.access import Role
from gis.database import Database
from gis.errors import OneMapError, UsageError
from gis.services.openapi import Operation, describe_api
from gis.services.packing import Packed, PackedCache, pack
from scenarios.answers import Subject
from scenarios.cockpit.data_routes import (
    UnknownAddressError,
    find_district_at,
    send_packed,
    tell_error,
)
from scenarios.district import check_choice, find_plan
from scenarios.records import write_json
from scenarios.services.api_entries import (
    DISTRICT,
    ENTRIES,
    Entry,
    Request,
    answer_districts,
    read_number,
)
from scenarios.services.asking import HTML, read_form, read_language, read_words
from scenarios.services.pages import write_frame, write_paths
from scenarios.services.tiling import read_version

PREFIX = "/api"
_OPENAPI = "application/vnd.oai.openapi+json;version=3.1"


def build_api_routes(database: Database, *, language: str = "zh") -> Blueprint:
    """Build the read API: ``/api`` describes it, ``/api/districts/<code>/…`` answers.

    What is computed is kept while nothing of the district changes; answers are packed and
    revalidated as the data of the map is. Wrong requests get what was found and how to mend it.
    """
    blueprint = Blueprint("api", __name__)
    cache = PackedCache()

    def bind(entry: Entry) -> Any:
        def view(district: str) -> Response:
            return send_packed(_answer(database, cache, entry, district), "application/json")

        return view

    for entry in ENTRIES:
        rule = f"{PREFIX}/districts/<district>{entry.path}"
        blueprint.add_url_rule(rule, entry.path or "district", bind(entry))

    @blueprint.get(f"{PREFIX}/districts")
    def send_districts() -> Response:
        with database.begin(Role.PLANNER) as connection:
            return send_packed(_write(answer_districts(connection)), "application/json")

    @blueprint.get(PREFIX)
    def send_description() -> Response:
        document = describe_entries(request.root_url.rstrip("/") + request.path)
        if read_form() == HTML:
            page = _write_description(document, language)
            return send_packed(pack(page.encode()), "text/html")
        return send_packed(pack(json.dumps(document).encode()), _OPENAPI)

    @blueprint.get(f"{PREFIX}/<path:rest>")
    def refuse(rest: str) -> Response:
        raise UnknownAddressError(
            f"There is nothing at {PREFIX}/{rest[:80]}.", mend=f"See {PREFIX} for what there is."
        )

    blueprint.register_error_handler(OneMapError, tell_error)
    return blueprint


def _answer(database: Database, cache: PackedCache, entry: Entry, district: str) -> Packed:
    words = read_words()
    known = [parameter.name for parameter in entry.parameters]
    unknown = sorted(set(words) - set(known))
    if unknown:
        raise UsageError(
            f"'{unknown[0][:60]}' is no parameter of this address.",
            mend=f"Use some of {', '.join(known)}." if known else "Leave it out.",
        )
    with database.begin(Role.PLANNER) as connection:
        found = find_district_at(connection, district)
        key = (read_version(connection, found), entry.path, tuple(sorted(words.items())))
        kept = cache.find(key)
        if kept is not None:
            return kept
        stage = words.get("stage")
        year = check_choice(found, stage=stage, year=read_number(words, "year"))
        subject = Subject(found, find_plan(connection, found, words.get("plan")), year, stage)
        told = entry.answer(Request(connection, subject, words))
        return cache.keep(key, _write(told))


def _write(told: dict[str, Any]) -> Packed:
    return pack(write_json(told).encode())


def describe_entries(server: str) -> dict[str, Any]:
    """Return the OpenAPI document of the read API, made from the table of its entries."""
    return describe_api(
        "Education One Map",
        "The figures of the commands: children, seats, warnings, projects, forecasts, areas.",
        version=version("education-one-map"),
        server=server,
        operations=_list_operations(),
    )


def _list_operations() -> Iterator[Operation]:
    yield Operation("/districts", "Districts that are loaded.", tag="districts")
    for entry in ENTRIES:
        parameters = (DISTRICT, *entry.parameters)
        yield Operation(
            f"/districts/{{district}}{entry.path}", entry.about, parameters, tag="districts"
        )


def _write_description(document: dict[str, Any], language: str) -> str:
    _ = read_language(language)
    title = _("Read API")
    body = Markup("<h1>{}</h1><p>{}</p>{}").format(
        title, document["info"]["description"], write_paths(document["paths"], _("Addresses"))
    )
    trail = Markup('<a href="?f=json">OpenAPI</a>')
    other = "en" if _.code == "zh" else "zh"
    return write_frame(title, trail, body, _, f"?{urlencode({'f': HTML, 'lang': other})}")
