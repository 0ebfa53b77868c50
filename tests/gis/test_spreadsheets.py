"""Tables for spreadsheet programs: codes stay codes, no text runs as a formula."""

from __future__ import annotations

import codecs
import csv

import openpyxl
import pandas as pd
import pytest

from gis.errors import OutputError, UsageError
from gis.exports.spreadsheets import write_table

ROWS = pd.DataFrame(
    {
        "编号": ["007", "=1+1", "+86", "-5", "@me", None],
        "姓名": ["甲", "乙,丙", '"丁"', "戊\n己", "＝1", ""],
        "数": [1, 2, 3, 4, 5, 6],
    }
)


def test_csv_opens_as_utf8_in_spreadsheet_programs_and_runs_nothing(tmp_path):
    path = tmp_path / "名单.csv"
    write_table(ROWS, path, title="名单")
    assert path.read_bytes().startswith(codecs.BOM_UTF8)
    with path.open(encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file)
    assert head == ["编号", "姓名", "数"]
    assert [row[0] for row in rows] == ["007", "'=1+1", "'+86", "'-5", "'@me", ""]
    assert [row[1] for row in rows][1:5] == ["乙,丙", '"丁"', "戊\n己", "'＝1"]


def test_text_of_a_sheet_is_of_the_type_text_and_numbers_are_numbers(tmp_path):
    path = tmp_path / "名单.xlsx"
    write_table(ROWS, path, title="primary 2026")
    sheet = openpyxl.load_workbook(path)["primary 2026"]
    cells = list(sheet.iter_rows(min_row=2))
    assert [row[0].value for row in cells] == ["007", "'=1+1", "'+86", "'-5", "'@me", None]
    assert {row[0].data_type for row in cells[:5]} == {"s"}
    assert {row[0].number_format for row in cells[:5]} == {"@"}
    assert [row[2].value for row in cells] == [1, 2, 3, 4, 5, 6]
    assert sheet.freeze_panes == "B2"
    assert sheet["A1"].font.bold


def test_a_list_without_rows_has_its_head(tmp_path):
    for suffix in ("csv", "xlsx"):
        write_table(ROWS.iloc[:0], tmp_path / f"empty.{suffix}", title="x")
    assert (tmp_path / "empty.csv").read_text(encoding="utf-8-sig") == "编号,姓名,数\n"
    assert openpyxl.load_workbook(tmp_path / "empty.xlsx").active.max_row == 1


def test_another_ending_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(UsageError, match=r"suffix .\.ods.*\.xlsx, \.csv"):
        write_table(ROWS, tmp_path / "list.ods", title="x")
    assert list(tmp_path.iterdir()) == []


def test_a_list_that_fails_halfway_leaves_the_old_one(tmp_path):
    path = tmp_path / "list.xlsx"
    write_table(ROWS, path, title="x")
    before = path.read_bytes()
    with pytest.raises(ValueError, match="Invalid character"):
        write_table(ROWS, path, title="a/b")
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(OutputError, match="--out"):
        write_table(ROWS, tmp_path / "nowhere" / "list.csv", title="x")
