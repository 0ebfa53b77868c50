"""``onemap forecast``: what it prints, writes and refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scenarios.commands import run_commands

HEAD = "school,year,grade,pupils\n"
ROWS = [
    f"{school},{year},{grade},{pupils}"
    for year in range(2018, 2025)
    for school, grade, pupils in [
        ("9", "1", 60 + year % 3),
        ("9", "2", 58),
        ("10", "1", 80),
        ("10", "2", 79 - year % 2),
    ]
]


class Asked:
    """A panel in a folder, and the command on it."""

    def __init__(self, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capfd = folder, capfd
        self.out = folder / "forecast.csv"
        self.panel = folder / "enrolment.csv"
        self.write(HEAD + "\n".join(ROWS))

    def write(self, text: str) -> None:
        """Write the panel."""
        self.panel.write_text(text, encoding="utf-8")

    def run(self, *words: object, grades: str = "1,2") -> tuple[int, dict[str, Any], str]:
        """Run the command with JSON; return its exit code, answer and standard error."""
        self.capfd.readouterr()
        files = ["--panel", str(self.panel), "--grades", grades, "--json"]
        code = run_commands(["forecast", *map(str, words), *files])
        printed, err = self.capfd.readouterr()
        return code, json.loads(printed, parse_constant=pytest.fail), err


@pytest.fixture
def asked(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Asked:
    return Asked(tmp_path, capfd)


def test_schools_grades_and_years_are_written_with_their_interval(asked: Asked) -> None:
    code, told, _ = asked.run("--origin", 2023, "--horizon", 3, "--out", asked.out)
    assert (code, told["origin"], told["schools"], told["no_data"]) == (0, 2023, 2, [])
    table = pd.read_csv(asked.out, dtype={"school": str, "grade": str})
    assert list(table) == ["school", "grade", "year", "pupils", "p10", "p90"]
    assert table["school"].drop_duplicates().tolist() == ["9", "10"]
    assert (
        table.groupby(["school", "grade"])["year"].apply(list).tolist() == [[2024, 2025, 2026]] * 4
    )
    assert ((table["p10"] <= table["pupils"]) & (table["pupils"] <= table["p90"])).all()
    totals = table.groupby("year")["pupils"].sum().to_numpy()
    assert [year["pupils"] for year in told["district"]] == pytest.approx(totals, abs=0.3)
    for year in told["district"]:
        assert year["p2_5"] <= year["p10"] <= year["pupils"] <= year["p90"] <= year["p97_5"]


def test_later_years_do_not_change_what_an_origin_knew(asked: Asked) -> None:
    asked.run("--origin", 2022, "--horizon", 2, "--out", asked.out)
    before = asked.out.read_text()
    asked.write(HEAD + "\n".join(row for row in ROWS if int(row.split(",")[1]) <= 2022))
    asked.run("--horizon", 2, "--out", asked.out)  # the newest year is the origin
    assert asked.out.read_text() == before


def test_the_order_of_rows_and_columns_never_matters(asked: Asked) -> None:
    asked.run("--horizon", 4, "--out", asked.out)
    before = asked.out.read_text()
    turned = [",".join(row.split(",")[::-1]) for row in np.random.default_rng(1).permutation(ROWS)]
    asked.write("pupils,grade,year,school\n" + "\n".join(turned))
    asked.run("--horizon", 4, "--out", asked.out)
    assert asked.out.read_text() == before


def test_a_school_without_data_says_so(asked: Asked) -> None:
    asked.write(HEAD + "\n".join([*ROWS, "7,2020,1,30"]))
    code, told, _ = asked.run("--horizon", 1, "--out", asked.out)
    assert (code, told["no_data"]) == (0, ["7"])
    lines = asked.out.read_text().splitlines()
    assert lines[1:3] == ["7,1,2025,,,", "7,2,2025,,,"]
    code = run_commands(
        ["forecast", "--panel", str(asked.panel), "--grades", "1,2", "--horizon", "1"]
    )
    printed, err = asked.capfd.readouterr()
    assert code == 0 and "No data in 2024: 7." in err and "2025" in printed


def test_a_single_year_is_enough(asked: Asked) -> None:
    asked.write(HEAD + "a,2024,1,50\na,2024,2,40\n")
    code, told, _ = asked.run("--horizon", 2)
    # Cohorts 50 + 50, last year 50 + 40: half of each, then three eighths of the growth.
    assert (code, [year["pupils"] for year in told["district"]]) == (0, [95.0, 93.8])


def test_backtests_stand_beside_both_naive_forecasts(asked: Asked) -> None:
    code, told, _ = asked.run("backtest", "--min-pupils", 50)
    assert (code, told["years"], told["min_pupils"]) == (0, list(range(2018, 2025)), 50.0)
    first = told["scores"][0]
    assert (first["level"], first["horizon"], first["method"]) == ("school", 1, "forecast")
    assert {"mape_pct", "bias_pct", "covered_80_pct", "covered_95_pct"} <= set(first)
    assert {row["method"] for row in told["scores"]} == {
        "forecast",
        "last_year",
        "cohort_survival",
    }
    assert (
        run_commands(["forecast", "backtest", "--panel", str(asked.panel), "--grades", "1,2"]) == 0
    )
    assert "cohort_survival" in asked.capfd.readouterr().out


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("school,year,grade\na,2024,1\n", "lacks the column pupils"),
        ("", "cannot be read as CSV"),
        (HEAD, "has no rows"),
        (HEAD + "a,2024,1,many\n", "Line 2 of .* pupils .*: many"),
        (HEAD + "a,2023,1,5\na,2024,1,-5\n", "Line 3 of .*zero or more: -5"),
        (HEAD + "a,2024,1,5.5\n", "Line 2 of .*no whole number"),
        (HEAD + "a,2024,1,inf\n", "Line 2 of "),
        (HEAD + "a,2024,1,900000\n", "Line 2 of .*no whole number up to 100,000"),
        (HEAD + "a,2024/25,1,5\n", "Line 2 of .*year .*: 2024/25"),
        (HEAD + "a,20242025,1,5\n", "Line 2 of .*whole number from 1900 to 2200"),
        (HEAD + "a,2024,1,5\nb,2024,3,5\n", "Line 3 of .*grade .*--grades lacks: 3"),
        (HEAD + "a,2024,1,5\n\na,2024,1,6\n", "Line 4 of .*school, year and grade again"),
        (HEAD + "a,2024,,5\n", "Line 2 of .* lacks school or year or grade or pupils"),
    ],
)
def test_damaged_panels_are_refused_by_line(asked: Asked, text: str, found: str) -> None:
    asked.write(text)
    asked.out.write_text("old")
    code, told, _ = asked.run("--out", asked.out)
    assert code == 3 and told["mend"]
    assert pd.Series([told["found"]]).str.contains(found).all(), told["found"]
    assert asked.out.read_text() == "old"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["--origin", "2040"], "no rows of the year 2040; it runs from 2018 to 2024"),
        (["--horizon", "0"], "0 years ahead"),
        (["--horizon", "500"], "500 years ahead"),
        (["--seed", "-1"], "-1 is no seed"),
        (["--grades", "1,1"], "'1,1' is no list of grades"),
        (["--grades", ""], "'' is no list of grades"),
        (["backtest", "--min-history", "9"], "7 years, and 9"),
    ],
)
def test_impossible_questions_are_refused(asked: Asked, words: list[str], found: str) -> None:
    grades = words[1] if words[0] == "--grades" else "1,2"
    code, told, _ = asked.run(*([] if words[0] == "--grades" else words), grades=grades)
    assert code == 2 and told["mend"]
    assert found in told["found"]


@pytest.mark.parametrize(
    "words",
    [
        ["--grades", "1,2"],
        ["--horizon", "3"],
        ["backtest", "--grades", "1,2"],
        ["--panel", "x.csv"],
        ["--panel", "x.csv", "--grades", "1", "--publish"],
        ["backtest", "--panel", "x.csv", "--district", "town"],
    ],
)
def test_a_file_and_a_loaded_district_take_options_of_their_own(
    words: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    assert run_commands(["forecast", *words, "--json"]) == 2
    told = json.loads(capfd.readouterr().out)
    assert "--panel" in told["mend"] or "--grades" in told["mend"]


def test_a_missing_file_and_a_missing_folder_are_told(asked: Asked) -> None:
    code, told, _ = asked.run("--out", asked.folder / "no" / "f.csv")
    assert code == 1 and "cannot be written" in told["found"]
    asked.panel.unlink()
    code, told, _ = asked.run()
    assert code == 2 and "There is no file" in told["found"]
