"""``onemap load district``: files in, a district or nothing of it stored."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest

from gis import tables
from gis.access import Role
from gis.database import Database
from tests.conftest import Answer, Ask
from tests.stored import is_loaded
from tests.town import PROFILE, build_units, list_members

FILES_PROFILE = """
[[sources]]
dataset = "planning_unit"
file = "units.geojson"
columns = { code = "unit" }

[[sources]]
dataset = "unit_demand"
file = "units.geojson"
columns = { planning_unit_code = "unit", children = "pupils", registered_children = "pupils" }
constants = { stage = "primary", year = 2026 }

[[sources]]
dataset = "school"
file = "schools.csv"
columns = { code = "school", name_zh = "school" }
constants = { kind = "primary", public = true }
point = ["lon", "lat"]
crs = "EPSG:4490"

[[sources]]
dataset = "seat"
file = "schools.csv"
columns = { school_code = "school", seats = "seats", entry_seats = "seats" }
constants = { stage = "primary", year = 2026 }

[[sources]]
dataset = "plan_membership"
file = "units.geojson"
columns = { planning_unit_code = "unit" }
constants = { stage = "primary" }
melt = { columns = ["current"], name = "plan_code", value = "school_code" }
"""
ALL_A = "aaaa\naaaa\naaaA\n"


def write_district(folder: Path, **changes: str) -> Path:
    """Write a profile with files: twelve units of one pupil each, one school."""
    content = tomllib.loads(PROFILE)
    text = PROFILE.split("[balance]")[0]  # no rules of balance, no sample
    for key, value in {"code": "files", "default_plan": "current", **changes}.items():
        text = text.replace(f'{key} = "{content[key]}"', f'{key} = "{value}"', 1)
    text = text.replace("entry_age = 6", 'demand = "unit"\nentry_age = 6')
    (folder / "profile.toml").write_text(text + FILES_PROFILE, encoding="utf-8")
    units = build_units(ALL_A).rename(columns={"code": "unit"}).to_crs(4326)
    units["unit"] = "u" + units["unit"]
    members = {f"u{unit}": school for unit, school in list_members(ALL_A).items()}
    units.assign(pupils=1, current=units["unit"].map(members)).to_file(
        folder / "units.geojson", driver="GeoJSON"
    )
    (folder / "schools.csv").write_text("school,lon,lat,seats\nA,120.635,28.005,10\n")
    return folder


def load(onemap: Ask, folder: Path, *options: str) -> Answer:
    where = ("--profile", folder / "profile.toml", "--from", folder)
    return onemap("load", "district", *where, "--json", *options)


def remove(database: Database, code: str) -> None:
    with database.begin(Role.STEWARD) as connection:
        connection.execute(tables.district.delete().where(tables.district.c.code == code))


def test_district_is_loaded_from_files_and_counted(onemap, database, tmp_path):
    folder = write_district(tmp_path)
    try:
        answer = load(onemap, folder)
        assert answer.code == 0
        told = answer.told
        assert told["rows"] == {
            **{"planning_unit": 12, "school": 1, "seat": 1},
            **{"plan": 1, "plan_membership": 12, "unit_demand": 12},
        }
        assert (told["rejected_rows"], told["rejected"]) == (0, [])
        counted = onemap("count", "--district", "files", "--json").told
        assert (counted["children"], counted["seats"], counted["shortfall_seats"]) == (12, 10, 2)
        again = load(onemap, folder)
        assert (again.code, "loaded already" in again.err) == (2, True)
        assert load(onemap, folder, "--replace").code == 0
    finally:
        remove(database, "files")


def test_refused_rows_are_reported_and_the_rest_is_loaded(onemap, database, tmp_path):
    folder = write_district(tmp_path)
    units = gpd.read_file(folder / "units.geojson")
    units.loc[0, "geometry"] = None
    units.to_file(folder / "units.geojson", driver="GeoJSON")
    try:
        told = load(onemap, folder).told
        assert told["rejected_rows"] == len(told["rejected"]) == 3
        assert told["rejected"][0] == {
            "dataset": "planning_unit",
            "row_ref": "u00",
            "column_name": "geom",
            "found": "empty",
            "rule": "the geometry is empty",
            "mend": "Draw it in the source, or remove the row.",
        }
        people = onemap(
            *("load", "district", "--profile", folder / "profile.toml"),
            *("--from", folder, "--replace"),
        )
        assert (people.code, "3 rows refused" in people.out) == (0, True)
    finally:
        remove(database, "files")


def damage(name: str, change: Callable[[str], str]) -> Callable[[Path], None]:
    """Change the text of one file of a district."""

    def apply(folder: Path) -> None:
        path = folder / name
        path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")

    return apply


@pytest.mark.parametrize(
    ("spoil", "code", "complaint"),
    [
        (lambda folder: (folder / "schools.csv").unlink(), 2, r"There is no file .*schools\.csv"),
        (lambda folder: (folder / "profile.toml").unlink(), 2, r"profile\.toml cannot be read"),
        (
            damage("schools.csv", lambda text: text.replace("seats", "places")),
            3,
            r"schools\.csv lacks the column seats; it has school, lon, lat, places",
        ),
        (
            damage("units.geojson", lambda text: text[: len(text) // 2]),
            3,
            r"units\.geojson cannot be read as geojson",
        ),
        (damage("profile.toml", lambda text: f"this is no TOML {text}"), 2, "is no valid TOML"),
        (damage("profile.toml", lambda text: "typo = 1\n" + text), 2, "is wrong: typo: Extra"),
        (
            damage("profile.toml", lambda text: text.replace('crs = "EPSG:4490"', "")),
            3,
            r"schools\.csv states no coordinate system",
        ),
        (
            damage("profile.toml", lambda text: text.replace('"EPSG:4490"', '"EPSG:1"')),
            3,
            "is no known map coordinate system",
        ),
        (
            damage(
                "profile.toml",
                lambda text: text.replace("metric_srid = 4549", "metric_srid = 4326"),
            ),
            3,
            "does not measure in metres",
        ),
        (
            damage("profile.toml", lambda text: text.split("[[sources]]", maxsplit=1)[0]),
            2,
            r"names no files.*\[\[sources\]\]",
        ),
        (
            damage("profile.toml", lambda text: text.replace('"unit_demand"', '"unit_demands"')),
            3,
            "Unknown dataset unit_demands",
        ),
        (
            damage("schools.csv", lambda text: text.replace(",10", ",ten")),
            3,
            r"seat\.entry_seats: the value must be",
        ),
    ],
)
def test_district_that_cannot_be_loaded_is_told_and_leaves_nothing(
    onemap, database, tmp_path, spoil, code, complaint
):
    folder = write_district(tmp_path)
    spoil(folder)
    answer = load(onemap, folder)
    assert answer.code == code, answer.err
    assert re.search(complaint, answer.err), answer.err
    assert "Traceback" not in answer.err
    assert set(answer.told) == {"error", "found", "mend"}
    assert not is_loaded(database, "files")


def test_rows_about_real_persons_ask_for_a_key_of_ones_own(onemap, database, tmp_path, monkeypatch):
    profile = write_district(tmp_path) / "profile.toml"
    children = '[[sources]]\ndataset = "child"\nfile = "children.csv"\n'
    text = profile.read_text(encoding="utf-8").replace("synthetic = true", "synthetic = false")
    profile.write_text(f"{text}\n{children}", encoding="utf-8")
    answer = load(onemap, tmp_path)
    assert answer.code == 2
    assert "ONEMAP_ID_KEY" in answer.told["mend"]
    monkeypatch.setenv("ONEMAP_ID_KEY", "a secret of the town")
    assert "There is no file" in load(onemap, tmp_path).told["found"]
    assert not is_loaded(database, "files")


def test_missing_folder_is_told(onemap, tmp_path):
    folder = write_district(tmp_path)
    answer = onemap(
        *("load", "district", "--profile", folder / "profile.toml", "--from", tmp_path / "gone")
    )
    assert (answer.code, "There is no folder" in answer.err) == (2, True)


def test_profile_without_a_sample_is_told(onemap, tmp_path, monkeypatch):
    (tmp_path / "files").mkdir()
    write_district(tmp_path / "files")
    monkeypatch.setenv("ONEMAP_DISTRICTS", str(tmp_path))
    answer = onemap("load", "sample", "--district", "files")
    assert (answer.code, "has no sample" in answer.err) == (2, True)


def test_plan_can_be_counted_where_the_default_plan_is_not_there(onemap, database, tmp_path):
    folder = write_district(tmp_path, default_plan="elsewhere")
    try:
        assert load(onemap, folder).code == 0
        told = onemap("count", "--district", "files", "--plan", "current", "--json")
        assert (told.code, told.told["children"]) == (0, 12)
        missing = onemap("count", "--district", "files", "--json")
        assert (missing.code, "no plan 'elsewhere'" in missing.err) == (2, True)
    finally:
        remove(database, "files")
