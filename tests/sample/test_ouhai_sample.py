"""The Ouhai sample: a real frame, believable invention inside it, and no contradictions."""

from __future__ import annotations

import resource
import time

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

import gis.tables
from data.districts.ouhai.sample import generate
from tests.sample.register import DATA_DATE, SEED, Tables, find_owner, is_due, locate_children


def to_metres(table: gpd.GeoDataFrame) -> np.ndarray:
    return table.geometry.to_crs(4549).to_numpy()


def count_overlaps(shapes: np.ndarray) -> int:
    one, two = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = one < two
    shared = shapely.area(shapely.intersection(shapes[one[pairs]], shapes[two[pairs]]))
    return int((shared > 0.01).sum())


def measure_warnings(tables: Tables, stage: str, year: int) -> pd.Series:
    """Return registered entrants per 100 entry seats, by school."""
    owner, seat, child = find_owner(tables, stage), tables["seat"], tables["child"]
    fits = child["registered"] & is_due(child["born_on"], stage, year)
    demand = locate_children(tables)[fits].map(owner).value_counts()
    offered = seat[(seat["stage"] == stage) & (seat["year"] == year)]
    seats = offered.set_index("school_code")["entry_seats"].astype(float)
    seats = seats[seats.index.isin(owner.unique())]
    return 100 * demand.reindex(seats.index, fill_value=0) / seats


# --- shape of the tables ------------------------------------------------------------------


def test_every_table_has_the_columns_of_its_contract(small: Tables) -> None:
    for name, table in small.items():
        if name == "district":  # its row is written from the profile; the sample adds the shape
            continue
        for column in getattr(gis.tables, name).columns:
            if column.name in {"id", "district_id", "digest", "created_at", "is_draft"}:
                continue
            refers = bool(column.foreign_keys) and column.name.endswith("_id")
            travels = column.name.removesuffix("_id") + "_code" if refers else column.name
            assert travels in table, f"{name}.{travels}"
            if not column.nullable:
                assert table[travels].notna().all(), f"{name}.{travels} has gaps"


def test_codes_are_unique_and_references_lead_somewhere(small: Tables) -> None:
    for table in small.values():
        if "code" in table:
            assert table["code"].is_unique
    for child, column, parent in (
        ("building", "planning_unit_code", "planning_unit"),
        ("property_unit", "building_code", "building"),
        ("property_certificate", "property_unit_code", "property_unit"),
        ("household", "registered_unit_code", "property_unit"),
        ("household", "residence_unit_code", "property_unit"),
        ("child", "household_code", "household"),
        ("guardian", "household_code", "household"),
        ("deferral", "child_code", "child"),
        ("seat_use", "child_code", "child"),
        ("seat_use", "household_code", "household"),
        ("seat_use", "school_code", "school"),
        ("seat_use", "property_unit_code", "property_unit"),
        ("plan_membership", "school_code", "school"),
        ("enrolment", "school_code", "school"),
        ("seat", "school_code", "school"),
        ("resource_fact", "school_code", "school"),
        ("campus_building", "school_code", "school"),
        ("project", "school_code", "school"),
        ("project_seat", "project_code", "project"),
        ("stage_record", "project_building_code", "project_building"),
        ("inspection", "project_code", "project"),
        ("inspection", "project_building_code", "project_building"),
        ("payment", "project_code", "project"),
    ):
        assert small[child][column].dropna().isin(small[parent]["code"]).all(), (child, column)


@pytest.fixture(scope="module")
def again() -> tuple[Tables, list[float]]:
    """Make the small sample once more; return what it told of its progress, too."""
    told: list[float] = []
    return generate(scale=0.1, seed=SEED, progress=lambda _, share: told.append(share)), told


def test_equal_seeds_give_equal_tables(small: Tables, again: tuple[Tables, list[float]]) -> None:
    tables, _told = again
    assert list(tables) == list(small)
    for name, table in small.items():
        pd.testing.assert_frame_equal(pd.DataFrame(tables[name]), pd.DataFrame(table))


def test_another_seed_gives_another_district_in_the_same_frame(small: Tables) -> None:
    other = generate(scale=0.1, seed=7)
    assert list(other["community"]["code"]) == list(small["community"]["code"])
    assert len(other["building"]) != len(small["building"])
    assert shapely.coverage_is_valid(to_metres(other["planning_unit"]))


def test_a_scale_outside_its_range_is_refused() -> None:
    with pytest.raises(ValueError, match=r"not between 0\.05 and 1"):
        generate(scale=2, seed=1)


def test_progress_is_told_in_order(again: tuple[Tables, list[float]]) -> None:
    _tables, told = again
    assert told == sorted(told)
    assert told[-1] == 1.0


# --- the ground ---------------------------------------------------------------------------


