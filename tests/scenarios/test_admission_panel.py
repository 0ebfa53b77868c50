"""The officer's pages of the yearly assignment, over the little town; numbers by hand.

Zone A has 3 seats for h01, h02, h03 (registered inside) and h04 (lives inside): h04 goes to the
one seat that B has left beside h05, h06, h07. h08 is in no catchment, h09 has no address.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from dash.development.base_component import Component
from sqlalchemy import Connection, select

from catchments.admission.rules import Rules
from gis import tables
from gis.access import Role
from gis.database import Database
from gis.errors import UsageError
from layers.catalogue import find_sheet, list_available, read_versions
from layers.language import load_language
from layers.scene import Scene
from scenarios.district import District, find_district, find_plan
from scenarios.enrolment_warning.admission.job_card import build_job, open_assigned
from scenarios.enrolment_warning.admission.orders import AdmissionOrder, Assigned, assign_order
from scenarios.enrolment_warning.admission.page import CLOSED, NEW, NEWEST, TRIAL, Page, parse_page
from scenarios.enrolment_warning.admission.panel import Request, build_admission_panel
from scenarios.enrolment_warning.admission.rule_shelf import (
    choose_rules,
    list_rules,
    list_years,
    select_rules,
)
from scenarios.enrolment_warning.admission.school_lines import list_lines
from scenarios.jobs import JobDesk, Status, StoppedError
from scenarios.school_network.draw import draw_catchments
from scenarios.view import View
from tests.catchments.rule_texts import write_rules
from tests.conftest import Undone, act_as
from tests.scenarios.pages import list_parts, read_rows, read_title, read_words
from tests.town import build_frames, store_frames

BATCHES = """
- {code: inside, name_zh: 第一批, name_en: Batch 1, when: registered_inside}
- {code: others, name_zh: 第二批, name_en: Batch 2, when: everyone}
"""
# No scores: registered children of a zone are equal, and so the lot decides.
RULES = write_rules(batches=BATCHES, scores=None, ties="[lot]")
Show = Callable[..., list[Component]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write the rules of the town, and a file that is broken, where the cockpit looks for them."""
    mine = tmp_path / "copy"
    mine.mkdir()
    (mine / "admission_2026.yaml").write_text(RULES, encoding="utf-8")
    (mine / "broken.yaml").write_text("code: broken\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def rules(folder: Path) -> Rules:
    return choose_rules(select_rules(list_rules(folder, "copy"), "primary", 2026), None)


@pytest.fixture
def copy(connection: Connection) -> District:
    """Store the town as a district whose children are different persons."""
    frames = build_frames()
    child = frames["child"]
    frames["child"] = child.assign(identity_hash=[f"{at:064d}" for at in range(len(child))])
    store_frames(connection, frames)
    act_as(connection, Role.PLANNER)
    district = find_district(connection, "copy")
    draw_catchments(connection, district, find_plan(connection, district, None))
    return district


@pytest.fixture
def run(undone: Undone, copy: District, rules: Rules) -> int:
    """Store an assignment of the town."""
    assigned = assign(undone, copy, AdmissionOrder("copy", "primary", rules, is_trial=False))
    assert assigned.run_id is not None
    return assigned.run_id


@pytest.fixture
def show(connection: Connection, copy: District, folder: Path) -> Show:
    """Return a function that builds a page of the officer."""

    def build(
        page: Page,
        *,
        job: Status | None = None,
        school_id: int | None = None,
        language: str = "en",
        year: int = 2026,
    ) -> list[Component]:
        act_as(connection, Role.OFFICER)
        plan = find_plan(connection, copy, None)
        view = View(connection, copy, plan, "primary", year, load_language(language))
        shelf = list_rules(folder, "copy")
        return build_admission_panel(view, Request(page, shelf, job, school_id, "Warnings"))

    return build


def assign(database: Database, district: District, order: AdmissionOrder) -> Assigned:
    return assign_order(database, district, order, lambda _step, _share: None, lambda: False)


def list_patches(page: object, name: str = "data-patch") -> list[dict[str, Any]]:
    return [json.loads(getattr(part, name)) for part in list_parts(page) if hasattr(part, name)]


def find_school(connection: Connection, code: str) -> int:
    school = tables.school
    mine = select(school.c.id).join(tables.district)
    found = mine.where(tables.district.c.code == "copy", school.c.code == code)
    return int(connection.execute(found).scalar_one())


def read_log(connection: Connection) -> list[tuple[str, int]]:
    log = tables.access_log
    act_as(connection, Role.OFFICER)
    rows = connection.execute(select(log.c.purpose, log.c.rows).order_by(log.c.id))
    return [(row.purpose, row.rows) for row in rows]


# ---- rules and pages


def test_broken_rule_files_are_listed_with_their_fault_and_years_are_those_of_the_others(
    folder: Path,
) -> None:
    shelf = list_rules(folder, "copy")
    assert [(one.name, one.rules is None) for one in shelf] == [
        ("admission_2026.yaml", False),
        ("broken.yaml", True),
    ]
    assert "line 1" in str(shelf[1].fault)
    assert list_years(shelf) == [2026]
    assert select_rules(shelf, "senior", 2026) == []
    with pytest.raises(UsageError, match="no rules 'x'"):
        choose_rules(select_rules(shelf, "primary", 2026), "x")


@pytest.mark.parametrize(
    "wrong", [{"admission": "soon"}, {"queue": "lottery"}, {"child": "x y"}, {"rules": "/etc"}]
)
def test_a_page_that_an_address_names_wrongly_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        parse_page({"admission": NEWEST, **wrong})


def test_without_a_run_the_form_stands_in_place_of_the_results(show: Show) -> None:
    back, page = show(Page(NEWEST))
    assert list_patches(back) == [CLOSED]
    words = read_words(page)
    assert "No assignment of this stage, year and plan is stored yet." in words
    assert "town 2 batches · registration opens 20 May 2026" in words
    assert "broken.yaml cannot be used" in words
    assert list_patches(page, "data-order") == [{"do": "assign", "rules": "town"}]


def test_a_year_without_rules_offers_those_that_have_some_and_no_form(show: Show) -> None:
    _back, page = show(Page(NEW), year=2027)
    assert "No rule file covers this stage and year." in read_words(page)
    assert {"year": 2026} in list_patches(page)
    assert list_patches(page, "data-order") == []


# ---- a stored run


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_run_tells_finding_sums_batches_and_lines(show: Show, run: int, language: str) -> None:
    _back, page = show(Page(NEWEST), language=language)
    rows = read_rows(page)
    if language == "zh":
        assert read_title(page) == "2026年小学：7名儿童已定学校，2名待人工决定"
        assert ["第一批", "5", "5", "0", "0"] in rows
        return
    assert read_title(page) == "Primary 2026: 7 children have a school, 2 wait for a person"
    words = read_words(page)
    assert "Children 9 Seated 6 Placed 1 To decide 2" in " ".join(words.split())
    # h01, h02, h03, h05, h06; then h04, h07, h08 and h09
    assert ["Batch 1", "5", "5", "0", "0"] in rows
    assert ["Batch 2", "4", "1", "1", "2"] in rows
    assert ["In no catchment", "1"] in rows and ["No known address", "1"] in rows
    # A: three of batch 1, then h04 of batch 2 without a seat, whom a class more would seat
    assert ["School A 3 + 0", "3", "batch 1", "batch 2", "1"] in rows
    assert ["School B 2 + 1", "4", "batch 2", "–", "0"] in rows
    assert any(row[:3] == ["School A", "School B", "1"] for row in rows)


def test_reading_sums_names_no_child_and_lists_are_logged(
    connection: Connection, show: Show, run: int
) -> None:
    before = read_log(connection)
    _back, page = show(Page(NEWEST))
    assert not [code for code in (f"c{n:02}" for n in range(1, 17)) if code in read_words(page)]
    assert read_log(connection) == before
    _back, queue = show(Page(NEWEST, queue="no_catchment"))
    assert read_title(queue) == "In no catchment: 1 child"
    assert {"child": "c08"} in list_patches(queue)
    assert read_log(connection)[len(before) :] == [(f"list no_catchment, run {run}", 1)]
    _back, child = show(Page(NEWEST, queue="no_catchment", child="c08"))
    assert "c08 · For a person to decide" in read_title(child)
    assert read_log(connection)[-1] == (f"page of child c08, run {run}", 1)
    assert list_patches(child, "data-order") == [{"do": "decide", "child": "c08", "run": run}]


def test_the_placed_are_listed_with_the_school_that_admits(show: Show, run: int) -> None:
    _back, queue = show(Page("run", run, queue="placed"))
    assert [row[:3] for row in read_rows(queue)[1:]] == [["c04", "School A", "School B"]]


def test_a_school_tells_its_line_and_what_one_more_class_changes(
    connection: Connection, show: Show, run: int
) -> None:
    back, page = show(Page(NEWEST), school_id=find_school(connection, "A"))
    assert list_patches(back) == [{"selection": None}]
    assert read_title(page) == "School A: 1 child of the zone found no seat"
    assert "One more class would seat 1 more child of the zone: Batch 2 1." in read_words(page)
    with pytest.raises(UsageError, match="no school 0"):
        show(Page(NEWEST), school_id=0)


def test_schools_that_turned_most_children_away_come_first() -> None:
    columns = ["school_id", "batch", "place", "seats", "children", "seated", "last_score"]
    rows = [
        (1, "a", 1, 9, 5, 5, 7.0),
        (1, "b", 2, 9, 4, 4, 3.0),
        # Full after the third of batch b; the locked-out child of batch a is no line.
        (2, "a", 1, 5, 3, 2, 8.5),
        (2, "b", 2, 5, 6, 3, 4.25),
    ]
    cuts = pd.DataFrame(rows, columns=columns).assign(
        first_unseated_score=[None, None, None, 4.0],
        placed_here=0,
        seated_with_more=[0, 0, 0, 3],
        school_name_zh="校",
        school_name_en=None,
    )
    cuts["placed_elsewhere"] = cuts["children"] - cuts["seated"]
    cuts["school_code"] = cuts["school_id"].astype(str)
    lines = list_lines(cuts).set_index("school_id")
    assert lines.index.tolist() == [2, 1]
    assert lines.loc[2, ["last_place", "last_score"]].tolist() == [2, 4.25]
    assert lines.loc[2, ["first_place", "first_score"]].tolist() == [2, 4.0]
    assert lines.loc[2, "by_batch"] == [2, 3]
    assert pd.isna(lines.loc[1, "first_place"]), "it has seats for all"


# ---- jobs


def finish(order: AdmissionOrder, result: Assigned) -> Status:
    return Status(order, 1, state="done", share=1.0, result=result)


def test_a_dry_run_stores_nothing_and_reads_as_a_run_does(
    undone: Undone, connection: Connection, copy: District, rules: Rules, show: Show
) -> None:
    order = AdmissionOrder("copy", "primary", rules, seed=7)
    job = finish(order, assign(undone, copy, order))
    _back, page = show(Page(TRIAL), job=job)
    assert read_title(page) == "Primary 2026: 7 children have a school, 2 wait for a person"
    assert "Dry run, not stored" in read_words(page)
    assert ["School A 3 + 0", "3", "batch 1", "batch 2", "1"] in read_rows(page)
    assert list_patches(page, "data-order") == [{"do": "assign", "rules": "town", "seed": 7}]
    assert not [patch for patch in list_patches(page) if "queue" in patch], "nobody is listed"
    run = tables.run
    kinds = connection.execute(select(run.c.kind).where(run.c.district_id == copy.id)).scalars()
    assert "admission primary 2026" not in set(kinds)
    _back, school = show(Page(TRIAL), job=job, school_id=find_school(connection, "A"))
    assert "Dry run" in read_words(school)
    assert open_assigned(job)["admission"] == TRIAL
    _back, gone = show(Page(TRIAL), job=replace(job, order=replace(order, stage="junior")))
    assert read_title(gone) == "There is no dry run of this stage, year and plan"


def test_the_same_inputs_give_the_run_that_is_stored(
    undone: Undone, copy: District, rules: Rules, run: int
) -> None:
    order = AdmissionOrder("copy", "primary", rules, is_trial=False)
    again = assign(undone, copy, order)
    assert (again.run_id, again.was_stored) == (run, True)
    job = finish(order, again)
    words = read_words(build_job(job, {"primary": "Primary"}, load_language("en")))
    assert f"Run {run} has the same inputs" in words
    assert open_assigned(job)["admission"] == str(run)


def test_a_run_that_is_stopped_stores_nothing(undone: Undone, copy: District, rules: Rules) -> None:
    order = AdmissionOrder("copy", "primary", rules, is_trial=False)
    with pytest.raises(StoppedError):
        assign_order(undone, copy, order, lambda _step, _share: None, lambda: True)


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("running", "Placing children without a seat · 60%"),
        ("stopped", "Stopped; nothing was stored"),
        ("failed", "Nothing was assigned"),
    ],
)
def test_a_job_tells_how_it_stands(rules: Rules, state: Any, told: str) -> None:
    status = Status(
        AdmissionOrder("town", "primary", rules), 1, state=state, step="placement", share=0.6
    )
    assert told in read_words(build_job(status, {"primary": "Primary"}, load_language("en")))


