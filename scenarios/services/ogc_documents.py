"""OGC API, the documents around the features: landing page, conformance, collections, fields."""

from __future__ import annotations

from typing import Any

from gis.services.features import Question, measure_extent
from gis.services.systems import CRS84
from scenarios.services.asking import Answer, Service, find_collection
from scenarios.services.collections import COLLECTIONS, Entry

GEOJSON, SCHEMA = "application/geo+json", "application/schema+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
_REL = "http://www.opengis.net/def/rel/ogc/1.0"
_SPEC = "http://www.opengis.net/spec"
CONFORMS_TO = tuple(
    f"{_SPEC}/{part}"
    for part in (
        "ogcapi-common-1/1.0/conf/core",
        "ogcapi-common-2/1.0/conf/collections",
        "ogcapi-features-1/1.0/conf/core",
        "ogcapi-features-1/1.0/conf/oas30",
        "ogcapi-features-1/1.0/conf/html",
        "ogcapi-features-1/1.0/conf/geojson",
        "ogcapi-features-2/1.0/conf/crs",
        "ogcapi-features-3/1.0/conf/queryables",
        "ogcapi-features-3/1.0/conf/queryables-query-parameters",
        "ogcapi-features-3/1.0/conf/filter",
        "ogcapi-features-3/1.0/conf/features-filter",
        "cql2/1.0/conf/cql2-text",
        "cql2/1.0/conf/cql2-json",
        "cql2/1.0/conf/basic-cql2",
        "cql2/1.0/conf/advanced-comparison-operators",
        "cql2/1.0/conf/case-insensitive-comparison",
        "cql2/1.0/conf/basic-spatial-functions",
        "cql2/1.0/conf/spatial-functions",
        "ogcapi-tiles-1/1.0/conf/core",
        "ogcapi-tiles-1/1.0/conf/tileset",
        "ogcapi-tiles-1/1.0/conf/tilesets-list",
        "ogcapi-tiles-1/1.0/conf/geodata-tilesets",
        "ogcapi-tiles-1/1.0/conf/mvt",
    )
)
_SCHEMAS = {
    "date": {"type": "string", "format": "date"},
    "timestamp": {"type": "string", "format": "date-time"},
}


def build_landing(service: Service) -> Answer:
    """Return the landing page: what the service is, and the way to everything else."""
    _, profile = service.language, service.district.profile
    marked = _("Synthetic data") if profile.synthetic else ""
    about = [
        _("Layers of the district for city GIS and other programs."),
        _("Plan: {plan}.", plan=_.name(service.plan)),
        _("Data of {date}.", date=_.date(profile.data_date)),
        _("Source: {source}. Licence: {licence}.", source=profile.source, licence=profile.licence),
        marked,
    ]
    title = f"{_.name(profile)} · {_('Education One Map')}"
    document = {
        "title": title,
        "description": " ".join(sentence for sentence in about if sentence),
        "links": [
            *service.link_forms(""),
            service.link("/api", "service-desc", _("Parameters (OpenAPI)"), OPENAPI, f="json"),
            service.link("/api", "service-doc", _("Parameters (page)"), "text/html", f="html"),
            service.link("/conformance", "conformance", _("Standards kept")),
            service.link("/collections", "data", _("Collections")),
            service.link("/tileMatrixSets", f"{_REL}/tiling-schemes", _("Tile matrix sets")),
        ],
    }
    return Answer(document, title=title)


def build_conformance(service: Service) -> Answer:
    """Return which parts of which standards the service keeps."""
    document = {"conformsTo": list(CONFORMS_TO), "links": service.link_forms("/conformance")}
    return Answer(document, title=service.language("Standards kept"))


def build_collections(service: Service) -> Answer:
    """Return all collections."""
    document = {
        "links": service.link_forms("/collections"),
        "crs": [system.uri for system in service.systems],
        "collections": [_describe(service, entry) for entry in COLLECTIONS],
    }
    return Answer(document, title=service.language("Collections"))


def build_collection(service: Service, collection: str) -> Answer:
    """Return what one collection is, where, when, in which systems."""
    entry = find_collection(collection)
    document = _describe(service, entry)
    document["links"] += service.link_forms(f"/collections/{entry.code}")
    return Answer(document, title=document["title"], trail=trace(service))


def trace(service: Service, entry: Entry | None = None) -> tuple[tuple[str, str], ...]:
    """Return the pages above a page of a collection."""
    _ = service.language
    above = [(_("Collections"), "/collections")]
    if entry is not None:
        above.append((_(entry.title), f"/collections/{entry.code}"))
    return tuple(above)


def _describe(service: Service, entry: Entry) -> dict[str, Any]:
    _, path = service.language, f"/collections/{entry.code}"
    extent = measure_extent(service.connection, service.open_question(entry))
    told: dict[str, Any] = {}
    if extent.bounds is not None:
        box = [round(degree, 7) for degree in extent.bounds]
        told["spatial"] = {"bbox": [box], "crs": CRS84.uri}
    if extent.first is not None or extent.last is not None:
        days = [None if day is None else f"{day}T00:00:00Z" for day in (extent.first, extent.last)]
        told["temporal"] = {"interval": [days]}
    return {
        "id": entry.code,
        "title": _(entry.title),
        "description": _(entry.description),
        "extent": told,
        "itemType": "feature",
        "crs": [system.uri for system in service.systems],
        "storageCrs": service.systems[2].uri,
        "minZoom": entry.zooms.start,
        "maxZoom": entry.zooms.stop - 1,
        "links": [
            service.link(f"{path}/items", "items", "GeoJSON", GEOJSON, f="json"),
            service.link(f"{path}/items", "items", _("Table"), "text/html", f="html"),
            service.link(f"{path}/queryables", f"{_REL}/queryables", _("Properties"), SCHEMA),
            service.link(f"{path}/tiles", f"{_REL}/tilesets-vector", _("Vector tiles")),
        ],
    }


def build_queryables(service: Service, collection: str) -> Answer:
    """Return the properties that a collection can be filtered by, as JSON Schema."""
    entry = find_collection(collection)
    path = f"/collections/{entry.code}/queryables"
    document = {
        "$schema": "https://json-schema.org/draft/2019-09/schema",
        "$id": f"{service.base}{path}",
        "type": "object",
        "title": service.language(entry.title),
        "properties": {
            **describe_fields(service.open_question(entry)),
            "geom": {"title": "geom", "format": "geometry-any", "x-ogc-role": "primary-geometry"},
        },
        "additionalProperties": False,
    }
    title = service.language("Properties")
    return Answer(document, title=title, trail=trace(service, entry))


def describe_fields(question: Question) -> dict[str, dict[str, str]]:
    """Return the fields of a question as properties of JSON Schema."""
    return {
        name: {"title": name, **_SCHEMAS.get(kind, {"type": kind})}
        for name, kind in question.fields.items()
    }
