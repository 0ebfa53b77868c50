"""Projects by group and on one axis; the examples of their modules run as they are written."""

from __future__ import annotations

import datetime as dt
import doctest
import importlib
import pkgutil

import pandas as pd
import pytest

import scenarios.project_monitoring
from layers.language import load_language
from scenarios.project_monitoring.groups import GROUPINGS, sum_groups
from scenarios.project_monitoring.programme import build_programme
from scenarios.project_monitoring.slips import measure_slips, sum_slips
from tests.scenarios.pages import list_parts, read_words
from tests.scenarios.test_progress import TWO_STAGES, build_building, measure_buildings

MODULES = [module.name for module in pkgutil.iter_modules(scenarios.project_monitoring.__path__)]
PROJECTS = pd.DataFrame(
    {
        "subdistrict_id": pd.array([1, 1, None], dtype="Int64"),
        "planned_year": [2026, 2027, 2027],
        "kind": ["new", "extension", "new"],
        "state": ["late", "on_time", None],
        "seats": [300, 100, 500],
        "progress_pct": [50.0, 90.0, None],
        "whole_yuan": [6e6, 2e6, 4e6],
        "paid_yuan": [2e6, 2e6, 0.0],
        "open_findings": [2, 1, 0],
    }
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_run_as_they_are_written(name: str) -> None:
    module = importlib.import_module(f"scenarios.project_monitoring.{name}")
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("by", GROUPINGS)
def test_no_project_is_lost_in_any_grouping(by: str) -> None:
    groups = sum_groups(PROJECTS, by)
    for name in ("projects", "late", "seats", "open_findings"):
        whole = {"projects": 3, "late": 1, "seats": 900, "open_findings": 3}[name]
        assert groups[name].sum() == whole


def test_progress_of_a_group_is_weighted_by_seats_and_money_by_yuan() -> None:
    first, unplaced = sum_groups(PROJECTS, "subdistrict").to_dict("records")
    # (50 · 300 + 90 · 100) / 400 = 60; 4 of 8 million
    assert (first["progress_pct"], first["paid_pct"]) == (60, 50)
    assert pd.isna(unplaced["subdistrict_id"]) and pd.isna(unplaced["progress_pct"])
    assert unplaced["paid_pct"] == 0


def test_project_without_progress_does_not_dilute_that_of_its_group() -> None:
    year = sum_groups(PROJECTS, "year").set_index("planned_year").loc[2027]
    assert year["progress_pct"] == 90 and year["projects"] == 2


def test_programme_draws_a_line_a_project_with_what_is_done_and_what_is_expected() -> None:
    records = build_building(
        {"ground": 100, "frame": 25}, begun=("ground", "frame"), ended={"ground": "2026-02-10"}
    )
    day = dt.date(2026, 4, 15)
    slips = measure_slips(
        records, measure_buildings(records, TWO_STAGES, day=day), TWO_STAGES, day=day
    )
    stages = sum_slips(slips).assign(stage_name=["Ground", "Frame"], share=[0.0, 1.0])
    projects = pd.DataFrame(
        {
            "project_id": [1, 2],
            "name": ["One", "Unfollowed"],
            "state": ["on_time", None],
            "delay_days": [7, None],
            "expected_low_on": [dt.date(2026, 5, 1), None],
            "expected_high_on": [dt.date(2026, 6, 1), None],
        }
    )
    page = build_programme(projects, stages, load_language("en"), day=day)
    words = read_words(page)
    assert "One" in words and "+7" in words and "Unfollowed" not in words
    names = [getattr(part, "className", None) or "" for part in list_parts(page)]
    # the ground is done; the frame is done in part and expected for the rest
    assert sum("programme-stage" in name for name in names) == 3
    assert sum("programme-ahead" in name for name in names) == 1
    assert "programme-whisker" in names
