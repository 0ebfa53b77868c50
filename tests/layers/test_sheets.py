"""What the map of the little town shows, sheet by sheet; numbers are those of tests.town."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import shapely
from shapely.geometry import shape
from sqlalchemy import Connection

from gis.errors import UsageError
from layers.catalogue import LAYERS, build_layers, find_sheet, list_available, read_versions
from layers.deck import View, build_deck
from layers.scene import Scene
from scenarios.district import District
from tests.town import draw_cell, find_centre

Read = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def read(planner: Connection, build_scene: Callable[..., Scene]) -> Read:
    """Return a function that reads the features of a sheet."""

    def read_sheet(name: str, *, request: dict[str, str] | None = None, **scene: Any) -> list:
        collection = find_sheet(name).read(planner, build_scene(**scene), request or {})
        return json.loads(json.dumps(collection, allow_nan=False))["features"]

    return read_sheet


def find_card(features: list[dict], title: str) -> dict[str, str]:
    cards = [feature["properties"]["card"] for feature in features]
    (card,) = [card for card in cards if card[0] == ["", title]]
    return dict(card[1:])


def test_a_catchment_tells_its_warning_children_and_seats(read: Read) -> None:
    catchments = read("catchments")
    assert [feature["properties"]["kind"] for feature in catchments] == ["catchment"] * 2
    # A: 3 registered children on 3 seats, which is red from 100 %; B: 2 on 4
    assert find_card(catchments, "School A") == {
        "Warning": "▲ Red warning",
        "Children counted": "3",
        "Seats": "3",
        "Children per 100 seats": "100.0",
        "Seats free": "0",
    }
    assert find_card(catchments, "School B")["Seats free"] == "2"


def test_a_catchment_covers_its_units(read: Read) -> None:
    areas = [shape(feature["geometry"]) for feature in read("catchments")]
    assert shapely.contains(areas[0], find_centre("00")) and not areas[0].contains(
        find_centre("03")
    )
    cell = draw_cell("00").area
    assert areas[0].area == pytest.approx(5 * cell, rel=1e-3)


def test_only_catchments_with_a_warning_carry_a_mark_and_it_stands_at_the_school(
    read: Read,
) -> None:
    (mark,) = read("catchment_marks")
    assert mark["properties"]["warning"] == "red"
    assert mark["properties"]["name"] == "▲ 100%", "full, but nobody is short of a seat"
    assert shape(mark["geometry"]).distance(find_centre("00")) < 1e-6


def test_seats_that_are_not_stated_are_marked_as_unknown(read: Read) -> None:
    warnings = {f["properties"]["warning"] for f in read("catchments", year=2027)}
    assert "unknown" in warnings
    assert "?" in [f["properties"]["name"] for f in read("catchment_marks", year=2027)]


def test_columns_stand_in_pairs_and_are_as_high_as_children_and_seats_are_many(
    read: Read,
) -> None:
    columns = read("columns", request={"zoom": "12"})
    heights = {
        (f["properties"]["id"], "seats" if f["properties"]["column"] == "seats" else "children"): f[
            "properties"
        ]["height_m"]
        for f in columns
    }
    (a, b) = sorted({school for school, _ in heights})
    assert heights[a, "seats"] == heights[a, "children"], "3 children on 3 seats"
    assert heights[b, "seats"] == pytest.approx(2 * heights[b, "children"], rel=0.01), "2 on 4"
    assert heights[b, "seats"] == pytest.approx(heights[a, "seats"] * 4 / 3, rel=0.01)


def test_columns_look_alike_at_every_zoom(read: Read) -> None:
    near, far = (read("columns", request={"zoom": zoom})[0] for zoom in ("13", "12"))
    assert far["properties"]["height_m"] == pytest.approx(
        2 * near["properties"]["height_m"], rel=0.01
    )
    width = [shape(f["geometry"]).bounds[2] - shape(f["geometry"]).bounds[0] for f in (far, near)]
    assert width[0] == pytest.approx(2 * width[1], rel=0.05)


@pytest.mark.parametrize("sheet", ["columns", "school_names"])
def test_a_zoom_that_is_not_drawn_is_refused(read: Read, sheet: str) -> None:
    with pytest.raises(UsageError, match="Use one of"):
        read(sheet, request={"zoom": "3"})


def test_schools_that_closed_are_not_on_the_map(read: Read) -> None:
    schools = read("schools", language="zh")
    names = {feature["properties"]["card"][0][1] for feature in schools}
    assert names == {"A学校", "B学校", "P学校"}, "X closed in 2025"
    assert find_card(schools, "B学校") == {
        "类型": "九年一贯制学校",
        "办学性质": "公办",
        "在校生": "210",
    }
    assert find_card(schools, "P学校") == {"类型": "小学", "办学性质": "民办"}, "no enrolment known"


def test_every_school_is_named_at_some_zoom_and_only_once(read: Read) -> None:
    names = [
        feature["properties"]["name"]
        for zoom in ("13", "14", "15", "16")
        for feature in read("school_names", request={"zoom": zoom})
    ]
    assert sorted(names) == ["School A", "School B", "School P"]


def test_schools_that_do_not_teach_the_stage_are_named_later(read: Read) -> None:
    first = read("school_names", stage="junior", request={"zoom": "13"})
    assert [feature["properties"]["name"] for feature in first] == ["School B"]


def test_a_project_building_stands_as_high_as_it_was_built(read: Read) -> None:
    buildings = {f["properties"]["card"][0][1]: f["properties"] for f in read("project_buildings")}
    # n1: its frame is done, so all 20 m stand; n2 has not begun.
    assert buildings["1号楼"]["built_height_m"] == 20
    assert buildings["1号楼"]["stage"] == "topped_out"
    assert buildings["2号楼"]["built_height_m"] == 0
    assert buildings["2号楼"]["stage"] == "not_begun"
    assert buildings["2号楼"]["height_m"] == 8


def test_a_project_building_brings_its_course_from_ground_breaking_to_completion(
    read: Read,
) -> None:
    buildings = {f["properties"]["card"][0][1]: f["properties"] for f in read("project_buildings")}
    course = buildings["1号楼"]["course"]
    assert course["days"] == sorted(course["days"])
    assert (course["heights"][0], course["heights"][-1]) == (0, 20)
    assert (course["stages"][0], course["stages"][-1]) == (0, 4)
    # the frame was begun on 1 April 2025, day 20179 since 1970
    begun = course["days"].index(20179)
    assert course["stages"][begun] == 1 and course["heights"][begun] == 0


def test_a_site_tells_its_progress_and_opens_the_project(read: Read) -> None:
    (site,) = read("projects")
    properties = site["properties"]
    assert properties["kind"] == "project"
    assert properties["name"].startswith("新学校 4"), "45 % rounded down"
    assert dict(properties["card"][1:])["Kind"] == "New school"


def test_balance_counts_failed_indicators_and_names_them(read: Read) -> None:
    discs = read("balance")
    failed = {f["properties"]["card"][0][1]: f["properties"]["failed"] for f in discs}
    # A: 4.2 of 4.2 teachers, 3.6 of 4.5 m² is 80 %: failed. B did not report its area.
    assert failed["School A"] == 1
    card = find_card(discs, "School A")
    assert card["Teaching area"] == "Not met: 3.6 of 4.5"
    assert find_card(discs, "School B")["Teaching area"].startswith("Not reported")


def test_balance_draws_one_indicator_by_how_far_it_is_met(read: Read) -> None:
    discs = read("balance", request={"indicator": "teaching_area"})
    (short,) = [f for f in discs if f["properties"]["card"][0][1] == "School A"]
    assert short["properties"]["failed"] == 1
    assert find_card(discs, "School A")["Teaching area"] == "Not met: 3.6 of 4.5"
    (silent,) = [f for f in discs if f["properties"]["card"][0][1] == "School B"]
    assert silent["properties"]["failed"] == 0, "not reported is not short"
    with pytest.raises(UsageError, match="There is no indicator 'books'"):
        read("balance", request={"indicator": "books"})


def test_two_schools_lie_in_no_cluster(read: Read) -> None:
    assert read("balance_spots") == []


def test_balance_of_a_stage_without_standards_shows_the_first_that_has_some(read: Read) -> None:
    assert read("balance", stage="senior") == read("balance", stage="primary")


def test_subdistricts_have_names_inside_and_count_their_schools(read: Read) -> None:
    areas = read("subdistricts", language="zh")
    names = read("subdistrict_names", language="zh")
    for area, name in zip(areas, names, strict=True):
        assert shape(area["geometry"]).contains(shape(name["geometry"]))
    assert find_card(areas, "西街道") == {"类型": "城镇", "学校": "2"}, "A and P"


@pytest.mark.parametrize("kind", ["catchment", "school", "project", "subdistrict"])
def test_what_is_selected_is_found_again(read: Read, kind: str) -> None:
    sheet = {"catchment": "catchments", "subdistrict": "subdistricts"}.get(kind, f"{kind}s")
    chosen = read(sheet)[0]
    request = {"kind": kind, "id": str(chosen["properties"]["id"])}
    (found,) = read("selection", request=request)
    assert found["geometry"] == chosen["geometry"]


@pytest.mark.parametrize("request_", [{"kind": "child", "id": "1"}, {"kind": "school", "id": "x"}])
def test_what_cannot_be_selected_is_refused(read: Read, request_: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="cannot be selected"):
        read("selection", request=request_)


def test_the_town_offers_only_layers_it_has_data_for(
    planner: Connection, build_scene: Callable[..., Scene]
) -> None:
    # No plan is compared, no forecast is open.
    codes = {layer.code for layer in LAYERS} - {"moved", "red_chance"}
    codes -= {"placements", "seated_share"}  # nobody is assigned
    # No roads, no heights, no papers.
    codes -= {"walking_time", "white_spots", "hillshade", "value_added"}
    assert list_available(planner, build_scene()) == codes - {"basemap"}, "no roads, no water"
    assert codes - list_available(planner, build_scene(stage="senior")) == {
        "accessibility",
        "basemap",
        "catchments",
        "children_density",
        "columns",
    }


def test_versions_stay_while_nothing_changes_and_are_refused_for_no_district(
    planner: Connection, town: District
) -> None:
    assert read_versions(planner, town.id) == read_versions(planner, town.id)
    with pytest.raises(UsageError, match="no district 0"):
        read_versions(planner, 0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_all_layers_together_make_a_small_deck(
    build_scene: Callable[..., Scene], theme: Any
) -> None:
    scene = replace(build_scene(), theme=theme, selected=("school", 1), prefix="/onemap")
    spec = build_deck(
        build_layers(scene, {layer.code for layer in LAYERS}), View("town", 120.6, 28, 12)
    )
    ids = [layer["id"] for layer in spec["layers"]]
    assert ids[0] == "land" and ids[-1] == "catchments/mark"
    assert all(layer["data"].startswith("/onemap/") for layer in spec["layers"])
    assert len(json.dumps(spec)) < 50_000


def test_hidden_layers_are_left_out_but_the_land_stays(build_scene: Callable[..., Scene]) -> None:
    assert [layer.id for layer in build_layers(build_scene(), set())] == ["land"]


def test_every_layer_explains_itself_in_both_languages(build_scene: Callable[..., Scene]) -> None:
    for code in ("zh", "en"):
        scene = build_scene(language=code)
        for layer in LAYERS:
            entries = layer.build_legend(scene)
            assert entries and all(entry.label and entry.color for entry in entries), layer.code
