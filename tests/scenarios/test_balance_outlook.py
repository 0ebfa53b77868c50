"""Resources year by year, and the year in which a limit will be crossed."""

from __future__ import annotations

import pandas as pd
import pytest

from scenarios.resource_distribution.outlook import Outlook, project_facts, trace_outlook
from tests.scenarios.balance_facts import OUHAI, STANDARD, build_primary


def trace(equipment: dict[int, float], pupils: dict[int, float]) -> Outlook:
    """Trace one school of 1000 pupils: yuan a pupil in past years, pupils in years to come."""
    history = pd.concat(
        [build_primary([{"equipment_yuan": 1000 * told}]).assign(year=year)
         for year, told in equipment.items()]
    )  # fmt: skip
    ahead = pd.DataFrame(
        {
            "school_id": [0] * len(pupils),
            "stage": ["primary"] * len(pupils),
            "year": list(pupils),
            "pupils": list(pupils.values()),
        }
    )
    return trace_outlook(history, ahead, OUHAI)


def list_warnings(outlook: Outlook) -> list[tuple]:
    rows = outlook.warnings
    told = zip(rows["indicator"].fillna("all"), rows["year"], rows["level"], strict=True)
    return [(indicator, int(year), level) for indicator, year, level in told]


def test_the_year_is_told_in_which_more_pupils_make_a_school_fall_below():
    # All at the standard but equipment, 2100 a pupil. 1050 pupils in 2027 leave it at 2000: still
    # met, but all others are at 95 %. 1051 pupils: below.
    outlook = trace({2025: 2100}, {2026: 1000, 2027: 1050, 2028: 1051, 2029: 1100})
    told = {one[0]: one[1:] for one in list_warnings(outlook)}
    assert told["equipment"] == (2028, "yellow")
    assert told["sports_area"] == (2027, "yellow")
    assert told["all"] == (2027, "yellow")  # six at 95 % are five too many


def test_what_lies_beyond_the_years_that_are_warned_of_is_told_without_alarm():
    outlook = trace({2025: 2100}, dict.fromkeys(range(2026, 2029), 1000) | {2029: 1100})
    assert {level for _, year, level in list_warnings(outlook) if year == 2029} == {"none"}


def test_a_limit_that_was_just_crossed_is_red_and_an_old_one_is_no_news():
    outlook = trace({2024: 2100, 2025: 1900}, {})
    assert list_warnings(outlook) == [("equipment", 2025, "red")]
    # one at 95 % may be: the school as a whole still passes
    outlook = trace({2023: 2100, 2024: 1900, 2025: 1800}, {})
    assert list_warnings(outlook) == []
    outlook = trace({2024: 2100, 2025: 1600}, {})  # 80 %: the school fails with it
    assert list_warnings(outlook) == [("all", 2025, "red"), ("equipment", 2025, "red")]


def test_what_nobody_reported_is_neither_kept_nor_crossed():
    history = pd.concat(
        [
            build_primary([{}]).assign(year=2024),
            build_primary([{"equipment_yuan": None}]).assign(year=2025),
        ]
    )
    nobody = pd.DataFrame(columns=["school_id", "stage", "year", "pupils"])
    outlook = trace_outlook(history, nobody, OUHAI)
    assert outlook.warnings.empty
    newest = outlook.standings[outlook.standings["year"] == 2025].iloc[0]
    assert (newest["passed"], newest["unknown"]) == (0, 1)


def test_schools_that_grow_apart_cross_the_limit_of_variation():
    # Two schools, 1000 pupils each, 2000 and 5900 yuan: CV = 1950/3950 = 0.494. When the poor one
    # has 1100 pupils: values 1818 and 5900, shares 11/21 and 10/21, mean 3762,
    # CV = √(11/21·1944² + 10/21·2138²)/3762 = 2039/3762 = 0.542
    rich = {name: 20 * asked for name, asked in STANDARD.items()} | {"equipment_yuan": 5.9e6}
    history = build_primary([{}, rich | {"pupils": 1000}]).assign(year=2025)
    history["equipment_yuan"] = [2e6, 5.9e6]
    ahead = pd.DataFrame(
        {"school_id": [0], "stage": ["primary"], "year": [2026], "pupils": [1100.0]}
    )
    outlook = trace_outlook(history, ahead, OUHAI)
    stage = outlook.warnings[outlook.warnings["school_id"].isna()]
    assert stage[["indicator", "year", "level"]].values.tolist() == [["equipment", 2026, "yellow"]]
    assert stage["value"].iloc[0] == pytest.approx(0.542, abs=1e-3)
    years = outlook.indicators.set_index(["indicator", "year"])
    assert years.loc[("equipment", 2025), "variation"] == pytest.approx(1950 / 3950)
    assert years["is_forecast"].loc["equipment"].tolist() == [False, True]


def test_a_stage_that_is_not_forecast_keeps_its_pupils_where_resources_are_shared():
    facts = pd.DataFrame(
        {
            "school_id": [1, 1],
            "kind": "full_secondary",
            "stage": ["junior", "senior"],
            "pupils": [600, 500],
            "year": 2025,
        }
    )
    ahead = pd.DataFrame({"school_id": [1], "stage": ["junior"], "year": [2026], "pupils": [660.5]})
    told = project_facts(facts, ahead).set_index("stage")["pupils"]
    assert told.to_dict() == {"junior": 660.5, "senior": 500}


def test_without_a_forecast_the_past_alone_is_told():
    outlook = trace({2023: 2000, 2024: 2100, 2025: 2200}, {})
    assert outlook.standings["year"].tolist() == [2023, 2024, 2025]
    assert not outlook.standings["is_forecast"].any()
    means = outlook.indicators.query("indicator == 'equipment'")["mean"]
    assert means.tolist() == [2000, 2100, 2200]
