"""OGC API Features: pages of a collection, and one feature of it."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from sqlalchemy import ColumnElement

from gis.errors import UsageError
from gis.services.cql2 import read_filter
from gis.services.features import (
    PageAsked,
    Question,
    count_features,
    match_box,
    match_days,
    match_property,
    read_page,
)
from gis.services.systems import System, find_system, read_box
from scenarios.cockpit.data_routes import UnknownAddressError
from scenarios.services.asking import Answer, Service, find_collection
from scenarios.services.ogc_documents import GEOJSON, trace

DEFAULT_LIMIT, MOST_FEATURES = 100, 10_000
LAST_OFFSET = 2**53
ITEM_WORDS = (
    "limit",
    "offset",
    "bbox",
    "bbox-crs",
    "datetime",
    "crs",
    "filter",
    "filter-lang",
    "filter-crs",
    "properties",
    "sortby",
    "skipGeometry",
)


def build_items(service: Service, collection: str) -> Answer:
    """Return one page of the features that match all that is asked.

    Raises
    ------
    UnknownAddressError
        When there is no such collection.
    UsageError
        When a word of the address is unknown or wrong.
    """
    entry = find_collection(collection)
    question = service.open_question(entry)
    service.check_words((*ITEM_WORDS, *question.fields))
    asked = _read_asked(service, question)
    matched = count_features(question, service.connection, asked)
    rows = read_page(question, service.connection, asked)
    path = f"/collections/{entry.code}/items"
    document = {
        "type": "FeatureCollection",
        "numberMatched": matched,
        "numberReturned": len(rows),
        "features": [_build_feature(row) for row in rows],
        "links": [
            *service.link_forms(path, GEOJSON),
            *_link_pages(service, path, asked, matched),
            service.link(f"/collections/{entry.code}", "collection", service.language(entry.title)),
        ],
    }
    headers = {"Content-Crs": f"<{asked.system.uri}>"}
    title = service.language(entry.title)
    return Answer(document, headers, title, trace(service, entry))


def build_item(service: Service, collection: str, feature: str) -> Answer:
    """Return one feature by its code.

    Raises
    ------
    UnknownAddressError
        When there is no such collection, or no such feature in it.
    """
    entry = find_collection(collection)
    service.check_words(("crs",))
    question = service.open_question(entry)
    system = find_system(service.words.get("crs"), service.systems, parameter="crs")
    condition = match_property(question, "code", feature)
    rows = read_page(question, service.connection, PageAsked(system, [condition], limit=1))
    if not rows:
        raise UnknownAddressError(
            f"Collection {entry.code} has no feature '{feature[:80]}'.",
            mend=f"Look for its code in {service.base}/collections/{entry.code}/items.",
        )
    path = f"/collections/{entry.code}/items/{feature}"
    document = _build_feature(rows[0])
    document["links"] = [
        *service.link_forms(path, GEOJSON),
        service.link(f"/collections/{entry.code}", "collection", service.language(entry.title)),
    ]
    headers = {"Content-Crs": f"<{system.uri}>"}
    return Answer(document, headers, feature, trace(service, entry))


def _build_feature(row: dict[str, Any]) -> dict[str, Any]:
    code, geometry = row.pop("id"), row.pop("geometry")
    return {
        "type": "Feature",
        "id": code,
        "geometry": None if geometry is None else json.loads(geometry),
        "properties": {name: _write_value(value) for name, value in row.items()},
    }


def _write_value(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def _read_asked(service: Service, question: Question) -> PageAsked:
    words = service.words
    listed = words.get("properties")
    return PageAsked(
        system=find_system(words.get("crs"), service.systems, parameter="crs"),
        conditions=_read_conditions(service, question),
        limit=min(_read_number(words, "limit", DEFAULT_LIMIT, least=1), MOST_FEATURES),
        offset=_read_number(words, "offset", 0, least=0),
        properties=None if listed is None else [one for one in listed.split(",") if one],
        with_geometry=not _read_flag(words, "skipGeometry"),
        order=_read_order(words.get("sortby", "")),
    )


def _read_conditions(service: Service, question: Question) -> list[ColumnElement[bool]]:
    words = service.words
    conditions = [
        match_property(question, name, value)
        for name, value in words.items()
        if name in question.fields
    ]
    box_system = _find_own_system(service, "bbox-crs", "bbox")
    if "bbox" in words:
        conditions.append(match_box(question, read_box(words["bbox"], box_system)))
    if "datetime" in words:
        holds = match_days(question, words["datetime"])
        conditions += [] if holds is None else [holds]
    filter_system = _find_own_system(service, "filter-crs", "filter")
    if "filter" in words:
        language = words.get("filter-lang", "cql2-text")
        conditions.append(
            read_filter(question, words["filter"], language=language, system=filter_system)
        )
    elif "filter-lang" in words:
        raise UsageError("filter-lang stands without a filter.", mend="Add filter, or leave it.")
    return conditions


def _find_own_system(service: Service, parameter: str, of: str) -> System:
    named = service.words.get(parameter)
    if named is not None and of not in service.words:
        raise UsageError(f"{parameter} stands without {of}.", mend=f"Add {of}, or leave it out.")
    return find_system(named, service.systems, parameter=parameter)


def _read_number(words: dict[str, str], name: str, default: int, *, least: int) -> int:
    word = words.get(name, str(default))
    number = int(word) if word.isascii() and word.isdecimal() and len(word) < 17 else -1
    if not least <= number < LAST_OFFSET:
        raise UsageError(
            f"{name}={word[:40]!r} is no number from {least} on.", mend="Write a whole number."
        )
    return number


def _read_flag(words: dict[str, str], name: str) -> bool:
    word = words.get(name, "false").lower()
    if word not in ("true", "false"):
        raise UsageError(f"{name}={word[:40]!r} is neither true nor false.", mend="Use true.")
    return word == "true"


def _read_order(text: str) -> list[tuple[str, bool]]:
    names = [one.strip() for one in text.split(",") if one.strip()]
    return [(name.lstrip("+-"), name.startswith("-")) for name in names]


def _link_pages(
    service: Service, path: str, asked: PageAsked, matched: int
) -> list[dict[str, str]]:
    kept = {word: value for word, value in service.words.items() if word != "offset"}
    _, after = service.language, asked.offset + asked.limit
    links = []
    if after < matched:
        links.append(service.link(path, "next", _("Next page"), GEOJSON, **kept, offset=str(after)))
    if asked.offset > 0:
        before = str(max(0, asked.offset - asked.limit))
        links.append(service.link(path, "prev", _("Page before"), GEOJSON, **kept, offset=before))
    return links