def test_a_desk_tells_what_was_stopped(database: Database, town: District, rules: Rules) -> None:
    def wait_until_stopped(*asked: Any) -> None:
        while not asked[-1]():
            time.sleep(0.01)
        raise StoppedError

    desk = JobDesk(database, {AdmissionOrder: wait_until_stopped})
    desk.start(AdmissionOrder("town", "primary", rules))
    desk.close()
    status = desk.find("town")
    assert status is not None and status.state == "stopped"


@pytest.mark.parametrize(
    ("wrong", "told"), [({"seed": -1}, "no seed"), ({"stage": "senior"}, "no catchments")]
)
def test_an_order_that_cannot_be_done_is_refused_at_once(
    database: Database, town: District, rules: Rules, wrong: dict[str, Any], told: str
) -> None:
    desk = JobDesk(database, {AdmissionOrder: assign_order})
    order = AdmissionOrder("town", "primary", rules)
    with pytest.raises(UsageError, match=told):
        desk.start(replace(order, **wrong))


# ---- the map


@pytest.fixture
def scene(connection: Connection, copy: District, run: int) -> Scene:
    plan = find_plan(connection, copy, None)
    versions = read_versions(connection, copy.id)
    return Scene(
        copy.id, copy.profile, plan.id, plan.code, "primary", 2026, load_language("en"),
        ground_version=versions[0], version=versions[1],
    )  # fmt: skip


