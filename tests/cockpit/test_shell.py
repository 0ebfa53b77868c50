"""The shell without a browser: states, cameras, search, and how its answers travel."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from gis.database import Database
from gis.errors import UsageError
from gis.settings import Settings
from scenarios.cockpit.catalogue import SCENARIOS
from scenarios.cockpit.layout import PARTS
from scenarios.cockpit.redraw import (
    build_answer,
    build_chrome,
    build_scene,
    find_place,
    list_searchable,
)
from scenarios.cockpit.search import fit_camera
from scenarios.cockpit.server import build_app
from scenarios.cockpit.state import State, parse_state
from scenarios.district import District
from scenarios.elements import patch
from tests.cockpit.asking import ask

START = {"district": "town", "language": "zh", "theme": "light"}


def make_state(**changes: Any) -> State:
    return parse_state({**START, **changes})


@pytest.fixture(scope="module")
def client(database: Database, town: District) -> Iterator[FlaskClient]:
    app = build_app(database, Settings(district="town"))
    yield app.server.test_client()


def test_an_empty_state_opens_the_first_scenario_with_the_choices_of_the_district(
    database: Database, town: District
) -> None:
    chrome = build_chrome(database, make_state())
    assert chrome["plan.value"] == "statutory"
    assert make_state().scenario is SCENARIOS[0]
    pressed = json.dumps([chrome["stages.children"], chrome["years.children"]], default=_dump)
    assert pressed.count('"aria-pressed": "true"') == 2


def _dump(component: Any) -> Any:
    return component.to_plotly_json()


def test_numbers_of_an_address_are_read_from_text() -> None:
    state = make_state(year="2027", selection={"kind": "school", "id": "12"})
    assert (state.year, state.selection) == (2027, ("school", 12))


@pytest.mark.parametrize(
    "wrong",
    [
        {"theme": "neon"},
        {"language": "fr"},
        {"scenario": "lottery"},
        {"year": "soon"},
        {"selection": {"kind": "child", "id": 1}},
        {"selection": {"kind": "school"}},
    ],
)
def test_an_address_with_unknown_words_is_refused_with_what_would_be_right(wrong: dict) -> None:
    with pytest.raises(UsageError) as refused:
        make_state(**wrong)
    assert refused.value.mend


@pytest.mark.parametrize(
    "wrong", [{"plan": "x"}, {"stage": "x"}, {"year": 1999}, {"district": "x"}]
)
def test_a_view_of_what_does_not_exist_is_refused(
    database: Database, town: District, wrong: dict
) -> None:
    with pytest.raises(UsageError):
        build_chrome(database, make_state(**wrong))


@pytest.mark.parametrize("scenario", [scenario.code for scenario in SCENARIOS])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_scenario_answers_something_in_both_languages(
    database: Database, town: District, scenario: str, language: str
) -> None:
    answer = build_answer(database, make_state(scenario=scenario, language=language))
    text = json.dumps(answer, default=_dump, ensure_ascii=False)
    assert "panel-title" in text
    assert "panel-source" in text
    assert ("模拟数据" if language == "zh" else "Synthetic data") in text


def test_a_layer_that_is_switched_off_is_neither_drawn_nor_in_the_legend(
    database: Database, town: District
) -> None:
    def draw(layers: list[str] | None) -> tuple[set[str], str]:
        deck, panel = build_scene(database, make_state(layers=layers), prefix="")
        groups = {layer["id"].split("/")[0] for layer in deck["layers"]}
        return groups, json.dumps(panel, default=_dump)

    all_groups, _legend = draw(None)
    groups, legend = draw([])
    assert "schools" in all_groups - groups
    assert '"aria-checked": "true"' not in legend
    assert '"legend"' not in legend


def test_the_camera_keeps_its_place_while_the_district_stays(
    database: Database, town: District
) -> None:
    ids = {
        build_scene(database, make_state(year=year, theme=theme), prefix="")[0]["viewId"]
        for year, theme in ((2026, "light"), (2027, "dark"))
    }
    assert ids == {"town"}


def test_searching_offers_schools_and_subdistricts_in_the_language_of_the_view(
    database: Database, town: District
) -> None:
    groups = {g["group"]: g["items"] for g in list_searchable(database, make_state(language="en"))}
    assert "School A" in [item["label"] for item in groups["Schools"]]
    # A place without an English name is offered under its Chinese one.
    assert "西街道" in [item["label"] for item in groups["Subdistricts"]]


def test_the_camera_goes_to_a_school_and_fits_an_area(database: Database, town: District) -> None:
    groups = {g["group"]: g["items"] for g in list_searchable(database, make_state())}
    school = next(item for item in groups["学校"] if item["label"] == "A学校")
    kind, id, _subdistrict = school["value"].split(":")
    camera = find_place(database, make_state(), {"kind": kind, "id": int(id)})
    assert (camera["longitude"], camera["latitude"]) == pytest.approx((120.605, 28.025))
    kind, id, _subdistrict = groups["街道（镇）"][0]["value"].split(":")
    area = find_place(database, make_state(), {"kind": kind, "id": int(id)})
    assert area["zoom"] < camera["zoom"]


def test_an_area_twice_as_wide_is_shown_one_zoom_level_further_away() -> None:
    near, far = fit_camera(120.60, 28, 120.62, 28.001), fit_camera(120.60, 28, 120.64, 28.001)
    assert near["zoom"] - far["zoom"] == pytest.approx(1)


def test_the_camera_does_not_fly_to_what_is_not_there(database: Database, town: District) -> None:
    with pytest.raises(UsageError, match="no school 0"):
        find_place(database, make_state(), {"kind": "school", "id": 0})


def test_a_click_carries_its_change_as_json() -> None:
    assert json.loads(patch(scenario="x", selection=None)["data-patch"]) == {
        "scenario": "x",
        "selection": None,
    }


# ---- how answers travel


@pytest.mark.parametrize("part", PARTS)
def test_every_part_of_the_page_is_answered_over_the_wire(client: FlaskClient, part: str) -> None:
    assert ask(client, part, START).status_code == 200


def test_an_error_becomes_a_notice_with_the_way_out_and_the_page_stays(client: FlaskClient) -> None:
    response = ask(client, "panel", {**START, "plan": "nowhere"})
    raw = response.data
    text = (gzip.decompress(raw) if response.content_encoding == "gzip" else raw).decode()
    told = json.loads(text)
    notice = json.dumps(told["sideUpdate"], ensure_ascii=False)
    assert "请求有误" in notice
    assert "statutory" in notice  # the plans there are
    assert "打开初始视图" in notice
    assert "panel" not in told.get("response", {})


def test_scripts_and_answers_travel_packed_and_scripts_are_kept_by_the_browser(
    client: FlaskClient,
) -> None:
    page = client.get("/").get_data(as_text=True)
    script = next(part for part in page.split('"') if "shell" in part and ".js" in part)
    with client.get(script, headers={"Accept-Encoding": "gzip"}) as packed:
        assert packed.content_encoding == "gzip"
        assert "max-age=31536000" in packed.headers["Cache-Control"]
        assert b"data-patch" in gzip.decompress(packed.data)
    with client.get(script) as plain:
        assert plain.content_encoding is None
    assert ask(client, "chrome", START).content_encoding == "gzip"


def test_the_page_forbids_itself_to_ask_any_other_machine(client: FlaskClient) -> None:
    page = client.get("/")
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert "http://" not in page.get_data(as_text=True)
    assert "https://" not in page.get_data(as_text=True)
