"""The sample's own addresses, mangled by seeded noise, are found again."""

from __future__ import annotations

import pytest

from gis.access import Role
from gis.addresses.matching import match_addresses
from gis.database import Database, read_bulk
from scenarios.addresses.locate import count_levels, read_base
from scenarios.district import find_district
from tests.addresses.mangled import write_addresses, write_numeral


@pytest.mark.parametrize("seed", [11])
def test_mangled_addresses_find_their_unit_or_wait_for_a_person(
    small_database: Database, seed: int
) -> None:
    with small_database.begin(Role.STEWARD) as connection:
        district = find_district(connection, "ouhai")
        base = read_base(connection, district)
        asked = {"district_id": district.id}
        buildings = read_bulk(connection, "address_buildings", **asked)
        dwellings = read_bulk(connection, "address_dwellings", **asked)
    truth = write_addresses(buildings, dwellings, 8000, seed=seed)
    matches = match_addresses(truth["text"], base, district.profile.addresses.list_rules())
    answers = matches.answers
    found = answers["state"] == "found"
    is_right = answers["unit"] == truth["unit"]
    assert (found & is_right).mean() >= 0.98
    assert (found & ~is_right).mean() <= 0.005
    told = found & answers["building"].notna()
    assert (answers["building"] == truth["building"])[told].mean() >= 0.995
    counts = count_levels(matches)
    assert counts.found + counts.queued_rows == counts.rows == len(truth)
    assert sum(counts.levels.values()) == counts.rows


def test_the_noise_writes_numerals_as_people_do() -> None:
    assert [write_numeral(number) for number in (10, 20, 110)] == ["十", "二十", "一百一十"]
