"""``onemap load DATASET FILE…``: through the command, and what an interrupted load leaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import yaml
from sqlalchemy import text

from gis import tables
from gis.access import Role
from gis.database import Database
from gis.errors import DatabaseError
from gis.ingest import bulk
from gis.ingest.district import remove_district
from gis.ingest.storing import insert_new
from gis.settings import PROJECT_ROOT, Settings
from scenarios import loading_files as loading
from scenarios.district import find_district
from scenarios.enrolment_warning.count import count_children
from tests.conftest import Ask
from tests.town import build_frames, store_frames

HEAD = "标识码,学段,学年,起始年级学位数,学位数\n"


@pytest.fixture(scope="module")
def filed(database: Database) -> Iterator[str]:
    """Store a copy of the town for this module, removed with it."""
    with database.begin(Role.STEWARD) as connection:
        store_frames(connection, build_frames(), code="filed")
    yield "filed"
    with database.begin(Role.STEWARD) as connection:
        remove_district(connection, "filed")


def write(path: Path, content: str, encoding: str = "utf-8") -> Path:
    path.write_text(content, encoding=encoding)
    return path


def read_seats(database: Database) -> list[tuple]:
    question = text(
        "select school.code, stage, year, seats from onemap.seat join onemap.school on"
        " school.id = school_id join onemap.district on district.id = school.district_id"
        " where district.code = 'filed' order by 1, 2, 3"
    )
    with database.begin(Role.STEWARD) as connection:
        return [tuple(row) for row in connection.execute(question)]


def test_a_file_in_gb18030_is_loaded_and_its_source_told(onemap: Ask, filed, tmp_path):
    path = write(
        tmp_path / "学位.csv", HEAD + "A,小学,2028,45,90\nA,小学,２０２９,45,90\n", "gb18030"
    )
    asked = ["load", "学位", path, "--source", "教育局", "--as-of", "2026-04-01"]
    answer = onemap(*asked, "--district", filed, "--json")
    assert answer.code == 0, answer.err
    told = answer.told
    assert (told["outcome"], told["rows"]["new"]) == ("loaded_with_warnings", 2)
    assert told["files"][0]["encoding"] == "gb18030"
    assert [one["line"] for one in told["findings"]] == [3]
    assert onemap(*asked, "--district", filed, "--json").told["outcome"] == "already_loaded"
    sources = onemap("load", "status", "--district", filed, "--json").told["sources"]
    mine = [one for one in sources if one["office"] == "教育局"]
    assert [(one["dataset"], one["as_of"], one["rows_new"]) for one in mine] == [
        ("seat", "2026-04-01", 2)
    ]
    found = onemap("load", "findings", "seats", "--district", filed, "--json").told["findings"]
    assert [(one["line"], one["found"], one["stored"]) for one in found] == [
        (3, "２０２９", "2029")
    ]
    table = onemap("load", "status", "--district", filed)
    assert "教育局" in table.out and table.code == 0


def test_a_refused_file_ends_with_3_and_its_cells_are_marked(
    onemap: Ask, database: Database, filed, tmp_path
):
    before = read_seats(database)
    path = write(tmp_path / "seats.csv", HEAD + "A,大学,2028,45,90\nNO,小学,2028,45,many\n")
    report = tmp_path / "found.xlsx"
    answer = onemap("load", "seats", path, "--report", report, "--district", filed, "--json")
    assert answer.code == 3
    assert answer.told["outcome"] == "rejected" and answer.told["mend"]
    cells = {(one["line"], one["header"]) for one in answer.told["findings"]}
    assert cells == {(2, "学段"), (3, "标识码"), (3, "学位数")}
    sheet = openpyxl.load_workbook(report).worksheets[0]
    marked = {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment}
    assert marked == {"C2", "B3", "F3"}
    assert read_seats(database) == before
    plain = onemap("load", "seats", path, "--district", filed)
    assert plain.code == 3 and "not in the code list" in plain.out


def test_a_mapping_is_suggested_before_anything_is_loaded(onemap: Ask, filed, tmp_path):
    path = write(tmp_path / "schools.csv", "标识码,校名,占地面积（亩）,备注\nA,A学校,12,\n")
    answer = onemap("load", "--suggest", "schools", path, "--map", tmp_path / "m.yaml", "--json")
    assert answer.code == 0 and answer.told["confirm"]
    written = yaml.safe_load((tmp_path / "m.yaml").read_text(encoding="utf-8"))
    assert written["columns"]["site_area_m2"]["from"] == "占地面积（亩）"
    assert written["unused"] == ["备注"]
    refused = onemap("load", "schools", path, "--district", filed)
    assert refused.code == 2 and "--suggest" in refused.err
    taken = onemap(
        "load",
        "schools",
        path,
        "--map",
        tmp_path / "m.yaml",
        "--dry-run",
        "--district",
        filed,
        "--json",
    )
    assert taken.told["rows"]["changed"] == 1


def test_catchments_come_in_as_a_plan(onemap: Ask, database: Database, filed, tmp_path):
    with database.begin(Role.OFFICER) as connection:
        count_children(connection, find_district(connection, filed))
    rows = [f"{unit},A,primary" for unit in build_frames()["planning_unit"]["code"]]
    path = write(tmp_path / "catchments.csv", "\n".join(["规划单元,学校代码,学段", *rows]) + "\n")
    answer = onemap("load", "catchments", path, "--plan", "filed", "--district", filed, "--json")
    assert answer.code == 0, answer.err
    assert answer.told["stored"] and answer.told["plan"] == "filed"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["spaceships", "a.csv"], "There is no dataset"),
        (["schools", "nowhere.csv"], "There is no file"),
        (["schools", "a.csv", "--append", "--replace"], "exclude each other"),
    ],
)
def test_wrong_usage_ends_with_2(onemap: Ask, filed, arguments, told):
    answer = onemap("load", *arguments, "--district", filed)
    assert answer.code == 2 and told in answer.err


STOP = """
import os, signal, sys
from pathlib import Path
import scenarios.loading_files as loading
from scenarios.commands import run_commands

