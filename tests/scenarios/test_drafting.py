"""Two plans side by side, and the desk where drafts are drawn; numbers worked out by hand."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, update

from gis import tables
from gis.access import Role
from gis.database import Database
from gis.errors import RejectedDataError, UsageError
from layers.language import load_language
from scenarios.district import District, Plan, drop_draft, find_plan, list_plans
from scenarios.jobs import JobDesk, Status
from scenarios.school_network.drafting import draw_draft
from scenarios.school_network.drafting_comparison import (
    FIGURES,
    compare_schools,
    compare_sides,
    sum_side,
)
from scenarios.school_network.drafting_comparison_panel import (
    build_comparison_panel,
    write_moved_children,
)
from scenarios.school_network.drafting_order import Order
from scenarios.school_network.drafting_panel import build_drafting_panel, build_job
from scenarios.school_network.drafting_words import UNSEEN_COMPACTNESS
from scenarios.school_network.draw import draw_plan
from scenarios.view import View
from tests.scenarios.pages import read_rows, read_words
from tests.streets import load_streets

PATIENCE_S = 20
DRAWN = Order("town", "primary", "nearest")


def count(*rows: tuple[int | None, int, int, str | None]) -> pd.DataFrame:
    """Write a count: school, children, seats and warning of each row."""
    table = pd.DataFrame(rows, columns=["school_id", "counted_children", "seats", "warning"])
    names = table["school_id"].map(lambda id: f"S{id}")
    over = (table["counted_children"] - table["seats"]).clip(lower=0)
    return table.assign(
        school_id=table["school_id"].astype("Int64"),
        school_name_zh=names,
        school_name_en=names,
        shortfall_seats=over.where(table["school_id"].notna()),
    )


# Today 1 has 12 children on 10 seats, 2 has 9 on 10, 3 has 4 on 10; 5 children live outside.
TODAY = count((1, 12, 10, "red"), (2, 9, 10, "yellow"), (3, 4, 10, "none"), (None, 5, 0, None))
# Three children move from 1 to 3.
THEN = count((1, 9, 10, "yellow"), (2, 9, 10, "yellow"), (3, 7, 10, "none"), (None, 5, 0, None))


def test_a_side_counts_its_warnings_and_the_children_above_the_seats() -> None:
    side = sum_side(TODAY, {"mean_distance_m": 640.4, "gap_pct": 1.0})
    assert (side["red_schools"], side["yellow_schools"], side["quiet_schools"]) == (1, 1, 1)
    assert side["shortfall_seats"] == 12 - 10, "children outside are above nobody's seats"
    assert side["mean_distance_m"] == 640.4
    assert side["p95_distance_m"] is None, "not measured"


def test_figures_stand_side_by_side_with_the_change_that_a_reader_subtracts() -> None:
    sides = [
        sum_side(TODAY, {"mean_distance_m": 640.4}),
        sum_side(THEN, {"mean_distance_m": 641.5}),
    ]
    table = compare_sides(*sides).set_index("name")
    assert table.loc["red_schools"].tolist() == [1, 0, -1]
    assert table.loc["yellow_schools"].tolist() == [1, 2, 1]
    assert table.loc["shortfall_seats"].tolist() == [2, 0, -2]
    # 641.5 is shown as 642 and 640.4 as 640
    assert table.loc["mean_distance_m"].tolist() == [640, 642, 2]
    assert table.loc["compactness"].isna().all()
    assert len(table) == len(FIGURES)


def test_schools_stand_in_order_of_their_change() -> None:
    table = compare_schools(TODAY, THEN)
    assert table["school_id"].tolist() == [1, 3, 2], "−3 and +3 before 0, equal sizes by name"
    assert table["change"].tolist() == [-3, 3, 0]
    assert table.loc[0, ["warning_before", "warning_after"]].tolist() == ["red", "yellow"]
    assert table["seats"].tolist() == [10, 10, 10]


def test_a_school_that_loses_its_catchment_loses_all_its_children() -> None:
    table = compare_schools(TODAY, THEN[THEN["school_id"] != 3]).set_index("school_id")
    assert table.loc[3, ["seats", "before", "after", "change"]].tolist() == [10, 4, 0, -4]
    assert pd.isna(table.loc[3, "warning_after"])


CHILDREN = st.dictionaries(st.integers(1, 6), st.integers(0, 50), min_size=1)


@settings(deadline=None)
@given(CHILDREN, CHILDREN)
def test_no_child_is_lost_between_the_sides(before: dict[int, int], after: dict[int, int]) -> None:
    sides = [
        count(*((school, children, 20, "none") for school, children in side.items()))
        for side in (before, after)
    ]
    table = compare_schools(*sides)
    assert table["before"].sum() == sum(before.values())
    assert table["after"].sum() == sum(after.values())
    assert set(table["school_id"]) == before.keys() | after.keys()
    assert table["change"].abs().is_monotonic_decreasing


@given(st.lists(st.integers(0, 12)), st.integers(0, 12))
def test_a_moved_unit_that_is_hidden_cannot_be_told_from_the_sum(
    others: list[int], few: int
) -> None:
    told = write_moved_children(pd.Series([*others, few], dtype=int), 5, load_language("en"))
    small = [n for n in [*others, few] if 0 < n < 5]
    if told.startswith("<"):
        # It tells no more than the map: each hidden unit has 4 children at most.
        assert int(told[1:]) == sum([*others, few]) - sum(small) + 4 * len(small) + 1
    else:
        assert int(told) == sum([*others, few])
        assert not small or (len(small) > 1 and sum(small) >= 5)


# ---- the desk


@pytest.fixture
def wait(database: Database, town: District) -> Iterator[Callable[[JobDesk], Status]]:
    """Return a function that waits for the desk's job; drafts are dropped after the test."""

    def wait_for(desk: JobDesk) -> Status:
        end = time.monotonic() + PATIENCE_S
        while (status := desk.find("town")) is not None and status.state == "running":
            assert time.monotonic() < end, status
            time.sleep(0.01)
        assert status is not None
        return status

    yield wait_for
    with database.begin(Role.PLANNER) as connection:
        for plan in list_plans(connection, town, drafts=True):
            if plan.is_draft:
                drop_draft(connection, town, plan.code)


