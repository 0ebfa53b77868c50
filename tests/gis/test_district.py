"""A district is stored whole or not at all, with every reference found and every refusal kept."""

from __future__ import annotations

import pandas as pd
import pytest
import shapely
from sqlalchemy import select, text

from gis import tables
from gis.database import read_features
from gis.errors import RejectedDataError
from gis.ingest.contract import Rejections
from gis.ingest.district import LOAD_ORDER
from tests.stored import count_rows
from tests.town import build_features, build_frames, build_profile, draw_cell, read_cells
from tests.town import store_frames as load

# -- what is stored ----------------------------------------------------------------------


def test_every_row_of_the_town_is_stored(steward):
    frames = build_frames()
    report = load(steward, frames)
    assert report.rejected.empty
    for table in LOAD_ORDER:
        if table.name in frames:
            wanted = len(frames[table.name])
            assert report.rows[table.name] == wanted
            assert count_rows(steward, table, report.district_id) == wanted, table.name


def test_each_dataset_tells_where_its_rows_came_from(steward):
    report = load(steward, build_frames())
    known = steward.execute(
        select(tables.dataset).where(tables.dataset.c.district_id == report.district_id)
    ).all()
    assert {row.name for row in known} == set(build_frames())
    assert {(row.source, row.loaded_by, str(row.data_date)) for row in known} == {
        ("a test", "me", "2026-03-31")
    }
    assert all(len(row.digest) == 64 for row in known)


def test_places_that_the_source_left_out_are_found_by_geometry(steward):
    report = load(steward, build_frames())
    rows = steward.execute(
        text(
            """
            select building.code, planning_unit.code, subdistrict.name_zh
            from onemap.building
            join onemap.planning_unit on planning_unit.id = building.planning_unit_id
            join onemap.subdistrict on subdistrict.id = planning_unit.subdistrict_id
            where building.district_id = :id
            """
        ),
        {"id": report.district_id},
    ).all()
    assert len(rows) == 12
    for building, unit, subdistrict in rows:
        assert building == f"house {unit}"
        assert subdistrict == ("西街道" if unit[1] in "01" else "东镇")
    schools = steward.execute(
        text(
            "select school.code, planning_unit.code from onemap.school"
            " join onemap.planning_unit on planning_unit.id = school.planning_unit_id"
            " where school.district_id = :id"
        ),
        {"id": report.district_id},
    ).all()
    assert dict(schools) == {"A": "00", "B": "13", "P": "20", "X": "22"}


def test_school_outside_every_unit_has_none(steward):
    frames = build_frames()
    frames["school"] = pd.concat(
        [frames["school"], _build_school("far", shapely.Point(121.5, 28))], ignore_index=True
    )
    report = load(steward, frames)
    unit = steward.execute(
        select(tables.school.c.planning_unit_id).where(
            tables.school.c.district_id == report.district_id, tables.school.c.code == "far"
        )
    )
    assert unit.scalar_one() is None


def _build_school(code: str, place: shapely.Point) -> pd.DataFrame:
    return build_features(
        {"code": [code], "name_zh": ["远"], "kind": ["primary"], "public": [True]}, [place]
    )


def test_district_without_a_boundary_is_bounded_by_its_units(steward):
    report = load(steward, build_frames())
    drawn = read_features(steward, "units", district_id=report.district_id)
    assert drawn["code"].tolist() == list(read_cells("aaaa\n" * 3))
    bounds = steward.execute(
        text("select st_asbinary(geom) from onemap.district where id = :id"),
        {"id": report.district_id},
    ).scalar_one()
    assert shapely.from_wkb(bytes(bounds)).equals(shapely.union_all(drawn["geom"].to_numpy()))


def test_boundary_that_is_delivered_is_kept(steward):
    frames = build_frames()
    frames["district"] = build_features({"code": ["copy"]}, [draw_cell("00")])
    report = load(steward, frames)
    area = steward.execute(
        text("select st_area(geom) from onemap.district where id = :id"), {"id": report.district_id}
    )
    assert area.scalar_one() == pytest.approx(draw_cell("00").area)


def test_plans_that_come_as_memberships_alone_are_described_by_their_code(steward):
    frames = build_frames()
    frames.pop("plan")
    report = load(steward, frames)
    plan = steward.execute(
        select(tables.plan).where(tables.plan.c.district_id == report.district_id)
    ).one()
    assert (plan.code, plan.name_zh, plan.method) == ("statutory", "statutory", "imported")


def test_same_division_has_the_same_digest_whatever_the_order_of_rows(steward):
    def read_digest(frames: dict[str, pd.DataFrame], code: str) -> str:
        report = load(steward, frames, code=code)
        mine = tables.plan.c.district_id == report.district_id
        return steward.execute(select(tables.plan.c.digest).where(mine)).scalar_one()

    turned, moved = build_frames(), build_frames()
    turned["plan_membership"] = turned["plan_membership"].iloc[::-1]
    moved["plan_membership"].loc[0, "school_code"] = "B"
    digests = [read_digest(f, c) for f, c in ((build_frames(), "a"), (turned, "b"), (moved, "c"))]
    assert digests[0] == digests[1] != digests[2]


