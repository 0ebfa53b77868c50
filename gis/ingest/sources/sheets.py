"""XLSX workbooks → tables: values as the cells hold them, formulas by their last result.

The cells are read by calamine, which is quick and knows no macros, links or entities, but lays a
rectangle around all filled cells in memory. So each sheet is looked through first, while it is
unpacked under the limits, for how far its cells reach.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import python_calamine as calamine

from gis.errors import RejectedDataError, UsageError
from gis.ingest.sources.archives import Archive, open_archive
from gis.ingest.sources.header import ROWS_LOOKED_AT, Header, find_header
from gis.ingest.sources.table import (
    Limits,
    SourceTable,
    refuse_columns,
    refuse_empty,
    refuse_rows,
)

SHEET_SUFFIXES = {".xlsx", ".xlsm"}
_SHEET_PART = re.compile(r"^xl/worksheets/.+\.xml$", re.IGNORECASE)
_CELL_NAME = re.compile(rb"""\sr\s*=\s*["']\s*([A-Za-z]+)([0-9]+)""")
_ROW_NAME = re.compile(rb"""<(?:\w+:)?row\s[^>]*?\br\s*=\s*["']\s*([0-9]+)""")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_ERROR = re.compile(rb"""\st\s*=\s*["']e["']""")
_OVERLAP = 80  # bytes of a block that are looked at again with the next one
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384  # SOURCE: ECMA-376, what a sheet can hold
_EXACT_DIGITS = 15  # SOURCE: spreadsheet programs keep 15 digits of a number and make the rest 0
_MEND = "Open it in a spreadsheet program and save it again as .xlsx, or as CSV in UTF-8."


@dataclass
class _Reach:
    """How far the cells of all sheets reach, and what they hold besides values."""

    rows: int = 0
    columns: int = 0
    formulas: int = 0
    errors: int = 0

    def list_notes(self) -> list[str]:
        notes = []
        if self.formulas:
            notes.append(
                f"The workbook has {self.formulas:,} formulas; the results that were last stored"
                " with them were read."
            )
        if self.errors:
            notes.append(
                f"The workbook has {self.errors:,} cells with an error such as #N/A; they were"
                " read as empty."
            )
        return notes


def read_workbook(
    path: Path, name: str, *, sheet: str | None = None, limits: Limits
) -> list[SourceTable]:
    """Read the sheets of a workbook; see :func:`gis.ingest.sources.read_source`.

    Names of columns may stand in several rows, told by merged cells; titles above are passed
    over. Texts stay texts, whole numbers come without a fraction, dates as dates in either
    calendar of Excel. Hidden and empty sheets are passed over unless one is asked for.

    Parameters
    ----------
    sheet
        Name of the only sheet to read.

    Raises
    ------
    UsageError
        There is no such sheet.
    RejectedDataError
        It is damaged, locked by a password, empty or larger than `limits` allow.
    """
    with open_archive(path, name, limits) as archive:
        reach = _measure_reach(archive, name, limits)
    book = _call(lambda: calamine.CalamineWorkbook.from_path(str(path)), name)
    try:
        chosen, notes = _choose_sheets(book, sheet, name)
        notes += reach.list_notes()
        tables: list[SourceTable] = []
        bare: list[str] = []
        for title in chosen:
            is_only = len(chosen) == 1
            table = _read_sheet(book, title, path, name, limits, may_be_bare=not is_only)
            if table is None:
                bare.append(title)
            else:
                tables.append(table)
    finally:
        book.close()
    if not tables:
        refuse_empty(name)
    if bare:
        notes.append(f"Sheets without rows were passed over: {', '.join(bare)}.")
    for table in tables:
        table.notes.extend(notes)
    return tables


def _measure_reach(archive: Archive, name: str, limits: Limits) -> _Reach:
    """Unpack the workbook once under the limits, and look how far its cells reach."""
    reach = _Reach()
    for member in archive.members:
        if not _SHEET_PART.match(member.filename):
            for _ in archive.read_blocks(member):
                pass  # only to be counted
            continue
        kept = b""
        for block in archive.read_blocks(member):
            # A match at the edge is seen twice or not at all in full; only counts need care.
            _look_through(kept + block, len(kept), reach)
            kept = (kept + block)[-_OVERLAP:]
        _refuse_reach(reach, name, limits)
    return reach


def _look_through(block: bytes, seen: int, reach: _Reach) -> None:
    names = _CELL_NAME.findall(block)
    columns = {letters for letters, _ in names}
    rows = {digits for _, digits in names} | set(_ROW_NAME.findall(block))
    reach.columns = max([reach.columns, *(_count_column(letters) for letters in columns)])
    reach.rows = max([reach.rows, *(int(digits[:9]) for digits in rows)])
    reach.formulas += sum(match.end() > seen for match in _FORMULA.finditer(block))
    reach.errors += sum(match.end() > seen for match in _ERROR.finditer(block))


def _count_column(letters: bytes) -> int:
    """Count a column by its letters, A being 1; no more than five of them matter."""
    number = 0
    for letter in letters[:5].upper():
        number = 26 * number + letter - 64
    return number