def test_the_officer_sees_every_flow_and_others_none_of_few_children(
    connection: Connection, scene: Scene, run: int
) -> None:
    act_as(connection, Role.OFFICER)
    shared = find_sheet("placements").read(connection, scene, {})["features"]
    assert shared == [], "one child is fewer than five"
    (flow,) = find_sheet("officer_placements").read(connection, scene, {"run": str(run)})[
        "features"
    ]
    card = dict(flow["properties"]["card"][1:])
    assert (card["From the zone of"], card["To"], card["Children"]) == ("School A", "School B", "1")
    with pytest.raises(UsageError, match="is no run"):
        find_sheet("officer_placements").read(connection, scene, {})
    assert {"placements", "seated_share"} <= list_available(connection, scene)


def test_the_share_of_the_seated_hides_its_small_parts(
    connection: Connection, scene: Scene, run: int
) -> None:
    first, second = find_sheet("seated_share").read(connection, scene, {})["features"]
    assert [one["properties"]["level"] for one in (first, second)] == [1, 3]  # 75 %, all
    assert [label for label, _value in first["properties"]["card"]] == [
        "", "Seats", "Children of the zone",
    ]  # fmt: skip
    asked = {"run": str(run)}
    first, _second = find_sheet("officer_seated_share").read(connection, scene, asked)["features"]
    assert ["Seated", "3"] in first["properties"]["card"]
