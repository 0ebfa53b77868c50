"""``onemap``: what it answers, what it says when it cannot, and its exit codes."""

from __future__ import annotations

import re

import geopandas as gpd
import pytest

from tests.town import COUNTS

# -- counting ----------------------------------------------------------------------------


def test_count_answers_with_one_json_object(onemap, town):
    answer = onemap("count", "--stage", "primary", "--year", 2026, "--json")
    assert (answer.code, answer.err) == (0, "")
    told = answer.told
    assert {"district", "plan", "stage", "year", "run", "data_date"} <= set(told)
    assert (told["district"], told["plan"], told["year"]) == ("town", "statutory", 2026)
    assert (told["data_date"], told["synthetic"]) == ("2026-03-31", True)
    rows = {
        row["school_code"] or row["outside_reason"]: (row["children"], row["registered_children"])
        for row in told["catchments"]
    }
    assert rows == COUNTS["statutory", "primary", 2026]
    assert {row["run_id"] for row in told["catchments"]} == {told["run"]}
    assert told["totals"]["children"] == told["children"] == 9
    assert told["totals"]["outside_children"] == 2
    assert "moved_children" not in told


def test_counts_of_all_stages_add_up(onemap, town):
    told = onemap("count", "--json").told
    parts = [onemap("count", "--stage", stage, "--json").told for stage in ("primary", "junior")]
    assert told["stage"] is None
    assert told["children"] == sum(part["children"] for part in parts) == 11
    assert len(told["catchments"]) == sum(len(part["catchments"]) for part in parts)


def test_count_against_another_plan_tells_the_moved_children(onemap, town):
    told = onemap(
        *("count", "--stage", "primary", "--plan", "nearest", "--against", "statutory", "--json")
    ).told
    assert (told["against"], told["moved_children"], told["totals"]["moved_children"]) == (
        "statutory",
        1,
        1,
    )


def test_count_of_every_plan_sets_them_side_by_side(onemap, town):
    told = onemap("count", "--stage", "primary", "--every-plan", "--json").told
    assert told["against"] == "statutory"
    assert "catchments" not in told
    assert [row["plan"] for row in told["plans"]] == ["statutory", "nearest"]
    assert [row["moved_children"] for row in told["plans"]] == [0, 1]
    assert {row["children"] for row in told["plans"]} == {9}
    assert all(
        set(row)
        == {
            *("plan", "children", "registered_children", "counted_children", "seats"),
            *("shortfall_seats", "surplus_seats", "outside_children", "catchments"),
            *("red_catchments", "yellow_catchments", "moved_children"),
        }
        for row in told["plans"]
    )
    against = onemap(
        *("count", "--stage", "primary", "--every-plan", "--against", "nearest", "--json")
    ).told
    assert [row["moved_children"] for row in against["plans"]] == [1, 0]


def test_people_get_a_table(onemap, town):
    answer = onemap("count", "--stage", "primary", "--year", 2026)
    assert (answer.code, answer.err) == (0, "")
    assert re.search(r"A +│ A学校", answer.out)
    assert "school_id" not in answer.out
    assert "children 9" in answer.out and "outside_children 2" in answer.out
    every = onemap("count", "--every-plan")
    assert every.code == 0 and "nearest" in every.out


def test_stage_without_catchments_is_told(onemap, town):
    answer = onemap("count", "--stage", "senior", "--json")
    assert answer.code == 2
    assert "counts nobody in senior 2026" in answer.told["found"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("count", "--district", "atlantis"), r"'atlantis' is not loaded \(loaded: .*town"),
        (("count", "--plan", "x"), "no plan 'x'.*statutory, nearest"),
        (("count", "--against", "x"), "no plan 'x'.*statutory, nearest"),
        (("count", "--stage", "college"), "no stage 'college'.*primary, junior, senior"),
        (("count", "--year", "2031"), "Year 2031 is not counted.*2026 to 2027"),
        (("count", "--year", "soon"), "Invalid value for '--year'"),
        (("draw", "--method", "magic"), "no method 'magic'.*nearest"),
        (("export", "rivers"), "no layer 'rivers'.*catchments, schools, buildings"),
        (
            ("export", "schools", "--format", "shp"),
            "no format 'shp'.*geojson, gpkg, fgb, parquet, csv, xlsx",
        ),
        (("export", "catchments", "--stage", "senior"), "is empty for this choice"),
        (("export", "schools", "--crs", "EPSG:4490"), "geojson is not written in.*RFC 7946"),
        (("export", "schools", "--format", "fgb", "--crs", "3857"), "4326, CRS84.*4490.*4549"),
        (("export", "schools", "--since", "yesterday"), "'yesterday' is no day"),
        (("export", "balance", "--since", "2999-01-01"), "Nothing of layer balance changed"),
        (("export",), "Missing argument 'layer'"),
        (("fly",), "No such command 'fly'"),
        (("count", "--fly"), "No such option"),
        (("load", "sample", "--district", "atlantis"), "atlantis/profile.toml cannot be read"),
        (("load", "sample"), "town is loaded already.*--replace"),
    ],
)
def test_wrong_request_is_answered_with_code_2_and_what_would_be_right(
    onemap, town, tmp_path, monkeypatch, arguments, complaint
):
    monkeypatch.chdir(tmp_path)
    answer = onemap(*arguments)
    assert answer.code == 2
    assert answer.out == ""
    assert re.search(complaint, answer.err), answer.err
    assert "Traceback" not in answer.err
    as_json = onemap(*arguments, "--json")
    assert as_json.code == 2
    assert set(as_json.told) == {"error", "found", "mend"}
    assert list(tmp_path.iterdir()) == []


# -- drawing and exporting ---------------------------------------------------------------


def test_draw_tells_the_plan_and_leaves_an_unchanged_one_alone(onemap, town):
    first, second = (onemap("draw", "--json").told for _ in range(2))
    assert first == second
    assert (first["district"], first["plan"]) == ("town", "nearest")
    assert [row["stage"] for row in first["stages"]] == ["junior", "primary"]
    assert "Plan nearest of town is drawn" in onemap("draw").out


def test_export_writes_where_it_is_told_and_tells_where_it_wrote(
    onemap, town, tmp_path, monkeypatch
):
    path = tmp_path / "施教区.gpkg"
    told = onemap(
        *("export", "catchments", "--stage", "primary", "--format", "gpkg"),
        *("--out", path, "--json"),
    ).told
    assert (told["file"], told["features"], told["plan"]) == (str(path), 2, "statutory")
    assert len(gpd.read_file(path, layer="catchments")) == 2
    monkeypatch.chdir(tmp_path)
    assert onemap("export", "schools").out == "4 features written to town_schools_2026.geojson.\n"
    assert (tmp_path / "town_schools_2026.geojson").exists()


def test_export_to_a_place_that_cannot_be_written_is_told(onemap, town, tmp_path):
    answer = onemap("export", "schools", "--out", tmp_path / "nowhere" / "a.geojson", "--json")
    assert answer.code == 1
    assert "nowhere" in answer.told["found"] and "--out" in answer.told["mend"]
