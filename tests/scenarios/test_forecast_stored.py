"""The forecast of the little town, stored and told: what is hand-counted comes back."""

from __future__ import annotations

import pandas as pd
import pytest
from sqlalchemy import text

from gis.access import Role
from gis.database import Database, read_table
from gis.errors import UsageError
from scenarios.district import District, find_plan
from scenarios.enrolment_warning.forecast.answer import read_forecast, read_pupils
from scenarios.enrolment_warning.forecast.predict import forecast_plan
from scenarios.enrolment_warning.forecast.record import publish_forecast, score_published
from tests.conftest import Undone, act_as


def read(database: Database, town: District, **asked):
    with database.begin(Role.OFFICER) as connection:
        plan = find_plan(connection, town, None)
        runs = forecast_plan(connection, town, plan, **asked)
        return runs, read_forecast(connection, runs), read_pupils(connection, runs)


def find(catchments: pd.DataFrame, school: str, stage: str, year: int) -> pd.Series:
    rows = catchments[
        (catchments["school_code"] == school)
        & (catchments["stage"] == stage)
        & (catchments["year"] == year)
    ]
    assert len(rows) == 1
    return rows.iloc[0]


def test_the_first_year_is_what_the_count_says(undone: Undone, town: District):
    # The town's grades tell no moves: A has h01 to h04, three of them registered, B three and two.
    _, told, _ = read(undone, town)
    a, b = (find(told.catchments, school, "primary", 2026) for school in "AB")
    assert (a["children"], a["counted_children"]) == (4, 3)
    assert (b["children"], b["counted_children"]) == (3, 2)
    assert (a["seats"], a["warning"]) == (3, "red")
    assert (b["seats"], b["warning"]) == (4, "none")
    assert a["basis"] == "registered"


def test_seats_go_on_as_they_were_stated_last_and_projects_come_on_top(
    undone: Undone, town: District
):
    _, told, _ = read(undone, town)
    # A states no seat for 2027 and B none from then on: 0 stays 0, and what nobody told stays 4.
    assert find(told.catchments, "A", "primary", 2030)["seats"] == 0
    assert find(told.catchments, "B", "primary", 2030)["seats"] == 4


def test_units_sum_to_the_district_and_sources_say_what_it_is_made_of(
    undone: Undone, town: District
):
    runs, told, _ = read(undone, town)
    units = pd.DataFrame(
        undone.connection.execute(
            text(
                "select stage, year, sum(children) as children from onemap.forecast_unit"
                " where run_id = :run group by stage, year"
            ),
            {"run": runs.demand_id},
        ).mappings()
    )
    sources = told.sources.groupby(["stage", "year"])["children"].sum()
    for row in units.itertuples():
        assert float(row.children) == pytest.approx(sources[row.stage, row.year], abs=0.01)
    # Nine children are due in primary in 2026, with those without a catchment or an address.
    assert sources["primary", 2026] == pytest.approx(9)


def test_intervals_nest_around_what_is_expected(undone: Undone, town: District):
    _, told, pupils = read(undone, town)
    for table in (told.catchments, told.totals, pupils):
        assert (table["low_95"] <= table["low_80"]).all()
        assert (table["low_80"] <= table["high_80"]).all()
        assert (table["high_80"] <= table["high_95"]).all()
    chances = told.catchments.dropna(subset=["red_chance"])
    assert (chances["red_chance"] <= chances["yellow_chance"]).all()


def test_a_school_without_pupils_in_the_last_year_is_not_told(undone: Undone, town: District):
    _, _, pupils = read(undone, town)
    assert set(pupils["school_code"]) == {"A", "B"}  # P and X have no enrolment


def test_the_same_forecast_is_computed_once_and_official_totals_make_another(
    undone: Undone, town: District
):
    first, told, _ = read(undone, town)
    again, _, _ = read(undone, town)
    assert first == again
    totals = pd.DataFrame({"stage": ["primary"], "year": [2026], "children": [18.0]})
    other, scaled, _ = read(undone, town, totals=totals)
    assert other != first
    a = find(scaled.catchments, "A", "primary", 2026)
    assert a["children"] == pytest.approx(
        2 * find(told.catchments, "A", "primary", 2026)["children"]
    )


def test_a_scenario_that_the_profile_lacks_is_refused_with_those_it_has(
    undone: Undone, town: District
):
    with pytest.raises(UsageError, match=r"no scenario 'boom'.*low, middle, high"):
        read(undone, town, scenario="boom")


def test_what_was_published_outlives_its_data_and_is_scored_when_the_year_comes(
    undone: Undone, town: District
):
    runs, _, pupils = read(undone, town)
    connection = undone.connection
    act_as(connection, Role.OFFICER)
    plan = find_plan(connection, town, None)
    first = publish_forecast(connection, town, plan, runs, scenario="middle")
    assert publish_forecast(connection, town, plan, runs, scenario="middle") == first
    assert score_published(connection, town).empty  # no year has come
    # In autumn 2026 school A has 100 pupils in the grades that it had.
    expected = pupils[
        (pupils["school_code"] == "A") & (pupils["grade"] == 0) & (pupils["year"] == 2026)
    ]["pupils"].iloc[0]
    connection.execute(
        text(
            "insert into onemap.enrolment (school_id, stage, grade, year, pupils)"
            " select id, 'primary', 1, 2026, 100 from onemap.school where code = 'A'"
            " and district_id = :district"
        ),
        {"district": town.id},
    )
    scored = score_published(connection, town)
    school = scored[scored["level"] == "school"].iloc[0]
    assert (school["horizon"], school["cases"]) == (1, 1)
    assert school["mape_pct"] == pytest.approx(abs(expected - 100))
    # The district goes, the publication stays.
    act_as(connection, Role.STEWARD)
    connection.execute(text("delete from onemap.district where id = :id"), {"id": town.id})
    left = connection.execute(text("select count(*) from onemap.forecast_record")).scalar()
    assert left


def test_nobody_can_change_what_was_published(undone: Undone, town: District):
    read(undone, town)
    connection = undone.connection
    for role in (Role.OFFICER, Role.PLANNER, Role.STEWARD):
        act_as(connection, role)
        rights = connection.execute(
            text("select has_table_privilege(current_user, 'onemap.forecast_record', 'update')")
        ).scalar()
        assert rights is False


def test_the_read_of_the_registers_is_logged(undone: Undone, town: District):
    connection = undone.connection
    act_as(connection, Role.STEWARD)
    count = text("select count(*) from registry.access_log where purpose like 'forecast:%'")
    before = connection.execute(count).scalar()
    totals = pd.DataFrame({"stage": ["primary"], "year": [2026], "children": [11.0]})
    read(undone, town, totals=totals)
    act_as(connection, Role.STEWARD)
    assert connection.execute(count).scalar() == before + 1


def test_leaders_and_city_gis_see_catchments_but_no_units(undone: Undone, town: District):
    runs, _, _ = read(undone, town)
    connection = undone.connection
    for role in (Role.LEADER, Role.GIS):
        act_as(connection, role)
        assert len(
            read_table(
                connection, "forecast_catchments", run_id=runs.plan_id, stage=None, school_id=None
            )
        )
        can = text("select has_table_privilege(current_user, 'onemap.forecast_unit', 'select')")
        assert connection.execute(can).scalar() is False
