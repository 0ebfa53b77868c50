"""Drawing a little town: who goes where, what it is worth, what stays a draft."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import import_module

import numpy as np
import pandas as pd
import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import delete, select, text, update

from catchments.boundaries import METHODS, Drawn, draw_nearest
from gis import tables
from gis.access import Role
from gis.database import read_table
from gis.errors import RejectedDataError, UsageError
from scenarios.compute import compute_district
from scenarios.district import District, drop_draft, find_plan, keep_draft, list_plans
from scenarios.school_network.draw import draw_plan
from tests.conftest import act_as
from tests.stored import read_membership
from tests.streets import HIGH, WIDE, keep_streets, load_streets, run_draw, undo_later
from tests.town import JUNIOR, PRIMARY, build_frames, list_members

# What "walking" must draw: 02 walks 2 WIDE to A and WIDE + HIGH to B, a little more; 10 has only
# the long way round to A.
WALKING_PRIMARY = """
    Aaab
    bbbB
    bbbb
"""


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
def streets(kept, connection) -> District:
    act_as(connection, Role.PLANNER)
    return kept[1]


def read_stage(connection, plan, stage="primary") -> dict:
    rows = read_table(connection, "plan_measures", plan_id=plan.id)
    return rows[rows["stage"] == stage].iloc[0].to_dict()


def list_codes(connection, district, **options) -> list[str]:
    return [plan.code for plan in list_plans(connection, district, **options)]


# -- drawing -----------------------------------------------------------------------------


def test_walking_plan_is_the_one_measured_by_hand(connection, undone, streets):
    plan = draw_plan(undone, streets, method="walking")
    assert (plan.code, plan.name_zh, plan.is_draft) == ("walking", "就近划片（步行）", False)
    drawn = read_membership(connection, streets, "walking")
    assert drawn == {"primary": list_members(WALKING_PRIMARY), "junior": list_members(JUNIOR)}


def test_measures_of_a_drawn_plan_are_the_ones_counted_by_hand(connection, undone, streets):
    plan = draw_plan(undone, streets, method="walking", seed=7)
    told = read_stage(connection, plan)
    # Ways: 00 none, 01 one WIDE, 11 two, 03 and 23 one HIGH, 20 three WIDE and one HIGH.
    total_m = 6 * WIDE + 3 * HIGH
    assert told["pupil_km"] == pytest.approx(total_m / 1000, rel=1e-3)
    assert told["mean_distance_m"] == pytest.approx(total_m / 6, rel=1e-3)
    # 95 % of six pupils are all six.
    assert told["p95_distance_m"] == pytest.approx(3 * WIDE + HIGH, rel=1e-3)
    # 11 and 20 walk farther than 1500 m.
    assert (told["radius_m"], told["beyond_radius_pct"]) == (1500, pytest.approx(100 * 2 / 6))
    # 10, 11 and 12 were A's or are B's already: of 10 and 11 only 11 has a registered child.
    assert told["moved_pupils"] == 1
    assert (told["pupils"], told["outside_pupils"], told["over_capacity_pupils"]) == (6, 0, 0)
    # No division without regard to seats has shorter ways.
    assert told["objective"] == told["lower_bound"] == told["pupil_km"]
    assert (told["gap_pct"], told["objective_parts"]) == (0, {"pupil_km": told["pupil_km"]})
    assert told["connected"] and told["on_foot"] and not told["stopped"]
    assert (told["method"], told["year"], told["seed"]) == ("walking", 2026, 7)


def test_nearest_plan_is_measured_on_foot_where_there_are_roads(connection, undone, streets):
    told = read_stage(connection, draw_plan(undone, streets, method="nearest"))
    # 11 goes to A as now: up to row 0 there is only the long way, 2 + 3 WIDE and one HIGH; and 20
    # goes to A: 3 + 3 WIDE and two HIGH. The others as on foot.
    assert told["pupil_km"] == pytest.approx(
        (0 + 1 + 5 + 6) * WIDE / 1000 + (1 + 1 + 1 + 2) * HIGH / 1000, rel=1e-3
    )
    assert told["lower_bound"] == pytest.approx((6 * WIDE + 3 * HIGH) / 1000, rel=1e-3)
    assert told["gap_pct"] == pytest.approx(100 * (1 - told["lower_bound"] / told["pupil_km"]))
    # 00 01 11 20 on three seats
    assert told["over_capacity_pupils"] == 1


def test_default_plan_is_measured_on_the_same_ways(connection, undone, streets):
    draw_plan(undone, streets, method="walking", stages=["primary"])
    present = find_plan(connection, streets, "statutory")
    told = read_stage(connection, present)
    # 20 belongs to nobody; 11 walks to A: 5 WIDE and one HIGH.
    assert (told["pupils"], told["outside_pupils"], told["moved_pupils"]) == (6, 1, 0)
    assert told["pupil_km"] == pytest.approx((6 * WIDE + 3 * HIGH) / 1000, rel=1e-3)
    assert read_table(connection, "plan_measures", plan_id=present.id)["stage"].tolist() == [
        "primary"
    ]


def test_default_plan_that_a_method_drew_keeps_what_the_method_told(connection, undone, streets):
    draw_plan(undone, streets, method="nearest", stages=["primary"])
    present = find_plan(connection, streets, "statutory")
    mine = update(tables.plan_measure).where(tables.plan_measure.c.plan_id == present.id)
    connection.execute(mine.values(method="statutory", pupil_km=7.0))
    draw_plan(undone, streets, method="walking")
    assert read_stage(connection, present)["pupil_km"] == 7
    assert read_stage(connection, present, "junior")["method"] == "", "nothing was told of it"


def test_without_roads_ways_are_straight_and_nobody_is_drawn_on_foot(connection, undone):
    district = load_streets(connection, code="other")
    act_as(connection, Role.STEWARD)
    connection.execute(delete(tables.road).where(tables.road.c.district_id == district.id))
    with pytest.raises(RejectedDataError, match="no roads to walk on"):
        draw_plan(undone, district, method="walking")
    told = read_stage(connection, draw_plan(undone, district, method="nearest"))
    assert not told["on_foot"]
    # 11 to A: one WIDE east and one HIGH north.
    straight = WIDE + np.hypot(WIDE, HIGH) + 3 * HIGH + HIGH
    assert told["pupil_km"] == pytest.approx((straight) / 1000, rel=1e-3)


def test_stages_that_are_not_drawn_keep_their_present_division(connection, undone, streets):
    plan = draw_plan(undone, streets, method="walking", stages=["junior"], code="try")
    drawn = read_membership(connection, streets, "try")
    assert drawn == {"primary": list_members(PRIMARY), "junior": list_members(JUNIOR)}
    assert read_table(connection, "plan_measures", plan_id=plan.id)["stage"].tolist() == ["junior"]
    assert plan.name_zh == "就近划片（步行） try"


def test_drawing_again_leaves_plan_and_measures_as_they_are(connection, undone, streets):
    plan = draw_plan(undone, streets, method="walking")
    before = read_table(connection, "plan_measures", plan_id=plan.id)
    assert draw_plan(undone, streets, method="walking") == plan
    pd.testing.assert_frame_equal(read_table(connection, "plan_measures", plan_id=plan.id), before)


def test_progress_is_told_from_reading_to_the_end(undone, streets):
    told: list[tuple[str, float]] = []
    draw_plan(undone, streets, method="walking", progress=lambda *step: told.append(step))
    assert [step for step, _ in told] == ["read", "ways", "ways", "store", "done"]
    shares = [share for _, share in told]
    assert shares == sorted(shares) and shares[-1] == 1


def test_balanced_plan_keeps_the_seats_at_the_least_cost_of_ways(connection, undone):
    # With three seats in B one of its four pupils must go to A: 03 along the northern street,
    # 3 WIDE instead of one HIGH, is the cheapest; 11 would add 3 WIDE and one HIGH.
    seats = build_frames()["seat"]
    is_full = (seats["school_code"] == "B") & (seats["stage"] == "primary")
    seats.loc[is_full & (seats["year"] == 2026), "entry_seats"] = 3
    district = load_streets(connection, code="other", seat=seats)
    plan = draw_plan(undone, district, method="balanced", stages=["primary"], time_limit_s=0.5)
    drawn = read_membership(connection, district, "balanced")
    assert {unit for unit, school in drawn["primary"].items() if school == "A"} >= {
        *("00", "01", "02", "03")
    }
    assert drawn["junior"] == list_members(JUNIOR)
    told = read_stage(connection, plan)
    assert told["objective"] == pytest.approx((9 * WIDE + 2 * HIGH) / 1000, rel=1e-3)
    assert told["objective"] == pytest.approx(told["pupil_km"])
    assert 0 < told["lower_bound"] <= told["objective"]
    assert (told["over_capacity_pupils"], told["connected"], told["stopped"]) == (0, True, False)
    # 03 leaves B; 11 leaves A.
    assert told["moved_pupils"] == 2


def test_a_method_is_told_limits_and_seed_and_its_proof_is_kept(
    connection, undone, streets, monkeypatch
):
    asked = []

    def draw_proven(request) -> Drawn:
        asked.append(request)
        request.progress("search", 0.5)
        return replace(
            draw_nearest(request), objective=8.0, lower_bound=6.0, gap_pct=25.0, stopped=True
        )

    monkeypatch.setitem(METHODS, "balanced", draw_proven)
    told: list[str] = []
    plan = draw_plan(
        undone,
        streets,
        method="balanced",
        stages=["primary"],
        time_limit_s=4.0,
        seed=3,
        progress=lambda step, _share: told.append(step),
        should_stop=lambda: True,
    )
    assert (asked[0].time_limit_s, asked[0].seed, asked[0].should_stop()) == (4.0, 3, True)
    assert "search" in told
    stored = read_stage(connection, plan)
    assert [stored[name] for name in ("objective", "lower_bound", "gap_pct")] == [8, 6, 25]
    assert stored["stopped"]
    assert stored["objective_parts"].keys() == {"pupil_km", "opening_cost", "change"}


def test_all_stages_together_keep_the_time_limit(undone, streets, monkeypatch):
    limits = []

    def note_limit(request) -> Drawn:
        limits.append(request.time_limit_s)
        return draw_nearest(request)

    monkeypatch.setitem(METHODS, "nearest", note_limit)
    draw_plan(undone, streets, method="nearest", time_limit_s=10.0)
    # Half of it for each of two stages, however little the first one used.
    assert limits == [5, 5]


def test_compiling_comes_before_any_stage_of_a_search(undone, streets, monkeypatch):
    steps = []

    def note_stage(request) -> Drawn:
        steps.append("stage")
        return draw_nearest(request)

    monkeypatch.setattr(
        "scenarios.school_network.dividing.warm_up", lambda: steps.append("compile")
    )
    monkeypatch.setitem(METHODS, "balanced", note_stage)
    draw_plan(undone, streets, method="balanced")
    assert steps == ["compile", "stage", "stage"]


def test_a_district_with_roads_is_drawn_in_both_ways_when_it_is_loaded(connection, undone, streets):
    compute_district(undone, streets)
    assert list_codes(connection, streets) == ["statutory", "nearest", "walking"]


# -- what is refused ---------------------------------------------------------------------


def test_wrong_requests_are_told_with_what_would_be_right(undone, streets):
    with pytest.raises(UsageError, match=r"stage 'senior' have no catchments.*primary, junior"):
        draw_plan(undone, streets, method="nearest", stages=["senior"])
    with pytest.raises(UsageError, match="no stage 'college'"):
        draw_plan(undone, streets, method="nearest", stages=["college"])


def test_a_plan_that_was_given_or_kept_is_never_drawn_over(connection, undone, streets):
    with pytest.raises(UsageError, match="plan 'statutory' of method statutory"):
        draw_plan(undone, streets, method="nearest", code="statutory")
    draw_plan(undone, streets, method="nearest")
    with pytest.raises(UsageError, match="plan 'nearest' of method nearest"):
        draw_plan(undone, streets, method="nearest", is_draft=True)
    with pytest.raises(UsageError, match="plan 'nearest' of method nearest"):
        draw_plan(undone, streets, method="walking", code="nearest")


def test_nothing_is_stored_when_the_district_was_loaded_anew_meanwhile(
    connection, undone, streets, monkeypatch
):
    def load_meanwhile(request) -> Drawn:
        act_as(connection, Role.STEWARD)
        mine = tables.dataset.c.district_id == streets.id, tables.dataset.c.name == "seat"
        connection.execute(update(tables.dataset).where(*mine).values(digest="another"))
        return draw_nearest(request)

    monkeypatch.setitem(METHODS, "nearest", load_meanwhile)
    with pytest.raises(RejectedDataError, match="loaded anew while"):
        draw_plan(undone, streets, method="nearest")
    assert list_codes(connection, streets) == ["statutory"]


# -- drafts ------------------------------------------------------------------------------


def test_drafts_are_listed_on_request_and_found_by_name(connection, undone, streets):
    draft = draw_plan(undone, streets, method="walking", code="try", is_draft=True)
    assert draft.is_draft
    assert list_codes(connection, streets) == ["statutory"]
    assert list_codes(connection, streets, drafts=True) == ["statutory", "try"]
    assert find_plan(connection, streets, "try") == draft
    with pytest.raises(UsageError, match="Use one of statutory, or"):
        find_plan(connection, streets, "x")


def test_a_kept_draft_is_a_plan_of_another_name_with_all_its_results(connection, undone, streets):
    draft = draw_plan(undone, streets, method="walking", code="try", is_draft=True)
    with pytest.raises(UsageError, match="plan 'statutory' already"):
        keep_draft(connection, streets, "try", new_code="statutory", name_zh="甲", name_en="a")
    kept = keep_draft(connection, streets, "try", new_code="new", name_zh="新方案", name_en="New")
    assert kept == replace(draft, code="new", name_zh="新方案", name_en="New", is_draft=False)
    assert list_codes(connection, streets) == ["statutory", "new"]
    assert read_stage(connection, kept)["moved_pupils"] == 1
    with pytest.raises(UsageError, match="'new' is no draft"):
        keep_draft(connection, streets, "new", new_code="newer", name_zh="乙", name_en="b")


def test_a_draft_may_be_dropped_and_a_plan_may_not(connection, undone, streets):
    draw_plan(undone, streets, method="walking", code="try", is_draft=True)
    drop_draft(connection, streets, "try")
    assert list_codes(connection, streets, drafts=True) == ["statutory"]
    with pytest.raises(UsageError, match="'statutory' is no draft"):
        drop_draft(connection, streets, "statutory")
    with pytest.raises(UsageError, match="no plan 'try'"):
        drop_draft(connection, streets, "try")


def test_a_draft_that_somebody_kept_meanwhile_is_neither_dropped_nor_kept_again(
    connection, undone, streets, monkeypatch
):
    draft = draw_plan(undone, streets, method="walking", code="try", is_draft=True)
    keep_draft(connection, streets, "try", new_code="new", name_zh="新方案")
    monkeypatch.setattr("scenarios.district._find_draft", lambda *_: draft)
    with pytest.raises(UsageError, match="kept or dropped meanwhile"):
        drop_draft(connection, streets, "try")
    with pytest.raises(UsageError, match="kept or dropped meanwhile"):
        keep_draft(connection, streets, "try", new_code="newer", name_zh="乙")
    assert list_codes(connection, streets) == ["statutory", "new"]


def test_a_draft_that_is_drawn_in_earnest_becomes_a_plan(connection, undone, streets):
    draft = draw_plan(undone, streets, method="walking", is_draft=True)
    assert draw_plan(undone, streets, method="walking") == replace(draft, is_draft=False)
    assert list_codes(connection, streets) == ["statutory", "walking"]


def test_a_database_from_before_drafts_has_none_of_them_as_plans(connection, undone, streets):
    draw_plan(undone, streets, method="walking", code="try", is_draft=True)
    step = import_module("gis.migrations.versions.0002_drafts_and_measures_of_plans")
    connection.execute(text("reset role"))
    with Operations.context(MigrationContext.configure(connection)):
        step.downgrade()
    mine = tables.plan.c.district_id == streets.id
    left = connection.execute(select(tables.plan.c.code).where(mine)).scalars()
    assert list(left) == ["statutory"]


# -- the command -------------------------------------------------------------------------


@pytest.fixture
def copy(database, undone, streets, monkeypatch, onemap):
    """Run ``onemap draw`` on the town with its streets."""
    return run_draw(undone, streets, monkeypatch, onemap)


def test_draw_tells_what_a_plan_is_worth_stage_by_stage(copy):
    told = copy("--method", "walking", "--stage", "primary", "--plan", "mine", "--json").told
    assert (told["district"], told["plan"]) == ("copy", "mine")
    (stage,) = told["stages"]
    assert (stage["stage"], stage["moved_pupils"]) == ("primary", 1)
    assert stage["beyond_radius_pct"] == pytest.approx(100 * 2 / 6)
    assert stage["objective_parts"] == {"pupil_km": stage["objective"]}


def test_bands_are_written_with_what_is_to_know_about_them(copy, tmp_path):
    path = tmp_path / "bands.geojson"
    told = copy("--isochrones", "--stage", "primary", "--out", path, "--json").told
    assert (told["file"], told["features"], told["radius_m"]) == (str(path), 4, 1500)
    assert told["beyond_radius_pct"] == pytest.approx(100 * 2 / 6)
    content = json.loads(path.read_text(encoding="utf-8"))
    assert [one["properties"]["up_to_m"] for one in content["features"]] == [500, 1000, 1500, None]
    assert content["metadata"]["source"] == "drawn on a grid"
    assert (
        "4 bands written"
        in copy("--isochrones", "--stage", "primary", "--out", tmp_path / "bands.gpkg").out
    )


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--isochrones", "--stage", "primary"), "Give --isochrones, --stage and --out together"),
        (("--out", "x.gpkg"), "Give --isochrones, --stage and --out together"),
        (("--isochrones", "--stage", "primary", "--out", "x.shp"), "Use .geojson or .gpkg"),
        (("--time-limit", "0"), "Time limit 0 s, seed 1"),
        (("--time-limit", "nan"), "Time limit nan s"),
        (("--time-limit", "inf"), "Time limit inf s"),
        (("--seed", "-1"), "seed -1"),
        (("--seed", str(2**63)), f"seed {2**63}"),
        (
            ("--isochrones", "--stage", "primary", "--out", "x.gpkg", "--plan", "mine"),
            "without --plan and --from",
        ),
        (("--stage", "college"), "no stage 'college'"),
    ],
)
def test_wrong_words_are_answered_with_code_2(copy, tmp_path, monkeypatch, words, complaint):
    monkeypatch.chdir(tmp_path)
    answer = copy(*words)
    assert answer.code == 2 and complaint in answer.err
    assert list(tmp_path.iterdir()) == []
