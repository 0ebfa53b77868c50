"""The appraisal of the little town, stored and told; and what is planted in the sample."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection

from gis.access import Role
from gis.database import Database, read_table
from gis.errors import UsageError
from layers.language import load_language
from scenarios.district import District, find_district, find_plan
from scenarios.school_development.appraise import update_appraisal
from scenarios.school_development.panel import build_panel
from scenarios.school_development.told import ToldAppraisal, read_told
from scenarios.view import View
from tests.conftest import Ask
from tests.scenarios.pages import read_rows, read_title, read_words
from tests.town import SCHEME


def read_scores(told: ToldAppraisal, year: int) -> dict[str, float]:
    ranking = told.list_ranking(year).dropna(subset=["score"])
    return dict(zip(ranking["school_code"], ranking["score"], strict=True))


def test_scores_rest_on_what_was_found_and_what_the_registers_tell(
    planner: Connection, town: District
) -> None:
    told = read_told(planner, town)
    assert told is not None and told.years == [2024, 2025]
    # A 2025: lessons 80, accidents 80, 4.2 teachers of 4.2: 50 points; (4000 + 2400 + 1000) / 100.
    # B: 12 teachers, half to each stage: 6 / 110 · 100 of 4.2 = 129.87 %, 6 / 100 · 100 of 5.3 =
    # 113.21 %, by pupils 121.94 %: 71.94 points; accidents unknown: (2000 + 1438.7) / 70.
    assert read_scores(told, 2025) == {
        "A": pytest.approx(74.0),
        "B": pytest.approx((50 * 40 + 20 * 71.9357) / 70, abs=1e-4),
    }
    # 2024 the registers tell nothing: A (50·60 + 30·50) / 80; of B half is known, too little.
    assert read_scores(told, 2024) == {"A": pytest.approx(56.25)}


def test_an_appraisal_of_the_same_data_is_made_once(planner: Connection, town: District) -> None:
    told = read_told(planner, town)
    assert told is not None and update_appraisal(planner, town) == told.run_id


def test_the_command_tells_ranks_with_their_stability(onemap: Ask, town: District) -> None:
    told = onemap("appraise", "--json").told
    first, second = told["schools"][:2]
    assert (first["school_code"], first["rank"], first["stays_pct"]) == ("A", 1, 100)
    assert (second["rank_low"], second["rank_high"], second["ranked"]) == (2, 2, 2)
    assert first["course"] == "rose" and first["change_points"] == pytest.approx(17.75)
    assert first["peers"] == ["B"] and told["scheme"]["stability"]["vary_pct"] == 10
    assert onemap("appraise", "--year", 1999).code == 2
    assert onemap("appraise").code == 0


def test_another_scheme_is_tried_and_nothing_is_stored(
    onemap: Ask, town: District, tmp_path: Path
) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(SCHEME.replace("weight: 50", "weight: 20").replace("weight: 30", "weight: 60"))
    told = onemap("appraise", "--scheme", other, "--json").told
    # A: (20·80 + 60·80 + 20·50) / 100 = 74; of B 40 are known: no score.
    assert told["run"] is None and told["schools"][0]["score"] == pytest.approx(74)
    assert told["schools"][1]["score"] is None and told["schools"][1]["rank"] is None
    assert onemap("appraise", "--json").told["run"] is not None
    broken = tmp_path / "broken.yaml"
    broken.write_text(SCHEME.replace("tier: basic", "tier: base", 1))
    answer = onemap("appraise", "check", broken, "--json")
    assert answer.code == 3 and answer.told["faults"][0]["line"] > 30
    assert onemap("appraise", "check", other).code == 0


def test_no_rank_stands_without_its_interval(planner: Connection, town: District) -> None:
    plan = find_plan(planner, town, None)
    view = View(planner, town, plan, "primary", 2026, load_language("en"))
    page = build_panel(view)
    assert read_title(page) == "All schools 2025: 2 of 2 ranks are firm"
    assert ["School A", "1 (1)", "100", "74.0", "+17.8"] in read_rows(page)
    for language in ("zh", "en"):
        chosen = {"appraised": "B"}
        school = View(planner, town, plan, "primary", 2026, load_language(language), chosen)
        words = read_words(build_panel(school))
        assert "2 (2)" in words and "49.1" in words
    with pytest.raises(UsageError, match="no appraisal of a school 'Z'"):
        build_panel(View(planner, town, plan, "primary", 2026, view.language, {"appraised": "Z"}))


# -- what is planted in the sample -----------------------------------------------------


@pytest.fixture
def sample(small_database: Database) -> ToldAppraisal:
    with small_database.begin(Role.PLANNER) as connection:
        told = read_told(connection, find_district(connection, "ouhai"))
    assert told is not None
    return told


def test_the_school_that_rises_is_found(sample: ToldAppraisal) -> None:
    for year in sample.years[1:]:
        ranking = sample.list_ranking(year).set_index("school_code")
        risen = ranking[ranking["course"] == "rose"]
        assert risen["change_points"].idxmax() == "2133040001"


def test_the_school_that_is_weak_in_one_dimension_is_found(sample: ToldAppraisal) -> None:
    compared = sample.compare_parts(sample.years[-1])
    mine = compared.merge(sample.schools, on="school_id")
    mine = mine[mine["school_code"] == "2133040002"].set_index("part")["above_points"]
    assert mine["pupils"] < -30
    assert mine[["direction", "teaching"]].min() > 0
    # Of all schools and dimensions of its group none lies farther below its peers.
    assert compared["above_points"].min() == mine["pupils"]


def test_walks_of_the_sample_hold_every_resident(small_database: Database) -> None:
    with small_database.begin(Role.PLANNER) as connection:
        district = find_district(connection, "ouhai")
        bands = read_table(connection, "network_bands", district_id=district.id)
        residents = read_table(connection, "surface_residents", district_id=district.id)
    sums = bands.groupby(["stage", "sector"])["residents"].sum()
    assert sums.to_numpy() == pytest.approx(residents["residents"].sum())
