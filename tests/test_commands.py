"""``onemap``: what it answers, what it says when it cannot, and its exit codes."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import pandas as pd
import pytest
from sqlalchemy import select

from gis import tables
from gis.access import Role
from gis.database import Database, open_database
from gis.embedded import EmbeddedCluster
from gis.settings import PROJECT_ROOT, load_settings
from scenarios.commands import run_commands
from scenarios.district import District
from tests.conftest import make_home
from tests.town import COUNTS, PROFILE, build_units, list_members


class Answer(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def told(self) -> dict[str, Any]:
        """The one JSON object on standard output, and nothing else."""
        assert self.out.endswith("\n") and self.out.count("\n") == 1, self.out
        told = json.loads(self.out, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
        assert isinstance(told, dict)
        return told


Ask = Callable[..., Answer]


@pytest.fixture
def onemap(
    database: Database,
    town_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Ask:
    """Run a command in this process, on the session's database and the town's profile."""
    monkeypatch.setenv("ONEMAP_DISTRICTS", str(town_folder.parent))
    monkeypatch.setenv("ONEMAP_DISTRICT", "town")
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: object) -> Answer:
        capfd.readouterr()
        code = run_commands([str(one) for one in arguments])
        return Answer(code, *capfd.readouterr())

    return run


# -- counting ----------------------------------------------------------------------------


def test_count_answers_with_one_json_object(onemap, town):
    answer = onemap("count", "--stage", "primary", "--year", 2026, "--json")
    assert (answer.code, answer.err) == (0, "")
    told = answer.told
    assert {"district", "plan", "stage", "year", "run", "data_date"} <= set(told)
    assert (told["district"], told["plan"], told["year"]) == ("town", "statutory", 2026)
    assert (told["data_date"], told["synthetic"]) == ("2026-03-31", True)
    rows = {
        row["school_code"] or row["outside_reason"]: (row["children"], row["registered_children"])
        for row in told["catchments"]
    }
    assert rows == COUNTS["statutory", "primary", 2026]
    assert {row["run_id"] for row in told["catchments"]} == {told["run"]}
    assert told["totals"]["children"] == told["children"] == 9
    assert told["totals"]["outside_children"] == 2
    assert "moved_children" not in told


def test_counts_of_all_stages_add_up(onemap, town):
    told = onemap("count", "--json").told
    parts = [onemap("count", "--stage", stage, "--json").told for stage in ("primary", "junior")]
    assert told["stage"] is None
    assert told["children"] == sum(part["children"] for part in parts) == 11
    assert len(told["catchments"]) == sum(len(part["catchments"]) for part in parts)


def test_count_against_another_plan_tells_the_moved_children(onemap, town):
    told = onemap(
        *("count", "--stage", "primary", "--plan", "nearest", "--against", "statutory", "--json")
    ).told
    assert (told["against"], told["moved_children"], told["totals"]["moved_children"]) == (
        "statutory",
        1,
        1,
    )


def test_count_of_every_plan_sets_them_side_by_side(onemap, town):
    told = onemap("count", "--stage", "primary", "--every-plan", "--json").told
    assert told["against"] == "statutory"
    assert "catchments" not in told
    assert [row["plan"] for row in told["plans"]] == ["statutory", "nearest"]
    assert [row["moved_children"] for row in told["plans"]] == [0, 1]
    assert {row["children"] for row in told["plans"]} == {9}
    assert all(
        set(row)
        == {
            *("plan", "children", "registered_children", "counted_children", "seats"),
            *("shortfall_seats", "surplus_seats", "outside_children", "catchments"),
            *("red_catchments", "yellow_catchments", "moved_children"),
        }
        for row in told["plans"]
    )
    against = onemap(
        *("count", "--stage", "primary", "--every-plan", "--against", "nearest", "--json")
    ).told
    assert [row["moved_children"] for row in against["plans"]] == [1, 0]


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


def test_people_get_a_table(onemap, town):
    answer = onemap("count", "--stage", "primary", "--year", 2026)
    assert (answer.code, answer.err) == (0, "")
    assert re.search(r"A +│ A学校", answer.out)
    assert "school_id" not in answer.out
    assert "children 9" in answer.out and "outside_children 2" in answer.out
    every = onemap("count", "--every-plan")
    assert every.code == 0 and "nearest" in every.out


def test_stage_without_catchments_is_told(onemap, town):
    answer = onemap("count", "--stage", "senior", "--json")
    assert answer.code == 2
    assert "counts nobody in senior 2026" in answer.told["found"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("count", "--district", "atlantis"), r"'atlantis' is not loaded \(loaded: .*town"),
        (("count", "--plan", "x"), "no plan 'x'.*statutory, nearest"),
        (("count", "--against", "x"), "no plan 'x'.*statutory, nearest"),
        (("count", "--stage", "college"), "no stage 'college'.*primary, junior, senior"),
        (("count", "--year", "2031"), "Year 2031 is not counted.*2026 to 2027"),
        (("count", "--year", "soon"), "Invalid value for '--year'"),
        (("draw", "--method", "magic"), "no method 'magic'.*nearest"),
        (("export", "rivers"), "no layer 'rivers'.*catchments, schools, buildings"),
        (("export", "schools", "--format", "shp"), "no format 'shp'.*geojson, gpkg, csv"),
        (("export", "catchments", "--stage", "senior"), "is empty for this choice"),
        (("export",), "Missing argument 'layer'"),
        (("fly",), "No such command 'fly'"),
        (("count", "--fly"), "No such option"),
        (("load", "sample", "--district", "atlantis"), "atlantis/profile.toml cannot be read"),
        (("load", "sample"), "town is loaded already.*--replace"),
    ],
)
def test_wrong_request_is_answered_with_code_2_and_what_would_be_right(
    onemap, town, tmp_path, monkeypatch, arguments, complaint
):
    monkeypatch.chdir(tmp_path)
    answer = onemap(*arguments)
    assert answer.code == 2
    assert answer.out == ""
    assert re.search(complaint, answer.err), answer.err
    assert "Traceback" not in answer.err
    as_json = onemap(*arguments, "--json")
    assert as_json.code == 2
    assert set(as_json.told) == {"error", "found", "mend"}
    assert list(tmp_path.iterdir()) == []


# -- drawing and exporting ---------------------------------------------------------------


def test_draw_tells_the_plan_and_leaves_an_unchanged_one_alone(onemap, town):
    first, second = (onemap("draw", "--json").told for _ in range(2))
    assert first == second
    assert (first["district"], first["plan"]) == ("town", "nearest")
    assert onemap("draw").out.startswith("Plan nearest of town is drawn")


def test_export_writes_where_it_is_told_and_tells_where_it_wrote(
    onemap, town, tmp_path, monkeypatch
):
    path = tmp_path / "施教区.gpkg"
    told = onemap(
        *("export", "catchments", "--stage", "primary", "--format", "gpkg"),
        *("--out", path, "--json"),
    ).told
    assert (told["file"], told["features"], told["plan"]) == (str(path), 2, "statutory")
    assert len(gpd.read_file(path)) == 2
    monkeypatch.chdir(tmp_path)
    assert onemap("export", "schools").out == "4 features written to town_schools_2026.geojson.\n"
    assert (tmp_path / "town_schools_2026.geojson").exists()


def test_export_to_a_place_that_cannot_be_written_is_told(onemap, town, tmp_path):
    answer = onemap("export", "schools", "--out", tmp_path / "nowhere" / "a.geojson", "--json")
    assert answer.code == 1
    assert "nowhere" in answer.told["found"] and "--out" in answer.told["mend"]


# -- loading files -----------------------------------------------------------------------

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


def is_loaded(database: Database, code: str) -> bool:
    with database.begin(Role.LEADER) as connection:
        known = select(tables.district.c.id).where(tables.district.c.code == code)
        return connection.execute(known).scalar() is not None


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


# -- the program and its database --------------------------------------------------------


@pytest.fixture
def bare_home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Point the commands at a folder where no database is yet; stop what they leave running."""
    with make_home() as home:
        monkeypatch.setenv("ONEMAP_HOME", str(home))
        yield home
        EmbeddedCluster(home).stop(force=True)


