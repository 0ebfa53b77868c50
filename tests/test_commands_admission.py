"""``onemap admission`` and ``onemap assign --replay``: answers, refusals, exit codes, files."""

from __future__ import annotations

import csv

import openpyxl
import pytest
from pypdf import PdfReader
from sqlalchemy import text

from gis.access import Role
from gis.ingest.district import remove_district
from scenarios.commands import run_commands
from tests.admission_town import (
    FATES,
    OTHER_RULES,
    RULES,
    build_admission_frames,
    write_rules,
)
from tests.town import store_frames

HERE = ("--district", "court")


@pytest.fixture(scope="module")
def court(database, town_folder):
    """Load the town with guardians and owners beside the other one, and assign its children."""
    with database.begin(Role.STEWARD) as connection:
        store_frames(connection, build_admission_frames(), code="court")
    asked = ("--stage", "primary", "--year", "2026", "--rules", str(RULES), "--seed", "7")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ONEMAP_DISTRICTS", str(town_folder.parent))
        assert run_commands(["assign", *HERE, *asked]) == 0
    yield
    with database.begin(Role.STEWARD) as connection:
        remove_district(connection, "court")


@pytest.fixture
def run(onemap, court):
    return onemap("admission", "runs", *HERE, "--json").told["runs"][-1]["run"]


def count_logged(database):
    with database.begin(Role.OFFICER) as connection:
        return connection.execute(text("select count(*) from registry.access_log")).scalar_one()


# -- reading -----------------------------------------------------------------------------


def test_runs_are_listed_with_what_came_of_them(onemap, run):
    [row] = onemap("admission", "runs", *HERE, "--stage", "primary", "--json").told["runs"]
    assert (row["children"], row["seated"], row["placed"], row["exceptions"]) == (9, 5, 2, 2)
    assert (row["rules"], row["plan"], row["seed"]) == ("ouhai_2026", "statutory", 7)
    assert onemap("admission", "runs", *HERE, "--stage", "junior", "--json").told["runs"] == []
    assert "ouhai_2026" in onemap("admission", "runs", *HERE).out


def test_a_child_is_explained_to_programs_and_people(onemap, run, database):
    logged = count_logged(database)
    answer = onemap("admission", "explain", "c02", *HERE, "--json")
    assert (answer.code, answer.err) == (0, "")
    page, words = answer.told["page"], answer.told["words"]
    assert (page["outcome"], page["school"]["code"], page["origin"]["run_id"]) == (
        *("placed", "B", run),
    )
    assert words["title"] == "入学安排说明" and words["result"] == "B学校"
    told = onemap("admission", "explain", "c02", *HERE, "--run", run, "--lang", "en").out
    assert "School B" in told and "Taken by another family until 2028" in told
    assert count_logged(database) == logged + 2


def test_the_page_is_written_as_a_file_or_not_at_all(onemap, run, tmp_path):
    path = tmp_path / "c01.pdf"
    answer = onemap("admission", "explain", "c01", *HERE, "--pdf", path, "--lang", "en")
    assert answer.code == 0 and str(path) in answer.out
    assert "218.13" in "".join(page.extract_text() for page in PdfReader(path).pages)
    lost = tmp_path / "nowhere" / "c01.pdf"
    answer = onemap("admission", "explain", "c01", *HERE, "--pdf", lost)
    assert answer.code == 1 and "cannot be written" in answer.err
    assert [one.name for one in tmp_path.iterdir()] == ["c01.pdf"]


def test_cut_lines_tell_what_one_more_class_changes(onemap, run):
    told = onemap("admission", "cuts", *HERE, "--run", run, "--json").told
    assert (told["run"], told["more_seats"], told["synthetic"]) == (run, 45, True)
    gained = {(row["school_code"], row["batch"]): row["seated_with_more"] for row in told["cuts"]}
    assert {pair for pair, children in gained.items() if children} == {("A", "others")}
    assert "with_45_more" in onemap("admission", "cuts", *HERE, "--stage", "primary").out


# -- deciding ----------------------------------------------------------------------------


