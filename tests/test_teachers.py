"""Teachers of the little town as they are stored: heads, posts, years ahead, exchange."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import func, select

from gis import tables
from gis.access import Role
from gis.database import Database
from gis.errors import RejectedDataError
from layers.language import load_language
from layers.scene import Scene
from layers.teacher_shortage import read_shortage
from scenarios.briefings.order import Order, print_briefing
from scenarios.district import District, find_district, find_plan
from scenarios.teacher_analysis.answer import answer_teachers, require_stored
from scenarios.teacher_analysis.assess import assess_teachers
from scenarios.teacher_analysis.panel import build_panel
from scenarios.teacher_analysis.stored import read_stored
from scenarios.view import View
from tests.conftest import Ask, act_as
from tests.scenarios.pages import read_rows, read_title, read_words
from tests.town import build_frames, store_frames

# stage, school, subject → needed, filled, missing, spare, level; worked at tests/town.py.
POSTS = {
    ("primary", "A", "chinese"): (1.5, 1.0, 0, 0, "none"),
    ("primary", "A", "science"): (0.75, 2.0, 0, 1, "none"),
    ("primary", "B", "chinese"): (1.5, 2.0, 0, 0, "none"),
    ("primary", "B", "science"): (0.75, 0.0, 1, 0, "red"),
    ("junior", "B", "chinese"): (1.5, 1.0, 0, 0, "none"),  # 100 pupils are three classes
}


def look(connection, town: District, language: str = "en", **chosen: str) -> View:
    """Look at the primary schools of the town."""
    plan = find_plan(connection, town, None)
    return View(connection, town, plan, "primary", 2026, load_language(language), chosen)


def test_posts_of_each_school_are_those_worked_by_hand(planner, town) -> None:
    stored = require_stored(planner, town, stage=None)
    told = {
        (row.stage, row.school_code, row.subject): (
            row.demand_posts,
            row.supply_posts,
            row.missing_posts,
            row.spare_posts,
            row.level,
        )
        for row in stored.posts.itertuples()
    }
    assert told == POSTS
    assert stored.year == 2025


def test_the_exchange_moves_the_one_who_may_go(planner, town) -> None:
    stored = require_stored(planner, town, stage="primary")
    [move] = stored.moves.to_dict("records")
    # Three cells of 983 m east and one of 1108 m south of it: √(2949² + 1108²) = 3150 m.
    assert (move["from_school_code"], move["to_school_code"], move["teachers"]) == ("A", "B", 1)
    assert move["distance_m"] == pytest.approx(3150, abs=2)
    [subject] = stored.rotations.to_dict("records")
    assert (subject["missing_posts"], subject["cleared_posts"]) == (1, 1)
    assert subject["is_optimal"] and subject["most_cleared_posts"] == 1


def test_small_cells_of_teachers_are_hidden_and_posts_are_not(planner, town) -> None:
    answer = answer_teachers(planner, town, stage="primary", by="subject")
    heads = answer["heads"].set_index(["sort", "code"])["teachers"]
    assert heads["all", "all"] == 5
    assert heads["subject", "science"] == 2
    shown = heads.drop(["all", "subject"]).dropna()
    assert shown.to_dict() == {("degree", "bachelor"): 5, ("is_qualified", "yes"): 5}
    schools = answer_teachers(planner, town, stage="primary", by="school")["groups"]
    assert schools["senior_pct"].isna().all()


def test_years_ahead_lose_those_who_retire(planner, town) -> None:
    stored = require_stored(planner, town, stage="primary")
    ahead = stored.outlook[stored.outlook["subject"] == "chinese"].set_index("year")
    if len(ahead) > 1:
        # t4 retires in August 2027 (60 in January 2027, put off by 7 months), t1 in January 2028.
        assert ahead.loc[[2026, 2027, 2028], "retired_posts"].tolist() == [0, 1, 2]


def test_the_panel_tells_who_is_missing_and_who_could_go(planner, town) -> None:
    page = build_panel(look(planner, town))
    assert read_title(page) == (
        "Primary: schools lack 1 teacher, of Science; 133% of the posts are filled"
    )
    rows = read_rows(page)
    assert ["School B", "Science 1", "1"] in rows
    assert any(row[:4] == ["School A", "School B", "Science", "1"] for row in rows)
    words = read_words(page)
    assert "Fewer than 5 teachers" in words and "Proven" not in words
    assert "clears 1 of 1 missing teachers; proven" in words
    science = build_panel(look(planner, town, subject="science"))
    assert ["School B", "0.8", "0.0", "1", ""] in read_rows(science)
    chinese = build_panel(look(planner, town, subject="chinese"))
    assert read_title(chinese) == "Primary: no school is short in Chinese"


def test_the_map_counts_missing_teachers_of_the_chosen_subject(planner, town) -> None:
    plan = find_plan(planner, town, None)
    scene = Scene(town.id, town.profile, plan.id, plan.code, "primary", 2026, load_language("en"))
    for asked, missing in (({}, [1, 0]), ({"subject": "science"}, [1, 0]),
                           ({"subject": "chinese"}, [0, 0])):  # fmt: skip
        discs = read_shortage(planner, scene, asked)["features"]
        assert [disc["properties"]["missing"] for disc in discs] == missing
    worst = read_shortage(planner, scene, {})["features"][0]["properties"]
    assert worst["card"][0] == ["", "School B"]
    assert ["Science", "1 missing: 0.0 of 0.8 posts"] in worst["card"]


def test_the_briefing_says_what_the_panel_says(planner, town) -> None:
    printed = print_briefing(look(planner, town, "zh"), Order("teachers", "A4"))
    assert printed.title == read_title(build_panel(look(planner, town, "zh")))
    assert printed.run_id == require_stored(planner, town, stage=None).run_id


def test_the_register_is_read_once_and_the_read_is_logged(
    database: Database, town: District
) -> None:
    with database.begin(Role.OFFICER) as connection:
        run_id = assess_teachers(connection, town)  # other tests may have brought newer data
        known = read_stored(connection, town)
        assert known is not None and assess_teachers(connection, town) == run_id == known.run_id
        log = tables.access_log
        reads = connection.execute(
            select(func.max(log.c.rows)).where(
                log.c.district_id == town.id, log.c.purpose.like("teachers: heads%")
            )
        ).scalar_one()
    assert reads == 7


def test_teachers_who_contradict_themselves_are_refused_by_row(connection) -> None:
    frames = build_frames()
    teachers = frames["teacher"].copy()
    teachers.loc[0, "sex"] = "unknown"
    teachers.loc[1, "left_on"] = pd.Timestamp(2020, 1, 1)
    teachers.loc[2, "at_school_since"] = pd.Timestamp(2030, 9, 1)
    teachers.loc[3, "post_pct"] = 120
    teachers.loc[4, "school_code"] = "nowhere"
    report = store_frames(connection, {**frames, "teacher": teachers})
    refused = report.rejected.set_index("row_ref")
    # A row whose reference leads nowhere is called by that reference.
    assert sorted(refused.index) == ["nowhere", "t1", "t2", "t3", "t4"]
    assert "left_on >= at_school_since" in refused.loc["t2", "rule"]
    assert "after the data date" in refused.loc["t3", "rule"]


def test_a_district_without_teachers_says_what_to_load(connection) -> None:
    frames = {name: frame for name, frame in build_frames().items() if name != "teacher"}
    report = store_frames(connection, frames, code="bare")
    district = find_district(connection, "bare")
    assert report.district_id == district.id
    act_as(connection, Role.OFFICER)
    assert assess_teachers(connection, district) is None
    with pytest.raises(RejectedDataError, match="No teachers of any stage"):
        require_stored(connection, district, stage=None)


@pytest.mark.usefixtures("town")
def test_commands_answer_as_the_panel_does(onemap: Ask, tmp_path: Path) -> None:
    told = onemap("teachers", "--by", "school", "--stage", "primary", "--json").told
    assert [row["missing_posts"] for row in told["groups"]] == [0, 1]
    short = onemap("teachers", "shortage", "--subject", "science", "--json").told
    assert short["missing_posts"] == 1 and short["schools"][0]["school_code"] == "B"
    ahead = onemap("teachers", "forecast", "--json").told
    assert ahead["years"][0]["year"] == 2025
    rows = tmp_path / "asked.csv"
    moved = onemap("teachers", "rotate", "--limit-m", 3200, "--rows", rows, "--json").told
    assert moved["cleared_posts"] == 1 and moved["is_optimal"]
    assert [line.split(",")[3] for line in rows.read_text("utf-8-sig").splitlines()[1:]] == ["t3"]
    near = onemap("teachers", "rotate", "--limit-m", 3000, "--json").told
    assert near["cleared_posts"] == 0 and near["missing_posts"] == 1
    assert json.dumps(near["rules"])
    for wrong in (("--by", "street"), ("shortage", "--subject", "latin"), ("--stage", "x"),
                  ("rotate", "--way", "flying"), ("--year", 1999)):  # fmt: skip
        assert onemap("teachers", *wrong).code == 2, wrong
