"""One PostgreSQL server of our own: find its programs, make its data folder, start, stop.

Who may start and stop it, and when, is decided in `gis.embedded`; the methods here expect
that only one program calls them at a time.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import re
import shlex
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from psycopg2.extensions import connection

from gis.errors import DatabaseError

DATABASE = "onemap"
SUPERUSER = "onemap"
PORT = "5432"  # only names the socket file; stated everywhere so that PGPORT cannot change it

# Given on the command line of every start: a new version of this table takes effect at the
# next start and nothing in the data folder has to be edited.
SETTINGS = {
    "listen_addresses": "",
    "port": PORT,
    "unix_socket_permissions": "0700",
    "max_connections": "50",
    "shared_buffers": "256MB",
    "work_mem": "64MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "2GB",
    "wal_level": "minimal",  # bulk COPY into a new table skips the log
    "max_wal_senders": "0",
    "jit": "off",
    # Containers give /dev/shm 64 MB, too little for parallel queries; System V has no such cap.
    "dynamic_shared_memory_type": "sysv",
    "fsync": "on",  # what was committed survives kill -9 and a power cut
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
    "log_error_verbosity": "terse",  # neither details nor statements: they quote rows
    "log_min_error_statement": "panic",
}

MIN_FREE_BYTES = 300 * 2**20
TIMEOUT_S = 180.0  # covers the replay of a full max_wal_size on a slow disk
POLL_S = 0.02
SOCKET_PATH_LIMIT_BYTES = 107  # SOURCE: unix(7), sun_path without the closing NUL
MORE_SPACE = "Free some space, or set ONEMAP_HOME to a folder on another disk."
EXTERNAL = "set ONEMAP_DATABASE_URL to a PostGIS 3.3+"


@dataclass(frozen=True)
class PostgresBinaries:
    """The programs of one PostgreSQL that has PostGIS."""

    folder: Path
    version: str  # "15.20"

    @property
    def major(self) -> int:
        """Major version: a data folder belongs to exactly one."""
        return int(self.version.split(".")[0])


def find_postgres(major: int | None = None) -> PostgresBinaries:
    """Find the newest PostgreSQL of this machine that has PostGIS.

    Looks beside the running Python (conda), on ``PATH``, where Debian and Ubuntu install,
    and where ``pg_config`` points.

    Parameters
    ----------
    major
        Accept this major version only: the one that made an existing data folder.

    Raises
    ------
    DatabaseError
        No PostgreSQL, none with PostGIS, or none of that major version; says what to install.
    """
    bare: list[PostgresBinaries] = []
    found: list[PostgresBinaries] = []
    for folder in _list_binary_folders():
        told = _ask(folder / "pg_config", "--version", "--sharedir")
        answer = re.match(r"PostgreSQL (\d+(?:\.\d+)?).*\n(.+)", told)
        if answer:  # a broken installation says nothing
            has_postgis = Path(answer[2], "extension", "postgis.control").exists()
            (found if has_postgis else bare).append(PostgresBinaries(folder, answer[1]))
    if not found:
        raise _tell_missing(bare)
    fitting = [one for one in found if major in (None, one.major)]
    if not fitting:
        have = ", ".join(sorted({one.version for one in found}))
        raise DatabaseError(
            f"The data folder was made by PostgreSQL {major}, this machine has {have}.",
            mend=f"Install `postgresql-{major}-postgis-3` to open it, or dump it with version "
            f"{major} and restore it into a new ONEMAP_HOME.",
        )
    return max(fitting, key=lambda one: [int(part) for part in one.version.split(".")])


def _list_binary_folders() -> list[Path]:
    """List the folders that hold a whole PostgreSQL server, each once."""
    folders = [Path(sys.prefix, "bin")]
    folders += [Path(entry) for entry in os.environ.get("PATH", "").split(os.pathsep) if entry]
    folders += Path("/usr/lib/postgresql").glob("*/bin")
    if (pg_config := shutil.which("pg_config")) and (folder := _ask(pg_config, "--bindir")):
        folders.append(Path(folder.strip()))
    programs = ("postgres", "initdb", "pg_ctl", "pg_config")
    whole = (one for one in folders if all(os.access(one / name, os.X_OK) for name in programs))
    return list(dict.fromkeys(one.resolve() for one in whole))


def _ask(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def _tell_missing(bare: list[PostgresBinaries]) -> DatabaseError:
    """Word the error for no PostGIS at all; `bare` are the servers without it."""
    if bare:
        have = ", ".join(f"PostgreSQL {one.version} in {one.folder}" for one in bare)
        found, package = f"PostGIS is missing from {have}.", f"postgresql-{bare[0].major}-postgis-3"
    else:
        found, package = "PostgreSQL with PostGIS is not installed.", "postgresql-postgis"
    mend = (
        f"Install it with `sudo apt install {package}` or `conda install -c conda-forge postgis`, "
        f"or {EXTERNAL}."
    )
    return DatabaseError(found, mend=mend)


def wait_until(condition: Callable[[], bool], timeout_s: float) -> bool:
    """Poll `condition`; tell whether it came true in time."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return True


