"""The embedded PostGIS cluster: made, started, shared and stopped by the program itself.

Everything lies in one private folder::

    <home>/data          the cluster; appears whole, by one rename
    <home>/socket        the only way in: a Unix socket, no TCP
    <home>/postgres.log  the log since the last start; postgres.log.1 is the one before
    <home>/start.lock    held while a program decides to make, start or stop the server
    <home>/users/        one locked file for each program that uses the server
    <home>/keep          there while `EmbeddedCluster.start` asks the server to stay

The kernel drops a lock when its process dies, however it dies, so a killed program is
never counted as a user. ASSUMPTION: Linux (``/proc``, ``flock``), and all programs that
share a folder see the same processes; elsewhere set ``ONEMAP_DATABASE_URL``.
"""

from __future__ import annotations

import atexit
import errno
import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psycopg2
from sqlalchemy import URL

from gis.errors import DatabaseError
from gis.postgres import DATABASE, MORE_SPACE, PORT, SUPERUSER, PostgresServer, wait_until

LOCK_TIMEOUT_S = 300.0  # longer than any start or stop of the program that holds it


@dataclass(frozen=True)
class ClusterStatus:
    """What is to know about an embedded cluster."""

    state: Literal["absent", "stopped", "running"]
    folder: Path
    socket_dir: Path
    server_version: str | None  # of the running server; while stopped that of the data folder
    postgis_version: str | None
    pid: int | None
    users: int
    kept: bool


class EmbeddedCluster:
    """The PostGIS cluster of one folder, shared by every program that names the folder.

    As a context manager it is used from entrance (giving the URL) to exit.

    Parameters
    ----------
    home
        Private folder; made when missing. As root the server runs as an unprivileged user,
        who must be able to enter every parent folder.
    """

    def __init__(self, home: Path) -> None:
        self.home = home.expanduser().resolve()
        self._server = PostgresServer(self.home)
        self._keep = self.home / "keep"
        self._users = self.home / "users"
        self._own: tuple[int, int, Path] | None = None  # (process, lock, file) while a user

    @property
    def url(self) -> str:
        """SQLAlchemy URL of the database, whether the server runs or not."""
        where = {"host": str(self._server.socket_dir), "port": PORT}
        return URL.create(
            "postgresql+psycopg2", username=SUPERUSER, database=DATABASE, query=where
        ).render_as_string(hide_password=False)

    def acquire(self) -> str:
        """Make and start the cluster where needed and become one of its users.

        Safe to call again, for instance after the server was killed: it is started anew and
        holds everything that was committed.

        Returns
        -------
        str
            SQLAlchemy URL of the database, with PostGIS in it.

        Raises
        ------
        DatabaseError
            PostGIS is missing or of another version, the folder cannot be used, the disk is
            full, or the server does not answer.
        """
        with self._locked():
            self._register()
            try:
                self._server.bring_up()
            except BaseException:
                self._leave()
                raise
        return self.url

    def release(self) -> None:
        """Stop being a user; the last one stops the server unless it is kept."""
        if self._is_user():
            with self._locked():
                self._leave()

    def __enter__(self) -> str:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()

    def start(self) -> ClusterStatus:
        """Start the server and keep it running until `stop`, whoever comes and goes."""
        with EmbeddedCluster(self.home), self._telling_folder_errors():
            self._keep.touch()
        return self.status()

    def stop(self, *, force: bool = False) -> ClusterStatus:
        """Stop the server even when kept.

        Raises
        ------
        DatabaseError
            Other programs use it (named by process id) and `force` is not set.
        """
        if self.home.exists():
            with self._locked():
                others = self._list_users() - (
                    {self._own[2]} if self._own and self._is_user() else set()
                )
                if others and not force:
                    pids = ", ".join(sorted({path.name.split("-")[0] for path in others}))
                    raise DatabaseError(
                        f"The embedded database in {self.home} is in use by process {pids}.",
                        mend="Close these programs first, or stop it by force.",
                    )
                self._keep.unlink(missing_ok=True)
                self._unregister()
                self._server.stop()
        return self.status()

    def status(self) -> ClusterStatus:
        """Tell the state; changes nothing and waits for no other program."""
        state: Literal["absent", "stopped", "running"] = "absent"
        server_version = postgis_version = None
        with self._telling_folder_errors():
            pid = self._server.read_pid()
            if pid is not None:
                state = "running"
                # A server that is still starting has no versions to tell yet.
                with suppress(psycopg2.Error):
                    server_version, postgis_version = self._server.read_versions()
            elif self._server.data.exists():
                state = "stopped"
                server_version = (self._server.data / "PG_VERSION").read_text().strip()
            return ClusterStatus(
                state=state,
                folder=self.home,
                socket_dir=self._server.socket_dir,
                server_version=server_version,
                postgis_version=postgis_version,
                pid=pid,
                users=len(self._list_users()),
                kept=self._keep.exists(),
            )

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the right to make, start and stop the server."""
        with self._telling_folder_errors():
            self._make_home()
            with (self.home / "start.lock").open("a") as lock:
                if not wait_until(lambda: _lock_file(lock.fileno()), LOCK_TIMEOUT_S):
                    raise DatabaseError(
                        f"Another program has been holding {lock.name} for {LOCK_TIMEOUT_S:.0f} s.",
                        mend="End that program, or wait until its start or stop is over.",
                    )
                try:
                    yield
                finally:
                    # Closing is not enough: a child forked meanwhile holds a copy of the file.
                    fcntl.flock(lock, fcntl.LOCK_UN)

    def _make_home(self) -> None:
        mode = 0o711 if os.geteuid() == 0 else 0o700  # the server's user must get through
        for folder in reversed((self.home, *self.home.parents)):
            if not folder.exists():
                folder.mkdir(exist_ok=True)
                folder.chmod(mode)

    @contextmanager
    def _telling_folder_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            full = error.errno == errno.ENOSPC
            raise DatabaseError(
                f"The folder {self.home} of the embedded database cannot be used: {error}.",
                mend=MORE_SPACE if full else "Set ONEMAP_HOME to a folder this user may write.",
            ) from error

    def _is_user(self) -> bool:
        # A forked child carries its parent's registration but must not end it.
        return self._own is not None and self._own[0] == os.getpid()

    def _list_users(self) -> set[Path]:
        """List the files whose programs live, the own one included."""
        paths = set(self._users.iterdir()) if self._users.exists() else set()
        return {path for path in paths if _is_locked(path)}

    def _register(self) -> None:
        if self._is_user():
            return
        self._users.mkdir(exist_ok=True)
        for left in set(self._users.iterdir()) - self._list_users():
            left.unlink()
        lock, name = tempfile.mkstemp(prefix=f"{os.getpid()}-", dir=self._users)
        fcntl.flock(lock, fcntl.LOCK_EX)  # waits only for a glance of `_is_locked`
        self._own = (os.getpid(), lock, Path(name))
        atexit.register(self.release)

    def _unregister(self) -> None:
        if self._own is not None and self._is_user():
            _, lock, path = self._own
            self._own = None
            atexit.unregister(self.release)
            path.unlink(missing_ok=True)
            fcntl.flock(lock, fcntl.LOCK_UN)
            os.close(lock)

    def _leave(self) -> None:
        self._unregister()
        if not self._list_users() and not self._keep.exists():
            self._server.stop()


def _lock_file(descriptor: int, kind: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_locked(path: Path) -> bool:
    try:
        with path.open() as file:
            # Shared, so that two programs looking at once do not take each other for users.
            return not _lock_file(file.fileno(), fcntl.LOCK_SH)
    except FileNotFoundError:
        return False  # left this moment
