"""Anyone's file of results: long and wide say the same, and every fault has its line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from catchments.attainment.result_files import (
    MarkFile,
    RejectedMarksError,
    load_mark_file,
    load_prior_file,
)

LONG = """pupil,school,class,item,score
p1,A,1,1,2
p1,A,1,2,5
p2,A,1,1,0
p2,A,1,2,
p3,B,1,1,缺考
p3,B,1,2,absent
"""
WIDE = """pupil,school,class,1,2
p1,A,1,2,5
p2,A,1,0,
p3,B,1,缺考,absent
"""
ITEMS = "item,full_marks,knowledge_point\n1,4,分数\n2,6,图形\n"


@pytest.fixture
def write(tmp_path: Path):
    def save(text: str, name: str = "marks.csv") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return save


def load(write, text: str, items: str | None = ITEMS) -> MarkFile:
    return load_mark_file(write(text), None if items is None else write(items, "items.csv"))


@pytest.mark.parametrize("text", [LONG, WIDE], ids=["long", "wide"])
def test_zero_absent_and_not_known_are_three_things(write, text: str):
    read = load(write, text)
    assert read.pupils["absent"].tolist() == [False, False, True]
    assert read.marks[0].tolist() == [2, 5]
    assert read.marks[1, 0] == 0
    assert np.isnan(read.marks[1, 1])
    assert np.isnan(read.marks[2]).all()
    sitting = read.build_sitting()
    assert sitting.paper_full_marks == 10
    assert sitting.rows["points"].iloc[0] == 7
    # the total of a pupil with a mark that is not known is not known, and no zero
    assert np.isnan(sitting.rows["points"].iloc[1])


def test_without_a_file_of_items_the_greatest_mark_stands_for_the_full_marks(write):
    read = load(write, LONG, None)
    assert read.is_assumed
    assert read.items["full_marks"].tolist() == [2, 5]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (LONG.replace("p1,A,1,1,2", "p1,A,1,1,7"), 2, "7 lies above the full marks of item '1'"),
        (LONG.replace("p1,A,1,2,5", "p1,A,1,2,-1"), 3, "'-1' is no mark"),
        (LONG.replace("p1,A,1,2,5", "p1,A,1,2,good"), 3, "'good' is no mark"),
        (LONG.replace("p1,A,1,2,5", "p1,A,1,1,4"), 3, "has item '1' again"),
        (LONG.replace("p2,A,1,2,", "p2,B,1,2,1"), 5, "stands in another class above"),
        (LONG.replace("p3,B,1,2,absent", "p3,B,1,2,3"), 7, "is absent and yet has a mark"),
        (LONG.replace("p2,A,1,2,", "p2,A,1,3,1"), 5, "Item '3' is not among the items"),
        (WIDE.replace("p2,A", "p1,A"), 3, "Pupil 'p1' stands here again"),
    ],
)
def test_every_fault_is_told_with_its_line(write, text: str, line: int, words: str):
    with pytest.raises(RejectedMarksError) as caught:
        load(write, text)
    assert [(fault.line, words in fault.found) for fault in caught.value.faults] == [(line, True)]
    assert caught.value.list_faults()[0]["mend"]


def test_all_faults_are_told_at_once(write):
    text = LONG.replace("p1,A,1,1,2", "p1,A,1,1,9").replace("p1,A,1,2,5", "p1,A,1,2,x")
    with pytest.raises(RejectedMarksError, match="2 faults"):
        load(write, text)


def test_items_have_full_marks_above_zero_and_stand_once(write):
    with pytest.raises(RejectedMarksError, match="not above zero"):
        load(write, LONG, "item,full_marks\n1,0\n2,6\n")
    with pytest.raises(RejectedMarksError, match="stands here again"):
        load(write, LONG, "item,full_marks\n1,4\n1,6\n")


def test_earlier_marks_are_joined_by_pupil(write):
    prior = load_prior_file(write("pupil,points\np2,50\np1,60\n", "prior.csv"))
    rows = load(write, LONG).build_sitting(prior).rows
    assert rows["prior_points"].tolist()[:2] == [60, 50]
    with pytest.raises(RejectedMarksError, match="again"):
        load_prior_file(write("pupil,points\np2,50\np2,60\n", "twice.csv"))
