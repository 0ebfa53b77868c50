"""Every panel tells what the database holds, in both languages, for any district."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from importlib import import_module

import pandas as pd
import pytest
from dash.development.base_component import Component
from plotly.utils import PlotlyJSONEncoder
from sqlalchemy import Connection, text

from gis.access import Role
from gis.database import Database
from gis.errors import UsageError
from gis.ingest.district import load_district
from layers.language import load_language
from scenarios.district import District, find_district, find_plan
from scenarios.enrolment_warning.catchment_panel import build_catchment_panel
from scenarios.enrolment_warning.count import count_plan
from scenarios.project_monitoring.project_panel import build_project_panel
from scenarios.school_network.draw import draw_catchments
from scenarios.school_network.school_panel import build_school_panel
from scenarios.school_network.subdistrict_panel import build_subdistrict_panel
from scenarios.view import View
from tests.conftest import act_as
from tests.scenarios.pages import read_rows, read_title, read_words
from tests.town import build_frames, build_profile

SCENARIOS = [
    "school_network",
    "enrolment_warning",
    "resource_distribution",
    "project_monitoring",
    "school_development",
    "teacher_analysis",
    "student_growth",
    "academic_results",
]
ENTITIES = {
    "school": build_school_panel,
    "catchment": build_catchment_panel,
    "project": build_project_panel,
    "subdistrict": build_subdistrict_panel,
}

Look = Callable[..., View]


@pytest.fixture
def look(database: Database, town: District) -> Iterator[Look]:
    """Return a function that looks at the town as a planner does."""
    with database.begin(Role.PLANNER) as connection:

        def make(stage: str = "primary", year: int = 2026, language: str = "en") -> View:
            plan = find_plan(connection, town, None)
            return View(connection, town, plan, stage, year, load_language(language))

        yield make


@pytest.fixture
def bare(connection: Connection) -> View:
    """Look at a district that loaded nothing but units, children, schools, seats and a plan."""
    profile = build_profile(code="bare", synthetic=False)
    kept = ("planning_unit", "school", "seat", "plan", "plan_membership")
    whole = build_frames()
    demand = {"planning_unit_code": ["00"], "stage": ["primary"], "year": [2026]}
    frames = {
        **{name: whole[name] for name in kept},
        "unit_demand": pd.DataFrame({**demand, "children": [4], "registered_children": [4]}),
    }
    row = profile.model_dump(
        include={"code", "name_zh", "name_en", "adcode", "metric_srid", "data_date", "synthetic"}
        | {"source", "licence"}
    )
    row["profile"] = profile.model_dump(mode="json")
    load_district(
        connection, row, frames, rule_version=profile.version, source="tests", who="tests"
    )
    district = find_district(connection, "bare")
    plan = find_plan(connection, district, None)
    draw_catchments(connection, district, plan)
    count_plan(connection, district, plan)
    act_as(connection, Role.PLANNER)
    return View(connection, district, plan, "primary", 2026, load_language("en"))


def build_panel(scenario: str, view: View) -> Component:
    """Build the panel of a scenario."""
    page: Component = import_module(f"scenarios.{scenario}.panel").build_panel(view)
    return page


def list_ids(view: View, kind: str) -> list[int]:
    """List the ids of all schools, catchments (by school), projects or subdistricts."""
    table = "school" if kind == "catchment" else kind
    query = text(f"select id from onemap.{table} where district_id = :id order by code")
    return list(view.connection.execute(query, {"id": view.district.id}).scalars())


def assert_readable(page: Component) -> None:
    """Check that nothing is left over that only a program can read."""
    words = read_words(page)
    assert not re.search(r"\bnan\b|\bNone\b|\bNaT\b|<NA>|[{}]", words), words
    assert read_title(page)
    json.dumps(page, cls=PlotlyJSONEncoder)  # what the browser is sent


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("stage", ["primary", "junior", "senior"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_scenario_can_be_read_in_every_stage_and_language(
    look: Look, scenario: str, stage: str, language: str
) -> None:
    assert_readable(build_panel(scenario, look(stage, 2027, language)))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", ENTITIES)
def test_everything_on_the_map_has_a_panel(look: Look, kind: str, language: str) -> None:
    for stage in ("primary", "junior", "senior"):
        view = look(stage, language=language)
        for id in list_ids(view, kind):
            assert_readable(ENTITIES[kind](view, id))


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_district_without_projects_and_resources_gets_panels_as_well(
    bare: View, scenario: str
) -> None:
    page = build_panel(scenario, bare)
    assert_readable(page)
    assert "Data of 31 March 2026" in read_words(page)
    assert "Synthetic" not in read_words(page)


def test_schools_and_catchments_of_a_bare_district_have_panels(bare: View) -> None:
    for id in list_ids(bare, "school"):
        assert_readable(build_school_panel(bare, id))
        assert_readable(build_catchment_panel(bare, id))


@pytest.mark.parametrize("kind", ENTITIES)
def test_what_does_not_exist_is_named(look: Look, kind: str) -> None:
    with pytest.raises(UsageError, match=r"town has no .* 0"):
        ENTITIES[kind](look(), 0)


def test_invented_data_is_marked_as_such(look: Look) -> None:
    assert "模拟数据" in read_words(build_panel("school_network", look(language="zh")))


def test_the_network_counts_open_schools_with_their_seats(look: Look) -> None:
    page = build_panel("school_network", look())
    # A 18, B 24 + 3, P 54; X was closed in 2025
    assert read_title(page) == "3 schools with 99 seats in 2026"
    assert ["Primary school", "2", "1", "72", "100"] in read_rows(page)
    assert ["Nine-year school", "1", "0", "27", "210"] in read_rows(page)


def test_the_warning_panel_says_what_the_count_holds(look: Look) -> None:
    page = build_panel("enrolment_warning", look())
    # A: 3 registered children for 3 seats; B: 2 for 4
    assert read_title(page) == "Primary 2026: no catchment lacks seats, 1 is full or nearly so"
    assert ["School A", "3", "3", "100%", "0"] in read_rows(page)
    assert ["School B", "2", "4", "50%", "0"] in read_rows(page)
    words = read_words(page)
    assert "Children 9 Registered 7 Migrant 2 Outside catchments 2" in words
    assert "Outside every catchment 1 · Address not found 1" in words


def test_the_warning_panel_names_the_shortfall(look: Look) -> None:
    page = build_panel("enrolment_warning", look("junior"))
    # B: 2 registered children for 1 seat
    assert read_title(page) == "Junior 2026: 1 catchment lacks seats, 1 in all"


def test_a_stage_without_catchments_says_so(look: Look) -> None:
    page = build_panel("enrolment_warning", look("senior"))
    assert read_title(page) == "Senior schools have no catchments"


def test_a_full_catchment_shows_its_neighbour_with_free_seats(look: Look) -> None:
    view = look()
    page = build_catchment_panel(view, list_ids(view, "school")[0])
    assert read_title(page) == "School A is exactly full in 2026"
    assert ["School B", "2", "4", "50%", "0"] in read_rows(page)


def test_a_school_without_catchment_says_so(look: Look) -> None:
    view = look("junior")
    page = build_catchment_panel(view, list_ids(view, "school")[0])
    assert read_title(page) == "School A has no catchment in this stage"


def test_projects_tell_delay_and_opening(look: Look) -> None:
    page = build_panel("project_monitoring", look())
    assert read_title(page) == "1 of 1 projects is late, by up to 74 days"
    assert "2027 540 (1 project)" in read_words(page)


def test_a_project_sets_planned_beside_actual_days(look: Look) -> None:
    view = look()
    page = build_project_panel(view, list_ids(view, "project")[0])
    assert read_title(page) == "新学校 is 74 days behind plan and can open in 2027"
    rows = read_rows(page)
    assert ["1号楼 · Civil works", "2025-01-01 2025-03-31", "2025-01-01 2025-03-31", "0"] in rows
    late = ["1号楼 · Topped out", "2026-01-01 2026-01-31", "2026-02-01 –", "+74 expected"]
    assert late in rows


def test_a_school_shows_each_indicator_beside_its_standard(look: Look) -> None:
    view = look()
    page = build_school_panel(view, list_ids(view, "school")[0])
    assert read_title(page) == "School A: 100 pupils, 18 seats"
    # 4.2 teachers and 360 m² for 100 pupils
    assert ["Qualified teachers teachers", "4.20", "4.2", "Met"] in read_rows(page)
    assert ["Teaching area m²", "3.60", "4.5", "Not met"] in read_rows(page)


def test_few_children_of_a_subdistrict_stay_hidden(look: Look) -> None:
    view = look()
    pages = [build_panel("student_growth", view)]
    pages += [build_subdistrict_panel(view, id) for id in list_ids(view, "subdistrict")]
    assert all("<5" in read_words(page) for page in pages)
    # h01, h02, h03 and h08, all registered: that none is a migrant would tell how few they are
    assert ["西街道", "<5", "<5", "*"] in read_rows(pages[0])
