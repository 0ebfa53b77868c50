"""``onemap assign``: one run for the same inputs, nothing from a dry run or a killed one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from sqlalchemy import func, select

from gis import tables
from gis.access import Role
from gis.ingest.district import remove_district
from gis.settings import PROJECT_ROOT
from tests.admission_town import OTHER_RULES, RULES, build_admission_frames, write_rules
from tests.town import store_frames

HERE = ("assign", "--district", "court", "--stage", "primary", "--year", "2026")
BY_RULES = ("--rules", str(RULES))


@pytest.fixture
def court(database, town_folder, monkeypatch):
    """Load the town with guardians and owners, nobody assigned yet."""
    with database.begin(Role.STEWARD) as connection:
        store_frames(connection, build_admission_frames(), code="court")
    monkeypatch.setenv("ONEMAP_DISTRICTS", str(town_folder.parent))
    yield
    with database.begin(Role.STEWARD) as connection:
        remove_district(connection, "court")


def count_stored(database) -> tuple[int, int, int]:
    """Return how many runs, results and cut lines of admissions are stored."""
    run, result, cut = tables.run, tables.admission_result, tables.admission_cut
    mine = run.c.kind.like("admission %")
    with database.begin(Role.OFFICER) as connection:
        return (
            connection.execute(select(func.count()).where(mine)).scalar_one(),
            connection.execute(select(func.count()).select_from(result)).scalar_one(),
            connection.execute(select(func.count()).select_from(cut)).scalar_one(),
        )


def test_everybody_is_counted_once_and_the_same_inputs_give_the_same_run(onemap, court, database):
    first = onemap(*HERE, *BY_RULES, "--seed", "7", "--json").told
    assert (first["children"], first["seated"], first["placed"], first["exception"]) == (9, 5, 2, 2)
    assert first["seats"] - first["seats_left"] == 7
    assert sum(row["seated"] for row in first["batches"]) == 5
    assert {row["reason"]: row["children"] for row in first["exceptions"]} == {
        "no_address": 1,
        "no_catchment": 1,
    }
    stored = count_stored(database)
    again = onemap(*HERE, *BY_RULES, "--seed", "7", "--json").told
    assert (again["run"], again["was_stored"]) == (first["run"], True)
    same = {name: again[name] for name in ("children", "seated", "batches", "exceptions", "seats")}
    assert same == {name: first[name] for name in same}
    assert count_stored(database) == stored


def test_other_rules_or_another_seed_make_a_run_of_their_own(onemap, court, database):
    first = onemap(*HERE, *BY_RULES, "--json").told["run"]
    other = onemap(*HERE, "--rules", str(OTHER_RULES), "--json").told["run"]
    seeded = onemap(*HERE, *BY_RULES, "--seed", "2", "--json").told["run"]
    assert len({first, other, seeded}) == 3
    assert onemap(*HERE, *BY_RULES, "--json").told["run"] == first
    runs, results, _ = count_stored(database)
    assert (runs, results) == (3, 27)


def test_a_dry_run_tells_all_and_stores_nothing(onemap, court, database):
    before = count_stored(database)
    told = onemap(*HERE, *BY_RULES, "--dry-run", "--json").told
    assert (told["run"], told["dry_run"], told["children"]) == (None, True, 9)
    assert count_stored(database) == before
    assert "Nothing was stored." in onemap(*HERE, *BY_RULES, "--dry-run").out


def test_what_cannot_be_assigned_is_refused(onemap, court, database, tmp_path):
    broken = write_rules(tmp_path, "broken.yaml", ("least_share_pct: 50", "least_share_pct: many"))
    old = write_rules(
        tmp_path,
        "old.yaml",
        ("year: 2026", "year: 2025"),
        ("opens_on: 2026-05-20", "opens_on: 2025-05-20"),
    )
    before = count_stored(database)
    for asked, code, complaint in (
        (("--rules", str(broken)), 3, "least_share_pct"),
        (("--rules", str(old)), 2, "made for 2025"),
        (("--rules", str(tmp_path / "nowhere.yaml")), 2, "nowhere.yaml"),
        ((), 2, "admission_2026.yaml"),  # the town has no rules of its own
        ((*BY_RULES, "--plan", "nothing"), 2, "no plan 'nothing'"),
        ((*BY_RULES, "--seed", "-1"), 2, "is no seed"),
        ((*BY_RULES, "--stage", "senior"), 2, "senior"),
        ((*BY_RULES, "--stage", "junior"), 3, "nobody who may enter"),
    ):
        answer = onemap(*HERE, *asked, "--json")
        assert answer.code == code, answer.err
        assert complaint in answer.told["found"] + answer.told["mend"]
    assert count_stored(database) == before


KILLED_PROGRAM = """
import sys, time
from scenarios.commands import run_commands
from scenarios.enrolment_warning.admission import assign

write = assign.write_rows
def wait_at_the_cuts(connection, table, frame):
    digest = write(connection, table, frame)
    print("in the middle", flush=True)
    time.sleep(600)
    return digest

assign.write_rows = wait_at_the_cuts
sys.exit(run_commands(sys.argv[1:]))
"""


def test_a_run_that_is_killed_in_the_middle_leaves_nothing(onemap, court, database):
    before = count_stored(database)
    with subprocess.Popen(
        [sys.executable, "-c", KILLED_PROGRAM, *HERE, *BY_RULES],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)},
    ) as assigning:
        assert assigning.stdout is not None
        assert assigning.stdout.readline() == "in the middle\n"
        assigning.send_signal(signal.SIGKILL)
    assert count_stored(database) == before
    assert onemap(*HERE, *BY_RULES, "--json").told["was_stored"] is False