def test_demand_that_was_counted_elsewhere_gets_a_run_of_its_own(steward):
    frames = {name: build_frames()[name] for name in ("planning_unit",)}
    frames["unit_demand"] = pd.DataFrame(
        {
            "planning_unit_code": ["00", None],
            "stage": "primary",
            "year": 2026,
            "children": [5, 2],
            "registered_children": [4, 2],
        }
    )
    report = load(steward, frames)
    run = steward.execute(
        select(tables.run).where(tables.run.c.district_id == report.district_id)
    ).one()
    assert (run.kind, run.rule_version) == ("loaded_demand", build_profile(code="copy").version)
    stored = steward.execute(
        select(tables.unit_demand.c.children).where(tables.unit_demand.c.run_id == run.id)
    )
    assert sorted(stored.scalars()) == [2, 5]


def test_progress_tells_every_dataset_and_ends_at_the_whole(steward):
    told: list[tuple[str, float]] = []
    frames = build_frames()
    load(steward, frames, progress=lambda name, share: told.append((name, share)))
    assert {name for name, _ in told} == set(frames)
    shares = [share for _, share in told]
    assert shares == sorted(shares) and shares[-1] == 1


@pytest.mark.parametrize("emptied", ["subdistrict", "child", "plan_membership", "project"])
def test_dataset_without_rows_is_stored_as_none(steward, emptied):
    frames = build_frames()
    frames[emptied] = frames[emptied].iloc[:0]
    report = load(steward, frames)
    assert report.rows[emptied] == 0


def test_district_of_nothing_but_its_name_can_be_stored(steward):
    assert load(steward, {}).rejected.empty


# -- what is refused ---------------------------------------------------------------------


def test_reference_to_nothing_is_refused_with_row_and_rule(steward):
    frames = build_frames()
    frames["seat"].loc[0, "school_code"] = "Z"
    report = load(steward, frames)
    assert report.rows["seat"] == len(frames["seat"]) - 1
    refused = report.rejected.iloc[0]
    assert (refused["dataset"], refused["column_name"], refused["found"]) == (
        "seat",
        "school_code",
        "Z",
    )
    assert refused["rule"] == "no school has this code"


def test_rows_that_hang_on_a_refused_row_are_refused_with_it(steward):
    frames = build_frames()
    shapes = frames["planning_unit"]["geom"].to_numpy(dtype=object).copy()
    shapes[0] = shapely.Polygon()
    frames["planning_unit"]["geom"] = shapes
    frames["planning_unit"] = frames["planning_unit"].set_geometry("geom", crs=4490)
    report = load(steward, frames)
    assert report.rejected[["dataset", "column_name"]].to_numpy().tolist() == [
        ["planning_unit", "geom"],
        ["plan_membership", "planning_unit_code"],
        ["plan_membership", "planning_unit_code"],
    ]


def test_every_refused_row_is_kept_for_the_steward(steward):
    frames = build_frames()
    frames["seat"].loc[0, "seats"] = -5
    frames["child"] = frames["child"].astype({"born_on": object})
    frames["child"].loc[1, "born_on"] = "soon"
    report = load(steward, frames)
    kept = tables.rejected_row
    stored = steward.execute(
        select(kept.c.dataset, kept.c.row_ref, kept.c.column_name, kept.c.found)
        .where(kept.c.district_id == report.district_id)
        .order_by(kept.c.id)
    ).all()
    assert stored == [
        ("child", "c02", "born_on", "soon"),
        ("seat", "A / primary / 2026", "seats", "-5"),
    ]
    refused = select(tables.dataset.c.name, tables.dataset.c.rejected_rows).where(
        tables.dataset.c.district_id == report.district_id, tables.dataset.c.rejected_rows > 0
    )
    assert dict(steward.execute(refused).all()) == {"child": 1, "seat": 1}


def test_unknown_dataset_is_refused_with_those_there_are(steward):
    with pytest.raises(RejectedDataError, match=r"Unknown dataset kindergarden.*Use subdistrict"):
        load(steward, {"kindergarden": pd.DataFrame()})


def test_codes_that_later_rows_refer_to_must_be_unique_in_the_district(steward):
    frames = build_frames()
    frames["project"] = pd.concat(
        [frames["project"], frames["project"].assign(code="M")], ignore_index=True
    )
    frames["project_building"] = pd.concat(
        [frames["project_building"], frames["project_building"].assign(project_code="M")],
        ignore_index=True,
    )
    with pytest.raises(RejectedDataError, match=r"project_building.*twice: n1, n2"):
        load(steward, frames)


def test_unit_in_two_catchments_of_a_stage_is_refused_the_second_time(steward):
    frames = build_frames()
    again = frames["plan_membership"].iloc[[0]].assign(school_code="B")
    frames["plan_membership"] = pd.concat([frames["plan_membership"], again], ignore_index=True)
    report = load(steward, frames)
    assert report.rejected[["row_ref", "rule"]].to_numpy().tolist() == [
        ["statutory / primary / 00", "the same key stands above"]
    ]


def test_report_of_nothing_refused_is_an_empty_table():
    assert Rejections("seat").build_table().empty
