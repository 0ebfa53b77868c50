"""The three lists of packages stay in step, and nothing in them names an index."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
CONDA_NAMES = {
    "matplotlib": "matplotlib-base",
    "ortools": "ortools-python",
    "osmium": "pyosmium",
    "psycopg2-binary": "psycopg2",
    "typst": "typst-py",
}
CONDA_ONLY = {"python", "postgis"}


def read_project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def read_lock(name: str) -> dict[str, list[str]]:
    pins: dict[str, list[str]] = {}
    for line in (ROOT / name).read_text().splitlines():
        if found := re.match(r"^([a-z0-9._-]+)==([^ ;\\]+)", line):
            pins.setdefault(found[1], []).append(found[2])
    return pins


def test_conda_environment_holds_the_same_set_as_the_project():
    wanted = {}
    for text in read_project()["dependencies"]:
        requirement = Requirement(text)
        name = CONDA_NAMES.get(requirement.name, requirement.name)
        wanted[name] = str(requirement.specifier)
    text = (ROOT / "environment.yml").read_text()
    lines = re.findall(r"^  - ([a-z0-9-]+)(>=[\d.]+)$", text, flags=re.M)
    found = {name: bound for name, bound in lines if name not in CONDA_ONLY}
    assert found == wanted
    assert "postgis" in text


def test_every_dependency_is_pinned_by_the_lock_within_its_bounds():
    project = read_project()
    for lock, texts in (
        ("requirements.lock", project["dependencies"]),
        (
            "requirements-dev.lock",
            [*project["dependencies"], *project["optional-dependencies"]["dev"]],
        ),
    ):
        pins = read_lock(lock)
        for requirement in map(Requirement, texts):
            assert requirement.name in pins, f"{lock} lacks {requirement.name}: run `make lock`"
            for version in pins[requirement.name]:
                assert requirement.specifier.contains(version), f"{lock}: {requirement.name}"


def test_both_locks_pin_the_same_versions():
    run, dev = read_lock("requirements.lock"), read_lock("requirements-dev.lock")
    assert {name: dev.get(name) for name in run} == run


def test_locks_are_hashed_and_name_no_index():
    for lock in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / lock).read_text()
        assert "://" not in text
        assert "index" not in re.sub(r"^\s*#.*$", "", text, flags=re.M)
        blocks = re.split(r"\n(?=[a-z0-9._-]+==)", text)
        assert all("--hash=sha256:" in block for block in blocks)
