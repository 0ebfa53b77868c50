"""A workbook copy of files that were checked: cells marked, and a sheet of what was found."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from gis.exports.drafts import open_draft
from gis.exports.spreadsheets import add_sheet, check_table_path, plain_cell, write_cell, write_head

# Colour by outcome; the first of several findings in a cell that stands here colours it.
_FILLS = {"refused": "F8C9C4", "warned": "FBE3B5", "changed": "CFE3F7"}
_FINDINGS_SHEET = "问题清单"
MOST_COPIED = 50_000  # rows of a table that are copied whole; of longer ones those with findings
_MOST_COMMENTS = 2_000  # a program opens more of them slowly; the sheet of findings has all


def write_marked_copy(
    tables: list[tuple[str, pd.DataFrame, Any]],
    findings: pd.DataFrame,
    path: Path,
    *,
    masked: Mapping[str, str],
) -> None:
    """Write a copy of the checked tables with the cells that have findings marked.

    Texts stay texts and none of them runs as a formula. Of a table of more than `MOST_COPIED`
    rows those with findings are copied. The last sheet lists all findings.

    Parameters
    ----------
    tables
        Title of the sheet, rows as they were read, line of each.
    findings
        As :meth:`gis.ingest.findings.Findings.place` returns them, with ``table``, the position
        of the table in `tables`.
    path
        ``.xlsx``.
    masked
        What stands in the place of the values of a header that nobody may read.

    Raises
    ------
    UsageError
        When the suffix is another one.
    OutputError
        When the file cannot be written; nothing is left of it.
    """
    check_table_path(path)
    book = openpyxl.Workbook(write_only=True)
    for nth, (title, frame, lines) in enumerate(tables):
        found = findings[findings["table"] == nth]
        _copy_table(book, _name_sheet(title, nth), frame, lines, found, masked)
    listed = findings.drop(columns=["row", "table"], errors="ignore")
    add_sheet(book, listed.head(MOST_COPIED * 20), _FINDINGS_SHEET)
    with open_draft(path, suffix=".xlsx") as draft:
        book.save(draft)


def _name_sheet(title: str, nth: int) -> str:
    plain = "".join(sign for sign in title if sign not in "[]:*?/\\")
    return f"{nth + 1} {plain}"[:31]


def _copy_table(
    book: openpyxl.Workbook,
    title: str,
    frame: pd.DataFrame,
    lines: Any,
    found: pd.DataFrame,
    masked: Mapping[str, str],
) -> None:
    sheet: Any = book.create_sheet(title)
    sheet.freeze_panes = "B2"
    headers = [str(name) for name in frame.columns if name != "geom"]
    sheet.append([write_head(sheet, name) for name in ("行号", *headers)])
    marks = _list_marks(found)
    numbers = np.asarray(lines)
    kept = np.arange(len(frame))
    if len(frame) > MOST_COPIED:
        kept = kept[np.isin(numbers, found["line"].to_numpy())]
    rows: Any = frame[headers].iloc[kept].itertuples(index=False, name=None)
    comments = 0
    for line, row in zip(numbers[kept], rows, strict=True):
        cells: list[Any] = [int(line)]
        for header, value in zip(headers, row, strict=True):
            shown = masked[header] if header in masked and not pd.isna(value) else value
            mark = marks.get((int(line), header))
            cells.append(_mark(sheet, shown, mark, commented=comments < _MOST_COMMENTS))
            comments += mark is not None
        sheet.append(cells)


def _list_marks(found: pd.DataFrame) -> dict[tuple[int, str], tuple[str, str]]:
    """Return outcome and words by line and header; a finding of several columns marks the first."""
    marks: dict[tuple[int, str], tuple[str, str]] = {}
    order = list(_FILLS)
    for one in _list_rows(found):
        if one.header is None or pd.isna(one.header):
            continue
        key = (int(one.line), str(one.header))
        words = f"{one.rule}. {one.mend}"
        known = marks.get(key)
        if known is None:
            marks[key] = (one.outcome, words)
        else:
            worst = min(known[0], one.outcome, key=order.index)
            marks[key] = (worst, f"{known[1]}\n{words}")
    return marks


def _list_rows(found: pd.DataFrame) -> Any:
    return found.itertuples(index=False)


def _mark(sheet: Any, value: Any, mark: tuple[str, str] | None, *, commented: bool) -> Any:
    written = write_cell(sheet, plain_cell(value))
    if mark is None:
        return written
    cell = written if isinstance(written, Cell) else WriteOnlyCell(sheet, value=written)
    cell.fill = PatternFill("solid", fgColor=_FILLS[mark[0]])
    if commented:
        cell.comment = Comment(mark[1], "onemap", height=90, width=280)
    return cell
