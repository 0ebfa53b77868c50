"""A result can always answer from which data, rules, plan and program it came."""

from __future__ import annotations

import datetime as dt
from importlib.metadata import version

import pytest
from sqlalchemy import Connection, select, update

from gis import runs, tables
from gis.runs import RunInputs, digest_text, find_run, get_account, get_code_version, record_run
from scenarios.district import District

DATASETS = ("school", "seat")


def build_inputs(town: District, **changes: object) -> RunInputs:
    fields = {"kind": "test", "rule_version": "r1", "datasets": DATASETS, **changes}
    return RunInputs(town.id, **fields)


def run_once(connection: Connection, inputs: RunInputs) -> int:
    """Find the run of these inputs or record a new one, as every computation does."""
    digest = inputs.compute_digest(connection)
    known = find_run(connection, inputs, digest)
    started = dt.datetime.now(dt.UTC)
    return known or record_run(connection, inputs, digest, started_at=started)


def test_same_inputs_are_the_same_run(connection, town):
    first = run_once(connection, build_inputs(town))
    assert run_once(connection, build_inputs(town)) == first


@pytest.mark.parametrize(
    "change",
    [
        {"rule_version": "r2"},
        {"plan_digest": "p2"},
        {"seed": 7},
        {"parameters": (("limit", "3"),)},
        {"datasets": ("school",)},
    ],
)
def test_anything_that_changes_is_another_run(connection, town, change):
    first = run_once(connection, build_inputs(town))
    assert run_once(connection, build_inputs(town, **change)) != first


def test_new_program_is_another_run(connection, town, monkeypatch):
    first = run_once(connection, build_inputs(town))
    monkeypatch.setattr(runs, "get_code_version", lambda: "9.9")
    assert run_once(connection, build_inputs(town)) != first


def test_new_content_of_a_dataset_it_reads_is_another_run(connection, town):
    first = run_once(connection, build_inputs(town))
    mine = tables.dataset.c.district_id == town.id
    change = update(tables.dataset).values(digest="x").where(mine)
    connection.execute(change.where(tables.dataset.c.name == "child"))
    assert run_once(connection, build_inputs(town)) == first
    connection.execute(change.where(tables.dataset.c.name == "seat"))
    assert run_once(connection, build_inputs(town)) != first


def test_going_back_to_former_rules_is_a_new_run_that_readers_find_last(connection, town):
    first = run_once(connection, build_inputs(town, rule_version="r1"))
    second = run_once(connection, build_inputs(town, rule_version="r2"))
    third = run_once(connection, build_inputs(town, rule_version="r1"))
    assert first < second < third


def test_kinds_and_plans_do_not_know_of_each_other(connection, town):
    first = run_once(connection, build_inputs(town))
    other = run_once(connection, build_inputs(town, kind="other"))
    assert run_once(connection, build_inputs(town)) == first != other


def test_run_tells_everything_that_made_it(connection, town):
    plan = connection.execute(
        select(tables.plan.c.id).where(tables.plan.c.district_id == town.id).limit(1)
    ).scalar_one()
    inputs = build_inputs(town, plan_id=plan, seed=7, parameters=(("limit", "3"),))
    run_id = run_once(connection, inputs)
    run = connection.execute(select(tables.run).where(tables.run.c.id == run_id)).one()
    assert (run.kind, run.plan_id, run.rule_version, run.seed) == ("test", plan, "r1", 7)
    assert run.parameters == {"limit": "3"}
    assert run.code_version == get_code_version()
    assert run.code_version.startswith(version("education-one-map") + "+")
    assert run.who == get_account()
    assert len(run.inputs_digest) == 64
    assert run.started_at <= dt.datetime.now(dt.UTC)


def test_version_of_the_program_is_its_number_and_a_digest_of_the_code_that_computes(
    tmp_path, monkeypatch
):
    (tmp_path / "gis").mkdir()
    monkeypatch.setattr(runs, "PROJECT_ROOT", tmp_path)
    told = []
    for name, content in (("count.sql", "1"), ("count.sql", "2"), ("notes.md", "3")):
        (tmp_path / "gis" / name).write_text(content)
        told.append(get_code_version.__wrapped__())
    assert told[0] != told[1] == told[2]
    assert all(one.startswith(f"{version('education-one-map')}+") for one in told)


def test_digest_tells_where_one_part_ends():
    assert digest_text("ab", "c") != digest_text("a", "bc")
    assert digest_text("a", "b") == digest_text("a", "b")


def test_account_without_a_name_is_unknown(monkeypatch):
    def fail() -> str:
        raise OSError("no username")

    monkeypatch.setattr(runs.getpass, "getuser", fail)
    assert get_account() == "unknown"
