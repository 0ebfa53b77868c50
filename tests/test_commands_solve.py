"""``onemap solve catchments``: what it prints, writes and refuses."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
import pytest

from catchments.boundaries.measures import measure_division
from catchments.units import Instance, Terms
from scenarios.commands import run_commands


class Answer(NamedTuple):
    """What the command left behind."""

    code: int
    told: dict[str, Any]
    err: str


class Town:
    """Four units in a row, 1 km apart; school a stands in unit 1, b in unit 4."""

    def __init__(self, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capfd = folder, capfd
        self.write(
            "units",
            "unit_id,x,y,pupils,area,perimeter,current\n"
            + "".join(
                f"{i + 1},{1000 * i},0,{pupils},1e6,4000,{'ab'[i > 0]}\n"
                for i, pupils in enumerate([10, 20, 30, 40])
            ),
        )
        self.write("schools", "school_id,unit_id,capacity\na,1,50\nb,4,70\n")
        self.write("adjacency", "unit_a,unit_b,shared_length\n1,2,1000\n2,3,1000\n3,4,1000\n")

    def write(self, name: str, text: str) -> Path:
        """Write a file of the town."""
        path = self.folder / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        return path

    @property
    def out(self) -> Path:
        """Where the plan is written."""
        return self.folder / "plan.csv"

    def solve(self, *more: object) -> Answer:
        """Run the command with JSON on the files of the town."""
        files = [
            part
            for name in ("units", "schools", "adjacency")
            for part in (f"--{name}", str(self.folder / f"{name}.csv"))
        ]
        words = ["solve", "catchments", *files, "--time-limit", "2", "--out", str(self.out)]
        self.capfd.readouterr()
        code = run_commands([*words, "--json", *map(str, more)])
        printed, err = self.capfd.readouterr()
        assert printed.count("\n") == 1
        return Answer(code, json.loads(printed, parse_constant=pytest.fail), err)


@pytest.fixture
def town(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Town:
    return Town(tmp_path, capfd)


@dataclass(frozen=True)
class Division:
    """What a search returns."""

    school_of_unit: np.ndarray
    objective: float
    lower_bound: float
    stopped: str = "interrupted"
    seconds: float = 0.5
    seed: int = 1
    gap_pct: float = float("inf")
    bound_kind: str = "seats"
    bound_note: str = ""


def stand_in(monkeypatch: pytest.MonkeyPatch, *schools: int, astray: float = 0.0) -> None:
    """Let the search return one division, whatever is asked."""

    def divide_balanced(instance: Instance, terms: Terms, **_: object) -> Division:
        division = np.array(schools, dtype=np.int64)
        objective = measure_division(instance, terms, division)["objective"] + astray
        return Division(division, objective, lower_bound=float("-inf"))

    module = ModuleType("balanced")
    module.divide_balanced = divide_balanced  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "catchments.boundaries.balanced", module)


def test_least_walking_within_the_seats_is_proven_and_written(town: Town) -> None:
    code, told, _ = town.solve()
    # a: 10·0 + 20·1; b: 30·1 + 40·0 pupil-km
    assert (code, told["objective"], told["pupil_km"]) == (0, 50.0, 50.0)
    assert told["lower_bound"] <= 50.0 + 1e-6
    assert told["gap_pct"] == pytest.approx(0.0, abs=1e-3)
    assert (told["connected"], told["whole_units"], told["over_capacity_pupils"]) == (True, True, 0)
    assert (told["units"], told["schools"], told["open_schools"]) == (4, 2, ["a", "b"])
    assert (told["moved_pupils"], told["mean_distance_m"]) == (20.0, 500.0)
    assert [row["pupils"] for row in told["schools_table"]] == [30.0, 70.0]
    lines = town.out.read_text().splitlines()
    assert lines == ["unit_id,school_id", "1,a", "2,a", "3,b", "4,b"]
    digest = hashlib.sha256("".join(f"{line}\n" for line in lines[1:]).encode()).hexdigest()
    assert told["plan_digest"] == digest


def test_terms_from_files_are_kept(town: Town) -> None:
    locked = town.write("locked", "unit_id,school_id\n3,a\n")
    together = town.write("together", "unit_id,group\n2,estate\n3,estate\n")
    schools = "school_id,unit_id,capacity\na,1,60\nb,4,70\n"
    town.write("schools", schools)
    told = town.solve("--locked", locked, "--together", together).told
    # 20·1 + 30·2 pupil-km to a
    assert told["objective"] == 80.0
    # change: units 2 and 3 leave b, 50 pupils at 0.1 km each
    weighted = town.solve("--locked", locked, "--together", together, "--w-change", "0.1").told
    assert weighted["parts"] == {"pupil_km": 80.0, "opening_cost": 0.0, "change": 5.0}


def test_joint_schools_are_one_catchment_in_the_plan(town: Town) -> None:
    joint = town.write("joint", "school_id,catchment\na,x\nb,x\n")
    told = town.solve("--joint", joint).told
    assert told["open_schools"] == ["a+b"]
    assert set(town.out.read_text().splitlines()[1:]) == {f"{i},a+b" for i in range(1, 5)}


def test_balance_is_measured_from_the_plan(town: Town) -> None:
    told = town.solve("--objective", "balance").told
    assert (told["connected"], told["whole_units"]) == (True, True)
    assert told["objective"] == pytest.approx(sum(told["parts"].values()))
    assert told["lower_bound"] <= told["objective"] + 1e-6
    # |1 − 30/50| + |1 − 70/70|, two catchments of 2 km × 1 km; no other plan is better
    shape = 4 * np.pi * 2 / 36
    assert told["objective"] == pytest.approx(0.7 * 0.4 + 0.3 * 2 * (1 - shape))


def test_what_no_plan_can_keep_is_refused_and_nothing_is_written(town: Town) -> None:
    town.write("schools", "school_id,unit_id,capacity\na,1,50\nb,4,30\n")
    code, told, err = town.solve()
    assert (code, told["error"]) == (3, "Data rejected")
    assert "100 pupils and 80 seats: 20 seats are missing" in told["found"]
    assert "School b stands in unit 4 with 40 pupils, but has 30 seats" in told["found"]
    assert "20 seats are missing" in err
    assert not town.out.exists()
    assert town.solve("--capacity", "soft").told["over_capacity_pupils"] == 20.0


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--time-limit", "0"], "Time limit 0 s"),
        (["--seed", "-1"], "seed -1"),
        (["--w-balance", "-1"], "--w-balance is -1"),
        (["--max-distance", "nan"], "--max-distance is nan"),
        (["--objective", "speed"], "'speed' is not one of"),
        (["--capacity", "firm"], "'firm' is not one of"),
    ],
)
def test_options_that_cannot_be_meant_are_refused(
    town: Town, options: list[str], told: str
) -> None:
    answer = town.solve(*options)
    assert answer.code == 2
    assert told in answer.told["found"]


def test_a_folder_that_is_missing_is_told_before_any_search(town: Town) -> None:
    answer = town.solve("--out", town.folder / "none" / "plan.csv")
    assert (answer.code, answer.told["error"]) == (1, "Cannot write")


def test_an_interrupted_search_hands_over_its_plan(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch, 0, 0, 1, 1)
    code, told, _ = town.solve()
    assert (code, told["stopped"]) == (0, "interrupted")
    assert (told["lower_bound"], told["gap_pct"]) == (None, None)
    assert town.out.exists()


def test_a_search_that_misstates_its_plan_is_a_fault_of_ours(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch, 0, 0, 1, 1, astray=0.01)
    answer = town.solve()
    assert answer.code == 1
    assert "The search states the objective 50.01, the plan has 50.0." in answer.told["found"]
    stand_in(monkeypatch, 0, 1, 1, 1)
    assert "20 pupils are above the seats." in town.solve().told["found"]
    assert not town.out.exists()


def test_people_read_lines_in_place_of_json(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, 0, 0, 1, 1)
    files = [f"--{name}={town.folder / name}.csv" for name in ("units", "schools", "adjacency")]
    assert run_commands(["solve", "catchments", *files]) == 0
    printed = town.capfd.readouterr().out
    assert re.search(r"objective .* 50\.00 ", printed)
    assert "school_id" in printed
