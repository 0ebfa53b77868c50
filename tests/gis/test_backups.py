"""A backup holds everything, is put back whole or not at all, and never replaces unasked."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from sqlalchemy import func, select

from gis import tables
from gis.access import Role
from gis.backups import restore_backup, write_backup
from gis.database import open_database
from gis.errors import OutputError, RejectedDataError, UsageError
from gis.settings import Settings
from scenarios.commands import run_commands
from scenarios.loading import load_sample
from tests.conftest import make_home
from tests.town import write_town_folder

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """Yield the settings of a database that holds the little town, and a backup of it."""
    folder = tmp_path_factory.mktemp("town")
    districts = write_town_folder(folder)
    with make_home() as home:
        settings = Settings(home=home, database_url=None)
        with open_database(settings) as database:
            load_sample(database, districts)
            backup = folder / "onemap.backup"
            size = write_backup(database, backup)
            assert size == backup.stat().st_size > 0
        yield settings, backup


def count_children(settings: Settings) -> int:
    with open_database(settings) as database, database.begin(Role.OFFICER) as connection:
        return connection.execute(select(func.count()).select_from(tables.child)).scalar_one()


def test_what_was_lost_since_comes_back(town):
    settings, backup = town
    before = count_children(settings)
    assert before > 0
    with open_database(settings) as database:
        with database.begin(Role.STEWARD) as connection:
            connection.execute(tables.district.delete())
        restore_backup(database, backup)
    assert count_children(settings) == before


def test_a_backup_is_for_its_owner_alone(town):
    assert stat.S_IMODE(town[1].stat().st_mode) == 0o600


def test_a_broken_backup_leaves_the_database_as_it_was(town, tmp_path):
    settings, backup = town
    before = count_children(settings)
    broken = tmp_path / "broken.backup"
    broken.write_bytes(backup.read_bytes()[:5000])
    other = tmp_path / "other.backup"
    other.write_text("select 1;")
    with open_database(settings) as database:
        for path in (broken, other):
            with pytest.raises(RejectedDataError, match="is no whole backup"):
                restore_backup(database, path)
        with pytest.raises(UsageError, match="There is no file"):
            restore_backup(database, tmp_path / "nowhere")
        with pytest.raises(OutputError, match="cannot be written"):
            write_backup(database, tmp_path / "nowhere" / "onemap.backup")
    assert count_children(settings) == before


def test_a_database_with_districts_is_replaced_only_when_asked(town, monkeypatch, capsys):
    settings, backup = town
    monkeypatch.setenv("ONEMAP_HOME", str(settings.home))
    asked = ["db", "restore", "--from", str(backup), "--json"]
    assert run_commands(asked) == 2
    assert "--replace" in json.loads(capsys.readouterr().out)["mend"]
    assert run_commands([*asked, "--replace"]) == 0
    assert json.loads(capsys.readouterr().out)["districts"] == ["town"]


def test_the_command_tells_what_it_wrote(town, monkeypatch, capsys, tmp_path: Path):
    settings, _ = town
    monkeypatch.setenv("ONEMAP_HOME", str(settings.home))
    out = tmp_path / "second.backup"
    assert run_commands(["db", "backup", "--out", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"file": str(out), "bytes": out.stat().st_size}
