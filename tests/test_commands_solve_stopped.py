"""``onemap solve catchments`` as a program: Ctrl-C, its time limit, and towns at the edge."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from gis.settings import PROJECT_ROOT

SIDE, SCHOOLS = 30, 20
PATIENCE_S = 120.0  # for starting and compiling, once on a machine


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write 900 units of 100 m, 1 to 30 pupils each, and 20 schools with a tenth more seats."""
    folder = tmp_path_factory.mktemp("city")
    generator = np.random.default_rng(20)
    number = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    pupils = generator.integers(1, 31, number.size)
    pd.DataFrame(
        {
            "unit_id": number.ravel(),
            "x": 100.0 * (number.ravel() % SIDE),
            "y": 100.0 * (number.ravel() // SIDE),
            "pupils": pupils,
        }
    ).to_csv(folder / "units.csv", index=False)
    across = np.stack([number[:, :-1].ravel(), number[:, 1:].ravel()], axis=1)
    down = np.stack([number[:-1].ravel(), number[1:].ravel()], axis=1)
    borders = pd.DataFrame(np.concatenate([across, down]), columns=["unit_a", "unit_b"])
    borders.to_csv(folder / "adjacency.csv", index=False)
    shares = generator.integers(2, 5, SCHOOLS)
    pd.DataFrame(
        {
            "school_id": [f"s{i}" for i in range(SCHOOLS)],
            "unit_id": generator.choice(number.size, SCHOOLS, replace=False),
            "capacity": np.ceil(1.1 * pupils.sum() * shares / shares.sum()).astype(int),
        }
    ).to_csv(folder / "schools.csv", index=False)
    return folder


def list_words(folder: Path, out: Path, *more: str) -> list[str]:
    """Return the words of the command on the files of a folder."""
    files = [f"--{name}={folder / name}.csv" for name in ("units", "schools", "adjacency")]
    program = [sys.executable, "-c", "from app import main; main()"]
    return [*program, "solve", "catchments", *files, "--json", "--out", str(out), *more]


def check_plan(folder: Path, out: Path, told: dict[str, Any]) -> None:
    """Check from the files alone that the plan is whole, connected and as good as it is told."""
    units = pd.read_csv(folder / "units.csv").set_index("unit_id")
    schools = pd.read_csv(folder / "schools.csv").set_index("school_id")
    borders = pd.read_csv(folder / "adjacency.csv")
    plan = pd.read_csv(out).set_index("unit_id")["school_id"]
    assert sorted(plan.index) == sorted(units.index)
    plan = plan.loc[units.index]
    assert (plan[schools["unit_id"]].to_numpy() == schools.index).all()
    load = units["pupils"].groupby(plan).sum()
    assert (load <= schools["capacity"][load.index]).all()
    place = units.loc[schools["unit_id"], ["x", "y"]].set_axis(schools.index).loc[plan].to_numpy()
    ways_km = np.hypot(*(units[["x", "y"]].to_numpy() - place).T) / 1000.0
    assert told["objective"] == pytest.approx(ways_km @ units["pupils"], rel=1e-9)
    inside = borders[plan[borders["unit_a"]].to_numpy() == plan[borders["unit_b"]].to_numpy()]
    a, b = (units.index.get_indexer(inside[end]) for end in ("unit_a", "unit_b"))
    ties = csr_array((np.ones(len(inside)), (a, b)), shape=(len(units), len(units)))
    assert connected_components(ties, directed=False)[0] == len(schools)
    assert told["lower_bound"] is None or told["lower_bound"] <= told["objective"]


class Searching:
    """A run of the command whose progress is read as a person would see it, on a terminal."""

    def __init__(self, words: list[str]) -> None:
        self._terminal, screen = pty.openpty()
        self.program = subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=screen, cwd=PROJECT_ROOT, text=True
        )
        os.close(screen)
        self.shown = ""

    def await_progress(self, text: str) -> None:
        """Wait until the terminal shows a text."""
        last = time.monotonic() + PATIENCE_S
        while text not in self.shown:
            if not select.select([self._terminal], [], [], max(0.0, last - time.monotonic()))[0]:
                pytest.fail(f"The terminal never showed {text}: {self.shown[-500:]}")
            self.shown += os.read(self._terminal, 4096).decode(errors="replace")

    def end(self) -> None:
        """End the program where it still runs."""
        if self.program.poll() is None:
            self.program.kill()
            self.program.communicate()
        os.close(self._terminal)


@pytest.fixture
def search(city: Path, tmp_path: Path) -> Iterator[Searching]:
    searching = Searching(list_words(city, tmp_path / "plan.csv", "--time-limit", "60"))
    yield searching
    searching.end()


def test_ctrl_c_hands_over_the_best_plan_so_far(
    city: Path, tmp_path: Path, search: Searching
) -> None:
    search.await_progress("divide")
    time.sleep(1.0)
    asked = time.monotonic()
    search.program.send_signal(signal.SIGINT)
    printed, _ = search.program.communicate(timeout=PATIENCE_S)
    # a second or so is usual; the rest is for busy machines, and still far from the time limit
    assert time.monotonic() - asked < 20.0
    assert search.program.returncode == 0
    assert printed.count("\n") == 1
    told = json.loads(printed)
    assert told["stopped"] == "interrupted"
    assert told["seconds"] < 40.0
    check_plan(city, tmp_path / "plan.csv", told)


def test_the_time_limit_is_kept_and_the_plan_written(city: Path, tmp_path: Path) -> None:
    words = list_words(city, tmp_path / "plan.csv", "--time-limit", "2")
    done = subprocess.run(
        words, capture_output=True, text=True, check=True, cwd=PROJECT_ROOT, timeout=PATIENCE_S
    )
    told = json.loads(done.stdout)
    assert told["stopped"] == "time limit"
    assert told["seconds"] < 10.0
    assert done.stderr == ""
    check_plan(city, tmp_path / "plan.csv", told)


@pytest.mark.parametrize("more", [[], ["--objective", "balance", "--w-compactness", "0"]])
def test_a_town_of_one_unit_belongs_to_its_school(tmp_path: Path, more: list[str]) -> None:
    # without any border
    (tmp_path / "units.csv").write_text("unit_id,x,y,pupils\n1,0,0,5\n")
    (tmp_path / "schools.csv").write_text("school_id,unit_id,capacity\na,1,5\n")
    (tmp_path / "adjacency.csv").write_text("unit_a,unit_b\n")
    out = tmp_path / "plan.csv"
    words = list_words(tmp_path, out, "--time-limit", "1", *more)
    done = subprocess.run(
        words, capture_output=True, text=True, check=False, cwd=PROJECT_ROOT, timeout=PATIENCE_S
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["objective"] == 0.0
    assert out.read_text().splitlines() == ["unit_id,school_id", "1,a"]
