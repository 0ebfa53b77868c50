"""Divisions drawn by others: every fault of the ground and of the names is found and told."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from catchments.boundaries.statutory import (
    MENDS,
    SLIVER_M,
    CheckedDivision,
    Ground,
    check_division,
    read_division,
)
from data.districts.ouhai.sample import generate
from gis.crs import convert_wgs84_to_gcj02
from gis.errors import CrsError, RejectedDataError, UsageError

METRIC = 4549
# The origin of the drawings, far from the edge of the projection.
EAST_M, NORTH_M = 500_000, 3_000_000


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """Draw a box in metres from the origin."""
    return shapely.box(EAST_M + west, NORTH_M + south, EAST_M + east, NORTH_M + north)


def make_ground(
    schools: dict[str, tuple[float, float]], *, columns: int = 4, rows: int = 1, **more: object
) -> Ground:
    """Draw units of 100 m by 100 m, numbered from 1 row by row, the lowest row first."""
    shapes = [
        box(100 * column, 100 * row, 100 * column + 100, 100 * row + 100)
        for row in range(rows)
        for column in range(columns)
    ]
    ids = range(1, len(shapes) + 1)
    villages = [f"村{1 + at // 2}" for at in range(len(shapes))]  # units 1, 2 are 村1, and so on
    points = [shapely.Point(EAST_M + x, NORTH_M + y) for x, y in schools.values()]
    return Ground(
        gpd.GeoDataFrame({"community": villages}, geometry=shapes, index=ids, crs=METRIC),
        gpd.GeoDataFrame(geometry=points, index=list(schools), crs=METRIC),
        **more,  # type: ignore[arg-type]
    )


def draw(shapes: dict[str, object]) -> gpd.GeoDataFrame:
    """Draw the polygon of each school."""
    return gpd.GeoDataFrame({"school_id": list(shapes)}, geometry=list(shapes.values()), crs=METRIC)


def tell(checked: CheckedDivision, *columns: str) -> list[tuple[object, ...]]:
    """Return kind, schools, units, and further columns of each finding."""
    table = checked.findings[["kind", "school_ids", "unit_ids", *columns]]
    return list(table.itertuples(index=False, name=None))


TWO = {"A": (50.0, 50.0), "B": (350.0, 50.0)}
CLEAN = {"A": box(0, 0, 200, 100), "B": box(200, 0, 400, 100)}


# -- polygons --------------------------------------------------------------------------------


def test_a_clean_division_has_no_findings():
    checked = check_division(make_ground(TWO), read_division(draw(CLEAN)))
    assert checked.findings.empty
    assert checked.school_of_unit.to_dict() == {1: "A", 2: "A", 3: "B", 4: "B"}
    assert checked.shares["share"].tolist() == [1.0] * 4
    assert checked.areas_m2 == {
        "district": 40_000.0,
        "claimed": 40_000.0,
        "covered": 40_000.0,
        "gap": 0.0,
        "outside": 0.0,
        "overlap": 0.0,
    }


def test_gap_overlap_and_cut_unit_are_measured():
    # A reaches 30 m too far into unit 3; B ends 20 m before the border of the district.
    shapes = {"A": box(0, 0, 230, 100), "B": box(200, 0, 380, 100)}
    checked = check_division(make_ground(TWO), read_division(draw(shapes)))
    assert tell(checked, "area_m2") == [
        ("gap", (), (4,), 2000.0),
        ("overlap", ("A", "B"), (3,), 3000.0),
        ("cut_unit", ("A", "B"), (3,), 10_000.0),
        ("cut_unit", ("B",), (4,), 10_000.0),
    ]
    assert checked.findings["named"].tolist()[2:] == ["A: 30.0%, B: 100.0%", "B: 80.0%"]
    assert checked.findings["mend"].tolist()[0] == MENDS["gap"]
    assert checked.findings.geometry.iloc[0].equals(box(380, 0, 400, 100))
    # The largest share decides: unit 3 is B's.
    assert checked.school_of_unit.to_dict() == {1: "A", 2: "A", 3: "B", 4: "B"}
    areas = checked.areas_m2
    assert (areas["claimed"], areas["covered"], areas["overlap"]) == (41_000, 38_000, 3000)


def test_of_equal_shares_the_lowest_school_id_wins_whatever_the_order():
    shapes = {"B": box(150, 0, 400, 100), "A": box(0, 0, 150, 100)}
    ground = make_ground({"B": (350.0, 50.0), "A": (50.0, 50.0)})
    checked = check_division(ground, read_division(draw(shapes)))
    assert checked.school_of_unit[2] == "A"
    assert tell(checked) == [("cut_unit", ("A", "B"), (2,))]


def test_what_is_narrower_than_a_sliver_is_no_fault():
    # A crack of one metre between the two, and one of the same width inside A.
    a = shapely.union_all([box(0, 0, 99.5, 100), box(100.5, 0, 199, 100)])
    shapes = {"A": a, "B": box(200, 0, 400.9, 100)}
    checked = check_division(make_ground(TWO), read_division(draw(shapes)))
    assert checked.findings.empty
    assert checked.areas_m2["gap"] == pytest.approx(200.0)
    exact = check_division(make_ground(TWO), read_division(draw(shapes)), tolerance_m=0.0)
    assert {kind for kind, *_ in tell(exact)} == {"gap", "outside", "island", "cut_unit"}
    wide = {"A": box(0, 0, 200 - SLIVER_M - 0.1, 100), "B": CLEAN["B"]}
    checked = check_division(make_ground(TWO), read_division(draw(wide)))
    assert [kind for kind, *_ in tell(checked)] == ["gap", "cut_unit"]


def test_island_is_what_lies_apart_from_the_school():
    # A: unit 1 with the school, and unit 3; the two meet nowhere.
    shapes = {
        "A": shapely.union_all([box(0, 0, 100, 100), box(200, 0, 300, 100)]),
        "B": shapely.union_all([box(100, 0, 200, 100), box(300, 0, 400, 100)]),
    }
    checked = check_division(make_ground(TWO), read_division(draw(shapes)))
    assert tell(checked, "area_m2") == [
        ("island", ("A",), (3,), pytest.approx(10_000)),
        ("island", ("B",), (2,), pytest.approx(10_000)),
    ]


def test_parts_that_meet_in_a_corner_alone_lie_apart():
    # Two by two units: A holds 1 (lower left) and 4 (upper right), B the others.
    ground = make_ground({"A": (50.0, 50.0), "B": (150.0, 50.0)}, columns=2, rows=2)
    listed = pd.DataFrame({"school_id": list("ABBA"), "planning_unit_id": [1, 2, 3, 4]})
    for tolerance_m in (0.0, SLIVER_M):
        checked = check_division(ground, read_division(listed), tolerance_m=tolerance_m)
        assert tell(checked) == [("island", ("A",), (4,)), ("island", ("B",), (3,))]


def test_enclosed_piece_of_another_catchment_is_a_hole():
    # Three by three units with unit 5 in the middle; B stands in unit 9.
    ground = make_ground({"A": (50.0, 50.0), "B": (250.0, 250.0)}, columns=3, rows=3)
    middle, corner = box(100, 100, 200, 200), box(200, 200, 300, 300)
    shapes = {
        "A": box(0, 0, 300, 300).difference(shapely.union_all([middle, corner])),
        "B": shapely.union_all([middle, corner]),
    }
    checked = check_division(ground, read_division(draw(shapes)))
    # 5 and 9 meet in a corner, and so does the ring of A around 5.
    assert ("island", ("B",), (5,)) in tell(checked)
    inner = box(120, 120, 180, 180)
    shapes = {"A": box(0, 0, 300, 300).difference(inner), "B": inner}
    checked = check_division(ground, read_division(draw(shapes)))
    assert tell(checked, "area_m2") == [
        ("hole", ("A", "B"), (5,), 3600.0),
        ("school_outside", ("B", "A"), (), pytest.approx(np.nan, nan_ok=True)),
        ("cut_unit", ("A", "B"), (5,), 10_000.0),
    ]


def test_school_outside_its_catchment_and_school_without_one_are_told():
    ground = make_ground({"A": (350.0, 50.0), "B": (50.0, 50.0), "C": (60.0, 50.0)})
    checked = check_division(ground, read_division(draw(CLEAN)))
    assert tell(checked) == [
        ("school_outside", ("A", "B"), ()),
        ("school_outside", ("B", "A"), ()),
        ("no_catchment", ("C",), ()),
    ]
    assert checked.catchments["C"].is_empty


def test_a_school_on_the_border_of_its_catchment_is_held():
    ground = make_ground({"A": (200.0, 50.0), "B": (200.0, 60.0)})
    assert check_division(ground, read_division(draw(CLEAN))).findings.empty


def test_catchment_beyond_the_district_and_unknown_school_are_told():
    shapes = {**CLEAN, "B": box(200, 0, 450, 100), "X": box(0, 0, 50, 50)}
    checked = check_division(make_ground(TWO), read_division(draw(shapes)))
    assert tell(checked, "named") == [
        ("outside", ("B",), (), ""),
        ("unknown_school", (), (), "X"),
    ]
    assert checked.areas_m2["outside"] == 5000.0


def test_a_boundary_wider_than_the_units_shows_ground_without_any_unit_as_a_gap():
    ground = make_ground(TWO, boundary=box(0, 0, 400, 120))
    checked = check_division(ground, read_division(draw(CLEAN)))
    assert tell(checked, "area_m2") == [("gap", (), (), 8000.0)]


def test_broken_polygons_are_told_and_judged_as_repaired():
    a, b = EAST_M, NORTH_M
    bow = shapely.Polygon([(a, b), (a + 200, b + 100), (a + 200, b), (a, b + 100)])
    checked = check_division(make_ground(TWO), read_division(draw({**CLEAN, "A": bow})))
    broken = checked.findings.iloc[[kind == "broken" for kind in checked.findings["kind"]]]
    assert broken["school_ids"].tolist() == [("A",)]
    assert broken["named"].iloc[0].startswith("Self-intersection")
    # Two triangles of 100 by 100 over 2 remain of 20,000 m².
    assert checked.areas_m2["gap"] == pytest.approx(10_000)
    nothing = check_division(make_ground(TWO), read_division(draw({**CLEAN, "A": None})))
    assert [row[:2] for row in tell(nothing)] == [
        *(("gap", ()), ("no_catchment", ("A",)), ("broken", ("A",)))
    ]


def test_several_polygons_make_up_one_catchment():
    parts = draw(CLEAN)
    halves = pd.concat([parts, draw({"A": box(0, 0, 100, 100)})], ignore_index=True)
    assert check_division(make_ground(TWO), read_division(halves)).findings.empty


def test_polygons_of_another_system_are_brought_home():
    lon_lat = draw(CLEAN).to_crs(4490)
    shifted = shapely.transform(
        np.asarray(lon_lat.geometry), lambda xy: np.column_stack(convert_wgs84_to_gcj02(*xy.T))
    )
    for told in (
        read_division(lon_lat),
        # A file that claims WGS 84 but holds GCJ-02, some 400 metres away.
        read_division(lon_lat.set_geometry(gpd.GeoSeries(shifted, crs=4326)), crs="gcj02"),
    ):
        checked = check_division(make_ground(TWO), told)
        assert checked.findings.empty
        assert checked.areas_m2["covered"] == pytest.approx(40_000, abs=0.1)


# -- lists of units and communities ------------------------------------------------------------


def test_list_of_units_gives_whole_units():
    listed = pd.DataFrame({"school_id": ["A", "B"], "unit": ["1、2", "3，4"]})
    division = read_division(listed, columns={"planning_unit_id": "unit"})
    checked = check_division(make_ground(TWO), division)
    assert checked.findings.empty
    assert checked.school_of_unit.to_dict() == {1: "A", 2: "A", 3: "B", 4: "B"}
    assert checked.catchments["A"].equals(CLEAN["A"])


def test_unit_unknown_named_twice_or_left_out_is_told():
    listed = pd.DataFrame(
        {"school_id": list("AABBBX"), "planning_unit_id": ["1", "2", "2", "4", "U9", "3"]}
    )
    checked = check_division(make_ground(TWO), read_division(listed))
    assert tell(checked, "named") == [
        ("gap", (), (3,), ""),
        ("overlap", ("A", "B"), (2,), ""),
        ("island", ("B",), (2,), ""),
        ("unknown_school", (), (), "X"),
        ("unknown", ("B",), (), "U9"),
        ("named_twice", ("A", "B"), (2,), "2"),
    ]
    assert checked.school_of_unit.astype(object).where(
        checked.school_of_unit.notna(), None
    ).to_dict() == {
        1: "A",
        2: "A",
        3: None,
        4: "B",
    }


def test_list_of_communities_gives_all_of_their_units():
    listed = pd.DataFrame({"school_id": ["A", "B"], "community": ["村1", "村2；村7"]})
    checked = check_division(make_ground(TWO), read_division(listed))
    assert checked.school_of_unit.tolist() == ["A", "A", "B", "B"]
    assert tell(checked, "named") == [("unknown", ("B",), (), "村7")]
    bare = make_ground(TWO)
    bare = Ground(bare.units.drop(columns="community"), bare.schools)
    with pytest.raises(UsageError, match="needs the community"):
        check_division(bare, read_division(listed))


# -- door numbers ------------------------------------------------------------------------------

# Unit 1 has numbers 1 and 2, unit 2 has 3 and 4, and so on along one street.
DOORS = pd.DataFrame(
    {
        "street": "学院路",
        "number": [f"{number}号" for number in range(1, 9)],
        "planning_unit_id": [1, 1, 2, 2, 3, 3, 4, 4],
    }
)


def list_ranges(*rows: tuple[object, ...]) -> pd.DataFrame:
    names = ["school_id", "street", "first_number", "last_number", "side"]
    return pd.DataFrame(list(rows), columns=names)


def test_ranges_of_doors_give_units_and_every_door_a_school():
    told = list_ranges(("A", "学院路", 1, "4号", "all"), ("B", " 学院路", "5", None, None))
    checked = check_division(make_ground(TWO, doors=DOORS), read_division(told))
    assert checked.findings.empty
    assert checked.school_of_unit.tolist() == ["A", "A", "B", "B"]
    assert checked.school_of_door is not None
    assert checked.school_of_door.tolist() == ["A"] * 4 + ["B"] * 4


def test_sides_of_a_street_cut_units_and_the_shares_are_counted_in_doors():
    told = list_ranges(("A", "学院路", 1, 5, "单"), ("B", "学院路", 2, 8, "双"))
    checked = check_division(make_ground(TWO, doors=DOORS), read_division(told))
    # 7 is in no range. Unit 4 holds 7 and 8: half of its doors have no school.
    assert checked.shares.to_numpy().tolist() == [
        *([1, "A", 1, 0.5], [1, "B", 1, 0.5]),
        *([2, "A", 1, 0.5], [2, "B", 1, 0.5]),
        *([3, "A", 1, 0.5], [3, "B", 1, 0.5]),
        [4, "B", 1, 0.5],
    ]
    assert tell(checked, "named", "count") == [
        ("cut_unit", ("A", "B"), (1,), "A: 50.0%, B: 50.0%", 2),
        ("cut_unit", ("A", "B"), (2,), "A: 50.0%, B: 50.0%", 2),
        ("cut_unit", ("A", "B"), (3,), "A: 50.0%, B: 50.0%", 2),
        ("cut_unit", ("B",), (4,), "B: 50.0%", 1),
        ("door_in_no_range", (), (4,), "学院路 7号", 1),
    ]
    assert checked.school_of_unit.tolist() == ["A", "A", "A", "B"]


def test_faults_of_ranges_and_of_doors_are_told():
    doors = pd.concat(
        [
            DOORS,
            pd.DataFrame(
                {"street": "学院路", "number": ["甲", "9"], "planning_unit_id": [4, None]}
            ),
        ],
        ignore_index=True,
    )
    told = list_ranges(
        ("A", "学院路", 1, 5, "all"),
        ("A", "学院路", 1, 5, "all"),
        ("B", "学院路", 5, 9, "all"),
        ("B", "学院路", 100, 200, "odd"),
        ("B", "无名路", None, None, "all"),
    )
    checked = check_division(make_ground(TWO, doors=doors), read_division(told))
    assert tell(checked, "named", "count") == [
        # 5 is in two ranges and counts for A; 甲 is in none.
        ("cut_unit", ("A", "B"), (3,), "A: 50.0%, B: 50.0%", 2),
        ("cut_unit", ("B",), (4,), "B: 66.7%", 2),
        ("unknown", ("B",), (), "无名路 …–… all", 0),
        ("named_twice", ("A",), (), "学院路 1–5 all", 2),
        ("empty_range", ("B",), (), "学院路 100–200 odd", 0),
        ("door_in_two_ranges", ("A", "B"), (3,), "学院路 5号", 1),
        ("door_without_number", (), (4,), "学院路 甲", 1),
        ("door_without_unit", ("B",), (), "学院路 9", 1),
    ]


def test_a_unit_without_doors_has_no_school():
    told = list_ranges(("A", "学院路", 1, 4, "all"), ("B", "学院路", 5, 8, "all"))
    checked = check_division(make_ground(TWO, doors=DOORS[:6]), read_division(told))
    assert tell(checked)[0] == ("gap", (), (4,))


def test_doors_with_a_place_are_brought_to_their_units():
    placed = DOORS.drop(columns="planning_unit_id").assign(
        x_m=EAST_M + 25.0 + 50.0 * np.arange(8), y_m=NORTH_M + 50.0
    )
    told = list_ranges(("A", "学院路", 1, 4, "all"), ("B", "学院路", 5, 7, "all"))
    checked = check_division(make_ground(TWO, doors=placed), read_division(told))
    assert checked.school_of_unit.tolist() == ["A", "A", "B", "B"]
    lost = checked.findings[checked.findings["kind"] == "door_in_no_range"]
    assert lost.geometry.iloc[0].equals(shapely.MultiPoint([(EAST_M + 375, NORTH_M + 50)]))
    with pytest.raises(UsageError, match="needs the doors"):
        check_division(make_ground(TWO), read_division(told))


# -- files and what is refused -------------------------------------------------------------------


def test_a_division_is_read_from_files(tmp_path):
    draw(CLEAN).to_file(tmp_path / "plan.gpkg")
    (tmp_path / "plan.csv").write_text("school_id,planning_unit_id\nA,1、2\nB,3；4\n")
    (tmp_path / "doors.csv").write_text(
        "school_id,street,first_number,last_number,side\nA,学院路,1,4,\nB,学院路,5,,全部\n"
    )
    for name in ("plan.gpkg", "plan.csv", "doors.csv"):
        checked = check_division(make_ground(TWO, doors=DOORS), read_division(tmp_path / name))
        assert checked.findings.empty
        assert checked.school_of_unit.tolist() == ["A", "A", "B", "B"]


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ({"school_id": ["A"], "place": ["1"]}, "has the columns school_id, place"),
        ({"planning_unit_id": ["1"]}, "lacks the column school_id"),
        ({"school_id": ["A", None], "community": ["1", "2"]}, "1 rows .* lack school_id.*row 2"),
        ({"school_id": ["A"], "street": ["s"], "side": ["left"]}, "unknown side"),
        ({"school_id": ["A"], "street": ["s"], "last_number": ["x"]}, "last_number without a num"),
        (
            {"school_id": ["A"], "street": ["s"], "first_number": [9], "last_number": [3]},
            "end before they begin, first row 1",
        ),
    ],
)
def test_lists_that_cannot_be_read_are_refused(table, complaint):
    with pytest.raises(RejectedDataError, match=complaint):
        read_division(pd.DataFrame(table))


def test_ground_that_cannot_be_judged_is_refused():
    ground = make_ground(TWO)
    with pytest.raises(CrsError, match="does not measure in metres"):
        Ground(ground.units.to_crs(4490), ground.schools)
    with pytest.raises(CrsError, match="Units are in"):
        Ground(ground.units, ground.schools.to_crs(4490))
    with pytest.raises(RejectedDataError, match="repeat an id A"):
        Ground(ground.units, pd.concat([ground.schools, ground.schools]))
    with pytest.raises(RejectedDataError, match="2 planning units are broken or overlap: 1, 5"):
        extra = ground.units.iloc[[0]].set_axis([5])
        Ground(pd.concat([ground.units, extra]), ground.schools)
    with pytest.raises(RejectedDataError, match="schools have no place: A"):
        lost = ground.schools.copy()
        lost.loc["A", "geometry"] = None
        Ground(ground.units, lost)
    with pytest.raises(RejectedDataError, match="The doors have the columns street"):
        Ground(ground.units, ground.schools, doors=DOORS[["street", "number"]])
    with pytest.raises(CrsError, match="state no coordinate system"):
        read_division(draw(CLEAN).set_crs(None, allow_override=True))
    with pytest.raises(RejectedDataError, match="No door lies in a planning unit"):
        nowhere = DOORS.assign(planning_unit_id=77)
        told = list_ranges(("A", "学院路", 1, 8, "all"))
        check_division(make_ground(TWO, doors=nowhere), read_division(told))


# -- what holds for every division -----------------------------------------------------------------

SIDE = 6
spans = st.tuples(st.integers(-1, SIDE + 1), st.integers(-1, SIDE + 1)).filter(
    lambda ends: ends[0] != ends[1]
)
boxes = st.tuples(st.sampled_from("ABC"), spans, spans)
THREE = {"A": (50.0, 50.0), "B": (350.0, 250.0), "C": (550.0, 550.0)}


@settings(deadline=None, max_examples=40)
@given(st.lists(boxes, min_size=1, max_size=6), st.sampled_from([0.0, SLIVER_M]))
def test_every_square_metre_is_covered_or_a_gap_and_counted_as_often_as_it_is_claimed(
    drawn, tolerance_m
):
    # On a grid of cells of 100 m by 100 m, one around the district, areas can be counted.
    claims = np.zeros((3, SIDE + 2, SIDE + 2), dtype=bool)
    shapes = []
    for school, eastward, northward in drawn:
        (x0, x1), (y0, y1) = sorted(eastward), sorted(northward)
        claims["ABC".index(school), y0 + 1 : y1 + 1, x0 + 1 : x1 + 1] = True
        shapes.append(box(100 * x0, 100 * y0, 100 * x1, 100 * y1))
    table = gpd.GeoDataFrame(
        {"school_id": [school for school, *_ in drawn]}, geometry=shapes, crs=METRIC
    )
    ground = make_ground(THREE, columns=SIDE, rows=SIDE)
    checked = check_division(ground, read_division(table), tolerance_m=tolerance_m)
    is_claimed, inside = claims.any(axis=0), np.zeros(claims.shape[1:], dtype=bool)
    inside[1:-1, 1:-1] = True
    cell = 10_000.0
    areas = checked.areas_m2
    assert areas["outside"] == pytest.approx(cell * (is_claimed & ~inside).sum())
    assert areas["overlap"] == pytest.approx(cell * (claims.sum() - is_claimed.sum()))
    assert areas["district"] == pytest.approx(cell * SIDE**2)
    assert areas["claimed"] == pytest.approx(cell * claims.sum())
    assert areas["covered"] == pytest.approx(cell * (is_claimed & inside).sum())
    assert areas["gap"] == pytest.approx(cell * (~is_claimed & inside).sum())
    assert areas["covered"] + areas["gap"] == pytest.approx(areas["district"])
    assert areas["claimed"] - areas["overlap"] == pytest.approx(areas["covered"] + areas["outside"])
    found = checked.findings.groupby("kind")["area_m2"].sum()
    assert found.get("gap", 0.0) == pytest.approx(areas["gap"])
    outside = (claims & ~inside).sum()
    assert found.get("outside", 0.0) == pytest.approx(cell * outside)
    pairs = sum((claims[a] & claims[b]).sum() for a, b in ((0, 1), (0, 2), (1, 2)))
    assert found.get("overlap", 0.0) == pytest.approx(cell * pairs)
    # Units are the cells: each goes to the first school that claims it, and none is cut.
    first = np.where(claims.any(axis=0), claims.argmax(axis=0), -1)[1:-1, 1:-1].ravel()
    told = ["ABC"[at] if at >= 0 else None for at in first]
    assert [one if pd.notna(one) else None for one in checked.school_of_unit] == told
    assert "cut_unit" not in found


@pytest.fixture(scope="module")
def sample():
    return generate(scale=0.05, seed=330304)


def test_the_plan_of_the_sample_is_sound_as_a_list_and_as_a_drawing(sample):
    plan = sample["plan_membership"]
    listed = plan[plan["stage"] == "primary"].rename(
        columns={"school_code": "school_id", "planning_unit_code": "planning_unit_id"}
    )
    schools = sample["school"].set_index("code").to_crs(METRIC)
    ground = Ground(
        sample["planning_unit"].set_index("code").to_crs(METRIC),
        schools[schools.index.isin(listed["school_id"])],
    )
    by_list = check_division(ground, read_division(listed))
    assert by_list.findings.empty
    owner = listed.set_index("planning_unit_id")["school_id"]
    assert by_list.school_of_unit.to_dict() == owner.to_dict()
    # Drawn again with degrees to six places, a tenth of a metre: slivers, and no fault.
    degrees = by_list.catchments.to_crs(4490)
    drawn = gpd.GeoDataFrame(
        {"school_id": degrees.index},
        geometry=shapely.set_precision(degrees.to_numpy(), 1e-6),
        crs=4490,
    )
    by_drawing = check_division(ground, read_division(drawn))
    assert by_drawing.findings.empty
    assert by_drawing.areas_m2["gap"] > 0
    assert by_drawing.school_of_unit.equals(by_list.school_of_unit)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.sampled_from("ABC-"), min_size=16, max_size=16), st.integers(0, 2**32 - 1))
def test_list_and_drawing_of_the_same_division_agree_in_any_order(owners, seed):
    ground = make_ground({"A": (50.0, 50.0), "B": (250.0, 250.0), "C": (350.0, 50.0)}, rows=4)
    listed = pd.DataFrame({"school_id": owners, "planning_unit_id": ground.units.index})
    listed = listed[listed["school_id"] != "-"]
    if listed.empty:
        return
    by_list = check_division(ground, read_division(listed))
    drawn = gpd.GeoDataFrame(
        {"school_id": listed["school_id"]},
        geometry=ground.units.geometry[listed["planning_unit_id"]].to_numpy(),
        crs=METRIC,
    ).sample(frac=1, random_state=seed % 2**32)
    by_drawing = check_division(ground, read_division(drawn))
    assert by_list.school_of_unit.equals(by_drawing.school_of_unit)
    assert tell(by_list) == tell(by_drawing)
    assert by_list.areas_m2 == pytest.approx(by_drawing.areas_m2)
