"""Walking catchments follow the streets, cover the land and part where two walks are equal."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from catchments.boundaries import Request, measure_straight_ways, measure_unit_walks
from catchments.boundaries.walking import (
    choose_whole_units,
    draw_isochrones,
    draw_walking,
    draw_walking_areas,
    measure_beyond_pct,
    measure_school_walks,
)
from gis.errors import RejectedDataError
from gis.network import Network, build_network, keep_largest_part
from gis.partition import check_coverage

# Two streets along a river, with a bridge in the east only; the river runs at y = 50.
#
#   north bank  o----------o     y = 100
#                          | bridge, x = 300
#   south bank  o----------o     y = 0
RIVER_TOWN = [[(0, 0), (300, 0), (300, 100), (0, 100)]]


def build_town(lines: list[list[tuple[float, float]]]) -> Network:
    return build_network([shapely.LineString(line) for line in lines])


def make_places(places: dict[int, tuple[float, float]]) -> pd.DataFrame:
    return pd.DataFrame.from_dict(places, orient="index", columns=["x_m", "y_m"], dtype=float)


def measure_areas(areas: gpd.GeoSeries) -> dict[int, float]:
    return {name: round(area, 6) for name, area in areas.area.items()}


def is_cover(areas: gpd.GeoSeries, land: shapely.Polygon) -> bool:
    """Tell whether areas fill the land; a school may have none."""
    full = areas[~areas.is_empty].to_numpy()
    report = check_coverage(full, frame=land, tolerance=1e-6)
    return report.is_sound and bool(np.isclose(areas.area.sum(), land.area, rtol=1e-12))


# --- whole units


def draw_walks(
    units: pd.DataFrame,
    schools: pd.DataFrame,
    town: Network,
    doors: pd.DataFrame | None = None,
) -> pd.Series:
    walks = measure_unit_walks(town, units, schools, doors)
    return draw_walking(Request(units, schools, walks)).school_id


def test_a_unit_across_the_river_goes_to_the_school_that_it_can_walk_to() -> None:
    # From (50, 100) to school 1 at (50, 0): 250 + 100 + 250 = 600 m; to 2 at (250, 100): 200 m.
    units = make_places({10: (50, 100), 11: (60, 0)})
    schools = make_places({1: (50, 0), 2: (250, 100)})
    town = build_town(RIVER_TOWN)
    assert draw_walks(units, schools, town).to_dict() == {10: 2, 11: 1}
    # From (60, 0) to school 1: 10 m; to school 2: 240 + 100 + 50 m.
    walks = measure_unit_walks(town, units, schools)
    assert walks.distance_m.tolist() == [[600, 200], [10, 390]]
    assert walks.on_foot


def test_a_unit_goes_where_its_pupils_walk_least_all_together() -> None:
    # School 1 at x = 0, 2 at x = 300. Two pupils at x = 100 walk 100 or 200 m, one at x = 290
    # walks 290 or 10: together 490 against 410.
    units, schools = make_places({10: (0, 0)}), make_places({1: (0, 0), 2: (300, 0)})
    doors = make_places({0: (100, 0), 1: (290, 0)}).assign(planning_unit_id=10, pupils=[2, 1])
    town = build_town(RIVER_TOWN)
    assert draw_walks(units, schools, town, doors).tolist() == [2]
    means = measure_unit_walks(town, units, schools, doors).distance_m
    assert means == pytest.approx(np.array([[490 / 3, 410 / 3]]), abs=5e-4)
    # With 4 pupils at the first door it is 690 against 810.
    assert draw_walks(units, schools, town, doors.assign(pupils=[4, 1])).tolist() == [1]
    # Without pupils the unit is measured from its own point.
    assert draw_walks(units, schools, town, doors.assign(pupils=0)).tolist() == [1]


def test_doors_without_a_way_stay_out_of_the_mean_but_keep_their_pupils() -> None:
    # The second door stands on an island; its three pupils can reach no school.
    town = build_town([*RIVER_TOWN, [(0, 900), (50, 900)]])
    units = make_places({10: (0, 0), 11: (200, 0)}).assign(pupils=[5, 7])
    doors = make_places({0: (100, 0), 1: (20, 900), 2: (0, 0)}).assign(
        planning_unit_id=[10, 10, 99], pupils=[2, 3, 8]
    )
    walks = measure_unit_walks(town, units, make_places({1: (0, 0)}), doors)
    assert walks.distance_m.tolist() == [[100], [200]]
    # Unit 11 has no door: its pupils stand at its own point. Unit 99 is none of ours.
    assert walks.door_unit.tolist() == [0, 0, 1]
    assert walks.door_pupils.tolist() == [2, 3, 7]
    far = measure_beyond_pct(walks.door_distance_m[:, 0], walks.door_pupils, radius_m=150)
    assert far == pytest.approx(100 * (3 + 7) / 12)


def test_equal_walks_go_to_the_lowest_school_whatever_the_order_of_rows() -> None:
    units, schools = make_places({10: (150, 0)}), make_places({2: (300, 0), 1: (0, 0)})
    town = build_town(RIVER_TOWN)
    assert draw_walks(units, schools, town).tolist() == [1]
    assert draw_walks(units, schools[::-1], town).tolist() == [1]


def test_units_that_reach_no_school_are_named() -> None:
    town = build_town([*RIVER_TOWN, [(0, 900), (50, 900)]])
    units, schools = make_places({10: (9, 0), 77: (20, 900)}), make_places({1: (0, 0)})
    with pytest.raises(RejectedDataError, match="from 1 planning units: 77"):
        draw_walks(units, schools, town)
    assert draw_walks(units, schools, keep_largest_part(town)).to_dict() == {10: 1, 77: 1}


def test_without_roads_nobody_walks() -> None:
    units = make_places({10: (0, 3)}).assign(pupils=1)
    schools = make_places({1: (4, 0)})
    straight = measure_straight_ways(units, schools)
    assert (straight.distance_m.tolist(), straight.on_foot) == ([[5]], False)
    for ways in (straight, None):
        with pytest.raises(RejectedDataError, match="no roads to walk on"):
            draw_walking(Request(units, schools, ways))


def test_each_door_has_its_school_and_its_walk() -> None:
    doors = make_places({5: (60, 10), 3: (280, 100)})
    walks = measure_school_walks(
        build_town(RIVER_TOWN), make_places({8: (250, 110), 7: (50, 0)}), doors
    )
    assert walks["school_id"].to_dict() == {5: 7, 3: 8}
    assert walks["walk_distance_m"].to_dict() == {5: 10 + 10, 3: 30 + 10}


# --- areas


def test_the_border_crosses_a_street_where_two_schools_are_equally_far() -> None:
    # A street of 110 m, 20 m of land around it; schools at x = 0 and x = 61 meet at x = 30.5.
    land = shapely.box(-10, -10, 110, 10)
    areas = draw_walking_areas(
        make_places({1: (0, 0), 2: (61, 0)}), build_town([[(0, 0), (110, 0)]]), land
    )
    assert measure_areas(areas) == {1: 40.5 * 20, 2: 79.5 * 20}
    assert is_cover(areas, land)


def test_between_streets_the_border_runs_halfway() -> None:
    land = shapely.box(0, -20, 280, 120)
    areas = draw_walking_areas(make_places({1: (0, 0), 2: (0, 100)}), build_town(RIVER_TOWN), land)
    # School 1 and school 2 at the two western ends: each bank has its own, the border is y = 50.
    assert measure_areas(areas) == {1: 280 * 70, 2: 280 * 70}
    assert areas[1].bounds == (0, -20, 280, 50)


def test_the_border_runs_along_the_middle_of_a_main_road() -> None:
    # Houses face each other across an avenue without a crossing; each side has its own school.
    avenue = shapely.LineString([(0, 0), (400, 0)])
    land, schools = shapely.box(10, -30, 390, 30), make_places({1: (200, 15), 2: (200, -15)})
    parted = draw_walking_areas(schools, build_network([avenue], is_main=[True]), land)
    assert measure_areas(parted) == {1: 380 * 30, 2: 380 * 30}
    assert parted[1].bounds == (10, 0, 390, 30)


def test_whole_units_stay_whole_and_the_others_are_cut_along_the_streets() -> None:
    land = shapely.box(0, -10, 300, 10)
    units = gpd.GeoSeries([shapely.box(at, -10, at + 100, 10) for at in (0, 100, 200)])
    street, schools = build_town([[(0, 0), (300, 0)]]), make_places({1: (0, 0), 2: (280, 0)})
    # Walks are equal at x = 140, in the middle unit.
    whole = pd.Series([1, 2, 2])
    drawn = draw_walking_areas(schools, street, land, units=units, whole=whole)
    assert measure_areas(drawn) == {1: 100 * 20, 2: 200 * 20}
    cut = draw_walking_areas(
        schools, street, land, units=units, whole=whole.where([True, False, True])
    )
    assert measure_areas(cut) == {1: 140 * 20, 2: 160 * 20}
    assert measure_areas(draw_walking_areas(schools, street, land, units=units)) == (
        measure_areas(cut)
    )


def test_units_are_whole_when_one_school_serves_enough_of_their_pupils() -> None:
    chosen = choose_whole_units(["a"] * 3 + ["b"] * 2, [1, 1, 2, 2, None], [5, 4, 1, 3, 9])
    assert chosen.isna().to_dict() == {"a": True, "b": False}
    chosen = choose_whole_units(["a"] * 3, [1, 1, 2], [5, 4, 1], whole_share=0.9)
    assert chosen.to_dict() == {"a": 1}


def test_a_sliver_goes_to_the_neighbour_with_the_longest_border() -> None:
    # A dead end 4 m long behind the other school's street would be a notch of a few metres.
    town = build_town([[(0, 0), (200, 0)], [(0, 0), (0, 30), (100, 30)]])
    schools, land = make_places({1: (0, 0), 2: (198, 0)}), shapely.box(-20, -20, 220, 50)
    for narrowest_m, smallest_m2 in ((0.0, 0.0), (5.0, 500.0)):
        areas = draw_walking_areas(
            schools, town, land, narrowest_m=narrowest_m, smallest_m2=smallest_m2
        )
        assert is_cover(areas, land)
    parts = shapely.get_parts(areas.to_numpy())
    assert (shapely.area(parts) >= 500).all()
    assert not shapely.is_empty(shapely.buffer(parts, -2.5)).any()


def test_two_schools_at_one_gate_leave_the_second_without_ground() -> None:
    land = shapely.box(-10, -10, 110, 10)
    schools = make_places({4: (50, 0), 3: (50, 0)})
    areas = draw_walking_areas(schools, build_town([[(0, 0), (100, 0)]]), land)
    assert measure_areas(areas) == {3: 120 * 20, 4: 0}


def test_without_a_school_on_the_roads_there_is_nothing_to_draw() -> None:
    lost = make_places({1: (np.nan, 0)})
    with pytest.raises(RejectedDataError, match="None of 1 schools"):
        draw_walking_areas(lost, build_town(RIVER_TOWN), shapely.box(0, 0, 9, 9))


corner = st.tuples(st.integers(0, 6), st.integers(0, 6))
street = st.tuples(corner, corner).filter(lambda ends: ends[0] != ends[1])


@settings(deadline=None, max_examples=60)
@given(
    st.lists(street, min_size=1, max_size=14, unique=True),
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), min_size=1, max_size=5),
    st.randoms(),
)
def test_catchments_cover_the_land_once_whatever_the_order_of_schools(
    streets, gates, random
) -> None:
    town = keep_largest_part(build_town([[(50 * x, 50 * y) for x, y in ends] for ends in streets]))
    land = shapely.Point(150, 150).buffer(260).difference(shapely.box(100, 120, 140, 190))
    schools = make_places(dict(enumerate(gates)))
    areas = draw_walking_areas(schools, town, land)
    assert is_cover(areas, land)
    assert areas.is_valid.all()
    order = random.sample(list(schools.index), len(schools))
    again = draw_walking_areas(schools.loc[order], town, land)
    assert again.index.tolist() == areas.index.tolist()
    assert shapely.equals(areas.to_numpy(), again.to_numpy()).all()


@settings(deadline=None, max_examples=40)
@given(
    st.lists(street, min_size=1, max_size=10, unique=True),
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), min_size=1, max_size=4),
)
def test_a_door_on_a_street_lies_in_the_area_of_its_nearest_school(streets, gates) -> None:
    town = keep_largest_part(build_town([[(50 * x, 50 * y) for x, y in ends] for ends in streets]))
    land, schools = shapely.box(-50, -50, 350, 350), make_places(dict(enumerate(gates)))
    areas = draw_walking_areas(schools, town, land, narrowest_m=0, smallest_m2=0)
    ends = town.ends
    middle = pd.DataFrame({"x_m": ends[:, ::2].mean(axis=1), "y_m": ends[:, 1::2].mean(axis=1)})
    walks = measure_school_walks(town, schools, middle)
    own = areas.to_numpy()[areas.index.get_indexer(pd.Index(walks["school_id"]))]
    # Streets that cross without meeting may come nearer than the next sample, 20 m at most.
    assert (shapely.distance(own, shapely.points(middle["x_m"], middle["y_m"])) <= 20).all()


# --- isochrones and the service radius


def test_bands_end_where_their_distance_is_walked() -> None:
    street, land = build_town([[(0, 0), (2000, 0)]]), shapely.box(0, -10, 2000, 10)
    bands = draw_isochrones(make_places({1: (100, 0)}), street, land, bands_m=(500, 1000))
    # West of the school 100 m, east of it 500 and 1000 m.
    assert bands.index.tolist() == [500, 1000, np.inf]
    assert bands.area.round(6).tolist() == [600 * 20, 500 * 20, 900 * 20]
    assert is_cover(bands, land)


def test_ground_far_from_every_street_adds_the_straight_way_to_it() -> None:
    street, land = build_town([[(0, 0), (100, 0)]]), shapely.box(0, 0, 100, 2000)
    bands = draw_isochrones(make_places({1: (50, 0)}), street, land, bands_m=(500, 1000))
    # Straight up from the gate 500 m are walked at y = 500; the lattice is 50 m wide.
    assert bands[500.0].bounds[3] == pytest.approx(500, abs=50)
    assert bands[1000.0].bounds[3] == pytest.approx(1000, abs=50)
    assert is_cover(bands, land)


def test_the_share_beyond_the_radius_counts_pupils_and_not_doors() -> None:
    assert measure_beyond_pct([100, 500, 700], [10, 10, 5], radius_m=500) == 20
    assert measure_beyond_pct([np.nan], [4], radius_m=500) == 100
    assert measure_beyond_pct([], [], radius_m=500) == 0