def open_desk(database: Database, draw: Callable[..., Plan] = draw_plan) -> JobDesk:
    """Open a desk for drafts, drawn in another way if need be."""
    return JobDesk(database, {Order: partial(draw_draft, draw=draw)})


def draw_slowly(database: Database, district: District, **asked: Any) -> Plan:
    """Draw only when told to stop, as a search does that would go on for long."""
    while not asked["should_stop"]():
        asked["progress"]("search", 0.5)
        time.sleep(0.01)
    return draw_plan(database, district, **asked)


def test_a_draft_is_drawn_and_counted_and_is_no_plan_yet(
    database: Database, town: District, wait: Callable[[JobDesk], Status]
) -> None:
    desk = open_desk(database)
    assert desk.start(DRAWN).state == "running"
    status = wait(desk)
    assert (status.state, status.result, status.share) == ("done", "draft-primary-nearest", 1.0)
    with database.begin(Role.PLANNER) as connection:
        assert find_plan(connection, town, status.result).is_draft
        assert status.result not in {plan.code for plan in list_plans(connection, town)}
    desk.forget("town")
    assert desk.find("town") is None


def test_a_second_job_of_the_district_is_told_that_one_runs_and_a_stop_keeps_the_best(
    database: Database, wait: Callable[[JobDesk], Status]
) -> None:
    desk = open_desk(database, draw_slowly)
    first = desk.start(DRAWN)
    with pytest.raises(UsageError, match="running already"):
        desk.start(DRAWN)
    desk.forget("town")
    assert desk.find("town") is not None, "a job that runs cannot be forgotten"
    desk.stop("town")
    status = wait(desk)
    assert (status.number, status.state, status.result) == (
        first.number,
        "done",
        "draft-primary-nearest",
    )


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        (RejectedDataError("No road is loaded.", mend="Load roads."), "No road is loaded."),
        (ZeroDivisionError("secret"), "The log of the server says more."),
    ],
)
def test_a_failure_is_told_and_leaves_the_desk_free(
    database: Database, wait: Callable[[JobDesk], Status], trouble: Exception, told: str
) -> None:
    def fail(*_asked: Any, **_more: Any) -> Plan:
        raise trouble

    desk = open_desk(database, fail)
    desk.start(DRAWN)
    status = wait(desk)
    assert (status.state, status.error) == ("failed", trouble)
    words = read_words(build_job(status, {"primary": "Primary"}, load_language("en")))
    assert told in words and "secret" not in words
    desk.start(DRAWN)
    wait(desk)


def test_another_district_does_not_wait(
    database: Database, wait: Callable[[JobDesk], Status]
) -> None:
    desk = open_desk(database, draw_slowly)
    desk.start(DRAWN)
    assert desk.find("elsewhere") is None
    desk.stop("elsewhere")
    status = desk.find("town")
    assert status is not None and not status.is_stopping
    desk.stop("town")
    wait(desk)


