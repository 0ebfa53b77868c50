"""The OR-Library's p-median instances 1 to 20: every optimum found and proven."""

import os
import time
from pathlib import Path

import pytest

from catchments.sites import choose_by_distance
from catchments.sites.reading import read_streets
from catchments.sites.warming import warm_up

ROOT = Path(__file__).parents[2]
FOLDER = (ROOT / os.environ.get("REAL", "../shared/real")).resolve() / "pmed"
TOGETHER_S = 30.0

pytestmark = pytest.mark.published


def read_optima() -> dict[int, float]:
    path = FOLDER / "optima.txt"
    if not path.is_file():
        pytest.fail(
            f"{path} is missing: REAL must name the folder whose pmed/ holds pmed1.txt to"
            " pmed20.txt and optima.txt of the OR-Library (J. E. Beasley), p-median uncapacitated."
        )
    rows = [line.split() for line in path.read_text().splitlines()]
    return {int(row[0][4:]): float(row[1]) for row in rows if row and row[0].startswith("pmed")}


def write_edges(number: int, folder: Path) -> tuple[Path, int]:
    """Write one instance as edges.csv, every edge as it stands, and return its p."""
    words = (FOLDER / f"pmed{number}.txt").read_text().split()
    edge_count, site_count = int(words[1]), int(words[2])
    edges = [",".join(words[i : i + 3]) for i in range(3, 3 + 3 * edge_count, 3)]
    path = folder / f"pmed{number}.csv"
    path.write_text("\n".join(["a,b,length", *edges]))
    return path, site_count


def test_all_twenty_optima_are_found_and_proven_in_half_a_minute(tmp_path: Path) -> None:
    optima = read_optima()
    files = {number: write_edges(number, tmp_path) for number in range(1, 21)}
    warm_up()
    start = time.perf_counter()
    for number, (path, site_count) in files.items():
        choice = choose_by_distance(read_streets(path), site_count=site_count)
        found = (choice.objective, choice.lower_bound, choice.stopped)
        assert found == (optima[number], optima[number], "proven"), f"pmed{number}"
    assert time.perf_counter() - start < TOGETHER_S