def test_an_exception_is_decided_listed_and_withdrawn(onemap, run):
    def list_open():
        told = onemap("admission", "exceptions", *HERE, "--undecided", "--json").told
        return {row["child"]: row["reason"] for row in told["exceptions"]}

    assert list_open() == {"c08": "no_catchment", "c09": "no_address"}
    who = ("--reason", "材料核实", "--by", "王老师")
    answer = onemap("admission", "decide", "c08", *HERE, "--school", "A", *who)
    assert answer.code == 0 and "decided for A" in answer.out
    assert "admits 3 children on 2 seats" in answer.err
    assert list_open() == {"c09": "no_address"}
    told = onemap("admission", "decide", "c08", *HERE, "--withdraw", *who, "--json").told
    assert (told["child_code"], told["school_code"], told["run"]) == ("c08", None, run)
    assert set(list_open()) == {"c08", "c09"}
    made = onemap("admission", "decisions", *HERE, "--json").told["decisions"]
    assert [(row["school_code"], row["who"], row["counts"]) for row in made] == [
        ("A", "王老师", False),
        (None, "王老师", True),
    ]
    assert "材料核实" in onemap("admission", "decisions", *HERE, "--stage", "primary").out


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        (("explain", "c99"), "no assignment holds a child 'c99'"),
        (("explain", "c10"), "no assignment holds a child 'c10'"),
        (("explain", "c01", "--run", 99999), "no assignment with the run 99999"),
        (("explain", "c01", "--stage", "none"), "no stage 'none'"),
        (("cuts", "--stage", "junior"), "no assignment is stored yet"),
        (("decide", "c01", "--reason", "x", "--by", "y"), "a school or a withdrawal"),
        (("decide", "c01", "--school", "P", "--reason", "x", "--by", "y"), "is private"),
        (("decide", "c01", "--school", "B", "--reason", " ", "--by", "y"), "needs a reason"),
        (("export", "--out", "list.doc"), "suffix '.doc'"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_one_line(onemap, run, asked, complaint):
    answer = onemap("admission", *asked, *HERE)
    assert (answer.code, answer.out) == (2, "")
    assert complaint in answer.err and answer.err.count("\n") == 1
    assert set(onemap("admission", *asked, *HERE, "--json").told) == {"error", "found", "mend"}


def test_a_run_is_not_shown_in_another_district(onemap, run, town):
    answer = onemap("admission", "explain", "c01", "--district", "town", "--run", run)
    assert answer.code == 2 and "District town has no assignment" in answer.err


# -- handing over ------------------------------------------------------------------------


def test_the_list_opens_in_spreadsheets_with_texts_as_texts(onemap, run, tmp_path):
    who = ("--reason", "=HYPERLINK(1)", "--by", "@王")
    onemap("admission", "decide", "c09", *HERE, "--school", "B", *who)
    paths = [tmp_path / f"list.{suffix}" for suffix in ("xlsx", "csv")]
    for path in paths:
        told = onemap("admission", "export", *HERE, "--out", path, "--json").told
        assert (told["children"], told["run"]) == (len(FATES), run)
    sheet = openpyxl.load_workbook(paths[0]).active
    head = {cell.value: cell.column - 1 for cell in sheet[1]}
    rows = {row[0].value: row for row in sheet.iter_rows(min_row=2)}
    assert set(rows) == set(FATES)
    assert sheet.freeze_panes is not None and sheet.auto_filter.ref.startswith("A1:")
    assert rows["c01"][head["最终学校代码"]].number_format == "@"
    assert rows["c01"][head["该儿童得分"]].value == 218.13
    assert rows["c09"][head["决定理由"]].value == "'=HYPERLINK(1)"
    content = paths[1].read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.DictReader(content.decode("utf-8-sig").splitlines()))
    assert [line["儿童编号"] for line in lines] == sorted(FATES)
    assert lines[8]["招生人员"] == "'@王" and lines[8]["最终学校代码"] == "B"
    for row in (list(head), *(line.values() for line in lines)):
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)
    onemap("admission", "decide", "c09", *HERE, "--withdraw", "--reason", "x", "--by", "y")


def test_a_list_that_cannot_be_written_leaves_nothing_and_logs_nothing(
    onemap, run, tmp_path, database
):
    logged = count_logged(database)
    answer = onemap("admission", "export", *HERE, "--out", tmp_path / "none" / "list.csv")
    assert answer.code == 1 and "cannot be written" in answer.err
    assert list(tmp_path.iterdir()) == [] and count_logged(database) == logged


# -- replay ------------------------------------------------------------------------------


def test_a_replay_tells_who_changes_and_stores_nothing(onemap, run, tmp_path):
    other = write_rules(
        tmp_path, "other.yaml", ("code: ouhai_2026", "code: free"), ("  years: 6\n", "  years: 3\n")
    )
    told = onemap("assign", *HERE, "--replay", run, "--rules", other, "--json").told
    assert (told["replayed_run"], told["replayed_rules"]) == (run, "ouhai_2026")
    assert (told["rules"], told["seed"], told["children"]) == ("free", 7, 9)
    assert told["changed_children"] == 2
    assert [row["child_code"] for row in told["changed"]] == ["c02", "c03"]
    for table in ("by_outcome", "by_batch"):
        assert sum(row["children"] for row in told[table]) == 9
    assert {row["school"] for row in told["by_school"]} == {"A", "B"}
    assert len(onemap("admission", "runs", *HERE, "--json").told["runs"]) == 1
    same = onemap("assign", *HERE, "--replay", run, "--rules", RULES)
    assert "0 of 9 children change. Nothing stored." in same.out


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        (("--replay", 99999, "--rules", OTHER_RULES), "no assignment with the run 99999"),
        (("--replay", 1), "A replay needs other rules"),
        (("--replay", 1, "--rules", RULES, "--stage", "primary"), "takes stage, year and plan"),
        ((), "No stage is named"),
    ],
)
def test_a_replay_that_cannot_be_is_refused(onemap, court, asked, complaint):
    answer = onemap("assign", *HERE, *asked)
    assert answer.code == 2 and complaint in answer.err