def test_a_desk_that_closes_ends_its_job_with_the_best_and_takes_no_other(
    database: Database, wait: Callable[[JobDesk], Status]
) -> None:
    desk = open_desk(database, draw_slowly)
    desk.start(DRAWN)
    desk.close()
    status = desk.find("town")
    assert status is not None and (status.state, status.result) == ("done", "draft-primary-nearest")
    with pytest.raises(UsageError, match="server is ending"):
        desk.start(DRAWN)
    desk.close()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"method": "lottery"}, "no method"),
        ({"stage": "senior"}, "no catchments"),
        ({"stage": "college"}, "no stage"),
        ({"time_limit_s": 1}, "time limit"),
        ({"time_limit_s": float("nan")}, "time limit"),
        ({"seed": -1}, "no seed"),
        ({"max_moved_pupils": 9.0}, "keeps no terms"),
        ({"feeders": "statutory"}, "keeps no terms"),
        ({"method": "balanced", "max_distance_m": float("nan")}, "--max-distance is nan"),
        ({"method": "balanced", "w_change": -1.0}, "--w-change is -1"),
        ({"method": "balanced", "feeders": "statutory"}, "No catchments feed"),
    ],
)
def test_an_order_that_cannot_be_drawn_is_refused_at_once(
    database: Database, town: District, wrong: dict[str, Any], told: str
) -> None:
    desk = open_desk(database)
    asked = {"district": town.profile.code, "stage": "primary", "method": "nearest"} | wrong
    with pytest.raises(UsageError, match=told):
        desk.start(Order(**asked))
    assert desk.find("town") is None


def test_each_seed_of_a_search_has_its_own_draft() -> None:
    codes = {Order("town", "primary", "balanced", seed=seed).draft_code for seed in (1, 2)}
    assert codes == {"draft-primary-balanced-1", "draft-primary-balanced-2"}


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ("ways", ["Measuring the ways to school"]),
        ("divide", ["Dividing the units among the schools"]),
        ("divide · 12 over", ["Dividing the units", "Children above the seats 12"]),
        ("openings · 3,935.72", ["Choosing the schools to open", "All ways together 3,935.7"]),
        ("divide · 3,935.72 · 2.31 %", ["All ways together 3,935.7 pupil-km", "at most 2.31%"]),
        ("divide · 1e+06 · 0.00 %", ["1,000,000.0 pupil-km", "at most <0.01%"]),
        ("another · 3 parrots", ["Dividing the units among the schools"]),
    ],
)
def test_a_running_job_tells_its_step_and_what_the_best_plan_is_worth(
    step: str, told: list[str]
) -> None:
    status = Status(replace(DRAWN, method="balanced"), 1, step=step, share=0.42)
    words = read_words(build_job(status, {"primary": "Primary"}, load_language("en")))
    assert "42%" in words and "parrots" not in words
    assert [part for part in told if part not in words] == []


def test_each_set_of_terms_has_its_own_draft_that_is_called_by_them(town: District) -> None:
    order = Order("town", "junior", "balanced")
    assert order.terms is None
    asked = replace(order, max_moved_pupils=20.0, max_distance_m=1500.0, w_change=0.5)
    asked = replace(asked, feeders="statutory")
    assert asked.draft_code == (
        "draft-junior-balanced-1-moved-20-way-1500-change-0.5-fed-statutory"
    )
    assert asked.name_draft(town) == (
        "均衡划片 · 初中（调整≤20人，距离≤1500米，调整权重0.5，整体对口）",
        "Balanced · Junior (≤ 20 moved, ≤ 1500 m, change 0.5, feeders whole)",
    )


def test_the_desk_draws_under_the_terms_that_are_ordered(
    database: Database, town: District
) -> None:
    asked: dict[str, Any] = {}

    def note(_database: Database, _district: District, **more: Any) -> Plan:
        asked.update(more)
        raise RejectedDataError("Enough.")

    desk = JobDesk(database, {Order: partial(draw_draft, draw=note)})
    desk.start(Order("town", "junior", "balanced", max_moved_pupils=20.0, feeders="statutory"))
    desk.close()
    assert asked["terms"].max_moved_pupils == 20
    assert asked["feeding_plan"] == "statutory"


