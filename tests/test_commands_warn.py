"""``onemap warn``: what a terminal and a program are told."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import pytest
from sqlalchemy import text

from gis.database import Database
from scenarios.district import District
from tests.town import draw_cell


@pytest.fixture
def logged(database: Database, town: District) -> Iterator[District]:
    """Give the town; what people say of its warnings is taken back after the test."""
    yield town
    with database.engine.begin() as connection:
        connection.execute(text("delete from onemap.warning_event where run_id is null"))


def test_all_warnings_are_told_by_stage_and_year_with_the_states_beside_them(onemap, town):
    told = onemap("warn", "--horizon", 10, "--json").told
    counted = [one for one in told["years"] if one["basis"] == "registered" and one["year"] < 2028]
    years = {(one["stage"], one["year"]): one["red"] for one in counted}
    assert years == {
        ("junior", 2026): 1, ("junior", 2027): 0, ("primary", 2026): 1, ("primary", 2027): 1,
    }  # fmt: skip
    assert max(one["year"] for one in told["years"]) == 2035, "the forecast tells the rest"
    warned = [
        (one["stage"], one["school_code"], one["year"])
        for one in told["warnings"]
        if one["year"] < 2028
    ]
    assert warned == [("junior", "B", 2026), ("primary", "A", 2026), ("primary", "A", 2027)]
    assert told["horizon_until"] == 2035 and told["forecast"] == "middle"
    assert told["states"]["primary"]["surplus_schools"] == 1


def test_an_area_is_named_drawn_or_given_as_a_file_and_united(onemap, town, tmp_path):
    cell = draw_cell("03")
    gpd.GeoDataFrame({"id": [1]}, geometry=[cell], crs=4490).to_file(tmp_path / "corner.gpkg")
    by_name = onemap("warn", "--subdistrict", "东镇", "--year", 2026, "--horizon", 3, "--json").told
    both = onemap(
        "warn", "--subdistrict", "330304002", "--area", tmp_path / "corner.gpkg",
        "--stage", "primary", "--horizon", 3, "--json",
    ).told  # fmt: skip
    assert both["years"] == by_name["years"], "the corner lies in the subdistrict"
    assert [one["basis"] for one in both["years"]] == ["registered", "registered", "forecast"]
    assert by_name["batch_run"] is None and by_name["children_by_batch"] is None
    assert {one["school_code"] for one in by_name["schools"]} == {"B"}
    circle = onemap("warn", "--circle", "120.62,28.015,5000", "--json").told
    assert {one["school_code"] for one in circle["schools"]} == {"A", "B", "P"}


def test_wrong_areas_are_told_with_what_is_possible(onemap, town, tmp_path):
    unknown = onemap("warn", "--subdistrict", "北镇", "--json")
    assert unknown.code == 2 and "西街道" in unknown.told["mend"]
    assert onemap("warn", "--circle", "120.6,28").code == 2
    assert onemap("warn", "--circle", "120.6,28,-5").code == 2
    assert onemap("warn", "--area", tmp_path / "none.gpkg").code == 2
    bare = tmp_path / "bare.shp"
    with pytest.warns(UserWarning, match="'crs' was not provided"):
        gpd.GeoDataFrame({"id": [1]}, geometry=[draw_cell("03")]).to_file(bare)
    assert onemap("warn", "--area", bare).code == 3, "a file that states no CRS"


def test_a_table_is_printed_for_people(onemap, town):
    answer = onemap("warn", "--catchment", "A", "--stage", "primary")
    assert answer.code == 0
    for words in (
        "missing seats",
        "Schools inside",
        "Children by age",
        "nothing tells the batches",
    ):
        assert words in answer.out


def test_what_clears_a_red_is_told_with_its_cost(onemap, town):
    told = onemap("warn", "--catchment", "A", "--clear", "--stage", "primary", "--json").told
    assert told["is_red"] and told["needed_seats"] == 1
    assert told["first_red_year"] == 2026 and told["cleared_by_projects_in"] is None
    costs = {one["kind"]: (one["cost_yuan"], one["obstacle"]) for one in told["measures"]}
    # One class of 45 in a standing building; a school of 45 × 6 seats at 120 000 yuan.
    assert costs["class"] == (600_000, None)
    assert costs["new_school"] == (32_400_000, None)
    # One child must leave: h03 in 11 or h02 in 01, at the border to B, which has seats.
    assert costs["boundary"] == (100_000 + 2_000, None)
    assert costs["bus"][0] > 0
    assert onemap("warn", "--clear").code == 2


def test_a_warning_is_acknowledged_and_acted_upon_by_command(onemap, logged):
    key = ("B", "--stage", "junior", "--year", 2026)
    assert onemap("warn", "acknowledge", *key, "--by", "王老师").code == 0
    assert onemap("warn", "measure", *key, "--by", "王老师", "--text", "增设一班").code == 0
    assert onemap("warn", "expect", *key, "--by", "王老师", "--expected", 2027, "--json").told[
        "expected_year"
    ] == 2027  # fmt: skip
    listed = onemap("warn", "list", "--stage", "junior", "--open", "--json").told["warnings"]
    assert [(one["school_code"], one["measure"], one["expected_year"]) for one in listed] == [
        ("B", "增设一班", 2027)
    ]
    kinds = [one["kind"] for one in onemap("warn", "log", "B", "--json").told["events"]]
    assert kinds == ["raised", "acknowledged", "measure", "expected_to_clear"]
    missing = onemap("warn", "acknowledge", "A", "--stage", "junior", "--year", 2026, "--by", "me")
    assert missing.code == 2
