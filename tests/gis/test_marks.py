"""Marks must fit their paper: full marks, sums, absent and zero, items that are not known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import select

from gis import tables
from gis.access import Role
from gis.database import Database
from gis.errors import DatabaseError
from gis.ingest.contract import Rejections
from gis.ingest.marks import (
    parse_item_points,
    refuse_lost_priors,
    refuse_wrong_marks,
    refuse_wrong_sums,
)
from tests.town import build_frames, store_frames

ITEMS = pd.DataFrame(
    {"paper_id": 1, "paper_code": "M", "paper_full_marks": 10.0, "number": [1, 2, 3],
     "full_marks": [2.0, 3, 5]}
)  # fmt: skip


def check(**row: object) -> tuple[pd.DataFrame, list[str]]:
    """Check one result of the paper; return what is kept and the rules that it breaks."""
    told = {"pupil_id": 7, "paper_id": 1, "absent": False, "points": None, "item_points": None}
    rejections = Rejections("paper_result")
    frame = pd.DataFrame([{**told, **row}])
    kept = refuse_wrong_marks(frame, ITEMS, pd.Series(["P7 / M"]), rejections)
    return kept, rejections.build_table()["rule"].tolist()


def test_marks_by_item_make_the_points():
    kept, rules = check(item_points="2 0 4.5")
    assert rules == []
    assert kept["points"].tolist() == [6.5]


def test_a_zero_is_a_mark():
    kept, rules = check(item_points="0 0 0")
    assert rules == []
    assert kept["points"].tolist() == [0]
    assert check(points=0)[1] == []


def test_the_absent_have_no_marks_and_others_have_some():
    assert check(absent=True)[1] == []
    assert "the absent have no marks" in check(absent=True, points=0)[1][0]
    assert "whoever is not absent has marks" in check()[1][0]


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ({"points": 10.5}, "above the full marks of the paper"),
        ({"item_points": "2 3.5 1"}, "the mark of an item lies above"),
        ({"item_points": "2 3"}, "one mark for each item"),
        ({"item_points": "2 3 1 1"}, "one mark for each item"),
        ({"item_points": "2 -1 1"}, "one mark for each item"),
        ({"item_points": "2 x 1"}, "one mark for each item"),
        ({"item_points": "2 3 1", "points": 7}, "do not sum to the points"),
        ({"item_points": "2 - 1", "points": 2}, "do not sum to the points"),
        ({"item_points": "2 - 1"}, "the points must be given"),
    ],
)
def test_marks_that_do_not_fit_are_refused(row: dict, rule: str):
    kept, rules = check(**row)
    assert kept.empty
    assert len(rules) == 1
    assert rule in rules[0]


def test_a_mark_that_is_not_known_may_fill_the_gap():
    kept, rules = check(item_points="2 - 4", points=8)
    assert rules == []
    marks = parse_item_points(kept["item_points"], 3)
    assert np.isnan(marks[0, 1])


def test_items_sum_to_their_paper_and_are_numbered_in_turn():
    papers = ITEMS[["paper_id", "paper_full_marks"]].drop_duplicates()
    refs = pd.Series(["M"] * 3)
    rejections = Rejections("paper_item")
    items = ITEMS[["paper_id", "number", "full_marks"]]
    assert len(refuse_wrong_sums(items, papers, refs, rejections)) == 3
    assert refuse_wrong_sums(items.assign(full_marks=3.0), papers, refs, rejections).empty
    assert refuse_wrong_sums(items.assign(number=[1, 2, 4]), papers, refs, rejections).empty
    rules = rejections.build_table()["rule"].unique().tolist()
    assert ["do not sum" in rules[0], "numbered 1, 2, 3" in rules[1]] == [True, True]


def test_the_earlier_paper_must_be_there():
    rejections = Rejections("paper")
    papers = pd.DataFrame({"code": ["A", "B", "C"], "prior_code": [None, "A", "X"]})
    assert refuse_lost_priors(papers, rejections)["code"].tolist() == ["A", "B"]
    assert rejections.build_table()["row_ref"].tolist() == ["C"]


def build_pupils() -> dict[str, pd.DataFrame]:
    """Build two pupils of school A, a paper and their marks, one of them wrong."""
    pupil = {"school_code": "A", "stage": "primary", "grade": 1, "class_number": 1, "year": 2025}
    about = {"name_zh": "数学", "subject": "数学", "stage": "primary", "grade": 1, "year": 2025}
    return {
        "pupil": pd.DataFrame([{**pupil, "code": "P1"}, {**pupil, "code": "P2"}]),
        "paper": pd.DataFrame([{"code": "M", **about, "held_on": "2026-01-20", "full_marks": 5}]),
        "paper_item": pd.DataFrame(
            {"paper_code": "M", "number": [1, 2], "full_marks": [2, 3], "knowledge_point": "数"}
        ),
        "paper_result": pd.DataFrame(
            {
                "pupil_code": ["P1", "P2"],
                "paper_code": "M",
                "absent": False,
                "item_points": ["2 3", "2 4"],
            }
        ),
        "growth_record": pd.DataFrame(
            {
                "pupil_code": ["P1", "P1", "P2"],
                "event": "service",
                "domain": "moral",
                "recorded_on": ["2025-10-01", "2025-10-01", "2026-05-01"],
                "points": 2,
                "recorded_by": "班主任",
            }
        ),
    }


def test_a_load_refuses_what_does_not_fit_by_the_names_of_pupil_and_paper(steward):
    report = store_frames(steward, {**build_frames(), **build_pupils()})
    refused = report.rejected.set_index("dataset")
    assert refused.loc["paper_result", "row_ref"] == "P2 / M"
    assert "above its full marks" in refused.loc["paper_result", "rule"]
    # the same event of a pupil on the same day is one; and nothing happens after the data date
    assert sorted(refused.loc["growth_record", "rule"].str.slice(0, 12)) == [
        "the day lies",
        "the same key",
    ]
    assert report.rows["paper_result"] == report.rows["growth_record"] == 1


@pytest.mark.parametrize("table", [tables.pupil, tables.growth_record, tables.paper_result])
@pytest.mark.parametrize("role", ["planner", "leader", "gis"])
def test_the_database_itself_refuses_pupils_to_others(database: Database, table, role: str):
    with pytest.raises(DatabaseError, match="refuses this role"), database.begin(Role(role)) as one:
        one.execute(select(table).limit(1))
