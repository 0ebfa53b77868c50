"""``onemap reconcile``: the report, the officer's list, the counts fit to pass on."""

from __future__ import annotations

import re

import openpyxl
import pandas as pd
import pytest
from sqlalchemy import select

from catchments.reconciliation import STATES
from catchments.register_faults import FAULTS
from gis import tables
from gis.access import Role

PRIMARY = ("reconcile", "--stage", "primary", "--year", 2026)

# Nobody of the town has guardians; all of its children bear one identity.
TOWN = {"unmatched": 7, "migrant": 2}
TOWN_FAULTS = {"listed_twice": 9, "no_guardian": 9}

RULES = """
code: town_2026
name_zh: 小镇规则
name_en: Rules of the town
source: invented
year: 2026
opens_on: 2026-05-20
zone: [registered]
owners: [parent]
least_share_pct: 50
batches:
  - {code: all, name_zh: 全部, name_en: All, when: everyone}
scores: {}
ties: [lot]
lock: none
placement: {siblings_first: no}
twins: apart
stages:
  primary:
    entrants: {by: age, full_years: 5, cutoff: 08-31}
"""


def read_log(database, town) -> list[tuple[str, int]]:
    log = tables.access_log
    with database.begin(Role.OFFICER) as connection:
        asked = select(log.c.purpose, log.c.rows).where(log.c.district_id == town.id)
        return [tuple(row) for row in connection.execute(asked.order_by(log.c.id))]


def test_reconcile_answers_with_one_json_object(onemap, town):
    answer = onemap(*PRIMARY, "--json")
    assert (answer.code, answer.err) == (0, "")
    told = answer.told
    assert {"district", "plan", "stage", "year", "run", "data_date", "rules"} <= set(told)
    assert (told["children"], told["rules"], told["public"]) == (9, None, False)
    states = {row["code"]: row["children"] for row in told["states"]}
    assert tuple(states) == STATES
    assert states == {**dict.fromkeys(STATES, 0), **TOWN}
    faults = {row["code"]: row["children"] for row in told["faults"]}
    assert faults == {**dict.fromkeys(FAULTS, 0), **TOWN_FAULTS}


def test_the_same_question_is_the_same_run_and_is_logged_each_time(onemap, town, database):
    first = onemap(*PRIMARY, "--json").told
    before = len(read_log(database, town))
    assert onemap(*PRIMARY, "--json").told == first
    what = f"run {first['run']}: registers of primary 2026 set side by side"
    assert read_log(database, town)[before:] == [(what, 9)]


def test_people_get_a_grouped_report(onemap, town):
    answer = onemap(*PRIMARY)
    assert (answer.code, answer.err) == (0, "")
    assert re.search(r"人户不一致 +│ unmatched +│ +7 │", answer.out)
    assert re.search(r"非本区户籍 +│ migrant +│ +2 │", answer.out)
    assert re.search(r"listed_twice +│ +9 │ 同一身份重复登记", answer.out)


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_rows_are_written_for_officers_and_that_is_logged(onemap, town, database, tmp_path, suffix):
    path = tmp_path / f"名单.{suffix}"
    before = len(read_log(database, town))
    told = onemap(*PRIMARY, "--rows", path, "--json").told
    assert told["file"] == str(path)
    assert read_log(database, town)[before:][-1] == (
        f"run {told['run']}: list of primary 2026 to 名单.{suffix}",
        9,
    )
    if suffix == "csv":
        rows = pd.read_csv(path, dtype=str)
    else:
        assert openpyxl.load_workbook(path).sheetnames == ["primary 2026"]
        rows = pd.read_excel(path, dtype=str, engine="openpyxl")
    assert sorted(rows["儿童代码"]) == [f"c{number:02}" for number in range(1, 10)]
    assert set(rows["身份证号（末四位）"]) == {"*" * 14 + "000X"}
    assert "0" * 64 not in path.read_bytes().decode("latin-1")


def test_public_counts_hide_small_cells_and_read_no_personal_row(onemap, town, database):
    onemap(*PRIMARY)
    before = read_log(database, town)
    told = onemap(*PRIMARY, "--public", "--json").told
    assert read_log(database, town) == before
    states = {row["code"]: (row["children"], row["hidden"]) for row in told["states"]}
    assert states["unmatched"] == (7, False)
    # two migrants: that none of them owns a home would tell how few they are
    assert states["migrant"] == states["migrant_owner"] == (None, True)
    assert "children" not in told
    assert onemap(*PRIMARY, "--public").code == 0


def test_rules_say_who_enters(onemap, town, tmp_path):
    path = tmp_path / "rules.yaml"
    path.write_text(RULES, encoding="utf-8")
    told = onemap(*PRIMARY, "--rules", path, "--json").told
    # five full years on 31 August 2026: h11, and h12 born on that day in 2021
    assert (told["children"], told["rules"]) == (2, "town_2026")
    onemap(*PRIMARY)  # the newest comparison is again that of the profile


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--stage", "senior"), "Nothing says who enters senior in 2026"),
        (("--stage", "college"), "no stage 'college'"),
        (("--stage", "primary", "--plan", "x"), "no plan 'x'"),
        (("--stage", "primary", "--year", "2031"), "Year 2031 is not counted"),
        (("--stage", "primary", "--rows", "list.ods"), r"has the suffix .\.ods"),
        (("--stage", "primary", "--public", "--rows", "a.csv"), "and no rows"),
        (("--stage", "senior", "--public"), "were not compared yet for senior 2026"),
        (("--stage", "primary", "--rules", "none.yaml"), "none.yaml"),
        ((), "Missing option '--stage'"),
    ],
)
def test_wrong_request_is_answered_with_code_2(
    onemap, town, tmp_path, monkeypatch, arguments, complaint
):
    monkeypatch.chdir(tmp_path)
    answer = onemap("reconcile", *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert re.search(complaint, answer.err), answer.err
    assert list(tmp_path.iterdir()) == []