def test_the_frame_is_the_real_one(small: Tables) -> None:
    area_km2 = shapely.area(to_metres(small["district"])).sum() / 1e6
    assert area_km2 == pytest.approx(465, rel=0.01)  # published: 465 km²
    assert len(small["subdistrict"]) == 13
    assert len(small["community"]) == 197
    assert small["subdistrict"].crs.to_epsg() == 4490


@pytest.mark.parametrize("name", ["planning_unit", "community", "subdistrict"])
def test_areas_tile_the_district_to_the_last_vertex(small: Tables, name: str) -> None:
    shapes = small[name].geometry.to_numpy()
    assert shapely.coverage_is_valid(shapes)
    whole = small["district"].geometry.iloc[0]
    assert shapely.equals(shapely.coverage_union_all(shapes), whole)


def test_units_lie_in_their_community_and_subdistrict(small: Tables) -> None:
    units = small["planning_unit"]
    places = shapely.point_on_surface(units.geometry.to_numpy())
    for name in ("community", "subdistrict"):
        area = small[name].set_index("code").geometry[units[f"{name}_code"]].to_numpy()
        assert shapely.contains(area, places).all()


def test_streets_hold_together_and_join_at_their_nodes(small: Tables) -> None:
    road = small["road"]
    nodes = int(max(road["start_node"].max(), road["end_node"].max())) + 1
    graph = csr_array(
        (np.ones(len(road)), (road["start_node"], road["end_node"])), shape=(nodes, nodes)
    )
    _, part = connected_components(graph, directed=False)
    assert len(np.unique(part[road["start_node"]])) == 1
    ends = np.concatenate([road["start_node"], road["end_node"]])
    first, last = (shapely.get_point(road.geometry.to_numpy(), at) for at in (0, -1))
    place = pd.DataFrame(shapely.get_coordinates(np.concatenate([first, last]))).groupby(ends)
    assert (place.max() == place.min()).to_numpy().all()
    assert set(road["road_class"]) == {"main", "secondary", "local", "lane", "path"}
    assert road["length_m"].to_numpy() == pytest.approx(shapely.length(to_metres(road)), abs=0.01)


def test_buildings_stand_apart_on_dry_land_inside_their_unit(small: Tables) -> None:
    ordinary = to_metres(small["building"])
    campus = np.concatenate([to_metres(small["campus_building"]),
                             to_metres(small["project_building"])])  # fmt: skip
    everything = np.concatenate([ordinary, campus])
    assert count_overlaps(everything) == 0
    wet, _ = shapely.STRtree(everything).query(to_metres(small["water"]), predicate="intersects")
    assert len(wet) == 0
    units = small["planning_unit"].set_index("code").geometry.to_crs(4549)
    own = units[small["building"]["planning_unit_code"]].to_numpy()
    assert shapely.covers(own, ordinary).all()


def test_heights_follow_floors(small: Tables) -> None:
    building = small["building"]
    storey_m = building["height_m"] / building["floors"]
    assert storey_m.between(2.8, 5.6).all()
    assert building["floors"].between(1, 33).all()


def test_towers_grow_where_the_town_grows(small: Tables) -> None:
    unit = small["planning_unit"].set_index("code")["subdistrict_code"]
    town = small["subdistrict"].set_index("code")["name_zh"]
    building = small["building"]
    homes = building[building["dwellings"] > 0]
    tall = (homes["floors"] >= 11).groupby(homes["planning_unit_code"].map(unit).map(town)).mean()
    assert tall["娄桥街道"] > 3 * tall["瞿溪街道"]
    assert tall["泽雅镇"] < 0.02


# --- homes and people ---------------------------------------------------------------------


def test_unit_codes_have_28_characters_and_tell_the_county(small: Tables) -> None:
    code = small["property_unit"]["code"]
    assert code.str.fullmatch(r"330304\d{6}(GB|JC)\d{5}F\d{8}").all()


def test_dwellings_of_buildings_are_those_of_the_register(small: Tables) -> None:
    register = small["property_unit"]
    homes = register[register["dwelling_use"].isin(["residential", "apartment"])]
    counted = homes.groupby("building_code").size()
    building = small["building"].set_index("code")["dwellings"]
    assert (counted.reindex(building.index, fill_value=0) == building).all()


def test_few_dwellings_are_tiny_and_some_are_small(small: Tables) -> None:
    homes = small["property_unit"]
    area_m2 = homes.loc[homes["dwelling_use"] == "residential", "area_m2"]
    assert 0.002 < (area_m2 < 20).mean() < 0.03
    assert 0.05 < area_m2.between(20, 60).mean() < 0.25


def test_shares_of_a_dwelling_sum_to_the_whole(small: Tables) -> None:
    shares = small["property_certificate"].groupby("property_unit_code")["share_pct"].sum()
    assert shares.to_numpy() == pytest.approx(100.0)


