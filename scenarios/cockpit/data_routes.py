"""The data of the map by address: GeoJSON sheets and pictures, packed and revalidated."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from flask import Blueprint, Response, jsonify, request
from sqlalchemy import Connection

from gis.access import Role
from gis.database import Database
from gis.errors import OneMapError, UsageError, get_answer
from gis.services.packing import Packed, PackedCache, pack
from layers.catalogue import find_picture, find_sheet, read_bounds, read_versions
from layers.language import load_language
from layers.scene import Scene, Sheet, Theme
from scenarios.district import District, check_choice, find_district, find_plan

TYPES = {"geojson": "application/geo+json", "json": "application/json"}
PNG = "image/png"
THEMES: dict[str, Theme] = {"light": "light", "dark": "dark"}


class UnknownAddressError(UsageError):
    """The path names a district, sheet, tile set or collection that does not exist."""

    answer = replace(UsageError.answer, http_status=404)


def build_data_routes(database: Database) -> Blueprint:
    """Build the routes of the map's data.

    - ``/map/<district>/<sheet>.geojson?plan=&stage=&year=&language=``; what is left out is the
      district's default. Further words belong to the sheet, see :class:`layers.scene.Sheet`.
      ``.json`` is the bare array of its features.
    - ``/map/<district>/<picture>.png``, likewise and with ``theme``.

    Answers are gzip with an ETag of their content; a browser asks again each time and is told
    304 while nothing has changed. Wrong requests get JSON with what was found and how to mend
    it: 404 for a wrong path, 400 for wrong words.
    """
    blueprint = Blueprint("map_data", __name__)
    cache = PackedCache()

    @blueprint.get("/map/<district>/<name>.<any(geojson, json):ending>")
    def send_sheet(district: str, name: str, ending: str) -> Response:
        sheet = _find_sheet(name)
        with database.begin(Role.OFFICER if sheet.is_personal else Role.PLANNER) as connection:
            asked = Asked(district, name, sheet, is_array=ending == "json")
            return send_packed(_find_content(connection, cache, asked), TYPES[ending])

    @blueprint.get("/map/<district>/<name>.png")
    def send_picture(district: str, name: str) -> Response:
        with database.begin(Role.PLANNER) as connection:
            return send_packed(_find_picture(connection, cache, district, name), PNG)

    blueprint.register_error_handler(OneMapError, tell_error)
    return blueprint


@dataclass(frozen=True)
class Asked:
    """A sheet of a district; an array has its features alone."""

    district: str
    name: str
    sheet: Sheet
    is_array: bool


def _find_sheet(name: str) -> Sheet:
    try:
        return find_sheet(name)
    except UsageError as error:
        raise UnknownAddressError(error.found, mend=error.mend) from error


def _find_content(connection: Connection, cache: PackedCache, asked: Asked) -> Packed:
    found, sheet = find_district_at(connection, asked.district), asked.sheet
    words = _read_words((*sheet.parts, *sheet.extra))
    versions = read_versions(connection, found.id)
    key = (found.id, versions[1], asked.name, asked.is_array, tuple(sorted(words.items())))
    return cache.find(key) or cache.keep(
        key, _read_sheet(connection, asked, _open_scene(connection, found, words, versions), words)
    )


def _find_picture(connection: Connection, cache: PackedCache, district: str, name: str) -> Packed:
    found = find_district_at(connection, district)
    try:
        picture = find_picture(name)
    except UsageError as error:
        raise UnknownAddressError(error.found, mend=error.mend) from error
    words = _read_words(picture.parts)
    versions = read_versions(connection, found.id)
    key = (found.id, versions[1], f"{name}.png", tuple(sorted(words.items())))
    known = cache.find(key)
    if known is not None:
        return known
    scene = _open_scene(connection, found, words, versions)
    return cache.keep(key, pack(picture.draw(connection, scene)))


def _read_words(names: tuple[str, ...]) -> dict[str, str]:
    return {word: request.args[word] for word in names if word in request.args}


def _read_sheet(
    connection: Connection, asked: Asked, scene: Scene, words: dict[str, str]
) -> Packed:
    features = asked.sheet.read(connection, scene, words)
    if asked.is_array:
        features = features["features"]
    text = json.dumps(features, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return pack(text.encode())


def _open_scene(
    connection: Connection, district: District, words: dict[str, str], versions: tuple[str, str]
) -> Scene:
    profile = district.profile
    plan = find_plan(connection, district, words.get("plan"))
    against = find_plan(connection, district, words["against"]) if "against" in words else None
    stage = words.get("stage", profile.list_catchment_stages()[0].code)
    return Scene(
        district_id=district.id,
        profile=profile,
        plan_id=plan.id,
        plan_code=plan.code,
        stage=stage,
        year=check_choice(district, stage=stage, year=_read_year(words)),
        language=load_language(words.get("language", "zh")),
        theme=_read_theme(words),
        ground_version=versions[0],
        version=versions[1],
        against=against.code if against else None,
        against_id=against.id if against else None,
        bounds=read_bounds(connection, district.id),
    )


def _read_theme(words: dict[str, str]) -> Theme:
    theme = words.get("theme", "light")
    if theme not in THEMES:
        raise UsageError(f"There is no theme '{theme}'.", mend=f"Use one of {', '.join(THEMES)}.")
    return THEMES[theme]


def _read_year(words: dict[str, str]) -> int | None:
    year = words.get("year")
    if year is not None and not year.isdecimal():
        raise UsageError(f"'{year}' is no year.", mend="Write a year such as 2026.")
    return None if year is None else int(year)


def find_district_at(connection: Connection, code: str) -> District:
    """Return the district that an address names.

    Raises
    ------
    UnknownAddressError
        When no such district is loaded.
    """
    try:
        return find_district(connection, code)
    except UsageError as error:
        raise UnknownAddressError(error.found, mend=error.mend) from error


def send_packed(packed: Packed, mimetype: str) -> Response:
    """Send an answer with an ETag of its content, as gzip to those who take it."""
    takes_gzip = request.accept_encodings["gzip"] > 0
    response = Response(packed.body if takes_gzip else packed.unpack(), mimetype=mimetype)
    if takes_gzip:
        response.content_encoding = "gzip"
    response.vary.add("Accept-Encoding")
    response.set_etag(f"{packed.digest}-gzip" if takes_gzip else packed.digest)
    response.cache_control.no_cache = True
    response.cache_control.private = True
    response.make_conditional(request)
    return response


def tell_error(error: OneMapError) -> tuple[Response, int]:
    """Answer a request that failed: what was found and how to mend it."""
    answer = get_answer(error)
    told = jsonify(error=answer.notice, found=error.found, mend=error.mend)
    told.cache_control.no_store = True
    return told, answer.http_status
