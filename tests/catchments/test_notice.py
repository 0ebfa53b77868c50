"""Boundaries in words: what a notice says of a polygon, and what a text really holds."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from catchments.notice import (
    NoticeGround,
    compare_notice,
    read_notice,
    tell_notice,
    write_text,
)
from catchments.notice.sides import describe_sides
from catchments.notice_rules import NoticeRules
from gis.errors import CrsError, RejectedDataError

RULES = NoticeRules()
# A town of 400 m by 200 m. 锦江路 runs through its middle, y = 100, from west to east, odd
# numbers north of it, even ones south; a door stands every 40 m from x = 20 on.
#
#        清河, a water, lies along the north
#      ┌──────────┬────┬─────┐ 200
#      │  1 3 5 7 9   11  13  15
#  甲区界 ═══════ 锦江路 ═════╪══
#      │  2 4 6 8 10  12  14  16
#      └──────────┴────┴─────┘ 0
#      0   西社区 160 东社区  400      东环路 at x = 260, 学院路 at y = 0
NUMBERS = np.arange(1, 17)
X = 20 + 40 * ((NUMBERS - 1) // 2)
Y = np.where(NUMBERS % 2, 110, 90)
AREA = shapely.box(0, 0, 260, 200)


def build_ground(**changes: object) -> NoticeGround:
    columns = {
        "street": "锦江路",
        "number": [f"{number}号" for number in NUMBERS],
        "community": np.where(X < 160, "西社区", "东社区"),
        "estate": np.where(X < 100, "金色家园", ""),
        "dwellings": 10,
        **changes,
    }
    doors = gpd.GeoDataFrame(columns, geometry=shapely.points(X, Y), crs=4549)
    communities = gpd.GeoDataFrame(
        index=["西社区", "东社区"],
        geometry=[shapely.box(0, 0, 160, 200), shapely.box(160, 0, 400, 200)],
        crs=4549,
    )
    lines = gpd.GeoDataFrame(
        {
            "name": ["东环路", "学院路", "清河", "甲区界", "锦江路"],
            "kind": ["local", "secondary", "river", "district", "local"],
        },
        geometry=[
            shapely.LineString([(265, -50), (265, 250)]),
            shapely.LineString([(-50, 0), (450, 0)]),
            shapely.box(-50, 205, 450, 240),
            shapely.LineString([(0, 0), (0, 200)]),
            shapely.LineString([(-50, 100), (450, 100)]),
        ],
        crs=4549,
    )
    return NoticeGround(doors, communities, lines)


def compare(text: str, *, ground: NoticeGround | None = None, area: object = AREA):
    ground = ground or build_ground()
    return compare_notice(ground, read_notice(text, ground), area, RULES)


def list_differences(compared) -> dict[str, list[str]]:
    doors = compared.doors
    return {
        one: doors.loc[doors["difference"] == one, "number"].str.rstrip("号").tolist()
        for one in sorted(set(doors["difference"]))
    }


# -- from a polygon to words -------------------------------------------------------------


def test_a_notice_says_in_words_what_the_picture_shows():
    # 260 m hold the doors at x = 20 … 260: 1–8 in 西社区, 9–14 in 东社区 (x = 180, 220, 260;
    # that at 260 stands on the border, which counts as inside); 15 and 16 are out.
    text = write_text(tell_notice(build_ground(), AREA, RULES), title="第一小学施教区")
    assert text.splitlines() == [
        "第一小学施教区",
        "四至：东至东环路；南至学院路；西至甲区界；北至清河。",
        "整体纳入的社区、村：西社区。",
        "部分纳入的社区、村：东社区：锦江路9—13号（单号）、锦江路10—14号（双号）。",
        "小区：金色家园。",
    ]


def test_a_side_is_measured_by_the_length_that_faces_it():
    told = describe_sides(AREA, build_ground().lines, build_ground().communities, RULES)
    assert told[["side", "name", "length_m", "share_pct"]].to_numpy().tolist() == [
        ["east", "东环路", 200.0, 100.0],
        ["south", "学院路", 260.0, 100.0],
        ["west", "甲区界", 200.0, 100.0],
        ["north", "清河", 260.0, 100.0],
    ]


def test_a_street_that_only_crosses_the_boundary_carries_none_of_it():
    # 锦江路 meets the east and the west of the area at right angles.
    told = describe_sides(AREA, build_ground().lines, build_ground().communities, RULES)
    assert "锦江路" not in set(told["name"])


def test_a_side_without_a_line_lies_against_the_community_beyond():
    ground = build_ground()
    west = shapely.box(0, 0, 160, 200)
    lines = ground.lines[~ground.lines["name"].isin(["东环路"])]
    told = describe_sides(west, lines, ground.communities, RULES).set_index("side")
    assert told.loc["east", ["name", "kind"]].tolist() == ["东社区", "community"]


def test_a_line_that_holds_too_little_of_a_side_is_measured_but_not_named():
    # 清河 is cut to 30 of the 260 m in the north; 北街 carries the rest.
    lines = build_ground().lines.set_index("name")
    lines.loc["清河", "geometry"] = shapely.box(0, 205, 30, 240)
    lines.loc["北街"] = ["local", shapely.LineString([(45, 203), (300, 203)])]
    told = describe_sides(AREA, lines.reset_index(), build_ground().communities, RULES)
    north = told[told["side"] == "north"].set_index("name")
    assert north.loc["北街", "named"] and not north.loc["清河", "named"]
    assert north.loc["清河", "share_pct"] < RULES.least_share_pct


def test_a_number_on_both_sides_of_the_border_is_left_to_the_eye():
    # Door 15 at x = 300 bears the number 13, too: one 13 is in, the other out.
    numbers = [f"{min(number, 13) if number == 15 else number}号" for number in NUMBERS]
    ground = build_ground(number=numbers)
    notice = tell_notice(ground, AREA, RULES)
    assert notice.unsettled[["door", "doors", "doors_inside"]].to_numpy().tolist() == [[13, 2, 1]]
    text = write_text(notice, title="")
    assert "锦江路9—11号（单号）" in text and "须现场核实的门牌：东社区锦江路13号（部分）" in text
    compared = compare(text, ground=ground)
    assert compared.counts["unsettled"] == 2
    assert list_differences(compared) == {}


def test_doors_without_a_number_are_counted_beside_the_ranges():
    ground = build_ground(number=["" if n in (9, 11) else f"{n}号" for n in NUMBERS])
    notice = tell_notice(ground, AREA, RULES)
    assert notice.unnumbered_doors == 2
    compared = compare(write_text(notice, title=""), ground=ground)
    assert compared.counts["only_in_polygon"] == 2 and compared.counts["only_in_text"] == 0


def test_area_without_ground_and_ground_without_metres_are_refused():
    with pytest.raises(RejectedDataError, match="holds no ground"):
        tell_notice(build_ground(), shapely.Polygon(), RULES)
    ground = build_ground()
    with pytest.raises(CrsError, match="does not measure in metres"):
        NoticeGround(
            ground.doors.set_crs(4490, allow_override=True), ground.communities, ground.lines
        )


# -- from words to doors -----------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "西社区，东社区（锦江路9-13号单号、10～14号双号）",
        "包括：西社区全部范围；东社区：锦江路９－１４号。".replace("西社区全部范围", "西社区"),
        "西；东社区（锦江路9至13号（单）、锦江路10号到14号（双号））。",
        "锦江路1—14号",
        "锦江路14号以下",
        "一、招生范围\n西社区、金色家园\n东社区：锦江路9号、10号、11号、12号、13号、14号",
    ],
)
def test_schools_word_the_same_doors_in_many_ways(text):
    compared = compare(text)
    assert list_differences(compared) == {}
    assert compared.counts["both"] == 14
    assert [phrase for phrase in compared.not_understood if phrase != "一、招生范围"] in (
        [],
        ["一", "招生范围"],
    )


def test_a_text_that_says_too_much_and_too_little_is_told_door_by_door():
    # 9—15号 without a side holds odd and even: 15 is too much; 5 to 8 and 16 … are not claimed.
    compared = compare("锦江路1—4号、9—15号。")
    assert list_differences(compared) == {
        "only_in_polygon": ["5", "6", "7", "8"],
        "only_in_text": ["15"],
    }
    assert compared.counts["dwellings_only_in_polygon"] == 40
    phrases = compared.phrases.set_index("phrase")
    assert phrases.loc["9—15号", ["doors", "outside"]].tolist() == [7, 1]


def test_sides_of_a_text_are_set_beside_those_of_the_polygon():
    compared = compare("东至东环路，南至人民路，西至甲区界。西社区、东社区。")
    told = compared.sides.set_index(["side", "name"])["state"].to_dict()
    assert told == {
        ("east", "东环路"): "agrees",
        ("south", "人民路"): "not_there",
        ("south", "学院路"): "not_told",
        ("west", "甲区界"): "agrees",
        ("north", "清河"): "not_told",
    }


def test_what_is_not_understood_is_told_and_claims_nothing():
    compared = compare("西社区、月亮社区、人民路5号。")
    assert compared.not_understood == ("月亮社区", "人民路5号")
    assert compared.counts["text"] == 8


def test_names_that_begin_like_a_leading_word_stay_whole():
    ground = build_ground(street="和湾路", estate="和悦家园")
    compared = compare(
        "和湾路1号；和悦家园；以及和湾路3号", ground=ground, area=shapely.box(0, 0, 400, 200)
    )
    assert compared.not_understood == ()
    assert compared.counts["both"] == 16


# -- there and back ----------------------------------------------------------------------

CELLS = st.lists(st.booleans(), min_size=16, max_size=16).filter(any)


@settings(max_examples=12, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(data=st.data(), cells=CELLS)
def test_the_text_of_any_area_read_back_gives_the_same_doors(data, cells):
    """An area is any set of cells of a grid of 4 × 4; doors stand anywhere in it.

    The stated tolerance: doors without a number in communities partly inside, and numbers that
    stand on both sides of the border.
    """
    count = data.draw(st.integers(1, 40))

    def draw(values: st.SearchStrategy) -> np.ndarray:
        return np.array(data.draw(st.lists(values, min_size=count, max_size=count)))

    x, y = draw(st.integers(0, 399)) + 0.5, draw(st.integers(0, 399)) + 0.5
    community = np.array(["甲社区", "乙村", "丙社区", "丁村"])[
        (x // 200 + 2 * (y // 200)).astype(int)
    ]
    doors = gpd.GeoDataFrame(
        {
            "street": draw(st.sampled_from(["锦江路", "学院路", "和湾巷", ""])),
            "number": draw(st.sampled_from([*map(str, range(1, 30)), ""])),
            "community": community,
            "estate": draw(st.sampled_from(["", "金色家园", "和悦家园"])),
            "dwellings": 1,
        },
        geometry=shapely.points(x, y),
        crs=4549,
    )
    communities = gpd.GeoDataFrame(
        index=["甲社区", "乙村", "丙社区", "丁村"],
        geometry=[shapely.box(w, s, w + 200, s + 200) for s in (0, 200) for w in (0, 200)],
        crs=4549,
    )
    ground = NoticeGround(doors, communities, build_ground().lines)
    area = shapely.union_all(
        [shapely.box(n % 4 * 100, n // 4 * 100, n % 4 * 100 + 100, n // 4 * 100 + 100)
         for n in np.flatnonzero(cells)]
    )  # fmt: skip
    notice = tell_notice(ground, area, RULES)
    compared = compare(write_text(notice, title="施教区"), ground=ground, area=area)
    assert compared.not_understood == ()
    assert compared.counts["only_in_text"] == 0
    assert compared.counts["only_in_polygon"] <= notice.unnumbered_doors
    assert set(compared.sides["state"]) <= {"agrees"}
    # What the sides carry never exceeds the side, and the order of the doors changes nothing.
    assert (notice.sides.groupby("side")["share_pct"].sum() <= 100.5).all()
    turned = NoticeGround(doors.iloc[::-1], communities, ground.lines)
    assert write_text(tell_notice(turned, area, RULES), title="施教区") == write_text(
        notice, title="施教区"
    )


def test_ranges_count_every_door_once():
    notice = tell_notice(build_ground(), AREA, RULES)
    whole = notice.communities.loc[notice.communities["extent"] == "whole", "doors"].sum()
    assert whole + notice.ranges["doors"].sum() == notice.doors_inside == 14
    assert isinstance(notice.ranges, pd.DataFrame)
