"""The read API: the figures of the commands, and nothing about persons."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient

from scenarios.services.api_entries import ENTRIES
from tests.services.conftest import Fetch

TOWN = "/api/districts/town"


@pytest.mark.parametrize(
    ("path", "command"),
    [
        ("/catchments?stage=primary&year=2026", "count --stage primary --year 2026"),
        ("/plans?stage=primary&against=statutory", "count --stage primary --every-plan"),
        ("/warnings?horizon=10", "warn --horizon 10"),
        ("/projects", "projects list"),
        ("/forecast?stage=primary", "forecast --stage primary"),
        (
            "/area?subdistrict=西街道&stage=primary&year=2027",
            "warn --subdistrict 西街道 --stage primary --year 2027",
        ),
    ],
)
def test_the_api_tells_what_the_command_tells(fetch: Fetch, onemap, town, path, command):
    told, expected = fetch(TOWN + path), onemap(*command.split(), "--json").told
    if path.startswith("/plans"):  # the API names its plans, too
        for plan in told["plans"]:
            assert plan.pop("name_zh") and plan.pop("method")
            plan.pop("name_en")
    assert told == expected


def test_districts_and_their_years_and_stages_are_told(fetch: Fetch):
    assert "town" in [one["code"] for one in fetch("/api/districts")["districts"]]
    district = fetch(TOWN)
    assert district["default_plan"] == "statutory" and district["shown_year"] == 2026
    assert "primary" in [stage["code"] for stage in district["stages"]]


def test_schools_come_with_seats_pupils_and_counts(fetch: Fetch):
    told = fetch(f"{TOWN}/schools?stage=primary&year=2026")
    schools = {school["code"]: school for school in told["schools"]}
    assert schools["A"]["pupils"] == 100 and schools["A"]["seats"] == 18
    counts = {count["school_code"]: count for count in told["counts"]}
    assert counts["A"]["counted_children"] == 3 and counts["A"]["warning"] == "red"


def test_a_drawn_area_is_answered_as_a_file_is(fetch: Fetch):
    corners = "120.6,28.0 120.62,28.0 120.62,28.03 120.6,28.03"
    drawn = fetch(f"{TOWN}/area", polygon=corners, stage="primary")
    named = fetch(f"{TOWN}/area", subdistrict="330304001", stage="primary")
    assert drawn["years"] == named["years"] and drawn["schools"] == named["schools"]


def test_raised_warnings_are_told_without_the_names_of_officers(fetch: Fetch):
    told = fetch(f"{TOWN}/warnings/raised?stage=primary")["warnings"]
    assert [(one["school_code"], one["year"]) for one in told] == [("A", 2026), ("A", 2027)]
    assert not {"acknowledged_by", "measure"} & set(told[0])


def test_the_description_names_every_entry_and_its_parameters(fetch: Fetch, client: FlaskClient):
    paths = fetch("/api")["paths"]
    for entry in ENTRIES:
        words = paths[f"/districts/{{district}}{entry.path}"]["get"]["parameters"]
        assert [one.name for one in entry.parameters] == [one["name"] for one in words[1:]]
    page = client.get("/api?f=html&lang=en").text
    assert "/districts/{district}/area" in page and "<script" not in page


def test_answers_travel_packed_and_are_not_sent_again(client: FlaskClient):
    first = client.get(f"{TOWN}/catchments", headers={"Accept-Encoding": "gzip"})
    assert first.headers["Content-Encoding"] == "gzip"
    tag = {"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]}
    assert client.get(f"{TOWN}/catchments", headers=tag).status_code == 304


@pytest.mark.parametrize(
    ("path", "status", "found"),
    [
        ("/api/nothing", 404, "nothing at /api/nothing"),
        ("/api/districts/nowhere/plans", 404, "'nowhere' is not loaded"),
        (f"{TOWN}/plans?plan=none", 400, "no plan 'none'"),
        (f"{TOWN}/catchments?stage=nursery", 400, "no stage 'nursery'"),
        (f"{TOWN}/catchments?year=1999", 400, "Year 1999 is not counted"),
        (f"{TOWN}/catchments?year=soon", 400, "year='soon'"),
        (f"{TOWN}/catchments?horizon=3", 400, "'horizon' is no parameter"),
        (f"{TOWN}/warnings?horizon=99", 400, "horizon of 99"),
        (f"{TOWN}/forecast?scenario=none", 400, "no scenario 'none'"),
        (f"{TOWN}/area", 400, "No area is asked for"),
        (f"{TOWN}/area?circle=1,2", 400, "circle"),
        (f"{TOWN}/area?polygon=1,2 3", 400, "'3' is no corner"),
        (f"{TOWN}/area?polygon=1,2 3,4", 400, "has 2 corners"),
        (f"{TOWN}/area?subdistrict=nowhere", 400, "no subdistrict 'nowhere'"),
    ],
)
def test_wrong_requests_are_told_what_was_found_and_how_to_mend_it(
    client: FlaskClient, path: str, status: int, found: str
):
    answer = client.get(path)
    assert answer.status_code == status, answer.text
    told = json.loads(answer.text)
    assert found in told["found"] and told["mend"]
