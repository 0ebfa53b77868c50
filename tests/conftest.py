"""Databases for the tests: clusters of their own, made once a process and ended with it."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import hypothesis
import pytest
from sqlalchemy import Connection, text

from gis.access import Role
from gis.database import Database, open_database
from gis.settings import PROJECT_ROOT, Settings, load_settings
from scenarios.commands import run_commands
from scenarios.district import District, find_district
from scenarios.loading import load_sample
from tests.town import write_town_folder

# The suite tries the same examples each time; `--hypothesis-profile=default` tries new ones.
hypothesis.settings.register_profile("repeatable", derandomize=True)
hypothesis.settings.load_profile("repeatable")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of the small sample first, then those of the browser; else keep the order.

    Two processes share the suite and the list is cut between them: the sample is loaded in one
    of them alone, and one browser at a time draws. To load it takes a minute, so that whatever
    needs it counts among the long ways.
    """

    def rank(item: pytest.Item) -> int:
        asked = getattr(item, "fixturenames", ())
        return 0 if "small_database" in asked else 1 if "browser" in asked else 2

    items.sort(key=rank)
    for item in items:
        if rank(item) == 0:
            item.add_marker(pytest.mark.journey)


@contextmanager
def make_home() -> Iterator[Path]:
    """Make a short folder that the server's user can enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="onemap-test-"))
    folder.chmod(0o755)
    try:
        yield folder / "home"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def settings() -> Iterator[Settings]:
    """Yield the settings of the session's cluster; commands find it by them as well."""
    with make_home() as home, pytest.MonkeyPatch.context() as environment:
        environment.setenv("ONEMAP_HOME", str(home))
        yield load_settings()


@pytest.fixture(scope="session")
def database(settings: Settings) -> Iterator[Database]:
    """Open a real PostGIS with migrated tables and, at first, no district."""
    with open_database(settings) as opened:
        yield opened


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    """Open a transaction that is undone after the test; see :func:`act_as`."""
    with database.engine.connect() as opened, opened.begin() as transaction:
        yield opened
        transaction.rollback()


def act_as(connection: Connection, role: Role) -> None:
    """Go on in the transaction with the rights of `role`."""
    connection.execute(text(f"set local role {role.database_name}"))


class Undone(Database):
    """A database whose transactions are parts of one that is undone after the test."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    @contextmanager
    def begin(self, role: Role) -> Iterator[Connection]:
        """Go on in the transaction with the rights of `role`."""
        act_as(self.connection, role)
        yield self.connection


@pytest.fixture
def undone(connection: Connection) -> Undone:
    """Open the database of `connection`: all that is stored is undone after the test."""
    return Undone(connection)


@pytest.fixture(scope="session")
def town_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the profile of the little town of :mod:`tests.town` into a folder of districts."""
    return write_town_folder(tmp_path_factory.mktemp("districts"))


@pytest.fixture(scope="session")
def town(database: Database, town_folder: Path) -> District:
    """Load the little town, with all its results; tests must leave it as it is."""
    load_sample(database, town_folder)
    with database.begin(Role.PLANNER) as opened:
        return find_district(opened, "town")


@pytest.fixture
def planner(database: Database, town: District) -> Iterator[Connection]:
    """Open a planner's transaction beside the loaded town."""
    with database.begin(Role.PLANNER) as opened:
        yield opened


@pytest.fixture
def steward(connection: Connection) -> Connection:
    """Open a steward's transaction that is undone after the test."""
    act_as(connection, Role.STEWARD)
    return connection


@pytest.fixture(scope="session")
def small_settings() -> Iterator[Settings]:
    """Yield the settings of the cluster that holds the small sample."""
    with make_home() as home:
        yield Settings(home=home)


@pytest.fixture(scope="session")
def small_database(small_settings: Settings) -> Iterator[Database]:
    """Open a cluster of its own with the small Ouhai sample and all its results."""
    with open_database(small_settings) as opened:
        load_sample(opened, PROJECT_ROOT / "data" / "districts" / "ouhai", small=True)
        yield opened


class Answer(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def told(self) -> dict[str, Any]:
        """The one JSON object on standard output, and nothing else."""
        assert self.out.endswith("\n") and self.out.count("\n") == 1, self.out
        told = json.loads(self.out, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
        assert isinstance(told, dict)
        return told


Ask = Callable[..., Answer]


@pytest.fixture
def onemap(
    database: Database,
    town_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Ask:
    """Run a command in this process, on the session's database and the town's profile."""
    monkeypatch.setenv("ONEMAP_DISTRICTS", str(town_folder.parent))
    monkeypatch.setenv("ONEMAP_DISTRICT", "town")
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: object) -> Answer:
        capfd.readouterr()
        code = run_commands([str(one) for one in arguments])
        return Answer(code, *capfd.readouterr())

    return run