def test_certificates_follow_the_building(small: Tables) -> None:
    homes = small["property_unit"].merge(
        small["building"][["code", "built_year"]], left_on="building_code", right_on="code"
    )
    year = homes.set_index("code_x")["built_year"]
    owned = small["property_certificate"].dropna(subset="certificate_on")
    assert (owned["certificate_on"].dt.year >= owned["property_unit_code"].map(year)).all()
    assert (owned["certificate_on"] <= DATA_DATE).all()
    missing = small["property_certificate"]["certificate_on"].isna().mean()
    assert 0.01 < missing < 0.10


def test_registers_disagree_as_often_as_in_life(small: Tables) -> None:
    household = small["household"]
    local = household[household["registered"]]
    assert household.loc[~household["registered"], "registered_unit_code"].isna().all()
    assert local["registered_unit_code"].isna().mean() == pytest.approx(0.01, abs=0.005)
    moved = (local["registered_unit_code"] != local["residence_unit_code"]).mean()
    assert 0.12 < moved < 0.25
    owners = local["head_hash"].isin(small["property_certificate"]["owner_hash"]).mean()
    assert 0.80 < owners < 0.97


def test_no_date_lies_after_the_data_date(small: Tables) -> None:
    for name in ("household", "child", "property_certificate", "deferral"):
        dates = small[name].select_dtypes("datetime")
        assert (dates.max() <= DATA_DATE).all(), name
    record = small["stage_record"]
    for column in ("actual_start_on", "actual_end_on", "recorded_on"):
        assert record[column].max() <= DATA_DATE


def test_children_are_under_eighteen_and_just_over_half_are_registered(small: Tables) -> None:
    child = small["child"]
    assert child["born_on"].min() >= pd.Timestamp("2008-04-01")
    assert 0.50 < child["registered"].mean() < 0.56
    known = child.dropna(subset="registered_since")
    assert (known["registered_since"] >= known["born_on"]).all()
    assert known["registered"].all()


def test_cohorts_fall_as_the_births_of_the_city_fell(small: Tables) -> None:
    born = small["child"]["born_on"].dt.year.value_counts()
    # Published births in thousands: 114 in 2015, 65 in 2021, 52.5 in 2023.
    assert born[2021] / born[2015] == pytest.approx(65 / 114, abs=0.04)
    assert born[2023] / born[2015] == pytest.approx(52.5 / 114, abs=0.04)


def test_families_have_one_to_three_children_and_some_have_twins(small: Tables) -> None:
    child = small["child"]
    size = child.groupby("household_code").size()
    assert size.max() <= 3
    assert 0.22 < (size > 1).mean() < 0.38
    twins = child.duplicated(["household_code", "born_on"]).mean()
    assert 0.002 < twins < 0.02
    gap_days = (
        child.sort_values("born_on").groupby("household_code")["born_on"].diff().dt.days.dropna()
    )
    assert not gap_days.between(1, 280).any()


def test_urban_residents_have_their_published_share(small: Tables) -> None:
    home = small["property_unit"].set_index("code")["building_code"]
    unit = small["building"].set_index("code")["planning_unit_code"]
    urban = small["planning_unit"].set_index("code")["urban"]
    household = small["household"].dropna(subset="residence_unit_code")
    lives = household["residence_unit_code"].map(home).map(unit).map(urban).astype(bool)
    share = household.loc[lives, "members"].sum() / household["members"].sum()
    assert share == pytest.approx(0.838, abs=0.03)


# --- schools ------------------------------------------------------------------------------


def test_schools_of_every_kind_stand_in_their_own_unit(small: Tables) -> None:
    school = small["school"]
    kinds = school["kind"].value_counts()
    assert (kinds[["primary", "junior", "nine_year", "senior", "kindergarten"]] >= 2).all()
    units = small["planning_unit"].set_index("code").geometry
    own = units[school["planning_unit_code"]].to_numpy()
    assert shapely.contains(own, school.geometry.to_numpy()).all()
    assert school["code"].str.fullmatch(r"\d{10}").all()
    assert school["name_zh"].is_unique


@pytest.mark.parametrize("stage", ["kindergarten", "primary", "junior"])
def test_catchments_are_whole_connected_and_hold_their_school(small: Tables, stage: str) -> None:
    plan = small["plan_membership"]
    member = plan[plan["stage"] == stage].set_index("planning_unit_code")["school_code"]
    units = small["planning_unit"].set_index("code").geometry
    assert sorted(member.index) == sorted(units.index)
    for _, codes in member.groupby(member).groups.items():
        whole = shapely.coverage_union_all(units[codes].to_numpy())
        assert shapely.get_num_geometries(whole) == 1
    school = small["school"].set_index("code")
    own = school.loc[member.unique(), "planning_unit_code"]
    assert (member[own].to_numpy() == own.index).all()
    assert school.loc[member.unique(), "public"].all()


