"""Importing a division that others drew: hand-drawn squares over the little town."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from catchments.boundaries import Request, measure_straight_ways
from gis import tables
from gis.crs import convert_wgs84_to_gcj02
from gis.database import read_table
from scenarios.district import find_plan, list_plans
from scenarios.school_network.statutory import fill_units
from tests.stored import read_membership
from tests.streets import HIGH, WIDE, load_streets
from tests.town import JUNIOR, PRIMARY, build_frames, build_units, draw_cell, list_members

WHOLE = """
    Aabb
    aabB
    aabb
"""
# The southern row belongs to nobody.
GAPS = """
    Aabb
    aabB
    ....
"""
WORDS = ["--stage", "primary", "--plan", "new"]


def draw_picture(picture: str) -> dict[str, shapely.Geometry]:
    """Draw the catchment of each school of a picture."""
    members = pd.Series(list_members(picture))
    return {
        school: shapely.union_all([draw_cell(unit) for unit in units.index])
        for school, units in members.groupby(members)
    }


def write_shapes(path, shapes: dict[str, shapely.Geometry], *, crs: object = 4490, **columns):
    frame = gpd.GeoDataFrame(
        {"school_code": list(shapes), **columns}, geometry=list(shapes.values())
    )
    frame.set_crs(crs).to_file(path)
    return path


def write_rows(path, text: str):
    path.write_text("\n".join(line.strip() for line in text.strip().splitlines()), encoding="utf-8")
    return path


@pytest.fixture
def load_copy(connection, undone, monkeypatch, onemap):
    """Load the town with its streets and return ``onemap draw --method statutory`` upon it."""
    monkeypatch.setattr("scenarios.commands.draw.open_database", lambda _: nullcontext(undone))

    def load(**changes):
        district = load_streets(connection, **changes)
        profile = district.profile.model_dump(mode="json")
        mine = tables.district.c.id == district.id
        connection.execute(update(tables.district).where(mine).values(profile=profile))
        words = ("draw", "--method", "statutory", "--district", "copy")
        return district, lambda *more: onemap(*words, *more)

    return load


@pytest.fixture
def draw(load_copy):
    return load_copy()


def list_codes(connection, district) -> list[str]:
    return [plan.code for plan in list_plans(connection, district, drafts=True)]


def tell(told: dict, *names: str) -> list[tuple]:
    return [
        (one["kind"], [it["code"] for it in one["schools"]], one["units"], *(one[n] for n in names))
        for one in told["findings"]
    ]


# -- what is stored ----------------------------------------------------------------------


def test_squares_without_a_fault_become_a_plan(connection, draw, tmp_path):
    district, run = draw
    told = run(
        *WORDS, "--from", write_shapes(tmp_path / "x.gpkg", draw_picture(WHOLE)), "--json"
    ).told
    assert (told["stored"], told["plan"], told["findings"]) == (True, "new", [])
    stored = read_membership(connection, district, "new")
    # The stage that was not divided keeps its present division.
    assert stored == {"primary": list_members(WHOLE), "junior": list_members(JUNIOR)}
    (stage,) = told["stages"]
    assert (stage["method"], stage["pupils"], stage["outside_pupils"]) == ("statutory", 6, 0)
    # Of the six pupils only the one in 20 gets another answer, and had no school before.
    assert stage["moved_pupils"] == 0
    plan = find_plan(connection, district, "new")
    assert (plan.method, plan.name_zh) == ("statutory", "规定施教区 new")
    source = select(tables.plan.c.source).where(tables.plan.c.id == plan.id)
    assert connection.execute(source).scalar_one() == "import x.gpkg"
    drawn = select(tables.catchment.c.stage).where(tables.catchment.c.plan_id == plan.id)
    assert sorted(connection.execute(drawn).scalars()) == ["junior", "primary", "primary"]
    assert told["count_run"] > 0


def test_importing_again_replaces_the_import_and_nothing_else(connection, draw, tmp_path):
    district, run = draw
    path = write_shapes(tmp_path / "x.geojson", draw_picture(WHOLE), crs=4326)
    first = run(*WORDS, "--from", path, "--json").told
    assert run(*WORDS, "--from", path, "--json").told["digest"] == first["digest"]
    nearest = PRIMARY.replace("..", "bb")
    write_shapes(path, draw_picture(nearest), crs=4326)
    assert run(*WORDS, "--from", path, "--json").told["digest"] != first["digest"]
    assert read_membership(connection, district, "new")["primary"] == list_members(nearest)
    # The plan that came with the district is left alone, whatever its method is called.
    answer = run("--stage", "primary", "--from", path)
    assert answer.code == 2 and "Plan 'statutory' of district copy was loaded" in answer.err
    assert read_membership(connection, district, "statutory")["primary"] == list_members(PRIMARY)
    assert list_codes(connection, district) == ["statutory", "new"]


def test_a_shifted_map_is_brought_home_when_its_system_is_stated(connection, draw, tmp_path):
    district, run = draw

    def shift(places):
        lon, lat = convert_wgs84_to_gcj02(places[:, 0], places[:, 1])
        return pd.DataFrame({"x": lon, "y": lat}).to_numpy()

    shapes = {
        school: shapely.transform(shape, shift) for school, shape in draw_picture(WHOLE).items()
    }
    path = write_shapes(tmp_path / "x.geojson", shapes, crs=4326)
    assert run(*WORDS, "--from", path, "--crs", "gcj02", "--json").told["findings"] == []
    assert read_membership(connection, district, "new")["primary"] == list_members(WHOLE)
    # Taken at its word, the map lies half a kilometre off.
    kinds = {one[0] for one in tell(run(*WORDS, "--from", path, "--json").told)}
    assert {"gap", "outside", "cut_unit"} <= kinds


def test_lists_of_units_name_schools_by_code_or_name_for_all_stages(connection, draw, tmp_path):
    district, run = draw
    path = write_rows(
        tmp_path / "x.csv",
        """
        学段,学校,规划单元
        小学,A学校,00、01、10、11、20、21
        primary,School B,02、03、12、13、22、23
        junior,B,00、01、02、03、10、11、12、13、20、21、22、23
        """,
    )
    told = run("--plan", "new", "--from", path, "--json").told
    assert (told["stored"], told["findings"]) == (True, [])
    assert read_membership(connection, district, "new") == {
        "primary": list_members(WHOLE),
        "junior": list_members(JUNIOR),
    }
    only = run("--stage", "junior", "--plan", "other", "--from", path, "--json").told
    assert [stage["stage"] for stage in only["stages"]] == ["junior"]


def test_lists_of_communities_name_them_by_name_or_code(connection, load_copy, tmp_path):
    units = build_units()
    west = units["code"].str[1].isin(["0", "1"])
    areas = units.dissolve(west)["geom"]
    community = gpd.GeoDataFrame(
        {
            "code": ["330304001001", "330304002001"],
            "name_zh": ["西村", "东村"],
            "subdistrict_code": ["330304001", "330304002"],
        },
        geometry=gpd.GeoSeries([areas[True], areas[False]], crs=4490),
    ).rename_geometry("geom")
    units["community_code"] = west.map({True: "330304001001", False: "330304002001"})
    district, run = load_copy(planning_unit=units, community=community)
    path = write_rows(tmp_path / "x.csv", "school,社区\nA,西村\nB,330304002001\nB,北村")
    told = run(*WORDS, "--from", path, "--json").told
    assert tell(told, "named") == [("unknown", ["B"], [], "北村")]
    assert read_membership(connection, district, "new")["primary"] == list_members(WHOLE)


def test_door_numbers_are_read_from_the_addresses_of_buildings(connection, load_copy, tmp_path):
    building = build_frames()["building"]
    # One street a row, the doors numbered eastwards: 北路1号 in 00 to 北路4号 in 03.
    rows, columns = (building["code"].str[-2 + at].astype(int) for at in range(2))
    streets = rows.map({0: "北路", 1: "中路", 2: "南路"})
    building["address"] = streets + (columns + 1).astype(str) + "号"
    district, run = load_copy(building=building)
    path = write_rows(
        tmp_path / "x.csv",
        """
        school,street,first_number,last_number,side
        A,北路,,2,
        B,北路,3,,
        A,中路,1,2,
        B,中路,3,4,
        A,南路,,,单
        B,南路,,,双
        """,
    )
    told = run(*WORDS, "--from", path, "--json").told
    stored = read_membership(connection, district, "new")["primary"]
    # In the south the odd doors 1 and 3 are those of 20 and 22.
    assert stored == list_members("Aabb aabB abab")
    # So 22 is apart from A, and 21 from B.
    assert tell(told) == [("island", ["A"], ["22"]), ("island", ["B"], ["21"])]


def test_door_numbers_need_addresses(draw, tmp_path):
    path = write_rows(tmp_path / "x.csv", "school,street\nA,北路")
    answer = draw[1](*WORDS, "--from", path)
    assert answer.code == 2 and "needs an address dataset" in answer.err


# -- what is found -----------------------------------------------------------------------


def test_faults_are_told_with_schools_units_and_ground(connection, draw, tmp_path):
    district, run = draw
    shapes = draw_picture(WHOLE)
    # B is drawn over 21 of A as well, and half a cell beyond the eastern border.
    over = draw_cell("21")
    beyond = shapely.affinity.translate(draw_cell("03"), 0.005)
    shapes["B"] = shapely.union_all([shapes["B"], over, beyond])
    shapes["Z"] = draw_cell("00")
    path, out = write_shapes(tmp_path / "x.gpkg", shapes), tmp_path / "faults.geojson"
    told = run(*WORDS, "--from", path, "--findings", out, "--json").told
    assert tell(told) == [
        ("overlap", ["A", "B"], ["21"]),
        ("outside", ["B"], []),
        ("unknown_school", [], []),
    ]
    overlap, outside, unknown = told["findings"]
    assert overlap["schools"] == [
        {"code": "A", "name_zh": "A学校"},
        {"code": "B", "name_zh": "B学校"},
    ]
    assert overlap["area_m2"] == pytest.approx(WIDE * HIGH, rel=1e-3)
    assert outside["area_m2"] == pytest.approx(WIDE * HIGH / 2, rel=1e-3)
    assert (unknown["named"], unknown["count"]) == ("Z", 1)
    assert overlap["mend"].startswith("Give this ground to one of the schools")
    assert told["areas_m2"]["primary"]["district"] == pytest.approx(12 * WIDE * HIGH, rel=1e-3)
    # Of equal shares the school with the first code has the unit.
    assert read_membership(connection, district, "new")["primary"] == list_members(WHOLE)
    written = gpd.read_file(out)
    assert told["findings_written"] == len(written) == 2
    assert written["kind"].tolist() == ["overlap", "outside"]
    assert written.geometry[0].symmetric_difference(over).area < 1e-9


def test_people_read_a_table_of_faults_and_what_mends_each_kind(draw, tmp_path):
    shapes = draw_picture(WHOLE)
    shapes["B"] = shapely.union_all([shapes["B"], draw_cell("21")])
    path, out = write_shapes(tmp_path / "x.gpkg", shapes), tmp_path / "faults.gpkg"
    answer = draw[1](*WORDS, "--from", path, "--findings", out)
    assert answer.code == 0
    assert "A A学校, B B学校" in answer.out
    assert "overlap: Give this ground to one of the schools" in answer.out
    assert "1 findings written" in answer.out and "Plan new is stored" in answer.out
    assert gpd.read_file(out)["units"].tolist() == ["21"]


def test_a_division_without_fault_says_so_and_writes_an_empty_file(draw, tmp_path):
    path, out = write_shapes(tmp_path / "x.gpkg", draw_picture(WHOLE)), tmp_path / "none.geojson"
    assert "The division has no fault." in draw[1](*WORDS, "--from", path, "--findings", out).out
    assert '"features": [' in out.read_text(encoding="utf-8")


# -- units that nobody claims ------------------------------------------------------------


def test_units_without_a_school_refuse_the_plan_and_tell_the_faults(connection, draw, tmp_path):
    district, run = draw
    path, out = write_shapes(tmp_path / "x.gpkg", draw_picture(GAPS)), tmp_path / "faults.gpkg"
    answer = run(*WORDS, "--from", path, "--findings", out, "--json")
    assert answer.code == 3
    assert (answer.told["stored"], answer.told["plan"]) == (False, None)
    assert "4 planning units of stage primary have no school: 20, 21, 22, 23." in answer.err
    assert "--fill-gaps" in answer.told["mend"]
    assert tell(answer.told) == [("gap", [], ["20", "21", "22", "23"])]
    assert answer.told["units_without_school"] == {"primary": ["20", "21", "22", "23"]}
    assert gpd.read_file(out)["kind"].tolist() == ["gap"]
    assert list_codes(connection, district) == ["statutory"]
    spoken = run(*WORDS, "--from", path)
    assert spoken.code == 3 and "gap: Give this ground to a school" in spoken.out


def test_gaps_are_filled_with_the_neighbour_nearest_on_foot(connection, draw, tmp_path):
    district, run = draw
    path = write_shapes(tmp_path / "x.gpkg", draw_picture(GAPS))
    told = run(*WORDS, "--from", path, "--fill-gaps", "--json").told
    # Each borders one catchment of the row above, corners do not count: 20 and 21 join A, 22 and
    # 23 join B, though every walk from the south leads past B.
    assert tell(told, "count") == [
        ("gap", [], ["20", "21", "22", "23"], None),
        ("filled_gap", ["A"], ["20", "21"], 2),
        ("filled_gap", ["B"], ["22", "23"], 2),
    ]
    assert told["findings"][1]["area_m2"] == pytest.approx(2 * WIDE * HIGH, rel=1e-3)
    assert told["units_without_school"] == {"primary": []}
    assert read_membership(connection, district, "new")["primary"] == list_members(WHOLE)
    rows = read_table(
        connection, "plan_measures", plan_id=find_plan(connection, district, "new").id
    )
    assert rows["connected"].all()


def test_where_nobody_has_a_catchment_gaps_cannot_be_filled(connection, draw, tmp_path):
    path = write_rows(tmp_path / "x.csv", "school,unit_code\nA,nowhere")
    answer = draw[1](*WORDS, "--from", path, "--fill-gaps", "--json")
    assert answer.code == 3 and len(answer.told["units_without_school"]["primary"]) == 12
    assert [one[0] for one in tell(answer.told)] == [
        "gap",
        "no_catchment",
        "no_catchment",
        "unknown",
    ]


def make_row(places: list[float], schools: list[float]) -> Request:
    """Line units up, each touching the next, and schools along them."""
    units = pd.DataFrame({"x_m": places, "y_m": 0.0, "pupils": 1.0}, index=range(len(places)))
    stand = pd.DataFrame({"x_m": schools, "y_m": 0.0}, index=[7 + at for at in range(len(schools))])
    borders = pd.DataFrame({"unit_a": units.index[:-1], "unit_b": units.index[1:]})
    return Request(units, stand, measure_straight_ways(units, stand), borders=borders)


def test_a_gap_between_two_catchments_is_shared_ring_by_ring():
    request = make_row([0, 100, 200, 300, 400], [0.0, 400.0])
    before = pd.Series([7, None, None, None, 8], dtype="Int64")
    # 100 and 300 go first, each to its only neighbour; 200 is as far from both: the lowest id.
    assert fill_units(request, before).tolist() == [7, 7, 7, 8, 8]


def test_a_unit_that_touches_nobody_goes_to_the_nearest_school_with_a_catchment():
    request = make_row([0, 100, 200], [0.0, 190.0, 400.0])
    request = replace(request, borders=request.borders.iloc[:0])
    before = pd.Series([7, None, None], dtype="Int64")
    assert fill_units(request, before).tolist() == [7, 7, 7]  # 8 and 9 have none
    before = pd.Series([7, None, 9], dtype="Int64")
    assert fill_units(request, before).tolist() == [7, 7, 9]


@given(st.lists(st.sampled_from([7, 8, None]), min_size=2, max_size=12))
def test_filling_leaves_nobody_out_and_changes_nobody_else(schools):
    if not any(schools):
        return
    request = make_row([100.0 * at for at in range(len(schools))], [0.0, 700.0])
    before = pd.Series(schools, dtype="Int64")
    after = fill_units(request, before)
    assert after.notna().all()
    assert (after[before.notna()] == before.dropna()).all()
    # Along a row every filled unit has a neighbour of its own school.
    for unit in before.index[before.isna()]:
        assert after[unit] in after[after.index.isin([unit - 1, unit + 1])].tolist()


# -- what is refused ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words", "code", "complaint"),
    [
        ("school,unit\nA,00", WORDS, 3, "one of planning_unit_id, community, street"),
        ("unit_code\n00", WORDS, 3, "lacks the column school_id"),
        ("school,unit_code\nA,00", ["--plan", "new"], 2, "does not say which stage"),
        ("stage,school,unit_code\nx,A,00", WORDS, 3, "Row 1 of the division names the stage 'x'"),
        ("stage,school,unit_code\njunior,B,00", WORDS, 3, "no row of stage primary"),
        ("stage,school,unit_code\nsenior,B,00", ["--plan", "new"], 2, "have no catchments"),
        ("school,community\nA,西村", WORDS, 2, "needs the community of each planning unit"),
        ("school,unit_code\nA,00", ["--stage", "college"], 2, "no stage 'college'"),
        ("school,unit_code\nA,00", [*WORDS, "--findings", "x.shp"], 2, "names no format of areas"),
    ],
)
def test_wrong_files_and_words_store_nothing(
    connection, draw, tmp_path, text, words, code, complaint
):
    district, run = draw
    answer = run(*words, "--from", write_rows(tmp_path / "x.csv", text))
    assert answer.code == code and complaint in answer.err
    assert list_codes(connection, district) == ["statutory"]


def test_a_name_that_two_schools_share_is_refused(load_copy, tmp_path):
    school = build_frames()["school"]
    school["name_zh"] = "实验学校"
    _, run = load_copy(school=school)
    path = write_rows(tmp_path / "x.csv", "school,unit_code\n实验学校,00")
    answer = run(*WORDS, "--from", path)
    assert answer.code == 3 and "实验学校 in the division stands for A, B" in answer.err


def test_a_plan_that_a_method_drew_is_never_replaced(draw, onemap, tmp_path):
    _, run = draw
    onemap("draw", "--method", "nearest", "--district", "copy", "--plan", "new")
    path = write_shapes(tmp_path / "x.gpkg", draw_picture(WHOLE))
    answer = run(*WORDS, "--from", path)
    assert answer.code == 2 and "was drawn by nearest" in answer.err


@pytest.mark.parametrize(
    "words",
    [
        ("--method", "statutory"),
        ("--from", "x.csv"),
        ("--method", "nearest", "--fill-gaps"),
        ("--method", "walking", "--findings", "x.gpkg"),
    ],
)
def test_a_file_and_the_method_belong_together(onemap, words):
    answer = onemap("draw", *words, "--district", "town")
    assert answer.code == 2 and "Give --method statutory and --from together" in answer.err


@pytest.mark.parametrize("words", [("--out", "x.gpkg"), ("--isochrones",)])
def test_a_division_is_not_imported_while_bands_are_asked_for(onemap, words):
    words = ("--method", "statutory", "--from", "x.csv", "--stage", "primary", *words)
    answer = onemap("draw", *words, "--district", "town")
    assert answer.code == 2 and "without --plan and --from" in answer.err
