"""Children, seats and catchments of a whole town, computed by the real database."""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from sqlalchemy import Connection, select, text

from gis import tables
from gis.access import Role
from gis.database import read_table
from gis.partition import check_coverage
from scenarios.district import District, find_plan, list_plans
from scenarios.enrolment_warning.answer import (
    compare_plans,
    count_moved,
    read_counts,
    sum_counts,
)
from scenarios.enrolment_warning.count import count_children, count_plan
from tests.conftest import act_as
from tests.stored import read_membership
from tests.town import (
    COUNTS,
    JUNIOR,
    NEAREST_PRIMARY,
    PRIMARY,
    build_features,
    build_frames,
    build_profile,
    draw_cell,
    list_members,
    read_cells,
    store_frames,
)

STAGES = {"primary": 6, "junior": 12}  # full years of age on 31 August
YEARS = [2026, 2027]


def count_by_hand(frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Count the children of each unit another way than the product: no SQL, no age window."""
    units = {code: code.removeprefix("house ") for code in frames["building"]["code"]}
    dwellings = frames["property_unit"].set_index("code")["building_code"].map(units)
    homes = frames["household"].set_index("code")
    located = homes["registered_unit_code"].map(dwellings)
    located = located.fillna(homes["residence_unit_code"].map(dwellings))
    children = frames["child"].assign(unit=frames["child"]["household_code"].map(located))
    parts = []
    for stage, age in STAGES.items():
        # whoever is born from September on waits for the next year
        entry = children["born_on"].dt.year + age + (children["born_on"].dt.month >= 9)
        parts.append(children.assign(stage=stage, year=entry))
    everyone = pd.concat(parts)
    return everyone[everyone["year"].isin(YEARS)]


def list_demand(connection: Connection, district: District) -> dict[tuple, tuple[int, int]]:
    """List what the database counted: (stage, year, unit) → children, registered."""
    demand = read_table(connection, "unit_demand", district_id=district.id)
    units = dict(
        connection.execute(
            select(tables.planning_unit.c.id, tables.planning_unit.c.code).where(
                tables.planning_unit.c.district_id == district.id
            )
        ).all()
    )
    return {
        (row.stage, row.year, units.get(row.planning_unit_id, "")): (
            row.children,
            row.registered_children,
        )
        for row in demand.itertuples()
        if row.stage in STAGES
    }


def list_counts(counts: pd.DataFrame) -> dict[str, tuple[int, int]]:
    """List school or reason → children, registered."""
    who = counts["school_code"].fillna(counts["outside_reason"])
    pairs = zip(counts["children"], counts["registered_children"], strict=True)
    return dict(zip(who, pairs, strict=True))


# -- children ----------------------------------------------------------------------------


@pytest.mark.parametrize(("plan", "stage", "year"), COUNTS)
def test_counts_are_those_worked_out_by_hand(planner, town, plan, stage, year):
    chosen = find_plan(planner, town, plan)
    counts = read_counts(planner, town, chosen, stage=stage, year=year)
    assert list_counts(counts) == COUNTS[plan, stage, year]


def test_database_counts_what_pandas_counts(planner, town):
    everyone = count_by_hand(build_frames())
    wanted = everyone.fillna({"unit": ""}).groupby(["stage", "year", "unit"])["registered"]
    assert list_demand(planner, town) == {
        key: (len(flags), int(flags.sum())) for key, flags in wanted
    }


@pytest.mark.parametrize("seed", range(3))
def test_database_counts_what_pandas_counts_in_a_random_town(connection, seed):
    frames = build_random_register(np.random.default_rng(seed), households=400)
    report = store_frames(connection, frames)
    district = District(report.district_id, build_profile(code="copy"))
    act_as(connection, Role.OFFICER)
    count_children(connection, district)
    everyone = count_by_hand(frames)
    wanted = everyone.fillna({"unit": ""}).groupby(["stage", "year", "unit"])["registered"]
    assert list_demand(connection, district) == {
        key: (len(flags), int(flags.sum())) for key, flags in wanted
    }
    plan = find_plan(connection, district, "statutory")
    count_plan(connection, district, plan)
    for stage in STAGES:
        for year in YEARS:
            counts = read_counts(connection, district, plan, stage=stage, year=year)
            of_year = everyone[(everyone["stage"] == stage) & (everyone["year"] == year)]
            assert counts["children"].sum() == len(of_year) > 0
            assert counts["registered_children"].sum() == of_year["registered"].sum()


def build_random_register(rng: np.random.Generator, *, households: int) -> dict[str, pd.DataFrame]:
    """Return the town with other households: any home, or none, and up to three children."""
    frames = build_frames()
    units = list(read_cells(PRIMARY))
    dwellings = pd.DataFrame(
        {
            "code": [f"d{number}" for number in range(200)],
            "building_code": "house " + pd.Series(rng.choice(units, 200)),
            "door": "1",
            "area_m2": 60.0,
            "dwelling_use": "residential",
            "tenure": "commodity",
        }
    )
    # one dwelling in ten stands in no known building
    dwellings.loc[rng.random(200) < 0.1, "building_code"] = None
    homes = pd.DataFrame(
        {
            "code": [f"h{number}" for number in range(households)],
            "registered": rng.random(households) < 0.7,
            "registered_unit_code": rng.choice([*dwellings["code"], None], households),
            "residence_unit_code": rng.choice([*dwellings["code"], None], households),
            "head_hash": "0",
            "members": 3,
        }
    )
    homes.loc[rng.random(households) < 0.3, "registered_unit_code"] = None
    count = households * 2
    born = np.datetime64("2012-01-01") + rng.integers(0, 365 * 10, count)
    children = pd.DataFrame(
        {
            "household_code": rng.choice(homes["code"], count),
            "code": [f"c{number}" for number in range(count)],
            "born_on": pd.to_datetime(born),
            "sex": "female",
            "identity_hash": "0",
            "identity_last4": "0000",
            "registered": rng.random(count) < 0.7,
            "relation_to_head": "child",
        }
    )
    frames.pop("property_certificate")
    return {**frames, "property_unit": dwellings, "household": homes, "child": children}


@pytest.mark.parametrize("plan", ["statutory", "nearest"])
@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("year", YEARS)
def test_every_eligible_child_is_inside_one_catchment_or_outside_for_a_reason(
    planner, town, plan, stage, year
):
    everyone = count_by_hand(build_frames())
    of_year = everyone[(everyone["stage"] == stage) & (everyone["year"] == year)]
    counts = read_counts(planner, town, find_plan(planner, town, plan), stage=stage, year=year)
    assert counts["children"].sum() == len(of_year)
    assert counts["registered_children"].sum() == of_year["registered"].sum()
    outside = counts["school_id"].isna()
    assert set(counts.loc[outside, "outside_reason"]) <= {"no_catchment", "unlocated"}
    assert counts.loc[~outside, "outside_reason"].isna().all()


def test_children_without_a_home_and_without_a_catchment_are_reported(planner, town):
    counts = read_counts(
        planner, town, find_plan(planner, town, "statutory"), stage="primary", year=2026
    )
    outside = counts[counts["school_id"].isna()].set_index("outside_reason")
    assert outside["children"].to_dict() == {"no_catchment": 1, "unlocated": 1}
    totals = sum_counts(counts)
    assert (totals["children"], totals["outside_children"], totals["catchments"]) == (9, 2, 2)


def test_order_of_the_homes_that_locate_a_child_is_a_setting(connection, town):
    # c03 is registered in 11 but lives in 13; 15 of 16 children have the same answer either way
    act_as(connection, Role.OFFICER)
    turned = District(town.id, build_profile(locate_by=["residence", "registered"]))
    count_children(connection, turned)
    demand = list_demand(connection, turned)
    assert ("primary", 2026, "11") not in demand
    assert demand["primary", 2026, "13"] == (1, 1)
    registered_alone = District(town.id, build_profile(locate_by=["registered"]))
    count_children(connection, registered_alone)
    demand = list_demand(connection, registered_alone)
    assert demand["primary", 2026, "11"] == (1, 1)
    assert demand["primary", 2026, ""] == (3, 1)  # two migrants have a residence alone


def test_warning_is_that_of_the_registered_children(planner, town):
    counts = read_counts(
        planner, town, find_plan(planner, town, "statutory"), stage=None, year=None
    )
    told = counts.dropna(subset="school_code").set_index(["school_code", "stage", "year"])
    assert told["warning"].to_dict() == {
        ("A", "primary", 2026): "red",  # 3 on 3 seats
        ("B", "primary", 2026): "none",  # 2 on 4
        ("A", "primary", 2027): "red",  # 1 on none
        ("B", "primary", 2027): "unknown",  # nobody stated the entry seats
        ("B", "junior", 2026): "red",  # 2 on 1
        ("B", "junior", 2027): "none",  # one migrant, whom the rule does not count
    }
    assert told["shortfall_seats"].sum() == 1 + 1
    assert told["complete"].all()


def test_year_whose_children_are_not_all_born_is_marked(connection, town):
    early = District(town.id, build_profile(data_date=dt.date(2021, 3, 31)))
    act_as(connection, Role.OFFICER)
    count_children(connection, early)
    act_as(connection, Role.PLANNER)
    plan = find_plan(connection, early, "statutory")
    count_plan(connection, early, plan)
    counts = read_counts(connection, early, plan, stage="primary")
    assert counts.groupby("year")["complete"].all().to_dict() == {2026: True, 2027: False}


# -- plans -------------------------------------------------------------------------------


def test_nearest_plan_is_the_one_measured_by_hand(planner, town):
    drawn = read_membership(planner, town, "nearest")
    assert drawn == {"primary": list_members(NEAREST_PRIMARY), "junior": list_members(JUNIOR)}


def test_private_and_closed_schools_get_no_catchment(planner, town):
    drawn = read_membership(planner, town, "nearest")
    assert set(drawn["primary"].values()) == {"A", "B"}


@pytest.mark.parametrize("stage", STAGES)
def test_drawn_catchments_cover_the_district_without_gap_or_overlap(planner, town, stage):
    plan = find_plan(planner, town, "nearest")
    measured = planner.execute(
        text(
            """
            select
                st_area(st_symdifference(st_union(catchment.geom), district.geom)) as astray,
                sum(st_area(catchment.geom)) - st_area(district.geom) as twice,
                bool_and(st_isvalid(catchment.geom)) as valid
            from onemap.catchment join onemap.district on district.id = catchment.district_id
            where catchment.plan_id = :plan_id and catchment.stage = :stage
            group by district.geom
            """
        ),
        {"plan_id": plan.id, "stage": stage},
    ).one()
    assert measured.astray == 0
    assert measured.twice == pytest.approx(0, abs=1e-15)
    assert measured.valid
    overlaps = planner.execute(
        text(
            """
            select count(*) from onemap.catchment a join onemap.catchment b
            on a.plan_id = b.plan_id and a.stage = b.stage and a.school_id < b.school_id
            where a.plan_id = :plan_id and a.stage = :stage
                and (st_overlaps(a.geom, b.geom) or st_contains(a.geom, b.geom))
            """
        ),
        {"plan_id": plan.id, "stage": stage},
    )
    assert overlaps.scalar_one() == 0
    shapes = read_shapes(planner, plan.id, stage)
    frame = shapely.union_all([draw_cell(unit) for unit in read_cells(PRIMARY)])
    assert shapely.coverage_is_valid(shapes["geom"].to_numpy())
    assert check_coverage(shapes["geom"], frame=frame, tolerance=0).is_sound


def read_shapes(connection: Connection, plan_id: int, stage: str) -> gpd.GeoDataFrame:
    """Read the catchments of a plan and stage with their stored areas."""
    rows = connection.execute(
        text(
            "select area_m2, st_asbinary(geom) from onemap.catchment"
            " where plan_id = :plan_id and stage = :stage"
        ),
        {"plan_id": plan_id, "stage": stage},
    ).all()
    shapes = shapely.from_wkb([bytes(row[1]) for row in rows])
    return build_features({"area_m2": [row[0] for row in rows]}, list(shapes))


def test_areas_are_measured_in_the_metric_system_of_the_district(planner, town):
    shapes = read_shapes(planner, find_plan(planner, town, "nearest").id, "primary")
    metric = shapes.to_crs(4549).area
    assert shapes["area_m2"].to_numpy() == pytest.approx(metric.to_numpy(), rel=1e-12)
    # twelve cells of 983 m by 1108 m
    assert shapes["area_m2"].sum() == pytest.approx(12 * 983.4 * 1108.4, rel=1e-3)


def test_catchments_of_a_plan_with_holes_leave_the_holes(planner, town):
    shapes = read_shapes(planner, find_plan(planner, town, "statutory").id, "primary")
    held = [draw_cell(unit) for unit in list_members(PRIMARY)]
    assert shapely.union_all(shapes["geom"].to_numpy()).equals(shapely.union_all(held))


def test_moved_children_are_those_whose_unit_changes_school(planner, town):
    nearest, statutory = (find_plan(planner, town, code) for code in ("nearest", "statutory"))
    choice = {"stage": "primary", "year": 2026}
    # 02 goes from A to B with h04; 20 and 21 had no school to be moved from
    assert count_moved(planner, town, nearest, statutory, **choice) == 1
    assert count_moved(planner, town, statutory, nearest, **choice) == 1
    assert count_moved(planner, town, nearest, nearest, **choice) == 0
    assert count_moved(planner, town, nearest, statutory, stage="junior", year=2026) == 0


def test_plans_side_by_side_have_the_same_children_in_all(planner, town):
    plans = list_plans(planner, town)
    rows = compare_plans(planner, town, plans, plans[0], stage="primary", year=2026)
    assert [row["plan"] for row in rows] == ["statutory", "nearest"]
    assert [row["children"] for row in rows] == [9, 9]
    assert [row["outside_children"] for row in rows] == [2, 1]
    assert [row["shortfall_seats"] for row in rows] == [0, 1]  # nearest: 4 registered on 3 seats
    assert [row["moved_children"] for row in rows] == [0, 1]
