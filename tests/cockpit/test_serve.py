"""``onemap serve``: one command from an empty machine to a page, and a clean end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from gis.embedded import EmbeddedCluster
from gis.settings import PROJECT_ROOT
from scenarios.commands import run_commands
from tests.conftest import make_home
from tests.town import write_town_folder


@pytest.fixture
def port() -> Iterator[int]:
    """Return a port that was free a moment ago."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    yield number


def fetch(address: str, program: subprocess.Popen[str], patience_s: float = 120) -> str:
    """Fetch a page as soon as the program answers."""
    end = time.monotonic() + patience_s
    while time.monotonic() < end and program.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=10) as page:
                return str(page.read().decode())
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"no answer from {address}")


@pytest.mark.journey
def test_serving_loads_the_missing_sample_and_ends_cleanly_when_told_to(
    tmp_path: Path, port: int
) -> None:
    write_town_folder(tmp_path)
    with make_home() as home:
        program = subprocess.Popen(
            [sys.executable, "app.py", "serve", "--district", "town", "--port", str(port)],
            cwd=PROJECT_ROOT,
            env={**os.environ, "ONEMAP_HOME": str(home), "ONEMAP_DISTRICTS": str(tmp_path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            page = fetch(f"http://127.0.0.1:{port}/", program)
        finally:
            program.send_signal(signal.SIGTERM)
            told, complaints = program.communicate(timeout=60)
        assert "教育智治一张图" in page
        assert told == f"http://127.0.0.1:{port}\n"
        assert "Traceback" not in complaints
        assert program.returncode == 0
        assert EmbeddedCluster(home).status().state == "stopped"


def test_a_port_in_use_is_told_before_any_work(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ONEMAP_HOME", str(tmp_path / "untouched"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert run_commands(["serve", "--port", str(taken.getsockname()[1])]) == 1
    assert "--port" in capsys.readouterr().err
    assert not (tmp_path / "untouched").exists()