def test_database_is_started_looked_at_migrated_and_stopped(onemap, bare_home):
    assert onemap("db", "status", "--json").told["state"] == "absent"
    started = onemap("db", "start", "--json").told
    assert (started["state"], started["kept"]) == ("running", True)
    assert started["folder"] == str(bare_home)
    migrated = onemap("db", "migrate", "--json")
    assert re.fullmatch(r"\d{4}", migrated.told["revision"])
    empty = onemap("count", "--json")
    assert empty.code == 2
    assert empty.told["found"] == "District 'town' is not loaded (loaded: none)."
    assert "onemap load" in empty.told["mend"]
    assert re.search(r"^state +running$", onemap("db", "status").out, flags=re.M)
    stopped = onemap("db", "stop", "--json").told
    assert (stopped["state"], stopped["kept"]) == ("stopped", False)


KILLED_PROGRAM = """
import sys, time
from gis.ingest import district
from scenarios.commands import run_commands

write = district.write_rows
def wait_at_the_children(connection, table, frame):
    digest = write(connection, table, frame)
    if table.name == "child":
        print("in the middle", flush=True)
        time.sleep(600)
    return digest

district.write_rows = wait_at_the_children
sys.exit(run_commands(["load", "sample"]))
"""


def test_load_that_is_killed_in_the_middle_leaves_no_district(onemap, bare_home):
    with subprocess.Popen(
        [sys.executable, "-c", KILLED_PROGRAM],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)},
    ) as loading:
        assert loading.stdout is not None
        assert loading.stdout.readline() == "in the middle\n"
        loading.send_signal(signal.SIGKILL)
    with open_database(load_settings()) as database:
        assert not is_loaded(database, "town")
        with database.begin(Role.STEWARD) as connection:
            assert connection.execute(select(tables.child.c.id)).all() == []
        first = onemap("load", "sample", "--json")
        assert (first.code, first.told["rows"]["child"]) == (0, 16)
        again = onemap("load", "sample", "--json")
        assert again.code == 2
        assert "--replace" in again.told["mend"]
        anew = onemap("load", "sample", "--replace", "--small", "--json")
        assert (anew.code, anew.told["rejected_rows"]) == (0, 0)


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("postgresql://nobody@127.0.0.1:1/none", "does not answer"),
        ("nonsense", "is no database address"),
    ],
)
def test_database_that_is_not_there_is_told_with_code_4(onemap, monkeypatch, url, complaint):
    monkeypatch.setenv("ONEMAP_DATABASE_URL", url)
    answer = onemap("count", "--json")
    assert answer.code == 4
    assert complaint in answer.told["found"]
    assert answer.err.startswith("Database trouble: ")


