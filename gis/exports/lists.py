"""Write a list for people to CSV or XLSX; a file appears whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from gis.errors import UsageError
from gis.exports.drafts import open_draft
from gis.exports.vector import neutralise_formula

SUFFIXES = (".csv", ".xlsx")
_AS_TEXT = "@"
_WIDEST = 60


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
    """Write the rows of `frame` under the names of its columns.

    Text that a spreadsheet program would run as a formula is neutralised. CSV is UTF-8 with a
    byte order mark, so that such programs read Chinese; in XLSX all text is of the type text, so
    that codes keep their zeros.

    Parameters
    ----------
    frame
        Text and numbers; missing values become empty cells.
    path
        Ends in .csv or .xlsx; written beside its name, then renamed.
    title
        Name of the sheet, at most 31 signs.

    Raises
    ------
    UsageError
        When the ending is another.
    OutputError
        When the folder cannot be written or is full.
    """
    check_list_path(path)
    plain = frame.astype(object).where(frame.notna(), None).map(neutralise_formula)
    suffix = path.suffix.lower()
    with open_draft(path, suffix=suffix) as draft:
        if suffix == ".csv":
            plain.to_csv(draft, index=False, encoding="utf-8-sig", lineterminator="\r\n")
        else:
            _write_sheet(plain, draft, title)


def _write_sheet(plain: pd.DataFrame, path: Path, title: str) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    names = [str(name) for name in plain.columns]
    for at, name in enumerate(names):
        longest = max([len(name), *plain.iloc[:, at].map(lambda cell: len(str(cell or "")))])
        # A Chinese sign is as wide as two of the others.
        sheet.column_dimensions[get_column_letter(at + 1)].width = min(2 * longest + 2, _WIDEST)
    sheet.append([_build_cell(sheet, name, bold=True) for name in names])
    for row in plain.itertuples(index=False):
        sheet.append([_build_cell(sheet, cell) for cell in row])
    book.save(path)


def _build_cell(
    sheet: WriteOnlyWorksheet, value: str | float | None, *, bold: bool = False
) -> Cell | None:
    if value is None:
        return None
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        cell.data_type, cell.number_format = "s", _AS_TEXT
    if bold:
        cell.font = Font(bold=True)
    return cell
