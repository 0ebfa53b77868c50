"""Terms of balanced catchments over the district, and areas along the streets; the little town.

Without terms 11 goes to B, which is 2 WIDE away, and 20 as well, 3 WIDE and one HIGH: the walking
plan fits the seats, 3 at A and 4 at B. Now 11 belongs to A and 20 to nobody.
"""

from __future__ import annotations

import json

import geopandas as gpd
import pytest
import shapely

from catchments.boundaries.asked_terms import AskedTerms
from gis.access import Role
from gis.database import read_table
from gis.errors import RejectedDataError, UsageError
from gis.partition import check_coverage
from scenarios.district import list_plans
from scenarios.enrolment_warning.answer import read_counts
from scenarios.school_network.draw import draw_plan
from scenarios.school_network.instance import read_ground
from scenarios.school_network.walking_areas import draw_stage_areas
from tests.conftest import act_as
from tests.stored import read_membership
from tests.streets import HIGH, WIDE, keep_streets, load_streets, run_draw, undo_later
from tests.town import JUNIOR, build_frames, draw_cell, find_centre, list_members

BALANCED = ("--method", "balanced", "--stage", "primary", "--time-limit", "0.5")


@pytest.fixture(scope="module")
def kept(database):
    with keep_streets(database) as kept:
        yield kept


@pytest.fixture
def connection(kept):
    """Go on in the transaction that holds the town with its streets."""
    with undo_later(kept[0]) as connection:
        yield connection


@pytest.fixture
def streets(kept, connection):
    act_as(connection, Role.PLANNER)
    return kept[1]


