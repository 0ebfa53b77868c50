"""The years ahead: warnings by year, and the seats that projects open."""

from __future__ import annotations

import pandas as pd

from scenarios.enrolment_warning.outlook import rank_catchments, sum_years
from scenarios.project_monitoring.openings import list_projects, select_opening, sum_opened
from tests.town import build_profile


def build_counts(*rows: tuple[int, str, float | None, str, float | None]) -> pd.DataFrame:
    """Return counts of year, school, ratio, warning and shortfall."""
    columns = ["year", "school_code", "ratio_pct", "warning", "shortfall_seats"]
    counts = pd.DataFrame(rows, columns=columns)
    return counts.assign(school_id=range(len(rows)), surplus_seats=0, complete=True)


def build_openings() -> pd.DataFrame:
    """Return a project with two stages and one whose progress nobody recorded."""
    return pd.DataFrame(
        {
            "project_id": [1, 1, 2],
            "stage": ["primary", "junior", "primary"],
            "classes": [12, 6, 4],
            "seats": [540, 300, 180],
            "entry_seats": [90, 100, 30],
            "planned_year": [2026, 2026, 2027],
            "opens_year": [2028, 2028, None],
        }
    )


def test_each_year_counts_every_catchment_once() -> None:
    counts = build_counts(
        (2026, "A", 120.0, "red", 12),
        (2026, "B", 95.0, "yellow", 0),
        (2026, "C", None, "unknown", None),
        (2027, "A", 80.0, "none", 0),
    )
    years = sum_years(counts, pd.Series({2026: 0, 2027: 90}))
    assert years[["red", "yellow", "none", "unknown"]].to_numpy().tolist() == [
        [1, 1, 0, 1],
        [0, 0, 1, 0],
    ]
    assert years["shortfall_seats"].tolist() == [12, 0]
    assert years["opened_seats"].tolist() == [0, 90]


def test_children_without_any_seat_stand_above_the_fullest_and_unknown_seats_below_all() -> None:
    counts = build_counts(
        (2026, "full", 100.0, "red", 0),
        (2026, "unstated", None, "unknown", None),
        (2026, "crowded", 150.0, "red", 30),
        (2026, "no seat", None, "red", 4),
    )
    ranked = rank_catchments(counts)["school_code"].tolist()
    assert ranked == ["no seat", "crowded", "full", "unstated"]


def test_a_stage_takes_the_seats_its_children_are_set_against() -> None:
    stage = build_profile().get_stage("primary")
    assert select_opening(build_openings(), stage)["opened_seats"].tolist() == [90, 30]
    whole = stage.model_copy(update={"against": "seats"})
    assert select_opening(build_openings(), whole)["opened_seats"].tolist() == [540, 180]


def test_a_project_without_recorded_progress_opens_as_planned() -> None:
    opening = select_opening(build_openings(), build_profile().get_stage("primary"))
    assert opening["opens_year"].tolist() == [2028, 2027]
    assert sum_opened(opening, [2026, 2027, 2028]).tolist() == [0, 30, 120]


def test_a_project_sums_its_stages() -> None:
    projects = list_projects(build_openings())
    assert projects["seats"].tolist() == [840, 180]
    assert projects["stages"].tolist() == [["primary", "junior"], ["primary"]]
