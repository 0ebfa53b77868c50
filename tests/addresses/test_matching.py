"""An address finds its place, or waits for a person; nothing is guessed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.addresses.base import build_base
from gis.addresses.candidates import BIT
from gis.addresses.decisions import apply_decisions
from gis.addresses.matching import match_addresses
from gis.addresses.names import build_vocabulary
from tests.addresses.little_base import (
    BASE,
    OUHAI,
    RULES,
    answer,
    list_buildings,
    list_dwellings,
    list_names,
    match,
)

# address → level, unit, dwelling or building
FOUND = {
    "学院路2号": ("building", "u1", "b1"),
    "学院路4号": ("dwelling", "u1", "b2/101室"),  # its only dwelling
    "学院路1号金色家园1幢2单元501室": ("dwelling", "u3", "b5/2单元501室"),
    "梧田街道金色家园1幢1单元101室": ("dwelling", "u3", "b5/1单元101室"),
    "新桥街道金色家园1幢": ("building", "u4", "b7"),
    "学院路1号101室": ("dwelling", "u3", "b5/1单元101室"),  # one such room, no entrance needed
    "学院路1号501室": ("building", "u3", "b5"),  # two such rooms: the house alone is sure
    "翠湖苑A座201": ("dwelling", "u5", "b8/201室"),
    "人民路12号": ("building", "u5", "b10"),
    "人民路12号之一": ("building", "u5", "b9"),
    "人民路30号": ("door", "u6", None),  # two houses of one unit bear it
    "学院路6号": ("between", "u1", None),  # 4 and 10 lie in one unit
    "梧田街道金色家园": ("estate", "u3", None),
    "银杏里3幢502室": ("estate", "u8", None),
    "新桥街道前村二组": ("estate", "u7", None),
    "八一路二弄3号": ("building", "u6", "b17"),
}
# address → why it waits
WAITING: dict[str | None, str] = {
    "金色家园1幢": "ambiguous",  # there are two, in two subdistricts
    "金色家园": "ambiguous",
    "人民路40号": "ambiguous",  # two houses in two units
    "学院路12号": "ambiguous",  # 10 and 14 lie in two units
    "学院路998号": "coarse",  # no door is near
    "前村村委会": "coarse",
    "前村": "coarse",  # two groups
    "梧田街道": "coarse",
    "新桥街道学院路2号": "doubtful",  # the street lies in another subdistrict
    "学院路2号对面": "doubtful",
    "学院路1号金色家园2幢": "doubtful",  # door and house are of two buildings
    "温州市鹿城区学院路2号": "elsewhere",
    "江苏省南京市学院路2号": "elsewhere",
    "五马街道学院路2号": "doubtful",
    "天知道哪里": "unknown",
    None: "unknown",
}


def test_the_finest_level_that_is_sure_is_taken() -> None:
    found = match(*FOUND).answers
    records = found["dwelling"].where(found["dwelling"].notna(), found["building"])
    told = zip(found["level"], found["unit"], records, strict=True)
    assert dict(zip(FOUND, told, strict=True)) == FOUND
    assert found["state"].eq("found").all()


def test_what_is_not_sure_waits_for_a_person() -> None:
    found = match(*WAITING).answers
    assert dict(zip(WAITING, found["why"], strict=True)) == WAITING
    assert found["state"].eq("queued").all()
    assert found[["unit", "building", "dwelling"]].isna().all(axis=None)


def test_a_door_between_two_others_lies_between_them() -> None:
    # 4 stands at 120.601 and 10 at 120.602: 6 is a third of the way.
    assert answer("学院路6号")["lon"] == pytest.approx(120.601 + 0.001 / 3)


def test_several_candidates_are_offered_best_first() -> None:
    offered = match("学院路1号金色家园2幢").candidates
    assert set(offered["code"]) >= {"b5", "b6"}
    assert offered["rank"].tolist() == list(range(len(offered)))
    assert offered["score"].is_monotonic_decreasing


def test_full_agreement_scores_one_and_less_costs_its_price() -> None:
    found = match("学院路1号金色家园1幢", "学院路2号", "西江社区学院路2号").answers
    single, other = RULES.single, RULES.other_community
    assert found["score"].to_numpy() == pytest.approx([1, 1 - single, 1 - single - other])
    assert found["evidence"][2] & BIT["other_community"]


def test_one_slip_in_a_name_is_mended_and_told() -> None:
    slips = {"学员路2号": "b1", "院学路2号": "b1", "学院学路2号": "b1", "南白像路6号": "b11"}
    found = match(*slips).answers
    assert dict(zip(slips, found["building"], strict=True)) == slips
    assert found["mended"].str.contains("→").all()
    assert found["score"].to_numpy() == pytest.approx(1 - RULES.single - RULES.slip)


def test_names_that_tell_places_apart_are_never_mended() -> None:
    others = [
        "白象路6号",  # 南白象路 is another place
        "新桥20号",  # 新街 is a street, 新桥 a subdistrict
        "学院街2号",  # a street is no road misspelt
        "学院东路2号",
        "学路2号",  # of two signs nothing is mended
    ]
    assert match(*others).answers["state"].eq("queued").all()


def test_a_name_that_exists_is_never_taken_for_a_slip_of_another() -> None:
    known = build_vocabulary({"road": ["春兰巷", "春榕巷"]})
    read = known.read("春榕巷")
    assert [(name.position, name.slips) for name in read.named] == [(1, 0)]


def test_two_names_that_are_as_near_are_both_kept() -> None:
    known = build_vocabulary({"road": ["春兰巷", "春榕巷"]})
    assert sorted(name.position for name in known.read("春柳巷").named) == [0, 1]


def test_the_names_before_an_address_may_be_short_or_repeated() -> None:
    befores = ["", "温州", "瓯海", "温州市温州市瓯海区", "浙江省温州市瓯海区梧田", "梧田街道东江"]
    found = match(*(before + "学院路2号" for before in befores)).answers
    assert found["building"].eq("b1").all()


def test_a_street_that_begins_like_the_district_is_still_a_street() -> None:
    names = list_names()
    names.loc[names["code"] == "r4", "name"] = "瓯海大道"
    base = build_base(list_buildings(), list_dwellings(), names, prefixes=OUHAI.prefixes)
    found = match_addresses(["瓯海大道8号"], base, RULES).answers.iloc[0]
    assert (found["level"], found["why"]) == ("road", "coarse")


def test_a_decision_comes_before_everything_that_a_rule_finds() -> None:
    texts = ["金色家园1幢", "学院路２号", "人民路12号"]
    decisions = pd.DataFrame(
        {
            "key": ["金色家园1幢", "学院路2号"],
            "building": ["b7", None],
            "unit": ["u4", "u8"],
            "lon": [120.606, 120.65],
            "lat": [28.0, 28.05],
        },
        dtype=object,
    )
    decided = apply_decisions(match(*texts), decisions)
    assert decided.answers["level"].tolist() == ["decided", "decided", "building"]
    assert decided.answers["unit"].tolist() == ["u4", "u8", "u5"]
    assert decided.answers["state"].eq("found").all()
    assert decided.candidates.empty


def test_a_file_without_rows_has_an_answer_without_rows() -> None:
    assert match().answers.empty and match().candidates.empty


def test_a_base_without_anything_finds_nothing() -> None:
    nothing = build_base(list_buildings()[:0], list_dwellings()[:0], list_names()[:0])
    assert match_addresses(["学院路2号"], nothing, RULES).answers["why"].tolist() == ["unknown"]


TEXTS = [
    "学院路2号", "学院路6号", "金色家园1幢", "新桥街道金色家园1幢",
    "学院路1号金色家园1幢2单元501室",
    "人民路12号之一", "前村二组", "学员路2号", "梧田街道", "天知道", "",
]  # fmt: skip
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
STRAIGHT = match(*TEXTS)


@settings(max_examples=6, deadline=None)
@given(st.permutations(range(len(TEXTS))))
def test_the_order_of_rows_never_matters(order: list[int]) -> None:
    mixed = match(*(TEXTS[at] for at in order))
    pd.testing.assert_frame_equal(
        STRAIGHT.answers.iloc[order].reset_index(drop=True), mixed.answers
    )
    first = STRAIGHT.candidates.assign(text=np.array(TEXTS)[STRAIGHT.candidates["row"]])
    other = mixed.candidates.assign(text=np.array(TEXTS)[np.array(order)[mixed.candidates["row"]]])
    key = ["text", "rank", "code", "score"]
    assert sorted(map(tuple, first[key].to_numpy())) == sorted(map(tuple, other[key].to_numpy()))


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 20), st.sampled_from([" ", "　", "\t", "\ufeff"]))
def test_blanks_and_wide_digits_never_change_an_answer(at: int, blank: str) -> None:
    noisy = [(text[:at] + blank + text[at:]).translate(_WIDE) for text in TEXTS]
    pd.testing.assert_frame_equal(match(*noisy).answers, STRAIGHT.answers)


def test_the_names_of_the_district_never_change_an_answer() -> None:
    for before in ("浙江省", "温州市瓯海区", "瓯海区瓯海区"):
        named = match(*(before + text for text in TEXTS)).answers
        pd.testing.assert_frame_equal(named, STRAIGHT.answers)


_LETTERS = "学院路人民金色家园号幢单元室0123456789-（）之附甲东A#弄组村 "


@settings(max_examples=6, deadline=None)
@given(st.lists(st.text(alphabet=_LETTERS, max_size=40), min_size=30, max_size=60))
def test_any_text_has_an_answer_with_a_score_and_a_state(texts: list[str]) -> None:
    found = match(*texts).answers
    assert found["score"].between(0, 1).all()
    assert ((found["state"] == "found") == (found["why"] == "")).all()
    assert found.loc[found["state"] == "found", "unit"].notna().all()


def test_names_are_read_in_the_little_base() -> None:
    assert BASE.names["estate"].count("金色家园") == 1
    assert BASE.is_village[BASE.names["estate"].index("前村")]
