"""Cells as offices write them: what is read, what is noted, what is refused."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from gis import tables
from gis.errors import RejectedDataError
from gis.identity import (
    check_identity,
    compute_check_character,
    find_identity_faults,
    hash_identity,
    normalise_identities,
)
from gis.ingest.cells import read_cells
from gis.ingest.dictionary import read_words
from gis.ingest.findings import CHANGED, REFUSED, WARNED, Findings

KEY = SecretStr("a key of the test")
GOOD = "11010519491231002X"  # the example of GB 11643
BAD_CHECK = "110105194912310021"


def read(name: str, frame: dict, **lists: dict) -> tuple[pd.DataFrame, list[tuple]]:
    """Return cells and findings of a dataset: row, outcome, column, found, stored."""
    findings = Findings()
    cells = read_cells(
        getattr(tables, name),
        pd.DataFrame(frame),
        read_words(name),
        findings,
        code_lists=lists,
        id_key=KEY,
    )
    columns = ["row", "outcome", "column_name", "found", "stored"]
    return cells, [tuple(row) for row in findings.build_table()[columns].itertuples(index=False)]


def test_full_width_figures_are_read_and_noted_as_changed():
    cells, found = read("seat", {"school_code": ["１２"], "year": ["２０２６"], "seats": ["45"]})
    assert cells.loc[0, ["school_code", "year", "seats"]].tolist() == ["12", "2026", "45"]
    assert found == [
        (0, CHANGED, "school_code", "１２", "12"),
        (0, CHANGED, "year", "２０２６", "2026"),
    ]


def test_full_width_signs_of_a_name_are_part_of_the_name():
    cells, found = read("school", {"code": ["1"], "name_zh": ["瓯海（一）小"]})
    assert cells["name_zh"].tolist() == ["瓯海（一）小"]
    assert found == []


@pytest.mark.parametrize(
    ("written", "read_as"),
    [("2019年3月1日", "2019-03-01"), ("2019.12.31", "2019-12-31"), ("2019-03-01", "2019-03-01")],
)
def test_days_in_words_are_read_as_days_in_figures(written, read_as):
    cells, found = read("school", {"code": ["1"], "opened_on": [written]})
    assert cells["opened_on"].tolist() == [read_as]
    assert bool(found) == (written != read_as)


def test_commas_between_thousands_are_left_out_and_noted():
    cells, found = read("payment", {"amount_yuan": ["1,234,500.5", "12,34"]})
    assert cells["amount_yuan"].tolist() == ["1234500.5", "12,34"]  # the second is for the contract
    assert [row[0] for row in found] == [0]


def test_chinese_words_of_code_lists_become_codes_and_strange_ones_are_refused():
    cells, found = read(
        "school",
        {"kind": ["小学", "primary", "九年一贯制", "大学"], "public": ["公办", "是", "民办", None]},
    )
    assert cells["kind"].tolist()[:3] == ["primary", "primary", "nine_year"]
    assert cells["public"].tolist()[:3] == ["true", "true", "false"]
    assert found == [(3, REFUSED, "kind", "大学", None)]


def test_stages_are_those_of_the_district():
    lists = {"stage": {"primary": ("小学", "Primary")}}
    cells, found = read("seat", {"stage": ["小学", "初中"]}, **lists)
    assert cells["stage"].tolist()[0] == "primary"
    assert found == [(1, REFUSED, "stage", "初中", None)]


def test_identity_numbers_are_hashed_and_never_told():
    numbers = [GOOD, " 11010519491231002x", BAD_CHECK, "1101051949", hash_identity("1", KEY)]
    cells, found = read("household", {"code": list("abcde"), "head_hash": numbers})
    assert cells["head_hash"].tolist()[:2] == [hash_identity(GOOD, KEY)] * 2
    assert cells["head_hash"].tolist()[4] == numbers[4]  # a hash of the same key stays
    assert [row[:3] for row in found] == [
        (1, CHANGED, "head_hash"),
        (2, REFUSED, "head_hash"),
        (3, REFUSED, "head_hash"),
    ]
    told = " ".join(str(value) for row in found for value in row)
    assert "1101051949" not in told and "11010519" not in told


def test_number_that_a_spreadsheet_has_rounded_is_refused():
    _, found = read("household", {"code": ["a"], "head_hash": [1.1010519491231e17]})
    assert found[0][1] == REFUSED


def test_birth_date_that_is_not_that_of_the_identity_number_is_doubtful():
    days = ["1949-12-31", "1949-12-30"]
    frame = {"code": ["a", "b"], "identity_hash": [GOOD, GOOD], "born_on": days}
    cells, found = read("child", frame)
    assert cells["identity_last4"].tolist() == ["002X", "002X"]
    assert (1, WARNED, "born_on", "1949-12-30", None) in found
    assert {row[:3] for row in found} >= {
        (0, WARNED, "identity_hash"),
        (1, WARNED, "identity_hash"),
    }


@settings(max_examples=25)
@given(st.lists(st.from_regex(r"[0-9]{17}", fullmatch=True), min_size=1, max_size=8))
def test_many_numbers_are_judged_as_each_of_them(stems):
    numbers = [stem + compute_check_character(stem) for stem in stems] + [stems[0] + "0"]
    faults = find_identity_faults(normalise_identities(pd.Series(numbers)))
    for number, fault in zip(numbers, faults, strict=True):
        try:
            check_identity(number)
        except RejectedDataError:
            assert not pd.isna(fault)
        else:
            assert pd.isna(fault)


@pytest.mark.parametrize(
    ("code", "fits"),
    [
        ("330304001001GB00001F00010001", True),
        ("330304001001JC00001F00010001", True),
        ("330304001001GB00001F0001001", False),  # 27
        ("330304001001XB00001F00010001", False),  # no such right
    ],
)
def test_property_unit_codes_have_28_characters_in_their_order(code, fits):
    _, found = read("property_unit", {"code": [code]})
    assert (not found) == fits


def test_a_school_that_closes_before_it_opens_is_refused():
    _, found = read(
        "school", {"code": ["1"], "opened_on": ["2020-09-01"], "closed_on": ["2019-07-01"]}
    )
    assert found == [(0, REFUSED, "closed_on", "2019-07-01", None)]