def test_only_a_stage_that_another_feeds_is_asked_for_a_feeding_plan(
    town: District, planner: Connection
) -> None:
    statutory = find_plan(planner, town, "statutory")
    words = {}
    for stage in ("primary", "junior"):
        view = View(planner, town, statutory, stage, 2026, load_language("en"))
        page = build_drafting_panel(view, "balanced").to_plotly_json()
        words[stage] = json.dumps(page, default=lambda part: part.to_plotly_json())
    assert "Most pupils moved" in words["primary"] and "Feeding catchments" not in words["primary"]
    assert "Feeding catchments of Primary, kept whole" in words["junior"]
    assert '"value": "statutory"' in words["junior"]


def test_a_comparison_tells_the_terms_and_how_many_of_those_they_limit_have_moved(
    undone: Database, connection: Connection
) -> None:
    district = load_streets(connection)
    draft = draw_plan(undone, district, method="nearest", code="draft", is_draft=True)
    terms = {
        "objective": "distance",
        "capacity": "hard",
        "max_moved_pupils": 20.0,
        "max_distance_m": 1500.0,
        "w_change": 0.125,
        "locked": [["11", "A"], ["12", "B"]],
        "joint": [["A", "B"]],
        "feeders": "statutory",
    }
    row = tables.plan_measure
    mine = (row.c.plan_id == draft.id) & (row.c.stage == "primary")
    connection.execute(update(row).where(mine).values(terms=terms))
    statutory = find_plan(connection, district, "statutory")
    view = View(connection, district, statutory, "primary", 2026, load_language("en"))
    words = read_words(build_comparison_panel(view, draft))
    assert (
        "Terms: nobody above the seats; at most 20 pupils moved; no way longer than 1,500 m;"
        " moving a pupil counts 0.125 km; 2 units locked to schools; fed by 现行施教区;"
        " A + B share a catchment."
    ) in words
    assert "Moved of the children" not in words, "fewer than five children move: hidden as well"


def test_drafts_are_called_by_method_stage_and_seed(town: District) -> None:
    order = Order("town", "primary", "balanced")
    assert order.name_draft(town) == ("均衡划片 · 小学", "Balanced · Primary")
    assert replace(order, seed=2).name_draft(town)[0] == "均衡划片 · 小学（种子2）"
    assert replace(DRAWN, seed=2).name_draft(town)[1] == "Nearest school (straight line) · Primary"


@pytest.mark.parametrize(
    ("measures", "told", "untold"),
    [
        ({"lower_bound": 90.0, "gap_pct": 10.0}, "at most 10.00% above", "within 0.01%"),
        ({"lower_bound": 99.9999, "gap_pct": 0.0001}, "within 0.01%", "0.00%"),
        (
            {"lower_bound": 90.0, "gap_pct": 10.0, "bound_note": UNSEEN_COMPACTNESS},
            "10.00% above the best possible. The bound does not see compactness.",
            "within",
        ),
        (
            {"bound_note": "3 units have borders longer than their perimeter: no bound."},
            "3 units have borders longer",
            "best possible",
        ),
    ],
)
def test_a_comparison_says_what_is_proven_and_what_the_bound_cannot_see(
    undone: Database, connection: Connection, measures: dict[str, Any], told: str, untold: str
) -> None:
    district = load_streets(connection)
    draft = draw_plan(undone, district, method="nearest", code="draft", is_draft=True)
    row = tables.plan_measure
    mine = (row.c.plan_id == draft.id) & (row.c.stage == "primary")
    blank = {"lower_bound": None, "gap_pct": None, "bound_note": None, "objective": 100.0}
    connection.execute(update(row).where(mine).values(**(blank | measures)))
    statutory = find_plan(connection, district, "statutory")
    view = View(connection, district, statutory, "primary", 2026, load_language("en"))
    words = read_words(build_comparison_panel(view, draft))
    assert told in words and untold not in words


def test_a_draft_that_was_not_counted_is_counted_when_it_is_opened(
    database: Database, town: District, wait: Callable[[JobDesk], Status]
) -> None:
    draw_plan(database, town, method="nearest", code="draft-uncounted", is_draft=True)
    with database.begin(Role.PLANNER) as connection:
        statutory, draft = (
            find_plan(connection, town, c) for c in ("statutory", "draft-uncounted")
        )
        view = View(connection, town, statutory, "primary", 2026, load_language("en"))
        page = build_comparison_panel(view, draft)
    # Unit 02 goes from A to B with the one child of h04: the sum is the unit, and stays hidden.
    assert "The draft moves <5 children" in read_words(page)
    assert ["Children who change their school", "–", "<5"] in [row[:3] for row in read_rows(page)]
    # Of those the rule counts A gains h08, whose unit had no school; h04 is not registered.
    assert ["School A", "3", "3", "4", "+1"] in [row[:5] for row in read_rows(page)]
