"""The registers of a little town set side by side by the real database."""

from __future__ import annotations

import pandas as pd
import pytest
from sqlalchemy import Connection, select, text

from catchments.admission.rules import Entrants
from gis import tables
from gis.access import Role
from gis.errors import RejectedDataError, UsageError
from layers.language import load_language
from scenarios.district import District, Plan, find_district, find_plan, list_plans
from scenarios.enrolment_warning.admission.reconcile import (
    Compared,
    choose_compared,
    list_compared,
    read_states,
    reconcile_stage,
    update_states,
)
from scenarios.enrolment_warning.panel import build_panel
from scenarios.enrolment_warning.register_list import build_list
from scenarios.enrolment_warning.register_section import build_registers
from scenarios.view import View
from tests.conftest import act_as
from tests.scenarios.pages import read_rows, read_words
from tests.stored import list_runs
from tests.town import build_frames, build_profile, store_frames

# Who holds which share of which dwelling: m is the mother, g the grandmother, x a stranger.
OWNERS = [
    ("h01 in 00", "m h01", 100.0),
    ("h02 in 01", "g h02", 100.0),
    ("h03 in 11", "x", 100.0),
    ("h03 in 13", "m h03", 100.0),  # lives there; registered in the catchment of A
    ("h04 in 02", "m h04", 100.0),  # a migrant
    ("h05 in 03", "x", 100.0),
    ("h06 in 23", "m h06", 50.0),
    ("h06 in 23", "m h05", 50.0),  # the mother of another family
    ("h07 in 22", "x", 100.0),
    ("h08 in 20", "m h08", 100.0),  # no catchment
]
STATES = {
    "c01": "agree",
    "c02": "grandparents_home",
    "c03": "registered_elsewhere",
    "c04": "migrant_owner",
    "c05": "shared_certificate",  # half of the dwelling of h06, in the same catchment
    "c06": "shared_certificate",
    "c07": "migrant",
    "c08": "agree",
    "c09": "unknown_address",
}


def build_families() -> dict[str, pd.DataFrame]:
    """Return the town with guardians and owners; c01 is listed once more, six years younger."""
    frames = build_frames()
    homes = frames["household"]["code"]
    frames["guardian"] = pd.DataFrame(
        {
            "household_code": pd.concat([homes, homes]),
            "relation": ["parent"] * len(homes) + ["grandparent"] * len(homes),
            "identity_hash": pd.concat(["m " + homes, "g " + homes]),
        }
    )
    owners = pd.DataFrame(OWNERS, columns=["property_unit_code", "owner_hash", "share_pct"])
    frames["property_certificate"] = owners.assign(certificate_on=pd.Timestamp(2015, 6, 1))
    children = frames["child"]
    hashes = children["code"].mask(children["household_code"] == "h15", "c01")
    frames["child"] = children.assign(identity_hash=hashes)
    return frames


@pytest.fixture
def families(steward: Connection) -> District:
    """Store the town with its families in a transaction that is undone after the test."""
    store_frames(steward, build_families())
    act_as(steward, Role.OFFICER)
    return find_district(steward, "copy")


@pytest.fixture
def plan(steward: Connection, families: District) -> Plan:
    return find_plan(steward, families, None)


PRIMARY = choose_compared(build_profile(), None, "primary", 2026)


def count_log(connection: Connection, district: District) -> list[tuple[str, int]]:
    log = tables.access_log
    mine = select(log.c.purpose, log.c.rows).where(log.c.district_id == district.id)
    return [(row.purpose, row.rows) for row in connection.execute(mine.order_by(log.c.id))]


def test_every_child_of_the_town_is_told_as_worked_by_hand(steward, families, plan):
    found = reconcile_stage(steward, families, plan, PRIMARY)
    assert dict(zip(found.children["child_code"], found.children["state"], strict=True)) == STATES
    faults = found.children.set_index("child_code")
    # h15, listed under the same identity, enters in 2028
    assert faults.index[faults["listed_twice"]].tolist() == ["c01"]
    assert faults.index[faults["two_households"]].tolist() == ["c05", "c06"]
    assert found.counts["children"].sum() == 9 + 3


def test_a_comparison_is_one_run_and_every_reading_is_logged(steward, families, plan):
    first = reconcile_stage(steward, families, plan, PRIMARY)
    runs = list_runs(steward, families)
    again = reconcile_stage(steward, families, plan, PRIMARY)
    assert again.run_id == first.run_id
    assert list_runs(steward, families) == runs
    kind = select(tables.run.c.kind).where(tables.run.c.id == first.run_id)
    assert steward.execute(kind).scalar_one() == "reconcile primary 2026"
    what = f"run {first.run_id}: registers of primary 2026 set side by side"
    assert count_log(steward, families) == [(what, 9), (what, 9)]


