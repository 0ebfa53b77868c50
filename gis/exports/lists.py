"""Lists for spreadsheet programs: XLSX, and CSV that they read as it is meant."""

from __future__ import annotations

import datetime as dt
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from gis.errors import UsageError
from gis.exports.drafts import open_draft
from gis.exports.vector import neutralise_formula

SUFFIXES = (".csv", ".xlsx")
_WIDTHS = (8, 44)  # characters
_ROWS_MEASURED = 500

MOST_ROWS = 1_048_575  # of a sheet, below its head


def check_list_path(path: Path) -> None:
    """Check the ending of a list's name before any work.

    Raises
    ------
    UsageError
        When it is neither .csv nor .xlsx.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(
            f"A list cannot be written as {path.name}.",
            mend=f"Let its name end in {' or '.join(SUFFIXES)}.",
        )


def write_list(frame: pd.DataFrame, path: Path, *, title: str) -> None:
    """Write the rows of `frame` under the names of its columns, beside its name, then rename it.

    Text that a spreadsheet program would run as a formula is neutralised. CSV is UTF-8 with a
    byte order mark, so that such programs read Chinese; in XLSX all text is of the type text, so
    that codes keep their zeros, the head stays in sight and can be filtered by.

    Parameters
    ----------
    frame
        Text, numbers and days; missing values become empty cells.
    path
        Ends in .csv or .xlsx.
    title
        Name of the sheet; at most 31 signs of it are kept.

    Raises
    ------
    UsageError
        When the ending is another, or a sheet cannot hold so many rows.
    OutputError
        When the folder cannot be written or is full; nothing is left of the file.
    """
    check_list_path(path)
    suffix = path.suffix.lower()
    if suffix == ".xlsx" and len(frame) > MOST_ROWS:
        raise UsageError(
            f"{len(frame)} rows are more than a sheet holds.", mend="Write a .csv file."
        )
    columns = {str(name): [_to_cell(value) for value in frame[name]] for name in frame.columns}
    with open_draft(path, suffix=suffix) as draft:
        if suffix == ".xlsx":
            _write_workbook(columns, draft, title)
        else:
            # Line ends of RFC 4180 make pandas quote both characters of them inside a cell.
            pd.DataFrame(columns, dtype=object).to_csv(
                draft, index=False, encoding="utf-8-sig", lineterminator="\r\n"
            )


def _write_workbook(columns: dict[str, list[Any]], path: Path, title: str) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet: Any = book.create_sheet(title[:31])
    rows = 0
    for at, (name, cells) in enumerate(columns.items(), 1):
        rows = len(cells)
        shown = [name, *cells[:_ROWS_MEASURED]]
        width = max(measure_width("" if cell is None else str(cell)) for cell in shown) + 2
        sheet.column_dimensions[get_column_letter(at)].width = float(np.clip(width, *_WIDTHS))
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{rows + 1}"
    sheet.append([_write_head(sheet, name) for name in columns])
    for row in zip(*columns.values(), strict=True):
        sheet.append([_write_cell(sheet, value) for value in row])
    book.save(path)


def _to_cell(value: Any) -> Any:
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and value != value:  # noqa: PLR0124
        return None
    if isinstance(value, str):
        return neutralise_formula(ILLEGAL_CHARACTERS_RE.sub(" ", value))
    return value


def measure_width(text: str) -> int:
    """Measure a text in half-width characters; Chinese ones take two.

    Examples
    --------
    >>> measure_width("瓯海A")
    5
    """
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _write_head(sheet: Any, name: str) -> Any:
    cell = WriteOnlyCell(sheet, value=neutralise_formula(name))
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="F3F6F9")
    cell.alignment = Alignment(vertical="center")
    return cell


def _write_cell(sheet: Any, value: Any) -> Any:
    if isinstance(value, str | dt.date):
        cell: Any = WriteOnlyCell(sheet)
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"
        cell.number_format = "@" if isinstance(value, str) else "yyyy-mm-dd"
        return cell
    return value
