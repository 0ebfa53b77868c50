"""``onemap forecast`` on a loaded district: answers, official totals, publication, scores."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest


def test_forecast_answers_with_one_json_object(onemap, town):
    answer = onemap("forecast", "--json")
    assert (answer.code, answer.err) == (0, "")
    told = answer.told
    assert (told["district"], told["plan"], told["scenario"]) == ("town", "statutory", "middle")
    assert told["synthetic"] is True and told["publication"] is None
    years = {row["year"] for row in told["catchments"]}
    assert years == set(range(2026, 2036))
    first = [row for row in told["catchments"] if row["school_code"] == "A" and row["year"] == 2026]
    assert first[0]["counted_children"] == 3
    assert {row["source"] for row in told["sources"]} == {
        "register", "births", "migration", "homes", "elsewhere", "official",
    }  # fmt: skip


def test_one_stage_and_another_scenario_can_be_asked_for(onemap, town):
    told = onemap("forecast", "--stage", "primary", "--scenario", "low", "--json").told
    assert told["scenario"] == "low"
    assert {row["stage"] for row in told["catchments"]} == {"primary"}
    assert {row["stage"] for row in told["schools"]} == {"primary"}


def test_the_pupils_of_schools_go_to_a_file(onemap, town, tmp_path: Path):
    out = tmp_path / "pupils.csv"
    assert onemap("forecast", "--out", out, "--json").code == 0
    rows = pd.read_csv(out)
    assert list(rows) == ["school", "stage", "grade", "year", "pupils", "p10", "p90"]
    assert set(rows["school"]) == {"A", "B"} and rows["grade"].min() == 1
    assert (rows["p10"] <= rows["p90"]).all()


def test_units_sum_to_official_totals(onemap, town, tmp_path: Path):
    totals = tmp_path / "totals.csv"
    totals.write_text("stage,year,children\nprimary,2026,18\n", encoding="utf-8")
    told = onemap("forecast", "--totals", totals, "--json").told
    sources = [row for row in told["sources"] if (row["stage"], row["year"]) == ("primary", 2026)]
    assert sum(row["children"] for row in sources) == pytest.approx(18)


def test_a_forecast_is_published_once_and_listed_in_the_scores(onemap, town):
    first, again = (onemap("forecast", "--publish", "--json").told for _ in range(2))
    assert first["publication"] is not None
    assert first["publication"] == again["publication"]
    answer = onemap("forecast", "backtest", "--min-history", 1, "--json")
    assert answer.code == 3  # the town has one year of enrolment
    assert "enrolment" in answer.told["found"] and answer.told["mend"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("stage,year\nprimary,2026\n", "children"),
        ("stage,year,children\nnursery,2026,4\n", "nursery"),
        ("stage,year,children\nprimary,soon,4\n", "soon"),
        ("stage,year,children\nprimary,2026,-4\n", "-4"),
        ("stage,year,children\nprimary,2026,4\nprimary,2026,5\n", "again"),
        ("", "No columns"),
    ],
)
def test_wrong_totals_are_refused_with_the_line(onemap, town, tmp_path: Path, content, said):
    totals = tmp_path / "totals.csv"
    totals.write_text(content, encoding="utf-8")
    answer = onemap("forecast", "--totals", totals, "--json")
    assert answer.code == 3
    assert said in answer.told["found"] and answer.told["mend"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--scenario", "boom"], "boom"),
        (["--stage", "nursery"], "nursery"),
        (["--plan", "none"], "none"),
        (["--district", "nowhere"], "nowhere"),
        (["--totals", "missing.csv"], "missing.csv"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_does(onemap, town, words, said):
    answer = onemap("forecast", *words, "--json")
    assert answer.code == 2
    assert said in answer.told["found"] and answer.told["mend"]
