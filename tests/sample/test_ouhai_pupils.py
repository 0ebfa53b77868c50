"""Pupils of the sample: as many as are enrolled; what is planted is found by the analysis alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from catchments.attainment.analysis import PaperAnalysis, analyse_paper
from catchments.growth.changes import measure_changes, pair_years
from catchments.growth.levels import rate_pupils, select_records
from catchments.growth.rule_files import load_growth_rules
from catchments.profile import load_profile
from gis.settings import PROJECT_ROOT
from scenarios.academic_results.analyse import build_sitting
from tests.sample.register import Tables

FOLDER = PROJECT_ROOT / "data" / "districts" / "ouhai"
RULES = load_profile(FOLDER / "profile.toml").attainment
GRADES = {"primary": 6, "junior": 3}


def rank_schools(tables: Tables, stage: str) -> list[str]:
    """List the schools of a stage by the pupils of its leaving grade, then by code."""
    enrolment = tables["enrolment"].query("year == 2025 and stage == @stage")
    leaving = enrolment[enrolment["grade"] == GRADES[stage]]
    return leaving.sort_values(["pupils", "school_code"], ascending=[False, True])[
        "school_code"
    ].tolist()


def analyse(tables: Tables, code: str) -> PaperAnalysis:
    """Analyse a paper of the sample as the district does, schools by code."""
    paper = tables["paper"].set_index("code").loc[code]
    pupil = tables["pupil"].set_index("code")
    results = tables["paper_result"]
    rows = results[results["paper_code"] == code].reset_index(drop=True)
    prior = results[results["paper_code"] == paper["prior_code"]].set_index("pupil_code")["points"]
    rows = rows.assign(
        school_id=pupil.loc[rows["pupil_code"], "school_code"].to_numpy(),
        class_number=pupil.loc[rows["pupil_code"], "class_number"].to_numpy(),
        prior_points=rows["pupil_code"].map(prior),
    )
    items = tables["paper_item"].query("paper_code == @code")
    items = items.assign(paper_full_marks=float(paper["full_marks"]))
    columns = ["school_id", "class_number", "absent", "points", "item_points", "prior_points"]
    return analyse_paper(build_sitting(rows[columns], items), RULES, minimum=5)


@pytest.fixture(scope="module")
def maths(small: Tables) -> PaperAnalysis:
    return analyse(small, "primary_maths_2025")


def test_there_are_as_many_pupils_as_are_enrolled(small: Tables) -> None:
    keys = ["school_code", "stage", "grade"]
    enrolment = small["enrolment"].query("year == 2025 and stage in ('primary', 'junior')")
    counted = (
        small["pupil"]
        .groupby(keys)
        .agg(pupils=("code", "size"), classes=("class_number", "nunique"))
    )
    enrolled = enrolment.set_index(keys)[["pupils", "classes"]]
    enrolled = enrolled[enrolled["pupils"] > 0]
    assert counted["pupils"].sort_index().equals(enrolled["pupils"].sort_index().astype("int64"))
    assert (counted["classes"].sort_index() == enrolled["classes"].sort_index()).all()
    assert small["pupil"]["code"].is_unique


def test_the_school_that_adds_value_and_the_one_that_takes_it_are_found(
    small: Tables, maths: PaperAnalysis
) -> None:
    state = maths.schools.set_index("school_id")["state"]
    first, second, *others = rank_schools(small, "primary")
    assert state[first] == "above"
    assert state[second] == "below"
    assert (state[others] == "within").all()


def test_the_able_intake_has_the_best_marks_and_is_not_called_quality(
    small: Tables, maths: PaperAnalysis
) -> None:
    fourth = rank_schools(small, "primary")[3]
    chinese = analyse(small, "primary_chinese_2025").schools.set_index("school_id")
    large = chinese[chinese["pupils"].fillna(0) > 40]
    assert large["mean_points"].rank(ascending=False)[fourth] <= 2
    assert chinese.loc[fourth, "state"] == "within"
    assert maths.schools.set_index("school_id").loc[fourth, "state"] == "within"


def test_the_weak_knowledge_point_of_a_class_is_found(small: Tables, maths: PaperAnalysis) -> None:
    third = rank_schools(small, "primary")[2]
    items = small["paper_item"].query("paper_code == 'primary_maths_2025'")
    weak = maths.classes[maths.classes["is_weak"]].sort_values("beside_own_pct").head(4)
    points = items.set_index("number").loc[weak["number"], "knowledge_point"]
    assert set(points) == {"分数与比例"}
    assert set(weak["school_id"]) == {third}
    assert set(weak["class_number"]) == {2}


def test_the_dull_item_is_found(small: Tables) -> None:
    items = analyse(small, "junior_science_2025").items
    assert items["discrimination"].idxmin() == len(items) - 1
    assert items["discrimination"].iloc[-1] < RULES.discriminating_from
    assert (items["discrimination"].iloc[:-1] > RULES.discriminating_from).all()


def test_the_fall_in_labour_is_found_and_nothing_else(small: Tables) -> None:
    rules = load_growth_rules(FOLDER / "growth.yaml")
    pupil = small["pupil"].set_index("code")
    records = small["growth_record"].rename(columns={"pupil_code": "pupil_id"})
    records = records.assign(recorded_on=pd.to_datetime(records["recorded_on"]))
    counted = select_records(records, rules)
    assert len(counted) == len(records)
    who = pd.Index(records["pupil_id"].unique())
    rated = rate_pupils(counted, rules, who, [2023, 2024])
    rated = rated.assign(
        school_id=pupil.loc[rated["pupil_id"], "school_code"].to_numpy(),
        stage=pupil.loc[rated["pupil_id"], "stage"].to_numpy(),
    )
    changes = measure_changes(
        pair_years(rated, 2023, 2024),
        ["stage", "school_id", "domain"],
        interval_pct=95,
        false_discovery_pct=5,
        least_pupils=10,
    )
    moved = changes[changes["state"] != "within"]
    fifth = rank_schools(small, "primary")[4]
    assert moved[["school_id", "domain", "state"]].values.tolist() == [[fifth, "labour", "down"]]


def test_marks_keep_their_contract(small: Tables) -> None:
    results = small["paper_result"].set_index("paper_code")
    full = small["paper"].set_index("code")["full_marks"]
    assert (results["points"].fillna(0) <= full.loc[results.index].to_numpy()).all()
    assert results.loc[results["absent"], ["points", "item_points"]].isna().all(axis=None)
    sat = results[~results["absent"]]
    assert sat["points"].notna().all()
    assert np.isclose(results["absent"].mean(), 0.016, atol=0.006)
