"""``onemap``: the program, its database, and what it says when it is stopped."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import select

from gis import tables
from gis.access import Role
from gis.database import open_database
from gis.embedded import EmbeddedCluster
from gis.settings import PROJECT_ROOT, load_settings
from scenarios.district import District
from tests.conftest import make_home
from tests.stored import is_loaded


@pytest.fixture
def bare_home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Point the commands at a folder where no database is yet; stop what they leave running."""
    with make_home() as home:
        monkeypatch.setenv("ONEMAP_HOME", str(home))
        monkeypatch.delenv("ONEMAP_DATABASE_URL", raising=False)
        yield home
        EmbeddedCluster(home).stop(force=True)


def test_database_is_started_looked_at_migrated_and_stopped(onemap, bare_home):
    assert onemap("db", "status", "--json").told["state"] == "absent"
    started = onemap("db", "start", "--json").told
    assert (started["state"], started["kept"]) == ("running", True)
    assert started["folder"] == str(bare_home)
    migrated = onemap("db", "migrate", "--json")
    assert re.fullmatch(r"\d{4}", migrated.told["revision"])
    empty = onemap("count", "--json")
    assert empty.code == 2
    assert empty.told["found"] == "District 'town' is not loaded (loaded: none)."
    assert "onemap load" in empty.told["mend"]
    assert re.search(r"^state +running$", onemap("db", "status").out, flags=re.M)
    stopped = onemap("db", "stop", "--json").told
    assert (stopped["state"], stopped["kept"]) == ("stopped", False)


KILLED_PROGRAM = """
import sys, time
from gis.ingest import district
from scenarios.commands import run_commands

write = district.write_rows
def wait_at_the_children(connection, table, frame):
    digest = write(connection, table, frame)
    if table.name == "child":
        print("in the middle", flush=True)
        time.sleep(600)
    return digest

district.write_rows = wait_at_the_children
sys.exit(run_commands(["load", "sample"]))
"""


@pytest.mark.journey
def test_load_that_is_killed_in_the_middle_leaves_no_district(onemap, bare_home):
    with subprocess.Popen(
        [sys.executable, "-c", KILLED_PROGRAM],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)},
    ) as loading:
        assert loading.stdout is not None
        assert loading.stdout.readline() == "in the middle\n"
        loading.send_signal(signal.SIGKILL)
    with open_database(load_settings()) as database:
        assert not is_loaded(database, "town")
        with database.begin(Role.STEWARD) as connection:
            assert connection.execute(select(tables.child.c.id)).all() == []
        first = onemap("load", "sample", "--json")
        assert (first.code, first.told["rows"]["child"]) == (0, 16)
        again = onemap("load", "sample", "--json")
        assert again.code == 2
        assert "--replace" in again.told["mend"]
        anew = onemap("load", "sample", "--replace", "--small", "--json")
        assert (anew.code, anew.told["rejected_rows"]) == (0, 0)


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("postgresql://nobody@127.0.0.1:1/none", "does not answer"),
        ("nonsense", "is no database address"),
    ],
)
def test_database_that_is_not_there_is_told_with_code_4(onemap, monkeypatch, url, complaint):
    monkeypatch.setenv("ONEMAP_DATABASE_URL", url)
    answer = onemap("count", "--json")
    assert answer.code == 4
    assert complaint in answer.told["found"]
    assert answer.err.startswith("Database trouble: ")


def test_external_database_is_not_ours_to_start_or_stop(onemap, monkeypatch):
    monkeypatch.setenv("ONEMAP_DATABASE_URL", "postgresql://me@db/onemap")
    for command in ("start", "stop", "status"):
        answer = onemap("db", command)
        assert (answer.code, "not ours to start or stop" in answer.err) == (2, True)


def test_wrong_setting_is_told_with_its_name(onemap, monkeypatch):
    monkeypatch.setenv("ONEMAP_PORT", "many")
    answer = onemap("count", "--json")
    assert answer.code == 2
    assert "ONEMAP_PORT" in answer.told["found"]


def test_installed_program_shows_its_help():
    program = Path(sys.executable).with_name("onemap")
    done = subprocess.run([program, "--help"], capture_output=True, text=True, check=True)
    assert "教育智治一张图" in done.stdout
    assert "count" in done.stdout and "export" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize("arguments", [(), ("db",), ("load",)])
def test_want_of_a_command_shows_the_help_with_code_2(onemap, arguments):
    answer = onemap(*arguments)
    assert answer.code == 2
    assert "Usage: onemap" in answer.out + answer.err
    assert "No command is given" in answer.err


@pytest.mark.parametrize(
    "command", ["count", "draw", "export", "load sample", "load district", "db"]
)
def test_every_command_explains_itself(onemap, command):
    answer = onemap(*command.split(), "--help")
    assert (answer.code, answer.err) == (0, "")
    assert "Usage: onemap" in answer.out


def test_program_that_fails_says_so_and_logs_why(onemap, monkeypatch, caplog, town):
    def fail(*_: object, **__: object) -> pd.DataFrame:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("scenarios.commands.count.answer_count", fail)
    answer = onemap("count", "--json")
    assert answer.code == 1
    assert answer.told["found"] == "The program failed; see the log above."
    assert "ZeroDivisionError" in caplog.text


def test_interrupted_program_ends_with_130(onemap, monkeypatch, town: District):
    def stop(*_: object, **__: object) -> pd.DataFrame:
        raise KeyboardInterrupt

    monkeypatch.setattr("scenarios.commands.count.answer_count", stop)
    answer = onemap("count")
    assert (answer.code, answer.err) == (130, "Interrupted; nothing half-done was kept.\n")