class PostgresServer:
    """The server of one folder: ``data``, ``socket`` and ``postgres.log`` in `home`.

    As root it runs as the owner of its data folder: ``postgres`` where that user exists,
    else ``nobody``. `home` itself stays with whoever made it.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.data = home / "data"
        self._log = home / "postgres.log"
        # Server processes carry this name in their command line: that is how they are told
        # from strangers that got the process id of a dead server.
        self._name = f"onemap-{hashlib.sha256(os.fsencode(home)).hexdigest()[:12]}"

    @property
    def socket_dir(self) -> Path:
        """Folder of the socket: in `home` unless a client could not name it there."""
        inside = self.home / "socket"
        length = len(os.fsencode(inside / f".s.PGSQL.{PORT}"))
        # libpq reads a comma as the start of a second host.
        if length <= SOCKET_PATH_LIMIT_BYTES and "," not in str(inside):
            return inside
        return Path("/tmp", self._name)  # not TMPDIR: all programs must agree on it

    @contextmanager
    def connect(self, database: str = DATABASE) -> Iterator[connection]:
        """Open an autocommit connection as superuser."""
        link = psycopg2.connect(
            host=str(self.socket_dir), port=PORT, user=SUPERUSER, dbname=database, connect_timeout=5
        )
        link.autocommit = True
        try:
            yield link
        finally:
            link.close()

    def read_pid(self) -> int | None:
        """Return the process id of the living server; a stale file counts as none."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n")[0])
        except (FileNotFoundError, ValueError):
            return None
        return pid if self._is_own_process(pid) else None

    def read_versions(self) -> tuple[str, str]:
        """Ask the running server for the versions of PostgreSQL and of PostGIS."""
        with self.connect() as link, link.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version'), postgis_lib_version()")
            row = cursor.fetchone()
        assert row is not None  # a SELECT without FROM has one row
        return row[0], row[1]

    def bring_up(self) -> None:
        """Make the data folder where missing, start the server where stopped, add PostGIS."""
        if self.read_pid() is None:
            self._check_disk()
            major = int((self.data / "PG_VERSION").read_text()) if self.data.exists() else None
            binaries = find_postgres(major)
            self._check_reach(binaries.folder)
            if self._log.exists():  # an error message must quote this start, not an older one
                self._log.replace(self._log.with_name("postgres.log.1"))
            if major is None:
                self._make_data(binaries)
            self._start(binaries)
        self._await_answer()
        self._prepare_database()

    def stop(self) -> None:
        """Stop the server, if it runs, and wait until it is gone; open sessions are ended."""
        pid = self.read_pid()
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)  # PostgreSQL's "fast shutdown"
            if not wait_until(lambda: not self._is_own_process(pid), TIMEOUT_S):
                raise self._explain(f"The embedded database (process {pid}) does not stop.")
        self._end_orphans()

    def _is_own_process(self, pid: int) -> bool:
        try:
            command = Path("/proc", str(pid), "cmdline").read_bytes().decode(errors="replace")
        except OSError:  # gone, or hidden by the system because it is another user's
            return False
        program, *arguments = command.split("\0")
        is_server = Path(program).name == "postgres" and f"cluster_name={self._name}" in arguments
        return is_server or program.startswith(f"postgres: {self._name}: ")

    def _get_owner(self) -> tuple[int, int] | None:
        """Return user and group the server runs as, None for the present ones."""
        if os.geteuid() != 0:
            return None
        if self.data.exists():
            return self.data.stat().st_uid, self.data.stat().st_gid
        for name in ("postgres", "nobody"):
            with suppress(KeyError):
                entry = pwd.getpwnam(name)
                return entry.pw_uid, entry.pw_gid
        raise DatabaseError(
            "PostgreSQL refuses to run as root and there is no user `postgres` or `nobody`.",
            mend="Make one with `useradd --system postgres`, or start the program as another user.",
        )

    def _check_disk(self) -> None:
        free = shutil.disk_usage(self.home).free
        if free < MIN_FREE_BYTES:
            found = f"The disk of {self.home} has {free // 2**20} MB left; the embedded database "
            found += f"needs {MIN_FREE_BYTES // 2**20} MB to start."
            raise DatabaseError(found, mend=MORE_SPACE)

    def _check_reach(self, programs: Path) -> None:
        """Refuse folders that the unprivileged user of the server cannot pass through."""
        owner = self._get_owner()
        if owner is None:
            return
        for folder in (self.home, *self.home.parents, programs, *programs.parents):
            found = folder.stat()
            bit = stat.S_IXOTH
            if found.st_uid == owner[0]:
                bit = stat.S_IXUSR
            elif found.st_gid == owner[1]:
                bit = stat.S_IXGRP
            if not found.st_mode & bit:
                raise DatabaseError(
                    f"As root the database runs as user number {owner[0]}, which cannot enter "
                    f"{folder}.",
                    mend="Set ONEMAP_HOME to a folder that every user can reach, such as one under "
                    f"/var/lib, or open this one with `chmod o+x {shlex.quote(str(folder))}`.",
                )

    def _make_data(self, binaries: PostgresBinaries) -> None:
        """Make the cluster aside and move it into place whole: a kill leaves no half of it."""
        self._remove_left()
        fresh = Path(tempfile.mkdtemp(prefix="new-", dir=self.home))
        if owner := self._get_owner():
            os.chown(fresh, *owner)
        options = ("--encoding=UTF8", "--locale=C.UTF-8", "--auth=trust", f"--username={SUPERUSER}")
        made = self._run(binaries.folder / "initdb", "--no-instructions", *options, data=fresh)
        if not made:
            shutil.rmtree(fresh, ignore_errors=True)
            raise self._explain(f"The embedded database could not be made in {self.home}.")
        fresh.rename(self.data)
        self._remove_left()

    def _remove_left(self) -> None:
        """Remove what killed programs left; an orphaned initdb may write into it a while longer."""
        for left in self.home.glob("new-*"):
            shutil.rmtree(left, ignore_errors=True)

    def _start(self, binaries: PostgresBinaries) -> None:
        self._end_orphans()
        # Nothing of a former server lives, but a stranger may have its process id by now, and
        # PostgreSQL would take the stranger for its former self.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        self._make_socket_dir()
        quoted = str(self.socket_dir).replace('"', '""')
        own = {"cluster_name": self._name, "unix_socket_directories": f'"{quoted}"'}
        settings = shlex.join(
            part for name, value in (SETTINGS | own).items() for part in ("-c", f"{name}={value}")
        )
        start = ("start", "-sw", f"--timeout={TIMEOUT_S:.0f}", "-o", settings)
        self._run(binaries.folder / "pg_ctl", *start, data=self.data)  # `_await_answer` judges

    def _run(self, *command: str | Path, data: Path) -> bool:
        """Run a PostgreSQL program as the server's user; what it says goes to the log."""
        user, group = self._get_owner() or (None, None)
        self._log.touch(mode=0o600)  # messages of PostgreSQL may quote values of rows
        with self._log.open("a") as log:
            return not subprocess.run(
                command,
                cwd="/",
                # A bare environment: PGOPTIONS, PROJ_DATA and the like belong to the program.
                # The folder goes by PGDATA because pg_ctl puts arguments through a shell.
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "PGDATA": str(data)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal is not for the server
                user=user,
                group=group,
                extra_groups=None if user is None else [],
                check=False,
            ).returncode

    def _end_orphans(self) -> None:
        """End server processes whose postmaster was killed: they hold its shared memory."""

        def list_orphans() -> list[int]:
            pids = (entry.name for entry in Path("/proc").iterdir() if entry.name.isdigit())
            return [int(pid) for pid in pids if self._is_own_process(int(pid))]

        for pid in list_orphans():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGQUIT)
        if not wait_until(lambda: not list_orphans(), TIMEOUT_S):
            raise self._explain(f"Processes {list_orphans()} of a killed server do not end.")

    def _make_socket_dir(self) -> None:
        """Make the socket folder, private to the server's user, with no stale socket in it."""
        folder = self.socket_dir
        user, group = self._get_owner() or (os.geteuid(), os.getegid())
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        found = folder.lstat()
        # Under /tmp anybody may have come first with a folder or a link of the same name.
        private = stat.S_ISDIR(found.st_mode) and not found.st_mode & 0o077
        if not private or found.st_uid not in (user, os.geteuid()):
            raise DatabaseError(
                f"The socket folder {folder} is not a private folder of this program.",
                mend="Remove it, or set ONEMAP_HOME to a shorter path.",
            )
        os.chown(folder, user, group)
        for stale in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
            (folder / stale).unlink(missing_ok=True)

    def _await_answer(self) -> None:
        deadline = time.monotonic() + TIMEOUT_S
        while True:
            try:
                with self.connect("postgres"):
                    return
            except psycopg2.OperationalError as error:
                if self.read_pid() is None or time.monotonic() > deadline:
                    why = str(error).split("\n", maxsplit=1)[0]
                    raise self._explain(f"The embedded database does not answer: {why}.") from error
            time.sleep(POLL_S)

    def _prepare_database(self) -> None:
        try:
            with self.connect("postgres") as link, link.cursor() as cursor:
                cursor.execute("SELECT FROM pg_database WHERE datname = %s", (DATABASE,))
                if cursor.rowcount == 0:
                    cursor.execute(f"CREATE DATABASE {DATABASE}")
            with self.connect() as link, link.cursor() as cursor:
                cursor.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        except psycopg2.Error as error:
            why = str(error).split("\n", maxsplit=1)[0]
            raise self._explain(f"PostGIS cannot be set up in {self.home}: {why}.") from error

    def _explain(self, found: str) -> DatabaseError:
        """Word an error with the last lines of the log."""
        log = self._log.read_text(errors="replace") if self._log.exists() else ""
        tail = log.splitlines()[-20:]
        if any("No space left on device" in line for line in [found, *tail]):
            return DatabaseError(f"{found} The disk is full.", mend=MORE_SPACE)
        return DatabaseError(
            f"{found} Its log ends: {' | '.join(tail[-6:])}",
            mend=f"Read {self._log} for the cause, or {EXTERNAL}.",
        )
