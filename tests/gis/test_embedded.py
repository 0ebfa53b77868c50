"""The embedded cluster starts, is shared, and survives what kills programs and servers."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import pytest
from psycopg2.extensions import connection
from psycopg2.extras import wait_select
from sqlalchemy import create_engine, make_url, text

from gis import postgres
from gis.embedded import EmbeddedCluster
from gis.errors import DatabaseError
from gis.postgres import PostgresServer, find_postgres, wait_until
from gis.settings import PROJECT_ROOT

USER_PROGRAM = """
import sys
from pathlib import Path
from gis.embedded import EmbeddedCluster

cluster = EmbeddedCluster(Path(sys.argv[1]))
cluster.acquire()
print(cluster.status().pid, flush=True)
sys.stdin.readline()
"""

FORKING_PROGRAM = """
import os, sys
from pathlib import Path
from gis.embedded import EmbeddedCluster

cluster = EmbeddedCluster(Path(sys.argv[1]))
cluster.acquire()
child = os.fork()
if child == 0:
    sys.exit()
os.waitpid(child, 0)
print(cluster.status().state, cluster.status().users)
"""


@contextmanager
def open_folder() -> Iterator[Path]:
    """Make a folder that the server's user can enter, unlike pytest's own; clear it later."""
    folder = Path(tempfile.mkdtemp(prefix="onemap-test-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def ensure_stopped(home: Path) -> Iterator[Path]:
    """End the server of `home` at last, and clear its socket folder where that lies outside."""
    try:
        yield home
    finally:
        status = EmbeddedCluster(home).stop(force=True)
        if home not in status.socket_dir.parents:
            shutil.rmtree(status.socket_dir, ignore_errors=True)


@pytest.fixture
def absent_home() -> Iterator[Path]:
    with open_folder() as folder, ensure_stopped(folder / "home") as home:
        yield home


@pytest.fixture(scope="module")
def stopped_home() -> Iterator[Path]:
    """Make one cluster with PostGIS for all tests that leave its files whole."""
    with open_folder() as folder:
        with EmbeddedCluster(folder / "home"):
            pass
        yield folder / "home"


@pytest.fixture
def home(stopped_home: Path) -> Iterator[Path]:
    with ensure_stopped(stopped_home) as home:
        yield home


def copy_cluster(home: Path, copy: Path) -> Path:
    copy.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", home, copy], check=True)  # keeps the server's user as owner
    return copy


@contextmanager
def start_program(home: Path) -> Iterator[subprocess.Popen[str]]:
    """Start another program that uses the cluster until it gets a line or is killed."""
    command = [sys.executable, "-c", USER_PROGRAM, str(home)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=PROJECT_ROOT) as program:
        try:
            yield program
        finally:
            program.kill()


def read_server_pid(program: subprocess.Popen[str]) -> int:
    assert program.stdout is not None
    return int(program.stdout.readline())


def finish(program: subprocess.Popen[str]) -> None:
    program.communicate("\n", timeout=30)
    assert program.returncode == 0


def connect(url: str, *, in_background: bool = False) -> connection:
    parsed = make_url(url)
    link = psycopg2.connect(
        dbname=parsed.database, user=parsed.username, async_=in_background, **parsed.query
    )
    if in_background:
        wait_select(link)
    else:
        link.autocommit = True
    return link


def ask(url: str, question: str) -> object:
    link = connect(url)
    try:
        with link.cursor() as cursor:
            cursor.execute(question)
            row = cursor.fetchone() if cursor.description else None
        return row and row[0]
    finally:
        link.close()


def kill_server(cluster: EmbeddedCluster) -> int:
    pid = cluster.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: cluster.status().pid is None, 10)
    return pid


def is_alive(pid: int) -> bool:
    command = Path("/proc", str(pid), "cmdline")
    return command.exists() and command.read_bytes() != b""  # empty: dead, not yet buried


# -- starting ---------------------------------------------------------------------------


def test_first_use_makes_a_cluster_with_postgis_and_the_last_leaver_stops_it(absent_home):
    cluster = EmbeddedCluster(absent_home)
    with cluster as url:
        engine = create_engine(url)
        with engine.connect() as link:
            version = link.execute(text("select postgis_version()")).scalar_one()
            encoding = link.execute(text("show server_encoding")).scalar_one()
        engine.dispose()
        status = cluster.status()
    assert version.startswith("3.")
    assert encoding == "UTF8"
    assert (status.state, status.users, status.kept) == ("running", 1, False)
    assert status.postgis_version is not None
    assert cluster.status().state == "stopped"
    assert cluster.status().users == 0


def test_server_listens_on_a_private_unix_socket_and_no_tcp_port(home):
    cluster = EmbeddedCluster(home)
    with cluster as url:
        status = cluster.status()
        listening_inodes = {
            f"socket:[{line.split()[9]}]"
            for table in ("/proc/net/tcp", "/proc/net/tcp6")
            if Path(table).exists()
            for line in Path(table).read_text().splitlines()[1:]
        }
        open_files = {str(fd.readlink()) for fd in Path(f"/proc/{status.pid}/fd").iterdir()}
        assert ask(url, "show listen_addresses") == ""
    assert any(name.startswith("socket:") for name in open_files)
    assert not open_files & listening_inodes
    assert stat.S_IMODE(status.socket_dir.stat().st_mode) == 0o700
    assert status.socket_dir.stat().st_uid != 0


def test_settings_of_the_code_reach_the_server_at_each_start(home, monkeypatch):
    with EmbeddedCluster(home) as url:
        assert ask(url, "show work_mem") == "64MB"
        assert ask(url, "show fsync") == "on"
    monkeypatch.setitem(postgres.SETTINGS, "work_mem", "32MB")
    with EmbeddedCluster(home) as url:
        assert ask(url, "show work_mem") == "32MB"


def test_server_is_out_of_reach_of_the_terminals_ctrl_c(home):
    cluster = EmbeddedCluster(home)
    with cluster:
        pid = cluster.status().pid
        assert os.getsid(pid) != os.getsid(0)


def test_environment_of_the_program_does_not_lead_astray(home, monkeypatch):
    monkeypatch.setenv("PGPORT", "6543")
    monkeypatch.setenv("PGOPTIONS", "-c work_mem=1MB")
    monkeypatch.setenv("PGDATA", "/nowhere")
    with EmbeddedCluster(home) as url:
        assert ask(url, "select 1") == 1


def test_status_of_an_absent_cluster_makes_nothing(absent_home):
    status = EmbeddedCluster(absent_home).status()
    assert (status.state, status.pid, status.users) == ("absent", None, 0)
    assert EmbeddedCluster(absent_home).stop().state == "absent"
    assert not absent_home.exists()


# -- sharing ----------------------------------------------------------------------------


def test_two_programs_starting_at_once_share_one_server_until_the_last_leaves(absent_home):
    cluster = EmbeddedCluster(absent_home)
    with start_program(absent_home) as first, start_program(absent_home) as second:
        assert read_server_pid(first) == read_server_pid(second)
        assert cluster.status().users == 2
        finish(first)
        assert (cluster.status().state, cluster.status().users) == ("running", 1)
        finish(second)
    assert cluster.status().state == "stopped"


def test_program_killed_dead_is_no_user_and_the_next_one_adopts_its_server(home):
    cluster = EmbeddedCluster(home)
    with start_program(home) as program:
        pid = read_server_pid(program)
        program.kill()
        program.wait()
    assert (cluster.status().pid, cluster.status().users) == (pid, 0)
    with cluster:
        assert (cluster.status().pid, cluster.status().users) == (pid, 1)
    assert cluster.status().state == "stopped"


def test_end_of_a_forked_child_does_not_end_its_parents_use(home):
    command = [sys.executable, "-c", FORKING_PROGRAM, str(home)]
    told = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["running", "1"]
    assert EmbeddedCluster(home).status().state == "stopped"


def test_kept_server_stays_when_users_leave_until_it_is_stopped(home):
    cluster = EmbeddedCluster(home)
    started = cluster.start()
    assert (started.state, started.users, started.kept) == ("running", 0, True)
    with cluster:
        assert cluster.status().pid == started.pid
    assert cluster.status().pid == started.pid
    stopped = cluster.stop()
    assert (stopped.state, stopped.kept) == ("stopped", False)


def test_stop_names_the_programs_that_use_the_server_and_yields_only_to_force(home):
    cluster = EmbeddedCluster(home)
    with start_program(home) as program:
        read_server_pid(program)
        with pytest.raises(DatabaseError, match=f"in use by process {program.pid}"):
            cluster.stop()
        assert cluster.status().state == "running"
        assert cluster.stop(force=True).state == "stopped"


def test_own_use_does_not_hinder_a_stop(home):
    cluster = EmbeddedCluster(home)
    cluster.acquire()
    assert (cluster.stop().state, cluster.status().users) == ("stopped", 0)


# -- surviving --------------------------------------------------------------------------


def test_killed_server_starts_again_with_everything_committed(home):
    cluster = EmbeddedCluster(home)
    with cluster as url:
        ask(url, "create table seat as select 45 as seats")
        pid = kill_server(cluster)
        assert cluster.status().state == "stopped"
        assert (cluster.status().socket_dir / ".s.PGSQL.5432").exists()  # stale
        cluster.acquire()
        assert cluster.status().pid != pid
        assert ask(url, "select seats from seat") == 45
        assert cluster.status().users == 1


def test_busy_session_of_a_killed_server_does_not_block_the_next_start(home):
    cluster = EmbeddedCluster(home)
    with cluster as url:
        session = connect(url, in_background=True)
        session.cursor().execute("do 'begin loop end loop; end'")
        kill_server(cluster)
        cluster.acquire()
        assert ask(url, "select 1") == 1
        session.close()


def test_busy_session_of_a_killed_server_ends_with_the_last_user(home):
    cluster = EmbeddedCluster(home)
    with cluster as url:
        session = connect(url, in_background=True)
        session.cursor().execute("do 'begin loop end loop; end'")
        process = session.info.backend_pid
        kill_server(cluster)
    assert not is_alive(process)
    session.close()


def test_program_killed_while_making_the_cluster_leaves_no_half_of_one(absent_home):
    with start_program(absent_home) as program:
        assert wait_until(lambda: any(absent_home.glob("new-*/PG_VERSION")), 20)
        program.kill()
        program.wait()
    assert EmbeddedCluster(absent_home).status().state == "absent"
    with EmbeddedCluster(absent_home) as url:
        assert ask(url, "select postgis_version() is not null")
    assert wait_until(lambda: not any(absent_home.glob("new-*")), 10)


def test_strangers_process_under_the_old_process_id_does_not_block_the_start(home):
    data = home / "data"
    owner = data.stat().st_uid if os.geteuid() == 0 else None  # PostgreSQL minds its own user's
    with subprocess.Popen(["sleep", "600"], user=owner) as stranger:
        try:
            former = f"{stranger.pid}\n{data}\n1\n5432\n{home / 'socket'}\n\n  1 1\nready\n"
            (data / "postmaster.pid").write_text(former)
            (home / "socket" / ".s.PGSQL.5432.lock").write_text(former)
            cluster = EmbeddedCluster(home)
            assert cluster.status().state == "stopped"
            with cluster as url:
                assert ask(url, "select 1") == 1
            assert stranger.poll() is None
        finally:
            stranger.kill()


# -- places -----------------------------------------------------------------------------


def test_home_too_deep_for_a_socket_gets_a_private_short_folder(stopped_home, absent_home):
    deep = absent_home / ("瓯海区" * 10) / ("教育" * 10)
    copy_cluster(stopped_home, deep)
    cluster = EmbeddedCluster(deep)
    folder = cluster.status().socket_dir
    assert folder.parent == Path("/tmp")
    with ensure_stopped(deep):
        folder.mkdir()
        folder.chmod(0o777)  # anybody could put a socket of their own there
        with pytest.raises(DatabaseError, match="not a private folder"):
            cluster.acquire()
        folder.rmdir()
        with cluster as url:
            assert ask(url, "select 1") == 1
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ['it\'s $HOME `x` "here"', "one, two"])
def test_home_may_have_characters_that_a_shell_or_libpq_would_read(stopped_home, absent_home, name):
    odd = copy_cluster(stopped_home, absent_home / name)
    with ensure_stopped(odd), EmbeddedCluster(odd) as url:
        assert ask(url, "select 1") == 1


def test_folder_that_cannot_be_made_is_told_with_its_path(absent_home):
    absent_home.write_text("a file where a folder should be")
    for place in (absent_home / "home", Path("/proc/onemap")):
        with pytest.raises(DatabaseError, match="Set ONEMAP_HOME") as caught:
            EmbeddedCluster(place).acquire()
        assert str(place) in caught.value.found
    absent_home.unlink()


def test_private_parent_folder_hinders_only_root_whose_server_runs_as_another(absent_home):
    absent_home.parent.chmod(0o700)
    if os.geteuid() == 0:
        with pytest.raises(DatabaseError, match=f"cannot enter {absent_home.parent}"):
            EmbeddedCluster(absent_home).acquire()
    else:
        with EmbeddedCluster(absent_home) as url:
            assert ask(url, "select 1") == 1


# -- refusals ---------------------------------------------------------------------------


def test_full_disk_is_told_before_the_server_is_started(home, monkeypatch):
    usage = shutil._ntuple_diskusage(10**12, 10**12 - 2**20, 2**20)
    monkeypatch.setattr(postgres.shutil, "disk_usage", lambda _: usage)
    cluster = EmbeddedCluster(home)
    with pytest.raises(DatabaseError, match=r"has 1 MB left.*Free some space"):
        cluster.acquire()
    assert (cluster.status().state, cluster.status().users) == ("stopped", 0)


def test_disk_that_fills_up_later_is_recognised_in_the_log(home, monkeypatch):
    def write_log(server: PostgresServer, *_: object, **__: object) -> bool:
        (server.home / "postgres.log").write_text("FATAL: pg_wal: No space left on device\n")
        return False

    monkeypatch.setattr(PostgresServer, "_run", write_log)
    with pytest.raises(DatabaseError, match=r"The disk is full\. Free some space"):
        EmbeddedCluster(home).acquire()


def test_server_that_cannot_start_shows_the_end_of_its_log(home, monkeypatch):
    monkeypatch.setitem(postgres.SETTINGS, "max_connections", "many")
    cluster = EmbeddedCluster(home)
    with pytest.raises(DatabaseError, match='invalid value for parameter "max_connections"'):
        cluster.acquire()
    assert cluster.status().users == 0


def test_data_folder_of_another_major_version_is_told_with_both_versions(stopped_home, absent_home):
    home = copy_cluster(stopped_home, absent_home)
    have = find_postgres()
    (home / "data" / "PG_VERSION").write_text("11\n")
    with pytest.raises(DatabaseError, match=f"PostgreSQL 11, this machine has.* {have.major}"):
        EmbeddedCluster(home).acquire()
