"""Backups: everything the program keeps, in one file of PostgreSQL's own archive format."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from sqlalchemy import Engine, text

from gis.database import Database, explain_trouble
from gis.errors import DatabaseError, OutputError, RejectedDataError, UsageError
from gis.postgres import find_postgres
from gis.tables import OPEN, PERSONAL

_SCHEMAS = (OPEN, PERSONAL)


def write_backup(database: Database, path: Path) -> int:
    """Write all tables into one file, readable by its owner alone; return its bytes.

    The file holds rows about persons. It is written beside its final name and renamed, so that a
    backup that fails leaves the last one as it was.

    Raises
    ------
    OutputError
        When the file cannot be written.
    DatabaseError
        When the programs of PostgreSQL are missing or too old, or the database does not answer.
    """
    if not path.parent.is_dir() or path.is_dir():
        raise OutputError(f"{path} cannot be written.", mend="Name a file in a folder that exists.")
    part = path.with_name(f".{path.name}.part")
    try:
        part.touch(mode=0o600)
        named = [f"--schema={schema}" for schema in _SCHEMAS]
        _run(database.engine, "pg_dump", "--format=custom", "--no-owner", *named, f"--file={part}")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path.stat().st_size


def restore_backup(database: Database, path: Path) -> None:
    """Put everything back as it stood in a backup, in one transaction; what is there goes.

    The tables may be those of an older program: open the database anew to bring them up to date.

    Raises
    ------
    UsageError
        When there is no such file.
    RejectedDataError
        When the file is no backup of this program; the database stays as it was.
    DatabaseError
        When the restoration fails; the database stays as it was.
    """
    if not path.is_file():
        raise UsageError(f"There is no file {path}.", mend="Name a file of `onemap db backup`.")
    with tempfile.TemporaryDirectory(prefix="onemap-restore-") as folder:
        script = Path(folder) / "restore.sql"
        try:
            _run(None, "pg_restore", "--no-owner", f"--file={script}", str(path))
        except DatabaseError as error:
            raise RejectedDataError(
                f"{path} is no whole backup: {error.found}", mend="Name another backup."
            ) from error
        if f"CREATE TABLE {OPEN}.alembic_version" not in script.read_text(encoding="utf-8"):
            raise RejectedDataError(
                f"{path} holds no tables of this program.", mend="Name a file of `db backup`."
            )
        drop = "".join(f"drop schema if exists {schema} cascade; " for schema in _SCHEMAS)
        once = ("--single-transaction", "--set=ON_ERROR_STOP=1", "--no-psqlrc", "--quiet")
        _run(database.engine, "psql", *once, f"--command={drop}", f"--file={script}")
    database.engine.dispose()


def _run(engine: Engine | None, program: str, *arguments: str) -> None:
    """Run a program of PostgreSQL of at least the server's version."""
    command = [str(_find_program(engine, program)), *arguments]
    environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", **_name_server(engine)}
    done = subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        told = next(iter(done.stderr.strip().splitlines()), "no reason told")
        raise DatabaseError(f"{program} failed: {told}", mend="See `onemap db status`.")


def _name_server(engine: Engine | None) -> dict[str, str]:
    """Return the variables that name the server; a password never stands among arguments."""
    if engine is None:
        return {}
    url = engine.url
    named = {
        "PGHOST": url.host or url.query.get("host"),
        "PGPORT": url.port or url.query.get("port"),
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "PGSSLMODE": url.query.get("sslmode"),
    }
    return {name: str(value) for name, value in named.items() if value is not None}


def _find_program(engine: Engine | None, program: str) -> Path:
    major = 0
    if engine is not None:
        with explain_trouble(), engine.connect() as connection:
            number = connection.execute(text("show server_version_num")).scalar_one()
        major = int(number) // 10_000
    try:
        folder = find_postgres().folder
    except DatabaseError:  # an external database needs no server here
        folder = Path()
    found = shutil.which(program, path=os.pathsep.join([str(folder), os.environ.get("PATH", "")]))
    version = 0 if found is None else _ask_version(found)
    if found is None or version < major:
        raise DatabaseError(
            f"{program} {'is missing' if found is None else f'{version} is too old'}.",
            mend=f"Install `postgresql-client-{major}` or newer.",
        )
    return Path(found)


def _ask_version(program: str) -> int:
    """Return the major version, as in ``pg_dump (PostgreSQL) 15.18``."""
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    return int(re.findall(r"\) (\d+)", told.stdout)[0])
