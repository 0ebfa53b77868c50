"""What officers may report of a stage: by itself, against what is known, and all together."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.language import load_language
from scenarios.project_monitoring.reports import COLUMNS, RejectedReportsError, check_reports
from tests.scenarios.test_progress import TWO_STAGES, build_building

TODAY = dt.date(2026, 4, 30)


def build_records() -> pd.DataFrame:
    """Return building h1: ground done by 10 February, a quarter of the frame on 15 April."""
    records = build_building(
        {"ground": 100, "frame": 25}, begun=("ground", "frame"), ended={"ground": "2026-02-10"}
    )
    records = pd.concat([records, build_building({"ground": 0, "frame": 0}, building=2)])
    return records.assign(
        project_building_code=records["project_building_id"].map({1: "h1", 2: "h2"}),
        recorded_on=pd.Timestamp("2026-04-15"),
    )


def report(*rows: str) -> pd.DataFrame:
    """Read rows ``building stage start end done recorded reason`` from line 2 on; a dash: empty."""
    cells = [row.split(maxsplit=6) for row in rows]
    filled = [[None if cell == "-" else cell for cell in [*row, "-"][:7]] for row in cells]
    columns = [*COLUMNS, "reason"]
    return pd.DataFrame(filled, columns=columns, index=range(2, 2 + len(rows)))


def check(*rows: str) -> pd.DataFrame:
    """Check rows against the records of h1 and h2."""
    return check_reports(report(*rows), build_records(), TWO_STAGES, today=TODAY, origin="x.csv")


def find_faults(*rows: str) -> list[tuple[int, str, str]]:
    """Return line, column and words of every fault of rows."""
    with pytest.raises(RejectedReportsError) as caught:
        check(*rows)
    english = load_language("en")
    return [(one.line, one.column, one.tell(english)[0]) for one in caught.value.faults]


def test_report_of_progress_changes_its_record():
    change = check("h1 frame 2026-04-01 - 60 2026-04-30").iloc[0]
    assert (change["old_progress_pct"], change["new_progress_pct"]) == (25, 60)
    assert change["new_recorded_on"] == pd.Timestamp("2026-04-30")
    assert pd.isna(change["new_actual_end_on"]) and pd.isna(change["reason"])


def test_report_that_says_nothing_new_changes_nothing():
    assert check("h1 frame 2026-04-01 - 25 2026-04-15").empty


def test_stage_may_end_and_the_next_begin_in_one_file_in_any_order():
    rows = [
        "h2 frame 2026-04-20 - 5 2026-04-30",
        "h2 ground 2026-01-01 2026-04-20 100 2026-04-30",
    ]
    assert len(check(*rows)) == len(check(*reversed(rows))) == 2


def test_stage_is_not_begun_before_the_one_under_it_is_done():
    faults = find_faults("h2 frame 2026-04-20 - 5 2026-04-30")
    assert faults == [
        (2, "construction_stage", "Stage frame is begun before stage ground under it is done.")
    ]


def test_stage_under_a_begun_one_is_not_opened_again():
    # even with a reason: the frame stands on it
    faults = find_faults("h1 ground 2026-01-01 - 80 2026-04-30 wrong pile")
    assert [fault[:2] for fault in faults] == [(2, "construction_stage")]


def test_stage_does_not_start_before_the_one_under_it_ended():
    faults = find_faults("h1 frame 2026-02-09 - 60 2026-04-30")
    assert faults == [
        (
            2,
            "actual_start_on",
            "Stage frame starts on 2026-02-09, before stage ground ended on 2026-02-10.",
        )
    ]


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("h1 frame 2026-04-01 - 60 2026-05-01", "recorded_on", "in the future"),
        ("h1 frame 2026-04-29 - 60 2026-04-28", "actual_start_on", "after the day of the report"),
        ("h1 frame 2026-04-01 2026-03-20 100 2026-04-30", "actual_end_on", "before it starts"),
        ("h1 frame - 2026-04-20 100 2026-04-30 moved", "actual_start_on", "no first one"),
        ("h1 frame 2026-04-01 2026-04-20 90 2026-04-30", "progress_pct", "stands at 90%"),
        ("h1 frame 2026-04-01 - 100 2026-04-30", "actual_end_on", "no last day"),
        ("h2 ground - - 10 2026-04-30", "actual_start_on", "no first day"),
        ("h1 frame 2026-04-01 - 110 2026-04-30", "progress_pct", "no number from 0 to 100"),
        ("h1 frame 2026-04-01 - much 2026-04-30", "progress_pct", "no number from 0 to 100"),
        ("h1 frame 01.04.2026 - 60 2026-04-30", "actual_start_on", "is no day"),
        ("h1 frame 2026-04-01 - - 2026-04-30", "progress_pct", "It is empty."),
        ("h9 frame 2026-04-01 - 60 2026-04-30", "project_building_code", "No building"),
        ("h1 roof 2026-04-01 - 60 2026-04-30", "construction_stage", "no stage 'roof'"),
    ],
)
def test_report_that_cannot_be_is_refused_with_its_column(row, column, words):
    faults = find_faults(row)
    assert [(line, name) for line, name, _ in faults] == [(2, column)]
    assert words in faults[0][2]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("h1 frame 2026-04-01 - 20 2026-04-30", "progress_pct"),
        ("h1 frame - - 0 2026-04-30", "actual_start_on"),
        ("h1 frame 2026-04-01 - 25 2026-04-14", "recorded_on"),
    ],
)
def test_going_back_needs_a_reason(row, column):
    assert column in [name for _, name, _ in find_faults(row)]
    assert len(check(f"{row} counted wrongly")) == 1


def test_same_stage_twice_is_refused_and_every_faulty_line_is_told():
    faults = find_faults(
        "h1 frame 2026-04-01 - 60 2026-04-30",
        "h1 frame 2026-04-01 - 70 2026-04-30",
        "h9 frame 2026-04-01 - 60 2026-04-30",
        "h2 ground - - 10 2027-04-30",
    )
    assert [(line, column) for line, column, _ in faults] == [
        (3, "construction_stage"),
        (4, "project_building_code"),
        (5, "actual_start_on"),
        (5, "recorded_on"),
    ]


def test_error_tells_lines_and_how_to_mend_them():
    with pytest.raises(
        RejectedReportsError, match=r"x\.csv have a fault.*\n.*line 2, progress_pct"
    ):
        check("h1 frame 2026-04-01 - 110 2026-04-30")


@settings(deadline=None, max_examples=60)
@given(
    rows=st.permutations(
        [
            "h1 frame 2026-04-01 - 60 2026-04-30",
            "h2 ground 2026-01-01 2026-04-01 100 2026-04-30",
            "h2 frame 2026-04-02 - 10 2026-04-30",
        ]
    ),
    count=st.integers(0, 3),
)
def test_reports_that_are_taken_say_nothing_new_a_second_time(rows, count):
    # h2's frame may come without its ground; then it is refused, whatever the order
    chosen = rows[:count]
    needs = any(row.startswith("h2 frame") for row in chosen)
    if needs and not any(row.startswith("h2 ground") for row in chosen):
        assert find_faults(*chosen)
        return
    changes = check(*chosen)
    assert len(changes) == count
    after = build_records().set_index(["project_building_code", "construction_stage"])
    for change in changes.to_dict("records"):
        key = (change["project_building_code"], change["construction_stage"])
        for name in ("actual_start_on", "actual_end_on", "progress_pct", "recorded_on"):
            after.loc[key, name] = change[f"new_{name}"]
    again = check_reports(
        report(*chosen), after.reset_index(), TWO_STAGES, today=TODAY, origin="x.csv"
    )
    assert again.empty