@pytest.fixture
def draw(undone, streets, monkeypatch, onemap):
    """Run ``onemap draw`` on the town with its streets."""
    return run_draw(undone, streets, monkeypatch, onemap)


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a file of terms, its name being its option."""

    def write_file(name: str, *lines: str) -> tuple[str, str]:
        path = tmp_path / f"{name}.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return (f"--{name}", str(path))

    return write_file


def draw_primary(undone, district, **terms):
    return draw_plan(
        undone,
        district,
        method="balanced",
        stages=["primary"],
        terms=AskedTerms(**terms),
        time_limit_s=0.5,
    )


# -- what is kept ------------------------------------------------------------------------


def test_without_terms_the_usual_ones_are_told(draw):
    (stage,) = draw(*BALANCED, "--json").told["stages"]
    assert stage["terms"] == {"objective": "distance", "capacity": "soft"}
    assert stage["moved_pupils"] == 1
    (stage,) = draw("--method", "walking", "--stage", "primary", "--json").told["stages"]
    assert stage["terms"] is None, "the method keeps no terms"


def test_nobody_moves_where_nobody_may(connection, streets, draw):
    (stage,) = draw(*BALANCED, "--max-moved", "0", "--json").told["stages"]
    assert stage["moved_pupils"] == 0
    assert stage["terms"]["max_moved_pupils"] == 0
    drawn = read_membership(connection, streets, "balanced")
    assert drawn["primary"]["11"] == "A"
    assert drawn["junior"] == list_members(JUNIOR)
    # All ways of the walking plan, but 11 to A: 5 WIDE and one HIGH in place of 2 WIDE.
    assert stage["pupil_km"] == pytest.approx((9 * WIDE + 4 * HIGH) / 1000, rel=1e-3)


def test_a_pupil_stays_where_moving_costs_more_than_it_saves(draw):
    # 11 saves 3 WIDE and one HIGH by moving, 4.06 km.
    saved_km = (3 * WIDE + HIGH) / 1000
    (stage,) = draw(*BALANCED, "--w-change", saved_km - 0.1, "--json").told["stages"]
    assert stage["moved_pupils"] == 1
    assert stage["objective_parts"]["change"] == pytest.approx(saved_km - 0.1)
    assert stage["objective"] == pytest.approx(sum(stage["objective_parts"].values()))
    (stage,) = draw(*BALANCED, "--w-change", saved_km + 0.1, "--json").told["stages"]
    assert (stage["moved_pupils"], stage["objective_parts"]["change"]) == (0, 0)


def test_pairs_and_groups_are_named_by_the_codes_of_units_and_schools(
    connection, streets, draw, write
):
    locked = write("locked", "unit_id,school_id", "20,A")
    forbidden = write("forbidden", "unit_id,school_id", "02,A")
    together = write("together", "unit_id,group", "21,estate", "20,estate")
    answer = draw(*BALANCED, *locked, *forbidden, *together, "--plan", "kept", "--json")
    drawn = read_membership(connection, streets, "kept")["primary"]
    assert (drawn["20"], drawn["21"], drawn["02"]) == ("A", "A", "B")
    (stage,) = answer.told["stages"]
    assert stage["terms"] == {
        "objective": "distance",
        "capacity": "soft",
        "locked": [["20", "A"]],
        "forbidden": [["02", "A"]],
        "together": [["20", "21"]],
    }


def test_compactness_costs_what_it_weighs(draw):
    (stage,) = draw(*BALANCED, "--w-compactness", "2", "--json").told["stages"]
    assert stage["terms"]["w_compactness"] == 2
    # Two catchments, each 1 less its compactness.
    spread = 2 * 2 * (1 - stage["compactness"])
    assert stage["objective_parts"]["compactness"] == pytest.approx(spread)


def test_schools_that_share_a_catchment_count_their_seats_together(
    connection, streets, draw, write
):
    joint = write("joint", "school_id,catchment", "B,town", "A,town")
    (stage,) = draw(*BALANCED, *joint, "--json").told["stages"]
    assert stage["terms"]["joint"] == [["A", "B"]]
    assert (stage["moved_pupils"], stage["over_capacity_pupils"]) == (0, 0)
    drawn = read_membership(connection, streets, "balanced")["primary"]
    assert set(drawn.values()) == {"A"}, "the catchment stands under its first school"
    (plan,) = (one for one in list_plans(connection, streets) if one.code == "balanced")
    counts = read_counts(connection, streets, plan, stage="primary", year=2026)
    (row,) = counts[counts["school_id"].notna()].to_dict("records")
    # 3 seats at A and 4 at B; h01 h02 h03 h05 h06 h08.
    assert (row["seats"], row["counted_children"], row["shortfall_seats"]) == (7, 6, 0)


def test_seats_may_be_a_limit(undone, connection):
    seats = build_frames()["seat"]
    is_full = (seats["school_code"] == "B") & (seats["stage"] == "primary")
    seats.loc[is_full & (seats["year"] == 2026), "entry_seats"] = 2
    district = load_streets(connection, code="other", seat=seats)
    plan = draw_primary(undone, district)
    told = read_table(connection, "plan_measures", plan_id=plan.id).iloc[0]
    assert told["over_capacity_pupils"] == 1, "six pupils on five seats"
    with pytest.raises(RejectedDataError, match=r"6 pupils.*5 seats"):
        draw_primary(undone, district, capacity="hard")


# -- feeders -----------------------------------------------------------------------------


@pytest.fixture
def two_junior(connection):
    """Load the town with A as a nine-year school, too; its primary catchment is wide."""
    frames = build_frames()
    schools, seats = frames["school"], frames["seat"]
    schools.loc[schools["code"] == "A", "kind"] = "nine_year"
    more = seats[seats["stage"] == "junior"].assign(school_code="A")
    return load_streets(
        connection,
        code="other",
        school=schools,
        seat=type(seats)(
            [*seats.to_dict("records"), *more.to_dict("records")], columns=seats.columns
        ),
    )


@pytest.mark.parametrize("source", ["plan", "file"])
def test_primary_catchments_of_nine_year_schools_stay_theirs(
    connection, undone, two_junior, monkeypatch, onemap, write, source
):
    draw = run_draw(undone, two_junior, monkeypatch, onemap)
    plan = read_membership(connection, two_junior, "statutory")["primary"]
    feeders = ("--feeders", "statutory")
    if source == "file":
        rows = (f"{unit},{school}" for unit, school in plan.items())
        feeders = write("feeders", "unit_id,school_id", *rows)
    asked = ("--method", "balanced", "--stage", "junior", "--time-limit", "0.5", "--json")
    free = draw(*asked, "--plan", "free").told
    (stage,) = draw(*asked, *feeders, "--plan", "fed").told["stages"]
    drawn = read_membership(connection, two_junior, "fed")["junior"]
    assert {unit: drawn[unit] for unit in plan} == plan
    assert stage["terms"]["feeders"] == {"plan": "statutory", "file": "feeders.csv"}[source]
    assert len(stage["terms"]["locked"]) == len(plan)
    # 12 has a pupil who walks one WIDE to B either way; 21 a free one.
    assert free["stages"][0]["objective"] <= stage["objective"]


def test_feeders_are_catchments_of_the_stage_below(undone, streets, draw):
    answer = draw(*BALANCED, "--feeders", "statutory")
    assert answer.code == 2 and "No catchments feed into those of stage 'primary'" in answer.err
    junior = ("--method", "balanced", "--stage", "junior")
    assert "has no plan 'autumn'" in draw(*junior, "--feeders", "autumn").err
    assert "There is no file x.csv" in draw(*junior, "--feeders", "x.csv").err


# -- what is refused ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "limits", "told"),
    [
        (
            {"locked": ("11,A",), "forbidden": ("11,A",)},
            (),
            "Unit 11 (<5 pupils) is locked to its school but may not go there: school A (forb",
        ),
        # 20 walks 6 WIDE and 2 HIGH to A, 3 WIDE and one HIGH to B.
        ({}, ("--max-distance", "3000"), "Unit 20 (<5 pupils) may go to no school"),
        ({"locked": ("11,B",)}, ("--max-moved", "0"), "At least <5 pupils must move, but 0 may"),
        ({"locked": ("00,B",)}, (), "Unit 00 is locked to school B, but it holds school A"),
        (
            {"locked": ("01,A", "11,A", "20,A")},
            ("--capacity", "hard"),
            "School A must have units 00, 01, 11, 20 with <5 pupils, but has 3 seats",
        ),
        ({"locked": ("99,A",)}, (), "names a unit_id that the district lacks: 99"),
        ({"locked": ("11,P",)}, (), "may have a catchment in this stage lacks: P"),
    ],
)
def test_what_cannot_be_is_told_by_name_and_nothing_is_stored(
    connection, streets, draw, write, files, limits, told
):
    words = [word for name, rows in files.items() for word in write(name, _HEAD, *rows)]
    answer = draw(*BALANCED, *words, *limits)
    assert (answer.code, answer.out) == (3, "")
    assert told in " ".join(answer.err.split())
    assert [plan.code for plan in list_plans(connection, streets, drafts=True)] == ["statutory"]


_HEAD = "unit_id,school_id"


def test_change_needs_present_catchments(connection, undone, streets):
    act_as(connection, Role.STEWARD)
    connection.exec_driver_sql(
        "delete from onemap.plan_membership using onemap.plan"
        f" where plan_id = plan.id and district_id = {streets.id}"
    )
    with pytest.raises(RejectedDataError, match="needs the present catchments"):
        draw_primary(undone, streets, max_moved_pupils=3.0)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--method", "walking", "--stage", "primary", "--max-moved", "3"), "kept by method"),
        (("--method", "balanced", "--capacity", "hard"), "in one stage"),
        (("--max-distance", "900", "--stage", "primary"), "--method balanced and --stage"),
        ((*BALANCED, "--w-change", "-1"), "--w-change is -1"),
        ((*BALANCED, "--max-moved", "nan"), "--max-moved is nan"),
        ((*BALANCED, "--locked", "x.csv"), "There is no file x.csv"),
        (
            (*BALANCED, "--capacity", "hard", "--isochrones", "--out", "x.gpkg"),
            "no plan is made",
        ),
    ],
)
def test_terms_that_a_method_does_not_keep_are_refused(draw, tmp_path, monkeypatch, words, told):
    monkeypatch.chdir(tmp_path)
    answer = draw(*words)
    assert answer.code == 2 and told in " ".join(answer.err.split())
    assert list(tmp_path.iterdir()) == []


def test_programs_are_told_the_same(undone, streets):
    with pytest.raises(UsageError, match="asked were method balanced and 2 stages"):
        draw_plan(undone, streets, method="balanced", terms=AskedTerms(w_change=1.0))
    with pytest.raises(UsageError, match="asked were method nearest"):
        draw_plan(undone, streets, method="nearest", stages=["junior"], feeding_plan="statutory")


# -- areas along the streets -------------------------------------------------------------


def test_areas_cover_the_land_and_meet_where_two_walks_are_equal(connection, streets):
    primary = streets.profile.get_stage("primary")
    areas = draw_stage_areas(read_ground(connection, streets, [primary]), primary)
    shapes = areas.features.set_index("school_code")
    assert shapes["code"].to_dict() == {"A": "A/primary", "B": "B/primary"}
    units = shapely.union_all([draw_cell(unit) for unit in list_members(JUNIOR)])
    assert check_coverage(shapes["geom"].to_numpy(), frame=units, tolerance=1e-7).is_sound
    assert shapes["area_m2"].sum() == pytest.approx(12 * WIDE * HIGH, rel=1e-3)
    assert shapes.loc["A", "geom"].covers(find_centre("01"))
    # In the northern street A and B are equally far where x = 3 WIDE + HIGH − x, half of 4058 m
    # from A: just east of the middle of 02, which has no pupils and is cut.
    half = shapely.Point(
        find_centre("00").x + (3 * WIDE + HIGH) / 2 / WIDE * 0.01, find_centre("00").y
    )
    border = shapely.intersection(shapes.loc["A", "geom"], shapes.loc["B", "geom"])
    assert border.distance(half) < 2e-4
    assert (areas.cut_units, areas.left_out) == (0, ()), "one child a unit cannot be parted"


def test_areas_are_written_and_no_plan_is_made(connection, streets, draw, tmp_path):
    path = tmp_path / "areas.geojson"
    asked = ("--method", "walking", "--areas", "--stage", "primary", "--out")
    told = draw(*asked, path, "--json").told
    assert (told["features"], told["layer"], told["left_out"]) == (2, "walking-areas", [])
    content = json.loads(path.read_text(encoding="utf-8"))
    schools = [one["properties"]["school_code"] for one in content["features"]]
    assert (schools, content["metadata"]["stage"]) == (["A", "B"], "primary")
    assert "2 areas written" in draw(*asked, tmp_path / "areas.gpkg").out
    assert gpd.read_file(tmp_path / "areas.gpkg")["school_code"].tolist() == ["A", "B"]
    assert [plan.code for plan in list_plans(connection, streets, drafts=True)] == ["statutory"]


@pytest.mark.parametrize(
    "words",
    [
        ("--method", "walking", "--areas", "--stage", "primary"),
        ("--method", "walking", "--areas", "--out", "x.gpkg"),
        ("--areas", "--stage", "primary", "--out", "x.gpkg"),
        ("--method", "walking", "--areas", "--isochrones", "--stage", "primary", "--out", "x.gpkg"),
        ("--method", "walking", "--areas", "--stage", "primary", "--out", "x.gpkg", "--plan", "x"),
    ],
)
def test_areas_need_method_stage_and_file(draw, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    answer = draw(*words)
    assert answer.code == 2 and "Give --method walking, --areas, --stage and --out" in answer.err
    assert list(tmp_path.iterdir()) == []
