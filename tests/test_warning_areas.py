"""A selected area of the little town: what it holds, counted by hand, and what it hides."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from catchments.admission.rule_files import load_rules
from gis import tables
from gis.access import Role
from gis.errors import UsageError
from gis.selected_areas import Part, encode_polyline, find_parts, parse_area
from scenarios.district import District, find_plan
from scenarios.enrolment_warning.admission.assign import Asked, assign_children
from scenarios.enrolment_warning.area import AreaAnswer, AreaAsked, locate_parts, read_area
from tests.admission_town import RULES, build_admission_frames
from tests.conftest import act_as
from tests.stored import count_town, insert_run
from tests.town import (
    CELL,
    NORTH,
    WEST,
    build_profile,
    draw_cell,
    store_frames,
)

# In the town every count is small: nothing is hidden here, so that it can be counted by hand.
OPEN_CELLS: dict[str, Any] = {"minimum_cell": 1}


def open_town(town: District) -> District:
    return District(town.id, build_profile(**OPEN_CELLS))


def ask(planner, town, parts, *, stage="primary", year=2026, horizon=2) -> AreaAnswer:
    plan = find_plan(planner, town, "statutory")
    return read_area(planner, town, plan, AreaAsked(tuple(parts), stage, year, horizon))


def find_named(planner, town, kind, *names) -> tuple[Part, ...]:
    plan = find_plan(planner, town, "statutory")
    return find_parts(planner, locate_parts(town, plan, "primary"), kind, names)


def test_the_west_of_the_town_lacks_one_seat(planner, town):
    # Registered children of primary 2026 in columns 0 and 1: h01, h02, h03, h08. Seats of public
    # schools there: the 3 of A; those of the private P do not count.
    west = find_named(planner, town, "subdistrict", "西街道")
    answer = ask(planner, open_town(town), west)
    first = answer.years.iloc[0]
    assert (first["children"], first["seats"], first["missing_seats"]) == (4, 3, 1)
    assert first["basis"] == "registered"
    assert (answer.units, answer.cut_units) == (6, 0)
    assert answer.schools["school_code"].tolist() == ["A", "P"]
    # A alone is short by none in 2026: it has 3 seats for h01, h02, h03.
    assert first["catchment_shortfall_seats"] == 0


def test_ages_are_those_of_the_register_on_the_data_date(planner, town):
    # On 2026-03-31 in the west: h01 6, h02 5, h03 6, h08 5, h10 6, h11 5, h13 12, h14 11, h15 4.
    # (h01 2019-09-01, h02 2020-08-31, h03 2020-03-01, h08 2020-06-01, h10 2019-08-31,
    # h11 2020-09-01, h13 2013-09-01, h14 2014-09-01, h15 2021-09-01)
    answer = ask(planner, open_town(town), find_named(planner, town, "subdistrict", "西街道"))
    ages = answer.ages.set_index("age")["children"]
    assert ages[ages > 0].to_dict() == {4: 1, 5: 3, 6: 3, 11: 1, 12: 1}
    assert len(ages) == 18


def test_who_crosses_the_edge_is_told_by_school(planner, town):
    # Unit 03 alone: h05 lives there and belongs to B in 13, outside. Unit 13 alone: B is inside,
    # its other children live outside: h05 in 03, h06 in 23.
    corner = Part("shape", geom=draw_cell("03", margin=0.0005))
    leaving = ask(planner, open_town(town), [corner]).crossing
    assert leaving[["direction", "school_code", "children"]].values.tolist() == [
        ["leaving", "B", 1.0]
    ]
    gate = Part("shape", geom=draw_cell("13", margin=0.0005))
    entering = ask(planner, open_town(town), [gate]).crossing
    assert entering[["direction", "school_code", "children"]].values.tolist() == [
        ["entering", "B", 2.0]
    ]


def test_small_counts_of_children_are_hidden(planner, town):
    answer = ask(planner, town, find_named(planner, town, "subdistrict", "西街道"))
    assert answer.years["children"].isna().iloc[0]
    assert answer.years["missing_seats"].isna().iloc[0], "seats less children would tell"
    assert answer.ages.set_index("age")["children"].isna()[4]


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.floats(0.02, 3.98), st.floats(0.02, 3.98))
def test_two_halves_of_the_town_hold_what_the_town_holds(planner, town, top, bottom):
    # A slanting line from the north edge to the south edge, through buildings too.
    west, east = WEST - 0.01, WEST + 5 * CELL
    north, south = NORTH + 0.01, NORTH - 4 * CELL
    upper, lower = (WEST + at * CELL for at in (top, bottom))
    shapes = [
        shapely.Polygon([(west, north), (upper, north), (lower, south), (west, south)]),
        shapely.Polygon([(upper, north), (east, north), (east, south), (lower, south)]),
        shapely.box(west, south, east, north),
    ]
    one, other, whole = (
        ask(planner, open_town(town), [Part("shape", geom=shape)]) for shape in shapes
    )
    for name in ("children", "seats", "spare_seats"):
        summed = one.years[name] + other.years[name]
        assert summed.tolist() == pytest.approx(whole.years[name].tolist(), abs=0.11)
    ages = [answer.ages["children"].fillna(0).sum() for answer in (one, other, whole)]
    assert ages[0] + ages[1] == pytest.approx(ages[2], abs=1.0)
    assert len(one.schools) + len(other.schools) == len(whole.schools)


def test_an_edge_through_the_middle_of_houses_divides_them_all(planner, town):
    # The line runs exactly through the centres of column 1: each house is on one side alone.
    middle = WEST + 1.5 * CELL
    halves = [
        shapely.box(WEST - 1, NORTH - 1, middle, NORTH + 1),
        shapely.box(middle, NORTH - 1, WEST + 1, NORTH + 1),
    ]
    found = [ask(planner, open_town(town), [Part("shape", geom=half)]) for half in halves]
    assert sum(answer.years["children"].iloc[0] for answer in found) == 6


def test_an_area_travels_in_an_address(planner, town):
    corners = [(WEST, NORTH), (WEST + 2 * CELL, NORTH), (WEST + 2 * CELL, NORTH - 3 * CELL),
               (WEST, NORTH - 3 * CELL)]  # fmt: skip
    drawn = ask(planner, open_town(town), parse_area("p" + encode_polyline(corners)))
    named = ask(planner, open_town(town), find_named(planner, town, "subdistrict", "330304001"))
    assert drawn.years["children"].tolist() == named.years["children"].tolist()


def test_an_unknown_name_is_answered_with_the_known_ones(planner, town):
    with pytest.raises(UsageError, match=r"西街道.*东镇"):
        find_named(planner, town, "subdistrict", "北镇")


def test_years_beyond_the_registers_come_from_the_forecast(connection, town):
    act_as(connection, Role.PLANNER)
    unit = tables.planning_unit
    ids = dict(
        connection.execute(
            select(unit.c.code, unit.c.id).where(unit.c.district_id == town.id)
        ).all()
    )
    run_id = insert_run(connection, town, "forecast_demand_middle")
    rows = [
        {"run_id": run_id, "planning_unit_id": ids[code], "stage": "primary", "year": year,
         "children": 9.0, "registered_children": children}
        for code, year, children in (("00", 2027, 99.0), ("00", 2028, 4.5), ("03", 2028, 7.0))
    ]  # fmt: skip
    connection.execute(insert(tables.forecast_unit), rows)
    west = find_named(connection, town, "subdistrict", "西街道")
    years = ask(connection, open_town(town), west, horizon=4).years.set_index("year")
    # 2027 is registered (h11 in 10): the forecast does not touch it. 2028 is expected in 00.
    assert years["basis"].to_dict() == {
        2026: "registered", 2027: "registered", 2028: "forecast", 2029: "unknown",
    }  # fmt: skip
    assert years["children"].loc[2028] == 4.5
    assert pd.isna(years["missing_seats"].loc[2029])


def test_batches_are_those_of_the_newest_assignment(undone):
    act_as(undone.connection, Role.STEWARD)
    report = store_frames(undone.connection, build_admission_frames(), code="court")
    court = District(report.district_id, build_profile(code="court", **OPEN_CELLS))
    count_town(undone.connection, court)
    west = find_named(undone.connection, court, "subdistrict", "西街道")
    before = ask(undone.connection, court, west)
    assert before.batch_run_id is None and before.batches.empty
    asked = Asked("primary", load_rules(RULES), "statutory", 7)
    run_id = assign_children(undone, court, asked).run_id
    answer = ask(undone.connection, court, west)
    assert answer.batch_run_id == run_id
    # In the west live c01, c02 and c03, registered where they own, and c08, whom no zone takes.
    batches = answer.batches.set_index("batch")["children"]
    assert batches[batches > 0].to_dict() == {"both_inside": 3, "others": 1}
