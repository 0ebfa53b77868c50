"""What the division of a district rests on is read from the database and measured."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from sqlalchemy import update

from catchments.profile import Walking
from catchments.units import NOWHERE
from gis import tables
from gis.access import Role
from gis.errors import RejectedDataError
from gis.network import measure_door_table, snap_points
from gis.partition import check_coverage
from scenarios.district import District
from scenarios.school_network import instance
from scenarios.school_network.instance import (
    build_walking_network,
    digest_ground,
    read_ground,
)
from scenarios.school_network.isochrones import draw_stage_isochrones
from tests.conftest import act_as
from tests.streets import HIGH, WIDE, load_streets
from tests.town import CELL, JUNIOR, PRIMARY, build_frames, draw_cell, find_centre, list_members


@pytest.fixture
def streets(connection) -> District:
    return load_streets(connection)


def name_rows(connection, district, table) -> dict:
    """Return the code of each row of a table by its id."""
    found = connection.execute(table.select().where(table.c.district_id == district.id))
    return {row.id: row.code for row in found}


# -- reading -----------------------------------------------------------------------------


def read_request(connection, district, stage="primary"):
    stages = [district.profile.get_stage(stage)]
    return read_ground(connection, district, stages).build_request(stages[0])


def test_units_are_read_with_their_size_and_the_children_that_the_warning_counts(
    connection, streets
):
    units = read_request(connection, streets).units
    codes = units.index.map(name_rows(connection, streets, tables.planning_unit))
    assert units["area_m2"].to_numpy() == pytest.approx(np.full(12, WIDE * HIGH), rel=1e-3)
    assert units["perimeter_m"].to_numpy() == pytest.approx(
        np.full(12, 2 * (WIDE + HIGH)), rel=1e-3
    )
    # Registered children of the year shown: h01 h02 h03 h05 h06 h08; h04 and h07 are migrants.
    pupils = dict(zip(codes, units["pupils"], strict=True))
    assert {code for code, count in pupils.items() if count} == {"00", "01", "11", "03", "23", "20"}
    assert units["pupils"].sum() == 6


def test_what_is_loaded_while_the_ground_is_read_is_not_in_its_digest(
    connection, streets, monkeypatch
):
    read = instance.read_features

    def load_meanwhile(opened, *words, **options):
        act_as(opened, Role.STEWARD)
        mine = tables.dataset.c.district_id == streets.id, tables.dataset.c.name == "seat"
        opened.execute(update(tables.dataset).where(*mine).values(digest="another"))
        return read(opened, *words, **options)

    monkeypatch.setattr(instance, "read_features", load_meanwhile)
    before = digest_ground(connection, streets)
    ground = read_ground(connection, streets, [streets.profile.get_stage("primary")])
    assert ground.digest == before != digest_ground(connection, streets)


def test_schools_stand_in_their_unit_with_the_seats_that_children_are_set_against(
    connection, streets
):
    schools = read_request(connection, streets).schools
    unit_codes = name_rows(connection, streets, tables.planning_unit)
    school_codes = name_rows(connection, streets, tables.school)
    told = {
        school_codes[school]: (unit_codes[row["planning_unit_id"]], int(row["seats"]))
        for school, row in schools.iterrows()
    }
    # Entry seats of 2026. The private P and the closed X have no catchment.
    assert told == {"A": ("00", 3), "B": ("13", 4)}


def test_gate_that_names_no_unit_belongs_to_the_unit_around_it_or_nearest_to_it(
    connection, streets
):
    school = tables.school
    mine = school.c.district_id == streets.id
    before = read_request(connection, streets).schools["planning_unit_id"].to_dict()
    act_as(connection, Role.STEWARD)
    connection.execute(update(school).where(mine).values(planning_unit_id=None))
    assert read_request(connection, streets).schools["planning_unit_id"].to_dict() == before
    # North of unit 00, outside every unit.
    away = shapely.transform(find_centre("00"), lambda xy: xy + np.array([0, CELL]))
    connection.execute(
        update(school).where(mine, school.c.code == "A").values(geom=f"SRID=4490;{away.wkt}")
    )
    assert read_request(connection, streets).schools["planning_unit_id"].to_dict() == before


def test_seats_that_nobody_stated_limit_nobody(connection, streets):
    later = streets.profile.model_copy(
        update={"years": streets.profile.years.model_copy(update={"shown": 2027})}
    )
    request = read_request(connection, District(streets.id, later))
    # A has 0 seats in 2027, those of B are not stated; h11 and h12 are the two pupils.
    assert request.schools["seats"].isna().tolist() == [False, True]
    assert request.build_instance().capacity.tolist() == [0, 2]


def test_present_division_is_the_default_plan(connection, streets):
    request = read_request(connection, streets)
    unit_codes = name_rows(connection, streets, tables.planning_unit)
    school_codes = name_rows(connection, streets, tables.school)
    told = {unit_codes[unit]: school_codes[school] for unit, school in request.current.items()}
    assert told == list_members(PRIMARY)
    # 20 and 21 belong to nobody.
    assert (request.build_instance().current == NOWHERE).sum() == 2


def test_units_border_each_other_along_a_line_and_not_in_a_corner(connection, streets):
    request = read_request(connection, streets)
    codes = name_rows(connection, streets, tables.planning_unit)
    borders = {
        codes[row["unit_a"]] + codes[row["unit_b"]]: row["border_m"]
        for _, row in request.borders.iterrows()
    }
    # Three rows of three borders between columns, two rows of four borders between rows.
    assert len(borders) == 9 + 8
    assert borders["0001"] == pytest.approx(HIGH, rel=1e-3)
    assert borders["0010"] == pytest.approx(WIDE, rel=1e-3)
    assert "0011" not in borders and "1001" not in borders


def test_units_with_a_sliver_between_them_border_each_other(connection):
    # A gap of half a metre in the west of 01; 02 lies as it should.
    shift = 0.5 / WIDE * CELL
    units = build_frames()["planning_unit"]
    west, south, east, north = draw_cell("01").bounds
    shapes = units["geom"].where(
        units["code"] != "01", shapely.box(west + shift, south, east, north)
    )
    district = load_streets(connection, planning_unit=units.set_geometry(shapes.set_crs(4490)))
    codes = name_rows(connection, district, tables.planning_unit)
    borders = read_request(connection, district).borders
    pairs = set(borders["unit_a"].map(codes) + borders["unit_b"].map(codes))
    assert {"0001", "0102"} <= pairs
    assert len(pairs) == 17


# -- main roads --------------------------------------------------------------------------


def measure_walk(lines: dict[str, list], start, end, walking: Walking) -> float:
    classes = pd.Series([name.split()[0] for name in lines])
    network = build_walking_network(
        np.array([shapely.LineString(line) for line in lines.values()]), classes, walking
    )
    gate, door = (snap_points(network, [x], [y]) for x, y in (start, end))
    return float(measure_door_table(network, gate, door)[0, 0])


def test_main_road_is_crossed_where_a_street_meets_it_and_not_where_a_lane_does():
    lines = {
        "main west": [(0, 0), (200, 0)],
        "main middle": [(200, 0), (500, 0)],
        "main east": [(500, 0), (1000, 0)],
        "lane north": [(200, 0), (200, 50)],
        "lane south": [(200, 0), (200, -50)],
        "local south": [(500, 0), (500, -50)],
    }
    across = (200, 50), (200, -50)
    # Down 50 m, east 300 m to the street, back 300 m on the other side, down 50 m; the way
    # round the western end of the road is 200 m each way and shorter.
    assert measure_walk(lines, *across, Walking()) == 50 + 200 + 200 + 50
    far_west = {**lines, "main west": [(-800, 0), (200, 0)]}
    assert measure_walk(far_west, *across, Walking()) == 50 + 300 + 300 + 50
    anywhere = Walking(main_classes=[])
    assert measure_walk(far_west, *across, anywhere) == 100
    lanes_too = Walking(crossing_classes=["lane"])
    assert measure_walk(far_west, *across, lanes_too) == 100


def test_where_three_main_roads_meet_one_may_cross():
    lines = {
        "main west": [(-900, 0), (0, 0)],
        "main east": [(0, 0), (900, 0)],
        "main north": [(0, 0), (0, 900)],
    }
    # From the north side of the western road to its south side at x = -100.
    assert measure_walk(lines, (-100, 5), (-100, -5), Walking()) == 5 + 100 + 100 + 5
    # Two sections of one road are no crossing: the way leads round its nearer end.
    straight = {name: line for name, line in lines.items() if name != "main north"}
    assert measure_walk(straight, (-100, 5), (-100, -5), Walking()) == 5 + 800 + 800 + 5


# -- bands of walking distance -----------------------------------------------------------


def test_bands_cover_the_units_and_end_where_their_distance_is_walked(connection, streets):
    primary = streets.profile.get_stage("primary")
    bands = draw_stage_isochrones(read_ground(connection, streets, [primary]), primary)
    shapes = bands.features
    assert shapes["up_to_m"].fillna(0).tolist() == [500, 1000, 1500, 0]
    assert shapes["area_m2"].sum() == pytest.approx(12 * WIDE * HIGH, rel=1e-3)
    units = shapely.union_all([draw_cell(unit) for unit in list_members(JUNIOR)])
    assert check_coverage(shapes["geom"].to_numpy(), frame=units, tolerance=1e-7).is_sound
    # Both gates lie in the first band, the middles of 01, 03, 12 and 23 not in it.
    first = shapes["geom"].iloc[0]
    assert {unit for unit in list_members(JUNIOR) if first.covers(find_centre(unit))} == {
        "00",
        "13",
    }
    # The nearest school of 11 is B, 2 WIDE away, that of 20 3 WIDE and one HIGH.
    assert bands.beyond_radius_pct == pytest.approx(100 * 2 / 6)


def test_bands_need_roads(connection, town):
    primary = town.profile.get_stage("primary")
    act_as(connection, Role.PLANNER)
    with pytest.raises(RejectedDataError, match="has no roads"):
        draw_stage_isochrones(read_ground(connection, town, [primary]), primary)
