"""The documents around the features: found by links, complete, readable without a network."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from scenarios.services.collections import COLLECTIONS
from scenarios.services.ogc_addresses import ROUTES
from tests.services.conftest import Fetch

HOST = "http://localhost"
ANY = {
    "{collection}": "catchments",
    "{feature}": "A/primary",
    "{matrix_set}": "WebMercatorQuad",
}


def fill(path: str) -> str:
    for name, value in ANY.items():
        path = path.replace(name, value)
    return f"/ogc{path}"


def list_links(document: Any) -> list[dict[str, Any]]:
    """List the links anywhere in a document."""
    if isinstance(document, list):
        return [link for part in document for link in list_links(part)]
    if not isinstance(document, dict):
        return []
    own = [document] if "href" in document else []
    return own + [link for part in document.values() for link in list_links(part)]


@pytest.mark.parametrize("path", ["/ogc", "/ogc/collections", "/ogc/collections/catchments"])
def test_every_link_leads_somewhere_and_says_what_it_gives(client: FlaskClient, path: str):
    for link in list_links(client.get(path).get_json()):
        answer = client.get(link["href"].removeprefix(HOST))
        assert answer.status_code == 200, link
        assert answer.mimetype == link["type"].split(";")[0], link


def test_a_district_has_the_same_service_at_an_address_of_its_own(fetch: Fetch):
    children = fetch("/ogc/districts")["links"]
    assert [link["href"] for link in children if link["title"] == "小镇"] == [
        f"{HOST}/ogc/districts/town"
    ]
    own = fetch("/ogc/districts/town/collections/schools")
    shown = fetch("/ogc/collections/schools")
    assert own["extent"] == shown["extent"]
    assert own["links"][0]["href"].startswith(f"{HOST}/ogc/districts/town/collections/schools")


def test_a_collection_tells_where_and_when_its_features_are(fetch: Fetch):
    extent = fetch("/ogc/collections/catchments")["extent"]
    assert extent["spatial"]["bbox"] == [[120.6, 28.0, 120.64, 28.03]]
    assert extent["temporal"]["interval"] == [["2026-09-01T00:00:00Z", None]]


def find_references(part: Any) -> list[str]:
    if isinstance(part, list):
        return [found for one in part for found in find_references(one)]
    if not isinstance(part, dict):
        return []
    own = [part["$ref"]] if "$ref" in part else []
    return own + [found for one in part.values() for found in find_references(one)]


@pytest.mark.parametrize(("path", "version"), [("/ogc/api", "3.0.3"), ("/api", "3.1.0")])
def test_the_openapi_document_is_whole(fetch: Fetch, path: str, version: str):
    document = fetch(path)
    assert document["openapi"] == version
    operations = [methods["get"] for methods in document["paths"].values()]
    ids = [operation["operationId"] for operation in operations]
    assert len(ids) == len(set(ids))
    for reference in set(find_references(document)):
        part = document
        for word in reference.removeprefix("#/").split("/"):
            part = part[word]
    for address, operation in zip(document["paths"], operations, strict=True):
        places = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
        assert places == set(re.findall(r"{(\w+)}", address))
        assert all(one["schema"] for one in operation["parameters"])
        assert {"200", "400", "404"} <= set(operation["responses"])


def test_the_openapi_document_names_every_collection_and_its_properties(fetch: Fetch):
    document = fetch("/ogc/api")
    for entry in COLLECTIONS:
        words = document["paths"][f"/collections/{entry.code}/items"]["get"]["parameters"]
        fields = set(fetch(f"/ogc/collections/{entry.code}/queryables")["properties"])
        assert fields - {"geom"} <= {word["name"] for word in words}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_are_readable_in_both_languages_and_load_nothing_from_elsewhere(
    client: FlaskClient, language: str
):
    for route in ROUTES:
        page = client.get(fill(route.path), query_string={"f": "html", "lang": language})
        assert page.status_code == 200 and page.mimetype == "text/html"
        assert f'lang="{"zh-CN" if language == "zh" else "en-GB"}"' in page.text
        loaded = re.findall(r"<(?:script|link|img|iframe)|url\(|@import", page.text)
        assert loaded == []
        hosts = set(re.findall(r'href="(https?://[^/"]+)', page.text))
        assert hosts <= {HOST}
    title = {"zh": "施教区", "en": "Catchments"}[language]
    page = client.get(
        "/ogc/collections/catchments/items", query_string={"f": "html", "lang": language}
    )
    assert f"<h1>{title}</h1>" in page.text and "A/primary" in page.text


def test_a_browser_gets_a_page_and_a_program_gets_json(client: FlaskClient):
    browser = client.get("/ogc", headers={"Accept": "text/html,application/xml;q=0.9,*/*;q=0.8"})
    assert browser.mimetype == "text/html"
    assert client.get("/ogc", headers={"Accept": "*/*"}).mimetype == "application/json"


def test_what_has_not_changed_is_not_sent_again(client: FlaskClient):
    path = "/ogc/collections/catchments/items"
    first = client.get(path, headers={"Accept-Encoding": "gzip"})
    tag = first.headers["ETag"]
    again = client.get(path, headers={"Accept-Encoding": "gzip", "If-None-Match": tag})
    assert first.headers["Content-Encoding"] == "gzip" and again.status_code == 304


def test_words_of_a_request_cannot_become_part_of_a_page(client: FlaskClient):
    page = client.get("/ogc/collections/schools/items?f=html&code=<script>alert(1)</script>")
    assert page.status_code == 200 and "<script>" not in page.text
