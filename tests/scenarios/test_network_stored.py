"""The network of the little town: walks by hand, white spots, subdistricts side by side."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from sqlalchemy import Connection

from gis.access import Role
from gis.database import Database, read_table
from layers.surfaces import draw_white_spots, read_land
from scenarios.district import District
from scenarios.residents import count_residents
from scenarios.school_network.walking_bands import update_walking_bands
from tests.conftest import Ask, act_as
from tests.scenarios.test_surfaces_stored import read_at
from tests.streets import keep_streets, undo_later

Streets = tuple[Connection, District]


@pytest.fixture(scope="module")
def kept(database: Database) -> Iterator[Streets]:
    with keep_streets(database) as (connection, district):
        act_as(connection, Role.OFFICER)
        count_residents(connection, district)
        act_as(connection, Role.PLANNER)
        update_walking_bands(connection, district)
        yield connection, district


@pytest.fixture
def streets(kept: Streets) -> Iterator[Streets]:
    with undo_later(kept[0]) as connection:
        act_as(connection, Role.PLANNER)
        yield connection, kept[1]


def count_children(streets: Streets, sector: str) -> dict[str, list[float]]:
    """Return the children of the primary bands 300, 500, 1000, 1500 m and beyond, by place."""
    connection, district = streets
    bands = read_table(connection, "network_bands", district_id=district.id)
    mine = bands[(bands["stage"] == "primary") & (bands["sector"] == sector)]
    return {
        str(place): part["children"].round(6).tolist()
        for place, part in mine.groupby("subdistrict_code")
    }


def test_children_are_counted_by_their_walk_along_the_streets(streets: Streets) -> None:
    # A and B are public. Registered are h01 at A, h02 a street (983 m) from it, h03 at 11, two
    # streets (1967 m) from B, h08 at 20, three and a half (4059 m); h05 and h06 1108 m from B.
    west, east = "330304001", "330304002"
    assert count_children(streets, "public") == {west: [1, 0, 1, 0, 2], east: [0, 0, 0, 2, 0]}
    # The private P stands where h08 lives.
    assert count_children(streets, "all") == {west: [2, 0, 1, 0, 1], east: [0, 0, 0, 2, 0]}


def test_every_resident_lies_in_one_band(streets: Streets) -> None:
    connection, district = streets
    bands = read_table(connection, "network_bands", district_id=district.id)
    residents = read_table(connection, "surface_residents", district_id=district.id)
    sums = bands.groupby(["stage", "sector"])["residents"].sum()
    assert np.allclose(sums, residents["residents"].sum())
    assert bands["up_to_m"].isna().sum() == sums.size * 2


def test_the_same_data_is_measured_once(streets: Streets) -> None:
    connection, district = streets
    first = update_walking_bands(connection, district)
    assert first is not None and update_walking_bands(connection, district) == first


def test_the_surface_shows_the_white_spot_and_leaves_served_ground_clear(streets: Streets) -> None:
    connection, district = streets
    land = read_land(connection, district.id, district.profile)
    surface = draw_white_spots(connection, land, stage="primary", year=2026)
    assert read_at(surface, "20") >= 0 and read_at(surface, "11") >= 0
    assert np.isnan(read_at(surface, "01")) and np.isnan(read_at(surface, "03"))


def test_the_command_tells_types_places_and_growth(onemap: Ask, town: District) -> None:
    told = onemap("network", "--json").told
    assert (told["year"], told["run"], told["synthetic"]) == (2026, None, True), "no roads"
    types = {row["kind"]: row for row in told["types"]}
    # 13 households of 3 with a home; A with 18 seats and P with 54 for them.
    assert types["primary"]["seats"] == 72 and types["primary"]["private_schools"] == 1
    density = 10_000 * types["primary"]["seats"] / told["residents"]
    assert types["primary"]["seats_per_10k"] == pytest.approx(density)
    growth = {row["year"]: row for row in told["growth"]}
    assert (growth[2025]["pupils"], growth[2025]["seats"]) == (310, None)
    assert growth[2026]["pupils"] is None and growth[2026]["schools"] == 3


def test_two_subdistricts_stand_side_by_side(onemap: Ask, town: District) -> None:
    answer = onemap("network", "--compare", "西街道", "--with", "330304002", "--json")
    measures = {
        (row["measure"], row["of"]): (row["first"], row["second"], row["difference"])
        for row in answer.told["comparison"]["measures"]
    }
    # In the west A and P, in the east B.
    assert measures["schools", ""] == (2, 1, -1)
    assert measures["kind", "nine_year"] == (0, 1, 1)
    assert measures["seats", ""] == (72, 27, -45)


def test_a_comparison_needs_two_places_that_exist(onemap: Ask, town: District) -> None:
    alone = onemap("network", "--compare", "西街道")
    assert alone.code == 2 and "--with" in alone.err
    wrong = onemap("network", "--compare", "西街道", "--with", "北街道", "--json")
    assert wrong.code == 2 and "330304002 东镇" in wrong.told["mend"]