def test_what_is_stored_holds_no_row_about_a_person(steward, families, plan):
    reconcile_stage(steward, families, plan, PRIMARY)
    act_as(steward, Role.PLANNER)
    told = read_states(steward, families, plan, stage="primary", year=2026)
    assert set(told) == {"run_id", "sort", "code", "children", "shown"}
    assert told.loc[told["sort"] == "state", "children"].sum() == 9
    # 7 registered in small cells that sum to 7: each hidden, the empty ones told
    small = told["children"].between(1, 4)
    assert small.any() and told.loc[small, "shown"].isna().all()


def test_all_plans_and_years_are_counted_once(steward, families):
    plans = list_plans(steward, families)
    compared = list_compared(families.profile)
    assert [(one.stage, one.year) for one in compared] == [
        ("primary", 2026),
        ("primary", 2027),
        ("junior", 2026),
        ("junior", 2027),
    ]
    for one in compared:
        update_states(steward, families, plans, one)
    runs = list_runs(steward, families)
    logged = count_log(steward, families)
    assert len(logged) == len(compared) * len(plans)
    for one in compared:
        update_states(steward, families, plans, one)
    assert list_runs(steward, families) == runs
    assert count_log(steward, families) == logged


def test_another_guardian_makes_a_new_comparison(steward, families, plan):
    first = reconcile_stage(steward, families, plan, PRIMARY)
    steward.execute(text("reset role"))
    steward.execute(
        text(
            "update onemap.dataset set digest = 'x' where district_id = :id and name = 'guardian'"
        ),
        {"id": families.id},
    )
    act_as(steward, Role.OFFICER)
    second = reconcile_stage(steward, families, plan, PRIMARY)
    assert second.run_id > first.run_id
    newest = read_states(steward, families, plan, stage="primary", year=2026)
    assert set(newest["run_id"]) == {second.run_id}


def test_nobody_who_enters_is_told(steward, families, plan):
    nobody = Compared("primary", 2026, Entrants("age", full_years=40))
    with pytest.raises(RejectedDataError, match="hold nobody who enters"):
        reconcile_stage(steward, families, plan, nobody)


def test_a_stage_without_catchments_has_nobody_to_compare():
    with pytest.raises(UsageError, match="Nothing says who enters senior in 2026"):
        choose_compared(build_profile(), None, "senior", 2026)


def test_the_officers_list_shows_the_last_four_characters_and_the_faults(steward, families, plan):
    found = reconcile_stage(steward, families, plan, PRIMARY)
    rows = build_list(found.children, load_language("zh"))
    assert rows.columns.tolist() == [
        *("儿童代码", "身份证号（末四位）", "户号", "本区户籍", "比对结果", "存在问题"),
    ]
    first = rows[rows["儿童代码"] == "c01"].iloc[0].tolist()
    assert first == ["c01", "*" * 14 + "000X", "h01", "是", "人户一致", "同一身份重复登记"]
    assert len(rows) == 9


# -- the panel --------------------------------------------------------------------------


def look(connection: Connection, district: District, plan: Plan, language: str = "en") -> View:
    return View(connection, district, plan, "primary", 2026, load_language(language))


def test_the_panel_tells_states_with_small_cells_hidden(connection, town):
    act_as(connection, Role.PLANNER)
    page = build_panel(look(connection, town, find_plan(connection, town, None)))
    words = read_words(page)
    # nobody of the town has guardians: 7 registered here, 2 not
    assert "Registers children who enter Registered 7 Agree 0" in words
    assert "No guardian to compare 7" in words
    assert "Migrant without a home of their own <5" in words
    assert ["Household without guardian", "9"] in read_rows(page)


def test_the_panel_speaks_chinese(connection, town):
    act_as(connection, Role.PLANNER)
    page = build_panel(look(connection, town, find_plan(connection, town, None), "zh"))
    assert "登记比对" in read_words(page)
    assert ["本户无监护人", "9"] in read_rows(page)


def test_those_who_disagree_are_not_summed_where_that_would_tell_who_agrees(
    steward, families, plan
):
    reconcile_stage(steward, families, plan, PRIMARY)
    act_as(steward, Role.PLANNER)
    stored = read_states(steward, families, plan, stage="primary", year=2026)
    assert stored.loc[stored["code"] == "agree", "shown"].isna().all()
    words = read_words(build_registers(look(steward, families, plan)))
    assert "Registered 7 Agree <5 Migrant <5" in words
    assert "Disagree" not in words.split("Agree: registered")[0]


def test_before_the_first_comparison_the_panel_is_silent(steward, families, plan):
    act_as(steward, Role.PLANNER)
    assert build_registers(look(steward, families, plan)) == []