def test_external_database_is_not_ours_to_start_or_stop(onemap, monkeypatch):
    monkeypatch.setenv("ONEMAP_DATABASE_URL", "postgresql://me@db/onemap")
    for command in ("start", "stop", "status"):
        answer = onemap("db", command)
        assert (answer.code, "not ours to start or stop" in answer.err) == (2, True)


def test_wrong_setting_is_told_with_its_name(onemap, monkeypatch):
    monkeypatch.setenv("ONEMAP_PORT", "many")
    answer = onemap("count", "--json")
    assert answer.code == 2
    assert "ONEMAP_PORT" in answer.told["found"]


def test_installed_program_shows_its_help():
    program = Path(sys.executable).with_name("onemap")
    done = subprocess.run([program, "--help"], capture_output=True, text=True, check=True)
    assert "教育智治一张图" in done.stdout
    assert "count" in done.stdout and "export" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize("arguments", [(), ("db",), ("load",)])
def test_want_of_a_command_shows_the_help_with_code_2(onemap, arguments):
    answer = onemap(*arguments)
    assert answer.code == 2
    assert "Usage: onemap" in answer.out + answer.err
    assert "No command is given" in answer.err


@pytest.mark.parametrize(
    "command", ["count", "draw", "export", "load sample", "load district", "db"]
)
def test_every_command_explains_itself(onemap, command):
    answer = onemap(*command.split(), "--help")
    assert (answer.code, answer.err) == (0, "")
    assert "Usage: onemap" in answer.out


def test_program_that_fails_says_so_and_logs_why(onemap, monkeypatch, caplog, town):
    def fail(*_: object, **__: object) -> pd.DataFrame:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("scenarios.commands.count.compare_plans", fail)
    answer = onemap("count", "--json")
    assert answer.code == 1
    assert answer.told["found"] == "The program failed; see the log above."
    assert "ZeroDivisionError" in caplog.text


def test_interrupted_program_ends_with_130(onemap, monkeypatch, town: District):
    def stop(*_: object, **__: object) -> pd.DataFrame:
        raise KeyboardInterrupt

    monkeypatch.setattr("scenarios.commands.count.compare_plans", stop)
    answer = onemap("count")
    assert (answer.code, answer.err) == (130, "Interrupted; nothing half-done was kept.\n")
