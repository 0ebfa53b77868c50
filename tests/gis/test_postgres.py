"""Which PostgreSQL of the machine is chosen, and what is said when none will do."""

from __future__ import annotations

from pathlib import Path

import pytest

from gis import postgres
from gis.errors import DatabaseError
from gis.postgres import find_postgres


def make_postgres(folder: Path, version: str, *, with_postgis: bool) -> Path:
    """Pretend an installed PostgreSQL."""
    programs = folder / version / "bin"
    extensions = folder / version / "share" / "extension"
    programs.mkdir(parents=True)
    extensions.mkdir(parents=True)
    for name in ("postgres", "initdb", "pg_ctl", "pg_config"):
        told = f"#!/bin/sh\necho 'PostgreSQL {version} (Test)'\necho '{extensions.parent}'\n"
        (programs / name).write_text(told)
        (programs / name).chmod(0o755)
    if with_postgis:
        (extensions / "postgis.control").touch()
    return programs


def test_newest_postgresql_with_postgis_is_chosen(tmp_path, monkeypatch):
    folders = [
        make_postgres(tmp_path, "15.9", with_postgis=True),
        make_postgres(tmp_path, "15.10", with_postgis=True),
        make_postgres(tmp_path, "16.1", with_postgis=False),
    ]
    monkeypatch.setattr(postgres, "_list_binary_folders", lambda: folders)
    assert find_postgres().version == "15.10"
    assert find_postgres(15).folder == folders[1]
    with pytest.raises(DatabaseError, match="postgresql-14-postgis-3"):
        find_postgres(14)


def test_missing_postgis_is_told_with_the_packages_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(postgres, "_list_binary_folders", list)
    with pytest.raises(DatabaseError, match=r"not installed.*apt install.*ONEMAP_DATABASE_URL"):
        find_postgres()
    bare = make_postgres(tmp_path, "16.1", with_postgis=False)
    monkeypatch.setattr(postgres, "_list_binary_folders", lambda: [bare])
    with pytest.raises(DatabaseError, match=r"PostGIS is missing.*postgresql-16-postgis-3"):
        find_postgres()