def test_growth_areas_are_short_of_seats_and_old_towns_are_not(small: Tables) -> None:
    ratio = pd.concat([measure_warnings(small, stage, 2026) for stage in ("primary", "junior")])
    assert (ratio >= 100).any()
    assert (ratio < 90).mean() > 0.5


def test_seats_come_in_whole_classes(small: Tables) -> None:
    seat = small["seat"]
    for stage, size in (("kindergarten", 30), ("primary", 45), ("junior", 50)):
        rows = seat[seat["stage"] == stage]
        assert (rows["entry_seats"] == rows["entry_classes"] * size).all()
    assert sorted(seat["year"].unique()) == list(range(2021, 2030))


def test_pupils_move_up_from_grade_to_grade(small: Tables) -> None:
    pupils = small["enrolment"].set_index(["school_code", "stage", "grade", "year"])["pupils"]
    before = pupils[pupils > 40]
    moved = before.index.map(lambda key: (*key[:2], key[2] + 1, key[3] + 1))
    after = pupils.reindex(moved).to_numpy()
    rate = pd.Series(after / before.to_numpy()).dropna()
    assert rate.median() == pytest.approx(1.0, abs=0.01)
    assert rate.between(0.93, 1.07).mean() > 0.98


def test_only_compulsory_schools_report_resources(small: Tables) -> None:
    kind = small["school"].set_index("code")["kind"]
    fact = small["resource_fact"]
    assert set(fact["school_code"].map(kind)) == {"primary", "junior", "nine_year"}
    assert sorted(fact["year"].unique()) == list(range(2021, 2026))


# --- projects -----------------------------------------------------------------------------


def test_construction_stages_follow_one_another(small: Tables) -> None:
    record = small["stage_record"].copy()
    order = ["civil_works", "superstructure", "topped_out", "fit_out", "completed"]
    record["place"] = record["construction_stage"].map(order.index)
    record = record.sort_values(["project_building_code", "place"])
    assert (record["planned_end_on"] >= record["planned_start_on"]).all()
    both = record.dropna(subset="actual_end_on")
    assert (both["actual_end_on"] >= both["actual_start_on"]).all()
    earlier = record.groupby("project_building_code")["actual_end_on"].shift()
    begun = record["actual_start_on"].notna() & (record["place"] > 0)
    assert (record.loc[begun, "actual_start_on"] >= earlier[begun]).all()
    assert (record.loc[record["actual_end_on"].notna(), "progress_pct"] == 100).all()
    assert (record.loc[record["actual_start_on"].isna(), "progress_pct"] == 0).all()


# --- the full district --------------------------------------------------------------------


@pytest.mark.slow
def test_the_full_district_has_its_published_size_and_is_made_in_time() -> None:
    began = time.process_time()
    full = generate(scale=1.0, seed=SEED)
    assert time.process_time() - began < 45
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6 < 2.5
    assert len(full["planning_unit"]) == pytest.approx(3000, rel=0.05)
    assert len(full["building"]) >= 60_000
    assert len(full["household"]) == 320_000
    assert full["building"]["dwellings"].sum() == pytest.approx(330_000, rel=0.03)
    assert len(full["child"]) == 160_000
    assert len(full["property_certificate"]) == pytest.approx(522_000, rel=0.01)
    assert len(full["guardian"]) == pytest.approx(283_000, rel=0.02)
    assert len(full["seat_use"]) == pytest.approx(152_000, rel=0.03)
    assert len(full["deferral"]) == pytest.approx(51, abs=8)
    assert full["child"]["identity_hash"].duplicated().sum() == 8
    assert full["road"]["end_node"].max() >= 30_000
    kinds = full["school"]["kind"].value_counts().to_dict()
    assert kinds == {
        "kindergarten": 180, "primary": 60, "training": 60, "junior": 25, "nine_year": 8,
        "senior": 8, "vocational": 3,
    }  # fmt: skip
    assert len(full["project"]) == 12
    assert len(full["project_building"]) == pytest.approx(60, abs=6)
    assert shapely.coverage_is_valid(to_metres(full["planning_unit"]))
    members = full["household"]["members"].sum()
    assert members == pytest.approx(978_200, rel=0.02)  # published residents of 2021
    for stage, red in (("kindergarten", 0.04), ("primary", 0.15), ("junior", 0.23)):
        ratio = measure_warnings(full, stage, 2026)
        assert (ratio >= 100).mean() == pytest.approx(red, abs=0.04)
    footprints = np.concatenate(
        [to_metres(full[name]) for name in ("building", "campus_building", "project_building")]
    )
    assert count_overlaps(footprints) == 0
