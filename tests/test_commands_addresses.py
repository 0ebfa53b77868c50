"""``onemap locate --addresses``: placed, queued, decided by a person, remembered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from sqlalchemy import text

from gis.access import Role
from gis.database import Database
from gis.errors import DatabaseError
from scenarios.commands import locate_addresses as command
from scenarios.district import District
from tests.conftest import Ask

# The town has subdistricts 西街道 and 东镇, and no addresses of its own.
ADDRESSES = ["西街道", "西街道 ", "东镇12号", None, "=cmd|' /C calc'!A0"]


@pytest.fixture
def desk(database: Database, town: District) -> Iterator[Database]:
    """Give the town; what a test queues or decides is removed after it."""
    yield database
    with database.engine.begin() as connection:
        for table in ("address_queue", "address_decision"):
            connection.execute(text(f"delete from registry.{table}"))


@pytest.fixture
def register(tmp_path: Path) -> Path:
    path = tmp_path / "register.csv"
    pd.DataFrame({"编号": list("abcde"), "住址": ADDRESSES}).to_csv(path, index=False)
    return path


def count(database: Database, table: str) -> int:
    with database.begin(Role.STEWARD) as connection:
        return int(connection.execute(text(f"select count(*) from registry.{table}")).scalar_one())


def test_what_is_not_found_is_queued_once_and_a_decision_is_remembered(
    desk: Database, onemap: Ask, register: Path, tmp_path: Path
) -> None:
    out = tmp_path / "placed.csv"
    logged = count(desk, "access_log")
    told = onemap("locate", "--addresses", register, "--out", out, "--json").told
    assert (told["rows"], told["found"], told["queued"], told["queue_added"]) == (5, 0, 3, 3)
    assert told["levels"] == {"subdistrict": 3, "none": 2}
    placed = pd.read_csv(out, dtype=str, keep_default_na=False)
    assert placed["编号"].tolist() == list("abcde")
    assert placed["address_state"].eq("queued").all()
    assert placed["address_reason"].str.len().gt(0).all()
    assert placed["住址"].iloc[4].startswith("'="), "no cell runs as a formula"

    again = onemap("locate", "--addresses", register, "--out", out, "--json").told
    assert again["queue_added"] == 0 and count(desk, "address_queue") == 3

    queue = onemap("locate", "queue", "--json").told
    first = queue["addresses"][0]
    assert (queue["total"], first["text"], first["times"]) == (3, "西街道", 2)
    assert first["candidates"][0]["kind"] == "subdistrict"
    resolve = ["locate", "resolve", first["id"], "--by", "王老师", "--reason", "实地核实", "--json"]
    decided = onemap(*resolve, "--point", "120.605,28.025").told
    assert decided["unit"] == "00"

    after = onemap("locate", "--addresses", register, "--out", out, "--json").told
    assert after["levels"]["decided"] == 2 and after["queued"] == 2
    assert pd.read_csv(out, dtype=str)["planning_unit"].iloc[:2].tolist() == ["00", "00"]
    assert onemap("locate", "queue", "--json").told["total"] == 2
    other = onemap(*resolve, "--unit", "01").told
    assert other["unit"] == "01", "a later decision takes the place of the first"
    assert count(desk, "address_decision") == 2
    assert count(desk, "access_log") == logged + 7


def test_workbooks_are_read_and_written(desk: Database, onemap: Ask, tmp_path: Path) -> None:
    path, out = tmp_path / "register.xlsx", tmp_path / "placed.xlsx"
    pd.DataFrame({"家": ["西街道"], "号": [1]}).to_excel(path, index=False)
    asked = ("locate", "--addresses", path, "--column", "家", "--out", out, "--dry-run", "--json")
    assert onemap(*asked).told["queue_added"] == 0
    head = next(openpyxl.load_workbook(out).worksheets[0].iter_rows(values_only=True))
    assert head[:4] == ("家", "号", "address_level", "address_score")
    assert count(desk, "address_queue") == 0


def test_what_cannot_be_asked_is_told_before_any_work(
    desk: Database, onemap: Ask, register: Path, tmp_path: Path
) -> None:
    out = tmp_path / "placed.csv"
    wrong = {
        ("--addresses", register): "--out",
        ("--addresses", register, "--out", tmp_path / "placed.doc"): "unknown kind",
        ("--addresses", register, "--out", register): "is read",
        ("--addresses", register, "--out", out, "--column", "地"): "地",
        ("--addresses", register, "--points", register, "--out", out): "two things",
    }
    for arguments, told in wrong.items():
        answer = onemap("locate", *arguments)
        assert answer.code == 2 and told in answer.err, arguments
    assert not out.exists()
    who = ("--by", "王", "--reason", "因")
    assert onemap("locate", "resolve", 99, "--point", "120.6,28.0", *who).code == 2
    assert onemap("locate", "resolve", 99, *who).code == 2
    assert count(desk, "address_queue") == 0


def test_a_run_that_fails_leaves_neither_queue_nor_file(
    desk: Database, onemap: Ask, register: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "_write", stop)
    out = tmp_path / "placed.csv"
    assert onemap("locate", "--addresses", register, "--out", out).code == 130
    assert not out.exists() and count(desk, "address_queue") == 0


@pytest.mark.parametrize("role", [Role.PLANNER, Role.LEADER, Role.GIS])
def test_only_stewards_and_officers_read_addresses(desk: Database, role: Role) -> None:
    for table in ("address_queue", "address_decision"):
        with pytest.raises(DatabaseError), desk.begin(role) as connection:
            connection.execute(text(f"select * from registry.{table}"))


def test_a_decision_is_never_changed(desk: Database) -> None:
    for change in ("update registry.address_decision set who = 'x'", "delete from {}"):
        with pytest.raises(DatabaseError), desk.begin(Role.STEWARD) as connection:
            connection.execute(text(change.format("registry.address_decision")))