def stop(*_given):
    os.kill(os.getpid(), signal.SIGKILL)

loading.write_findings = stop  # the rows are written, the transaction is not closed
sys.exit(run_commands(["load", "seats", sys.argv[1], "--district", "filed"]))
"""


def test_a_killed_load_leaves_the_database_as_it_was(
    database: Database, settings: Settings, filed, tmp_path
):
    before = read_seats(database)
    path = write(tmp_path / "seats.csv", HEAD + "A,小学,2030,45,90\n")
    ended = subprocess.run(
        [sys.executable, "-c", STOP, str(path)],
        cwd=PROJECT_ROOT,
        env={**os.environ, "ONEMAP_HOME": str(settings.home)},
        capture_output=True,
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert read_seats(database) == before


def test_an_interrupted_load_leaves_the_database_as_it_was(
    onemap: Ask, database: Database, filed, tmp_path, monkeypatch
):
    def interrupt(*_given):
        raise KeyboardInterrupt

    monkeypatch.setattr(loading, "write_findings", interrupt)
    before = read_seats(database)
    path = write(tmp_path / "seats.csv", HEAD + "A,小学,2030,45,90\n")
    assert onemap("load", "seats", path, "--district", filed).code == 130
    assert read_seats(database) == before


def test_a_lost_database_ends_with_4_and_leaves_it_as_it_was(
    onemap: Ask, database: Database, filed, tmp_path, monkeypatch
):
    def cut(connection, *_given):
        pid = connection.execute(text("select pg_backend_pid()")).scalar_one()
        with database.engine.begin() as other:
            other.execute(text("select pg_terminate_backend(:pid)"), {"pid": pid})
        connection.execute(text("select 1"))

    monkeypatch.setattr(loading, "write_findings", cut)
    before = read_seats(database)
    path = write(tmp_path / "seats.csv", HEAD + "A,小学,2030,45,90\n")
    answer = onemap("load", "seats", path, "--district", filed, "--json")
    assert answer.code == 4 and answer.told["mend"]
    assert read_seats(database) == before


def test_many_rows_at_once_keep_their_references_and_indexes(
    database: Database, filed, monkeypatch
):
    """The bulk way is that of a hundred thousand rows; here it is taken for two."""
    monkeypatch.setattr(bulk, "BULK_ROWS", 1)
    frame = pd.DataFrame({"code": ["b1"], "registered": True, "head_hash": "0" * 64, "members": 1})
    named = text("select indexname from pg_indexes where tablename = 'household' order by 1")
    with database.begin(Role.STEWARD) as connection:
        before = list(connection.execute(named).scalars())
        district = connection.execute(
            text("select id from onemap.district where code = 'filed'")
        ).scalar_one()
        insert_new(connection, tables.household, frame, district, stored=0)
        assert list(connection.execute(named).scalars()) == before
        assert connection.execute(text("select current_user")).scalar_one() == "onemap_steward"
    wrong = frame.assign(code="b2", registered_unit_id=-1)
    with pytest.raises(DatabaseError), database.begin(Role.STEWARD) as connection:
        insert_new(connection, tables.household, wrong, district, stored=0)
