"""``onemap balance``: anyone's schools by file, and the district as it was stored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from gis.database import Database
from gis.settings import DISTRICTS, Settings
from scenarios.commands import run_commands
from tests.conftest import Answer
from tests.scenarios.balance_facts import STANDARD

WORKED = "school,pupils,books\nA,45,279\nB,37,137\nC,89,935\nD,76,160\nE,55,402\n"


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):
    """Run ``onemap balance`` by the rules of Ouhai; files need no database."""
    monkeypatch.setenv("ONEMAP_DISTRICTS", str(DISTRICTS))
    monkeypatch.setenv("ONEMAP_DISTRICT", "ouhai")

    def run(*arguments: str) -> Answer:
        capfd.readouterr()
        code = run_commands(["balance", *arguments])
        return Answer(code, *capfd.readouterr())

    return run


@pytest.fixture
def write(tmp_path: Path):
    def write_file(text: str, encoding: str = "utf-8") -> str:
        path = tmp_path / "schools.csv"
        path.write_text(text, encoding=encoding)
        return str(path)

    return write_file


def make_rows(*changes: dict[str, Any]) -> str:
    """Write schools of 1000 pupils just at the standard, but for what is changed."""
    asked = {name: 10 * amount for name, amount in STANDARD.items()}
    rows = [
        {"school": f"S{place}", "pupils": 1000, **asked, **change}
        for place, change in enumerate(changes)
    ]
    return pd.DataFrame(rows).to_csv(index=False)


def test_the_worked_example_of_the_standard_by_file(ask, write):
    answer = ask("--schools", write(WORKED), "--stage", "primary", "--resource", "books", "--json")
    assert answer.code == 0, answer.err
    told = json.loads(answer.out)
    (books,) = told["resources"]
    assert books["variation"] == pytest.approx(0.5153, abs=5e-5)
    assert books["within_limit"] is False  # 0.50 in primary schools
    assert books["mean"] == pytest.approx(1913 / 302)
    assert told["verdict"]["passed"] is None  # of the seven indicators nothing is known


def test_schools_at_the_standard_pass_and_say_so(ask, write):
    path = write(make_rows({}, {"equipment_yuan": 1_700_000}, {"sports_area_m2": ""}))
    told = json.loads(ask("--schools", path, "--stage", "primary", "--json").out)
    schools = {school["school"]: school for school in told["schools"]}
    assert schools["S0"]["verdict"] == "passed"
    assert schools["S1"]["values"]["equipment"] == {
        "value": 1700, "standard": 2000, "share_pct": pytest.approx(85), "state": "near",
    }  # fmt: skip
    assert schools["S1"]["passed"] is True
    assert (schools["S2"]["verdict"], schools["S2"]["missing"]) == ("unknown", 1)
    assert told["verdict"]["code"] == "unknown"
    assert "上报不足" in told["verdict"]["reasons"]["zh"][0]
    (area,) = [one for one in told["indicators"] if one["indicator"] == "teaching_area"]
    assert (area["variation"], area["within_limit"], area["met"]) == (pytest.approx(0), True, 3)


def test_any_part_of_the_indicators_will_do(ask, write):
    path = write("school,pupils,sports_area_m2\nA,100,750\nB,100,100\n")
    answer = ask("--schools", path, "--stage", "primary", "--json")
    told = json.loads(answer.out)
    assert [school["verdict"] for school in told["schools"]] == ["unknown", "not_passed"]
    assert told["stages"][0]["uneven"] == ["sports_area"]  # 6.5/8.5·… = 0.765 > 0.50
    assert told["verdict"]["passed"] is False


def test_a_nine_year_school_is_split_by_its_kind(ask, write):
    path = write(
        "school,kind,pupils_primary,pupils_junior,teaching_area_m2,note\nA,nine_year,110,100,1210,x\n"
    )
    told = json.loads(ask("--schools", path, "--json").out)
    values = {one["stage"]: one["values"]["teaching_area"]["value"] for one in told["schools"]}
    assert values == {"primary": pytest.approx(5.5), "junior": pytest.approx(6.05)}
    assert told["ignored_columns"] == ["note"]
    junior = json.loads(ask("--schools", path, "--stage", "junior", "--json").out)
    assert [one["stage"] for one in junior["schools"]] == ["junior"]


def test_a_school_without_pupils_is_named_and_not_judged(ask, write):
    path = write("school,pupils,sports_area_m2\nA,100,750\nB,0,100\n")
    told = json.loads(ask("--schools", path, "--stage", "primary", "--json").out)
    assert told["not_judged"] == ["B"]
    assert [one["school"] for one in told["schools"]] == ["A"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "cannot be read as CSV"),
        ("school,pupils,sports_area_m2\n", "no rows"),
        ("school,sports_area_m2\nA,750\n", "lacks the column pupils"),
        ("school,pupils\nA,100\n", "no column of a resource"),
        (WORKED, "no column of a resource; it has school, pupils, books"),
        ("school,pupils,sports_area_m2\nA,100,-5\n", "Line 2"),
        ("school,pupils,sports_area_m2\nA,100,many\n", "no number: many"),
        ("school,pupils,sports_area_m2\nA,-1,5\n", "pupils that is no number of zero or more"),
        ("school,pupils,sports_area_m2\nA,,5\n", "has no pupils"),
        ("school,pupils,sports_area_m2\nA,1,5\nA,2,5\n", "Line 3"),
        ("school,pupils,sports_area_m2\n,1,5\n", "names no school"),
        ("school,kind,pupils,sports_area_m2\nA,palace,1,5\n", "a kind that there is not: palace"),
        ("school,pupils,pupils,sports_area_m2\nA,1,1,5\n", "twice"),
        ("school,pupils,sports_area_m2,urban\nA,1,5,maybe\n", "neither yes nor no: maybe"),
        ("school,pupils,sports_area_m2,lon,lat\nA,1,5,700,28\n", "no number of degrees: 700"),
        ("school,pupils_primary,pupils_junior,sports_area_m2\nA,1,1,5\n", "no column kind"),
    ],
)
def test_bad_files_are_refused_with_the_line_and_nothing_else(ask, write, text, found):
    answer = ask("--schools", write(text), "--stage", "primary", "--json")
    assert answer.code == 3, answer.out
    assert found in answer.err
    assert set(json.loads(answer.out)) == {"error", "found", "mend"}


def test_wrong_questions_are_usage_errors(ask, write):
    path = write(make_rows({}))
    for arguments, found in (
        (["--schools", path], "not said of which stage"),
        (["--schools", path, "--stage", "kindergarten"], "no standards of resources"),
        (["--schools", path, "--stage", "moon"], "no stage 'moon'"),
        (["--schools", path + "x", "--stage", "primary"], "no file"),
    ):
        answer = ask(*arguments)
        assert (answer.code, found in answer.err) == (2, True), answer.err


def test_a_file_of_a_spreadsheet_in_chinese_is_read(ask, write):
    path = write("school,pupils,sports_area_m2\n实验小学,100,750\n", "gb18030")
    told = json.loads(ask("--schools", path, "--stage", "primary", "--json").out)
    assert told["schools"][0]["school"] == "实验小学"


def test_needs_of_a_file_come_as_one_json_object(ask, write):
    # Two schools of 1000 pupils: the poor one must have a third of the rich one's 9000 yuan.
    path = write(make_rows({}, {"equipment_yuan": 9_000_000}))
    answer = ask("needs", "--schools", path, "--stage", "primary", "--json")
    told = json.loads(answer.out)
    assert told["cost_yuan"] == pytest.approx(1_000_000, rel=2e-4)
    assert told["additions"][0]["school"] == "S0"
    assert {one["indicator"]: one["schools"] for one in told["resources"]}["equipment"] == 1
    assert told["variation_within_limits"] is True


def test_inequality_of_a_file_finds_its_areas_and_clusters(ask, write):
    rng = np.random.default_rng(1)
    rows = [
        {
            "sports_area_m2": 1000 * (3 + rng.uniform() if place < 6 else 9 + 3 * rng.uniform()),
            "subdistrict": "west" if place < 6 else "east",
            "urban": "no" if place % 2 else "yes",
            "lon": 120.5 + 0.01 * place,
            "lat": 27.9,
        }
        for place in range(30)
    ]
    path = write(make_rows(*rows))
    answer = ask("inequality", "--schools", path, "--stage", "primary", "--json")
    told = json.loads(answer.out)
    (sports,) = [one for one in told["inequality"] if one["indicator"] == "sports_area"]
    assert sports["theil_subdistricts"] > 0.8 * sports["theil"]
    assert sports["theil_urban"] < 0.1 * sports["theil"]
    assert sports["moran"] > 0.4
    assert sports["moran_p"] < 0.001
    cold = {one["school"] for one in told["spots"] if one["cluster"] == "low_low"}
    assert {"S1", "S2", "S3"} <= cold <= {f"S{place}" for place in range(7)}
    west = [one for one in told["groups"] if one["group"] == "west"]
    assert all(one["theil_between"] <= 0 for one in west if one["indicator"] == "sports_area")


@pytest.fixture
def small(
    small_database: Database, small_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Database:
    """Let commands find the small sample."""
    monkeypatch.setenv("ONEMAP_HOME", str(small_settings.home))
    return small_database


def test_the_planted_poor_area_is_found_again(ask, small):
    told = json.loads(ask("inequality", "--stage", "primary", "--json").out)
    groups = pd.DataFrame(told["groups"])
    areas = groups[groups["grouping"] == "subdistrict"]
    for indicator in ("equipment", "multimedia_classrooms"):
        mine = areas[areas["indicator"] == indicator].sort_values("mean")
        assert mine["subdistrict_name_zh"].iloc[0] == "潘桥街道"
        assert mine["theil_between"].iloc[0] == mine["theil_between"].min() < 0


def test_the_stored_district_is_told_with_verdict_needs_and_outlook(ask, small):
    told = json.loads(ask("--json").out)
    assert told["verdict"]["code"] == "not_passed"
    failing = {
        (one["school_code"], one["stage"]) for one in told["schools"] if one["passed"] is False
    }
    needs = json.loads(ask("needs", "--json").out)
    assert {code for code, _ in failing} <= {one["school_code"] for one in needs["additions"]}
    assert needs["variation_within_limits"] is True
    assert needs["least_cost_yuan"] <= needs["cost_yuan"]
    assert needs["gap_pct"] < 1
    outlook = json.loads(ask("outlook", "--json").out)
    years = {one["year"] for one in outlook["standings"]}
    assert {2021, 2025, 2026, 2035} <= years
    told_again = json.loads(ask("--stage", "primary", "--json").out)
    assert {one["stage"] for one in told_again["schools"]} == {"primary"}
    assert ask().code == 0
    assert ask("outlook").code == 0