def _refuse_reach(reach: _Reach, name: str, limits: Limits) -> None:
    if reach.rows > _MOST_ROWS or reach.columns > _MOST_COLUMNS:
        raise RejectedDataError(
            f"File {name} names cells beyond the end of a sheet (row {reach.rows:,}, column"
            f" {reach.columns:,}).",
            mend=_MEND,
        )
    refuse_columns(reach.columns, name, limits)
    refuse_rows(reach.rows, name, limits)
    if reach.rows * reach.columns > limits.cells:
        raise RejectedDataError(
            f"File {name} reaches over {reach.rows:,} rows and {reach.columns:,} columns; no more"
            f" than {limits.cells:,} cells are read.",
            mend="Delete what stands far from the table, or deliver it as CSV.",
        )


def _call(read: Any, name: str) -> Any:
    """Call calamine; whatever it trips over is told as a damaged workbook."""
    try:
        return read()
    except calamine.PasswordError as error:
        raise RejectedDataError(
            f"File {name} is locked by a password.", mend="Save it without one."
        ) from error
    except (calamine.CalamineError, ValueError, OSError, OverflowError) as error:
        told = (str(error).strip().splitlines() or ["unreadable"])[0]
        raise RejectedDataError(
            f"File {name} is a damaged workbook: {told[:120]}.", mend=_MEND
        ) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # what a fault inside calamine becomes
            raise
        raise RejectedDataError(f"File {name} is a damaged workbook.", mend=_MEND) from error


def _choose_sheets(book: Any, sheet: str | None, name: str) -> tuple[list[str], list[str]]:
    titles = list(book.sheet_names)
    if sheet is not None:
        found = [title for title in titles if title.strip() == sheet.strip()]
        if not found:
            raise UsageError(
                f"File {name} has no sheet {sheet!r}.", mend=f"Name one of {', '.join(titles)}."
            )
        return found, []
    hidden = [
        one.name
        for one in book.sheets_metadata
        if one.visible != calamine.SheetVisibleEnum.Visible
        or one.typ != calamine.SheetTypeEnum.WorkSheet
    ]
    notes = [f"Hidden sheets were passed over: {', '.join(hidden)}."] if hidden else []
    shown = [title for title in titles if title not in hidden]
    if not shown:
        raise RejectedDataError(
            f"File {name} shows no sheet of cells.", mend=f"Name one of {', '.join(titles)}."
        )
    return shown, notes


def _read_sheet(
    book: Any, title: str, path: Path, name: str, limits: Limits, *, may_be_bare: bool
) -> SourceTable | None:
    """Read one sheet; None when it has no rows and need not have any."""
    where = f"{name} (sheet {title!r})"
    sheet = _call(lambda: book.get_sheet_by_name(title), name)
    merges = [
        (top, left, bottom, right)
        for (top, left), (bottom, right) in _call(lambda: sheet.merged_cell_ranges, name) or []
    ]
    rows = iter(_call(sheet.iter_rows, name))
    head = list(islice(rows, ROWS_LOOKED_AT))
    header = find_header(head, where, merges)
    if header is None:
        if may_be_bare:
            return None
        refuse_empty(where)
    refuse_columns(len(header.names), where, limits)
    filled = [
        (line, row)
        for line, row in enumerate([*head[header.last + 1 :], *rows], header.last + 2)
        if row.count("") < len(row)
    ]
    if not filled:
        if may_be_bare:
            return None
        refuse_empty(where, header_only=True)
    notes = list(header.notes)
    frame = _build_frame([row for _, row in filled], header, notes)
    below = sum(top > header.last and bottom > top for top, _, bottom, _ in merges)
    if below:
        notes.append(
            f"Sheet {title!r} merges cells of several rows {below:,} times below its header; only"
            " the first row of each has the value."
        )
    lines = np.array([line for line, _ in filled], dtype=np.int64)
    return SourceTable(frame, lines, path.name, sheet=title, notes=notes)


def _build_frame(rows: Sequence[Sequence[Any]], header: Header, notes: list[str]) -> pd.DataFrame:
    columns: dict[str, pd.Series] = {}
    for at, cells in enumerate(zip(*rows, strict=True)):
        title = header.names[at] if at < len(header.names) else None
        if title is None and cells.count("") == len(cells):
            continue
        if title is None:
            notes.append(f"Column {at + 1} has no name; it is called column_{at + 1}.")
        called = title or f"column_{at + 1}"
        columns[called] = _build_column(cells, called, notes)
    return pd.DataFrame(columns)


def _build_column(cells: Sequence[Any], called: str, notes: list[str]) -> pd.Series:
    """Build a column of the type that all its cells have, or of objects."""
    values = [None if cell == "" else _drop_fraction(cell) for cell in cells]
    kinds = {type(value) for value in values} - {type(None)}
    rounded = sum(type(one) is int and abs(one) >= 10**_EXACT_DIGITS for one in values)
    if rounded:
        notes.append(
            f"Column {called} holds {rounded:,} numbers of more than {_EXACT_DIGITS} digits;"
            " spreadsheet programs keep no more, so the last ones are lost: format it as text."
        )
    if kinds == {str}:
        return pd.Series(values, dtype="str")
    if kinds == {int} and not rounded:
        return pd.Series(values, dtype="Int64")
    if kinds and kinds <= {int, float}:
        return pd.Series(values, dtype="float64" if not rounded else "object")
    if kinds == {bool}:
        return pd.Series(values, dtype="boolean")
    return pd.Series(values, dtype="object")


def _drop_fraction(cell: Any) -> Any:
    if type(cell) is float and cell.is_integer():
        return int(cell)
    if type(cell) is dt.datetime and cell.time() == dt.time():
        return cell.date()
    return cell
