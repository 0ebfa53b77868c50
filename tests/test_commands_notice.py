"""Catchments in words by command, on a town whose houses got addresses and communities."""

from __future__ import annotations

import json

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from sqlalchemy import text

from gis.database import allocate_ids, write_rows
from gis.tables import community
from scenarios.district import find_plan
from scenarios.school_network.notices import check_notice, read_areas, word_catchments
from tests.town import build_features, draw_cell

# Row 0 of the town is 北社区, rows 1 and 2 are 南村. Each house stands in the middle of its unit
# and bears the number of its column on the street of its row: unit 12 is 中街3号.
ADDRESSES = """
    update onemap.building
    set
        address = (array['北街', '中街', '南街'])[substring(code from 7 for 1)::int + 1]
            || (substring(code from 8)::int + 1) || '号',
        name_zh = case
            when code like 'house 0%' then '金色家园' || substring(code from 8) || '幢'
        end
    where district_id = :district_id
"""
MEMBERS = """
    update onemap.planning_unit
    set community_id = community.id
    from onemap.community
    where
        planning_unit.district_id = :district_id
        and community.name_zh = case when planning_unit.code like '0%' then '北社区' else '南村' end
"""


@pytest.fixture
def addressed(connection, town):
    """Give the town addresses and communities in a transaction that is undone."""
    rows = [
        shapely.union_all([draw_cell(f"{row}{column}") for row in rows for column in range(4)])
        for rows in ((0,), (1, 2))
    ]
    west = connection.execute(text("select min(id) from onemap.subdistrict")).scalar_one()
    places = build_features({"code": ["c1", "c2"], "name_zh": ["北社区", "南村"]}, rows)
    ids = allocate_ids(connection, community, 2)
    places["geom"] = [shapely.multipolygons([row]) for row in rows]
    frame = places.assign(id=ids, district_id=town.id, subdistrict_id=west)
    write_rows(connection, community, frame)
    for statement in (ADDRESSES, MEMBERS):
        connection.execute(text(statement), {"district_id": town.id})
    return connection


def test_the_town_in_words_reads_back_to_the_same_doors(addressed, town):
    plan, stage = find_plan(addressed, town, None), town.profile.get_stage("primary")
    areas = read_areas(addressed, town, plan, stage, None)
    first, second = word_catchments(areas, town, plan, stage)
    # A holds 00, 01, 02 of 北社区 and 10, 11 of 南村; B 03, then 12, 13, 22, 23.
    # Both odd numbers of 北街 are in, 1 and 3; of the even ones 2 is, 4 is not.
    assert "部分纳入的社区、村：北社区：北街（单号全部）、北街2号；" in first.text
    assert "南村：中街1号、中街2号" in first.text
    assert "小区：金色家园（部分）" in first.text
    assert "模拟数据" in first.text
    for one, other in ((first, second), (second, first)):
        own = read_areas(addressed, town, plan, stage, one.code)
        assert check_notice(own, town, one.text).counts["only_in_text"] == 0
        assert check_notice(own, town, one.text).counts["only_in_polygon"] == 0
        crossed = check_notice(own, town, other.text).counts
        assert (crossed["both"], crossed["only_in_text"]) == (0, other.notice.doors_inside)
    phrases = first.phrases[first.phrases["section"] != "小区"]  # estates lie in communities
    assert phrases["doors"].sum() == first.notice.doors_inside == 5


def test_notices_are_written_and_checked_by_command(onemap, town, tmp_path):
    # The town's own houses have no addresses: the notice tells how many it cannot name.
    told = onemap("notice", "write", "--stage", "primary", "--json").told
    assert [one["school_code"] for one in told["notices"]] == ["A", "B"]
    assert [one["unnumbered_doors"] for one in told["notices"]] == [5, 5]
    for suffix in ("txt", "csv", "xlsx"):
        out = tmp_path / f"a.{suffix}"
        assert onemap("notice", "write", "--stage", "primary", "--out", out).code == 0
        assert out.stat().st_size > 0
    assert set(pd.read_excel(tmp_path / "a.xlsx", engine="openpyxl")["school_code"]) == {"A", "B"}
    text = tmp_path / "notice.txt"
    text.write_text("第一小学招生公告\n东至人民路，南至解放路。", encoding="utf-8")
    out = tmp_path / "differences.geojson"
    asked = ("notice", "check", text, "--stage", "primary", "--catchment", "A")
    told = onemap(*asked, "--differences", out, "--json").told
    assert told["doors"]["only_in_polygon"] == 5
    assert {side["state"] for side in told["sides"]} == {"not_there", "not_told"}
    features = json.loads(out.read_text(encoding="utf-8"))["features"]
    assert {one["properties"]["difference"] for one in features} == {"only_in_polygon"}
    assert isinstance(gpd.read_file(out), gpd.GeoDataFrame)
    assert "5 only in the catchment" in onemap(*asked).out


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (("write", "--stage", "primary", "--out", "a.doc"), 2, "a.doc names no format of notices"),
        (("write", "--stage", "primary", "--catchment", "Z"), 2, "no catchment .* for school Z"),
        (("write", "--stage", "senior"), 2, "no catchment of stage senior"),
        (("check", "none.txt", "--stage", "primary", "--catchment", "A"), 2, "cannot be read"),
        (("check", "a.txt", "--stage", "primary", "--catchment", "A"), 3, "Nothing in the text"),
    ],
)
def test_wrong_notices_are_told_with_what_would_be_right(
    onemap, town, tmp_path, monkeypatch, arguments, code, complaint
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("今天天气很好。", encoding="utf-8")
    answer = onemap("notice", *arguments)
    assert answer.code == code
    assert pd.Series([answer.err]).str.contains(complaint, regex=True).all(), answer.err
    assert [file.name for file in tmp_path.iterdir()] == ["a.txt"]
