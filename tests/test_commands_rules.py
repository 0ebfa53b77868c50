"""``onemap rules``: checked and explained without a database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from scenarios.commands import run_commands

OUHAI = Path(__file__).parents[1] / "data" / "districts" / "ouhai"
DEFAULT = OUHAI / "admission_2026.yaml"


class Said(NamedTuple):
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def told(self) -> Any:
        """The one JSON object on standard output."""
        return json.loads(self.out)


@pytest.fixture
def run(monkeypatch, tmp_path, capfd):
    """Run a command where no database can be started."""
    monkeypatch.setenv("ONEMAP_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    monkeypatch.setenv("ONEMAP_HOME", str(tmp_path / "home"))

    def ask(*arguments: object) -> Said:
        capfd.readouterr()
        code = run_commands([str(one) for one in arguments])
        return Said(code, *capfd.readouterr())

    return ask


@pytest.fixture
def broken(tmp_path):
    text = DEFAULT.read_text().replace("opens_on: 2026-05-20", "opens_on: 2026-02-30")
    path = tmp_path / "broken.yaml"
    path.write_text(text.replace("- not: local", "- not: locl"))
    return path


def test_sound_rules_pass(run):
    said = run("rules", "check", DEFAULT, "--json")
    assert (said.code, said.err) == (0, "")
    told = said.told
    assert (told["code"], told["year"], told["valid"]) == ("ouhai_2026", 2026, True)
    assert told["stages"] == ["kindergarten", "primary", "junior"]
    assert told["order_unproven"] == []
    assert len(told["batches"]) == 12
    said = run("rules", "check", OUHAI / "admission_two_batches.yaml")
    assert said.code == 0
    assert "The rules are sound." in said.out


def test_broken_rules_are_rejected_with_every_line(run, broken):
    said = run("rules", "check", broken)
    assert said.code == 3
    assert "2 faults" in said.err
    assert "There is no day 2026-02-30" in said.err
    assert "Did you mean 'local'?" in said.err
    said = run("rules", "check", broken, "--json")
    assert said.code == 3
    lines = broken.read_text().split("\n")
    found = [lines[fault["line"] - 1].strip() for fault in said.told["faults"]]
    assert found == ["opens_on: 2026-02-30", "- not: locl"]
    assert set(said.told["faults"][0]) == {"line", "key", "found", "mend"}


def test_broken_rules_are_not_explained(run, broken):
    assert run("rules", "explain", broken).code == 3


def test_a_missing_file_is_a_wrong_request(run, tmp_path):
    for command in ("check", "explain"):
        said = run("rules", command, tmp_path / "none.yaml", "--json")
        assert said.code == 2
        assert "cannot be read" in said.told["found"]
    assert run("rules", "check").code == 2


def test_rules_are_explained_in_both_languages(run):
    said = run("rules", "explain", DEFAULT)
    assert said.code == 0
    assert said.out.index("谁入学") < said.out.index("Who enters")
    assert all(name in said.out for name in ("幼儿园", "小学", "初中"))


def test_one_stage_and_one_language_can_be_asked_for(run):
    said = run("rules", "explain", DEFAULT, "--stage", "junior", "--lang", "en")
    assert said.code == 0
    assert "junior school 2026" in said.out
    assert "kindergarten" not in said.out
    assert "谁入学" not in said.out
    told = run("rules", "explain", DEFAULT, "--stage", "junior", "--lang", "zh", "--json").told
    assert [*told["prose"]] == ["zh"]
    assert [*told["prose"]["zh"]] == ["junior"]
    assert told["prose"]["zh"]["junior"][0]["title"] == "谁入学"


def test_an_unknown_stage_or_language_is_a_wrong_request(run):
    said = run("rules", "explain", DEFAULT, "--stage", "primry", "--json")
    assert said.code == 2
    assert said.told["mend"] == "Did you mean 'primary'?"
    assert run("rules", "explain", DEFAULT, "--lang", "fr").code == 2
